"""Safe keeping: erasure that leaves nothing behind, backups that are whole, and the way back."""

import json
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from afterservice_cli.store import files
from conftest import Once, Runner, query
from erased import kept_for, leftovers

LATER = "2026-10-13 09:00"
NAME, CONTACT, WORDS = "陈强丰", "137-0000-0045", "收到的花瓶灯碎了，要求退款，订单在我侄女名下"
PHOTO = b"a photograph of a broken lamp"


@pytest.fixture
def closed(tmp_path: Path, founded: Path, once: Once, call: Runner) -> Path:
    """A desk with a case that is over, a file of it, and a second case of somebody else that still runs."""
    desk = tmp_path / "afterservice.db"

    def closed_desk() -> None:
        shutil.copytree(founded, tmp_path, dirs_exist_ok=True)
        kept_for(desk, call)
        photo = tmp_path / "陈强丰的照片.jpg"
        photo.write_bytes(PHOTO)
        call("register", WORDS, "--channel", "phone", "--customer", NAME, "--contact", CONTACT)
        call("attach", "001", photo, "--note", f"{NAME} sent it")
        photo.unlink()
        call("note", "001", f"{NAME} is at home in the evening")
        call("close", "001", "--resolution", f"paid {NAME} back", "--confirmed", "--words", "钱收到了，多谢你们")
        call("register", "APP登不上", "--channel", "phone", "--customer", "张伟", "--contact", "13900000012")

    once(closed_desk)
    return desk


# --- erasing ----------------------------------------------------------------------------------------------------


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


# --- how long cases are kept ------------------------------------------------------------------------------------


@pytest.fixture
def keeping_rules(desk: Path, once: Once, call: Runner) -> Path:
    """A desk that keeps cases for three years, complaints for five."""

    def three_years() -> None:
        rules = desk.parent / "afterservice.rules.yaml"
        changed = rules.read_text("utf-8").replace("\n  complaint: {", "\n  complaint: {keep: 5y, ", 1)
        rules.write_text(changed, "utf-8")
        kept_for(desk, call, "3y")

    once(three_years)
    return desk


def test_a_case_is_kept_as_long_as_the_rulebook_says(keeping_rules: Path, call: Runner) -> None:
    for kind in ("consultation", "complaint"):
        call("register", "APP登不上", "--channel", "phone", "--kind", kind, "--customer", "张伟", "--contact", "1")
    for case in ("001", "002"):
        assert call("close", case, "--resolution", "好了", "--confirmed", now="2026-10-12 10:00").code == 0
    done = call("erase", "001", "--yes", now="2029-10-12 17:59")
    assert (done.code, "the rulebook keeps 202610-001 until 2029-10-12 (archive.keep)" in done.err) == (6, True)
    done = call("erase", "002", "--yes", now="2029-10-13")
    assert "until 2031-10-12 (kinds.complaint.keep)" in done.err
    assert call("archive", "--json", now="2029-10-12 12:00").out == "[]\n"

    aged = json.loads(call("archive", "--json", now="2029-10-13").out)
    assert [(case["case"], case["kept_until"][:10]) for case in aged] == [("202610-001", "2029-10-12")]
    done = call("archive", "--yes", now="2029-10-13")
    assert done.out == "erased: 202610-001\n"
    assert call("archive", "--json", now="2029-10-13").out == "[]\n"
    (event,) = query(keeping_rules, "SELECT body FROM events WHERE kind = 'PersonalDataErased'")
    assert event == ('{"ground":"age"}',)
    assert call("check") == (0, "", "", "")


def test_what_has_to_be_kept_is_refused_before_it_is_asked(keeping_rules: Path, call: Runner) -> None:
    call("register", "APP登不上", "--channel", "phone")
    call("close", "001", "--resolution", "好了", "--confirmed")
    done = call("erase", "001")
    assert (done.code, "the rulebook keeps 202610-001 until" in done.err) == (6, True)


def test_of_a_customers_cases_those_go_that_may(keeping_rules: Path, call: Runner) -> None:
    call("register", "APP登不上", "--channel", "phone", "--kind", "consultation", "--customer", "李", "--contact", "1")
    call("close", "001", "--resolution", "好了", "--confirmed")
    call(
        "register",
        "又登不上",
        "--channel",
        "phone",
        "--kind",
        "complaint",
        "--customer",
        "李",
        "--contact",
        "1",
        now="2029-11-01",
    )
    done = call("erase", "--customer", "1", "--yes", now="2029-11-02")
    assert (done.code, done.out) == (11, "erased: 202610-001\n")
    assert "202911-001 is not over, and its data is needed" in done.err
    assert "1 case stays" in done.err


