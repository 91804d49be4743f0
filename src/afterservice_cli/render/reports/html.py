"""A report as one HTML page that needs nothing beside it: no script, no request, its charts drawn in it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from afterservice_cli.figures.tables import Cell, Printed
from afterservice_cli.language import translated, words
from afterservice_cli.output_text import safe_text
from afterservice_cli.render.reports.amounts import amount
from afterservice_cli.render.reports.page import (
    OPEN,
    ROWS,
    CountedCases,
    anchor,
    cases_of,
    headline,
    place,
    sections_of,
)
from afterservice_cli.render.reports.printed import ending_pairs, options_of, scope_lines, worth_reading, zone_of

TEMPLATE = Path(__file__).parent / "templates" / "report.html.j2"
TAGS = {"zh": "zh-CN", "en": "en"}
PAGE: Mapping[str, str] = words(
    "page",
    {
        "close": "close",
        "contents": "What is on this page",
        "numbers": "The numbers",
        "ending": "Where the figures come from",
        "headline": "At a glance",
        "none": "nothing in this period",
        "further": "and {count} more",
    },
)
TONES = ("met", "missed", "running", "paused")  # parts whose colour says what they are


def report_html(printed: Printed, language: str) -> str:
    """Return a report as an HTML page in a language."""
    printed = worth_reading(printed)
    # From its text, not by a loader: one template, read where it lies.
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    page = environment.from_string(TEMPLATE.read_text("utf-8"))
    sections = sections_of(printed, language)
    chosen = printed.own or not any(table.name in OPEN for table in printed.tables)

    def shown(cell: Cell, kind: str) -> str:
        return safe_text(amount(cell, kind, zone_of(printed), language))

    def more(cases: CountedCases) -> str:
        return translated(
            "and {count} more: afterservice report {options}",
            language,
            count=cases.left,
            options=options_of(printed, cases.figure),
        )

    return page.render(
        language=TAGS[language],
        title=safe_text(f"{printed.title} {printed.period}"),
        scope=list(scope_lines(printed, language)),
        headline=headline(printed, language),
        blocks=[(wide, list(several)) for wide, several in groupby(sections, lambda section: section.wide)],
        ending=list(ending_pairs(printed, language)),
        cases=cases_of(printed, language),
        more=more,
        shown=shown,
        anchor=anchor,
        place=place,
        tones=TONES,
        further=lambda count: translated(PAGE["further"], language, count=count),
        first=ROWS,
        opened=lambda table: chosen or table.name in OPEN,
        says={word: translated(text, language) for word, text in PAGE.items()},
    )
