"""Phrases put into the text of a rulebook's file; comments and layout stay as they are."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping, Sequence

from afterservice_cli.rulebook.document.yaml_nodes import Node, read_document

WIDEST = 120  # signs of a line in which a list is still continued
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_PLAIN = re.compile(r"[^\W\d_](?:[^\W_]|[…~ '-])*")
_NO_WORDS = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))  # to one program or another
_FLOW = frozenset(",[]{}")
_LANGUAGES = {"zh", "en"}


def with_phrases_in(data: bytes, name: str, phrases: Mapping[str, Sequence[str]]) -> bytes:
    """Return a rulebook's file, which has no faults, with further phrases at the end of its categories' lists."""
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    root = read_document(data, name)
    file = _File(data.removeprefix(mark).decode())
    for category, some in phrases.items():
        file.add(_category(root, category), some)
    return mark + file.text().encode()


def _category(root: Node, path: str) -> Node:
    """Return the node of a category; `ValueError` if there is none."""
    node = root
    for number, name in enumerate(path.split(".")):
        found = node.value("children" if number else "categories")
        inner = found and found.value(name)
        if inner is None:
            raise ValueError(path)
        node = inner
    return node


class _File:
    """The text of a file with what is to be put into it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(found.end() for found in _BREAK.finditer(text))]
        found = _BREAK.search(text)
        self._break = found[0] if found else "\n"
        self._changes: list[tuple[int, int, str]] = []

    def text(self) -> str:
        """Return the text with all changes."""
        parts, done = list[str](), 0
        for start, end, new in sorted(self._changes, key=lambda change: change[0]):
            parts += (self._text[done:start], new)
            done = end
        return "".join((*parts, self._text[done:]))

    def add(self, category: Node, phrases: Sequence[str]) -> None:
        """Put phrases at the end of a category's list; one that has none gets it behind its title."""
        told = ", ".join(map(_written, phrases))
        match = category.value("match")
        if match is not None:
            if self._is_flow(match):
                self._add_to_flow(match, told)
            else:
                place, indent = self._line_end(match.items[-1]), " " * (match.column - 1)
                self._put(place, "".join(f"{self._break}{indent}- {_written(phrase)}" for phrase in phrases))
        elif category.kind == "scalar":
            written = self._text[self._start(category) : self._place(category.end)]
            if not category.quoted and not _FLOW.isdisjoint(written):
                written = _quoted(category.text)
            self._put(self._start(category), f"{{title: {written}, match: [{told}]}}", self._place(category.end))
        elif {key.text for key, _ in category.entries} <= _LANGUAGES:
            self._add_to_title(category, told)
        elif self._is_flow(category):
            self._put(self._place(category.entries[-1][1].end), f", match: [{told}]")
        else:
            (key, title), *_ = category.entries
            self._put(self._line_end(title), f"{self._break}{' ' * (key.column - 1)}match: [{told}]")

    def _add_to_flow(self, match: Node, told: str) -> None:
        if not match.items:
            self._put(self._start(match) + 1, told)
            return
        last, end = match.items[-1], self._place(match.end)
        place, line_end = self._place(last.end), self._line_end(last)
        if match.line == match.end[0] and line_end - self._starts[last.line - 1] + len(told) <= WIDEST:
            self._put(place, f", {told}")
            return
        first = last.line == match.line
        line = f"{self._break}{self._indent(last.line)}{'    ' if first else ''}{told}"
        if end > line_end:  # the bracket stands in a line of its own, perhaps behind a comment
            comma = self._text[place:line_end].lstrip().startswith(",")
            self._put(place, "" if comma else ",")
            self._put(line_end, line + ("," if comma else ""))
        else:
            self._put(place, f",{line}")

    def _add_to_title(self, title: Node, told: str) -> None:
        """Make a title in several languages the title of a mapping that has phrases."""
        if self._is_flow(title):
            self._put(self._start(title), "{title: ")
            self._put(self._place(title.end), f", match: [{told}]}}")
            return
        (key, _), (_, last) = title.entries[0], title.entries[-1]
        words = ", ".join(f"{key.text}: {_quoted(value.text)}" for key, value in title.entries)
        indent = " " * (key.column - 1)
        new = f"title: {{{words}}}{self._break}{indent}match: [{told}]"
        self._put(self._start(key), new, self._place(last.end))

    def _put(self, start: int, new: str, end: int | None = None) -> None:
        self._changes.append((start, start if end is None else end, new))

    def _is_flow(self, node: Node) -> bool:
        return self._text[self._start(node)] in "[{"

    def _start(self, node: Node) -> int:
        return self._place((node.line, node.column))

    def _place(self, place: tuple[int, int]) -> int:
        line, column = place
        return self._starts[line - 1] + column - 1

    def _indent(self, line: int) -> str:
        found = re.compile(r"[ ]*").match(self._text, self._starts[line - 1])
        return found[0] if found else ""

    def _line_end(self, node: Node) -> int:
        """Return where the last line of a node ends, without its break."""
        while node.kind != "scalar" and not self._is_flow(node):
            node = node.items[-1] if node.kind == "list" else node.entries[-1][1]
        line, column = node.end
        if column == 1 and line > node.line:  # a text in lines of its own ends where the next thing begins
            before = self._text[: self._place(node.end)].rstrip()
            return len(before)
        found = _BREAK.search(self._text, self._place(node.end))
        return found.start() if found else len(self._text)


def _written(phrase: str) -> str:
    """Return a phrase as YAML has it: in quotation marks if it would be anything else without."""
    return phrase if _PLAIN.fullmatch(phrase) and phrase.casefold() not in _NO_WORDS else _quoted(phrase)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
