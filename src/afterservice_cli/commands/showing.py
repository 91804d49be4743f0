"""Looking at one case: all that is known of it, and what may be done next."""

import typer

from afterservice_cli.cases.fold import fold
from afterservice_cli.commands.options import CaseArg, JsonOption, session_of
from afterservice_cli.decisions.allowed import allowed
from afterservice_cli.render import case as render
from afterservice_cli.render.attachments import attachment_lines
from afterservice_cli.render.history import history_columns
from afterservice_cli.render.plan import allowed_line, limit_lines, work_lines
from afterservice_cli.render.text import wrapped
from afterservice_cli.reports.case import case_view
from afterservice_cli.reports.history import event_views
from afterservice_cli.rulebook.windows import windows
from afterservice_cli.store import history, queries


def show(context: typer.Context, case: CaseArg, as_json: JsonOption = False) -> None:
    """Show a case: what is known, what was decided and why, what is due and allowed next, and its course."""
    session = session_of(context)
    terminal = session.terminal
    desk, rulebook, language = session.desk, session.rulebook, terminal.language
    with desk.reading() as db:
        number = queries.find_case(db, case, desk.actor)
        folded = fold(history.of_case(db, number))
        links = queries.links_of(db, number)
        commands = allowed(folded, desk.moment(db))
        view = case_view(queries.one_case(db, number), desk.now)
    limits = windows(rulebook, folded.facts(), folded.registered_at)
    if as_json:
        beside = {"links": links, "limits": limits, "allowed": commands, "events": event_views(folded)}
        terminal.write_json({**view.plain(), **beside})
        return
    titles = (folded.plan.titles or {}) if folded.plan else {}
    columns = terminal.width(None)
    parts = [
        render.decision_lines(view, rulebook, language, columns),
        render.fact_lines(view, rulebook, language),
        limit_lines(limits, rulebook, language, columns),
        work_lines(view, links, titles, rulebook, language),
        attachment_lines(view, rulebook, language),
    ]
    for part in parts:
        if lines := list(part):
            terminal.write("\n".join(lines) + "\n")
    terminal.write("\n".join(wrapped(allowed_line(commands, language), columns)) + "\n")
    terminal.write_rows(folded.events, history_columns(folded, rulebook, language), format=None)
