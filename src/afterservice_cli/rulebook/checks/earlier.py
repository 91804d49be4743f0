"""Whether what is counted of a customer's earlier cases can be told, and is asked for where it is known."""

from __future__ import annotations

from collections.abc import Iterator

from afterservice_cli.language import tr
from afterservice_cli.rulebook.checks.names import Names, entries, everywhere, items
from afterservice_cli.rulebook.document.notes import Path
from afterservice_cli.rulebook.sections.forms import Condition
from afterservice_cli.rulebook.sections.rules import Rules
from afterservice_cli.rulebook.vocabulary import EARLIER, EARLIER_FACTS, FOUND_OUT


def check_earlier(document: Rules, names: Names) -> None:
    """Note a fault at what earlier cases cannot share, at conditions on what is not kept, and at asking too early."""
    for name, rules in entries(document.earlier):
        path: Path = ("earlier", name)
        for index, fact in items(rules.same):
            names.shared((*path, "same", index), fact)
        for index, condition in items(rules.when):
            _kept(names, (*path, "when", index), condition)
    for path, condition, late in _first_asked(document):
        for one in condition.deep():
            for field in one.fields or ():
                _known_there(document, names, path, field, late)


def _kept(names: Names, path: Path, condition: Condition) -> None:
    """Check that a condition on earlier cases asks for what is kept of them: no words, no limits, no other cases."""
    for one in condition.deep():
        asked = [word for word in ("match", "unless", "within", "otherwise") if getattr(one, word)]
        asked += [field for field in one.fields or () if field.startswith(EARLIER) or names.personal(field)]
        if asked:
            what = tr(
                "'{word}' is not asked of earlier cases – ask for a kind, a category, a disposition or a public field",
                word=asked[0],
            )
            names.notes.fault(path, what)
            return
    names.condition(path, condition, EARLIER_FACTS)


def _first_asked(document: Rules) -> Iterator[tuple[Path, Condition, tuple[str, ...]]]:
    """Yield the conditions that are asked as a case comes in, with their paths and what is not known yet by then."""
    for path, category in everywhere(document.categories, ("categories",)):
        yield from (((*path, "when", index), one, ("category", *FOUND_OUT)) for index, one in items(category.when))
    for name, priority in entries(document.priorities):
        yield from ((("priorities", name, "when", index), one, FOUND_OUT) for index, one in items(priority.when))
    for place, entry in items(document.assignment):
        yield from ((("assignment", place, "when", index), one, FOUND_OUT) for index, one in items(entry.when))


def _known_there(document: Rules, names: Names, path: Path, field: str, late: tuple[str, ...]) -> None:
    rules = (document.earlier or {}).get(field.removeprefix(EARLIER)) if field.startswith(EARLIER) else None
    missing = [fact for fact in late if rules is not None and fact in (rules.same or ())]
    if missing:
        what = tr(
            "'{field}' counts by {fact}, which is not known yet here – ask for it further on, or count otherwise",
            field=field,
            fact=tr(missing[0]),
        )
        names.notes.fault(path, what)
