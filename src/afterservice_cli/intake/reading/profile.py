"""An import profile: which column says what, and how its values and dates are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, TypeVar, get_args

from afterservice_cli.decisions.closing import BEST
from afterservice_cli.decisions.imported import WORDS
from afterservice_cli.errors import BadInput, FaultyDocument, nearest
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_text import spelling
from afterservice_cli.intake.tables.encodings import named_encoding
from afterservice_cli.intake.tables.headings import plain_heading
from afterservice_cli.intake.words.dates import DateReader
from afterservice_cli.language import sentence, tr
from afterservice_cli.rulebook.document.notes import Notes, Path
from afterservice_cli.rulebook.document.schema_types import (
    Either,
    Later,
    ListOf,
    MapOf,
    Shape,
    Text,
    identifier,
    integer,
    one_of,
    read_section,
    shape_of,
)
from afterservice_cli.rulebook.document.yaml_nodes import Node, read_document
from afterservice_cli.rulebook.keys import Section, key
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.vocabulary import ONLY_COLUMNS

DECIDED = ("category", "priority", "owner")
CLOSED = ("channel", "kind", *DECIDED, "person")
BUILT_IN = ("channel", "kind", "customer", "contact", "description", "product")


class _Between(Text):
    """What stands between joined cells, blanks and all."""

    def read(self, node: Node, path: Path, notes: Notes) -> str | None:
        found: str | None = node.text if node.quoted else super().read(node, path, notes)
        return found


Undated = Literal["latest", "received"]
UNDATED: tuple[str, ...] = get_args(Undated)  # which time of a row counts for a status without one
_DASH = " – "  # between columns that are joined, if nothing else is said
Headings = Annotated[Sequence[str], "headings"]
T = TypeVar("T")
Value = Annotated[str, "value"]


class Joined(Section):
    """Several columns that are one field."""

    join: Headings = key("headings whose cells are put together")
    between: Annotated[str, "between"] | None = key(
        "what stands between them; without it a dash, or a blank between a day and its time",
        default=None,
        written="with",
    )


class StepColumns(Section):
    """The columns that say what happened to a case."""

    event: Annotated[str, "event"] = key("what happened")
    at: Headings = key("the column that says when")
    text: Headings | None = key("the column with the words", default=None)
    score: Headings | None = key("the column with the score, of a rating", default=None)
    means: Annotated[Mapping[str, int], "scores"] = key("what the words in it are as a score", default={})
    promised: Headings | None = key("the column with the time that an acknowledgement promises", default=None)
    ground: str | None = key("the ground of a pause, if the rulebook has several", default=None, written="for")


class StatusColumns(Section):
    """The column that says how far a case is, and what must have happened for that."""

    column: Headings = key("the column with the status")
    means: Annotated[Mapping[str, Sequence[str]], "states"] = key("by status: what has happened, or `open`")
    at: Headings | None = key("the columns that say when, of which the first that is filled counts", default=None)
    undated: Undated | None = key(
        "which time counts if no cell has one: the latest of the row, or when it was received", default=None
    )
    ground: str | None = key("the ground of a pause, if the rulebook has several", default=None, written="for")


class EventColumns(Section):
    """The columns of a file that has a row for each event, several for a case."""

    column: Headings = key("the column that says what happened")
    means: Annotated[Mapping[str, str], "told"] = key("by what stands there: the event, `registered`, or `nothing`")
    at: Headings = key("the column that says when")
    text: Headings | None = key("the column with the words", default=None)
    score: Headings | None = key("the column with the score, of a rating", default=None)
    ground: str | None = key("the ground of a pause, if the rulebook has several", default=None, written="for")


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
    empty: Sequence[Annotated[str, "value"]] = key("what stands in a cell that says nothing", default=())
    fields: Literal["keep"] | None = key(
        "`keep`: columns that are called like a field of the rulebook are that field", default=None
    )
    course: Sequence[StepColumns] = key("what happened to a case", default=())
    status: StatusColumns | None = key("how far a case is, by a column without dates", default=None)
    events: EventColumns | None = key("for a file of events, a row each: which columns tell them", default=None)


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
    "scores": MapOf(integer(1, BEST), key=_VALUE),
    "states": MapOf(ListOf(one_of("open", *(word for word in WORDS if word != "rated")), least=1), key=_VALUE, least=1),
    "told": MapOf(one_of("registered", "nothing", *WORDS), key=_VALUE, least=1),
    "headings": _HEADINGS,
    "id": identifier(),
    "meanings": MapOf(_VALUE, key=_VALUE),
    "value": _VALUE,
}
PROFILE = shape_of(ProfileDocument, FORMS)


class ColumnSource(Frozen):
    """Where a value comes from: the first of `headings` that the file has, or all of them joined."""

    headings: tuple[str, ...]
    joined_with: str | None = None


class Step(Frozen):
    """One thing that may have happened to a case; `means` has scores by the spelling of the words for them."""

    word: str
    at: ColumnSource
    text: ColumnSource | None
    score: ColumnSource | None
    means: Mapping[str, int] = {}
    promised: ColumnSource | None = None
    ground: str | None = None

    def sources(self) -> list[ColumnSource]:
        """Return where it is read from."""
        return [source for source in (self.at, self.text, self.score, self.promised) if source]


class Status(Frozen):
    """How far a case is: by the spelling of what stands there, what has happened."""

    column: ColumnSource
    means: Mapping[str, tuple[str, ...]]
    at: ColumnSource | None
    undated: str | None
    ground: str | None


class Events(Frozen):
    """How a row tells one event: by the spelling of what stands there, its word, `registered` or `nothing`."""

    column: ColumnSource
    means: Mapping[str, str]
    step: Step


class Profile(Frozen):
    """A profile without faults; words and values are told by their spelling."""

    name: str
    columns: Mapping[str, ColumnSource]
    identity: tuple[str, ...]
    values: Mapping[str, Mapping[str, str]]
    dates: DateReader
    defaults: Mapping[str, str]
    course: tuple[Step, ...]
    empty: frozenset[str] = frozenset()
    status: Status | None = None
    events: Events | None = None
    encoding: str | None = None
    sheet: str | None = None

    def headings(self) -> set[str]:
        """Return every heading it knows."""
        sources = [*self.columns.values(), *(source for step in self.course for source in step.sources())]
        if self.status:
            sources += [self.status.column, *([self.status.at] if self.status.at else [])]
        if self.events:
            sources += [self.events.column, *self.events.step.sources()]
        return {heading for source in sources for heading in source.headings} | set(self.identity)


def read_profile(data: bytes, name: str, rulebook: Rulebook, *, dated: bool = False) -> Profile:
    """Read a profile and check it against the rulebook in force; `FaultyDocument` names every fault.

    It needs no column for the receipt if the file is `dated` as a whole.
    """
    document, notes = read_section(read_document(data, name), PROFILE)
    reader = _check(document, notes, rulebook, dated) if document is not None else None
    if notes.faults or document is None or reader is None:
        raise FaultyDocument(name, notes.faults)
    times = {"received_at", *(name for name, entry in rulebook.fields.items() if entry.type in ("date", "time"))}
    columns = {name: _source(column, " " if name in times else _DASH) for name, column in document.columns.items()}
    if document.fields == "keep":
        columns = {**_fields_by_title(document, rulebook), **columns}
    return Profile(
        document.name,
        columns,
        tuple(document.identity or ()),
        {field: _spelled(meanings) for field, meanings in document.values.items()},
        reader,
        document.defaults,
        tuple(_step(step, rulebook) for step in document.course),
        frozenset(map(spelling, document.empty)),
        _status(document.status, rulebook) if document.status else None,
        _events(document.events, rulebook) if document.events else None,
        document.encoding,
        document.sheet,
    )


def is_closed(field: str, rulebook: Rulebook) -> bool:
    """Tell whether a field has only the values that the rulebook lists."""
    return field in CLOSED or (field in rulebook.fields and rulebook.fields[field].type == "choice")


def _fields_by_title(document: ProfileDocument, rulebook: Rulebook) -> dict[str, ColumnSource]:
    """Return the rulebook's own fields by their names and labels, but for headings that the profile uses already."""
    used = {plain_heading(heading) for column in document.columns.values() for heading in _source(column).headings}
    titles = {name: (name, *entry.title.values()) for name, entry in rulebook.fields.items()}
    return {
        name: ColumnSource(free)
        for name, words in titles.items()
        if (free := tuple(word for word in dict.fromkeys(words) if plain_heading(word) not in used))
    }


