"""Which row of a file is which case, however often and in whatever order its rows are read."""

from __future__ import annotations

import unicodedata
from base64 import urlsafe_b64encode
from collections import Counter, deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import count, islice
from typing import NamedTuple

from afterservice_cli.canonical import canonical
from afterservice_cli.cases.bodies import to_plain
from afterservice_cli.errors import BadInput
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_text import number_spelling
from afterservice_cli.intake.reading.drafts import FaultyRow, RowDraft, RowReader
from afterservice_cli.intake.reading.gathering import Gathered
from afterservice_cli.intake.reading.profile import Profile
from afterservice_cli.intake.reading.receipts import ByReceipt
from afterservice_cli.intake.reading.rows import Row, RowFault, number_of, rows_of, within
from afterservice_cli.intake.tables.headings import OCCURRENCE
from afterservice_cli.intake.tables.table import Line, Table
from afterservice_cli.language import tr
from afterservice_cli.store.reading import queries
from afterservice_cli.store.reading.queries import Imported
from afterservice_cli.workflows.desk import Desk

# Rejects that were never put right leave gaps among the occurrences of their kind; longer gaps end the search.
_GAP = 16
_LARGEST = 999_999  # occurrence that a rejects file may name
_BYTES = 15  # of a hash, for which 20 letters stand
_AT_ONCE = 500  # rows that are looked up in the register together
_BITS = 1 << 27  # of the table in which rows alike are noticed: 16 MB


class RowKey(NamedTuple):
    """What one row is recognised by: a keyed hash of its number, or of its identity columns, which others may share.

    `number` is the source's own, "" if it has none; `occurrence` is the one that a rejects file gives the row.
    """

    kind: str
    number: str
    occurrence: int | None


class _Named(NamedTuple):
    """What names a row in its file: the parts of its key before they are hashed, and what stands beside it there."""

    parts: tuple[str, ...]
    number: str
    occurrence: int | None


class ToldRow(NamedTuple):
    """A row with its key, what it says, and a keyed hash of that; if it has no key, one of its faults says why."""

    line: Line
    key: RowKey | None
    draft: RowDraft | None
    digest: str


class Rival(NamedTuple):
    """What is kept of a row that may be alike with others of the file."""

    line: int
    digest: str
    occurrence: int | None


class RowIdentity(Frozen):
    """Which imported row it is: its identity in the register, and its number among its kind (None if it has a number).

    `certain` if the file itself says so, and not only the order of the rows of its kind; `known` is the case that it
    became, None if it is new.
    """

    identity: str
    occurrence: int | None
    certain: bool
    known: Imported | None


