"""Intake: cases one by one, or a file of them."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from afterservice_cli.cases.values import SEVERAL
from afterservice_cli.commands.fields import FactNames, facts_of
from afterservice_cli.commands.options import (
    BRIEF,
    Answer,
    FieldOption,
    JsonOption,
    answering,
    session_of,
)
from afterservice_cli.commands.outcome import deliver_beside, problems_in, show_decision
from afterservice_cli.decisions.intake import Draft, checked
from afterservice_cli.decisions.likeness import Suspicion, suspicions
from afterservice_cli.errors import BadInput, BadUsage, Problem, nearest
from afterservice_cli.language import sentence, tr
from afterservice_cli.recording import writing
from afterservice_cli.render.labels import field_title
from afterservice_cli.rulebook.vocabulary import ONLY_JSON
from afterservice_cli.session import Session

FACTS = ("channel", "kind", "customer", "contact", "product", "description")
DECIDED = ("category", "priority", "owner")


# How many rows came to what, as the summary of an import says it.
COUNTED = {
    "new": sentence("{number} new"),
    "unchanged": sentence("{number} unchanged"),
    "changed": sentence("{number} changed"),
    "conflicts": sentence("{number} conflicts"),
    "rejected": sentence("{number} rejected"),
}


class PartlyDone(Problem):
    """Some rows are left to a person."""

    exit_code = 11


@answering
def register(
    context: typer.Context,
    text: Annotated[
        str | None,
        typer.Argument(metavar="[TEXT|-]", help="What the customer says; - reads a case as JSON from stdin."),
    ] = None,
    description: Annotated[str | None, typer.Option(help="What the customer says.")] = None,
    channel: Annotated[str | None, typer.Option(help="How it came in.")] = None,
    kind: Annotated[str | None, typer.Option(help="What kind of feedback it is.")] = None,
    customer: Annotated[str | None, typer.Option(help="Name, or company.")] = None,
    contact: Annotated[str | None, typer.Option(help="Phone, e-mail…")] = None,
    product: Annotated[str | None, typer.Option(help="Product or model.")] = None,
    field: FieldOption = None,
    category: Annotated[str | None, typer.Option(help="Given by hand; the rules decide otherwise.")] = None,
    priority: Annotated[str | None, typer.Option(help="Given by hand; the rules decide otherwise.")] = None,
    owner: Annotated[str | None, typer.Option(help="Given by hand; the rules decide otherwise.")] = None,
    received_at: Annotated[str | None, typer.Option("--received-at", metavar="TIME", help="When it came in.")] = None,
    answer: Answer = BRIEF,
) -> None:
    """Take in a case: it is numbered, classified, ranked, assigned and given its deadlines at once.

    Without a text it asks, if a person sits at the terminal; with one, only for what the rulebook requires. What stands
    on the command line can be seen by others on this machine while it runs; stdin and the questions keep it private.
    """
    session = session_of(context)
    if description is not None and text is not None and text != "-":
        raise BadUsage(tr("what the customer says stands there twice – give it once, as TEXT or with --description"))
    given: dict[str, Any] = {
        "channel": channel,
        "kind": kind,
        "customer": customer,
        "contact": contact,
        "product": product,
        **(facts_of(field, session.rulebook, session.terminal.language) if field else {}),
    }
    given["description"] = description if text in (None, "-") else text
    given.update(category=category, priority=priority, owner=owner, received_at=received_at)
    if text == "-":
        given.update({name: value for name, value in _from_stdin(session).items() if given.get(name) is None})
    when = given.pop("received_at")
    decided = {name: given.pop(name) for name in DECIDED}
    at = session.received(when, "--received-at")
    if session.terminal.interactive and text != "-":
        _ask(session, given, decided)
    with writing(session.desk) as writer:
        case = writer.register(Draft(given, **decided), at=at)
        alike = writer.lookalikes(case)
        outcome = writer.tell(case, [case.events[0].event], at=at)
    doubts = suspicions(session.rulebook, case.text(), classified=case.classified)
    show_decision(
        session,
        outcome,
        answer=answer,
        duplicates=[{"case": number, "same": same, "alike": percent} for number, same, percent in alike],
        suspicions=[{"outcome": d.outcome, "ground": d.ground, "phrases": list(d.phrases)} for d in doubts],
    )
    _point_out(session, case.number, alike, doubts)


def _point_out(session: Session, number: str, alike: list[tuple[str, list[str], int]], doubts: list[Suspicion]) -> None:
    """Say what a new case looks like, and what to do about it: that is left to a person."""
    terminal = session.terminal
    for other, same, percent in alike[:3]:
        shared = tr(", ").join(field_title(name, session.rulebook, terminal.language) for name in same)
        terminal.say(
            tr(
                "looks like {other} (same {fields}, texts {percent} % alike): afterservice merge "
                "{case} {other} --reason …, or link {case} {other}",
                other=other,
                fields=shared,
                percent=percent,
                case=number,
            )
        )
    for doubt in doubts:
        phrases = "、".join(f"“{phrase}”" for phrase in doubt.phrases)
        title = session.rulebook.title("ground", doubt.ground, terminal.language)
        if doubt.ground:
            said = sentence("looks invalid: {title} ({phrases}): afterservice screen {case} --invalid {ground}")
            terminal.say(tr(said, title=title, phrases=phrases, case=number, ground=doubt.ground))
        else:
            terminal.say(
                tr("looks vague ({phrases}): afterservice screen {case} --vague", phrases=phrases, case=number)
            )


def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The file; its first line has the headings.")],
    profile: Annotated[
        Path | None,
        typer.Option("--profile", metavar="PROFILE.yaml", help="Which column says what; else the file itself tells."),
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(
            "--rejects",
            metavar="FILE",
            help="Where rows go that leave something behind; else FILE.rejects.csv here.",
        ),
    ] = None,
    save_profile: Annotated[
        Path | None,
        typer.Option("--save-profile", metavar="FILE", help="Keep how the file was read as a profile."),
    ] = None,
    draft_profile: Annotated[
        bool, typer.Option("--draft-profile", help="Print such a profile; import nothing.")
    ] = False,
    dates: Annotated[
        list[str] | None,
        typer.Option("--dates", metavar="FORM", help="How its dates are written, as under `dates` in a profile."),
    ] = None,
    try_only: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; record nothing.")] = False,
    received_at: Annotated[
        str | None,
        typer.Option("--received-at", metavar="TIME", help="When the rows came in that do not say it."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Read a CSV file into the register; reading it again adds nothing.

    Without a profile its headings and cells say which column is what; what they leave open is asked, not guessed.
    Ends with 11 if rows are left to a person: rejected, or in conflict with what was done by hand since.
    """
    from afterservice_cli.commands import proposing
    from afterservice_cli.intake import importing

    session = session_of(context)
    terminal = session.terminal
    received = session.when(received_at, "--received-at")
    made = proposing.Made(profile, tuple(dates or ()), save_profile, draft_profile, quiet=as_json, try_only=try_only)
    by = proposing.profile_for(session, file, made, received)
    if by is None:
        return
    summary = importing.import_file(session.desk, file, by, rejects, try_only=try_only, received=received)
    proposing.show_cases(session, made, summary.first)
    if as_json:
        terminal.write_json(
            {
                "read": summary.read,
                **summary.counts,
                "flagged": summary.flagged,
                "unclassified": summary.unclassified,
                "rejects_file": str(summary.rejects_file) if summary.rejects_file else None,
                "batch": summary.batch,
                "encoding": summary.encoding,
                "unused_columns": list(summary.unused),
                "absent_columns": list(summary.absent),
                "problems": problems_in(summary.beside),
            }
        )
    else:
        counts = tr(", ").join(tr(COUNTED[name], number=count) for name, count in summary.counts.items())
        terminal.write(tr("{number} read: {counts}", number=summary.read, counts=counts))
    deliver_beside(session, summary.beside, quiet=as_json)
    read_as = sentence("read as {encoding}; batch {batch}")
    if try_only:
        read_as = sentence("read as {encoding}; batch {batch} (dry run: nothing recorded)")
    terminal.say(tr(read_as, encoding=summary.encoding, batch=summary.batch))
    if summary.absent:
        terminal.say(tr("columns not in the file: those of {fields}", fields=tr(", ").join(summary.absent)))
    if summary.unused:
        terminal.say(tr("columns not used: {columns}", columns=tr(", ").join(summary.unused)))
    if summary.unclassified:
        terminal.say(tr("{number} unclassified: afterservice list --unclassified", number=summary.unclassified))
    if summary.flagged:
        terminal.say(tr("{number} flagged: registered, less what was impossible in them", number=summary.flagged))
    for left in summary.left[:5]:
        terminal.say(tr("  line {line} {status}: {reason}", line=left.line, status=left.status, reason=left.reason))
    if len(summary.left) > 5:
        terminal.say(tr("  … {number} more", number=len(summary.left) - 5))
    if summary.rejects_file:
        terminal.say(tr("each with its reason in {file}", file=summary.rejects_file))
    if summary.counts["rejected"] or summary.counts["conflicts"]:
        mend = tr("put them right in the rejects file and import that") if summary.rejects_file else ""
        raise PartlyDone(tr("some rows are left to you"), hint=mend)


