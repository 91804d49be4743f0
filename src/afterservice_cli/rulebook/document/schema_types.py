"""Shapes a YAML node may have: each reads a node into a plain value, notes every fault, and describes itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, reduce
from operator import or_
from types import NoneType, UnionType
from typing import Annotated, Any, Generic, Literal, Self, Union, get_args, get_origin, get_type_hints

from afterservice_cli.errors import nearest
from afterservice_cli.language import sentence, tr
from afterservice_cli.rulebook.document.cutting import uncut
from afterservice_cli.rulebook.document.notes import Notes, Path
from afterservice_cli.rulebook.document.yaml_nodes import Node
from afterservice_cli.rulebook.keys import Entry, S, Section

Said = Callable[[], str]  # words in the language spoken when they are asked for
ID = "[A-Za-z][A-Za-z0-9_-]{0,39}"


class Shape:
    """What a value may look like.

    `read` returns None for what it could not read, after noting why. Lists and mappings keep None in the place of such
    a value, so that what is checked afterwards finds everything else under its own path.
    """

    def what(self) -> str:
        """Say how a value looks."""
        return tr("a value")

    def read(self, node: Node, path: Path, notes: Notes) -> Any:
        """Read `node`, which stands at `path`, into a plain value."""
        raise NotImplementedError

    def misfit(self, node: Node, path: Path, notes: Notes) -> None:
        """Note that a node of another kind stands at a place."""
        notes.fault(path, tr("{name} must be {what}, not {kind}", name=_name(path), what=self.what(), kind=_kind(node)))

    def children(self) -> Sequence[Shape]:
        """Return the shapes inside this one, for the reference page."""
        return ()


_TEXT = sentence("text")
SCALAR: Mapping[str, object] = {"type": ["string", "number", "boolean"]}


class Text(Shape):
    """Any text; `written` says in JSON Schema how it looks to a reader of YAML, for whom `12` is a number.

    `what` is a sentence for what it is, or makes one.
    """

    def __init__(
        self, parse: Callable[[str], Any] = str, what: str | Said = _TEXT, written: Mapping[str, object] = SCALAR
    ) -> None:
        self.parse, self.told, self.written = parse, what, written

    def what(self) -> str:
        return tr(self.told) if isinstance(self.told, str) else self.told()

    def read(self, node: Node, path: Path, notes: Notes) -> Any:
        if node.kind != "scalar" or node.empty or not node.text.strip():
            self.misfit(node, path, notes)
            return None
        try:
            return self.parse(node.text.strip())
        except ValueError as error:
            notes.fault(path, tr("{name}: {fault}", name=_name(path), fault=error))
            return None


def matching(*patterns: str) -> Mapping[str, object]:
    """Return how a text of one of these patterns looks."""
    return {"type": "string", "pattern": f"^({'|'.join(patterns)})$"}


def integer(low: int, high: int) -> Text:
    """Return the shape of a whole number from `low` to `high`."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"-?\d{1,9}", text, re.ASCII) or not low <= int(text) <= high:
            raise ValueError(
                tr("'{text}' does not fit – write a whole number from {low} to {high}", text=text, low=low, high=high)
            )
        return int(text)

    return Text(
        parse,
        lambda: tr("a whole number from {low} to {high}", low=low, high=high),
        {"type": "integer", "minimum": low, "maximum": high},
    )


def flag() -> Text:
    """Return the shape of `true` or `false`, which refuses YAML's other spellings."""

    def parse(text: str) -> bool:
        if text not in ("true", "false"):
            raise ValueError(tr("'{text}' is neither – write true or false", text=text))
        return text == "true"

    return Text(parse, sentence("true or false"), {"type": "boolean"})


def one_of(*words: str) -> Text:
    """Return the shape of one of a few words."""

    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(tr("'{text}' is none of them – write {nearest}", text=text, nearest=nearest(text, words)))
        return text

    return Text(parse, lambda: either(words), {"enum": list(words)})


def either(words: Sequence[str]) -> str:
    """Say that one of some words may be written."""
    return f"`{tr('` or `').join(words)}`"


def identifier() -> Text:
    """Return the shape of a word that names a thing: it goes into the history and never changes."""

    def parse(text: str) -> str:
        if not re.fullmatch(ID, text):
            raise ValueError(
                tr("'{text}' cannot be an id – write up to 40 letters, digits, _ or -, a letter first", text=text)
            )
        return text

    return Text(parse, sentence("an id"), matching(ID))


