"""What `tr(…)` in the source says, as a pattern for what comes out."""

import ast
import re
from string import Formatter


def is_said(node: ast.expr) -> bool:
    """Whether an expression is a sentence in the language spoken."""
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tr"


def pattern(node: ast.expr, *, whatever: str = ".*") -> str:
    """The sentence of `tr(…)` as a regular expression, with `whatever` in place of each value."""
    assert isinstance(node, ast.Call)
    (sentence,) = node.args
    assert isinstance(sentence, ast.Constant)
    text = str(sentence.value)
    if not node.keywords:
        return escaped(text)
    return "".join(escaped(words) + (whatever if name else "") for words, name, *_ in Formatter().parse(text))


def escaped(text: str) -> str:
    """A text as a regular expression for itself, spaces as they are."""
    return re.sub(r"([.*+?()\[\]{}|\\^$])", r"\\\1", text)
