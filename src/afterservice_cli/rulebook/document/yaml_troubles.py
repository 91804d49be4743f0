"""What YAML has against a text, in the language spoken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from afterservice_cli.language import sentence, tr

# Each as YAML says it, with `{met}` in place of what stands there instead.
TROUBLES = (
    sentence("mapping values are not allowed here"),
    sentence("mapping keys are not allowed here"),
    sentence("sequence entries are not allowed here"),
    sentence("could not find expected ':'"),
    sentence("expected <block end>, but found {met}"),
    sentence("expected ',' or '}}', but got {met}"),
    sentence("expected ',' or ']', but got {met}"),
    sentence("expected the node content, but found {met}"),
    sentence("expected '<document start>', but found {met}"),
    sentence("found character {met} that cannot start any token"),
    sentence("found unknown escape character {met}"),
    sentence("'utf-8' codec can't decode {met}"),  # what a tag's escapes stand for
    sentence("found unexpected end of stream"),
    sentence("found unexpected document separator"),
    sentence("expected a comment or a line break, but found {met}"),
    sentence("expected indentation indicator in the range 1-9, but found 0"),
    sentence("expected chomping or indentation indicators, but found {met}"),
    sentence("found duplicate YAML directive"),
    sentence("found incompatible YAML document (version 1.* is required)"),
    sentence("found undefined tag handle {met}"),
    sentence("duplicate tag handle {met}"),
    sentence("expected {wanted}, but found {met}"),  # any other
)


def trouble(context: str | None, problem: str | None) -> str:
    """Say what is wrong with a text: what YAML was doing, and what it met; in English in its own words."""
    told = next(filter(None, (_said(sample, problem or "") for sample in TROUBLES)), problem or "")
    return tr("{context} {problem}", context=context, problem=told) if context else told


def _said(sample: str, problem: str) -> str:
    """Return a problem in the language spoken if it is of a kind; else ""."""
    pieces = re.split(r"\{(\w+)\}", sample.replace("}}", "\0"))
    pattern = "".join(
        f"(?P<{piece}>.+)" if place % 2 else re.escape(piece.replace("\0", "}")) for place, piece in enumerate(pieces)
    )
    found = re.fullmatch(pattern, problem, re.DOTALL)
    if not found:
        return ""
    return tr(sample, **found.groupdict()) if "{" in sample else tr(sample)


# Signs that look right and are none of YAML's, with what is said of them; where one is, the first group ends.
_LOOKALIKES = (
    (r"( *)\u3000", sentence("a full-width blank stands here – indent with plain ones")),
    (r"(\s*(?:- )?[^\s#:：]+)：(?!(?! *[{\[]).*: )", sentence("“：” ends no key – write “:” and a blank behind it")),
    (r"(\s*(?:- )?\w+:)[^\s:/](?!.*: )", sentence("a blank is missing – write `key: value`")),
)


def lookalike(lines: Sequence[str], problem: str, line: int, column: int) -> tuple[int, int, str] | None:
    """Return line and column, from 1, of a sign that looks right and is why YAML fails, with what is said of it.

    YAML met the `problem` at a line and a column, from 0.
    """
    if "'\\t'" in problem:
        return line + 1, column + 1, tr("a tab stands here – write blanks")
    if "got ':'" in problem and (comma := lines[line].rfind("，", 0, column)) >= 0:
        return line + 1, comma + 1, tr("“，” parts nothing – write “,” and a blank behind it")
    if not problem.endswith(("expected ':'", "are not allowed here", "found '}'", "found ']'")):
        return None
    for near in _above(lines, line):
        for pattern, said in _LOOKALIKES:
            if found := re.match(pattern, lines[near]):
                return near + 1, found.end(1) + 1, tr(said)
    return None


def _above(lines: Sequence[str], line: int) -> Iterator[int]:
    """Yield a line, and the next above it that says something."""
    if line < len(lines):
        yield line
    yield from [above for above in range(min(line, len(lines)) - 1, -1, -1) if lines[above].strip()][:1]
