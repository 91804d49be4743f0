"""The rules: trying a rulebook's file, taking it on, and what it says and would do."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from afterservice_cli.commands.comparing import write_differences, write_trial
from afterservice_cli.commands.fields import facts_of
from afterservice_cli.commands.options import FieldOption, JsonOption, RulebookArg, YesOption
from afterservice_cli.commands.rows import IDS
from afterservice_cli.commands.rulebooks import RulesOption, rulebook_from
from afterservice_cli.decisions.intake import Draft
from afterservice_cli.errors import BadInput, Refused, typed
from afterservice_cli.language import listed, spoken, tr, tr_many
from afterservice_cli.render.cases.foreseen import foreseen_lines
from afterservice_cli.render.conditions import Reader, facts_text
from afterservice_cli.render.rows import in_ids
from afterservice_cli.render.rules.rules import markdown_lines, model_lines, rules_lines, terminal_lines
from afterservice_cli.render.screen import Screen
from afterservice_cli.render.telling import Teller
from afterservice_cli.reports.cases.foreseen import foreseen
from afterservice_cli.reports.rules.rules import rules_view
from afterservice_cli.rulebook.calling import fact_called, thing_called
from afterservice_cli.rulebook.checks.untimed import untimed
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.session import Session
from afterservice_cli.store.reading import queries
from afterservice_cli.time.schedules import days_named

if TYPE_CHECKING:
    from afterservice_cli.reports.cases.suggested import ModelView
    from afterservice_cli.rulebook.compiling import Compiled

PHRASES = 8  # of each list, unless all are asked for


def check(session: Session, file: RulebookArg = None) -> None:
    """Name every fault of a rulebook, as file:line:column, and try its own examples and cases.

    Words and patterns that can be left out, since another of their list is found wherever they are, are named too.
    """
    from afterservice_cli.workflows.founding import compile_file, spared_by

    path = file or session.rules_file
    compiled, _ = compile_file(path, session.now().year)
    _demand_examples(session, path, compiled)
    _demand_courses(session, path, compiled)
    name, examples, courses = compiled.rulebook.name, compiled.examples, len(compiled.courses)
    if courses:
        holds = tr_many(
            "{path}: {rulebook} has no faults; {examples} and {count} case hold",
            "{path}: {rulebook} has no faults; {examples} and {count} cases hold",
            courses,
            path=path,
            rulebook=name,
            examples=tr_many("{count} example", "{count} examples", examples),
        )
    else:
        holds = tr_many(
            "{path}: {rulebook} has no faults; {count} example holds",
            "{path}: {rulebook} has no faults; {count} examples hold",
            examples,
            path=path,
            rulebook=name,
        )
    session.terminal.say(holds)
    _say_untimed(session, path, compiled.rulebook)
    _say_days_off(session, path, compiled.rulebook)
    for one in spared_by(path):
        session.terminal.say(
            tr(
                "note: {file}:{line}:{column}: {what} – this can be left out",
                file=one.file,
                line=one.line,
                column=one.column,
                what=one.message,
            )
        )


def _say_untimed(session: Session, path: Path, rulebook: Rulebook) -> None:
    """Name the targets and tasks that give some cases no time, each with what such a case is like."""
    from afterservice_cli.workflows.founding import lines_of

    for gap in untimed(rulebook):
        session.terminal.say(
            tr(
                "note: {place}: '{target}' has no time for some cases ({facts}) – add `within:`, or leave them out "
                "under `when`",
                place=lines_of(path)(f"{gap.place}.times", ""),
                target=gap.target,
                facts=facts_text(gap.facts, Reader(rulebook, spoken(), PHRASES)),
            )
        )


def _say_days_off(session: Session, path: Path, rulebook: Rulebook) -> None:
    """Name the duties of weekdays on which nobody works: they come on the next working day."""
    from afterservice_cli.workflows.founding import lines_of

    for name, duty in rulebook.duties.items():
        hours = rulebook.calendars[duty.calendar].hours if duty.calendar else rulebook.calendar_rules.hours
        off = [day for day in days_named(duty.every) if not hours.get(day)]
        if off:
            session.terminal.say(
                tr(
                    "note: {place}: '{text}' – nobody works on {days}: it comes on the next working day",
                    place=lines_of(path)(f"duties.{name}.every", ""),
                    text=duty.every,
                    days=listed(off),
                )
            )


def test(session: Session, file: RulebookArg = None) -> None:
    """Play the courses under `cases:` of a rulebook, each on a desk that is thrown away, and name those that fail."""
    from afterservice_cli.workflows.founding import compile_file

    path = file or session.rules_file
    compiled, _ = compile_file(path, session.now().year)
    _demand_courses(session, path, compiled)
    session.terminal.say(
        tr_many("{path}: {count} case holds", "{path}: {count} cases hold", len(compiled.courses), path=path)
    )


def _demand_courses(session: Session, path: Path, compiled: "Compiled") -> None:
    """Play the rulebook's own cases; `Refused`, with each step that came out otherwise, if not all hold."""
    from afterservice_cli.workflows.trial import played

    troubles = played(compiled, session.runner)
    for trouble in troubles:
        session.terminal.write(
            tr(
                "{path}:{line}: case “{title}”: {step}: expected {expected}, got {got}",
                path=path,
                line=trouble.line,
                title=trouble.title,
                step=trouble.step,
                expected=trouble.expected,
                got=trouble.got,
            )
        )
    if troubles:
        raise Refused(
            tr(
                "{failing} of {all} cases fail",
                failing=len({trouble.line for trouble in troubles}),
                all=len(compiled.courses),
            )
        )


