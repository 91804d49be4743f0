"""The reference pages say what the shapes say that read a rulebook and a profile."""

import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer

from afterservice_cli import cli
from afterservice_cli.cases.case import Event
from afterservice_cli.cases.events import EVENT_WORDS, KINDS
from afterservice_cli.intake.reading.profile import PROFILE
from afterservice_cli.language import LANGUAGES, translated
from afterservice_cli.rulebook.checks.names import CASE_FIELDS
from afterservice_cli.rulebook.document.schema import RULEBOOK
from afterservice_cli.rulebook.vocabulary import CASE_FACTS, GIVE, OUTCOME, PLACEHOLDERS, SCORES
from tools import tool

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """`docs/generate_reference.py`, which is no part of the package."""
    return tool("generate_reference")


@pytest.fixture(scope="module")
def keys() -> ModuleType:
    """`docs/reference/keys.py`, which makes the tables of keys."""
    return tool("reference.keys")


PAGES = ["rulebook.md", "profiles.md", "zh/rulebook.md", "zh/profiles.md"]


@pytest.mark.parametrize("name", [*PAGES, "events.md", "zh/events.md"])
def test_the_page_has_not_drifted(generator: ModuleType, name: str) -> None:
    written = (DOCS / name).read_text(encoding="utf-8")
    assert written == generator.pages()[name], "run: python docs/generate_reference.py"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "shape"), [("rulebook.md", RULEBOOK), ("profiles.md", PROFILE)])
def test_every_key_has_a_row_with_its_explanation(
    generator: ModuleType, keys: ModuleType, name: str, shape: object, language: str
) -> None:
    page = generator.pages()[name if language == "en" else f"zh/{name}"]
    sections = keys.sections_of(shape)
    assert len(sections) > 2
    for section in sections:
        for entry in section.KEYS.values():
            told = translated(entry.doc, language)
            assert told
            assert re.search(rf"^\| `{entry.written}` \| .+ \| {re.escape(told)} \|$", page, re.MULTILINE)


@pytest.mark.parametrize("name", ["rulebook.md", "zh/rulebook.md"])
def test_the_page_names_all_that_a_condition_may_ask_for_and_a_message_may_say(name: str) -> None:
    page = (DOCS / name).read_text(encoding="utf-8")
    above = page[: page.index("\n## ")]
    assert [fact for fact in (*CASE_FACTS, *CASE_FIELDS, SCORES, OUTCOME, GIVE) if f"`{fact}" not in above] == []
    assert [word for word in PLACEHOLDERS if f"`{{{word}}}`" not in above] == []


@pytest.mark.parametrize("name", PAGES)
def test_every_link_has_its_heading_and_every_row_its_columns(generator: ModuleType, name: str) -> None:
    page = generator.pages()[name]
    headings = re.findall(r"^## (.+)$", page, re.MULTILINE)
    slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\(#([^)]*)\)", page)) <= slugs
    assert len(slugs) == len(headings)
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {5}


@pytest.mark.parametrize("name", ["zh/rulebook.md", "zh/profiles.md"])
def test_a_page_in_chinese_has_the_tables_of_the_english_one_and_no_english(generator: ModuleType, name: str) -> None:
    pages = generator.pages()
    chinese, english = ([line for line in pages[page].splitlines() if line[:1] in "#|"] for page in (name, name[3:]))
    assert len(chinese) == len(english)
    assert [row.split("|")[1] for row in chinese if row[:3] == "| `"] == [
        row.split("|")[1] for row in english if row[:3] == "| `"
    ]
    plain = re.sub(r"`[^`]*`|\]\([^)]*\)", "", "\n".join(chinese))
    assert re.findall(r"[A-Za-z]+(?: [a-z]+)+", plain) == []


def test_nested_keys_are_reached(keys: ModuleType) -> None:
    places = {place for place, _ in keys.sections_of(RULEBOOK).values()}
    assert {"", "calendar", "conditions.<id>", "closing.survey", "examples.expect"} <= places


# --- events -----------------------------------------------------------------------------------------------------

# Kinds that set deadlines, but that no target begins or ends with: a task has a name of its own, and the others only
# move what has begun.
NO_ANCHORS = {"task_done", "twin_counted", "earlier_counted", "amended", "deadline_moved", "retracted"}


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
def test_every_kind_of_event_has_a_row_with_its_sentence_and_its_fields(
    generator: ModuleType, kind: type[Event]
) -> None:
    (row,) = (line for line in generator.pages()["events.md"].splitlines() if line.startswith(f"| {kind.__name__} |"))
    _, _, word, sentence, given, fields, clock, _ = (cell.strip() for cell in row.split("|"))
    assert word == f"`{kind.WORD}`" and sentence.endswith((".", ":")) and given
    assert re.findall(r"`(\w+)`", fields) == [name for name in kind.__fields__ if name not in ("at", *kind.PERSONAL)]
    assert re.findall(r"\*(\w+)\*", fields) == list(kind.PERSONAL)
    assert bool(clock) == (kind.WORD in EVENT_WORDS or kind.WORD == "task_done")


def test_every_command_that_gives_an_event_exists() -> None:
    known = {name for name, _, _ in cli.COMMANDS}
    tree = typer.main.get_command(cli.app())
    for kind in KINDS.values():
        for named in kind.COMMANDS:
            command, _, option = named.partition(" --")
            assert command in known, kind
            found: Any = tree
            for word in command.split():
                found = found.commands[word]
            options = {name for parameter in found.params for name in (*parameter.opts, *parameter.secondary_opts)}
            assert not option or f"--{option}" in options, kind


def test_targets_name_events_by_words_that_events_have() -> None:
    words = {kind.WORD for kind in KINDS.values()}
    assert len(words) == len(KINDS) and "" not in words
    assert set(EVENT_WORDS) <= words
    begin = {kind.WORD for kind in KINDS.values() if "deadlines" in kind.__fields__}
    assert begin - set(EVENT_WORDS) == NO_ANCHORS
    assert set(EVENT_WORDS) <= begin, "a target could begin with it, and the event could not carry its deadline"


def test_the_tables_of_events_have_their_columns(generator: ModuleType) -> None:
    rows = [line for line in generator.pages()["events.md"].splitlines() if line.startswith("|")]
    assert {row.count("|") for row in rows} == {5, 7}
