"""What a person asks of cases, by the options of `list` or by `--where`, made one value."""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from keyword import iskeyword
from typing import Annotated, Any

import typer

from afterservice_cli.cases.case import STAGES, STATUSES
from afterservice_cli.cases.values import TASK
from afterservice_cli.commands.options import Result, in_place_of, option_of
from afterservice_cli.errors import BadInput, NotFound, given_to, nearest, typed
from afterservice_cli.figures.periods import Span, any_span, parse_span
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_text import check_text, pair_of, spelling
from afterservice_cli.language import LANGUAGES, sentence, tr
from afterservice_cli.render.labels import label, words_for
from afterservice_cli.rulebook.comparing import normal
from afterservice_cli.rulebook.model import spellings
from afterservice_cli.rulebook.values import read_value, typed_value
from afterservice_cli.rulebook.vocabulary import FIELDS
from afterservice_cli.session import Session
from afterservice_cli.store.reading.filters import SORTS, FieldIs, Filter
from afterservice_cli.time.instants import parse_day, to_text

PERSONAL = ("customer", "find")  # filters that ask for what customers wrote, or for who they are
GivenFilters = Mapping[str, str | bool | None]  # by the names of filters; None and False ask nothing


class Read(Frozen):
    """What the value of a filter means: fields of a `Filter`, and the value so that it stays the same.

    So it is an id, and no `last` month; "" if the filter takes none.
    """

    fields: Mapping[str, Any]
    value: str = ""


Reader = Callable[[Session, str, str], Read]


class ListFilter(Frozen):
    """One way to choose cases: an option of `list`, and a word of `--where`, which both have its name."""

    name: str
    help: str
    read: Reader
    metavar: str | None = None
    flag: bool = False  # asked without a value

    @property
    def parameter(self) -> inspect.Parameter:
        """Return the option as the parameter of a command."""
        name = f"{self.name}_" if iskeyword(self.name) else self.name.replace("-", "_")
        option = typer.Option(f"--{self.name}", metavar=self.metavar, help=self.help)
        kind = bool if self.flag else str | None
        return option_of(name, Annotated[kind, option], False if self.flag else None)


