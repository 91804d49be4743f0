"""Completion: what may stand next on a line, that looking changes nothing, and how three shells take it."""

import contextlib
import os
import pty
import re
import select
import shlex
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import shellingham  # type: ignore[import-untyped]
import typer
from hypothesis import given
from hypothesis import strategies as st

import rulebooks
from afterservice_cli import cli, completing, shells
from afterservice_cli.cases.case import STAGES, STATUSES
from afterservice_cli.commands.values import VALUES
from afterservice_cli.shells import Choice, Typed, answer
from afterservice_cli.store.beginnings import MOST
from conftest import Once, Runner, clean_env, query

Asked = Callable[..., list[str]]
# What customers may write, and shells may take for something else.
HOSTILE = "a \\$(touch pwned) `touch pwned` $(touch pwned) '; touch pwned; ' \"x\": [red] \x1b[31m\tb\nnext line\\"
CONTACT = "13900007791"


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Asked:
    """Ask as fish does how a line goes on; what it is told, a word with its meaning behind a tab each."""
    monkeypatch.chdir(tmp_path)

    def asked(line: str, **more: str) -> list[str]:
        environment = {shells.ASKED: "complete_fish", "_TYPER_COMPLETE_ARGS": f"afterservice {line}"}
        with monkeypatch.context() as patch:
            for name, value in {**clean_env(), "AFTERSERVICE_DEBUG": "1", **more}.items():
                patch.setenv(name, value)
            assert completing.complete({**environment, **more}) == 0
        return capsys.readouterr().out.splitlines()

    return asked


def words(told: Sequence[str]) -> list[str]:
    return [line.partition("\t")[0] for line in told]


@pytest.fixture
def worked(desk: Path, once: Once, call: Runner) -> Path:
    """A desk with three cases, the second of which is closed, and the last of which is hostile."""

    def done(*words: str, now: str) -> None:
        said = call(*words, now=now)
        assert said.code == 0, said.err

    def three_cases() -> None:
        text = "the door does not open"
        person = ("--contact", CONTACT, "--customer", "Wang")
        done("register", text, "--channel", "phone", *person, now="2026-10-12 09:00")
        done("register", "APP无法登录", "--channel", "app", now="2026-10-12 10:00")
        done("register", HOSTILE, "--channel", "phone", now="2026-10-12 11:00")
        done("close", "002", "--resolution", "mended", "--confirmed", "--rating", "5", now="2026-10-12 12:00")

    once(three_cases)
    return desk


# --- what may stand ---------------------------------------------------------------------------------------------

TREE: Any = typer.main.get_command(cli.app())
# Of these nobody but who types knows the value.
TIMES = {
    "now",
    "since",
    "at",
    "received_at",
    "promise",
    "to",
    "from_",
    "resolved_in",
    "closed_in",
    "first",
    "last",
    "month",
    "quarter",
    "week",
    "year",
    "as_of",
    "start",
    "duration",
    "begin",
    "end",
    "within",
}
TEXTS = {
    "text",
    "note",
    "reason",
    "was_ahead",
    "description",
    "customer",
    "contact",
    "subject",
    "product",
    "words",
    "resolution",
    "comment",
}
OTHERS = {
    "undo",  # of imports, which have no name that a person knows
    "if_version",
    "group",
    "seq",
    "only",  # of the phrases that are proposed, by their places
    "limit",
    "find",
    "tasks",
    "pauses",
    "columns",
    "column",
    "keep",
    "head",
    "until",
    "title",
    "figure",
    "report",
    "sheet",
    "row",  # of a report, which may be anything that a dimension has
}


def parameters() -> Iterator[tuple[str, Any]]:
    """Every parameter that takes a value, under the name of its command."""
    commands = {name: command for name, command in TREE.commands.items() if name not in cli.GROUPS}
    for group in cli.GROUPS:
        commands |= {f"{group} {name}": command for name, command in TREE.commands[group].commands.items()}
    assert len(commands) > 45
    for path, command in {"": TREE, **commands}.items():
        for each in command.params:
            if not getattr(each, "is_flag", False):
                yield path, each


def test_every_value_can_be_completed_or_is_a_file_or_says_why_not() -> None:
    left = {
        (path, each.name)
        for path, each in parameters()
        if not {each.name, f"{path} {each.name}"} & VALUES.keys()
        and each.type.name != "path"
        and each.name not in TIMES | TEXTS | OTHERS
    }
    assert left == set()


