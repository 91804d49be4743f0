"""What sample texts do: to which of them a text is nearest, and what that decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from afterservice_cli.cases.values import Finding
from afterservice_cli.frozen import Frozen
from afterservice_cli.rulebook.conditions import evidence
from afterservice_cli.rulebook.model import Facts, Rulebook
from afterservice_cli.rulebook.phrases.samples import LIKE
from afterservice_cli.rulebook.phrases.seen import Seen, read, reader_of
from afterservice_cli.rulebook.sections.forms import Condition


class Asking(Frozen):
    """A condition that asks for samples, and the value of a field that it gives."""

    field: str
    value: str
    condition: Condition

    def asks_for(self, name: str) -> bool:
        """Tell whether it asks for these samples, however deep."""
        return any(name in (*one.like, *one.unlike) for one in self.condition.deep())


class Nearest(Frozen):
    """That of a list of samples, or of the likeliest topic, to which a text is nearest; what was `decided` by that, if
    anything was.

    A counter-sample decided what it kept out: a condition would have held if the text were like no counter-sample.
    """

    path: str
    key: str
    sample: str
    decided: Finding | None


def asking(rulebook: Rulebook) -> Sequence[Asking]:
    """Return the conditions by which a new case is decided and that ask for samples, in the order of the file."""
    owners = ((entry.to.partition("/")[0], entry.when) for entry in rulebook.assignment)
    sections = (
        ("kind", ((kind.id, kind.when) for kind in rulebook.kinds.values())),
        ("category", ((category.id, category.when) for category in rulebook.categories.values())),
        ("priority", ((name, priority.when) for name, priority in rulebook.priorities.items())),
        ("owner", owners),
    )
    every = (Asking(field, value, one) for field, entries in sections for value, when in entries for one in when)
    return [one for one in every if any(map(one.asks_for, rulebook.samples))]


class SampleHits:
    """Finds to which samples and texts of topics of a rulebook a text is nearest."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        every = asking(rulebook)
        self._asking = {name: [one for one in every if one.asks_for(name)] for name in rulebook.samples}

    def of(self, text: str, facts: Facts, by_field: Mapping[str, Finding]) -> Iterator[Nearest]:
        """Yield the nearest samples, by what a text with these facts was given."""
        for name, asked in self._asking.items():
            resemblance = reader_of(self._rulebook).samples[name]
            if sample := resemblance.closest(text):
                led = (one for one in by_field.values() if LIKE + sample in one.phrases)
                yield Nearest(f"samples.{name}", "like", sample, next(led, None))
            elif asked and (sample := resemblance.closest_unlike(text)):
                known = {**facts, **{one.field: one.value for one in by_field.values()}}
                seen, free = read(self._rulebook, text), _LikeNone(text, partial(reader_of, self._rulebook))
                kept = (by_field[one.field] for one in asked if _keeps_out(one, seen, free, known))
                yield Nearest(f"samples.{name}", "unlike", sample, next(kept, None))
        if self._rulebook.topics:
            yield from self._about(text, by_field["category"])

    def _about(self, text: str, category: Finding) -> Iterator[Nearest]:
        """Yield the nearest text of the topic that a text is likeliest to be about."""
        topics = reader_of(self._rulebook).topics
        weights, sure = topics.weigh(text)
        topic = topics.told(text) or max(weights, key=weights.__getitem__)
        if sure and (sample := topics.closest(text, topic)):
            led = LIKE + sample in category.phrases
            yield Nearest(f"topics.{topic}", "texts", sample, category if led else None)


class _LikeNone(Seen):
    """A text that is like no counter-sample."""

    def unlike(self, names: Sequence[str]) -> bool:
        return False


def _keeps_out(asked: Asking, seen: Seen, free: Seen, facts: Facts) -> bool:
    """Tell whether a condition does not hold only because the text, as it is `seen`, is like a counter-sample."""
    if facts.get(asked.field) == asked.value or evidence(asked.condition, seen, facts) is not None:
        return False
    return evidence(asked.condition, free, facts) is not None
