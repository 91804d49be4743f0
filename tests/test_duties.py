"""Duties at a desk: where they are seen, what is told of them, and what a month of them comes to."""

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import Runner, query

BOOK = """\
rulebook: small
title: Small
language: en
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
owners: {desk: {title: Desk, head: ann, members: [bob]}, pay: {title: Pay, head: cy}}
channels: {phone: Phone}
categories: {rest: Rest}
priorities: {P1: {title: High, targets: {respond: 2wh}}}
default: {category: rest, priority: P1, owner: desk}
targets: {respond: {title: Respond, until: responded}}
tasks: {visit: {title: Visit, on: responded, by: desk, within: 8wh}}
"""
DUTIES = """\
duties:
  mailbox: {title: {zh: 查看投诉邮箱, en: See to the mailbox}, by: desk, every: 4wh, warn: 1wh}
  books: {title: Do the books, by: pay, every: 2wd}
"""
NINE, TEN, NOON = "2026-10-14 09:00", "2026-10-14 10:00", "2026-10-14 12:00"


@pytest.fixture
def desk(tmp_path: Path, call: Runner) -> Path:
    """A desk of a Wednesday at nine, with one case."""
    (tmp_path / "small.yaml").write_text(BOOK + DUTIES, "utf-8")
    assert call("init", "--rules", "small.yaml", now=NINE).code == 0
    assert call("register", "it rattles", "--channel", "phone", now=TEN).code == 0
    return tmp_path / "afterservice.db"


def rows(call: Runner, now: str, *words: str) -> list[dict[str, Any]]:
    done = call(*words, "--json", now=now)
    assert done.code == 0, done.err
    found: list[dict[str, Any]] = json.loads(done.out)
    return found


def adopt(desk: Path, call: Runner, now: str, text: str) -> None:
    desk.with_name("afterservice.rules.yaml").write_text(text, "utf-8")
    assert call("rules", "adopt", "--yes", now=now).code == 0


def test_it_stands_among_what_is_due(desk: Path, call: Runner) -> None:
    found = [(row["target"], row["case"], row["due_at"], row["state"]) for row in rows(call, NOON, "due")]
    assert found == [
        ("respond", "202610-001", "2026-10-14T04:00:00Z", "running"),
        ("duty:mailbox", None, "2026-10-14T05:00:00Z", "warning"),
        ("duty:books", None, "2026-10-16T10:00:00Z", "running"),
    ]
    (mailbox,) = [row for row in rows(call, NOON, "due") if row["target"] == "duty:mailbox"]
    assert (mailbox["rule"], mailbox["duration"], mailbox["team"]) == ("duties.mailbox.every", "4wh", "desk")
    assert "2026-10-14 13:00\tsoon 1h 00m\t\tSee to the mailbox\t\t\tDesk" in call("due", "--labels", now=NOON).out
    assert "查看投诉邮箱" in call("due", "--labels", now=NOON, env={"AFTERSERVICE_LANG": "zh"}).out
    assert call("due", "--exit-code", now="2026-10-14 11:59").code == 0
    assert call("due", "--exit-code", now=NOON).code == 20
    assert call("due", "--exit-code", now="2026-10-14 13:01").code == 21


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("--owner desk", ["mailbox"]),
        ("--owner pay", ["books"]),
        ("--mine --as bob", ["mailbox"]),
        ("--mine --as cy", ["books"]),
        ("--where owner=pay", ["books"]),
        ("--where mine --as cy", ["books"]),
        ("--person bob", []),
        ("--where priority=P1", []),
        ("--where owner=desk --where channel=phone", []),
    ],
)
@pytest.mark.parametrize("command", ["due", "tasks"])
def test_it_is_its_teams(desk: Path, call: Runner, command: str, asked: str, found: list[str]) -> None:
    listed = rows(call, NOON, command, *asked.split())
    named = [row.get("target", row.get("task", "")).removeprefix("duty:") for row in listed]
    assert [name for name in named if name in ("mailbox", "books")] == found


def test_within_bounds_it_as_well(desk: Path, call: Runner) -> None:
    assert [row["target"] for row in rows(call, NOON, "due", "--within", "59m")] == ["respond"]
    assert [row["target"] for row in rows(call, NOON, "due", "--within", "1h")] == ["respond", "duty:mailbox"]


def test_it_stands_among_the_tasks(desk: Path, call: Runner) -> None:
    assert call("respond", "001", now=TEN).code == 0
    found = [(row["task"], row["by"], row["due_at"]) for row in rows(call, NOON, "tasks")]
    assert found == [
        ("mailbox", "desk", "2026-10-14T05:00:00Z"),
        ("visit", "desk", "2026-10-14T10:00:00Z"),
        ("books", "pay", "2026-10-16T10:00:00Z"),
    ]
    assert "查看投诉邮箱 (mailbox)" in call("tasks", "--labels", now=NOON, env={"AFTERSERVICE_LANG": "zh"}).out


