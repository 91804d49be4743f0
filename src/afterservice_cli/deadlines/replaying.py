"""Deadlines counted anew from the first event on: what they would be, had one of the events never been."""

from collections.abc import Callable, Iterator, Sequence

from afterservice_cli.cases.case import ENDED, Case, Deadline, Moment
from afterservice_cli.cases.events import (
    CaseAmended,
    CaseClassified,
    CaseEscalated,
    CaseReopened,
    CaseResumed,
    DeadlineMoved,
    DelayAnnounced,
    Event,
    EventRetracted,
    Recorded,
    Setting,
)
from afterservice_cli.cases.fold import beginning, evolve, fold
from afterservice_cli.deadlines.moving import Change, delayed, moved, recounted, resumed
from afterservice_cli.deadlines.settings import put
from afterservice_cli.deadlines.starting import begin, begun, next_number
from afterservice_cli.durations import parse_duration
from afterservice_cli.rulebook.model import Rulebook

RulebookOf = Callable[[str], Rulebook]


def replayed(events: Sequence[Recorded], rulebook_of: RulebookOf) -> Case:
    """The case of events that all stand, with the deadlines that each would set by the rulebook of its time."""
    case = fold(events[:1])
    for recorded in events[1:]:
        if isinstance(recorded.event, EventRetracted):
            continue  # it said what this says anew
        rulebook = rulebook_of(recorded.rulebook)
        settings, dropped = _own(
            case, recorded, Moment(recorded.recorded_at, recorded.event.at, "", rulebook, rulebook_of)
        )
        event = _with(recorded.event, settings, dropped)
        (event,) = begun(case, [event], rulebook)
        case = evolve(case, event, recorded.rulebook, recorded.actor)
    return case


def mended(case: Case, rulebook_of: RulebookOf) -> Change:
    """What is to change in the deadlines of a case from which an event was taken back, as if it had never been.

    `case` is what the other events make. What has its verdict keeps it. Of a target that is dropped, all that is open
    goes before its new settings come.
    """
    if case.status in ENDED:
        return (), ()
    true = [deadline for deadline in _here(replayed(case.events, rulebook_of)) if deadline.outcome != "void"]
    found = list(_here(case))
    settings: list[Setting] = []
    dropped = set[str]()
    for target in dict.fromkeys(deadline.setting.target for deadline in (*found, *true)):
        had = [deadline for deadline in found if deadline.setting.target == target]
        wanted = [deadline for deadline in true if deadline.setting.target == target]
        stands = {deadline.setting.but(occurrence=0) for deadline in had if deadline.unanswered}
        judged = {
            deadline.setting.from_at for deadline in had if not deadline.unanswered and deadline.outcome != "void"
        }
        new = [deadline.setting for deadline in wanted if deadline.setting.from_at not in judged]
        if {setting.but(occurrence=0) for setting in new} == stands:
            continue
        dropped |= {target} if stands else set()
        settings += _numbered(new, had)
    return tuple(settings), tuple(sorted(dropped))


def _here(case: Case) -> Iterator[Deadline]:
    return (deadline for deadline in case.deadlines if deadline.setting.cycle == case.cycle)


def _numbered(settings: Sequence[Setting], had: Sequence[Deadline]) -> Iterator[Setting]:
    """The settings with the numbers of those whose place they take, and new numbers where there are more."""
    free = [deadline for deadline in had if deadline.unanswered or deadline.outcome == "void"]
    same = {deadline.setting.from_at: deadline.setting.occurrence for deadline in free}
    others = sorted({*same.values()} - {same[s.from_at] for s in settings if s.from_at in same})
    number = next_number(had)
    for setting in settings:
        if setting.from_at in same:
            occurrence = same[setting.from_at]
        else:
            occurrence, number = (others.pop(0), number) if others else (number, number + 1)
        yield setting.but(occurrence=occurrence)


def _own(case: Case, recorded: Recorded, moment: Moment) -> Change:
    """What an event itself does to the deadlines of the case before it, other than to begin those that wait for it."""
    event, rulebook = recorded.event, moment.rulebook
    after = evolve(case, _with(event, (), ()), recorded.rulebook, recorded.actor)
    match event:
        case CaseClassified() | CaseEscalated() | CaseAmended():
            return ((), ()) if case.status in ENDED else moved(case, rulebook, after.facts(), moment.now)
        case CaseReopened():
            return tuple(begin(rulebook, beginning(event.at), after.facts(), after.cycle)), ()
        case CaseResumed():
            return resumed(case, moment) if case.pause else (), ()
        case DelayAnnounced(promised_at=promised_at):
            return delayed(case, event.at, promised_at, rulebook), ()
        case DeadlineMoved():
            return tuple(recounted(case, moment)), ()
    return tuple(_of_no_target(after, event, rulebook)), ()


def _of_no_target(case: Case, event: Event, rulebook: Rulebook) -> Iterator[Setting]:
    """What a plan or a score has set: it stays, and is counted with the waiting there was."""
    for setting in getattr(event, "deadlines", ()):
        if ":" in setting.target:
            due = rulebook.calendar.add(setting.from_at, parse_duration(setting.duration), case.stops)
            yield put(rulebook, setting, due)


def _with(event: Event, settings: tuple[Setting, ...], dropped: tuple[str, ...]) -> Event:
    changed = {"deadlines": settings, "dropped": dropped}
    return event.but(**{name: value for name, value in changed.items() if hasattr(event, name)})
