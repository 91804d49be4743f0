"""Help and complaints about the command line, in the language spoken: typer has both in English alone."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from afterservice_cli.errors import BadUsage, nearest
from afterservice_cli.language import sentence, spoken, tr

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
PIECES = sentence("[OPTIONS]"), sentence("COMMAND [ARGS]...")


class _Speaks:
    """What a command and a group of them have in common: their help is in the language spoken."""

    def get_usage(self, ctx: Any) -> str:
        """Return the line that says how it is written."""
        usage: str = super().get_usage(ctx)  # type: ignore[misc]
        return tr(USAGE) + usage.removeprefix(USAGE)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page of help."""
        if spoken() != "en":
            _speak_of(self, ctx)
        super().format_help(ctx, formatter)  # type: ignore[misc]


class Command(_Speaks, TyperCommand):
    """A command whose help is in the language spoken."""


class Group(_Speaks, TyperGroup):
    """A group of commands whose help is in the language spoken."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that is named; `BadUsage` names the nearest if there is none of this name."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            known = nearest(args[0], list(self.commands))
            raise BadUsage(tr("there is no command '{name}' – write {known}", name=args[0][:40], known=known))
        return super().resolve_command(ctx, args)


def _speak_of(command: Any, ctx: Any) -> None:
    from typer import rich_utils

    for name, text in PAGES.items():
        setattr(rich_utils, name, tr(text))
    for told in (command, *getattr(command, "commands", {}).values()):
        told.help = tr(told.help) if told.help else told.help
        told.short_help = None
        if panel := getattr(told, "rich_help_panel", None):
            told.rich_help_panel = tr(panel)
    command.options_metavar = tr(PIECES[0])
    if isinstance(command, TyperGroup):
        command.subcommand_metavar = tr(PIECES[1])
    for parameter in command.get_params(ctx):
        if parameter.help:
            parameter.help = tr(parameter.help)


def complaint(error: typer.TyperException) -> str:
    """Return what is wrong with the command line; unexpected words may be a customer's and are not repeated."""
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    if tr("extra argument") in message:
        return tr("there are more words than the command takes – put a text with blanks into quotes")
    parameter, kind = getattr(error, "param", None), type(error).__name__
    name = parameter.get_error_hint(getattr(error, "ctx", None)) if parameter is not None else ""
    if kind == "NoSuchOption":
        known = ", ".join(sorted(getattr(error, "possibilities", None) or ()))
        option = getattr(error, "option_name", "")
        if known:
            return tr("there is no option {option} – write {known}", option=option, known=known)
        return tr("there is no option {option}", option=option)
    if kind == "MissingParameter":
        return tr("{name} is missing", name=name)
    if kind == "BadOptionUsage":
        return tr("{option} needs its value after it", option=getattr(error, "option_name", ""))
    if kind == "BadParameter" and name:
        return tr("{name} must be {kind}", name=name, kind=_kind(parameter))
    return message or tr("a command is missing")


def _kind(parameter: Any) -> str:
    """Return what a parameter takes, in words."""
    least, most = getattr(parameter.type, "min", None), getattr(parameter.type, "max", None)
    if least is not None and most is not None:
        return tr("a whole number from {least} to {most}", least=least, most=most)
    if least is not None:
        return tr("a whole number of {least} or more", least=least)
    return tr("a whole number")
