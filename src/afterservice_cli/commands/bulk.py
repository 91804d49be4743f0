"""One decision on several cases: how many it would change, the question whether to go on, and all of them or none."""

from datetime import datetime

from afterservice_cli.commands.asking import agreed
from afterservice_cli.commands.delivery import deliver
from afterservice_cli.commands.options import Answer
from afterservice_cli.commands.outcome import write_card
from afterservice_cli.errors import BadUsage
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import listed, sentence, tr
from afterservice_cli.moment import Decision
from afterservice_cli.session import Session
from afterservice_cli.store import history
from afterservice_cli.store.reading import queries
from afterservice_cli.store.reading.filters import Filter
from afterservice_cli.workflows.recording import writing


def check_choice(case: str | None, where: list[str] | None) -> None:
    """Refuse one case and a choice of several at once."""
    if case is not None and where:
        raise BadUsage(tr("CASE names one case and --where chooses several – leave one of them out"))


# What is said of the cases chosen, before and after; what they are called, if they were not chosen by a person.
SAID = {
    "chosen": (
        sentence("{count} of {all} cases would be changed"),
        sentence("{count} of {all} cases changed"),
        sentence("{count} of {all} cases changed: {cases}"),
    ),
    "unclassified": (
        sentence("{count} of {all} unclassified cases would be changed"),
        sentence("{count} of {all} unclassified cases changed"),
        sentence("{count} of {all} unclassified cases changed: {cases}"),
    ),
}


class BulkChange(Frozen):
    """What is to be done with several cases: a decision, how to ask whether to take it, when it was, how to answer."""

    decision: Decision
    question: str  # whether it is to be done with them, said later
    at: datetime | None
    yes: bool
    answer: Answer


def act_on_several(session: Session, change: BulkChange, chosen: Filter, named: str = "chosen") -> None:
    """Take a decision on every case chosen, in the order of their numbers, and print which ones it changed.

    Without `yes` it is asked first if it would change any, and `BadInput` if nobody is there to ask. What was
    agreed to holds for the cases as they were then: `Conflict` if one has been changed since.
    """
    terminal = session.terminal
    would_change, none_changed, which_changed = SAID[named]
    if session.desk.expected is not None:
        raise BadUsage(tr("--if-version is of one case – leave it out, or name the case"))
    chosen = chosen.but(sort="case", owned=True)  # who has a task in a case may not own it
    asked = None
    if not change.yes:
        asked, count = _tried(session, change, chosen)
        would = tr(would_change, count=count, all=len(asked))
        if count and not agreed(session, would, tr(change.question)):
            terminal.say(tr("nothing changed"))
            return
    with writing(session.desk) as writer:
        cases = queries.versions_of(writer.db, chosen) if asked is None else asked
        outcomes = [
            writer.act(number, change.decision, at=change.at, version=version) for number, version in cases.items()
        ]
    changed = [outcome.case.number for outcome in outcomes if outcome.events]
    if change.answer.as_json:
        messages = deliver(session, outcomes, quiet=True)
        terminal.write_json({named: len(cases), "changed": changed, "messages": messages})
    else:
        said = which_changed if changed else none_changed
        terminal.write(tr(said, count=len(changed), all=len(cases), cases=listed(changed)))
        if change.answer.verbose:
            for outcome in outcomes:
                if outcome.events:
                    write_card(session, outcome)
        deliver(session, outcomes)


def _tried(session: Session, change: BulkChange, chosen: Filter) -> tuple[dict[str, int], int]:
    """Return the cases chosen with their versions, and how many the decision would change; nothing is recorded."""
    with session.desk.reading() as db:
        moment = session.desk.moment(db, change.at)
        cases = queries.versions_of(db, chosen)
        return cases, sum(bool(change.decision(history.load_case(db, number), moment)) for number in cases)
