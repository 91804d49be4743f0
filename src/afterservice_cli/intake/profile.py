"""An import profile: which column says what, and how its values and dates are written."""

from collections.abc import Mapping
from typing import Any

from afterservice_cli.decisions.imported import WORDS
from afterservice_cli.errors import BadInput, FaultyDocument, nearest
from afterservice_cli.frozen import Frozen
from afterservice_cli.intake.dates import DateReader
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.schema_types import (
    Either,
    Key,
    Keys,
    ListOf,
    MapOf,
    Notes,
    Shape,
    Text,
    identifier,
    one_of,
    read_shape,
)
from afterservice_cli.rulebook.yaml_nodes import read_document

ONLY_COLUMNS = ("number", "received_at")
DECIDED = ("category", "priority", "owner")
BUILT_IN = ("channel", "kind", "customer", "contact", "description", "product")


class _Between(Shape):
    """What stands between joined cells, blanks and all."""

    what = "text"

    def read(self, node: Any, path: Any, notes: Notes) -> Any:
        return node.text if node.quoted else Text().read(node, path, notes)


HEADINGS = ListOf(Text(what="a heading"), least=1)
COLUMN: Shape = Either(
    HEADINGS,
    Keys(
        {
            "join": Key(HEADINGS, "headings whose cells are put together", required=True),
            "with": Key(_Between(), "what stands between them", default=" – "),
        },
        what="a mapping",
    ),
    what="a heading, a list of headings of which the first that is filled counts, or `join:`",
)


class _Step(Keys):
    """One step of a course: a rating has its score."""

    def read(self, node: Any, path: Any, notes: Notes) -> Any:
        step = super().read(node, path, notes)
        if step and notes.sound(*path) and (step["event"] == "rated") != bool(step["score"]):
            notes.fault(path, "a rating has a `score`, other events have none")
        return step


STEP = _Step(
    {
        "event": Key(one_of(*WORDS), "what happened", required=True),
        "at": Key(HEADINGS, "the column that says when", required=True),
        "text": Key(HEADINGS, "the column with the words"),
        "score": Key(HEADINGS, "the column with the score, of a rating"),
    },
    what="a mapping",
)

PROFILE = Keys(
    {
        "profile": Key(identifier(), "its name; part of what tells rows apart", required=True),
        "columns": Key(MapOf(COLUMN, least=1), "our field: its heading, aliases, or columns to join", required=True),
        "identity": Key(HEADINGS, "columns that tell rows apart where the source has no number"),
        "values": Key(
            MapOf(MapOf(Text(what="a value"), key=Text(what="a value"))),
            "by field: what the file says, what it means",
            default={},
        ),
        "dates": Key(ListOf(Text(what="a date format"), least=1), "how dates are written", default=["iso"]),
        "defaults": Key(MapOf(Text(what="a value")), "values for fields the file leaves empty", default={}),
        "course": Key(ListOf(STEP), "what happened to a case, in order", default=[]),
    },
    what="a mapping",
)


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

    def headings(self) -> set[str]:
        """Every heading it knows."""
        sources = [*self.columns.values(), *(s for step in self.course for s in (step.at, step.text, step.score) if s)]
        return {heading for source in sources for heading in source.headings} | set(self.identity)


def read_profile(data: bytes, name: str, rulebook: Rulebook) -> Profile:
    """Read a profile and check it against the rulebook in force; `FaultyDocument` names every fault."""
    document, notes = read_shape(read_document(data, name), PROFILE)
    reader = _check(document, notes, rulebook) if document is not None else None
    if notes.faults or reader is None:
        raise FaultyDocument(name, notes.faults)
    return Profile(
        document["profile"],
        {field: _source(column) for field, column in document["columns"].items()},
        tuple(document["identity"] or ()),
        {
            field: {said.strip().casefold(): meant for said, meant in meanings.items()}
            for field, meanings in document["values"].items()
        },
        reader,
        document["defaults"],
        tuple(
            Step(
                step["event"],
                _source(step["at"]),
                _source(step["text"]) if step["text"] else None,
                _source(step["score"]) if step["score"] else None,
            )
            for step in document["course"]
        ),
    )


def is_closed(field: str, rulebook: Rulebook) -> bool:
    """Whether a field has only the values that the rulebook lists."""
    return field in ("channel", "kind", *DECIDED) or rulebook.fields.get(field, {}).get("type") == "choice"


def _source(column: Any) -> Source:
    if isinstance(column, Mapping):
        return Source(tuple(column["join"]), column["with"])
    return Source(tuple(column))


def _check(document: Mapping[str, Any], notes: Notes, rulebook: Rulebook) -> DateReader | None:
    """Note what the shapes cannot know, in whatever could be read; the reader of the dates where there is one."""
    fields = (*BUILT_IN, *rulebook.fields, *DECIDED)
    for section, known in (("columns", (*ONLY_COLUMNS, *fields)), ("values", fields), ("defaults", fields)):
        for field in document[section] or ():
            if field not in known:
                notes.fault((section, field), f"unknown field '{field}' – write {nearest(field, known)}", key=True)
    columns = document["columns"]
    if columns and "received_at" not in columns:
        notes.fault(("columns",), "no column says when a case was received – map `received_at`")
    if columns and "number" not in columns and not document["identity"] and notes.sound("identity"):
        notes.fault(("columns",), "nothing tells rows apart – map `number`, or name the columns under `identity:`")
    for field, meanings in (document["values"] or {}).items():
        for said, meant in (meanings or {}).items():
            _check_word(("values", field, said), field, meant, notes, rulebook)
    for field, value in (document["defaults"] or {}).items():
        _check_word(("defaults", field), field, value, notes, rulebook)
    try:
        return DateReader(document["dates"]) if notes.sound("dates") else None
    except ValueError as error:
        notes.fault(("dates",), str(error))
        return None


def _check_word(path: tuple[str | int, ...], field: str, word: str | None, notes: Notes, rulebook: Rulebook) -> None:
    if word is None or not is_closed(field, rulebook):
        return
    try:
        rulebook.known(field, word)
    except BadInput as error:
        notes.fault(path, error.message)
