"""Reporting: what a period came to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from afterservice_cli.commands.filters import (
    FILTERS,
    PERSONAL,
    Criterion,
    GivenFilters,
    asked_by,
    beside,
    criteria,
    filtering,
    with_filters,
)
from afterservice_cli.commands.options import JsonOption, WhereOption
from afterservice_cli.commands.printing import (
    LISTING,
    ReportFormatOption,
    ReportOutputOption,
    check_wanted,
    write_report,
)
from afterservice_cli.commands.rows import ColumnsOption, LabelsOption, Layout, Rows
from afterservice_cli.commands.scope import told
from afterservice_cli.errors import BadInput, BadUsage, given_to, nearest
from afterservice_cli.figures.periods import DAY, UNITS, Span, parse_span
from afterservice_cli.figures.sold import Sale
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import spoken, tr
from afterservice_cli.render.cases.case import masked
from afterservice_cli.render.labels import cases_counted
from afterservice_cli.render.lists.listing import list_columns
from afterservice_cli.render.reports.report import definition, definition_lines, report_lines
from afterservice_cli.render.telling import Teller
from afterservice_cli.reporting import whole
from afterservice_cli.reporting.own import own as own_report
from afterservice_cli.reporting.telling import cases_of_row, known_dimension
from afterservice_cli.reports.cases.case import case_view
from afterservice_cli.rulebook.comparing import normal
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.sections.views import OwnReport
from afterservice_cli.session import Session
from afterservice_cli.store.reading.filters import Filter
from afterservice_cli.time.instants import from_text, parse_day, to_text

# Of the filters, those that a report has as its period, or whose name it has for something else.
PERIODS = ("month", "from", "to", "resolved-in", "closed-in", "missed")
WRITTEN = (*PERSONAL, "suspect")  # those that ask for what may be erased
NO_REPORT = OwnReport(title={}, sections={})
COMPARED = {"previous": Span.before, "last-year": Span.year_before}


class PeriodOptions(Frozen):
    """The period of a report, as the options say it."""

    month: str | None = None
    quarter: str | None = None
    week: str | None = None
    year: str | None = None
    first: str | None = None
    last: str | None = None


@with_filters(*(name for name in FILTERS if name not in PERIODS))
def report(
    session: Session,
    *,
    called: Annotated[
        str | None, typer.Option("--report", metavar="REPORT", help="As the rulebook has it under `reports`.")
    ] = None,
    month: Annotated[str | None, typer.Option("--month", metavar="YYYY-MM", help="Or `this`, or `last`.")] = None,
    quarter: Annotated[str | None, typer.Option("--quarter", metavar="2026Q3", help="Or `this`, or `last`.")] = None,
    week: Annotated[str | None, typer.Option("--week", metavar="2026-W42", help="Or `this`, or `last`.")] = None,
    year: Annotated[str | None, typer.Option("--year", metavar="YYYY", help="Or `this`, or `last`.")] = None,
    first: Annotated[str | None, typer.Option("--from", metavar="DATE", help="From this day on.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Until the end of this day.")] = None,
    compare: Annotated[
        str | None, typer.Option("--compare", metavar="PERIOD", help="Beside it `previous` or `last-year`.")
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="By this alone: category, owner, a field…")
    ] = None,
    asked: GivenFilters,
    where: WhereOption = None,
    metric: Annotated[str | None, typer.Option("--metric", metavar="FIGURE", help="One number alone.")] = None,
    cases: Annotated[
        str | None, typer.Option("--cases", metavar="FIGURE", help="List the cases that a figure counts.")
    ] = None,
    row: Annotated[
        str | None,
        typer.Option("--row", metavar="ROW", help="Of these, those of a row of --by: its id, or -."),
    ] = None,
    section: Annotated[
        str | None,
        typer.Option("--section", metavar="SECTION", help="With --report: --cases and --metric of this section."),
    ] = None,
    missed: Annotated[bool, typer.Option("--missed", help="As --cases missed.")] = False,
    low_rated: Annotated[bool, typer.Option("--low-rated", help="As --cases low_rated.")] = False,
    define: Annotated[
        str | None, typer.Option("--define", metavar="FIGURE", help="Say what a figure means; `?` for all.")
    ] = None,
    sales: Annotated[
        Path | None,
        typer.Option("--sales", metavar="FILE", help="Units sold (product, units, month, fields): fault rates."),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="TIME", help="From what had been recorded by then.")
    ] = None,
    format: ReportFormatOption = None,
    columns: ColumnsOption = None,
    labels: LabelsOption = False,
    output: ReportOutputOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the report of a period, last month's unless another is named, in the desk's time.

    Every figure has a name; --define says what it means, --metric prints it alone, --cases lists the cases behind it.
    """
    figure = _one_of(metric, cases, "missed" if missed else None, "low_rated" if low_rated else None)
    listed = figure is not None and metric is None
    layout = Layout(format, as_json, columns, labels, output)
    _check_together(
        {"--metric": metric, "--define": define, **({"--cases": figure} if listed else {"--report": called})},
        {"--row": row, "--by": by, "--compare": compare, "--format": format, "--output": output},
    )
    _check_listed(layout, listed=listed)
    if section is not None and (called is None or figure is None):
        raise BadUsage(tr("--section names a section of --report, for --cases or --metric – add both"))
    period = PeriodOptions(month, quarter, week, year, first, last)
    with _source(session, as_of) as source:
        own = NO_REPORT if called is None else source.rulebook.reports[source.rulebook.known("report", called)]
        if called is not None and not any(period.plain().values()):
            period = PeriodOptions().but(**{own.period: "last"})
        span = span_of(period, from_text(source.now), source.rulebook.zone)
        only = criteria(session, asked, where)
        chosen_of = partial(_chosen, session, only, own, past=as_of is not None)
        chosen = chosen_of({} if section is None else own.sections[_section(own, section)].where)
        compare = compare or own.compare
        against = None if compare is None else _compared(compare, span)
        dimension = _dimension(source, by, row, listed=listed)
        said = told(session, beside(session, only, asked_by(own.where)))
        scope = whole.ReportScope(span, chosen, against, dimension, _sales(sales, source.rulebook), said)
        if define is not None:
            say = _defined(session, source, scope, define, as_json=as_json)
        elif metric is not None:
            say = _number(session, source, scope, metric, as_json=as_json)
        elif figure is not None:
            say = _listed(session, source, scope, figure, row, layout)
        else:
            telling = None if called is None else own_report(source, scope, own, chosen_of)
            say = _whole(session, source, scope, layout, telling)
    say()  # once nothing is read any more: what cannot be written is no fault of the desk's


