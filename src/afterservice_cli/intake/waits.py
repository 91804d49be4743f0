"""A status against a case that waits, or waited: it goes on, or waits once more, as a later export says."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from afterservice_cli.cases.case import AT_WORK, Case, Recorded
from afterservice_cli.cases.events.handling import CasePaused, CaseResumed
from afterservice_cli.decisions.imported import Happening
from afterservice_cli.frozen import Frozen
from afterservice_cli.intake.reading.drafts import RowDraft
from afterservice_cli.intake.reading.rows import RowFault

_BESIDE = {"replied", "resumed", "resolved", "closed", "withdrawn", "reopened"}  # by which a row itself ends a wait


class Waits(Frozen):
    """What a row says of the waits of its case.

    Pauses of the versions `over` are past, by an earlier row, and `happenings` are what the row tells, none of them a
    pause before the last of those ended. With `goes_on` the case waits no longer, if nothing else in the row ends that;
    `contradicts` is the heading under which the row has come to say so of a case that a person let wait.
    """

    happenings: tuple[Happening, ...]
    over: Collection[int] = ()
    goes_on: Happening | None = None
    contradicts: str = ""
    doubts: tuple[RowFault, ...] = ()


def waits_of(case: Case, row: RowDraft, told: Collection[int]) -> Waits:
    """Return what a row says of the waits of its case, in which rows told the events of these versions."""
    waits = [recorded for recorded in case.standing if isinstance(recorded.event, CasePaused | CaseResumed)]
    by_rows = [recorded for recorded in waits if recorded.version in told]
    if row.goes_on:
        return _going_on(case, row, waits, by_rows)
    if case.status not in AT_WORK or not _BESIDE.isdisjoint(one.word for one in row.happenings):
        return Waits(row.happenings)
    ended = next((one for one in reversed(by_rows) if isinstance(one.event, CaseResumed)), None)
    if ended is None:
        return Waits(row.happenings)
    over = {recorded.version for recorded in by_rows if recorded.version <= ended.version}
    since = ended.event.at
    later = [one.but(at=max(one.at, since)) if one.word == "paused" else one for one in row.happenings]
    return Waits(tuple(later), over)


def _going_on(case: Case, row: RowDraft, waits: Sequence[Recorded], by_rows: Sequence[Recorded]) -> Waits:
    """Return what a row says by whose status the case does not wait; of its pauses and their ends rows told some."""
    goes_on, pause, last = row.goes_on, case.pause, by_rows[-1] if by_rows else None
    if not goes_on or not pause or not last or isinstance(last.event, CaseResumed):
        return Waits(row.happenings)
    if any(happening.word == "paused" for happening in row.happenings):
        return Waits(row.happenings)  # the row has a time of its own for the wait
    if last != waits[-1]:
        return Waits(row.happenings, contradicts=goes_on.column)
    if isinstance(goes_on, RowFault):
        return Waits(row.happenings, doubts=(goes_on,))
    return Waits(row.happenings, goes_on=goes_on.but(at=max(goes_on.at, pause.from_at)))
