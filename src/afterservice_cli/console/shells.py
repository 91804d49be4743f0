"""What bash, zsh and fish ask when a line is completed, and how each wants its answer; the scripts are typer's.

zsh evaluates what it is answered, and descriptions come from customers: no sign of theirs goes there as it is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from shlex import shlex

import shellingham  # type: ignore[import-untyped]
from typer.completion import get_completion_script, install  # type: ignore[attr-defined]

from afterservice_cli.errors import BadUsage
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import tr

PROGRAM = "afterservice"
ASKED = "_AFTERSERVICE_COMPLETE"  # by what typer's scripts say that a shell asks, and which
SHELLS = ("bash", "zsh", "fish")
END = "\x1f"  # stands where the line ends, so that an empty word is a word, too


class Choice(Frozen):
    """A word that may stand next, and what it means; one that ends in `=` goes on."""

    word: str
    help: str = ""


class Typed(Frozen):
    """A line as far as it is typed: its words, and the one that is begun.

    bash takes words apart at `=` and `:`, and replaces what comes after `kept` alone; `quote` is open there.
    """

    words: Sequence[str]
    begun: str
    kept: str = ""
    quote: str = ""


def typed(environment: Mapping[str, str]) -> Typed:
    """Return the line that a shell wants completed, without the program's name."""
    if environment[ASKED] == "complete_bash":
        return _typed_in_bash(environment["COMP_WORDS"].split("\n"), int(environment["COMP_CWORD"]))
    *words, begun = _words(environment["_TYPER_COMPLETE_ARGS"])
    return Typed(words[1:], begun)


def _typed_in_bash(pieces: Sequence[str], at: int) -> Typed:
    words: list[str] = []
    kept, joined = "", False
    for piece in [*pieces[:at], *(pieces[at : at + 1] or [""])]:
        parting = bool(re.fullmatch("[=:]+", piece)) and len(words) > 1
        kept = words[-1] if joined else ""
        words[len(words) - (parting or joined) :] = [f"{words[-1]}{piece}" if parting or joined else piece]
        joined = parting
    last = words.pop()
    return Typed(
        [_words(word)[0] for word in words[1:]],
        _words(last)[-1],
        _words(last if joined else kept)[-1],
        last[:1] if last[:1] in ("'", '"') else "",
    )


def _words(text: str) -> list[str]:
    """Return the words of a line as a shell takes them, the last as far as it is there."""
    lexer = shlex(f"{text}{END}", posix=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    words: list[str] = []
    try:
        words.extend(lexer)
    except ValueError:  # a quote that is still open
        words.append(lexer.token)
    return [word.removesuffix(END) for word in words]


def answer(choices: Sequence[Choice] | None, line: Typed, environment: Mapping[str, str]) -> tuple[str, int]:
    """Return what a shell is answered, and with which exit code; None for choices stands for the names of files."""
    shell = environment[ASKED].removeprefix("complete_")
    fit = [choice for choice in choices or () if choice.word.isprintable()]
    if shell == "bash":
        return _lines(filter(None, (_for_bash(choice.word, line) for choice in _going_on(fit)))), 0
    if shell == "zsh":
        return ("_files\n" if choices is None else _for_zsh(fit)), 0
    if environment.get("_TYPER_COMPLETE_FISH_ACTION") == "is-args":
        return "", int(choices is None)
    return _lines(f"{choice.word}\t{choice.help}" if choice.help else choice.word for choice in fit), 0


def _going_on(choices: Sequence[Choice]) -> Sequence[Choice]:
    """Return the choices with another one beside a single word that goes on: else bash would put a blank after it."""
    if len(choices) == 1 and choices[0].word.endswith("="):
        return [*choices, Choice(f"{choices[0].word}…")]
    return choices


def _for_bash(word: str, line: Typed) -> str:
    """Return what bash puts in place of the end of the line; "" for a word that cannot stand in the quotes there."""
    rest = word.removeprefix(line.kept)
    if not line.quote:
        return re.sub(r"(?a)([^\w…@%+=:,./\u0080-\U0010ffff-])", r"\\\1", rest)
    return "" if re.search(r"[\\\"'$`!]", rest) else rest


def _for_zsh(choices: Sequence[Choice]) -> str:
    said = ""
    for goes_on in (False, True):
        some = [choice for choice in choices if choice.word.endswith("=") == goes_on]
        if some:
            options = " -S ''" if goes_on else ""
            values = " ".join(f"$'{_octal(_described(choice))}'" for choice in some)
            said += f"_values_there=({values}); _describe -V {PROGRAM} _values_there{options}; "
    return f"local -a _values_there; {said}\n" if said else ""


def _described(choice: Choice) -> str:
    """Return a word and what it means as zsh's `_describe` takes them, a colon between them."""
    word, meaning = choice.word.replace("\\", "\\\\"), choice.help.replace("\\", "\\\\")
    return word.replace(":", "\\:") + (f":{meaning}" if meaning else "")


def _octal(text: str) -> str:
    """Return a text as it stands within `$'…'`: of what is not a letter or digit, no sign of ASCII as it is."""
    return re.sub(r"(?a)[^\w\u0080-\U0010ffff]", lambda found: f"\\{ord(found[0]):03o}", text)


def _lines(texts: Iterable[str]) -> str:
    return "".join(f"{text}\n" for text in texts)


# --- the scripts ------------------------------------------------------------------------------------------------


def show() -> str:
    """Return the script by which the shell that calls completes lines."""
    return str(get_completion_script(prog_name=PROGRAM, complete_var=ASKED, shell=_calling()))


def put_in_place() -> tuple[str, Path]:
    """Put that script where the shell that calls finds it; returns that shell, and the file."""
    shell, path = install(shell=_calling(), prog_name=PROGRAM, complete_var=ASKED)
    return shell, path


def _calling() -> str:
    """Return the shell that calls, else the user's; `BadUsage` if neither is known here."""
    try:
        calling = str(shellingham.detect_shell()[0])
    except shellingham.ShellDetectionFailure:
        calling = ""
    known = [name for name in (calling, Path(os.environ.get("SHELL", "")).name) if name in SHELLS]
    if not known:
        raise BadUsage(
            tr("lines are completed in bash, zsh and fish, and this is none of them"),
            hint="SHELL=bash afterservice --install-completion",
        )
    return known[0]
