"""A file without a profile, as people keep theirs: words for nothing, a sum below, dates in several ways, a slip."""

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import Runner
from importing import cases

HEADINGS = "反馈编号,客户姓名/单位,联系方式,产品型号,序列号,购买日期,反馈类型,问题描述,客户诉求,接收时间"
ROW = "{n},客户{n},139000001{n:02},KL-200,{serial},{bought},投诉,水壶用了{n}天就漏水,{wish},{received}"


@pytest.fixture
def handbook(call: Runner) -> Runner:
    assert call("init", "--rules", "product-feedback").code == 0
    return call


def row(
    n: int, bought: str = "2026/5/1", received: str = "2026-10-08 09:05", serial: str = "", wish: str = "换"
) -> str:
    return ROW.format(n=n, bought=bought, received=received, serial=serial or f"SN{n}", wish=wish)


def read(call: Runner, path: Path, *rows: str, headings: str = HEADINGS, code: int = 0) -> list[dict[str, Any]]:
    path.write_text("\n".join([headings, *rows, ""]), "utf-8")
    done = call("import", path.name)
    assert done.code == code, done.err
    return cases(call)


def test_every_date_of_a_row_says_how_dates_are_written(handbook: Runner, tmp_path: Path) -> None:
    first, second = read(handbook, tmp_path / "rows.csv", row(1), row(2, bought="2026年6月2日"))
    assert (first["fields"]["purchased_on"], second["fields"]["purchased_on"]) == ("2026-05-01", "2026-06-02")


