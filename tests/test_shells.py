"""How bash, zsh and fish ask and are answered, what real ones do with it, and how completion is put in place."""

import os
import pty
import re
import select
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import shellingham  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from afterservice_cli.console import shells
from afterservice_cli.console.shells import Choice, Typed, answer
from completions import HOSTILE, Asked, asker, three_cases
from conftest import Once, Runner, clean_env


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Asked:
    return asker(tmp_path, monkeypatch, capsys)


@pytest.fixture
def worked(desk: Path, once: Once, call: Runner) -> Path:
    return three_cases(desk, once, call)


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
