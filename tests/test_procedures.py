"""The page of the procedures: each demand once, by keys and tests that there are."""

import re

import pytest

from procedures import EXAMPLE, TOP, Row, at, document, key_names, named, rows, steps, words

ROWS = list(rows())


def test_every_demand_has_its_row() -> None:
    assert [row.number for row in ROWS] == list(range(1, 216))


def test_the_chinese_page_has_the_same_rows() -> None:
    def told(language: str) -> list[Row]:
        return [row._replace(asked="", missing="yes" if row.missing else "") for row in rows(language)]

    assert told("zh") == told("en")


def test_the_chinese_page_tells_them_in_chinese() -> None:
    told = [text for row in rows("zh") for text in (row.asked, row.missing) if text]
    assert [text for text in told if not re.search(r"[一-鿿]", text)] == []


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
            assert f"def {found[2] or ''}" in f"def {(TOP / found[1]).read_text('utf-8')}"
        else:
            assert "`" not in test, test


def test_what_all_share_has_its_keys() -> None:
    """Those that only say where they stand are in some rulebook, a whole path is in each."""
    roots = [document(book) for book in {row.book for row in ROWS if row.book}]
    there = {name for root in roots for name in key_names(root)}
    shared = {path for row in ROWS if not row.book for path in row.keys}
    assert {step for path in shared for step in steps(path)} - there == set()
    assert all(at(root, path) for root in roots for path in shared if "." in path)


def test_what_is_kept_is_shown() -> None:
    assert [row.number for row in ROWS if row.kept == "yes" and not row.tests] == []