def test_every_kind_of_value_is_of_some_parameter() -> None:
    there = {name for path, each in parameters() for name in (each.name, f"{path} {each.name}")}
    assert VALUES.keys() - there == set()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("regi", ["register\tTake in a case"]),
        ("rules ad", ["adopt\t"]),
        ("list --cat", ["--category\tOf this category"]),
        ("list --status ", list(STATUSES)),
        ("list --columns case,due_a", ["case,due_at\t"]),
        ("list --status re", ["resolved\tto be confirmed"]),
        ("list --stage ", list(STAGES)),
        ("list --owner=te", ["--owner=tech\t"]),
        ("list --sort pr", ["priority"]),
        ("list --format j", ["json", "jsonl"]),
        ("report --format x", ["xlsx"]),
        ("report --missed --format j", ["json", "jsonl"]),
        ("export --format x", ["xes"]),
        ("report --cases registered --columns case,due_a", ["case,due_at\t"]),
        ("report --report weekly --section ar", ["areas\tBy area"]),
        ("report --section ar", []),
        ("report --metric problems.op", ["problems.opened\t", "problems.open\t"]),
        ("list --category product", ["product\t", "product.defect\t"]),
        ("classify 1 --category product", ["product.defect\t"]),
        ("classify --where sta", ["status=\t", "stage=\t"]),
        ("classify --where status=w", ["status=waiting"]),
        ("classify --where statu", [f"status={word}" for word in STATUSES]),
        ("classify --where over", ["overdue\t"]),
        ("classify --where customer_t", ["customer_tier=normal", "customer_tier=vip", "customer_tier=key"]),
        ("classify --where missed=resp", ["missed=respond"]),
        ("register --field customer", ["customer_tier=normal", "customer_tier=vip\tVIP", "customer_tier=key"]),
        ("register --field customer_tier=v", ["customer_tier=vip\tVIP"]),
        ("register --field order", ["order_number=\t"]),
        ("register x --channel ph", ["phone\t"]),
        ("amend 1 --set chan", ["channel="]),
        ("assign 1 --to tech/l", ["tech/li"]),
        ("link 1 2 --relation d", ["duplicate"]),
        ("assess 1 --warranty ", ["yes", "no"]),
        ("rate 1 ", ["1", "2", "3", "4", "5"]),
        ("init --rules mini", ["minimal"]),
        ("--as zh", ["zhao"]),
        ("show 202610-00", ["202610-003\t", "202610-001\t", "202610-002\t"]),
        ("--now 2026-10-12 show la", ["last\t202610-003"]),
        ("link 1 20", ["20", "202610-003"][1:]),
        ("note 1 some", []),
        ("nonsense ", []),
        ("nonsense list ", []),
        ("list -- --own", []),
        ("import ", []),
    ],
)
def test_a_line_goes_on_with_what_may_stand_there(worked: Path, ask: Asked, line: str, told: list[str]) -> None:
    found = ask(line)
    assert len(found) >= len(told)
    assert [each[: len(begin)] for each, begin in zip(found, told, strict=False)] == told
    assert bool(found) == bool(told)


def test_titles_are_in_the_language_spoken_and_may_be_typed(worked: Path, ask: Asked) -> None:
    zh = {"AFTERSERVICE_LANG": "zh"}
    assert "resolved\t待确认" in ask("list --status ", **zh)
    assert "resolved\tto be confirmed" in ask("list --status ")
    assert ask("list --status 待", **zh) == ["待确认\tresolved"]
    assert "show\t查看工单" in "\n".join(ask("sh", **zh))
    # Without a locale, as a rulebook has it.
    assert "resolved\t待确认" in ask("list --status ", AFTERSERVICE_LANG="", LANG="C")


def test_an_option_that_stands_is_not_offered_again_unless_it_may_be(ask: Asked) -> None:
    assert "--category" in words(ask("list "))
    assert "--category" not in words(ask("list --category product --"))
    assert "--where" in words(ask("list --where status=open --"))
    assert "--db" in words(ask("list --"))
    assert words(ask("show --js")) == ["--json"]


