"""A file into the register: each row a case once, however often the file is read."""

import csv
import hmac
import os
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from afterservice_cli.cases import mending
from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events import CaseAmended, CaseRegistered, Event, ImportFinished, Source, anchor
from afterservice_cli.cases.intake import Draft, complete
from afterservice_cli.cases.retelling import retell
from afterservice_cli.desk import Desk, Writer
from afterservice_cli.errors import BadInput, NotFound, Problem
from afterservice_cli.intake.drafts import Happening, Row, RowDraft, cell, read_row
from afterservice_cli.intake.profile import Profile, read_profile
from afterservice_cli.intake.table import REASON, Table, read_table
from afterservice_cli.record import Record
from afterservice_cli.render.text import defuse
from afterservice_cli.rulebook.model import normal
from afterservice_cli.store import queries
from afterservice_cli.store.history import canonical

OUTCOMES = ("new", "unchanged", "changed", "conflicts", "rejected")


class Left(Record):
    """A row that did not go in whole: `rejected`, `conflict`, or `flagged` (a case, less what was impossible)."""

    line: int
    status: str
    reason: str
    row: Row


class Summary(Record):
    """What an import did. `counts` has OUTCOMES; they add up to `read`."""

    batch: str
    encoding: str
    read: int
    counts: Mapping[str, int]
    flagged: int
    unclassified: int
    left: tuple[Left, ...]
    unused: tuple[str, ...]
    rejects_file: Path | None


class _Conflict(Problem):
    """The row says one thing, and what was done by hand since says another."""


def import_file(desk: Desk, file: Path, profile_file: Path, rejects: Path | None, *, try_only: bool = False) -> Summary:
    """Read a CSV file into the register in one transaction: all of it, or nothing.

    A row is told by the source's number, else by an HMAC under the desk's secret over the profile's identity
    columns, normalised, and the how-manieth of its kind in the file it is. Rows that leave something behind go to
    `rejects` (FILE.rejects.csv). With `try_only` nothing is recorded.
    """
    data, profile_data = _read(file), _read(profile_file)
    with desk.writing() as writer:
        profile = read_profile(profile_data, str(profile_file), writer.rulebook)
        table = read_table(data, file.name, profile.headings())
        run = _Run(writer, profile, table)
        for line, row in table.rows():
            run.take(line, row)
        left = tuple(run.left)
        path = (rejects or file.with_name(f"{file.stem}.rejects.csv")) if left else None
        if try_only:
            writer.undo()
        else:
            if path:
                _write_rejects(path, table, left)
            counts = {**run.counts, "flagged": run.flagged}
            writer.record_for_desk(ImportFinished(desk.now, run.batch, profile.name, counts, file.name))
    unused = tuple(heading for heading in table.headings if heading and heading not in profile.headings())
    return Summary(
        run.batch,
        table.encoding,
        sum(run.counts.values()),
        run.counts,
        run.flagged,
        run.unclassified,
        left,
        unused,
        None if try_only else path,
    )


