"""Whether lists and reports that have a name can be made: their cases, their columns and their figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from afterservice_cli.cases.case import STAGES, STATUSES
from afterservice_cli.cases.values import DUTY, TASK
from afterservice_cli.errors import nearest
from afterservice_cli.figures.above import COUNTS, RATES, figures_of_duty
from afterservice_cli.figures.cases import FIGURES
from afterservice_cli.figures.counting import Figure
from afterservice_cli.figures.named import figures_of_given, figures_of_question, figures_of_target
from afterservice_cli.figures.periods import any_span, parse_span
from afterservice_cli.language import listed, tr
from afterservice_cli.rulebook.checks.names import Names, Words, entries, items, people_in
from afterservice_cli.rulebook.document.notes import Path
from afterservice_cli.rulebook.sections.rules import Rules
from afterservice_cli.rulebook.sections.views import ReportSection, View
from afterservice_cli.rulebook.vocabulary import (
    APART,
    COLUMNS,
    COURSE_COLUMNS,
    DIMENSIONS,
    DUE,
    FAULT_RATE,
    FIELDS,
    FILTERS,
    NO_FILTERS,
    TABLES,
)
from afterservice_cli.time.instants import parse_day

YES = "true"  # the value of a filter that takes none
_SOME_DAY = datetime(2026, 10, 1, tzinfo=UTC)  # days and months are read as of it, to see whether they can be read


def check_views(document: Rules, names: Names) -> None:
    """Note a fault at every column and every filter of a list that means nothing there."""
    for name, view in entries(document.views):
        path = ("views", name)
        _columns(names, path, view)
        check_where(names, (*path, "where"), view.where)


def check_reports(document: Rules, names: Names) -> None:
    """Note a fault at every table of a report that cannot be made, and at every figure that there is not."""
    survey = document.closing.survey if document.closing else None
    tasks = [f"{TASK}{name}" for name in names.tasks]
    every: list[Figure] = [*FIGURES, *COUNTS, *RATES]
    for target in (*(names.targets or ()), *tasks):
        every += figures_of_target(target, target)
    for question in survey.questions if survey else ():
        every += figures_of_question(question, question)
    for duty, _ in entries(document.duties):
        every += figures_of_duty(f"{DUTY}{duty}", duty)
    for disposition, entry in entries(document.dispositions):
        for kind in entry.gives or ():
            every += [*figures_of_given(disposition, kind, {}), *figures_of_given("", kind, {})]
    called = list(dict.fromkeys(figure.name for figure in every))
    unread = None in (names.targets, document.dispositions, document.tasks, document.closing, document.duties)
    for name, report in entries(document.reports):
        _where_of_report(names, ("reports", name, "where"), report.where)
        for section, told in entries(report.sections):
            path = ("reports", name, "sections", section)
            _where_of_report(names, (*path, "where"), told.where)
            _dimension(names, (*path, "by"), told)
            _table(names, (*path, "table"), told)
            for index, figure in items(told.figures):
                if not unread and figure not in called:
                    _unknown_figure(names, (*path, "figures", index), figure, called)
            if bool(told.table) == bool(told.figures or told.by) and names.notes.sound(*path):
                names.notes.fault(path, tr("a section is one table – write `table`, or `figures`, `by` or both"))


def _unknown_figure(names: Names, path: Path, figure: str | None, called: Sequence[str]) -> None:
    """Note that there is no figure of a name; what was no text at all is a fault already."""
    if figure is not None:
        fault = tr(
            "there is no figure '{name}' – write {known}; afterservice report --define '?' lists them",
            name=figure[:40],
            known=nearest(figure, called),
        )
        names.notes.fault(path, fault)


def _where_of_report(names: Names, path: Path, where: Mapping[str, str] | None) -> None:
    """Check the filters of a report, which has its period by itself."""
    check_where(names, path, where)
    for name in where or ():
        if name in NO_FILTERS:
            what = tr("the period says from when to when – leave {name} out", name=name)
            names.notes.fault((*path, name), what, key=True)


def _dimension(names: Names, path: Path, section: ReportSection) -> None:
    """Check by what something is told apart: figures by what a filter chooses exactly, or by a public field."""
    if section.by is None or names.declared is None:
        return
    public = [name for name in names.declared if not names.personal(name)]
    names.among([*(APART if section.figures else DIMENSIONS), *public], "dimension", path, section.by)


def _table(names: Names, path: Path, section: ReportSection) -> None:
    """Check that a table is one of every report's, or of units sold by a field that may tell them apart."""
    if section.table is None or names.declared is None:
        return
    apart = [
        f"{FAULT_RATE}{name}"
        for name, field in entries(names.declared)
        if field.type in ("choice", "text") and not field.many and not names.personal(name)
    ]
    names.among([*TABLES, *apart], "table", path, section.table)


