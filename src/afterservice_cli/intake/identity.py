"""RowMatcher rows: which row of a file is which case, however often and in whatever order its rows are read."""

from __future__ import annotations

import hmac
import unicodedata
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from itertools import count
from typing import NamedTuple

from afterservice_cli.errors import BadInput
from afterservice_cli.frozen import Frozen
from afterservice_cli.intake.drafts import Row, cell
from afterservice_cli.intake.headings import OCCURRENCE
from afterservice_cli.intake.profile import Profile
from afterservice_cli.intake.table import Line, Table
from afterservice_cli.language import tr
from afterservice_cli.recording import Writer
from afterservice_cli.store import queries
from afterservice_cli.store.history import canonical

# Rejects that were never put right leave gaps among the occurrences of their kind; longer gaps end the search.
_GAP = 16
_LARGEST = 999_999  # occurrence that a rejects file may name


class Key(NamedTuple):
    """What one row is recognised by: an HMAC of its number, or of its identity columns, which other rows may share.

    `digest` is an HMAC of the whole row; `said` is the occurrence that a rejects file gives it.
    """

    line: int
    told_by: str
    numbered: bool
    digest: str
    said: int | None


class RowIdentity(Frozen):
    """Which imported row it is: its identity in the register, and its number among its kind (None if it has a number).

    `certain` if the file itself says so, and not only the order of the rows of its kind.
    """

    identity: str
    occurrence: int | None
    certain: bool


