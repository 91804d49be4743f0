"""What comes often, what rose and which product fails most, in the order in which a manager reads it."""

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import Once, Runner

WORDS = ("alpha", "bravo", "delta", "gamma", "kappa", "omega")
RULES = f"""\
rulebook: shop
title: Shop
calendar: {{timezone: Asia/Shanghai, hours: {{mon-fri: "09:00-18:00"}}}}
owners: {{desk: Desk}}
channels: {{phone: Phone}}
lines: {{light: {{title: Light, match: [Lamp]}}}}
categories: {{{", ".join(f"{word}: {{title: {word.title()}, match: [{word}]}}" for word in WORDS)}, rest: Rest}}
priorities: {{P1: High}}
default: {{category: rest, priority: P1, owner: desk}}
demands: []
"""
# The month, the category, the product, and how many of them came in.
CAME = (
    *(("09", "alpha", "", 2), ("09", "bravo", "", 2), ("09", "delta", "", 2), ("09", "gamma", "", 2)),
    *(("10", "kappa", "Lamp", 1), ("10", "bravo", "Lamp", 2), ("10", "bravo", "Fan", 2), ("10", "alpha", "Lamp", 2)),
    *(("10", "alpha", "", 1), ("10", "gamma", "", 2), ("10", "delta", "Stove", 3), ("10", "delta", "Fan", 1)),
)


@pytest.fixture
def tables(tmp_path: Path, once: Once, call: Runner) -> Any:
    """The tables of the report of October, with what was sold by a file of that text."""

    def founded() -> None:
        (tmp_path / "shop.yaml").write_text(RULES, "utf-8")
        assert call("init", "--rules", "./shop.yaml").code == 0
        rows = [
            f"{month}-{place:02}-{number},2026-{month}-10 10:00,phone,{word},{product}"
            for place, (month, word, product, count) in enumerate(CAME)
            for number in range(count)
        ]
        (tmp_path / "rows.csv").write_text(
            "\n".join(["number,received_at,channel,description,product", *rows]), "utf-8"
        )
        assert call("import", "rows.csv", now="2026-11-02 09:00").code == 0

    once(founded)

    def ask(sales: str | None = "product,units\nLamp,10\n", *options: str) -> Any:
        (tmp_path / "sales.csv").write_text(sales or "", "utf-8")
        given = () if sales is None else ("--sales", "sales.csv")
        told = call("report", "--month", "2026-10", *given, *options, "--json", now="2026-11-02 09:00")
        assert told.code == 0, told.err
        return json.loads(told.out)["tables"]

    return ask


def _rate(row: Any) -> tuple[Any, ...]:
    return row["id"], row["cases"], row["sold"], row["fault_rate"]


def test_the_most_frequent_come_first_and_none_that_came_once(tables: Any) -> None:
    assert [(row["id"], row["registered"]) for row in tables()["frequent"]] == [
        ("Stove.delta", 3),
        ("Fan.bravo", 2),
        ("Lamp.alpha", 2),
        ("Lamp.bravo", 2),
    ]


def test_what_rose_most_comes_first_and_nothing_that_fell_or_stayed(tables: Any) -> None:
    rows = tables()["risen"]
    assert [(row["id"], row["registered.before"], row["registered"], row["registered.change"]) for row in rows] == [
        ("bravo", 2, 4, 2),
        ("delta", 2, 4, 2),
        ("alpha", 2, 3, 1),
        ("kappa", 0, 1, 1),
    ]
    assert tables(None, "--month", "2026-09").get("risen", []) == [], "nothing came in before"


def test_the_product_that_fails_most_comes_first_and_last_of_which_no_units_are_known(tables: Any) -> None:
    sales = "product,units\nStove,30\nLamp,50\nHob,9\nFan,0\nDoor,9\n"
    told = [*map(_rate, tables(sales)["fault_rate_by_product"])]
    assert told == [
        ("Lamp", 5, 50, 0.1),
        ("Stove", 3, 30, 0.1),
        ("Door", 0, 9, 0.0),
        ("Hob", 0, 9, 0.0),
        ("Fan", 3, 0, None),
    ]
    told = [*map(_rate, tables("product,units\nStove,30\n")["fault_rate_by_product"])]
    assert told == [("Stove", 3, 30, 0.1), ("Fan", 3, None, None), ("Lamp", 5, None, None)], "by their names"


def test_without_units_sold_there_is_no_rate(tables: Any) -> None:
    assert "fault_rate_by_product" not in tables(None)


def test_the_rate_of_a_line_is_that_of_its_products(tables: Any) -> None:
    sales = "product,units\nStove,30\nLamp,50\nLamp II,50\nFan,20\n"
    rows = tables(sales, "--by", "line")["fault_rate_by_line"]
    assert [(row["id"], row["cases"], row["sold"]) for row in rows] == [("", 6, 50), ("light", 5, 100)]
