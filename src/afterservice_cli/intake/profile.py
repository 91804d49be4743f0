"""An import profile: which column says what, and how its values and dates are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from afterservice_cli.decisions.imported import WORDS
from afterservice_cli.errors import BadInput, FaultyDocument, nearest
from afterservice_cli.frozen import Frozen
from afterservice_cli.intake.dates import DateReader
from afterservice_cli.intake.encodings import named_encoding
from afterservice_cli.language import sentence, tr
from afterservice_cli.rulebook.keys import Section, key
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.schema_types import (
    Either,
    Later,
    ListOf,
    MapOf,
    Notes,
    Path,
    Shape,
    Text,
    identifier,
    one_of,
    read_section,
    shape_of,
)
from afterservice_cli.rulebook.vocabulary import ONLY_COLUMNS
from afterservice_cli.rulebook.yaml_nodes import Node, read_document

DECIDED = ("category", "priority", "owner")
BUILT_IN = ("channel", "kind", "customer", "contact", "description", "product")


class _Between(Text):
    """What stands between joined cells, blanks and all."""

    def read(self, node: Node, path: Path, notes: Notes) -> str | None:
        found: str | None = node.text if node.quoted else super().read(node, path, notes)
        return found


Headings = Annotated[Sequence[str], "headings"]
Value = Annotated[str, "value"]


class Joined(Section):
    """Several columns that are one field."""

    join: Headings = key("headings whose cells are put together")
    between: Annotated[str, "between"] = key("what stands between them", default=" – ", written="with")


class StepColumns(Section):
    """The columns that say what happened to a case."""

    event: Annotated[str, "event"] = key("what happened")
    at: Headings = key("the column that says when")
    text: Headings | None = key("the column with the words", default=None)
    score: Headings | None = key("the column with the score, of a rating", default=None)


class ProfileDocument(Section):
    """An import profile as it is written."""

    name: Annotated[str, "id"] = key("its name; part of what tells rows apart", written="profile")
    columns: Mapping[str, Annotated[Sequence[str] | Joined, "column"]] = key(
        "our field: its heading, aliases, or columns to join", least=1
    )
    identity: Headings | None = key("columns that tell rows apart if the source has no number", default=None)
    values: Mapping[str, Annotated[Mapping[str, str], "meanings"]] = key(
        "by field: what the file says, what it means", default={}
    )
    encoding: Annotated[str, "encoding"] | None = key("how the file is encoded, if it has no mark", default=None)
    sheet: Annotated[str, "value"] | None = key("the sheet of a workbook", default=None)
    dates: Sequence[Annotated[str, "date format"]] = key("how dates are written", default=("iso",), least=1)
    defaults: Mapping[str, Value] = key("values for fields the file leaves empty", default={})
    course: Sequence[StepColumns] = key("what happened to a case, in order", default=())


_VALUE = Text(what=sentence("a value"))
_HEADINGS = ListOf(Text(what=sentence("a heading")), least=1)
FORMS: dict[str, Shape] = {
    "between": _Between(),
    "column": Later(
        sentence("a heading, a list of headings of which the first that is filled counts, or `join:`"),
        lambda: Either(_HEADINGS, shape_of(Joined, FORMS)),
    ),
    "date format": Text(what=sentence("a date format")),
    "encoding": Text(named_encoding, sentence("an encoding")),
    "event": one_of(*WORDS),
    "headings": _HEADINGS,
    "id": identifier(),
    "meanings": MapOf(_VALUE, key=_VALUE),
    "value": _VALUE,
}
PROFILE = shape_of(ProfileDocument, FORMS)


class Source(Frozen):
    """Where a value comes from: the first of `headings` that the file has, or all of them joined."""

    headings: tuple[str, ...]
    joined_with: str | None = None


class Step(Frozen):
    """One thing that may have happened to a case."""

    word: str
    at: Source
    text: Source | None
    score: Source | None


class Profile(Frozen):
    """A profile without faults."""

    name: str
    columns: Mapping[str, Source]
    identity: tuple[str, ...]
    values: Mapping[str, Mapping[str, str]]
    dates: DateReader
    defaults: Mapping[str, str]
    course: tuple[Step, ...]
    encoding: str | None = None
    sheet: str | None = None

    def headings(self) -> set[str]:
        """Return every heading it knows."""
        sources = [*self.columns.values(), *(s for step in self.course for s in (step.at, step.text, step.score) if s)]
        return {heading for source in sources for heading in source.headings} | set(self.identity)


def read_profile(data: bytes, name: str, rulebook: Rulebook) -> Profile:
    """Read a profile and check it against the rulebook in force; `FaultyDocument` names every fault."""
    document, notes = read_section(read_document(data, name), PROFILE)
    reader = _check(document, notes, rulebook) if document is not None else None
    if notes.faults or document is None or reader is None:
        raise FaultyDocument(name, notes.faults)
    return Profile(
        document.name,
        {field: _source(column) for field, column in document.columns.items()},
        tuple(document.identity or ()),
        {
            field: {said.strip().casefold(): meant for said, meant in meanings.items()}
            for field, meanings in document.values.items()
        },
        reader,
        document.defaults,
        tuple(
            Step(
                step.event,
                _source(step.at),
                _source(step.text) if step.text else None,
                _source(step.score) if step.score else None,
            )
            for step in document.course
        ),
        document.encoding,
        document.sheet,
    )


def is_closed(field: str, rulebook: Rulebook) -> bool:
    """Tell whether a field has only the values that the rulebook lists."""
    return field in ("channel", "kind", *DECIDED) or (
        field in rulebook.fields and rulebook.fields[field].type == "choice"
    )


def _source(column: Sequence[str] | Joined) -> Source:
    return Source(tuple(column.join), column.between) if isinstance(column, Joined) else Source(tuple(column))


def _check(document: ProfileDocument, notes: Notes, rulebook: Rulebook) -> DateReader | None:
    """Note what the shapes cannot know, in whatever could be read; return the reader of the dates if there is one."""
    _check_fields(document, notes, rulebook)
    for field, meanings in (document.values or {}).items():
        for said, meant in (meanings or {}).items():
            _check_word(("values", field, said), field, meant, notes, rulebook)
    for field, value in (document.defaults or {}).items():
        _check_word(("defaults", field), field, value, notes, rulebook)
    for index, step in enumerate(document.course or ()):
        if notes.sound("course", index) and (step.event == "rated") != bool(step.score):
            notes.fault(("course", index), tr("a rating has a `score`, other events have none"))
    try:
        return DateReader(document.dates) if notes.sound("dates") else None
    except ValueError as error:
        notes.fault(("dates",), str(error))
        return None


def _check_fields(document: ProfileDocument, notes: Notes, rulebook: Rulebook) -> None:
    """Note unknown fields, and what every profile needs and this one lacks."""
    fields = (*BUILT_IN, *rulebook.fields, *DECIDED)
    for section, named, known in (
        ("columns", document.columns, (*ONLY_COLUMNS, *fields)),
        ("values", document.values, fields),
        ("defaults", document.defaults, fields),
    ):
        for field in named or ():
            if field not in known:
                notes.fault(
                    (section, field),
                    tr("unknown field '{field}' – write {known}", field=field, known=nearest(field, known)),
                    key=True,
                )
    columns = document.columns
    if columns and "received_at" not in columns:
        notes.fault(("columns",), tr("no column says when a case was received – map `received_at`"))
    if columns and "number" not in columns and not document.identity and notes.sound("identity"):
        notes.fault(("columns",), tr("nothing tells rows apart – map `number`, or name the columns under `identity:`"))


def _check_word(path: tuple[str | int, ...], field: str, word: str | None, notes: Notes, rulebook: Rulebook) -> None:
    if word is None or not is_closed(field, rulebook):
        return
    try:
        rulebook.known(field, word)
    except BadInput as error:
        notes.fault(path, error.message)
