"""Whether a condition surely holds if another does, or a phrase counts if another does."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Self

from afterservice_cli.rulebook.document.notes import Notes
from afterservice_cli.rulebook.phrases.looking import Looking
from afterservice_cli.rulebook.phrases.patterns import is_plain
from afterservice_cli.rulebook.phrases.seen import Seen
from afterservice_cli.rulebook.sections.forms import Comparison, Condition
from afterservice_cli.rulebook.sections.reading import Reading, with_defaults
from afterservice_cli.rulebook.sections.rules import Rules


class Implying:
    """What follows from what, as texts are read by a rulebook; if in doubt, nothing does."""

    def __init__(self, looking: Looking) -> None:
        self._looking = looking

    @classmethod
    def of(cls, document: Rules, notes: Notes) -> Self:
        """Return what follows as a document reads texts, or as one that says nothing of it if that has faults."""
        sound = notes.sound("words") and all(notes.sound(*path) for path in notes.patterns if path[0] == "reading")
        return cls(Looking(document.words, with_defaults(document.reading)) if sound else Looking({}, Reading()))

    def all_implied(self, narrow: Sequence[Condition], wide: Sequence[Condition]) -> bool:
        """Tell whether a case that meets one of some conditions surely meets one of others; without any, all do."""
        return not wide or (bool(narrow) and all(any(self.implies(one, other) for other in wide) for one in narrow))

    def implies(self, narrow: Condition, wide: Condition) -> bool:
        """Tell whether every case that meets one condition surely meets another."""
        if narrow == wide:
            return True
        phrases = not wide.match or (
            bool(narrow.match) and all(self.counts(phrase, wide.match) for phrase in narrow.match)
        )
        every = wide.all == narrow.all or all(self.implies(narrow, inner) for inner in wide.all)
        some = not wide.any or wide.any == narrow.any or any(self.implies(narrow, inner) for inner in wide.any)
        samples = ((narrow.like, wide.like), (narrow.unlike, wide.unlike))
        alike = all(not wider or (bool(own) and {*own} <= {*wider}) for own, wider in samples)
        absent = all(self.stands(phrase, narrow.unless) for phrase in wide.unless) and wide.none in (None, narrow.none)
        return phrases and alike and _known(narrow, wide) and every and some and absent

    def counts(self, phrase: str, patterns: Collection[str]) -> bool:
        """Tell whether one of some patterns surely counts where a phrase does."""
        return phrase in patterns or any(
            Seen(phrase, lambda: self._looking).phrases((pattern,)) for pattern in _pieces(phrase, patterns)
        )

    def stands(self, phrase: str, patterns: Collection[str]) -> bool:
        """Tell whether one of some patterns surely stands where a phrase does, whether it counts there or not."""
        return bool(self.standing(phrase, patterns))

    def standing(self, phrase: str, patterns: Collection[str]) -> str:
        """Return the first of some patterns that surely stands where a phrase does; "" if none does."""
        if phrase in patterns:
            return phrase
        pieces = _pieces(phrase, patterns)
        return next((piece for piece in pieces if Seen(phrase, lambda: self._looking).has((piece,))), "")


def _pieces(phrase: str, patterns: Collection[str]) -> list[str]:
    return [pattern for pattern in patterns if pattern in phrase and is_plain(pattern)] if is_plain(phrase) else []


def _known(narrow: Condition, wide: Condition) -> bool:
    """Tell whether whatever one condition asks of the facts surely holds if another's does."""
    fields = all(name in narrow.fields and _within(narrow.fields[name], wanted) for name, wanted in wide.fields.items())
    return fields and set(wide.within) <= set(narrow.within) and (narrow.otherwise or not wide.otherwise)


def _within(narrow: Sequence[str] | Comparison, wide: Sequence[str] | Comparison) -> bool:
    if isinstance(narrow, Comparison) or isinstance(wide, Comparison):
        return narrow == wide
    return all(any(word == other or word.startswith(f"{other}.") for other in wide) for word in narrow)
