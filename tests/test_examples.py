"""A month through each procedure: the scripts of `examples/` run as under cron, and say what was written down.

UPDATE_TRANSCRIPTS=1 writes what they say to `tests/transcripts/months/`.
"""

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from statistics import mean
from typing import Any, NamedTuple

import pytest
import yaml

from consoles import normalised

ROOT = Path(__file__).parents[1]
PROGRAM = Path(sys.executable).with_name("afterservice")
SAID = Path(__file__).parent / "transcripts" / "months"
SCRIPTS = {path.parent.name: path for path in sorted((ROOT / "examples").glob("*/month.sh"))}
RULEBOOKS = {path.stem for path in (ROOT / "rules").glob("*.yaml") if not path.stem.endswith(".en")}
# Each stream as it comes; nothing else beyond what cron gives.
BARE = {"PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1"}


class Taken(NamedTuple):
    """What a script did with a case by commands; a time is "" if it did not happen, or if the file has it."""

    received: str = ""
    resolved: str = ""
    closed: str = ""
    reopened: int = 0


# Read off the scripts by hand, by serial: what they add to their files. The rest of a file is as it stands there.
BY_HAND: Mapping[str, tuple[str, Mapping[int, Taken]]] = {
    "customer-feedback": (  # the second is void, the fourth was merged into the third
        "2026-10",
        {
            1: Taken("2026-10-12 09:00", "2026-10-16 10:00", "2026-10-16 17:00", 1),
            3: Taken("2026-10-12 14:00", "2026-10-14 09:30", "2026-10-14 09:30"),
            5: Taken("2026-10-13 10:00", "2026-10-14 09:30", "2026-10-14 16:00"),
            6: Taken("2026-10-19 09:00", "2026-10-19 09:00", "2026-10-19 09:00"),
        },
    ),
    "complaints-returns": (
        "2026-10",
        {
            55: Taken("2026-10-28 09:15", "2026-10-30 14:10", "2026-10-30 14:10"),
            56: Taken("2026-10-28 15:00"),
            57: Taken("2026-10-29 09:10", "2026-10-29 14:10", "2026-10-29 14:10"),
        },
    ),
    "defect-handling": (
        "2026-09",
        {
            15: Taken("", "2026-09-21 10:00", "2026-09-21 10:00"),
            28: Taken("2026-09-14 09:20", "2026-09-18 15:00", "2026-09-24 10:00", 1),
        },
    ),
    "enterprise-service": (
        "2026-02",
        {
            44: Taken("", "2026-02-25 17:00", "2026-02-25 17:00"),
            46: Taken("", "2026-02-27 16:00", "2026-02-27 16:00"),
            47: Taken("", "2026-02-25 14:00", "2026-02-25 14:00"),
            48: Taken("2026-02-24 14:30", "2026-02-27 10:30", "2026-02-27 16:00", 1),
            49: Taken("2026-02-24 16:30"),
        },
    ),
    "product-feedback": (
        "2026-10",
        {
            26: Taken("", "2026-10-16 10:00", "2026-10-16 10:00"),
            28: Taken("", "2026-10-15 10:00", "2026-10-15 10:00"),
            29: Taken("", "2026-10-13 15:00", "2026-10-15 10:00"),
            30: Taken("2026-10-12 09:30", "2026-10-14 16:00", "2026-10-15 10:00"),
            31: Taken("2026-10-19 09:00"),
        },
    ),
}


