"""Shapes as JSON Schema (draft 2020-12), by which an editor completes and checks a document while it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from afterservice_cli.rulebook.document.schema_types import (
    SCALAR,
    Either,
    Keys,
    Later,
    Lines,
    ListOf,
    MapOf,
    Shape,
    Text,
)
from afterservice_cli.rulebook.keys import Key, Section, to_plain

DRAFT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]


def json_schema(root: Keys[Any], title: str) -> Schema:
    """Return the schema of a whole document; every section stands once under `$defs`, by the name of its class."""
    found: dict[str, Schema] = {}
    reference = _schema(root, found)
    return {"$schema": DRAFT, "title": title, **reference, "$defs": found}


def _schema(shape: Shape, found: dict[str, Schema]) -> Schema:
    """Return the schema of a shape, and put the sections that it leads to into `found`."""
    if isinstance(shape, Later):
        return _schema(shape.shape(), found)
    if isinstance(shape, Text):
        return dict(shape.written)
    if isinstance(shape, ListOf):
        item = _schema(shape.item, found)
        # An empty value is an empty list, where that may be one.
        kind, least = ("array", {"minItems": shape.least}) if shape.least else (["array", "null"], {})
        return {"anyOf": [item, {"type": kind, "items": item, **least}]}
    if isinstance(shape, Lines):
        return {"anyOf": [{"type": "string"}, {"type": "array", "items": SCALAR, "minItems": 1}]}
    if isinstance(shape, MapOf):
        names = {word: value for word, value in shape.key.written.items() if word != "type"}
        return {
            "type": "object",
            **({"propertyNames": names} if names else {}),
            **({"minProperties": shape.least} if shape.least else {}),
            "additionalProperties": _schema(shape.value, found),
        }
    if isinstance(shape, Either):
        return {"anyOf": [_schema(shape.plain, found), _schema(shape.mapping, found)]}
    if isinstance(shape, Keys):
        name = shape.section.__name__
        if name not in found:
            found[name] = {}  # before what is inside: a section may contain itself
            found[name].update(_section(shape, found))
        return {"$ref": f"#/$defs/{name}"}
    return {}


def _section(keys: Keys[Any], found: dict[str, Schema]) -> Schema:
    """Return the schema of a section: a mapping of its keys, or the single value that may stand for one of them."""
    section: type[Section] = keys.section
    required = [key.written for key in section.KEYS.values() if key.required]
    whole = {
        "type": "object",
        "properties": {
            key.written: _property(key, _schema(keys.shapes[key.written], found)) for key in section.KEYS.values()
        },
        **({"required": required} if required else {}),
        **({"minProperties": 1} if section.EMPTY else {}),
        "additionalProperties": _schema(keys.others, found) if keys.others else False,
    }
    if not section.SHORT:
        return whole
    short = keys.shapes[section.SHORT]
    return {"anyOf": [_schema(short.item if isinstance(short, ListOf) else short, found), whole]}


def _property(key: Key, schema: Schema) -> Schema:
    """Return the schema of a key: its explanation, what it may hold, and what holds if it is not written."""
    default = {} if key.required or key.default in (None, (), {}) else {"default": _default(to_plain(key.default))}
    return {"description": key.what(), **schema, **default}


def _default(plain: Any) -> Any:
    """Return a default as it would be written: without the keys that say nothing."""
    if isinstance(plain, Mapping):
        return {name: _default(value) for name, value in plain.items() if value not in (None, [], {})}
    return [_default(value) for value in plain] if isinstance(plain, list) else plain