def _check_together(asked: Mapping[str, str | None], given: Mapping[str, object]) -> None:
    """Refuse options that are `given` beside one that is `asked` and has no use for them."""
    by = ("--by",) if given["--row"] is None else ()  # else it needs both: see _dimension
    idle = {
        "--metric": (*by, "--compare", "--format", "--output"),
        "--define": (*by, "--compare", "--format", "--output"),
        "--cases": (*by, "--compare"),
        "--report": by,
    }
    for option in (option for option, value in asked.items() if value is not None):
        for other in (other for other in idle[option] if given[other] is not None):
            raise BadUsage(tr("{option} has no use for {other} – leave one of them out", option=option, other=other))


def _check_listed(layout: Layout, *, listed: bool) -> None:
    """Refuse what only a list of cases has, if none is asked for."""
    for option, value in (("--columns", layout.columns), ("--labels", layout.labels or None)):
        if value is not None and not listed:
            raise BadUsage(tr("{option} is of a list of cases – add --cases, or leave it out", option=option))


def _section(own: OwnReport, named: str) -> str:
    """Return the section of a report of the rulebook's that a word means, by its id or title."""
    for name, section in own.sections.items():
        if normal(named) in map(normal, (name, *section.title.values())):
            return name
    titles = {name: section.title[spoken()] for name, section in own.sections.items() if section.title}
    known = nearest(named, tuple(own.sections), titles)
    raise BadInput(tr("--section: there is no section so called – write {known}", known=known))


def _dimension(source: whole.ReportSource, by: str | None, row: str | None, *, listed: bool) -> str | None:
    """Return what `--by` names; `BadUsage` for `--row` without it, or without a figure whose cases are `listed`."""
    if row is not None and (by is None or not listed):
        raise BadUsage(tr("--row names a row of --by, whose cases --cases lists – add both"))
    return None if by is None else known_dimension(source.rulebook, by, of_row=row is not None)


def _sales(file: Path | None, rulebook: Rulebook) -> tuple[Sale, ...] | None:
    if file is None:
        return None
    from afterservice_cli.intake.sold import sales_of

    return sales_of(file, rulebook)


def _chosen(
    session: Session, only: Sequence[Criterion], own: OwnReport, section: Mapping[str, str], *, past: bool
) -> Filter:
    """Return which cases a report is about, or a section of it: by the options, and by the rulebook beside them."""
    chosen = filtering(beside(session, only, {**asked_by(own.where), **asked_by(section)}))
    written = any(getattr(chosen, name) is not None for name in WRITTEN) or any(f.personal for f in chosen.fields)
    if past and written:
        raise BadUsage(
            tr("--as-of takes no filter on what customers wrote or who they are: that may have been erased since")
        )
    return chosen