def _columns(names: Names, path: Path, view: View) -> None:
    """Check the columns of a view, and that its headings stand above some of them."""
    known: Words = COURSE_COLUMNS
    if not view.course:
        sound = names.declared is not None and names.targets is not None
        fields = [f"{FIELDS}{name}" if name in COLUMNS else name for name in names.declared or ()]
        dues = [f"{DUE.partition('(')[0]}{name}" for name in names.targets or ()]
        known = [*COLUMNS, *fields, *dues] if sound else None
    seen: set[str] = set()
    for index, column in items(view.columns):
        names.among(known, "column", (*path, "columns", index), column)
        if column in seen:
            what = tr("'{column}' is named twice – leave one of them out", column=column)
            names.notes.fault((*path, "columns", index), what)
        seen.add(column)
    for column in view.headings or ():
        if view.columns and column not in seen:
            what = tr("there is no such column here – write {columns}", columns=listed(sorted(seen)))
            names.notes.fault((*path, "headings", column), what, key=True)
        else:
            names.among(known, "column", (*path, "headings", column), column, key=True)


def check_where(names: Names, path: Path, where: Mapping[str, str] | None) -> None:
    """Check filters and fields, each with its value."""
    for name, value in entries(where):
        place = (*path, name)
        if name not in FILTERS:
            field = name.removeprefix(FIELDS)
            known = None if names.declared is None else (*FILTERS, *names.declared)
            names.among(known, "filter", place, field if field in (names.declared or ()) else name, key=True)
            if field in (names.declared or ()):
                names.value(place, field, value)
            continue
        if not FILTERS[name] and value != YES:
            names.notes.fault(place, tr("{name} takes no value – write true", name=name))
        _value(names, place, FILTERS[name], value)


def _value(names: Names, path: Path, kind: str, value: str) -> None:
    """Check what a filter of a kind is asked with."""
    document = names.document
    unread = None in (document.owners, document.people, document.roles)
    words: Mapping[str, tuple[str, Words]] = {
        "status": ("status", STATUSES),
        "stage": ("stage", STAGES),
        "owner": ("owner", names.owners),
        "person": ("person", None if unread else people_in(document)),
        "category": ("category", names.paths),
        "priority": ("priority", names.decided["priority"]),
        "channel": ("channel", names.choices["channel"]),
        "kind": ("kind", names.choices["kind"]),
    }
    if kind in words:
        names.among(words[kind][1], words[kind][0], path, value)
    elif kind == "target":
        unread = None in (names.targets, names.document.dispositions, names.document.tasks)
        known = [] if value.startswith(TASK) else list(names.targets or ())
        names.among(None if unread else [*known, *names.tasks], "target or task", path, value.removeprefix(TASK))
    elif kind in ("month", "day", "period"):
        try:
            if kind == "month":
                parse_span("month", value, _SOME_DAY.date())
            elif kind == "day":
                parse_day(value, now=_SOME_DAY, zone=UTC)
            else:
                any_span(value, _SOME_DAY.date())
        except ValueError as error:
            names.notes.fault(path, str(error))