def test_each_procedure_has_its_month() -> None:
    assert set(SCRIPTS) == set(BY_HAND) == RULEBOOKS - {"minimal"}


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_the_page_leads_to_each(page: str) -> None:
    links = re.findall(r"\]\(([\w/.-]+)\)", (ROOT / "examples" / page).read_text("utf-8"))
    assert {f"{name}/month.sh" for name in SCRIPTS} <= set(links)
    assert [link for link in links if not (ROOT / "examples" / link).exists()] == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_month(name: str, tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    code, said = _told(["/bin/sh", str(SCRIPTS[name]), str(desk)], {"AFTERSERVICE": str(PROGRAM)}, tmp_path)
    said = normalised(said, desk)
    transcript = SAID / f"{name}.txt"
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        transcript.parent.mkdir(exist_ok=True)
        transcript.write_text(said, "utf-8")
    assert (code, said.splitlines()) == (0, transcript.read_text("utf-8").splitlines())
    program = [str(PROGRAM), "--db", str(desk / "afterservice.db")]
    assert _told([*program, "check"], {}, desk) == (0, "")
    month, _ = BY_HAND[name]
    code, text = _told([*program, "report", "--month", month, "--json"], {}, desk)
    report = json.loads(text)
    assert (code, _figures(report)) == (0, _counted(name))
    if name == "product-feedback":
        (respond,) = (entry for entry in report["tables"]["targets"] if entry["id"] == "respond")
        assert (respond["met"], respond["missed"]) == _answered_in_time()


def test_it_says_where_the_program_is_missed(tmp_path: Path) -> None:
    code, said = _told(["/bin/sh", str(SCRIPTS["product-feedback"]), str(tmp_path / "desk")], {}, tmp_path)
    assert (code, "AFTERSERVICE=" in said, list(tmp_path.iterdir())) == (127, True, [])


def _told(words: list[str], settings: dict[str, str], folder: Path) -> tuple[int, str]:
    """The exit code and both streams of a command under cron's environment."""
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        words,
        env=BARE | settings,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout.decode()


def _figures(report: Mapping[str, Any]) -> dict[str, float]:
    figures = report["figures"]
    return {
        **{name: figures[name] for name in ("registered", "closed", "reopened")},
        "resolved first": figures["first_resolution.count"],
        "minutes": pytest.approx(figures["first_resolution.mean"]),
    }


def _counted(name: str) -> dict[str, float]:
    """The same figures from the file and what is known by hand of the script, without the program."""
    month, _ = BY_HAND[name]
    cases = [case for case in _cases(name) if case.received]
    first = [case for case in cases if case.resolved[:7] == month]
    return {
        "registered": sum(case.received[:7] == month for case in cases),
        "closed": sum(case.closed[:7] == month for case in cases),
        "reopened": sum(case.reopened for case in cases),
        "resolved first": len(first),
        "minutes": mean(_minutes(case.received, case.resolved) for case in first),
    }


# What the handbook's desk answered by commands, and what is urgent by what its text says: danger, or a dead device.
ANSWERED = {
    26: "2026-10-10 12:05",
    28: "2026-10-12 14:00",
    29: "2026-10-13 15:00",
}
ANSWERED_LIVE = (("2026-10-12 09:30", "2026-10-12 09:36", 10), ("2026-10-19 09:00", "2026-10-19 09:00", 30))
URGENT = (11, 18, 35, 41)


def _answered_in_time() -> tuple[int, int]:
    """Count what the handbook's desk answered within 10 minutes or 30, and what it did not, begun anew included."""
    waited = [(_minutes(received, answered), within) for received, answered, within in ANSWERED_LIVE]
    with SCRIPTS["product-feedback"].with_name("month.csv").open(encoding="utf-8", newline="") as lines:
        for place, row in enumerate(csv.DictReader(lines), start=1):
            within = 10 if place in URGENT else 30
            answered = row["首次响应时间"] or ANSWERED.get(place, "9999-01-01 00:00")
            waited.append((_minutes(row["接收时间"], answered), within))
            if row["退回时间"]:
                waited.append((_minutes(row["退回时间"], row["再次解决时间"]), within))
    met = sum(minutes <= within for minutes, within in waited)
    return met, len(waited) - met


def _cases(name: str) -> Iterator[Taken]:
    """Yield every row with what the script did to it, then the cases that are in no row."""
    folder = SCRIPTS[name].parent
    profile = yaml.safe_load((folder / "month.profile.yaml").read_text("utf-8"))
    column = {event["event"]: event["at"] for event in reversed(profile["course"])}  # the first of several
    again = [event["at"] for event in profile["course"] if event["event"] == "reopened"]
    _, by_hand = BY_HAND[name]
    live = {serial: taken for serial, taken in by_hand.items() if taken.received}
    with (folder / "month.csv").open(encoding="utf-8", newline="") as lines:
        for place, row in enumerate(csv.DictReader(lines), start=1):
            received = profile["columns"]["received_at"]
            taken = by_hand.get(place, Taken()) if place not in live else Taken()
            yield Taken(
                next(row[heading] for heading in _many(received) if heading in row),
                row[column["resolved"]] or taken.resolved,
                row[column["closed"]] or taken.closed,
                sum(bool(row[heading]) for heading in again) + taken.reopened,
            )
    yield from live.values()


def _many(headings: str | list[str]) -> list[str]:
    return [headings] if isinstance(headings, str) else headings


def _minutes(begin: str, end: str) -> float:
    span = datetime.fromisoformat(end) - datetime.fromisoformat(begin)
    return span.total_seconds() / 60
