"""A file into the register: each row a case once, however often the file is read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.events.general import ImportFinished
from afterservice_cli.cases.values import Source
from afterservice_cli.decisions.imported import Happening
from afterservice_cli.decisions.intake import Draft, checked, missing_facts
from afterservice_cli.desk import Desk
from afterservice_cli.errors import BadInput, Problem
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_file import content_of
from afterservice_cli.intake.drafts import FaultyRow, RowDraft, RowReader
from afterservice_cli.intake.following import follow, senseless
from afterservice_cli.intake.following import told as retold
from afterservice_cli.intake.gathering import Gathered, lines_of
from afterservice_cli.intake.identity import RowIdentity, RowMatcher, ToldRow
from afterservice_cli.intake.profile import Profile, read_profile
from afterservice_cli.intake.rejects import Left, write_rejects
from afterservice_cli.intake.table import OWN, read_table
from afterservice_cli.language import tr
from afterservice_cli.recording import Outcome, Writer, writing

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


def import_file(
    desk: Desk,
    file: Path,
    profile_file: Path,
    rejects: Path | None,
    *,
    try_only: bool = False,
    strict: bool = False,
    received: datetime | None = None,
) -> Summary:
    """Read a CSV file into the register in one transaction: all of it, or nothing.

    `RowMatcher` says how rows are recognised. Rows that do not go in whole are written to `rejects`, by default
    FILE.rejects.csv in the current folder; what is there already is never overwritten. A column that the file lacks
    changes nothing in the register. `received` is when rows came in that do not say it themselves. A run that changes
    nothing leaves no trace in the history; with `try_only` nothing is recorded at all, and if
    `strict` nothing unless every row goes in.
    """
    data, profile_data = content_of(file), content_of(profile_file)
    # Here, not beside the file: others may read the folder that a file comes from, and these are customers' words.
    wanted = rejects or Path(f"{file.stem}.rejects.csv")
    with writing(desk) as writer:
        profile = read_profile(profile_data, str(profile_file), writer.rulebook, dated=received is not None)
        table = read_table(data, file.name, profile.headings())
        rows = Gathered(table, profile) if profile.events else table
        reader = RowReader(profile, writer.rulebook, table.headings, desk.now, received)
        run = _Run(writer, profile, RowMatcher(writer, profile, rows, reader), reader)
        for told in run.matcher.rows():
            run.take(told)
        left = run.left()
        path = write_rejects(wanted, table, left) if left and not try_only else None
        beside = writer.beside()
        if try_only or (strict and (run.counts["rejected"] or run.counts["conflicts"])):
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
    )


class _Run:
    """One reading of one file."""

    def __init__(self, writer: Writer, profile: Profile, matcher: RowMatcher, reader: RowReader) -> None:
        self.writer, self.profile, self.matcher, self._reader = writer, profile, matcher, reader
        self.batch = os.urandom(6).hex()
        self.counts = dict.fromkeys(OUTCOMES, 0)
        self.flagged = self.unclassified = 0
        self._left: list[tuple[Left, ToldRow]] = []

    def take(self, told: ToldRow) -> None:
        """Take in one row; a fault of the row is noted, a fault of the desk is raised."""
        try:
            if told.line.row is None:
                raise BadInput(tr("has more or fewer cells than the heading – quote cells with commas"))
            self._take(told)
        except BadInput as problem:
            self.counts["rejected"] += 1
            fields = [fault.column for fault in problem.faults] if isinstance(problem, FaultyRow) else []
            self._leave(told, "rejected", fields, problem.message, None)

    def left(self) -> tuple[Left, ...]:
        """Return the rows that were left, once all are taken; each rejected one with the occurrence it shall have."""
        return tuple(
            left.but(occurrence=self.matcher.reserve(told)) if left.status == "rejected" else left
            for left, told in self._left
        )

    def _take(self, told: ToldRow) -> None:
        """Record the row as a case or a change of one; `BadInput` if it cannot be one, before its identity is taken."""
        matched = self.matcher.place(told)
        known, draft, key = matched.known, told.draft, told.key
        if known and known.digest == told.digest:
            self.counts["unchanged"] += 1
            return
        assert draft is not None
        assert key is not None
        source = Source(self.profile.name, self.batch, matched.identity, told.digest)
        wanted = Draft(draft.facts, by="import", source=source, person=draft.person).but(**draft.decided)
        wanted = self.writer.acquainted(wanted.but(source_number=key.number or None))
        self._check(draft, wanted, whole=not (known and matched.certain))
        if known:
            self._follow(told, matched, known.case, source)
        else:
            self._add(told, matched, wanted)
        self.matcher.take(told, matched)

    def _check(self, draft: RowDraft, wanted: Draft, *, whole: bool) -> None:
        """Refuse a row with all its faults at once; a `whole` one has what the rulebook requires of a case."""
        rulebook, now = self.writer.rulebook, self.writer.desk.now
        public, personal = checked(rulebook, wanted, now)
        missing = missing_facts(rulebook, {**public, **personal}, category=wanted.category) if whole else []
        if faults := [*draft.faults, *self._reader.lacking(missing, draft)]:
            raise FaultyRow(faults)

    def _leave(
        self, told: ToldRow, status: str, fields: Iterable[str], reason: str, matched: RowIdentity | None
    ) -> None:
        field = tr(", ").join(dict.fromkeys(filter(None, fields)))
        occurrence = matched.occurrence if matched else None
        for one in lines_of(told.line):
            self._left.append((Left(one.number, status, field, reason, one.cells, occurrence), told))

    def _flag(self, told: ToldRow, doubts: Sequence[str], matched: RowIdentity) -> None:
        if doubts:
            self.flagged += 1
            self._leave(told, "flagged", (), tr("; ").join(doubts), matched)

    def _add(self, told: ToldRow, matched: RowIdentity, wanted: Draft) -> None:
        assert told.draft is not None
        doubts = list(told.draft.doubts)

        def step(case: Case, happening: Happening) -> list[Event]:
            try:
                return retold(self.writer, happening, case)
            except Problem as problem:
                doubts.append(tr("{reason}; left out", reason=senseless(happening, problem)))
                return []

        steps = [partial(step, happening=happening) for happening in told.draft.happenings]
        case = self.writer.register(wanted, at=told.draft.received_at, steps=steps)
        self.unclassified += case.unplaced
        self.counts["new"] += 1
        self._flag(told, doubts, matched)

    def _follow(self, told: ToldRow, matched: RowIdentity, case_id: str, source: Source) -> None:
        """Bring a case up to what its row says now; if a person has said otherwise since, the rest goes in."""
        assert told.draft is not None
        followed = follow(self.writer, case_id, told.draft, source)
        if followed.conflicts:
            self.counts["conflicts"] += 1
            fields = [conflict.field for conflict in followed.conflicts]
            reason = tr("; ").join(conflict.reason for conflict in followed.conflicts)
            if followed.changes:
                reason = tr("{reason}; the rest of the row went in", reason=reason)
            self._leave(told, "conflict", fields, reason, matched)
        else:
            self.counts["changed" if followed.changes else "unchanged"] += 1
            self._flag(told, [*(told.draft.doubts if followed.changes else ()), *followed.doubts], matched)