def test_whoever_sees_to_it_hears_when_it_is_due_again(desk: Path, call: Runner) -> None:
    done = call("duty", "mailbox", "three letters", "--as", "bob", now=NOON)
    assert done.out == "See to the mailbox (mailbox)  met · 4wh · duties.mailbox.every\n"
    assert done.err == "next: See to the mailbox, due 2026-10-14 16:00\n"
    late = call("duty", "See to the mailbox", "--as", "ann", now="2026-10-14 16:30")
    assert "missed" in late.out
    (told,) = [row for row in rows(call, "2026-10-14 16:30", "duty") if row["duty"] == "mailbox"]
    assert (told["done_at"], told["verdict"], told["text"]) == ("2026-10-14T08:30:00Z", "missed", None)
    assert told["done_by"].endswith(" as ann")


def test_the_list_says_who_saw_to_it_last_and_what_was_said(desk: Path, call: Runner) -> None:
    call("duty", "mailbox", "three letters", "--as", "bob", now=NOON)
    _, *lines = call("duty", "--labels", now=NOON).out.splitlines()
    assert lines[0] == (
        "2026-10-14 16:00\t4h 00m\tSee to the mailbox (mailbox)\tDesk\t4wh\t2026-10-14 12:00\tmet\tbob\tthree letters"
    )
    assert lines[1] == "2026-10-16 18:00\t2d 6h\tDo the books (books)\tPay\t2wd\t\t\t\t"


def test_somebody_else_may_not_and_a_time_needs_its_duty(desk: Path, call: Runner) -> None:
    done = call("duty", "mailbox", "--as", "cy", now=NOON)
    assert (done.code, done.err) == (
        6,
        "afterservice: mailbox takes desk (duties.mailbox.by); cy is not\n  ask one of ann, bob\n",
    )
    assert call("duty", "--at", NINE, now=NOON).code == 2


def test_a_rulebook_begins_keeps_and_ends_them(desk: Path, call: Runner) -> None:
    rest = DUTIES.replace("2wd", "3wd")
    adopt(desk, call, NOON, BOOK + rest)
    due = {row["duty"]: row["due_at"] for row in rows(call, NOON, "duty")}
    assert due == {"mailbox": "2026-10-14T05:00:00Z", "books": "2026-10-19T10:00:00Z"}
    adopt(desk, call, "2026-10-14 14:00", BOOK)
    assert [row["target"] for row in rows(call, "2026-10-14 14:00", "due")] == ["respond"]
    assert call("duty", "mailbox", "--as", "bob", now="2026-10-14 14:00").code == 6
    assert query(desk, "SELECT name, outcome FROM duties ORDER BY name, seq") == [
        ("books", "void"),
        ("books", "void"),
        ("mailbox", ""),
    ]
    assert call("check").both == ""


def test_what_the_events_say_is_what_a_rebuilt_table_says(desk: Path, call: Runner) -> None:
    for now in ("2026-10-14 11:00", "2026-10-14 19:00", "2026-10-14 20:00", "2026-10-16 10:00"):
        assert call("duty", "mailbox", "--as", "bob", now=now).code == 0
    adopt(desk, call, "2026-10-16 11:00", BOOK + DUTIES.replace("4wh", "5wh"))
    before = query(desk, "SELECT * FROM duties ORDER BY name, seq")
    assert call("check").both == ""
    assert call("check", "--rebuild").code == 0
    assert query(desk, "SELECT * FROM duties ORDER BY name, seq") == before


def attainment(call: Runner, now: str, month: str) -> dict[str, tuple[int, int, int]]:
    done = call("report", "--month", month, "--json", now=now)
    targets = json.loads(done.out)["tables"]["targets"]
    return {one["id"]: (one["met"], one["missed"], one["running"]) for one in targets if ":" in one["id"]}


def test_a_month_counts_each_time_by_which_it_was_due(desk: Path, call: Runner) -> None:
    for now in ("2026-10-14 12:00", "2026-10-14 15:00", "2026-10-16 10:00"):  # the second leaves Thursday out
        assert call("duty", "mailbox", "--as", "bob", now=now).code == 0
    at = "2026-10-16 11:00"
    # Met at 12:00 and 15:00; missed on Thursday at 10:00 and 14:00, and at its close of business.
    assert attainment(call, at, "2026-10") == {"duty:mailbox": (2, 3, 1), "duty:books": (0, 0, 1)}
    assert "See to the mailbox    2       3        1" in call("report", "--month", "2026-10", now=at).out


