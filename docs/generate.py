"""Write docs/commands.md and docs/zh/commands.md from the program itself: python docs/generate.py."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from afterservice_cli import cli
from afterservice_cli.console.helping import OPTIONS, value_name
from afterservice_cli.language import speaking, spoken, tr

HERE = Path(__file__).parent
PAGES = {"en": HERE / "commands.md", "zh": HERE / "zh" / "commands.md"}

INTRODUCTION = {
    "en": """\
# Commands

[中文](zh/commands.md)

Written by `docs/generate.py` from the program itself; a test fails when it has drifted.

The options of every command may stand anywhere on the line. `--help` after any command prints its part of
this page.

Without `--db` the desk is the nearest `afterservice.db`, here or in a folder above. One that belongs to somebody else,
and to no group of yours, is refused until you name it. `AFTERSERVICE_CEILING` in the environment is the last folder
looked into on the way up.

`afterservice --install-completion` makes bash, zsh or fish complete lines on Tab: commands, options, and what the desk
knows. Cases are offered open ones first, the newest of these first, at most 60: by number (`2026…`), by serial (`12`),
or as `last`. Names and values follow one another in `--field NAME=VALUE`, `--where` and `--set`; a label may be typed
instead of an id. zsh and fish show what each means. `--db`, `--as` and their variables count. The desk is only read:
if there is none, if it is in use, damaged or another version's, nothing is offered, and nothing is said.""",
    "zh": """\
# 命令

[English](../commands.md)

本页由 `docs/generate.py` 从程序生成；与程序不符时测试不通过。

各命令的选项写在行中任何位置都行。任何命令后加 `--help`，显示本页中它的那一段。设 `AFTERSERVICE_LANG=zh` 则一律说中文；
不设则看系统语言，系统也没有设时看规则文件的 `language:`。

不写 `--db` 时，台账是本文件夹或上级文件夹中最近的 `afterservice.db`。找到的台账若是别人的，也不归你所在的用户组，
须写明才能用。
环境变量 `AFTERSERVICE_CEILING` 是向上查找的最后一级文件夹。

运行 `afterservice --install-completion`，`bash`、`zsh`、`fish` 里按 Tab 就能补全命令、选项，
以及台账里有的内容。工单先列处理中的，新的在前，最多60个：可以按编号（`2026…`）、按序号（`12`），
也可以写 `last`。`--field 字段=值`、`--where` 和 `--set` 先补字段，再补值；
也可以输入名称的开头来代替编码。`zsh` 和 `fish` 会显示每一项的意思。
行中的 `--db`、`--as` 和相应的环境变量都算数。补全只读不写：没有台账、
台账正被占用、损坏或属于别的版本时，什么也不列，也不报错。""",
}
EVERY = {"en": "Every command", "zh": "所有命令"}
# What is said of an option beside what it is for.
NOTES = {
    "en": ("required", "or `{}` in the environment", "`{}` if not given", " ({})", "; "),
    "zh": ("必填", "或环境变量 `{}`", "不写则为 `{}`", "（{}）", "；"),
}


def page(language: str) -> str:
    """The whole page as Markdown."""
    with speaking(language):
        return "\n".join([INTRODUCTION[language], *_root(), *_stages()]) + "\n"


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
    yield from ("", f"## {EVERY[spoken()]}", "", _paragraphs(tree.help), "", *_options(tree))


def _stages() -> Iterator[str]:
    before = ""
    for name, stage, command in commands():
        if stage != before:
            yield from ("", f"## {tr(stage)}")
            if " " in name:
                yield from ("", _paragraphs(cli.GROUPS[name.split()[0]]))
        before = stage
        yield from ("", f"### `{name}`", "", _paragraphs(command.help), "", "```", _usage(name, command), "```")
        told = [f"- `{tr(argument.metavar)}` – {tr(argument.help)}" for argument in _of(command, "argument")]
        told += _options(command)
        yield from ["", *told] if told else []


def _usage(name: str, command: Any) -> str:
    words = ["afterservice", *name.split()]
    for option in _of(command, "option"):
        if option.required:
            words.append(f"{'|'.join((option.opts[0], *option.secondary_opts))} {value_name(option)}".strip())
    words += [tr(OPTIONS), *(tr(argument.metavar) for argument in _of(command, "argument"))]
    return " ".join(words)


def _options(command: Any) -> Iterator[str]:
    for option in _of(command, "option"):
        names = ", ".join(f"`{name}`" for name in option.opts)
        if option.secondary_opts:
            names = " / ".join((names, *(f"`{name}`" for name in option.secondary_opts)))
        value = f" `{value_name(option)}`" if value_name(option) else ""
        required, environment, default, around, between = NOTES[spoken()]
        notes = []
        if option.required:
            notes.append(required)
        if option.envvar:
            notes.append(environment.format(option.envvar))
        if isinstance(option.default, str | int) and option.default != "" and not option.is_flag:
            notes.append(default.format(option.default))
        told = around.format(between.join(notes)) if notes else ""
        yield f"- {names}{value} – {tr(option.help)}{told}"


def _of(command: Any, kind: str) -> list[Any]:
    return [parameter for parameter in command.params if parameter.param_type_name == kind and not _is_help(parameter)]


def _is_help(parameter: Any) -> bool:
    return "--help" in parameter.opts


def _paragraphs(text: str) -> str:
    """Help in the language spoken, a line a paragraph."""
    parts = tr(inspect.cleandoc(text)).split("\n\n")
    return "\n\n".join(" ".join(part.split("\n")) for part in parts)


if __name__ == "__main__":
    for language, path in PAGES.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(page(language), "utf-8")
