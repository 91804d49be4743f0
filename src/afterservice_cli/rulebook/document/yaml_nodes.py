"""YAML text to a tree of nodes that know where they stand; everything that makes YAML surprising is refused."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import lru_cache

import yaml

from afterservice_cli.errors import Fault, FaultyDocument
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import tr
from afterservice_cli.rulebook.document.yaml_troubles import lookalike, trouble

LARGEST = 1 << 22  # bytes; a rulebook has 60 KB, the sample texts of all topics 1.1 MB
DEEPEST = 20
HALVES = r"[\ud800-\udfff]"  # what an escape can make and UTF-8 cannot hold


class Node(Frozen):
    """A scalar (`text`), a list (`items`) or a mapping (`entries`), with the 1-based place it begins at, and the `end`
    behind it if that is within the document.

    Scalars keep the text as written: whether `NO` or `12:30:45` is a word, a truth value or a number is
    decided by the key that expects it, never by YAML.
    """

    kind: str
    line: int
    column: int
    text: str = ""
    quoted: bool = False
    items: tuple[Node, ...] = ()
    entries: tuple[tuple[Node, Node], ...] = ()
    end: tuple[int, int] = (0, 0)
    file: str = ""  # of a text that stands in another file than the document

    def entry(self, name: str) -> tuple[Node, Node] | None:
        """Return a key of a mapping by its text, and what stands under it; None if there is none."""
        return next(((key, value) for key, value in self.entries if key.text == name), None)

    def value(self, name: str) -> Node | None:
        """Return what stands under a key of a mapping; None if there is none."""
        found = self.entry(name)
        return found and found[1]

    @property
    def empty(self) -> bool:
        """Tell whether nothing was written, or YAML's words for nothing."""
        return self.kind == "scalar" and not self.quoted and self.text in ("", "~", "null")


def read_document(data: bytes, name: str, keys: frozenset[str] = frozenset()) -> Node:
    """Return the root node of the one document in `data`; if some of its keys are named, read no further than these.

    Raises `FaultyDocument` with every duplicate key, alias, merge key, tag and half character in it,
    or with the one place at which it nests too deep or stops being YAML. The last few that were read are kept: who
    checks a rulebook reads it for several ends.
    """
    try:
        return _document(data, keys)
    except FaultyDocument as faulty:
        raise FaultyDocument(name, faulty.faults) from None


@lru_cache(maxsize=24)
def _document(data: bytes, keys: frozenset[str]) -> Node:
    """Return the root node as `read_document` does, its faults without the name of the document."""
    if len(data) > LARGEST:
        raise FaultyDocument("", [Fault(1, 1, tr("larger than {most} KB – split it", most=LARGEST >> 10))])
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FaultyDocument("", [Fault(line, 1, tr("is not UTF-8 – save the file as UTF-8"))]) from None
    faults: list[Fault] = []
    try:
        root = _build(_beginning(_events(text), keys) if keys else _events(text), faults)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = _place(mark)
        if alike := lookalike(text.split("\n"), error.problem or "", line - 1, column - 1):
            raise FaultyDocument("", [Fault(*alike)]) from None
        what = trouble(error.context, error.problem)
        if _braces(text, mark):
            message = tr(
                'is not YAML: {what} – put a text with {{…}} in it into quotation marks: "… {{case}} …"', what=what
            )
        elif (error.problem or "").endswith(("got '?'", "got ':'")):
            message = tr("is not YAML: {what} – put a text with “?,” or “: ” in it into quotation marks", what=what)
        else:
            message = tr("is not YAML: {what}", what=what)
        raise FaultyDocument("", [Fault(line, column, message)]) from None
    except yaml.reader.ReaderError as error:
        before, character = text[: error.position], text[error.position]
        line, column = before.count("\n") + 1, error.position - before.rfind("\n")
        raise FaultyDocument(
            "", [Fault(line, column, tr("has the control character U+{code:04X} – take it out", code=ord(character)))]
        ) from None
    if root is None and not faults:
        faults.append(Fault(1, 1, tr("is empty – write a mapping of keys")))
    if faults or root is None:
        raise FaultyDocument("", faults)
    return root


def _beginning(events: Iterator[yaml.Event], keys: frozenset[str]) -> Iterator[yaml.Event]:
    """Yield the events of a document until it has had all of some keys, as if it ended there."""
    left, depth, called = set(keys), 0, ""
    is_key = True
    for event in events:
        yield event
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth != 1 or not isinstance(event, yaml.ScalarEvent | yaml.AliasEvent | yaml.CollectionEndEvent):
            continue
        if is_key:
            called = event.value if isinstance(event, yaml.ScalarEvent) else ""
        else:
            left.discard(called)
            if not left:
                yield yaml.MappingEndEvent(event.end_mark, event.end_mark)
                return
        is_key = not is_key


def first_values(data: bytes, key: str) -> list[str]:
    """Return the text, or the texts of the list, under a key of the document, and read no further than that.

    What is no YAML has none: `read_document` says why.
    """
    found: list[str] = []
    try:
        for event in _events_below(data.removeprefix(codecs.BOM_UTF8).decode(), key):
            if isinstance(event, yaml.ScalarEvent):
                found.append(event.value)
    except (UnicodeDecodeError, yaml.YAMLError):
        return []
    return found


