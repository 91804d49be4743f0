"""Duties: what has to be seen to again and again, whatever the cases are."""

from typing import Annotated

import typer

from afterservice_cli.commands.options import AtOption, TextArg
from afterservice_cli.commands.rows import Layout, Rows, teller, with_layout
from afterservice_cli.decisions import duties as decisions
from afterservice_cli.decisions.checks import check_used
from afterservice_cli.errors import BadUsage
from afterservice_cli.language import tr, tr_many
from afterservice_cli.render.lists.duties import done_line, duty_columns
from afterservice_cli.reports.lists.duties import DutyView, duty_views
from afterservice_cli.session import Session
from afterservice_cli.store.reading import queries
from afterservice_cli.workflows.recording import writing


@with_layout
def duty(
    session: Session,
    name: Annotated[
        str | None, typer.Argument(metavar="[DUTY]", help="The duty that was seen to; none lists them.")
    ] = None,
    text: TextArg = None,
    at: AtOption = None,
    *,
    layout: Layout,
) -> None:
    """Record that somebody saw to a duty of the desk, which then has its next time. Without one, list them all."""
    terminal = session.terminal
    if name is None:
        if at is not None:
            raise BadUsage(tr("--at says when a duty was seen to – name the duty before it"))
        check_used(session.rulebook.duties, "duties", "duty", session.rulebook)
        rows, views = Rows(session, layout, duty_columns(teller(session))), _views(session)
        rows.write(views, tr_many("{count} duty", "{count} duties", len(views)))
        return
    if layout.asked:
        raise BadUsage(tr("a duty is either seen to or listed – leave out the duty, or how the list looks"))
    happened, words = session.when(at), terminal.words(text)
    with writing(session.desk) as writer:
        done = decisions.done(writer.running_duties(), writer.moment(happened), name=name, text=words)
        writer.record_for_desk(done)
    view = next(view for view in _views(session) if view.duty == done.duty)
    if layout.as_json:
        terminal.write_json(view)
        return
    terminal.write(done_line(view, session.screen))
    terminal.say(
        tr(
            "next: {what}, due {when}",
            what=session.screen.title("duty", view.duty),
            when=session.screen.minute(view.due_at),
        )
    )


def _views(session: Session) -> list[DutyView]:
    """Return the duties as they stand."""
    with session.desk.reading() as db:
        return duty_views(queries.running_duties(db), session.desk.now)
