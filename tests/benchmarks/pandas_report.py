"""The figures of a month's report in pandas, from the desk's file: what `reports.py` measures against.

It counts what the report counts, as one who knows pandas would: rows of the month are read and put together. Working
time is left out, which pandas knows nothing of. Run as a program it prints JSON; `DESK BEGIN END NOW` are its words.
"""

import json
import sqlite3
import sys

import pandas as pd

DIMENSIONS = ("area", "category", "kind", "priority", "channel", "owner", "person", "product")
JUDGED = ("target", "owner", "person", "priority", "area")


def figures(desk: str, begin: str, end: str, now: str) -> dict[str, object]:
    """Return the figures of the month from `begin` to `end`, UTC texts, as of `now`."""
    with sqlite3.connect(f"file:{desk}?mode=ro", uri=True) as db:
        # Cases of the month, and of the thirty days before, for repeat complaints.
        cases = pd.read_sql(
            "SELECT case_id, series, serial, status, kind, channel, product, category, classified, priority, owner, "
            "person, customer_id, registered_at FROM cases WHERE registered_at >= "
            "strftime('%Y-%m-%dT%H:%M:%SZ', ?, '-30 days') AND registered_at < ? AND status <> 'void'",
            db,
            params=(begin, end),
        )
        events = pd.read_sql(
            "SELECT c.case_id, t.seq, t.cycle, t.word, t.at, c.cycle AS cycles, c.registered_at FROM timeline t "
            "JOIN cases c ON c.first = t.first WHERE c.status <> 'void' AND t.first IN (SELECT first FROM "
            "timeline WHERE word IN ('registered', 'replied', 'resolved', 'closed', 'reopened', 'withdrawn') "
            "AND at >= ? AND at < ?)",
            db,
            params=(begin, end),
        )
        due = pd.read_sql(
            "SELECT c.case_id, terms.target, d.due_at, d.ended_at, d.outcome, d.paused_at, c.owner, c.person, "
            "c.priority, c.category FROM due_times d JOIN terms ON terms.term = d.term JOIN cases c ON c.first = "
            "d.first WHERE terms.counts = 1 AND c.status <> 'void' AND d.outcome <> 'void' AND d.due_at >= "
            "CAST(strftime('%s', ?1) AS INTEGER) AND d.due_at < CAST(strftime('%s', ?2) AS INTEGER)",
            db,
            params=(begin, end),
        )
        ratings = pd.read_sql("SELECT question, score FROM ratings WHERE at >= ? AND at < ?", db, params=(begin, end))
        backlog = pd.read_sql(
            "SELECT registered_at FROM cases WHERE status <> 'void' AND registered_at < ?2 "
            "AND (ended = 0 OR closed_at >= ?2)",
            db,
            params=(begin, end),
        )
    found: dict[str, object] = {}
    _registered(found, cases, events, begin)
    _course(found, events, begin, end)
    _judged(found, due, now)
    found["ratings"] = ratings.groupby("question").score.agg(["mean", "count"]).to_dict()
    found["backlog"] = len(backlog)
    ages = pd.Timestamp(min(end, now)) - pd.to_datetime(backlog.registered_at)
    found["backlog.age"] = _spread(ages.dt.total_seconds())
    return found


def _registered(found: dict[str, object], cases: pd.DataFrame, events: pd.DataFrame, begin: str) -> None:
    cases["area"] = cases.category.str.split(".").str[0]
    cases["at"] = pd.to_datetime(cases.registered_at)
    cases = cases.sort_values(["at", "series", "serial"])
    before = cases.groupby(["customer_id", "category"])["at"].shift()
    cases["repeated"] = (cases["at"] - before) <= pd.Timedelta(days=30)
    month = cases[cases.registered_at >= begin]
    found["registered"], found["unclassified"] = len(month), int((month.classified == 0).sum())
    found["repeated"] = int(month.repeated.sum())
    for name in DIMENSIONS:
        found[f"by_{name}"] = month[name].value_counts().to_dict()
    answers = events[(events.word == "responded") & (events.cycle == 1)].groupby("case_id")["at"].min()
    answered = month.case_id.map(answers).dropna()
    taken = pd.to_datetime(answered) - month["at"].loc[answered.index]
    found["first_response"] = _spread(taken.dt.total_seconds())
    found["registered.days"] = month["at"].dt.date.astype(str).value_counts().to_dict()


def _course(found: dict[str, object], events: pd.DataFrame, begin: str, end: str) -> None:
    events = events.sort_values(["at", "seq"])
    month = (events["at"] >= begin) & (events["at"] < end)
    for word in ("reopened", "withdrawn"):
        found[word] = int((month & (events.word == word)).sum())
    resolved = events[events.word == "resolved"].copy()
    resolved["first"] = ~resolved.duplicated("case_id")
    resolved["last"] = ~resolved.duplicated("case_id", keep="last")
    resolved["took"] = (pd.to_datetime(resolved["at"]) - pd.to_datetime(resolved.registered_at)).dt.total_seconds()
    its = resolved[(resolved["at"] >= begin) & (resolved["at"] < end)]
    final = its[its["last"] & (its.cycle == its.cycles)]
    found["resolved"], found["reopened.since"] = len(its), int((its.cycles > its.cycle).sum())
    found["first_resolution"], found["full_resolution"] = _spread(its[its["first"]].took), _spread(final.took)
    closed = events[month & (events.word == "closed")]
    confirmed = events[events.word == "confirmed"][["case_id", "cycle"]].drop_duplicates()
    found["closed"] = len(closed)
    found["closed.unconfirmed"] = len(closed) - len(closed.merge(confirmed, on=["case_id", "cycle"]))
    found["closed.rated"] = int(closed.case_id.isin(events[events.word == "rated"].case_id).sum())
    for name, frame in (("resolved", its), ("closed", closed)):
        found[f"{name}.days"] = pd.to_datetime(frame["at"]).dt.date.astype(str).value_counts().to_dict()


def _judged(found: dict[str, object], due: pd.DataFrame, now: str) -> None:
    due["area"] = due.category.str.split(".").str[0]
    ended = due.ended_at.fillna(pd.Timestamp(now).timestamp())
    due["missed"] = (due.outcome == "missed") | ((ended > due.due_at) & ~(due.paused_at < due.due_at))
    due["late"] = (due.ended_at - due.due_at).where(due.missed)
    for name in JUDGED:
        counted = due.groupby(name, dropna=False).agg(met=("missed", lambda column: int((~column).sum())))
        counted["missed"] = due.groupby(name, dropna=False).missed.sum()
        counted["late"] = due.groupby(name, dropna=False).late.median()
        found[f"deadlines_by_{name}"] = counted.to_dict()
    found["late"] = _spread(due.late.dropna())


def _spread(seconds: pd.Series) -> tuple[float, float, float, int]:
    minutes = seconds / 60
    return minutes.mean(), minutes.median(), minutes.quantile(0.9, interpolation="higher"), len(minutes)


if __name__ == "__main__":
    print(json.dumps(figures(*sys.argv[1:]), default=str))