def _demand_examples(session: Session, path: Path, compiled: "Compiled") -> None:
    """Refuse a rulebook if the rules decide one of its own examples otherwise, and say which."""
    for failure in compiled.failures:
        text = failure.text if len(failure.text) <= 40 else f"{failure.text[:39]}…"
        session.terminal.write(
            tr(
                "{path}:{line}: example “{text}”: {field} is {got}, expected {expected}",
                path=path,
                line=failure.line,
                text=text,
                field=fact_called(failure.field, compiled.rulebook),
                got=thing_called(failure.field, failure.got, compiled.rulebook),
                expected=thing_called(failure.field, failure.expected, compiled.rulebook),
            )
        )
    if compiled.failures:
        raise Refused(tr("{failing} of {all} examples fail", failing=compiled.failing, all=compiled.examples))


def adopt(session: Session, yes: YesOption = False) -> None:
    """Let the desk work by its rulebook's file as it stands; refused on faults and failing examples.

    It shows in what the file differs from what is in force, and what it would have made of the newest 2,000 cases, and
    asks whether to go on; --yes does neither of the latter.
    """
    from afterservice_cli.workflows import founding

    terminal, desk = session.terminal, session.open(for_rules=True)
    prepared = founding.prepare(desk, session.rules_file, session.runner)
    if prepared.differences:
        new = prepared.compiled.rulebook
        write_differences(session, desk.rulebook, new, prepared.differences)
        if not yes:
            write_trial(session, new)
            if not _agreed(session):
                terminal.say(tr("nothing changed"))
                return
    changed, moved = founding.adopt(desk, prepared)
    if not changed:
        terminal.say(tr("nothing has changed"))
    else:
        places = tr_many("{count} place changed", "{count} places changed", len(changed))
        deadlines = tr_many("{count} provisional deadline moved", "{count} provisional deadlines moved", moved)
        terminal.say(tr("adopted; {places}, {deadlines}", places=places, deadlines=deadlines))


def _agreed(session: Session) -> bool:
    """Ask whether to adopt the file; `BadInput` if nobody is there to ask."""
    if not session.terminal.interactive:
        raise BadInput(tr("nobody is there to ask whether to adopt it"), hint="afterservice rules adopt --yes")
    from afterservice_cli.commands.prompts import agree

    return agree(session, tr("adopt it?"))


def schema(
    session: Session,
    profile: Annotated[bool, typer.Option("--profile", help="That of an import profile.")] = False,
) -> None:
    """Write the JSON Schema of a rulebook, by which an editor completes keys and marks mistakes as you type.

    The first line `# yaml-language-server: $schema=rulebook.schema.json` names it to most editors.
    """
    from afterservice_cli.intake.reading.profile import PROFILE
    from afterservice_cli.rulebook.document.json_schema import json_schema
    from afterservice_cli.rulebook.document.schema import RULEBOOK

    value = json_schema(PROFILE, tr("An import profile")) if profile else json_schema(RULEBOOK, tr("A rulebook"))
    session.terminal.write_json(value, indent=2)