def _step(step: StepColumns, rulebook: Rulebook) -> Step:
    return Step(
        step.event,
        _source(step.at),
        _source(step.text) if step.text else None,
        _source(step.score) if step.score else None,
        _spelled(step.means),
        _source(step.promised) if step.promised else None,
        _ground(step.ground, rulebook) if step.event == "paused" else None,
    )


def _status(status: StatusColumns, rulebook: Rulebook) -> Status:
    return Status(
        _source(status.column),
        _spelled({said: tuple(word for word in words if word != "open") for said, words in status.means.items()}),
        _source(status.at) if status.at else None,
        status.undated,
        _ground(status.ground, rulebook),
    )


def _events(events: EventColumns, rulebook: Rulebook) -> Events:
    text, score = (_source(headings) if headings else None for headings in (events.text, events.score))
    step = Step("", _source(events.at), text, score, ground=_ground(events.ground, rulebook))
    return Events(_source(events.column), _spelled(events.means), step)


def _ground(named: str | None, rulebook: Rulebook) -> str | None:
    """Return the ground of a pause that is named, or the only one that the rulebook has."""
    if named:
        return rulebook.known("pause", named)
    return next(iter(rulebook.pauses)) if len(rulebook.pauses) == 1 else None


def _spelled(meanings: Mapping[str, T]) -> dict[str, T]:
    return {spelling(said): meant for said, meant in meanings.items()}


