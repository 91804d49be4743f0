"""The tutorial, and the page on roles, really go like this: every command runs in order, in one empty folder.

A block ```` ```console at 2026-11-02 09:00 ```` runs under that clock. What stands under a command is what it says on
both its streams, as it comes; a line `…` stands for lines left out, `[exit N]` for an exit code that is not 0, and a
command with nothing under it is run without a look at what it says. It runs at a terminal, so that lists are tables.
Hashes become `<hash>`, who runs the tests `you`.
UPDATE_TRANSCRIPTS=1 writes whole what no longer fits.
"""

import os
import re
import shlex
from pathlib import Path

import pytest

from conftest import Runner

DOCS = Path(__file__).parents[1] / "docs"
COLUMNS = 100  # of the terminal at which it goes
BLOCK = re.compile(r"^```console at ([\d: -]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


PAGES = [("tutorial.md", 15), ("zh/tutorial.md", 8), ("roles.md", 1), ("zh/roles.md", 1)]


@pytest.mark.parametrize(("name", "blocks"), PAGES)
def test_it_goes_as_it_is_told(call: Runner, name: str, blocks: int) -> None:
    page = DOCS / name
    written = page.read_text("utf-8")
    assert len(BLOCK.findall(written)) >= blocks

    def block(found: re.Match[str]) -> str:
        clock, text = found.groups()
        commands = re.split(r"^\$ ", text, flags=re.MULTILINE)
        assert not commands[0].strip(), "a block begins with a command"
        language = "zh" if name.startswith("zh/") else "en"
        return f"```console at {clock}\n{''.join(_told(call, clock, language, part) for part in commands[1:])}```"

    actual = BLOCK.sub(block, written)
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        page.write_text(actual, "utf-8")
    assert actual.splitlines() == written.splitlines()


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: str(page.relative_to(DOCS)))
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([\w/.-]+)\)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).is_file()] == []


def test_the_tutorial_shows_what_a_beginner_needs() -> None:
    text = (DOCS / "tutorial.md").read_text("utf-8")
    shown = {shlex.split(line)[1] for line in re.findall(r"^\$ (.+)$", text, re.MULTILINE)}
    wanted = "init register screen merge respond note list due propose approve agree task resolve confirm rate close"
    assert {*wanted.split(), "report", "show", "retract", "amend", "reopen", "check"} <= shown


def _told(call: Runner, clock: str, language: str, part: str) -> str:
    """The command with what is shown of it, or with all that it says where that does not fit."""
    line, _, shown = part.partition("\n")
    program, *words = shlex.split(line)
    done = call(*words, now=clock, env={"AFTERSERVICE_LANG": language}, columns=COLUMNS)
    said = _normalised(done.both) + (f"[exit {done.code}]\n" if done.code else "")
    assert program == "afterservice"
    body = shown.rstrip("\n") + "\n" if shown.strip() else ""
    fits = not done.code if not body else _fits(body, said)
    return f"$ {part}" if fits else f"$ {line}\n{said}"


def _fits(shown: str, said: str) -> bool:
    """Whether what is shown is what was said, lines left out where `…` stands."""
    pattern = "".join(r"(?:.*\n)+?" if line == "…\n" else re.escape(line) for line in shown.splitlines(keepends=True))
    return re.fullmatch(pattern, said) is not None


def _normalised(text: str) -> str:
    text = re.sub(r"\b[0-9a-f]{12,}\b", "<hash>", text)
    return re.sub(r" +$", "", text, flags=re.MULTILINE)  # a table's cells are as wide as their column
