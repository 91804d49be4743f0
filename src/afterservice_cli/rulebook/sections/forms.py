"""What sections share: the types of what is written in a form of its own, labels, and conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Self

from afterservice_cli.language import sentence
from afterservice_cli.rulebook.keys import Entry, Section, key

Title = Annotated[Mapping[str, str], "title"]  # by language
Phrases = Annotated[Sequence[str], "phrases"]
SomePhrases = Annotated[Sequence[str], "some phrases"]
Duration = Annotated[str, "duration"]
Durations = Annotated[Mapping[str, str], "durations"]  # by target
Hours = Annotated[Sequence[tuple[int, int]], "hours"]  # minutes after midnight
Role = Annotated[str, "role"]
SomeRoles = Annotated[Sequence[str], "some roles"]
PersonName = Annotated[str, "person"]
FieldName = Annotated[str, "field name"]
Bound = Annotated[float | str, "bound"]  # a number, a day or a time of day, local to the desk
Steps = Annotated[int, "0 to 9"]


class Titled(Entry):
    """Something with a label."""

    title: Title = key("the label staff see")


class Named(Titled):
    """Something for which its label may stand alone."""

    WHAT, SHORT = sentence("a title, or a mapping"), "title"


# --- conditions -----------------------------------------------------------------------------------------------------


class Comparison(Section):
    """What a number, a date or a time is compared with."""

    WHAT = sentence("a comparison")
    EMPTY = sentence("compares with nothing – write over, under, at_least or at_most")

    over: Bound | None = key("more, or later, than this", default=None)
    under: Bound | None = key("less, or earlier, than this", default=None)
    at_least: Bound | None = key("this or more, or later", default=None)
    at_most: Bound | None = key("this or less, or earlier", default=None)

    def bounds(self) -> Mapping[str, float | str]:
        """Return what is compared with, by the keys that say how."""
        every = {"over": self.over, "at_least": self.at_least, "under": self.under, "at_most": self.at_most}
        return {name: bound for name, bound in every.items() if bound is not None}


class Condition(Section):
    """What must hold of a case: all that is written in it; `fields` are those of the case with what they may have."""

    WHAT, SHORT = sentence("a condition"), "is"
    EMPTY = sentence("an empty condition always holds – write what must be the case")
    OTHERS = "fields"

    match: SomePhrases = key("phrases of which one must stand in the text", default=())
    unless: SomePhrases = key("phrases of which none may stand in the text", default=())
    like: Sequence[Annotated[str, "samples"]] = key(
        "names under `samples`: the text is like those of one of them", default=(), least=1
    )
    unlike: Sequence[Annotated[str, "samples"]] = key(
        "names under `samples`: the text is like what one of them is not like", default=(), least=1
    )
    within: Sequence[Annotated[str, "limit"]] = key("limits that must not be over", default=(), least=1)
    otherwise: bool = key("whether none of the other dispositions is possible", default=False)
    any: Sequence[Self] = key("conditions of which one must hold", default=(), least=1)
    all: Sequence[Self] = key("conditions that must all hold", default=(), least=1)
    none: Self | None = key("a condition that must not hold", default=None, written="not")
    named: Annotated[str, "condition"] | None = key(
        "the name of conditions under `conditions`, of which one must hold", default=None, written="is", kept=False
    )
    fields: Mapping[str, Annotated[Sequence[str] | Comparison, "field test"]] = {}

    def deep(self) -> Iterator[Self]:
        """Yield the condition and all that stand in it and could be read."""
        return (condition for _, condition in self.places())

    def places(self, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Self]]:
        """Yield the condition, which stands at a path, and all that stand in it and could be read, with their paths."""
        yield path, self
        for word, several in (("any", self.any), ("all", self.all)):
            for index, inner in enumerate(several or ()):
                if inner is not None:
                    yield from inner.places((*path, word, index))
        if self.none is not None:
            yield from self.none.places((*path, "not"))
