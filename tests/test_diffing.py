"""What `rules diff` compares: two files, a file with what is in force, or the desk's own file with that."""

from __future__ import annotations

from pathlib import Path

import pytest

from afterservice_cli.reports.rules.rules import entry_view
from afterservice_cli.rulebook.keys import Entry, key
from afterservice_cli.rulebook.sections.forms import Title
from conftest import Once, Runner

SHOP = """\
rulebook: shop
title: Shop
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
owners: {service: Service}
channels: {phone: Phone}
categories: {broken: {title: Broken, match: [broken]}, other: Other}
priorities: {normal: Normal}
default: {category: other, priority: normal, owner: service}
demands: []
"""
CHANGED = ("Categories", "  Broken (broken)", "    phrases: new: “burst”")


@pytest.fixture
def shop(tmp_path: Path, once: Once, call: Runner) -> Path:
    """A folder with a desk whose file has one phrase more than what it adopted, and with a copy of each."""

    def founded() -> None:
        (tmp_path / "before.yaml").write_text(SHOP, "utf-8")
        (tmp_path / "after.yaml").write_text(SHOP.replace("[broken]", "[broken, burst]"), "utf-8")
        assert call("init", "--rules", "./before.yaml").code == 0
        (tmp_path / "afterservice.rules.yaml").write_text((tmp_path / "after.yaml").read_text("utf-8"), "utf-8")

    once(founded)
    return tmp_path


@pytest.mark.parametrize("words", [(), ("after.yaml",), ("adopted", "after.yaml"), ("before.yaml", "after.yaml")])
def test_what_is_new_is_told(shop: Path, call: Runner, words: tuple[str, ...]) -> None:
    done = call("rules", "diff", *words)
    assert (done.code, tuple(done.out.splitlines())) == (0, CHANGED)


def test_a_file_that_says_what_is_in_force_says_the_same(shop: Path, call: Runner) -> None:
    done = call("rules", "diff", "before.yaml")
    assert (done.code, done.out) == (0, "")
    assert "they say the same" in done.err


class Note(Entry):
    """An entry that need have no title."""

    title: Title | None = key("what it is called", default=None)
    text: str = key("what it says")


def test_an_entry_without_a_title_is_read_by_its_id() -> None:
    view = entry_view(Note(id="first", text="ring back"))
    assert (view.id, view.title, view.facts) == ("first", {}, {"text": "ring back"})


OPEN = """\
calendar:
  timezone: Asia/Shanghai
  hours: {mon-thu: "09:00-18:00", fri: "09:00-12:00, 13:00-17:30"}
  open: {2026-10-17: "09:00-12:00, 13:00-24:00"}
  closed: [2026-10-15, 2027-02-01..2027-02-03]
"""


def test_days_and_hours_are_told_as_the_file_has_them(shop: Path, call: Runner) -> None:
    old = 'calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}\n'
    (shop / "open.yaml").write_text(SHOP.replace(old, OPEN), "utf-8")
    assert call("rules", "diff", "before.yaml", "open.yaml").out.splitlines() == [
        "calendar",
        "  hours: fri: 09:00-18:00 → fri: 09:00-12:00, 13:00-17:30",
        "  closed: new: 2026-10-15, 2027-02-01..2027-02-03",
        "  open: none → 2026-10-17: 09:00-12:00, 13:00-24:00",
    ]