def _source(column: Sequence[str] | Joined, between: str = _DASH) -> ColumnSource:
    if isinstance(column, Joined):
        return ColumnSource(tuple(column.join), column.between or between)
    return ColumnSource(tuple(column))


def _check(document: ProfileDocument, notes: Notes, rulebook: Rulebook, dated: bool) -> DateReader | None:
    """Note what the shapes cannot know, in whatever could be read; return the reader of the dates if there is one."""
    _check_fields(document, notes, rulebook, dated)
    _check_course(document, notes, rulebook)
    for field, meanings in (document.values or {}).items():
        for said, meant in (meanings or {}).items():
            _check_word(("values", field, said), field, meant, notes, rulebook)
    for field, value in (document.defaults or {}).items():
        _check_word(("defaults", field), field, value, notes, rulebook)
    try:
        return DateReader(document.dates) if notes.sound("dates") else None
    except ValueError as error:
        notes.fault(("dates",), str(error))
        return None


def _check_course(document: ProfileDocument, notes: Notes, rulebook: Rulebook) -> None:
    """Note what a step, a status or an event lacks, or has and cannot use."""
    for index, step in enumerate(document.course or ()):
        if not notes.sound("course", index):
            continue
        place = ("course", index)
        if (step.event == "rated") != bool(step.score) or (step.means and not step.score):
            notes.fault(place, tr("a rating has a `score`, other events have none"))
        if step.promised and step.event != "acknowledged":
            notes.fault(place, tr("an acknowledgement may have `promised`, other events have none"))
        _check_ground(place, step.ground, step.event == "paused", notes, rulebook)
    _check_status(document, notes, rulebook)
    if (events := document.events) and notes.sound("events"):
        words = set(events.means.values())
        _check_ground(("events",), events.ground, "paused" in words, notes, rulebook)
        if ("rated" in words) != bool(events.score):
            notes.fault(("events",), tr("a rating has a `score`, other events have none"))
        if "number" not in (document.columns or ()):
            notes.fault(("events",), tr("nothing says which case an event belongs to – map `number`"))


def _check_status(document: ProfileDocument, notes: Notes, rulebook: Rulebook) -> None:
    if (status := document.status) and notes.sound("status"):
        words = {word for said in status.means.values() for word in said}
        _check_ground(("status",), status.ground, "paused" in words, notes, rulebook)
        if words != {"open"} and not (status.at or status.undated):
            notes.fault(
                ("status",),
                tr("nothing says when it happened – name the columns under `at`, or write `undated: latest`"),
            )


def _check_ground(
    place: Sequence[str | int], ground: str | None, paused: bool, notes: Notes, rulebook: Rulebook
) -> None:
    """Note a pause without a ground that the rulebook has."""
    if paused and not ground and len(rulebook.pauses) != 1:
        message = tr("a pause needs its ground – write `for:` with {known}", known=nearest("", tuple(rulebook.pauses)))
        notes.fault(tuple(place), message if rulebook.pauses else tr("the rulebook has no pauses – leave them out"))
    if paused and ground:
        try:
            rulebook.known("pause", ground)
        except BadInput as error:
            notes.fault((*place, "for"), error.message)


def _check_fields(document: ProfileDocument, notes: Notes, rulebook: Rulebook, dated: bool) -> None:
    """Note unknown fields, and what every profile needs and this one lacks."""
    fields = (*BUILT_IN, *rulebook.fields, *DECIDED, "person")
    for section, named, known in (
        ("columns", document.columns, (*ONLY_COLUMNS, *fields)),
        ("values", document.values, fields),
        ("defaults", document.defaults, ("received_at", *fields)),
    ):
        for field in named or ():
            if field not in known:
                notes.fault(
                    (section, field),
                    tr("unknown field '{field}' – write {known}", field=field, known=nearest(field, known)),
                    key=True,
                )
    columns = document.columns
    given = dated or document.events or "received_at" in (document.defaults or {})
    if columns and "received_at" not in columns and not given:
        notes.fault(
            ("columns",),
            tr("no column says when a case was received – map `received_at`, or give it: --received-at 2026-10-01"),
        )
    if columns and "number" not in columns and not document.identity and notes.sound("identity"):
        notes.fault(("columns",), tr("nothing tells rows apart – map `number`, or name the columns under `identity:`"))


def _check_word(path: tuple[str | int, ...], field: str, word: str | None, notes: Notes, rulebook: Rulebook) -> None:
    if word is None or not is_closed(field, rulebook):
        return
    try:
        rulebook.known(field, word)
    except BadInput as error:
        notes.fault(path, error.message)
