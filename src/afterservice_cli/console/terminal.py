"""The terminal: what a person reads and writes there, in which language, and how rows of data are printed."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from shutil import get_terminal_size
from typing import Protocol, TextIO, overload

from afterservice_cli.errors import BadInput, BadUsage, StorageFailed, typed
from afterservice_cli.files.input_file import standard_input
from afterservice_cli.language import listed, speaking, spoken, tr, why
from afterservice_cli.output_text import folded, safe_text, wrapped
from afterservice_cli.render.rows import (
    Column,
    Value,
    in_utf8,
    json_text,
    write_json,
    write_json_lines,
    write_markdown,
    write_tsv,
)

NO_LOCALE = ("C", "POSIX")  # what a locale is called that names no language, before a dot


def language_asked_for() -> str | None:
    """Return the language that AFTERSERVICE_LANG asks for, or the locale; None if neither names one, as under cron."""
    for name in ("AFTERSERVICE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value and value.partition(".")[0] not in NO_LOCALE:
            return "zh" if value.lower().startswith("zh") else "en"
    return None


def complain(message: str) -> None:
    """Write lines for a person to standard error, folded to its columns if it is a terminal."""
    sys.stderr.write(f"{folded(safe_text(message, lines=True), _columns_of_stderr())}\n")


def drop_output() -> None:
    """Let whatever is still to be written to standard output go nowhere."""
    with suppress(ValueError):  # in a test's own process it may be no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def unwritten(error: OSError) -> int:
    """Say that the output could not be written, drop what is left of it, and return the exit code."""
    complain(f"afterservice: {tr('the output cannot be written: {why}; what was recorded stays', why=why(error))}")
    drop_output()
    return StorageFailed.exit_code


def unwritten_as_asked(error: OSError) -> int:
    """Say the same in the language asked for: no command has run, and no desk is known."""
    with speaking(language_asked_for() or "en"):
        return unwritten(error)


def _columns_of_stderr() -> int | None:
    if not sys.stderr.isatty():
        return None
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or None
    except OSError:
        return None


class ValueWriter(Protocol):
    """What writes values in one format."""

    def __call__(self, out: TextIO, values: Iterable[Value], columns: Sequence[Column[Value]]) -> None: ...


def _write_table(out: TextIO, values: Iterable[Value], columns: Sequence[Column[Value]]) -> None:
    from afterservice_cli.render.table import print_table

    print_table(out, values, columns, width=get_terminal_size().columns)


def _write_csv(out: TextIO, values: Iterable[Value], columns: Sequence[Column[Value]]) -> None:
    from afterservice_cli.render.csv import write_csv

    write_csv(out, values, columns)


# Every format there is, by its name.
WRITERS: Mapping[str, ValueWriter] = {
    "table": _write_table,
    "tsv": write_tsv,
    "csv": _write_csv,
    "json": write_json,
    "jsonl": write_json_lines,
    "md": write_markdown,
}


class _Unread(io.FileIO):
    """Standard output whose reader may have had enough."""

    def write(self, data: object) -> int:
        """Write what is read; return how many bytes are done with."""
        view = memoryview(data)  # type: ignore[arg-type]
        try:
            return super().write(view)
        except BrokenPipeError:
            return view.nbytes


class Terminal:
    """The standard streams of one run."""

    def __init__(self, before_reading: Callable[[], None] | None = None) -> None:
        self._stdin_is_read, self._before_reading = False, before_reading

    @property
    def language(self) -> str:
        """Return the language spoken, `zh` or `en`."""
        return spoken()

    @property
    def interactive(self) -> bool:
        """Tell whether a person sits at the terminal."""
        return sys.stdin.isatty() and sys.stdout.isatty()

    @overload
    def words(self, text: str) -> str: ...

    @overload
    def words(self, text: str | None) -> str | None: ...

    def words(self, text: str | None) -> str | None:
        """Return the text itself; for `-`, standard input, which keeps words private and can be read once."""
        if text != "-":
            return text
        if self._before_reading:
            self._before_reading()
        if self._stdin_is_read:
            raise BadUsage(tr("standard input can be read once – give only one of them as -"))
        self._stdin_is_read = True
        if sys.stdin.isatty():
            self.say(tr("reading from the terminal; end with Ctrl-D on a line of its own"))
        try:
            return standard_input().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise BadInput(tr("standard input is not UTF-8")) from None

    @contextmanager
    def told_to_the_end(self) -> Iterator[None]:
        """Have what nobody reads any more go nowhere: the command goes on, and its exit code says what it found."""
        before = sys.stdout
        with suppress(ValueError):  # in a test's own process it may be no file
            unread = io.BufferedWriter(_Unread(before.fileno(), "w", closefd=False))
            before.flush()
            sys.stdout = io.TextIOWrapper(unread, before.encoding, before.errors, line_buffering=before.isatty())
        try:
            yield
            sys.stdout.flush()
        finally:
            sys.stdout = before

    def say(self, message: str) -> None:
        """Write a message for a person to standard error."""
        complain(message)

    def say_rows(self, values: Sequence[Value], columns: Sequence[Column[Value]]) -> None:
        """Write values as a table for a person to standard error."""
        WRITERS["table"](sys.stderr, values, columns)

    def write(self, text: str) -> None:
        """Write data to standard output; what came from customers is made safe."""
        sys.stdout.write(f"{safe_text(text, lines=True)}\n")

    def write_lines(self, lines: Iterable[str]) -> None:
        """Write lines of data, folded to the columns of the terminal if they go to one."""
        columns = self.width(None)
        self.write("\n".join(piece for line in lines for piece in wrapped(line, columns)))

    def write_json(self, value: object, *, indent: int | None = None) -> None:
        """Write a value as one JSON object, without loss; on one line if nothing is indented."""
        in_utf8(sys.stdout).write(json_text(value, indent=indent) + "\n")

    def format_of(self, format: str | None) -> str:
        """Return the format asked for, else `table` at a terminal and `tsv` in a pipe; `BadInput` for another."""
        chosen = format or ("table" if sys.stdout.isatty() else "tsv")
        if chosen not in WRITERS:
            raise BadInput(
                tr(
                    "there is no format '{format}' – write one of {formats}",
                    format=typed(chosen),
                    formats=listed(WRITERS),
                )
            )
        return chosen

    @property
    def columns(self) -> int | None:
        """Return how many columns the terminal has to which data goes; None if it goes elsewhere."""
        return get_terminal_size().columns if sys.stdout.isatty() else None

    def width(self, format: str | None) -> int | None:
        """Return how many columns the terminal has, for a table; None for every other format."""
        return get_terminal_size().columns if self.format_of(format) == "table" else None

    def write_rows(
        self,
        values: Iterable[Value],
        columns: Sequence[Column[Value]],
        *,
        format: str | None,
        out: TextIO | None = None,
    ) -> None:
        """Write values in the format asked for, or else in the one that suits the output, to it or to a file."""
        WRITERS[self.format_of(format)](out or sys.stdout, values, columns)
        if out is None:
            sys.stdout.flush()  # nothing is said of rows that nobody gets