def test_a_date_of_purchase_that_may_be_read_two_ways_is_asked(handbook: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(f"{HEADINGS}\n{row(1, bought='03/04/2026')}\n", "utf-8")
    done = handbook("import", "rows.csv")
    assert (done.code, "03/04/2026 may have the month first" in done.err) == (3, True)


def test_words_for_nothing_speak_against_no_column_and_are_no_values(handbook: Runner, tmp_path: Path) -> None:
    rows = [row(1), row(2, bought="无", serial="——"), row(3, bought="不详", serial="/")]
    first, *others = read(handbook, tmp_path / "rows.csv", *rows)
    assert first["fields"]["purchased_on"] == "2026-05-01"
    for case in others:
        assert not {"purchased_on", "serial_number"} & case["fields"].keys()


def test_a_word_for_nothing_is_an_answer_where_the_rulebook_wants_one(handbook: Runner, tmp_path: Path) -> None:
    first, second = read(handbook, tmp_path / "rows.csv", row(1), row(2, serial="——", wish="无"))
    assert (first["fields"]["demand"], second["fields"]["demand"]) == ("换", "无")
    assert "serial_number" not in second["fields"]


def test_a_profile_that_is_kept_has_the_words_for_nothing(handbook: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("\n".join([HEADINGS, row(1), row(2, serial="——", bought="无")]), "utf-8")
    before = handbook("import", "rows.csv", "--save-profile", "kept.yaml", "--dry-run")
    assert "taken as empty" in before.err and 'empty: ["——"]' in (tmp_path / "kept.yaml").read_text("utf-8")
    assert json.loads(handbook("import", "rows.csv", "--json").out)["proposal"]["empty"] == ["——"]
    assert handbook("import", "rows.csv", "--profile", "kept.yaml").out.startswith("2 read: 0 new, 2 unchanged")


def test_a_customer_who_is_called_null_stays(handbook: Runner, tmp_path: Path) -> None:
    rows = [row(1).replace("客户1", "Null"), row(2, serial="无"), row(3, serial="null")]
    first, second, third = read(handbook, tmp_path / "rows.csv", *rows)
    assert (first["customer"], "serial_number" in second["fields"]) == ("Null", False)
    assert third["fields"]["serial_number"] == "null", "one list of words is for all columns"


def test_a_word_for_nothing_that_means_a_value_is_that_value(call: Runner, tmp_path: Path) -> None:
    assert call("init", "--rules", "minimal").code == 0
    rules = tmp_path / "afterservice.rules.yaml"
    field = "\nfields:\n  covered: {title: 保修, type: choice, values: {yes: {title: 有}, no: {title: 无}}}\n"
    rules.write_text(rules.read_text("utf-8") + field, "utf-8")
    assert call("rules", "adopt", "--yes").code == 0
    headings = "编号,时间,手机,内容,序列号,covered"
    rows = [f"{n},2026-10-0{n},139000001{n:02},水壶第{n}次漏水,无,{said}" for n, said in [(1, "有"), (2, "无")]]
    cases = read(call, tmp_path / "rows.csv", *rows, headings=headings)
    assert [case["fields"]["covered"] for case in cases] == ["yes", "no"]


def test_a_sum_below_a_few_rows_does_not_hide_when_they_came_in(handbook: Runner, tmp_path: Path) -> None:
    cases = read(handbook, tmp_path / "rows.csv", row(1), row(2), "合计,,,,,,,,,2件")
    assert [case["registered_at"][:10] for case in cases] == ["2026-10-08", "2026-10-08"]


def test_a_column_called_so_in_which_few_dates_stand_is_named_with_how_many(handbook: Runner, tmp_path: Path) -> None:
    rows = [row(1), *(row(n, received="上周") for n in (2, 3, 4))]
    (tmp_path / "rows.csv").write_text("\n".join([HEADINGS, *rows, ""]), "utf-8")
    done = handbook("import", "rows.csv")
    assert done.code == 3
    assert "'接收时间' may say when it came in (received_at), but only 1 of its 4 cells are dates" in done.err


def test_days_as_a_spreadsheet_counts_them_are_dates_under_a_heading_for_dates(
    handbook: Runner, tmp_path: Path
) -> None:
    rows = [row(n, bought="46143", received=f"4630{n}.375") for n in (1, 2, 3)]
    first, *_ = read(handbook, tmp_path / "rows.csv", *rows)
    assert (first["registered_at"], first["fields"]["purchased_on"]) == ("2026-10-06T01:00:00Z", "2026-05-01")


def test_numbers_below_no_heading_for_dates_are_no_dates(handbook: Runner, tmp_path: Path) -> None:
    headings = HEADINGS.replace("接收时间", "耗时")
    (tmp_path / "rows.csv").write_text(f"{headings}\n{row(1, received='46301')}\n{row(2, received='46302')}\n", "utf-8")
    done = handbook("import", "rows.csv")
    assert (done.code, "no column is known to say when it came in" in done.err) == (3, True)


def test_one_number_given_twice_does_not_make_all_rows_new(handbook: Runner, tmp_path: Path) -> None:
    rows = [row(n) for n in range(1, 6)]
    assert len(read(handbook, tmp_path / "rows.csv", *rows)) == 5
    slip = row(6).replace("6,", "5,", 1)
    assert len(read(handbook, tmp_path / "rows.csv", *rows, slip, code=11)) == 5
    assert "line 6 has it too" in (tmp_path / "rows.rejects.csv").read_text("utf-8")


def test_a_column_of_states_is_named_and_the_draft_shows_how_it_counts(handbook: Runner, tmp_path: Path) -> None:
    headings, said = f"{HEADINGS},处理状态", ["处理中", "已完成", "待处理"]
    rows = [f"{row(n, received=f'2026-10-0{n} 09:05')},{word}" for n, word in enumerate(said, 1)]
    cases = read(handbook, tmp_path / "rows.csv", *rows, headings=headings)
    assert [case["status"] for case in cases] == ["open", "open", "open"]
    shown = handbook("import", "rows.csv", "--dry-run").err
    assert "处理状态 – not used: it does not say when; --draft-profile shows how" in shown
    draft = handbook("import", "rows.csv", "--draft-profile").out
    (tmp_path / "draft.yaml").write_text(draft, "utf-8")
    assert handbook("import", "rows.csv", "--profile", "draft.yaml").out.startswith("3 read: 0 new, 3 unchanged")
    begin = draft.index("# status:")
    (tmp_path / "draft.yaml").write_text(
        draft[:begin] + draft[begin:].replace("# ", "", 1).replace("\n# ", "\n"), "utf-8"
    )
    assert handbook("import", "rows.csv", "--profile", "draft.yaml").out.startswith(
        "3 read: 0 new, 2 unchanged, 1 changed"
    )
    cases = sorted(json.loads(handbook("list", "--all", "--json").out), key=lambda case: str(case["case"]))
    assert [case["status"] for case in cases] == ["open", "closed", "open"]


def test_a_column_of_states_beside_a_date_of_the_end_needs_no_word(handbook: Runner, tmp_path: Path) -> None:
    rows = [f"{row(1)},已完成,2026-10-09 10:00", f"{row(2)},处理中,"]
    cases = read(handbook, tmp_path / "rows.csv", *rows, headings=f"{HEADINGS},处理状态,完成时间")
    assert [case["status"] for case in cases] == ["closed", "open"]
    assert "how far it is" not in handbook("import", "rows.csv", "--dry-run").err


def test_a_field_that_the_file_lacks_is_named_as_people_know_it(handbook: Runner, tmp_path: Path) -> None:
    headings, first = HEADINGS.replace(",客户诉求", ""), row(1).replace(",换,", ",")
    read(handbook, tmp_path / "rows.csv", first, headings=headings, code=11)
    left = (tmp_path / "rows.rejects.csv").read_text("utf-8")
    assert "What the customer asks for (demand): the rulebook requires it – map it under `columns:`" in left
