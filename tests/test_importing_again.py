"""The same source again: what was read counts, the case follows its row, and its number there is kept."""

import sqlite3
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from afterservice_cli.decisions import mending
from afterservice_cli.errors import BadInput
from afterservice_cli.intake.identity import RowMatcher, ToldRow
from afterservice_cli.store.reading import queries
from afterservice_cli.store.reading.filters import Filter
from afterservice_cli.workflows import recording
from registers import register_in
from shops import COLUMNS, IDENTITY, ROW, TWO, Cells, Shop, but, counted

DATED = COLUMNS + "dates: [year-first, iso]\n"


def _found(shop: Shop, number: str) -> str:
    with shop.desk.reading() as db:
        return queries.find_case(db, number, "test")


# --- what was read --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        {"received": "2026/10/12 9:30"},
        {"received": "2026-10-12 09:30:00"},
        {"text": "  it is \t broken\r\n"},
        {"via": "ＴＥＬ"},
        {"no": "'１"},
        {"no": '="1"'},
        {"no": "1.0"},
    ],
)
def test_a_row_that_says_the_same_in_another_spelling_is_unchanged(small: str, written: Cells) -> None:
    with TemporaryDirectory() as folder, register_in(Path(folder), small) as register:
        shop = Shop(register, DATED)
        shop.read(ROW)
        before = shop.register.events()
        assert counted(shop.read(but(ROW, **written))) == {"unchanged": 1}
        assert shop.register.events() == before


@pytest.mark.parametrize("mobile", ["139 0000-0101", "+86 13900000101", "１３９０００００１０１"])
def test_a_number_that_is_written_otherwise_is_the_same_contact(shop: Shop, mobile: str) -> None:
    shop.read(but(ROW, mobile="13900000101"))
    before = shop.register.events()
    assert counted(shop.read(but(ROW, mobile=mobile))) == {"unchanged": 1}
    assert shop.register.events() == before
    assert counted(shop.read(but(ROW, mobile=f"{mobile} (evenings)"))) == {"changed": 1}


def test_the_same_file_in_another_encoding_with_other_quotes_is_unchanged(shop: Shop) -> None:
    text = "no,received,text,topic\n1,2026-10-12,它坏了,功能缺陷\n"
    assert counted(shop.read_text(text)) == {"new": 1}
    (shop.folder / "other.csv").write_bytes(text.replace("它坏了", '"它坏了"').replace("\n", "\r\n").encode("gb18030"))
    assert counted(shop.register.read(shop.folder / "other.csv", shop.profile)) == {"unchanged": 1}


def test_a_label_and_an_id_say_the_same(shop: Shop) -> None:
    shop.read(but(ROW, topic="功能缺陷"))
    assert counted(shop.read(but(ROW, topic="defect"))) == {"unchanged": 1}


def test_a_row_that_says_what_the_case_is_already_leaves_no_event(shop: Shop) -> None:
    shop.read(ROW)
    recording.act(shop.desk, "202610-001", partial(mending.amend, facts={"customer": "Li"}, reason="misheard"))
    before = shop.register.events()
    assert counted(shop.read(but(ROW, name="Li"))) == {"unchanged": 1}
    assert shop.register.events() == before


# --- a later export -------------------------------------------------------------------------------------------------


def test_a_later_export_is_followed_where_only_the_import_had_spoken(shop: Shop) -> None:
    shop.read(but(ROW, topic="defect"))
    course = {"answered": "2026-10-12 10:00", "solved": "2026-10-13", "solution": "new lamp", "done": "2026-10-14"}
    row = but(ROW, topic="wish", model="L5", **course)
    assert counted(shop.read(row)) == {"changed": 1}
    case = shop.case()
    finding = case.decided["category"].finding
    assert (finding.value, finding.by, case.status, case.product) == ("wish", "import", "closed", "L5")
    assert counted(shop.read(row)) == {"unchanged": 1}
    # It is followed after the closing, too.
    assert counted(shop.read(but(row, topic="defect"))) == {"changed": 1}
    assert (shop.case().value("category"), shop.case().status) == ("defect", "closed")
    assert shop.register.findings() == []


