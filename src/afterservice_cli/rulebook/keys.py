"""Classes whose keys are declared once, each with its type, default and explanation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar, dataclass_transform

from afterservice_cli.frozen import UNSET, Frozen
from afterservice_cli.language import sentence, tr

Read = Callable[[Any], Any]


class Key:
    """One key of a section: what it is for, its default, and how it is written."""

    __slots__ = ("default", "doc", "field", "kept", "least", "written")

    def __init__(self, doc: str, default: Any, written: str, least: int, kept: bool) -> None:
        self.doc, self.default, self.written, self.least, self.kept = doc, default, written, least, kept
        self.field = ""

    def __get__(self, section: Section | None, owner: type[Section]) -> Any:
        """Return the value of a section that was opened and not asked for it yet; of a class, the key itself."""
        if section is None:
            return self
        held = section.__dict__
        if self.field not in held:
            held[self.field] = _value(self, owner, held[_PLAIN])
        return held[self.field]

    @property
    def required(self) -> bool:
        """Tell whether it must be written."""
        return self.default is UNSET

    def what(self) -> str:
        """Say what it is for, in the language spoken."""
        return tr(self.doc)


def key(doc: str, *, default: Any = UNSET, written: str = "", least: int = 0, kept: bool = True) -> Any:
    """Declare a key of a section: what it is for, and what holds if it is not written; without a default it must be.

    `written` is its name in YAML if that is no name in Python, `least` how many entries a list or mapping needs; what
    is not `kept` is no part of a snapshot.
    """
    return Key(doc, default, written, least, kept)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(key,))
class Section(Frozen):
    """A mapping of a YAML document with known keys; the annotation of each says what it may hold.

    Fields that are declared without `key` are written by nobody: reading or compiling gives them. `WHAT` says how a
    section may look, `SHORT` names the key that a single value stands for, `OTHERS` the field that takes keys which
    are not known beforehand, and `EMPTY` is what is wrong with one that has no key at all.

    Annotations stay texts (`from __future__ import annotations`): to evaluate them all would cost every start 2 ms.
    """

    KEYS: ClassVar[Mapping[str, Key]] = {}  # by field
    HINTS: ClassVar[Mapping[str, str]] = {}  # by field
    NESTED: ClassVar[dict[str, type[Section]]] = {}  # every section by the name of its class
    WHAT: ClassVar[str] = sentence("a mapping")
    SHORT: ClassVar[str] = ""
    OTHERS: ClassVar[str] = ""
    EMPTY: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        """Take the defaults of the class's fields from the keys that declare them."""
        super().__init_subclass__()
        hints = {name: hint for name, hint in cls.__annotations__.items() if not name.isupper()}
        keys = {name: value for name, value in cls.__dict__.items() if type(value) is Key}
        for name, declared in keys.items():
            if not declared.doc.strip():
                raise TypeError(f"{cls.__name__}.{name} does not say what it is for")
            cls.__fields__[name] = declared.default
            declared.field, declared.written = name, declared.written or name
        cls.KEYS, cls.HINTS = {**cls.KEYS, **keys}, {**cls.HINTS, **hints}
        if not all(type(hint) is str for hint in hints.values()):
            raise TypeError(f"{cls.__name__}: its module has to import annotations from __future__")
        if cls.NESTED.setdefault(cls.__name__, cls) is not cls:
            raise TypeError(f"there is a section {cls.__name__} already, and annotations name sections by their class")


S = TypeVar("S", bound=Section)  # not by its name: that would be compiled at every start


class Entry(Section):
    """A section that stands in a mapping under a name of the writer's own choosing, its `id`."""

    id: str = ""


_PLAIN = "opened"  # where an opened section keeps what is not read yet
_KEPT: dict[type[Section], list[tuple[str, str, Read | None]]] = {}
_HOLDING: dict[type[Section], list[tuple[str, str]]] = {}


