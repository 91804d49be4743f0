"""Completion looks and does nothing else: it writes nothing, waits for nobody, does not complain, loads little."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from afterservice_cli import completing
from afterservice_cli.console import shells
from completions import Asked, asker, three_cases
from conftest import Once, Runner, clean_env


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Asked:
    return asker(tmp_path, monkeypatch, capsys)


@pytest.fixture
def worked(desk: Path, once: Once, call: Runner) -> Path:
    return three_cases(desk, once, call)


def asking(line: str, shell: str) -> dict[str, str]:
    """What a shell sets when it asks how a line goes on."""
    asked = {shells.ASKED: f"complete_{shell}", "_TYPER_COMPLETE_ARGS": f"afterservice {line}"}
    if shell == "bash":
        typed = ["afterservice", *line.split(" ")]
        asked |= {"COMP_WORDS": "\n".join(typed), "COMP_CWORD": str(len(typed) - 1)}
    return asked


def process(tmp_path: Path, line: str, shell: str = "fish", **more: str) -> subprocess.CompletedProcess[bytes]:
    """Ask a process of its own, as a shell does."""
    return subprocess.run(
        [sys.executable, "-m", "afterservice_cli"],
        cwd=tmp_path,
        env=clean_env({**asking(line, shell), **more}),
        capture_output=True,
        timeout=60,
        check=False,
    )


def state(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir() if path.is_file()}


LOOKS = ("show ", "list --category ", "register --field ", "task 002 ", "--as ", "list --status ")


def test_looking_writes_nothing(worked: Path, tmp_path: Path) -> None:
    (tmp_path / "afterservice.db.lock").unlink()
    worked.chmod(0o604)  # of which other commands would warn
    (tmp_path / "afterservice.rules.yaml").write_text("edited: yes\n")  # and of this
    before = state(tmp_path)
    for line in LOOKS:
        done = process(tmp_path, line)
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout or line.startswith("task")
    assert state(tmp_path) == before


def _gone(desk: Path) -> None:
    desk.unlink()


def _folder(desk: Path) -> None:
    desk.unlink()
    desk.mkdir()


def _foreign(desk: Path) -> None:
    desk.unlink()
    with contextlib.closing(sqlite3.connect(desk)) as db:
        db.execute("CREATE TABLE cases (case_id TEXT)")


def _text(desk: Path) -> None:
    desk.write_text("no database")


def _cut(desk: Path) -> None:
    desk.write_bytes(desk.read_bytes()[:8192])


def _changed(*statements: str) -> Callable[[Path], None]:
    def change(desk: Path) -> None:
        with contextlib.closing(sqlite3.connect(desk)) as db:
            for statement in statements:
                db.execute(statement)
            db.commit()

    return change


_NO_RULES = ("DROP TRIGGER snapshots_are_not_changed", "UPDATE snapshots SET text = '{\"rulebook\": 1'")


@pytest.mark.parametrize(
    "spoil",
    [
        _gone,
        _folder,
        _foreign,
        _text,
        _cut,
        _changed(*_NO_RULES),
        _changed("UPDATE desk SET value = 'another version' WHERE key = 'projections'"),
        _changed("PRAGMA user_version = 99"),
    ],
    ids=["gone", "folder", "foreign", "text", "cut", "rulebook", "tables", "version"],
)
def test_without_a_desk_that_can_be_read_nothing_is_said(
    worked: Path,
    tmp_path: Path,
    spoil: Callable[[Path], None],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    spoil(worked)
    before = state(tmp_path)
    for number, line in enumerate(LOOKS):
        for shell in shells.SHELLS:
            with monkeypatch.context() as patch:
                patch.chdir(tmp_path)
                for name, value in clean_env(asking(line, shell)).items():
                    patch.setenv(name, value)
                assert (completing.complete(os.environ), *capfd.readouterr()) == (0, "", ""), (line, shell)
        # A process for each line, asked by one shell after the other.
        done = process(tmp_path, line, [*shells.SHELLS][number % len(shells.SHELLS)])
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b""), line
    assert state(tmp_path) == before


def test_a_desk_in_use_is_not_waited_for(worked: Path, tmp_path: Path) -> None:
    before = state(tmp_path)
    with contextlib.closing(sqlite3.connect(worked, isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        done = process(tmp_path, "show ")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert state(tmp_path) == before


def test_what_a_crash_left_is_not_mended(worked: Path, tmp_path: Path) -> None:
    """Whoever may write takes back what was not committed; looking does not."""
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    with contextlib.closing(sqlite3.connect(worked, isolation_level=None)) as db:
        db.execute("PRAGMA cache_size = 1")
        db.execute("BEGIN")
        db.execute("UPDATE cases SET owner = 'half'")
        db.execute("CREATE TABLE much AS SELECT randomblob(100000) AS something")
        for file in ("afterservice.db", "afterservice.db-journal"):
            shutil.copy(tmp_path / file, crashed)
        db.execute("ROLLBACK")
    before = state(crashed)
    done = process(crashed, "show ")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert state(crashed) == before


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"COMP_WORDS": "afterservice", "COMP_CWORD": "many"},
        {shells.ASKED: "nonsense"},
    ],
)
def test_a_question_that_makes_no_sense_is_not_answered(tmp_path: Path, asked: dict[str, str]) -> None:
    env = clean_env({shells.ASKED: "complete_bash", **asked})
    done = subprocess.run([sys.executable, "-m", "afterservice_cli"], cwd=tmp_path, env=env, capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def loaded(folder: Path, line: str) -> list[str]:
    """The modules that are there once a line was completed with something."""
    script = (
        "import os, sys; from afterservice_cli.completing import complete; complete(os.environ); "
        "print(*sys.modules, file=sys.stderr)"
    )
    env = clean_env({shells.ASKED: "complete_zsh", "_TYPER_COMPLETE_ARGS": f"afterservice {line}"})
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, env=env, capture_output=True, check=True)
    assert done.stdout
    return done.stderr.decode().split()


def test_completing_loads_nothing_heavy(worked: Path, tmp_path: Path) -> None:
    modules = loaded(tmp_path, "show ")
    assert "afterservice_cli.store.reading.beginnings" in modules
    heavy = ("rich", "sqlite_utils", "yaml", "dateutil", "holidays", "hashlib", "afterservice_cli.workflows.founding")
    assert [name for name in heavy if name in modules] == []
    commands = {name.rpartition(".")[2] for name in modules if "afterservice_cli.commands." in name}
    assert commands == {"filters", "options", "showing", "suggested", "values"}


@pytest.mark.parametrize("line", ["list --category ", "list --where status=", "list --status "])
def test_completing_a_list_loads_no_decision(worked: Path, tmp_path: Path, line: str) -> None:
    assert [name for name in loaded(tmp_path, line) if "afterservice_cli.decisions" in name] == []


def test_other_commands_load_nothing_of_completion() -> None:
    script = "import afterservice_cli.cli as c, sys; c.app(['list']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    ours = {name for name in done.stdout.split() if name.startswith("afterservice_cli.")}
    assert {"completing", "shells", "commands.values"} & {name.partition(".")[2] for name in ours} == set()
