"""Calendars beside the desk's: chosen by channel or target, and kept by every deadline that counts by one."""

from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from afterservice_cli import deadlines
from afterservice_cli.cases.case import Case
from afterservice_cli.decisions import handling, mending
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.time.instants import parse_instant
from conftest import Runner
from courses import Did, due, last, standing_at
from given import came_in, given, hour
from stories import compiled, story

CALENDARS = (
    "calendars:\n"
    '  always: {hours: {mon-sun: "00:00-24:00"}}\n'
    '  late: {hours: {mon-sat: "12:00-20:00"}}\n'
    '  firm: {hours: {mon-sun: "00:00-24:00"}, public_holidays: CN}\n'
    "owners:"
)
WEB = (
    "channels: {phone: Phone,",
    "channels: {web: {title: Web, calendar: always}, hotline: {title: Hotline, calendar: late}, phone: Phone,",
)


def book(*changes: tuple[str, str], year: int = 2026) -> Rulebook:
    return compiled(("owners:", CALENDARS), WEB, *changes, year=year).rulebook


BOOK = book()
NIGHT = parse_instant("2026-10-17 02:00", now=hour(0), zone=BOOK.zone)  # a Saturday


def at(text: str) -> datetime:
    return parse_instant(text, now=hour(0), zone=BOOK.zone)


def on(channel: str, rulebook: Rulebook = BOOK, when: datetime = NIGHT, **facts: str) -> Case:
    return standing_at(
        given(came_in(at=when, rulebook=rulebook, facts={"channel": channel, **facts}), rulebook=rulebook)
    )


@pytest.mark.parametrize(
    ("channel", "respond", "resolve"),
    [
        ("phone", "2026-10-19 18:00", "2026-10-23 18:00"),  # eight working hours, five working days
        ("web", "2026-10-17 10:00", "2026-10-23 00:00"),  # days of an open calendar are days
        (
            "hotline",
            "2026-10-17 20:00",
            "2026-10-23 20:00",
        ),  # the Saturday it came in is not counted, the Sunday is off
    ],
)
def test_a_channel_has_its_own_hours(channel: str, respond: str, resolve: str) -> None:
    case = on(channel)
    assert (due(case, "respond"), due(case, "resolve")) == (at(respond), at(resolve))
    assert last(case, "respond").spec.calendar == ("" if channel == "phone" else BOOK.channels[channel].calendar)


def test_the_calendar_of_a_target_comes_before_that_of_a_channel() -> None:
    own = book(("respond: {until: responded,", "respond: {until: responded, calendar: always,"))
    assert due(on("phone", own), "respond") == due(on("hotline", own), "respond") == at("2026-10-17 10:00")
    assert due(on("hotline", own), "resolve") == at("2026-10-23 20:00")


def test_holidays_are_the_desks_unless_a_calendar_has_its_own_or_is_always_open() -> None:
    china = book(("calendar: {timezone: Asia/Shanghai,", "calendar: {timezone: Asia/Shanghai, public_holidays: CN,"))
    golden = at("2026-10-01 13:00").date()
    working = {name: china.calendar_called(name).is_working_day(golden) for name in ("", "late", "always", "firm")}
    assert working == {"": False, "late": False, "always": True, "firm": False}
    assert china.calendars["late"].holidays is None  # they stand once in the snapshot


def test_a_pause_moves_a_deadline_on_its_own_calendar() -> None:
    rest = (Did(partial(handling.pause, ground="parts"), 65), Did(handling.resume, 68))  # Friday 2:00 to Friday 5:00
    web, phone = (story(*rest, rulebook=BOOK, facts={"channel": channel}) for channel in ("web", "phone"))
    untouched = story(rulebook=BOOK, facts={"channel": "web"})
    assert due(web, "resolve") == due(untouched, "resolve")  # within one day it adds no day
    short = (Did(partial(handling.pause, ground="parts"), 1), Did(handling.resume, 3))
    web, phone = (story(*short, rulebook=BOOK, facts={"channel": channel}) for channel in ("web", "phone"))
    assert (due(web, "respond"), due(phone, "respond")) == (hour(10), hour(26))


def test_a_warning_counts_back_on_the_calendar_of_its_deadline() -> None:
    spec = last(on("web"), "resolve").spec
    assert spec.warn_at == at("2026-10-22 22:00")  # `warn: 2wh`, at night


def test_another_channel_counts_by_its_calendar_from_the_beginning() -> None:
    case = story(Did(partial(mending.amend, facts={"channel": "web"}, reason="x"), 1), rulebook=BOOK)
    assert due(case, "respond") == hour(8)
    assert last(case, "respond").spec.calendar == "always"


def test_adopting_other_holidays_moves_what_counts_by_them() -> None:
    def holidays(rulebook: Rulebook, final: bool, off: dict[str, str]) -> Rulebook:
        years = {"2026": {"off": off, "work": {}, "final": final}}
        return rulebook.but(calendar_rules=rulebook.calendar_rules.but(holidays=years), hash=f"{final}{off}")

    before, after = holidays(BOOK, False, {}), holidays(BOOK, True, {"2026-10-19": "day off"})
    books = {rulebook.hash: rulebook for rulebook in (before, after)}
    for channel, moves in (("hotline", True), ("phone", True), ("web", False)):
        case = on(channel, before)
        moment = Moment(NIGHT, NIGHT, "ann", after, lambda digest: books[digest])
        moved = {spec.target: spec for spec in deadlines.recounted(case, moment)}
        assert ("resolve" in moved) == moves, channel
        assert all(spec.calendar == last(case, name).spec.calendar for name, spec in moved.items())


def test_counting_anew_keeps_to_the_calendar() -> None:
    course = (Did(partial(handling.pause, ground="parts"), 1), Did(handling.resume, 3), Did(handling.respond, 4))
    case = story(*course, rulebook=BOOK, facts={"channel": "hotline"})
    assert deadlines.replayed(case.events, lambda _: BOOK).deadlines == case.deadlines


def test_the_commands_count_by_a_calendar_by_its_name(run: Runner, tmp_path: Path) -> None:
    text = (Path(__file__).parent / "rulebooks/stories.yaml").read_text("utf-8").replace("owners:", CALENDARS, 1)
    (tmp_path / "r.yaml").write_text(text, "utf-8")
    there = ("--rules", "r.yaml", "--calendar")
    assert run("calendar", "due", "2026-10-17 02:00", "8wh", *there, "always").out == "2026-10-17 10:00\n"
    assert run("calendar", "due", "2026-10-17 02:00", "8wh", *there, "late").out == "2026-10-17 20:00\n"
    assert run("calendar", "elapsed", "2026-10-17 00:00", "2026-10-18 00:00", *there, "always").out == "24h 00m\n"
    assert "12:00" in run("calendar", "show", "2026-10", *there, "late").out
    wrong = run("calendar", "due", "2026-10-17 02:00", "8wh", *there, "alwys")
    assert (wrong.code, "write 'always'" in wrong.err) == (3, True)
    assert run("init", "--rules", "r.yaml").code == 0
    assert run("calendar", "due", "2026-10-17 02:00", "8wh", "--calendar", "late").out == "2026-10-17 20:00\n"
    assert run("calendar", "due", "2026-10-17 02:00", "8wh", "--calendar", "x").code == 3
