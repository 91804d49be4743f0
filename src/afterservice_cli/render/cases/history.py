"""The course of a case: its progress table, a row an event."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from afterservice_cli.cases.case import Event, Recorded
from afterservice_cli.cases.events import KINDS
from afterservice_cli.cases.events.general import ROW_CHANGED
from afterservice_cli.cases.values import DeadlineSpec, Finding
from afterservice_cli.language import translated
from afterservice_cli.render.labels import effect
from afterservice_cli.render.rows import Column, chosen
from afterservice_cli.render.screen import Screen
from afterservice_cli.render.telling import Teller
from afterservice_cli.reports.cases.history import CourseRow
from afterservice_cli.rulebook.given import given_text
from afterservice_cli.rulebook.values import value_text
from afterservice_cli.time.instants import to_minute_text, to_text

# What is to be shown: a field's value, all fields of its event by name, and for which screen.
Format = Callable[[Any, Mapping[str, Any], Screen], Iterable[str]]


def history_columns(screen: Screen) -> list[Column[CourseRow]]:
    """Return the columns of a course: number and stage, when, what happened, who, and what was done."""

    def column(
        name: str, word: str, said: Callable[[Recorded], object], shown: Callable[[Recorded], object] | None = None
    ) -> Column[CourseRow]:
        told = shown or said
        return Column(name, screen.label(word), lambda row: said(row.recorded), lambda row: told(row.recorded))

    return [
        column("seq", "seq", lambda one: one.seq),
        column("stage", "stage", lambda one: one.event.STAGE or None, lambda one: screen.state_label(one.event.STAGE)),
        column(
            "occurred_at",
            "time",
            lambda one: to_text(one.event.at),
            lambda one: to_minute_text(one.event.at, screen.rulebook.zone),
        ),
        column("kind", "event", lambda one: type(one.event).__name__).but(shown=lambda row: _event(row, screen)),
        column("actor", "person", lambda one: one.actor, lambda one: screen.person_title(one.actor)),
        column("what", "what", lambda one: _done(one.event, screen)).but(least=18, whole=True),
    ]


def course_columns(tell: Teller, picks: str | None = None) -> list[Column[CourseRow]]:
    """Return the columns of the progress table of several cases: those of a course, with the case.

    Where there is no room for all, the stage is left out first, then the person. If some alone are picked, without the
    kind of event, what was done begins with it.
    """

    def named(row: CourseRow) -> str:
        words = _done(row.recorded.event, tell)
        return tell.said(_event(row, tell), words) if words else _event(row, tell)

    seq, stage, time, kind, actor, what = history_columns(tell)
    columns: list[Column[CourseRow]] = [
        tell.value("case"),
        seq.but(usual=False),
        stage.but(rank=20),
        time.but(short=lambda row: tell.this_year(to_text(row.recorded.event.at))),
        kind.but(least=12),
        actor.but(rank=10, least=8),
    ]
    with_kind = picks is None or "kind" in {one.id for one in chosen([*columns, what], picks)}
    return [*columns, what if with_kind else what.but(shown=named)]


def _event(row: CourseRow, screen: Screen) -> str:
    """Return how the screen calls what happened, and whether it was taken back."""
    retracted = f" [{screen.label('retracted')}]" if row.retracted else ""
    return event_label(type(row.recorded.event).__name__, screen.language) + retracted


def shown(kind: type[Event], values: Mapping[str, Any], screen: Screen) -> str:
    """Return what a kind of event shows of these values of its fields, in the order that it declares."""
    found = (
        FORMATS[thing](values[name], values, screen) for name, thing in kind.SHOWN.items() if values[name] is not None
    )
    return screen.clauses(piece for pieces in found for piece in pieces if piece)


def _done(event: Event, screen: Screen) -> str:
    """Return one line on what an event says."""
    words = screen.tr(ROW_CHANGED) if event.said == ROW_CHANGED else event.said
    return " – ".join(part for part in (shown(type(event), vars(event), screen), words) if part)


def _title(section: str) -> Format:
    return lambda value, _, screen: [screen.title(section, value)]


def _findings(findings: Iterable[Finding], _: Mapping[str, Any], screen: Screen) -> Iterator[str]:
    for finding in findings:
        name = screen.field_title(finding.field)
        yield screen.said(name, screen.title(finding.field, finding.value) or "–")


def _known(known: bool, event: Mapping[str, Any], screen: Screen) -> list[str]:
    source = f" {event['known_from']}" if event["known_from"] else ""
    return [f"{screen.label('known' if known else 'new')}{source}"]


def _scores(scores: Mapping[str, int], _: Mapping[str, Any], screen: Screen) -> Iterator[str]:
    for question, score in scores.items():
        yield screen.said(screen.title("question", question), score) if screen.rulebook.questions else str(score)


def _people(people: Iterable[str], _: Mapping[str, Any], screen: Screen) -> list[str]:
    return [screen.joined(screen.title("person", person) for person in people)]


def _names(facts: Iterable[str], event: Mapping[str, Any], screen: Screen) -> list[str]:
    private: Iterable[str] = event["private"] or ()
    titles = (screen.field_title(name) for name in (*facts, *private))
    return [screen.joined(titles)]


def _message(template: str, event: Mapping[str, Any], screen: Screen) -> list[str]:
    (people,) = _people(event["people"], event, screen)
    title = screen.rulebook.message_title(template, screen.language)
    return [f"{title} → {people or screen.role_title(event['to'])}"]


def _deadlines(deadlines: Iterable[DeadlineSpec], _: Mapping[str, Any], screen: Screen) -> Iterator[str]:
    for spec in deadlines:
        yield screen.said(screen.target_title(spec.target), screen.instant(spec.due_at))


def _counts(counts: Mapping[str, Collection[str]], _: Mapping[str, Any], screen: Screen) -> Iterator[str]:
    for name, cases in counts.items():
        yield screen.said(screen.title("earlier cases", name), str(len(cases)))


# How each kind of thing reads that an event shows.
FORMATS: Mapping[str, Format] = {
    **{
        section: _title(section)
        for section in (
            "channel",
            "way of telling",
            "ground",
            "pause",
            "person",
            "visit",
            "fault",
            "cause",
            "disposition",
        )
    },
    "findings": _findings,
    "liability": lambda who, _, screen: [value_text(screen.rulebook, "liability", who, screen.language)],
    "promised_at": lambda at, _, screen: [screen.said(screen.label("promised_at"), screen.instant(at))],
    "until": lambda at, _, screen: [screen.said(screen.label("until"), screen.instant(at))],
    "label": lambda word, _, screen: [screen.label(word)],
    "silent": lambda silent, _, screen: [screen.label("silent")] if silent else [],
    "answer": lambda yes, _, screen: [screen.label("yes" if yes else "no")],
    "known": _known,
    "effect": lambda word, _, screen: [effect(word, screen.language)],
    "warranty": lambda under, _, screen: [screen.label("warranty" if under else "no_warranty")],
    "plan": lambda version, _, screen: [f"{screen.label('plan')} {version}"],
    "role": lambda role, _, screen: [screen.role_title(role)],
    "task": lambda name, _, screen: [screen.rulebook.task_title("", name, screen.language)],
    "outcome": lambda name, event, screen: [screen.rulebook.outcome_title(event["task"], name, screen.language)],
    "target": lambda name, _, screen: [screen.target_title(name)],
    "gives": lambda gives, _, screen: [given_text(screen.rulebook, gives, screen.language)],
    "people": _people,
    "scores": _scores,
    "deadlines": _deadlines,
    "message": _message,
    "counts": _counts,
    "link": lambda relation, event, screen: [screen.said(screen.label(relation), event["other"])],
    "twin": lambda twin, event, screen: [screen.said(word_label(event["counted"], screen.language), twin)],
    "event": lambda seq, _, screen: [f"{screen.label('event')} {seq}"],
    "names": _names,
    "verbatim": lambda text, _, __: [text],
}


def word_label(word: str, language: str) -> str:
    """Return how the screen calls the kind of event that has this word; the word itself if none has."""
    return next((event_label(kind, language) for kind, event in KINDS.items() if word == event.WORD), word)


def event_label(kind: str, language: str) -> str:
    """Return how the screen calls a kind of event, by the kind's name."""
    return translated(KINDS[kind].LABEL, language)
