"""The working calendar against the examples of five libraries."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from afterservice_cli.rulebook.document import scalars
from afterservice_cli.time.durations import Duration
from working_time import at, calendar

ORACLE = json.loads(Path(__file__).parent.joinpath("data", "working_time.json").read_text("utf-8"))
DIFFER = {
    "wh-311": 90_000,  # a Sunday open 00:00–24:00 on which clocks go back has 25 hours
    "biz-325": "2006-01-08T12:00Z",  # used up at closing time is due then, not a week later
    "biz-322": "2006-01-03T00:00Z",  # a duration of nothing ends where it starts
    "bt-344": "2010-04-10T12:33Z",
}


def oracle_answers() -> list[tuple[str, str, object, object]]:
    """Return id, class, the library's answer and ours of every case."""
    answers: list[tuple[str, str, object, object]] = []
    for group in ORACLE["groups"]:
        off: dict[str, Any] = {}
        for day in group.get("off", ()):
            off.setdefault(day[:4], {"off": {}, "work": {}})["off"][day] = "off"
        special = {day: scalars.hours(hours) for day, hours in group.get("open", {}).items()}
        place = calendar(group["hours"], group["timezone"], holidays=off, open=special)
        for name, kind, start, second, third in group["cases"]:
            if kind == "between":
                ours: object = place.elapsed(at(start), at(second))
                answers.append((name, kind, third, ours))
            else:
                answers.append((name, kind, at(third), place.add(at(start), Duration(second, "ws"))))
    return answers


def test_the_libraries_agree_but_for_the_cases_we_know_why() -> None:
    answers = oracle_answers()
    differ = {name: ours for name, _, theirs, ours in answers if theirs != ours}
    assert differ == {name: at(ours) if isinstance(ours, str) else ours for name, ours in DIFFER.items()}
    agreed = Counter(kind for name, kind, *_ in answers if name not in differ)
    total = Counter(kind for _, kind, *_ in answers)
    assert {kind: (agreed[kind], total[kind]) for kind in total} == {
        "interior": (95, 95),
        "between": (83, 84),
        "lands_on_close": (7, 8),
        "zero_duration": (1, 3),
    }
