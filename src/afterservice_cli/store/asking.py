"""How reports about all cases ask for what is told of them: each population as SQL over `told` alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from afterservice_cli.store.told import MARKS, NUMBERS, TRAITS

# Populations of `told`, and those made of its facts, with the conditions that their marks stand for.
CONDITIONS: Mapping[str, tuple[str, ...]] = {
    **MARKS,
    "registered": (*MARKS["registered"], "repeated"),
    "rated": ("satisfied",),
}
_BIT = {name: {mark: 1 << place for place, mark in enumerate(marks)} for name, marks in CONDITIONS.items()}
_DUE = _BIT["deadlines"]
_INSIDE = "t.at >= :began AND t.at < :ended"
_SOURCES = {
    "backlog": f"told t WHERE t.what = {NUMBERS['backlog']} AND t.at >= :ended AND t.since < :ended",
    "rated": "(SELECT case_id, avg(number) AS score, 0 AS part FROM told t "
    f"WHERE t.what = {NUMBERS['ratings']} AND {_INSIDE} GROUP BY case_id) t",
}
_MARKED = {
    # What waits is missed once it was due.
    "deadlines": f"CASE WHEN t.marks & {_DUE['running']} AND :asked > t.at "
    f"THEN t.marks - {_DUE['running']} + {_DUE['missed'] + _DUE['judged']} ELSE t.marks END",
    "rated": "t.score >= 4",
}
_PART = "t.part"
# How each measure is asked of `told`, by its name; its times are seconds since 1970, its numbers seconds or scores.
_AFTER = ("(t.since - t.at) / 60.0", "worked(t.at, t.since)", "t.number / 60.0")
_BEFORE = ("(t.at - t.since) / 60.0", "worked(t.since, t.at)", "t.number / 60.0")
_CLOCKS = ("", ".working", ".waiting")
MEASURES: Mapping[str, str] = {
    **{f"first_response{clock}": sql for clock, sql in zip(_CLOCKS, _AFTER, strict=True)},
    **{f"next_response{clock}": sql for clock, sql in zip(_CLOCKS, _AFTER, strict=True)},
    **{f"resolution{clock}": sql for clock, sql in zip(_CLOCKS, _BEFORE, strict=True)},
    "age": "(min(:ended, :asked) - t.number) / 60.0",
    "late": "t.number / 60.0",
    "score": "t.number",
}


def dimensions_of(name: str) -> tuple[str, ...]:
    """Return what facts of a population are told apart by together."""
    return ("work",) if name == "resolved" else TRAITS.get(name, ())


def told_query(name: str, columns: Sequence[str], repeated: str = "") -> str:
    """Return the query for the marks and the part of each fact, and after them columns; the first of these is known.

    `repeated` asks for the cases that are repeat complaints, if that is to be marked, too.
    """
    marked = _MARKED.get(name, "t.marks")
    if name == "registered" and repeated:
        marked = f"t.marks + (t.case_id IN ({repeated})) * {_BIT['registered']['repeated']}"
    known = f" AND {columns[0]} IS NOT NULL" if columns else ""
    return f"SELECT {', '.join([marked, _PART, *columns])} FROM {source_of(name)}{known}"


def source_of(name: str) -> str:
    """Return the facts of a population and what holds of them."""
    source = _SOURCES.get(name) or f"told t WHERE t.what = {NUMBERS[name]} AND {_INSIDE}"
    return source if " t WHERE " in source and name != "rated" else f"{source} WHERE 1"


def measure_of(name: str, measure: str) -> str:
    """Return how a measure is asked."""
    return "t.score" if name == "rated" else MEASURES[measure]
