"""What may stand as the value of an option or argument, for a line that is completed; nothing is refused here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from afterservice_cli.cases.case import STAGES, STATUSES
from afterservice_cli.commands.filters import FILTERS, filter_of
from afterservice_cli.console.shells import Choice
from afterservice_cli.console.terminal import WRITERS
from afterservice_cli.errors import Problem
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import spoken, tr
from afterservice_cli.output_text import safe_text, width
from afterservice_cli.render.lists.listing import list_columns
from afterservice_cli.render.screen import Screen
from afterservice_cli.render.telling import Teller
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.session import Session
from afterservice_cli.store import history
from afterservice_cli.store.reading import queries
from afterservice_cli.store.reading.beginnings import cases_beginning, last_of, open_tasks_of
from afterservice_cli.store.reading.filters import SORTS
from afterservice_cli.store.reading.problems import list_measures, list_problems

HELP_WIDTH = 48  # columns of what a choice means


class CommandLine(Frozen):
    """A line as far as it stands: what its parameters were given, by their names, and the value that is begun."""

    given: Mapping[str, Sequence[str]]
    begun: str
    session: Session

    @property
    def rulebook(self) -> Rulebook:
        """Return the rulebook of the desk."""
        return self.session.rulebook

    @property
    def screen(self) -> Screen:
        """Return whose titles stand beside the values, and in which language."""
        return Screen(self.rulebook, spoken())


Completer = Callable[[CommandLine], Iterable[Choice]]
Values = Completer | Sequence[str]  # of the desk and its rulebook, or words of the program's own


def choices(line: CommandLine, values: Values) -> list[Choice]:
    """Return the values that begin as the line does, each with what it means as far as it fits; none without a desk."""
    try:
        known = not callable(values) or values in WITHOUT_A_DESK or line.session.look()
        found = list(_of(values, line)) if known else []
    except Problem:
        return []
    return [Choice(each.word, _cut(safe_text(each.help))) for each in found if each.word.startswith(line.begun)]


def _of(values: Values, line: CommandLine) -> Iterable[Choice]:
    return values(line) if callable(values) else map(Choice, values)


def _cut(text: str) -> str:
    """Return as much of a text as help has room for."""
    taken = 0
    for place, sign in enumerate(text):
        taken += width(sign)
        if taken > HELP_WIDTH:
            return f"{text[:place].rstrip()}…"
    return text


def _called(line: CommandLine, titles: Mapping[str, str]) -> Iterator[Choice]:
    """Yield ids with their labels; a label that begins as the line does stands for itself."""
    for name, title in titles.items():
        if line.begun and not name.startswith(line.begun) and title.startswith(line.begun):
            yield Choice(title, name)
        else:
            yield Choice(name, title if title != name else "")


def named(what: str) -> Completer:
    """Return a completer of what the rulebook names by a word, such as `owner` or a field, with the labels."""

    def values(line: CommandLine) -> Iterable[Choice]:
        return _called(line, {name: title[spoken()] for name, title in line.rulebook.choices(what)})

    return values


def _encodings(_: CommandLine) -> Iterable[Choice]:
    """Return the encodings that a file may have."""
    from afterservice_cli.intake.tables.encodings import CODECS

    return map(Choice, CODECS)


def _undated(_: CommandLine) -> Iterable[Choice]:
    """Return which time of a row may count for a status without one."""
    from afterservice_cli.intake.reading.profile import UNDATED

    return map(Choice, UNDATED)


def _figures(line: CommandLine) -> Iterable[Choice]:
    """Yield the figures of a report, each with its words."""
    from afterservice_cli.figures.above import COUNTS, RATES, figures_of_duty
    from afterservice_cli.figures.cases import FIGURES
    from afterservice_cli.figures.named import figures_of_question, figures_of_target
    from afterservice_cli.reports.lists.duties import duty_target

    rulebook, language = line.rulebook, spoken()
    every = [*FIGURES, *COUNTS, *RATES]
    for duty, entry_of in rulebook.duties.items():
        every += figures_of_duty(duty_target(duty), entry_of.title[language])
    for target, entry in rulebook.targets.items():
        every += figures_of_target(target, entry.title[language])
    for question, asked in rulebook.questions.items():
        every += figures_of_question(question, asked.title[language])
    return [Choice(figure.name, figure.title(language)) for figure in every]


def _dimensions(line: CommandLine) -> Iterable[Choice]:
    """Yield by what a report can tell cases apart."""
    from afterservice_cli.reporting.telling import DIMENSIONS

    fields = {name: each.title[spoken()] for name, each in line.rulebook.fields.items() if not each.personal}
    return _called(line, {**{name: tr(said) for name, said in DIMENSIONS.items()}, **fields})


def _states(words: Sequence[str]) -> Completer:
    """Return statuses or stages, as staff see them."""

    def values(line: CommandLine) -> Iterable[Choice]:
        return _called(line, {word: line.screen.state_label(word) for word in words})

    return values


def _cases(line: CommandLine) -> Iterable[Choice]:
    with line.session.desk.reading() as db:
        last = last_of(db, line.session.actor) if queries.LAST.startswith(line.begun) else []
        found = [*(case.but(reference=queries.LAST) for case in last), *cases_beginning(db, line.begun)]
    for case in found:
        told = [line.screen.state_label(case.status), case.description]
        yield Choice(case.reference, "  ".join([case.number] * (case.reference != case.number) + [*filter(None, told)]))


def _tasks(line: CommandLine) -> Iterable[Choice]:
    """Yield the open tasks of the case that the line names."""
    with line.session.desk.reading() as db:
        number = line.session.desk.find(db, line.given["case"][0])
        found = open_tasks_of(db, number)
    return _called(line, {name: line.rulebook.task_title(rule, name, spoken()) for name, rule in found})


def _outcomes(line: CommandLine) -> Iterable[Choice]:
    """Yield what the task that the line names may come to."""
    with line.session.desk.reading() as db:
        number = line.session.desk.find(db, line.given["case"][0])
        rules = dict(open_tasks_of(db, number))
    task = line.given["name"][0]
    outcomes = line.rulebook.outcomes_of(rules[task]) if task in rules else {}
    return _called(line, {name: entry.title[spoken()] for name, entry in outcomes.items()})


def _assignees(line: CommandLine) -> Iterable[Choice]:
    """Yield teams, and after `TEAM/` its people."""
    team, slash, _ = line.begun.rpartition("/")
    if not slash:
        return named("owner")(line)
    people = line.rulebook.holders(team, team)
    return [Choice(f"{team}/{person}", line.rulebook.title("person", person, spoken())) for person in people]


def _calendars(line: CommandLine) -> Iterable[Choice]:
    return [Choice(name) for name in line.rulebook.calendars]


def _scores(line: CommandLine) -> Iterable[Choice]:
    """Yield scores; of each question if the rulebook asks several."""
    questions = {name: entry.title[spoken()] for name, entry in line.rulebook.questions.items()}
    if len(questions) < 2:
        return [Choice(score) for score in SCORES]
    return _pairs(line, questions, lambda _: [Choice(score) for score in SCORES])


SCORES = "12345"


def _gives(line: CommandLine) -> Iterable[Choice]:
    """Yield the kinds of what a customer is given, with the unit of each."""
    units = {kind: f"{entry.title[spoken()]} ({entry.unit[spoken()]})" for kind, entry in line.rulebook.gives.items()}
    return _pairs(line, units, lambda _: [])


def _fields(line: CommandLine, names: Iterable[str]) -> Iterable[Choice]:
    """Yield pairs of a field and its value."""
    titles = {name: line.screen.field_title(name) for name in names}
    return _pairs(line, titles, lambda name: named(name)(line.but(begun="")))


def _own_fields(line: CommandLine) -> Iterable[Choice]:
    """Yield pairs of a field that the rulebook declares."""
    return _fields(line, line.rulebook.fields)


def _facts(line: CommandLine) -> Iterable[Choice]:
    """Yield pairs of whatever can be amended."""
    from afterservice_cli.commands.fields import FactNames

    return _fields(line, FactNames(line.screen, "").ids)


def _suggested(line: CommandLine) -> Iterable[Choice]:
    """Yield the places of the categories that are suggested for the case that the line names."""
    from afterservice_cli.commands.suggested import suggesting

    suggests = suggesting(line.session)
    if suggests is None:
        return
    with line.session.desk.reading() as db:
        case = history.load_case(db, line.session.desk.find(db, line.given["case"][0]))
    for place, category in enumerate(suggests.of(case.text()) if case.unplaced else (), 1):
        yield Choice(f"{place}", line.rulebook.title("category", category, spoken()))


def _relations(_: CommandLine) -> Iterable[Choice]:
    """Yield how two cases may be linked."""
    from afterservice_cli.decisions.screening import RELATIONS

    return [Choice(name) for name in RELATIONS]


def _filters(line: CommandLine) -> Iterable[Choice]:
    """Yield pairs of a filter of `list`, or a field, and its value; a filter that is asked without one stands alone."""
    titles = {name: tr(option.help) for name, option in FILTERS.items() if not option.flag}
    fields = {filter_of(name): name for name in line.rulebook.fields}
    titles |= {asked: line.rulebook.title("field", name, spoken()) for asked, name in fields.items()}
    alone = [Choice(name, tr(option.help)) for name, option in FILTERS.items() if option.flag and "=" not in line.begun]

    def values(name: str) -> Iterable[Choice]:
        every = named(fields[name]) if name in fields else VALUES.get(name)
        return _of(every, line.but(begun="")) if every else []

    return [*_pairs(line, titles, values), *alone]


def _timed(line: CommandLine) -> Iterable[Choice]:
    """Yield what has deadlines: targets, and tasks."""
    return [*named("target")(line), *named("task")(line)]


def _pairs(line: CommandLine, titles: Mapping[str, str], values: Callable[[str], Iterable[Choice]]) -> Iterable[Choice]:
    """Yield `NAME=` for the names that begin so; for one that is whole, and for the only one left, its values too."""
    name, equals, _ = line.begun.partition("=")
    begun = [known for known in titles if known.startswith(name)]
    whole = name if equals else begun[0] if len(begun) == 1 else None
    pairs = [Choice(f"{whole}={value.word}", value.help) for value in values(whole)] if whole else []
    return pairs or [Choice(f"{known}=", titles[known]) for known in begun if not equals]


def _any_category(line: CommandLine) -> Iterable[Choice]:
    """Yield every category, of which an inner one stands for all below it."""
    return _called(line, {name: entry.title[spoken()] for name, entry in line.rulebook.categories.items()})


def _rulebooks(_: CommandLine) -> Iterable[Choice]:
    """Yield the rulebooks that come with the program."""
    from afterservice_cli.workflows.founding import shipped

    return [Choice(name) for name in shipped()]


WITHOUT_A_DESK = (_rulebooks, _relations)


def _sections(line: CommandLine) -> Iterable[Choice]:
    """Yield the sections of the rulebook's own report that the line names."""
    called = line.given.get("called", [""])[0]
    report = line.rulebook.reports[line.rulebook.known("report", called)]
    titles = {name: section.title[spoken()] if section.title else name for name, section in report.sections.items()}
    return _called(line, titles)


