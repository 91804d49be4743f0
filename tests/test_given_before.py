"""What was handed out before a case was reopened: it counts in reports, conditions and tables as it did."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from charging import SHOP, a_shop, done
from conftest import Once, Runner

LATER = "2026-11-02 09:00"


@pytest.fixture
def shop(tmp_path: Path, once: Once, call: Runner) -> Path:
    return a_shop(tmp_path, once, call)


def sums(call: Runner) -> dict[str, float]:
    """The figures of what was given, in the report of the month."""
    told = json.loads(call("report", "--month", "2026-10", "--json", now=LATER).out)["figures"]
    return {name: number for name, number in told.items() if name.startswith("given.") and number}


def say_sorry(call: Runner, money: str) -> Any:
    return done(call, "propose", "001", "x", "--disposition", "sorry", "--give", f"voucher={money}", "--as", "li")


SORRY_30 = {
    "given.sorry.voucher": 30,
    "given.sorry.voucher.cases": 1,
    "given.voucher": 30,
    "given.voucher.cases": 1,
}


def test_what_was_given_counts_when_the_case_is_resolved_again_without_a_plan(shop: Path, call: Runner) -> None:
    say_sorry(call, "30")
    done(call, "resolve", "001", "sent", "--as", "li")
    assert sums(call) == SORRY_30
    done(call, "reopen", "001", "--reason", "again")
    assert sums(call) == {}  # it is not resolved for good
    assert "given before: Voucher 30 yuan" in done(call, "show", "001").out
    done(call, "resolve", "001", "mended", "--as", "li")
    assert sums(call) == SORRY_30
    assert json.loads(done(call, "show", "001", "--json").out)["given"] == {"1": {"voucher": "30"}}
    db = sqlite3.connect(shop / "afterservice.db")
    assert db.execute("SELECT plan, disposition, gives, amount, given FROM amounts").fetchall() == [
        (1, "sorry", "voucher", 30.0, 1)
    ]
    db.close()


def test_what_follows_is_approved_by_the_sum(shop: Path, call: Runner) -> None:
    assert "approval" not in say_sorry(call, "30").err
    done(call, "resolve", "001", "sent", "--as", "li")
    done(call, "reopen", "001", "--reason", "again")
    assert "next: approval" in say_sorry(call, "30").err
    done(call, "approve", "001", "--as", "zhao")
    done(call, "resolve", "001", "sent", "--as", "li")
    assert sums(call) == {name: number * 2 if number == 30 else number for name, number in SORRY_30.items()}


def test_each_plan_counts_with_its_own_disposition(shop: Path, call: Runner) -> None:
    say_sorry(call, "30")
    done(call, "resolve", "001", "sent", "--as", "li")
    done(call, "reopen", "001", "--reason", "again")
    done(call, "propose", "001", "x", "--disposition", "repair", "--give", "fee=80", "--as", "li")
    done(call, "agree", "001", "--yes")
    done(call, "task", "001", "collect", "--as", "feng")
    done(call, "resolve", "001", "mended", "--as", "li")
    assert {name: number for name, number in sums(call).items() if not name.endswith("cases")} == {
        "given.sorry.voucher": 30,
        "given.repair.fee": 80,
        "given.voucher": 30,
        "given.fee": 80,
    }


def test_what_the_customer_refused_is_not_counted(shop: Path, call: Runner) -> None:
    say_sorry(call, "40")
    done(call, "agree", "001", "--no")
    done(call, "resolve", "001", "told", "--as", "li")
    assert sums(call) == {}
    done(call, "reopen", "001", "--reason", "again")
    done(call, "resolve", "001", "mended", "--as", "li")
    assert sums(call) == {}


def test_money_that_a_task_was_to_pay_and_nobody_paid_was_not_given(shop: Path, call: Runner) -> None:
    rules = SHOP.replace("{disposition: repair}", "{disposition: sorry}")
    (shop / "afterservice.rules.yaml").write_text(rules, "utf-8")
    done(call, "rules", "adopt", "--yes")
    done(call, "propose", "001", "x", "--disposition", "repair", "--give", "fee=80", "--as", "li")
    done(call, "resolve", "001", "mended", "--as", "li")
    done(call, "reopen", "001", "--reason", "again")
    done(call, "resolve", "001", "mended", "--as", "li")
    assert sums(call) == {}