def test_cases_come_open_first_then_newest_and_never_with_a_contact(worked: Path, ask: Asked) -> None:
    told = ask("show ")
    assert words(told) == ["last", "202610-003", "202610-001", "202610-002"]
    assert told[2] == "202610-001\topen  the door does not open"
    assert told[3] == "202610-002\tarchived  APP无法登录"
    assert CONTACT not in "".join(told)
    assert query(worked, "SELECT contact FROM texts WHERE case_id = '202610-001'") == [(CONTACT,)]


def test_a_serial_means_the_newest_case_that_has_it(desk: Path, call: Runner, ask: Asked) -> None:
    for month in ("10", "11"):
        for _ in range(3):
            call("register", f"in month {month}", "--channel", "phone", now=f"2026-{month}-13 10:00")
    assert ask("show 2")[0] == "2\t202611-002  open  in month 11"
    assert words(ask("show 2"))[1:] == [f"20{month}-00{n}" for month in ("2611", "2610") for n in (3, 2, 1)]
    assert words(ask("show 00")) == ["003", "002", "001"]


def test_many_cases_are_few_words(desk: Path, call: Runner, ask: Asked) -> None:
    rows = "".join(f"N{n},2026-10-{1 + n % 9:02},phone,text {n}\n" for n in range(200))
    Path("rows.csv").write_text(f"no,at,by,text\n{rows}", "utf-8")
    Path("p.yaml").write_text(
        'profile: p\ncolumns: {number: no, received_at: at, channel: by, description: text}\ndates: ["%Y-%m-%d"]\n'
    )
    assert call("import", "rows.csv", "--profile", "p.yaml", now="2026-10-12 10:00").code == 0
    assert len(ask("show ")) == len(["last"]) + MOST
    assert len(ask("show 2026")) == MOST
    assert sorted(words(ask("show 202610-19"))) == [f"202610-19{n}" for n in range(10)]
    assert sorted(words(ask("show 19"))) == ["19", *(f"19{n}" for n in range(10))]


def test_open_tasks_of_the_case_that_stands_there(tmp_path: Path, call: Runner, ask: Asked) -> None:
    (tmp_path / "whole.yaml").write_text(rulebooks.text("whole"), "utf-8")
    for line in (
        "init --rules whole.yaml",
        "register rattles --channel phone",
        "propose 001 --disposition exchange --as li",
        "agree 001 --yes",
    ):
        done = call(*line.split())
        assert done.code == 0, done.err
    assert "swap" in words(ask("task 001 "))
    assert call("task", "001", "swap").code == 0
    assert "swap" not in words(ask("task 001 "))
    assert ask("task 999 ") == []


@pytest.mark.parametrize("way", ["--db other.db show ", "show --db=other.db ", "show --db other.db "])
def test_another_desk_may_be_named_on_the_line(worked: Path, ask: Asked, way: str) -> None:
    worked.rename("other.db")
    assert ask("show ") == []
    assert "202610-002" in words(ask(way))
    assert "202610-002" in words(ask("show ", AFTERSERVICE_DB="other.db"))


def test_last_is_whose_the_line_says(worked: Path, call: Runner, ask: Asked) -> None:
    call("register", "by li", "--channel", "phone", "--as", "li", now="2026-10-12 13:00")
    assert ask("--as li show last")[0].startswith("last\t202610-004")
    assert ask("show last")[0].startswith("last\t202610-003")
    assert ask("show last", AFTERSERVICE_AS="li")[0].startswith("last\t202610-004")


# --- looking changes nothing, and says nothing ------------------------------------------------------------------


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
    assert "afterservice_cli.store.beginnings" in modules
    heavy = ("rich", "sqlite_utils", "yaml", "dateutil", "holidays", "hashlib", "afterservice_cli.founding")
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


# --- how shells are answered ------------------------------------------------------------------------------------

SIGNS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=12)


@given(st.lists(SIGNS, max_size=4), SIGNS)
def test_a_line_is_read_as_the_shell_has_it(before: list[str], begun: str) -> None:
    line = " ".join(["afterservice", *map(shlex.quote, before), shlex.quote(begun) if begun else ""])
    for shell in ("zsh", "fish"):
        asked = {shells.ASKED: f"complete_{shell}", "_TYPER_COMPLETE_ARGS": line}
        assert shells.typed(asked) == Typed(before, begun)