def _events_below(text: str, wanted: str) -> Iterator[yaml.Event]:
    """Yield the events of the value under a key of the document, without those of lists and mappings within it."""
    depth, is_key, found = 0, True, False
    for event in _events(text):
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if found and depth <= 2:
            yield event
        if depth == 1 and isinstance(event, yaml.NodeEvent) and not isinstance(event, yaml.CollectionEndEvent):
            if is_key:
                found = isinstance(event, yaml.ScalarEvent) and event.value == wanted
            elif found and not isinstance(event, yaml.CollectionStartEvent):
                return
            is_key = not is_key
        elif depth == 1 and found and isinstance(event, yaml.CollectionEndEvent):
            return
        depth += isinstance(event, yaml.CollectionStartEvent)


def _braces(text: str, mark: yaml.Mark | None) -> bool:
    """Tell whether YAML ended at a placeholder of a text that is not quoted, or at the words behind one."""
    if mark is None:
        return False
    line = text.splitlines()[mark.line] if mark.line < len(text.splitlines()) else ""
    before, after = line[: mark.column], line[mark.column :]
    return bool(
        re.match(r"\{[\w:]+\}?|\[\[", after)
        or (re.search(r"(\{[\w:]+\}|\]\])\s*$", before) and re.match(r"[^\s,:{}\[\]]", after))
    )


def _events(text: str) -> Iterator[yaml.Event]:
    """Yield the parser's events; the pure-Python parser does not recurse, so no nesting exhausts the stack."""
    loader = yaml.SafeLoader(text)
    try:
        while loader.check_event():
            yield loader.get_event()  # type: ignore[no-untyped-call]
    except (ValueError, OverflowError):  # it converts escapes and version numbers without a look at their size
        problem = tr("the number that begins here is too large")
        raise yaml.MarkedYAMLError(problem=problem, problem_mark=loader.get_mark()) from None


class _Open:
    """A list or mapping whose end has not been read yet."""

    def __init__(self, event: yaml.Event) -> None:
        self.kind = "mapping" if isinstance(event, yaml.MappingStartEvent) else "list"
        self.line, self.column = _place(event.start_mark)
        self.children: list[Node] = []

    def close(self, faults: list[Fault], end: tuple[int, int]) -> Node:
        if self.kind == "list":
            return Node("list", self.line, self.column, items=tuple(self.children), end=end)
        entries = tuple(zip(self.children[::2], self.children[1::2], strict=True))
        seen: dict[str, Node] = {}
        for key, _ in entries:
            if key.kind == "alias":
                continue
            if key.kind != "scalar":
                faults.append(Fault(key.line, key.column, tr("a key must be a word – write `key: value`")))
                continue
            if key.text == "<<" and not key.quoted:
                faults.append(Fault(key.line, key.column, tr("merge keys are not read – write the keys out")))
            elif key.text in seen:
                message = tr(
                    "'{text}' stands already in line {line} – keep one of them", text=key.text, line=seen[key.text].line
                )
                faults.append(Fault(key.line, key.column, message))
            seen.setdefault(key.text, key)
        return Node("mapping", self.line, self.column, entries=entries, end=end)


def _place(mark: yaml.error.Mark | yaml._yaml.Mark | None) -> tuple[int, int]:
    """Return the line and the column of a place, from 1 on."""
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _build(events: Iterator[yaml.Event], faults: list[Fault]) -> Node | None:
    stack: list[_Open] = []
    root: Node | None = None
    for event in events:
        done: Node | None = None
        line, column = _place(event.start_mark)
        if isinstance(event, yaml.DocumentStartEvent) and root is not None:
            faults.append(Fault(line, column, tr("a second document begins – keep one per file")))
            return root
        if isinstance(event, yaml.AliasEvent):
            faults.append(
                Fault(line, column, tr("the alias '*{anchor}' is not read – write it out", anchor=event.anchor))
            )
            done = Node("alias", line, column)  # only until the fault above is raised
        elif isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag not in (None, "!"):
            faults.append(Fault(line, column, tr("the tag '{tag}' is not read – leave it out", tag=event.tag)))
        if isinstance(event, yaml.ScalarEvent):
            if half := re.search(HALVES, event.value):
                message = tr("holds U+{code:04X}, half a character – write the character itself", code=ord(half[0]))
                faults.append(Fault(line, column, message))
            text = re.sub(HALVES, "\ufffd", event.value)  # messages may name it and must be writable
            done = Node("scalar", line, column, text=text, quoted=event.style is not None, end=_place(event.end_mark))
        elif isinstance(event, yaml.CollectionStartEvent):
            stack.append(_Open(event))
            if len(stack) > DEEPEST:
                faults.append(Fault(line, column, tr("nested more than {most} deep – flatten it", most=DEEPEST)))
                return None
        elif isinstance(event, yaml.CollectionEndEvent):
            done = stack.pop().close(faults, _place(event.end_mark))
        if done is not None:
            if stack:
                stack[-1].children.append(done)
            else:
                root = done
    return root
