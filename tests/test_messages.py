"""Every message to a user: the smallest line that brings it, its exit code, and nothing written by it.

A file of `messages/` holds one line and what it says. It runs at a desk with a few cases, among the files of
`messages/files`. UPDATE_TRANSCRIPTS=1 writes what the lines say into the files.
"""

import contextlib
import fcntl
import json
import re
import shlex
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from afterservice_cli.store import queueing
from conftest import NOW, Runner, clean_env, command, query
from message_course import worked_at
from shown_messages import MESSAGES, check_message, contents

__all__ = ["worked_at"]  # the desk of that course

PERSONAL = ("张伟", "13900000012", "13900000013", "li.na@example.com", "东西坏了", "用不了", "说错了", "登不上")


@pytest.fixture
def place(worked_at: Path, tmp_path: Path) -> Path:
    """That folder, for one test to spoil."""
    shutil.copytree(worked_at, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.mark.parametrize("path", sorted(MESSAGES.glob("*.txt")), ids=lambda path: path.stem)
def test_message(path: Path, place: Path, call: Runner) -> None:
    check_message(path, place, call, PERSONAL)


def test_every_message_begins_and_ends_alike() -> None:
    for path in MESSAGES.glob("*.txt"):
        message = path.read_text("utf-8").splitlines()[1]
        # The faults of a file begin with their place, for an editor to jump to.
        assert re.match(r"afterservice: |[\w./-]+:\d+:\d+: ", message), path.stem
        assert len(message) > len("afterservice: ") + 8, path.stem


def test_every_line_of_faults_can_be_followed(place: Path, call: Runner) -> None:
    """An editor or a script takes `file:line:column: ` for a place."""
    done = call("rules", "check", "wrong.yaml")
    faults = [line for line in (done.out + done.err).splitlines() if "wrong.yaml:" in line]
    assert len(faults) == 3
    assert all(re.match(r"wrong\.yaml:\d+:\d+: .+ – write ", line) for line in faults), faults


def test_every_fault_at_once(place: Path, call: Runner) -> None:
    """A word that is out of place does not hide a word that refers to nothing."""
    good = (place / "good.yaml").read_text("utf-8")
    bad = good.replace("owner: tech, match", "owner: tehc, match").replace("respond: 2h", "respond: soon")
    (place / "both.yaml").write_text(bad, "utf-8")
    done = call("rules", "check", "both.yaml")
    assert "tehc" in done.err
    assert "duration" in done.err


def test_an_example_that_fails_thrice_is_one_example(place: Path, call: Runner) -> None:
    done = call("rules", "check", "failing.yaml")
    assert done.code == 6
    assert "1 of 1 example" in done.err


def test_no_desk_here_or_above(tmp_path: Path, call: Runner) -> None:
    done = call("list")
    assert done == (4, "", done.err, done.err)
    assert "there is no desk here or above" in done.err
    assert "afterservice init" in done.err
    assert not list(tmp_path.iterdir())


def test_a_file_of_another_user_s_program_stays_as_it_is(place: Path, call: Runner) -> None:
    before = (place / "foreign.db").read_bytes()
    for words in (["register", "x", "--channel", "phone"], ["check"], ["rules", "adopt", "--yes"], ["init"]):
        assert call(*words, "--db", "foreign.db").code in (5, 8)
    assert (place / "foreign.db").read_bytes() == before


def test_busy(place: Path, call: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queueing, "PATIENCE", 0.05)
    with (place / "afterservice.db.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = call("note", "202610-002", "x")
    assert (done.code, done.out) == (7, "")
    assert "in use by another process" in done.err
    assert call("note", "202610-002", "x").code == 0


def test_what_refuses_at_the_end_takes_nothing_of_the_way(place: Path, call: Runner) -> None:
    head = query(place / "afterservice.db", "SELECT max(seq), hash FROM events")
    done = call("close", "202610-002", "--resolution", "修好", "--rating", "5")
    assert done.code == 6
    assert query(place / "afterservice.db", "SELECT max(seq), hash FROM events") == head


def test_extra_words_are_not_repeated(place: Path, call: Runner) -> None:
    """A customer's words without quotes are many arguments."""
    done = call("register", "东西坏了", "13900000012", "--channel", "phone")
    assert done.code == 2
    assert "13900000012" not in done.err


def test_a_file_without_headings_is_not_repeated(place: Path, call: Runner) -> None:
    (place / "headless.csv").write_text("张伟,13900000012,东西坏了\n", "utf-8")
    done = call("import", "headless.csv", "--profile", "profile.yaml")
    assert (done.code, done.out) == (3, "")
    assert not [word for word in PERSONAL if word in done.err]


def test_a_cell_in_the_wrong_column_is_not_repeated(place: Path, call: Runner) -> None:
    (place / "shifted.csv").write_text("no,at,by,words,who,tel\n1,2026-10-01,张伟,东西坏了,13900000012,\n", "utf-8")
    done = call("import", "shifted.csv", "--profile", "profile.yaml")
    assert done.code == 11
    assert not [word for word in PERSONAL if word in done.err]


def test_a_group_of_commands_alone_says_what_it_has(call: Runner) -> None:
    done = call("rules")
    assert done.code == 0
    assert "check" in done.out
    assert "adopt" in done.out


@pytest.mark.parametrize(
    "words",
    [
        ["show", "\udcff"],
        ["note", "202610-002", "\udcff"],
        ["note", "202610-002", "x", "--as", "\udcff"],
        ["respond", "202610-002", "--via", "\udcff"],
        ["attach", "202610-002", "\udcff"],
        ["attach", "202610-002", "profile.yaml", "--note", "\udcff"],
        ["attach", "202610-002", "--extract", "\udcff"],
        ["resolve", "202610-002", "\udcff"],
        ["register", "\udcff", "--channel", "phone"],
        ["register", "x", "--channel", "phone", "--field", "scene=\udcff"],
        ["amend", "202610-002", "--set", "product=x", "--reason", "\udcff"],
        ["retract", "202610-002", "3", "--reason", "\udcff"],
        ["classify", "202610-002", "--priority", "P1", "--reason", "\udcff"],
        ["assign", "202610-002", "--owner", "tech", "--reason", "\udcff"],
        ["reopen", "202610-003", "--reason", "\udcff"],
        ["list", "--owner", "\udcff"],
        ["list", "--category", "\udcff"],
        ["list", "--find", "\udcff"],
        ["list", "--customer", "\udcff"],
        ["list", "--from", "\udcff"],
        ["list", "--sort", "\udcff"],
        ["list", "--where", "\udcff"],
        ["close", "--where", "product=\udcff", "--yes"],
        ["report", "--month", "\udcff"],
        ["rules", "check", "\udcff"],
        ["import", "\udcff", "--profile", "profile.yaml"],
        ["list", "--db", "\udcff"],
    ],
    ids=" ".join,
)
def test_bytes_that_are_not_utf_8(words: list[str], place: Path, run: Runner) -> None:
    before = contents(place)
    done = run(*words)
    assert "Traceback" not in done.err
    assert done.code in (3, 4)
    assert contents(place) == before


def test_a_folder_that_is_gone(tmp_path: Path, run: Runner) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f'cd "{gone}" && rmdir "{gone}" && exec {shlex.join(command("list"))}'
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, env=clean_env(), check=False)
    assert "Traceback" not in done.stderr
    assert done.returncode in (4, 8)


@pytest.mark.parametrize(
    "words",
    [
        ("list", "--db", "no desk.db"),
        ("report", "-o", "no folder/reports/"),
        ("list", "-o", "no folder/cases.csv"),
        ("export", "-o", "no folder/log.csv"),
        ("backup", "no folder/backups"),
        ("--outbox", "no folder", "escalate"),
    ],
    ids=" ".join,
)
def test_a_command_that_a_hint_names_can_be_typed_as_it_stands(
    words: tuple[str, ...], place: Path, call: Runner
) -> None:
    done = call(*words)
    assert done.code == 4, done.err
    typed = shlex.split(done.err.splitlines()[1].partition(": ")[2])
    assert [word for word in typed if word.startswith("no ")] == [typed[-1]]
    if typed[0] == "afterservice":
        assert call(*typed[1:]).code == 0
    else:
        subprocess.run(typed, cwd=place, check=True)
    assert call(*words).code == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    "words",
    [
        ("list",),
        ("list", "--json"),
        ("show", "202610-002"),
        ("report",),
        ("report", "--json"),
        ("report", "--format", "xlsx"),
        ("report", "--metric", "registered"),
        ("report", "--cases", "backlog"),
        ("report", "--define", "?"),
        ("--help",),
        ("--version",),
    ],
)
def test_output_that_cannot_be_written(words: tuple[str, ...], place: Path) -> None:
    line = command(*words, now=None if words == ("--version",) else NOW)
    with Path("/dev/full").open("wb") as full:
        env = clean_env({"PYTHONUNBUFFERED": "1"})  # as if there were more of it than a buffer holds
        done = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, cwd=place, env=env, check=False)
    assert b"the output cannot be written" in done.stderr
    assert done.returncode == 8