def _report_formats(line: CommandLine) -> Iterable[Choice]:
    """Yield the formats of a report, or of a list if its cases are asked for."""
    from afterservice_cli.commands.printing import FORMATS

    listed = {"cases", "missed", "low_rated"} & line.given.keys()
    return [Choice(name) for name in (WRITERS if listed else FORMATS)]


def _columns(line: CommandLine) -> Iterable[Choice]:
    """Yield the columns that a case has, after those that stand there already."""
    before, comma, begun = line.begun.rpartition(",")
    teller = Teller(line.rulebook, spoken(), line.session.desk.now)
    for column in list_columns(teller):
        if column.id.startswith(begun):
            yield Choice(f"{before}{comma}{column.id}", column.title)


def _problems(line: CommandLine) -> Iterable[Choice]:
    """Yield the open problems."""
    with line.session.desk.reading() as db:
        return [Choice(row.problem, line.rulebook.title("problem", row.pattern, spoken())) for row in list_problems(db)]


def _measures(line: CommandLine) -> Iterable[Choice]:
    """Yield the measures that are not judged."""
    with line.session.desk.reading() as db:
        return [Choice(row.measure, row.problem or row.of_case or row.month or "") for row in list_measures(db)]


def _problem_kinds(line: CommandLine) -> Iterable[Choice]:
    """Yield the rulebook's kinds of problems."""
    return _called(line, {name: kind.title[spoken()] for name, kind in line.rulebook.problems.items()})


