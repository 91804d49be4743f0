"""Where a file's headings stand, and which column is which of those that a profile knows."""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import islice, zip_longest

from afterservice_cli.frozen import Frozen
from afterservice_cli.intake.tables.delimited import DelimitedRows
from afterservice_cli.intake.words.cells import cleaned
from afterservice_cli.intake.words.meanings import meanings
from afterservice_cli.output_text import undefuse

DELIMITERS = (",", ";", "\t", "|")
LOOKED_AT = 40  # rows among which headings are looked for
# The columns that a rejects file has beside those of the file it came from.
REASON, OCCURRENCE = "_reason", "_occurrence"
OWN = ("_line", "_status", "_field", REASON, OCCURRENCE)

_NONE: Mapping[str, int] = {}
_SEPARATOR = re.compile(r"\ufeff?\"?sep=(.)\"?\r?\n?", re.IGNORECASE)


class TextLayout(Frozen):
    """How a text is laid out: what parts cells, the place of the row of headings among all rows, and that row.

    `line` is the line it begins in; `count` how many headings of it are known; `depth` over how many rows they stand.
    """

    delimiter: str
    place: int
    line: int
    written: tuple[str, ...]
    count: int
    depth: int = 1


def plain_heading(text: str) -> str:
    """Return the form in which headings are compared: in any width, case and blank, without what nobody sees.

    A colon behind it, and what says that a form demands it (`*`, 必填), are no part of it.
    """
    folded = unicodedata.normalize("NFKC", cleaned(text)).casefold()
    plain = "".join(char for char in folded if not char.isspace() and unicodedata.category(char) not in ("Cc", "Cf"))
    return plain.removesuffix("(必填)").strip("*:") or plain


def layout_of(text: str, known: Collection[str], delimiters: Sequence[str] = DELIMITERS) -> TextLayout | None:
    """Return where the headings stand in the beginning of a text: the row with most of those `known`, in plain form.

    The first line `sep=;` tells the delimiter, else each is tried. A row other than the first has to have two of them,
    since a cell may say anything. If nothing is known, it is the first row that is as wide as most. Headings may stand
    over two rows, groups above their parts. None if there are none.
    """
    if len(delimiters) > 1 and (told := _SEPARATOR.match(text)):
        delimiters = told[1]
    find = _known_row if known else _widest_row
    found = [layout for delimiter in delimiters if (layout := find(_first_rows(text, delimiter), delimiter, known))]
    return max(found, key=lambda layout: layout.count, default=None)


def counted(cells: Sequence[str], known: Collection[str]) -> int:
    """Return how many known headings, in plain form, stand in a row."""
    return len({plain_heading(undefuse(cell)) for cell in cells} & set(known))


def likely(cells: Sequence[str]) -> int:
    """Return how likely a row is one of headings, if none are known: 0 if it is empty, more the more mean something."""
    return any(map(str.strip, cells)) + sum(bool(cell.strip() and meanings(cell)) for cell in cells)


def _first_rows(text: str, delimiter: str) -> list[tuple[int, int, list[str]]]:
    """Return the first rows that are not empty: their place among all, the line each begins in, and their cells."""
    rows = DelimitedRows(io.StringIO(text, newline=""), delimiter).rows()
    filled = ((place, row.number, row.cells) for place, row in enumerate(rows) if not row.fault and any(row.cells))
    return [row for row in islice(filled, LOOKED_AT) if any(map(str.strip, row[2]))]


def _known_row(rows: Sequence[tuple[int, int, list[str]]], delimiter: str, known: Collection[str]) -> TextLayout | None:
    best = None
    for nth, (place, line, cells) in enumerate(rows):
        count = counted(cells, known)
        enough = count >= (1 if nth == 0 or count == _filled(cells) else 2)
        if enough and (best is None or count > best.count):
            best = TextLayout(delimiter, place, line, tuple(cells), count)
        both = _with_parts(rows, nth)
        if both and (more := counted(both, known)) > max(count, best.count if best else 1):
            best = TextLayout(delimiter, place, line, both, more, depth=2)
    return best


def _widest_row(
    rows: Sequence[tuple[int, int, list[str]]], delimiter: str, known: Collection[str]
) -> TextLayout | None:
    if not rows:
        return None
    (width, _), *_ = Counter(len(cells) for _, _, cells in rows).most_common(1)
    for nth, (place, line, cells) in enumerate(rows):
        both = _with_parts(rows, nth)
        if both and 2 * _filled(both) >= width and _are_headings(rows[nth + 1][2]):
            return TextLayout(delimiter, place, line, both, width, depth=2)
        if 2 * _filled(cells) >= width:
            return TextLayout(delimiter, place, line, tuple(cells), width)
    return None


