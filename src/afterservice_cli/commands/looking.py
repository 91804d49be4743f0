"""Looking: cases, one case, what is due, and the month's report."""

from datetime import datetime
from typing import Annotated

import typer

from afterservice_cli.cases.allowed import allowed
from afterservice_cli.cases.case import STAGES, STATUSES, Moment, verdict
from afterservice_cli.cases.fold import fold
from afterservice_cli.commands.options import CaseArg, FormatOption, JsonOption, format_of, session_of
from afterservice_cli.commands.show import value_of
from afterservice_cli.errors import BadInput, nearest
from afterservice_cli.instants import parse_month, to_local_text, to_text
from afterservice_cli.render import cases as render
from afterservice_cli.render.course import course_columns, course_rows
from afterservice_cli.render.labels import label
from afterservice_cli.render.report import report_lines
from afterservice_cli.render.work import allowed_line, work_lines
from afterservice_cli.reports.cases import case_value, events_value
from afterservice_cli.reports.period import period_report
from afterservice_cli.session import Session
from afterservice_cli.store import history, queries
from afterservice_cli.worktime import parse_duration

MonthOption = Annotated[str | None, typer.Option("--month", metavar="YYYY-MM", help="Registered in this month.")]


def list_cases(
    context: typer.Context,
    status: Annotated[str | None, typer.Option(help="open, waiting, resolved, closed or void.")] = None,
    stage: Annotated[str | None, typer.Option(help="intake, triage, handling, closing or done.")] = None,
    owner: Annotated[str | None, typer.Option(help="Whose.")] = None,
    category: Annotated[str | None, typer.Option(help="Of this category, or any below it.")] = None,
    priority: Annotated[str | None, typer.Option(help="Of this priority.")] = None,
    channel: Annotated[str | None, typer.Option(help="Come in by this channel.")] = None,
    kind: Annotated[str | None, typer.Option(help="Of this kind.")] = None,
    month: MonthOption = None,
    unclassified: Annotated[bool, typer.Option("--unclassified", help="Open, and placed by no rule.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, help="At most so many.")] = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show contacts; it is noted who did.")] = False,
    format: FormatOption = None,
    as_json: JsonOption = False,
) -> None:
    """List cases, newest first; contacts are masked."""
    session = session_of(context)
    wanted = _filters(
        session,
        status=status,
        stage=stage,
        owner=owner,
        category=category,
        priority=priority,
        channel=channel,
        kind=kind,
    )
    bounds = _month(session, month) if month else None
    with session.desk.reading() as db:
        found = queries.list_cases(db, wanted, registered=bounds, unclassified=unclassified, limit=limit)
    cases = [case_value(item.case, item.deadlines, item.texts, session.desk.now) for item in found]
    if reveal:
        session.note_reveal([case["case"] for case in cases])
    else:
        cases = [render.masked(case) for case in cases]
    rulebook, language, chosen = session.rulebook, session.language, format_of(format, as_json)
    session.write_rows(
        [render.list_row(case, rulebook, language) for case in cases],
        render.list_columns(language, None if reveal else session.width(chosen)),
        format=chosen,
        records=lambda: cases,
    )


def show(context: typer.Context, case: CaseArg, as_json: JsonOption = False) -> None:
    """Show a case: what is known, what was decided and why, what is due and allowed next, and its course."""
    session = session_of(context)
    desk, rulebook, language = session.desk, session.rulebook, session.language
    with desk.reading() as db:
        number = queries.find_case(db, case)
        folded = fold(history.of_case(db, number))
        links = queries.links_of(db, number)
    value, events = value_of(session, number), events_value(folded)
    commands = allowed(folded, Moment(desk.now, desk.now, desk.actor, rulebook))
    if as_json:
        session.write_json({**value, "links": links, "allowed": commands, "events": events})
        return
    titles = (folded.plan.titles or {}) if folded.plan else {}
    parts = [
        render.decision_lines(value, rulebook, language),
        render.fact_lines(value, rulebook, language),
        work_lines(value, links, titles, rulebook, language),
    ]
    for part in parts:
        if lines := list(part):
            session.write("\n".join(lines) + "\n")
    session.write(allowed_line(commands, language) + "\n")
    session.write_rows(course_rows(events, rulebook, language), course_columns(language), format=None)


def due(
    context: typer.Context,
    within: Annotated[
        str | None, typer.Option("--within", metavar="DURATION", help="Due in this time: 2h, 1wd…")
    ] = None,
    owner: Annotated[str | None, typer.Option(help="Whose.")] = None,
    format: FormatOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what waits for an answer: overdue first, then what is due soonest."""
    session = session_of(context)
    rulebook, language, now = session.rulebook, session.language, session.desk.now
    until = None
    if within:
        try:
            until = to_text(rulebook.calendar.add(now, parse_duration(within)))
        except ValueError as error:
            raise BadInput(f"--within: {error}") from None
    wanted = _filters(session, owner=owner)
    with session.desk.reading() as db:
        found = queries.running_deadlines(db, until=until, owner=wanted.get("owner"))
    rows = [
        {
            "case": row["case_id"],
            "target": row["target"],
            "due_at": row["due_at"],
            "verdict": verdict("", None, row["due_at"], to_text(now), row["paused_at"]),
            "paused_at": row["paused_at"],
            "provisional": bool(row["provisional"]),
            "status": row["status"],
            "priority": row["priority"],
            "category": row["category"],
            "owner": row["owner"],
        }
        for row in found
    ]
    session.write_rows(
        [render.due_row(row, now, rulebook, language) for row in rows],
        render.due_columns(language),
        format=format_of(format, as_json),
        records=lambda: rows,
    )
    overdue = sum(row["verdict"] == "missed" for row in rows)
    session.say(f"{len(rows)} due, {overdue} of them overdue")


def report(
    context: typer.Context,
    month: Annotated[str, typer.Option("--month", metavar="YYYY-MM", help="Or `this`, or `last`.")] = "last",
    as_json: JsonOption = False,
) -> None:
    """Print the report of a month, in the desk's time."""
    session = session_of(context)
    rulebook = session.rulebook
    begin, end = _bounds(session, month)
    with session.desk.reading() as db:
        rows = queries.period_rows(db, to_text(begin), to_text(end))
    named = to_local_text(begin, rulebook.zone)[:7]
    figures = period_report(rows, named, begin, end, session.desk.now, rulebook.targets)
    if as_json:
        session.write_json(figures)
    else:
        session.write("\n".join(report_lines(figures, rulebook, session.language)))


def _filters(session: Session, **given: str | None) -> dict[str, str]:
    """Check the values of filters; what the rulebook no longer knows can still be looked for by its id."""
    wanted = {}
    for name, value in given.items():
        if value is None:
            continue
        words = {"status": STATUSES, "stage": STAGES}.get(name)
        if words is not None:
            named = {label(word, language): word for language in ("zh", "en") for word in words}
            value = named.get(value, value.lower())
            if value not in words:
                raise BadInput(f"unknown {name} '{value[:40]}' – write {nearest(value, words)}")
            wanted[name] = value
        elif name == "category" and value in session.rulebook.categories:
            wanted[name] = value
        else:
            wanted[name] = session.rulebook.known(name, value)
    return wanted


def _bounds(session: Session, month: str) -> tuple[datetime, datetime]:
    try:
        return parse_month(month, now=session.desk.now, zone=session.rulebook.zone)
    except ValueError as error:
        raise BadInput(f"--month: {error}") from None


def _month(session: Session, month: str) -> tuple[str, str]:
    begin, end = _bounds(session, month)
    return to_text(begin), to_text(end)
