"""Where rich may end a line: after any sign of Chinese, too."""

from __future__ import annotations

import re

from rich import _wrap

# Punctuation stays with what it belongs to.
_SIGN, _BEFORE, _AFTER = "\u2e80-\u9fff", "“（《", "”）》，。；：、！？…—"
_WORD = rf"\s*(?:[{_BEFORE}]*(?:[{_SIGN}]|[^\s{_SIGN}{_BEFORE}{_AFTER}]+)[{_AFTER}]*|[{_BEFORE}{_AFTER}]+)\s*"


def break_chinese() -> None:
    """Let rich break Chinese, which has no blanks: it breaks lines at blanks alone."""
    _wrap.re_word = re.compile(_WORD)
