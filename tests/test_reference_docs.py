"""The reference pages say what the shapes say that read a rulebook and a profile."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from afterservice_cli.intake.profile import PROFILE
from afterservice_cli.rulebook.schema import RULEBOOK

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """`docs/generate_reference.py`, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("generate_reference", DOCS / "generate_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["rulebook.md", "profiles.md"])
def test_the_page_has_not_drifted(generator: ModuleType, name: str) -> None:
    written = (DOCS / name).read_text(encoding="utf-8")
    assert written == generator.pages()[name], "run: python docs/generate_reference.py"


@pytest.mark.parametrize(("name", "shape"), [("rulebook.md", RULEBOOK), ("profiles.md", PROFILE)])
def test_every_key_has_a_row_with_its_explanation(generator: ModuleType, name: str, shape: object) -> None:
    page = generator.pages()[name]
    sections = generator._sections(shape)
    assert len(sections) > 2
    for keys in sections:
        for key, entry in keys.keys.items():
            assert entry.doc
            assert re.search(rf"^\| `{key}` \| .+ \| {re.escape(entry.doc)} \|$", page, re.MULTILINE)


@pytest.mark.parametrize("name", ["rulebook.md", "profiles.md"])
def test_every_link_has_its_heading_and_every_row_its_columns(generator: ModuleType, name: str) -> None:
    page = generator.pages()[name]
    headings = re.findall(r"^## (.+)$", page, re.MULTILINE)
    slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\(#([^)]*)\)", page)) <= slugs
    assert len(slugs) == len(headings)
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {5}


def test_nested_keys_are_reached(generator: ModuleType) -> None:
    places = set(generator._sections(RULEBOOK).values())
    assert {"", "calendar", "priorities.<id>.when", "closing.dissatisfied", "examples.expect"} <= places
