"""A target whose time hangs on conditions: the first that fits counts, and the deadline follows what changes."""

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from afterservice_cli.cases.case import Case
from afterservice_cli.decisions import handling, mending, triage
from afterservice_cli.rulebook.checks import untimed as looking
from afterservice_cli.rulebook.compiling import compile_rulebook
from afterservice_cli.rulebook.model import Rulebook
from conftest import Once, Runner
from courses import Did, last
from given import RECEIVED, hour
from stories import compiled, ranked, story

TIERS = (
    "fields: {",
    'calendars: {late: {hours: {mon-sun: "08:00-23:00"}}}\n'
    "fields: {tier: {title: Plan, of: customer, values: {gold: Gold, silver: Silver}}, ",
)
TIMES = (
    "respond: {until: responded, pauses: true, warn: 25%}",
    "respond:\n    until: responded\n    pauses: true\n    warn: 25%\n    times:\n"
    "      - {when: {priority: P1, tier: gold}, within: 30m}\n"
    "      - {when: [{tier: gold}, {kind: question}], within: 6wh, calendar: late}",
)


def book(*changes: tuple[str, str]) -> Rulebook:
    return compiled(TIERS, TIMES, *changes).rulebook


def amended(at: float, **facts: str) -> Did:
    return Did(partial(mending.amend, facts=facts, reason="x"), at)


def told(case: Case) -> tuple[str, str, str]:
    spec = last(case, "respond").spec
    return spec.duration, spec.rule, spec.calendar


def test_the_first_time_that_fits_counts_before_what_the_priority_gives() -> None:
    assert told(story(facts={"tier": "gold"}, rulebook=book(), priority="P1")) == (
        "30m",
        "targets.respond.times[1]",
        "",
    )
    assert told(story(facts={"tier": "gold"}, rulebook=book())) == ("6wh", "targets.respond.times[2]", "late")
    assert told(story(facts={"tier": "silver"}, rulebook=book())) == ("8wh", "priorities.P3.targets.respond", "")
    assert told(story(rulebook=book())) == ("8wh", "priorities.P3.targets.respond", "")


def test_it_counts_before_what_a_channel_and_a_category_give_and_by_its_own_calendar() -> None:
    case = story(facts={"tier": "gold", "channel": "chat"}, text="broken", rulebook=book())
    assert told(case) == ("6wh", "targets.respond.times[2]", "late")
    assert last(case, "respond").spec.due_at == hour(6)  # without an hour for lunch


def test_the_deadline_follows_a_field_and_a_priority_that_change() -> None:
    case = story(amended(1, tier="gold"), rulebook=book())
    assert (told(case)[0], last(case, "respond").spec.due_at) == ("6wh", hour(6))
    case = story(amended(0.1, tier="gold"), ranked("P1", 0.2), rulebook=book())
    assert (told(case)[0], last(case, "respond").spec.due_at) == ("30m", hour(0.5))
    case = story(amended(0.1, tier="gold"), ranked("P1", 0.2), amended(0.3, tier=""), rulebook=book())
    assert (told(case)[0], last(case, "respond").spec.due_at) == ("1h", hour(1))


def test_one_that_was_missed_stays_missed_and_one_that_was_met_stays_met() -> None:
    late = story(amended(0.1, tier="gold"), ranked("P1", 0.2), amended(0.7, tier=""), rulebook=book())
    assert (told(late)[0], last(late, "respond").verdict(hour(0.8))) == ("30m", "missed")
    answered = story(Did(handling.respond, 0.4), ranked("P1", 1), amended(2, tier="gold"), rulebook=book())
    assert (told(answered)[0], last(answered, "respond").verdict(hour(9))) == ("8wh", "met")


def test_what_waited_waits_as_long_under_another_time() -> None:
    waiting = (Did(partial(handling.pause, ground="parts"), 0.1), Did(handling.resume, 2.1))
    case = story(amended(0, tier="gold"), *waiting, ranked("P1", 2.2), rulebook=book())
    assert last(case, "respond").spec.due_at == hour(2.5)


# --- a law ----------------------------------------------------------------------------------------------------------


