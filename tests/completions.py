"""How a line goes on, asked as a shell asks it, at a desk with three cases."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from afterservice_cli import completing
from afterservice_cli.console import shells
from conftest import Once, Runner, clean_env

Asked = Callable[..., list[str]]
# What customers may write, and shells may take for something else.
HOSTILE = "a \\$(touch pwned) `touch pwned` $(touch pwned) '; touch pwned; ' \"x\": [red] \x1b[31m\tb\nnext line\\"
CONTACT = "13900007791"


def asker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Asked:
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


def three_cases(desk: Path, once: Once, call: Runner) -> Path:
    """A desk with three cases, the second of which is closed, and the last of which is hostile."""

    def done(*words: str, now: str) -> None:
        said = call(*words, now=now)
        assert said.code == 0, said.err

    def registered() -> None:
        text = "the door does not open"
        person = ("--contact", CONTACT, "--customer", "Wang")
        done("register", text, "--channel", "phone", *person, now="2026-10-12 09:00")
        done("register", "APP无法登录", "--channel", "app", now="2026-10-12 10:00")
        done("register", HOSTILE, "--channel", "phone", now="2026-10-12 11:00")
        done("close", "002", "--resolution", "mended", "--confirmed", "--rating", "5", now="2026-10-12 12:00")

    once(registered)
    return desk
