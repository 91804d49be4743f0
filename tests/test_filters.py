"""Choosing cases: what `list` finds by its options and by `--where`, and what each filter refuses."""

import json
import sqlite3
from pathlib import Path

import pytest

from afterservice_cli.commands import filters
from afterservice_cli.session import Session
from afterservice_cli.store.reading.filters import Filter, found_by
from conftest import Once, Runner, query
from filtered import numbers, with_four_cases


@pytest.fixture
def busy(desk: Path, once: Once, call: Runner) -> Runner:
    return with_four_cases(once, call)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ((), "004 003 002 001"),
        (("--from", "2026-10-06"), "004 003"),
        (("--to", "2026-10-06"), "002 001"),
        (("--from", "2026年10月5日", "--to", "2026-10-06"), "002"),
        (("--from", "-6d"), "004 003"),
        (("--from", "mon", "--to", "tomorrow"), "004 003 002"),  # today is a Monday; the last one was the 5th
        (("--month", "2026-10", "--from", "today"), "004"),
        (("--month", "2026-09", "--to", "2026-10-06"), ""),
        (("--overdue",), "003 001"),  # 002 is resolved, which answers what waited for a response
        (("--customer", "小明"), "001"),
        (("--customer", "李娜"), "002"),
        (("--customer", "(138)00001111"), "003 001"),
        (("--customer", "1380000"), ""),
        (("--product", "Ｊ１"), "004"),
        (("--product", "净水器"), "002"),
        (("--find", "漏水"), "002"),
        (("--find", "水"), "002"),
        (("--find", "阀门"), "001"),
        (("--find", "密封"), "002"),
        (("--find", "app"), "001"),
        (("--find", "插座"), "004"),
        (("--find", "李娜"), "002"),
        (("--find", "138 0000 1111"), "003 001"),
        (("--find", "202610-00"), "004 003 002 001"),
        (("--find", "13912345678"), ""),
        (("--status", "待确认"), "002"),
        (("--category", "account"), "004"),
        (("--category", "账户与支付"), "004"),
        (("--category", "Account and payment"), "004"),
        (("--problem", "P2026-001"), "002"),
        (("--problem", "1", "--status", "open"), ""),
        (("--find", "水", "--status", "open"), ""),
        (("--sort", "registered", "--reverse"), "001 002 003 004"),
        (("--sort", "case"), "001 002 003 004"),
        (("--sort", "due"), "001 003 004 002"),  # nothing is due of 002 any more
        (("--sort", "due", "--reverse", "--limit", "2"), "004 003"),
        (("--sort", "priority"), "004 002 001 003"),
        (("--sort", "owner", "--limit", "1"), "004"),
    ],
)
def test_list_finds(busy: Runner, words: tuple[str, ...], found: str) -> None:
    assert numbers(busy("list", *words)) == found.split()


ASKED_EITHER_WAY: tuple[tuple[str, ...], ...] = (
    ("status", "open"),
    ("stage", "closing"),
    ("owner", "finance"),
    ("person", "wang"),
    ("mine",),
    ("category", "account"),
    ("priority", "P1"),
    ("channel", "电话"),
    ("kind", "complaint"),
    ("month", "this"),
    ("from", "2026-10-06"),
    ("to", "2026-10-06"),
    ("resolved-in", "2026年10月"),
    ("closed-in", "this"),
    ("missed", "respond"),
    ("overdue",),
    ("unclassified",),
    ("suspect",),
    ("problem", "1"),
    ("customer", "小明"),
    ("product", "j1"),
    ("find", "漏水"),
)


@pytest.mark.parametrize("asked", ASKED_EITHER_WAY, ids=" ".join)
def test_where_asks_what_the_option_asks(busy: Runner, asked: tuple[str, ...]) -> None:
    name, *value = asked
    assert name != "closed-in" or busy("close", "002", "--confirmed").code == 0
    found = numbers(busy("list", f"--{name}", *value, "--as", "wang"))
    assert found
    assert numbers(busy("list", "--where", "=".join(asked), "--as", "wang")) == found


def test_a_report_of_a_problem_counts_its_cases(busy: Runner) -> None:
    for problem, count in (((), "4"), (("--problem", "1"), "1"), (("--where", "problem=P2026-001"), "1")):
        asked = busy("report", "--month", "2026-10", "--metric", "registered", *problem)
        assert asked.out.strip() == count


def test_an_export_of_a_problem_has_its_cases(busy: Runner) -> None:
    log = busy("export", "--format", "jsonl", "--where", "problem=1")
    assert {json.loads(line)["case"] for line in log.out.splitlines()} == {"202610-002"}


def test_every_filter_is_an_option_of_list_and_stands_above(call: Runner) -> None:
    assert {asked[0] for asked in ASKED_EITHER_WAY} == set(filters.FILTERS)
    options = call("list", "--help", now=None, env={"COLUMNS": "200"}).out
    assert [name for name in filters.FILTERS if f"--{name} " not in options] == []


