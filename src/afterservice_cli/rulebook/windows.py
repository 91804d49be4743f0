"""The windows of a customer's: when each ends for a case, and whether the case lies within."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from afterservice_cli.frozen import Frozen
from afterservice_cli.language import tr
from afterservice_cli.rulebook.calling import fact_called, thing_called
from afterservice_cli.rulebook.conditions import LOCAL, UNTOLD, WITHIN, limits_asked
from afterservice_cli.rulebook.dates import day_of, time_of
from afterservice_cli.rulebook.model import Facts, Rulebook
from afterservice_cli.rulebook.sections.forms import Condition
from afterservice_cli.rulebook.sections.limits import Limit
from afterservice_cli.rulebook.vocabulary import BY_LINE, REGISTERED
from afterservice_cli.time.durations import parse_period
from afterservice_cli.time.instants import to_local_text

WARRANTY = "warranty"  # a limit of this name says whether a case is under warranty, unless a person has said so


class Window(Frozen):
    """A limit as it is for one case: from when, how long by which rule, its last day, and what has to lie within.

    Days are ISO texts, as in `--json`.
    `within` is None if that cannot be told; `lacks` then names the fact of the case that is missing, if one is.
    """

    limit: str
    rule: str
    duration: str | None
    begin: str | None
    last: str | None
    until: str
    end: str | None
    within: bool | None
    lacks: str | None


def windows(rulebook: Rulebook, facts: Facts, registered_at: datetime | None) -> list[Window]:
    """Return every limit of the rulebook as it is for a case with these facts, in the rulebook's order."""
    return [_window(rulebook, limit, facts, registered_at) for limit in rulebook.limits.values()]


def derived(rulebook: Rulebook, facts: Facts, registered_at: datetime | None) -> dict[str, str]:
    """Return the facts that follow from others: the product line, which limits are over, and so the warranty,
    and what the clock at the desk shows at the times of the case."""
    found: dict[str, str] = {}
    line = rulebook.line_of(facts.get("product"))
    if line:
        found["line"] = line
    for name, field in rulebook.fields.items():
        if field.type == "time" and (at := time_of(facts.get(name))):
            found[LOCAL + name] = to_local_text(at, rulebook.zone)
    for window in windows(rulebook, facts, registered_at):
        found[WITHIN + window.limit] = _said(rulebook, window, facts)
        if window.within is None:
            found[UNTOLD + window.limit] = "yes"
        if window.limit == WARRANTY and window.within is not None:
            found[WARRANTY] = "yes" if window.within else "no"
    return found


def _window(rulebook: Rulebook, limit: Limit, facts: Facts, registered_at: datetime | None) -> Window:
    line = rulebook.line_of(facts.get("product"))
    own = rulebook.lines[line].limits.get(limit.id) if line else None
    duration = own or (limit.within if limit.within != BY_LINE else None)
    rule = f"lines.{line}.{limit.id}" if own else f"limits.{limit.id}.within"
    begin = _day(rulebook, facts, limit.start)
    if limit.until == REGISTERED:
        end = registered_at.astimezone(rulebook.zone).date() if registered_at else None
    else:
        end = _day(rulebook, facts, limit.until)
    last = rulebook.calendar.last_day(begin, parse_period(duration)) if begin and duration else None
    unknown = {
        limit.start: begin is None,
        limit.until: end is None,
        "product": duration is None and not facts.get("product"),
    }
    return Window(
        *(limit.id, rule, duration, _text(begin), _text(last), limit.until, _text(end)),
        within=end <= last if end and last else None,
        lacks=next((name.removeprefix("field:") for name, missing in unknown.items() if missing), None),
    )


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(rulebook: Rulebook, facts: Facts, start: str) -> date | None:
    """Return the day that `field:NAME` names; None if it names none."""
    return day_of(facts.get(start.removeprefix("field:")), rulebook.zone)


def _said(rulebook: Rulebook, window: Window, facts: Facts) -> str:
    """Return `yes` if the case lies within, else what a refusal says of the limit."""
    if window.within:
        return "yes"
    if window.within is False:
        if window.until == REGISTERED:
            return tr("ended {last}, registered {end}", last=window.last, end=window.end)
        field = window.until.removeprefix("field:")
        return tr(
            "ended {last}, {field} is {end}", last=window.last, field=fact_called(field, rulebook), end=window.end
        )
    if window.lacks:
        return tr("cannot be told: {field} is not known", field=fact_called(window.lacks, rulebook))
    line = rulebook.line_of(facts.get("product"))
    if line:
        return tr("cannot be told: line {line} sets no time for it", line=thing_called("line", line, rulebook))
    return tr("cannot be told: no line fits the product")


def lacking(rulebook: Rulebook, conditions: Sequence[Condition], facts: Facts, at: datetime) -> list[str]:
    """Return the facts without which a limit that the conditions ask for cannot be told."""
    wanted = {limit for condition in conditions for limit in limits_asked(condition)}
    if any(WARRANTY in inner.fields for condition in conditions for inner in condition.deep()):
        wanted.add(WARRANTY)
    found = [window.lacks for window in windows(rulebook, facts, at) if window.limit in wanted]
    return list(dict.fromkeys(filter(None, found)))
