"""The open spans of a stretch of dates, with the working time behind each: what a calendar counts with."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date, datetime, timedelta

Span = tuple[datetime, datetime]
_NONE = timedelta(0)
NIGHT = timedelta(days=2)  # into which a close may reach


class Openings:
    """The spans that open on the dates `[first, end)`: `worked[i]` is the time behind the `i`th opening.

    It is counted from the first beginning of the table: spans put in before it have negative times. The table is
    complete for the instants `[since, until]`.
    """

    __slots__ = ("closes", "end", "first", "opens", "since", "until", "worked")

    def __init__(self, first: date, midnight: datetime) -> None:
        self.opens: list[datetime] = []
        self.closes: list[datetime] = []
        self.worked = [_NONE]
        self.first = self.end = first
        self.since, self.until = midnight + NIGHT, midnight

    def append(self, spans: Iterable[Span]) -> None:
        """Add the spans of the dates that follow."""
        for opens, closes in spans:
            self.opens.append(opens)
            self.closes.append(closes)
            self.worked.append(self.worked[-1] + (closes - opens))

    def prepend(self, spans: Iterable[Span]) -> None:
        """Add the spans of the dates before."""
        before = list(spans)
        self.opens[:0] = [opens for opens, _ in before]
        self.closes[:0] = [closes for _, closes in before]
        for opens, closes in reversed(before):
            self.worked.insert(0, self.worked[0] - (closes - opens))

    def worked_before(self, moment: datetime) -> timedelta:
        """Return the working time up to an instant."""
        opened = bisect_right(self.opens, moment)
        if not opened or moment >= self.closes[opened - 1]:
            return self.worked[opened]
        return self.worked[opened] - (self.closes[opened - 1] - moment)

    def reached(self, worked: timedelta) -> datetime:
        """Return the first instant with so much working time behind it (more than there is before the table)."""
        spans = bisect_left(self.worked, worked)
        return self.closes[spans - 1] - (self.worked[spans] - worked)

    def left(self, worked: timedelta) -> datetime:
        """Return the last instant with so much working time behind it (less than there is in all)."""
        spans = bisect_right(self.worked, worked)
        return self.closes[spans - 1] - (self.worked[spans] - worked)
