"""Help and complaints about the command line, in the language spoken: typer has both in English alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from afterservice_cli.errors import BadUsage, alike, nearest, typed
from afterservice_cli.language import listed, sentence, tr

# What typer's own pages say, by the name that it has there.
PAGES = {
    "ARGUMENTS_PANEL_TITLE": sentence("Arguments"),
    "OPTIONS_PANEL_TITLE": sentence("Options"),
    "COMMANDS_PANEL_TITLE": sentence("Commands"),
    "DEFAULT_STRING": sentence("[default: {}]"),
    "ENVVAR_STRING": sentence("[env var: {}]"),
    "REQUIRED_LONG_STRING": sentence("[required]"),
}
USAGE = sentence("Usage: ")
OPTIONS, COMMAND, HELP = sentence("[OPTIONS]"), sentence("COMMAND [ARGS]..."), sentence("Show this message and exit.")
# What a value is called that has no name of its own, by the name of its type there.
KINDS = {
    "str": sentence("TEXT"),
    "path": sentence("FILE"),
    "int": sentence("NUMBER"),
    "int range": sentence("NUMBER"),
}

# The commands that do what other programs have these words for.
ELSEWHERE = {
    **dict.fromkeys(("search", "find"), "list --find"),
    **dict.fromkeys(("new", "add"), "register"),
    **dict.fromkeys(("delete", "undo"), "retract"),
    "edit": "amend",
}


# The options that do what other programs, or people, have these words for.
OPTIONS_ELSEWHERE = {
    **dict.fromkeys(("contact", "phone", "name"), "customer"),
    **dict.fromkeys(("search", "text", "keyword"), "find"),
}


class _Speaks:
    """What a command and a group of them have in common: their help is in the language spoken."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line; an error knows whose line it was."""
        for parameter in self.params:  # type: ignore[attr-defined]
            if parameter.type.name == "path":
                # Whoever opens the file says what is wrong with it; typer's own words would be told as a number's.
                parameter.type.readable = False
        _check_dashes(ctx, args)
        try:
            rest: list[str] = super().parse_args(ctx, args)  # type: ignore[misc]
        except typer.TyperException as error:
            if getattr(error, "ctx", None) is None:
                error.ctx = ctx  # type: ignore[attr-defined]
            raise
        return rest

    def get_usage(self, ctx: Any) -> str:
        """Return the line that says how it is written."""
        usage: str = super().get_usage(ctx)  # type: ignore[misc]
        return tr(USAGE) + usage.removeprefix(USAGE)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page of help."""
        _put_into_words(self, ctx)
        super().format_help(ctx, formatter)  # type: ignore[misc]


def _check_dashes(ctx: Any, args: Sequence[str]) -> None:
    """Refuse a name of an option behind anything but two hyphens, such as what a Chinese keyboard makes of them."""
    names = {name for one in (ctx, ctx.parent) if one for each in one.command.params for name in each.opts}
    for word in args[: args.index("--")] if "--" in args else args:
        found = re.match(r"([-–—－−]+)([a-z][a-z-]+)(?:=|$)", word)
        if found and found[1] != "--" and f"--{found[2]}" in names:
            raise BadUsage(
                tr("there is no option {option} – write {known}", option=found[1] + found[2], known=f"--{found[2]}"),
                hint=help_of(ctx),
            )


class Command(_Speaks, TyperCommand):
    """A command whose help is in the language spoken."""


class Group(_Speaks, TyperGroup):
    """A group of commands whose help is in the language spoken."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that is named; `BadUsage` names the nearest if there is none of this name."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            name, known = typed(args[0]), list(self.commands)
            meant = ELSEWHERE.get(args[0]) if ctx.parent is None else None
            if ctx.parent is None and not meant and not alike(args[0], known):
                raise BadUsage(tr("there is no command '{name}'", name=name), hint=help_of(ctx))  # too many to name
            near = tr("'{word}'", word=meant) if meant else nearest(args[0], known)
            raise BadUsage(tr("there is no command '{name}' – write {known}", name=name, known=near), hint=help_of(ctx))
        return super().resolve_command(ctx, args)


