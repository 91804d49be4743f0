"""One decision on several cases: how many it would change, the question whether to go on, and all of them or none."""

from datetime import datetime

from afterservice_cli.cases.fold import fold
from afterservice_cli.commands.delivery import deliver
from afterservice_cli.commands.prompts import agree
from afterservice_cli.errors import BadInput, BadUsage
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import tr
from afterservice_cli.moment import Decision
from afterservice_cli.recording import writing
from afterservice_cli.session import Session
from afterservice_cli.store import history, queries
from afterservice_cli.store.filters import Filter


def check_choice(case: str | None, where: list[str] | None) -> None:
    """Refuse one case and a choice of several at once."""
    if case is not None and where:
        raise BadUsage(tr("CASE names one case and --where chooses several – leave one of them out"))


class Change(Frozen):
    """What is to be done with several cases: a decision, what it is called, when it was, and how to ask and answer."""

    decision: Decision
    verb: str
    at: datetime | None
    yes: bool
    as_json: bool


def act_on_several(session: Session, change: Change, chosen: Filter, named: str = "chosen") -> None:
    """Take a decision on every case chosen, in the order of their numbers, and print which ones it changed.

    Without `yes` it is asked first if it would change any, and `BadInput` if nobody is there to ask. What was
    agreed to holds for the cases as they were then: `Conflict` if one has been changed since.
    """
    terminal = session.terminal
    if session.desk.expected is not None:
        raise BadUsage(tr("--if-version is of one case – leave it out, or name the case"))
    chosen = chosen.but(sort="case", owned=True)  # who has a task in a case may not own it
    asked = None
    if not change.yes:
        asked, count = _tried(session, change, chosen)
        if count and not _agreed(
            session,
            tr("{count} of {asked} {named} would be changed", count=count, asked=len(asked), named=_named(named)),
            change.verb,
        ):
            terminal.say(tr("nothing changed"))
            return
    with writing(session.desk) as writer:
        cases = queries.versions_of(writer.db, chosen) if asked is None else asked
        outcomes = [
            writer.act(number, change.decision, at=change.at, version=version) for number, version in cases.items()
        ]
    changed = [outcome.case.number for outcome in outcomes if outcome.events]
    if change.as_json:
        messages = deliver(session, outcomes, quiet=True)
        terminal.write_json({named: len(cases), "changed": changed, "messages": messages})
    else:
        some = f": {', '.join(changed)}" if changed else ""
        terminal.write(
            tr(
                "{changed} of {cases} {named} changed{some}",
                changed=len(changed),
                cases=len(cases),
                named=_named(named),
                some=some,
            )
        )
        deliver(session, outcomes)


def _tried(session: Session, change: Change, chosen: Filter) -> tuple[dict[str, int], int]:
    """Return the cases chosen with their versions, and how many the decision would change; nothing is recorded."""
    with session.desk.reading() as db:
        moment = session.desk.moment(db, change.at)
        cases = queries.versions_of(db, chosen)
        return cases, sum(bool(change.decision(fold(history.of_case(db, number)), moment)) for number in cases)


def _agreed(session: Session, what: str, verb: str) -> bool:
    if not session.terminal.interactive:
        raise BadInput(what, hint="add --yes")
    return agree(f"{what} – {verb} them?")


def _named(named: str) -> str:
    return "cases" if named == "chosen" else f"{named} cases"
