"""The calendar: counting on it by hand, with the desk's own or that of any rulebook's file."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from afterservice_cli.commands.options import JsonOption
from afterservice_cli.commands.rows import Layout, Rows, with_layout
from afterservice_cli.errors import BadInput, NotFound, given_to
from afterservice_cli.figures.periods import parse_span
from afterservice_cli.language import tr
from afterservice_cli.output_text import wrapped
from afterservice_cli.render.days import counting_line, worked_text
from afterservice_cli.render.lists.calendar import day_columns
from afterservice_cli.reports.days import calendar_days, days_of
from afterservice_cli.rulebook.sections.hours import unknown_calendar
from afterservice_cli.session import Session
from afterservice_cli.time.durations import Duration, parse_duration
from afterservice_cli.time.instants import from_text, to_minute_text, to_text
from afterservice_cli.time.openings import Span
from afterservice_cli.time.worktime import Calendar

RulesOption = Annotated[
    Path | None,
    typer.Option("--rules", metavar="FILE", help="A rulebook, or a file with a `calendar:` alone; else the desk's."),
]
CalendarOption = Annotated[
    str | None, typer.Option("--calendar", metavar="NAME", help="One of the rulebook's `calendars:`; else the desk's.")
]


def due(
    session: Session,
    start: Annotated[str, typer.Argument(metavar="START", help="From when: 2026-02-13 16:00, now, yesterday 16:00…")],
    duration: Annotated[str, typer.Argument(metavar="DURATION", help="How long: 24h, 90wm, 8wh, 3d, 3wd…")],
    pauses: Annotated[
        list[str] | None, typer.Option("--pause", metavar="FROM/TO", help="A time that does not count; repeatable.")
    ] = None,
    rules: RulesOption = None,
    called: CalendarOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say when a duration is used up, and which days it counted on the way."""
    terminal = session.terminal
    calendar = _calendar(session, rules, called)
    begin, length = _instant(session, calendar, start, tr("START")), _duration(duration)
    stops = [_pause(session, calendar, text) for text in pauses or ()]
    try:
        ends = calendar.add(begin, length, stops)
    except ValueError as error:
        raise BadInput(str(error)) from None
    days = list(days_of(calendar, begin, str(length), ends, stops))
    provisional = length.unit[0] in "wd" and calendar.provisional(begin, ends)
    if as_json:
        value = {"start_at": to_text(begin), "duration": str(length), "due_at": to_text(ends)}
        terminal.write_json({**value, "provisional": provisional, "days": days})
        return
    terminal.write(to_minute_text(ends, calendar.zone, begin))
    first, last = begin.astimezone(calendar.zone), ends.astimezone(calendar.zone)
    line = counting_line(first, str(length), last, days, terminal.language)
    terminal.say("\n".join(wrapped(line, terminal.width(None))))
    if provisional:
        terminal.say(tr("provisional: the holidays on the way are not all announced yet"))


def elapsed(
    session: Session,
    begin: Annotated[str, typer.Argument(metavar="FROM", help="From when.")],
    end: Annotated[str, typer.Argument(metavar="TO", help="Until when.")],
    rules: RulesOption = None,
    called: CalendarOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say how much working time lies between two points in time."""
    calendar = _calendar(session, rules, called)
    first, last = _instant(session, calendar, begin, tr("FROM")), _instant(session, calendar, end, tr("TO"))
    if last < first:
        raise BadInput(tr("TO lies before FROM – turn them round"))
    seconds = calendar.elapsed(first, last)
    if as_json:
        value = {"from_at": to_text(first), "to_at": to_text(last), "elapsed_seconds": seconds}
        session.terminal.write_json(value)
    else:
        session.terminal.write(worked_text(seconds, session.terminal.language))


@with_layout
def show(
    session: Session,
    month: Annotated[str, typer.Argument(metavar="[MONTH]", help="2026-02; this month without one.")] = "this",
    rules: RulesOption = None,
    called: CalendarOption = None,
    *,
    layout: Layout,
) -> None:
    """List the days of a month: working hours, holidays with their names, make-up workdays."""
    terminal = session.terminal
    rows = Rows(session, layout, day_columns(terminal.language))
    calendar = _calendar(session, rules, called)
    with given_to(tr("MONTH")):
        span = parse_span("month", month, session.now(calendar.zone).astimezone(calendar.zone).date())
    begin, end = map(from_text, span.bounds(calendar.zone))
    days = calendar_days(calendar, span.first, (span.until - span.first).days)
    total = calendar.elapsed(begin, end)
    working = sum(bool(day.working_seconds) for day in days)
    rows.write(days, tr("{days} working days, {hours}", days=working, hours=worked_text(total, terminal.language)))
    if calendar.provisional(begin, end):
        terminal.say(tr("provisional: the days off and make-up workdays of this month are not all announced yet"))


def _calendar(session: Session, rules: Path | None, called: str | None) -> Calendar:
    """Return the calendar of a file, or of the desk, by its name if it is another; the former needs no desk."""
    if rules is not None:
        from afterservice_cli.workflows.founding import calendar_of

        return calendar_of(rules, session.now().year, called)
    if session.existing_desk is None:
        raise NotFound(
            tr("there is no desk here or above to take the calendar from"),
            hint=tr("name a rulebook, or a file with a calendar: alone: --rules FILE"),
        )
    rulebook = session.rulebook
    if called is not None and called not in rulebook.calendars:
        raise unknown_calendar(called, rulebook.calendars)
    return rulebook.calendar_called(called or "")


def _instant(session: Session, calendar: Calendar, text: str, name: str) -> datetime:
    """Read a point in time, in the calendar's zone if it names none; `BadInput` names the option."""
    return session.instant(text, name, zone=calendar.zone)


def _duration(text: str) -> Duration:
    with given_to(tr("DURATION")):
        return parse_duration(text)


def _pause(session: Session, calendar: Calendar, text: str) -> Span:
    begin, slash, end = text.partition("/")
    if not slash:
        raise BadInput(tr("--pause takes FROM/TO, such as 2026-02-13 10:00/2026-02-13 15:00"))
    first, last = _instant(session, calendar, begin, "--pause"), _instant(session, calendar, end, "--pause")
    if last < first:
        raise BadInput(tr("--pause: it ends before it begins – turn FROM and TO round"))
    return first, last