def asked_of(db: sqlite3.Connection, wanted: Filter) -> list[str]:
    """What SQLite is asked for these cases."""
    said: list[str] = []
    db.set_trace_callback(said.append)
    list(found_by(db, "case_id", wanted))
    db.set_trace_callback(None)
    return said


def test_whatever_a_filter_can_be_asked_an_option_asks_and_the_tables_answer(
    busy: Runner, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(db=desk, claim="wang")
    monkeypatch.setenv("AFTERSERVICE_LANG", "en")  # else the desk's own would be spoken from here on
    asked: dict[str, object] = {}
    for name, *value in ASKED_EITHER_WAY:
        asked |= filters.FILTERS[name].read(session, name, *value or [""]).fields
    asked["fields"] = filters.wanted(session, {}, ["order_number=A-1"]).fields
    order = {"live", "sort", "reverse", "ranks", "limit", "owned", "among"}
    assert set(asked) == set(Filter.__fields__) - order
    with session.desk.reading() as db:
        everything = asked_of(db, Filter())
        ignored = [name for name in asked if asked_of(db, Filter().but(**{name: asked[name]})) == everything]
    assert ignored == []


# What each filter that takes a value refuses, beside what no text may be.
REFUSED: dict[str, tuple[str, ...]] = {
    "status": ("opened", "handling"),
    "stage": ("open", "end"),
    "owner": ("nobody", "wang"),
    "person": ("nobody", "tech"),
    "category": ("product.nothing", "prod", "P1"),
    "priority": ("P9", "1"),
    "channel": ("fax", "account"),
    "kind": ("praise", "P1"),
    **dict.fromkeys(("month", "resolved-in", "closed-in"), ("2026-13", "october", "2026-10-01", "99999-01")),
    "missed": ("nothing", "P1", "task:nothing"),
    "problem": ("P2026-009", "9", "202610-002"),
    "from": ("2026-02-30", "someday", "99999-01-01"),
    "to": ("2026-02-30", "someday", "0001-01-01"),
}
ANY_TEXT = ("customer", "product", "find")
BROKEN = {"empty": "", "blank": " ", "half a character": "\udcff", "a file by mistake": "x" * 100_001}
VALUED = [name for name, option in filters.FILTERS.items() if not option.flag]


def test_every_filter_says_what_it_refuses_or_takes_any_text() -> None:
    assert sorted((*REFUSED, *ANY_TEXT)) == sorted(VALUED)


@pytest.mark.parametrize("name", VALUED)
def test_a_filter_refuses_what_it_cannot_read(busy: Runner, name: str) -> None:
    for value in (*REFUSED.get(name, ()), *BROKEN.values()):
        for words in ((f"--{name}", value), ("--where", f"{name}={value}")):
            refused = busy("list", *words)
            assert (refused.code, refused.out) == (3, ""), (value[:20], refused.err)
            assert name in refused.err, "it says which filter"


def test_mine_is_what_was_given_to_me_and_what_is_nobodys_in_my_team(busy: Runner) -> None:
    assert numbers(busy("list", "--mine", "--as", "wang")) == ["002", "001"]
    assert numbers(busy("list", "--mine", "--as", "li")) == ["002"]
    refused = busy("list", "--mine", "--as", "nobody")
    assert (refused.code, "names no person 'nobody'" in refused.err) == (3, True)


def test_where_and_options_hold_together(busy: Runner) -> None:
    assert numbers(busy("list", "--channel", "phone", "--where", "priority=P1")) == ["004"]
    assert numbers(busy("list", "--where", "channel=phone", "--where", "find=阀门")) == ["001"]
    assert busy("list", "--channel", "phone", "--where", "channel=app").code == 3


def test_a_clock_that_goes_on_makes_cases_overdue(busy: Runner) -> None:
    assert numbers(busy("list", "--overdue", now="2026-10-12 09:59")) == ["003", "001"]
    assert numbers(busy("list", "--overdue", now="2026-10-12 10:00")) == ["004", "003", "001"]


def test_what_is_taken_back_is_not_found(busy: Runner, desk: Path) -> None:
    ((seq,),) = query(desk, "SELECT seq FROM events WHERE kind = 'CaseNoted'")
    assert busy("retract", "001", str(seq), "--reason", "记错了").code == 0
    assert numbers(busy("list", "--find", "阀门")) == []
    assert numbers(busy("list", "--find", "记错")) == ["001"]
    assert busy("check").out == ""


def test_a_case_that_is_void_can_still_be_found(busy: Runner, desk: Path) -> None:
    ((seq,),) = query(desk, "SELECT seq FROM events WHERE kind = 'CaseRegistered' AND case_id = '202610-003'")
    assert busy("retract", "003", str(seq), "--reason", "登记重复").code == 0
    assert numbers(busy("list", "--find", "不好用", "--status", "void")) == ["003"]
    assert busy("check").out == ""
