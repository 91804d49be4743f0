"""Refusals in Chinese: who and what is meant goes by its Chinese title, what is to be typed by its id."""

from collections.abc import Iterator
from functools import partial

import pytest

from afterservice_cli.cases.events import KINDS, called
from afterservice_cli.decisions import closing, handling, planning, tasks
from afterservice_cli.decisions.planning import Proposal
from afterservice_cli.errors import BadInput, Refused
from afterservice_cli.language import speaking, translated
from courses import Did, gone, life
from given import hour

TITLED = life(
    ("Serial number", "{zh: 序列号, en: Serial number}"),
    ("{title: Engineering,", "{title: {zh: 技术部, en: Engineering},"),
    ("what: [resolution, confirmation, tasks]", 'what: ["field:serial", resolution, confirmation]'),
)
REPAIR = Did(partial(planning.propose, proposal=Proposal("repair")), 1, "li")


@pytest.fixture(autouse=True)
def in_chinese() -> Iterator[None]:
    """Say all in Chinese."""
    with speaking("zh"):
        yield


def test_a_team_and_a_field_go_by_their_titles() -> None:
    came_in = gone(rulebook=TITLED)
    came_in.when(handling.investigate, actor="sun").refused(Refused, "investigate 只准技术部用（may.investigate）")
    came_in.when(closing.close).refused(Refused, "还缺：序列号、解决、客户确认（demands[2]）", "--set serial=…")


def test_the_head_is_called_so() -> None:
    gone(REPAIR).when(planning.approve, actor="li").refused(Refused, "只能由部门负责人来做", "请找其中一位：zhao、qian")


def test_what_happened_goes_by_its_label() -> None:
    resolved = gone(Did(partial(closing.resolve, resolution="好了"), 2, "li"))
    resolved.when(partial(closing.confirm, satisfied=True), at=hour(1)).refused(BadInput, "“解决”")


def test_a_task_is_typed_as_it_is() -> None:
    gone(REPAIR).when(partial(tasks.task, name="fetch")).refused(Refused, "等部门负责人审批", "afterservice approve")


def test_every_event_has_its_word_in_chinese() -> None:
    assert [kind for kind in KINDS.values() if called(kind.WORD) != translated(kind.LABEL, "zh")] == []
    assert called("task:ship.done") == "任务 ship 完成"
    assert called("approved_in_part") == "方案批准"
