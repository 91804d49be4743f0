"""What stands in the columns of a file: which hold dates, numbers, telephones, words of the rulebook, free text."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC
from functools import cached_property

from afterservice_cli.errors import BadInput
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_text import contacts_in, says_nothing
from afterservice_cli.intake.tables.table import Line
from afterservice_cli.intake.words.cells import cleaned, unsaid
from afterservice_cli.intake.words.dates import COMPACT, DateReader
from afterservice_cli.intake.words.satisfaction import is_score
from afterservice_cli.intake.words.simplified import simplified

ROWS = 10_000  # rows of a file that are looked at
LONGEST = 200  # characters of a cell that are looked at
_BLANK = 12  # characters; what says that there is nothing is no longer
_SHAPES = 40  # ways of writing in one column, beyond which it holds no dates
_EACH = 3  # cells of one shape that are tried as dates
# In this order: what an earlier entry reads needs no later one.
UNAMBIGUOUS = ("iso", "year-first", "minguo")
ORDERS = ("month-first", "day-first")
_ORDERED = re.compile(r"(\d{1,2})\D(\d{1,2})\D\d{4}", re.ASCII)
_NONE: Mapping[str, tuple[str, str]] = {}
_PHONE = re.compile(r"\+?[\d\s()\-.]{7,22}", re.ASCII)
_SHORT = 40  # characters of a text that is a contact, with a name and a remark beside it
_CLOCK = re.compile(
    r"(?:[凌早上中下晚][晨上午]?)?\s*\d{1,2}(?::\d{2}(?::\d{2})?(?:\s*[AaPp][Mm])?|[点时](?:半|\d{1,2}分?)?)", re.ASCII
)
_ISO_CLOCK = re.compile(r"\d{2}:\d{2}(:\d{2})?", re.ASCII)
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NUMBER = re.compile(r"-?[\d,]{1,15}(\.\d+)?", re.ASCII)
_CODE = re.compile(r"(?=.*\d)[\w¥$€£.,:/#+-]+", re.ASCII)
# Digits that are dates if the heading says so, by the entry of `dates:` that reads them: 2001 to 2050, as spreadsheets
# count days; 2001 to 2033, as systems count seconds; a day and its time.
_DIGITS = {
    "serial": re.compile(r"(?:3[7-9]|4\d|5[0-4])\d{3}(?:\.\d+)?", re.ASCII),
    "unix": re.compile(r"1\d{9}(?:\d{3})?(?:\.\d+)?", re.ASCII),
    COMPACT[0]: re.compile(r"20\d{2}[01]\d[0-3]\d[0-2]\d[0-5]\d[0-5]\d", re.ASCII),
    COMPACT[1]: re.compile(r"20\d{2}[01]\d[0-3]\d[0-2]\d[0-5]\d", re.ASCII),
}


class Sampled(Frozen):
    """One column of a file: its heading, and its different cells, cut to LONGEST, each with how often it stands there.

    Those that say there is nothing (无, `-`) are `blanks`, and no cells. Rows that stand there more than once count
    once. `rows` is how many were looked at.
    """

    heading: str
    cells: Mapping[str, int]
    blanks: Mapping[str, int]
    rows: int
    reader: DateReader | None = None  # of dates as a person says that they are written

    @cached_property
    def filled(self) -> int:
        """Return how many of its cells are filled."""
        return sum(self.cells.values())

    @cached_property
    def length(self) -> float:
        """Return how many characters its filled cells have, on average."""
        return sum(len(text) * count for text, count in self.cells.items()) / max(self.filled, 1)

    def share(self, holds: Callable[[str], object]) -> float:
        """Return the share of the filled cells of which something holds, from 0 to 1."""
        return sum(count for text, count in self.cells.items() if holds(text)) / max(self.filled, 1)

    @cached_property
    def tells_rows_apart(self) -> bool:
        """Tell whether its filled cells differ, but for a slip, and none is as long as a text."""
        repeated = self.filled - len(self.cells)
        slips = max(1, self.filled // 10) if len(self.cells) > 1 else 0
        return self.filled > 0 and repeated <= slips and all(len(text) <= 64 for text in self.cells)

    @cached_property
    def is_text(self) -> bool:
        """Tell whether its cells may be free text: they are no dates, and different or long."""
        different = len(self.cells) / max(self.filled, 1)
        return self.of_dates < 0.5 and (different >= 0.2 or self.filled < 20 or self.length >= 12)

    @cached_property
    def of_phones(self) -> float:
        """Return the share of telephone numbers and addresses of e-mail."""
        return 0.0 if self.of_dates > 0.5 else self.share(is_contact)

    @cached_property
    def of_numbers(self) -> float:
        """Return the share of numbers."""
        return self.share(lambda text: _NUMBER.fullmatch(unicodedata.normalize("NFKC", text)))

    @cached_property
    def of_codes(self) -> float:
        """Return the share of codes: digits, perhaps with letters and signs, and no blank between them."""
        return self.share(lambda text: _CODE.fullmatch(unicodedata.normalize("NFKC", text)))

    @cached_property
    def of_scores(self) -> float:
        """Return the share of scores from 1 to 5, however they are written."""
        return self.share(is_score)

    @cached_property
    def of_dates(self) -> float:
        """Return the share of whole dates, in whatever way a profile can declare."""
        dated = {shape for shape, texts in self._shapes.items() if any(map(self._is_date, texts))}
        return sum(count for shape, count in self._counted.items() if shape in dated) / max(self.filled, 1)

    @cached_property
    def of_digits(self) -> float:
        """Return the share of digits that may be a date: as spreadsheets count days, as systems count seconds…"""
        return self.share(_digits_of_date)

    @cached_property
    def of_clocks(self) -> float:
        """Return the share of times of day without their day."""
        return self.share(is_clock)

    @cached_property
    def of_iso_clocks(self) -> float:
        """Return the share of times of day as ISO dates have them."""
        return self.share(_ISO_CLOCK.fullmatch)

    @cached_property
    def of_days(self) -> float:
        """Return the share of days without a time of day."""
        return self.share(_is_day)

    def _is_date(self, text: str) -> bool:
        return is_date(text) or (self.reader is not None and _reads(self.reader, text))

    @cached_property
    def ways(self) -> Sequence[str]:
        """Return the entries of `dates:` that its cells need, but for the order of month and day."""
        texts = [text for texts in self._shapes.values() for text in texts if is_date(text)]
        found = []
        for entry in UNAMBIGUOUS:
            left = [text for text in texts if not _read(entry, text)]
            if len(left) < len(texts):
                found.append(entry)
            texts = left
        return [*found, *dict.fromkeys(filter(None, map(_digits_of_date, self.cells)))]

    @cached_property
    def ordered(self) -> Sequence[str]:
        """Return its cells whose date begins with month or day: `03/04/2026`, or `3 Mar 2026`."""
        unread = {s for s, texts in self._shapes.items() if any(is_date(t) and not _unambiguous(t) for t in texts)}
        return [text for text in self.cells if _shape(text) in unread]

    @cached_property
    def _counted(self) -> Mapping[str, int]:
        counted: Counter[str] = Counter()
        for text, count in self.cells.items():
            counted[_shape(text)] += count
        return counted

    @cached_property
    def _shapes(self) -> Mapping[str, Sequence[str]]:
        """Return some cells of each way of writing; none if there are too many ways for a column of dates."""
        found: dict[str, list[str]] = {}
        if len(self._counted) <= _SHAPES:
            for text in self.cells:
                some = found.setdefault(_shape(text), [])
                if len(some) < _EACH:
                    some.append(text)
        return found


class Sample(Frozen):
    """The first rows of a file, by column: those that have a heading, whether or not they are filled.

    `doubled` says of the columns that share a heading which it is, and their letter in a spreadsheet.
    """

    columns: Sequence[Sampled]
    rows: int
    doubled: Mapping[str, tuple[str, str]] = {}

    @cached_property
    def by_heading(self) -> Mapping[str, Sampled]:
        """Return the columns by their headings."""
        return {column.heading: column for column in self.columns}


def sampled(
    headings: Sequence[str],
    lines: Iterable[Line],
    reader: DateReader | None = None,
    doubled: Mapping[str, tuple[str, str]] = _NONE,
) -> Sample:
    """Read the first ROWS rows of a file and return what stands in its columns; rows out of step are passed over.

    A `reader` reads dates that are written as a person says.
    """
    cells: list[Counter[str]] = [Counter() for _ in headings]
    seen: set[int] = set()
    for line in lines:
        if line.row is None or (known := hash(line.cells)) in seen:
            continue
        seen.add(known)
        for counter, text in zip(cells, line.cells, strict=False):
            if (cut := cleaned(text[:LONGEST])) and not unsaid(cut):
                counter[cut] += 1
        if len(seen) == ROWS:
            break
    columns = [
        _column(heading, counter, len(seen)).but(reader=reader)
        for heading, counter in zip(headings, cells, strict=True)
    ]
    usable = [column for column in columns if column.heading and headings.count(column.heading) == 1]
    return Sample(usable, len(seen), doubled)


def ways_of(columns: Iterable[Sampled]) -> list[str]:
    """Return the entries of `dates:` that columns of dates need, but for the order of month and day.

    A time of day beside them is read with them; ISO dates have only times such as 09:30.
    """
    columns = list(columns)
    loose = any(column.of_clocks > column.of_iso_clocks for column in columns)
    return list(
        dict.fromkeys([*(way for column in columns for way in column.ways), *(["year-first"] if loose else [])])
    )


def reader_of(dates: Sequence[str]) -> DateReader | None:
    """Return what reads dates as a person says that they are written; None if nothing is said.

    `BadInput` if they cannot be written so.
    """
    try:
        return DateReader(dates) if dates else None
    except ValueError as error:
        raise BadInput(f"--dates: {error}") from None


def _column(heading: str, counted: Counter[str], rows: int) -> Sampled:
    blanks = {text: count for text, count in counted.items() if len(text) <= _BLANK and says_nothing(text)}
    return Sampled(heading, {text: count for text, count in counted.items() if text not in blanks}, blanks, rows)


def is_contact(text: str) -> bool:
    """Tell whether a short text is a telephone number or an address of e-mail, or holds one."""
    found = contacts_in(unicodedata.normalize("NFKC", text).casefold()) if len(text) <= _SHORT else ()
    if _DIGITS["unix"].fullmatch(text):  # no number that is dialled here has ten digits, or thirteen, from 1 on
        return False
    return any(_MAIL.fullmatch(each) or (7 <= _digits(each) <= 15 and _PHONE.fullmatch(each)) for each in found)


def is_clock(text: str) -> bool:
    """Tell whether a text is a time of day without its day: `09:30`, 下午3点."""
    return _CLOCK.fullmatch(simplified(unicodedata.normalize("NFKC", text))) is not None


def _digits(text: str) -> int:
    return sum(letter.isdigit() for letter in text)


def _digits_of_date(text: str) -> str | None:
    """Return the entry of `dates:` that reads digits as a date; None if they can be none."""
    plain = unicodedata.normalize("NFKC", text)
    return next((entry for entry, form in _DIGITS.items() if form.fullmatch(plain)), None)


def _is_day(text: str) -> bool:
    timed = re.search(r"[:点时點時]", unicodedata.normalize("NFKC", text))
    return not timed and _digits_of_date(text) in (None, "serial")


def is_date(text: str) -> bool:
    """Tell whether a text is a whole date, in whatever way a profile can declare."""
    return _unambiguous(text) or any(_read(entry, text) for entry in ORDERS)


def order_of(texts: Iterable[str]) -> tuple[str | None, str]:
    """Return which of month and day comes first in dates such as `03/04/2026`, and one that shows it.

    None, with a date that may be either, if none of them says so, or if they contradict each other.
    """
    either, said = "", dict.fromkeys(ORDERS, "")
    for text in texts:
        found = _ORDERED.match(unicodedata.normalize("NFKC", text))
        first, second = (int(found[1]), int(found[2])) if found else (0, 0)
        if first > 12:
            said["day-first"] = said["day-first"] or text
        elif second > 12 or not found:
            said["month-first"] = said["month-first"] or (text if found else "")
        elif first != second:
            either = either or text
    sure = [order for order, text in said.items() if text]
    if len(sure) == 1:
        return sure[0], said[sure[0]]
    return (None, either or said["day-first"]) if either or sure else ("month-first", "")


def _unambiguous(text: str) -> bool:
    return any(_read(entry, text) for entry in UNAMBIGUOUS)


def _read(entry: str, text: str) -> bool:
    return _reads(_READERS[entry], text)


def _reads(reader: DateReader, text: str) -> bool:
    try:
        return bool(reader.read(text, UTC))
    except ValueError:
        return False


def _shape(text: str) -> str:
    """Return a text with each digit as 0 and each run of Latin letters as a: how it is written."""
    return re.sub("[A-Za-z]+", "a", re.sub("[0-9]", "0", unicodedata.normalize("NFKC", text[:40])))


_READERS = {entry: DateReader([entry]) for entry in (*UNAMBIGUOUS, *ORDERS)}
