"""Public data that is not part of the project: every row a case, counted again by other means."""

import csv
import json
import shutil
import sqlite3
import statistics
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from afterservice_cli.figures.counting import Cohort
from afterservice_cli.figures.periods import parse_span, span_of
from afterservice_cli.intake.importing import ImportOrder, Summary, import_file
from afterservice_cli.reporting.whole import ReportScope, ReportSource, report
from afterservice_cli.store import connection
from afterservice_cli.store.counting.facts import Facts
from afterservice_cli.store.integrity import examine
from afterservice_cli.store.reading.filters import ALL
from afterservice_cli.time.instants import to_text
from public_data import (
    CARS,
    CFPB,
    FOLDER,
    MISALIGNED,
    NYC,
    PROFILES,
    RECEIVED,
    RESOLUTION,
    RESPONSE,
    TICKETS,
    imported,
    pytestmark,
    rewritten,
    rows_of,
)
from registers import Register, register_in

__all__ = ["pytestmark"]  # skipped if there is no public data


@pytest.fixture(scope="module")
def cfpb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Register, Summary]]:
    with register_in(tmp_path_factory.mktemp("cfpb"), "customer-feedback") as register:
        yield register, register.read(FOLDER / CFPB, PROFILES / "cfpb.yaml")


@pytest.fixture(scope="module")
def cars(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Register, Summary]]:
    with register_in(tmp_path_factory.mktemp("cars"), "customer-feedback") as register:
        yield register, register.read(FOLDER / CARS, PROFILES / "car-complaints.yaml")


def monthly(register: Register, first: date, last: date, population: str = "registered") -> dict[str, int]:
    """How many of a population there are in each month from `first` to `last`, where it is not 0."""
    found, day = {}, first.replace(day=1)
    with register.desk.reading() as db:
        rulebook = register.desk.rulebook
        while day <= last:
            month = f"{day:%Y-%m}"
            facts = Facts(
                db, ALL, span_of("month", day).bounds(rulebook.zone), to_text(register.desk.now), rulebook.calendar
            )
            found[month] = facts.count(Cohort(population))
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
    assert set(monthly(register, min(days), max(days), "closed")) == set()


def test_identical_complaints_are_each_a_case(cfpb: tuple[Register, Summary]) -> None:
    register, _ = cfpb
    repeated = {row: count for row, count in Counter(tuple(row.values()) for row in rows_of(CFPB)).items() if count > 1}
    assert sum(repeated.values()) - len(repeated) == 11
    with register.desk.reading() as db:
        digests = [row[0] for row in db.execute("SELECT source_digest FROM cases")]
    # A digest is of what the profile reads; rows that are alike in it may be told apart by other columns.
    words = {"Web": "website", "Phone": "phone", "Email": "email"}

    def said(row: dict[str, str]) -> tuple[str, ...]:
        about = " – ".join(filter(None, (row[name] for name in ("Product", "Sub-product", "Issue", "Sub-issue"))))
        told = (
            row[name] for name in ("Date received", "Product", "Date sent to company", "Company response to consumer")
        )
        return (words.get(row["Submitted via"], "form"), about, *told)

    alike = Counter(map(said, rows_of(CFPB)))
    assert sorted(Counter(digests).values()) == sorted(alike.values())


def test_read_again_nothing_is_added(cfpb: tuple[Register, Summary]) -> None:
    register, _ = cfpb
    before = [recorded for recorded in register.events() if recorded.case_id != "desk"]
    again = register.read(FOLDER / CFPB, PROFILES / "cfpb.yaml")
    assert again.counts == {"new": 0, "unchanged": 3186, "changed": 0, "conflicts": 0, "rejected": 0}
    assert [recorded for recorded in register.events() if recorded.case_id != "desk"] == before
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
        assert list(examine(db).all()) == [
            f"event {seq} ({case}, registered) was changed after it was recorded, or the event before it was"
        ]


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
    before = [recorded for recorded in register.events() if recorded.case_id != "desk"]
    again = register.read(FOLDER / CARS, PROFILES / "car-complaints.yaml")
    assert again.counts == {"new": 0, "unchanged": 600, "changed": 0, "conflicts": 0, "rejected": 0}
    assert [recorded for recorded in register.events() if recorded.case_id != "desk"] == before
    assert register.findings() == []


# --- every other table there is -------------------------------------------------------------------------------------
# Counted again with the csv module and statistics alone.


def bare(text: str) -> str:
    """A text without blanks and invisible characters around it."""
    return text.strip(" \t\r\n\u00a0\u3000\u200b\u200c\u200d\ufeff")


