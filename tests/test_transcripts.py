"""Console transcripts: every command runs in order in one new folder, and says what stands there.

A block ```` ```console at 2026-10-12 09:30 ```` runs under that clock (`--now`). `$ ` begins a command, `> ` continues
it; what follows is its standard output and standard error as they come, and `[exit N]` where N is not 0. A line `…`
stands for any lines, or none: for what another transcript shows. A command that is nothing but one call of the program
runs within this process, which takes a tenth of the time; all others go to the shell. Before they are compared, twelve
or more hex digits become `<hash>`, and whoever runs the tests, as a cell of its own, `<user>`. UPDATE_TRANSCRIPTS=1
writes what the commands say into the files; a `…` that fits stays.
"""

import os
import pwd
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import Runner, clean_env

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.md"))
BLOCK = re.compile(r"^```console at ([\d: -]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.*(?:\n> .*)*)$", re.MULTILINE)
SHELL = 'afterservice() { command afterservice --now "$CLOCK" "$@"; }\n'


def test_there_are_transcripts() -> None:
    assert len(TRANSCRIPTS) >= 8


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(path: Path, tmp_path: Path, call: Runner) -> None:
    written = path.read_text("utf-8")
    assert BLOCK.search(written), "no block is run"

    def said(line: str, clock: str) -> str:
        words = _one_call(line)
        code, text = _in_a_shell(line, clock, tmp_path) if words is None else _within(call, words, clock)
        return _normalised(text, tmp_path) + (f"[exit {code}]\n" if code else "")

    def block(found: re.Match[str]) -> str:
        clock, text = found.groups()
        _, *entries = COMMAND.split(text)
        shown = []
        for line, before in zip(entries[::2], entries[1::2], strict=True):
            now, written_there = said(line, clock), before.removeprefix("\n")
            shown.append(f"$ {line}\n{written_there if _fits(written_there, now) else now}")
        return f"```console at {clock}\n{''.join(shown)}```"

    actual = BLOCK.sub(block, written)
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        path.write_text(actual, "utf-8")
    assert actual.splitlines() == written.splitlines()


@pytest.mark.parametrize(
    ("shown", "fits"),
    [
        ("one\ntwo\nthree\n", True),
        ("one\n…\nthree\n", True),
        ("…\n", True),
        ("one\n…\ntwo\n…\nthree\n", True),
        ("one\nthree\n", False),
        ("…\ntwo\n", False),
        ("one\ntwo …\nthree\n", False),
        ("t…\n", False),
    ],
)
def test_an_ellipsis_stands_for_lines(shown: str, fits: bool) -> None:
    assert _fits(shown, "one\ntwo\nthree\n") is fits


def _fits(shown: str, said: str) -> bool:
    """Whether what a transcript shows is what was said, with any lines in place of each `…`."""
    lines = shown.splitlines(keepends=True)
    return bool(re.fullmatch("".join(r"(?:.*\n)*" if line == "…\n" else re.escape(line) for line in lines), said))


def _one_call(line: str) -> list[str] | None:
    """The words of a line that only calls the program, its variables first; None where a shell has more to do."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|<>;&")
    lexer.whitespace_split = True
    words = list(lexer)
    program = next((word for word in words if "=" not in word), "")
    return words if program == "afterservice" and not {"|", ">", "<", ";", "&", ">&"} & set(words) else None


def _within(call: Runner, words: list[str], clock: str) -> tuple[int, str]:
    start = words.index("afterservice")
    done = call(*words[start + 1 :], now=clock, env=dict(word.split("=", 1) for word in words[:start]))
    return done.code, done.both


def _in_a_shell(line: str, clock: str, folder: Path) -> tuple[int, str]:
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    done = subprocess.run(
        ["sh", "-c", SHELL + line.replace("\n> ", "\n")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        # Unbuffered, so that both streams come in the order in which they were written.
        env=clean_env({"CLOCK": clock, "PATH": path, "PYTHONUNBUFFERED": "1"}),
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout.decode()


def _normalised(text: str, folder: Path) -> str:
    text = text.replace(str(folder), "<folder>")
    text = re.sub(r"\b[0-9a-f]{12,}\b", "<hash>", text)
    return re.sub(rf"\t{re.escape(_user())}(?=\t| as )", "\t<user>", text)


def _user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
