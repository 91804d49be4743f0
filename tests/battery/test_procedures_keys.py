"""Each key that the page of the procedures names, taken out of its rulebook: a test that it names then fails."""

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from typing import Any

import pytest

from afterservice_cli import cli
from afterservice_cli.errors import FaultyDocument
from afterservice_cli.rulebook import compiling
from afterservice_cli.rulebook.compiling import compile_document
from afterservice_cli.rulebook.document.notes import Notes, Path
from afterservice_cli.rulebook.document.schema import RULEBOOK
from afterservice_cli.rulebook.document.yaml_nodes import Node
from afterservice_cli.rulebook.public_holidays import expand
from afterservice_cli.workflows.trial import troubles
from procedures import document, only, rows, without

SEEN = ("views.", "reports.")  # what is shown decides nothing that a course could miss
KEYS = [(row, key) for row in rows() for key in row.keys if not key.startswith(SEEN)]
NAMED = [(row, key) for row, key in KEYS if any(not test.startswith("`") for test in row.tests)]


@pytest.fixture(scope="module", autouse=True)
def holidays_once() -> Iterator[None]:
    """Let the public holidays of a place be looked up once for all rulebooks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiling, "expand", cache(expand))
        yield


def remembered(read: Callable[[Node, Path, Notes], Any]) -> Callable[[Node, Path, Notes], Any]:
    """Read a section once for all documents that have it as it is; one with faults is read each time."""
    known = dict[tuple[int, Path], tuple[Node, Any, Notes]]()

    def once(node: Node, path: Path, notes: Notes) -> Any:
        if (id(node), path) not in known:
            alone = Notes()
            alone.places[()] = node
            value = read(node, path, alone)
            if alone.faults or not alone.sound(*path):
                return read(node, path, notes)
            known[id(node), path] = node, value, alone
        _, value, alone = known[id(node), path]
        notes.keys |= alone.keys
        notes.places |= {place: node for place, node in alone.places.items() if place}
        notes.patterns |= alone.patterns
        notes.needed |= alone.needed
        return value

    return once


@pytest.fixture(scope="module", autouse=True)
def sections_once() -> Iterator[None]:
    """Let each section be read once: two documents differ in one of them."""
    with pytest.MonkeyPatch.context() as patch:
        for shape in {id(shape): shape for shape in RULEBOOK.shapes.values()}.values():
            patch.setattr(shape, "read", remembered(shape.read))
        yield


@pytest.mark.parametrize(("row", "key"), NAMED, ids=[f"{row.number} {key}" for row, key in NAMED])
def test_without_its_key_the_demand_is_not_kept(row, key):  # type: ignore[no-untyped-def]
    tests = tuple(test for test in row.tests if not test.startswith("`"))
    place = row.keys.index(key) % len(tests)  # rows mostly name the tests of their keys in the order of the keys
    tests = tests[place:] + tests[:place]
    whole = only(document(row.book), tests)
    try:
        compiled = compile_document(without(whole, key), row.book, year=2026)
    except FaultyDocument:
        return  # the rulebook cannot be without it
    with closing(troubles(compiled, cli.run)) as found:
        assert compiled.failures or any(found), f"without {key} these still hold: {'; '.join(tests)}"