class ListOf(Shape):
    """A list of one shape; a single value stands for a list of one, and with `once` a repeated value counts once."""

    def __init__(self, item: Shape, *, least: int = 0, once: bool = False) -> None:
        self.item, self.least, self.once = item, least, once

    def what(self) -> str:
        return tr("a list, each {what}", what=self.item.what())

    def read(self, node: Node, path: Path, notes: Notes) -> Any:
        nodes = node.items if node.kind == "list" else () if node.empty else (node,)
        if len(nodes) < self.least:
            notes.fault(path, tr("{name} is empty – write at least {least}", name=_name(path), least=self.least))
            return None
        values = []
        for index, item in enumerate(nodes):
            inner = (*path, index)
            notes.places[inner] = item
            values.append(self.item.read(item, inner if node.kind == "list" else path, notes))
        return tuple(dict.fromkeys(values) if self.once else values)

    def children(self) -> Sequence[Shape]:
        return (self.item,)


class Lines(Shape):
    """Texts, one a line of a block or an item of a list; lines that begin with `#` are for people."""

    def what(self) -> str:
        return tr("texts, one a line")

    def read(self, node: Node, path: Path, notes: Notes) -> Any:
        if node.kind == "mapping" or node.empty:
            self.misfit(node, path, notes)
            return None
        block = "\n" in node.text  # whose lines stand below its sign
        items = node.items or [
            Node("scalar", node.line + number, 1 if block else node.column, line, file=node.file)
            for number, line in enumerate(node.text.split("\n"), int(block))
        ]
        found: dict[str, None] = {}
        for item in items:
            if item.kind != "scalar":
                self.misfit(node, path, notes)
                return None
            text = item.text.strip()
            if text and not text.startswith("#"):
                notes.places[*path, len(found)] = item
                found[text] = None
        if not found:
            notes.fault(path, tr("{name} is empty – write at least {least}", name=_name(path), least=1))
            return None
        return tuple(found)


class MapOf(Shape):
    """A mapping with keys of the writer's own choosing; the order as written counts."""

    def __init__(self, value: Shape, *, key: Text | None = None, least: int = 0, prefix: str = "") -> None:
        self.value, self.key, self.least, self.prefix = value, key or identifier(), least, prefix

    def what(self) -> str:
        name = tr(self.prefix) if self.prefix else self.key.what()
        return tr("a mapping of {key} to {what}", key=name, what=self.value.what())

    def read(self, node: Node, path: Path, notes: Notes) -> Any:
        if node.kind != "mapping":
            self.misfit(node, path, notes)
            return None
        if len(node.entries) < self.least:
            notes.fault(path, tr("{name} is empty – write at least {least}", name=_name(path), least=self.least))
            return None
        values = {}
        for key, inner_node in node.entries:
            inner = (*path, key.text)
            notes.put(inner, key, key)
            name = self.key.read(key, inner, notes)
            notes.put(inner, key, inner_node)
            value = self.value.read(inner_node, inner, notes)
            # A faulty name stays as written, so that references to it are found.
            values[key.text if name is None else name] = (
                value.but(id=key.text if name is None else name) if isinstance(value, Entry) else value
            )
        return values

    def children(self) -> Sequence[Shape]:
        return (self.value,)


class Keys(Shape, Generic[S]):
    """A mapping with known keys, read into a section of a class that declares them.

    `shapes` are those of its keys by the names under which they are written, `others` is that of keys which are not
    known beforehand. A key that is not written has its default, a required one None.
    """

    def __init__(self, section: type[S], shapes: Mapping[str, Shape], others: Shape | None = None) -> None:
        self.section, self.shapes, self.others = section, shapes, others
        self.fields = {declared.written: field for field, declared in section.KEYS.items()}

    def what(self) -> str:
        return tr(self.section.WHAT)

    def read(self, node: Node, path: Path, notes: Notes) -> S | None:
        short = self.section.SHORT
        if short and (node.kind == "scalar" or self._is_title(node)):
            value = self.shapes[short].read(node, path, notes)
            return None if value is None else self.section.of({**self._defaults(), self.fields[short]: value})
        if node.kind != "mapping":
            self.misfit(node, path, notes)
            return None
        if self.section.EMPTY and not node.entries:
            notes.fault(path, tr(self.section.EMPTY))
            return None
        values, others = self._defaults(), {}
        entries = uncut(node.entries)
        for key_node, value_node in entries:
            name, inner = key_node.text, (*path, key_node.text)
            notes.put(inner, key_node, value_node)
            if name in self.shapes:
                values[self.fields[name]] = self.shapes[name].read(value_node, inner, notes)
            elif self.others:
                others[name] = self.others.read(value_node, inner, notes)
            else:
                notes.fault(
                    inner,
                    tr("unknown key '{name}' – write {nearest}", name=name, nearest=nearest(name, tuple(self.shapes))),
                    key=True,
                )
        if self.others:
            values[self.section.OTHERS] = others
        written = {key.text for key, _ in entries}
        for declared in self.section.KEYS.values():
            name = declared.written
            if declared.required and name not in written:
                notes.fault(
                    (*path, name),
                    tr("{name} lacks the key '{key}' – add it: {doc}", name=_name(path), key=name, doc=declared.what()),
                )
        return self.section.of(values)

    def _is_title(self, node: Node) -> bool:
        """Tell whether `{zh: …, en: …}` stands for the title, which it does unless those are keys here."""
        names = {key.text for key, _ in node.entries}
        return bool(names) and names <= {"zh", "en"} and not names & set(self.shapes) and not self.others

    def _defaults(self) -> dict[str, Any]:
        keys = self.section.KEYS
        return {
            field: None if field in keys and keys[field].required else default
            for field, default in self.section.__fields__.items()
        }

    def children(self) -> Sequence[Shape]:
        return [*self.shapes.values(), *([self.others] if self.others else ())]


