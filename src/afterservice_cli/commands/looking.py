"""Looking: cases, one case, what is due, and the month's report."""

from functools import partial
from typing import Annotated

import typer

from afterservice_cli.cases.allowed import allowed
from afterservice_cli.cases.case import Moment
from afterservice_cli.cases.fold import fold
from afterservice_cli.commands.filters import month_bounds, ordered, wanted
from afterservice_cli.commands.options import CaseArg, FormatOption, JsonOption, WhereOption, format_of, session_of
from afterservice_cli.commands.show import value_of
from afterservice_cli.instants import to_local_text, to_text
from afterservice_cli.render import cases as render
from afterservice_cli.render.attachments import attachment_lines
from afterservice_cli.render.course import course_columns, course_rows
from afterservice_cli.render.report import report_lines
from afterservice_cli.render.work import allowed_line, work_lines
from afterservice_cli.reports.cases import case_value, events_value
from afterservice_cli.reports.period import period_report
from afterservice_cli.store import history, queries


def list_cases(
    context: typer.Context,
    status: Annotated[str | None, typer.Option(help="open, waiting, resolved, closed or void.")] = None,
    stage: Annotated[str | None, typer.Option(help="intake, triage, handling, closing or done.")] = None,
    owner: Annotated[str | None, typer.Option(help="Whose, by team.")] = None,
    person: Annotated[str | None, typer.Option(help="Given to this person in particular.")] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Given to you, or to nobody in your team.")] = False,
    category: Annotated[str | None, typer.Option(help="Of this category, or any below it.")] = None,
    priority: Annotated[str | None, typer.Option(help="Of this priority.")] = None,
    channel: Annotated[str | None, typer.Option(help="Come in by this channel.")] = None,
    kind: Annotated[str | None, typer.Option(help="Of this kind.")] = None,
    month: Annotated[str | None, typer.Option("--month", metavar="YYYY-MM", help="Registered in this month.")] = None,
    begin: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="Registered on this day or later.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Registered before this day.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="With a deadline past and unanswered.")] = False,
    unclassified: Annotated[bool, typer.Option("--unclassified", help="Open, and placed by no rule.")] = False,
    customer: Annotated[str | None, typer.Option(metavar="TEXT", help="A contact, or a piece of the name.")] = None,
    product: Annotated[str | None, typer.Option(metavar="TEXT", help="A piece of the product.")] = None,
    find: Annotated[str | None, typer.Option(metavar="TEXT", help="Anywhere in what is written about it.")] = None,
    where: WhereOption = None,
    sort: Annotated[
        str, typer.Option(metavar="ORDER", help="registered, due, priority, owner or case.")
    ] = "registered",
    reverse: Annotated[bool, typer.Option("--reverse", help="The other way round.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, max=10**9, help="At most so many.")] = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show contacts; it is noted who did.")] = False,
    format: FormatOption = None,
    as_json: JsonOption = False,
) -> None:
    """List cases, newest first unless sorted; contacts are masked."""
    session = session_of(context)
    asked = {
        "status": status,
        "stage": stage,
        "owner": owner,
        "person": person,
        "mine": mine,
        "category": category,
        "priority": priority,
        "channel": channel,
        "kind": kind,
        "month": month,
        "from": begin,
        "to": end,
        "overdue": overdue,
        "unclassified": unclassified,
        "customer": customer,
        "product": product,
        "find": find,
    }
    chosen = ordered(session, wanted(session, asked, where), sort, reverse=reverse, limit=limit)
    with session.desk.reading() as db:
        found = queries.list_cases(db, chosen)
    cases = [case_value(item.case, item.deadlines, item.texts, item.attachments, session.desk.now) for item in found]
    if reveal:
        session.note_reveal([case["case"] for case in cases])
    else:
        cases = [render.masked(case) for case in cases]
    rulebook, language, format = session.rulebook, session.language, format_of(format, as_json)
    session.write_rows(
        [render.list_row(case, rulebook, language) for case in cases],
        render.list_columns(language, None if reveal else session.width(format)),
        format=format,
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
        commands = allowed(folded, Moment(desk.now, desk.now, desk.actor, rulebook, partial(desk.rulebook, db)))
    value, events = value_of(session, number), events_value(folded)
    if as_json:
        session.write_json({**value, "links": links, "allowed": commands, "events": events})
        return
    titles = (folded.plan.titles or {}) if folded.plan else {}
    parts = [
        render.decision_lines(value, rulebook, language),
        render.fact_lines(value, rulebook, language),
        work_lines(value, links, titles, rulebook, language),
        attachment_lines(value, rulebook, language),
    ]
    for part in parts:
        if lines := list(part):
            session.write("\n".join(lines) + "\n")
    session.write(allowed_line(commands, language) + "\n")
    session.write_rows(course_rows(events, rulebook, language), course_columns(language), format=None)


def report(
    context: typer.Context,
    month: Annotated[str, typer.Option("--month", metavar="YYYY-MM", help="Or `this`, or `last`.")] = "last",
    as_json: JsonOption = False,
) -> None:
    """Print the report of a month, in the desk's time."""
    session = session_of(context)
    rulebook = session.rulebook
    begin, end = month_bounds(session, month)
    with session.desk.reading() as db:
        rows = queries.period_rows(db, to_text(begin), to_text(end))
    named = to_local_text(begin, rulebook.zone)[:7]
    figures = period_report(rows, named, begin, end, session.desk.now, rulebook.targets)
    if as_json:
        session.write_json(figures)
    else:
        session.write("\n".join(report_lines(figures, rulebook, session.language)))
