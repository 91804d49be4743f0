"""A row against the case it became: what it adds and changes, and in what a person has said something else since."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from afterservice_cli.cases.case import AT_WORK, Case, Event, Recorded
from afterservice_cli.cases.events import called
from afterservice_cli.cases.events.closing import CaseRated
from afterservice_cli.cases.events.general import (
    CaseAmended,
    DeadlineMoved,
    EarlierCounted,
    EventRetracted,
    MessageWritten,
)
from afterservice_cli.cases.events.intake import CaseRegistered, TwinCounted
from afterservice_cli.cases.events.problems import CaseGathered
from afterservice_cli.cases.events.triage import CaseAssigned
from afterservice_cli.cases.values import Source, Value, as_fact
from afterservice_cli.decisions.imported import NOTHING_SAID, WORDS, Happening
from afterservice_cli.decisions.mending import builds_on
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_text import national
from afterservice_cli.intake.reading.drafts import RowDraft
from afterservice_cli.intake.reading.rows import RowFault
from afterservice_cli.intake.waits import waits_of
from afterservice_cli.language import sentence, tr
from afterservice_cli.rulebook.comparing import normal

AMENDED = sentence(
    "amended by hand in {case} – if the row is right: afterservice amend {case} --set {field}=… --reason …"
)
PLACED = sentence("chosen by hand in {case} – if the row is right: afterservice classify {case} --{field} … --reason …")
WAITING = sentence("{case} waits by hand – if the row is right: afterservice resume {case}")
ASSIGNED = sentence("assigned by hand in {case} – if the row is right: afterservice assign {case} --to … --reason …")


class RowConflict(Frozen):
    """What a row says and the case does not take from it: the field or the heading, and why."""

    field: str
    reason: str

    def under(self, heading: str) -> RowConflict:
        """Return it with the heading that the file has for it before its reason."""
        return self.but(reason=RowFault(heading, self.reason).told()) if heading else self


class RowChange(Frozen):
    """What a row changes in its case, before and after: a value of a field, or when an event happened, a UTC text.

    Of personal data it is said that it changes, and not from what to what.
    """

    field: str  # the word of the event, if it is one
    before: str | None
    after: str | None
    what: Literal["value", "personal", "event"] = "value"


class Changes(Frozen):
    """What a row says that its case lacks, and in what a person has said something else here since.

    Events `taken_back` were told by earlier rows and are told anew, in `course`, as the row has them now, if it still
    has them. `doubts` are what it says of the case and cannot be told. `goes_on` is that the case waits no longer.
    """

    facts: Mapping[str, str | None]
    decided: Mapping[str, str]
    person: str | None
    taken_back: tuple[Recorded, ...]
    course: tuple[Happening, ...]
    conflicts: tuple[RowConflict, ...]
    goes_on: Happening | None = None
    doubts: tuple[RowFault, ...] = ()

    @property
    def nothing(self) -> bool:
        """Tell whether the row says nothing new."""
        return not (self.facts or self.decided or self.person or self.taken_back or self.course or self.goes_on)


def changes_of(case: Case, row: RowDraft) -> Changes:
    """Return what a row, in the rulebook's ids, changes in the case that it became.

    What only the import has said follows the row. What a person has changed stays: that is a conflict if the row has
    come to say a third thing, and none if it still says what it said before.
    """
    if case.status == "void":
        gone = RowConflict("", tr("{case} was taken out here", case=case.number))
        return Changes({}, {}, None, (), (), (gone,))
    conflicts: list[RowConflict] = []
    if row.received_at != case.registered_at:
        conflicts.append(_received_otherwise(case))
    facts = _changed_facts(case, row, conflicts)
    decided = _changed_decisions(case, row, conflicts)
    person = _changed_person(case, row, conflicts)
    waits = waits_of(case, row, _told(case))
    taken_back, course = _changed_course(case, row.but(happenings=waits.happenings), waits.over, conflicts)
    if waits.contradicts:
        conflicts.append(RowConflict(waits.contradicts, tr(WAITING, case=case.number)))
    return Changes(facts, decided, person, taken_back, course, tuple(conflicts), waits.goes_on, waits.doubts)


def is_touched(case: Case) -> bool:
    """Tell whether anything happened to the case that no row told."""
    told = _told(case)
    return any(r.version not in told for r in case.standing if _is_act(r.event))


def _is_act(event: Event) -> bool:
    if isinstance(event, EventRetracted) and event.batch:
        return False  # an import that was undone is none
    return not isinstance(event, EarlierCounted | TwinCounted | MessageWritten | CaseGathered | DeadlineMoved)


def _received_otherwise(case: Case) -> RowConflict:
    reason = tr("{case} was registered at another time", case=case.number)
    return RowConflict("received_at", _or_taken_back(reason, case, case.events[0]))


def _or_taken_back(reason: str, case: Case, recorded: Recorded) -> str:
    """Return a reason against a row with the command that lets it in, if the row is right."""
    return tr(
        "{reason} – if the row is right: afterservice retract {case} {seq} --reason …, and import it again",
        reason=reason,
        case=case.number,
        seq=recorded.seq,
    )


def _told(case: Case) -> set[int]:
    """Return the versions of the events that rows of files told."""
    found: set[int] = set()
    for recorded in case.events:
        if source := _source_of(recorded.event):
            found.update(range(recorded.version, recorded.version + source.told + 1))
    return found


def _source_of(event: Event) -> Source | None:
    return event.source if isinstance(event, CaseRegistered | CaseAmended) else None


def _changed_facts(case: Case, row: RowDraft, conflicts: list[RowConflict]) -> dict[str, str | None]:
    said, by_hand = _last_said(case)
    now = case.every_fact()
    # An empty cell speaks against neither what earlier cases say of the customer nor what phrases have found.
    unsaid = {*case.known_from, *case.decided}
    changed: dict[str, str | None] = {}
    for name, value in row.facts.items():
        if _same_fact(name, value, now.get(name)) or (not value and name in unsaid):
            continue
        if name not in by_hand:
            changed[name] = value
        elif not _same_fact(name, value, said.get(name)):
            conflicts.append(RowConflict(name, tr(AMENDED, field=name, case=case.number)))
    return changed


def _same_fact(name: str, one: str | None, other: str | None) -> bool:
    """Tell whether two values of a fact are the same: a contact that is a number is, however it is written."""
    if _same(one, other):
        return True
    numbers = [normal(text or "") for text in (one, other)]
    plain = name == "contact" and not any(letter.isalpha() for number in numbers for letter in number)
    return plain and all(numbers) and national(numbers[0]) == national(numbers[1])


def _same(one: str | None, other: str | None) -> bool:
    """Tell whether two facts are the same but for blanks and the ends of lines."""
    return (one or "").split() == (other or "").split()


def _last_said(case: Case) -> tuple[dict[str, str | None], set[str]]:
    """Return the facts as rows last said them, and the names of those that were amended by hand after that."""
    said: dict[str, str | None] = {}
    by_hand: set[str] = set()
    for recorded in case.standing:
        event = recorded.event
        if isinstance(event, CaseRegistered):
            facts = {**event.fields, **(event.details or {}), "channel": event.channel, "kind": event.kind}
            facts |= {"product": event.product, "customer": event.customer}
            facts |= {"contact": event.contact, "description": event.description}
            said |= _as_said(facts)
        elif isinstance(event, CaseAmended):
            facts = {**event.facts, **(event.private or {})}
            if event.source:
                said |= _as_said(facts)
                by_hand -= facts.keys()
            else:
                by_hand |= facts.keys()
    return said, by_hand


def _as_said(facts: Mapping[str, Value | None]) -> dict[str, str | None]:
    return {name: as_fact(value) if value else None for name, value in facts.items()}


def _changed_decisions(case: Case, row: RowDraft, conflicts: list[RowConflict]) -> dict[str, str]:
    changed: dict[str, str] = {}
    for field, value in row.decided.items():
        now = case.decided[field].finding
        if value == now.value:
            continue
        if now.by in ("person", "escalation", "reopening"):
            found = [f for r in case.standing for f in r.event.findings if f.field == field and f.by == "import"]
            if not found or found[-1].value != value:
                by_hand = ASSIGNED if field == "owner" else PLACED
                conflicts.append(RowConflict(field, tr(by_hand, field=field, case=case.number)))
            continue
        changed[field] = value
    return changed


def _changed_person(case: Case, row: RowDraft, conflicts: list[RowConflict]) -> str | None:
    """Return the person whom the row names now, if the case is not theirs and nobody here has given it away."""
    if row.person in (None, case.person) or any(conflict.field == "owner" for conflict in conflicts):
        return None
    told, said, by_hand = _told(case), "", False
    for recorded in case.standing:
        if isinstance(recorded.event, CaseRegistered | CaseAssigned):
            by_hand = recorded.version not in told and isinstance(recorded.event, CaseAssigned)
            said = said if by_hand else recorded.event.person or ""
    if by_hand and said != row.person:
        conflicts.append(RowConflict("person", tr(ASSIGNED, case=case.number)))
    return None if by_hand else row.person


def _changed_course(
    case: Case, row: RowDraft, over: Collection[int], conflicts: list[RowConflict]
) -> tuple[tuple[Recorded, ...], tuple[Happening, ...]]:
    """Return the events that are told otherwise now, to be taken back, and what is to be told, in its order.

    Of the versions `over` the row says nothing any more.
    """
    told = _told(case)
    known = _by_word(case, over)
    kept: dict[int, Recorded] = {}  # by the place of what the row says in its course
    for place, happening in enumerate(row.happenings):
        for recorded in known.get(happening.word, ()):
            if not difference(recorded.event, happening):
                kept[place] = recorded
                known[happening.word].remove(recorded)
                break
    moved: list[Recorded] = []
    telling: set[int] = set()
    for place, happening in enumerate(row.happenings):
        if place in kept:
            continue
        earlier = known.get(happening.word, [])
        if mine := next((recorded for recorded in earlier if recorded.version in told), None):
            earlier.remove(mine)
            moved.append(mine)
            telling.add(place)
        elif earlier:
            other = earlier.pop(0)
            reason = tr(difference(other.event, happening), case=case.number, what=called(happening.word))
            conflicts.append(RowConflict(happening.column, _or_taken_back(reason, case, other)))
        else:
            telling.add(place)
    moved += _no_longer_said(case, row, known, told)
    taken_back = _with_what_builds_on(case, moved, told)
    if taken_back is None:
        for recorded in moved:
            what = called(recorded.event.word)
            reason = tr("{case}: what was done here since builds on '{what}'", case=case.number, what=what)
            conflicts.append(RowConflict(recorded.event.word, reason))
        words = {recorded.event.word for recorded in moved}
        telling = {place for place in telling if row.happenings[place].word not in words}
        taken_back = []
    again = {place for place, recorded in kept.items() if recorded in taken_back}
    return tuple(taken_back), tuple(row.happenings[place] for place in sorted(telling | again))


def _no_longer_said(
    case: Case, row: RowDraft, known: Mapping[str, Sequence[Recorded]], told: set[int]
) -> list[Recorded]:
    """Return the events that rows told and this one denies; none if a person has the case begin again since."""
    gone = [recorded for word in row.unsaid for recorded in known.get(word, ()) if recorded.version in told]
    begun_again = case.status in AT_WORK and _with_what_builds_on(case, gone, told) is None
    return [] if begun_again else gone


def _by_word(case: Case, over: Collection[int]) -> dict[str, list[Recorded]]:
    """Return the events of a case that a row may tell, by word, without those `over`."""
    found: dict[str, list[Recorded]] = {}
    for recorded in case.standing:
        if not isinstance(recorded.event, TwinCounted) and recorded.version not in over:
            found.setdefault(recorded.event.word, []).append(recorded)
    return found


def _with_what_builds_on(case: Case, moved: Sequence[Recorded], told: set[int]) -> list[Recorded] | None:
    """Return these events and those that build on them, the last first; None if one of these was told by no row."""
    found = list(moved)
    for recorded in case.standing:
        if recorded in found or _joined_only(recorded.event):
            continue
        if not any(earlier.seq < recorded.seq and builds_on(recorded.event, earlier.event) for earlier in found):
            continue
        if recorded.version not in told:
            return None
        if recorded.event.word in WORDS:
            found.append(recorded)
    return sorted(found, key=lambda recorded: -recorded.seq)


def _joined_only(event: Event) -> bool:
    """Tell whether a case joined a problem, or others count before it, and kept its deadlines: it builds on nothing."""
    return isinstance(event, CaseGathered | EarlierCounted) and not (event.deadlines or event.dropped)


def difference(event: Event, happening: Happening) -> str:
    """Return the sentence on what differs between an event and what the row says happened; "" if nothing does."""
    if event.at != happening.at:
        return sentence("{case} was {what} at another time")
    if isinstance(event, CaseRated) and event.scores.get("overall") != happening.score:
        return sentence("{case} was {what} with another score")
    if not _same("" if event.said == NOTHING_SAID else event.said, happening.text):
        return sentence("{case} was {what} in other words")
    return ""
