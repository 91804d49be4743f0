"""Public data that is not part of the project: every row a case, counted again by other means."""

import csv
import json
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from afterservice_cli.instants import parse_month, to_text
from afterservice_cli.intake.importing import Summary
from afterservice_cli.reports.period import Happened
from afterservice_cli.store import connection
from afterservice_cli.store.integrity import examine
from afterservice_cli.store.period import happened
from registers import CHECKOUT, Register, register_in

FOLDER = Path(os.environ.get("AFTERSERVICE_TEST_DATA") or CHECKOUT.parent / "shared" / "data")
PROFILES = CHECKOUT / "examples" / "profiles"
CFPB, CARS = "cfpb_complaints.csv", "car_complaints_bom.csv"

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not (FOLDER / CFPB).exists(), reason=f"there is no public data in {FOLDER}"),
]


def rows_of(name: str) -> list[dict[str, str]]:
    """The file's rows, read by nothing but the csv module."""
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def cfpb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Register, Summary]]:
    with register_in(tmp_path_factory.mktemp("cfpb"), "customer-feedback") as register:
        yield register, register.read(FOLDER / CFPB, PROFILES / "cfpb.yaml")


@pytest.fixture(scope="module")
def cars(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Register, Summary]]:
    with register_in(tmp_path_factory.mktemp("cars"), "customer-feedback") as register:
        yield register, register.read(FOLDER / CARS, PROFILES / "car-complaints.yaml")


def monthly(
    register: Register, first: date, last: date, count: Callable[[Happened], int] = lambda rows: len(rows.registered)
) -> dict[str, int]:
    """A number of each month from `first` to `last`, where it is not 0."""
    found, day = {}, first.replace(day=1)
    with register.desk.reading() as db:
        rulebook = register.desk.rulebook
        while day <= last:
            month = f"{day:%Y-%m}"
            begin, end = parse_month(month, now=register.desk.now, zone=rulebook.zone)
            rows = happened(db, to_text(begin), to_text(end))
            found[month] = count(rows)
            day = (day + timedelta(days=32)).replace(day=1)
    return {month: count for month, count in found.items() if count}


def day_of(text: str) -> date:
    """A date of the CFPB file: month/day/year."""
    month, day, year = map(int, text.split("/"))
    return date(year, month, day)


def test_every_consumer_complaint_becomes_a_case(cfpb: tuple[Register, Summary]) -> None:
    _, summary = cfpb
    assert summary.counts == {"new": 3186, "unchanged": 0, "changed": 0, "conflicts": 0, "rejected": 0}
    assert summary.encoding == "utf-8"


def test_six_that_were_sent_before_they_were_received_are_flagged(cfpb: tuple[Register, Summary]) -> None:
    register, summary = cfpb
    early = [row for row in rows_of(CFPB) if day_of(row["Date sent to company"]) < day_of(row["Date received"])]
    assert summary.flagged == len(summary.left) == len(early) == 6
    assert summary.rejects_file is not None
    with summary.rejects_file.open(encoding="utf-8-sig", newline="") as lines:
        rejects = list(csv.DictReader(lines))
    assert [row["_status"] for row in rejects] == ["flagged"] * 6
    assert [{name: row[name] for name in early[0]} for row in rejects] == early
    for row in rejects:
        sent = row["Date sent to company"]
        reason = f"Date sent to company: responded ({sent}) lies before it was received; left out"
        assert row["_reason"] == reason
    answered = [case for case in register.cases() if "responded" in case.first_at]
    assert len(answered) == 3186 - 6


def test_the_months_report_what_the_file_says(cfpb: tuple[Register, Summary]) -> None:
    register, _ = cfpb
    days = [day_of(row["Date received"]) for row in rows_of(CFPB)]
    wanted = Counter(f"{day:%Y-%m}" for day in days)
    assert monthly(register, min(days), max(days)) == wanted
    assert sum(wanted.values()) == 3186
    assert set(monthly(register, min(days), max(days), lambda rows: rows.closed)) == set()