def explain(
    session: Session,
    text: Annotated[str, typer.Argument(metavar="TEXT|-", help="What a customer might say; - reads stdin.")],
    channel: Annotated[str | None, typer.Option(help="How it would come in.")] = None,
    kind: Annotated[str | None, typer.Option(help="What kind of feedback it would be.")] = None,
    customer: Annotated[str | None, typer.Option(help="Name, or company.")] = None,
    product: Annotated[str | None, typer.Option(help="Product or model.")] = None,
    field: FieldOption = None,
    rules: RulesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what would become of a text if it came in now, and why; nothing is recorded.

    With --rules a rulebook's file decides, and no desk is needed: so an edit can be tried before it is adopted.
    """
    terminal = session.terminal
    words = terminal.words(text)
    if not words.strip():
        raise BadInput(tr("there is no text to decide on – give what a customer might say"))
    rulebook = rulebook_from(session, rules)
    screen, now = Screen(rulebook, terminal.language), session.now(rulebook.zone)
    given = {
        "channel": channel,
        "kind": kind,
        "customer": customer,
        "product": product,
        **facts_of(field, screen, now),
    }
    value = foreseen(rulebook, Draft({**given, "description": words}), now)
    if as_json:
        terminal.write_json(value)
    else:
        terminal.write_lines(foreseen_lines(value, screen))


def show(
    session: Session,
    rules: RulesOption = None,
    labels: Annotated[
        bool, typer.Option("--labels", help="What every id is called, in both languages: for scripts.")
    ] = False,
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="table or md; yaml: its file, with what that includes put in; with --labels as a list has it.",
        ),
    ] = None,
    as_json: JsonOption = False,
    every: Annotated[bool, typer.Option("--all", help="Print every phrase, not the first of each list.")] = False,
) -> None:
    """Print a rulebook as people read it: categories, priorities, times, approvals, demands, teams and roles."""
    terminal = session.terminal
    if format is not None and format not in ("table", "md", "yaml") and not labels:
        raise BadInput(tr("there is no format '{format}' here – write table, md or yaml", format=typed(format)))
    rulebook = rulebook_from(session, rules)
    if labels:
        _show_labels(session, rulebook, "json" if as_json else format)
        return
    if format == "yaml" and not as_json:
        _write_file(session, rules)
        return
    learnt = _learnt(session) if rules is None else None
    if as_json:
        terminal.write_json({**rules_view(rulebook).plain(), "model": learnt})
    else:
        lines = [*rules_lines(rules_view(rulebook), Reader(rulebook, terminal.language, None if every else PHRASES))]
        if learnt:
            lines += model_lines(learnt, Screen(rulebook, terminal.language))
        columns = terminal.width("table") or 0
        terminal.write("\n".join(markdown_lines(lines) if format == "md" else terminal_lines(lines, columns)))


def _write_file(session: Session, file: Path | None) -> None:
    """Write the file of a rulebook as one; `Refused` if the desk's own is not as it was adopted."""
    from afterservice_cli.workflows.founding import whole_of

    if file is None and (file := session.adopted_file) is None:
        raise Refused(
            tr("the rulebook's file is not as it was adopted"),
            hint=tr("afterservice rules adopt, or name the file: --rules FILE"),
        )
    session.terminal.write(whole_of(file).decode("utf-8-sig").removesuffix("\n"))


def _learnt(session: Session) -> "ModelView | None":
    """Return what the desk has learnt to suggest; None if that is nothing."""
    with session.desk.reading() as db:
        if not queries.learnt(db):
            return None
        from afterservice_cli.workflows.learning import model_view

        return model_view(db)


def _show_labels(session: Session, rulebook: Rulebook, format: str | None) -> None:
    from afterservice_cli.render.rules.naming import by_kind, label_columns, labels_of

    terminal = session.terminal
    found = labels_of(Teller(rulebook, terminal.language, session.now(rulebook.zone)))
    if format == "json":
        terminal.write_json(by_kind(found))
        return
    columns = label_columns(terminal.language)
    ids = terminal.format_of(format) in IDS
    terminal.write_rows(list(found), in_ids(columns) if ids else columns, format=format)