class RowMatcher:
    """Recognises the rows of one file.

    A row is recognised by the source's number, else by the profile's identity columns, normalised, and its occurrence:
    the first, second… of its kind, which are the rows alike in these columns. Rows that say what was read before keep
    the occurrences they had; the others get, in order, the remaining known ones, then new ones. A case whose
    registration was taken back is known no more once its row says something else. Hashes are keyed with the desk's
    secret: nothing can be read off them. Only rows that may be alike are kept, as their hashes.
    """

    def __init__(self, desk: Desk, profile: Profile, table: Table | Gathered | ByReceipt, reader: RowReader) -> None:
        self._db, self._profile, self._table, self._reader = desk.connection, profile, table, reader
        self.lines = 0  # of the file, once it was read through
        self._keyed = blake2b(key=bytes.fromhex(queries.desk_value(self._db, "secret")), digest_size=_BYTES)
        self._keyed.update(_measured(profile.name))
        self._used = [heading for heading in sorted(profile.headings()) if heading in table.headings]
        self._looked_up: dict[str, Imported | None] = {}
        self._kinds: dict[str, _Kind] = {}
        self._taken: dict[str, set[int]] = {}  # the occurrences given to rows, of kinds that are looked up anew
        self._written = 0  # how often others have written the register, as far as rows were looked up
        self._first: dict[tuple[str, int | None], Rival] = {}
        self._alike: dict[str, list[Rival]] = {}
        if repeated := self._repeated():
            for line in table.rows():
                named = self._named_or_none(line)
                if named and hash(named.parts) in repeated:
                    told, key = self._told(line), self._key(named)
                    self._alike.setdefault(key.kind, []).append(Rival(line.number, told.digest, key.occurrence))

    def rows(self) -> Iterator[ToldRow]:
        """Yield each row of the file; what the register knows of them is looked up for many at once."""
        lines = self._table.rows()
        while some := [self._told(line) for line in islice(lines, _AT_ONCE)]:
            alone = [told.key for told in some if told.key and told.key.kind not in self._alike]
            wanted = [key.kind if key.number else self._identity(key.kind, key.occurrence or 1) for key in alone]
            found = queries.imported(self._db, wanted)
            self._looked_up = {identity: found.get(identity) for identity in wanted}
            yield from some

    def look_again(self) -> None:
        """Forget what the register said of rows if others have written it since; call it as a transaction begins."""
        written = queries.data_version(self._db)
        if written != self._written:
            self._written = written
            self._looked_up = {}
            self._taken |= {kind: alike.taken for kind, alike in self._kinds.items()}
            self._kinds = {}

    def place(self, told: ToldRow) -> RowIdentity:
        """Return which row with a key it is; `BadInput` if another row of the file has that identity."""
        key = told.key
        assert key is not None
        alike = key.kind in self._alike
        if key.number:
            if alike:
                self._refuse_second(told, key, key.kind)
            return self._matched(key.kind, None, told)
        if not alike and not key.occurrence:
            first = self._matched(self._identity(key.kind, 1), 1, told)
            if first.known is None or first.known.digest == told.digest:
                return first
        occurrence = key.occurrence or self._kind(told, key).offer(told.line.number)
        identity = self._identity(key.kind, occurrence)
        if key.occurrence and alike:
            self._refuse_second(told, key, identity)
        return self._matched(identity, occurrence, told)

    def is_alone(self, told: ToldRow) -> bool:
        """Tell whether no other row of the file may have what a row is recognised by."""
        return told.key is None or told.key.kind not in self._alike

    def is_settled(self, told: ToldRow) -> bool:
        """Tell whether it is known which row it is before the rest of the file is read."""
        return self.is_alone(told) or bool(told.key and (told.key.number or told.key.occurrence))

    def take(self, told: ToldRow, matched: RowIdentity) -> None:
        """Note that the row was recorded as `matched`: no other row is offered that occurrence."""
        if matched.occurrence and told.key and told.key.kind in self._alike:
            self._kind(told, told.key).take(matched.occurrence)

    def reserve(self, told: ToldRow) -> int | None:
        """Return the occurrence that a rejected row keeps for when it is put right, once all others have theirs."""
        key = told.key
        if key is None or key.number:
            return None
        alike = self._kind(told, key)
        occurrence = key.occurrence or alike.offer(told.line.number)
        alike.take(occurrence)
        return occurrence

    # --- one row --------------------------------------------------------------------------------------------------

    def _told(self, line: Line) -> ToldRow:
        if line.row is None:
            return ToldRow(line, None, None, "")
        draft = self._reader.read(line.row)
        try:
            named = self._named(line.row)
        except FaultyRow as problem:
            return ToldRow(line, None, draft.but(faults=(*problem.faults, *draft.faults)), "")
        return ToldRow(line, self._key(named), draft, self._digest(line.row, draft))

    def _number_heading(self) -> str:
        """Return the heading of the number, or what the program calls it if the file has none."""
        source = self._profile.columns.get("number")
        here = within(source, self._table.headings) if source else None
        return here.headings[0] if here else "number"

    def _named_or_none(self, line: Line) -> _Named | None:
        try:
            return self._named(line.row) if line.row is not None else None
        except FaultyRow:
            return None

    def _key(self, named: _Named) -> RowKey:
        return RowKey(self._hash(*named.parts), named.number, named.occurrence)

    def _named(self, row: Row) -> _Named:
        """Return what names a row in its file; `FaultyRow` if nothing tells it apart."""
        try:
            number = number_of(row, self._profile)
        except BadInput as problem:
            raise FaultyRow([RowFault(self._number_heading(), problem.message)]) from None
        if number:
            return _Named(("number", number_spelling(number)), number, None)
        if not self._profile.identity:
            message = tr("nothing stands there, and the profile names no other columns that tell rows apart")
            raise FaultyRow([RowFault(self._number_heading(), message)])
        columns = (_plain(row.get(heading, "")) for heading in self._profile.identity)
        occurrence = _occurrence(row.get(OCCURRENCE, "").strip()) if self._table.of_rejects else None
        return _Named(("columns", *columns), "", occurrence)

    def _digest(self, row: Row, draft: RowDraft) -> str:
        """Return the hash of what a row says, however it is written; of one that cannot be read, that of its cells."""
        if draft.faults:
            rows = rows_of(row) or (row,)
            return self._hash("cells", canonical([[one.get(heading, "") for heading in self._used] for one in rows]))
        facts = {name: " ".join(value.split()) if value else None for name, value in draft.facts.items()}
        course = [to_plain(happening.but(column="")) for happening in draft.happenings]
        said = [facts, draft.decided, draft.person, to_plain(draft.received_at), course]
        return self._hash("row", canonical(said))

    # --- rows among others ----------------------------------------------------------------------------------------

    def _repeated(self) -> set[int]:
        """Return the hashes of what names several rows of the file; in a large file some stand there by chance.

        Each row has two bits in the table. Both are set already if the row is alike with one before, else by chance.
        """
        bits, found = bytearray(_BITS >> 3), set[int]()
        for line in self._table.rows():
            self.lines += 1
            if (named := self._named_or_none(line)) is None:
                continue
            told = hash(named.parts)
            one, other = told % _BITS, (told // _BITS) % _BITS
            if bits[one >> 3] & 1 << (one & 7) and bits[other >> 3] & 1 << (other & 7):
                found.add(told)
            bits[one >> 3] |= 1 << (one & 7)
            bits[other >> 3] |= 1 << (other & 7)
        return found

    def _matched(self, identity: str, occurrence: int | None, told: ToldRow) -> RowIdentity:
        """Return the row under an identity; if its registration was taken back, under the one that follows."""
        key = told.key
        certain = bool(key and (key.number or key.occurrence))
        found, gone = self._find(identity), list[Imported]()
        while found and found.taken_back:
            gone.append(found)
            identity = self._hash("again", identity)
            found = self._find(identity)
        known = found or next((before for before in gone if before.digest == told.digest), None)
        return RowIdentity(identity, occurrence, certain, known)

    def _find(self, identity: str) -> Imported | None:
        if identity in self._looked_up:
            return self._looked_up[identity]
        return queries.imported(self._db, [identity]).get(identity)

    def _refuse_second(self, told: ToldRow, key: RowKey, identity: str) -> None:
        """Refuse a row whose identity belongs to a different one: to the row read before, or else the first."""
        alike = self._alike[key.kind]
        if len(alike) == 1:
            return
        which = (key.kind, key.occurrence)
        if which not in self._first:
            rivals = [rival for rival in alike if rival.occurrence == key.occurrence]
            known = self._find(identity)
            same = (rival for rival in rivals if known and rival.digest == known.digest)
            self._first[which] = next(same, rivals[0])
        first = self._first[which]
        if first.digest != told.digest:
            said = tr(
                "line {line} has it too, on another row – keep one of them, or give each its own", line=first.line
            )
            fault = RowFault(self._number_heading() if key.number else OCCURRENCE, said)
            raise FaultyRow([fault, *(told.draft.faults if told.draft else ())])

    def _kind(self, told: ToldRow, key: RowKey) -> _Kind:
        """Return the rows alike with one; those of a row that is alone are not kept."""
        if key.kind not in self._alike:
            alone = [Rival(told.line.number, told.digest, key.occurrence)]
            return _Kind(alone, self._known(key.kind, alone))
        if key.kind not in self._kinds:
            rows = self._alike[key.kind]
            taken = self._taken.get(key.kind, set())
            self._kinds[key.kind] = _Kind(rows, self._known(key.kind, rows), taken)
        return self._kinds[key.kind]

    def _known(self, kind: str, rows: Sequence[Rival]) -> dict[int, str]:
        """Return the occurrences of a kind that are cases, each with the digest of the row as last read."""
        known: dict[int, str] = {}
        wanted = Counter(row.digest for row in rows if not row.occurrence)
        missed = 0
        for some in (range(first, first + _GAP) for first in count(1, _GAP)):
            found = self._cases(kind, some)
            for tried in some:
                if tried in found:
                    known[tried] = found[tried]
                    wanted -= Counter([found[tried]])
                missed = 0 if tried in found else missed + 1
            if some[-1] >= len(rows) and (not wanted or missed >= _GAP):
                break
        return known | self._cases(kind, {row.occurrence for row in rows if row.occurrence})

    def _cases(self, kind: str, occurrences: range | set[int]) -> dict[int, str]:
        """Return which of these occurrences are cases, each with the digest of its row."""
        named = {self._identity(kind, occurrence): occurrence for occurrence in occurrences}
        found = queries.imported(self._db, list(named))
        return {named[identity]: self._last(identity, row).digest for identity, row in found.items()}

    def _last(self, identity: str, row: Imported) -> Imported:
        """Return what a row became last, after what was taken back."""
        while row.taken_back:
            identity = self._hash("again", identity)
            later = queries.imported(self._db, [identity]).get(identity)
            if later is None:
                return row
            row = later
        return row

    def _identity(self, kind: str, occurrence: int) -> str:
        return self._hash("occurrence", kind, str(occurrence))

    def _hash(self, *parts: str) -> str:
        hashing = self._keyed.copy()
        hashing.update(b"".join([_measured(part) for part in parts]))
        return urlsafe_b64encode(hashing.digest()).decode()


class _Kind:
    """The rows of a file that are alike in their identity columns, and which occurrences there are for them.

    `known` are those in the register, `taken` those that rows of the file have been given.
    """

    def __init__(self, rows: Sequence[Rival], known: Mapping[int, str], taken: Collection[int] = ()) -> None:
        given = {row.occurrence for row in rows if row.occurrence}
        by_digest: dict[str, deque[int]] = {}
        for occurrence in sorted(known.keys() - given):
            by_digest.setdefault(known[occurrence], deque()).append(occurrence)
        unchanged = (row for row in rows if not row.occurrence and by_digest.get(row.digest))
        self._same = {row.line: by_digest[row.digest].popleft() for row in unchanged}
        self.taken = set(taken)
        self._rest = deque(sorted(known.keys() - given - set(self._same.values()) - self.taken))
        self._gone = {*known, *given, *self.taken}
        self._next = 1

    def offer(self, line: int) -> int:
        """Return the occurrence that a row gets next; one that is not taken is offered again."""
        if line in self._same:
            return self._same[line]
        if self._rest:
            return self._rest[0]
        while self._next in self._gone:
            self._next += 1
        return self._next

    def take(self, occurrence: int) -> None:
        """Note that the occurrence is taken: it is offered to no other row."""
        if self._rest and self._rest[0] == occurrence:
            self._rest.popleft()
        self._gone.add(occurrence)
        self.taken.add(occurrence)


def _measured(part: str) -> bytes:
    """Return a text with its length before it, so that the parts of what is hashed do not run together."""
    data = part.encode("utf-8", "surrogatepass")
    return b"%d:%b" % (len(data), data)


def _plain(text: str) -> str:
    """Return the form in which identity columns are compared.

    It never changes: else every file would be imported again.
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _occurrence(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or not 1 <= int(text[:7]) <= _LARGEST:
        message = tr("this is no whole number – leave it as the rejects file had it")
        raise FaultyRow([RowFault(OCCURRENCE, message)])
    return int(text)
