"""The figures of public data, worked out again from the files by nothing but `csv`, `datetime` and `statistics`."""

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from afterservice_cli.figures.periods import Span, parse_span
from afterservice_cli.figures.tables import Printed
from afterservice_cli.intake.importing import ImportOrder, import_file
from afterservice_cli.reporting.whole import ReportScope, ReportSource, report
from afterservice_cli.store.reading.filters import ALL, Filter
from afterservice_cli.time.instants import to_text
from public_data import FOLDER, NYC, PROFILES, RESOLUTION, RESPONSE, TICKETS, imported, pytestmark, rewritten, rows_of
from registers import Register, register_in

__all__ = ["pytestmark"]  # skipped if there is no public data

Rows = list[dict[str, str]]
TOLD_AT = datetime(2023, 5, 31, 8)  # when every ticket came in, in the desk's time
MINUTE = timedelta(minutes=1)
PRIORITIES = {"Critical": "P1", "High": "P2", "Medium": "P3", "Low": "P4"}
CHANNELS = {"Phone": "phone", "Email": "email", "Social media": "social", "Chat": "app"}
PROMISED = """
rulebook: promised
title: Kept promises
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
owners: {city: {title: City, head: ann}}
channels: {phone: Phone}
kinds: {complaint: Complaint}
categories: {other: Other}
targets: {promise: {at: promised_at, until: closed}}
priorities: {normal: Normal}
default: {category: other, priority: normal, owner: city}
"""


def told(register: Register, span: Span, about: Filter = ALL, by: str | None = None) -> Printed:
    """The report of a period."""
    desk = register.desk
    with desk.reading() as db:
        source = ReportSource(desk.rulebook, "en", db, partial(desk.rulebook_of, db), to_text(desk.now))
        return report(source, ReportScope(span, about, by=by))


def month(register: Register, name: str) -> Span:
    return parse_span("month", name, register.desk.now.date())


