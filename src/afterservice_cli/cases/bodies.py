"""Events as the history keeps them: a body without personal data, what is personal beside it, and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from afterservice_cli.canonical import canonical
from afterservice_cli.cases.case import Event
from afterservice_cli.cases.events import KINDS
from afterservice_cli.cases.values import DeadlineSpec, DutySpec, Finding, Settled, Source, TaskSpec
from afterservice_cli.frozen import UNSET, Frozen
from afterservice_cli.time.instants import from_text, to_seconds, to_text

T = TypeVar("T")

# The fields of events that hold records, whatever the kind.
NESTED: Mapping[str, type[Frozen]] = {
    "findings": Finding,
    "deadlines": DeadlineSpec,
    "settled": Settled,
    "source": Source,
    "tasks": TaskSpec,
    "planned": TaskSpec,
    "duties": DutySpec,
}

# What the rules gave a case. It is the same in many events, but for its instants, and kept once: their shape.
SHAPED = ("findings", "collaborators", "deadlines", "settled", "tasks", "planned")
MAPPED = ("outcomes",)  # of their fields, those that are mappings
TIMES = "times"  # the instants of a shape, in a body


class _ByClass(dict[type[Frozen], T]):
    """What a function finds of classes, found when it is first asked for."""

    def __init__(self, find: Callable[[type[Frozen]], T]) -> None:
        self._find = find

    def __missing__(self, cls: type[Frozen]) -> T:
        """Look for it, and keep what was found."""
        found = self[cls] = self._find(cls)
        return found


class Stored(NamedTuple):
    """An event as the history keeps it, in canonical JSON: the shape it shares with others, the rest, what is personal.

    In a shape, a number stands for an instant: 0 for when the event was, 1… for those that the body has under `times`,
    in seconds since then. "" if there is nothing of the kind.
    """

    shape: str
    body: str
    personal: str


def stored(event: Event, case_id: str) -> Stored:
    """Return an event of a case as the history keeps it; what nothing is known of is left out, and its number."""
    held, kept, times = event.__dict__, _KEPT[type(event)], [event.at]
    personal = {name: value for name in kept.personal if (value := held[name]) is not None}
    body = {name: value for name in kept.known if (value := held[name]) is not None}
    for name in kept.always:
        body[name] = held[name]
    if isinstance(source := body.get("source"), Frozen):
        body["source"] = _said(source)
    if not event.roles:
        body.pop("roles", None)
    if body.get("case") == case_id:
        del body["case"]
    shape = ""
    if any(map(held.get, kept.shaped)):
        parts = [(name, body.pop(name)) for name in kept.shaped if name in body]
        shape = _shape(tuple([(name, tuple([_numbered(part, times) for part in some])) for name, some in parts]))
        if len(times) > 1:
            since = to_seconds(event.at)
            body[TIMES] = [to_seconds(at) - since for at in times[1:]]
    return Stored(shape, canonical(body), canonical(personal) if personal else "")


def restored(kind: str, case_id: str, at: datetime, kept: tuple[Mapping[str, Any], Shape | None, Any]) -> Event:
    """Put an event together again from its body, its shape and what is personal in it, None if that was erased."""
    body, shape, personal = kept
    cls, values = KINDS[kind], {**body, **(personal or {})}
    times = [at, *(at + timedelta(seconds=since) for since in values.pop(TIMES, ()))] if shape else []
    _unfold(values)
    for name, parts in shape.items() if shape else ():
        values[name] = tuple([part.made(times) if isinstance(part, _Part) else part for part in parts])
    if "case" not in values and "case" in cls.__fields__:
        values["case"] = case_id
    for name in _NEEDED[cls]:
        values.setdefault(name, None)
    return cls(at=at, **values)


@lru_cache(256)
def shape_of(text: str) -> Shape:
    """Return a shape as `restored` takes it: what many events have is made once for all of them."""
    return {
        name: [_Part(NESTED[name], part) if isinstance(part, dict) else part for part in parts]
        for name, parts in json.loads(text).items()
    }


class _Part:
    """A part of a shape: the record that it makes, but for its instants."""

    def __init__(self, cls: type[Frozen], part: Mapping[str, Any]) -> None:
        self._dated = [(name, value) for name, value in part.items() if name.endswith("_at") and value is not None]
        self._made: Frozen = _nested(cls, part)

    def made(self, times: Sequence[datetime]) -> Frozen:
        """Return the record with the instants for which numbers stand in it; one without any is always the same."""
        if not self._dated:
            return self._made
        values = dict(self._made.__dict__)
        for name, number in self._dated:
            values[name] = times[number]
        return type(self._made).of(values)


Shape = Mapping[str, Sequence[Any]]


def _needed(kind: type[Frozen]) -> tuple[str, ...]:
    """Return the fields without which no event of a kind can be made."""
    return tuple(name for name, default in kind.__fields__.items() if default is UNSET and name != "at")


_NEEDED = _ByClass(_needed)


class _Kept(NamedTuple):
    """The fields of a kind of event, but its time: those that are personal, and of the others those that a body has.

    They are `known` if they are left out as long as nothing is known of them. Those that are `shaped` are among them.
    """

    personal: tuple[str, ...]
    known: tuple[str, ...]
    always: tuple[str, ...]
    shaped: tuple[str, ...]


def _kept(kind: type[Frozen]) -> _Kept:
    personal: tuple[str, ...] = getattr(kind, "PERSONAL", ())
    others = {name: each for name, each in kind.__fields__.items() if name != "at" and name not in personal}
    known = tuple(name for name, default in others.items() if default is None or default is UNSET)
    always = tuple(name for name in others if name not in known)
    return _Kept(personal, known, always, tuple(name for name in SHAPED if name in others))


_KEPT = _ByClass(_kept)


def _said(record: Frozen) -> dict[str, Any]:
    """Return the fields of a record but those that are as they are if nothing is said of them."""
    defaults = type(record).__fields__
    return {name: value for name, value in record.plain().items() if value != defaults[name]}


def _numbered(part: Any, times: list[datetime]) -> Any:
    """Return a part of what the rules gave: its class and its values, numbers for instants, which `times` gets."""
    if not isinstance(part, Frozen):
        return part
    fields, held = _PARTED[type(part)], part.__dict__
    if not (fields.dated or fields.mapped):
        return type(part), fields.plain(held), ()
    numbers: list[int | None] = []
    for name in fields.dated:
        if (value := held[name]) is not None and value not in times:
            times.append(value)
        numbers.append(None if value is None else times.index(value))
    mapped = [tuple(held[name].items()) for name in fields.mapped]
    return type(part), fields.plain(held), tuple(numbers), *mapped


class _Parted(NamedTuple):
    """The fields of a class that shapes have: what gets the plain ones of a value, and the names of each sort."""

    plain: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    names: tuple[str, ...]
    dated: tuple[str, ...]
    mapped: tuple[str, ...]


def _parted(cls: type[Frozen]) -> _Parted:
    dated = tuple(name for name in cls.__fields__ if name.endswith("_at"))
    mapped = tuple(name for name in cls.__fields__ if name in MAPPED)
    names = tuple(name for name in cls.__fields__ if name not in (*dated, *mapped))
    return _Parted(itemgetter(*names), names, dated, mapped)


_PARTED = _ByClass(_parted)


@lru_cache(1024)
def _shape(parts: tuple[tuple[str, tuple[Any, ...]], ...]) -> str:
    """Return a shape in canonical JSON; most cases of a file have one that another had before."""
    return canonical({name: [_named(part) for part in some] for name, some in parts})


def _named(part: Any) -> Any:
    if not isinstance(part, tuple):
        return part
    cls, plain, numbers, *mapped = part
    fields = _PARTED[cls]
    values = {**dict(zip(fields.names, plain, strict=True)), **dict(zip(fields.dated, numbers, strict=True))}
    return values | {name: dict(value) for name, value in zip(fields.mapped, mapped, strict=True)}


def to_body(event: Event) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split an event into its body for the history and its personal data, both plain JSON values."""
    values = {name: to_plain(value) for name, value in event.__dict__.items() if name != "at"}
    if not event.roles:
        del values["roles"]
    personal = {name: values.pop(name) for name in event.PERSONAL if values[name] is not None}
    return {name: value for name, value in values.items() if name not in event.PERSONAL}, personal


