"""What somebody wrote into a desk's file, or planted beside it, leads nobody else to files of their own."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from afterservice_cli.errors import IntegrityBroken
from afterservice_cli.store import files
from conftest import Runner
from rulebooks import bare

PRIVATE = "a key of mine"
DIGEST = "ab" * 32


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """A file that is nobody's but ours, beside the desk's folder."""
    (tmp_path / "home").mkdir()
    file = tmp_path / "home/private.yaml"
    file.write_text(PRIVATE)
    return file


@pytest.fixture
def desk(tmp_path: Path, founded: Path) -> Path:
    """A desk in a folder of its own."""
    shutil.copytree(founded, tmp_path / "team")
    return tmp_path / "team/afterservice.db"


def put(desk: Path, key: str, value: str) -> None:
    """Write a value of the desk as whoever may write its file can."""
    with closing(sqlite3.connect(desk)) as db, db:
        db.execute("DELETE FROM desk WHERE key = ?", (key,))
        db.execute("INSERT INTO desk (key, value) VALUES (?,?)", (key, value))


@pytest.mark.parametrize("value", ['["{private}"]', '["../../home/private.yaml"]', "junk", "[1, {}]"])
def test_an_erasure_that_was_made_up_removes_nothing(desk: Path, private: Path, call: Runner, value: str) -> None:
    put(desk, "leaving", value.replace("{private}", str(private)))
    done = call("list", "--db", desk)
    assert done.code == 0
    assert private.read_text() == PRIVATE
    found = call("check", "--db", desk)
    assert (found.code, "desk.leaving leads elsewhere" in found.out) == (9, True)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("rules_file", "../home/private.yaml"),
        ("rules_file", "{private}"),
        ("rules_file", ".."),
        ("rules_file", "."),
        ("rules_included", "..\nhome"),
        ("rules_included", "../home"),
        ("rules_included", "../home/private.yaml"),
        ("rules_included", "shared/danger.yaml\n{private}"),
    ],
)
def test_no_backup_takes_along_what_lies_elsewhere(
    desk: Path, private: Path, call: Runner, key: str, value: str
) -> None:
    put(desk, key, value.replace("{private}", str(private)))
    done = call("backup", desk.with_name("kept"), "--db", desk, "--anyway")
    assert done.code == 0
    assert [path for path in desk.parent.rglob("*") if path.is_file() and PRIVATE.encode() in path.read_bytes()] == []
    assert not (desk.parent / "kept/home").exists()
    found = call("check", "--db", desk)
    assert (found.code, f"desk.{key} leads elsewhere" in found.out) == (9, True)


def test_check_names_what_leads_elsewhere_and_what_is_somebody_elses_by_key(desk: Path, call: Runner) -> None:
    for key in ("zeta", "rules_included", "rules_file", "alpha"):
        put(desk, key, "..")
    lines = call("check", "--all", "--db", desk).out.splitlines()
    said = [line.split()[2] for line in lines if "leads elsewhere" in line]
    assert said == ["desk.rules_file", "desk.rules_included"]
    beside = [line.split()[3] for line in lines if line.endswith("a value of somebody else's")]
    assert beside == ["desk.alpha:", "desk.zeta:"]


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path, Path], None]:
    """Make a link that is somebody else's."""

    def planted(link: Path, to: Path) -> None:
        link.unlink(missing_ok=True)
        link.symlink_to(to)
        if os.geteuid() == 0:
            os.lchown(link, 4242, 4242)
        else:
            monkeypatch.setattr(os, "geteuid", lambda: 4242)

    return planted


def test_no_backup_takes_along_what_somebody_else_linked(
    desk: Path, private: Path, call: Runner, plant: Callable[[Path, Path], None]
) -> None:
    plant(desk.with_name("afterservice.rules.yaml"), private)
    done = call("backup", desk.with_name("kept"), "--db", desk)
    assert (done.code, "afterservice.rules.yaml is a link of somebody else's" in done.err) == (8, True)
    assert not list((desk.parent / "kept").glob("*"))


