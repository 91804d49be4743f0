"""A case follows its row: what the file says now is recorded, but for what a person has said otherwise since."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial

from afterservice_cli import deadlines
from afterservice_cli.cases.case import AT_WORK, ENDED, Case, Event, Recorded
from afterservice_cli.cases.events import called
from afterservice_cli.cases.events.closing import CaseRated, CaseReopened
from afterservice_cli.cases.events.general import ROW_CHANGED, CaseAmended, EarlierCounted
from afterservice_cli.cases.fold import fold
from afterservice_cli.cases.values import Source
from afterservice_cli.decisions import mending, opening, triage
from afterservice_cli.decisions.checks import OWN_PERSONAL, check_kept
from afterservice_cli.decisions.facts import earlier_recounted
from afterservice_cli.decisions.imported import Happening, check_as_told, retell
from afterservice_cli.errors import Problem
from afterservice_cli.frozen import Frozen
from afterservice_cli.intake.changes import Changes, RowChange, RowConflict, changes_of, difference, is_touched
from afterservice_cli.intake.reading.drafts import RowDraft
from afterservice_cli.intake.reading.rows import RowFault
from afterservice_cli.language import tr
from afterservice_cli.time.instants import to_text
from afterservice_cli.workflows.recording import Writer

Step = Callable[[Case], list[Event]]
_WHEN_OVER = (CaseRated, CaseAmended, CaseReopened)  # what may be said of a case that is over


class Followed(Frozen):
    """What became of a changed row: its case, what changed in it, what was left out, and what contradicts it."""

    case: Case
    changes: tuple[RowChange, ...]
    doubts: tuple[RowFault, ...]
    conflicts: tuple[RowConflict, ...]


def retold(writer: Writer, happening: Happening, case: Case) -> list[Event]:
    """Return the event of one thing that happened by a row; `Problem` names the column if it makes no sense there."""
    beside = happening.promised_at or happening.ground
    moment = writer.moment(happening.at)
    return retell(case, moment, word=happening.word, text=happening.text, score=happening.score, beside=beside)


def senseless(happening: Happening, problem: Problem) -> RowFault:
    """Return that something cannot have happened there."""
    what = called(happening.word)
    return RowFault(happening.column, tr("{what} makes no sense there, {message}", what=what, message=problem.message))


def follow(writer: Writer, number: str, row: RowDraft, source: Source, heading: Callable[[str], str] = str) -> Followed:
    """Bring a case up to what its row says now; what contradicts it is left under its `heading`, the rest goes in."""
    case = writer.load(number)
    if case.erased:
        said = tr(
            "{case} was erased, and takes nothing more: take the row out at its source, or register it anew",
            case=case.number,
        )
        return Followed(case, (), (), (RowConflict("", said),))
    changes = changes_of(case, row)
    following = _Following(writer, case, changes)
    following.decide(source)
    if following.gives_tasks_in_vain:
        following = _Following(writer, case, changes, opens=False)
        following.decide(source)
    followed = following.record(source)
    return followed.but(conflicts=tuple(conflict.under(heading(conflict.field)) for conflict in followed.conflicts))


class _Following:
    """A case on the way to what its row says; nothing of it is recorded before all of it is decided."""

    def __init__(self, writer: Writer, case: Case, changes: Changes, *, opens: bool = True) -> None:
        self._writer, self._before, self._changes = writer, case, changes
        self._case, self._events = case, list[Event]()
        self._opens = opens  # tasks, as the same changes by commands do
        self._facts: Mapping[str, str | None] | None = None  # that the case takes from the row
        self._touched = is_touched(case)
        self._conflicts, self._doubts = list(changes.conflicts), list(changes.doubts)
        self._done: list[RowChange] = []

    @property
    def gives_tasks_in_vain(self) -> bool:
        """Tell whether the row opens tasks and ends the work itself, or leaves none of them open."""
        opened = {task.name for event in self._events for task in event.tasks}
        if not opened or self._case.status in AT_WORK:
            return False
        worked = self._before.status in AT_WORK or any(event.word in ("resolved", "reopened") for event in self._events)
        return worked or opened.isdisjoint(task.spec.name for task in self._case.open_tasks)

    def decide(self, source: Source) -> None:
        """Decide what the row changes, led by an amendment that says from which row."""
        if self._changes.nothing:
            return
        self._facts = self._taken(source)
        if self._facts is not None:
            self._decisions()
            self._course()

    def record(self, source: Source) -> Followed:
        """Record what was decided; nothing if the row changes nothing."""
        if self._facts is not None:
            self._write(source, self._facts)
        return Followed(self._case, tuple(self._done), tuple(self._doubts), tuple(self._conflicts))

    def _write(self, source: Source, facts: Mapping[str, str | None]) -> None:
        first, *others = self._events
        if not facts and all(isinstance(event, EarlierCounted) for event in others):
            return
        # A row that is not taken in whole is read again as long as it says the same.
        whole = not (self._conflicts or self._changes.doubts)
        digest = source.digest if whole else ""
        first = first.but(source=source.but(digest=digest, told=len(others)))
        self._case = self._writer.record(self._before, [first, *others])

    def _taken(self, source: Source) -> Mapping[str, str | None] | None:
        """Take the facts, those alone that can be; return them, None if the case takes nothing from a row."""
        wanted = dict(self._changes.facts)
        amending = partial(self._amended, source=source)
        if self._try(amending, wanted):
            alone = {name: self._try(amending, {name: value}, only=True) for name, value in wanted.items()}
            for name, reason in alone.items():
                if reason:
                    self._conflicts.append(RowConflict(name, reason.message))
                    del wanted[name]
            if problem := self._try(amending, wanted):
                self._conflicts.append(RowConflict(", ".join(wanted), problem.message))
                return None
        now, rulebook = self._before.facts(), self._writer.rulebook
        for name, value in wanted.items():
            if name in OWN_PERSONAL or (name in rulebook.fields and rulebook.is_personal(name)):
                self._done.append(RowChange(name, None, None, "personal"))
            else:
                self._done.append(RowChange(name, now.get(name), value))
        return wanted

    def _amended(self, case: Case, facts: Mapping[str, str | None], source: Source) -> list[Event]:
        customer = self._writer.customer_of(facts.get("contact"))
        moment = self._writer.moment()
        if self._touched and facts:
            check_kept(case, moment, "amend")
        return mending.amended(case, moment, facts=facts, reason=ROW_CHANGED, customer=customer, source=source)

    def _decisions(self) -> None:
        decided, moment = self._changes.decided, self._writer.counting_earlier(self._case)
        category, priority, owner = (decided.get(field) for field in ("category", "priority", "owner"))
        person = self._changes.person
        if category or priority:
            given = {"category": category, "priority": priority}
            placing = partial(triage.placing, moment=moment, category=category, priority=priority)
            self._decide(partial(placing, reason=ROW_CHANGED, by="import"), "classify", given)
        if owner or person:
            handed = partial(triage.handed, moment=moment, owner=owner, person=person, reason=ROW_CHANGED)
            self._decide(handed, "assign", {"owner": owner, "person": person})

    def _decide(self, step: Step, command: str, given: Mapping[str, str | None]) -> None:
        before, named = self._case, {field: value for field, value in given.items() if value}

        def judged(case: Case) -> list[Event]:
            if self._touched:
                check_kept(case, self._writer.moment(), command)
            return step(case)

        if problem := self._step(judged):
            self._conflicts.append(RowConflict(", ".join(named), problem.message))
            return
        for field, value in named.items():
            old = before.person if field == "person" else before.value(field)
            self._done.append(RowChange(field, old, value))

    def _course(self) -> None:
        taken_back, course = self._changes.taken_back, self._changes.course
        if refusal := self._keeps_what_stands():
            taken_back, course = (), self._told_newly(refusal)
        earlier = list(reversed(taken_back))  # the first first
        for recorded in taken_back:
            back = partial(mending.taking_back, moment=self._writer.moment(), seq=recorded.seq, reason=ROW_CHANGED)
            if problem := self._step(back):
                self._conflicts.append(RowConflict(recorded.event.word, problem.message))
                earlier.remove(recorded)
        moved = {recorded.event.word for recorded in earlier}  # the source may put right what it told itself
        for happening in course:
            self._tell(happening, moved, earlier)
        if (goes_on := self._changes.goes_on) and self._case.pause:
            self._tell(goes_on, moved, earlier)
        gone = [RowChange(recorded.event.word, to_text(recorded.event.at), None, "event") for recorded in earlier]
        self._done += gone

    def _tell(self, happening: Happening, moved: Collection[str], earlier: list[Recorded]) -> None:
        """Record what a row tells, unless it is refused to a case on which people work, or makes no sense there."""
        if self._touched and happening.word not in moved and (refusal := self._refused(happening)):
            self._conflicts.append(RowConflict(happening.column, refusal))
            return
        if problem := self._step(partial(retold, self._writer, happening)):
            fault = senseless(happening, problem)
            if self._touched:
                self._conflicts.append(RowConflict(fault.column, fault.message))
            else:
                self._doubts.append(fault)
        else:
            self._note(happening, earlier)

    def _keeps_what_stands(self) -> str:
        """Return why a file takes nothing back in a case on which people have worked here; "" if it does."""
        if self._touched:
            try:
                check_kept(self._before, self._writer.moment(), "retract")
            except Problem as problem:
                return tr(
                    "{case} was worked on here, and nothing in it is taken back by a file: {message}",
                    case=self._before.number,
                    message=problem.message,
                )
        return ""

    def _told_newly(self, refusal: str) -> tuple[Happening, ...]:
        """Return what the row tells beside what stands; what it tells otherwise is left, with the refusal."""
        standing = [recorded.event for recorded in self._changes.taken_back]
        words = {event.word for event in standing}
        gone = words - {happening.word for happening in self._changes.course}
        self._conflicts += [RowConflict(word, refusal) for word in sorted(gone)]
        for happening in self._changes.course:
            mine = [event for event in standing if event.word == happening.word]
            if mine and all(difference(event, happening) for event in mine):
                self._conflicts.append(RowConflict(happening.column, refusal))
        return tuple(happening for happening in self._changes.course if happening.word not in words)

    def _refused(self, happening: Happening) -> str:
        """Return why what a row tells is not taken over by a case on which people have worked here; "" if it is."""
        moment = self._writer.moment(happening.at)
        try:
            check_as_told(self._case, moment, word=happening.word, text=happening.text)
        except Problem as problem:
            return tr(
                "{case} was worked on here, and is not {what} by a file: {message}",
                case=self._before.number,
                what=called(happening.word),
                message=problem.message,
            )
        return ""

    def _note(self, happening: Happening, earlier: list[Recorded]) -> None:
        """Note what was told, unless it had only to be told again; `earlier` is what it may come in place of."""
        mine = [recorded for recorded in earlier if recorded.event.word == happening.word]
        before = next((recorded for recorded in mine if not difference(recorded.event, happening)), None)
        if before is None:
            at = to_text(mine[0].event.at) if mine else None
            self._done.append(RowChange(happening.word, at, to_text(happening.at), "event"))
            before = mine[0] if mine else None
        if before:
            earlier.remove(before)

    def _try(
        self,
        amending: Callable[[Case, Mapping[str, str | None]], list[Event]],
        facts: Mapping[str, str | None],
        *,
        only: bool = False,
    ) -> Problem | None:
        """Record these facts, or `only` see whether that could be done; return what stands against it."""
        return self._step(lambda case: amending(case, facts), only=only)

    def _step(self, step: Step, *, only: bool = False) -> Problem | None:
        """Take a step on the case as the steps before left it; return what stands against it.

        The customer's earlier cases are counted anew after it.
        """
        rulebook = self._writer.rulebook
        try:
            events = deadlines.begun(self._case, step(self._case), rulebook)
        except Problem as problem:
            return problem
        if not only:
            self._take(self._opening_tasks(events))
            self._take(earlier_recounted(self._case, self._writer.counting_earlier(self._case)))
        return None

    def _opening_tasks(self, events: Sequence[Event]) -> Sequence[Event]:
        """Return events with the tasks that they open; in a case that is over, as the few commands do that it takes."""
        over = self._case.status in ENDED and not all(isinstance(event, _WHEN_OVER) for event in events)
        return opening.with_tasks(self._case, events, self._writer.rulebook) if self._opens and not over else events

    def _take(self, events: Iterable[Event]) -> None:
        for event in events:
            self._case = fold((*self._case.events, self._next(event)))
            self._events.append(event)

    def _next(self, event: Event) -> Recorded:
        last = self._case.events[-1]
        desk, rulebook = self._writer.desk, self._writer.rulebook
        place = (last.seq + 1, self._case.number, last.version + 1)
        return Recorded(*place, desk.now, desk.actor, desk.clock, rulebook.hash, event)
