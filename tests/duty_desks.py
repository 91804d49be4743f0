"""A small rulebook with duties, and what becomes of them by their events."""

from datetime import datetime

from afterservice_cli.cases.case import Recorded
from afterservice_cli.cases.duties import Round
from afterservice_cli.cases.events.general import DutyDone, RulebookAdopted
from afterservice_cli.cases.values import DutySpec, verdict
from afterservice_cli.decisions import duties
from afterservice_cli.reports.lists.duty_times import times_due
from afterservice_cli.reports.rows import DutyTimeRow
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.time.instants import to_text
from given import RECEIVED, rules

PEOPLE = "{tech: {title: Tech, head: zhao, members: [li]}, "
MAILBOX = "mailbox: {title: {zh: 查看投诉邮箱, en: See to the mailbox}, by: tech, every: 4wh}"


def with_duties(*duties: str) -> Rulebook:
    """The small rulebook with people in the team tech, and these duties."""
    written = f"duties: {{{', '.join(duties)}}}\ndefault:" if duties else "default:"
    return rules(("owners: {tech: Tech, ", f"owners: {PEOPLE}"), ("default:", written))


BOOK = with_duties(MAILBOX)


def adopted(rulebook: Rulebook, at: datetime = RECEIVED, **running: DutySpec) -> RulebookAdopted:
    return duties.adopted(rulebook, at, ("duties",), running)


Own = RulebookAdopted | DutyDone


def recorded(*events: Own, rulebook: Rulebook = BOOK) -> list[Recorded]:
    """The desk's own events in their places, all of them Li's."""
    return [
        Recorded(seq, "desk", seq, event.at, "li", "system", rulebook.hash, event)
        for seq, event in enumerate(events, 1)
    ]


def row(entry: Round) -> DutyTimeRow:
    ended_at = to_text(entry.ended_at) if entry.ended_at else None
    of = entry.spec
    times = (to_text(of.from_at), to_text(of.due_at), ended_at)
    return DutyTimeRow((of.name, of.every, *times, entry.outcome, of.calendar, entry.rulebook))


def became(entries: list[Round], now: datetime, rulebook: Rulebook = BOOK) -> list[tuple[str, str]]:
    """Each time by which a duty was due, in hours, and what became of it."""
    found = times_due(
        [row(entry) for entry in entries],
        lambda time: rulebook.calendar_called(time.calendar),
        "2000-01-01T00:00:00Z",
        "2100-01-01T00:00:00Z",
        to_text(now),
    )
    return [(due.due_at, verdict(due.outcome, due.ended_at, due.due_at, to_text(now))) for due in found]