def test_a_rulebook_that_says_nothing_archives_nothing(closed: Path, call: Runner) -> None:
    done = call("archive")
    assert done.code == 6
    assert "`archive:` in the rulebook would bring it" in done.err


# --- backups ----------------------------------------------------------------------------------------------------


def test_a_backup_is_a_whole_desk_with_its_head(closed: Path, call: Runner) -> None:
    done = call("backup", "kept", "--json")
    told = json.loads(done.out)
    folder = closed.parent / told["path"]

    assert done.code == 0
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert {*manifest["files"]} == {
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json"
    }
    assert call("check", "--db", folder / "afterservice.db") == (0, "", "", "")
    assert call("list", "--db", folder / "afterservice.db").out == call("list").out
    done = call("check", "--head", f"{told['seq']}:{told['head']}")
    assert (done.code, done.out) == (0, "")
    assert done.err == f"event {told['seq']} is in this history as it was; 0 events were recorded since\n"
    assert (folder.stat().st_mode & 0o777, (folder / "afterservice.db").stat().st_mode & 0o777) == (0o700, 0o600)


def test_a_history_that_is_no_longer_the_one_that_was_backed_up_shows(closed: Path, call: Runner) -> None:
    told = json.loads(call("backup", "kept", "--json").out)
    (closed.parent / "twin").mkdir()
    call("init", "--db", "twin/afterservice.db")
    done = call("check", "--db", "twin/afterservice.db", "--head", f"{told['seq']}:{told['head']}")
    assert (done.code, "it was shortened" in done.err) == (9, True)
    done = call("check", "--db", "twin/afterservice.db", "--head", f"1:{told['head']}")
    assert (done.code, "the history was rewritten" in done.err) == (9, True)
    assert call("check", "--head", "yesterday").code == 3


def test_old_backups_make_room_for_new_ones(closed: Path, call: Runner) -> None:
    other = closed.parent / "other"
    other.mkdir()
    call("init", "--db", other / "afterservice.db")
    call("backup", "kept", "--db", other / "afterservice.db", now="2026-10-01")
    for day in range(12, 17):
        assert call("backup", "kept", "--keep", "2", now=f"2026-10-{day} 03:00").code == 0
    names = sorted(path.name for path in (closed.parent / "kept").iterdir())
    assert names == [
        "afterservice-20260930T160000Z",  # of another desk
        "afterservice-20261014T190000Z",
        "afterservice-20261015T190000Z",
    ]


def test_a_damaged_desk_is_named_and_kept_only_if_that_is_wanted(closed: Path, call: Runner) -> None:
    call("backup", "kept", "--keep", "1")
    next(files.folder_of(closed).glob("??/*")).unlink()
    done = call("backup", "kept", "--keep", "1", now=LATER)
    assert (done.code, "(202610-001) is missing" in done.err) == (9, True)
    assert len(list((closed.parent / "kept").iterdir())) == 1
    done = call("backup", "kept", "--keep", "1", "--anyway", now=LATER)
    assert (done.code, "is missing" in done.err) == (0, True)
    assert len(list((closed.parent / "kept").iterdir())) == 2, "a sound one does not make room for a damaged one"


@pytest.mark.parametrize(
    ("to", "code", "said"),
    [
        ("none/kept", 4, "there is no folder none"),
        ("none/kept.tar", 4, "there is no folder none"),
        ("afterservice.rules.yaml", 3, "is neither a folder nor one of .tar, .tar.gz, .tgz"),
        ("there.tar", 5, "there.tar exists already"),
    ],
)
def test_where_no_backup_can_go(closed: Path, call: Runner, to: str, code: int, said: str) -> None:
    (closed.parent / "there.tar").touch()
    done = call("backup", to)
    assert (done.code, said in done.err) == (code, True), done
    assert not list(closed.parent.glob(".*part*"))


def test_how_many_are_kept_is_said_of_a_folder_alone(closed: Path, call: Runner) -> None:
    done = call("backup", "kept.tar", "--keep", "2")
    assert (done.code, "--keep needs a folder of backups" in done.err) == (3, True)
    assert not (closed.parent / "kept.tar").exists()


def test_the_newest_backup_is_the_one_made_last_whatever_the_desk_is_called(closed: Path, call: Runner) -> None:
    assert call("backup", "kept").code == 0
    renamed = closed.rename(closed.with_name("a.db"))
    files.folder_of(closed).rename(files.folder_of(renamed))
    assert call("backup", "kept", "--keep", "1", "--db", renamed, now=LATER).code == 0
    assert [path.name for path in (closed.parent / "kept").iterdir()] == ["a-20261013T010000Z"]