# By the name of the parameter; with its command before it if another's means something else.
VALUES: Mapping[str, Values] = {
    **dict.fromkeys(("case", "cases", "other", "into", "like"), _cases),
    **{what: named(what) for what in ("priority", "channel", "kind", "owner", "person")},
    **{what: named(what) for what in ("fault", "cause", "liability", "disposition", "visit")},
    "category": _any_category,
    "classify category": named("category"),
    "register category": named("category"),
    "assign owner": _assignees,
    "collaborators": named("owner"),
    "via": named("way of telling"),
    "status": _states(STATUSES),
    "stage": _states(STAGES),
    "invalid": named("ground"),
    "ground": named("pause"),
    "field": _own_fields,
    "assignments": _facts,
    "where": _filters,
    "missed": _timed,
    "view": named("view"),
    "report called": named("report"),
    "report by": _dimensions,
    "compare": ("previous", "last-year"),
    "metric": _figures,
    "report cases": _figures,
    "define": _figures,
    "give": _gives,
    "scores": _scores,
    "rating": _scores,
    "duty name": named("duty"),
    "task name": _tasks,
    "outcome": _outcomes,
    "called": _calendars,
    "claim": named("person"),
    "init rules": _rulebooks,
    "format": (*WRITERS,),
    "report format": _report_formats,
    "export format": ("csv", "jsonl", "xes", "ocel"),
    "report section": _sections,
    "report columns": _columns,
    "sort": SORTS,
    "encoding": _encodings,
    "undated": _undated,
    "dates": ("iso", "year-first", "month-first", "day-first", "minguo"),
    "list columns": _columns,
    "problem": _problems,
    "problem open kind": _problem_kinds,
    "measure": _measures,
    "by": _assignees,
    "effective": ("yes", "partly", "no"),
    "relation": _relations,
    "suggested": _suggested,
    **dict.fromkeys(("known", "warranty"), ("yes", "no")),
}