class Line(NamedTuple):
    """One of the times of a target: of which priorities and tiers, and how many hours; none stands for any."""

    priorities: tuple[str, ...]
    tiers: tuple[str, ...]
    hours: int

    def written(self) -> str:
        facts = {"priority": self.priorities, "tier": self.tiers}
        when = ", ".join(f"{name}: [{', '.join(some)}]" for name, some in facts.items() if some)
        return f"{{when: {{{when}}}, within: {self.hours}h}}"

    def fits(self, priority: str, tier: str) -> bool:
        return priority in (self.priorities or (priority,)) and tier in (self.tiers or (tier,))


class Plain(NamedTuple):
    """A target as it is written: lines from the top, what priorities give, and what holds else; 0 is nothing."""

    lines: tuple[Line, ...]
    given: Mapping[str, int]
    rest: int

    def hours(self, priority: str, tier: str) -> int:
        fitting = [line.hours for line in self.lines if line.fits(priority, tier)]
        return next(iter(fitting), self.given.get(priority) or self.rest)

    def reached(self) -> bool:
        """Tell whether no line is of a kind of which a line above it is."""
        above = [(line, other) for number, line in enumerate(self.lines) for other in self.lines[:number]]
        return not any(
            set(line.priorities or PRIORITIES) <= set(other.priorities or PRIORITIES)
            and set(line.tiers or (*TIERED, "")) <= set(other.tiers or (*TIERED, ""))
            for line, other in above
        )

    def rulebook(self) -> Rulebook:
        lines = "".join(f"    - {line.written()}\n" for line in self.lines)
        priorities = "".join(
            f"  {name}: {{title: {name}{f', targets: {{answer: {hours}h}}' if hours else ''}}}\n"
            for name, hours in self.given.items()
        )
        within = f"    within: {self.rest}h\n" if self.rest else ""
        return compile_rulebook(
            (
                BARE + f"targets:\n  answer:\n    until: responded\n{within}    times:\n{lines}"
                f"priorities:\n{priorities}"
            ).encode(),
            "bare.yaml",
            year=2026,
        ).rulebook


PRIORITIES, TIERED = ("P1", "P2", "P3"), ("gold", "silver")
BARE = """\
rulebook: bare
title: Bare
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
owners: {desk: Desk}
channels: {phone: Phone}
categories: {other: Other}
fields: {tier: {title: Plan, values: {gold: Gold, silver: Silver}}}
default: {category: other, priority: P3, owner: desk}
"""
HOURS = st.integers(1, 50)
LINES = st.builds(
    Line,
    st.lists(st.sampled_from(PRIORITIES), max_size=2, unique=True).map(tuple),
    st.lists(st.sampled_from(TIERED), max_size=2, unique=True).map(tuple),
    HOURS,
).filter(lambda line: bool(line.priorities or line.tiers))
PLAIN = st.builds(
    Plain,
    st.lists(LINES, min_size=1, max_size=4).map(tuple),
    st.fixed_dictionaries({name: st.just(0) | HOURS for name in PRIORITIES}),
    st.just(0) | HOURS,
).filter(Plain.reached)
CHANGES = st.lists(st.sampled_from([*PRIORITIES, *TIERED, ""]), max_size=5)


@given(PLAIN, CHANGES)
@tried(max_examples=60)
def test_a_case_has_the_time_of_what_it_is_like_at_last(plain: Plain, changes: list[str]) -> None:
    priority, tier, course = "P3", "", []
    for change in changes:
        if change in PRIORITIES:
            priority = change
            course.append(Did(partial(triage.classify, priority=change, reason="x"), 0))
        else:
            tier = change
            course.append(amended(0, tier=change))
    case = story(*course, rulebook=plain.rulebook())
    owed = [d.spec.due_at for d in case.deadlines if d.spec.target == "answer" and d.outcome != "void"]
    hours = plain.hours(priority, tier)
    assert owed == ([RECEIVED + timedelta(hours=hours)] if hours else [])


@given(PLAIN)
@tried(max_examples=60)
def test_a_gap_is_told_if_and_only_if_there_is_one(plain: Plain) -> None:
    gaps = {(p, t) for p, t in product(PRIORITIES, (*TIERED, "")) if not plain.hours(p, t)}
    found = list(looking.untimed(plain.rulebook()))
    assert bool(found) == bool(gaps)
    for gap in found:
        assert any(gap.facts.get("priority", p) == p and (gap.facts.get("tier", t) or "") == t for p, t in gaps)


# --- which case has no time -----------------------------------------------------------------------------------------

