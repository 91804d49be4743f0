"""Choosing cases by what a rulebook declares, and by what happened in a period."""

import json
from pathlib import Path

import pytest

import rulebooks
from conftest import Runner

FIELDS = """
fields:
  batch: {title: {zh: 批次, en: Batch}, personal: false}
  tier: {title: {zh: 客户等级, en: Tier}, values: {normal: Normal, vip: {title: {zh: 大客户, en: VIP}, aliases: [KA]}}}
  tags: {title: Tags, many: true, values: {a: A, b: B, c: C}}
  words: {title: Words, many: true}
  amount: {title: Amount, type: number}
  bought_on: {title: Bought on, type: date}
  seen_at: {title: Seen at, type: time}
  month: {title: Month of making, personal: false}
  place: {title: {zh: 渠道, en: Channel}, personal: false}
"""


@pytest.fixture
def desk(call: Runner, tmp_path: Path) -> Runner:
    """A desk with two cases that have each field, and one that has none."""
    text = rulebooks.text("small")
    begin = text.index("\nfields:")
    end = text.index("\n", text.index("\n  scene:") + 1)
    (tmp_path / "own.yaml").write_text(text[:begin] + FIELDS + text[end:], "utf-8")
    done = call("init", "--rules", "own.yaml")
    assert done.code == 0, done.err
    first = "batch=B2404 tier=vip tags=a words=它坏了 amount=1200.50 bought_on=2026-09-01 seen_at=2026-10-01 month=3"
    second = (
        "batch=B24041 tier=normal tags=b words=好 amount=7 bought_on=2026-09-02 seen_at=2026-10-02 month=03 place=xy"
    )
    for words in (first, f"{second} tags=c words=它坏了", ""):
        given = [piece for pair in words.split() for piece in ("--field", pair)]
        done = call("register", "it rattles", "--channel", "phone", *given)
        assert done.code == 0, done.err
    return call


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("batch=B2404", "001"),
        ("batch=ｂ2404", "001"),
        ("批次= B24041 ", "002"),
        ("批次＝B24041", "002"),
        ("Batch=B240", ""),
        ("fields.batch=B2404", "001"),
        ("tier=vip", "001"),
        ("tier=大客户", "001"),
        ("客户等级=ka", "001"),
        ("tags=C", "002"),
        ("words=它坏了", "002 001"),
        ("words=好", "002"),
        ("amount=1200.5", "001"),
        ("amount=1,200.500", "001"),
        ("bought_on=2026-09-02", "002"),
        ("seen_at=2026-10-02", "002"),
        ("fields.month=3", "001"),
        ("渠道=phone", "003 002 001"),  # what every case has comes before a field of the same title
        ("place=xy", "002"),
    ],
)
def test_where_asks_for_a_field(desk: Runner, asked: str, found: str) -> None:
    done = desk("list", "--where", asked)
    assert done.code == 0, done.err
    assert [line.partition("\t")[0][-3:] for line in done.out.splitlines()[1:]] == found.split()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("tier=gold", "unknown tier 'gold' – write one of normal, vip"),
        ("amount=many", "amount must be a number"),
        ("bought_on=soon", "bought_on must be a date"),
        ("batch=", "batch is empty – write its value"),
        ("batch", "needs its value – write --where fields.batch=…"),
        ("fields.nothing=1", "there is no such filter"),
        ("batsh=B2404", "write 'batch'"),
    ],
)
def test_a_value_that_a_field_cannot_have_is_refused(desk: Runner, asked: str, said: str) -> None:
    done = desk("list", "--where", asked)
    assert (done.code, done.out) == (3, "")
    assert said in done.err, done.err


def test_a_field_is_asked_for_once_and_beside_others(desk: Runner) -> None:
    twice = desk("list", "--where", "batch=B2404", "--where", "批次=B24041")
    assert (twice.code, "fields.batch is asked for twice" in twice.err) == (3, True)
    both = desk("list", "--where", "batch=B2404", "--where", "tier=normal")
    assert (both.code, both.out.count("\n")) == (0, 1)