def with_filters(*names: str) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Return a decorator that gives a command these filters as options, all of them if none is named.

    They stand where the command has the keyword `asked`, which gets what they ask for.
    """
    options = {FILTERS[name].parameter.name: FILTERS[name] for name in names or FILTERS}
    parameters = [option.parameter for option in options.values()]
    return in_place_of("asked", parameters, lambda given: {options[name].name: given[name] for name in given})


class Criterion(Frozen):
    """A filter that is asked for, by its name or as `fields.NAME`, with what its value was read as."""

    name: str
    read: Read


def criteria(session: Session, given: GivenFilters, where: Sequence[str] | None = None) -> tuple[Criterion, ...]:
    """Return what options of `list` and words of `--where` ask for; `BadInput` names what is wrong."""
    asked: dict[str, str | bool] = {n: value for n, value in given.items() if value is not None and value is not False}
    for name, value in pairs(session, where or ()):
        if name in asked:
            raise BadInput(tr("{name} is asked for twice – leave one of them out", name=name))
        asked[name] = value
    return tuple(Criterion(name, _reader(name)(session, name, str(value))) for name, value in asked.items())


def beside(session: Session, asked: Sequence[Criterion], usual: GivenFilters) -> tuple[Criterion, ...]:
    """Return what is asked for with what is usual, which holds if nothing else is asked for under the same name."""
    named = {criterion.name for criterion in asked}
    return (*criteria(session, {name: value for name, value in usual.items() if name not in named}), *asked)


def filtering(asked: Iterable[Criterion]) -> Filter:
    """Return the filter that all of these make together; `BadInput` if no time is left."""
    found: dict[str, Any] = {"fields": ()}
    for criterion in asked:
        for field, read in criterion.read.fields.items():
            if field == "fields":
                found[field] += read
                continue
            # A month and a day may both bound the period: all of it holds.
            narrower = {"since": max, "until": min}.get(field)
            found[field] = narrower(found[field], read) if narrower and field in found else read
    if found.get("since", "") >= found.get("until", "~"):
        raise BadInput(tr("no day lies in this period – --to is the first day after it"))
    return Filter(**found)


def wanted(
    session: Session, given: GivenFilters, where: Sequence[str] | None = None, usual: GivenFilters | None = None
) -> Filter:
    """Return the filter that options of `list` and words of `--where` make, with what is `usual` beside them."""
    return filtering(beside(session, criteria(session, given, where), usual or {}))


def asked_by(where: Mapping[str, str]) -> Mapping[str, str | bool]:
    """Return what `where:` of a rulebook asks for; with filters that take no value, `true` stands there."""
    asked: dict[str, str | bool] = {}
    for name, value in where.items():
        if name in FILTERS:
            asked[name] = True if FILTERS[name].flag else value
        else:
            asked[FIELDS + name.removeprefix(FIELDS)] = value
    return asked


def filter_of(field: str) -> str:
    """Return the word by which `--where` asks for a field of the rulebook."""
    return FIELDS + field if field in FILTERS else field


def _reader(name: str) -> Reader:
    return FILTERS[name].read if name in FILTERS else _field


def ordered(session: Session, filter: Filter, sort: str, *, reverse: bool, limit: int | None) -> Filter:
    """Return the filter with the order in which cases are wanted, and how many; `BadInput` for an unknown order."""
    if sort not in SORTS:
        raise BadInput(tr("unknown order '{order}' – write {known}", order=typed(sort), known=nearest(sort, SORTS)))
    return filter.but(sort=sort, reverse=reverse, limit=limit, ranks=tuple(session.rulebook.priorities))


def month_of(session: Session, text: str, option: str = "--month") -> Span:
    """Return the month at the desk that a person wrote; `BadInput` names the option."""
    with given_to(option):
        return parse_span("month", text, session.desk.now.astimezone(session.rulebook.zone).date())


def pairs(session: Session, where: Sequence[str]) -> Sequence[tuple[str, str | bool]]:
    """Return names and values of `--where`: of filters, and of the rulebook's fields as `fields.NAME`.

    Either may be named by its label, too. `BadInput` repeats no unknown name: it may be a customer's word.
    """
    found: list[tuple[str, str | bool]] = []
    for text in where:
        name, given, value = pair_of(text)
        name = _named(session, name.strip())
        flag = name in FILTERS and FILTERS[name].flag
        if flag and given:
            raise BadInput(tr("--where: {name} takes no value – write --where {name}", name=name))
        if not flag and not given:
            raise BadInput(tr("--where: {name} needs its value – write --where {name}=…", name=name))
        if name in dict(found):
            raise BadInput(tr("{name} is asked for twice – leave one of them out", name=name))
        found.append((name, True if flag else value))
    return found


def _named(session: Session, name: str) -> str:
    """Return the filter that a word means, or `fields.NAME` for a field of the rulebook; ids come before labels."""
    fields = session.rulebook.fields
    if name in FILTERS or (name.startswith(FIELDS) and name.removeprefix(FIELDS) in fields):
        return name
    if name in fields:
        return FIELDS + name
    word = normal(name)
    if found := next((each for each in FILTERS if word in words_for(each)), None):
        return found
    titled = (each for each, field in fields.items() if word in map(normal, field.title.values()))
    if found := next(titled, None):
        return FIELDS + found
    language = session.terminal.language
    titles = {each: label(each, language) for each in FILTERS}
    titles |= {each: session.rulebook.title("field", each, language) for each in fields}
    raise BadInput(
        tr("--where: there is no such filter – write {known}", known=nearest(name, tuple(titles), titles)),
        hint=tr("they have the names of the rulebook's fields, or of the options of afterservice list"),
    )


# --- how each filter's value is read ----------------------------------------------------------------------------


def _word(words: Sequence[str]) -> Reader:
    """Return a reader of one of the program's words, or of what the screen calls it."""

    def read(session: Session, name: str, value: str) -> Read:
        named = {label(word, language): word for language in LANGUAGES for word in words}
        labels = session.rulebook.labels
        named |= {title: word for word in words if word in labels for title in labels[word].values()}
        named |= {word: word for word in words}
        spelled = {spelling(title): word for title, word in named.items()}
        word = spelled.get(spelling(value))
        if word is None:
            raise BadInput(
                tr(
                    "unknown {filter} '{value}' – write {known}",
                    filter=name,
                    value=typed(value),
                    known=nearest(value, words),
                )
            )
        return Read({name: word}, word)

    return read


def _known(session: Session, name: str, value: str) -> Read:
    known = session.rulebook.known(name, value)
    return Read({name: known}, known)


def _mine(session: Session, name: str, _: str) -> Read:
    """Read whose cases are asked for: those of whoever asks, by the rulebook's name; `BadInput` if it has none."""
    rulebook = session.rulebook
    person = rulebook.person_of(session.actor)
    if person not in rulebook.people:
        raise BadInput(
            tr("the rulebook names no person '{person}', so nothing is theirs", person=typed(person)),
            hint=tr("add them under `owners:` or `people:`, or say who you are: --as NAME"),
        )
    return Read({name: (person, *rulebook.roles_of(person))})


def _category(session: Session, name: str, value: str) -> Read:
    """Read a category; an inner one stands for all below it."""
    every = session.rulebook.categories
    if value in every:
        return Read({name: value}, value)
    try:
        return _known(session, name, value)
    except BadInput:
        inner = spellings(every).get(spelling(value))
        if inner is None:
            raise
        return Read({name: inner}, inner)


def _text(_: Session, name: str, value: str) -> Read:
    text = check_text(value, f"--{name}")
    if not text:
        raise BadInput(tr("--{name} is empty – write what to look for", name=name))
    return Read({name: text}, text)


def _day(field: str) -> Reader:
    """Return a reader of a day, of which the beginning bounds the period at this end."""

    def read(session: Session, name: str, value: str) -> Read:
        with given_to(f"--{name}"):
            day = parse_day(value, now=session.desk.now, zone=session.rulebook.zone)
        return Read({field: to_text(day)}, str(day.astimezone(session.rulebook.zone).date()))

    return read


