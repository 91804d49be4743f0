"""The language in which people are spoken to: English sentences are the keys of a catalogue in Chinese."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
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
    return translated_many((one, many), count, _spoken, **values)


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
    found = _chinese("\0".join(forms)) if language == "zh" else None
    return _filled(found or forms[count != 1], {"count": count, **values})


def listed(several: Iterable[str], language: str | None = None) -> str:
    """Return words one after the other, with commas between them as a language has them: the one spoken, if none."""
    return translated(", ", language or _spoken).join(several)


def in_quotes(phrases: Iterable[str], language: str | None = None) -> str:
    """Return phrases in quotation marks, as `listed` has them."""
    return listed((f"“{phrase}”" for phrase in phrases), language)


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


def why(error: Exception) -> str:
    """Say what the operating system or SQLite has against something, in the language spoken."""
    return tr((error.strerror if isinstance(error, OSError) else None) or str(error))


# What they say most often.
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
    sentence("Bad file descriptor"),
    sentence("disk I/O error"),
    sentence("database disk image is malformed"),
    sentence("unable to open database file"),
    sentence("out of memory"),
)


class Catalogue:
    """A compiled catalogue, asked sentence by sentence: they lie there sorted, and a run says few of them."""

    def __init__(self, path: Path) -> None:
        self._bytes = path.read_bytes()
        self._count, self._sentences, self._translations = map(self._number, (8, 12, 16))

    def find(self, text: str) -> str | None:
        """Return the translation of a sentence, or of a plural's forms with a NUL between them; None for none."""
        wanted = text.encode(errors="surrogatepass")
        place = bisect_left(range(self._count), wanted, key=lambda each: self._text(self._sentences, each))
        if place == self._count or self._text(self._sentences, place) != wanted:
            return None
        return self._text(self._translations, place).decode()

    def _text(self, table: int, place: int) -> bytes:
        """Return a text by its place in a table, which holds the length and the position of each."""
        begin = self._number(table + 8 * place + 4)
        return self._bytes[begin : begin + self._number(table + 8 * place)]

    def _number(self, position: int) -> int:
        return int.from_bytes(self._bytes[position : position + 4], "little")


@cache
def _catalogue() -> Catalogue:
    """Return the catalogue in Chinese; English has none, since it is what the sentences are written in."""
    return Catalogue(CATALOGUE)


@cache
def _chinese(text: str) -> str | None:
    """Return what a sentence is in Chinese; long lists ask for the same few again and again."""
    return _catalogue().find(text)


def _found(text: str, language: str) -> str:
    """Return a sentence in a language, without its context."""
    return (_chinese(text) if language == "zh" else None) or text.rpartition(CONTEXT)[2]


def _filled(text: str, values: dict[str, object]) -> str:
    return text.format_map(values) if values else text
