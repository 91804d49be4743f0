"""What a column of a file may be, by its heading, and whether its cells agree under a rulebook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache

from afterservice_cli.intake.proposals.sampling import Sampled
from afterservice_cli.intake.reading.profile import is_closed
from afterservice_cli.intake.words.meanings import Meaning, happening, meanings
from afterservice_cli.intake.words.satisfaction import scale_of
from afterservice_cli.intake.words.synonyms import fields_called, meant
from afterservice_cli.rulebook.model import Rulebook

MOST = 0.9  # the share of cells that must be what a column is taken for
HALF = 0.5  # the share that must be dates in a column that is called so: rows that have none are told one by one
FEW = 0.02  # the share of cells whose word nobody knows that is left to the rows
WORDS = 60  # different words, beyond which a column holds no choices
AS_TEXT = ("headline", "detail")  # columns whose cells belong before the description
_SURE = 12  # headings of a lower rank mean what they say, whatever their cells hold
_OWN = -1  # the rank of a heading that is called as one of the rulebook's own fields


class Fitting:
    """What columns may be under a rulebook; `words` tells for a field what a word of the file means, if anything."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self.words: Callable[[str], Callable[[str], str | None]] = cache(lambda field: meant(rulebook, field))

    def of(self, column: Sampled) -> Iterable[Meaning]:
        """Yield what a column may be: one of the rulebook's fields by its title or id, or what its heading means."""
        yield from (Meaning(name, _OWN) for name in fields_called(self._rulebook, column.heading))
        yield from meanings(column.heading)

    def fits(self, meaning: Meaning, column: Sampled, dated: float) -> bool:
        """Tell whether the cells of a column may be what its heading says, `dated` the least share of dates."""
        field = meaning.field
        if not column.filled:  # later files may have what this one has not yet
            return field in self._rulebook.fields or field == "product" or happening(field) is not None
        if field in self._rulebook.fields:
            return self._own(field, column)
        if field.endswith((".at", ".promised")) or field == "received_at":
            return column.of_dates + column.of_digits >= dated
        if is_closed(field, self._rulebook):
            return self._closed(meaning, column)
        tests: Mapping[str, Callable[[], bool]] = {
            "rated.score": lambda: column.of_scores >= MOST or bool(scale_of(column.cells)),
            "number": lambda: column.tells_rows_apart,
            "description": lambda: column.is_text,
            "customer": lambda: column.of_dates < MOST and column.length <= 80 and column.of_phones < HALF,
        }
        if field in tests:
            return tests[field]()
        return column.of_dates < MOST and (column.length <= 80 or "." in field or field in AS_TEXT)

    def _closed(self, meaning: Meaning, column: Sampled) -> bool:
        """Tell whether a column may be channel, kind, category, priority or owner: its words are known, or asked."""
        needed = meaning.field == "channel" or meaning.field in self._rulebook.intake.require
        least = 0.5 if meaning.field == "channel" else 1 - FEW
        return (needed and meaning.rank < _SURE) or self.speaks(column, meaning.field, least)

    def _own(self, field: str, column: Sampled) -> bool:
        """Tell whether the cells of a column are values of a field that the rulebook declares."""
        kind = self._rulebook.fields[field].type
        if kind in ("date", "time"):
            return column.of_dates + column.of_digits >= MOST
        if kind == "number":
            return column.of_numbers >= MOST
        required = field in self._rulebook.intake.require
        return kind != "choice" or required or self.speaks(column, field, 1 - FEW)

    def speaks(self, column: Sampled, field: str, least: float) -> bool:
        """Tell whether so large a share of a column are words that the rulebook has for a field."""
        return len(column.cells) <= WORDS and column.share(self.words(field)) >= least

    def may_be(self, field: str, column: Sampled) -> bool:
        """Tell whether a column is called like a field and its cells do not speak against it."""
        return any(meaning.field == field and self.fits(meaning, column, HALF) for meaning in self.of(column))
