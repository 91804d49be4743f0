"""What would become of a text, for a person to read."""

from __future__ import annotations

from collections.abc import Iterator

from afterservice_cli.language import in_quotes
from afterservice_cli.render.cases.case import why
from afterservice_cli.render.cases.explained import condition_lines, tied_lines, time_lines, weighed_lines
from afterservice_cli.render.days import counting_line
from afterservice_cli.render.labels import with_id
from afterservice_cli.render.screen import Screen
from afterservice_cli.reports.cases.case import DecidedView
from afterservice_cli.reports.cases.foreseen import Foreseen, ForeseenDeadline
from afterservice_cli.time.instants import from_text


def foreseen_lines(value: Foreseen, screen: Screen) -> Iterator[str]:
    """Yield each decision with its reason, what the case would look like and still lack, then each deadline."""
    for decided in value.explanation:
        yield screen.said(screen.field_title(decided.field), _titled(decided, screen))
        yield f"  {why(decided, screen.language)}"
        yield from condition_lines(decided, screen)
        yield from weighed_lines(decided, screen)
    yield from tied_lines(value.tied, screen)
    if value.person:
        yield screen.said(screen.label("person"), screen.title("person", value.person))
    if value.collaborators:
        teams = [screen.title("owner", team) for team in value.collaborators]
        yield screen.said(screen.label("collaborators"), screen.joined(teams))
    for doubt in value.suspicions:
        ground = screen.title("ground", doubt.ground)
        looks = screen.label(f"looks_{doubt.outcome}")
        yield screen.said(looks, ground) if ground else looks
        yield f"  {in_quotes(doubt.phrases, screen.language)} ← {doubt.rule}"
    if value.missing:
        names = [_fact(name, screen) for name in value.missing]
        yield screen.said(screen.label("still_demanded"), screen.joined(names))
    for deadline in value.deadlines:
        yield ""
        yield from _deadline(deadline, screen)


def _titled(decided: DecidedView, screen: Screen) -> str:
    shown = with_id(screen.title(decided.field, decided.value), decided.value)
    unplaced = decided.field == "category" and decided.by == "default"
    return f"{shown} [{screen.label('unclassified')}]" if unplaced else shown


def _fact(name: str, screen: Screen) -> str:
    """Return the label of a fact, or of several of which one is demanded: `customer or contact`."""
    return screen.either(screen.field_title(one) for one in name.split(" or "))


def _deadline(deadline: ForeseenDeadline, screen: Screen) -> Iterator[str]:
    note = f" ({screen.label('provisional')})" if deadline.provisional else ""
    due = f"{screen.label('due_at')} {screen.minute(deadline.due_at)}{note}"
    yield screen.said(screen.target_title(deadline.target, deadline.rule), due)
    begins, ends = (from_text(at).astimezone(screen.rulebook.zone) for at in (deadline.from_at, deadline.due_at))
    if deadline.duration:
        yield f"  {counting_line(begins, deadline.duration, ends, deadline.days, screen.language)}"
    yield f"  {deadline.rule}"
    yield from time_lines(deadline.rule, screen)
