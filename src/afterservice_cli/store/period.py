"""What happened in a period, as a report counts it."""

from __future__ import annotations

import sqlite3

from afterservice_cli.reports.period import DueRow, Happened, RatingRow, RegisteredRow, ResolvedRow, RespondedRow

_LIVE = "JOIN cases ON cases.case_id = t.case_id AND cases.status <> 'void'"


def happened(db: sqlite3.Connection, begin: str, end: str) -> Happened:
    """Return what a report of [begin, end) counts; void cases are left out of all of it.

    A deadline counts, if it is part of attainment, when it is due, or when it ended if that is earlier: what was done
    in October is no figure of December.
    """
    within = (begin, end)
    return Happened(
        registered=[
            RegisteredRow(row)
            for row in db.execute(
                "SELECT category, priority, owner, channel FROM cases "
                "WHERE status <> 'void' AND registered_at >= ? AND registered_at < ?",
                within,
            )
        ],
        responded=[
            RespondedRow(row)
            for row in db.execute(
                "SELECT registered_at, min(t.at) FROM timeline t JOIN cases ON cases.case_id = t.case_id "
                "WHERE word = 'responded' AND t.cycle = 1 AND status <> 'void' AND registered_at >= ? "
                "AND registered_at < ? GROUP BY t.case_id",
                within,
            )
        ],
        resolved=[
            ResolvedRow(row)
            for row in db.execute(
                "SELECT registered_at, at, t.seq = (SELECT min(seq) FROM timeline f WHERE f.case_id = t.case_id "
                f"AND f.word = 'resolved') FROM timeline t {_LIVE} WHERE word = 'resolved' AND at >= ? AND at < ?",
                within,
            )
        ],
        closed=_times(db, "closed", begin, end),
        unconfirmed=_unconfirmed(db, begin, end),
        reopened=_times(db, "reopened", begin, end),
        backlog=_backlog(db, end),
        deadlines=[
            DueRow(row)
            for row in db.execute(
                f"SELECT target, due_at, ended_at, outcome, paused_at FROM deadlines t {_LIVE} "
                "WHERE counts AND min(due_at, coalesce(ended_at, due_at)) >= ? "
                "AND min(due_at, coalesce(ended_at, due_at)) < ?",
                within,
            )
        ],
        ratings=[
            RatingRow(row)
            for row in db.execute(f"SELECT question, score FROM ratings t {_LIVE} WHERE at >= ? AND at < ?", within)
        ],
    )


def _times(db: sqlite3.Connection, word: str, begin: str, end: str) -> int:
    """Count how often an event happened in `[begin, end)`, by its word."""
    query = f"SELECT count(*) FROM timeline t {_LIVE} WHERE word = ? AND at >= ? AND at < ?"
    return int(db.execute(query, (word, begin, end)).fetchone()[0])


def _unconfirmed(db: sqlite3.Connection, begin: str, end: str) -> int:
    """Count the closings in `[begin, end)` before which no customer had confirmed in that cycle."""
    query = (
        f"SELECT count(*) FROM timeline t {_LIVE} WHERE word = 'closed' AND at >= ? AND at < ? AND NOT EXISTS ("
        "SELECT 1 FROM timeline f WHERE f.case_id = t.case_id AND f.cycle = t.cycle AND f.word = 'confirmed')"
    )
    return int(db.execute(query, (begin, end)).fetchone()[0])


def _backlog(db: sqlite3.Connection, end: str) -> int:
    """Count the cases, but for void ones, that had come in before `end` and were not closed then."""
    query = (
        "SELECT count(*) FROM cases WHERE status <> 'void' AND registered_at < ? AND coalesce(("
        "SELECT word FROM timeline t WHERE t.case_id = cases.case_id AND word IN "
        "('closed', 'withdrawn', 'reopened') AND at < ? ORDER BY at DESC, seq DESC LIMIT 1), 'reopened') "
        "= 'reopened'"
    )
    return int(db.execute(query, (end, end)).fetchone()[0])
