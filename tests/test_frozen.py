"""A frozen value with named fields, as a dataclass would be, and a row of named places."""

from typing import Any

import pytest

from afterservice_cli.frozen import Frozen, Row


class Point(Frozen):
    x: int
    y: int = 0

    ORIGIN = (0, 0)


class Named(Point):
    name: str = "?"
    UNITS: tuple[str, ...] = ("cm",)


class Bare(Point):
    """Adds nothing."""


class Place(Frozen):
    x: int
    y: int = 0


def test_fields_come_by_position_by_name_and_by_default() -> None:
    assert (Point(1, 2).x, Point(1, 2).y) == (1, 2)
    assert Point(1) == Point(x=1) == Point(1, 0) == Point(y=0, x=1)


def test_a_subclass_adds_its_fields_after_those_it_inherits() -> None:
    assert Named(1, 2, "a") == Named(name="a", y=2, x=1)
    assert Bare(1, 2).y == 2


def test_capitals_are_constants_of_the_class_and_no_fields() -> None:
    assert "UNITS" not in Named(1).__dict__
    assert Named.UNITS == ("cm",)


def test_a_value_is_frozen() -> None:
    point = Point(1)
    with pytest.raises(AttributeError, match=r"Point is frozen; use .but\(x"):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(AttributeError, match="frozen"):
        del point.x
    assert point == Point(1)


def test_equality_is_of_class_and_fields() -> None:
    assert Point(1, 2) != Point(1, 3)
    assert Point(1, 2) != Place(1, 2)
    assert Point(1, 2) != Bare(1, 2)
    assert Point(1, 2) != (1, 2)


def test_equal_values_hash_alike() -> None:
    assert len({Point(1), Point(1, 0), Place(1)}) == 2


def test_patterns_match_by_position_and_by_name() -> None:
    match Named(1, 2, "a"):
        case Named(1, y, name=name):
            assert (y, name) == (2, "a")
        case _:
            pytest.fail("no match")


def test_but_copies_with_some_fields_replaced() -> None:
    point = Named(1, 2, "a")
    assert point.but(y=5) == Named(1, 5, "a")
    assert point == Named(1, 2, "a")
    with pytest.raises(TypeError, match="unknown z"):
        point.but(z=1)


@pytest.mark.parametrize(
    ("values", "names", "message"),
    [
        ((), {}, "Point: missing or unknown x"),
        ((), {"y": 1}, "Point: missing or unknown x"),
        ((1,), {"z": 1}, "Point: missing or unknown z"),
        ((), {"z": 1}, "Point: missing or unknown x, z"),
        ((1, 2, 3), {}, "Point takes 2 values, 3 given"),
        ((1,), {"x": 2}, "x"),
    ],
)
def test_what_is_missing_unknown_too_many_or_given_twice_is_refused(
    values: tuple[int, ...], names: dict[str, int], message: str
) -> None:
    make: Any = Point
    with pytest.raises(TypeError, match=message):
        make(*values, **names)


def test_a_value_shows_itself() -> None:
    assert repr(Named(1, name="a")) == "Named(x=1, y=0, name='a')"


class Line(Row):
    """A row of a table."""

    number: int
    words: str | None


def test_a_row_is_a_tuple_with_names() -> None:
    line = Line((3, "leaks"))
    assert (line.number, line.words) == line == (3, "leaks")
    assert Line.COLUMNS == ("number", "words")
    with pytest.raises(AttributeError):
        setattr(line, "number", 4)  # noqa: B010


class Told(Frozen):
    """What is told of a row."""

    number: "int | None"
    words: "str | None"
    closed: "bool"
    by: "str" = ""


class Kept(Row):
    """A row with more than is told, and a truth that is 1."""

    place: "int"
    words: "str | None"
    closed: "int"
    number: "int"


def test_a_row_becomes_a_value_with_what_both_have() -> None:
    row = Kept((9, "leaks", 1, 3))
    assert row.into(Told, closed=bool(row.closed)) == Told(3, "leaks", True)
    assert row.into(Told, closed=False, words=None, by="ann") == Told(3, None, False, "ann")


def test_a_column_of_another_type_is_no_field() -> None:
    with pytest.raises(TypeError, match="missing or unknown closed"):
        Kept((9, "leaks", 1, 3)).into(Told)
    with pytest.raises(TypeError, match="missing or unknown place"):
        Kept((9, "leaks", 1, 3)).into(Told, closed=True, place=9)
