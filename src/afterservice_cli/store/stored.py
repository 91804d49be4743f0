"""The rows that cases have in the tables, as `projections.rows_of` makes them: what a check compares."""

from __future__ import annotations

import sqlite3

from afterservice_cli.store.projections import COLUMNS, TERM, Row, Rows, numbered_terms
from afterservice_cli.store.schema import BY_KEY, KEYS, PROJECTIONS, part_columns

# What has a number in place of a text that stands in `parts`, as that text.
READ = {
    "cases": part_columns(PROJECTIONS["cases"]),
    "told": COLUMNS["told"].replace("part", "(SELECT text FROM parts WHERE parts.part = told.part)"),
}


class StoredRows:
    """The rows that cases have in the tables, as `rows_of` has them; one case after the other, by their numbers."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._terms = numbered_terms(db)
        tables = {table: db.execute(_read(table)) for table in COLUMNS}
        # Of each table what fetches a row, where a row names its case, and the row that comes next.
        self._tables = [
            (table, cursor.fetchone, tuple(PROJECTIONS[table]).index("case_id")) for table, cursor in tables.items()
        ]
        self._next: list[Row | None] = [fetch() for _, fetch, _ in self._tables]

    def of(self, case_id: str) -> Rows:
        """Return the rows of a case; rows of others that come before it are passed over."""
        found: Rows = {}
        for number, (table, fetch, place) in enumerate(self._tables):
            row, rows = self._next[number], list[Row]()
            while row is not None and row[place] <= case_id:
                if row[place] == case_id:
                    rows.append(row)
                row = fetch()
            self._next[number] = row
            found[table] = rows
        found["due_times"] = [(*row[:TERM], self._terms.get(row[TERM]), *row[TERM + 1 :]) for row in found["due_times"]]
        return found


_ORDER = {"timeline": "seq", "links": "seq", "problem_cases": "seq"}


def _read(table: str) -> str:
    """Return the query for the rows of all cases in a table, case by case, those of each in the order of `rows_of`."""
    columns = READ.get(table, COLUMNS[table])
    order = ", ".join(KEYS[table]) if table in BY_KEY else _ORDER.get(table, "rowid")
    return f"SELECT {columns} FROM {table} ORDER BY {table}.case_id, {order}"
