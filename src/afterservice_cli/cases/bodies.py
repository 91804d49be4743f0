"""Events as the history keeps them: a body without personal data, what is personal beside it, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from afterservice_cli.cases.case import Event
from afterservice_cli.cases.events import KINDS
from afterservice_cli.cases.values import DeadlineSpec, DutySpec, Finding, Source, TaskSpec
from afterservice_cli.frozen import Frozen
from afterservice_cli.instants import from_text, to_text

# The fields of events that hold records, whatever the kind.
NESTED: Mapping[str, type[Frozen]] = {
    "findings": Finding,
    "deadlines": DeadlineSpec,
    "source": Source,
    "tasks": TaskSpec,
    "planned": TaskSpec,
    "duties": DutySpec,
}


def to_body(event: Event) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split an event into its body for the history and its personal data, both plain JSON values."""
    values = {name: to_plain(value) for name, value in event.__dict__.items() if name != "at"}
    if not event.roles:
        del values["roles"]
    personal = {name: values.pop(name) for name in event.PERSONAL if values[name] is not None}
    return {name: value for name, value in values.items() if name not in event.PERSONAL}, personal


def from_body(kind: str, at: datetime, body: Mapping[str, Any], personal: Mapping[str, Any] | None) -> Event:
    """Put an event together again; without personal data its personal fields are None."""
    cls = KINDS[kind]
    values = {**body, **(personal or {})}
    for name, nested in NESTED.items():
        if values.get(name) is not None:
            values[name] = _nested(nested, values[name])
    for name, value in values.items():
        if isinstance(value, list):
            values[name] = tuple(value)
        elif isinstance(value, dict) and any(isinstance(inner, list) for inner in value.values()):
            values[name] = {key: tuple(inner) if isinstance(inner, list) else inner for key, inner in value.items()}
        elif name.endswith("_at") and value is not None:
            values[name] = from_text(value)
    return cls(at=at, **values)


def to_plain(value: Any) -> Any:
    """Return a value made of records, tuples and instants as plain JSON."""
    if isinstance(value, Frozen):
        return {name: to_plain(inner) for name, inner in value.__dict__.items()}
    if isinstance(value, tuple):
        return [to_plain(inner) for inner in value]
    return to_text(value) if isinstance(value, datetime) else value


def _nested(cls: type[Frozen], value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_nested(cls, inner) for inner in value)
    values = {
        name: from_text(inner)
        if name.endswith("_at") and inner is not None
        else tuple(inner)
        if isinstance(inner, list)
        else inner
        for name, inner in value.items()
    }
    return cls(**values)
