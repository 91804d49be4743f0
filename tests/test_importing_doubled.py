"""A heading that stands over two columns: one of them is empty, both say the same, both count, or somebody chooses."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from afterservice_cli.errors import BadInput
from conftest import Runner
from importing import cases
from tables import read

HEAD = "单号,登记时间,渠道,客户,电话,电话,内容\n"
PROFILE = """\
profile: p
columns: {{number: 单号, received_at: 登记时间, channel: 渠道, customer: 客户, contact: {contact}, description: 内容}}
"""


def written(folder: Path, pairs: Sequence[tuple[str, str]], name: str = "rows.csv") -> str:
    rows = [f"{n},2026-10-0{n} 09:00,电话,甲,{one},{two},水壶漏水了\n" for n, (one, two) in enumerate(pairs, 1)]
    (folder / name).write_text(HEAD + "".join(rows), "utf-8")
    return name


def contacts(call: Runner) -> list[Any]:
    found = cases(call)
    return [json.loads(call("show", case["case"], "--json").out)["contact"] for case in found]


@pytest.mark.parametrize(
    "pairs",
    [
        [("13900001111", ""), ("13900002222", "")],
        [("", "13900001111"), ("", "13900002222")],
        [("13900001111", "13900001111"), ("13900002222", "13900002222")],
        [("13900001111", " 13900001111"), ("13900002222", "13900002222 ")],
    ],
)
def test_the_column_that_is_filled_counts_and_the_same_twice_is_one(
    guide: Runner, tmp_path: Path, pairs: Sequence[tuple[str, str]]
) -> None:
    name = written(tmp_path, pairs)
    done = guide("import", name, "--save-profile", "kept.yaml")
    assert (done.code, contacts(guide)) == (0, ["13900001111", "13900002222"])
    assert "contact: 电话\n" in (tmp_path / "kept.yaml").read_text("utf-8")
    assert "columns not used" not in done.err
    assert "2 unchanged" in guide("import", name, "--profile", "kept.yaml").out


def test_two_contacts_are_both_kept_and_the_customer_is_known_by_each(guide: Runner, tmp_path: Path) -> None:
    name = written(tmp_path, [("13900001111", "0755-5888666"), ("13900002222", "")])
    assert guide("import", name, "--save-profile", "kept.yaml").code == 0
    assert contacts(guide) == ["13900001111、0755-5888666", "13900002222"]
    assert [row.split("\t")[0] for row in guide("list", "--all", "--find", "0755 5888666").out.splitlines()[1:]] == [
        "202610-001"
    ]
    assert 'contact: {join: ["电话#1", "电话#2"], with: "、"}' in (tmp_path / "kept.yaml").read_text("utf-8")
    assert "2 unchanged" in guide("import", name, "--profile", "kept.yaml").out


def test_a_later_export_without_the_second_column_is_read_by_the_same_profile(guide: Runner, tmp_path: Path) -> None:
    assert guide("import", written(tmp_path, [("13900001111", "13900003333")]), "--save-profile", "kept.yaml").code == 0
    (tmp_path / "later.csv").write_text(
        HEAD.replace("电话,电话,", "电话,") + "2,2026-10-02 09:00,电话,乙,13900002222,水壶漏水了\n", "utf-8"
    )
    done = guide("import", "later.csv", "--profile", "kept.yaml")
    assert (done.code, "1 new" in done.out, contacts(guide)[1]) == (0, True, "13900002222")


def test_numbers_of_several_columns_are_one_contact_without_what_is_none(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "单号,登记时间,渠道,客户,手机,固定电话,电子邮箱,内容\n"
        "1,2026-10-01,电话,甲,13900001111,0755-58886666,-,水壶漏水\n"
        "2,2026-10-02,电话,乙,无,0755-58887777,a@b.cn,水壶漏水\n"
        "3,2026-10-03,电话,丙,13900001111,13900001111,无,水壶漏水\n",
        "utf-8",
    )
    assert guide("import", "rows.csv").code == 0
    assert contacts(guide) == ["13900001111、0755-58886666", "0755-58887777、a@b.cn", "13900001111"]


@pytest.mark.parametrize(("contact", "kept"), [("电话#1", "13900001111"), ("电话＃2", "13900003333")])
def test_a_profile_chooses_one(guide: Runner, tmp_path: Path, contact: str, kept: str) -> None:
    (tmp_path / "p.yaml").write_text(PROFILE.format(contact=contact), "utf-8")
    name = written(tmp_path, [("13900001111", "13900003333")])
    assert guide("import", name, "--profile", "p.yaml").code == 0
    assert contacts(guide) == [kept]


def test_a_profile_that_does_not_choose_is_told_how(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(PROFILE.format(contact="电话"), "utf-8")
    done = guide("import", written(tmp_path, [("13900001111", "13900003333")]), "--profile", "p.yaml")
    assert done.code == 3
    assert "2 columns of rows.csv are called '电话' and say different things: E, F" in done.err
    assert "write 电话#1 or 电话#2 in the profile" in done.err


def test_which_of_two_times_counts_is_asked_with_the_letters_of_their_columns(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("单号,时间,内容,时间\n1,2026-10-01 09:00,水壶漏水了,2026-10-02 09:00\n", "utf-8")
    done = guide("import", "rows.csv")
    assert done.code == 3
    assert "columns B, D have the same heading '时间', and each may say when it came in (received_at)" in done.err
    assert "时间#1 or 时间#2" in done.err
    draft = guide("import", "rows.csv", "--draft-profile").out
    assert 'received_at: "时间#1"\n' in draft
    (tmp_path / "p.yaml").write_text(draft.replace("时间#1", "时间#2"), "utf-8")
    assert guide("import", "rows.csv", "--profile", "p.yaml").code == 0
    (case,) = json.loads(guide("list", "--all", "--json").out)
    assert case["registered_at"] == "2026-10-02T01:00:00Z"


def test_only_the_one_that_can_be_meant_is_taken(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("单号,时间,内容,时间\n1,2026-10-01 09:00,水壶漏水了,3小时\n", "utf-8")
    done = guide("import", "rows.csv")
    assert (done.code, "columns not used: 时间#2" in done.err) == (0, True)


def test_what_nobody_asks_for_may_stand_twice(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("单号,时间,内容,经手,经手\n1,2026-10-01 09:00,水壶漏水了,甲,乙\n", "utf-8")
    done = guide("import", "rows.csv")
    assert (done.code, "columns not used: 经手#1, 经手#2" in done.err) == (0, True)


def test_rows_that_are_left_are_mended_in_the_column_where_they_stand(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(PROFILE.format(contact="电话#2"), "utf-8")
    name = written(tmp_path, [("13900001111", "13900003333"), ("13900002222", "13900002222")])
    text = (tmp_path / name).read_text("utf-8").replace("2026-10-02", "昨天")
    (tmp_path / name).write_text(text, "utf-8")
    assert guide("import", name, "--profile", "p.yaml").code == 11
    left = tmp_path / "rows.rejects.csv"
    left.write_text(left.read_text("utf-8-sig").replace("昨天", "2026-10-02"), "utf-8-sig")
    assert "1 new" in guide("import", "rows.rejects.csv", "--profile", "p.yaml").out
    assert contacts(guide) == ["13900003333", "13900002222"]


def test_a_column_that_is_called_so_itself_stays_what_it_is() -> None:
    found = read("a,x,x,x#2\n1,2,3,4\n", {"a", "x#2"})
    assert found.headings == ("a", "x", "x", "x#2")
    assert found.rows == [{"a": "1", "x": "3", "x#2": "4"}]


def test_three_columns_are_numbered_in_their_order() -> None:
    assert read("a,x,x,x\n1,2,3,4\n", {"a", "x#3"}).headings == ("a", "x#1", "x#2", "x#3")
    with pytest.raises(BadInput, match=r"3 columns of file\.csv are called 'x' and say different things: B, C, D"):
        read("a,x,x,x\n1,2,3,4\n", {"a", "x"})