CHOOSING = """\
rulebook: bare
title: Bare
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
owners: {service: Service, tech: Tech}
channels: {phone: Phone, mail: Mail}
kinds: {fault: Fault, wish: Wish}
categories: {some: Some, other: Other}
fields:
  tier: {title: Plan, values: {gold: Gold, silver: Silver}}
  price: {title: Price, type: number}
  bought: {title: Bought on, type: date}
limits: {month: {title: A month, from: "field:bought", within: 30d}}
dispositions: {repair: Repair, refund: Refund}
targets:
  respond: {until: responded, times: [TIMES]}
  look: {until: investigated}   # which no time is chosen for: of some cases nothing is demanded
priorities: {high: High, low: {title: Low, targets: {look: 1d}}}
default: {category: other, priority: low, owner: service}
demands: []
"""


def gaps(*whens: str, changed: tuple[str, str] = ("", "")) -> list[tuple[str, dict[str, str | None]]]:
    """What `rules check` finds in a rulebook with a time for each of these conditions."""
    times = ", ".join(f"{{when: {{{when}}}, within: 1h}}" for when in whens)
    text = CHOOSING.replace(*changed, 1).replace("TIMES", times)
    return [
        (gap.target, dict(gap.facts))
        for gap in looking.untimed(compile_rulebook(text.encode(), "bare.yaml", year=2026).rulebook)
    ]


@pytest.mark.parametrize(
    ("whens", "lacks"),
    [
        (["tier: gold"], {"tier": "silver"}),
        (["tier: [gold, silver]"], {"tier": None}),
        (["not: {tier: gold}"], {"tier": "gold"}),
        (["any: [{tier: gold}, {all: [{priority: high}]}]"], {"tier": "silver", "priority": "low"}),
        (["within: month"], {"within month": "over"}),
        (["within: month", "not: {within: month}"], {"within month": None}),
        (["warranty: yes"], {"warranty": "no"}),
        (["price: {over: 10}"], {"price": "9"}),
        (["price: {under: 10}"], {"price": "10"}),
        (["price: {at_most: 10}"], {"price": "11"}),
        (["bought: {over: 2026-01-01}"], {"bought": "0001-01-01"}),
        (["bought: {under: 2026-01-01}"], {"bought": "2026-01-01"}),
        (["bought: {at_most: 2026-01-01}"], {"bought": "9999-12-31"}),
    ],
)
def test_a_case_that_meets_none_of_the_conditions_has_no_time(whens: list[str], lacks: dict[str, str | None]) -> None:
    assert gaps(*whens) == [("respond", lacks)]


@pytest.mark.parametrize(
    "whens",
    [
        ["category: some", "category: other"],
        ["priority: high", "priority: low"],
        ["owner: service", "owner: tech"],
        ["channel: phone", "channel: mail"],
        ["cycle: {at_most: 1}", "cycle: {over: 1}"],
    ],
)
def test_of_what_no_case_lacks_nothing_is_unknown(whens: list[str]) -> None:
    assert gaps(*whens) == []
    assert [target for target, _ in gaps(whens[0])] == ["respond"]


@pytest.mark.parametrize(
    ("changed", "lacks"),
    [
        (("some: Some", "some: {title: Some, targets: {respond: 1d}}"), {"category": "other"}),
        (("phone: Phone", "phone: {title: Phone, targets: {respond: 1d}}"), {"channel": "mail"}),
        (("fault: Fault", "fault: {title: Fault, targets: {respond: 1d}}"), {"kind": "wish"}),
        (("high: High", "high: {title: High, targets: {respond: 1d}}"), {"priority": "low"}),
        (("repair: Repair", "repair: {title: Repair, targets: {respond: 1d}}"), {"disposition": "refund"}),
    ],
)
def test_what_sections_give_is_a_time_too(changed: tuple[str, str], lacks: dict[str, str]) -> None:
    assert gaps("tier: gold", changed=changed) == [("respond", {**lacks, "tier": "silver"})]


def test_of_whom_nothing_is_demanded_no_time_is_missed() -> None:
    assert gaps("tier: gold", changed=("{until: responded,", "{until: responded, when: {tier: gold},")) == []


def test_too_many_combinations_are_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "MOST", 3)
    assert gaps("tier: gold") == [("respond", {"tier": "silver"})]
    assert gaps("tier: gold, priority: high") == []


# --- what people see ------------------------------------------------------------------------------------------------

