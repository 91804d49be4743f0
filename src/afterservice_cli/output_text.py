"""Text that is fit to be seen: harmless on a terminal, masked, measured, defused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence

from afterservice_cli.input_text import contacts_in, national

# Zero-width joiner and non-joiner (U+200C, U+200D) stay: emoji, Persian and the Indic scripts are
# spelt with them, and they neither reorder text nor reach the terminal as commands.
# A text, which `re` compiles when it is first used: most lines have nothing unseen in them.
_UNSEEN = (
    "\r\n|["
    "\x00-\x1f\x7f-\x9f"  # C0, DEL, C1: ESC and the one-byte CSI among them
    "\u00ad\u180e\u200b\u2060-\u2064\ufeff"  # nothing to see
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # directions
    "\u2028\u2029\ufff9-\ufffb"  # separators, interlinear notes
    "\U000e0000-\U000e007f"  # tags: text that no eye sees
    "\ud800-\udfff"  # half characters, which no stream can encode
    "]"
)

# Texts, which `re` compiles when they are first used: most runs need none of them.
_EMAIL = r"([^@\s]+)@([\w.-]+)"
_PHONE = r"(?a)\+?[\d ()-]+"

# Spreadsheets fold full-width signs, and skip blanks, before they look for a formula.
_FORMULA = r"[\t\r\n]|\s*[=+@＝＋－＠-]"
_NEGATIVE = r"(?a)-\d+(?:\.\d+)?"

# A long line is broken behind a sign that ends a clause, and before what it all comes to.
CLAUSES = "(?<=[;:] )|(?<=[；：，])|(?= → (?:due|截止|last day|最后一天))"
WORDS = "(?<=[ 、])"
OR = "(?=或)"
DOTS = r"(?<=\.)"  # of a rule's path


def safe_text(text: str, *, lines: bool = False) -> str:
    r"""Return text with nothing in it that a terminal obeys or an eye misses.

    Control, bidi, zero-width and tag characters, line separators and lone surrogates are shown as
    Python would write them (`\x1b`, `\u202e`); a tab becomes a space. Newlines (and CR LF) become `⏎`,
    or stay newlines with `lines`. Text that needs nothing is returned as it is.
    """
    if _plain(text, lines=lines):
        return text
    newline = "\n" if lines else "⏎"
    return re.sub(_UNSEEN, lambda found: _shown(found[0], newline), text)


def _plain(text: str, *, lines: bool) -> bool:
    """Tell whether there is nothing unseen in a text: whatever is, Python calls unprintable."""
    return text.isprintable() or (lines and all(map(str.isprintable, text.split("\n"))))


def escaped(text: str) -> str:
    r"""Return one line of JSON with the characters that `safe_text` shows written as `\uXXXX`.

    JSON reads such an escape back as the character, so nothing is lost.
    """
    return text if text.isprintable() else re.sub(_UNSEEN, lambda found: _utf16(found[0]), text)


def mask_contact(text: str | None) -> str:
    """Return a contact as a list may show it; "" for None or blanks.

    `13900000012` → `139****0012` (numbers of eleven digits or more, without this country's code), `wang@example.com` →
    `w***@example.com`, several of them one after the other, anything else its first character and `***`, up to three
    characters only `***`.
    """
    plain = unicodedata.normalize("NFKC", text or "").strip()
    if not plain:
        return ""
    found = contacts_in(plain.casefold())
    if len(found) > 1:
        return "/".join(map(mask_contact, found))
    if email := re.fullmatch(_EMAIL, plain):
        name, host = email.groups()
        return f"{name[0] if len(name) > 1 else ''}***@{host}"
    if re.fullmatch(_PHONE, plain):
        digits = re.sub(r"\D", "", national(plain))
        if len(digits) >= 11:
            return f"{digits[:3]}****{digits[-4:]}"
    return f"{plain[0]}***" if len(plain) > 3 else "***"


def width(text: str) -> int:
    """Return the terminal columns that safe, one-line text takes: East Asian wide 2, combining 0.

    Joined emoji count by their parts, since terminals disagree on them.
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def aligned(rows: Sequence[Sequence[str]], figures: Collection[int] = (), columns: int | None = None) -> Iterator[str]:
    """Return a line for each row of safe cells, indented, each cell as wide as the widest of its column.

    Columns numbered in `figures` stand to the right, all others to the left. A row may be shorter than others: the
    last cell of a row takes no more than it needs, and makes its column no wider. If a row takes more than `columns`,
    its last cell goes to the line below.
    """
    widest: dict[int, int] = {}
    for row in rows:
        for i, cell in enumerate(row):
            if i < len(row) - 1 or i in figures:
                widest[i] = max(widest.get(i, 0), width(cell))
    for row in rows:
        blanks = [" " * (widest.get(i, 0) - width(cell)) for i, cell in enumerate(row)]
        cells = [
            blank + cell if i in figures else cell + blank
            for i, (cell, blank) in enumerate(zip(row, blanks, strict=True))
        ]
        line = f"  {'  '.join(cells)}".rstrip()
        if columns is None or width(line) <= columns or len(row) == 1:
            yield line
        else:
            yield from wrapped(f"  {'  '.join(cells[:-1])}".rstrip(), columns)
            yield from wrapped(f"    {row[-1]}", columns)


def wrapped(line: str, columns: int | None) -> Iterator[str]:
    """Yield a line, in pieces of at most `columns` if any, broken between clauses, or words, or signs, if need be."""
    if columns is None:
        yield line
        return
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    clauses = re.split(CLAUSES, line)
    shown, begun = "", False
    for piece in (piece for clause in clauses for piece in _pieces(clause, columns - len(indent), WORDS, OR, DOTS)):
        if shown.strip() and width(shown + piece.rstrip()) > columns:
            yield shown.rstrip()
            shown, begun = indent + piece.lstrip(), True
        elif begun and not shown.strip():  # no blanks stand before what was put on a line of its own
            shown = indent + piece.lstrip()
        else:
            shown += piece
    if shown.strip() or not begun:
        yield shown


# Where the next of several commands begins: behind a semicolon, or behind what says that it is one to choose.
NEXT_COMMAND = "(?<=;) (?=afterservice )|(?<=, or) (?=afterservice )|(?<=，或) ?(?=afterservice )"


def folded(message: str, columns: int | None) -> str:
    """Return a message in lines of at most `columns` if any, but for the commands in it, which stay as they are typed.

    A line that does not fit is broken as `wrapped` does it, and where a command begins, or the next of several.
    """
    if columns is None or not message:
        return message
    lines: list[str] = []
    for line in message.split("\n"):
        at = line.find("afterservice ")
        if width(line) <= columns or at < 0:
            lines += wrapped(line, columns)
        else:
            lines += wrapped(line[:at].rstrip(), columns) if line[:at].strip() else ()
            lines += (f"  {command}" for command in re.split(NEXT_COMMAND, line[at:]))
    return "\n".join(lines)


def _pieces(clause: str, room: int, *breaks: str) -> Iterator[str]:
    """Yield a clause in one piece, or in words or signs if it takes more columns than there is room for."""
    if width(clause) <= room:
        yield clause
    elif breaks:
        for part in re.split(breaks[0], clause):
            yield from _pieces(part, room, *breaks[1:])
    else:
        yield from clause


def defuse(cell: str) -> str:
    """Return a CSV cell that no spreadsheet takes for a formula, by a leading `'` if it looks like one.

    A plain negative number (`-3.5`) stays. A leading `+` never does: `+8613900000012` is a telephone
    number, which a spreadsheet would turn into 8.6E+12. A formula that has a `'` of its own gets another one,
    so that `undefuse` gives back every cell as it was.
    """
    return f"'{cell}" if _is_formula(cell.lstrip("'")) else cell


def undefuse(cell: str) -> str:
    """Return the cell that `defuse` was given."""
    return cell[1:] if cell.startswith("'") and _is_formula(cell.lstrip("'")) else cell


def _is_formula(cell: str) -> bool:
    return bool(re.match(_FORMULA, cell)) and not re.fullmatch(_NEGATIVE, cell)


def _shown(unseen: str, newline: str) -> str:
    if unseen in ("\n", "\r\n"):
        return newline
    if unseen == "\t":
        return " "
    code = ord(unseen)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _utf16(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))


def _columns(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
