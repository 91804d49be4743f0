"""The course of a case as a row tells it, in the order of time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta, tzinfo

from afterservice_cli.cases.events import called
from afterservice_cli.decisions.imported import WORDS, Happening
from afterservice_cli.errors import BadInput
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_text import says_nothing, spelling
from afterservice_cli.intake.reading.profile import Profile, Status, Step
from afterservice_cli.intake.reading.rows import CaseRows, CellReader, Row, RowFault, within
from afterservice_cli.intake.words.cells import score_of
from afterservice_cli.language import tr

_RANK = {word: rank for rank, word in enumerate(WORDS)}


class LocalDays:
    """What days are in a zone."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone

    def day(self, at: datetime) -> date:
        """Return the local day of an instant."""
        return at.astimezone(self._zone).date()

    def is_day(self, at: datetime) -> bool:
        """Tell whether an instant is a local midnight, which is what a day alone is read as."""
        local = at.astimezone(self._zone)
        return not (local.hour or local.minute or local.second)

    def same_day(self, at: datetime, other: datetime) -> bool:
        """Tell whether `at` is a day alone, and the one of another instant."""
        return self.is_day(at) and other - at < timedelta(hours=26) and self.day(at) == self.day(other)


def in_order(found: Sequence[Happening], received_at: datetime, days: LocalDays) -> list[Happening]:
    """Return what happened in the order of time, whatever the order of the columns.

    A day alone is as late on that day as the receipt, and as what comes before it in the life of a case.
    """
    if not found:
        return []
    placed = [_placed(happening, found, received_at, days) for happening in found]
    again = any(happening.word == "reopened" for happening in placed)
    return sorted(placed, key=lambda happening: (happening.at, 0 if again else _RANK[happening.word]))


def _placed(happening: Happening, found: Sequence[Happening], received_at: datetime, days: LocalDays) -> Happening:
    """Return a happening of which only the day is known after what must have come before it on that day."""
    if not days.is_day(happening.at):
        return happening
    rank = _RANK[happening.word]
    earlier = [other.at for other in found if _RANK[other.word] < rank and days.same_day(happening.at, other.at)]
    if days.same_day(happening.at, received_at):
        earlier.append(received_at)
    latest = max([happening.at, *earlier])
    return happening if latest == happening.at else happening.but(at=latest)


WITHOUT_EVENT = ("registered", "nothing")  # what a row of a file of events may say beside events
_ENDS = frozenset(["resolved", "confirmed", "closed", "withdrawn"])  # which an earlier status denies
_WAITS = frozenset(["paused", "replied", "resumed"])  # of which an empty cell says nothing: the wait may be over
GOING_ON = frozenset(["acknowledged", "responded", "investigated", "noted"])  # by which a case does not wait


class RowCourse(Frozen):
    """What a row says happened, in its order.

    `goes_on` is that its status says that the case does not wait: since when, or why that cannot be told. `unsaid` is
    what by the row has not happened: its cell is empty, or the status is not so far.
    """

    happenings: tuple[Happening, ...] = ()
    goes_on: Happening | RowFault | None = None
    unsaid: frozenset[str] = frozenset()


