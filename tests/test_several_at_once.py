"""Changing several cases at once, chosen by a filter."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from afterservice_cli.commands import prompts
from afterservice_cli.console.terminal import Terminal
from afterservice_cli.decisions import handling
from afterservice_cli.workflows import recording
from afterservice_cli.workflows.desk import Desk
from conftest import Once, Runner, query
from filtered import numbers, with_four_cases
from given import RECEIVED


@pytest.fixture
def busy(desk: Path, once: Once, call: Runner) -> Runner:
    return with_four_cases(once, call)


def test_an_assignment_by_filter(busy: Runner, desk: Path) -> None:
    done = busy("assign", "--where", "channel=phone", "--to", "quality", "--reason", "先过质检", "--yes")
    first, *messages = done.out.splitlines(keepends=True)
    assert len([line for line in messages if line.startswith("message → zhou")]) == 2
    assert (done.code, first) == (0, "2 of 2 cases changed: 202610-001, 202610-004\n")
    assert numbers(busy("list", "--owner", "quality")) == ["004", "001"]
    again = busy("assign", "--where", "channel=phone", "--owner", "quality", "--reason", "先过质检", "--json")
    assert json.loads(again.out) == {
        "chosen": 2,
        "changed": [],
        "messages": [],
    }  # where nothing would change nobody is asked


def test_a_classification_by_filter(busy: Runner) -> None:
    given = ("--where", "find=漏水", "--category", "product.defect", "--reason", "漏水是质量问题", "--json")
    assert busy("classify", *given).err == "afterservice: 1 of 1 cases would be changed\n  add --yes\n"
    assert json.loads(busy("classify", *given, "--yes").out) == {"chosen": 1, "changed": ["202610-002"], "messages": []}
    assert busy("classify", "--where", "find=漏水", "--yes").out == "0 of 1 cases changed\n"


def test_closing_by_filter_is_for_all_or_for_none(busy: Runner, desk: Path) -> None:
    assert busy("confirm", "002", "--yes").code == 0
    before = query(desk, "SELECT count(*) FROM events")
    close = ("close", "--where", "stage=closing", "--where", "find=密封圈")
    refused = busy("close", "--where", "month=this", "--yes")
    assert (refused.code, "202610-001" in refused.err) == (6, True)
    assert busy(*close).err == "afterservice: 1 of 1 cases would be changed\n  add --yes\n"
    assert query(desk, "SELECT count(*) FROM events") == before
    assert busy(*close, "--yes").out == "1 of 1 cases changed: 202610-002\n"
    assert numbers(busy("list", "--status", "closed")) == ["002"]
    for number in ("001", "004"):
        assert busy("resolve", number, "已处理").code == 0
        assert busy("confirm", number, "--yes").code == 0
    everything = ("close", "--where", "status=confirmed", "--yes")
    done = busy(*everything, now="2026-10-13 09:00")
    assert done.out.startswith("2 of 2 cases changed: 202610-001, 202610-004\n")
    assert busy("check").out == ""


def test_what_refuses_one_case_is_said_before_anybody_is_asked(busy: Runner) -> None:
    done = busy("close", "--where", "channel=phone")
    assert (done.code, "202610-001" in done.err, "would be changed" in done.err) == (6, True, False)


def test_nothing_chosen_nothing_done(busy: Runner, desk: Path) -> None:
    before = query(desk, "SELECT count(*) FROM events")
    assert busy("close", "--where", "find=冰箱", "--resolution", "x").out == "0 of 0 cases changed\n"
    assert query(desk, "SELECT count(*) FROM events") == before


def asked(monkeypatch: pytest.MonkeyPatch, answer: Callable[[], bool]) -> list[str]:
    """Have questions answered as by a person at the terminal; what was asked."""
    questions: list[str] = []

    def answered(_: object, question: str) -> bool:
        questions.append(question)
        return answer()

    monkeypatch.setattr(Terminal, "interactive", True)
    monkeypatch.setattr(prompts, "agree", answered)
    return questions


ASSIGN = ("assign", "--where", "status=open", "--to", "quality", "--reason", "先过质检")


@pytest.mark.parametrize(("agrees", "changed"), [(True, 3), (False, 0)])
def test_a_person_is_asked(busy: Runner, monkeypatch: pytest.MonkeyPatch, *, agrees: bool, changed: int) -> None:
    questions = asked(monkeypatch, lambda: agrees)
    assert busy(*ASSIGN).code == 0
    assert questions == ["3 of 3 cases would be changed – assign them?"]
    assert len(numbers(busy("list", "--owner", "quality"))) == changed


def test_a_case_that_somebody_changed_since_is_a_conflict(
    busy: Runner, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile() -> bool:
        other = Desk(desk, now=RECEIVED, actor="bob", clock="given")
        recording.act(other, "202610-003", partial(handling.note, text="又来电话了"))
        other.connection.close()
        return True

    asked(monkeypatch, meanwhile)
    done = busy(*ASSIGN, now="2026-10-14 10:00")
    assert (done.code, done.out) == (5, "")
    assert "202610-003 is at version 2, not 1: since then noted by bob" in done.err
    assert numbers(busy("list", "--owner", "quality", now="2026-10-14 10:00")) == []
    assert query(desk, "SELECT kind FROM events ORDER BY seq DESC LIMIT 1") == [("CaseNoted",)]
