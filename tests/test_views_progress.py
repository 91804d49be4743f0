"""The progress table of a rulebook's own: what was done is said though its form has no column for the kind of event."""

from pathlib import Path

import pytest

import rulebooks
from afterservice_cli.output_text import width
from conftest import Runner

VIEWS = """
views:
  form: {title: Form, course: true, columns: [case, stage, occurred_at, actor, what], headings: {what: Done}}
  whole: {title: Whole, course: true}
"""


RULES = rulebooks.text("small", ("consequences: [", "consequences: [{on: missed, raise_priority: 1}, "))


@pytest.fixture
def desk(call: Runner, tmp_path: Path) -> Runner:
    """A desk with a case whose response was due at ten, escalated and then given."""
    (tmp_path / "small.yaml").write_text(RULES + VIEWS, "utf-8")
    for words, now in (
        ("init --rules small.yaml", "2026-10-12 08:00"),
        ("register leaks --channel phone --kind complaint", "2026-10-12 09:02"),
        ("escalate", "2026-10-13 12:00"),
        ("respond 001 sorry", "2026-10-13 12:10"),
    ):
        done = call(*words.split(), now=now)
        assert done.code == 0, done.err
    return call


def done(desk: Runner, *words: str, language: str = "en") -> list[str]:
    """What the last column of the table says of the events after the registration."""
    told = desk("list", *words, "--format", "md", now="2026-10-13 12:20", env={"AFTERSERVICE_LANG": language})
    assert told.code == 0, told.err
    return [line.strip("| ").rpartition(" | ")[2] for line in told.out.splitlines()[3:]]


def test_what_was_done_names_the_event_if_no_column_does(desk: Runner) -> None:
    assert done(desk, "--view", "form")[0] == "escalated: priority: High; respond"
    assert done(desk, "--view", "form")[-1] == "responded: Phone – sorry"
    assert done(desk, "--view", "form", language="zh")[-1] == "响应：Phone – sorry"
    assert done(desk, "--course", "--columns", "case,what") == done(desk, "--view", "form")


def test_it_says_no_more_than_the_event_beside_its_kind(desk: Runner) -> None:
    assert done(desk, "--view", "whole")[-1] == "Phone – sorry"
    assert done(desk, "--view", "form", "--columns", "case,kind,what")[-1] == "Phone – sorry"
    assert done(desk, "--course")[0] == "priority: High; respond"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("columns", [60, 80])
def test_the_progress_of_cases_fits_into_a_narrow_window(desk: Runner, language: str, columns: int) -> None:
    spoken = {"AFTERSERVICE_LANG": language}
    register = "register leaks --channel phone --kind complaint --customer Ann --contact 13900001111"
    assert desk("--as", "elisabeth", *register.split(), now="2026-10-13 12:15").code == 0
    told = desk("list", "--course", now="2026-10-13 12:20", env=spoken, columns=columns)
    assert [line for line in told.out.splitlines() if width(line.rstrip()) > columns] == []
    picked = "case,stage,occurred_at,actor,what"
    heads = desk("list", "--course", "--columns", picked, now="2026-10-13 12:20", columns=columns).out.splitlines()[0]
    assert heads.split() == ["case", "stage", "time", "person", "what", "was", "done"]
