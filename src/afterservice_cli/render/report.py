"""A period's report for a person to read."""

from collections.abc import Iterator, Mapping
from typing import Any

from afterservice_cli.render.case import local, target_title
from afterservice_cli.render.labels import label
from afterservice_cli.render.text import width
from afterservice_cli.reports.period import GROUPS
from afterservice_cli.rulebook.model import Rulebook


def report_lines(report: Mapping[str, Any], rulebook: Rulebook, language: str) -> Iterator[str]:
    """The report as lines of text: volumes, groups, deadlines, times, satisfaction."""

    def words(*keys: str) -> list[str]:
        return [label(key, language) for key in keys]

    title = rulebook.called[language]
    begin, until = (local(report["period"][key], rulebook) for key in ("from", "until"))
    yield f"{label('report', language)}  {report['period']['month']}  {title}"
    yield f"{begin} – {until}  ({label('as_of', language)} {local(report['period']['as_of'], rulebook)})"
    yield ""
    volumes = ("registered", "resolved", "closed", "reopened", "backlog")
    heads = words("registered", "was_resolved", "was_closed", "reopened", "backlog", "reopen_rate")
    yield from _table(heads, [[*(str(report[key]) for key in volumes), _percent(report["reopen_rate"])]])
    for group in GROUPS:
        yield ""
        yield label(f"by_{group}", language)
        rows = [
            [rulebook.title(group, value, language), value, str(count), _percent(count / report["registered"])]
            for value, count in _in_order(report[f"by_{group}"], rulebook if group == "priority" else None)
        ]
        yield from _table([], rows)
    yield ""
    yield label("targets", language)
    yield from _table(
        ["", *words("met", "missed", "running", "attainment")],
        [
            [
                target_title(target["target"], rulebook, language),
                *(str(target[key]) for key in ("met", "missed", "running")),
                _percent(target["attainment"]),
            ]
            for target in report["targets"]
        ],
    )
    yield ""
    yield label("times", language)
    yield from _table(
        ["", *words("mean", "median", "p90", "count")],
        [
            [
                label(key, language),
                *(_number(report[key][part]) for part in ("mean", "median", "p90")),
                str(report[key]["count"]),
            ]
            for key in ("first_response_minutes", "resolution_minutes")
        ],
    )
    yield ""
    yield label("satisfaction", language)
    satisfaction = report["satisfaction"]
    mean = "–" if satisfaction["mean"] is None else f"{satisfaction['mean']:.2f}"
    row = [mean, _percent(satisfaction["top_two_share"]), str(satisfaction["count"])]
    yield from _table(words("mean", "top_two_share", "count"), [row])


def _table(heads: list[str], rows: list[list[str]]) -> Iterator[str]:
    """Cells aligned by display columns: text to the left, figures to the right."""
    lines = ([heads] if heads else []) + rows
    if not lines:
        return
    widths = [max(width(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        cells = []
        for i, (cell, columns) in enumerate(zip(line, widths, strict=True)):
            pad = " " * (columns - width(cell))
            text = _is_text(rows, i)
            cells.append(cell + pad if text else pad + cell)
        yield "  " + "  ".join(cells).rstrip()


def _in_order(counts: Mapping[str, int], ranked_by: Rulebook | None) -> list[tuple[str, int]]:
    """Priorities in their rank, all else the most frequent first, as the report has it."""
    ranks = list(ranked_by.priorities) if ranked_by else []
    return sorted(counts.items(), key=lambda pair: ranks.index(pair[0]) if pair[0] in ranks else len(ranks))


def _is_text(rows: list[list[str]], column: int) -> bool:
    return any(row[column][:1].isalpha() for row in rows)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.1f} %"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"
