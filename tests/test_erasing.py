"""Erasure that leaves nothing behind, and what is stored on somebody, given to them."""

import json
from pathlib import Path

import pytest

from afterservice_cli.store import files
from conftest import Once, Runner, query
from erased import kept_for, leftovers
from over_and_running import CONTACT, LATER, NAME, PHOTO, WORDS, closed_desk


@pytest.fixture
def closed(tmp_path: Path, founded: Path, once: Once, call: Runner) -> Path:
    return closed_desk(tmp_path, founded, once, call)


def test_nothing_of_an_erased_case_from_a_file_can_be_read_anywhere(desk: Path, call: Runner) -> None:
    kept_for(desk, call)
    file = desk.parent / "rows.csv"
    file.write_text(f"no,at,who,tel,words,done\nQH-778899,2026-10-01,{NAME},{CONTACT},{WORDS},2026-10-02\n", "utf-8")
    (desk.parent / "p.yaml").write_text(
        "profile: p\ncolumns: {number: no, received_at: at, customer: who, contact: tel, description: words}\n"
        "defaults: {channel: phone}\ncourse: [{event: resolved, at: done}, {event: closed, at: done}]\n"
    )
    assert call("import", "rows.csv", "--profile", "p.yaml").code == 0
    file.unlink()
    assert leftovers(desk.parent, "QH-778899") != []
    assert call("erase", "QH-778899", "--yes").code == 0
    assert leftovers(desk.parent, "QH-778899", "778899", NAME, CONTACT, WORDS) == []
    assert call("check") == (0, "", "", "")


def test_nothing_of_an_erased_case_can_be_read_anywhere(closed: Path, call: Runner) -> None:
    before = leftovers(closed.parent, NAME, CONTACT, "在我侄女名下", PHOTO, "多谢你们")
    assert len({what for _, what in before}) == 5

    done = call("erase", "001", "--yes", now=LATER)

    assert (done.code, done.out) == (0, "erased: 202610-001\n")
    assert leftovers(closed.parent, NAME, CONTACT, "13700000045", "在我侄女名下", PHOTO, "多谢你们", "照片.jpg") == []
    assert not files.folder_of(closed).exists()
    assert call("check") == (0, "", "", "")
    shown = call("show", "001").out
    assert "(erased)" in shown
    assert "anonymous" in shown
    assert "张伟" in call("show", "002").out


def test_who_erases_is_reminded_of_what_lies_outside(closed: Path, call: Runner) -> None:
    reminded = (
        "backups, exports and desks put aside that were made before still have it, as have the files that were "
        "imported or attached: remove them, too\n"
    )
    assert reminded not in call("erase", "002", "--yes", now=LATER).err, "nothing was erased"
    assert call("erase", "001", "--yes", now=LATER).err == reminded
    call("close", "002", "--resolution", "done", "--confirmed", now=LATER)
    chinese = call("erase", "002", "--yes", now=LATER, env={"AFTERSERVICE_LANG": "zh"}).err
    assert chinese == "此前的备份、导出文件、恢复时留下的旧台账，以及导入过、附过的原文件里还有这些内容，请一并删除\n"


def test_reports_come_out_as_before_an_erasure(closed: Path, call: Runner) -> None:
    ways = ((), ("--json",), ("--compare", "previous"), ("--metric", "registered"))
    before = [call("report", "--month", "2026-10", *way, now=LATER) for way in ways]
    call("erase", "001", "--yes", now="2026-10-13 10:00")
    call("reopen", "002", "--reason", "again", now="2026-10-13 10:00")
    then = [call("report", "--month", "2026-10", *way, "--as-of", LATER, now="2026-12-01 09:00") for way in ways]
    assert all(done.code == 0 for done in (*before, *then))
    assert [done.out for done in then] == [done.out for done in before]


def test_a_customer_who_was_erased_is_known_no_longer_and_one_with_other_cases_still_is(
    closed: Path, call: Runner
) -> None:
    call("register", "又碎了", "--channel", "phone", "--customer", NAME, "--contact", CONTACT)
    call("erase", "001", "--yes", now=LATER)
    (known,) = query(closed, "SELECT count(*) FROM customers WHERE contact = '13700000045'")
    assert known == (1,), "the third case is still theirs"
    call("withdraw", "003", "--reason", "算了", now=LATER)
    call("erase", "--customer", "137 0000 0045", "--yes", now=LATER)
    assert query(closed, "SELECT contact FROM customers") == [("13900000012",)]
    assert call("check") == (0, "", "", "")