def _unfold(values: dict[str, Any]) -> None:
    """Put records, tuples and instants in the place of the plain values that stand for them."""
    for name, value in values.items():
        if name in NESTED and value is not None:
            values[name] = _nested(NESTED[name], value)
        elif isinstance(value, list):
            values[name] = tuple(value)
        elif isinstance(value, dict) and any(isinstance(inner, list) for inner in value.values()):
            values[name] = {key: tuple(inner) if isinstance(inner, list) else inner for key, inner in value.items()}
        elif name.endswith("_at") and value is not None:
            values[name] = from_text(value)


def to_plain(value: Any) -> Any:
    """Return a value made of records, tuples and instants as plain JSON."""
    if isinstance(value, Frozen):
        return {name: to_plain(inner) for name, inner in value.__dict__.items()}
    if isinstance(value, tuple):
        return [to_plain(inner) for inner in value]
    return to_text(value) if isinstance(value, datetime) else value


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _nested(cls: type[Frozen], value: Any) -> Any:
    """Return a value of the class, or several, as the plain one says; fields that end with `_at` are times."""
    if isinstance(value, list):
        return tuple(_nested(cls, inner) for inner in value)
    values = {
        name: from_text(inner)
        if name.endswith("_at") and isinstance(inner, str)
        else _frozen(inner)
        if isinstance(inner, list)
        else inner
        for name, inner in value.items()
    }
    return cls(**values)