@pytest.mark.parametrize("words", ["list -o told.csv", "report -o told.html", "export --sqlite told.db"])
@pytest.mark.parametrize("there", [True, False])
def test_nothing_is_written_behind_what_somebody_else_linked(
    desk: Path, private: Path, call: Runner, plant: Callable[[Path, Path], None], words: str, there: bool
) -> None:
    file = private if there else private.with_name("new")
    *words_before, name = words.split()
    plant(desk.with_name(name), file)
    done = call(*words_before, desk.with_name(name), "--db", desk)
    assert (done.code, "is a link of somebody else's" in done.err) == (8, True), done.err
    assert [path.read_text() for path in private.parent.iterdir()] == [PRIVATE]


@pytest.mark.parametrize("words", ["list -o {}/told.csv", "report -o {}/told.html", "export --sqlite {}/told.db"])
def test_nothing_is_written_through_a_folder_that_somebody_else_linked(
    desk: Path, private: Path, call: Runner, plant: Callable[[Path, Path], None], words: str
) -> None:
    plant(desk.with_name("out"), private.parent)
    done = call(*words.format(desk.with_name("out")).split(), "--db", desk)
    assert (done.code, f"{desk.with_name('out')} is a link of somebody else's" in done.err) == (8, True), done.err
    assert [*private.parent.iterdir()] == [private]
    assert f"look who put it there, then name {private.parent} itself, or remove the link" in done.err


@pytest.mark.parametrize("words", ["list -o {}/told.csv", "report -o {}/told.html"])
def test_a_folder_that_one_linked_oneself_is_written_through(desk: Path, call: Runner, words: str) -> None:
    (kept := desk.with_name("kept")).mkdir()
    desk.with_name("out").symlink_to(kept)
    done = call(*words.format(desk.with_name("out")).split(), "--db", desk)
    assert done.code == 0, done.err
    assert [path.stem for path in kept.iterdir()] == ["told"]


def test_one_s_own_link_that_leads_to_somebody_else_s_is_not_followed(
    desk: Path, private: Path, call: Runner, plant: Callable[[Path, Path], None]
) -> None:
    if os.geteuid() != 0:
        pytest.skip("a link of somebody else's beside one's own takes root")
    plant(desk.with_name("theirs.csv"), private)
    desk.with_name("told.csv").symlink_to("theirs.csv")
    done = call("list", "-o", desk.with_name("told.csv"), "--db", desk)
    assert (done.code, "theirs.csv is a link of somebody else's" in done.err) == (8, True)
    assert private.read_text() == PRIVATE


def test_no_backup_goes_on_from_one_s_own_link_to_somebody_else_s(
    desk: Path, private: Path, call: Runner, plant: Callable[[Path, Path], None]
) -> None:
    if os.geteuid() != 0:
        pytest.skip("a link of somebody else's beside one's own takes root")
    plant(desk.with_name("theirs"), private.parent)
    desk.with_name("afterservice.rules.yaml").unlink()
    desk.with_name("afterservice.rules.yaml").symlink_to("theirs/private.yaml")
    done = call("backup", desk.with_name("kept"), "--db", desk)
    assert (done.code, "theirs is a link of somebody else's" in done.err) == (8, True)
    assert not list((desk.parent / "kept").glob("*"))


def test_links_that_lead_nowhere_are_refused_and_stay(desk: Path, call: Runner) -> None:
    desk.with_name("told.csv").symlink_to("round.csv")
    desk.with_name("round.csv").symlink_to("told.csv")
    done = call("list", "-o", desk.with_name("told.csv"), "--db", desk, env={"AFTERSERVICE_LANG": "zh"})
    assert (done.code, "told.csv：符号链接层数太多" in done.err) == (8, True), done.err
    assert desk.with_name("round.csv").is_symlink()


