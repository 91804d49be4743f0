"""Each key that the page of the procedures names, taken out of its rulebook: a test that it names then fails."""

import pytest

from afterservice_cli import cli
from afterservice_cli.errors import FaultyDocument
from afterservice_cli.rulebook.compiling import compile_document
from afterservice_cli.trial import played
from procedures import document, only, rows, without

SEEN = ("views.", "reports.")  # what is shown decides nothing that a course could miss
KEYS = [(row, key) for row in rows() for key in row.keys if not key.startswith(SEEN)]
NAMED = [(row, key) for row, key in KEYS if any(not test.startswith("`") for test in row.tests)]


@pytest.mark.parametrize(("row", "key"), NAMED, ids=[f"{row.number} {key}" for row, key in NAMED])
def test_without_its_key_the_demand_is_not_kept(row, key):  # type: ignore[no-untyped-def]
    tests = tuple(test for test in row.tests if not test.startswith("`"))
    whole = only(document(row.book), tests)
    try:
        compiled = compile_document(without(whole, key), row.book, year=2026)
    except FaultyDocument:
        return  # the rulebook cannot be without it
    assert compiled.failures or played(compiled, cli.run), f"without {key} these still hold: {'; '.join(tests)}"
