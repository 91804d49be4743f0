"""Frozen value classes that cost nothing to import."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import Any, ClassVar, Self, TypeVar, dataclass_transform

UNSET: Any = object()  # what a field without a default has
OFTEN = 200  # values of a class, after which a constructor of its own is made for it


@dataclass_transform(frozen_default=True, kw_only_default=False)
class Frozen:
    """A frozen value with named fields, declared like a dataclass.

    Why not `dataclasses`: building one class there takes 0.8 ms, and every command would build thirty
    before it does anything. This builds one in microseconds; type checkers treat the two alike.
    """

    __fields__: ClassVar[dict[str, Any]] = {}
    __made__: ClassVar[int] = 0
    __match_args__: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        # Capitals name constants of the class, not fields of its values.
        own = {name: cls.__dict__.get(name, UNSET) for name in cls.__annotations__ if not name.isupper()}
        cls.__fields__ = {**cls.__fields__, **own}
        cls.__match_args__ = tuple(cls.__fields__)  # type: ignore[misc]
        cls.__made__ = 0
        if getattr(cls.__init__, "compiled", False):  # the constructor of a class above has other fields
            cls.__init__ = Frozen.__init__  # type: ignore[method-assign]

    def __init__(self, *args: Any, **given: Any) -> None:
        fields, cls = self.__fields__, type(self)
        if cls.__made__ < OFTEN:
            cls.__made__ += 1
            if cls.__made__ == OFTEN and cls.__init__ is Frozen.__init__ and not cls.__subclasses__():
                cls.__init__ = _constructor(cls)  # type: ignore[method-assign]
        # Nothing left out, and all of it in order: a list of cases builds tens of thousands of these.
        if not args and tuple(given) == self.__match_args__:
            self.__dict__.update(given)
            return
        if not given and len(args) == len(fields):
            self.__dict__.update(zip(fields, args, strict=True))
            return
        if len(args) > len(fields):
            raise TypeError(f"{type(self).__name__} takes {len(fields)} values, {len(args)} given")
        placed = dict(zip(fields, args, strict=False))
        if twice := placed.keys() & given.keys():
            raise TypeError(f"{type(self).__name__}: given twice: {', '.join(twice)}")
        values = {**fields, **placed, **given}
        if len(values) > len(fields) or UNSET in values.values():
            wrong = [name for name in values if name not in fields or values[name] is UNSET]
            raise TypeError(f"{type(self).__name__}: missing or unknown {', '.join(wrong)}")
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen; use .but({name}=…)")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.__dict__.items())})"

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        """Return a value with these fields, unchecked: the caller passes all of them and no others."""
        new = object.__new__(cls)
        new.__dict__.update(values)
        return new

    def but(self, **changed: Any) -> Self:
        """Return a copy with some fields replaced."""
        cls = type(self)
        if getattr(cls.__init__, "compiled", False) and changed.keys() <= cls.__fields__.keys():
            return cls.of({**self.plain(), **changed})
        return cls(**{**self.plain(), **changed})

    def plain(self) -> Mapping[str, object]:
        """Return the fields by name, as JSON has them; frozen values among them stay frozen."""
        held = self.__dict__
        if len(held) > len(self.__fields__):  # beside the fields there is what was worked out from them
            return {name: held[name] for name in self.__fields__}
        return held


def _constructor(cls: type[Frozen]) -> Any:
    """Return an `__init__` made for the fields of a class: it takes a third of the time."""
    names = list(cls.__fields__)
    taken = ", ".join(name if cls.__fields__[name] is UNSET else f"{name}=_{name}" for name in names)
    needed = [name for name in names if cls.__fields__[name] is UNSET]
    if names[: len(needed)] != needed:  # of a class below, one without a default may follow one with
        return Frozen.__init__
    # One by one: CPython then keeps the names of all values of the class but once.
    held = "; ".join(f"held[{name!r}] = {name}" for name in names)
    space = {f"_{name}": default for name, default in cls.__fields__.items()}
    exec(f"def __init__(self, {taken}):\n    held = self.__dict__; {held}", space)  # names from class bodies alone
    made: Any = space["__init__"]
    made.compiled = True
    return made


F = TypeVar("F", bound=Frozen)


class Row(tuple[Any, ...]):
    """A tuple with a name for each place, declared like a class: a row of a table by its columns.

    Why not `typing.NamedTuple`: building one class there takes 0.2 ms.
    """

    __slots__ = ()
    COLUMNS: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.COLUMNS = tuple(cls.__annotations__)
        for place, name in enumerate(cls.COLUMNS):
            setattr(cls, name, property(itemgetter(place)))

    def into(self, kind: type[F], /, **given: Any) -> F:
        """Return a value: of its fields those that are given, the others as the row has them in columns of that name.

        A column of another type is not taken, so that a truth that is 1 in the table has to be given.
        """
        wanted = (type(self), kind, *given)
        if wanted not in _MAKERS:
            _MAKERS[wanted] = _maker(type(self), kind, given)
        made: F = _MAKERS[wanted](self, given)
        return made


_MAKERS: dict[tuple[object, ...], Any] = {}


def _maker(row: type[Row], kind: type[Frozen], given: Mapping[str, Any]) -> Any:
    """Return what makes a value of a row and of what is given beside it, in the order of the fields.

    A list of all cases makes tens of thousands of them, so it is compiled.
    """
    columns, needed = row.__annotations__, dict[str, str]()
    for above in reversed(kind.__mro__):
        needed.update(vars(above).get("__annotations__", {}))
    fit = [
        (at, name) for at, (name, hint) in enumerate(columns.items()) if needed.get(name) in (hint, f"{hint} | None")
    ]
    told = {**{name: f"row[{at}]" for at, name in fit}, **{name: f"given[{name!r}]" for name in given}}
    kind(**{**dict.fromkeys(told), **given})  # which refuses a field that is missing, or that there is not
    held = "; ".join(f"held[{name!r}] = {told.get(name, f'fields[{name!r}]')}" for name in kind.__fields__)
    space = {"new": object.__new__, "kind": kind, "fields": kind.__fields__}
    exec(f"def make(row, given):\n    made = new(kind); held = made.__dict__; {held}\n    return made", space)
    return space["make"]
