"""A whole report: the tables of a period, with where its figures come from."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from afterservice_cli import __version__
from afterservice_cli.cases.values import verdict
from afterservice_cli.errors import NotFound, nearest, typed
from afterservice_cli.figures.above import COUNTS, RATES, figures_of_duty
from afterservice_cli.figures.cases import FIGURES
from afterservice_cli.figures.counting import Cohort, Figure, Measured
from afterservice_cli.figures.named import VERDICTS, figures_of_given, figures_of_question, figures_of_target
from afterservice_cli.figures.periods import Span
from afterservice_cli.figures.sold import Sale, fields_sold, units_until
from afterservice_cli.figures.tables import Bounds, Cell, Ending, Only, Printed, ReportTable, behind
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import sentence_in, tr
from afterservice_cli.render.reports.printed import figures_in
from afterservice_cli.render.screen import Screen
from afterservice_cli.reporting import above, amounts, frequent, sections
from afterservice_cli.reporting.telling import COLUMNS, FOUND_OUT, About, told_apart
from afterservice_cli.reports.lists.duties import duty_target
from afterservice_cli.reports.lists.duty_times import times_due
from afterservice_cli.reports.rows import DutyTimeRow, Listed
from afterservice_cli.rulebook.comparing import normal
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.vocabulary import FAULT_RATE
from afterservice_cli.store import history
from afterservice_cli.store.counting.facts import Facts, Supplement
from afterservice_cli.store.reading import queries
from afterservice_cli.store.reading.filters import ALL, Filter, searched
from afterservice_cli.time.worktime import Calendar

TITLES: Mapping[str, str] = {
    "month": sentence_in("report", "Monthly report"),
    "quarter": sentence_in("report", "Quarterly report"),
    "week": sentence_in("report", "Weekly report"),
    "year": sentence_in("report", "Annual report"),
    "days": sentence_in("report", "Report"),
}
TIMELY = ("owner", "person", "priority", "area")


class ReportSource(Screen):
    """What a report is made from: the tables, the rulebook in force then, its language, and as of when (a UTC text).

    `listed` reads cases from these tables by their numbers.
    """

    db: sqlite3.Connection
    rulebook_of: Callable[[str], Rulebook]
    now: str
    listed: Callable[[sqlite3.Connection, Sequence[str]], list[Listed]] = queries.cases_numbered


class ReportScope(Frozen):
    """What a report is to tell: the period, of which cases, compared with which other period, by what else.

    `filters` says in words which cases are `chosen`.
    """

    span: Span
    chosen: Filter = ALL
    against: Span | None = None
    by: str | None = None
    sales: tuple[Sale, ...] | None = None
    filters: tuple[Only, ...] = ()


class Own(Frozen):
    """What a report of the rulebook's own has in place of the usual: its name, its title and its tables.

    `sections` has what is asked in those that are about other cases.
    """

    name: str
    title: str
    tables: Sequence[ReportTable]
    sections: Mapping[str, ReportScope] = {}


def with_texts_searched(source: ReportSource, scope: ReportScope) -> ReportScope:
    """Return the scope with the cases that are found in texts, which are gone through once."""
    return scope.but(chosen=searched(source.db, scope.chosen))


def about_of(source: ReportSource, scope: ReportScope) -> About:
    """Return the facts that a report is told from."""
    scope = with_texts_searched(source, scope)
    zone, calendar = source.rulebook.zone, source.rulebook.calendar
    bounds = [part.bounds(zone)[0] for part in scope.span.parts()]

    def facts(span: Span) -> Facts:
        sold, apart = None, {}
        if scope.sales is not None:
            until = partial(units_until, scope.sales, span.until, normal(scope.chosen.product or ""))
            sold, apart = until(), {name: until(name) for name in fields_sold(scope.sales)}
        supplement = Supplement(bounds, partial(_duties, source, *span.bounds(zone)), sold, apart)
        return Facts(source.db, scope.chosen, span.bounds(zone), source.now, calendar, supplement)

    before = facts(scope.against) if scope.against else None
    return About(source.rulebook, source.language, facts(scope.span), before)


def report(source: ReportSource, scope: ReportScope, *, own: Own | None = None, with_cases: bool = False) -> Printed:
    """Return the whole report of a period, `with_cases` with those that the figures count.

    One of the rulebook's `own` has other tables.
    """
    scope = with_texts_searched(source, scope)
    about = about_of(source, scope)
    begin, until = about.facts.period
    tables = _tables(source, scope, about) if own is None else own.tables
    every = figures_of(about)
    title = source.tr(TITLES[scope.span.unit]) if own is None else own.title
    counted = [*_counted(about, every), *(_of_sections(source, own) if own else ())] if with_cases else []
    return Printed(
        title=f"{title}  {source.rulebook.called[source.language]}",
        period=scope.span.name,
        begin=begin,
        until=until,
        zone=source.rulebook.zone.key,
        tables=tuple(tables),
        ending=ending(source),
        figures={figure.name: figure.result(about.facts) for figure in every},
        cases={name: cases for name, cases, _ in counted},
        compared=Bounds(*about.before.period) if about.before else None,
        filters=scope.filters,
        own=own.name if own else "",
        called={name: called for name, _, called in counted},
    )


def _counted(about: About, figures: Sequence[Figure]) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield the figures that count something, each with the cases that it counts and what it is called."""
    for figure in figures:
        if figure.kind in ("count", "share") and not isinstance(figure, Measured) and figure.result(about.facts):
            yield figure.name, tuple(figure.cases(about.facts)), figure.title(about.language)