def test_a_scrape_with_slipped_headings_and_rows_twice(tmp_path: Path) -> None:
    with imported(tmp_path, MISALIGNED, "car-complaints-2.yaml") as (register, summary):
        rows = list({row["id"]: row for row in rows_of(MISALIGNED)}.values())
        counted = {name: count for name, count in summary.counts.items() if count}
        assert counted == {"new": len(rows), "unchanged": len(rows_of(MISALIGNED)) - len(rows)}
        assert counted == {"new": 300, "unchanged": 30}
        assert summary.flagged == 0
        cases = register.cases()
        assert Counter(case.product for case in cases) == Counter(row["car_moder"].strip() for row in rows)
        states = Counter(row["problem"] for row in rows)
        assert sum("resolved" in case.first_at for case in cases) == states["用户评分"]
        assert sum("responded" in case.first_at for case in cases) == states["用户评分"] + states["处理反馈"]


def test_a_city_keeps_72_of_76_due_dates(tmp_path: Path) -> None:
    with imported(tmp_path, NYC, "nyc311.yaml") as (register, summary):
        rows = rows_of(NYC)
        assert (summary.counts["new"], summary.flagged) == (len(rows), 0)
        form = "%m/%d/%Y %I:%M:%S %p"
        due = [(r["Due Date"], r["Closed Date"]) for r in rows if r["Due Date"]]
        wanted = Counter(datetime.strptime(done, form) <= datetime.strptime(by, form) for by, done in due)
        cases = register.cases()
        found = Counter(case.first_at["closed"] <= case.promised_at for case in cases if case.promised_at)
        assert found == wanted == {True: 72, False: 4}
        hours = [
            (datetime.strptime(r["Closed Date"], form) - datetime.strptime(r["Created Date"], form)).total_seconds()
            for r in rows
        ]
        took = [(case.first_at["closed"] - case.registered_at).total_seconds() for case in cases]
        assert statistics.median(took) == statistics.median(hours)


def test_tickets_of_a_support_desk(tmp_path: Path) -> None:
    with imported(tmp_path, TICKETS, "support-tickets.yaml") as (register, summary):
        rows = rows_of(TICKETS)
        assert summary.counts["new"] == summary.read == len(rows) == 8469
        cases = register.cases()
        states = Counter(row["Ticket Status"] for row in rows)
        assert sum(case.status == "closed" for case in cases) == states["Closed"] == 2769
        assert sum(case.status == "waiting" for case in cases) == states["Pending Customer Response"]
        assert sum(case.status == "open" for case in cases) == states["Open"]
        marks = [float(row["Customer Satisfaction Rating"]) for row in rows if row["Customer Satisfaction Rating"]]
        scores = [case.scores["overall"] for case in cases if case.scores]
        assert statistics.mean(scores) == pytest.approx(statistics.mean(marks)) == pytest.approx(2.991333, abs=1e-6)
        ranks = {"Critical": "P1", "High": "P2", "Medium": "P3", "Low": "P4"}
        wanted = Counter(ranks[row["Ticket Priority"]] for row in rows)
        assert Counter(case.value("priority") for case in cases) == wanted
        texts = Counter(f"{row['Ticket Subject']} – {bare(row['Ticket Description'])}" for row in rows)
        assert Counter(str(case.description) for case in cases) == texts


@pytest.mark.parametrize("name", ["reviews_labelled_1.csv", "reviews_labelled_2.csv"])
def test_reviews_are_cases_by_their_numbers(name: str, tmp_path: Path) -> None:
    with imported(tmp_path, name, "reviews.yaml") as (register, summary):
        rows = rows_of(name)
        assert (summary.counts["new"], summary.left) == (len(rows), ())
        found = [(case.product, case.description) for case in register.cases()]
        assert found == [(row.get("cat"), bare(row["text"])) for row in rows]


def test_texts_without_headings_and_dates(tmp_path: Path) -> None:
    name = "consumer_finance_labelled.csv"
    file = tmp_path / name
    file.write_bytes(b"text,label\n" + (FOLDER / name).read_bytes())
    with file.open(encoding="utf-8", newline="") as lines:
        texts = [bare(row["text"]) for row in csv.DictReader(lines)]
    with imported(tmp_path, name, "consumer-finance.yaml", file) as (register, summary):
        assert (summary.counts["new"], len(texts)) == (4081, 4081)
        assert Counter(case.description for case in register.cases()) == Counter(texts)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("form", ["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日"])
