"""Reports that a rulebook names: each section of one as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from afterservice_cli.figures.counting import Cohort, Figure, Share
from afterservice_cli.figures.tables import Cell, ReportColumn, ReportTable
from afterservice_cli.reporting import sections, whole
from afterservice_cli.reporting.telling import About, told_apart
from afterservice_cli.rulebook.sections.views import OwnReport, ReportSection
from afterservice_cli.store.counting.facts import Facts
from afterservice_cli.store.counting.populations import POPULATIONS
from afterservice_cli.store.reading.filters import NONE, FieldIs, Filter

FilterOf = Callable[[Mapping[str, str]], Filter]  # what `where` of a section asks for, beside all else that is asked


def own(source: whole.ReportSource, scope: whole.ReportScope, report: OwnReport, filter_of: FilterOf) -> whole.Own:
    """Return the title and the tables of a report that the rulebook names; what is empty is left out."""
    tables, scopes = list[ReportTable](), dict[str, whole.ReportScope]()
    for section in report.sections.values():
        its = whole.with_texts_searched(source, scope.but(chosen=filter_of(section.where)))
        table = _table(source, its, section)
        if table is not None and table.rows:
            title = section.title[source.language] if section.title else table.title
            other = section.id if section.where else ""
            tables.append(table.but(name=section.id, title=title, section=other))
            if other:
                scopes[other] = its
    return whole.Own(report.id, report.title[source.language], tables, scopes)


def _table(source: whole.ReportSource, scope: whole.ReportScope, section: ReportSection) -> ReportTable | None:
    about = whole.about_of(source, scope)
    if section.table:
        return whole.table_called(source, scope, about, section.table)
    if not section.figures:
        return sections.by(about, section.by or "", every=True)
    if section.by is None:
        return sections.numbers(about, [whole.figure_called(about, name) for name in section.figures])
    return _apart(source, scope, about, section.figures, section.by)


def _apart(
    source: whole.ReportSource, scope: whole.ReportScope, about: About, names: Sequence[str], dimension: str
) -> ReportTable:
    """Return figures told apart by a dimension: a row a value of which one of them has something to tell."""
    figures = [whole.figure_called(about, name) for name in names]
    head = sections.by(about, dimension).columns[:2]
    columns = (*head, *(ReportColumn(one.name, one.title(about.language), one.kind) for one in figures))

    def made(facts: Facts) -> ReportTable:
        span = scope.span if facts is about.facts else scope.against or scope.span
        rows: list[tuple[Cell, ...]] = []
        for value in _values(about, facts, figures, dimension):
            its = scope.but(span=span, against=None, chosen=_only(scope.chosen, dimension, value))
            there = whole.about_of(source, its).facts
            cells = [figure.result(there) for figure in figures]
            if any(cell or isinstance(cell, float) for cell in cells):  # none of many is something to tell
                rows.append((about.value_title(dimension, value), value, *cells))
        title = sections.by(about, dimension).title
        return ReportTable(f"by_{dimension}", title, columns, tuple(rows))

    return sections.beside(about, made, names)


def _values(about: About, facts: Facts, figures: Sequence[Figure], dimension: str) -> Iterator[str]:
    """Yield the values of a dimension that what figures count has: those of the rulebook in its order, then others.

    The last is "", if there are cases that have none.
    """
    named = [] if dimension == "area" else [name for name, _ in about.rulebook.choices(dimension)]
    cohorts = [each for one in figures for each in (one.cohort, *([one.whole] if isinstance(one, Share) else []))]
    populations = dict.fromkeys(each.population for each in cohorts)
    counted = [name for name in populations if name in POPULATIONS and not POPULATIONS[name].whose]
    found = [value for name in counted for value, _ in told_apart(about, facts, Cohort(name), dimension)]
    yield from (value for value in dict.fromkeys((*named, *sorted(found, key=lambda one: not one))) if value in found)


def _only(chosen: Filter, dimension: str, value: str) -> Filter:
    """Return the filter of the cases that have this value, too; "" means that they have none."""
    if dimension == "owner":
        return chosen.but(owner=value, owned=True)
    if dimension == "area":
        return chosen.but(category=value)
    if dimension in Filter.__fields__:
        return chosen.but(**{dimension: value})
    return chosen.but(fields=(*chosen.fields, FieldIs(dimension, value, "exact" if value else NONE, False)))
