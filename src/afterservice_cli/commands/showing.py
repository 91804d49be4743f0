"""Looking at one case: all that is known of it, and what may be done next."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

import typer

from afterservice_cli.cases.answers import told_late
from afterservice_cli.cases.case import Case
from afterservice_cli.cases.values import DeadlineKey
from afterservice_cli.commands.options import CaseArg, JsonOption
from afterservice_cli.commands.suggested import suggested, suggestion_lines
from afterservice_cli.decisions.allowed import allowed
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import tr_many
from afterservice_cli.output_text import wrapped
from afterservice_cli.render.cases import case as render
from afterservice_cli.render.cases.attachments import attachment_lines
from afterservice_cli.render.cases.history import history_columns
from afterservice_cli.render.cases.plan import allowed_line, limit_lines, work_lines
from afterservice_cli.reports.cases.case import CaseView, LinkView, case_view
from afterservice_cli.reports.cases.history import course_rows, event_views
from afterservice_cli.reports.cases.suggested import Suggestion
from afterservice_cli.rulebook.windows import Window, windows
from afterservice_cli.session import Session
from afterservice_cli.store import history
from afterservice_cli.store.reading import queries

LAST_EVENTS = 50  # of a course; a case may have thousands


class CaseDetails(Frozen):
    """All that there is to see of a case."""

    case: Case
    view: CaseView
    links: Sequence[LinkView]
    limits: Sequence[Window]
    allowed: Sequence[str]  # the commands that would do something now
    suggestions: Sequence[Suggestion]  # if nothing has classified it

    def plain(self) -> Mapping[str, object]:
        """Return it as one JSON object."""
        beside = {
            "links": self.links,
            "limits": self.limits,
            "allowed": self.allowed,
            "suggestions": self.suggestions,
        }
        return {**self.view.plain(), **beside, "events": event_views(self.case)}


def seen(session: Session, reference: str) -> CaseDetails:
    """Return all that there is to see of the case that a reference means."""
    desk = session.desk
    with desk.reading() as db:
        number = desk.find(db, reference)
        folded = history.load_case(db, number)
        view, links = case_view(queries.one_case(db, number), desk.now), queries.links_of(db, number)
    commands = allowed(folded, desk.moment())
    limits = windows(session.rulebook, folded.facts(), folded.registered_at)
    return CaseDetails(folded, view, links, limits, commands, suggested(session, folded))


def _late(case: Case) -> Mapping[DeadlineKey, str]:
    """Return who recorded an answer only after it was due, by the key of its deadline."""
    each = ((deadline.spec, told_late(case, deadline)) for deadline in case.deadlines)
    return {spec.key: late.actor for spec, late in each if late}


def part_lines(session: Session, of: CaseDetails, columns: int | None) -> Iterator[str]:
    """Yield what is known of a case, part by part with an empty line after each, in lines of at most `columns`."""
    screen = session.screen
    titles = (of.case.plan.titles or {}) if of.case.plan else {}
    parts = (
        render.decision_lines(of.view, screen, columns, _late(of.case)),
        suggestion_lines(session, of.case.number, of.suggestions),
        render.fact_lines(of.view, screen),
        limit_lines(of.limits, screen, columns),
        work_lines(of.view, of.links, titles, screen),
        attachment_lines(of.view, screen),
    )
    for part in parts:
        if lines := list(part):
            yield from (*lines, "")


def show(
    session: Session,
    case: CaseArg,
    as_json: JsonOption = False,
    whole: Annotated[bool, typer.Option("--all", help="Print the whole course, not its last events alone.")] = False,
) -> None:
    """Show a case: what is known, what was decided and why, what is due and allowed next, and its course.

    Of a long course the last fifty events are printed; JSON has them all.
    """
    terminal = session.terminal
    found = seen(session, case)
    if as_json:
        terminal.write_json(found.plain())
        return
    columns = terminal.width(None)
    terminal.write("\n".join(part_lines(session, found, columns)))
    terminal.write("\n".join(wrapped(allowed_line(found.allowed, terminal.language), columns)) + "\n")
    rows = course_rows(found.case)
    course = rows if whole else rows[-LAST_EVENTS:]
    terminal.write_rows(course, history_columns(session.screen), format=None)
    if earlier := len(rows) - len(course):
        terminal.say(
            tr_many("{count} earlier event: --all shows it", "{count} earlier events: --all shows them", earlier)
        )
