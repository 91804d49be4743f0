"""Cells that hold HTML, as help desks and editors of the web leave it, and the plain text that stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

_NAMES = (
    "p|div|br|span|b|strong|i|em|u|s|a|img|font|table|thead|tbody|tr|td|th|ul|ol|li|h[1-6]|html|body|head|style"
    "|blockquote|pre|hr|section|article|figure|small|sub|sup"
)
_TAG = rf"</?(?:{_NAMES})(?:\s[^<>]*)?/?>"
_WHOLE = re.compile(rf"\s*<(?:{_NAMES})(?:\s[^<>]*)?/?>(?:.*{_TAG})?\s*", re.IGNORECASE | re.DOTALL)
_PART = re.compile(rf"{_TAG}|&(?:nbsp|amp|lt|gt|quot|#\d{{1,6}});", re.IGNORECASE)
_LINES = re.compile("p|div|br|table|tr|ul|ol|li|h[1-6]|blockquote|pre|hr|section|article|figure")  # each begins a line
_QUOTED = re.compile("\"[^\"]*\"|'[^']*'")  # what an attribute says
_UNSEEN = frozenset(("style", "script", "head", "title"))


def markup(text: str) -> Literal["whole", "part", ""]:
    """Tell whether a text is HTML from its first tag to its last, or has some in it."""
    if "<" not in text and "&" not in text:
        return ""
    if text[:1] == "<" and _WHOLE.fullmatch(text):
        return "whole"
    return "part" if _PART.search(text) else ""


def markup_of_row(cells: Iterable[str]) -> Literal["whole", "part", ""]:
    """Tell whether a cell of a row is HTML, or else whether one has some in it."""
    found = set(map(markup, cells))
    return "whole" if "whole" in found else "part" if "part" in found else ""


def plain_text(html: str) -> str:
    """Return the text of a cell that is HTML: a line for each block, a link or an image with where it leads."""
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__(convert_charrefs=True)
            self.said: list[str] = []
            self.unseen = 0
            self.links: list[tuple[int, str]] = []

        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            written = _QUOTED.sub("", self.get_starttag_text() or "")
            if "<" in written[1:] or not written.isascii():  # no tag, but words behind a sign that stands for `less`
                self.said.append(self.get_starttag_text() or "")
                return
            self.unseen += tag in _UNSEEN
            where = dict(attributes)
            if _LINES.fullmatch(tag):
                self.said.append("\n")
            elif tag in ("td", "th"):
                self.said.append(" ")
            elif tag == "img":
                self.said.append(" ".join(["", *filter(None, (where.get("alt"), where.get("src"))), ""]))
            elif tag == "a":
                self.links.append((len(self.said), (where.get("href") or "").removeprefix("mailto:")))

        def handle_endtag(self, tag: str) -> None:
            self.unseen -= bool(self.unseen) and tag in _UNSEEN
            if _LINES.fullmatch(tag):
                self.said.append("\n")
            elif tag == "a" and self.links:
                begun, link = self.links.pop()
                if link and link not in "".join(self.said[begun:]):
                    self.said.append(f" {link} ")

        def handle_data(self, data: str) -> None:
            if not self.unseen:
                self.said.append(re.sub(r"\s+", " ", data))

    reader = Reader()
    reader.feed(html)
    reader.close()
    if reader.unseen:  # what is not seen has no end
        return html
    lines = (" ".join(line.split()) for line in "".join(reader.said).split("\n"))
    return "\n".join(filter(None, lines))