def test_a_category_that_a_rule_found_follows_the_row_that_names_one(shop: Shop) -> None:
    shop.read(ROW)
    assert counted(shop.read(but(ROW, topic="wish"))) == {"changed": 1}
    assert shop.case().value("category") == "wish"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"solved": "2026-10-13"}, {"solved": "2026-10-15", "solution": "new lamp"}),
        ({"solved": "2026-10-13", "done": "2026-10-20"}, {"solved": "2026-10-15", "done": "2026-10-20"}),
        ({"solved": "2026-10-13", "done": "2026-10-20"}, {"solved": "2026-10-13", "done": "2026-10-21"}),
        ({"solved": "2026-10-13"}, {"solved": "2026-10-13", "solution": "new lamp"}),
        ({"solved": "2026-10-13", "stars": "3"}, {"solved": "2026-10-13", "stars": "5"}),
        ({"answered": "2026-10-13", "answer": "sorry"}, {"answered": "2026-10-13", "answer": "very sorry"}),
    ],
    ids=["resolved later", "resolved later and closed", "closed later", "its text", "another score", "another answer"],
)
def test_what_the_source_moves_is_its_newer_word(small: str, shop: Shop, before: Cells, after: Cells) -> None:
    shop.read(but(ROW, **before))
    assert counted(shop.read(but(ROW, **after))) == {"changed": 1}
    with TemporaryDirectory() as folder, register_in(Path(folder), small) as register:
        fresh = Shop(register)
        fresh.read(but(ROW, **after))
        one, other = shop.case(), fresh.case()
    assert {word: at for word, at in one.first_at.items() if word not in ("amended", "retracted")} == other.first_at
    assert (one.status, one.scores) == (other.status, other.scores)
    assert [d.ended_at for d in one.deadlines] == [d.ended_at for d in other.deadlines]
    assert {r.event.said for r in one.standing} - {"the imported row changed"} == {r.event.said for r in other.standing}
    assert counted(shop.read(but(ROW, **after))) == {"unchanged": 1}
    assert shop.register.findings() == []


# --- the number -----------------------------------------------------------------------------------------------------


def test_the_number_of_the_source_is_kept_and_found(shop: Shop) -> None:
    shop.read(but(ROW, no="QH-3"), TWO)
    assert [case.source_number for case in shop.register.cases()] == ["QH-3", "2"]
    assert {_found(shop, number) for number in ("QH-3", "qh-3", "ＱＨ－3")} == {"202610-001"}
    with shop.desk.reading() as db:
        (found,) = queries.list_cases(db, Filter(find="qh-3"))
    assert (found.case.case_id, found.texts.source_number) == ("202610-001", "QH-3")


@pytest.mark.parametrize(
    "written",
    [
        "#1001",
        "＃1001",
        "No.1001",
        "NO 1001",
        "№1001",
        "Ｎｏ．１００１",
        "no: 1001",
        "# 1001",
        "第1001号",
        "编号：1001",
    ],
)
def test_what_only_says_that_it_is_a_number_is_no_part_of_it(shop: Shop, written: str) -> None:
    shop.read(but(ROW, no="1001"))
    before = shop.register.events()
    assert counted(shop.read(but(ROW, no=written))) == {"unchanged": 1}
    assert shop.register.events() == before
    assert _found(shop, written) == "202610-001"


@pytest.mark.parametrize("written", ["A1001", "01001", "1001-1", "QH#1001", "No", "#", "NOK1001", "1001#", "1#1001"])
def test_letters_zeros_and_parts_of_a_number_keep_cases_apart(shop: Shop, written: str) -> None:
    shop.read(but(ROW, no="1001"))
    assert counted(shop.read(but(ROW, no=written))).get("unchanged") is None


def test_two_rows_of_a_file_whose_numbers_differ_in_such_a_sign_alone_are_told(shop: Shop) -> None:
    outcome = shop.read(but(ROW, no="#1001"), but(TWO, no="1001"))
    assert counted(outcome) == {"new": 1, "rejected": 1}
    assert "line 2 has it too" in outcome.left[0].reason


def test_our_own_numbers_go_before_those_of_a_source(shop: Shop) -> None:
    shop.read(but(ROW, no="2"), but(TWO, no="1"), but(TWO, no="77"))
    assert [_found(shop, number) for number in ("1", "2", "77")] == ["202610-001", "202610-002", "202610-003"]