def test_one_file_in_any_encoding_and_spelling_gives_the_same_cases(
    encoding: str, form: str, cars: tuple[Register, Summary], tmp_path: Path
) -> None:
    register, _ = cars
    wanted = [(case.registered_at, case.product, case.description) for case in register.cases()]
    file = rewritten(rows_of(CARS), tmp_path / "cars.csv", encoding, {"datetime": form})
    with register_in(tmp_path, "customer-feedback") as other:
        proposal = other.proposed(file)
        assert proposal.columns["number"] == ["id_"]
        summary = import_file(other.desk, file, proposal)
        assert (summary.counts["new"], summary.left) == (600, ())
        assert [(case.registered_at, case.product, case.description) for case in other.cases()] == wanted


def test_what_a_table_suggests_is_what_its_profile_says(tmp_path: Path) -> None:
    """Without a profile, the same rows come in at the same time with the same words."""
    for place, (name, profile) in enumerate([(NYC, "nyc311.yaml"), (CARS, "car-complaints.yaml")]):
        told = []
        for part in ("by-hand", "proposed"):
            folder = tmp_path / f"{place}-{part}"
            folder.mkdir()
            with register_in(folder, "customer-feedback") as register:
                by = PROFILES / profile if part == "by-hand" else register.proposed(FOLDER / name)
                register.read(FOLDER / name, by)
                told.append([(case.registered_at, case.description, case.status) for case in register.cases()])
        assert told[0] == told[1]


# --- one table as it stood at three dates -----------------------------------------------------------------------------

DATES = ("2023-06-01 03:00:00", "2023-06-01 13:00:00", "2023-06-02 01:00:00")
AFTER = ("Resolution", RESOLUTION, "Customer Satisfaction Rating")


def as_of(row: dict[str, str], at: str) -> dict[str, str]:
    """A ticket as an export of that time had it: what came later is in none of its cells."""
    known = dict(row)
    if row[RESOLUTION] > at:
        known |= {**dict.fromkeys(AFTER, ""), "Ticket Status": "Open"}
    if row[RESPONSE] > at:
        known[RESPONSE] = ""
        if row["Ticket Status"].startswith("Pending"):
            known["Ticket Status"] = "Open"
    return known


def figures(register: Register) -> list[dict[str, object]]:
    """What the report says of each month, and what is open at its end."""
    rulebook = register.desk.rulebook
    with register.desk.reading() as db:
        source = ReportSource(rulebook, "en", db, partial(register.desk.rulebook_of, db), to_text(register.desk.now))
        spans = [parse_span("month", f"2023-0{month}", register.desk.now.date()) for month in (5, 6, 7)]
        told = [dict(report(source, ReportScope(span)).figures) for span in spans]
    # What an export tells is recorded when it is read, however early it was met.
    return [{name: value for name, value in figures.items() if name != "told_late"} for figures in told]


def exported(rows: list[dict[str, str]], at: str, file: Path) -> Path:
    return rewritten([as_of(row, at) for row in rows], file, "utf-8", {})


def read_at(register: Register, file: Path, at: str) -> Summary:
    """Import an export an hour after it was made."""
    register.desk.now = datetime.fromisoformat(at).replace(tzinfo=register.desk.rulebook.zone) + timedelta(hours=1)
    order = ImportOrder(file.with_suffix(".rejects.csv"), received=RECEIVED[TICKETS])
    return import_file(register.desk, file, PROFILES / "support-tickets.yaml", order)


@pytest.mark.parametrize("cut", [True, False], ids=["as it stood then", "with dates to come"])
def test_three_exports_one_after_the_other_come_to_what_the_last_one_says(cut: bool, tmp_path: Path) -> None:
    """Every fifteenth ticket; an export that is not cut tells what is to come, which is believed once it is past."""
    rows = rows_of(TICKETS)[::15]
    early, once = tmp_path / "one-after-the-other", tmp_path / "at-once"
    early.mkdir()
    once.mkdir()
    last = exported(rows, DATES[-1], tmp_path / "last.csv")
    files = [exported(rows, at, tmp_path / f"{n}.csv") if cut else last for n, at in enumerate(DATES[:-1])]
    founded = datetime(2023, 1, 2, tzinfo=UTC)
    with register_in(early, "customer-feedback", founded=founded) as register:
        changed = [read_at(register, file, at).counts for file, at in zip([*files, last], DATES, strict=True)]
        assert [counts["new"] for counts in changed] == [len(rows), 0, 0]
        assert all(counts["changed"] > 60 for counts in changed[1:])
        assert all(counts["conflicts"] == counts["rejected"] == 0 for counts in changed)
        assert read_at(register, last, DATES[-1]).counts["unchanged"] == len(rows)
        with register_in(once, "customer-feedback", founded=founded) as other:
            read_at(other, last, DATES[-1])
            assert figures(register) == figures(other)
            told = [
                [(case.source_number, case.status, case.scores) for case in desk.cases()] for desk in (register, other)
            ]
            assert told[0] == told[1]
        assert register.findings() == []