@pytest.mark.parametrize("backwards", [False, True])
def test_two_backups_of_one_second_are_both_kept_and_the_first_makes_room_first(
    closed: Path, call: Runner, monkeypatch: pytest.MonkeyPatch, backwards: bool
) -> None:
    as_listed = Path.iterdir
    # In whatever order the disk lists them.
    monkeypatch.setattr(Path, "iterdir", lambda folder: iter(sorted(as_listed(folder), reverse=backwards)))
    kept = closed.parent / "kept"
    for _ in range(2):
        assert call("backup", "kept").code == 0
    first = "afterservice-20261012T010000Z"
    assert {path.name for path in kept.iterdir()} == {first, f"{first}-2"}
    assert call("backup", "kept", "--keep", "2", now=LATER).code == 0
    assert {path.name for path in kept.iterdir()} == {f"{first}-2", "afterservice-20261013T010000Z"}


def test_what_lies_beside_backups_is_no_backup_but_for_what_one_left_that_was_killed(
    closed: Path, call: Runner
) -> None:
    kept = closed.parent / "kept"
    assert call("backup", "kept").code == 0
    (old,) = kept.iterdir()
    shutil.copytree(old, kept / ".mine")
    (kept / "letters").mkdir()
    (kept / "letter.txt").write_text("x")
    shutil.copytree(old, kept / f".{old.name}.part")
    (kept / ".kept.tar.part.pack").write_bytes(b"x")
    assert call("backup", "kept", "--keep", "1", now=LATER).code == 0
    names = {path.name for path in kept.iterdir()}
    assert names == {".mine", "letters", "letter.txt", "afterservice-20261013T010000Z"}


# --- the way back -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["kept", "kept.tar", "kept.tar.gz"])
def test_a_desk_that_is_gone_comes_back(closed: Path, call: Runner, to: str) -> None:
    listed, shown = call("list", now=LATER).out, call("show", "001", now=LATER).out
    told = json.loads(call("backup", to, "--json").out)
    for path in (closed, closed.parent / "afterservice.rules.yaml"):
        path.unlink()
    shutil.rmtree(files.folder_of(closed))

    assert call("restore", told["path"]).code == 0

    assert call("check") == (0, "", "", "")
    assert (call("list", now=LATER).out, call("show", "001", now=LATER).out) == (listed, shown)
    assert call("rules", "check").code == 0


def test_the_desk_that_was_there_is_kept_aside_whole(closed: Path, call: Runner) -> None:
    told = json.loads(call("backup", "kept", "--json").out)
    call("register", "没人接", "--channel", "phone", now=LATER)
    listed = call("list", now=LATER).out

    asked = call("restore", told["path"], now=LATER)
    assert (asked.code, "add --yes" in asked.err) == (3, True)
    assert "one of 2026-10-12 09:00 with" in asked.err, "in the desk's time zone"
    done = call("restore", told["path"], "--yes", now=LATER)

    assert done.code == 0
    assert "1 event recorded after the backup is in that one only" in done.err
    (aside,) = closed.parent.glob("afterservice.before-*.db")
    assert call("list", "--db", aside, now=LATER).out == listed
    assert call("check", "--db", aside) == (0, "", "", "")
    assert "202610-003" not in call("list", now=LATER).out
    assert call("check") == (0, "", "", "")
    assert call("register", "没人接", "--channel", "phone", now=LATER).code == 0, "work goes on"


def test_what_was_erased_since_the_backup_is_erased_again(closed: Path, call: Runner) -> None:
    call("register", "还没完的事", "--channel", "phone", "--customer", "李敏儿", "--contact", "13600000099")
    told = json.loads(call("backup", "/".join((str(closed.parent.parent), "backups")), "--json").out)
    call("close", "003", "--resolution", "好了", "--confirmed")
    call("erase", "001", "003", "--yes", now=LATER)

    done = call("restore", told["path"], "--yes", now=LATER)

    assert "erased again: 202610-001, 202610-003" in done.err
    assert leftovers(closed.parent, NAME, CONTACT, PHOTO, "李敏儿", "13600000099") == []
    assert json.loads(call("show", "003", "--json").out)["status"] == "closed", "it was open then; nobody can go on"
    assert call("check") == (0, "", "", "")


