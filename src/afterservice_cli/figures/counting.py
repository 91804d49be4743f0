"""How figures count: of which facts, and what is made of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import ceil
from operator import mul
from typing import Protocol

from afterservice_cli.figures.sold import Units
from afterservice_cli.figures.tables import Cell
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import sentence_in, translated

Spread = tuple[float | None, float | None, float | None, int]  # the mean, the median, P90 and the count


class Cohort(Frozen):
    """What is counted: a population of the store, the conditions that hold, and the values that dimensions have."""

    population: str
    where: tuple[str, ...] = ()
    only: tuple[tuple[str, str], ...] = ()

    def also(self, *where: str) -> Cohort:
        """Return those of which these conditions hold, too."""
        return self.but(where=(*self.where, *where))


class Counting(Protocol):
    """What figures ask of the facts of a period.

    `whole` is whether they are about all cases of the desk, `duties` each time by which one of its duties was due, as
    its target and its verdict (None if not whole), `sold` the units of each product by the form in which products are
    compared (None if nobody told).
    """

    whole: bool
    sold: Mapping[str, Units] | None

    @property
    def duties(self) -> Sequence[tuple[str, str]] | None:
        """Return the times by which duties were due."""

    def sold_and_told(self) -> list[tuple[str, int, int]]:
        """Return the products of cases that came in of which units are known, with the units and how many cases."""

    def count(self, cohort: Cohort) -> int:
        """Return how many facts there are."""

    def measured(self, cohort: Cohort, measure: str) -> Mapping[float, int]:
        """Return what a measure says of all facts, each number with how many facts have it."""

    def spread(self, cohort: Cohort, measure: str) -> Spread:
        """Return how these numbers are spread."""

    def cases(self, cohort: Cohort, measure: str = "") -> list[str]:
        """Return the numbers of the cases that have such a fact."""


class Figure(Frozen):
    """One figure: its name for scripts, its words and its definition, and what kind of number it is.

    `means` has the definition; `titles` are what names stand for in the words, in the reader's language.
    """

    name: str
    words: str
    means: str
    cohort: Cohort
    kind: str = "count"
    titles: Mapping[str, str] = {}

    def title(self, language: str) -> str:
        """Return its words in a language."""
        return translated(self.words, language, **self.titles)

    def result(self, facts: Counting) -> Cell:
        """Return its number; None if there is nothing to tell."""
        return facts.count(self.cohort)

    def cases(self, facts: Counting) -> list[str]:
        """Return the numbers of the cases that it counts."""
        return facts.cases(self.cohort)


class Share(Figure):
    """How many `of` the `whole`, from 0 to 1."""

    whole: Cohort = Cohort("")

    def result(self, facts: Counting) -> Cell:
        """Return the share; None if there is nothing to divide by."""
        whole = facts.count(self.whole)
        return facts.count(self.cohort) / whole if whole else None


class Measured(Figure):
    """What a measure says of all facts, in one number: their `mean`, `median`, `p90` or `count`."""

    measure: str = ""
    how: str = "count"

    def result(self, facts: Counting) -> Cell:
        """Return the number; None if there is nothing that is measured, but for their count."""
        return facts.spread(self.cohort, self.measure)[HOWS.index(self.how)]

    def title(self, language: str) -> str:
        """Return its words in a language, of times with what is made of them."""
        said = super().title(language)
        if self.kind == "score":
            return said
        return translated("{word} ({title})", language, word=said, title=translated(MADE[self.how], language))

    def cases(self, facts: Counting) -> list[str]:
        """Return the numbers of the cases that it measures."""
        return facts.cases(self.cohort, self.measure)


class Total(Figure):
    """What a measure says of all facts, added up."""

    measure: str = ""

    def result(self, facts: Counting) -> Cell:
        """Return the sum, to a hundredth."""
        return round(sum(number * count for number, count in facts.measured(self.cohort, self.measure).items()), 2)


class CaseCount(Figure):
    """How many cases have such a fact, each once."""

    def result(self, facts: Counting) -> Cell:
        """Return how many cases there are."""
        return len(facts.cases(self.cohort))


MADE = {
    "mean": sentence_in("column", "mean"),
    "median": sentence_in("column", "median"),
    "p90": sentence_in("column", "P90"),
    "count": sentence_in("column", "count"),
}
HOWS = tuple(MADE)


def spread(counts: Mapping[float, int], unit: int = 1) -> Spread:
    """Return the mean, the median, P90 by nearest rank, and the count of numbers, each told with how many there are.

    So many as `unit` of the numbers make one of what is returned.
    """
    if not counts:
        return None, None, None, 0
    ordered = sorted(counts)
    upto = [*accumulate(map(counts.__getitem__, ordered))]
    count = upto[-1]

    def ranked(place: int) -> float:
        return ordered[bisect_right(upto, place)]

    middle = (ranked((count - 1) // 2) + ranked(count // 2)) / 2
    mean = sum(map(mul, counts.keys(), counts.values())) / (count * unit)
    return mean, middle / unit, ranked(ceil(0.9 * count) - 1) / unit, count


class Time(Frozen):
    """What is measured of many cases, and told as mean, median and P90: a line in the table of times."""

    name: str
    words: str
    means: str
    cohort: Cohort
    measure: str

    def figures(self) -> list[Figure]:
        """Return a figure for each way to make one number of it."""
        return [
            Measured(
                f"{self.name}.{how}",
                self.words,
                self.means,
                self.cohort,
                "count" if how == "count" else "minutes",
                {},
                self.measure,
                how,
            )
            for how in HOWS
        ]