def _month(session: Session, _: str, value: str) -> Read:
    month = month_of(session, value)
    since, until = month.bounds(session.rulebook.zone)
    return Read({"since": since, "until": until}, month.name)


def _happened(session: Session, name: str, value: str) -> Read:
    """Read a period in which something happened: a month, a quarter, a week or a year."""
    zone = session.rulebook.zone
    with given_to(f"--{name}"):
        span = any_span(value, session.desk.now.astimezone(zone).date())
    return Read({name.replace("-", "_"): span.bounds(zone)}, span.name)


def _missed(session: Session, name: str, value: str) -> Read:
    """Read a target, or else a task, of which a deadline was missed; `task:NAME` is a task, whatever targets are."""
    rulebook, where = session.rulebook, f"--{name}: "
    if value.startswith(TASK):
        target = TASK + rulebook.known("task", value.removeprefix(TASK), where=where)
    else:
        try:
            target = rulebook.known("target", value, where=where)
        except BadInput:
            if spelling(value) not in spellings(rulebook.every_task):
                raise
            target = TASK + rulebook.known("task", value)
    return Read({name: (target, to_text(session.desk.now))}, target)


def _field(session: Session, name: str, value: str) -> Read:
    """Read the value of a field of the rulebook, by id, label or alias; a text is whatever reads the same."""
    name = name.removeprefix(FIELDS)
    rulebook = session.rulebook
    text = check_text(value, name)
    if not text:
        raise BadInput(tr("{name} is empty – write its value", name=name))
    kind = rulebook.fields[name].type or ""
    now = session.desk.now
    read = read_value(rulebook, name, typed_value(rulebook, name, text, now), now)
    alike = kind if kind in ("number", "text") else "exact"
    return Read({"fields": (FieldIs(name, read, alike, rulebook.is_personal(name)),)}, read)


def _overdue(session: Session, name: str, _: str) -> Read:
    return Read({name: to_text(session.desk.now)})


def _suspect(session: Session, name: str, _: str) -> Read:
    from afterservice_cli.store.reading.suspects import OpenSuspects

    return Read({name: OpenSuspects(session.rulebook)})


def _problem(session: Session, name: str, value: str) -> Read:
    """Read the number of a problem, or what is short for it."""
    from afterservice_cli.store.reading.problems import find_problem

    try:
        with session.desk.reading() as db:
            number = find_problem(db, value)
    except (BadInput, NotFound) as error:
        raise BadInput(tr("{option}: {problem}", option=f"--{name}", problem=error.message), hint=error.hint) from None
    return Read({name: number}, number)


def _flag(_: Session, name: str, __: str) -> Read:
    return Read({name: True})


# In the order in which `list --help` tells them.
FILTERS: Mapping[str, ListFilter] = {
    option.name: option
    for option in (
        ListFilter("status", sentence("open, waiting, resolved, confirmed, closed or void."), _word(STATUSES)),
        ListFilter("stage", sentence("intake, triage, handling, closing or done."), _word(STAGES)),
        ListFilter("owner", sentence("Whose, by team: the case, or a task in it."), _known),
        ListFilter("person", sentence("Given to this person in particular."), _known),
        ListFilter("mine", sentence("Given to you or your team: the case, or a task in it."), _mine, flag=True),
        ListFilter("category", sentence("Of this category, or any below it."), _category),
        ListFilter("priority", sentence("Of this priority."), _known),
        ListFilter("channel", sentence("Come in by this channel."), _known),
        ListFilter("kind", sentence("Of this kind."), _known),
        ListFilter("month", sentence("Registered in this month."), _month, metavar="YYYY-MM"),
        ListFilter("from", sentence("Registered on this day or later."), _day("since"), metavar="DATE"),
        ListFilter("to", sentence("Registered before this day."), _day("until"), metavar="DATE"),
        ListFilter("resolved-in", sentence("Resolved in this period."), _happened, metavar="PERIOD"),
        ListFilter("closed-in", sentence("Closed in this period."), _happened, metavar="PERIOD"),
        ListFilter("missed", sentence("With a deadline of this target or task missed."), _missed, metavar="TARGET"),
        ListFilter("overdue", sentence("With a deadline past and unanswered."), _overdue, flag=True),
        ListFilter("unclassified", sentence("Open, and placed by no rule."), _flag, flag=True),
        ListFilter(
            "suspect", sentence("Open, looks like a duplicate, vague or invalid, and not settled."), _suspect, flag=True
        ),
        ListFilter("problem", sentence("Joined to this problem."), _problem, metavar="PROBLEM"),
        ListFilter("customer", sentence("A contact, or a piece of the name."), _text, metavar="TEXT"),
        ListFilter("product", sentence("A piece of the product."), _text, metavar="TEXT"),
        ListFilter("find", sentence("Anywhere in what is written about it."), _text, metavar="TEXT"),
    )
}