def test_identical_complaints_are_each_a_case(cfpb: tuple[Register, Summary]) -> None:
    register, _ = cfpb
    repeated = {row: count for row, count in Counter(tuple(row.values()) for row in rows_of(CFPB)).items() if count > 1}
    assert sum(repeated.values()) - len(repeated) == 11
    with register.desk.reading() as db:
        digests = [row[0] for row in db.execute("SELECT source_digest FROM cases")]
    assert sorted(count for count in Counter(digests).values() if count > 1) == sorted(repeated.values())


def test_read_again_nothing_is_added(cfpb: tuple[Register, Summary]) -> None:
    register, _ = cfpb
    before = [recorded for recorded in register.events() if recorded.case != "desk"]
    again = register.read(FOLDER / CFPB, PROFILES / "cfpb.yaml")
    assert again.counts == {"new": 0, "unchanged": 3186, "changed": 0, "conflicts": 0, "rejected": 0}
    assert [recorded for recorded in register.events() if recorded.case != "desk"] == before
    assert register.findings() == []


def test_one_field_changed_behind_its_back_is_named(cfpb: tuple[Register, Summary], tmp_path: Path) -> None:
    register, _ = cfpb
    copy = tmp_path / "copy.db"
    shutil.copy(register.desk.path, copy)
    with closing(sqlite3.connect(copy, isolation_level=None)) as db:
        guard = db.execute("SELECT sql FROM sqlite_master WHERE name = 'events_are_not_changed'").fetchone()[0]
        seq, case, text = db.execute(
            "SELECT seq, case_id, body FROM events WHERE kind = 'CaseRegistered' ORDER BY seq LIMIT 1 OFFSET 1234"
        ).fetchone()
        body = json.loads(text)
        body["channel"] = "phone" if body["channel"] != "phone" else "email"
        db.execute("DROP TRIGGER events_are_not_changed")
        changed = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        db.execute("UPDATE events SET body = ? WHERE seq = ?", (changed, seq))
        db.execute(guard)
    with closing(connection.connect(copy)) as db:
        assert list(examine(db).all()) == [f"event {seq} (CaseRegistered of {case}) was changed after it was recorded"]


def test_every_car_complaint_becomes_a_case(cars: tuple[Register, Summary]) -> None:
    register, summary = cars
    rows = rows_of(CARS)
    assert (summary.counts["new"], summary.read, summary.left, summary.rejects_file) == (600, 600, (), None)
    wanted = [(row["car_model"].strip(), row["desc"].strip(), row["datetime"]) for row in rows]
    local = register.desk.rulebook.zone
    found = [
        (case.product, case.description, f"{case.registered_at.astimezone(local):%Y-%m-%d}")
        for case in register.cases()
    ]
    assert found == wanted


def test_car_complaints_are_told_apart_by_the_number_that_is_filled(cars: tuple[Register, Summary]) -> None:
    register, _ = cars
    rows = rows_of(CARS)
    assert {row["id"] for row in rows} == {""}
    assert len({row["id_"] for row in rows}) == len(register.cases()) == 600


def test_most_car_complaints_are_defects_and_the_months_agree(cars: tuple[Register, Summary]) -> None:
    register, summary = cars
    days = [datetime.fromisoformat(row["datetime"]).date() for row in rows_of(CARS)]
    assert monthly(register, min(days), max(days)) == Counter(f"{day:%Y-%m}" for day in days)
    kinds = Counter(case.value("category") for case in register.cases())
    assert kinds["product.defect"] > 300
    assert kinds["unsorted"] == summary.unclassified < 200


def test_car_complaints_read_again_add_nothing(cars: tuple[Register, Summary]) -> None:
    register, _ = cars
    before = [recorded for recorded in register.events() if recorded.case != "desk"]
    again = register.read(FOLDER / CARS, PROFILES / "car-complaints.yaml")
    assert again.counts == {"new": 0, "unchanged": 600, "changed": 0, "conflicts": 0, "rejected": 0}
    assert [recorded for recorded in register.events() if recorded.case != "desk"] == before
    assert register.findings() == []