def test_a_desk_that_cannot_be_read_is_replaced_and_kept(closed: Path, call: Runner) -> None:
    told = json.loads(call("backup", "kept", "--json").out)
    closed.write_bytes(b"not a database at all")
    done = call("restore", told["path"], "--yes", now=LATER)
    assert done.code == 0, done
    assert "could not be read" in done.err
    (aside,) = closed.parent.glob("afterservice.before-*.db")
    assert aside.read_bytes() == b"not a database at all"
    assert call("check") == (0, "", "", "")


def test_another_desk_is_not_replaced(closed: Path, call: Runner) -> None:
    told = json.loads(call("backup", "kept", "--json").out)
    (closed.parent / "twin").mkdir()
    call("init", "--db", "twin/afterservice.db")
    before = (closed.parent / "twin/afterservice.db").read_bytes()
    done = call("restore", told["path"], "--yes", "--db", "twin/afterservice.db")
    assert (done.code, "another desk than the one of this backup" in done.err) == (6, True)
    assert (closed.parent / "twin/afterservice.db").read_bytes() == before


def test_a_backup_that_was_changed_is_refused(closed: Path, call: Runner) -> None:
    told = json.loads(call("backup", "kept", "--json").out)
    folder, before = closed.parent / told["path"], closed.read_bytes()
    for spoil, code, said in (
        (lambda: (folder / "afterservice.rules.yaml").write_text("x"), 9, "afterservice.rules.yaml was changed"),
        (lambda: (folder / "afterservice.rules.yaml").unlink(), 9, "afterservice.rules.yaml is missing"),
        (lambda: (folder / "manifest.json").write_text("{}"), 9, "manifest.json of"),
        (lambda: (folder / "manifest.json").write_text("{"), 9, "manifest.json of"),
        (lambda: (folder / "manifest.json").unlink(), 4, "is no backup"),
        (lambda: shutil.rmtree(folder), 4, "there is no backup"),
    ):
        spoil()
        done = call("restore", told["path"], "--yes", now=LATER)
        assert (done.code, said in done.err) == (code, True), done
        assert closed.read_bytes() == before


@pytest.mark.parametrize("missing", ["out of the list", "a link", "above it", "elsewhere"])
def test_a_backup_has_its_files_below_it_and_the_desk_among_them(closed: Path, call: Runner, missing: str) -> None:
    told = json.loads(call("backup", "kept", "--json").out)
    folder, before = closed.parent / told["path"], closed.read_bytes()
    copy, manifest = folder / "afterservice.db", json.loads((folder / "manifest.json").read_text("utf-8"))
    outside = copy.rename(folder.parent / "outside.db")
    named = {"a link": copy.name, "above it": "../outside.db", "elsewhere": str(outside)}.get(missing)
    content = manifest["files"].pop(copy.name)
    if named:
        manifest["files"][named] = content
    if missing == "a link":
        copy.symlink_to(outside)
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    done = call("restore", told["path"], "--yes", now=LATER)
    assert (done.code, f"{named or copy.name} is missing in the backup" in done.err) == (9, True), done
    assert closed.read_bytes() == before


def test_a_backup_of_a_damaged_desk_takes_no_desks_place(closed: Path, call: Runner) -> None:
    next(files.folder_of(closed).glob("??/*")).unlink()
    told = json.loads(call("backup", "kept", "--anyway", "--json").out)
    before = closed.read_bytes()
    done = call("restore", told["path"], "--yes", now=LATER)
    assert (done.code, "the backup does not hold together" in done.err) == (9, True)
    assert closed.read_bytes() == before
    assert not [*closed.parent.glob("afterservice.before-*")]


def test_what_the_backup_never_had_is_not_erased_again(closed: Path, call: Runner) -> None:
    told = json.loads(call("backup", "kept", "--json").out)
    call("register", "没人接", "--channel", "phone", now=LATER)
    call("close", "003", "--resolution", "好了", "--confirmed", now=LATER)
    assert call("erase", "001", "003", "--yes", now=LATER).code == 0
    done = call("restore", told["path"], "--yes", now=LATER)
    assert (done.code, "erased again: 202610-001\n" in done.err) == (0, True)