def _of_sections(source: ReportSource, own: Own) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield in the same way what sections count that are about other cases than the report."""
    for table in (table for table in own.tables if table.section):
        about, named = about_of(source, own.sections[table.section]), figures_in(table)
        for name, cases, called in _counted(about, [one for one in figures_of(about) if one.name in named]):
            yield behind(table.section, name), cases, source.said(table.title, called)


def ending(source: ReportSource) -> Ending:
    """Return where the figures of a report come from."""
    seq, digest, _ = history.head(source.db)
    rulebook = source.rulebook
    name = rulebook.called[source.language]
    return Ending(name, source.now, seq, f"{seq}:{digest}", rulebook.hash[:12], __version__)


def figures_of(about: About) -> list[Figure]:
    """Return every figure that a desk has: those of all desks, of its targets and tasks, of its questions."""
    found = [*FIGURES, *COUNTS, *RATES]
    kinds: dict[str, Mapping[str, str]] = {}
    for disposition, kind, titles in amounts.kinds_given(about):
        kinds.setdefault(kind, titles)
        found += figures_of_given(disposition, kind, titles)
    for kind, titles in kinds.items():
        found += figures_of_given("", kind, titles)
    for duty, title in _duty_titles(about).items():
        found += figures_of_duty(duty, title)
    for target, title in target_titles(about).items():
        found += figures_of_target(target, title)
    for question, title in sections.questions_of(about).items():
        found += figures_of_question(question, title)
    return found


def figure_called(about: About, name: str) -> Figure:
    """Return the figure of a name; `NotFound` names the nearest."""
    every = {figure.name: figure for figure in figures_of(about)}
    if name not in every:
        raise NotFound(
            tr("there is no figure '{name}' – write {known}", name=typed(name), known=nearest(name, tuple(every))),
            hint=tr("afterservice report --define '?' lists them"),
        )
    return every[name]


def target_titles(about: About) -> dict[str, str]:
    """Return what the targets that count are called: the rulebook's in its order, then those that cases have beside.

    Tasks of one name that plans call differently have all their titles.
    """
    found = {name: [about.value_title("target", name)] for name, one in about.rulebook.targets.items() if one.counts}
    for facts in about.spans:
        for target, rule, _ in facts.counts(Cohort("deadlines"), ("target", "rule")):
            titles = found.setdefault(str(target), [])
            if target not in about.rulebook.targets:
                titles.append(about.target_title(str(target), str(rule)))
    return {target: " / ".join(sorted(set(titles))) for target, titles in found.items()}


def _tables(source: ReportSource, scope: ReportScope, about: About) -> list[ReportTable]:
    if scope.by:
        of_units = scope.by in ("product", "line", *about.facts.sold_apart)
        rates = [frequent.fault_rates(about, scope.by)] if of_units else []
        tables = [sections.by(about, scope.by, every=True), *_timely(about, (scope.by,)), *rates]
        return [table for table in tables if table.rows]
    named = _named(source, scope, about)
    tables = [named[name]() for name in ("numbers", "shares", "course")]
    tables += [sections.by(about, dimension) for dimension in _dimensions(about)]
    tables += [named["targets"](), *_timely(about, TIMELY)]
    tables += [make() for name, make in named.items() if name not in ("numbers", "shares", "course", "targets")]
    return [table for table in tables if table.rows]


def table_called(source: ReportSource, scope: ReportScope, about: About, name: str) -> ReportTable | None:
    """Return one of the tables that every report has, by its name; None if it says nothing of some cases alone."""
    named = _named(source, scope, about)
    return named[name]() if name in named else None


def _named(source: ReportSource, scope: ReportScope, about: About) -> Mapping[str, Callable[[], ReportTable]]:
    """Return how the tables are made that every report has, by their names."""

    def risen() -> ReportTable:
        span = scope.span.before()
        return frequent.risen(about, about_of(source, scope.but(span=span, against=None)).facts)

    def targets() -> ReportTable:
        return _with_duties(about, sections.targets(about, target_titles(about)))

    parts = [part.name.partition("..")[0] for part in scope.span.parts()]
    every: dict[str, Callable[[], ReportTable]] = {
        "numbers": lambda: sections.every_number(about),
        "shares": lambda: sections.shares(about),
        "course": lambda: sections.course(about, parts),
        "targets": targets,
        "told_late": lambda: sections.told_late(about),
        "times": lambda: sections.times(about),
        "backlog_by_age": lambda: sections.backlog(about),
        "satisfaction": lambda: sections.satisfaction(about),
        "amounts": lambda: amounts.amounts(about, "amounts"),
        "charges": lambda: amounts.amounts(about, "charges"),
        "frequent": lambda: frequent.frequent(about),
        "risen": risen,
        "fault_rate_by_product": lambda: frequent.fault_rates(about, "product"),
        "fault_rate_by_line": lambda: frequent.fault_rates(about, "line"),
    }
    every |= {f"{FAULT_RATE}{name}": partial(frequent.fault_rates, about, name) for name in about.facts.sold_apart}
    if scope.chosen == ALL:
        every |= {"problems": lambda: above.problems(about), "measures": lambda: above.measures(about)}
    return every


def _dimensions(about: About) -> list[str]:
    """Return by what the cases of a desk are worth telling apart: what has more than one value, or is found out."""
    fields = [name for name, field in about.rulebook.fields.items() if field.values and not field.personal]
    found: list[str] = []
    for dimension in (*COLUMNS, "line", *fields, *FOUND_OUT):
        cohort = Cohort("resolved" if dimension in FOUND_OUT else "registered")
        values = [value for value, _ in told_apart(about, about.facts, cohort, dimension)]
        if any(values) and (dimension != "area" or _nested(about.rulebook)):
            found.append(dimension)
    return found


def _nested(rulebook: Rulebook) -> bool:
    return any("." in category for category in rulebook.categories)


def _timely(about: About, dimensions: Sequence[str]) -> list[ReportTable]:
    made = [sections.timeliness(about, name) for name in dimensions if name in TIMELY or name in COLUMNS]
    return [table for table in made if any(row[1] for row in table.rows)]


def _with_duties(about: About, table: ReportTable) -> ReportTable:
    """Return the table of targets with the desk's duties below, which are of no case in particular."""
    if about.facts.duties is None:
        return table
    rows: list[tuple[Cell, ...]] = []
    for name, title in _duty_titles(about).items():
        found = [[verdict for target, verdict in facts.duties or () if target == name] for facts in about.spans]
        counts = [found[0].count(word) for word in VERDICTS]
        shares = [_share(verdicts) for verdicts in found]
        compared = [shares[1], _less(shares[0], shares[1])] if len(shares) > 1 else []
        rows.append((title, name, *counts, shares[0], *compared, None))
    return table.but(rows=(*table.rows, *rows))


def _duty_titles(about: About) -> dict[str, str]:
    """Return what the desk's duties are called: those of the rulebook, then those that were due beside."""
    every = [*map(duty_target, about.rulebook.duties)]
    every += [target for facts in about.spans for target, _ in facts.duties or ()]
    return {name: about.target_title(name) for name in dict.fromkeys(every)}


def _duties(source: ReportSource, begin: str, end: str) -> list[tuple[str, str]]:
    """Return each time by which a duty was due in a period, as its target and its verdict."""
    times = queries.duty_times(source.db, begin, end)

    def calendar_of(time: DutyTimeRow) -> Calendar:
        return source.rulebook_of(time.rulebook).calendar_called(time.calendar)

    due = times_due(times, calendar_of, begin, end, source.now)
    return [(row.target, verdict(row.outcome, row.ended_at, row.due_at, source.now, row.paused_at)) for row in due]


def _share(verdicts: Sequence[str]) -> float | None:
    judged = verdicts.count("met") + verdicts.count("missed")
    return verdicts.count("met") / judged if judged else None


def _less(now: float | None, before: float | None) -> float | None:
    return None if now is None or before is None else now - before
