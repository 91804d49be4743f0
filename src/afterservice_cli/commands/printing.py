"""Printing a report: the formats that it has beside the terminal's, and the files that are made of it."""

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from afterservice_cli.console.terminal import Terminal
from afterservice_cli.errors import BadInput, BadUsage, typed
from afterservice_cli.figures.tables import Printed, as_json
from afterservice_cli.files.input_file import check_folder_of, check_output
from afterservice_cli.language import listed, tr
from afterservice_cli.output_text import safe_text
from afterservice_cli.render.reports.report import report_lines
from afterservice_cli.render.rows import json_text
from afterservice_cli.store.troubles import translated

Format = Callable[[Printed, str], bytes]


def _markdown(printed: Printed, language: str) -> bytes:
    from afterservice_cli.render.reports.markdown import report_markdown

    return report_markdown(printed, language).encode()


def _csv(printed: Printed, language: str) -> bytes:
    from afterservice_cli.render.reports.csv import report_csv

    return report_csv(printed, language).encode()


def _json(printed: Printed, language: str) -> bytes:
    return f"{json_text(as_json(printed))}\n".encode()


def _text(printed: Printed, language: str) -> bytes:
    return "".join(f"{safe_text(line)}\n" for line in report_lines(printed, language)).encode()


def _html(printed: Printed, language: str) -> bytes:
    from afterservice_cli.render.reports.html import report_html

    return report_html(printed, language).encode()


def _xlsx(printed: Printed, language: str) -> bytes:
    from afterservice_cli.render.reports.xlsx import report_xlsx

    return report_xlsx(printed, language)


# Every format of a report, by its name, which is also the ending of a file.
FORMATS: Mapping[str, Format] = {
    "md": _markdown,
    "csv": _csv,
    "json": _json,
    "html": _html,
    "xlsx": _xlsx,
    "txt": _text,
}
BINARY = ("xlsx",)  # nothing that a terminal can show
LISTING = ("html", "xlsx")  # in which the cases of every figure stand

ReportFormatOption = Annotated[
    str | None, typer.Option("--format", metavar="FORMAT", help="md, csv, json, html, xlsx or txt.")
]
ReportOutputOption = Annotated[
    Path | None,
    # Not for Typer to try whether it can be written: its complaint would be English.
    typer.Option(
        "--output",
        "-o",
        metavar="FILE|DIR",
        help="Write a .md, .csv, .json, .html, .xlsx or .txt, or all of them into a folder; what is there is replaced.",
    ),
]


def check_wanted(format: str | None, output: Path | None) -> Sequence[str]:
    """Return the formats that a report shall have, before it is made; raises what `write_report` would."""
    formats = _formats(format, output)
    if output is None and format in BINARY and sys.stdout.isatty():
        raise BadUsage(tr("{format} is nothing to read at a terminal – name a file: -o report.{format}", format=format))
    return formats


def write_report(printed: Printed, terminal: Terminal, format: str | None, output: Path | None) -> None:
    """Write a report in a format to standard output, or to a file by its ending, or to a folder in every format."""
    formats = check_wanted(format, output)
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(FORMATS[format or "json"](printed, terminal.language))
        sys.stdout.buffer.flush()
        return
    from afterservice_cli.files.whole_file import MARK, write_whole

    folder = _is_folder(output)
    if folder:
        with translated(output):
            output.mkdir(exist_ok=True)
    for ending in formats:
        content = FORMATS[ending](printed, terminal.language)
        file = output / f"{_file_name(printed)}.{ending}" if folder else output
        write_whole(file, MARK.encode() + content if ending == "csv" else content)
        terminal.say(tr("{file} written", file=file))


def _formats(format: str | None, output: Path | None) -> Sequence[str]:
    """Return the formats that are wanted; a `Problem` says what can be."""
    known = listed(FORMATS)
    if format is not None and format not in FORMATS:
        raise BadInput(
            tr("there is no format '{format}' – write one of {formats}", format=typed(format), formats=known)
        )
    if output is None or _is_folder(output):
        if output and not output.is_dir():
            check_folder_of(output)
        return [format] if format else list(FORMATS)
    ending = output.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        endings = listed(f".{name}" for name in FORMATS)
        raise BadInput(tr("--output takes a folder, or a file that ends with one of {known}", known=endings))
    if format not in (None, ending):
        raise BadUsage(tr("--output has its format by the file's ending – leave --format and --json out"))
    check_output(output)
    return [ending]


def _is_folder(output: Path) -> bool:
    """Tell whether a place is a folder, or would be one: it has no ending."""
    return output.is_dir() or not (output.suffix or output.exists() or str(output) == "-")


def _file_name(printed: Printed) -> str:
    """Return how files are called that have a report: 2026-10, 2026Q3, 2026-10-01_2026-10-15, 2026-10-boss."""
    plain = re.sub(r"(?<=[0-9])-(?=[0-9W])", "\0", printed.period)
    period = re.sub(r"[^0-9A-Za-z\0]+", "_", plain).replace("\0", "-").strip("_")
    return f"{period}-{printed.own}" if printed.own else period
