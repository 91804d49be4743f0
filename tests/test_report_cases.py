"""The list of the cases behind a figure: the same list as that of `list`, as of the report."""

import json
from pathlib import Path
from typing import Any

import pytest

import rulebooks
from conftest import Runner

LATER = "2026-11-06 18:00"
OCTOBER = ("--month", "2026-10")


@pytest.fixture
def desk(tmp_path: Path, call: Runner) -> Any:
    """A desk of two cases in October, of which one was answered."""
    (tmp_path / "f.yaml").write_text(rulebooks.text("figures"), "utf-8")
    for words, now in (
        ("init --rules ./f.yaml", "2026-10-01 09:00"),
        ("register broken --channel phone --customer Ann --contact 13800001111 --field batch=b1", "2026-10-12 09:00"),
        ("respond 202610-001 hello", "2026-10-12 10:00"),
        ("register odd --channel mail --field batch=b2", "2026-10-13 09:00"),
    ):
        assert call(*words.split(), now=now).code == 0, words

    def asked(*words: str, code: int = 0, now: str = LATER) -> str:
        done = call(*words, now=now)
        assert done.code == code, done.err
        return done.out if code == 0 else done.err

    return asked


@pytest.mark.parametrize(
    "layout",
    [
        ("--columns", "case,batch,due_at,responded_at", "--format", "csv"),
        ("--columns", "case,batch,due_at,responded_at", "--json"),
        ("--columns", "Case,customer,contact"),
        ("--labels", "--format", "csv"),
        ("--labels", "--format", "tsv", "--columns", "case,category,status"),
        ("--format", "md"),
        ("--format", "jsonl"),
        ("--columns", "?"),
    ],
    ids=" ".join,
)
def test_the_list_is_the_one_that_list_prints(desk: Any, layout: tuple[str, ...]) -> None:
    listed = desk("list", "--all", "--sort", "registered", "--reverse", *layout, code=3 if "?" in layout else 0)
    assert desk("report", *OCTOBER, "--cases", "registered", *layout, code=3 if "?" in layout else 0) == listed


def test_a_file_has_labels_if_they_are_asked_for(desk: Any, tmp_path: Path) -> None:
    desk("report", *OCTOBER, "--missed", "-o", "missed.csv", "--labels", "--columns", "case,category,registered_at")
    assert (tmp_path / "missed.csv").read_text("utf-8-sig").splitlines() == [
        "case,category,registered",
        "202610-001,Defect,2026-10-12 09:00",
        "202610-002,Other [unclassified],2026-10-13 09:00",
    ]


@pytest.mark.parametrize("option", [("--columns", "case"), ("--labels",)], ids=" ".join)
@pytest.mark.parametrize("words", [(), ("--metric", "registered"), ("--define", "registered")], ids=" ".join)
def test_what_a_list_alone_has_is_refused_of_anything_else(
    desk: Any, words: tuple[str, ...], option: tuple[str, ...]
) -> None:
    assert f"{option[0]} is of a list of cases" in desk("report", *OCTOBER, *words, *option, code=2)


def test_the_list_as_of_a_time_says_what_was_so_then(desk: Any) -> None:
    words = ("report", *OCTOBER, "--cases", "registered", "--json")
    then = "2026-10-13 10:00"
    before = desk(*words, now=then)
    desk("respond", "202610-002", "hello", now="2026-11-02 10:00")
    told = [json.loads(text) for text in (desk(*words, "--as-of", then), before)]
    personal = dict.fromkeys(("customer", "contact", "description", "details"))  # which may have been erased since
    as_it_was, at_the_time = ([{**one, **personal} for one in cases] for cases in told)
    assert as_it_was == at_the_time
    assert [one["status"] for one in as_it_was] == ["open", "open"]