SHOP = """\
rulebook: shop
title: Shop
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
calendars: {late: {hours: {mon-sun: "08:00-22:00"}}}
owners: {service: Service}
channels: {phone: Phone}
categories: {other: Other}
fields: {tier: {title: Plan, of: customer, values: {gold: Gold, silver: Silver}}}
conditions: {hurry: {priority: high, tier: gold}}
targets:
  respond:
    title: Respond
    until: responded
    times:
      - {when: hurry, within: 1h}
      - {when: {tier: gold}, within: 4wh, calendar: late}
priorities: {high: High, low: {title: Low, targets: {respond: 2wd}}}
default: {category: other, priority: low, owner: service}
demands: []
"""
NOON = "2026-10-12 09:00"  # a Monday


@pytest.fixture
def shop(tmp_path: Path, once: Once, call: Runner) -> Path:
    """A folder with a desk that works by it."""

    def founded() -> None:
        (tmp_path / "shop.yaml").write_text(SHOP, "utf-8")
        assert call("init", "--rules", "./shop.yaml").code == 0

    once(founded)
    return tmp_path


def test_check_names_a_case_that_has_no_time(shop: Path, call: Runner) -> None:
    done = call("rules", "check", "shop.yaml")
    assert done.code == 0
    assert done.err.splitlines()[-1] == (
        "note: shop.yaml:14: 'respond' has no time for some cases (priority is High, Plan is Silver) – add `within:`, "
        "or leave them out under `when`"
    )
    (shop / "all.yaml").write_text(SHOP.replace("    times:", "    within: 8wh\n    times:"), "utf-8")
    assert call("rules", "check", "all.yaml").err.splitlines() == ["all.yaml: shop has no faults; 0 examples hold"]


def test_show_has_a_line_for_each_time(call: Runner, shop: Path) -> None:
    shown = call("rules", "show", "--rules", "shop.yaml").out.splitlines()
    assert "    time 1: when: priority is High, Plan is Gold; within: 1 hour" in shown
    assert "    time 2: when: Plan is Gold; within: 4 working hours; calendar: late" in shown


def test_explain_says_for_which_cases_the_time_is(call: Runner, shop: Path) -> None:
    assert call("register", "x", "--channel", "phone", "--field", "tier=gold", "--now", NOON).code == 0
    assert call("classify", "001", "--priority", "high", "--reason", "fire", "--now", NOON).code == 0
    told = call("explain", "001", "--now", NOON).out
    assert "\n    priority is High, Plan is Gold\n" in told
    assert "2026-10-12 13:00 → 2026-10-12 10:00: 1h · targets.respond.times[1] [event 3, classified] – fire" in told


def test_diff_tells_each_time_by_itself(call: Runner, shop: Path) -> None:
    changed = SHOP.replace("within: 1h", "within: 2h").replace("within: 4wh, calendar: late", "within: 4wh")
    added = "      - {when: {tier: silver}, within: 6wh}\npriorities"
    (shop / "new.yaml").write_text(changed.replace("priorities", added, 1), "utf-8")
    assert call("rules", "diff", "shop.yaml", "new.yaml").out.splitlines() == [
        "Targets",
        "  Respond (respond)",
        "    time 1 · within: 1 hour → 2 hours",
        "    time 2 · calendar: late → none",
        "    time: new: when: Plan is Silver; within: 6 working hours",
    ]
    lines = SHOP.splitlines()
    first, second = lines[14:16]
    (shop / "turned.yaml").write_text(SHOP.replace(f"{first}\n{second}", f"{second}\n{first}"), "utf-8")
    refused = call("rules", "diff", "shop.yaml", "turned.yaml")
    assert "an entry above fits whenever this does" in refused.err


def test_backtest_and_the_report_take_it_for_one_target(call: Runner, shop: Path) -> None:
    for tier in ("gold", "silver"):
        assert call("register", "x", "--channel", "phone", "--field", f"tier={tier}", "--now", NOON).code == 0
    (shop / "afterservice.rules.yaml").write_text(SHOP.replace("within: 4wh", "within: 1wh"), "utf-8")
    tried = call("rules", "backtest", "--now", "2026-10-12 11:00").out
    assert "\nRespond      0   0 → 1    2 → 1\n" in tried
    report = call("report", "--month", "2026-10", "--now", "2026-11-02 09:00", "--json").out
    assert [(row["id"], row["missed"]) for row in json.loads(report)["tables"]["targets"]] == [("respond", 2)]
