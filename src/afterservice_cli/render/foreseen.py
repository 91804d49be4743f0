"""What would become of a text, for a person to read."""

from __future__ import annotations

from collections.abc import Iterator

from afterservice_cli.instants import from_text
from afterservice_cli.language import listed
from afterservice_cli.render.case import minute, quoted, target_title, why
from afterservice_cli.render.days import counting_line
from afterservice_cli.render.explained import condition_lines, time_lines, weighed_lines
from afterservice_cli.render.labels import either, field_title, label, said, with_id
from afterservice_cli.reports.case import DecidedView
from afterservice_cli.reports.foreseen import Foreseen, ForeseenDeadline
from afterservice_cli.rulebook.model import Rulebook


def foreseen_lines(value: Foreseen, rulebook: Rulebook, language: str) -> Iterator[str]:
    """Yield each decision with its reason, what the case would look like and still lack, then each deadline."""
    for decided in value.explanation:
        yield said(field_title(decided.field, rulebook, language), _titled(decided, rulebook, language), language)
        yield f"  {why(decided, language)}"
        yield from condition_lines(decided, rulebook, language)
        yield from weighed_lines(decided, rulebook, language)
    if value.person:
        yield said(label("person", language), rulebook.title("person", value.person, language), language)
    if value.collaborators:
        teams = [rulebook.title("owner", team, language) for team in value.collaborators]
        yield said(label("collaborators", language), listed(teams, language), language)
    for doubt in value.suspicions:
        ground = rulebook.title("ground", doubt.ground, language)
        looks = label(f"looks_{doubt.outcome}", language)
        yield said(looks, ground, language) if ground else looks
        yield f"  {quoted(doubt.phrases, language)} ← {doubt.rule}"
    if value.missing:
        names = [_fact(name, rulebook, language) for name in value.missing]
        yield said(label("still_demanded", language), listed(names, language), language)
    for deadline in value.deadlines:
        yield ""
        yield from _deadline(deadline, rulebook, language)


def _titled(decided: DecidedView, rulebook: Rulebook, language: str) -> str:
    shown = with_id(rulebook.title(decided.field, decided.value, language), decided.value)
    unplaced = decided.field == "category" and decided.by == "default"
    return f"{shown} [{label('unclassified', language)}]" if unplaced else shown


def _fact(name: str, rulebook: Rulebook, language: str) -> str:
    """Return the label of a fact, or of several of which one is demanded: `customer or contact`."""
    return either((field_title(one, rulebook, language) for one in name.split(" or ")), language)


def _deadline(deadline: ForeseenDeadline, rulebook: Rulebook, language: str) -> Iterator[str]:
    note = f" ({label('provisional', language)})" if deadline.provisional else ""
    due = f"{label('due_at', language)} {minute(deadline.due_at, rulebook)}{note}"
    yield said(target_title(deadline.target, rulebook, language, deadline.rule), due, language)
    begins, ends = (from_text(at).astimezone(rulebook.zone) for at in (deadline.from_at, deadline.due_at))
    if deadline.duration:
        yield f"  {counting_line(begins, deadline.duration, ends, deadline.days, language)}"
    yield f"  {deadline.rule}"
    yield from time_lines(deadline.rule, rulebook, language)
