"""The figures of a period, from what happened in it. A figure is declared once, in `FIGURES`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil

from afterservice_cli.cases.values import verdict
from afterservice_cli.frozen import Frozen, Row
from afterservice_cli.instants import from_text, to_text
from afterservice_cli.language import sentence_in

SATISFIED = 4  # of 5: the two best scores


class RegisteredRow(Row):
    """A case that was registered in a period."""

    category: str
    priority: str
    owner: str
    channel: str


class RespondedRow(Row):
    """A case that was registered in a period, and when the customer first heard of the team."""

    registered_at: str
    at: str


class ResolvedRow(Row):
    """A resolution in a period; `first` is 1 if the case had been resolved never before."""

    registered_at: str
    at: str
    first: int


class DueRow(Row):
    """A deadline that was due in a period, or ended in it before it was due."""

    target: str
    due_at: str
    ended_at: str | None
    outcome: str
    paused_at: str | None


class RatingRow(Row):
    """A score that a customer gave in a period."""

    question: str
    score: int


class Happened(Frozen):
    """All that a report of a period counts, as rows of the store; void cases are left out of it."""

    registered: Sequence[RegisteredRow]
    responded: Sequence[RespondedRow]
    resolved: Sequence[ResolvedRow]
    closed: int
    unconfirmed: int
    reopened: int
    backlog: int
    deadlines: Sequence[DueRow]
    ratings: Sequence[RatingRow]


class Period(Frozen):
    """The month of a report, from its first instant until the first after it, as of the time asked."""

    month: str
    begin: str
    until: str
    as_of: str

    def plain(self) -> Mapping[str, object]:
        """Return the fields as JSON has them."""
        return {"month": self.month, "from": self.begin, "until": self.until, "as_of": self.as_of}


class Report(Frozen):
    """A period, what happened in it, and the targets that the rulebook has: all that a figure may count."""

    period: Period
    rows: Happened
    targets: Sequence[str]

    def plain(self) -> Mapping[str, object]:
        """Return the period and every figure by its name, as JSON has them."""
        return {"period": self.period, **{figure.name: figure.result(self) for figure in FIGURES}}


class Figure(Frozen):
    """One figure: its name in JSON, and its words on the page."""

    name: str
    words: str

    def result(self, report: Report) -> object:
        """Return the value of the figure in a report."""
        raise NotImplementedError


class Number(Figure):
    """How many of something there were: a column of the first table."""

    count: Callable[[Happened], int]

    def result(self, report: Report) -> int:
        """Return the number."""
        return self.count(report.rows)


class Share(Figure):
    """How many of several, from 0 to 1: a column of the first table, in percent."""

    part: Callable[[Happened], int]
    whole: Callable[[Happened], int]

    def result(self, report: Report) -> float | None:
        """Return the share, None if there is nothing to divide by."""
        return _share(self.part(report.rows), self.whole(report.rows))


class Groups(Figure):
    """How many of the cases registered have each value: a table of its own. The rulebook's `kind` titles the values."""

    kind: str
    value: Callable[[RegisteredRow], str]

    def result(self, report: Report) -> Mapping[str, int]:
        """Return how often each value comes, the most frequent first."""
        counts = Counter(map(self.value, report.rows.registered))
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


