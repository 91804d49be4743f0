"""A file into the register, on a real desk: each row a case once, however often and in whatever order it is read."""

import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afterservice_cli.cases.events.general import CaseAmended, ImportFinished
from afterservice_cli.cases.events.intake import CaseRegistered
from afterservice_cli.decisions import mending
from afterservice_cli.errors import BadInput, FaultyDocument, NotFound
from afterservice_cli.intake.importing import Summary
from afterservice_cli.store.reading import queries
from afterservice_cli.store.reading.filters import Filter
from afterservice_cli.workflows import recording
from registers import CHECKOUT, NOW, Register, register_in
from shops import COLUMNS, COURSE, HEADINGS, IDENTITY, ROW, TWO, Cells, Shop, but, counted, put_right

# --- the shipped example --------------------------------------------------------------------------------------------

OCTOBER = CHECKOUT / "examples" / "customer-feedback" / "month.csv"
OCTOBER_PROFILE = OCTOBER.with_name("month.profile.yaml")


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
    before = [recorded for recorded in register.events() if recorded.case_id != "desk"]
    assert counted(register.read(OCTOBER, OCTOBER_PROFILE)) == {"unchanged": first.read}
    assert [recorded for recorded in register.events() if recorded.case_id != "desk"] == before
    assert register.findings() == []


def test_the_register_of_a_service_desk_is_read_in_its_own_words(tmp_path: Path) -> None:
    folder = CHECKOUT / "examples" / "enterprise-service"
    with register_in(tmp_path, "enterprise-service") as register:
        summary = register.read(folder / "two-rows.csv", folder / "two-rows.profile.yaml")
        assert (counted(summary), summary.left, summary.unused) == ({"new": 2}, (), ())
        fault, invoice = register.cases()
    assert [case.value("priority") for case in (fault, invoice)] == ["urgent", "normal"]
    assert (fault.value("category"), fault.value("owner"), fault.person) == ("technical.hardware", "support", "he")
    assert (invoice.value("category"), invoice.value("owner"), invoice.person) == (
        "process.invoice",
        "aftersales",
        "meng",
    )
    assert [str(case.promised_at) for case in (fault, invoice)] == [
        "2023-10-03 10:00:00+00:00",
        "2023-10-02 09:00:00+00:00",
    ]
    assert (fault.status, invoice.status) == ("open", "closed")
    assert (fault.kind, invoice.kind, fault.details["contact_person"]) == ("fault", "process", "秦女士")
    assert fault.fields["purchased_on"] == "2023-02-20"


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
    assert case.first_at["responded"] == datetime(2026, 10, 12, 2, tzinfo=UTC)


def test_cases_are_numbered_in_the_month_they_were_received(shop: Shop) -> None:
    shop.read(but(ROW, received="2026-09-30 23:59"), but(TWO, received="2026-10-01"), but(ROW, no="3"))
    assert [case.number for case in shop.register.cases()] == ["202609-001", "202610-001", "202610-002"]


def test_what_the_file_says_the_rules_do_not_decide(shop: Shop) -> None:
    shop.read(but(ROW, topic="建议"))
    finding = shop.case().decided["category"].finding
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
    assert shop.read_text(put_right(summary, received="2026-10-12"), "fixed.csv").unused == ("colour",)


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
    recording.act(shop.desk, "202610-001", partial(mending.amend, facts={"customer": "Li"}, reason="misheard"))
    assert counted(shop.read(ROW)) == {"unchanged": 1}
    assert shop.case().customer == "Li"


def test_a_row_that_comes_to_say_what_was_put_right_by_hand_agrees(shop: Shop) -> None:
    shop.read(ROW)
    recording.act(shop.desk, "202610-001", partial(mending.amend, facts={"customer": "Li"}, reason="misheard"))
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
        ("no,received,text\n1,2026-10-12,br\0ken\n", COLUMNS, BadInput),
        ("a,b\n1,2\n", COLUMNS, BadInput),
        ("no,received,text\n1,2026-10-12,broken\n", COLUMNS + "colour: red\n", FaultyDocument),
    ],
    ids=["a zero", "another table", "a faulty profile"],
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
@settings(max_examples=40)
def test_a_repeated_import_adds_nothing_in_any_order(small: str, drawn: list[Cells], random: Any) -> None:
    numbered = [{**row, "no": str(number)} for number, row in enumerate(drawn)]
    _twice(small, COLUMNS, numbered, random.sample(numbered, len(numbered)))


@given(st.lists(rows, max_size=8), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_a_repeated_import_adds_nothing_where_rows_are_alike(small: str, drawn: list[Cells], random: Any) -> None:
    _twice(small, IDENTITY, drawn, random.sample(drawn, len(drawn)))


@given(st.lists(rows, max_size=6), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_a_part_of_a_file_adds_nothing(small: str, drawn: list[Cells], random: Any) -> None:
    with TemporaryDirectory() as folder, register_in(Path(folder), small) as register:
        shop = Shop(register, IDENTITY)
        shop.read(*drawn, *drawn[:2])
        before = register.events()
        some = shop.read(*random.sample(drawn, random.randint(0, len(drawn))))
        assert register.events() == before
        assert some.counts["unchanged"] + some.counts["rejected"] == some.read


@given(st.lists(rows, max_size=4), st.randoms(use_true_random=False))
@settings(max_examples=40)
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
