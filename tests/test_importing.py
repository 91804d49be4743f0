"""A file into the register, on a real desk: each row a case once, however often and in whatever order it is read."""

import csv
import stat
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afterservice_cli.cases import closing, handling, mending, triage
from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events import CaseAmended, CaseRegistered, ImportFinished, Recorded
from afterservice_cli.errors import BadInput, FaultyDocument, NotFound, Refused
from afterservice_cli.intake.importing import Summary, import_file
from afterservice_cli.store import queries
from afterservice_cli.store.filters import Filter
from registers import CHECKOUT, NOW, Register, register_in

RULES = """
rulebook: small
title: Small
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
owners: {desk: Desk, tech: Tech}
channels: {phone: {zh: 电话, en: Phone}, mail: Mail}
kinds: {complaint: Complaint, suggestion: Suggestion}
targets: {respond: {until: responded}}
categories:
  defect: {title: {zh: 功能缺陷, en: Defect}, owner: tech, match: [broken]}
  wish: {title: {zh: 建议, en: Wish}, match: [wish]}
  rest: Rest
priorities: {P1: {title: High, targets: {respond: 1wd}}}
default: {category: rest, priority: P1, owner: desk}
"""
COLUMNS = """
profile: shop
columns:
  number: no
  received_at: received
  channel: via
  customer: name
  contact: mobile
  description: text
  product: model
  category: topic
values: {channel: {Tel: phone}}
defaults: {channel: phone}
course:
  - {event: responded, at: answered, text: answer}
  - {event: resolved, at: solved, text: solution}
  - {event: rated, at: solved, score: stars}
  - {event: closed, at: done}
"""
IDENTITY = COLUMNS.replace("  number: no\n", "") + "identity: [received, name, mobile]\n"
HEADINGS = ("no", "received", "via", "name", "mobile", "text", "model", "topic")
COURSE = ("answered", "answer", "solved", "solution", "stars", "done")
ROW = {"no": "1", "received": "2026-10-12 09:30", "via": "Tel", "name": "Wang", "mobile": "139", "text": "it is broken"}
TWO = {**ROW, "no": "2", "name": "Li", "text": "I wish for more"}

Cells = dict[str, str]


class Shop:
    """A register, and the one file that is read into it again and again."""

    def __init__(self, register: Register, profile: str = COLUMNS) -> None:
        self.register, self.desk, self.folder = register, register.desk, register.folder
        self.file, self.profile = self.folder / "cases.csv", self.folder / "shop.yaml"
        self.profile.write_text(profile)

    def read(self, *rows: Cells, try_only: bool = False) -> Summary:
        """Write the rows as a CSV file and read that in."""
        with self.file.open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, (*HEADINGS, *COURSE))
            writer.writeheader()
            writer.writerows(rows)
        return self.register.read(self.file, self.profile, try_only=try_only)

    def read_text(self, text: str, name: str = "cases.csv") -> Summary:
        file = self.folder / name
        file.write_bytes(text.encode())
        return self.register.read(file, self.profile)

    def case(self) -> Case:
        """The only case."""
        (case,) = self.register.cases()
        return case

    def of_cases(self) -> list[Recorded]:
        """The history without the desk's own events."""
        return [recorded for recorded in self.register.events() if recorded.case != "desk"]

    def kinds(self) -> list[str]:
        return [type(recorded.event).__name__ for recorded in self.of_cases()]


def counted(summary: Summary) -> dict[str, int]:
    """The outcomes that came at all."""
    return {name: count for name, count in summary.counts.items() if count}