def test_what_the_backup_has_erased_already_stays_as_it_is_there(closed: Path, call: Runner) -> None:
    first = json.loads(call("backup", "kept", "--json").out)
    elsewhere = ("--db", closed.parent / "elsewhere/afterservice.db")
    (closed.parent / "elsewhere").mkdir()
    assert call("restore", first["path"], *elsewhere).code == 0
    assert call("erase", "001", "--yes", *elsewhere, now=LATER).code == 0
    second = json.loads(call("backup", "kept", *elsewhere, "--json", now=LATER).out)
    for text in ("one", "two"):
        call("note", "002", text, now=LATER)
    assert call("erase", "001", "--yes", now=LATER).code == 0

    done = call("restore", second["path"], "--yes", now=LATER)

    assert (done.code, "erased again" in done.err) == (0, False)
    assert query(closed, "SELECT count(*) FROM events WHERE kind = 'PersonalDataErased'") == [(1,)]
    assert call("check") == (0, "", "", "")


def test_desks_that_were_there_are_all_kept_if_they_go_in_one_second(closed: Path, call: Runner) -> None:
    told = json.loads(call("backup", "kept", "--json").out)
    for _ in range(3):
        assert call("restore", told["path"], "--yes", now=LATER).code == 0
    kept = "afterservice.before-20261013T090000Z"
    names = {path.name for path in closed.parent.glob("afterservice.before-*.db")}
    assert names == {f"{kept}.db", f"{kept}-2.db", f"{kept}-3.db"}


def test_a_file_that_is_no_packed_backup_is_refused_by_its_name(closed: Path, call: Runner) -> None:
    whole = closed.parent / "kept.tar.gz"
    assert call("backup", "kept.tar.gz").code == 0
    before, data = closed.read_bytes(), whole.read_bytes()
    other = closed.parent / "other.tar.gz"
    with tarfile.open(other, "w:gz") as tar:
        tar.add(closed, arcname="photos/desk.db")
    for spoiled, code, said in (
        (data[: len(data) // 2], 8, "kept.tar.gz is no packed backup, or damaged, or not all of one"),
        (data[:100] + b"x" * 100 + data[200:], 8, "kept.tar.gz is no packed backup, or damaged, or not all of one"),
        (b"a letter", 8, "kept.tar.gz is no packed backup, or damaged, or not all of one"),
        (other.read_bytes(), 4, "kept.tar.gz is no backup: it has no manifest.json"),
    ):
        whole.write_bytes(spoiled)
        done = call("restore", "kept.tar.gz", "--yes", now=LATER)
        assert (done.code, done.err.splitlines()[0]) == (code, f"afterservice: {said}")
        assert closed.read_bytes() == before
    assert not [*closed.parent.glob(".kept*")]


def test_doctor_says_how_things_stand_and_changes_nothing(closed: Path, call: Runner) -> None:
    before = closed.read_bytes()
    done = call("doctor", now=None)
    assert done.code in (0, 20)
    told = {one["what"]: one for one in json.loads(call("doctor", "--json", now=None).out)}
    assert {"program", "engine", "language", "desk", "access", "disk", "history", "clock", "rulebook"} <= {*told}
    closed.chmod(0o644)
    with (closed.parent / "afterservice.rules.yaml").open("a") as rules:
        rules.write("# a note\n")
    done = call("doctor", now=None)
    assert done.code == 20
    assert f"access: everybody on this machine can read it: chmod o-rwx {closed}" in done.err
    assert "rulebook: afterservice.rules.yaml, or a file that it includes, was edited since" in done.err
    assert closed.read_bytes() == before


CUT_OFF = """
import os, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA cache_size=1")
db.execute("BEGIN IMMEDIATE")
db.execute("CREATE TABLE grown AS SELECT randomblob(4000) AS part FROM json_each(?)", ("[" + "1," * 99 + "1]",))
os._exit(1)
"""


def test_doctor_names_a_journal_that_was_left_and_the_file_is_as_it_was(desk: Path, call: Runner) -> None:
    size, journal = desk.stat().st_size, desk.with_name(f"{desk.name}-journal")
    subprocess.run([sys.executable, "-c", CUT_OFF, str(desk)], check=False)
    assert journal.exists()
    assert desk.stat().st_size > size
    done = call("doctor", now=None)
    assert re.search(r"leftovers +a journal of [\d.]+ k?B lay there", done.out), done.out
    assert not journal.exists()
    assert desk.stat().st_size == size
    assert "leftovers  none" in call("doctor", now=None).out


def test_the_course_of_a_case_says_why_it_was_erased(closed: Path, call: Runner) -> None:
    kept_for(closed, call)
    assert call("erase", "001", "--yes", now=LATER).code == 0
    shown = call("show", "001", env={"AFTERSERVICE_LANG": "zh"}, now=LATER)
    assert "应要求清除" in shown.out
    assert "asked for" in call("show", "001", now=LATER).out
