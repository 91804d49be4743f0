"""The language in which people are spoken to: English sentences are the keys of a catalogue in Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

LANGUAGES = ("zh", "en")
CONTEXT = "\x04"  # between a context and the sentence that has Chinese of its own in it, as gettext keeps them
CATALOGUE = Path(__file__).parent / "locale" / "zh_CN" / "LC_MESSAGES" / "afterservice.mo"

_spoken = "en"


def tr(sentence: str, /, **values: object) -> str:
    """Return a sentence in the language spoken, with these values in place of their names in braces."""
    return _filled(_found(sentence, _spoken), values)


def tr_many(one: str, many: str, count: int, /, **values: object) -> str:
    """Return the one sentence or the other by a count, which it may name as `{count}`, in the language spoken."""
    return _filled(_catalogue(_spoken).ngettext(one, many, count), {"count": count, **values})


def sentence(text: str, /) -> str:
    """Return the text as it is: a sentence that the catalogue has, but that is not said yet."""
    return text


def sentence_in(context: str, text: str, /) -> str:
    """Return the text as the catalogue has it in a context: a sentence that has other Chinese elsewhere."""
    return f"{context}{CONTEXT}{text}"


def words(context: str, texts: Mapping[str, str], /) -> dict[str, str]:
    """Return short words by their names, each as the catalogue has it in a context."""
    return {name: sentence_in(context, text) for name, text in texts.items()}


def plural(one: str, many: str, /) -> tuple[str, str]:
    """Return both forms as they are: a plural that the catalogue has, but that is not said yet."""
    return one, many


def translated(text: str, language: str, /, **values: object) -> str:
    """Return a sentence in a language, with these values in place of their names in braces; "" for none."""
    return _filled(_found(text, language), values) if text else ""


def translated_many(forms: tuple[str, str], count: int, language: str, /, **values: object) -> str:
    """Return the form of a plural for a count, which it may name as `{count}`, in a language."""
    return _filled(_catalogue(language).ngettext(*forms, count), {"count": count, **values})


def listed(several: Iterable[str], language: str) -> str:
    """Return words one after the other, with commas between them as the language has them."""
    return translated(", ", language).join(several)


def spoken() -> str:
    """Return the language spoken, `zh` or `en`."""
    return _spoken


def speak(language: str) -> None:
    """Say all that follows in a language."""
    global _spoken
    _spoken = language


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say everything in a language for a while."""
    before = _spoken
    speak(language)
    try:
        yield
    finally:
        speak(before)


def why(error: OSError) -> str:
    """Say what the operating system has against something, in the language spoken."""
    return tr(error.strerror) if error.strerror else str(error)


# What it says most often.
TROUBLES = (
    sentence("No such file or directory"),
    sentence("Permission denied"),
    sentence("Operation not permitted"),
    sentence("No space left on device"),
    sentence("Is a directory"),
    sentence("Not a directory"),
    sentence("File exists"),
    sentence("File name too long"),
    sentence("File too large"),
    sentence("Read-only file system"),
    sentence("Input/output error"),
    sentence("Disk quota exceeded"),
    sentence("Too many levels of symbolic links"),
    sentence("Too many open files"),
    sentence("Broken pipe"),
)


@cache
def _catalogue(language: str) -> NullTranslations:
    """Return the catalogue of a language; English has none, since it is what the sentences are written in."""
    if language != "zh":
        return NullTranslations()
    with CATALOGUE.open("rb") as file:
        return GNUTranslations(file)


@cache
def _found(text: str, language: str) -> str:
    """Return a sentence in a language, without its context; long lists ask for the same few again and again."""
    found = _catalogue(language).gettext(text)
    return found.partition(CONTEXT)[2] if CONTEXT in found else found


def _filled(text: str, values: dict[str, object]) -> str:
    return text.format_map(values) if values else text