def rejects(summary: Summary) -> list[Cells]:
    """The rejects file, as its reader sees it."""
    assert summary.rejects_file is not None
    with summary.rejects_file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def but(row: Cells, **cells: str) -> Cells:
    return {**row, **cells}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The file of a small rulebook."""
    path = tmp_path_factory.mktemp("rules") / "small.yaml"
    path.write_text(RULES)
    return str(path)


@pytest.fixture
def shop(small: str, tmp_path: Path) -> Iterator[Shop]:
    with register_in(tmp_path, small) as register:
        yield Shop(register)


@pytest.fixture
def nameless(small: str, tmp_path: Path) -> Iterator[Shop]:
    """A shop whose rows have no number."""
    with register_in(tmp_path, small) as register:
        yield Shop(register, IDENTITY)


# --- the shipped example --------------------------------------------------------------------------------------------

OCTOBER = CHECKOUT / "examples" / "october.csv"
OCTOBER_PROFILE = CHECKOUT / "examples" / "profiles" / "october.yaml"


@pytest.fixture(scope="module")
def october(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Register, Summary]]:
    later = datetime(2026, 11, 20, tzinfo=UTC)
    with register_in(tmp_path_factory.mktemp("october"), "customer-feedback", now=later) as register:
        yield register, register.read(OCTOBER, OCTOBER_PROFILE)


def test_every_row_of_the_example_becomes_a_case(october: tuple[Register, Summary]) -> None:
    register, summary = october
    with OCTOBER.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) >= 120
    assert (counted(summary), summary.left, summary.rejects_file) == ({"new": len(rows)}, (), None)
    cases = register.cases()
    assert [case.description for case in cases] == [row["问题描述"].strip() for row in rows]
    assert sum(case.cycle > 1 for case in cases) == sum(bool(row["退回时间"]) for row in rows) > 0
    assert sum(case.status == "closed" for case in cases) == sum(bool(row["关闭时间"]) for row in rows) < len(rows)


def test_the_example_is_read_again_without_a_trace_on_any_case(october: tuple[Register, Summary]) -> None:
    register, first = october
    before = [recorded for recorded in register.events() if recorded.case != "desk"]
    assert counted(register.read(OCTOBER, OCTOBER_PROFILE)) == {"unchanged": first.read}
    assert [recorded for recorded in register.events() if recorded.case != "desk"] == before
    assert register.findings() == []


# --- new rows -------------------------------------------------------------------------------------------------------


def test_a_row_becomes_a_case_with_what_happened_to_it(shop: Shop) -> None:
    course = {"answered": "2026-10-12 10:00", "solved": "2026-10-13", "solution": "new lamp", "stars": "4"}
    summary = shop.read(but(ROW, **course, done="2026-10-14"))
    assert (counted(summary), summary.flagged, summary.unclassified) == ({"new": 1}, 0, 0)
    assert shop.kinds() == ["CaseRegistered", "CaseResponded", "CaseResolved", "CaseRated", "CaseClosed"]
    case = shop.case()
    assert (case.number, case.customer, case.contact, case.description) == ("202610-001", "Wang", "139", "it is broken")
    assert (case.value("category"), case.value("owner"), case.status) == ("defect", "tech", "closed")
    assert case.registered_at == datetime(2026, 10, 12, 1, 30, tzinfo=UTC)
    assert {recorded.recorded_at for recorded in shop.of_cases()} == {NOW}
    assert case.anchors["responded"] == datetime(2026, 10, 12, 2, tzinfo=UTC)


def test_cases_are_numbered_in_the_month_they_were_received(shop: Shop) -> None:
    shop.read(but(ROW, received="2026-09-30 23:59"), but(TWO, received="2026-10-01"), but(ROW, no="3"))
    assert [case.number for case in shop.register.cases()] == ["202609-001", "202610-001", "202610-002"]


def test_what_the_file_says_the_rules_do_not_decide(shop: Shop) -> None:
    shop.read(but(ROW, topic="建议"))
    finding = shop.case().given["category"].finding
    assert (finding.value, finding.by, shop.case().value("owner")) == ("wish", "import", "desk")


def test_what_no_rule_placed_is_counted(shop: Shop) -> None:
    assert shop.read(ROW, but(TWO, text="hm")).unclassified == 1


def test_the_run_is_recorded_with_its_counts(shop: Shop) -> None:
    summary = shop.read(ROW, but(TWO, received=""))
    event = shop.register.events()[-1].event
    assert isinstance(event, ImportFinished)
    assert (event.batch, event.profile, event.file) == (summary.batch, "shop", "cases.csv")
    assert event.counts == {"new": 1, "unchanged": 0, "changed": 0, "conflicts": 0, "rejected": 1, "flagged": 0}
    assert shop.case().source_batch == summary.batch


def test_columns_nobody_asked_for_are_named(shop: Shop) -> None:
    summary = shop.read_text("no,received,text,colour,\n1,2026-10-12,broken,red,\n2,,broken,red,\n")
    assert summary.unused == ("colour",)
    assert shop.read_text(_put_right(summary, received="2026-10-12"), "fixed.csv").unused == ("colour",)


def test_nothing_of_the_customer_enters_the_history_itself(shop: Shop) -> None:
    row = but(ROW, mobile="139-0000", answered="2026-10-13", answer="Dear Wang")
    shop.read(but(row, text="Wang of Rose Street"), but(ROW, no="Wang-2"))
    shop.read(but(row, text="Wang of Lily Street"))
    with shop.desk.reading() as db:
        bodies = " ".join(row[0] for row in db.execute("SELECT body FROM events"))
    assert "CaseAmended" in shop.kinds()
    assert not [word for word in ("Wang", "139-0000", "Street", "cases.csv") if word in bodies]


# --- read again -----------------------------------------------------------------------------------------------------


def test_reading_again_adds_nothing_to_any_case(shop: Shop) -> None:
    rows = (but(ROW, answered="2026-10-13"), TWO)
    shop.read(*rows)
    before = shop.of_cases()
    assert counted(shop.read(*rows)) == {"unchanged": 2}
    assert counted(shop.read(*reversed(rows))) == {"unchanged": 2}
    assert shop.of_cases() == before


def test_a_run_that_changes_nothing_leaves_nothing_in_the_history(shop: Shop) -> None:
    shop.read(ROW, TWO)
    before = shop.register.events()
    shop.read(ROW, TWO)
    assert shop.register.events() == before


def test_the_same_number_under_another_profile_is_another_case(shop: Shop) -> None:
    shop.read(ROW)
    shop.profile.write_text(COLUMNS.replace("profile: shop", "profile: other"))
    assert counted(shop.read(ROW)) == {"new": 1}


def test_two_desks_tell_rows_by_secrets_of_their_own(small: str, tmp_path: Path) -> None:
    found = []
    for rules in (small, "customer-feedback"):
        folder = tmp_path / Path(rules).stem
        folder.mkdir()
        with register_in(folder, rules) as register:
            shop = Shop(register)
            shop.read(but(ROW, topic=""))
            event = shop.of_cases()[0].event
            assert isinstance(event, CaseRegistered)
            assert event.source is not None
            found += [event.source.identity, event.source.digest]
    assert len(set(found)) == 4


def test_a_changed_row_amends_its_case(shop: Shop) -> None:
    shop.read(ROW, TWO)
    summary = shop.read(but(ROW, text="it is quite broken", mobile="138", model="L5"), TWO)
    assert counted(summary) == {"changed": 1, "unchanged": 1}
    event = shop.of_cases()[-1].event
    assert isinstance(event, CaseAmended)
    assert (event.facts, event.private) == ({"product": "L5"}, {"contact": "138", "description": "it is quite broken"})
    assert event.source is not None
    assert event.source.batch == summary.batch
    first = shop.register.cases()[0]
    assert (first.description, first.contact, first.product) == ("it is quite broken", "138", "L5")
    assert counted(shop.read(but(ROW, text="it is quite broken", mobile="138", model="L5"), TWO)) == {"unchanged": 2}
    assert shop.register.findings() == []


def test_an_emptied_cell_takes_the_fact_away(shop: Shop) -> None:
    shop.read(but(ROW, model="L5"))
    assert counted(shop.read(ROW)) == {"changed": 1}
    assert shop.case().product is None


def test_what_has_happened_since_is_added(shop: Shop) -> None:
    shop.read(but(ROW, answered="2026-10-12 10:00"))
    course = {"answered": "2026-10-12 10:00", "solved": "2026-10-13", "solution": "new lamp"}
    assert counted(shop.read(but(ROW, **course))) == {"changed": 1}
    assert shop.kinds() == ["CaseRegistered", "CaseResponded", "CaseAmended", "CaseResolved"]
    assert shop.case().status == "resolved"
    assert counted(shop.read(but(ROW, **course))) == {"unchanged": 1}


def test_what_was_done_by_hand_stays_while_the_row_stays(shop: Shop) -> None:
    shop.read(ROW)
    shop.desk.act("202610-001", mending.amend, facts={"customer": "Li"}, reason="misheard")
    assert counted(shop.read(ROW)) == {"unchanged": 1}
    assert shop.case().customer == "Li"


def test_a_row_that_comes_to_say_what_was_put_right_by_hand_agrees(shop: Shop) -> None:
    shop.read(ROW)
    shop.desk.act("202610-001", mending.amend, facts={"customer": "Li"}, reason="misheard")
    assert counted(shop.read(but(ROW, name="Li", model="L5"))) == {"changed": 1}
    assert (shop.case().customer, shop.case().product) == ("Li", "L5")


def test_labels_in_a_changed_row_are_no_conflict(shop: Shop) -> None:
    shop.read(but(ROW, via="电话", topic="功能缺陷"))
    assert counted(shop.read(but(ROW, via="电话", topic="功能缺陷", model="L5"))) == {"changed": 1}
    assert shop.case().product == "L5"


def test_what_happened_without_a_word_has_not_changed(shop: Shop) -> None:
    course = {"solved": "2026-10-13", "stars": "4", "done": "2026-10-14"}
    shop.read(but(ROW, **course))
    assert counted(shop.read(but(ROW, **but(course, stars="4.0"), model="L5"))) == {"changed": 1}
    assert shop.case().product == "L5"


# --- conflicts ------------------------------------------------------------------------------------------------------


def _nothing(shop: Shop) -> None:
    """Nothing was done by hand."""


def _amend(shop: Shop) -> None:
    shop.desk.act("202610-001", mending.amend, facts={"customer": "Li"}, reason="misheard")


def _classify(shop: Shop) -> None:
    shop.desk.act("202610-001", triage.classify, category="wish", reason="read again")


def _take_back(shop: Shop) -> None:
    shop.desk.act("202610-001", mending.retract, seq=shop.case().events[0].seq, reason="a test")


def _close(shop: Shop) -> None:
    shop.desk.act("202610-001", closing.close, resolution="done", confirmed=True)


def _answer(shop: Shop) -> None:
    shop.desk.act("202610-001", handling.respond, text="we called", at=datetime(2026, 10, 13, tzinfo=UTC))


@pytest.mark.parametrize(
    ("first", "by_hand", "second", "reason"),
    [
        ({}, _amend, {"name": "Wang Li"}, "customer of 202610-001 was amended by hand"),
        ({}, _amend, {"model": "L5"}, "customer of 202610-001 was amended by hand"),
        ({"topic": "defect"}, _classify, {"topic": "defect", "text": "?"}, "category of 202610-001 is 'wish'"),
        ({}, _nothing, {"topic": "wish"}, "category of 202610-001 is 'defect'"),
        ({}, _nothing, {"received": "2026-10-12 09:31"}, "received_at differs"),
        ({"answered": "2026-10-13"}, _nothing, {"answered": "2026-10-14"}, "answered: 202610-001 was responded"),
        ({}, _answer, {"answered": "2026-10-14"}, "answered: 202610-001 was responded at another time"),
        ({}, _close, {"answered": "2026-11-02"}, "answered: responded makes no sense there"),
        ({}, _take_back, {"text": "?"}, "202610-001 was taken back"),
        ({}, _nothing, {"text": " "}, "description"),
        (
            {"solved": "2026-10-13", "stars": "3"},
            _nothing,
            {"solved": "2026-10-13", "stars": "5"},
            "solved: 202610-001 was rated",
        ),
        (
            {"answered": "2026-10-13", "answer": "sorry"},
            _nothing,
            {"answered": "2026-10-13", "answer": "very sorry"},
            "answered: 202610-001 was responded",
        ),
    ],
    ids=[
        "amended by hand",
        "amended by hand, changed elsewhere",
        "classified by hand",
        "given a category later",
        "received at another time",
        "answered at another time",
        "answered by hand at another time",
        "closed meanwhile",
        "taken back",
        "without a description",
        "another score",
        "another answer",
    ],
)
def test_a_conflict_leaves_the_case_alone(shop: Shop, first: Cells, by_hand: Any, second: Cells, reason: str) -> None:
    shop.read(but(ROW, **first))
    by_hand(shop)
    before = shop.of_cases()
    summary = shop.read(but(ROW, **second))
    assert shop.of_cases() == before
    assert counted(summary) == {"conflicts": 1}
    (left,) = rejects(summary)
    assert (left["_line"], left["_status"], left["no"]) == ("2", "conflict", "1")
    assert reason in left["_reason"]
    assert counted(shop.read(but(ROW, **second))) == {"conflicts": 1}


def test_other_rows_go_in_beside_a_conflict(shop: Shop) -> None:
    shop.read(ROW)
    assert counted(shop.read(but(ROW, received="2026-10-11"), TWO)) == {"conflicts": 1, "new": 1}


# --- rows without a number ------------------------------------------------------------------------------------------


def test_identical_rows_are_each_a_case_and_are_counted(nameless: Shop) -> None:
    assert counted(nameless.read(ROW, ROW, TWO, ROW)) == {"new": 4}
    assert counted(nameless.read(ROW, TWO, ROW, ROW)) == {"unchanged": 4}
    assert counted(nameless.read(ROW, TWO, ROW, ROW, ROW)) == {"unchanged": 4, "new": 1}
    assert counted(nameless.read(ROW)) == {"unchanged": 1}


def test_width_case_and_blanks_tell_no_rows_apart(nameless: Shop) -> None:
    nameless.read(ROW)
    assert nameless.read(but(ROW, name=" ＷＡＮＧ ", mobile="１３９")).counts["new"] == 0


def test_the_contents_of_columns_do_not_run_together(nameless: Shop) -> None:
    assert counted(nameless.read(but(ROW, name="a", mobile="bc"), but(ROW, name="ab", mobile="c"))) == {"new": 2}


def test_rows_alike_in_their_identity_come_in_any_order(nameless: Shop) -> None:
    other = but(ROW, text="another story")
    nameless.read(ROW, other)
    before = nameless.of_cases()
    assert counted(nameless.read(other, ROW)) == {"unchanged": 2}
    assert nameless.of_cases() == before


def test_a_row_put_right_is_the_row_it_was_among_its_likes(nameless: Shop) -> None:
    # Alike in the identity columns; only the second goes to the rejects file, where it would be the first.
    summary = nameless.read(ROW, but(ROW, via="carrier pigeon", text="another story"))
    assert counted(summary) == {"new": 1, "rejected": 1}
    fixed = _put_right(summary, via="Tel")
    assert counted(nameless.read_text(fixed, "fixed.csv")) == {"new": 1}
    assert [case.description for case in nameless.register.cases()] == ["it is broken", "another story"]


def test_likes_of_a_known_row_are_new_and_changes_go_to_those_that_are_left(nameless: Shop) -> None:
    other, third = but(ROW, text="another story"), but(ROW, text="a third")
    nameless.read(ROW, other)
    assert counted(nameless.read(third, other, ROW)) == {"unchanged": 2, "new": 1}
    assert counted(nameless.read(third, but(other, model="L5"), ROW)) == {"unchanged": 2, "changed": 1}
    cases = nameless.register.cases()
    assert [(case.description, case.product) for case in cases] == [
        ("it is broken", None),
        ("another story", "L5"),
        ("a third", None),
    ]


def test_a_row_that_cannot_be_read_takes_nobodys_case(nameless: Shop) -> None:
    other = but(ROW, text="another story")
    bad = but(ROW, via="Fax", text="hm")
    nameless.read(ROW, bad, other)
    assert counted(nameless.read(ROW, bad, but(other, model="L5"))) == {"unchanged": 1, "rejected": 1, "changed": 1}
    assert [case.product for case in nameless.register.cases()] == [None, "L5"]


def test_a_row_without_its_rejected_likes_is_still_the_row_it_was(nameless: Shop) -> None:
    nameless.read(but(ROW, via="Fax"), but(ROW, text="another story"))
    assert counted(nameless.read(but(ROW, text="another story"))) == {"unchanged": 1}


def test_rejects_that_are_put_right_in_part_leave_the_others_as_they_were(nameless: Shop) -> None:
    bad = [but(ROW, via="Fax", text=text) for text in ("one", "two", "three")]
    summary = nameless.read(ROW, *bad)
    assert [left["_occurrence"] for left in rejects(summary)] == ["2", "3", "4"]
    lines = _put_right(summary, via="Tel").splitlines()
    fixed = "\n".join((lines[0], lines[2], lines[3]))
    assert counted(nameless.read_text(fixed, "fixed.csv")) == {"new": 2}
    assert counted(nameless.read_text(fixed, "fixed.csv")) == {"unchanged": 2}
    # The second occurrence is no case: the row is found across the gap.
    assert counted(nameless.read(but(bad[2], via="Tel"))) == {"unchanged": 1}
    assert counted(nameless.read_text(fixed.replace("three", "thrice"), "fixed.csv")) == {"unchanged": 1, "changed": 1}
    assert [case.description for case in nameless.register.cases()] == ["it is broken", "two", "thrice"]
    assert counted(nameless.read(ROW, *bad)) == {"unchanged": 1, "rejected": 3}


def test_a_flagged_row_put_right_is_its_own_case_among_its_likes(nameless: Shop) -> None:
    summary = nameless.read(ROW, but(ROW, text="another story", answered="2026-10-11"))
    assert [left["_occurrence"] for left in rejects(summary)] == ["2"]
    fixed = _put_right(summary, answered="2026-10-13")
    assert counted(nameless.read_text(fixed, "fixed.csv")) == {"changed": 1}
    assert ["responded" in case.anchors for case in nameless.register.cases()] == [False, True]


@pytest.mark.parametrize("said", ["x", "0", "-1", "1.0", "99999999"])
def test_an_occurrence_that_is_none_is_told(nameless: Shop, said: str) -> None:
    text = f"_reason,_occurrence,received,name,text\nx,{said},2026-10-12,Wang,broken\n"
    summary = nameless.read_text(text)
    assert counted(summary) == {"rejected": 1}
    assert rejects(summary)[0]["_reason"].startswith("_occurrence is no whole number")


def test_one_occurrence_for_two_rows_is_told(nameless: Shop) -> None:
    row = "x,2,2026-10-12,Wang,broken\n"
    text = f"_reason,_occurrence,received,name,text\n{row}{row.replace('broken', 'wish')}{row}"
    summary = nameless.read_text(text)
    assert counted(summary) == {"new": 1, "rejected": 1, "unchanged": 1}
    assert rejects(summary)[0]["_reason"].startswith("its _occurrence stands in line 2 too")


def test_one_number_for_two_rows_is_told_and_settles(shop: Shop) -> None:
    other = but(ROW, text="another story")
    assert counted(shop.read(ROW, other)) == {"new": 1, "rejected": 1}
    before = shop.of_cases()
    again = shop.read(ROW, other)
    assert counted(again) == {"unchanged": 1, "rejected": 1}
    (left,) = rejects(again)
    assert (left["_line"], left["_occurrence"]) == ("3", "")
    assert left["_reason"].startswith("its number stands in line 2 too, on another row")
    assert counted(shop.read(other, ROW)) == {"unchanged": 1, "rejected": 1}
    assert shop.of_cases() == before


def test_a_row_that_stands_twice_under_its_number_is_one_case(shop: Shop) -> None:
    assert counted(shop.read(ROW, ROW)) == {"new": 1, "unchanged": 1}


# --- what is left to a person ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"received": ""}, "received_at is empty"),
        ({"received": "12.10.2026"}, "received_at: this is no date in the declared form"),
        ({"received": "2026-11-03"}, "received_at (2026-11-03) lies in the future"),
        ({"text": " "}, "the rulebook requires description"),
        ({"via": "Fax"}, "via: unknown channel – write one of phone, mail"),
        ({"topic": "weather"}, "topic: unknown category – write one of defect"),
        ({"no": ""}, "number is empty"),
        ({"text": "x" * 100_001}, "description has more than 100,000 characters"),
    ],
)
def test_a_row_that_cannot_become_a_case_says_why(shop: Shop, cells: Cells, reason: str) -> None:
    summary = shop.read(but(ROW, **cells), TWO)
    assert counted(summary) == {"rejected": 1, "new": 1}
    (left,) = rejects(summary)
    assert (left["_line"], left["_status"]) == ("2", "rejected")
    assert left["_reason"].startswith(reason)
    assert {name: left[name] for name in {**ROW, **cells}} == but(ROW, **cells)
    assert shop.register.findings() == []


@pytest.mark.parametrize("day", ["1899-12-30", "0001-01-01", "2999-12-20", "9999-12-31"])
def test_a_date_that_a_spreadsheet_makes_of_an_empty_cell_stops_one_row_alone(tmp_path: Path, day: str) -> None:
    warranty = "{until: responded}, warranty: {from: 'field:bought', until: resolved}}"
    dated = RULES.replace("{until: responded}}", warranty).replace("{respond: 1wd}", "{respond: 1wd, warranty: 730d}")
    (tmp_path / "dated.yaml").write_text(f"{dated}fields: {{bought: {{title: Bought, type: date}}}}\n")
    with register_in(tmp_path, str(tmp_path / "dated.yaml")) as register:
        shop = Shop(register, COLUMNS.replace("  category: topic", "  category: topic\n  bought: stars"))
        summary = shop.read(but(ROW, stars=day), but(TWO, stars="2026-10-01"))
        assert counted(summary) == {"rejected": 1, "new": 1}
        assert [left["_reason"] for left in rejects(summary)] == [
            "bought must be a date from 1900-01-01 to 2199-12-31, such as 2026-10-01"
        ]
        assert counted(shop.read(but(TWO, stars=day))) == {"rejected": 1}
        assert shop.case().facts()["bought"] == "2026-10-01"


def test_a_row_of_another_length_goes_to_the_rejects_file_with_its_cells(shop: Shop) -> None:
    summary = shop.read_text("no,received,text\n1,2026-10-12,broken, they say\n2,2026-10-12\n3,2026-10-12,broken\n")
    assert counted(summary) == {"rejected": 2, "new": 1}
    assert summary.rejects_file is not None
    text = summary.rejects_file.read_text(encoding="utf-8-sig")
    assert "has more or fewer cells than the heading" in text
    assert "they say" in text
    assert counted(shop.read_text(text, "again.csv")) == {"rejected": 2}
    fixed = text.replace("broken, they say", '"broken, they say"').replace("2,2026-10-12", "2,2026-10-12,wish")
    assert counted(shop.read_text(fixed, "fixed.csv")) == {"new": 2}


def test_what_is_impossible_is_flagged_and_can_be_put_right(shop: Shop) -> None:
    summary = shop.read(but(ROW, answered="2026-10-11", answer="sorry"), TWO)
    assert (counted(summary), summary.flagged) == ({"new": 2}, 1)
    (left,) = rejects(summary)
    assert (left["_line"], left["_status"]) == ("2", "flagged")
    assert left["_reason"] == "answered: responded (2026-10-11) lies before it was received; left out"
    assert shop.kinds() == ["CaseRegistered", "CaseRegistered"]
    assert counted(shop.read_text(_put_right(summary, answered="2026-10-13"), "fixed.csv")) == {"changed": 1}
    assert "CaseResponded" in shop.kinds()


def test_what_makes_no_sense_in_the_course_is_flagged(shop: Shop) -> None:
    summary = shop.read(but(ROW, solved="2026-10-14", done="2026-10-13"))
    assert (counted(summary), summary.flagged) == ({"new": 1}, 1)
    assert rejects(summary)[0]["_reason"].startswith("done: closed makes no sense there")
    assert shop.case().status == "resolved"


def test_a_flagged_row_can_still_change(shop: Shop) -> None:
    shop.read(but(ROW, solved="2026-10-14", done="2026-10-13"))
    assert counted(shop.read(but(ROW, solved="2026-10-14", done="2026-10-15"))) == {"changed": 1}
    assert shop.case().status == "closed"


NASTY = (
    "=1+1",
    "+8613900000012",
    "-x",
    "@SUM(A1)",
    "＝1",
    "\t=1",
    "'quoted'",
    "'=1",
    "it's",
    '"',
    "a\nb",
    "-3.5",
    " =1",
)


@pytest.mark.parametrize("cell", NASTY)
def test_a_rejects_file_put_right_says_what_the_row_said(shop: Shop, cell: str) -> None:
    summary = shop.read(but(ROW, via="Fax", text=f"{cell}!", name=cell), TWO)
    (left,) = rejects(summary)
    assert not left["name"].lstrip().startswith(tuple("=+@＝\t")), "a spreadsheet would take it for a formula"
    assert counted(shop.read_text(_put_right(summary, via="Tel"), "fixed.csv")) == {"new": 1}
    case = shop.register.cases()[-1]
    assert (case.description, case.customer) == (f"{cell}!".strip(), cell.strip())
    assert counted(shop.read(but(ROW, text=f"{cell}!", name=cell), TWO)) == {"unchanged": 2}


def test_a_rejects_file_is_its_readers_alone(shop: Shop) -> None:
    path = shop.read(but(ROW, via="Fax")).rejects_file
    assert path is not None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_rejects_lie_in_the_current_folder_where_no_place_is_named(
    shop: Shop, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path_factory.mktemp("here")
    monkeypatch.chdir(here)
    shop.file.write_text("no,received,text\n1,,broken\n")
    assert import_file(shop.desk, shop.file, shop.profile, None).rejects_file == Path("cases.rejects.csv")
    assert (here / "cases.rejects.csv").exists()
    assert not (shop.folder / "cases.rejects.csv").exists()


def test_rejects_overwrite_nothing(shop: Shop) -> None:
    shop.file.write_text("no,received,text\n1,,broken\n")
    before, desk = shop.file.read_bytes(), shop.desk.path.read_bytes()
    numbered = shop.file.with_name(f"{shop.file.stem}-2.csv")
    assert import_file(shop.desk, shop.file, shop.profile, shop.file).rejects_file == numbered
    assert import_file(shop.desk, shop.file, shop.profile, shop.desk.path).rejects_file != shop.desk.path
    assert (shop.file.read_bytes(), shop.desk.path.read_bytes()) == (before, desk)


def test_the_same_rejects_are_not_written_twice_and_corrected_ones_stay(shop: Shop) -> None:
    shop.file.write_text("no,received,text\n1,,broken\n")
    first = import_file(shop.desk, shop.file, shop.profile, shop.folder / "left.csv").rejects_file
    assert first is not None
    assert import_file(shop.desk, shop.file, shop.profile, shop.folder / "left.csv").rejects_file == first
    first.write_text("corrected")
    again = import_file(shop.desk, shop.file, shop.profile, shop.folder / "left.csv").rejects_file
    assert again == shop.folder / "left-2.csv"
    assert first.read_text() == "corrected"


def test_a_failure_of_the_desk_ends_the_run_and_is_no_fault_of_the_rows(shop: Shop) -> None:
    shop.read(TWO)
    shop.desk.now -= timedelta(days=2)
    with pytest.raises(Refused, match="the clock says"):
        shop.read(ROW)


def _put_right(summary: Summary, **cells: str) -> str:
    """The rejects file as a person would save it after mending."""
    assert summary.rejects_file is not None
    lines = rejects(summary)
    path = summary.rejects_file.with_name("mended.csv")
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, list(lines[0]))
        writer.writeheader()
        writer.writerows({**line, **cells} for line in lines)
    return path.read_bytes().decode()


# --- all or nothing -------------------------------------------------------------------------------------------------


def test_a_dry_run_writes_nothing_and_says_the_same(shop: Shop) -> None:
    shop.read(ROW)
    rows = (but(ROW, model="L5"), TWO, but(TWO, no="3", received=""), but(TWO, no="4", answered="2020-01-01"))
    tables = shop.register.tables()
    dry = shop.read(*rows, try_only=True)
    assert shop.register.tables() == tables
    assert sorted(path.name for path in shop.folder.glob("*.csv")) == ["cases.csv"]
    assert dry.rejects_file is None
    real = shop.read(*rows)
    assert (dry.counts, dry.flagged, dry.unclassified) == (real.counts, real.flagged, real.unclassified)
    assert [(left.line, left.reason) for left in dry.left] == [(left.line, left.reason) for left in real.left]


@pytest.mark.parametrize(
    ("text", "profile", "problem"),
    [
        ('no,received,text\n1,2026-10-12,broken\n2,2026-10-12,"open\n', COLUMNS, BadInput),
        ("a,b\n1,2\n", COLUMNS, BadInput),
        ("no,received,text\n1,2026-10-12,broken\n", COLUMNS + "colour: red\n", FaultyDocument),
    ],
    ids=["an open quote", "another table", "a faulty profile"],
)
def test_a_file_that_cannot_be_read_leaves_nothing_behind(
    shop: Shop, text: str, profile: str, problem: type[BadInput]
) -> None:
    tables = shop.register.tables()
    shop.profile.write_text(profile)
    with pytest.raises(problem):
        shop.read_text(text)
    assert shop.register.tables() == tables
    assert sorted(path.name for path in shop.folder.glob("*.csv")) == ["cases.csv"]


def test_files_that_are_not_there_are_named(shop: Shop) -> None:
    with pytest.raises(NotFound, match=r"gone\.csv"):
        shop.register.read(shop.folder / "gone.csv", shop.profile)
    with pytest.raises(NotFound, match=r"gone\.yaml"):
        shop.register.read(shop.profile, shop.folder / "gone.yaml")
    with pytest.raises(BadInput, match="cannot be read"):
        shop.register.read(shop.folder, shop.profile)


# --- the law --------------------------------------------------------------------------------------------------------

days = st.sampled_from(["2026-10-12", "2026-10-13 10:00", "2026-10-14", "2026-11-02 08:59", "2027-01-01", "", "soon"])
rows = st.fixed_dictionaries(
    {
        "received": days,
        "via": st.sampled_from(["Tel", "mail", "", "Fax"]),
        "name": st.sampled_from(["Wang", "Li", ""]),
        "mobile": st.sampled_from(["139", "=139", ""]),
        "text": st.sampled_from(["broken", "wish\n=1", "", "'"]),
        "topic": st.sampled_from(["", "", "wish", "功能缺陷", "?"]),
        "answered": days,
        "solved": days,
        "stars": st.sampled_from(["", "5", "9"]),
        "done": days,
    }
)


def _twice(small: str, profile: str, first: Sequence[Cells], second: Sequence[Cells]) -> None:
    with TemporaryDirectory() as folder, register_in(Path(folder), small) as register:
        shop = Shop(register, profile)
        one = shop.read(*first)
        before = shop.of_cases()
        two = shop.read(*second)
        assert shop.of_cases() == before
        assert two.counts["unchanged"] == one.counts["new"]
        assert two.counts["rejected"] == one.counts["rejected"]
        assert two.read == one.read == len(first)
        assert register.findings() == []


@given(st.lists(rows, max_size=8), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_a_repeated_import_adds_nothing_in_any_order(small: str, drawn: list[Cells], random: Any) -> None:
    numbered = [{**row, "no": str(number)} for number, row in enumerate(drawn)]
    _twice(small, COLUMNS, numbered, random.sample(numbered, len(numbered)))


@given(st.lists(rows, max_size=8), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_a_repeated_import_adds_nothing_where_rows_are_alike(small: str, drawn: list[Cells], random: Any) -> None:
    _twice(small, IDENTITY, drawn, random.sample(drawn, len(drawn)))


@given(st.lists(rows, max_size=6), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_a_part_of_a_file_adds_nothing(small: str, drawn: list[Cells], random: Any) -> None:
    with TemporaryDirectory() as folder, register_in(Path(folder), small) as register:
        shop = Shop(register, IDENTITY)
        shop.read(*drawn, *drawn[:2])
        before = register.events()
        some = shop.read(*random.sample(drawn, random.randint(0, len(drawn))))
        assert register.events() == before
        assert some.counts["unchanged"] + some.counts["rejected"] == some.read


@given(st.lists(rows, max_size=4), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_a_repeated_import_adds_nothing_where_only_the_whole_row_tells(
    small: str, drawn: list[Cells], random: Any
) -> None:
    whole = IDENTITY.replace("[received, name, mobile]", f"[{', '.join(HEADINGS + COURSE)}]")
    doubled = drawn + drawn[:2]
    _twice(small, whole, doubled, random.sample(doubled, len(doubled)))


def test_unclassified_are_those_that_the_list_shows(shop: Shop) -> None:
    odd = but(ROW, text="hm")
    rows = [odd, but(odd, no="2", solved="2026-10-13"), but(odd, no="3", solved="2026-10-13", done="2026-10-14")]
    counted_by_import = shop.read(*rows).unclassified
    with shop.desk.reading() as db:
        assert counted_by_import == len(queries.list_cases(db, Filter(unclassified=True))) == 2