def test_a_number_that_two_sources_gave_is_told_to_be_short_for_both(shop: Shop) -> None:
    shop.read(but(ROW, no="QH-3"))
    shop.profile.write_text(COLUMNS.replace("profile: shop", "profile: other"))
    shop.read(but(ROW, no="QH-3"))
    with pytest.raises(BadInput, match="202610-001, 202610-002"):
        _found(shop, "QH-3")


# --- taken back -----------------------------------------------------------------------------------------------------


def _take_back(shop: Shop, case: str) -> None:
    with shop.desk.reading() as db:
        seq = db.execute("SELECT min(seq) FROM events WHERE case_id = ?", (case,)).fetchone()[0]
    recording.act(shop.desk, case, partial(mending.retract, seq=seq, reason="a wrong date"))


@pytest.mark.parametrize("profile", [COLUMNS, IDENTITY.replace("[received, name, mobile]", "[name, mobile]")])
def test_a_row_taken_back_here_and_put_right_there_comes_in(small: str, profile: str) -> None:
    with TemporaryDirectory() as folder, register_in(Path(folder), small) as register:
        shop = Shop(register, profile)
        shop.read(ROW)
        _take_back(shop, "202610-001")
        before = shop.register.events()
        assert counted(shop.read(ROW)) == {"unchanged": 1}
        assert shop.register.events() == before
        right = but(ROW, received="2026-10-11 09:30")
        assert counted(shop.read(right)) == {"new": 1}
        assert counted(shop.read(right)) == {"unchanged": 1}
        assert counted(shop.read(but(right, model="L5"))) == {"changed": 1}
        assert [(case.status, case.product) for case in shop.register.cases()] == [("void", None), ("open", "L5")]
        _take_back(shop, "202610-002")
        assert counted(shop.read(ROW)) == {"unchanged": 1}
        assert counted(shop.read(but(ROW, received="2026-10-10"))) == {"new": 1}
        assert shop.register.findings() == []
        if profile == COLUMNS:
            assert _found(shop, "1") == "202610-001"


# --- how rows are looked up ------------------------------------------------------------------------------------------


def test_rows_are_looked_up_many_at_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [but(ROW, no=str(number)) for number in range(40)]
    shop.read(*rows)
    asked: list[int] = []
    plain = queries.imported

    def noted(db: sqlite3.Connection, some: Sequence[str]) -> dict[str, queries.Imported]:
        asked.append(len(some))
        return plain(db, some)

    monkeypatch.setattr(queries, "imported", noted)
    assert counted(shop.read(*rows)) == {"unchanged": 40}
    assert asked == [40]


def test_of_rows_that_are_alone_nothing_is_kept(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[int] = []
    rows = RowMatcher.rows

    def noted(self: RowMatcher) -> Iterator[ToldRow]:
        kept.append(len(self._alike))
        return rows(self)

    monkeypatch.setattr(RowMatcher, "rows", noted)
    shop.read(*(but(ROW, no=str(number)) for number in range(40)))
    shop.read(ROW, ROW, TWO)
    assert kept == [0, 1]


cells = st.sampled_from(["2026-10-12", "2026-10-13 10:00", "2026-10-14", ""])
course = st.fixed_dictionaries(
    {
        "answered": cells,
        "solved": cells,
        "stars": st.sampled_from(["", "5", "3"]),
        "done": cells,
        "topic": st.sampled_from(["", "wish", "defect"]),
        "model": st.sampled_from(["", "L5"]),
    }
)


@given(st.lists(course, min_size=2, max_size=4))
@settings(max_examples=20, phases=[Phase.explicit, Phase.generate])
def test_whatever_a_source_says_one_after_the_other_settles(small: str, said: list[Cells]) -> None:
    with TemporaryDirectory() as folder, register_in(Path(folder), small) as register:
        shop = Shop(register)
        for cells in said:
            shop.read(but(ROW, **cells))
            before = shop.of_cases()
            assert counted(shop.read(but(ROW, **cells))) == {"unchanged": 1}
            assert shop.of_cases() == before
        assert register.findings() == []
