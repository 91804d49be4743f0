"""Given these events, when this is decided, then these events or this refusal; and a desk on a real file."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import rulebooks
from afterservice_cli import deadlines
from afterservice_cli.cases.case import Case, Event, Recorded
from afterservice_cli.cases.fold import fold
from afterservice_cli.cases.values import Numbered
from afterservice_cli.decisions import duties, intake, opening
from afterservice_cli.errors import Problem
from afterservice_cli.moment import Decision, Moment
from afterservice_cli.rulebook.compiling import Compiled
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.store import founding
from afterservice_cli.store.history import Stamp
from afterservice_cli.workflows.desk import Desk

RECEIVED = datetime(2026, 10, 14, 1, tzinfo=UTC)  # a Wednesday, 09:00 in Shanghai

LATER = RECEIVED + timedelta(hours=200)


def hour(count: float) -> datetime:
    """So many hours after the case came in."""
    return RECEIVED + timedelta(hours=count)


def compiled(*changes: tuple[str, str], year: int = 2026) -> Compiled:
    """The small rulebook with pieces of its text replaced."""
    return rulebooks.compiled("small", *changes, year=year)


def rules(*changes: tuple[str, str]) -> Rulebook:
    """The rulebook in force, with pieces of its text replaced."""
    return compiled(*changes).rulebook


SMALL = compiled()


def came_in(
    text: str = "it rattles", *, at: datetime = RECEIVED, rulebook: Rulebook | None = None, **draft: Any
) -> Event:
    """A registration by phone of what a customer wrote; `draft` may give category, priority, owner, by and facts."""
    facts = {"channel": "phone", "description": text, **draft.pop("facts", {})}
    moment = Moment(at, at, "ann", rulebook or SMALL.rulebook)
    number = Numbered("202610-001", "202610-*", 1)
    (event,) = intake.register(moment, draft=intake.Draft(facts, **draft), numbered=number)
    return opening.from_registration(event.begin(moment.rulebook.hash), event, moment.rulebook)


def history(*events: Event | Recorded, rulebook: Rulebook = SMALL.rulebook) -> tuple[Recorded, ...]:
    """Events in the order they were recorded, the first as number 1, by Ann where nobody else is said."""
    entries = [entry if isinstance(entry, Recorded) else recorded_by("ann", entry) for entry in events]
    return tuple(entry.but(seq=seq, version=seq, rulebook=rulebook.hash) for seq, entry in enumerate(entries, 1))


def recorded_by(actor: str, event: Event) -> Recorded:
    """An event by somebody, without its place yet."""
    return Recorded(0, "202610-001", 0, event.at, actor, "system", "", event)


class Outcome:
    """What a decision led to."""

    def __init__(
        self, before: tuple[Recorded, ...], made: list[Event] | Problem, rulebook: Rulebook, actor: str
    ) -> None:
        self._before, self._made, self._rulebook, self._actor = before, made, rulebook, actor

    @property
    def events(self) -> tuple[Event, ...]:
        if isinstance(self._made, Problem):
            raise self._made
        return tuple(self._made)

    @property
    def case(self) -> Case:
        """The case as it is then."""
        return fold(self.recorded)

    @property
    def recorded(self) -> tuple[Recorded, ...]:
        """The history as it is then."""
        return history(
            *self._before, *(recorded_by(self._actor, event) for event in self.events), rulebook=self._rulebook
        )

    def then(self, *events: Event) -> None:
        assert self.events == events

    def refused(self, kind: type[Problem], *words: str) -> None:
        """Refused as `kind`, with all of `words` in the message or its hint."""
        assert isinstance(self._made, Problem), f"not refused: {self._made}"
        assert type(self._made) is kind
        said = f"{self._made.message} | {self._made.hint}"
        assert [word for word in words if word not in said] == [], said


class Given:
    """A case with a history."""

    def __init__(self, events: tuple[Event | Recorded, ...], rulebook: Rulebook) -> None:
        self._history, self._rulebook = history(*events, rulebook=rulebook), rulebook

    def when(
        self,
        decision: Decision,
        *,
        at: datetime | None = None,
        now: datetime = LATER,
        actor: str = "ann",
    ) -> Outcome:
        case, rulebook = fold(self._history), self._rulebook

        def decide(moment: Moment) -> list[Event]:
            return opening.with_tasks(case, deadlines.begun(case, decision(case, moment), rulebook, actor), rulebook)

        return decided(decide, Moment(now, at or now, actor, rulebook), before=self._history)


def decided(decide: Callable[[Moment], list[Event]], moment: Moment, *, before: tuple[Recorded, ...] = ()) -> Outcome:
    """What is decided at a moment, or why it was refused."""
    try:
        made: list[Event] | Problem = decide(moment)
    except Problem as problem:
        made = problem
    return Outcome(before, made, moment.rulebook, moment.actor)


def given(*events: Event | Recorded, rulebook: Rulebook = SMALL.rulebook) -> Given:
    return Given(events, rulebook)


def with_holidays(holidays: Mapping[str, Any]) -> Rulebook:
    """The small rulebook under a calendar that knows these years."""
    small = SMALL.rulebook
    return small.but(calendar_rules=small.calendar_rules.but(holidays=holidays), hash="with holidays")


def make_desk(path: Path, *, now: datetime = RECEIVED, rules: Compiled = SMALL, group: str | None = None) -> Desk:
    """Found a desk at `path` and sit down at it."""
    book = rules.rulebook
    founding.found(
        path,
        snapshot=rules.snapshot,
        first=duties.adopted(book, now, ("first adoption",), {}),
        stamp=Stamp(now, "ann", "system", book.hash),
        settings={"rules_file": f"{path.stem}.rules.yaml", "rules_checksum": ""},
        group=group,
    )
    return Desk(path, now=now, actor="ann", clock="system")


def refusal(kind: type[Problem], *words: str, decide: object) -> None:
    """See a decision be refused, and words in what is said of it."""
    with pytest.raises(kind) as caught:
        decide()  # type: ignore[operator]
    said = f"{caught.value.message} | {caught.value.hint}"
    assert [word for word in words if word not in said] == [], said
