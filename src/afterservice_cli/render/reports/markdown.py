"""A report as Markdown: a heading and a table for each, and where the figures come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from afterservice_cli.figures.tables import Printed
from afterservice_cli.render.reports.amounts import MEASURES
from afterservice_cli.render.reports.printed import ending_pairs, for_people, scope_lines, shown_text, worth_reading
from afterservice_cli.render.rows import markdown


def report_markdown(printed: Printed, language: str) -> str:
    """Return a report as Markdown, all that is no table a line of its own."""
    return "\n".join(_lines(printed, language)) + "\n"


def _lines(printed: Printed, language: str) -> Iterator[str]:
    printed = worth_reading(printed)
    yield f"# {markdown(printed.title)} {markdown(printed.period)}"
    yield ""
    for line in scope_lines(printed, language):
        yield from (markdown(line), "")
    for table in printed.tables:
        yield from (f"## {markdown(table.title)}", "")
        places = for_people(table)
        yield _line(markdown(table.columns[place].title) for place in places)
        yield _line("---:" if table.columns[place].kind in MEASURES else "---" for place in places)
        for row in table.rows:
            yield _line(markdown(shown_text(printed, table, row, place, language)) for place in places)
        yield ""
    yield from ("---", "")
    yield from (f"- {markdown(name)}: {markdown(said)}" for name, said in ending_pairs(printed, language))


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