def _from_stdin(session: Session) -> dict[str, Any]:
    try:
        value = json.loads(sys.stdin.buffer.read().decode("utf-8-sig"), object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError):
        raise BadInput(tr("standard input is no JSON – give one case as {…}, in UTF-8")) from None
    if not isinstance(value, dict):
        raise BadInput(tr("standard input holds no JSON object – give one case as {…}"))
    inner = value.pop("fields", None) or {}
    if "registered_at" in value:
        value.setdefault("received_at", value.pop("registered_at"))
    if not isinstance(inner, dict):
        raise BadInput(tr("fields must be an object of field ids and values"))
    fields = session.rulebook.fields
    known = (*FACTS, *DECIDED, *ONLY_JSON, *fields)
    names = FactNames(session.rulebook, session.terminal.language, tr("standard input"))
    flat: dict[str, Any] = {}
    for key, content in {**inner, **value}.items():
        name = key if key in known else names.meant(key)
        if name is None:
            raise BadInput(tr("unknown key '{key}' – write {known}", key=key[:40], known=nearest(key, known)))
        if name in flat:
            raise BadInput(tr("standard input: {name} is given twice – leave one of them out", name=name))
        flat[name] = content
        if isinstance(content, list) and name in session.rulebook.several:
            flat[name] = SEVERAL.join(map(str, content))
        elif isinstance(content, bool | dict | list):
            raise BadInput(tr("{name} must be a text", name=name))
    return {name: None if content is None else str(content) for name, content in flat.items()}


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BadInput(tr("a key stands twice in the JSON object – keep one of them"))
    return found


def _ask(session: Session, given: dict[str, Any], decided: Mapping[str, str | None]) -> None:
    """Ask the person at the terminal for what is not given, once all that is has been found good.

    Whoever gives the text is asked for what the rulebook requires alone.
    """
    from afterservice_cli.commands.interview import interview

    known = {name: session.rulebook.known(name, value) for name, value in decided.items() if value}
    public, personal = checked(session.rulebook, Draft(given), session.desk.now)
    given.update({**public, **personal})
    interview(session, given, known.get("category"), whole=not given["description"])