class _Run:
    """One reading of one file."""

    def __init__(self, writer: Writer, profile: Profile, table: Table) -> None:
        self.writer, self.profile = writer, profile
        self.batch = os.urandom(6).hex()
        self.key = bytes.fromhex(queries.setting(writer.db, "secret"))
        self.counts = dict.fromkeys(OUTCOMES, 0)
        self.left: list[Left] = []
        self.flagged = self.unclassified = 0
        self._alike: Counter[str] = Counter()

    def take(self, line: int, row: Row | None) -> None:
        """Take in one row; what is wrong with it is noted, never raised."""
        if row is None:
            self._leave(line, "rejected", "has more or fewer cells than the heading – quote cells with commas", {})
            return
        try:
            source = self._source(row)
            known = queries.imported(self.writer.db, source.identity)
            if known and known[1] == source.digest:
                self.counts["unchanged"] += 1
                return
            draft = read_row(row, self.profile, self.writer.rulebook.zone, self.writer.desk.now)
            doubts = list(draft.doubts)
            if known:
                self._change(known[0], draft, source)
                self.counts["changed"] += 1
            else:
                self._add(draft, source, doubts)
                self.counts["new"] += 1
        except _Conflict as problem:
            self._leave(line, "conflicts", problem.message, row)
            return
        except Problem as problem:
            self._leave(line, "rejected", problem.message, row)
            return
        if doubts:
            self.flagged += 1
            self.left.append(Left(line, "flagged", "; ".join(doubts), row))

    def _leave(self, line: int, outcome: str, reason: str, row: Row) -> None:
        self.counts[outcome] += 1
        self.left.append(Left(line, outcome.removesuffix("s"), reason, row))

    def _source(self, row: Row) -> Source:
        number = cell(row, self.profile.columns["number"]) if "number" in self.profile.columns else ""
        if number:
            identity = self._hmac("number", number)
        elif self.profile.identity:
            alike = self._hmac("columns", *(" ".join(normal(row.get(h, "")).split()) for h in self.profile.identity))
            self._alike[alike] += 1
            identity = self._hmac("occurrence", alike, str(self._alike[alike]))
        else:
            raise BadInput("number is empty, and the profile names no other identity")
        used = {heading: row.get(heading, "") for heading in sorted(self.profile.headings()) if heading in row}
        return Source(self.profile.name, self.batch, identity, self._hmac("row", canonical(used)))

    def _hmac(self, *parts: str) -> str:
        message = canonical([self.profile.name, *parts]).encode()
        return hmac.new(self.key, message, "sha256").hexdigest()

    def _add(self, row: RowDraft, source: Source, doubts: list[str]) -> None:
        draft = Draft(row.facts, **row.given, by="import", source=source)
        complete(self.writer.rulebook, draft)
        course = [partial(self._retell, happening, doubts=doubts) for happening in row.happenings]
        case = self.writer.register(draft, at=row.received_at, course=course)
        self.unclassified += not case.classified

    def _retell(self, happening: Happening, case: Case, doubts: list[str] | None = None) -> list[Event]:
        moment = self.writer.moment(happening.at)
        try:
            return retell(case, moment, word=happening.word, text=happening.text, score=happening.score)
        except Problem as problem:
            reason = f"{happening.column}: {happening.word} makes no sense there, {problem.message}"
            if doubts is None:
                raise _Conflict(reason) from None
            doubts.append(f"{reason}; left out")
            return []

    def _change(self, case_id: str, row: RowDraft, source: Source) -> None:
        """Bring a case up to what its row says now; a conflict where a person has said otherwise."""
        case = self.writer.load(case_id)
        if case.status == "void":
            raise _Conflict(f"{case_id} was taken back")
        facts = _changed_facts(case, row)
        _refuse_changes(case, row)
        new = _new_happenings(case, row)

        def amend(case: Case) -> list[Event]:
            return mending.amend(
                case,
                self.writer.moment(),
                facts=facts,
                reason="the imported row changed",
                customer_id=self.writer.customer_of(facts.get("contact")),
                source=source,
            )

        steps: list[Callable[[Case], list[Event]]] = [amend, *(partial(self._retell, happening) for happening in new)]
        try:
            events = self.writer.unfold(case, steps)
        except BadInput as problem:
            raise _Conflict(problem.message) from None
        self.writer.record(case, events)


def _changed_facts(case: Case, row: RowDraft) -> dict[str, str | None]:
    by_hand = {
        name
        for recorded in case.standing
        if isinstance(recorded.event, CaseAmended) and recorded.event.source is None
        for name in (*recorded.event.facts, *(recorded.event.private or {}))
    }
    own = {name: getattr(case, name) for name in ("channel", "kind", "product", "customer", "contact", "description")}
    now = {**own, **case.fields, **case.details}
    changed = {name: value for name, value in row.facts.items() if (now.get(name) or None) != (value or None)}
    if touched := sorted(by_hand & set(changed)):
        raise _Conflict(f"{', '.join(touched)} of {case.number} was amended by hand")
    return changed


def _refuse_changes(case: Case, row: RowDraft) -> None:
    if row.received_at != case.registered_at:
        raise _Conflict(f"received_at differs from the time under which {case.number} was registered")
    for field, value in row.given.items():
        if value != case.value(field):
            raise _Conflict(f"{field} of {case.number} is '{case.value(field)}' – change it with classify or assign")


def _new_happenings(case: Case, row: RowDraft) -> list[Happening]:
    """What the row says happened and the case has not; a conflict where they tell it differently."""
    told: dict[str, list[Event]] = {}
    for recorded in case.standing:
        if not isinstance(recorded.event, CaseRegistered):
            told.setdefault(anchor(recorded.event), []).append(recorded.event)
    new = []
    for happening in row.happenings:
        earlier = told.get(happening.word, [])
        if not earlier:
            new.append(happening)
        elif earlier.pop(0).at != happening.at:
            raise _Conflict(f"{happening.column}: {case.number} was {happening.word} at another time")
    return new


def _write_rejects(path: Path, table: Table, left: tuple[Left, ...]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    # With a mark, Excel reads it as UTF-8; its cells are customers' words, so formulas are made harmless.
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as out:
        headings = [heading for heading in table.headings if not heading.startswith("_")]
        writer = csv.writer(out)
        writer.writerow(["_line", "_status", REASON, *headings])
        for entry in left:
            cells = [defuse(entry.row.get(heading, "")) for heading in headings]
            writer.writerow([entry.line, entry.status, entry.reason, *cells])


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise NotFound(f"there is no file {path}") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from None
