"""The single values of a document that are written in some forms, wherever they stand."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from afterservice_cli.rulebook.document.notes import Path
from afterservice_cli.rulebook.document.schema_types import Either, Keys, Later, ListOf, MapOf, Shape
from afterservice_cli.rulebook.keys import Section


class Written(NamedTuple):
    """A value with its path, and the sections that it stands in, the document first."""

    value: Any
    path: Path
    around: tuple[Section, ...]


def values_in(
    value: Any, shape: Shape, forms: Collection[Shape], path: Path = (), around: tuple[Section, ...] = ()
) -> Iterator[Written]:
    """Yield the values of some forms in what has a shape, in order; what could not be read has none."""
    while isinstance(shape, Later):
        shape = shape.shape()
    if value is None:
        return
    if isinstance(shape, Either):
        yield from values_in(value, shape.mapping if isinstance(value, Section) else shape.plain, forms, path, around)
    elif shape in forms:
        yield Written(value, path, around)
    else:
        within = (*around, value) if isinstance(value, Section) else around
        for name, inner, below in _inside(value, shape):
            yield from values_in(inner, below, forms, (*path, name), within)


def _inside(value: Any, shape: Shape) -> Iterator[tuple[str | int, Any, Shape]]:
    """Yield what stands directly in a value, each with its step there and its shape."""
    if isinstance(shape, Keys):
        yield from ((name, getattr(value, shape.fields[name]), below) for name, below in shape.shapes.items())
        others: Mapping[str, Any] = getattr(value, shape.section.OTHERS) if shape.others else {}
        yield from ((name, inner, shape.others) for name, inner in others.items() if shape.others)
    elif isinstance(shape, MapOf):
        yield from ((name, inner, shape.value) for name, inner in value.items())
    elif isinstance(shape, ListOf) and shape.item.children():  # of single values there are thousands of phrases
        yield from ((index, inner, shape.item) for index, inner in enumerate(value))
