"""A desk with cases enough to learn from, under a small rulebook whose phrases hardly anybody uses."""

import csv
from collections.abc import Iterable
from pathlib import Path

from conftest import Runner

DOCS = Path(__file__).parents[1] / "docs"
RULES = """\
rulebook: lessons
title: Lessons
language: en
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
owners: {desk: {title: Desk, members: [ann]}}
channels: {phone: Phone}
categories:
  parcel: {title: Parcel, match: [courier]}
  lamp: {title: Lamp, match: [bulb]}
  money: {title: Money, match: [invoice]}
  rest: Rest
priorities: {P1: High}
intake: {vague: {match: [odd], pause: detail}, invalid: {spam: Spam}}
pauses: {detail: {title: Detail, ends: replied}}
default: {category: rest, priority: P1, owner: desk}
"""
PROFILE = """\
profile: p
columns: {number: no, received_at: at, contact: tel, description: text, category: topic}
defaults: {channel: phone}
"""
# What customers say of each category, and never in the phrases of the rulebook.
SAID = {
    "parcel": ("where is my parcel", "the box never came", "delivered to a neighbour", "still waiting for the box"),
    "lamp": ("the lamp flickers", "no light any more", "it glows and goes dark", "the light went out"),
    "money": ("I paid twice", "please pay it back", "the price was another", "you took too much money"),
}
ENOUGH = 240

Row = tuple[str, str, str]  # contact, text, category ("": left to the rules)


def rows(count: int = ENOUGH) -> list[Row]:
    """So many cases in all categories, each of a customer of its own."""
    kinds = list(SAID)
    return [
        (f"555-{place:04}", f"{SAID[kind][place // 3 % 4]}, number {place}", kind)
        for place in range(count)
        for kind in [kinds[place % 3]]
    ]


def found_desk(folder: Path, call: Runner) -> None:
    """Make a desk under RULES."""
    (folder / "rules.yaml").write_text(RULES, "utf-8")
    (folder / "p.yaml").write_text(PROFILE, "utf-8")
    assert call("init", "--rules", "rules.yaml").code == 0


def read_in(folder: Path, call: Runner, told: Iterable[Row], name: str = "cases.csv") -> None:
    """Import cases, and remove the file: nothing of what they say lies anywhere but at the desk."""
    file = folder / name
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(("no", "at", "tel", "text", "topic"))
        writer.writerows((f"{name}-{no}", "2026-10-08 10:00", *row) for no, row in enumerate(told))
    done = call("import", name, "--profile", "p.yaml")
    assert done.code == 0, done.both
    file.unlink()


def taught(folder: Path, call: Runner, more: Iterable[Row] = ()) -> None:
    """Make a desk with ENOUGH cases, and more, that has learnt from them."""
    found_desk(folder, call)
    read_in(folder, call, [*rows(), *more])
    done = call("rules", "learn")
    assert done.code == 0, done.both