def load(cls: type[S], plain: Mapping[str, Any]) -> S:
    """Return the section that `to_plain` made plain values of; what they lack has its default.

    Raises ValueError if they lack a key that has none.
    """
    values = {}
    for field, written, read in _kept(cls):
        if written in plain:
            value = read(plain[written]) if read else plain[written]
            values[field] = tuple(value) if isinstance(value, list) else value
    if len(values) < len(cls.__fields__):
        values = {**cls.__fields__, **values}
        if missing := [field for field, value in values.items() if value is UNSET]:
            raise ValueError(f"{cls.__name__} lacks {', '.join(missing)}")
    return cls.of(values)


def opened(cls: type[S], plain: Mapping[str, Any], **given: Any) -> S:
    """Return the section that `load` would, each key read when it is first asked for; `given` are fields without one.

    Most commands ask a rulebook for a few of its sections. Raises ValueError if a key is missing that has no default.
    """
    if missing := [field for field, key in cls.KEYS.items() if key.required and key.written not in plain]:
        raise ValueError(f"{cls.__name__} lacks {', '.join(missing)}")
    return cls.of({_PLAIN: plain, **given})


def _value(key: Key, cls: type[Section], plain: Mapping[str, Any]) -> Any:
    if key.written not in plain:
        return key.default
    read, value = _reader(cls, cls.HINTS[key.field]), plain[key.written]
    value = read(value) if read else value
    return tuple(value) if isinstance(value, list) else value


def to_plain(value: Any) -> Any:
    """Return a section, or what one holds, as plain JSON values; entries become a list, which keeps their order."""
    if isinstance(value, Section):
        return {written: to_plain(getattr(value, field)) for field, written, _ in _kept(type(value))}
    if isinstance(value, Mapping):
        if any(isinstance(entry, Entry) for entry in value.values()):
            return [to_plain(entry) for entry in value.values()]
        return {name: to_plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):  # of thousands of patterns, most of them
        return [inner if type(inner) is str else to_plain(inner) for inner in value]
    return value


def kept_fields(cls: type[Section]) -> dict[str, str]:
    """Return the fields that a snapshot keeps, by the names that they have there."""
    return {written: field for field, written, _ in _kept(cls)}


def holding(cls: type[Section]) -> list[tuple[str, str]]:
    """Return the keys of a section that may hold sections, each by its field and as it is written."""
    if cls not in _HOLDING:
        _HOLDING[cls] = [(field, one.written) for field, one in cls.KEYS.items() if _reader(cls, cls.HINTS[field])]
    return _HOLDING[cls]


def _kept(cls: type[Section]) -> list[tuple[str, str, Read | None]]:
    """Return the fields that a snapshot keeps, each with its name there and how it is read from there."""
    if cls not in _KEPT:
        fields = {field: cls.KEYS.get(field) for field in cls.HINTS}
        _KEPT[cls] = [
            (field, declared.written if declared else field, _reader(cls, cls.HINTS[field]))
            for field, declared in fields.items()
            if declared is None or declared.kept
        ]
    return _KEPT[cls]


def _reader(cls: type[Section], hint: str) -> Read | None:
    """Return how the plain value of a field with this hint is read; None if it is as it shall be."""
    if "[" not in hint and (word := hint.partition(" ")[0]) not in cls.NESTED and word != "Self":
        return None  # most fields: a text, a number, a truth
    words = hint.replace("[", " ").replace("]", " ").replace(",", " ").split()
    named = (cls if word == "Self" else cls.NESTED.get(word) for word in words)
    section = next(filter(None, named), None)
    if section is None:
        return None

    def read(value: Any) -> Any:
        return load(section, value) if isinstance(value, Mapping) else value

    if words[0] == "Sequence":
        return lambda values: [read(value) for value in values]
    if words[0] == "Mapping" and issubclass(section, Entry):
        return lambda entries: {entry["id"]: load(section, entry) for entry in entries}
    if words[0] == "Mapping":
        return lambda values: {name: read(value) for name, value in values.items()}
    return read
