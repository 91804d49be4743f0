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
    assert "处理状态 – not used: it does not say when; --undated latest takes" in " ".join(shown.split())
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
    assert cases[0]["resolved_at"] == cases[0]["closed_at"] == "2026-10-09T02:00:00Z"
    assert not (tmp_path / "rows.rejects.csv").exists()
    assert "处理状态, at 完成时间" in handbook("import", "rows.csv", "--dry-run").err


def test_a_status_of_what_is_over_is_flagged_if_no_time_says_when(handbook: Runner, tmp_path: Path) -> None:
    said = ["已完成,2026-10-09 10:00", "已完成,", "已转厂,", "处理中,", "待客户,"]
    rows = [f"{row(n)},{words}" for n, words in enumerate(said, 1)]
    cases = read(handbook, tmp_path / "rows.csv", *rows, headings=f"{HEADINGS},处理状态,完成时间")
    assert [case["status"] for case in cases] == ["closed", "open", "open", "open", "open"]
    left = (tmp_path / "rows.rejects.csv").read_text("utf-8")
    assert (left.count("no cell says since when"), left.count("unknown status")) == (2, 1)
    again = handbook("import", "rows.csv", "--undated", "latest")
    assert (again.code, again.out.splitlines()[0]) == (
        0,
        "5 read: 0 new, 3 unchanged, 2 changed, 0 conflicts, 0 rejected",
    )
    cases = json.loads(handbook("list", "--all", "--json").out)
    assert sorted(case["status"] for case in cases) == ["closed", "closed", "open", "open", "waiting"]
    assert "nobody knows 已转厂" in again.err


def test_a_column_of_states_most_of_whose_words_nobody_knows_is_left_out(handbook: Runner, tmp_path: Path) -> None:
    said = ["已转厂,", "已转厂,", "已完成,2026-10-09 10:00"]
    rows = [f"{row(n)},{words}" for n, words in enumerate(said, 1)]
    read(handbook, tmp_path / "rows.csv", *rows, headings=f"{HEADINGS},处理状态,完成时间")
    assert not (tmp_path / "rows.rejects.csv").exists()
    assert "columns not used: 处理状态" in handbook("import", "rows.csv", "--dry-run").err


def test_a_time_that_makes_no_sense_is_told_once(handbook: Runner, tmp_path: Path) -> None:
    read(handbook, tmp_path / "rows.csv", f"{row(1)},已完成,2026-01-09 10:00", headings=f"{HEADINGS},处理状态,完成时间")
    left = (tmp_path / "rows.rejects.csv").read_text("utf-8")
    assert left.count("lies before it was received") == 1


def test_a_column_whose_words_the_rulebook_lacks_is_named_with_them(handbook: Runner, tmp_path: Path) -> None:
    read(handbook, tmp_path / "rows.csv", f"{row(1)},张伟", headings=f"{HEADINGS},处理人")
    assert "处理人 – not used: the rulebook does not know 张伟" in handbook("import", "rows.csv", "--dry-run").err


def test_a_column_of_states_is_not_thought_to_be_the_customers(handbook: Runner, tmp_path: Path) -> None:
    headings, first = HEADINGS.replace("客户姓名/单位,", ""), row(1).replace("客户1,", "")
    (tmp_path / "rows.csv").write_text(f"{headings},处理状态\n{first},处理中\n", "utf-8")
    asked = handbook("import", "rows.csv")
    assert (asked.code, "处理状态" in asked.err) == (3, False)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("已解决", "closed"),
        ("已撤诉", "closed"),
        ("待客户回复", "waiting"),
        ("处理中", "open"),
        ("Resolved", "closed"),
        ("On Hold", "open"),  # for what?
    ],
)
def test_the_time_of_a_status_is_the_rows_latest_if_somebody_says_so(
    handbook: Runner, tmp_path: Path, word: str, status: str
) -> None:
    rows = [f"{row(n, received=f'2026-10-0{n} 09:05')},{said}" for n, said in enumerate((word, "处理中"), 1)]
    (tmp_path / "rows.csv").write_text("\n".join([f"{HEADINGS},处理状态", *rows, ""]), "utf-8")
    assert handbook("import", "rows.csv", "--undated", "latest").code == 0
    cases = sorted(json.loads(handbook("list", "--all", "--json").out), key=lambda case: str(case["case"]))
    assert [case["status"] for case in cases] == [status, "open"]


def test_what_is_resolved_is_not_over_beside_a_word_for_that(handbook: Runner, tmp_path: Path) -> None:
    rows = [f"{row(1)},已解决,2026-10-09 10:00,", f"{row(2)},已归档,2026-10-09 10:00,2026-10-10 10:00"]
    cases = read(handbook, tmp_path / "rows.csv", *rows, headings=f"{HEADINGS},处理状态,解决时间,归档时间")
    assert [case["status"] for case in cases] == ["resolved", "closed"]
    draft = handbook("import", "rows.csv", "--draft-profile").out
    assert "means: {已解决: resolved, 已归档: [resolved, closed]}\n  at: [解决时间, 归档时间]" in draft


def test_a_time_for_a_status_is_one_of_two_and_of_no_profile(handbook: Runner, tmp_path: Path) -> None:
    read(handbook, tmp_path / "rows.csv", row(1))
    refused = handbook("import", "rows.csv", "--undated", "today")
    assert (refused.code, "--undated: latest, received, not today" in refused.err) == (2, True)
    handbook("import", "rows.csv", "--save-profile", "kept.yaml")
    assert handbook("import", "rows.csv", "--undated", "latest", "--profile", "kept.yaml").code == 2


def test_a_field_that_the_file_lacks_is_named_as_people_know_it(handbook: Runner, tmp_path: Path) -> None:
    headings, first = HEADINGS.replace(",客户诉求", ""), row(1).replace(",换,", ",")
    read(handbook, tmp_path / "rows.csv", first, headings=headings, code=11)
    left = (tmp_path / "rows.rejects.csv").read_text("utf-8")
    assert "What the customer asks for (demand): the rulebook requires it – map it under `columns:`" in left


@pytest.mark.parametrize(
    ("headings", "line", "said"),
    [
        (HEADINGS, row(1), "--undated is not used: no column says how far a case is"),
        (f"{HEADINGS},处理状态", f"{row(1)},处理中", "--undated is not used: no column says how far a case is"),
        (
            "工单号,操作类型,操作时间,内容",
            "1,创建,2026-10-08 09:00,水壶漏水\n1,回复,2026-10-08 10:00,已换新",
            "--undated is not used: each row tells an event with its time",
        ),
    ],
    ids=["no status", "all open", "events"],
)
def test_a_time_for_a_status_that_no_column_has_is_told(
    handbook: Runner, tmp_path: Path, headings: str, line: str, said: str
) -> None:
    (tmp_path / "rows.csv").write_text(f"{headings}\n{line}\n", "utf-8")
    for words in ((), ("--draft-profile",), ("--json",)):
        assert said in " ".join(handbook("import", "rows.csv", "--dry-run", "--undated", "latest", *words).err.split())
        assert "is not used" not in handbook("import", "rows.csv", "--dry-run", *words).err


def test_a_fact_that_the_file_lacks_has_its_chinese_name(handbook: Runner, tmp_path: Path) -> None:
    rows = "\n".join([HEADINGS.replace(",产品型号", ""), row(1).replace(",KL-200", ""), ""])
    (tmp_path / "rows.csv").write_text(rows, "utf-8")
    done = handbook("import", "rows.csv", env={"AFTERSERVICE_LANG": "zh"})
    assert (done.code, "“产品（product）”：规则文件要求填写" in done.err) == (11, True)
