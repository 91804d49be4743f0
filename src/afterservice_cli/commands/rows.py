"""Printing rows: the options that every list has, and what becomes of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Generic

import typer

from afterservice_cli.commands.options import JsonOption, in_place_of, option_of
from afterservice_cli.errors import BadInput, BadUsage
from afterservice_cli.files.input_file import check_output
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import listed, tr
from afterservice_cli.render.rows import Column, Value, chosen, in_ids, picked
from afterservice_cli.render.telling import Teller
from afterservice_cli.rulebook.sections.views import View
from afterservice_cli.session import Session

# Formats by the endings of files.
ENDINGS = {".csv": "csv", ".tsv": "tsv", ".json": "json", ".jsonl": "jsonl", ".md": "md"}
IDS = ("csv", "tsv")  # formats that have ids, unless labels are asked for
OBJECTS = ("json", "jsonl")

FormatOption = Annotated[
    str | None, typer.Option("--format", metavar="FORMAT", help="table, tsv, csv, json, jsonl or md.")
]
ColumnsOption = Annotated[
    str | None,
    typer.Option(
        "--columns", metavar="COLUMNS", help="These columns in this order, by id or label; `?` says which there are."
    ),
]
LabelsOption = Annotated[
    bool, typer.Option("--labels", help="In csv and tsv: titles, labels and the desk's time, no ids and UTC.")
]
OutputOption = Annotated[
    Path | None,
    # Not for Typer to try whether it can be written: its complaint would be English.
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write a .csv, .tsv, .json, .jsonl or .md; one that is there is replaced.",
    ),
]


class Layout(Frozen):
    """How rows are wanted, as the options say."""

    format: str | None
    as_json: bool
    columns: str | None
    labels: bool
    output: Path | None

    @property
    def asked(self) -> bool:
        """Tell whether an option is given that only lists have."""
        return self.but(as_json=False) != Layout(None, False, None, False, None)


def with_layout(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options by which rows are printed; its keyword `layout` gets what they say."""
    options = (
        option_of("columns", ColumnsOption),
        option_of("format", FormatOption),
        option_of("as_json", JsonOption, default=False),
        option_of("labels", LabelsOption, default=False),
        option_of("output", OutputOption),
    )

    def made(given: Mapping[str, Any]) -> Layout:
        return Layout(**given)

    return in_place_of("layout", options, made)(command)


class Rows(Generic[Value]):
    """Rows that are to be printed: what is asked of them holds, before a command does anything."""

    def __init__(
        self, session: Session, layout: Layout, columns: Sequence[Column[Value]], view: View | None = None
    ) -> None:
        """Take the columns that options ask for, else those of a view, else the usual ones."""
        self._terminal = session.terminal
        self._output = layout.output
        self.format = self._format(layout)
        picks = layout.columns
        if view is not None:
            headings = {name: title[session.terminal.language] for name, title in view.headings.items()}
            columns = [column.but(title=headings.get(column.id, column.title)) for column in columns]
            picks = ",".join(view.columns) if picks is None and view.columns else picks
        self._picked = picks is not None
        self._columns = chosen(columns, picks)
        if self.format in IDS and not layout.labels:
            self._columns = in_ids(self._columns)

    def _format(self, layout: Layout) -> str:
        """Return the format of a list: as it is asked for, or by the ending of its file."""
        asked = "json" if layout.as_json else layout.format
        if self._output is None:
            return self._terminal.format_of(asked)
        ending = self._output.suffix.lower()
        if ending not in ENDINGS:
            known = listed(ENDINGS)
            raise BadInput(tr("--output takes a file that ends with one of {known}", known=known))
        if asked not in (None, ENDINGS[ending]):
            raise BadUsage(tr("--output has its format by the file's ending – leave --format and --json out"))
        check_output(self._output)
        return ENDINGS[ending]

    def write(self, values: Iterable[Value], said: str | Callable[[], str]) -> None:
        """Write values where they are wanted, and say what they are; `said` may be told only once all are written."""
        told: Iterable[Any] = picked(values, self._columns) if self._picked and self.format in OBJECTS else values
        if self._output is None:
            self._terminal.write_rows(told, self._columns, format=self.format)
            self._terminal.say(_told(said))
            return
        from afterservice_cli.files.whole_file import written_whole

        with written_whole(self._output, mark=self.format == "csv") as out:
            self._terminal.write_rows(told, self._columns, format=self.format, out=out)
        self._terminal.say(tr("{file} written: {what}", file=self._output, what=_told(said)))


def _told(said: str | Callable[[], str]) -> str:
    return said if isinstance(said, str) else said()


def teller(session: Session) -> Teller:
    """Return how lists of the desk tell what ids and times stand for."""
    return Teller(session.rulebook, session.terminal.language, session.desk.now)
