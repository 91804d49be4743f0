"""The rows that cases have in the tables, as `projections.cases.rows_of` makes them: what a check compares."""

from __future__ import annotations

import sqlite3

from afterservice_cli.store.projections.cases import COLUMNS, TERM, Row, Rows, numbered_terms
from afterservice_cli.store.schema import BY_FIRST, BY_KEY, KEYS, PROJECTIONS, part_columns

# What has a number in place of a text that stands in `parts`, as that text.
READ = {
    "cases": part_columns(PROJECTIONS["cases"]),
    "told": ", ".join(
        "(SELECT text FROM parts WHERE parts.part = told.part)" if name == "part" else f"told.{name}"
        for name in PROJECTIONS["told"]
    ),
}


class StoredRows:
    """The rows that cases have in the tables, as `rows_of` has them; one case after the other, by their numbers."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._terms = numbered_terms(db)
        # Of each table what fetches a row, and the row that comes next; at the end of a row stands its case.
        self._tables = [(table, db.execute(_read(table)).fetchone) for table in COLUMNS]
        self._next: list[Row | None] = [fetch() for _, fetch in self._tables]

    def of(self, case_id: str) -> Rows:
        """Return the rows of a case; rows of others that come before it are passed over."""
        found: Rows = {}
        for number, (table, fetch) in enumerate(self._tables):
            row, rows = self._next[number], list[Row]()
            while row is not None and row[-1] <= case_id:
                if row[-1] == case_id:
                    rows.append(row[:-1])
                row = fetch()
            self._next[number] = row
            found[table] = rows
        found["due_times"] = [(*row[:TERM], self._terms.get(row[TERM]), *row[TERM + 1 :]) for row in found["due_times"]]
        return found


_ORDER = {"timeline": "seq", "links": "seq", "problem_cases": "seq"}


def _read(table: str) -> str:
    """Return the query for the rows of all cases in a table, case by case, those of each in the order of `rows_of`."""
    columns = READ.get(table) or ", ".join(f"{table}.{name}" for name in PROJECTIONS[table])
    order = ", ".join(f"{table}.{name}" for name in (KEYS[table] if table in BY_KEY else [_ORDER.get(table, "rowid")]))
    source, case = table, f"{table}.case_id"
    if table in BY_FIRST and table != "cases":
        # Those that lie in another order are sorted; the others are found case by case.
        joined = (table, "cases") if KEYS[table][0] != "first" and table in BY_KEY else ("cases", table)
        source, case = f"{joined[0]} CROSS JOIN {joined[1]} USING (first)", "cases.case_id"
    return f"SELECT {columns}, {case} FROM {source} ORDER BY {case}, {order}"
