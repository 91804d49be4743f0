"""Windows of the customer's: how they are counted, what lies within, and what is refused for want of it."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

import rulebooks
from afterservice_cli.cases.case import Case
from afterservice_cli.cases.values import Appraisal, Assessment
from afterservice_cli.decisions import mending, planning
from afterservice_cli.decisions.facts import facts_of
from afterservice_cli.decisions.planning import Proposal
from afterservice_cli.errors import Refused
from afterservice_cli.render.cases.plan import limit_lines
from afterservice_cli.render.screen import Screen
from afterservice_cli.reports.days import days_of_period, days_off
from afterservice_cli.rulebook.windows import windows
from afterservice_cli.time.durations import Period, parse_period
from conftest import Runner
from given import Given, came_in, given

RETURNS = rulebooks.rulebook("returns")
NOON = datetime(2026, 11, 10, 4, tzinfo=UTC)  # a Tuesday in Shanghai


def came(text: str = "broken", **facts: str) -> Given:
    return given(came_in(text, at=NOON, rulebook=RETURNS, facts=facts), rulebook=RETURNS)


def case_of(text: str = "broken", **facts: str) -> Case:
    return came(text, **facts).when(lambda *_: [], at=NOON, now=NOON).case


# --- counting -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begin", "period", "last"),
    [
        ("2026-10-19", "7d", "2026-10-26"),
        ("2026-10-18", "7d", "2026-10-26"),  # a Sunday is followed by Monday
        ("2026-10-26", "7d", "2026-11-09"),  # the week of holiday is over
        ("2026-10-19", "5wd", "2026-10-26"),
        ("2026-01-31", "1mo", "2026-03-02"),  # 28 February is a Saturday
        ("2027-01-31", "13mo", "2028-02-29"),
        ("2028-02-29", "1y", "2029-02-28"),
        ("2024-11-12", "24mo", "2026-11-12"),
        ("2024-12-31", "2mo", "2025-02-28"),
    ],
)
def test_the_day_of_the_start_is_not_counted_and_a_day_off_is_not_the_last(begin: str, period: str, last: str) -> None:
    found = RETURNS.calendar.last_day(date.fromisoformat(begin), parse_period(period))
    assert found.isoformat() == last


@forall(st.dates(date(1990, 1, 1), date(2150, 1, 1)), st.integers(1, 60))
def test_a_year_is_twelve_months_and_a_later_start_never_ends_earlier(begin: date, years: int) -> None:
    last = RETURNS.calendar.last_day
    assert last(begin, Period(years, "y")) == last(begin, Period(12 * years, "mo")) > begin
    for unit in ("d", "wd", "mo", "y"):
        assert last(begin, Period(years, unit)) <= last(date.fromordinal(begin.toordinal() + 1), Period(years, unit))


@pytest.mark.parametrize("text", ["", "7", "24h", "1.5mo", "-1d", "0d", "101y", "9999999d", "36501d", "1201mo", "2 y"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=" – write "):
        parse_period(text)


# --- what lies within -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ({"product": "X-9000"}, "max"),
        ({"product": "ｘ－８０"}, "max"),
        ({"product": " x-2000 pro"}, "x"),
        ({"product": "Y-1"}, "y"),
        ({"product": "the X-9"}, None),
        ({}, None),
    ],
)
def test_a_line_is_told_by_how_the_product_begins(facts: dict[str, str], line: str | None) -> None:
    assert facts_of(case_of(**facts), RETURNS).get("line") == line


def test_a_limit_holds_to_its_last_day() -> None:
    on = {"received_on": "2026-10-26"}  # seven days later is in the week of holiday
    last, next_day = datetime(2026, 11, 9, 15, 59, tzinfo=UTC), datetime(2026, 11, 9, 16, tzinfo=UTC)
    assert windows(RETURNS, on, last)[0].within is True
    assert windows(RETURNS, on, next_day)[0].within is False


def test_a_line_has_lengths_of_its_own() -> None:
    found = {
        product: [
            (window.duration, window.rule, window.lacks) for window in windows(RETURNS, {"product": product}, NOON)
        ]
        for product in ("X-9", "X-1", "Y-1", "")
    }
    own = ("lines.max.no_reason", "received_on")
    assert found["X-9"] == [
        ("1mo", *own),
        ("15d", "limits.exchange.within", "purchased_on"),
        ("3y", "lines.max.warranty", "purchased_on"),
    ]
    assert found["X-1"][0] == ("7d", "limits.no_reason.within", "received_on")
    assert found["X-1"][2] == ("24mo", "lines.x.warranty", "purchased_on")
    assert found["Y-1"][2][0] is None
    assert windows(RETURNS, {"purchased_on": "2026-01-01"}, NOON)[2].lacks == "product"
    assert windows(RETURNS, {"purchased_on": "2026-01-01", "product": "Y-1"}, NOON)[2].lacks is None


def test_the_priority_may_ask_for_a_limit_and_for_the_line() -> None:
    bought = {"product": "X-1", "purchased_on": "2025-01-01"}
    assert case_of("urgent", **bought).value("priority") == "high"
    assert case_of("urgent", product="X-1", purchased_on="2020-01-01").value("priority") == "normal"
    assert case_of("urgent", product="X-1").value("priority") == "normal"
    assert case_of(product="X-9").value("priority") == "high"


# --- what is refused ------------------------------------------------------------------------------------------------


def propose(disposition: str) -> partial[list]:  # type: ignore[type-arg]
    return partial(planning.propose, proposal=Proposal(disposition))


@pytest.mark.parametrize(
    ("disposition", "facts", "words"),
    [
        (
            "return",
            {"received_on": "2026-10-21"},
            ("no grounds for return (dispositions.return.when): no_reason ended 2026-10-28, registered 2026-11-10",),
        ),
        (
            "return",
            {},
            (
                "no_reason cannot be told: received_on is not known",
                "afterservice amend 202610-001 --set received_on=… --reason …",
            ),
        ),
        (
            "swap",
            {"product": "X-1", "purchased_on": "2026-10-01", "asked_on": "2026-11-10"},
            ("exchange ended 2026-10-16, asked_on is 2026-11-10; the text has none of",),
        ),
        ("swap", {"product": "X-1", "asked_on": "2026-11-10"}, ("amend 202610-001 --set purchased_on=… --reason …",)),
        (
            "swap",
            {"product": "Z", "purchased_on": "2026-11-01", "asked_on": "2026-11-09"},
            ("no line fits the product",),
        ),
        (
            "repair",
            {"product": "Y-1", "purchased_on": "2026-11-01"},
            ("warranty is unknown, not yes", "appraise 202610-001"),
        ),
        ("repair", {"product": "X-1", "purchased_on": "2020-11-01"}, ("warranty is no, not yes",)),
    ],
)
def test_a_refusal_names_both_dates_or_what_is_missing(
    disposition: str, facts: dict[str, str], words: tuple[str, ...]
) -> None:
    came(**facts).when(propose(disposition), at=NOON, now=NOON).refused(Refused, *words)


@pytest.mark.parametrize(
    ("ground", "facts", "words"),
    [
        ("{not: {within: no_reason}}", {}, ("no_reason cannot be told: received_on is not known", "received_on=…")),
        ("{not: {any: [{within: no_reason}, {kind: idea}]}}", {}, ("no_reason cannot be told",)),
        ("{not: {within: no_reason}}", {"received_on": "2026-11-09"}, ("no_reason is not over",)),
        ("{not: {within: no_reason}}", {"received_on": "2026-10-21"}, ()),
        ("{not: {within: no_reason, kind: idea}}", {}, ()),
        ("{warranty: 'no'}", {"product": "X-1"}, ("warranty is unknown, not no", "--set purchased_on=…")),
    ],
)
def test_what_cannot_be_told_of_a_limit_is_neither_kept_nor_over(
    ground: str, facts: dict[str, str], words: tuple[str, ...]
) -> None:
    late = rulebooks.rulebook(
        "returns", ("{title: Return, when: {within: no_reason}}", f"{{title: Return, when: {ground}}}")
    )
    kept = given(came_in("broken", at=NOON, rulebook=late, facts=facts), rulebook=late)
    asked = kept.when(propose("return"), at=NOON, now=NOON)
    if words:
        asked.refused(Refused, *words)
    else:
        assert asked.case.plans == 1


def test_no_appraisal_is_named_to_a_desk_that_knows_none() -> None:
    plain = rulebooks.rulebook("returns", ("appraisal: {causes: {wear: Wear}}\n", ""))
    came_late = given(came_in("broken", at=NOON, rulebook=plain, facts={"received_on": "2026-10-21"}), rulebook=plain)
    came_late.when(propose("return"), at=NOON, now=NOON).refused(
        Refused, "ended 2026-10-28, registered 2026-11-10 | propose another disposition"
    )


def test_what_lies_within_is_granted() -> None:
    kept = came(received_on="2026-11-03", product="X-1", purchased_on="2026-10-30", asked_on="2026-11-09")
    for disposition in ("return", "swap", "repair"):
        assert kept.when(propose(disposition), at=NOON, now=NOON).case.plans == 1
    kept.when(propose("pay"), at=NOON, now=NOON).refused(Refused, "warranty is yes, not no")


def test_what_is_for_want_of_anything_else_is_refused_with_what_is_possible() -> None:
    assert came().when(propose("voucher"), at=NOON, now=NOON).case.plans == 1
    kept = came(product="X-1", purchased_on="2026-10-30")
    kept.when(propose("voucher"), at=NOON, now=NOON).refused(
        Refused, "no grounds for voucher (dispositions.voucher.when): repair is possible"
    )
    assert came("angry", product="X-1", purchased_on="2026-10-30").when(propose("gift"), at=NOON, now=NOON).case.plans
    came("angry").when(propose("gift"), at=NOON, now=NOON).refused(Refused, "nothing else is possible")


def test_a_date_that_is_amended_counts() -> None:
    amended = came().when(
        partial(mending.amend, facts={"received_on": "2026-11-09"}, reason="the parcel says so"), at=NOON, now=NOON
    )
    found = facts_of(amended.case, RETURNS)
    assert found["within no_reason"] == "yes"


def test_what_a_person_says_of_the_warranty_wins() -> None:
    case = case_of(product="X-1", purchased_on="2026-01-01")
    assert facts_of(case, RETURNS)["warranty"] == "yes"
    assert facts_of(case.but(assessment=Assessment(warranty=False)), RETURNS)["warranty"] == "no"
    assert (
        facts_of(case.but(assessment=Assessment(warranty=False), appraisal=Appraisal(warranty=True)), RETURNS)[
            "warranty"
        ]
        == "yes"
    )
    assert "warranty" not in facts_of(case_of(), RETURNS)


def test_a_date_that_was_text_once_is_none() -> None:
    for value in ("some day", "1899-12-30", "2026-02-30"):
        (window, *_) = windows(RETURNS, {"received_on": value}, NOON)
        assert (window.within, window.lacks) == (None, "received_on")


# --- what is shown --------------------------------------------------------------------------------------------------


def test_limits_are_shown_with_their_last_days_in_both_languages() -> None:
    found = windows(RETURNS, {"received_on": "2026-10-21", "product": "X-1", "purchased_on": "2026-01-01"}, NOON)
    assert [line.split() for line in limit_lines(found, Screen(RETURNS, "zh"))] == [
        ["七天无理由", "2026-10-28", "已过期", "7天", "·", "limits.no_reason.within"],
        ["Exchange", "2026-01-16", "未知", "(Asked", "on)", "15天", "·", "limits.exchange.within"],
        ["保修期", "2028-01-03", "期限内", "24个月", "·", "lines.x.warranty"],
    ]
    assert "Return without a reason  2026-10-28  over" in next(limit_lines(found, Screen(RETURNS, "en")))


def test_show_prints_them_and_json_has_them(tmp_path: Path, call: Runner) -> None:
    (tmp_path / "rules.yaml").write_text(rulebooks.text("returns"), "utf-8")
    assert call("init", "--rules", tmp_path / "rules.yaml").code == 0
    call("register", "broken", "--channel", "phone", "--product", "X-1", "--field", "purchased_on=2020-01-02")
    shown = call("show", "001").out
    assert "Warranty" in shown and "2022-01-03" in shown
    limits = json.loads(call("show", "001", "--json").out)["limits"]
    assert [limit["limit"] for limit in limits] == ["no_reason", "exchange", "warranty"]
    assert limits[2] == {
        "limit": "warranty",
        "rule": "lines.x.warranty",
        "duration": "24mo",
        "begin": "2020-01-02",
        "last": "2022-01-03",
        "until": "registered",
        "end": limits[2]["end"],
        "within": False,
        "lacks": None,
    }


def test_rules_show_lists_them(tmp_path: Path, call: Runner) -> None:
    (tmp_path / "rules.yaml").write_text(rulebooks.text("returns"), "utf-8")
    english = call("rules", "show", "--rules", tmp_path / "rules.yaml").out
    assert "  Warranty (warranty)\n    from: Bought on; until: registered; within: by product line\n" in english
    assert "    owner: Support for X; Warranty: 24 months\n" in english
    assert "    when 1: within Exchange, within Warranty\n" in english


def told(call: Runner, *words: str, language: str = "en") -> list[str]:
    """What `explain` says of the limits of a case with these facts."""
    made = call("register", "broken", "--channel", "phone", *words, now="2026-11-10 12:00")
    assert made.code == 0, made.err
    out = call("explain", "001", now="2026-11-10 13:00", env={"AFTERSERVICE_LANG": language}).out
    return [re.sub(r"[0-9a-f]{12}", "<hash>", line) for line in out.split("\n\n", 1)[1].splitlines()]


@pytest.fixture
def returns(tmp_path: Path, call: Runner) -> Runner:
    (tmp_path / "rules.yaml").write_text(rulebooks.text("returns"), "utf-8")
    assert call("init", "--rules", tmp_path / "rules.yaml", now="2026-11-10 11:00").code == 0
    return call


BOUGHT = (
    *("--product", "X-1", "--field", "purchased_on=2026-10-18"),
    *("--field", "received_on=2026-10-26", "--field", "asked_on=2026-11-09"),
)


def test_explain_tells_how_each_limit_was_counted(returns: Runner) -> None:
    assert told(returns, *BOUGHT) == [
        "Return without a reason (Received on → registered): over",
        "  7 days from Mon 26 Oct: Mon 26 Oct (the day it starts is not counted); Tue 27 Oct – Mon 2 Nov count; "
        "would end while off: Mon 2 – Sun 8 Nov (closed) → last day Mon 9 Nov",
        "  registered Tue 10 Nov",
        "  limits.no_reason.within, by the calendar of the desk [rulebook <hash>]",
        "",
        "Exchange (Bought on → Asked on): within",
        "  15 days from Sun 18 Oct: Sun 18 Oct (the day it starts is not counted); Mon 19 Oct – Mon 2 Nov count; "
        "would end while off: Mon 2 – Sun 8 Nov (closed) → last day Mon 9 Nov",
        "  Asked on Mon 9 Nov",
        "  limits.exchange.within, by the calendar of the desk [rulebook <hash>]",
        "",
        "Warranty (Bought on → registered): within",
        "  24 months from Sun 18 Oct → last day Wed 18 Oct 2028",
        "  registered Tue 10 Nov",
        "  lines.x.warranty, by the calendar of the desk [rulebook <hash>]",
    ]


def test_explain_tells_limits_in_chinese(returns: Runner) -> None:
    lines = told(returns, *BOUGHT, language="zh")
    assert lines[:4] == [
        "七天无理由 (Received on → 登记)：已过期",
        "  从10月26日周一起7天：10月26日周一（起算日不计）；10月27日周二至11月2日周一计入；"
        "末日遇休息日顺延：11月2日周一至8日周日（休息） → 最后一天11月9日周一",
        "  登记：11月10日周二",
        "  limits.no_reason.within，按服务台的日历 [规则 <hash>]",
    ]
    assert "  从10月18日周日起24个月 → 最后一天2028年10月18日周三" in lines


def test_explain_names_what_is_missing_to_tell_a_limit(returns: Runner) -> None:
    lines = told(returns, "--product", "Y-1", "--field", "purchased_on=2026-10-18")
    assert lines == [
        "Return without a reason (Received on → registered): unknown (Received on)",
        "  7 days from Received on",
        "  registered Tue 10 Nov",
        "  limits.no_reason.within, by the calendar of the desk [rulebook <hash>]",
        "",
        "Exchange (Bought on → Asked on): unknown (Asked on)",
        "  15 days from Sun 18 Oct: Sun 18 Oct (the day it starts is not counted); Mon 19 Oct – Mon 2 Nov count; "
        "would end while off: Mon 2 – Sun 8 Nov (closed) → last day Mon 9 Nov",
        "  limits.exchange.within, by the calendar of the desk [rulebook <hash>]",
        "",
        "Warranty (Bought on → registered): unknown",
        "  from Sun 18 Oct",
        "  registered Tue 10 Nov",
        "  limits.warranty.within, by the calendar of the desk [rulebook <hash>]",
    ]


def test_explain_gives_limits_as_json(returns: Runner) -> None:
    told(returns, *BOUGHT)
    shown = json.loads(returns("show", "001", "--json", now="2026-11-10 13:00").out)["limits"]
    found = json.loads(returns("explain", "001", "--json", now="2026-11-10 13:00").out)["limits"]
    assert [{name: limit[name] for name in shown[0]} for limit in found] == shown
    first, _, warranty = found
    assert (first["start"], first["calendar"]) == ("field:received_on", None)
    days = [(day["date"][5:], day["kind"], day["counted"]) for day in (*first["days"], *first["off"])]
    assert days[0] == ("10-26", "start", 0) and days[7:9] == [("11-02", "closed", 1), ("11-02", "closed", 0)]
    assert len(days) == 8 + 7 and days[-1] == ("11-08", "weekend", 0)
    assert (warranty["days"], warranty["off"]) == ([], [])


def test_a_rulebook_without_limits_explains_none(call: Runner, desk: Path) -> None:
    call("register", "it rattles", "--channel", "phone")
    assert json.loads(call("explain", "001", "--json").out)["limits"] == []


@forall(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(1, 40), st.sampled_from(["d", "wd", "mo"]))
def test_the_days_told_are_those_that_count(begin: date, amount: int, unit: str) -> None:
    calendar, period = RETURNS.calendar, Period(amount, unit)
    days, off, last = days_of_period(calendar, begin, period), days_off(calendar, begin, period), calendar.last_day
    assert sum(day.counted for day in days) == (0 if unit == "mo" else amount)
    ends = [date.fromisoformat(day.date) for day in (days if unit != "mo" else ())][-1:]
    over = [date.fromisoformat(day.date) for day in off]
    assert all(not calendar.is_working_day(day) for day in over)
    assert last(begin, period) == (over[-1] + timedelta(days=1) if over else [*ends, last(begin, period)][0])
