"""Console blocks of pages: each command is run, and what a page shows of it is held against what it says.

A block ```` ```console at 2026-10-12 09:30 ```` runs under that clock (`--now`). `$ ` begins a command, `> ` continues
it; what follows is its standard output and standard error as they come, and `[exit N]` if N is not 0. A line `…`
stands for any lines, or none, but hides no exit code. A command that is nothing but one call of the program runs within
this process, which takes a tenth of the time; all others go to the shell. Before they are compared, twelve or more hex
digits become `<hash>`, the folder `<folder>`, and whoever runs the tests, as a cell of its own, `<user>`.
"""

import os
import pwd
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from conftest import Result, Runner, clean_env

BLOCK = re.compile(r"^```console at ([\d: -]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.*(?:\n> .*)*)$", re.MULTILINE)
SHELL = 'afterservice() { command afterservice --now "$CLOCK" "$@"; }\n'


def played(page: str, call: Runner, folder: Path, language: str = "en", columns: int | None = None) -> str:
    """The page as its commands say it, run in order in `folder`; a `…` that fits stays.

    With `columns` a call of the program alone is made at a terminal so wide.
    """

    def said(line: str, clock: str) -> str:
        words = _one_call(line)
        if words is None:
            code, text = _in_a_shell(line, clock, folder, language)
        else:
            code, text = _within(partial(call, columns=columns), words, clock, folder, language)
        if columns is not None:
            text = re.sub(r" +$", "", text, flags=re.MULTILINE)  # a table's cells are as wide as their column
        return normalised(text, folder) + (f"[exit {code}]\n" if code else "")

    def block(found: re.Match[str]) -> str:
        clock, text = found.groups()
        _, *entries = COMMAND.split(text)
        shown = []
        for line, before in zip(entries[::2], entries[1::2], strict=True):
            now, written_there = said(line, clock), before.removeprefix("\n")
            shown.append(f"$ {line}\n{written_there if fits(written_there, now) else now}")
        return f"```console at {clock}\n{''.join(shown)}```"

    return BLOCK.sub(block, page)


def fits(shown: str, said: str) -> bool:
    """Whether what a page shows is what was said, with any lines but an exit code in place of each `…`."""
    lines = shown.splitlines(keepends=True)
    left_out = r"(?:(?!\[exit \d+\]$).*\n)*"
    pattern = "".join(left_out if line == "…\n" else re.escape(line) for line in lines)
    return bool(re.fullmatch(pattern, said, re.MULTILINE))


def _one_call(line: str) -> list[str] | None:
    """The words of a line that only calls the program, its variables first; None if a shell has more to do."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|<>;&")
    lexer.whitespace_split = True
    words = list(lexer)
    program = next((word for word in words if "=" not in word), "")
    return words if program == "afterservice" and not {"|", ">", "<", ";", "&", ">&"} & set(words) else None


def _within(call: Callable[..., Result], words: list[str], clock: str, folder: Path, language: str) -> tuple[int, str]:
    start = words.index("afterservice")
    given = dict(word.split("=", 1) for word in words[:start])
    done = call(*words[start + 1 :], now=clock, env={"AFTERSERVICE_LANG": language, **given}, cwd=folder)
    return done.code, done.both


def _in_a_shell(line: str, clock: str, folder: Path, language: str) -> tuple[int, str]:
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    given = {"AFTERSERVICE_LANG": language, "CLOCK": clock, "PATH": path}
    done = subprocess.run(
        ["sh", "-c", SHELL + line.replace("\n> ", "\n")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        # Unbuffered, so that both streams come in the order in which they were written.
        env=clean_env({**given, "PYTHONUNBUFFERED": "1"}),
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout.decode()


def normalised(text: str, folder: Path) -> str:
    text = text.replace(str(folder), "<folder>")
    text = re.sub(r"\b[0-9a-f]{12,}\b", "<hash>", text)
    return re.sub(rf"\t{re.escape(_user())}(?=\t| as )", "\t<user>", text)


def _user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
