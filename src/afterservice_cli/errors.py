"""What can go wrong: each class owns its exit code, each instance its one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches

from afterservice_cli import interruptions
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import listed, tr


class Problem(Exception):
    """A fault in what was given or met; `str()` is the sentence a person reads. Never holds personal data."""

    exit_code = 3

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class BadUsage(Problem):
    """The command line itself is wrong."""

    exit_code = 2


class BadInput(Problem):
    """A value, a file or a row that cannot be used."""

    exit_code = 3


class NotFound(Problem):
    """No such case, event, file or desk."""

    exit_code = 4


class Conflict(Problem):
    """Somebody else changed it in the meantime, or there are two of what must be one."""

    exit_code = 5


class Refused(Problem):
    """A rule says no; `rule` is the word that identifies it."""

    exit_code = 6

    def __init__(self, message: str, *, hint: str = "", rule: str = "") -> None:
        super().__init__(message, hint=hint)
        self.rule = rule


class Interrupted(Problem):
    """Whoever began it has left, or it was ended from outside."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.exit_code = interruptions.exit_code()


class Busy(Problem):
    """Another process holds the desk for too long."""

    exit_code = 7


class StorageFailed(Problem):
    """The disk is full, the file is read-only, or is no desk at all."""

    exit_code = 8


class IntegrityBroken(Problem):
    """The history does not hold together."""

    exit_code = 9


class WrongSchema(Problem):
    """The file was written by another version of the program."""

    exit_code = 10


class PartlyDone(Problem):
    """What could be done was done; the rest is left to a person."""

    exit_code = 11


class Fault(Frozen):
    """One fault in a document: 1-based line and column, what is wrong, what to write instead; `file` if another's."""

    line: int
    column: int
    message: str
    file: str = ""


class FaultyDocument(BadInput):
    """A YAML document with every fault found in it."""

    def __init__(self, name: str, faults: Sequence[Fault]) -> None:
        self.name = name
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.file, fault.line, fault.column)))
        super().__init__("\n".join(f"{f.file or name}:{f.line}:{f.column}: {f.message}" for f in self.faults))


@contextmanager
def given_to(option: str) -> Iterator[None]:
    """Refuse what cannot be read, a ValueError, by the option or the argument that it was given to."""
    try:
        yield
    except ValueError as error:
        raise BadInput(tr("{option}: {problem}", option=option, problem=error)) from None


def no_folder(folder: object) -> NotFound:
    """Return that there is no such folder, and how to make it."""
    return NotFound(
        tr("there is no folder {folder}", folder=folder), hint=tr("make it: mkdir -p {folder}", folder=quoted(folder))
    )


def quoted(path: object) -> str:
    """Return a path or a word as a shell takes it, for a command that can be typed as it stands."""
    text = str(path)  # as shlex.quote has it, which takes long to load
    return text if re.fullmatch(r"(?a)[\w@%+=:,./-]+", text) else "'" + text.replace("'", "'\"'\"'") + "'"


def typed(word: str) -> str:
    """Return a word of the command line as a message may repeat it; `…` for what may be a customer's: a number, a name.

    Numbers of cases are repeated, words in plain letters, and `?`; telephone numbers, addresses and other scripts are
    not.
    """
    plain = re.fullmatch(r"[A-Za-z0-9_.:+-]{1,40}|\?", word) and not re.search(r"[0-9]{7}", re.sub(r"[.:+-]", "", word))
    return word if plain or re.fullmatch(r"[A-Za-z]*[0-9]{4,8}-[0-9]{1,6}", word) else "…"


def alike(word: str, words: Sequence[str], most: int = 1) -> list[str]:
    """Return the words that are spelled nearly as this one, the nearest first."""
    return get_close_matches(word, words, n=most, cutoff=0.6)


def nearest(word: str, words: Sequence[str], labels: Mapping[str, str] | None = None, most: int = 12) -> str:
    """Name the valid word nearest to `word`, or, if none is near, up to `most` of them, each with another label.

    Labels that have `word` in them are near, all of them: a part of a name may be meant for each.
    """
    titles = labels or {}
    close = alike(word, words) or _labelled(word, words, titles)
    other = {name: title for name, title in titles.items() if title.lower().replace(" ", "_") != name}
    if len(close) == 1:
        word = close[0]
        return tr("'{word}' ({title})", word=word, title=other[word]) if word in other else tr("'{word}'", word=word)
    if not words:
        return tr("nothing here")
    some = close or words
    told = (tr("{word} ({title})", word=name, title=other[name]) if name in other else name for name in some[:most])
    shown = listed(told)
    return tr("one of {words}, …", words=shown) if len(some) > most else tr("one of {words}", words=shown)


def _labelled(word: str, words: Sequence[str], titles: Mapping[str, str]) -> list[str]:
    """Return the words whose label has `word` in it, else the one with the nearest label."""
    part = word.strip().lower()
    if found := [name for name in words if len(part) > 1 and part in titles.get(name, "").lower()]:
        return found
    alike = get_close_matches(word, [*titles.values()], n=1, cutoff=0.6)
    return [name for name in words if titles.get(name) in alike][:1]