class RowMatcher:
    """Recognises the rows of one file.

    A row is recognised by the source's number, else by the profile's identity columns, normalised, and its occurrence:
    the first, second… of its kind, which are the rows alike in these columns. Rows that say what was read before keep
    the occurrences they had; the others get, in order, the remaining known ones, then new ones. HMACs are under the
    desk's secret: nothing can be read off them. Keys of all rows are kept, their cells are not.
    """

    def __init__(self, writer: Writer, profile: Profile, table: Table) -> None:
        self._db, self._profile = writer.db, profile
        self._secret = bytes.fromhex(queries.desk_value(self._db, "secret"))
        self._used = [heading for heading in sorted(profile.headings()) if heading in table.headings]
        self._found: dict[int, Key | BadInput] = {}
        self._alike: dict[str, list[Key]] = {}
        self._kinds: dict[str, _Kind] = {}
        self._first: dict[tuple[str, int | None], Key] = {}
        for line in table.rows():
            if line.row is None:
                continue
            try:
                key = self._key(line, line.row, table)
            except BadInput as problem:
                self._found[line.number] = problem
            else:
                self._found[line.number] = key
                self._alike.setdefault(key.told_by, []).append(key)

    def key(self, line: int) -> Key:
        """Return what the row of a line is recognised by; `BadInput` if there is nothing."""
        found = self._found[line]
        if isinstance(found, BadInput):
            raise found
        return found

    def place(self, key: Key) -> RowIdentity:
        """Return which row it is, given those taken so far; `BadInput` if another row of the file has that identity."""
        if key.numbered:
            self._refuse_second(key, key.told_by)
            return RowIdentity(key.told_by, None, True)
        occurrence = key.said or self._kind(key).offer(key)
        identity = self._identity(key, occurrence)
        if key.said:
            self._refuse_second(key, identity)
        return RowIdentity(identity, occurrence, bool(key.said))

    def take(self, key: Key, matched: RowIdentity) -> None:
        """Note that the row was recorded as `matched`: no other row is offered that occurrence."""
        if matched.occurrence:
            self._kind(key).take(matched.occurrence)

    def reserve(self, line: int) -> int | None:
        """Return the occurrence that a rejected row keeps for when it is put right, once all others have theirs."""
        found = self._found.get(line)
        if not isinstance(found, Key) or found.numbered:
            return None
        kind = self._kind(found)
        occurrence = found.said or kind.offer(found)
        kind.take(occurrence)
        return occurrence

    def _key(self, line: Line, row: Row, table: Table) -> Key:
        digest = self._hmac("row", canonical({heading: row[heading] for heading in self._used}))
        number = cell(row, self._profile.columns["number"]) if "number" in self._profile.columns else ""
        if number:
            return Key(line.number, self._hmac("number", number), True, digest, None)
        if not self._profile.identity:
            raise BadInput(tr("number is empty, and the profile names no other identity"))
        columns = (_plain(row.get(heading, "")) for heading in self._profile.identity)
        said = _occurrence(row.get(OCCURRENCE, "").strip()) if table.of_rejects else None
        return Key(line.number, self._hmac("columns", *columns), False, digest, said)

    def _refuse_second(self, key: Key, identity: str) -> None:
        """Refuse a row whose identity belongs to a different one: to the row read before, or else the first."""
        alike = self._alike[key.told_by]
        if len(alike) == 1:
            return
        which = (key.told_by, key.said)
        if which not in self._first:
            rivals = [rival for rival in alike if rival.said == key.said]
            known = queries.imported(self._db, identity)
            same = (rival for rival in rivals if known and rival.digest == known[1])
            self._first[which] = next(same, rivals[0])
        first = self._first[which]
        if first.digest != key.digest:
            raise BadInput(
                tr(
                    "its {column} stands in line {line} too, on another row – keep one of them, or give each its own",
                    column="number" if key.numbered else OCCURRENCE,
                    line=first.line,
                )
            )

    def _kind(self, key: Key) -> _Kind:
        if key.told_by not in self._kinds:
            rows = self._alike[key.told_by]
            self._kinds[key.told_by] = _Kind(rows, self._known(rows))
        return self._kinds[key.told_by]

    def _known(self, rows: Sequence[Key]) -> dict[int, str]:
        """Return the occurrences of a kind that are cases, each with the digest of the row as last read."""
        known: dict[int, str] = {}
        wanted = Counter(key.digest for key in rows if not key.said)
        missed = 0
        # Most kinds have one row, which is new or unchanged: one query.
        for tried in count(1):
            if found := queries.imported(self._db, self._identity(rows[0], tried)):
                known[tried] = found[1]
                wanted -= Counter([found[1]])
            missed = 0 if found else missed + 1
            if tried >= len(rows) and (not wanted or missed > (_GAP if known else 0)):
                break
        for said in {key.said for key in rows if key.said}:
            if found := queries.imported(self._db, self._identity(rows[0], said)):
                known[said] = found[1]
        return known

    def _identity(self, key: Key, occurrence: int) -> str:
        return self._hmac("occurrence", key.told_by, str(occurrence))

    def _hmac(self, *parts: str) -> str:
        return hmac.digest(self._secret, canonical([self._profile.name, *parts]).encode(), "sha256").hex()


class _Kind:
    """The rows of a file that are alike in their identity columns, and which occurrences there are for them."""

    def __init__(self, rows: Sequence[Key], known: Mapping[int, str]) -> None:
        said = {key.said for key in rows if key.said}
        by_digest: dict[str, deque[int]] = {}
        for occurrence in sorted(known.keys() - said):
            by_digest.setdefault(known[occurrence], deque()).append(occurrence)
        unchanged = (key for key in rows if not key.said and by_digest.get(key.digest))
        self._same = {key.line: by_digest[key.digest].popleft() for key in unchanged}
        self._rest = deque(sorted(known.keys() - said - set(self._same.values())))
        self._gone = {*known, *said}
        self._next = 1

    def offer(self, key: Key) -> int:
        """Return the occurrence that a row gets next; one that is not taken is offered again."""
        if key.line in self._same:
            return self._same[key.line]
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


def _plain(text: str) -> str:
    """Return the form in which identity columns are compared.

    It never changes: else every file would be imported again.
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _occurrence(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or not 1 <= int(text[:7]) <= _LARGEST:
        raise BadInput(tr("{column} is no whole number – leave it as the rejects file had it", column=OCCURRENCE))
    return int(text)