class Either(Shape):
    """One shape for a mapping, another for everything else."""

    def __init__(self, plain: Shape, mapping: Shape) -> None:
        self.plain, self.mapping = plain, mapping

    def what(self) -> str:
        return tr("{what}, or {another}", what=self.plain.what(), another=self.mapping.what())

    def read(self, node: Node, path: Path, notes: Notes) -> Any:
        return (self.mapping if node.kind == "mapping" else self.plain).read(node, path, notes)

    def children(self) -> Sequence[Shape]:
        return (self.plain, self.mapping)


class Anything(Shape):
    """What somebody else reads."""

    def read(self, node: Node, path: Path, notes: Notes) -> Any:
        return None


ANY = Anything()


class Later(Shape):
    """A shape that is named before it exists, for shapes that contain themselves."""

    def __init__(self, what: str, shape: Callable[[], Shape]) -> None:
        self.told, self.shape = what, cache(shape)  # asked for at each value that has it

    def what(self) -> str:
        return tr(self.told)

    def read(self, node: Node, path: Path, notes: Notes) -> Any:
        return self.shape().read(node, path, notes)

    def children(self) -> Sequence[Shape]:
        return (self.shape(),)


def shape_of(section: type[S], forms: Mapping[str, Shape]) -> Keys[S]:
    """Return the shape of a section: those of its keys, by their types, and by `forms` if these name one."""
    hints = get_type_hints(section, include_extras=True)
    shapes = {
        declared.written: _shape(hints[field], section, forms, declared.least)
        for field, declared in section.KEYS.items()
    }
    others = _shape(get_args(hints[section.OTHERS])[1], section, forms) if section.OTHERS else None
    return Keys(section, shapes, others)


def _shape(hint: object, section: type[Section], forms: Mapping[str, Shape], least: int = 0) -> Shape:
    """Return the shape of a type; `section` is the class it belongs to, for those that contain themselves."""
    if get_origin(hint) in (Union, UnionType):
        hint = reduce(or_, (kind for kind in get_args(hint) if kind is not NoneType))
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _form(args[1], section, forms)
    if hint is bool:
        return flag()
    if hint is str:
        return Text()
    if origin is Literal:
        return one_of(*args)
    if hint in (Self, section):
        return Later(section.WHAT, lambda: shape_of(section, forms))
    if isinstance(hint, type) and issubclass(hint, Section):
        return shape_of(hint, forms)
    if origin is Sequence:
        return ListOf(_shape(args[0], section, forms), least=least)
    if origin is Mapping:
        named = _shape(args[0], section, forms) if get_origin(args[0]) is Annotated else identifier()
        assert isinstance(named, Text)
        return MapOf(_shape(args[1], section, forms), key=named, least=least)
    raise TypeError(f"{section.__name__}: there is no shape for {hint}")


def _form(name: str, section: type[Section], forms: Mapping[str, Shape]) -> Shape:
    """Return the shape of a form of writing by its name; `1 to 9` is a whole number within these bounds."""
    if bounds := re.fullmatch(r"(\d+) to (\d+)", name):
        return integer(int(bounds[1]), int(bounds[2]))
    if name not in forms:
        raise TypeError(f"{section.__name__}: no form of writing is called '{name}', which an annotation names")
    return forms[name]


def read_section(root: Node, shape: Keys[S]) -> tuple[S | None, Notes]:
    """Read a whole document; the notes hold its faults and the place of each value."""
    notes = Notes()
    notes.places[()] = root
    return shape.read(root, (), notes), notes


def _name(path: Path) -> str:
    words = [f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(words).lstrip(".") or tr("the document")


def _kind(node: Node) -> str:
    if node.kind != "scalar":
        return tr("a mapping") if node.kind == "mapping" else tr("a list")
    return tr("nothing") if node.empty or not node.text.strip() else tr("'{word}'", word=node.text[:40])
