"""A file into the register: each row a case once, however often the file is read."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path

from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.events.general import ImportFinished
from afterservice_cli.cases.values import Source
from afterservice_cli.decisions.imported import Happening
from afterservice_cli.decisions.intake import Checked, Draft, checked, missing_facts
from afterservice_cli.decisions.likeness import KEPT, Suspect, Told, told_by
from afterservice_cli.errors import BadInput, Conflict, Problem, StorageFailed
from afterservice_cli.frozen import Frozen
from afterservice_cli.intake.following import follow, retold, senseless
from afterservice_cli.intake.identity import RowIdentity, RowMatcher, ToldRow
from afterservice_cli.intake.planned import ImportPlan, Planning, stopped_by
from afterservice_cli.intake.proposals.opening import opened_by
from afterservice_cli.intake.proposals.proposal import ProposedProfile
from afterservice_cli.intake.reading.drafts import FaultyRow, RowDraft, RowReader
from afterservice_cli.intake.reading.gathering import Gathered, lines_of
from afterservice_cli.intake.reading.profile import Profile
from afterservice_cli.intake.reading.receipts import ByReceipt
from afterservice_cli.intake.reading.rows import RowFault
from afterservice_cli.intake.rejects import Left, LeftRows, clear_rejects, rejects_of, write_rejects
from afterservice_cli.intake.tables.headings import OWN
from afterservice_cli.intake.tables.source import STDIN, SourceFile, opened
from afterservice_cli.intake.tables.table import NOTHING, FileOptions, Table
from afterservice_cli.intake.words.markup import markup_of_row
from afterservice_cli.interruptions import held
from afterservice_cli.language import listed, tr
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.store.connection import Turn
from afterservice_cli.store.reading.suspects import DAY, Looks, new_suspects
from afterservice_cli.time.instants import to_text
from afterservice_cli.workflows.desk import Desk
from afterservice_cli.workflows.recording import Outcome, Writer, writing

SHOWN = 5  # new cases of which a proposed profile shows what became of their rows, and suspect ones that are told
OUTCOMES = ("new", "unchanged", "changed", "conflicts", "rejected")


class ImportOrder(Frozen):
    """How a file is to be imported.

    `rejects` is where rows go that leave something behind; `received` is when rows came in that do not say it
    themselves; `asked` goes before the profile. With `try_only` nothing is recorded; if `strict` nothing unless every
    row goes in. `progress` is told how many rows are read, and of how many.
    """

    rejects: Path | None = None
    asked: FileOptions = NOTHING
    received: datetime | None = None
    try_only: bool = False
    strict: bool = False
    progress: Callable[[int, int], None] = lambda done, total: None


PLAIN = ImportOrder()


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
    problems: tuple[Outcome, ...] = ()  # what followed in problems of several cases
    delimiter: str | None = None  # None for a sheet
    sheet: str | None = None
    other_sheets: tuple[str, ...] = ()  # that hold something and were not read
    heading_line: int = 1
    first: tuple[Case, ...] = ()  # the first few that are new
    stopped: bool = False  # by whoever had begun it: the file was not read to its end
    plan: ImportPlan | None = None  # if it was tried only, to the end
    suspect: int = 0  # new cases that look like something
    suspects: tuple[Suspect, ...] = ()  # the first few of them
    recorded: bool = True  # not tried only, nor left since rows are left over
    left_rows: Mapping[str, int] = {}  # how many lines are left, by status; `left` has the first few of each
    cleared: tuple[Path, ...] = ()  # rejects of earlier imports whose rows are in now: they are gone
    older: tuple[Path, ...] = ()  # and those that are not of this file as it is now
    left_out: tuple[int, ...] = ()  # where rows of sums stand, or what is written below a table
    kind: str = ""  # of table, if it was made one: `page` or `form`
    markup: Mapping[str, int] = {}  # new rows with a cell of HTML: `whole`, read as plain text, or in `part`, kept so


def import_file(desk: Desk, file: Path | SourceFile, by: Path | ProposedProfile, order: ImportOrder = PLAIN) -> Summary:
    """Read a table into the register, in transactions so short that nobody else waits for long.

    Whoever is stopped on the way leaves whole cases, and the same command reads the rest; Ctrl-C ends it with a summary
    that says so, `Conflict` if another rulebook was adopted meanwhile. A `strict` one is a single transaction.
    `RowMatcher` says how rows are recognised. Rows that do not go in whole are written to a rejects file, by default
    FILE.rejects.csv in the current folder; what is there already is never overwritten. A column that the file lacks
    changes nothing in the register. A run that changes nothing leaves no trace in the history.
    """
    with ExitStack() as stack:
        source = file if isinstance(file, SourceFile) else stack.enter_context(opened(file))
        with desk.reading() as db:
            rulebook = desk.rulebook_in_force(db)
        profile, table = opened_by(source, by, rulebook, order.asked, order.received is not None, stack)
        with desk.reading():
            run = _Run(desk, rulebook, profile, source.path, table, order)
            stack.callback(run.left.close)
        run.read()
        run.look_over()
        return run.summary()


class _Run:
    """One reading of one file, in several transactions; counts are as of the last that was kept."""

    writer: Writer

    def __init__(
        self, desk: Desk, rulebook: Rulebook, profile: Profile, file: Path, table: Table, order: ImportOrder
    ) -> None:
        self._desk, self._rulebook, self._profile = desk, rulebook, profile
        self._file, self._table, self._order = file, table, order
        self._reader = RowReader(profile, desk.rulebook, table.headings, desk.now, order.received)
        lines = Gathered(table, profile) if profile.events else table
        # What counts of a customer's earlier cases, and what they say of the customer, has to be there before the case.
        in_order = rulebook.earlier or set(rulebook.of_customer) & profile.columns.keys()
        rows = ByReceipt(lines, self._reader.receipt) if in_order else lines
        self._matcher = RowMatcher(desk, profile, rows, self._reader)
        self.batch = os.urandom(6).hex()
        self.counts = dict.fromkeys(OUTCOMES, 0)
        self.flagged = self.unclassified = 0
        self.first: list[Case] = []
        self.markup = Counter[str]()
        self._planning = Planning()
        self._foreseen = set[str]()  # what rows that are not alone would be, if nothing is recorded of them
        self.suspect = 0
        self.suspects: list[Suspect] = []
        self._looks = Looks(desk.connection, desk.rulebook)
        self._days: set[str] = set()  # on which what is new came in
        self._tried: list[Told] = []  # what is new and in no table once it is forgotten
        self.problems: list[Outcome] = []
        self._rejects_file: Path | None = None
        self.ended = False
        self.left = LeftRows()
        self._cleared: tuple[Path, ...] = ()
        self._older: tuple[Path, ...] = ()
        self._keep()

    def read(self) -> None:
        """Read the file to its end, or until whoever began it has enough."""
        rows = self._matcher.rows()
        try:
            while not self.ended:
                turn = Turn()
                with ExitStack() as counting:
                    with writing(self._desk) as writer:
                        if writer.rulebook.hash != self._rulebook.hash:  # while others worked between two transactions
                            raise Conflict(tr("another rulebook was adopted meanwhile"))
                        self.writer = writer
                        self._matcher.look_again()
                        self.ended = self._take_some(rows, turn)
                        self.problems += writer.take_problem_outcomes()
                        if self.ended:
                            self._finish()
                        if self._forgotten:
                            writer.undo()
                        counting.enter_context(held())  # what is kept is counted, whoever interrupts
                    self._keep()
                self._order.progress(sum(self.counts.values()), self._matcher.lines)
                if not self.ended:
                    turn.let_others()
        except KeyboardInterrupt:
            self._go_back()
            self._keep_left()
        except (Conflict, StorageFailed) as problem:
            self._go_back()
            stands = 0 if self._forgotten else self.counts["new"] + self.counts["changed"]
            raise stopped_by(problem, stands) from None

    def look_over(self) -> None:
        """Look at what is new as `register` does, in one pass once all is read: whatever order the rows are in."""
        tried = self._tried if self._forgotten else ()
        with self._desk.reading():
            for suspect in new_suspects(
                self._desk.connection, self._rulebook, self._looks, batch=self.batch, days=self._days, tried=tried
            ):
                self.suspect += 1
                if len(self.suspects) < SHOWN:
                    self.suspects.append(suspect)

    def summary(self) -> Summary:
        """Return what it did."""
        table = self._table
        used = {"", *self._profile.headings(), *(OWN if table.of_rejects else ())}
        columns = self._profile.columns.items()
        return Summary(
            batch=self.batch,
            encoding=table.encoding,
            read=sum(self.counts.values()),
            counts=self.counts,
            flagged=self.flagged,
            unclassified=self.unclassified,
            left=tuple(self.left.first),
            unused=tuple(heading for heading in table.headings if heading not in used),
            absent=tuple(field for field, source in columns if not set(source.headings) & set(table.headings)),
            rejects_file=self._rejects_file,
            problems=() if self._forgotten else tuple(self.problems),
            delimiter=table.delimiter,
            sheet=table.sheet,
            other_sheets=table.other_sheets,
            heading_line=table.line,
            first=tuple(self.first),
            stopped=not self.ended,
            plan=self._planning.plan(self.left.first) if self._order.try_only and self.ended else None,
            suspect=self.suspect,
            suspects=tuple(self.suspects),
            recorded=not self._forgotten,
            left_rows=dict(self.left.counts),
            cleared=self._cleared,
            older=self._older,
            left_out=tuple(table.left_out),
            kind=table.kind,
            markup=self.markup,
        )

    @property
    def _forgotten(self) -> bool:
        """Tell whether nothing is to be recorded: it is tried only, or takes all or nothing and rows are left."""
        left = self.counts["rejected"] or self.counts["conflicts"]
        return self._order.try_only or bool(self._order.strict and left)

    def _take_some(self, rows: Iterator[ToldRow], turn: Turn) -> bool:
        """Take in rows until the turn is over, and return whether the file is at its end."""
        for told in rows:
            self.take(told)
            if turn.over and not self._order.strict:
                return False
        return True

    def _finish(self) -> None:
        """Write the rows that are left, and note in the history that the file was read."""
        if not self._order.try_only:
            self._rejects_file = self._write_rejects(self.left.rows(self._matcher.reserve))
            if self._rejects_file is None:
                self._cleared, self._older = clear_rejects(self._wanted_rejects, self._table, self._file)
        if not self._forgotten and (self.counts["new"] or self.counts["changed"]):
            counts = {**self.counts, "flagged": self.flagged}
            name = "stdin" if self._file == STDIN else self._file.name
            now = self.writer.desk.now
            self.writer.record_for_desk(ImportFinished(now, self.batch, self._profile.name, counts, name))

    def _keep(self) -> None:
        """Note that all that was taken in so far is in the register."""
        self._kept = {**self.counts}, self.flagged, self.unclassified, len(self.problems), len(self._tried)
        self._kept_left = self.left.savepoint()

    def _go_back(self) -> None:
        """Forget what was taken in since, in a transaction that was not kept."""
        self.counts, self.flagged, self.unclassified, problems, tried = self._kept
        self.ended = False
        self.left.go_back(self._kept_left)
        del self.problems[problems:]
        del self._tried[tried:]

    def _keep_left(self) -> None:
        """Write the rows that were left until whoever began it had enough.

        Those of which the file has others of their kind wait for the next reading, which knows what became of these.
        """
        if not (self._order.try_only or self._order.strict):
            rows = self.left.rows(self._matcher.reserve, self._matcher.is_settled)
            self._rejects_file = self._write_rejects(rows)

    @property
    def _wanted_rejects(self) -> Path:
        return self._order.rejects or rejects_of(self._file)

    def _write_rejects(self, rows: Iterator[Left]) -> Path | None:
        return write_rejects(self._wanted_rejects, self._table, rows, self._desk.path, self._file)

    def take(self, told: ToldRow) -> None:
        """Take in one row; a fault of the row is noted, a fault of the desk is raised."""
        try:
            if told.line.row is None:
                raise BadInput(told.line.fault)
            self._take(told)
        except BadInput as problem:
            self.counts["rejected"] += 1
            fields = [fault.column for fault in problem.faults] if isinstance(problem, FaultyRow) else []
            self._leave(told, "rejected", fields, problem.message, None)

    def _take(self, told: ToldRow) -> None:
        """Record the row as a case or a change of one; `BadInput` if it cannot be one, before its identity is taken."""
        draft, key = told.draft, told.key
        assert draft is not None
        if key is None:
            self._checked(draft, Draft(draft.facts, by="import", category=draft.decided.get("category")), whole=True)
        matched = self._matcher.place(told)
        known = matched.known
        if (known and known.digest == told.digest) or matched.identity in self._foreseen:
            self.counts["unchanged"] += 1
            return
        assert key is not None
        source = Source(self._profile.name, self.batch, matched.identity, told.digest)
        wanted = Draft(
            draft.facts,
            by="import",
            source=source,
            customer=self.writer.customer_of(draft.facts.get("contact")),
            person=draft.person,
            source_number=key.number or None,
            category=draft.decided.get("category"),
            priority=draft.decided.get("priority"),
            owner=draft.decided.get("owner"),
        )
        whole = self._checked(draft, wanted, whole=not (known and matched.certain))
        if known:
            self._follow(told, matched, known.number, source)
        else:
            self._add(told, matched, whole)
        self._matcher.take(told, matched)
        if self._order.try_only and not self._matcher.is_alone(told):
            self._foreseen.add(matched.identity)

    def _checked(self, draft: RowDraft, wanted: Draft, *, whole: bool) -> Checked:
        """Return the row as a case, or refuse it with all its faults; a `whole` one has what the rulebook requires."""
        rulebook, now = self.writer.rulebook, self.writer.desk.now
        public, personal = checked(rulebook, wanted, now)
        missing = missing_facts(rulebook, {**public, **personal}, category=wanted.category) if whole else []
        lacking, left_out = self._reader.lacking(missing, draft), {doubt.column for doubt in draft.doubts}
        if draft.faults or lacking:
            said = [fault for fault in lacking if fault.column not in left_out]
            raise FaultyRow([*draft.faults, *said, *draft.doubts])
        return Checked(wanted, public, personal)

    def _leave(self, told: ToldRow, status: str, fields: Iterable[str], reason: str, by: RowIdentity | None) -> None:
        field = listed(dict.fromkeys(filter(None, fields)))
        occurrence = by.occurrence if by else None
        for one in lines_of(told.line):
            self.left.add(Left(one.number, status, field, reason, one.cells, occurrence), told)

    def _flag(self, told: ToldRow, doubts: Sequence[RowFault], matched: RowIdentity) -> None:
        if doubts:
            self.flagged += 1
            reason = tr("; ").join(tr("{reason}; left out", reason=doubt.told()) for doubt in doubts)
            self._leave(told, "flagged", [doubt.column for doubt in doubts], reason, matched)

    def _add(self, told: ToldRow, matched: RowIdentity, whole: Checked) -> None:
        assert told.draft is not None
        doubts = list(told.draft.doubts)

        def step(case: Case, happening: Happening) -> list[Event]:
            try:
                return retold(self.writer, happening, case)
            except Problem as problem:
                doubts.append(senseless(happening, problem))
                return []

        steps = [partial(step, happening=happening) for happening in told.draft.happenings]
        case = self.writer.register(whole, at=told.draft.received_at, steps=steps)
        self.unclassified += case.unplaced
        self.counts["new"] += 1
        self._planning.add(case)
        if len(self.first) < SHOWN:
            self.first.append(case)
        self._note(told, case)
        self._flag(told, doubts, matched)

    def _note(self, told: ToldRow, case: Case) -> None:
        """Note when a new case came in, what it looks like, and what it tells if it may be forgotten (KEPT at most)."""
        self._looks.note(case)
        self.markup[markup_of_row(told.line.cells)] += 1
        self._days.add(to_text(case.registered_at)[:DAY])
        if (self._order.try_only or self._order.strict) and len(self._tried) < KEPT:
            self._tried.append(told_by(case).but(number=tr("line {line}", line=told.line.number)))

    def _follow(self, told: ToldRow, matched: RowIdentity, number: str, source: Source) -> None:
        """Bring a case up to what its row says now; if a person has said otherwise since, the rest goes in."""
        assert told.draft is not None
        followed = follow(self.writer, number, told.draft, source, self._reader.heading)
        self._planning.follow(told.line.number, followed)
        if followed.conflicts:
            self.counts["conflicts"] += 1
            headings = [self._reader.heading(conflict.field) for conflict in followed.conflicts]
            reason = tr("; ").join(conflict.reason for conflict in followed.conflicts)
            if followed.changes:
                reason = tr("{reason}; the rest of the row went in", reason=reason)
            self._leave(told, "conflict", headings, reason, matched)
        else:
            self.counts["changed" if followed.changes else "unchanged"] += 1
            self._flag(told, [*(told.draft.doubts if followed.changes else ()), *followed.doubts], matched)