class CourseReader:
    """Reads what happened to the cases of a file; what profile and headings decide is decided once."""

    def __init__(self, profile: Profile, cells: CellReader, headings: Collection[str], now: datetime) -> None:
        self._events, self._cells, self._now, self._days = profile.events, cells, now, LocalDays(cells.zone)
        self._steps = [step for step in profile.course if within(step.at, headings)]
        self._emptied = [step for step in self._steps if not step.score or within(step.score, headings)]
        self._status = profile.status if profile.status and within(profile.status.column, headings) else None
        means = self._status.means.values() if self._status else ()
        self._ends = _ENDS.intersection(word for words in means for word in words)

    def read(self, row: Row, received_at: datetime, doubts: list[RowFault]) -> RowCourse:
        """Return what happened by a row, in the order in which it did."""
        found: list[Happening] = []
        for step in self._steps:
            self._tell(row, step, received_at, found, doubts)
        if isinstance(row, CaseRows):
            for number, one in zip(row.numbers, row.rows, strict=True):
                told, doubtful = list[Happening](), list[RowFault]()
                self._tell_event(one, received_at, told, doubtful)
                found += [happening.but(column=_in_line(happening.column, number)) for happening in told]
                doubts += [doubt.but(column=_in_line(doubt.column, number)) for doubt in doubtful]
        found = in_order(found, received_at, self._days)
        goes_on = None
        if self._status:
            found += self._by_status(row, self._status, received_at, found, doubts)
            found = in_order(found, received_at, self._days)
            goes_on = self._goes_on(row, self._status, received_at, found)
        return RowCourse(tuple(found), goes_on, self._unsaid(row, {happening.word for happening in found}))

    def _tell(
        self, row: Row, step: Step, received_at: datetime, found: list[Happening], doubts: list[RowFault]
    ) -> None:
        """Add what a step of the course says happened, if it did; what makes no sense is told as a doubt."""
        heading, when = self._cells.filled(row, step.at)
        scored, said = self._cells.filled(row, step.score) if step.score else ("", "")
        if not when or (step.score and not said):
            return
        try:
            at = self._past(when, step.word, received_at)
        except BadInput as problem:
            if not says_nothing(when):
                doubts.append(RowFault(heading, problem.message))
            return
        try:
            score = (step.means.get(spelling(said)) or score_of(said)) if said else None
        except BadInput as problem:
            if not says_nothing(said):
                way = tr("or say what it means: `means: {…: …}` beside `score` in the profile")
                message = tr("{message} – {way}", message=problem.message, way=way)
                doubts.append(RowFault(scored, problem.message if self._events else message))
            return
        text = self._cells.text(row, step.text) if step.text else ""
        promise = self._promise(row, step, doubts)
        found.append(Happening(step.word, at, text or None, score, heading, promise, step.ground))

    def _promise(self, row: Row, step: Step, doubts: list[RowFault]) -> datetime | None:
        heading, text = self._cells.filled(row, step.promised) if step.promised else ("", "")
        if not text:
            return None
        try:
            return self._cells.ahead(text)
        except BadInput as problem:
            if not says_nothing(text):
                doubts.append(RowFault(heading, problem.message))
            return None

    def _tell_event(self, row: Row, received_at: datetime, found: list[Happening], doubts: list[RowFault]) -> None:
        """Add what a row of a file of events says happened."""
        events = self._events
        assert events is not None
        heading, said = self._cells.filled(row, events.column)
        word = events.means.get(spelling(said), "")
        if word in WITHOUT_EVENT:
            return
        if not said or not word:
            message = tr("no event is named there") if not said else tr("unknown event – add it to `events: means:`")
            column = heading or events.column.headings[0]
            doubts.append(RowFault(column, message))
            return
        before = len(doubts) + len(found)
        step = events.step.but(word=word, score=events.step.score if word == "rated" else None)
        self._tell(row, step, received_at, found, doubts)
        if before == len(doubts) + len(found):
            lacking, said = events.step.at, tr("nothing says when it happened")
            if step.score and self._cells.filled(row, events.step.at)[0]:
                lacking, said = step.score, tr("no score stands there")
            doubts.append(RowFault(lacking.headings[0], said))

    def _past(self, text: str, word: str, received_at: datetime) -> datetime:
        """Return when something happened; `BadInput` if that was before the receipt or is still to come."""
        at = self._cells.date(text)
        if at > self._now:
            raise BadInput(tr("{what} ({when}) lies in the future", what=called(word), when=text))
        if at < received_at and not self._days.same_day(at, received_at):
            raise BadInput(tr("{what} ({when}) lies before it was received", what=called(word), when=text))
        return at

    def _by_status(
        self, row: Row, status: Status, received_at: datetime, found: Sequence[Happening], doubts: list[RowFault]
    ) -> list[Happening]:
        """Return what must have happened for the status of a row and stands in no column of its own."""
        heading, said = self._cells.filled(row, status.column)
        if not said:
            return []
        words = status.means.get(spelling(said))
        if words is None and says_nothing(said):
            return []
        if words is None:
            message = tr("unknown status – add it to `status: means:`, with `open` if nothing has happened")
            doubts.append(RowFault(heading, message))
            return []
        told = {happening.word for happening in found}
        words = tuple(word for word in words if word not in told)
        last = max((happening.at for happening in found), default=received_at)
        try:
            at = self._status_time(row, status, words, (received_at, last))
        except BadInput as problem:
            dated = self._cells.filled(row, status.at)[0] if status.at else ""
            if not any(doubt.column == dated for doubt in doubts):
                doubts.append(RowFault(heading, problem.message))
            return []
        return [Happening(word, max(at, last), None, None, heading, None, status.ground) for word in words]

    def _unsaid(self, row: Row, told: Collection[str]) -> frozenset[str]:
        """Return what by a row that tells these words has not happened; nothing by a status that nobody knows."""
        if self._events or "reopened" in told:
            return frozenset()
        filled = {step.word for step in self._emptied if not self._is_empty(row, step)}
        unsaid = {step.word for step in self._emptied} - filled - _WAITS
        said = self._cells.filled(row, self._status.column)[1] if self._status else ""
        if self._status and said and not says_nothing(said):
            words = self._status.means.get(spelling(said))
            if words is None:
                return frozenset()
            reached = max((_RANK[word] for word in words), default=-1)
            unsaid |= self._ends
            unsaid -= {word for word in _ENDS if _RANK[word] <= reached}
        return frozenset(unsaid.difference(told))

    def _is_empty(self, row: Row, step: Step) -> bool:
        """Tell whether a step of the course has nothing in its cells."""
        cells = [self._cells.filled(row, source)[1] for source in (step.at, step.score) if source]
        return any(not said or says_nothing(said) for said in cells)

    def _goes_on(
        self, row: Row, status: Status, received_at: datetime, found: Sequence[Happening]
    ) -> Happening | RowFault | None:
        """Return that the status of a row says that the case does not wait; None if it says nothing of that."""
        heading, said = self._cells.filled(row, status.column)
        words = status.means.get(spelling(said))
        if words is None or not GOING_ON.issuperset(words):
            return None
        last = max((happening.at for happening in found), default=received_at)
        try:
            at = self._status_time(row, status, ("resumed",), (received_at, last))
        except BadInput as problem:
            return RowFault(heading, problem.message)
        return Happening("resumed", at, None, None, heading)

    def _status_time(
        self, row: Row, status: Status, words: Sequence[str], known: tuple[datetime, datetime]
    ) -> datetime:
        """Return when a status was reached: by its cell, else by the profile; `known` are receipt and last event."""
        received_at, last = known
        when = self._cells.filled(row, status.at)[1] if status.at and words else ""
        if when:
            return self._past(when, words[0], received_at)
        if words and status.undated is None:
            raise BadInput(
                tr(
                    "no cell says since when – fill it, or take the latest time of the row: `undated: latest` under "
                    "`status:` in the profile, --undated latest without one"
                )
            )
        return last if status.undated == "latest" else received_at


def _in_line(column: str, number: int) -> str:
    """Return a heading of a file of events with the line that is meant, since a case has several."""
    return tr("{column} in line {line}", column=column, line=number)
