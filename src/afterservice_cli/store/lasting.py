"""How long something lasted, as reports ask it of the tables: in working time, and how long a case waited in it."""

from __future__ import annotations

import json
from bisect import bisect_right
from datetime import UTC, datetime, timedelta

from afterservice_cli.instants import from_text
from afterservice_cli.worktime import Calendar

_AROUND = 30 * 86400  # seconds by which more is laid out than was asked for
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Worked:
    """The working time between two instants, asked so often that spans and instants are plain numbers."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._since, self._until = 0, -1
        self._opens: list[int] = []
        self._closes: list[int] = []
        self._worked: list[int] = []

    def minutes(self, begin: int | None, end: int | None) -> float | None:
        """Return the working minutes between two instants in seconds since 1970; None if one is not known."""
        if begin is None or end is None:
            return None
        if end <= begin:
            return 0.0
        if begin < self._since or end > self._until:
            self._lay_out(begin, end)
        return (self._before(end) - self._before(begin)) / 60

    def _before(self, at: int) -> int:
        opened = bisect_right(self._opens, at)
        left = self._closes[opened - 1] - at if opened else 0
        return self._worked[opened] - left if left > 0 else self._worked[opened]

    def _lay_out(self, begin: int, end: int) -> None:
        if self._since <= self._until:
            begin, end = min(begin, self._since), max(end, self._until)
        self._since, self._until = begin - _AROUND, end + _AROUND
        first, last = (_EPOCH + timedelta(seconds=at) for at in (self._since, self._until))
        self._opens, self._closes, self._worked = [], [], [0]
        for opens, closes in self._calendar.open_between(first, last):
            self._opens.append((opens - _EPOCH) // timedelta(seconds=1))
            self._closes.append((closes - _EPOCH) // timedelta(seconds=1))
            self._worked.append(self._worked[-1] + self._closes[-1] - self._opens[-1])


def waited(work: str | None, begin: str | None, end: str | None) -> float | None:
    """Return for how many minutes on the clock a case waited between two instants, by its `work`."""
    if begin is None or end is None:
        return None
    if work is None or '"pauses":[]' in work:
        return 0.0
    seconds = 0.0
    for pause in json.loads(work)["pauses"]:
        first, last = max(pause["from_at"], begin), min(pause["to_at"] or end, end)
        if first < last:
            seconds += (from_text(last) - from_text(first)) / timedelta(seconds=1)
    return seconds / 60
