"""Fields that are kept with the customer: what was said last is known in their next case, and where from."""

import json
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import rulebooks
from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events.general import CaseAmended
from afterservice_cli.cases.events.intake import CaseRegistered
from afterservice_cli.decisions import handling, intake, mending, screening
from afterservice_cli.store.projections.rebuilding import rebuild
from afterservice_cli.store.reading import queries
from afterservice_cli.workflows import recording
from afterservice_cli.workflows.recording import writing
from conftest import Runner
from registers import Register, register_in
from shops import COLUMNS, ROW, Shop

FILE = rulebooks.FOLDER / "values.yaml"
ANN, BOB = "139 0000 0101", "139 0000 0102"


class Desk:
    """A desk at which customers call."""

    def __init__(self, register: Register) -> None:
        self.desk, self.findings = register.desk, register.findings

    def came(self, contact: str | None = ANN, **facts: str) -> Case:
        draft = intake.Draft({"channel": "phone", "description": "it rattles", "contact": contact, **facts})
        with writing(self.desk) as writer:
            return writer.register(draft)

    def act(self, case: Case, decision: Any) -> Case:
        return recording.act(self.desk, case.number, decision).case

    def amend(self, case: Case, **facts: str) -> Case:
        with writing(self.desk) as writer:
            customer = writer.customer_of(facts.get("contact"))
            decision = partial(mending.amend, facts=facts, reason="x", customer=customer)
            return writer.act(case.number, decision).case

    def invalid(self, case: Case) -> Case:
        return self.act(case, partial(screening.screen, outcome="invalid", ground="spam"))

    def retract(self, case: Case, seq: int) -> Case:
        return self.act(case, partial(mending.retract, seq=seq, reason="x"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    book = tmp_path / "rules.yaml"
    book.write_text(rulebooks.text("values", ("intake: {", "intake: {invalid: {spam: Spam}, ")))
    with register_in(tmp_path, str(book)) as register:
        yield Desk(register)


def tier_of(case: Case) -> tuple[object, str]:
    """The tier of a case, and from which earlier one it is known."""
    return case.facts().get("tier"), case.known_from.get("tier", "")


# --- what is known in the next case ---------------------------------------------------------------------------------


def test_a_vips_next_case_is_a_vips(desk: Desk) -> None:
    first = desk.came(tier="vip", contract="C-7")
    assert (first.value("priority"), first.known_from) == ("urgent", {})
    second = desk.came("13900000101")  # written otherwise
    assert second.value("priority") == "urgent"
    assert tier_of(second) == ("vip", first.number)
    event = second.events[0].event
    assert isinstance(event, CaseRegistered)
    assert (event.fields, event.details) == ({"tier": "vip"}, {"contract": "C-7"})  # a text is personal
    assert event.of_customer == {"tier": first.number, "contract": first.number}


def test_nobody_and_somebody_else_know_nothing_of_it(desk: Desk) -> None:
    desk.came(tier="vip")
    desk.came(None, tier="vip")
    assert [tier_of(desk.came(contact)) for contact in (BOB, None, " ")] == [(None, "")] * 3


def test_what_is_said_here_counts_before_what_is_known(desk: Desk) -> None:
    desk.came(tier="vip")
    second = desk.came(tier="normal")
    assert tier_of(second) == ("normal", "")
    assert tier_of(desk.came()) == ("normal", second.number)


def test_what_was_taken_over_is_known_from_whoever_said_it(desk: Desk) -> None:
    first = desk.came(tier="vip")
    desk.came()
    assert tier_of(desk.came()) == ("vip", first.number)


def test_what_was_said_last_counts_whatever_case_it_was_said_in(desk: Desk) -> None:
    first = desk.came()
    second = desk.came(tier="normal")
    desk.amend(first, tier="vip")
    assert tier_of(desk.came()) == ("vip", first.number)
    desk.amend(second, tier="")
    assert tier_of(desk.came()) == (None, "")  # the last word is that nobody knows


@pytest.mark.parametrize("how", ["retract", "invalid"])
def test_what_is_no_case_of_theirs_says_nothing_of_a_customer(desk: Desk, how: str) -> None:
    first = desk.came(tier="normal")
    second = desk.came(tier="vip")
    third = desk.came()
    desk.retract(second, second.events[0].seq) if how == "retract" else desk.invalid(second)
    assert tier_of(desk.came()) == ("normal", first.number)
    assert tier_of(third) == ("vip", second.number)  # what was taken over stands in its own history


def test_an_amendment_that_was_taken_back_was_not_said(desk: Desk) -> None:
    first = desk.came(tier="normal")
    amended = desk.amend(first, tier="vip")
    desk.retract(first, amended.events[-1].seq)
    assert tier_of(desk.came()) == ("normal", first.number)


def test_a_merged_case_was_the_customers_all_the_same(desk: Desk) -> None:
    first, second = desk.came(), desk.came(tier="vip")
    desk.act(second, partial(screening.merge, into=first, reason="x"))
    assert tier_of(desk.came()) == ("vip", second.number)


def test_a_value_that_the_rulebook_has_no_more_is_not_known(desk: Desk) -> None:
    desk.came(tier="vip")
    with writing(desk.desk) as writer:
        other = rulebooks.rulebook("values", ("vip: VIP}", "gold: Gold}"), ("{tier: vip}", "{tier: gold}"))
        assert recording.customer_of(writer.db, other, ANN).known == {}


# --- amending -------------------------------------------------------------------------------------------------------


def test_with_another_contact_goes_what_was_known_of_another_customer(desk: Desk) -> None:
    first = desk.came(tier="vip", contract="C-7")
    other = desk.came(BOB, tier="normal")
    case = desk.came(prefers="sms")
    moved = desk.amend(case, contact=BOB)
    assert tier_of(moved) == ("normal", other.number)
    assert (moved.details, moved.fields["prefers"]) == ({}, "sms")  # what was said here stays
    nobody = desk.amend(moved, contact="")
    assert (tier_of(nobody), nobody.fields) == ((None, ""), {"prefers": "sms"})
    again = desk.amend(nobody, contact=ANN)
    assert again.known_from == {"tier": first.number, "contract": first.number}
    assert tier_of(desk.came()) == ("vip", first.number)


def test_a_contact_that_comes_later_brings_what_is_known(desk: Desk) -> None:
    first = desk.came(tier="vip")
    case = desk.amend(desk.came(None), contact=ANN)
    assert tier_of(case) == ("vip", first.number)
    said = desk.amend(desk.came(None), contact=ANN, tier="normal")
    assert tier_of(said) == ("normal", "")
    assert tier_of(desk.came()) == ("normal", said.number)


def test_the_same_customer_stays_who_they_are(desk: Desk) -> None:
    desk.came(tier="vip")
    case = desk.came()
    desk.came(tier="normal")
    amended = desk.amend(case, contact="13900000101")
    event = amended.events[-1].event
    assert isinstance(event, CaseAmended)
    assert (event.facts, event.of_customer) == ({}, {})
    assert amended.known_from == case.known_from


def test_what_a_person_amends_is_said_here(desk: Desk) -> None:
    desk.came(tier="vip")
    case = desk.amend(desk.came(), tier="normal")
    assert tier_of(case) == ("normal", "")
    assert tier_of(desk.came()) == ("normal", case.number)


# --- seen -----------------------------------------------------------------------------------------------------------


def test_the_way_that_a_customer_prefers_is_theirs(desk: Desk) -> None:
    desk.came(prefers="letter")
    assert desk.act(desk.came(), handling.respond).events[-1].event.__dict__["channel"] == "letter"


def test_it_is_shown_and_explained_where_it_is_known_from(tmp_path: Path, call: Runner) -> None:
    assert call("init", "--rules", FILE).code == 0
    words = ("register", "it rattles", "--channel", "phone", "--contact", ANN)
    call(*words, "--field", "tier=vip")
    case = json.loads(call(*words, "--json").out)
    assert (case["fields"], case["known_from"]) == ({"tier": "vip"}, {"tier": "202610-001"})
    assert "  Tier        VIP (from 202610-001)\n" in call("show", "002").out
    assert "Tier: VIP\n  from 202610-001 [event 4, 2026-10-12 09:00]\n" in call("explain", "002").out
    chinese = {"AFTERSERVICE_LANG": "zh"}
    assert "VIP (来自 202610-001)\n" in call("show", "002", env=chinese).out
    assert "客户等级：VIP\n  来自 202610-001 [" in call("explain", "002", env=chinese).out
    known = json.loads(call("explain", "002", "--json").out)["known"]
    assert [(one["field"], one["value"], one["case"]) for one in known] == [("tier", "vip", "202610-001")]


def test_what_is_known_need_not_be_given(tmp_path: Path, call: Runner) -> None:
    book = tmp_path / "rules.yaml"
    book.write_text(rulebooks.text("values", ("intake: {", "intake: {require: [tier], ")))
    assert call("init", "--rules", book).code == 0
    words = ("register", "it rattles", "--channel", "phone", "--contact", ANN)
    assert "the rulebook requires tier" in call(*words).err
    assert call(*words, "--field", "tier=vip").code == 0
    assert call(*words).code == 0


# --- files and tables -----------------------------------------------------------------------------------------------

PROFILE = COLUMNS.replace("category: topic", "tier: topic")


def test_a_file_takes_over_and_an_empty_cell_does_not_speak_against_it(tmp_path: Path) -> None:
    with register_in(tmp_path, str(FILE)) as register:
        shop = Shop(register, PROFILE)
        rows = [{**ROW, "topic": "vip"}, {**ROW, "no": "2", "topic": ""}]
        assert shop.read(*rows).counts["new"] == 2
        first, second = register.cases()
        assert (tier_of(first), tier_of(second)) == (("vip", ""), ("vip", first.number))
        rows[1]["text"] = "it is broken, too"
        assert shop.read(*rows).counts["changed"] == 1
        assert tier_of(register.cases()[1]) == ("vip", first.number)
        rows[1]["topic"] = "normal"
        assert shop.read(*rows).counts["changed"] == 1
        assert tier_of(register.cases()[1]) == ("normal", "")


@pytest.mark.parametrize("newest_first", [True, False])
def test_what_was_said_last_is_that_of_the_latest_row_however_a_file_is_sorted(
    tmp_path: Path, newest_first: bool
) -> None:
    rows = [
        {**ROW, "no": str(day), "received": f"2026-10-0{day} 15:00", "topic": topic}
        for day, topic in ((1, ""), (2, "vip"), (3, ""), (4, "normal"))
    ]
    with register_in(tmp_path, str(FILE)) as register:
        assert Shop(register, PROFILE).read(*(reversed(rows) if newest_first else rows)).counts["new"] == 4
        tiers = {case.source_number: tier_of(case)[0] for case in register.cases()}
        assert tiers == {"1": None, "2": "vip", "3": "vip", "4": "normal"}
        assert tier_of(Desk(register).came(ROW["mobile"]))[0] == "normal"


def test_one_query_by_an_index_tells_what_is_known(desk: Desk) -> None:
    desk.came(tier="vip", contract="C-7", prefers="sms")
    asked: list[str] = []
    db = desk.desk.connection
    db.set_trace_callback(asked.append)
    desk.came()
    db.set_trace_callback(None)
    (query,) = {sql for sql in asked if "FROM said_of_customers" in sql}
    plan = " ".join(str(row[-1]) for row in db.execute(f"EXPLAIN QUERY PLAN {query}"))
    assert (
        plan.count("SEARCH said_of_customers USING PRIMARY KEY (customer_id=? AND field=?)") == 3
        and "SCAN cases" not in plan
    )


def test_a_rulebook_without_such_fields_asks_nothing(tmp_path: Path) -> None:
    with register_in(tmp_path, str(rulebooks.FOLDER / "shop.yaml")) as register:
        asked: list[str] = []
        Desk(register).came()
        register.desk.connection.set_trace_callback(asked.append)
        assert Desk(register).came().known_from == {}
        assert not [sql for sql in asked if "FROM said_of_customers" in sql]


def test_the_tables_follow_from_the_history(desk: Desk) -> None:
    desk.came(tier="vip")
    desk.amend(desk.came(BOB, tier="vip"), contact=ANN, tier="normal")

    def said(db: sqlite3.Connection) -> list[tuple[object, ...]]:
        return db.execute("SELECT * FROM said_of_customers ORDER BY first, field").fetchall()

    with writing(desk.desk) as writer:
        before = said(writer.db)
        rebuild(writer.db)
        assert (len(before), said(writer.db)) == (2, before)
        assert queries.customer_of(writer.db, "13900000101") == before[0][0] == before[1][0]


def test_several_fields_said_at_once_hold_together(desk: Desk) -> None:
    """A body keeps them by name, in whatever order the rulebook has them."""
    desk.came(tier="vip", contract="C-7", prefers="sms")
    desk.amend(desk.came(), contract="C-8", prefers="letter")
    assert desk.findings() == []
