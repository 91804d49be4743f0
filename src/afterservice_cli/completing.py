"""Completion of the command line: what may stand next, by the commands, the rulebook and the cases of the desk."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from inspect import getdoc
from pathlib import Path
from typing import Any

from afterservice_cli.cli import COMMANDS, GROUPS, NAMES, built
from afterservice_cli.commands.values import VALUES, CommandLine, choices
from afterservice_cli.console.helping import HELP
from afterservice_cli.console.shells import ASKED, Choice, Typed, answer, typed
from afterservice_cli.console.terminal import language_asked_for
from afterservice_cli.language import speaking, spoken, tr
from afterservice_cli.session import Session


def complete(environment: Mapping[str, str]) -> int:
    """Write what may stand next for the shell that asks, and return its exit code; whatever goes wrong is not said."""
    try:
        with speaking(language_asked_for() or "en"):
            line = typed(environment)
            said, code = answer(_next(line, environment), line, environment)
    except Exception:
        if os.environ.get("AFTERSERVICE_DEBUG"):
            raise
        return 0
    sys.stdout.write(said)
    return code


def _next(line: Typed, environment: Mapping[str, str]) -> list[Choice] | None:
    """Return the words that may stand in place of the one that is begun; None for the names of files."""
    # To name a command none has to be built, but the options of the whole program come with one.
    tree = built(frozenset(NAMES.intersection(line.words) or {"check"}), spoken())
    walk = _Walk(tree, line.words, environment)
    name, equals, value = line.begun.partition("=")
    if walk.waiting is None and equals and not walk.ended and name.startswith("-"):
        walk.waiting = walk.option(name)
        found = walk.values(value) if walk.waiting else []
        return None if found is None else [Choice(f"{name}={each.word}", each.help) for each in found]
    if walk.waiting is not None:
        return walk.values(line.begun)
    if line.begun.startswith("-") and not walk.ended:
        return walk.options(line.begun)
    if hasattr(walk.command, "commands"):
        return walk.commands(line.begun)
    walk.waiting = walk.argument()
    if walk.waiting is not None and (walk.key() in VALUES or walk.waiting.type.name == "path" or line.begun):
        return walk.values(line.begun)
    return [] if line.begun else walk.options("")


class _Walk:
    """A walk over the words of a line: to which command, what that was given, and what waits for a value."""

    def __init__(self, tree: Any, words: Sequence[str], environment: Mapping[str, str]) -> None:
        self.tree = self.command = tree
        self.environment = environment
        self.path: list[str] = []
        self.given: dict[str, list[str]] = {}
        self.arguments: list[str] = []
        self.waiting: Any = None
        self.ended = False  # by `--`, after which no word is an option
        self.known = True
        for word in words:
            self._go_on(word)

    def _go_on(self, word: str) -> None:
        name, equals, value = word.partition("=")
        if self.waiting is not None:
            self._give(word)
        elif word == "--":
            self.ended = True
        elif word.startswith("-") and word not in ("-", "-1") and not self.ended:
            self.waiting = self.option(name)
            if self.waiting is not None and (equals or self.waiting.is_flag):
                self._give(value)
        elif hasattr(self.command, "commands"):
            self.known = self.known and word in self.command.commands
            if self.known:
                self.command = self.command.commands[word]
                self.path.append(word)
        else:
            self.waiting = self.argument()
            self.arguments.append(word)
            if self.waiting is not None:
                self._give(word)

    def _give(self, value: str) -> None:
        self.given.setdefault(self.waiting.name, []).append(value)
        self.waiting = None

    def option(self, name: str) -> Any:
        """Return the option of this name, of the command or of the whole program; None if there is none."""
        every = (*self.command.params, *self.tree.params)
        return next((each for each in every if each.param_type_name == "option" and name in each.opts), None)

    def argument(self) -> Any:
        """Return the argument that stands next; None if there is none any more."""
        arguments = [each for each in self.command.params if each.param_type_name == "argument"]
        if len(self.arguments) < len(arguments):
            return arguments[len(self.arguments)]
        return arguments[-1] if arguments and arguments[-1].nargs == -1 else None

    def key(self) -> str:
        """Return under which of its names `VALUES` has what is waited for."""
        own = f"{' '.join(self.path)} {self.waiting.name}"
        return own if own in VALUES else str(self.waiting.name)

    def values(self, begun: str) -> list[Choice] | None:
        """Return the values of what is waited for; None for the names of files."""
        key, files = self.key(), self.waiting.type.name == "path"
        if files or key not in VALUES:
            return None if files else []
        db, claim = self._of_all("db", "AFTERSERVICE_DB"), self._of_all("claim", "AFTERSERVICE_AS")
        session = Session(db=Path(db).expanduser() if db else None, claim=claim)
        found = choices(CommandLine(self.given, begun, session), VALUES[key])
        return found or (None if key == "init rules" else [])

    def _of_all(self, name: str, variable: str) -> str | None:
        """Return what an option of the whole program was given, on the line or by a variable."""
        return self.given.get(name, [""])[-1] or self.environment.get(variable) or None

    def commands(self, begun: str) -> list[Choice]:
        """Return the commands that may stand here, with what they do, which bash would not show."""
        if not self.known:
            return []
        found: dict[str, str] = {}
        for name, _, path in COMMANDS:
            first, *rest = name.split()[len(self.path) :] if name.split()[: len(self.path)] == self.path else [""]
            if first and first.startswith(begun) and first not in found:
                found[first] = path if not rest else ""
        if self.environment[ASKED] == "complete_bash":
            return [Choice(word) for word in found]
        return [Choice(word, _doing(path) if path else tr(GROUPS[word])) for word, path in found.items()]

    def options(self, begun: str) -> list[Choice]:
        """Return the options that may still be given, those of the command first."""
        every = [*self.command.params, *(self.tree.params if self.command is not self.tree else ())]
        wanted = (
            each
            for each in every
            if each.param_type_name == "option" and (each.multiple or each.name not in self.given)
        )
        found = [Choice(word, tr(each.help)) for each in wanted for word in each.opts if word.startswith("--")]
        return [each for each in (*found, Choice("--help", tr(HELP))) if each.word.startswith(begun)]


def _doing(path: str) -> str:
    """Return what a command does, by where its function stands."""
    module, _, name = path.partition(".")
    return tr(getdoc(getattr(import_module(f"afterservice_cli.commands.{module}"), name)) or "").partition("\n")[0]