@pytest.mark.parametrize(
    ("pieces", "typed"),
    [
        (["show", ""], Typed(["show"], "")),
        (["list", "--owner", "=", "te"], Typed(["list"], "--owner=te", "--owner=")),
        (["list", "--owner", "="], Typed(["list"], "--owner=", "--owner=")),
        (["list", "--owner", "=", "tech", "--st"], Typed(["list", "--owner=tech"], "--st")),
        (["x", "--field", "a", "=", "b", ":", "c"], Typed(["x", "--field"], "a=b:c", "a=b:")),
        (["x", "'a b"], Typed(["x"], "a b", "", "'")),
        (["x", r"a\ b"], Typed(["x"], "a b")),
    ],
)
def test_what_bash_takes_apart_is_one_word_again(pieces: list[str], typed: Typed) -> None:
    asked = {"COMP_WORDS": "\n".join(["afterservice", *pieces]), "COMP_CWORD": str(len(pieces))}
    assert shells.typed({shells.ASKED: "complete_bash", **asked}) == typed


@given(SIGNS.filter(bool), SIGNS)
def test_zsh_is_told_nothing_that_it_could_take_for_a_command(word: str, help: str) -> None:
    said, _ = answer([Choice(word, help)], Typed([], ""), {shells.ASKED: "complete_zsh"})
    if not word.isprintable():
        assert said == ""
        return
    (told,) = re.findall(r"\$'([^']*)'", said)
    assert re.fullmatch(r"(?:[A-Za-z0-9_\u0080-\U0010ffff]|\\[0-7]{3})*", told)
    back = re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), told)
    kept = re.match(r"(?:\\.|[^:\\])*", back)
    assert kept and re.sub(r"\\(.)", r"\1", kept[0]) == word
    assert re.sub(r"\\(.)", r"\1", back[kept.end() + 1 :]) == help


@pytest.mark.parametrize("text", [HOSTILE, "a\x1b[31mred", "a\tb", "a\nb", "a\u202eb", "a\x9bb"])
def test_a_hostile_description_is_one_line(desk: Path, call: Runner, ask: Asked, text: str) -> None:
    assert call("register", text, "--channel", "phone").code == 0
    (told,) = ask("show 202610-001")
    number, _, meaning = told.partition("\t")
    assert number == "202610-001"
    assert meaning.isprintable() and meaning.startswith("open  a")


# --- real shells ------------------------------------------------------------------------------------------------


def has(shell: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"no {shell} on this machine")


# Ids as a rulebook may have them, and worse.
ODD = ["plain", "two words", "a:b", "tab's", 'quo"te', "$HOME", "star*", "`x`", "a;b", "中文", "back\\slash", "~", "!x"]


@pytest.fixture
def home(tmp_path: Path, worked: Path) -> Path:
    """A home in which the three shells find the program, and its completion."""
    bin = tmp_path / "bin"
    bin.mkdir()
    (bin / "afterservice").write_text(f'#!/bin/sh\nexec {sys.executable} -m afterservice_cli "$@"\n')
    (bin / "afterservice").chmod(0o755)
    return tmp_path


def in_home(home: Path) -> dict[str, str]:
    return clean_env({"HOME": str(home), "PATH": f"{home / 'bin'}:{os.environ['PATH']}", "ZDOTDIR": str(home)})


