"""docs/commands.md, and its Chinese, say what the program has: generated, and everything in it is explained."""

from typing import Any

import pytest

from tools import tool

generate: Any = tool("generate")
COMMANDS = {name: command for name, _, command in generate.commands()}


@pytest.mark.parametrize("language", generate.PAGES)
def test_the_page_says_what_the_program_has(language: str) -> None:
    assert generate.PAGES[language].read_text("utf-8") == generate.page(language), "run python docs/generate.py"


@pytest.mark.parametrize("language", generate.PAGES)
def test_every_command_is_on_the_page(language: str) -> None:
    page = generate.PAGES[language].read_text("utf-8")
    assert len(COMMANDS) >= 21
    for name, command in COMMANDS.items():
        _, heading, part = page.partition(f"\n### `{name}`\n")
        assert heading, name
        part = part.partition("\n#")[0]
        for parameter in command.params:
            for word in (*parameter.opts, *parameter.secondary_opts) if parameter.param_type_name == "option" else ():
                assert f"`{word}`" in part, (name, word)


@pytest.mark.parametrize("name", COMMANDS)
def test_everything_has_help(name: str) -> None:
    command = COMMANDS[name]
    assert command.help and command.help.splitlines()[0].endswith("."), "a sentence on what it does"
    for parameter in command.params:
        assert parameter.help and parameter.help.strip(), parameter.name


def test_help_is_one_command_by_stage() -> None:
    assert [stage for _, stage, _ in generate.commands()] == sorted(
        (stage for _, stage, _ in generate.commands()),
        key=[
            "The desk",
            "Intake",
            "Triage",
            "Handling",
            "Closing",
            "Problems and measures",
            "Mending",
            "Looking",
            "The rules",
            "The calendar",
        ].index,
    )