def test_one_s_own_links_lead_over_folders_and_on(desk: Path, private: Path, call: Runner) -> None:
    desk.with_name("out").symlink_to("../home")
    desk.with_name("told.csv").symlink_to(desk.with_name("out") / ".." / "home" / "new.csv")
    assert call("list", "-o", desk.with_name("told.csv"), "--db", desk).code == 0
    assert private.with_name("new.csv").read_text("utf-8-sig").startswith("case,")
    assert desk.with_name("told.csv").is_symlink()


def test_one_s_own_link_leads_where_it_points(desk: Path, private: Path, call: Runner) -> None:
    desk.with_name("told.csv").symlink_to(private)
    assert call("list", "-o", desk.with_name("told.csv"), "--db", desk).code == 0
    assert private.read_text("utf-8-sig").startswith("case,")


def test_a_file_is_named_by_a_digest_alone(desk: Path, private: Path) -> None:
    for name in (str(private), "../x", "", DIGEST.upper(), f"{DIGEST}\n"):
        with pytest.raises(IntegrityBroken):
            files.place_of(desk, name)
    assert files.place_of(desk, DIGEST).name == DIGEST


def test_a_value_that_is_none_of_ours_is_listed(desk: Path, call: Runner) -> None:
    put(desk, "stowaway", "x")
    done = call("check", "--all", "--db", desk)
    assert (done.code, "desk.stowaway: a value of somebody else's" in done.out) == (0, True)


def test_what_an_attaching_left_that_was_killed_goes_with_the_next_erasure(desk: Path, call: Runner) -> None:
    over = [("register", "x", "--channel", "phone"), ("withdraw", "001", "--reason", "no")]
    for words in over:
        assert call(*words, "--db", desk).code == 0
    rules = desk.with_name("afterservice.rules.yaml")
    rules.write_text(
        "\n".join(line for line in bare(rules.read_text()).splitlines() if not line.startswith("archive:"))
    )
    assert call("rules", "adopt", "--yes", "--db", desk).code == 0
    left = files.place_of(desk, DIGEST)
    left.parent.mkdir(parents=True)
    part = files.folder_of(desk) / "1234.part"
    for file in (left, part):
        file.write_text("what a customer sent")
    assert call("erase", "001", "--yes", "--db", desk).code == 0
    assert not files.folder_of(desk).exists()


def test_the_files_of_a_desk_that_is_called_alike_stay(desk: Path, tmp_path: Path) -> None:
    kept = files.place_of(desk, DIGEST)
    kept.parent.mkdir(parents=True)
    kept.write_text("another desk's")
    shutil.copy(desk, desk.with_suffix(".sqlite"))
    files.sweep(desk, [])
    assert kept.read_text() == "another desk's"
    desk.with_suffix(".sqlite").unlink()
    files.sweep(desk, [])
    assert not kept.exists()


def test_a_file_that_is_given_out_beside_a_database_is_no_journal_of_it(
    desk: Path, private: Path, call: Runner
) -> None:
    """SQLite would write what stands in such a journal over the desk, of whoever sent the file with a case."""
    journal = private.with_name(f"{desk.name}-journal")
    with closing(sqlite3.connect(shutil.copy(desk, private.parent), isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("BEGIN")
        db.execute("INSERT INTO desk (key, value) VALUES ('seen', 'never')")
        kept = journal.read_bytes()
        db.execute("ROLLBACK")
    assert kept, "SQLite keeps a journal of what it changes"
    journal.write_bytes(kept)
    assert call("register", "APP闪退", "--channel", "app", "--db", desk).code == 0
    before = 0, call("list", "--db", desk).out
    assert call("attach", "001", journal, "--db", desk).code == 0
    given = call("attach", "001", "--extract", desk.parent, "--db", desk)
    assert (call("check", "--db", desk).code, call("list", "--db", desk).out) == before
    assert (given.code, "afterservice.db_journal" in given.out) == (0, True)
