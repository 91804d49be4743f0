"""The figures of a period, from what happened in it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from afterservice_cli.instants import from_text, to_text
from afterservice_cli.reports.case import verdict_of

Rows = Mapping[str, Sequence[Mapping[str, Any]]]

GROUPS = ("category", "priority", "owner", "channel")
SATISFIED = 4  # of 5: the two best scores


def period_report(
    rows: Rows, month: str, begin: datetime, end: datetime, now: datetime, targets: Iterable[str]
) -> dict[str, Any]:
    """The report of the month [begin, end) as of `now`, from the rows that the store keeps for it.

    Registered, resolved and closed count what happened in the period; the backlog is what was not closed at its
    end. Attainment is met / (met + missed) over the deadlines due in it, response is over the cases registered in
    it, resolution over first resolutions in it. Shares are 0 to 1, None where there is nothing to divide by;
    times are clock minutes.
    """
    reopened = sum(row["word"] == "reopened" for row in rows["timeline"])
    return {
        "period": {"month": month, "from": to_text(begin), "until": to_text(end), "as_of": to_text(now)},
        "registered": len(rows["registered"]),
        "resolved": len(rows["resolved"]),
        "closed": sum(row["word"] == "closed" for row in rows["timeline"]),
        "reopened": reopened,
        "backlog": rows["backlog"][0]["count"],
        **{f"by_{group}": _counted(row[group] for row in rows["registered"]) for group in GROUPS},
        "targets": [_target(name, rows["deadlines"], to_text(now)) for name in _targets(targets, rows["deadlines"])],
        "first_response_minutes": _times(_minutes(row["registered_at"], row["at"]) for row in rows["responded"]),
        "resolution_minutes": _times(
            _minutes(row["registered_at"], row["at"]) for row in rows["resolved"] if row["first"]
        ),
        "satisfaction": _satisfaction([row["score"] for row in rows["ratings"]]),
        "reopen_rate": _share(reopened, len(rows["resolved"])),
    }


def _counted(values: Iterable[str]) -> dict[str, int]:
    """How often each value comes, the most frequent first."""
    return dict(sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0])))


def _targets(known: Iterable[str], deadlines: Sequence[Mapping[str, Any]]) -> list[str]:
    """The rulebook's targets, and those that only older cases have."""
    return list(dict.fromkeys([*known, *sorted({row["target"] for row in deadlines})]))


def _target(name: str, deadlines: Sequence[Mapping[str, Any]], now: str) -> dict[str, Any]:
    verdicts = Counter(verdict_of(row, now) for row in deadlines if row["target"] == name)
    met, missed = verdicts["met"], verdicts["missed"]
    return {
        "target": name,
        "met": met,
        "missed": missed,
        "running": verdicts["running"],
        "paused": verdicts["paused"],
        "attainment": _share(met, met + missed),
    }


def _times(minutes: Iterable[float]) -> dict[str, Any]:
    ordered = sorted(minutes)
    count = len(ordered)
    if not count:
        return {"mean": None, "median": None, "p90": None, "count": 0}
    middle = (ordered[(count - 1) // 2] + ordered[count // 2]) / 2
    # P90 by nearest rank: a time that occurred, never one in between.
    p90 = ordered[ceil(0.9 * count) - 1]
    return {
        "mean": sum(ordered) / count,
        "median": middle,
        "p90": p90,
        "count": count,
    }


def _satisfaction(scores: Sequence[int]) -> dict[str, Any]:
    return {
        "mean": sum(scores) / len(scores) if scores else None,
        "top_two_share": _share(sum(score >= SATISFIED for score in scores), len(scores)),
        "count": len(scores),
    }


def _minutes(earlier: str, later: str) -> float:
    return (from_text(later) - from_text(earlier)) / timedelta(minutes=1)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
