"""A condition of a rulebook in words, in the language of the screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from afterservice_cli.language import in_quotes, sentence, words
from afterservice_cli.render.labels import label
from afterservice_cli.render.screen import Screen
from afterservice_cli.rulebook.conditions import WITHIN
from afterservice_cli.rulebook.model import Facts
from afterservice_cli.rulebook.sections.forms import Comparison, Condition
from afterservice_cli.rulebook.vocabulary import ANY_SCORE, CARRIED_OUT, EARLIER, GIVE, OUTCOME, SCORES

YES_OR_NO: Mapping[str, str] = words("truth", {"yes": "yes", "no": "no"})
FIELDS: Mapping[str, str] = words(
    "condition",
    {
        "known": "known problem",
        "visit": "how the check goes on",
        "cycle": "cycle",
        "disposition": "disposition",
        CARRIED_OUT: "carried out",
        "fault": "fault",
        "cause": "cause",
        "liability": "liability",
        "waiting_for": "what it waits for",
        "looks": "looks",
        ANY_SCORE: "any score",
    },
)
WARRANTY = {"yes": "warranty", "no": "no_warranty"}
# What the value of a key is the name of.
NAMES = {"category": "category", "priority": "priority", "owner": "owner", "with": "owner"}
NAMES |= dict.fromkeys(("head", "deputy", "members", "people"), "person")
NAMES |= {"waiting_for": "pause", CARRIED_OUT: "disposition", "gives": "kind given", "tasks": "task", "after": "task"}
NAMES |= {"topics": "topic"}
COMPARED = {"over": ">", "at_least": "≥", "under": "<", "at_most": "≤"}


class Reader(Screen):
    """For whom it is written: whose titles, in which language, and how many phrases of a list; all if None."""

    most: int | None

    def word(self, terms: Mapping[str, str], name: str) -> str:
        """Return the word for a name, from the terms given or else from the program's labels."""
        return self.tr(terms[name]) if name in terms else label(name, self.language)

    def alternatives(self, words: Iterable[str]) -> str:
        """Return what is said, of which one thing is enough."""
        return self.tr("; or ").join(words)


def condition_text(condition: Condition, reader: Reader) -> str:
    """Return what must hold, in words."""
    pieces = [_field(field, wanted, reader) for field, wanted in condition.fields.items()]
    if condition.match:
        pieces.append(reader.tr("the text has {phrases}", phrases=phrases_text(condition.match, reader)))
    if condition.unless:
        none = sentence("none of {phrases}") if condition.match else sentence("the text has none of {phrases}")
        pieces.append(reader.tr(none, phrases=phrases_text(condition.unless, reader)))
    if condition.like:
        names = reader.either(reader.title("samples", name) for name in condition.like)
        pieces.append(reader.tr("the text is like samples of {names}", names=names))
    if condition.unlike:
        names = reader.either(reader.title("samples", name) for name in condition.unlike)
        pieces.append(reader.tr("the text is like counter-samples of {names}", names=names))
    pieces += [reader.tr("within {limit}", limit=reader.title("limit", name)) for name in condition.within]
    if condition.otherwise:
        pieces.append(reader.tr("no other disposition is possible"))
    pieces += [condition_text(inner, reader) for inner in condition.all]
    if condition.any:
        pieces.append(_alternatives(condition.any, reader))
    if condition.none:
        pieces.append(reader.tr("not ({condition})", condition=condition_text(condition.none, reader)))
    return reader.strung(pieces)


def facts_text(facts: Facts, reader: Reader) -> str:
    """Return what a case is like, in words; what nobody knows of it among them."""
    pieces = []
    for name, value in facts.items():
        limit = name.removeprefix(WITHIN)
        if limit != name:
            title, state = reader.title("limit", limit), {"yes": "within", None: "unknown"}.get(value, "over")
            pieces.append(reader.said(title, label(state, reader.language)))
        elif value is None:
            pieces.append(reader.tr("{fact} is not known", fact=_name(name, reader)))
        else:
            pieces.append(_field(name, (value,), reader))
    return reader.strung(pieces)


def of_facts(condition: Condition) -> Condition | None:
    """Return what of a condition is about other facts than the text, or may be; None if that is nothing."""
    facts = condition.but(
        match=(),
        unless=(),
        like=(),
        unlike=(),
        any=condition.any if any(map(of_facts, condition.any)) else (),
        all=tuple(filter(None, map(of_facts, condition.all))),
        none=of_facts(condition.none) if condition.none else None,
    )
    asks = facts.fields or facts.within or facts.otherwise or facts.any or facts.all or facts.none
    return facts if asks else None


def _alternatives(conditions: Sequence[Condition], reader: Reader) -> str:
    """Return of what one must hold: of a long list of long ones the first, in short, and how many there are."""
    shown, inner = conditions, reader
    if reader.most is not None and len(conditions) > reader.most:
        few = max(reader.most // 2, 1)
        shown, inner = conditions[:few], reader.but(most=max(few // 2, 1))
    one = reader.alternatives(condition_text(each, inner) for each in shown)
    if len(shown) == len(conditions):
        return reader.tr("any of ({conditions})", conditions=one)
    return reader.tr("any of ({conditions}; {more} more)", conditions=one, more=len(conditions) - len(shown))


def _field(field: str, wanted: Sequence[str] | Comparison, reader: Reader) -> str:
    """Return which values a field must have."""
    rulebook = reader.rulebook
    name = _name(field, reader)
    if isinstance(wanted, Comparison):
        limits = {word: limit if isinstance(limit, str) else f"{limit:.15g}" for word, limit in wanted.bounds().items()}
        return f"{name} {' '.join(f'{COMPARED[word]} {limit}' for word, limit in limits.items())}"
    if field == "warranty":
        return reader.either(label(WARRANTY[value], reader.language) for value in wanted)
    if field == "looks":
        return reader.either(label(f"looks_{value}", reader.language) for value in wanted)
    if field == "known":
        return reader.said(name, reader.either(reader.word(YES_OR_NO, value) for value in wanted))
    if field == "status":
        return reader.said(name, reader.either(reader.state_label(value) for value in wanted))
    if field.startswith(OUTCOME):
        task = field.removeprefix(OUTCOME)
        wanted = [rulebook.outcome_title(task, value, reader.language) for value in wanted]
    titles = reader.either(rulebook.title(NAMES.get(field, field), value, reader.language) for value in wanted)
    return reader.tr("{name} is {values}", name=name, values=titles)


def _name(field: str, reader: Reader) -> str:
    """Return what a field is called, or what it is about: a kind given, a task, a question."""
    if field.startswith(GIVE):
        return reader.title("kind given", field.removeprefix(GIVE))
    if field.startswith(EARLIER):
        return reader.title("earlier cases", field.removeprefix(EARLIER))
    if field.startswith(OUTCOME):
        return reader.rulebook.task_title("", field.removeprefix(OUTCOME), reader.language)
    if field.startswith(SCORES) and field != f"{SCORES}{ANY_SCORE}":
        return reader.title("question", field.removeprefix(SCORES))
    field = field.removeprefix(SCORES)
    return reader.word(FIELDS, field) if field in FIELDS else reader.field_title(field)


def phrases_text(phrases: Sequence[str], reader: Reader) -> str:
    """Return the first phrases, and how many there are if that is not all of them."""
    shown = in_quotes(phrases[: reader.most], reader.language)
    if reader.most is None or len(phrases) <= reader.most:
        return shown
    more = len(phrases) - reader.most
    return reader.tr("{phrases} and {more} more", phrases=shown, more=more, count=len(phrases))
