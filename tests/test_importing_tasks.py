"""Tasks that a file opens: what its rows change opens those that the same change by a command opens."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import rulebooks
from afterservice_cli.cases.case import Event
from afterservice_cli.decisions import closing, handling, mending, triage
from afterservice_cli.workflows.recording import act
from registers import Register, register_in
from shops import COLUMNS, ROW, Cells, Shop, but

TASKS = """
fields: {place: {title: Place, values: {wet: Wet, dry: Dry}}}
tasks:
  inspect: {title: Inspect it, on: [registered, classified], when: {category: defect}, by: tech, within: 1wd}
  call: {title: Call them, on: [registered, classified], when: {priority: P1, category: wish}, within: 1wd}
  dry: {title: Dry it, on: classified, when: {place: wet}, within: 2wd}
  visit: {title: Go there, on: rated, when: {scores.any: {at_most: 2}}, within: 2wd}
  thank: {title: Thank them, on: responded, when: {not: {place: wet}}, within: 1wd}
"""
RULES = rulebooks.text(
    "shop",
    ("tech: Tech", "tech: {title: Tech, head: li}"),
    ("wish: {title: {zh: 建议, en: Wish}, match: [wish]}", "wish: {title: Wish, match: [wish], parts: {desk: Ask}}"),
    ("priorities: {P1: {title: High,", "priorities: {P2: Low, P1: {title: High,"),
    ("priority: P1,", "priority: P2,"),
)
PROFILE = COLUMNS.replace("  category: topic\n", "  category: topic\n  priority: rank\n  place: place\n")
PROFILE = PROFILE.replace("at: solved, score", "at: scored, score")
PLAIN = {**ROW, "text": "good morning"}


class RankedShop(Shop):
    """A shop whose rows say how urgent a case is, and where it is."""

    def told(self, **cells: str) -> list[tuple[str, str]]:
        """Read the row with these cells; return the open tasks with when each is due."""
        row: Cells = but(PLAIN, **cells)
        self.read_text(",".join(row) + "\n" + ",".join(row.values()) + "\n")
        return tasks_of(self.register)


def tasks_of(register: Register) -> list[tuple[str, str]]:
    """The open tasks of the only case, each with when it is due."""
    (case,) = register.cases()
    due = {deadline.spec.target: deadline.spec.due_at for deadline in case.deadlines if deadline.unanswered}
    assert register.findings() == []
    times = {target: f"{at + timedelta(hours=8):%m-%d %H:%M}" for target, at in due.items()}
    return sorted((task.spec.name, times.get(task.spec.target, "")) for task in case.open_tasks)


@contextmanager
def a_shop(folder: Path) -> Iterator[RankedShop]:
    rules = folder / "tasks.yaml"
    rules.write_text(RULES + TASKS)
    with register_in(folder, str(rules)) as register:
        yield RankedShop(register, PROFILE)


@pytest.mark.parametrize(
    ("cells", "command"),
    [
        ({"topic": "defect"}, partial(triage.classify, category="defect", reason="seen")),
        ({"topic": "wish"}, partial(triage.classify, category="wish", reason="seen")),
        ({"topic": "wish", "rank": "P1"}, partial(triage.classify, category="wish", priority="P1", reason="seen")),
        ({"place": "wet"}, partial(mending.amend, facts={"place": "wet"}, reason="seen")),
        ({"place": "dry"}, partial(mending.amend, facts={"place": "dry"}, reason="seen")),
        ({"answered": "2026-10-13 10:00", "answer": "we called"}, partial(handling.respond, text="we called")),
    ],
)
def test_a_later_row_opens_what_a_command_opens(cells: Cells, command: Callable[..., list[Event]]) -> None:
    with TemporaryDirectory() as folder, a_shop(Path(folder)) as shop:
        assert shop.told() == []
        by_file = [name for name, _ in shop.told(**cells)]
    with TemporaryDirectory() as folder, a_shop(Path(folder)) as shop:
        shop.told()
        act(shop.desk, shop.case().number, command)
        by_command = [name for name, _ in tasks_of(shop.register)]
    assert by_file == by_command


SOLVED = {"solved": "2026-10-14", "solution": "mended"}
CLOSED = {**SOLVED, "done": "2026-10-15"}
BAD = {"stars": "1", "scored": "2026-10-20 10:00"}
RATE = partial(closing.rate, scores={"overall": 1})


@pytest.mark.parametrize(
    ("before", "cells", "command"),
    [
        (SOLVED, BAD, RATE),
        (CLOSED, BAD, RATE),
        (SOLVED, {"stars": "5", "scored": "2026-10-20 10:00"}, partial(closing.rate, scores={"overall": 5})),
        (SOLVED, {"place": "wet"}, partial(mending.amend, facts={"place": "wet"}, reason="seen")),
        (SOLVED, {"topic": "defect"}, partial(triage.classify, category="defect", reason="seen")),
        (CLOSED, {"topic": "wish", "place": "wet"}, None),  # no command classifies what is closed
    ],
)
def test_a_later_row_of_a_solved_case_opens_what_a_command_opens(
    before: Cells, cells: Cells, command: Callable[..., list[Event]] | None
) -> None:
    with TemporaryDirectory() as folder, a_shop(Path(folder)) as shop:
        assert shop.told(**before) == []
        by_file = [name for name, _ in shop.told(**before, **cells)]
    with TemporaryDirectory() as folder, a_shop(Path(folder)) as shop:
        shop.told(**before)
        if command:
            act(shop.desk, shop.case().number, command)
        by_command = [name for name, _ in tasks_of(shop.register)]
    assert by_file == by_command


def test_a_row_that_ends_the_work_opens_nothing(tmp_path: Path) -> None:
    with a_shop(tmp_path) as shop:
        assert shop.told() == []
        assert shop.told(**SOLVED, **BAD) == []
        assert shop.told(**CLOSED, **BAD, place="wet") == []


def test_a_score_that_comes_with_the_closing_opens_what_is_not_over_with_it(tmp_path: Path) -> None:
    with a_shop(tmp_path) as shop:
        shop.told(**SOLVED)
        assert shop.told(**CLOSED, **BAD) == [("visit", "10-22 18:00")]


def test_what_was_opened_is_opened_once(tmp_path: Path) -> None:
    with a_shop(tmp_path) as shop:
        shop.told()
        assert shop.told(topic="defect") == [("inspect", "11-03 18:00")]
        inspect = ("inspect", "11-03 18:00")
        assert shop.told(topic="defect", place="wet") == [inspect]
        assert shop.told(topic="defect", place="wet", rank="P1") == [("dry", "11-04 18:00"), inspect]


def test_a_case_that_is_over_gives_nobody_a_task(tmp_path: Path) -> None:
    with a_shop(tmp_path) as shop:
        shop.told()
        assert shop.told(topic="defect", place="wet", solved="2026-10-14", done="2026-10-15") == []


def test_a_file_of_a_course_comes_to_the_same_in_one_row_or_two(tmp_path: Path) -> None:
    answered = {"answered": "2026-10-13 10:00", "answer": "we called"}
    with TemporaryDirectory() as folder, a_shop(Path(folder)) as shop:
        shop.told()
        late = shop.told(**answered)
    with a_shop(tmp_path) as shop:
        assert shop.told(**answered) == late == [("thank", "10-14 18:00")]