def test_a_terminal_that_lacks_a_character(place: Path, run: Runner) -> None:
    assert run("note", "202610-002", "👍 – 好").code == 0
    done = run("show", "202610-002", env={"PYTHONIOENCODING": "gbk"})
    assert "Traceback" not in done.err
    assert done.code == 0


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "latin-1"])
def test_json_can_be_read_whatever_the_stream_is_encoded_in(encoding: str, place: Path) -> None:
    said = "👍 – é 好 \\U0001f600"
    assert subprocess.run(command("note", "202610-002", said), cwd=place, env=clean_env(), check=False).returncode == 0
    shown = subprocess.run(
        command("show", "202610-002", "--json"),
        capture_output=True,
        cwd=place,
        env=clean_env({"PYTHONIOENCODING": encoding}),
        check=False,
    )
    assert shown.returncode == 0
    assert said in [event["personal"].get("text") for event in json.loads(shown.stdout.decode("utf-8"))["events"]]


@pytest.mark.parametrize("spoilt", ["DELETE FROM desk WHERE key = 'rulebook'", "DELETE FROM desk", "DROP TABLE desk"])
@pytest.mark.parametrize("words", [("list",), ("check",)], ids=" ".join)
def test_a_desk_without_its_settings(spoilt: str, words: tuple[str, ...], place: Path, run: Runner) -> None:
    with contextlib.closing(sqlite3.connect(place / "afterservice.db")) as db:
        for name in ("genesis_is_not_deleted", "genesis_is_not_changed"):
            db.execute(f"DROP TRIGGER {name}")
        db.execute(spoilt)
        db.commit()
    done = run(*words)
    assert "Traceback" not in done.err
    assert done.code in (8, 9)