@contextmanager
def _source(session: Session, as_of: str | None) -> Iterator[whole.ReportSource]:
    """Open what a report is made from: the desk as it stands, or as it was at a time."""
    desk, language = session.desk, session.terminal.language
    at = None if as_of is None else to_text(session.instant(as_of, "--as-of", zone=session.rulebook.zone, past=True))
    with desk.reading(much=True) as db:
        if at is None:
            yield whole.ReportSource(desk.rulebook, language, db, partial(desk.rulebook_of, db), to_text(desk.now))
            return
        from afterservice_cli.store.projections import past

        with past.as_of(db, at) as (then, digest):
            rulebook = desk.rulebook_of(db, digest)
            yield whole.ReportSource(rulebook, language, then, partial(desk.rulebook_of, db), at, past.cases_numbered)


def span_of(period: PeriodOptions, now: datetime, zone: ZoneInfo) -> Span:
    """Return the period that the options name as of `now`, last month if none; `BadInput` names what is wrong."""
    today = now.astimezone(zone).date()
    units = {unit: text for unit in UNITS if (text := getattr(period, unit)) is not None}
    if len(units) + bool(period.first or period.last) > 1:
        raise BadUsage(tr("name one period: --month, --quarter, --week, --year, or --from and --to"))
    for unit, text in units.items():
        with given_to(f"--{unit}"):
            return parse_span(unit, text, today)
    if period.first is None and period.last is None:
        return parse_span("month", "last", today)
    if period.first is None:
        raise BadUsage(tr("--to ends a period that --from begins – name its first day"))
    days = []
    for option, text in (("--from", period.first), ("--to", period.last or "today")):
        with given_to(option):
            day = parse_day(text, now=now, zone=zone)
        days.append(day.astimezone(zone).date())
    if days[1] < days[0]:
        raise BadInput(tr("no day lies in this period – --to is its last day"))
    return Span("days", days[0], days[1] + DAY)


def _compared(compare: str, span: Span) -> Span:
    if compare not in COMPARED:
        raise BadInput(tr("--compare is either previous or last-year"))
    return COMPARED[compare](span)


def _one_of(*figures: str | None) -> str | None:
    named = [figure for figure in figures if figure is not None]
    if len(named) > 1:
        raise BadUsage(tr("ask for one of --metric, --cases, --missed and --low-rated"))
    return named[0] if named else None


def _whole(
    session: Session, source: whole.ReportSource, scope: whole.ReportScope, layout: Layout, own: whole.Own | None
) -> Callable[[], None]:
    """Return the function that prints the whole report at the terminal, or writes it in a format."""
    terminal, output = session.terminal, layout.output
    format = "json" if layout.as_json else layout.format
    if format is None and output is None:
        made = whole.report(source, scope, own=own)
        return lambda: terminal.write("\n".join(report_lines(made, terminal.language, terminal.columns)))
    listing = any(name in LISTING for name in check_wanted(format, output))
    made = whole.report(source, scope, own=own, with_cases=listing)
    return partial(write_report, made, terminal, format, output)


def _defined(
    session: Session, source: whole.ReportSource, scope: whole.ReportScope, name: str, *, as_json: bool
) -> Callable[[], None]:
    """Return the function that says what a figure means, or what all of them do for `?`."""
    language = session.terminal.language
    about = whole.about_of(source, scope)
    figures = whole.figures_of(about) if name == "?" else [whole.figure_called(about, name)]
    if not as_json:
        return partial(session.terminal.write, "\n".join(definition_lines(figures, language)))
    told = [{"name": one.name, "title": one.title(language), "means": definition(one, language)} for one in figures]
    return partial(session.terminal.write_json, told)


def _number(
    session: Session, source: whole.ReportSource, scope: whole.ReportScope, name: str, *, as_json: bool
) -> Callable[[], None]:
    """Return the function that prints one number alone."""
    terminal = session.terminal
    about = whole.about_of(source, scope)
    number = whole.figure_called(about, name).result(about.facts)
    text = "" if number is None else f"{number:.10g}" if isinstance(number, float) else str(number)

    def say() -> None:
        terminal.write(text or ("null" if as_json else ""))
        if number is None:
            terminal.say(tr("there is nothing to count in this period"))

    return say


def _listed(
    session: Session, source: whole.ReportSource, scope: whole.ReportScope, name: str, row: str | None, layout: Layout
) -> Callable[[], None]:
    """Return the function that lists the cases that a figure counts, or those of one row, as `list` does."""
    about = whole.about_of(source, scope)
    figure = whole.figure_called(about, name)
    now = from_text(source.now)
    rows = Rows(session, layout, list_columns(Teller(source.rulebook, source.language, now)))
    numbers = figure.cases(about.facts) if row is None else cases_of_row(about, figure, scope.by or "", row)
    listed = source.listed(source.db, numbers)
    return partial(rows.write, [masked(case_view(one, now)) for one in listed], cases_counted(len(numbers)))