def test_a_file_that_another_case_has_too_stays(
    closed: Path, call: Runner, tmp_path_factory: pytest.TempPathFactory
) -> None:
    copy = tmp_path_factory.mktemp("elsewhere") / "lamp.jpg"
    copy.write_bytes(PHOTO)
    call("attach", "002", copy)
    call("erase", "001", "--yes", now=LATER)
    assert call("check") == (0, "", "", "")
    assert len([*files.folder_of(closed).glob("??/*")]) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("erase", "002", "--yes"), "202610-002 is not over, and its data is needed"),
        (("erase", "001", "002", "--yes"), "202610-002 is not over, and its data is needed"),
        (("erase", "--customer", "13900000012", "--yes"), "none of these cases can be erased now"),
    ],
)
def test_what_runs_is_not_erased(closed: Path, call: Runner, words: tuple[str, ...], said: str) -> None:
    before = closed.read_bytes()
    done = call(*words, now=LATER)
    assert done.code == 6
    assert f"afterservice: {said}" in done.err
    assert closed.read_bytes() == before


def test_an_erased_case_takes_nothing_more(closed: Path, call: Runner) -> None:
    call("erase", "001", "--yes", now=LATER)
    for words in (
        ("erase", "001", "--yes"),
        ("reopen", "001", "--reason", "x"),
        ("note", "001", "x"),
        ("rate", "001", "5"),
        ("amend", "001", "--set", "customer=x", "--reason", "y"),
        ("link", "001", "002"),
        ("retract", "001", "6", "--reason", "x"),
    ):
        done = call(*words, now=LATER)
        assert done.code == 6, (words, done)
        assert "is erased" in done.err


def test_erasing_asks_unless_it_is_told_not_to(closed: Path, call: Runner) -> None:
    done = call("erase", "001", now=LATER)
    assert (done.code, done.err) == (
        3,
        "afterservice: what is personal in 1 case would be erased for good\n  add --yes\n",
    )
    assert leftovers(closed.parent, NAME)


def test_messages_that_still_lie_in_the_outbox_go_as_well(closed: Path, call: Runner) -> None:
    outbox = closed.parent / "outbox"
    outbox.mkdir()
    call(
        "register",
        "灯又碎了",
        "--channel",
        "app",
        "--customer",
        "李敏儿",
        "--contact",
        "13600000099",
        "--outbox",
        outbox,
    )
    call("close", "003", "--resolution", "给李敏儿换了", "--confirmed", "--outbox", outbox)
    assert len(list(outbox.iterdir())) >= 1
    call("erase", "003", "--yes", "--outbox", outbox, now=LATER)
    assert leftovers(closed.parent, "李敏儿", "13600000099") == []


def test_who_is_killed_before_the_files_go_leaves_them_to_the_next(
    closed: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("afterservice_cli.store.erasing.finish", killed)
        assert call("erase", "001", "--yes", now=LATER).code == 130
    assert leftovers(closed.parent, PHOTO)
    assert call("list", now=LATER).code == 0
    assert leftovers(closed.parent, PHOTO, NAME) == []
    assert call("check") == (0, "", "", "")


# --- what is stored on somebody -----------------------------------------------------------------------------------


def test_a_customer_gets_all_that_is_stored_on_them_and_nothing_of_others(closed: Path, call: Runner) -> None:
    call("register", "又碎了", "--channel", "phone", "--customer", NAME, "--contact", "13700000045")

    done = call("export", "given", "--subject", "137-0000-0045")

    folder = closed.parent / "given"
    assert (done.code, done.out) == (0, "given\n")
    text, told = (folder / "subject.txt").read_text("utf-8"), json.loads((folder / "subject.json").read_text("utf-8"))
    assert [case["case"] for case in told["cases"]] == ["202610-001", "202610-003"]
    for word in (NAME, CONTACT, "在我侄女名下", "多谢你们", "is at home in the evening", "又碎了"):
        assert word in text, word
        assert word in json.dumps(told, ensure_ascii=False)
    assert "张伟" not in text + json.dumps(told, ensure_ascii=False)
    (photo,) = folder.glob("*.jpg")
    assert photo.read_bytes() == PHOTO
    assert folder.stat().st_mode & 0o077 == 0
    assert query(closed, "SELECT case_id FROM reveals") == [("202610-001",), ("202610-003",)]


def test_what_is_stored_on_nobody_and_where_it_cannot_go(closed: Path, call: Runner) -> None:
    assert call("export", "given", "--subject", "1").code == 4
    (closed.parent / "given").mkdir()
    assert call("export", "given", "--subject", CONTACT).code == 5
    assert call("export", "none/given", "--subject", CONTACT).code == 8
    call("erase", "001", "--yes", now=LATER)
    assert call("export", "other", "--subject", CONTACT).code == 4


def test_the_course_of_a_case_says_why_it_was_erased(closed: Path, call: Runner) -> None:
    kept_for(closed, call)
    assert call("erase", "001", "--yes", now=LATER).code == 0
    shown = call("show", "001", env={"AFTERSERVICE_LANG": "zh"}, now=LATER)
    assert "应要求清除" in shown.out
    assert "asked for" in call("show", "001", now=LATER).out
