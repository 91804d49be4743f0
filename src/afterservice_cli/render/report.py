"""A period's report for a person to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from afterservice_cli.language import translated
from afterservice_cli.render.case import minute, target_title
from afterservice_cli.render.labels import label
from afterservice_cli.render.text import aligned
from afterservice_cli.reports.period import FIGURES, Attainments, Figure, Groups, Number, Ratings, Report, Share, Times
from afterservice_cli.rulebook.model import Rulebook

Kind = TypeVar("Kind", bound=Figure)


def report_lines(report: Report, rulebook: Rulebook, language: str) -> Iterator[str]:
    """Return the report as lines: the numbers, then a table for each group, deadlines, times and satisfaction."""
    period, title = report.period, rulebook.called[language]
    as_of = f"({label('as_of', language)} {minute(period.as_of, rulebook)})"
    yield f"{label('report', language)}  {period.month}  {title}"
    yield f"{minute(period.begin, rulebook)} – {minute(period.until, rulebook)}  {as_of}"
    yield ""
    yield from _numbers(report, language)
    for group in _of_kind(Groups):
        yield from ("", _words(group, language), *_group(group, report, rulebook, language))
    for targets in _of_kind(Attainments):
        yield from ("", _words(targets, language), *_attainments(targets, report, rulebook, language))
    yield from ("", label("times", language), *_times(report, language))
    for ratings in _of_kind(Ratings):
        yield from ("", _words(ratings, language), *_ratings(ratings, report, language))


def _of_kind(kind: type[Kind]) -> list[Kind]:
    return [figure for figure in FIGURES if isinstance(figure, kind)]


def _numbers(report: Report, language: str) -> Iterator[str]:
    heads, values = [], []
    for figure in FIGURES:
        if isinstance(figure, Number | Share):
            heads.append(_words(figure, language))
            values.append(_percent(figure.result(report)) if isinstance(figure, Share) else str(figure.result(report)))
    return _table(heads, [values], texts=0)


def _group(group: Groups, report: Report, rulebook: Rulebook, language: str) -> Iterator[str]:
    """Return the lines of a group: priorities in their rank, all else the most frequent first."""
    counts, all_cases = group.result(report), len(report.rows.registered)
    ranks = list(rulebook.priorities) if group.kind == "priority" else []
    values = sorted(counts, key=lambda value: ranks.index(value) if value in ranks else len(ranks))
    rows = [
        [rulebook.title(group.kind, value, language), value, str(counts[value]), _percent(counts[value] / all_cases)]
        for value in values
    ]
    return _table([], rows, texts=2)


def _attainments(targets: Attainments, report: Report, rulebook: Rulebook, language: str) -> Iterator[str]:
    rows = [
        [
            target_title(one.target, rulebook, language),
            *(str(count) for count in (one.met, one.missed, one.running)),
            _percent(one.attainment),
        ]
        for one in targets.result(report)
    ]
    return _table(["", *_labels(language, "met", "missed", "running", "attainment")], rows, texts=1)


def _times(report: Report, language: str) -> Iterator[str]:
    rows = []
    for figure in _of_kind(Times):
        spread = figure.result(report)
        times = [_number(time) for time in (spread.mean, spread.median, spread.p90)]
        rows.append([_words(figure, language), *times, str(spread.count)])
    return _table(["", *_labels(language, "mean", "median", "p90", "count")], rows, texts=1)


def _ratings(ratings: Ratings, report: Report, language: str) -> Iterator[str]:
    said = ratings.result(report)
    mean = "–" if said.mean is None else f"{said.mean:.2f}"
    heads = _labels(language, "mean", "top_two_share", "count")
    return _table(heads, [[mean, _percent(said.top_two_share), str(said.count)]], texts=0)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, texts: int) -> Iterator[str]:
    """Return rows under their heads, if any: so many columns of text, then figures."""
    every = [heads, *rows] if heads else rows
    return aligned(every, figures=range(texts, max(map(len, every), default=0)))


def _labels(language: str, *words: str) -> list[str]:
    return [label(word, language) for word in words]


def _words(figure: Figure, language: str) -> str:
    return translated(figure.words, language)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.1f} %"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"
