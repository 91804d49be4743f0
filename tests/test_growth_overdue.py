"""The first few of many cases that are overdue: found without the rest, and the same as among the rest."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

import rulebooks
from afterservice_cli.decisions import handling
from afterservice_cli.decisions.intake import Draft
from afterservice_cli.store.reading import filters
from afterservice_cli.store.reading.filters import Filter, found_by
from afterservice_cli.time.instants import to_text
from afterservice_cli.workflows.desk import Desk
from afterservice_cli.workflows.recording import writing
from given import RECEIVED, make_desk

FEW, MANY = 60, 420


def filled(path: Path, cases: int) -> Desk:
    """A desk with so many cases, one each two hours, of which every third was answered, by turns of two channels."""
    path.parent.mkdir(exist_ok=True)
    desk = make_desk(path, rules=rulebooks.compiled("figures"))
    desk.now = RECEIVED + timedelta(hours=2 * cases)
    with writing(desk) as writer:
        for number in range(cases):
            at = RECEIVED + timedelta(hours=2 * (number - number % 7))  # several come in at once, as in a file
            facts = {"channel": ("phone", "mail")[number % 2], "description": f"the hose leaks {number}"}
            case = writer.register(Draft(facts), at=at)
            if number % 3 == 0:
                writer.act(case.number, handling.respond)
    return desk


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> list[Desk]:
    """A desk with few cases and one with many."""
    folder = tmp_path_factory.mktemp("overdue")
    return [filled(folder / str(cases) / "d.db", cases) for cases in (FEW, MANY)]


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few overdue cases are many, and few of the newest cases are looked through first."""
    monkeypatch.setattr(filters, "MANY", 20)
    monkeypatch.setattr(filters, "NEWEST", 30)


def numbers(db: sqlite3.Connection, wanted: Filter) -> list[str]:
    return [row[0] for row in found_by(db, "case_id", wanted)]


def steps(desk: Desk, wanted: Filter) -> int:
    """How many tens of steps SQLite takes to find them."""
    taken: list[int] = []
    with desk.reading() as db:
        db.set_progress_handler(lambda: taken.append(1), 10)
        assert len(numbers(db, wanted)) == wanted.limit
        db.set_progress_handler(None, 0)
    return len(taken)


@pytest.mark.parametrize("asked", [Filter(sort="registered"), Filter(sort="due")], ids=["newest", "due"])
def test_the_first_few_that_are_overdue_take_as_many_steps_among_few_as_among_many(
    desks: list[Desk], asked: Filter
) -> None:
    few, many = (steps(desk, asked.but(overdue=to_text(desk.now), limit=5)) for desk in desks)
    assert many < 1.3 * few


@pytest.mark.parametrize("sort", ["registered", "due", "owner"])
@pytest.mark.parametrize("reverse", [False, True], ids=["", "reverse"])
@pytest.mark.parametrize(
    "asked",
    [Filter(), Filter(channel="mail"), Filter(since="2026-10-16T00:00:00Z", until="2026-11-01T00:00:00Z")],
    ids=["all", "mail", "between"],
)
@pytest.mark.parametrize("hours", [0, 100, 500, 2000])
def test_they_are_the_first_of_all_that_are(
    desks: list[Desk], hours: int, asked: Filter, reverse: bool, sort: str
) -> None:
    desk = desks[1]
    wanted = asked.but(overdue=to_text(RECEIVED + timedelta(hours=hours)), sort=sort, reverse=reverse)
    with desk.reading() as db:
        everyone = numbers(db, wanted)
        assert {count: numbers(db, wanted.but(limit=count)) for count in (1, 4, 60)} == {
            count: everyone[:count] for count in (1, 4, 60)
        }
