"""A file into the register: each row a case once, however often the file is read."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.events import called
from afterservice_cli.cases.events.general import ROW_CHANGED, ImportFinished
from afterservice_cli.cases.values import SEVERAL, Source
from afterservice_cli.decisions import mending
from afterservice_cli.decisions.checks import split_facts
from afterservice_cli.decisions.imported import retell
from afterservice_cli.decisions.intake import Draft, complete
from afterservice_cli.desk import Desk
from afterservice_cli.errors import BadInput, Problem, Refused
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_file import content_of
from afterservice_cli.instants import has_time, to_text
from afterservice_cli.intake.changes import RowConflict, changed_facts, new_happenings, refuse_changes
from afterservice_cli.intake.drafts import Happening, Row, RowDraft, filled, read_row
from afterservice_cli.intake.headings import OWN
from afterservice_cli.intake.identity import RowIdentity, RowMatcher
from afterservice_cli.intake.profile import Profile, is_closed, read_profile
from afterservice_cli.intake.rejects import Left, write_rejects
from afterservice_cli.intake.source import STDIN, opened
from afterservice_cli.intake.table import NOTHING, Asked, Line, Table, table_of
from afterservice_cli.language import tr
from afterservice_cli.recording import Outcome, Writer, writing
from afterservice_cli.rulebook.dates import end_of_day
from afterservice_cli.rulebook.values import split_cell
from afterservice_cli.store import queries

OUTCOMES = ("new", "unchanged", "changed", "conflicts", "rejected")


class Summary(Frozen):
    """What an import did. `counts` has OUTCOMES; they add up to `read`."""

    batch: str
    encoding: str | None  # None for a sheet
    read: int
    counts: Mapping[str, int]
    flagged: int
    unclassified: int
    left: tuple[Left, ...]
    unused: tuple[str, ...]
    absent: tuple[str, ...]
    rejects_file: Path | None
    beside: tuple[Outcome, ...] = ()  # what followed in problems of several cases
    delimiter: str | None = None  # None for a sheet
    sheet: str | None = None
    heading_line: int = 1


def import_file(
    desk: Desk,
    file: Path,
    profile_file: Path,
    rejects: Path | None,
    asked: Asked = NOTHING,
    *,
    try_only: bool = False,
) -> Summary:
    """Read a table into the register in one transaction: all of it, or nothing; `asked` goes before the profile.

    `RowMatcher` says how rows are recognised. Rows that do not go in whole are written to `rejects`, by default
    FILE.rejects.csv in the current folder; what is there already is never overwritten. A column that the file lacks
    changes nothing in the register. A run that changes nothing leaves no trace in the history; with `try_only` nothing
    is recorded at all.
    """
    profile_data = content_of(profile_file)
    # Here, not beside the file: others may read the folder that a file comes from, and these are customers' words.
    wanted = rejects or Path(f"{_stem(file)}.rejects.csv")
    with opened(file) as source, writing(desk) as writer, ExitStack() as stack:
        profile = read_profile(profile_data, str(profile_file), writer.rulebook)
        table = stack.enter_context(table_of(source, profile.headings(), _asked(asked, profile)))
        if table.sheet is not None:
            profile = profile.but(dates=profile.dates.with_iso())  # as the cells of a sheet are written
        run = _Run(writer, profile, table)
        for line in table.rows():
            run.take(line)
        left = run.left()
        path = write_rejects(wanted, table, left) if left and not try_only else None
        beside = writer.beside()
        if try_only:
            writer.undo()
            beside = ()
        elif run.counts["new"] or run.counts["changed"]:
            counts = {**run.counts, "flagged": run.flagged}
            writer.record_for_desk(
                ImportFinished(desk.now, run.batch, profile.name, counts, "stdin" if file == STDIN else file.name)
            )
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
        table.delimiter,
        table.sheet,
        table.line,
    )


def _asked(asked: Asked, profile: Profile) -> Asked:
    return Asked(asked.encoding or profile.encoding, asked.sheet or profile.sheet)


def _stem(file: Path) -> str:
    if file == STDIN:
        return "stdin"
    return file.with_suffix("").stem if file.suffix == ".gz" else file.stem


class _Run:
    """One reading of one file."""

    def __init__(self, writer: Writer, profile: Profile, table: Table) -> None:
        self.writer, self.profile = writer, profile
        self.batch = os.urandom(6).hex()
        self.counts = dict.fromkeys(OUTCOMES, 0)
        self.flagged = self.unclassified = 0
        self._matcher = RowMatcher(writer, profile, table)
        self._left: list[Left] = []

    def take(self, line: Line) -> None:
        """Take in one row; a fault of the row is noted, a fault of the desk is raised."""
        try:
            if line.row is None:
                raise BadInput(line.fault)
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
        draft = self._draft(row)
        source = Source(self.profile.name, self.batch, matched.identity, key.digest)
        wanted = self.writer.acquainted(Draft(draft.facts, by="import", source=source).but(**draft.decided))
        if not (known and matched.certain):
            complete(self.writer.rulebook, wanted, self.writer.desk.now)
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
                self._left.append(Left(line.number, "flagged", tr("; ").join(doubts), line.cells, matched.occurrence))
        self._matcher.take(key, matched)

    def _leave(self, line: Line, outcome: str, reason: str, matched: RowIdentity | None) -> None:
        self.counts[outcome] += 1
        occurrence = matched.occurrence if matched else None
        self._left.append(Left(line.number, outcome.removesuffix("s"), reason, line.cells, occurrence))

    def _draft(self, row: Row) -> RowDraft:
        """Return what the row says, in the rulebook's ids; `BadInput` names the column of a word it does not know."""
        rulebook = self.writer.rulebook
        draft = read_row(row, self.profile, rulebook.zone, self.writer.desk.now)

        def known(field: str, value: str | None) -> str | None:
            timed = field in rulebook.fields and rulebook.fields[field].type == "time"
            if not value or not (timed or is_closed(field, rulebook)):
                return value or None
            # What stands in a wrong column may be anything: the message does not repeat it.
            heading = filled(row, self.profile.columns[field])[0] if field in self.profile.columns else field
            if timed:
                return self._time(value, heading)
            return rulebook.known(field, value, where=tr("{column}: ", column=heading))

        def read(field: str, value: str | None) -> str | None:
            if not value or field not in rulebook.several:
                return known(field, value)
            means = self.profile.values.get(field, {})
            parts = (known(field, means.get(part.casefold(), part)) for part in split_cell(value))
            return SEVERAL.join(filter(None, parts)) or None

        facts = {name: read(name, value) for name, value in draft.facts.items()}
        public, personal = split_facts(rulebook, facts, self.writer.desk.now)
        decided = {field: rulebook_id for field, value in draft.decided.items() if (rulebook_id := known(field, value))}
        return draft.but(facts={**public, **personal}, decided=decided)

    def _time(self, text: str, heading: str) -> str:
        """Return a time of the case in UTC, read as the profile says; a day alone is its close of business."""
        calendar = self.writer.rulebook.calendar
        try:
            at = self.profile.dates.read(text, calendar.zone)
        except ValueError as error:
            raise BadInput(tr("{column}: {message}", column=heading, message=error)) from None
        return to_text(at if has_time(text) else end_of_day(at.astimezone(calendar.zone).date(), calendar))

    def _add(self, wanted: Draft, row: RowDraft, doubts: list[str]) -> None:
        steps = [partial(self._retell, happening, doubts=doubts) for happening in row.happenings]
        case = self.writer.register(wanted, at=row.received_at, steps=steps)
        self.unclassified += case.unplaced

    def _retell(self, happening: Happening, case: Case, doubts: list[str] | None = None) -> list[Event]:
        moment = self.writer.moment(happening.at)
        try:
            return retell(case, moment, word=happening.word, text=happening.text, score=happening.score)
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
