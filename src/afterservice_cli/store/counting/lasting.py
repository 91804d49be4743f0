"""How long something lasted, as reports ask it of the tables: in working time, and how long a case waited in it."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import repeat
from operator import sub

from afterservice_cli.time.instants import from_text
from afterservice_cli.time.worktime import Calendar

_AROUND = 30 * 86400  # seconds by which more is laid out than was asked for
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Worked:
    """The working time between two instants, asked so often that spans and instants are plain numbers.

    They are seconds from an `origin` on, which is in seconds since 1970.
    """

    def __init__(self, calendar: Calendar, origin: int) -> None:
        self._calendar, self._origin = calendar, origin
        self._since, self._until = 0, -1
        self._opens: list[int] = []
        self._spans: list[tuple[int, int]] = []  # the working time up to each close, and when that is

    def minutes(self, begin: int | None, end: int | None) -> float | None:
        """Return the working minutes between two instants in seconds since 1970; None if one is not known."""
        if begin is None or end is None:
            return None
        return self.between((begin - self._origin,), (end - self._origin,))[0] / 60

    def between(self, begins: Sequence[int], ends: Sequence[int]) -> list[float]:
        """Return the working seconds from each begin to its end, both from the origin on; none if that is not later."""
        if not begins:
            return []
        self._lay_out(min(min(begins), min(ends)), max(max(begins), max(ends)))
        lasted = [*map(sub, self._up_to(ends), self._up_to(begins))]
        return lasted if min(lasted) >= 0 else [max(0, each) for each in lasted]

    def _up_to(self, times: Sequence[int]) -> list[int]:
        """Return the working seconds up to each time, from where the spans begin."""
        spans = map(self._spans.__getitem__, map(bisect_right, repeat(self._opens), times))
        known = zip(times, spans, strict=True)
        return [worked if at >= closes else worked - closes + at for at, (worked, closes) in known]

    def _lay_out(self, begin: int, end: int) -> None:
        """Make the spans reach from one instant to another."""
        if self._since <= begin and end <= self._until:
            return
        if self._since <= self._until:
            begin, end = min(begin, self._since), max(end, self._until)
        self._since, self._until = begin - _AROUND, end + _AROUND
        origin = _EPOCH + timedelta(seconds=self._origin)
        first, last = (origin + timedelta(seconds=at) for at in (self._since, self._until))
        self._opens, self._spans, worked = [], [(0, self._since)], 0
        for opens, closes in self._calendar.open_between(first, last):
            opened, closed = ((at - origin) // timedelta(seconds=1) for at in (opens, closes))
            worked += closed - opened
            self._opens.append(opened)
            self._spans.append((worked, closed))


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