class Times(Figure):
    """How many minutes on the clock something took: a line in the table of times."""

    minutes: Callable[[Happened], Iterable[float]]

    def result(self, report: Report) -> Spread:
        """Return how the times are spread; P90 is a time that occurred, by nearest rank."""
        ordered = sorted(self.minutes(report.rows))
        count = len(ordered)
        if not count:
            return Spread(None, None, None, 0)
        middle = (ordered[(count - 1) // 2] + ordered[count // 2]) / 2
        return Spread(sum(ordered) / count, middle, ordered[ceil(0.9 * count) - 1], count)


class Attainments(Figure):
    """What became of the deadlines that count in the period, target by target."""

    def result(self, report: Report) -> Sequence[Attainment]:
        """Return the rulebook's targets in its order, then those that only older cases have."""
        due, now = report.rows.deadlines, report.period.as_of
        names = dict.fromkeys([*report.targets, *sorted({row.target for row in due})])
        return [_attainment(name, [row for row in due if row.target == name], now) for name in names]


class Ratings(Figure):
    """What customers said of the period."""

    def result(self, report: Report) -> Satisfaction:
        """Return the mean, and the share of the best two scores."""
        scores = [row.score for row in report.rows.ratings]
        mean = sum(scores) / len(scores) if scores else None
        return Satisfaction(mean, _share(sum(score >= SATISFIED for score in scores), len(scores)), len(scores))


class Spread(Frozen):
    """Times in minutes; None if there are none."""

    mean: float | None
    median: float | None
    p90: float | None
    count: int


class Attainment(Frozen):
    """What became of the deadlines of one target; attainment is met / (met + missed)."""

    target: str
    met: int
    missed: int
    running: int
    paused: int
    attainment: float | None


class Satisfaction(Frozen):
    """Scores of 1 to 5; None if there are none."""

    mean: float | None
    top_two_share: float | None
    count: int


# In the order of JSON. On the page each kind of figure has its place, and figures of one kind keep their order.
FIGURES: tuple[Figure, ...] = (
    Number("registered", sentence_in("figure", "registered"), lambda rows: len(rows.registered)),
    Number("resolved", sentence_in("figure", "resolved"), lambda rows: len(rows.resolved)),
    Number("closed", sentence_in("figure", "closed"), lambda rows: rows.closed),
    # Of those, the ones that no customer had confirmed.
    Number("closed_unconfirmed", sentence_in("figure", "closed unconfirmed"), lambda rows: rows.unconfirmed),
    Number("reopened", sentence_in("figure", "reopened"), lambda rows: rows.reopened),
    # What was not closed at the end of the period.
    Number("backlog", sentence_in("figure", "backlog"), lambda rows: rows.backlog),
    Groups("by_category", sentence_in("figure", "By category"), "category", lambda row: row.category),
    Groups("by_priority", sentence_in("figure", "By priority"), "priority", lambda row: row.priority),
    Groups("by_owner", sentence_in("figure", "By owner"), "owner", lambda row: row.owner),
    Groups("by_channel", sentence_in("figure", "By channel"), "channel", lambda row: row.channel),
    Attainments(
        "targets",
        sentence_in("figure", "Deadlines, each in the month in which it was due, or ended if that was earlier"),
    ),
    # Of the cases registered in the period, whenever the response came.
    Times(
        "first_response_minutes",
        sentence_in("figure", "first response"),
        lambda rows: (_minutes(row.registered_at, row.at) for row in rows.responded),
    ),
    Times(
        "resolution_minutes",
        sentence_in("figure", "resolution"),
        lambda rows: (_minutes(row.registered_at, row.at) for row in rows.resolved if row.first),
    ),
    Ratings("satisfaction", sentence_in("figure", "Satisfaction")),
    Share(
        "reopen_rate",
        sentence_in("figure", "reopen rate"),
        lambda rows: rows.reopened,
        lambda rows: len(rows.resolved),
    ),
)


def period_report(
    rows: Happened, month: str, begin: datetime, end: datetime, now: datetime, targets: Iterable[str]
) -> Report:
    """Return the report of the month [begin, end) as of `now`, from the rows that the store keeps for it."""
    return Report(Period(month, to_text(begin), to_text(end), to_text(now)), rows, tuple(targets))


def _attainment(name: str, due: Sequence[DueRow], now: str) -> Attainment:
    verdicts = Counter(verdict(row.outcome, row.ended_at, row.due_at, now, row.paused_at) for row in due)
    met, missed = verdicts["met"], verdicts["missed"]
    return Attainment(name, met, missed, verdicts["running"], verdicts["paused"], _share(met, met + missed))


def _minutes(earlier: str, later: str) -> float:
    return (from_text(later) - from_text(earlier)) / timedelta(minutes=1)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
