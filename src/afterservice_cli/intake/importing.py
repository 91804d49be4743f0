"""A file into the register: each row a case once, however often the file is read."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.events import called
from afterservice_cli.cases.events.general import ROW_CHANGED, ImportFinished
from afterservice_cli.cases.values import Source
from afterservice_cli.decisions import mending
from afterservice_cli.decisions.imported import Happening, retell
from afterservice_cli.decisions.intake import Draft, checked, missing_facts
from afterservice_cli.desk import Desk
from afterservice_cli.errors import BadInput, Problem, Refused
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_file import content_of
from afterservice_cli.intake.changes import RowConflict, changed_facts, new_happenings, refuse_changes
from afterservice_cli.intake.columns import demand_columns
from afterservice_cli.intake.drafting import profile_text
from afterservice_cli.intake.drafts import FaultyRow, RowDraft, RowReader
from afterservice_cli.intake.gathering import Gathered, lines_of
from afterservice_cli.intake.identity import RowIdentity, RowMatcher
from afterservice_cli.intake.profile import Profile, read_profile
from afterservice_cli.intake.proposing import Proposal, propose
from afterservice_cli.intake.rejects import Left, write_rejects
from afterservice_cli.intake.rows import Row
from afterservice_cli.intake.sampling import sampled
from afterservice_cli.intake.table import OWN, Line, Table, read_table
from afterservice_cli.language import tr
from afterservice_cli.recording import Outcome, Writer, writing
from afterservice_cli.store import queries

SHOWN = 5  # new cases of which a proposed profile shows what became of their rows
OUTCOMES = ("new", "unchanged", "changed", "conflicts", "rejected")


class Summary(Frozen):
    """What an import did. `counts` has OUTCOMES; they add up to `read`."""

    batch: str
    encoding: str
    read: int
    counts: Mapping[str, int]
    flagged: int
    unclassified: int
    left: tuple[Left, ...]
    unused: tuple[str, ...]
    absent: tuple[str, ...]
    rejects_file: Path | None
    beside: tuple[Outcome, ...] = ()  # what followed in problems of several cases
    first: tuple[Case, ...] = ()  # the first few that are new


def import_file(
    desk: Desk,
    file: Path,
    profile_file: Path | Proposal,
    rejects: Path | None,
    *,
    try_only: bool = False,
    received: datetime | None = None,
) -> Summary:
    """Read a CSV file into the register in one transaction: all of it, or nothing.

    `RowMatcher` says how rows are recognised. Rows that do not go in whole are written to `rejects`, by default
    FILE.rejects.csv in the current folder; what is there already is never overwritten. A column that the file lacks
    changes nothing in the register. `received` is when rows came in that do not say it themselves. A run that changes
    nothing leaves no trace in the history; with `try_only` nothing is recorded at all.
    """
    data = content_of(file)
    if isinstance(profile_file, Proposal):
        profile_data, called_as = profile_text(profile_file).encode(), profile_file.name
    else:
        profile_data, called_as = content_of(profile_file), str(profile_file)
    # Here, not beside the file: others may read the folder that a file comes from, and these are customers' words.
    wanted = rejects or Path(f"{file.stem}.rejects.csv")
    with writing(desk) as writer:
        profile = read_profile(profile_data, called_as, writer.rulebook, dated=received is not None)
        table = read_table(data, file.name, profile.headings())
        demand_columns(profile, table, dated=received is not None)
        rows = Gathered(table, profile) if profile.events else table
        reader = RowReader(profile, writer.rulebook, table.headings, desk.now, received)
        run = _Run(writer, profile, rows, reader)
        for line in rows.rows():
            run.take(line)
        left = run.left()
        path = write_rejects(wanted, table, left) if left and not try_only else None
        beside = writer.beside()
        if try_only:
            writer.undo()
            beside = ()
        elif run.counts["new"] or run.counts["changed"]:
            counts = {**run.counts, "flagged": run.flagged}
            writer.record_for_desk(ImportFinished(desk.now, run.batch, profile.name, counts, file.name))
    used = {"", *profile.headings(), *(OWN if table.of_rejects else ())}
    return Summary(
        run.batch,
        table.encoding,
        sum(run.counts.values()),
        run.counts,
        run.flagged,
        run.unclassified,
        left,
        tuple(heading for heading in table.headings if heading not in used),
        tuple(field for field, source in profile.columns.items() if not set(source.headings) & set(table.headings)),
        path,
        beside,
        tuple(run.first),
    )


def propose_profile(desk: Desk, file: Path, dates: Sequence[str] = (), *, dated: bool = False) -> Proposal:
    """Return the profile that a CSV file itself suggests under the rulebook in force; for `dated` see `propose`."""
    table = read_table(content_of(file), file.name, None)
    return propose(sampled(table.headings, table.rows()), desk.rulebook, dates, dated=dated)


class _Run:
    """One reading of one file."""

    def __init__(self, writer: Writer, profile: Profile, table: Table | Gathered, reader: RowReader) -> None:
        self.writer, self.profile, self._reader = writer, profile, reader
        self.batch = os.urandom(6).hex()
        self.counts = dict.fromkeys(OUTCOMES, 0)
        self.flagged = self.unclassified = 0
        self._matcher = RowMatcher(writer, profile, table)
        self.first: list[Case] = []
        self._left: list[Left] = []

    def take(self, line: Line) -> None:
        """Take in one row; a fault of the row is noted, a fault of the desk is raised."""
        try:
            if line.row is None:
                raise BadInput(tr("has more or fewer cells than the heading – quote cells with commas"))
            self._take(line, line.row)
        except BadInput as problem:
            self._leave(line, "rejected", problem.message, None)

    def left(self) -> tuple[Left, ...]:
        """Return the rows that were left, once all are taken; each rejected one with the occurrence it shall have."""
        return tuple(
            left.but(occurrence=self._matcher.reserve(left.line)) if left.status == "rejected" else left
            for left in self._left
        )

    def _take(self, line: Line, row: Row) -> None:
        """Record the row as a case or a change of one; `BadInput` if it cannot be one, before its identity is taken."""
        key = self._matcher.key(line.number)
        matched = self._matcher.place(key)
        known = queries.imported(self.writer.db, matched.identity)
        if known and known[1] == key.digest:
            self.counts["unchanged"] += 1
            return
        draft = self._reader.read(row)
        source = Source(self.profile.name, self.batch, matched.identity, key.digest)
        wanted = Draft(draft.facts, by="import", source=source, person=draft.person).but(**draft.decided)
        wanted = self.writer.acquainted(wanted)
        self._check(draft, wanted, whole=not (known and matched.certain))
        doubts = list(draft.doubts)
        try:
            if known:
                self._change(known[0], draft, source)
            else:
                self._add(wanted, draft, doubts)
        except RowConflict as problem:
            self._leave(line, "conflicts", problem.message, matched)
        else:
            self.counts["changed" if known else "new"] += 1
            if doubts:
                self.flagged += 1
                self._note(line, "flagged", tr("; ").join(doubts), matched.occurrence)
        self._matcher.take(key, matched)

    def _check(self, draft: RowDraft, wanted: Draft, *, whole: bool) -> None:
        """Refuse a row with all its faults at once; a `whole` one has what the rulebook requires of a case."""
        rulebook, now = self.writer.rulebook, self.writer.desk.now
        public, personal = checked(rulebook, wanted, now)
        missing = missing_facts(rulebook, {**public, **personal}, category=wanted.category) if whole else []
        if faults := [*draft.faults, *self._reader.lacking(missing, draft)]:
            raise FaultyRow(faults)

    def _leave(self, line: Line, outcome: str, reason: str, matched: RowIdentity | None) -> None:
        self.counts[outcome] += 1
        occurrence = matched.occurrence if matched else None
        self._note(line, outcome.removesuffix("s"), reason, occurrence)

    def _note(self, line: Line, status: str, reason: str, occurrence: int | None) -> None:
        self._left += [Left(one.number, status, reason, one.cells, occurrence) for one in lines_of(line)]

    def _add(self, wanted: Draft, row: RowDraft, doubts: list[str]) -> None:
        steps = [partial(self._retell, happening, doubts=doubts) for happening in row.happenings]
        case = self.writer.register(wanted, at=row.received_at, steps=steps)
        self.unclassified += case.unplaced
        if len(self.first) < SHOWN:
            self.first.append(case)

    def _retell(self, happening: Happening, case: Case, doubts: list[str] | None = None) -> list[Event]:
        moment = self.writer.moment(happening.at)
        try:
            beside = happening.promised_at or happening.ground
            return retell(case, moment, word=happening.word, text=happening.text, score=happening.score, beside=beside)
        except Problem as problem:
            reason = tr(
                "{column}: {what} makes no sense there, {message}",
                column=happening.column,
                what=called(happening.word),
                message=problem.message,
            )
            if doubts is None:
                raise RowConflict(reason) from None
            doubts.append(tr("{reason}; left out", reason=reason))
            return []

    def _change(self, case_id: str, row: RowDraft, source: Source) -> None:
        """Bring a case up to what its row says now; `RowConflict` if the two contradict each other."""
        case = self.writer.load(case_id)
        refuse_changes(case, row)
        facts = changed_facts(case, row)
        new = new_happenings(case, row)

        def amend(case: Case) -> list[Event]:
            return mending.amended(
                case,
                self.writer.moment(),
                facts=facts,
                reason=ROW_CHANGED,
                customer=self.writer.customer_of(facts.get("contact")),
                source=source,
            )

        steps: list[Callable[[Case], list[Event]]] = [amend, *(partial(self._retell, happening) for happening in new)]
        try:
            events = self.writer.unfold(case, steps)
        except (BadInput, Refused) as problem:
            raise RowConflict(problem.message) from None
        self.writer.record(case, events)
