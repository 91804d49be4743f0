"""A changed row and a case that people work on: a file closes none past what the rulebook still demands of them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

import rulebooks
from afterservice_cli.cases.case import Event
from afterservice_cli.cases.events.general import DeadlineMoved, EarlierCounted, MessageWritten
from afterservice_cli.cases.events.intake import TwinCounted
from afterservice_cli.cases.events.problems import CaseGathered
from afterservice_cli.decisions import handling, mending, planning
from afterservice_cli.decisions.imported import COMMANDS, WORDS
from afterservice_cli.workflows import recording
from registers import one_row, register_in
from shops import Shop, counted, rejects, shop_of_life

PROFILE = """
profile: course
columns: {number: no, received_at: taken, channel: via, customer: name, description: text, category: topic}
course:
  - {event: investigated, at: looked}
  - {event: resolved, at: solved}
  - {event: confirmed, at: agreed}
  - {event: closed, at: done}
  - {event: withdrawn, at: back}
"""
HEADINGS = "no,taken,via,name,text,topic,looked,solved,agreed,done,back"
CASE = "202610-001"
OVER = {"solved": "2026-10-20", "agreed": "2026-10-21", "done": "2026-10-21"}


shop = shop_of_life(PROFILE)


def line(**cells: str) -> str:
    return one_row(HEADINGS, **cells)


def test_a_row_closes_no_case_whose_plan_waits_for_an_approval(shop: Shop) -> None:
    shop.read_text(line())
    shop.desk.actor = "li"
    recording.act(
        shop.desk, CASE, partial(planning.propose, proposal=planning.Proposal("refund", gives={"money": "12"}))
    )
    summary = shop.read_text(line(**OVER))
    assert counted(summary) == {"conflicts": 1}
    (left,) = rejects(summary)
    assert "worked on here" in left["_reason"]
    assert "approval" in left["_reason"]
    case = shop.case()
    assert (case.status, "resolved" in case.happened) == ("open", False)
    before = shop.of_cases()
    assert counted(shop.read_text(line(**OVER))) == {"conflicts": 1}
    assert shop.of_cases() == before
    assert shop.register.findings() == []


def answered(shop: Shop) -> None:
    recording.act(shop.desk, CASE, partial(handling.respond, text="we called"))


@pytest.mark.parametrize(
    ("cells", "status", "left", "reason"),
    [
        ({"done": "2026-10-21"}, "open", ["done"], "lacks what the rulebook demands before close"),
        ({"solved": "2026-10-20", "done": "2026-10-21"}, "resolved", ["done"], "before close"),
        ({"looked": "2026-10-20"}, "open", ["looked"], "investigate is kept to tech"),
        (OVER, "closed", [], ""),
        ({"back": "2026-10-20"}, "closed", [], ""),
    ],
    ids=["without a resolution", "without a confirmation", "kept to others", "with all of it", "withdrawn"],
)
def test_what_a_row_tells_of_a_case_that_was_worked_on_is_judged_like_a_command(
    shop: Shop, cells: dict[str, str], status: str, left: list[str], reason: str
) -> None:
    shop.read_text(line())
    answered(shop)
    summary = shop.read_text(line(**cells))
    assert counted(summary) == ({"conflicts": 1} if left else {"changed": 1})
    assert [(row["_field"], reason in row["_reason"]) for row in (rejects(summary) if left else [])] == [
        (field, True) for field in left
    ]
    assert shop.case().status == status
    assert shop.register.findings() == []


@pytest.mark.parametrize("cells", [{"done": "2026-10-21"}, {"looked": "2026-10-20"}])
def test_a_case_that_nobody_worked_on_is_as_its_file_says(shop: Shop, cells: dict[str, str]) -> None:
    shop.read_text(line())
    summary = shop.read_text(line(**cells))
    assert (counted(summary), summary.flagged) == ({"changed": 1}, 0)


def test_an_import_that_was_undone_is_no_work_on_the_cases_that_it_changed(shop: Shop) -> None:
    shop.read_text(line())
    shop.read_text(line(looked="2026-10-09"))
    case = shop.case()
    (batch,) = {source.batch for r in case.events[1:] if (source := getattr(r.event, "source", None))}
    for seq in mending.changed_by_import(case, batch):
        recording.act(shop.desk, CASE, partial(mending.taking_back, seq=seq, batch=batch))
    assert "investigated" not in shop.case().happened
    summary = shop.read_text(line(done="2026-10-21"))
    assert (counted(summary), shop.case().status) == ({"changed": 1}, "closed")


def _day(hour: int) -> datetime:
    return datetime(2026, 10, 9, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    "event",
    [
        EarlierCounted(_day(1), {"complaints": ()}),
        TwinCounted(_day(1), "responded", "202610-002"),
        MessageWritten(_day(1), "problems.batch", "tech", ("li",), None, "en", "It came again."),
        CaseGathered(_day(1), "P2026-001", ""),
        DeadlineMoved(_day(1), (), "calendar"),
    ],
)
def test_what_follows_in_a_case_by_itself_is_no_work_on_it(shop: Shop, event: Event) -> None:
    shop.read_text(line())
    with recording.writing(shop.desk) as writer:
        writer.record(writer.load(CASE), [event])
    summary = shop.read_text(line(done="2026-10-21"))
    assert (counted(summary), shop.case().status) == ({"changed": 1}, "closed")


def test_what_a_person_took_back_is_work_on_the_case(shop: Shop) -> None:
    shop.read_text(line())
    recording.act(shop.desk, CASE, partial(handling.note, text="x"))
    recording.act(shop.desk, CASE, partial(mending.retract, seq=shop.case().events[-1].seq, reason="x"))
    summary = shop.read_text(line(done="2026-10-21"))
    assert (counted(summary), shop.case().status) == ({"conflicts": 1}, "open")


def test_the_source_may_still_put_right_what_it_told_itself(shop: Shop) -> None:
    shop.read_text(line(looked="2026-10-09"))
    answered(shop)
    assert counted(shop.read_text(line(looked="2026-10-10"))) == {"changed": 1}
    assert shop.case().first_at["investigated"].day == 9  # in UTC
    assert shop.register.findings() == []


@pytest.mark.parametrize(
    ("command", "cells", "heading"),
    [("amend", {"name": "Zhou"}, "name"), ("classify", {"topic": "charged"}, "topic")],
)
def test_what_is_kept_to_others_is_kept_from_a_file_once_somebody_worked_on_the_case(
    tmp_path: Path, command: str, cells: dict[str, str], heading: str
) -> None:
    rules = tmp_path / "kept.yaml"
    rules.write_text(rulebooks.text("life", ("  investigate: [tech]", f"  {command}: [tech]")))
    with register_in(tmp_path, str(rules)) as register:
        shop = Shop(register, PROFILE)
        shop.read_text(line(topic="broken"))
        answered(shop)
        summary = shop.read_text(line(**{"topic": "broken", **cells}))
        assert counted(summary) == {"conflicts": 1}
        (left,) = rejects(summary)
        assert left["_field"] == heading
        assert f"{command} is kept to tech" in left["_reason"]


def test_every_word_of_a_file_has_its_command() -> None:
    assert set(COMMANDS) == set(WORDS)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Shop]:
    """Give a desk whose rulebook keeps taking back to the technicians; nobody there is one."""
    rules = tmp_path / "kept.yaml"
    rules.write_text(rulebooks.text("life", ("  investigate: [tech]", "  retract: [tech]")))
    with register_in(tmp_path, str(rules)) as register:
        yield Shop(register, PROFILE)


@pytest.mark.parametrize(
    ("earlier", "later", "left"),
    [
        ({"looked": "2026-10-09"}, {"looked": "2026-10-10"}, ["looked"]),
        (
            {"looked": "2026-10-09", "solved": "2026-10-10"},
            {"looked": "2026-10-09", "solved": "2026-10-11"},
            ["solved"],
        ),
        ({"looked": "2026-10-09"}, {"looked": "2026-10-10", "solved": "2026-10-11"}, ["looked"]),
    ],
    ids=["alone", "beside what stays", "beside what is new"],
)
def test_who_may_take_nothing_back_does_not_do_it_by_a_file(
    kept: Shop, earlier: dict[str, str], later: dict[str, str], left: list[str]
) -> None:
    kept.read_text(line(**earlier))
    answered(kept)
    standing = {event.word: event.at for event in (recorded.event for recorded in kept.case().standing)}
    summary = kept.read_text(line(**later))
    assert counted(summary) == {"conflicts": 1}
    found = [(row["_field"], "retract is kept to tech" in row["_reason"]) for row in rejects(summary)]
    assert found == [(field, True) for field in left]
    now = {event.word: event.at for event in (recorded.event for recorded in kept.case().standing)}
    assert {word: now.get(word) for word in standing} == standing
    assert ("resolved" in now) == ("solved" in {**earlier, **later})
    assert kept.register.findings() == []


def test_a_case_that_nobody_worked_on_follows_its_file_whoever_may_retract(kept: Shop) -> None:
    kept.read_text(line(looked="2026-10-09"))
    assert counted(kept.read_text(line(looked="2026-10-10"))) == {"changed": 1}