def test_what_is_amended_is_found_by_its_new_value(desk: Runner) -> None:
    assert desk("amend", "003", "--set", "words=换", "--set", "batch=B9", "--reason", "x").code == 0
    for asked in ("words=换", "batch=B9"):
        assert "202610-003" in desk("list", "--where", asked).out


def test_what_is_erased_is_not_found(desk: Runner) -> None:
    assert desk("close", "001", "--resolution", "x", "--confirmed").code == 0
    assert "202610-001" in desk("list", "--all", "--where", "words=它坏了").out
    done = desk("erase", "001", "--yes")
    assert done.code == 0, done.err
    assert "202610-001" not in desk("list", "--all", "--where", "words=它坏了").out
    assert "202610-001" in desk("list", "--all", "--where", "batch=B2404").out


def test_several_cases_are_changed_by_a_field(desk: Runner) -> None:
    done = desk("classify", "--where", "tier=vip", "--priority", "P1", "--reason", "x", "--yes", "--json")
    assert json.loads(done.out)["changed"] == ["202610-001"]


# --- in a period ----------------------------------------------------------------------------------------------------


def test_what_happened_in_a_month_is_found_though_the_case_is_over(desk: Runner) -> None:
    for words, now in (
        ("resolve 001 x", "2026-10-13 09:00"),
        ("close 001 --confirmed", "2026-10-14 09:00"),
        ("reopen 001 --reason again", "2026-11-02 09:00"),
        ("close 001 --resolution y --confirmed", "2026-12-01 00:00"),
        ("close 002 --resolution y --confirmed", "2026-11-30 23:59"),
    ):
        done = desk(*words.split(), now=now)
        assert done.code == 0, done.err
    now = "2026-12-02 09:00"
    found = {
        (name, month): [line[7:10] for line in desk("list", f"--{name}", month, now=now).out.splitlines()[1:]]
        for name in ("resolved-in", "closed-in")
        for month in ("2026-10", "2026-11", "2026-12")
    }
    assert found == {
        ("resolved-in", "2026-10"): ["001"],
        ("resolved-in", "2026-11"): ["002"],
        ("resolved-in", "2026-12"): ["001"],
        ("closed-in", "2026-10"): ["001"],
        ("closed-in", "2026-11"): ["002"],
        ("closed-in", "2026-12"): ["001"],
    }


def test_what_was_missed_is_found_if_it_was_late_or_is_overdue_and_the_case_is_one(desk: Runner) -> None:
    def missed(target: str, now: str) -> list[str]:
        done = desk("list", "--missed", target, now=now)
        assert done.code == 0, done.err
        return [line[7:10] for line in done.out.splitlines()[1:]]

    assert missed("respond", "2026-10-12 09:00") == []
    assert desk("respond", "002", "x", now="2026-10-12 17:00").code == 0, "in time"
    assert missed("respond", "2026-10-12 18:01") == ["003", "001"]
    assert desk("respond", "003", "x", now="2026-10-13 18:00").code == 0, "late"
    assert desk("merge", "001", "003", "--reason", "x", now="2026-10-13 18:00").code == 0, "no case any more"
    assert missed("respond", "2026-12-01 09:00") == ["003"]


def test_a_task_that_was_done_late_is_missed(call: Runner, tmp_path: Path) -> None:
    (tmp_path / "whole.yaml").write_text(rulebooks.text("whole").replace("900d", "9d"), "utf-8")
    for words in (
        "init --rules whole.yaml",
        "register rattles --channel phone",
        "resolve 001 oiled",
        "rate 001 1",
    ):
        assert call(*words.split()).code == 0
    for name in ("visit", "Second visit", "task:visit"):
        assert "202610-001" not in call("list", "--missed", name).out
        assert "202610-001" in call("list", "--missed", name, now="2027-10-12 09:00").out
