"""The messages of a case's whole life: the smallest line that brings each, at a desk whose rulebook uses every section.

`messages/life/*.txt` are like those of `messages/`; the desk is that of COURSE, under `rulebooks/life.yaml`.
"""

import ast
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from afterservice_cli import cli, decisions
from afterservice_cli.decisions.requirements import GIVES
from conftest import Runner
from message_lives import LIVES, lived_in
from sentence_patterns import escaped, is_said, pattern
from shown_messages import MESSAGES, check_message

__all__ = ["lived_in"]  # the desk of those lives

SOURCES = sorted(Path(decisions.__path__[0]).glob("*.py"))
SHOWN = (*MESSAGES.rglob("*.txt"), *(MESSAGES.parent / "transcripts").glob("*.md"))
# A command that is named as the way out, up to the next one.
WAY = re.compile(r"afterservice ((?:(?:rules|problem|measure) )?[a-z][a-z-]*)((?:(?!, |; |afterservice ).)*)")
# Whom no message may name.
PERSONAL = ("Zoe", "13900000077", "zoe@example.com", "SN-4711", "kettle")
# What no short line can show; the tests named here do.
ELSEWHERE = {
    "has been worked on since": "test_batches: one line of several",
    "put right there what an earlier one had told": "test_batches: one line of several",
    "has more than .* characters": "test_decisions_handling: a text that is a file by mistake",
    "holds bytes that are not UTF-8": "test_messages: bytes that are not UTF-8",
    "half a character": "test_decisions_intake: facts that the rulebook does not know",
    "the given time lies in the future": "test_decisions_handling; the command line says so before",
    "lies beyond the year": "test_found_by_play: promised beyond reach; the command line says so before",
    "is needless: plan .* was stopped": "test_decisions_tasks_doing: an outcome that makes the others needless",
    "is opened by the next event": "needs another rulebook, adopted in between",
    "has to be revised": "test_decisions_tasks_doing: an outcome that asks for another plan",
    "may not be done by": "test_decisions_tasks_doing: nobody verifies their own work",
    "waits for .* \\(": "test_decisions_tasks_doing: a task waits for the one above it",
    "was reopened at": "test_decisions_closing: nothing of a cycle happened before it began",
    "of .* was done at .*; this can": "test_decisions_tasks_doing: a task is done after the one that it waits for",
    "needs no approval": "test_decisions_planning: a plan that nobody has to approve",
    "over .* ends": "test_decisions_silence: tries are not enough before the time is over",
    "was opened at": "test_decisions_tasks_doing: a task is done after it was opened",
    "has no outcomes": "test_decisions_tasks_doing: an outcome is asked for",
    "comes to something": "test_decisions_tasks_doing: an outcome is asked for",
    "cannot come to": "test_decisions_tasks_doing: an outcome is asked for",
    "was last seen to, or adopted": "test_decisions_duties: it cannot be seen to before it was last",
    "what was personal in .* is erased": "test_decisions_erasing: a rulebook that keeps nothing",
    "the case is .* by then": "test_decisions_imported; it stands in a rejects file",
    "the customer had withdrawn by then": "test_decisions_imported; it stands in a rejects file",
    "the case was found invalid by then": "test_decisions_imported; it stands in a rejects file",
    "the case went on as .* by then": "test_decisions_imported; it stands in a rejects file",
    "the case does not wait by then": "test_decisions_imported; it stands in a rejects file",
    "which was taken back since": "test_decisions_resting: what a closing rests on",
    "the case was taken back": "test_decisions_imported; it stands in a rejects file",
}


@pytest.fixture
def place(lived_in: Path, tmp_path: Path) -> Path:
    """That folder, for one test to spoil."""
    shutil.copytree(lived_in, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.mark.parametrize("path", LIVES, ids=lambda path: path.stem)
def test_message(path: Path, place: Path, call: Runner) -> None:
    check_message(path, place, call, PERSONAL)


@pytest.mark.parametrize("path", LIVES, ids=lambda path: path.stem)
def test_each_refusal_names_its_way_out(path: Path) -> None:
    said = path.read_text("utf-8").splitlines()
    assert said[1].startswith("afterservice: ")
    if said[-1] == "[exit 6]":
        assert said[2].startswith("  "), "a refusal without its way out"


def test_a_way_out_names_commands_and_options_that_there_are() -> None:
    tree: Any = typer.main.get_command(cli.app())
    lines = [line for path in MESSAGES.rglob("*.txt") for line in path.read_text("utf-8").splitlines()[2:]]
    ways = [way for line in (*lines, *(f"afterservice {line}" for line in GIVES.values())) for way in WAY.findall(line)]
    assert len(ways) > 60
    for name, rest in ways:
        found = tree
        for word in name.split():
            assert word in found.commands, name
            found = found.commands[word]
        options = {option for parameter in found.params for option in (*parameter.opts, *parameter.secondary_opts)}
        assert set(re.findall(r"--[a-z-]+", rest)) <= {*options, *cli.ROOT_OPTIONS, "--help"}, (name, rest)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_every_message_of_a_decision_is_shown_somewhere(source: Path) -> None:
    said = {line.removeprefix("afterservice: ") for file in SHOWN for line in file.read_text("utf-8").splitlines()}
    missing = [text for text, _ in problems(source) if not any(re.fullmatch(text, line) for line in said)]
    assert [text for text in missing if not any(words in text for words in ELSEWHERE)] == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_every_refusal_has_the_word_of_its_rule_and_a_hint(source: Path) -> None:
    bare = [text for text, call in problems(source) if _name(call) == "Refused" and _named(call) != {"hint", "rule"}]
    # A row of an import has no way on but its own correction.
    assert [text for text in bare if not any(words in text for words in ELSEWHERE)] == []


def test_the_patterns_find_the_messages() -> None:
    found = [text for source in SOURCES for text, _ in problems(source)]
    assert len(found) > 70
    assert ".* is closed and cannot be changed" in found


def problems(source: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every text of a problem that a module raises, as a pattern, with the call that makes it."""
    for call in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(call, ast.Call) and _name(call) in ("Refused", "BadInput", "NotFound", "Conflict"):
            for text in _texts(call.args[0]):
                yield text, call


def _texts(text: ast.expr) -> Iterator[str]:
    match text:
        case ast.Constant(value=value):
            yield escaped(str(value))
        case ast.JoinedStr(values=values):
            yield "".join(escaped(str(v.value)) if isinstance(v, ast.Constant) else ".*" for v in values)
        case ast.Call() if is_said(text):
            yield pattern(text)
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*_texts(body), *_texts(orelse))
        case _:
            raise AssertionError(f"no pattern for {ast.dump(text)}")


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _named(call: ast.Call) -> set[str]:
    return {keyword.arg for keyword in call.keywords if keyword.arg}
