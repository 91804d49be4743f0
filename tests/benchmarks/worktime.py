"""Adding 8 working hours on a calendar with China's holidays, against `businesstimedelta` doing the same.

The peer knows no make-up workdays, so both count without them; what they cost is a line of its own.
"""

import statistics
import time
from collections.abc import Callable, Container, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from typing import Any

import businesstimedelta as peer
import holidays
import pytz
from bench import machine

from afterservice_cli.rulebook.public_holidays import expand
from afterservice_cli.time.durations import parse_duration
from afterservice_cli.time.worktime import WEEKDAYS, Calendar

ZONE = "Asia/Shanghai"
HOURS = ((540, 720), (780, 1080))
YEAR = 2026
YEARS = (YEAR, YEAR + 1)  # a deadline, and the peer's search for the next holiday, may run over the year's end
EIGHT = parse_duration("8wh")
STARTS = [datetime(YEAR, 1, 1, tzinfo=UTC) + timedelta(hours=7 * step) for step in range(365 * 24 // 7)]

Add = Callable[[datetime], datetime]


def ours(known: dict[str, Any]) -> Calendar:
    """A fresh calendar with nothing laid out."""
    return Calendar({"timezone": ZONE, "hours": dict.fromkeys(WEEKDAYS[:5], HOURS), "holidays": known})


def documented(off: Container[date]) -> Add:
    """The same in `businesstimedelta` as its documentation has it: a day, less a lunch break, less the holidays."""
    zone, ((opens, lunch), (back, closes)) = pytz.timezone(ZONE), HOURS
    day = peer.WorkDayRule(start_time=_clock(opens), end_time=_clock(closes), tz=zone)
    pause = peer.LunchTimeRule(start_time=_clock(lunch), end_time=_clock(back), tz=zone)
    return _adding(day, pause, peer.HolidayRule(off, tz=zone))


def quickest(off: Container[date]) -> Add:
    """The same in the quickest way found: two working times a day instead of a lunch break."""
    zone = pytz.timezone(ZONE)
    work = [peer.WorkDayRule(start_time=_clock(begin), end_time=_clock(end), tz=zone) for begin, end in HOURS]
    return _adding(*work, peer.HolidayRule(off, tz=zone))


def _clock(minute: int) -> clock:
    return clock(minute // 60, minute % 60)


def _adding(*rules: Any) -> Add:
    length = peer.BusinessTimeDelta(peer.Rules(list(rules)), hours=8)
    return lambda start: start + length


def each(ways: Sequence[Callable[[], Add]], rounds: int = 7, least: float = 0.2) -> list[float]:
    """Processor seconds of one addition by each way: medians over rounds in which each is made anew, goes through
    all the starts once to get warm, and then through them so often that it takes `least` seconds."""
    times: list[list[float]] = [[] for _ in ways]
    for _ in range(rounds):
        for taken, way in zip(times, ways, strict=True):
            add = way()
            for start in STARTS:
                add(start)
            passes, begin = 0, time.process_time()
            while (spent := time.process_time() - begin) < least:
                for start in STARTS:
                    add(start)
                passes += 1
            taken.append(spent / passes / len(STARTS))
    return [statistics.median(taken) for taken in times]


def warm(known: dict[str, Any]) -> Add:
    """Additions on one calendar."""
    calendar = ours(known)
    return lambda start: calendar.add(start, EIGHT)


def main() -> None:
    """Print the figures."""
    known = expand("CN", YEARS, YEAR)
    plain = {year: {**entry, "work": {}} for year, entry in known.items()}
    library = holidays.country_holidays("CN", years=YEARS)
    off = set(library)
    ways: dict[str, Callable[[], Add]] = {
        "warm": lambda: warm(plain),
        "warm, with make-up workdays": lambda: warm(known),
        "cold: a fresh calendar each time": lambda: lambda start: ours(plain).add(start, EIGHT),
        "businesstimedelta, as documented": lambda: documented(library),
        "businesstimedelta, quickest way found": lambda: quickest(off),
    }
    ready, peers = warm(plain), (documented(library), quickest(off))
    differing = [sum(ready(start) != other(start) for start in STARTS) for other in peers]
    taken = dict(zip(ways, each(list(ways.values())), strict=True))
    slow, fast = list(taken.values())[-2:]
    print(machine())
    print(f"8wh from {len(STARTS):,} starts in {YEAR}, {len(off)} days off; answers that differ: {differing}")
    for name, seconds in taken.items():
        print(f"{name:<44} {seconds * 1e6:8.1f} µs   {slow / seconds:6.1f}×   {fast / seconds:6.1f}×")
    print("times as fast as the peer as documented, and as the peer at its quickest; goal, warm: at least 200×")


if __name__ == "__main__":
    main()
