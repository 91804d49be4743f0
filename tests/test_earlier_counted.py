"""The customer's earlier cases are counted with every event of a case: also with those that follow from another's."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import rulebooks
from afterservice_cli.cases.case import Case
from afterservice_cli.decisions import closing, handling, mending, screening, triage
from afterservice_cli.store import history
from afterservice_cli.workflows.recording import writing
from earlier_desks import BOB, FILE, Desk, counts
from registers import register_in

PART = "part: {title: Part, values: {motor: Motor, lamp: Lamp}}"
PROBLEM = "problems: {batch: {title: Batch, same: [product], count: 2, within: 7d, by: desk, set: {part: motor}}}\n"


@contextmanager
def at_desk(folder: Path, *changes: tuple[str, str], more: str = "") -> Iterator[Desk]:
    (folder / "own.yaml").write_text(rulebooks.text("repairs", *changes) + more)
    with register_in(folder, str(folder / "own.yaml")) as register:
        yield Desk(register)


def now(desk: Desk, case: Case) -> Case:
    """A case as it stands by now."""
    with desk.desk.reading() as db:
        return history.load_case(db, case.number)


def back(desk: Desk, case: Case, word: str) -> Case:
    """Take back the last event of a case with this word."""
    seq = next(recorded.seq for recorded in reversed(case.events) if recorded.event.word == word)
    return desk.act(case, partial(mending.retract, seq=seq, reason="x"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with register_in(tmp_path, str(FILE)) as register:
        yield Desk(register)


def test_with_what_a_problem_gives_a_case_others_count_at_once(tmp_path: Path) -> None:
    changes = (
        ("fields: {", f"fields: {{{PART}, "),
        ("earlier:\n", "earlier:\n  parts: {title: Parts, same: ['field:part']}\n"),
        ("  high: ", "  top: {title: Top, when: {earlier.parts: {at_least: 1}}}\n  high: "),
    )
    with at_desk(tmp_path, *changes, more=PROBLEM) as desk:
        first = desk.came(part="motor")
        case = desk.came(product="L-1")
        assert (case.value("priority"), "parts" in case.earlier) == ("low", False)
        last = desk.came(BOB, product="L-1")
        case = now(desk, case)
        assert case.fields["part"] == now(desk, last).fields["part"] == "motor"
        assert (case.value("priority"), case.earlier["parts"]) == ("top", (first.number,))
        assert now(desk, last).value("priority") == "low"


def test_a_case_that_joins_a_problem_counts_what_became_of_others(tmp_path: Path) -> None:
    with at_desk(tmp_path, ("fields: {", f"fields: {{{PART}, "), more=PROBLEM) as desk:
        first = desk.came()
        case = desk.came(product="L-1")
        desk.act(first, partial(closing.withdraw, reason="x"))
        desk.came(BOB, product="L-1")
        assert counts(now(desk, case))["complaints"] == 0


def test_without_an_amendment_what_counted_before_counts_again(desk: Desk) -> None:
    first = desk.repaired(desk.came())
    case = desk.amended(desk.came(serial="B2"), serial="A1")
    assert case.earlier["repairs"] == (first.number,)
    assert counts(back(desk, case, "amended"))["repairs"] == 0


@pytest.mark.parametrize("how", ["merged", "screened", "withdrawn"])
def test_a_case_that_goes_on_after_all_counts_as_of_now(desk: Desk, how: str) -> None:
    first = desk.came()
    case, other = desk.came(), desk.came(BOB)
    assert counts(case)["complaints"] == 1
    deciding: dict[str, Any] = {
        "merged": partial(screening.merge, into=other, reason="x"),
        "screened": partial(screening.screen, outcome="invalid", ground="spam"),
        "withdrawn": partial(closing.withdraw, reason="x"),
    }
    case = desk.act(case, deciding[how])
    desk.act(first, partial(closing.withdraw, reason="x"))
    case = back(desk, case, how)
    assert counts(case)["complaints"] == 0
    assert {d.spec.target for d in case.deadlines if d.outcome != "void"} == {"respond"}
    assert desk.register.findings() == []


def test_a_retraction_is_of_what_was_recorded_whatever_counts_by_now(desk: Desk) -> None:
    first, second = desk.came(), desk.came()
    case = desk.noted(desk.came())
    desk.act(first, partial(closing.withdraw, reason="x"))
    case = back(desk, case, "noted")
    assert [recorded.event.word for recorded in case.events[1:]] == ["noted", "retracted", "earlier_counted"]
    assert case.earlier["complaints"] == (second.number,)


def test_a_case_no_longer_counts_where_it_is_merged_and_counts_again_without_that(desk: Desk) -> None:
    twin = desk.came()
    desk.desk.now += timedelta(minutes=1)
    case = desk.came()
    desk.act(twin, handling.respond)
    assert counts(case)["complaints"] == 1
    with writing(desk.desk) as writer:  # told as of before the other came in
        merging = partial(screening.merge, into=case, reason="x")
        twin = writer.act(twin.number, merging, at=twin.registered_at).case
    assert {recorded.event.at >= case.registered_at for recorded in now(desk, case).events} == {True}
    assert [recorded.event.word for recorded in now(desk, case).events[-2:]] == ["earlier_counted", "responded"]
    assert counts(now(desk, case))["complaints"] == 0
    back(desk, twin, "merged")
    assert counts(now(desk, case))["complaints"] == 1
    assert desk.register.findings() == []


def test_of_nobody_nothing_counts_and_no_condition_on_it_holds(tmp_path: Path) -> None:
    calm = ("  high: ", "  calm: {title: Calm, when: {earlier.complaints: {under: 1}}}\n  high: ")
    with at_desk(tmp_path, calm) as desk:
        assert desk.came(BOB).value("priority") == "calm"
        case = desk.came(None)
        assert (case.value("priority"), case.earlier) == ("low", {})
        case = desk.act(case, partial(triage.classify, category="loud", reason="x"))
        assert (case.value("priority"), case.earlier) == ("low", {})
