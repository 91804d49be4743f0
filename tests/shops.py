"""A register and the one file that is read into it again and again, under a small rulebook."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import rulebooks
from afterservice_cli.cases.case import Case, Recorded
from afterservice_cli.intake.importing import Summary
from registers import Register, register_in

COLUMNS = """
profile: shop
columns:
  number: no
  received_at: received
  channel: via
  customer: name
  contact: mobile
  description: text
  product: model
  category: topic
values: {channel: {Tel: phone}}
defaults: {channel: phone}
course:
  - {event: responded, at: answered, text: answer}
  - {event: resolved, at: solved, text: solution}
  - {event: rated, at: solved, score: stars}
  - {event: closed, at: done}
"""
IDENTITY = COLUMNS.replace("  number: no\n", "") + "identity: [received, name, mobile]\n"
HEADINGS = ("no", "received", "via", "name", "mobile", "text", "model", "topic")
COURSE = ("answered", "answer", "solved", "solution", "stars", "done")
ROW = {"no": "1", "received": "2026-10-12 09:30", "via": "Tel", "name": "Wang", "mobile": "139", "text": "it is broken"}
TWO = {**ROW, "no": "2", "name": "Li", "text": "I wish for more"}

Cells = dict[str, str]
LIFE = rulebooks.FOLDER / "life.yaml"


class Shop:
    """A register, and the one file that is read into it again and again."""

    def __init__(self, register: Register, profile: str = COLUMNS) -> None:
        self.register, self.desk, self.folder = register, register.desk, register.folder
        self.file, self.profile = self.folder / "cases.csv", self.folder / "shop.yaml"
        self.profile.write_text(profile)

    def read(self, *rows: Cells, try_only: bool = False) -> Summary:
        """Write the rows as a CSV file and read that in."""
        with self.file.open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, (*HEADINGS, *COURSE))
            writer.writeheader()
            writer.writerows(rows)
        return self.register.read(self.file, self.profile, try_only=try_only)

    def read_text(self, text: str, name: str = "cases.csv") -> Summary:
        file = self.folder / name
        file.write_bytes(text.encode())
        return self.register.read(file, self.profile)

    def case(self) -> Case:
        """The only case."""
        (case,) = self.register.cases()
        return case

    def of_cases(self) -> list[Recorded]:
        """The history without the desk's own events."""
        return [recorded for recorded in self.register.events() if recorded.case_id != "desk"]

    def kinds(self) -> list[str]:
        return [type(recorded.event).__name__ for recorded in self.of_cases()]


def counted(summary: Summary) -> dict[str, int]:
    """The outcomes that came at all."""
    return {name: count for name, count in summary.counts.items() if count}


def rejects(summary: Summary) -> list[Cells]:
    """The rejects file, as its reader sees it."""
    assert summary.rejects_file is not None
    with summary.rejects_file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def but(row: Cells, **cells: str) -> Cells:
    return {**row, **cells}


def put_right(summary: Summary, **cells: str) -> str:
    """The rejects file as a person would save it after mending."""
    assert summary.rejects_file is not None
    lines = rejects(summary)
    path = summary.rejects_file.with_name("mended.csv")
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, list(lines[0]))
        writer.writeheader()
        writer.writerows({**line, **cells} for line in lines)
    return path.read_bytes().decode()


def shop_of_life(profile: str) -> Any:
    """The fixture of a shop that works by the rulebook of whole lives, and reads files by a profile."""

    @pytest.fixture
    def shop(tmp_path: Path) -> Iterator[Shop]:
        with register_in(tmp_path, str(LIFE)) as register:
            yield Shop(register, profile)

    return shop