def _put_into_words(command: Any, ctx: Any) -> None:
    """Put everything that a page of help says into the language spoken; the commands are built for it alone."""
    from typer import rich_utils

    from afterservice_cli.render.breaking import break_chinese

    break_chinese()
    rich_utils.RANGE_STRING = ""  # `1<=x<=100` says less than it looks
    for name, text in PAGES.items():
        setattr(rich_utils, name, tr(text))
    for told in (command, *getattr(command, "commands", {}).values()):
        told.help = tr(told.help) if told.help else told.help
        told.short_help = None
        if panel := getattr(told, "rich_help_panel", None):
            told.rich_help_panel = tr(panel)
    command.options_metavar = tr(OPTIONS)
    if isinstance(command, TyperGroup):
        command.subcommand_metavar = tr(COMMAND)
    for parameter in command.get_params(ctx):
        parameter.help = tr(parameter.help)
        parameter.metavar = value_name(parameter) or parameter.metavar
        if parameter.param_type_name == "argument":
            # Beside its name the type says nothing. It is shared by all that have it.
            parameter.type = copy(parameter.type)
            parameter.type.get_metavar = lambda **_: ""


def value_name(parameter: Any) -> str:
    """Return what the value of an option or argument is called, in the language spoken; "" for a flag."""
    if getattr(parameter, "is_flag", False):
        return ""
    return tr(parameter.metavar or KINDS.get(parameter.type.name, parameter.type.name))


def help_of(ctx: Any) -> str:
    """Return the line that prints the help of the command that was read; the program's, if none was."""
    return f"{ctx.command_path if ctx else 'afterservice'} --help"


def complaint(error: typer.TyperException) -> str:
    """Return what is wrong with the command line; unexpected words may be a customer's and are not repeated."""
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    if "extra argument" in message:
        return tr(
            "there are more words than the command takes – put a text with blanks into quotes, and what an option "
            "takes behind it"
        )
    parameter, kind = getattr(error, "param", None), type(error).__name__
    if kind == "NoSuchOption":
        option = "--" + typed(getattr(error, "option_name", "").lstrip("-"))
        if known := listed(_options(error, option)):
            return tr("there is no option {option} – write {known}", option=option, known=known)
        return tr("there is no option {option}", option=option)
    if kind == "BadOptionUsage":
        option = getattr(error, "option_name", "")
        if "does not take" in message:
            return tr("{option} takes no value", option=option)
        return tr("{option} needs its value after it", option=option)
    if kind == "MissingParameter" and parameter is not None:
        return tr("{name} is missing", name=_name(parameter))
    if kind == "BadParameter" and parameter is not None:
        return tr("{name} must be {kind}", name=_name(parameter), kind=_kind(parameter))
    return message or tr("a command is missing")


def _options(error: typer.TyperException, option: str) -> list[str]:
    """Return the options that were meant: by what other programs call them, by their spelling or their last word."""
    context, word = getattr(error, "ctx", None), option[2:]
    parameters = context.command.params if context else ()
    every = [name[2:] for each in parameters for name in each.opts if name.startswith("--")]
    meant = OPTIONS_ELSEWHERE.get(word, "")
    found = [meant] if meant in every else alike(word, every, most=3)
    return [f"--{name}" for name in sorted(found or (name for name in every if name.endswith(f"-{word}")))]


def _name(parameter: Any) -> str:
    """Return what a parameter is called on the command line."""
    words = parameter.opts if parameter.param_type_name == "option" else [tr(parameter.human_readable_name)]
    return " / ".join(f"'{word}'" for word in words)


def _kind(parameter: Any) -> str:
    """Return what a parameter takes, in words."""
    least, most = getattr(parameter.type, "min", None), getattr(parameter.type, "max", None)
    if least is not None and most is not None:
        return tr("a whole number from {least} to {most}", least=least, most=most)
    if least is not None:
        return tr("a whole number of {least} or more", least=least)
    return tr("a whole number")
