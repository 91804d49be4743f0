"""Rows without a number of their own: told apart by what they say, and by their turn where they say the same."""

import pytest

from shops import ROW, TWO, Shop, but, counted, put_right, rejects


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
    fixed = put_right(summary, via="Tel")
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
    lines = put_right(summary, via="Tel").splitlines()
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
    fixed = put_right(summary, answered="2026-10-13")
    assert counted(nameless.read_text(fixed, "fixed.csv")) == {"changed": 1}
    assert ["responded" in case.first_at for case in nameless.register.cases()] == [False, True]


@pytest.mark.parametrize("said", ["x", "0", "-1", "1.0", "99999999"])
def test_an_occurrence_that_is_none_is_told(nameless: Shop, said: str) -> None:
    text = f"_reason,_occurrence,received,name,text\nx,{said},2026-10-12,Wang,broken\n"
    summary = nameless.read_text(text)
    assert counted(summary) == {"rejected": 1}
    assert rejects(summary)[0]["_reason"].startswith("_occurrence: this is no whole number")


def test_one_occurrence_for_two_rows_is_told(nameless: Shop) -> None:
    row = "x,2,2026-10-12,Wang,broken\n"
    text = f"_reason,_occurrence,received,name,text\n{row}{row.replace('broken', 'wish')}{row}"
    summary = nameless.read_text(text)
    assert counted(summary) == {"new": 1, "rejected": 1, "unchanged": 1}
    assert rejects(summary)[0]["_reason"].startswith("_occurrence: line 2 has it too")


def test_one_number_for_two_rows_is_told_and_settles(shop: Shop) -> None:
    other = but(ROW, text="another story")
    assert counted(shop.read(ROW, other)) == {"new": 1, "rejected": 1}
    before = shop.of_cases()
    again = shop.read(ROW, other)
    assert counted(again) == {"unchanged": 1, "rejected": 1}
    (left,) = rejects(again)
    assert (left["_line"], left["_occurrence"]) == ("3", "")
    assert left["_reason"].startswith("no: line 2 has it too, on another row")
    assert counted(shop.read(other, ROW)) == {"unchanged": 1, "rejected": 1}
    assert shop.of_cases() == before


def test_a_row_that_stands_twice_under_its_number_is_one_case(shop: Shop) -> None:
    assert counted(shop.read(ROW, ROW)) == {"new": 1, "unchanged": 1}