def _filled(cells: Sequence[str]) -> int:
    return sum(map(bool, map(str.strip, cells)))


def _with_parts(rows: Sequence[tuple[int, int, list[str]]], nth: int) -> tuple[str, ...] | None:
    """Return the headings that a row and the next make together, as cells do that were merged; None if they do not.

    Below a group stand its parts, in the columns that the group leaves empty as well; below any other heading nothing.
    A part that two groups have is called after its group, too.
    """
    if nth + 1 == len(rows) or rows[nth + 1][0] != rows[nth][0] + 1:
        return None
    cells = zip_longest(rows[nth][2], rows[nth + 1][2], fillvalue="")
    pairs = [(upper.strip(), lower.strip()) for upper, lower in cells]
    groups = _groups(pairs)
    several = len(set(filter(None, groups))) > 1
    if not any(groups) or not (several or any(upper and not lower for upper, lower in pairs)):
        return None
    parts = Counter(plain_heading(lower) for _, lower in pairs)
    return tuple(
        upper if not lower else group + lower if parts[plain_heading(lower)] > 1 else lower
        for (upper, lower), group in zip(pairs, groups, strict=True)
    )


def _groups(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Return the group of each column of two rows, "" for a column of its own; nothing if the rows are no such."""
    groups, group = list[str](), ""
    for place, (upper, lower) in enumerate(pairs):
        begins = pairs[place + 1 : place + 2]
        if upper and lower and not any(below and not above for above, below in begins):
            return []
        group = (upper or group) if lower else ""
        if lower and not group:
            return []
        groups.append(group)
    return groups


def _are_headings(cells: Sequence[str]) -> bool:
    """Tell whether the filled cells of a row are headings by their words, half of them at least, and none a number."""
    filled = [cell for cell in map(str.strip, cells) if cell]
    numbers = any(any(char.isdecimal() for char in cell) for cell in filled)
    return not numbers and 2 * sum(bool(meanings(cell)) for cell in filled) >= len(filled)


class Columns(Frozen):
    """The columns of a file: `written` as it has them, `headings` as the profile spells them.

    `aliases` are further spellings of the profile, each with the place of its column.
    """

    written: tuple[str, ...]
    headings: tuple[str, ...]
    aliases: tuple[tuple[str, int], ...]


def places_of_doubled(written: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Return the headings that stand over several columns, each with the places of these.

    One of which a number (`电话#2`) is the heading of a column of its own is none of them.
    """
    places: dict[str, list[int]] = {}
    for place, heading in enumerate(written):
        places.setdefault(heading, []).append(place)
    return {
        heading: found
        for heading, found in places.items()
        if heading and len(found) > 1 and not any(f"{heading}#{nth}" in places for nth in range(1, len(found) + 1))
    }


def columns_of(cells: Sequence[str], known: Collection[str], counting: Mapping[str, int] = _NONE) -> Columns:
    """Give each column the spelling by which the profile knows it; one that is spelt so exactly goes first.

    Of several with one heading that which is `counting` has it, if one is; else each has its number: `电话#2`.
    """
    written = tuple(cell.strip() for cell in cells)
    if REASON in written:
        written = tuple(map(undefuse, written))
    written = tuple(map(cleaned, written))
    named = _numbered(written, known, counting)
    exact = set(named) & set(known)
    spellings: dict[str, list[str]] = {}
    for heading in sorted(known):
        spellings.setdefault(plain_heading(heading), []).append(heading)
    headings = tuple(_spelt(heading, spellings, exact) for heading in named)
    places = {plain_heading(heading): place for place, heading in enumerate(headings) if heading in known}
    aliases = tuple(
        (heading, places[plain])
        for plain, several in spellings.items()
        for heading in several
        if heading not in headings and plain in places
    )
    return Columns(written, headings, aliases)


def _numbered(written: Sequence[str], known: Collection[str], counting: Mapping[str, int]) -> Sequence[str]:
    """Return the headings, those of several columns with numbers; a profile may know the only one as the first."""
    plain = {plain_heading(heading) for heading in known}
    doubled, named = places_of_doubled(written), list(written)
    for place, heading in enumerate(written):
        first = f"{heading}#1"
        if heading in doubled:
            own = "" if heading in counting else f"{heading}#{doubled[heading].index(place) + 1}"
            named[place] = heading if counting.get(heading) == place else own
        elif heading and plain_heading(first) in plain and plain_heading(heading) not in plain:
            named[place] = first
    return named


def _spelt(written: str, spellings: dict[str, list[str]], exact: set[str]) -> str:
    alike = spellings.get(plain_heading(written), [written])
    return written if written in exact or exact.intersection(alike) else alike[0]
