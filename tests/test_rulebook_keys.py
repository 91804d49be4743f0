"""Sections: declared once, read from YAML, kept as JSON, and read back by every later version."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import pytest

import rulebooks
from afterservice_cli.errors import FaultyDocument
from afterservice_cli.rulebook.compiling import compile_rulebook
from afterservice_cli.rulebook.document.schema_types import Text, read_section, shape_of
from afterservice_cli.rulebook.document.yaml_nodes import read_document
from afterservice_cli.rulebook.keys import Entry, Section, key, load, to_plain
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.sections.rules import Rules
from afterservice_cli.workflows.founding import compile_file

HERE = Path(__file__).parent
BOOKS = [*rulebooks.SHIPPED.values(), HERE / "rulebooks" / "life.yaml"]


class Leaf(Entry):
    """What a branch bears."""

    SHORT = "colour"

    colour: str = key("what it looks like")
    worn: bool = key("whether it has holes", default=False)


class Branch(Section):
    """A section with everything a section may have."""

    OTHERS = "notes"

    name: Annotated[str, "word"] = key("what it is called", written="from")
    leaves: Mapping[str, Leaf] = key("by their names", default={}, least=1)
    twigs: Sequence[Branch] = key("smaller ones", default=())
    grown: Leaf | None = key("the newest", default=None)
    remarks: Sequence[str] = key("no part of what is kept", default=(), kept=False)
    notes: Mapping[str, Sequence[str]] = {}


FORMS = {"word": Text(str.upper, "a word")}
TEXT = """
from: oak
leaves: {b: green, a: {colour: red, worn: true}}
twigs: [{from: ash, leaves: {c: brown}}]
remarks: [old]
seen: [today, twice]
"""


def read(text: str) -> Branch:
    section, notes = read_section(read_document(text.encode(), "tree.yaml"), shape_of(Branch, FORMS))
    assert section is not None
    assert not notes.faults, notes.faults
    return section


def test_a_document_becomes_the_section_that_is_declared() -> None:
    branch = read(TEXT)
    assert branch.name == "OAK"
    assert list(branch.leaves) == ["b", "a"]
    assert branch.leaves["a"] == Leaf(id="a", colour="red", worn=True)
    assert [twig.name for twig in branch.twigs] == ["ASH"]
    assert branch.notes == {"seen": ("today", "twice")}


def test_what_is_kept_reads_back_and_keeps_the_order_of_entries() -> None:
    branch = read(TEXT)
    plain = json.loads(json.dumps(to_plain(branch), sort_keys=True))
    assert [leaf["id"] for leaf in plain["leaves"]] == ["b", "a"]
    assert "remarks" not in plain
    assert load(Branch, plain) == branch.but(remarks=(), notes={"seen": ["today", "twice"]})


def test_a_key_that_is_missing_has_its_default_and_one_without_is_named() -> None:
    plain = to_plain(read(TEXT))
    without = {name: value for name, value in plain.items() if name != "twigs"}
    assert load(Branch, without).twigs == ()
    with pytest.raises(ValueError, match="Branch lacks name"):
        load(Branch, {name: value for name, value in plain.items() if name != "from"})


def test_a_key_that_nobody_knows_any_more_is_passed_over() -> None:
    plain = to_plain(read(TEXT))
    assert load(Branch, {**plain, "gone": 1}) == load(Branch, plain)


def test_annotations_have_to_be_texts_and_names_unique() -> None:
    with pytest.raises(TypeError, match="there is a section Leaf already"):
        type("Leaf", (Section,), {"__annotations__": {"colour": "str"}})
    with pytest.raises(TypeError, match="annotations from __future__"):
        type("Evaluated", (Section,), {"__annotations__": {"colour": str}})


def test_a_type_that_no_shape_reads_is_named_at_once() -> None:
    class Odd(Section):
        """A section with a type that YAML has no form for."""

        when: complex = key("what is odd")

    with pytest.raises(TypeError, match="Odd: there is no shape for <class 'complex'>"):
        shape_of(Odd, {})


def test_a_form_of_writing_that_nobody_wrote_down_is_named_at_once() -> None:
    class Unwritten(Section):
        """A section with a key whose annotation names no form."""

        colours: Sequence[Annotated[str, "colour"]] = key("what it looks like")

    with pytest.raises(TypeError, match="Unwritten: no form of writing is called 'colour'"):
        shape_of(Unwritten, FORMS)


def test_a_key_that_does_not_say_what_it_is_for_is_named_at_once() -> None:
    with pytest.raises(TypeError, match=r"Silent\.colour does not say what it is for"):
        type("Silent", (Section,), {"__annotations__": {"colour": "str"}, "colour": key(" ")})


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.stem)
def test_a_rulebook_reads_back_from_its_snapshot(book: Path) -> None:
    made, _ = compile_file(book, 2026)
    plain = made.whole
    again = Rulebook.of_snapshot(plain, made.rulebook.hash)
    assert again == made.rulebook
    weights = plain.pop("weights", None)
    assert to_plain(load(Rules, plain)) == plain
    assert weights == (to_plain(again.weights) if again.topics else None)


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.stem)
def test_a_snapshot_that_lacks_any_of_the_keys_with_a_default_opens(book: Path) -> None:
    plain = compile_file(book, 2026)[0].whole
    optional = {declared.written for declared in Rules.KEYS.values() if not declared.required}
    assert len(optional) > 15
    for name in optional & set(plain):
        Rulebook.of_snapshot({other: value for other, value in plain.items() if other != name}, "older")
    nested = list(_inside(Rulebook.of_snapshot(plain, "newer"), plain))
    lacking = [(section, values, name) for section, values in nested for name in _optional(section)]
    assert len(lacking) > 50
    for section, values, name in lacking:
        load(section, {other: value for other, value in values.items() if other != name})


def _optional(section: type[Section]) -> set[str]:
    """The keys of a section that a snapshot keeps and that have a default."""
    return {declared.written for declared in section.KEYS.values() if declared.kept and not declared.required}


def _inside(section: Section, plain: Mapping[str, Any]) -> Iterator[tuple[type[Section], Mapping[str, Any]]]:
    """Yield every section inside another, as `load` comes to it: of which class it is, and its plain values."""
    for field, declared in section.KEYS.items():
        if declared.kept and declared.written in plain:
            held, values = getattr(section, field), plain[declared.written]
            if isinstance(held, Mapping):
                several = zip(held.values(), values.values() if isinstance(values, Mapping) else values, strict=True)
            else:
                several = zip(*((held, values) if isinstance(held, tuple) else ([held], [values])), strict=True)
            for inner, its in several:
                if isinstance(inner, Section):
                    yield type(inner), its
                    yield from _inside(inner, its)


def test_faults_of_a_section_are_those_of_every_section() -> None:
    _, notes = read_section(read_document(b"leaves: {}\ntwigs: x\n", "tree.yaml"), shape_of(Branch, FORMS))
    assert [fault.message for fault in notes.faults] == [
        "leaves is empty – write at least 1",
        "twigs must be a mapping, not 'x'",
        "the document lacks the key 'from' – add it: what it is called",
    ]
    with pytest.raises(FaultyDocument):
        compile_rulebook(b"rulebook: x\n", "x.yaml", year=2026)