def test_no_month_changes_by_what_is_done_later(desk: Path, call: Runner) -> None:
    for now in ("2026-10-30 17:00", "2026-11-03 17:00"):
        assert call("duty", "mailbox", "--as", "bob", now=now).code == 0
        october = attainment(call, "2026-11-03 18:00", "2026-10")["duty:mailbox"]
        assert october == (0, 28, 0), "each four of 116 working hours, but for the last, at which somebody came"
    assert attainment(call, "2026-11-03 18:00", "2026-11")["duty:mailbox"] == (0, 4, 1)


def test_a_rulebook_without_duties_asks_nothing_of_their_table(
    desk: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    from afterservice_cli.store.reading import queries

    adopt(desk, call, NOON, BOOK)
    monkeypatch.delattr(queries, "running_duties")
    assert call("due", now=NOON).code == 0
    assert call("tasks", now=NOON).code == 0


def test_a_course_may_be_about_them(call: Runner, tmp_path: Path) -> None:
    course = "cases: [{title: Whose it is, do: [register Hello --channel phone, duty mailbox --as bob], "
    expect = "expect: {refused: duty mailbox --as cy, because: takes desk}}]\n"
    (tmp_path / "small.yaml").write_text(BOOK + DUTIES + course + expect, "utf-8")
    done = call("rules", "test", "small.yaml")
    assert (done.code, done.err) == (0, "small.yaml: 1 case holds\n")


LISTS = """\
duties:
  open: {title: Look through the open repairs, by: desk, every: 17:00, warn: 1wh}
  list: {title: {zh: 每周清单, en: The weekly list}, by: desk, every: mon 10:00}
"""


def test_times_of_the_day_are_due_shown_and_counted(tmp_path: Path, call: Runner) -> None:
    (tmp_path / "small.yaml").write_text(BOOK + LISTS, "utf-8")
    assert call("init", "--rules", "small.yaml", now=NINE).code == 0
    found = [(row["target"], row["due_at"], row["warn_at"], row["duration"]) for row in rows(call, NINE, "due")]
    assert found == [
        ("duty:open", "2026-10-14T09:00:00Z", "2026-10-14T08:00:00Z", "17:00"),
        ("duty:list", "2026-10-19T02:00:00Z", None, "mon 10:00"),
    ]
    shown = call("rules", "show").out
    assert "every: working day at 17:00; warned ahead: 1 working hour" in shown
    assert "周期：每周一 10:00" in call("rules", "show", env={"AFTERSERVICE_LANG": "zh"}).out
    early = call("duty", "list", "--as", "bob", now="2026-10-16 16:00")  # on Friday
    assert early.out == "The weekly list (list)  met · Mon at 10:00 · duties.list.every\n"
    assert early.err == "next: The weekly list, due 2026-10-26 10:00\n"
    assert call("duty", "open", "--as", "bob", now="2026-10-16 17:30").out.startswith(
        "Look through the open repairs (open)  missed"
    )
    assert attainment(call, "2026-10-20 09:00", "2026-10") == {"duty:open": (0, 4, 0), "duty:list": (1, 0, 1)}
    before = query(tmp_path / "afterservice.db", "SELECT * FROM duties ORDER BY name, seq")
    assert call("check", "--rebuild").code == 0
    assert query(tmp_path / "afterservice.db", "SELECT * FROM duties ORDER BY name, seq") == before


@pytest.mark.parametrize(
    ("every", "told"), [("sat 10:00", "sat"), ("fri-sun 10:00", "sat, sun"), ("mon-fri 10:00", ""), ("25d 10:00", "")]
)
def test_a_duty_of_days_off_is_told_to_come_later(tmp_path: Path, call: Runner, every: str, told: str) -> None:
    duty = f"duties:\n  bins: {{title: Empty the bins, by: desk, every: '{every}'}}\n"
    (tmp_path / "small.yaml").write_text(BOOK + duty, "utf-8")
    done = call("rules", "check", "small.yaml")
    assert done.code == 0, done.err
    note = f"note: small.yaml:13: '{every}' – nobody works on {told}: it comes on the next working day"
    assert (note in done.err.splitlines()) == bool(told), done.err
    assert ("nobody works" in done.err) == bool(told)


def test_a_duty_by_a_calendar_of_its_own_may_come_on_saturdays(tmp_path: Path, call: Runner) -> None:
    calendars = "calendars: {weekend: {hours: {sat-sun: '09:00-18:00'}}}\n"
    duty = "duties:\n  bins: {title: Empty the bins, by: desk, every: 'sat 10:00', calendar: weekend}\n"
    (tmp_path / "small.yaml").write_text(BOOK + calendars + duty, "utf-8")
    assert "nobody works" not in call("rules", "check", "small.yaml").err
