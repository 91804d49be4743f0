"""The page of the procedures: each demand once, by keys and tests that there are."""

import re

import pytest

from procedures import EXAMPLE, PAGE, Row, at, document, named, rows, words

ROWS = list(rows())
KEPT = ("yes", "partly", "no", "–")


def test_every_demand_has_its_row() -> None:
    assert [row.number for row in ROWS] == list(range(1, 216))
    assert {row.kept for row in ROWS} <= {*KEPT}


@pytest.mark.parametrize("row", [row for row in ROWS if row.book], ids=lambda row: str(row.number))
def test_its_keys_and_its_tests_are_there(row: Row) -> None:
    root = document(row.book)
    for path in row.keys:
        assert at(root, path)
    texts = {words(item, "text") for item in named(root, "examples")}
    titles = {words(item, "title") for item in named(root, "cases")}
    for test in row.tests:
        if not test.startswith("`"):
            assert test.removeprefix(EXAMPLE) in (texts if test.startswith(EXAMPLE) else titles), test


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row.number))
def test_the_files_that_show_it_are_there(row: Row) -> None:
    for test in row.tests:
        if found := re.fullmatch(r"`(tests/[^:`]+)(?:::(\w+))?`", test):
            assert f"def {found[2] or ''}" in f"def {(PAGE.parents[1] / found[1]).read_text('utf-8')}"
        else:
            assert "`" not in test, test


def test_what_is_kept_is_shown() -> None:
    assert [row.number for row in ROWS if row.kept == "yes" and not row.tests] == []
