"""A later export that no longer says what an earlier one said: a ticket that was solved is open again at its source."""

from functools import partial
from pathlib import Path

import pytest

from afterservice_cli.decisions import closing
from afterservice_cli.workflows import recording
from conftest import Runner
from importing import cases
from shops import COLUMNS, ROW, Cells, Shop, but, counted, rejects

SOLVED = but(
    ROW, answered="2026-10-12 10:00", solved="2026-10-13 10:00", solution="mended", stars="2", done="2026-10-14"
)
REOPENED = but(ROW, answered="2026-10-12 10:00")
STATUS = """
status: {column: topic, means: {open: open, asked: responded, solved: resolved, over: [resolved, closed]}, at: done}
"""
BY_STATUS = COLUMNS.replace("  category: topic\n", "").partition("course:")[0] + STATUS
WORDS = {"responded", "resolved", "rated", "closed"}


def standing(shop: Shop) -> tuple[str, set[str]]:
    """The status of the only case, and what has happened to it."""
    return shop.case().status, WORDS & set(shop.case().first_at)


@pytest.mark.parametrize("emptied", [REOPENED, but(REOPENED, solved="-", stars="无", done="N/A")])
def test_what_the_source_no_longer_says_is_taken_back(shop: Shop, emptied: Cells) -> None:
    shop.read(SOLVED)
    assert shop.case().status == "closed"
    assert counted(shop.read(emptied)) == {"changed": 1}
    assert standing(shop) == ("open", {"responded"})
    assert counted(shop.read(emptied)) == {"unchanged": 1}
    assert counted(shop.read(SOLVED)) == {"changed": 1}
    assert shop.case().status == "closed"
    assert shop.register.findings() == []


def test_exports_one_after_the_other_come_to_what_the_last_alone_says(shop: Shop) -> None:
    for stars in ("", "2"):
        shop.read(but(SOLVED, stars=stars))
    shop.read(but(REOPENED, solved="2026-10-13 10:00", solution="mended"))
    assert standing(shop) == ("resolved", {"responded", "resolved"})


def test_a_column_that_the_file_has_not_takes_nothing_back(shop: Shop) -> None:
    shop.read(SOLVED)
    assert counted(
        shop.read_text("no,received,via,name,mobile,text\n1,2026-10-12 09:30,Tel,Wang,139,it is torn\n")
    ) == {"changed": 1}
    assert shop.case().status == "closed"


def test_a_status_that_goes_back_takes_the_end_back_and_no_answer(shop: Shop) -> None:
    shop.profile.write_text(BY_STATUS)
    shop.read(but(ROW, topic="asked", done="2026-10-12 10:00"))
    shop.read(but(ROW, topic="over", done="2026-10-13 10:00"))
    assert shop.case().status == "closed"
    assert counted(shop.read(but(ROW, topic="solved", done="2026-10-13 10:00"))) == {"changed": 1}
    assert standing(shop) == ("resolved", {"responded", "resolved"})
    assert counted(shop.read(but(ROW, topic="open"))) == {"changed": 1}
    assert standing(shop) == ("open", {"responded"})


@pytest.mark.parametrize("topic", ["", "elsewhere"], ids=["no status", "a status that nobody knows"])
def test_a_status_that_says_nothing_takes_nothing_back(shop: Shop, topic: str) -> None:
    shop.profile.write_text(BY_STATUS)
    shop.read(but(ROW, topic="over", done="2026-10-13 10:00"))
    shop.read(but(ROW, topic=topic, text="it is torn"))
    assert shop.case().status == "closed"


def test_beside_a_status_that_says_nothing_an_emptied_cell_takes_back(shop: Shop) -> None:
    shop.profile.write_text(COLUMNS.replace("  category: topic\n", "") + STATUS)
    shop.read(SOLVED)
    for topic in ("-", ""):
        assert shop.case().status == "closed"
        shop.read(but(REOPENED, topic=topic))
        assert standing(shop) == ("open", {"responded"})
        shop.read(SOLVED)


def test_a_status_without_its_date_takes_back_nothing_that_it_says(shop: Shop) -> None:
    shop.profile.write_text(BY_STATUS)
    shop.read(but(ROW, topic="over", done="2026-10-13 10:00"))
    assert counted(shop.read(but(ROW, topic="solved"))) == {"changed": 1}
    assert standing(shop) == ("resolved", {"resolved"})


def test_a_status_denies_no_end_for_which_it_has_no_word(shop: Shop) -> None:
    shop.read(SOLVED)
    shop.profile.write_text(BY_STATUS.replace("solved: resolved, over: [resolved, closed]", "held: noted"))
    shop.read(but(ROW, topic="open"))
    assert standing(shop) == ("closed", WORDS)