def spread(name: str, minutes: Sequence[float]) -> dict[str, Any]:
    """Mean, median, the least that nine in ten do not exceed, and count, by the names that the report has for them."""
    nine = sorted(minutes)[-(-9 * len(minutes) // 10) - 1]
    numbers = statistics.mean(minutes), statistics.median(minutes), nine, len(minutes)
    return {f"{name}.{how}": number for how, number in zip(("mean", "median", "p90", "count"), numbers, strict=True)}


def check(printed: Printed, wanted: Mapping[str, Any]) -> None:
    assert {name: printed.figures[name] for name in wanted} == pytest.approx(wanted)


# --- every fifth ticket of a support desk ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tickets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Register, Rows]]:
    folder, rows = tmp_path_factory.mktemp("tickets"), rows_of(TICKETS)[::5]
    file = rewritten(rows, folder / TICKETS, "utf-8", {})
    with imported(folder, TICKETS, "support-tickets.yaml", file) as (register, _):
        yield register, rows


def ticket_figures(rows: Rows) -> dict[str, Any]:
    """What some tickets come to, all that happened to them being in the period."""
    closed = [row for row in rows if row["Ticket Status"] == "Closed"]
    marks = [float(row["Customer Satisfaction Rating"]) for row in rows if row["Customer Satisfaction Rating"]]
    responses = [(datetime.fromisoformat(row[RESPONSE]) - TOLD_AT) / MINUTE for row in rows if row[RESPONSE]]
    solved = [(datetime.fromisoformat(row[RESOLUTION]) - TOLD_AT) / MINUTE for row in rows if row[RESOLUTION]]
    return {
        "registered": len(rows),
        "resolved": len(solved),
        "closed": len(closed),
        "reopened": 0,
        "reopen_rate": 0.0,
        "backlog": len(rows) - len(closed),
        "rating.count": len(marks),
        "rating.mean": statistics.mean(marks),
        "csat": sum(mark >= 4 for mark in marks) / len(marks),
        "response_rate": sum(bool(row["Customer Satisfaction Rating"]) for row in closed) / len(closed),
        **spread("first_response", responses),
        **spread("first_resolution", solved),
        **spread("full_resolution", solved),
    }


def test_what_tickets_come_to(tickets: tuple[Register, Rows]) -> None:
    register, rows = tickets
    span = Span("days", TOLD_AT.date(), datetime(2023, 7, 1).date())
    check(told(register, span), ticket_figures(rows))


@pytest.mark.parametrize(
    ("column", "field", "values"),
    [("Ticket Channel", "channel", CHANNELS), ("Ticket Priority", "priority", PRIORITIES)],
)
def test_what_tickets_of_each_kind_come_to(
    column: str, field: str, values: Mapping[str, str], tickets: tuple[Register, Rows]
) -> None:
    register, rows = tickets
    span = Span("days", TOLD_AT.date(), datetime(2023, 7, 1).date())
    for word, value in values.items():
        wanted = ticket_figures([row for row in rows if row[column] == word])
        check(told(register, span, Filter(**{field: value})), wanted)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("column", "by", "values"),
    [
        ("Ticket Channel", "channel", CHANNELS),
        ("Ticket Priority", "priority", PRIORITIES),
        ("Product Purchased", "product", {}),
    ],
)
def test_how_many_tickets_there_are_of_each_kind(
    column: str, by: str, values: Mapping[str, str], tickets: tuple[Register, Rows]
) -> None:
    register, rows = tickets
    table, *_ = told(register, month(register, "2023-05"), by=by).tables
    wanted = Counter(values.get(row[column], row[column]) for row in rows)
    assert {row[1]: row[2] for row in table.rows} == wanted
    assert [row[3] for row in table.rows] == [pytest.approx(wanted[str(row[1])] / len(rows)) for row in table.rows]


def test_tickets_are_open_at_the_end_of_a_month_until_they_are_closed(tickets: tuple[Register, Rows]) -> None:
    register, rows = tickets
    # A ticket is closed when the last thing happened that its row tells of.
    ends = [max(row[RESPONSE], row[RESOLUTION]) for row in rows if row["Ticket Status"] == "Closed"]
    for name, end in (("2023-05", "2023-06-01 00:00:00"), ("2023-06", "2023-07-01 00:00:00")):
        closed = sum(at < end for at in ends)
        found = told(register, month(register, name)).figures
        assert (found["backlog"], found["reopened"]) == (len(rows) - closed, 0)
    first, second = (told(register, month(register, name)).figures for name in ("2023-05", "2023-06"))
    assert first["closed"] == sum(at < "2023-06-01" for at in ends) > 0
    assert second["closed"] == sum(at >= "2023-06-01" for at in ends) > 0


# --- requests of a city ---------------------------------------------------------------------------------------------


def instant(text: str) -> datetime:
    return datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Register, Rows]]:
    folder = tmp_path_factory.mktemp("city")
    (folder / "promised.yaml").write_text(PROMISED, "utf-8")
    with register_in(folder, str(folder / "promised.yaml")) as register:
        import_file(register.desk, FOLDER / NYC, PROFILES / "nyc311.yaml", ImportOrder(folder / "rejects.csv"))
        yield register, rows_of(NYC)


def test_a_city_kept_72_promises_of_76(city: tuple[Register, Rows]) -> None:
    register, rows = city
    span = Span("days", datetime(2016, 1, 1).date(), datetime(2017, 1, 1).date())
    promised = [(instant(row["Due Date"]), instant(row["Closed Date"])) for row in rows if row["Due Date"]]
    late = [(closed - due) / MINUTE for due, closed in promised if closed > due]
    assert (len(promised), len(late)) == (76, 4)
    wanted = {"promise.met": 72, "promise.missed": 4, "promise.attainment": 72 / 76, "met": 72, "attainment": 72 / 76}
    check(told(register, span), {**wanted, **spread("late", late), "promise.late.median": statistics.median(late)})


@pytest.mark.parametrize("name", ["2016-06", "2016-07"])
def test_what_a_city_did_in_a_month(name: str, city: tuple[Register, Rows]) -> None:
    register, rows = city
    span = month(register, name)
    begin, end = (datetime.combine(day, datetime.min.time()) for day in (span.first, span.until))
    times = [(instant(row["Created Date"]), instant(row["Closed Date"])) for row in rows]
    done = [(closed - created) / MINUTE for created, closed in times if begin <= closed < end]
    open_ = [created for created, closed in times if created < end <= closed]
    wanted = {
        "registered": sum(begin <= created < end for created, _ in times),
        "resolved": len(done),
        "closed": len(done),
        "reopened": 0,
        "backlog": len(open_),
        **spread("first_resolution", done),
    }
    if open_:
        wanted |= spread("backlog.age", [(end - created) / MINUTE for created in open_])
    check(told(register, span), wanted)