def script(shell: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(shellingham, "detect_shell", lambda: (shell, shell))
    return shells.show()


@has("bash")
@pytest.mark.parametrize(
    ("pieces", "told"),
    [
        (["show", ""], ["last", "202610-003", "202610-001", "202610-002"]),
        (["sho"], ["show"]),
        (["list", "--owner", "=", "te"], ["tech"]),
        (["register", "--field", "customer_tier", "=", "v"], ["vip"]),
        (["register", "--field", "order"], ["order_number=", "order_number=…"]),
        (["import", ""], []),
    ],
)
def test_bash_completes(home: Path, monkeypatch: pytest.MonkeyPatch, pieces: list[str], told: list[str]) -> None:
    typed = " ".join(map(shlex.quote, ["afterservice", *pieces]))
    line = f"COMP_WORDS=({typed}); COMP_CWORD={len(pieces)}; _afterservice_completion afterservice"
    code = f"{script('bash', monkeypatch)}\n{line}\nprintf '%s\\n' \"${{COMPREPLY[@]}}\""
    done = subprocess.run(["bash", "-c", code], cwd=home, env=in_home(home), capture_output=True, text=True, check=True)
    assert done.stdout.split() == told
    assert done.stderr == ""


@has("bash")
def test_odd_words_come_out_of_bash_as_they_are() -> None:
    said, _ = answer([Choice(word) for word in ODD], Typed([], ""), {shells.ASKED: "complete_bash"})
    done = subprocess.run(
        ["bash", "-c", "\n".join(f"printf '%s\\n' {line}" for line in said.splitlines())],
        env=clean_env(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ODD


@has("fish")
def test_fish_completes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = f"{script('fish', monkeypatch)}\ncomplete -C 'afterservice show 2'"
    done = subprocess.run(["fish", "-c", code], cwd=home, env=in_home(home), capture_output=True, text=True, check=True)
    told = dict(line.split("\t") for line in done.stdout.splitlines())
    assert {"2", "202610-001", "202610-002", "202610-003"} == told.keys()
    assert told["202610-002"] == "archived  APP无法登录"
    assert not (home / "pwned").exists()


@has("zsh")
def test_zsh_completes_and_runs_nothing_of_what_customers_write(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / ".zfunc").mkdir()
    (home / ".zfunc" / "_afterservice").write_text(script("zsh", monkeypatch))
    (home / ".zshrc").write_text(
        "PS1='> '; fpath+=~/.zfunc; autoload -Uz compinit; compinit -u; unset zle_bracketed_paste"
    )
    screen = typed_at(["zsh", "-i"], "afterservice show \t\t", "202610-002  ", home)
    assert re.search(r"202610-002 +-- archived +APP无法登录", screen)
    assert re.search(r"202610-003 +-- open +a \\\$\(touch pwned\) `touch pwned`", screen)
    assert not (home / "pwned").exists()


def typed_at(shell: list[str], keys: str, until: str, home: Path) -> str:
    """Type at a shell in a terminal, and return what its screen shows once `until` stands there."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(home)
        os.execvpe(shell[0], shell, {**in_home(home), "TERM": "dumb", "COLUMNS": "140", "LINES": "40"})
    shown = _read(terminal, "> ")
    os.write(terminal, keys.encode())
    shown += _read(terminal, until)
    os.close(terminal)
    os.waitpid(child, 0)
    return shown


def _read(terminal: int, until: str, patience: float = 30.0) -> str:
    shown = b""
    end = time.monotonic() + patience
    while until not in shown.decode(errors="replace") and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                shown += os.read(terminal, 65536)
            except OSError:
                break
    return shown.decode(errors="replace")


# --- putting it in place ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shell", "file"),
    [
        ("bash", ".bash_completions/afterservice.sh"),
        ("zsh", ".zfunc/_afterservice"),
        ("fish", ".config/fish/completions/afterservice.fish"),
    ],
)
def test_completion_is_put_where_the_shell_finds_it(
    tmp_path: Path, call: Runner, monkeypatch: pytest.MonkeyPatch, shell: str, file: str
) -> None:
    monkeypatch.setattr(shellingham, "detect_shell", lambda: (shell, shell))
    home = {"HOME": str(tmp_path)}
    shown = call("--show-completion", now=None, env=home)
    assert (shown.code, shown.err) == (0, "")
    assert f"complete_{shell}" in shown.out
    assert list(tmp_path.iterdir()) == []

    done = call("--install-completion", now=None, env=home)
    assert (done.code, done.out) == (0, f"{shell} completes lines from its next start on: {tmp_path / file}\n")
    assert (tmp_path / file).read_text().strip() == shown.out.strip()
    told = call("--install-completion", now=None, env={**home, "AFTERSERVICE_LANG": "zh"}).out
    assert told == f"{shell} 的补全已装在 {tmp_path / file}，新开的终端里生效\n"


def test_a_shell_that_is_not_known_is_refused_and_the_users_own_is_taken(
    tmp_path: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere() -> tuple[str, str]:
        raise shellingham.ShellDetectionFailure

    for detect in (nowhere, lambda: ("dash", "/bin/dash")):
        monkeypatch.setattr(shellingham, "detect_shell", detect)
        done = call("--install-completion", now=None, env={"HOME": str(tmp_path), "SHELL": "/bin/dash"})
        assert (done.code, done.out) == (2, "")
        assert done.err == (
            "afterservice: lines are completed in bash, zsh and fish, and this is none of them\n"
            "  SHELL=bash afterservice --install-completion\n"
        )
        assert call("--show-completion", now=None, env={"SHELL": "/usr/bin/fish"}).code == 0