def test_a_file_of_events_without_an_earlier_one_takes_nothing_back(shop: Shop) -> None:
    shop.profile.write_text(
        BY_STATUS + "events: {column: stars, means: {in: registered, out: resolved, by: noted}, at: done}\n"
    )
    came = but(ROW, stars="in", topic="open", done="2026-10-12 09:30")
    shop.read(came, but(ROW, stars="out", done="2026-10-13 10:00"))
    assert shop.case().status == "resolved"
    shop.read(came, but(ROW, stars="by", done="2026-10-14 10:00", answer="x"))
    assert shop.case().status == "resolved"


def test_a_plan_says_what_would_be_taken_back(call: Runner, tmp_path: Path) -> None:
    call("init", "--rules", "minimal")
    rows = "编号,登记时间,内容,解决时间\n1,2026-10-01 09:00,水壶漏水了,{}\n"
    for at in ("2026-10-02 10:00", ""):
        (tmp_path / "rows.csv").write_text(rows.format(at), "utf-8")
        done = call("import", "rows.csv", "--dry-run") if not at else call("import", "rows.csv")
    assert "resolved 2026-10-02 10:00 (no longer said)" in done.out
    assert cases(call)[0]["resolved_at"] == "2026-10-02T02:00:00Z"


def test_what_a_person_did_since_is_not_taken_back(shop: Shop) -> None:
    shop.read(but(SOLVED, done=""))
    recording.act(shop.desk, "202610-001", partial(closing.close))
    summary = shop.read(REOPENED)
    assert counted(summary) == {"conflicts": 1}
    assert "what was done here since builds on" in rejects(summary)[0]["_reason"]
    assert shop.case().status == "closed"


def test_who_had_the_case_begin_again_here_agrees_with_its_source(shop: Shop) -> None:
    shop.read(SOLVED)
    recording.act(shop.desk, "202610-001", partial(closing.reopen, reason="still broken"))
    assert counted(shop.read(REOPENED)) == {"unchanged": 1}
    assert (shop.case().status, shop.case().cycle) == ("open", 2)


def test_a_score_is_not_taken_back_by_a_file_without_its_column(shop: Shop) -> None:
    shop.read(SOLVED)
    headings = "no,received,via,name,mobile,text,answered,solved,solution,done\n"
    row = "1,2026-10-12 09:30,Tel,Wang,139,it is broken,2026-10-12 10:00,2026-10-13 10:00,mended,2026-10-14\n"
    assert counted(shop.read_text(headings + row)) == {"unchanged": 1}
    assert standing(shop) == ("closed", WORDS)


@pytest.mark.parametrize("misread", [but(SOLVED, solved="soon"), but(SOLVED, done="soon")])
def test_a_cell_that_cannot_be_read_takes_nothing_back(shop: Shop, misread: Cells) -> None:
    shop.read(SOLVED)
    assert counted(shop.read(misread)) == {"unchanged": 1}
    assert standing(shop) == ("closed", WORDS)


def test_a_case_that_began_again_at_its_source_keeps_its_first_end(shop: Shop) -> None:
    again = "  - {event: reopened, at: again}\n"
    shop.profile.write_text(COLUMNS + again)
    headings = "no,received,via,name,mobile,text,solved,solution,done,again\n"
    rows = headings + "1,2026-10-12 09:30,Tel,Wang,139,it is broken,2026-10-13 10:00,mended,{},{}\n"
    shop.read_text(rows.format("2026-10-14", ""))
    assert counted(shop.read_text(rows.format("", "2026-10-15"))) == {"changed": 1}
    assert (shop.case().status, shop.case().cycle) == ("open", 2)
    assert "closed" in {recorded.event.word for recorded in shop.case().standing}


def test_a_status_denies_only_what_comes_after_it(shop: Shop) -> None:
    shop.profile.write_text(BY_STATUS.replace("over: [resolved, closed]", "over: [closed]"))
    for topic, done in (("solved", "2026-10-13 10:00"), ("over", "2026-10-14 10:00")):
        shop.read(but(ROW, topic=topic, done=done))
    assert standing(shop) == ("closed", {"resolved", "closed"})


def test_what_a_row_dates_stands_whatever_its_status(shop: Shop) -> None:
    shop.profile.write_text(COLUMNS.replace("  category: topic\n", "") + STATUS)
    shop.read(but(SOLVED, topic="over"))
    assert counted(shop.read(but(SOLVED, topic="open"))) == {"unchanged": 1}
    assert standing(shop) == ("closed", WORDS)
