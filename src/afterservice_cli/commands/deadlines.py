"""Deadlines: what is due, what was missed and is to be escalated, and how each deadline came about."""

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any

import typer

from afterservice_cli.cases.events.handling import CaseEscalated
from afterservice_cli.cases.fold import fold
from afterservice_cli.cases.values import verdict
from afterservice_cli.commands.filters import wanted
from afterservice_cli.commands.options import CaseArg, FormatOption, JsonOption, WhereOption, format_of, session_of
from afterservice_cli.commands.outcome import deliver
from afterservice_cli.decisions.escalation import escalate as decide
from afterservice_cli.desk import Outcome
from afterservice_cli.durations import parse_duration
from afterservice_cli.errors import BadInput
from afterservice_cli.instants import from_text, to_text
from afterservice_cli.render import due as render
from afterservice_cli.render.explained import explained_lines, wrapped
from afterservice_cli.reports.explained import explained
from afterservice_cli.store import history, queries

WARNINGS, OVERDUE = 20, 21  # exit codes, for cron


def due(
    context: typer.Context,
    within: Annotated[
        str | None, typer.Option("--within", metavar="DURATION", help="Due in this time: 2h, 2wh, 1wd…")
    ] = None,
    owner: Annotated[str | None, typer.Option(help="Whose, by team.")] = None,
    person: Annotated[str | None, typer.Option(help="Given to this person in particular.")] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Given to you, or to nobody in your team.")] = False,
    where: WhereOption = None,
    exit_code: Annotated[
        bool,
        typer.Option(
            "--exit-code",
            help="End with 21 where something is overdue, 20 where it will be soon (`warn:` in the rulebook).",
        ),
    ] = False,
    format: FormatOption = None,
    as_json: JsonOption = False,
) -> int:
    """List what waits for an answer: overdue first, then what is due soonest, then what is paused."""
    session = session_of(context)
    terminal = session.terminal
    rulebook, language, now = session.rulebook, terminal.language, session.desk.now
    until = None
    if within:
        try:
            until = to_text(rulebook.calendar.add(now, parse_duration(within)))
        except ValueError as error:
            raise BadInput(f"--within: {error}") from None
    chosen = wanted(session, {"owner": owner, "person": person, "mine": mine}, where)
    with session.desk.reading() as db:
        found = queries.running_deadlines(db, chosen, until=until)
    rows = sorted((_due(row, to_text(now)) for row in found), key=lambda row: row["state"] == "paused")
    terminal.write_rows(
        [render.due_row(row, now, rulebook, language) for row in rows],
        render.due_columns(language, terminal.width(format_of(format, as_json))),
        format=format_of(format, as_json),
        records=lambda: rows,
    )
    states = [row["state"] for row in rows]
    overdue, warnings = states.count("overdue"), states.count("warning")
    terminal.say(
        f"{len(rows)} waiting for an answer: {overdue} overdue, {warnings} due soon, {states.count('paused')} paused"
    )
    return 0 if not exit_code else OVERDUE if overdue else WARNINGS if warnings else 0


def escalate(
    context: typer.Context,
    where: WhereOption = None,
    try_only: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; record nothing.")] = False,
    format: FormatOption = None,
    as_json: JsonOption = False,
) -> None:
    """Do what the rulebook wants done about missed deadlines: once for each, however often it is run."""
    session = session_of(context)
    terminal = session.terminal
    chosen = wanted(session, {}, where).but(overdue=to_text(session.desk.now), sort="case")
    with session.desk.writing() as writer:
        outcomes = [writer.act(number, decide) for number in queries.versions_of(writer.db, chosen)]
        if try_only:
            writer.undo()
    rows = [row for outcome in outcomes if outcome.events for row in _done(outcome)]
    rulebook, language = session.rulebook, terminal.language
    terminal.write_rows(
        [render.escalated_row(row, rulebook, language) for row in rows],
        render.escalated_columns(language),
        format=format_of(format, as_json),
        records=lambda: rows,
    )
    if not try_only:
        deliver(session, outcomes, quiet=format_of(format, as_json) in ("json", "jsonl"))
    terminal.say(f"{len(rows)} escalated{' (dry run: nothing recorded)' if try_only else ''}")


def explain(context: typer.Context, case: CaseArg, as_json: JsonOption = False) -> None:
    """Say why a case has its category, priority and owner, and how each of its deadlines came about."""
    session = session_of(context)
    terminal = session.terminal
    desk = session.desk
    with desk.reading() as db:
        folded = fold(history.of_case(db, queries.find_case(db, case)))
        value = explained(folded, partial(desk.rulebook_of, db), desk.now)
    if as_json:
        terminal.write_json(value)
    else:
        lines = explained_lines(value, session.rulebook, terminal.language)
        columns = terminal.width(None)
        terminal.write("\n".join(piece for line in lines for piece in wrapped(line, columns)))


def _due(row: dict[str, Any], now: str) -> dict[str, Any]:
    """A deadline's row as `due` tells it; `state` is `overdue`, `warning`, `running` or `paused`."""
    state = verdict("", None, row["due_at"], now, row["paused_at"])
    warned = state == "running" and row["warn_at"] is not None and row["warn_at"] <= now
    paused = (from_text(now) - from_text(row["paused_at"])).total_seconds() if state == "paused" else None
    return {
        "case": row["case_id"],
        "target": row["target"],
        "occurrence": row["occurrence"],
        "due_at": row["due_at"],
        "verdict": state,
        "state": "overdue" if state == "missed" else "warning" if warned else state,
        "warn_at": row["warn_at"],
        "paused_at": row["paused_at"],
        "paused_minutes": None if paused is None else int(paused // 60),
        "provisional": bool(row["provisional"]),
        "status": row["status"],
        "priority": row["priority"],
        "category": row["category"],
        "owner": row["owner"],
        "person": row["person"],
    }


def _done(outcome: Outcome) -> Iterator[dict[str, Any]]:
    """What an escalation did about each missed deadline of a case; `priority` is the one it was raised to."""
    after = outcome.case
    before = fold(after.events[: -len(outcome.events) - len(outcome.messages)])
    priority = before.value("priority")
    due = {(d.spec.target, d.spec.cycle, d.spec.occurrence): d.spec.due_at for d in after.deadlines}
    for event in outcome.events:
        if isinstance(event, CaseEscalated):
            raised = next((found.value for found in event.findings if found.field == "priority"), priority)
            yield {
                "case": after.number,
                "target": event.target,
                "due_at": to_text(due[event.target, event.cycle, event.occurrence]),
                "priority": raised,
                "raised_from": priority,
                "owner": after.value("owner"),
                "person": after.person,
                "told": list(event.told),
            }
            priority = raised
