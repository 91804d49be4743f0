"""Registering: cases one by one."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, NoReturn

import typer

from afterservice_cli.cases.values import SEVERAL
from afterservice_cli.commands.asking import agreed
from afterservice_cli.commands.fields import FactNames, facts_of
from afterservice_cli.commands.options import BRIEF, Answer, FieldOption, answering
from afterservice_cli.commands.outcome import show_decision
from afterservice_cli.commands.pointing import ways_to_settle
from afterservice_cli.commands.suggested import suggested, suggestion_lines
from afterservice_cli.decisions.intake import Draft, checked, is_long_ago, read_ahead
from afterservice_cli.decisions.likeness import suspicions
from afterservice_cli.errors import BadInput, BadUsage, nearest, typed
from afterservice_cli.files.input_file import standard_input
from afterservice_cli.language import sentence, tr
from afterservice_cli.rulebook.vocabulary import ONLY_JSON
from afterservice_cli.session import Session
from afterservice_cli.time.instants import to_minute_text
from afterservice_cli.workflows.recording import writing

FACTS = ("channel", "kind", "customer", "contact", "product", "description")
DECIDED = ("category", "priority", "owner")


@answering
def register(
    session: Session,
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
    yes: Annotated[bool, typer.Option("--yes", help="It did come in so long ago; see intake.back.")] = False,
    answer: Answer = BRIEF,
) -> None:
    """Take in a case: it is numbered, classified, ranked, assigned and given its deadlines at once.

    Without a text it asks, if a person sits at the terminal; with one, only for what the rulebook requires. What stands
    on the command line can be seen by others on this machine while it runs; stdin and the questions keep it private.
    """
    session.open()  # all that is said is in its language
    if description is not None and text is not None and text != "-":
        raise BadUsage(tr("what the customer says stands there twice – give it once, as TEXT or with --description"))
    given: dict[str, Any] = {
        "channel": channel,
        "kind": kind,
        "customer": customer,
        "contact": contact,
        "product": product,
        **(facts_of(field, session.screen, session.desk.now) if field else {}),
    }
    given["description"] = description if text in (None, "-") else text
    given.update(category=category, priority=priority, owner=owner, received_at=received_at)
    if text == "-":
        given.update({name: value for name, value in _from_stdin(session).items() if given.get(name) is None})
    when = given.pop("received_at")
    decided = {name: given.pop(name) for name in DECIDED}
    at = session.received(when, "--received-at")
    if at and not yes and is_long_ago(session.rulebook, at, session.desk.now) and not _came_in(session, at):
        session.terminal.say(tr("nothing was recorded"))
        return
    if session.terminal.interactive and text != "-":
        _ask(session, given, decided)
    draft = Draft(given, **decided)
    read_ahead(session.rulebook, draft)
    with writing(session.desk) as writer:
        case = writer.register(draft, at=at)
        alike = writer.lookalikes(case)
        outcome = writer.tell(case, [case.events[0].event], at=at)
    doubts = suspicions(session.rulebook, case.text(), classified=case.classified)
    found = suggested(session, case)
    show_decision(
        session,
        outcome,
        answer=answer,
        duplicates=[{"case": number, "same": same, "alike": percent} for number, same, percent in alike],
        suspicions=[{"outcome": d.outcome, "ground": d.ground, "phrases": list(d.phrases)} for d in doubts],
        suggestions=found,
    )
    for line in (
        *ways_to_settle(session, case.number, alike, doubts),
        *suggestion_lines(session, case.number, found),
    ):
        session.terminal.say(line)


def _came_in(session: Session, at: datetime) -> bool:
    """Ask whether a case did come in so long ago; `BadInput` if nobody is there to ask."""
    rulebook = session.rulebook
    what = tr(
        "it came in {at}, longer ago than {back} (intake.back)",
        at=to_minute_text(at, rulebook.zone),
        back=rulebook.intake.back,
    )
    return agreed(session, what, tr("is that right?"), way=sentence("if that is right: add --yes"))


def _from_stdin(session: Session) -> dict[str, Any]:
    """Read one case from standard input: a JSON object with the facts by id or label, nested in `fields` or not."""
    try:
        value = json.loads(
            standard_input().decode("utf-8-sig"), object_pairs_hook=_without_repeats, parse_constant=_refuse_constant
        )
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
    names = FactNames(session.screen, tr("standard input"))
    flat: dict[str, Any] = {}
    for key, content in {**inner, **value}.items():
        name = key if key in known else names.meant(key)
        if name is None:
            raise BadInput(tr("unknown key '{key}' – write {known}", key=typed(key), known=nearest(key, known)))
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


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _ask(session: Session, given: dict[str, Any], decided: Mapping[str, str | None]) -> None:
    """Ask the person at the terminal for what is not given, once all that is has been found good.

    Whoever gives the text is asked for what the rulebook requires alone.
    """
    from afterservice_cli.commands.interview import interview

    known = {name: session.rulebook.known(name, value) for name, value in decided.items() if value}
    public, personal = checked(session.rulebook, Draft(given), session.desk.now)
    given.update({**public, **personal})
    interview(session, given, known.get("category"), whole=not given["description"])
