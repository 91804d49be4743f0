"""A row to a draft: its facts, when it was received, what happened to it, and all that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from afterservice_cli.cases.values import SEVERAL
from afterservice_cli.decisions.checks import team_and_person
from afterservice_cli.decisions.imported import Happening
from afterservice_cli.decisions.intake import EITHER, WHO
from afterservice_cli.errors import BadInput
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_text import NONE, check_text, says_nothing, spelling
from afterservice_cli.intake.reading.course import CourseReader, RowCourse
from afterservice_cli.intake.reading.profile import DECIDED, ColumnSource, Profile, is_closed
from afterservice_cli.intake.reading.rows import CellReader, Row, RowFault, rows_of, within
from afterservice_cli.intake.words.cells import lost, unsaid, whole
from afterservice_cli.language import listed, spoken, tr
from afterservice_cli.rulebook.calling import fact_called
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.values import read_number, split_cell
from afterservice_cli.time.instants import FIRST_YEAR, LAST_YEAR, to_local_text, to_text

Convert = Callable[[str], str]
Read = Callable[[Row, list[RowFault]], str | None]
_MOST_KNOWN = 4_096  # spellings of a column's values that are remembered
# Texts in which a number that a spreadsheet has cut may be meant as it stands.
_FREE = ("description", "customer")


class FaultyRow(BadInput):
    """A row that cannot become a case, with every reason."""

    def __init__(self, faults: Sequence[RowFault]) -> None:
        super().__init__(tr("; ").join(fault.told() for fault in faults))
        self.faults = tuple(faults)


class RowDraft(Frozen):
    """What a row says, in the rulebook's ids; `doubts` are the things in it that were left out, each with the reason.

    A row with `faults` cannot become a case; what could be read of it is there all the same. `goes_on` is what its
    status says of a case that waits (`course.RowCourse`).
    """

    facts: Mapping[str, str | None]
    decided: Mapping[str, str]
    received_at: datetime
    happenings: tuple[Happening, ...]
    doubts: tuple[RowFault, ...]
    person: str | None = None
    faults: tuple[RowFault, ...] = ()
    goes_on: Happening | RowFault | None = None
    unsaid: frozenset[str] = frozenset()


class RowReader:
    """Reads the rows of one file; what profile, rulebook and headings decide is decided once.

    `received` is when all rows were received that say nothing of it themselves.
    """

    def __init__(
        self,
        profile: Profile,
        rulebook: Rulebook,
        headings: Collection[str],
        now: datetime,
        received: datetime | None = None,
    ) -> None:
        self._profile, self._rulebook, self._now = profile, rulebook, now
        self._cells = CellReader(profile, rulebook)
        self._received = received
        present = {name: here for name, source in profile.columns.items() if (here := within(source, headings))}
        self._headings = {name: here.headings[0] for name, here in present.items()}
        self._receipt = present.get("received_at") or (profile.events and within(profile.events.step.at, headings))
        facts = sorted((present.keys() | profile.defaults.keys()) - {"received_at", "number"})
        self._fields = [self._field(name, present.get(name)) for name in facts]
        self._course = CourseReader(profile, self._cells, headings, now)

    def read(self, row: Row) -> RowDraft:
        """Return what a row says; no message repeats a cell that may be personal."""
        faults: list[RowFault] = []
        doubts: list[RowFault] = []
        facts: dict[str, str | None] = {}
        for name, read in self._fields:
            try:
                facts[name] = read(row, doubts)
            except _Misread as wrong:
                faults.append(wrong.fault)
        received_at = self._received_at(row, faults)
        decided = {name: value for name in DECIDED if (value := facts.pop(name, None))}
        person = facts.pop("person", None)
        if owner := decided.get("owner"):
            decided["owner"], _, named = owner.partition("/")
            person = named or person
        told = self._course.read(row, received_at, doubts) if received_at else RowCourse()
        came, left_out = received_at or self._now, tuple(doubts)
        return RowDraft(
            facts, decided, came, told.happenings, left_out, person, tuple(faults), told.goes_on, told.unsaid
        )

    def receipt(self, row: Row) -> datetime | None:
        """Return when a row came in; None if nobody can tell."""
        return self._received_at(row, [])

    def heading(self, field: str) -> str:
        """Return the headings under which the file has a field, or several; what is given, if it has no column."""
        return listed(self._headings.get(name, name) for name in field.split(", "))

    def lacking(self, missing: Collection[str], draft: RowDraft) -> list[RowFault]:
        """Return the faults of a draft that lacks these facts, beside those that it has already."""
        known = {fault.column for fault in draft.faults}
        found = [self._lacking(name) for name in missing]
        return [fault for fault in found if fault.column not in known]

    def _lacking(self, name: str) -> RowFault:
        columns = self._profile.columns
        if name == EITHER:
            who = [self._headings.get(field) or columns[field].headings[0] for field in WHO if field in columns]
            return RowFault(
                tr(" or ").join(who or [EITHER]), tr("nothing stands there, and the rulebook takes no anonymous cases")
            )
        if name in columns:
            heading = self._headings.get(name) or columns[name].headings[0]
            if name in WHO and self._rulebook.intake.customer == "both_or_none":
                said = tr("nothing stands there, and the rulebook takes name and contact both, or neither")
                return RowFault(heading, said)
            return RowFault(heading, tr("nothing stands there, and the rulebook requires it"))
        is_own = name in self._rulebook.fields
        title = self._rulebook.title("field", name, spoken()) if is_own else fact_called(name, self._rulebook)
        called = name if title == name else tr("{title} ({field})", title=title, field=name)
        return RowFault(
            called, tr("the rulebook requires it – map it under `columns:`, or give it a value under `defaults:`")
        )

    def _received_at(self, row: Row, faults: list[RowFault]) -> datetime | None:
        if rows_of(row) and not self._begins(row):
            faults.append(RowFault("received_at", tr("no row says that the case was registered")))
            return None
        heading, text = self._cells.filled(row, self._receipt) if self._receipt else ("", "")
        default = self._profile.defaults.get("received_at", "")
        for where, said in ((heading, text), ("received_at", default)):
            if not said:
                continue
            try:
                at = self._cells.date(said)
            except BadInput as problem:
                if says_nothing(said):
                    continue
                faults.append(RowFault(_both(where), problem.message))
                return None
            if at > self._now:
                when = to_local_text(at, self._cells.zone) if _is_of_digits(said) else said
                faults.append(RowFault(_both(where), tr("{when} lies in the future", when=when)))
                return None
            return at
        if not self._received:
            message = tr("nothing stands there – fill it, or give it for all: --received-at 2026-10-01")
            faults.append(RowFault(_both(self._receipt.headings[0] if self._receipt else "received_at"), message))
        return self._received

    def _begins(self, row: Row) -> bool:
        """Tell whether one of the rows of a case says that it was registered, if the file has a word for that."""
        events = self._profile.events
        return (
            not events
            or "registered" not in events.means.values()
            or any(
                events.means.get(spelling(self._cells.filled(one, events.column)[1])) == "registered"
                for one in rows_of(row)
            )
        )

    def _field(self, name: str, source: ColumnSource | None) -> tuple[str, Read]:
        """Return how a field is read; of one that has few values, what stands in its cell is understood once."""
        read = self._reading(name, source)
        if source and len(source.headings) == 1 and is_closed(name, self._rulebook):
            read = _remembering(read, source.headings[0])
        return name, read

    def _reading(self, name: str, source: ColumnSource | None) -> Read:
        """Return how a field is read from a row; what cannot be read is raised, what is left out a doubt."""
        profile, default = self._profile, self._profile.defaults.get(name)
        convert, means = self._convert(name), profile.values.get(name, {})
        several, unfit, is_none = name in self._rulebook.several, name not in _FREE, NONE.get(name)
        text_of = self._text_of(source, is_none)

        def read(row: Row, doubts: list[RowFault]) -> str | None:
            text = text_of(row)
            if text and (reason := lost(text) if unfit else unsaid(text)):
                doubts.append(RowFault(told(row), tr(reason)))
                return None
            try:
                if text and not (is_none and is_none(text)):
                    return parsed(text)
            except BadInput as problem:
                if name == "person" and not says_nothing(text):
                    doubts.append(RowFault(told(row), problem.message))
                    return None
                if not says_nothing(text):
                    raise _Misread(RowFault(told(row), problem.message)) from None
            try:
                return convert(default) if default else None
            except BadInput as problem:
                raise _Misread(RowFault(name, problem.message)) from None

        def parsed(text: str) -> str | None:
            if not several:
                return convert(means.get(spelling(text), text) if means else text)
            parts = (convert(means.get(spelling(part), part)) for part in split_cell(text))
            return SEVERAL.join(dict.fromkeys(parts)) or None

        def told(row: Row) -> str:
            return (self._cells.filled(row, source)[0] if source else "") or name

        return read

    def _text_of(self, source: ColumnSource | None, is_none: Callable[[str], bool] | None) -> Callable[[Row], str]:
        if source is None:
            return lambda row: ""
        return self._cells.reading_each(source, is_none) if is_none else self._cells.reading(source)

    def _convert(self, name: str) -> Convert:
        """Return what makes a field's value of a text; it raises `BadInput`, with what the profile can do about it."""
        rulebook = self._rulebook
        kind = rulebook.fields[name].type if name in rulebook.fields else ""
        if is_closed(name, rulebook):
            return lambda text: self._known(name, text)
        if kind == "number":
            return lambda text: _explained(
                lambda: read_number(text, name), tr("if it says nothing, `empty:` in the profile")
            )
        if kind == "date":
            return self._day
        if kind == "time":
            return self._time
        if name == "contact":
            return lambda text: check_text(whole(text), name)
        return lambda text: check_text(text, name)

    def _known(self, name: str, text: str) -> str:
        """Return the rulebook's id of a value; of a person, their id; of an owner, also `TEAM/PERSON`."""
        rulebook = self._rulebook
        try:
            if name == "person":
                return rulebook.person_called(text) or rulebook.known("person", text, where=" ").strip()
            if name == "owner" and ("/" in text or rulebook.person_called(text)):
                team, person = team_and_person(rulebook, text)
                return f"{team}/{person}" if person else team
            return rulebook.known(name, text, where=" ")
        except BadInput as problem:
            message = problem.message.strip()
        # What stands in a wrong column may be anything: the message does not repeat it.
        raise BadInput(
            tr(
                "{message} – or say what it means: `values: {{{name}: {{…: …}}}}` in the profile",
                message=message,
                name=name,
            )
        )

    def _day(self, text: str) -> str:
        day = self._cells.date(text).astimezone(self._cells.zone).date()
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise BadInput(
                tr("this lies beyond the years {first} to {last} – write one of them", first=FIRST_YEAR, last=LAST_YEAR)
            )
        return day.isoformat()

    def _time(self, text: str) -> str:
        """Return a time of the case in UTC; a day alone is its close of business."""
        return to_text(self._cells.ahead(text))


class _Misread(Exception):
    """A cell that makes the whole row faulty."""

    def __init__(self, fault: RowFault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def _both(heading: str) -> str:
    """Return a heading of the receipt with the field that it stands for."""
    return heading if heading == "received_at" else tr("received_at ({heading})", heading=heading)


def _is_of_digits(text: str) -> bool:
    """Tell whether a date is a number, which nobody reads as one."""
    return text.replace(".", "").isdecimal()


def _remembering(read: Read, heading: str) -> Read:
    """Return a reading of one cell that remembers what it made of texts; what is wrong is found anew each time."""
    known: dict[str, str | None] = {}

    def reading(row: Row, doubts: list[RowFault]) -> str | None:
        text = row.get(heading, "")
        if text in known:
            return known[text]
        before = len(doubts)
        found = read(row, doubts)
        if len(doubts) == before:
            if len(known) >= _MOST_KNOWN:
                known.clear()
            known[text] = found
        return found

    return reading


def _explained(convert: Callable[[], str], way: str) -> str:
    try:
        return convert()
    except BadInput as problem:
        raise BadInput(tr("{message} – {way}", message=problem.message, way=way)) from None
