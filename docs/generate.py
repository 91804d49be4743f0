"""Write docs/commands.md from the program itself: python docs/generate.py."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from afterservice_cli import cli

PAGE = Path(__file__).with_name("commands.md")

INTRODUCTION = """\
# Commands

Written by `docs/generate.py` from the program itself; a test fails when it has drifted.

The options of every command may stand anywhere on the line. `--help` after any command prints its part of
this page.

Without `--db` the desk is the nearest `afterservice.db`, here or in a folder above. One that belongs to somebody else,
and to no group of yours, is refused until you name it. `AFTERSERVICE_CEILING` in the environment is the last folder
looked into on the way up."""


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join([INTRODUCTION, *_root(), *_stages()]) + "\n"


def commands() -> Iterator[tuple[str, str, Any]]:
    """Each command: its name as typed, its stage, and what Typer makes of it."""
    tree: Any = typer.main.get_command(cli.app())
    for name, stage, _ in cli.COMMANDS:
        found = tree
        for word in name.split():
            found = found.commands[word]
        yield name, stage, found


def _root() -> Iterator[str]:
    tree: Any = typer.main.get_command(cli.app())
    yield from ("", "## Every command", "", _paragraphs(tree.help), "", *_options(tree))


def _stages() -> Iterator[str]:
    before = ""
    for name, stage, command in commands():
        if stage != before:
            yield from ("", f"## {stage}")
            if " " in name:
                yield from ("", _paragraphs(cli.GROUPS[name.split()[0]][1]))
        before = stage
        yield from ("", f"### `{name}`", "", _paragraphs(command.help), "", "```", _usage(name, command), "```")
        told = [f"- `{argument.metavar}` – {argument.help}" for argument in _of(command, "argument")]
        told += _options(command)
        yield from ["", *told] if told else []


def _usage(name: str, command: Any) -> str:
    words = ["afterservice", *name.split()]
    for option in _of(command, "option"):
        if option.required:
            words.append(f"{'|'.join((option.opts[0], *option.secondary_opts))} {_metavar(option)}".strip())
    words += ["[OPTIONS]", *(argument.metavar for argument in _of(command, "argument"))]
    return " ".join(words)


def _options(command: Any) -> Iterator[str]:
    for option in _of(command, "option"):
        names = ", ".join(f"`{name}`" for name in option.opts)
        if option.secondary_opts:
            names = " / ".join((names, *(f"`{name}`" for name in option.secondary_opts)))
        value = f" `{_metavar(option)}`" if _metavar(option) else ""
        notes = []
        if option.required:
            notes.append("required")
        if option.envvar:
            notes.append(f"or `{option.envvar}` in the environment")
        if isinstance(option.default, str | int) and option.default != "" and not option.is_flag:
            notes.append(f"`{option.default}` if not given")
        told = f" ({'; '.join(notes)})" if notes else ""
        yield f"- {names}{value} – {option.help}{told}"


def _of(command: Any, kind: str) -> list[Any]:
    return [parameter for parameter in command.params if parameter.param_type_name == kind and not _is_help(parameter)]


def _is_help(parameter: Any) -> bool:
    return "--help" in parameter.opts


def _metavar(option: Any) -> str:
    if option.is_flag:
        return ""
    return str(option.metavar or option.name.upper())


def _paragraphs(text: str) -> str:
    """Help as it was written, a line a paragraph."""
    parts = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(" ".join(part.split("\n")) for part in parts)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
