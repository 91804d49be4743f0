"""What `doctor` says of a desk to whoever keeps it running, and what there is to do."""

import grp
import hashlib
import json
import pwd
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from afterservice_cli import session
from afterservice_cli.output_text import width
from afterservice_cli.workflows.health import size_text
from conftest import Runner


def test_people_and_sizes_are_called_as_people_call_them(desk: Path, call: Runner) -> None:
    there = desk.stat()
    told = {one["what"]: one["said"] for one in json.loads(call("doctor", "--json", now=None).out)}
    user, group = pwd.getpwuid(there.st_uid).pw_name, grp.getgrgid(there.st_gid).gr_name
    assert told["access"] == f"mode 0600, user {user}, group {group}"
    assert re.fullmatch(r"[\d.]+ [kM]B, [\d.]+ [MGT]B free beside it", told["disk"]), told["disk"]


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (618_496, "618 kB"), (66_764_222_464, "66.8 GB"), (4e15, "4000 TB")],
)
def test_a_size_is_told_in_the_unit_that_fits(size: float, said: str) -> None:
    assert size_text(size) == said


def test_a_desk_that_a_restoring_put_aside_is_named(desk: Path, call: Runner) -> None:
    call("backup", "copies")
    (copy,) = (desk.parent / "copies").iterdir()
    assert call("restore", copy, "--yes").code == 0
    (aside,) = desk.parent.glob("*.before-*.db")
    done = call("doctor", now=None)
    assert f"leftovers  {aside.name}" in done.out
    assert "leftovers: a restoring put them aside, with what was erased since" in done.err
    journal = desk.with_name(f"{desk.name}-journal")
    journal.write_bytes(b"x")
    assert "a journal of 1 B lay there" in call("doctor", now=None).out, "it presses more"
    journal.unlink(missing_ok=True)
    aside.unlink()
    assert "leftovers  none" in call("doctor", now=None).out


def test_files_that_no_event_names_deserve_a_look(desk: Path, call: Runner, tmp_path: Path) -> None:
    call("register", "the kettle leaks", "--channel", "phone", "--customer", "Ann", "--contact", "13900000001")
    (tmp_path / "photo.jpg").write_bytes(b"a kettle")
    assert call("attach", "1", "photo.jpg").code == 0
    assert "files      1 came with cases, 8 B\n" in call("doctor", now=None).out
    folder = desk.with_name(f"{desk.stem}.files")
    (folder / "contract.pdf").write_bytes(b"whose?")
    unnamed = hashlib.sha256(b"left").hexdigest()
    (folder / unnamed[:2]).mkdir(exist_ok=True)
    (folder / unnamed[:2] / unnamed).write_bytes(b"left")
    done = call("doctor", now=None)
    assert "1 came with cases, 8 B; 2 beside these" in done.out
    assert f"{folder.name}/contract.pdf" in done.err
    assert f"{folder.name}/{unnamed[:2]}/{unnamed}" in done.err
    assert "photo" not in done.err
    shutil.copy(desk, desk.with_suffix(".sqlite"))
    assert "beside these" not in call("doctor", now=None).out, "they may be the other desk's"


def test_holidays_of_this_year_that_nobody_is_sure_of_deserve_a_look(desk: Path, call: Runner) -> None:
    before = call("doctor")
    year = re.findall(r"\d{4}", before.out.partition("those of ")[2].partition(" may still change")[0])[-1]
    assert "not known for sure" not in before.err
    done = call("doctor", now=f"{year}-02-01 09:00")
    assert (done.code, f"calendar: those of {year} are not known for sure" in done.err) == (20, True)


def test_a_clock_that_had_been_ahead_is_asked_about_until_somebody_says_so(
    desk: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = timedelta()

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(UTC) + ahead

    monkeypatch.setattr(session, "datetime", Clock)
    ahead = timedelta(days=3)
    assert call("register", "灯坏了", "--channel", "phone", now=None).code == 0
    ahead = timedelta()
    assert 'if it had been ahead: afterservice clock --was-ahead "…"' in call("doctor", now=None).err
    looked = call("clock", now=None)
    assert looked.err == "what was recorded ahead of the clock keeps its time; its cases wait until then\n"
    waits = call("note", "last", "once more", now=None)
    assert (waits.code, "the clock was ahead then: go on at that time" in waits.err) == (3, True)
    assert call("clock", "--was-ahead", "NTP was off", now=None).code == 0
    after = call("doctor", now=None)
    assert (after.code, "of which a word is recorded" in after.out) == (0, True)


@pytest.mark.parametrize(("language", "sign"), [("en", ": "), ("zh", "：")])
def test_what_is_said_stands_beneath_itself_at_a_terminal(desk: Path, call: Runner, language: str, sign: str) -> None:
    desk.chmod(0o604)
    done = call("doctor", columns=80, now=None, env={"AFTERSERVICE_LANG": language})
    lines = done.out.splitlines()
    (head,) = (line for line in lines if re.search(r"\d+:[0-9a-f]{64}$", line))
    assert [line for line in lines if width(line) > 80 and line != head] == []
    begin = lines[0].index("afterservice")
    assert lines[1][:begin].strip() == ""
    assert re.search(rf"^\S+{sign}\S.*chmod o-rwx", done.err, re.MULTILINE | re.DOTALL)


def test_doctor_says_how_things_stand_and_changes_nothing(desk: Path, call: Runner) -> None:
    before = desk.read_bytes()
    done = call("doctor", now=None)
    assert done.code in (0, 20)
    told = {one["what"]: one for one in json.loads(call("doctor", "--json", now=None).out)}
    assert {"program", "engine", "language", "desk", "access", "disk", "history", "clock", "rulebook"} <= {*told}
    desk.chmod(0o644)
    with (desk.parent / "afterservice.rules.yaml").open("a") as rules:
        rules.write("# a note\n")
    done = call("doctor", now=None)
    assert done.code == 20
    assert f"access: everybody on this machine can read it: chmod o-rwx {desk}" in done.err
    assert "rulebook: afterservice.rules.yaml, or a file that it includes, was edited since" in done.err
    assert desk.read_bytes() == before


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
