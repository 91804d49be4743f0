"""A task whose time hangs on conditions, as a target's does: the first that fits counts, and follows what changes."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from afterservice_cli.cases.case import Case
from afterservice_cli.cases.values import Deadline
from afterservice_cli.decisions import handling, mending, planning, tasks
from afterservice_cli.decisions.planning import Proposal
from afterservice_cli.rulebook.checks.untimed import untimed
from afterservice_cli.rulebook.compiling import compile_rulebook
from afterservice_cli.rulebook.model import Rulebook
from conftest import Once, Runner
from courses import Did
from given import hour
from stories import paused, ranked, story, told

RULES = """\
rulebook: shop
title: Shop
calendar: {timezone: Asia/Shanghai, hours: {mon-sun: "09:00-18:00"}}
calendars: {late: {hours: {mon-sun: "09:00-23:00"}}}
owners: {service: Service, depot: {title: Depot, members: [mo]}}
channels: {phone: Phone}
categories:
  broken:
    title: Broken
    match: [broken]
    parts: {depot: {title: Look for it, within: 8h, times: [{when: {priority: high}, within: 2h}]}}
  other: Other
fields: {tier: {title: Plan, of: customer, values: {gold: Gold, silver: Silver}}}
pauses: {parts: Parts}
conditions: {hurry: {priority: high, tier: gold}}
priorities: {high: High, low: Low}
default: {category: other, priority: low, owner: service}
dispositions:
  repair:
    title: Repair
    tasks:
      fetch: {title: Fetch it, within: 4h}
      mend:
        title: Mend it
        warn: 25%
        times:
          - {when: {tier: gold}, within: 2h}
          - {when: {give.work: {over: 100}}, within: 8h}
gives: {work: {title: Work, unit: yuan}}
tasks:
  call:
    title: Call
    on: responded
    warn: 25%
    within: 8h
    times:
      - {when: hurry, within: 1h}
      - {when: {tier: gold}, within: 4wh, calendar: late}
demands: []
"""


def book(*changes: tuple[str, str]) -> Rulebook:
    text = RULES
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return compile_rulebook(text.encode(), "shop.yaml", year=2026).rulebook


BOOK = book()
BARE = book(("    within: 8h\n    times:\n      - {when: hurry", "    times:\n      - {when: hurry"))
CALLED = Did(handling.respond, 1)


def amended(at: float, **facts: str) -> Did:
    return Did(partial(mending.amend, facts=facts, reason="x"), at)


def case_of(*course: Did, rulebook: Rulebook = BOOK, tier: str = "", text: str = "it rattles") -> Case:
    return story(*course, rulebook=rulebook, text=text, facts={"tier": tier} if tier else {})


def of(case: Case, task: str = "call") -> list[Deadline]:
    return [each for each in case.deadlines if each.spec.target == f"task:{task}" and each.outcome != "void"]


def time_of(case: Case, task: str = "call") -> tuple[str, str, str]:
    (deadline,) = of(case, task)
    return deadline.spec.duration, deadline.spec.rule, deadline.spec.calendar


def test_the_first_time_that_fits_counts_and_else_what_the_task_says() -> None:
    assert time_of(case_of(CALLED)) == ("8h", "tasks.call.within", "")
    assert time_of(case_of(CALLED, tier="gold")) == ("4wh", "tasks.call.times[2]", "late")
    hurried = case_of(ranked("high", 0.5), CALLED, tier="gold")
    assert time_of(hurried) == ("1h", "tasks.call.times[1]", "")
    (deadline,) = of(hurried)
    assert (deadline.spec.due_at, deadline.spec.warn_at) == (hour(2), hour(1.75))


def test_its_calendar_counts_it() -> None:
    evening = Did(handling.respond, 8)  # at five
    assert [each.spec.due_at for each in of(case_of(evening, tier="gold"))] == [hour(12)]


def test_the_parts_of_teams_and_tasks_of_plans_have_times_as_well() -> None:
    case = case_of(ranked("high", 0.5), text="broken")
    assert time_of(case, "depot") == ("2h", "categories.broken.parts.depot.times[1]", "")
    assert [each.spec.due_at for each in of(case, "depot")] == [hour(2)]
    assert [each.spec.team for each in of(case, "depot")] == ["depot"]
    proposed = Did(partial(planning.propose, proposal=Proposal(disposition="repair", gives={"work": "200"})), 1)
    fetched = Did(partial(tasks.task, name="fetch"), 2)
    mended = case_of(proposed, fetched)
    assert time_of(mended, "mend") == ("8h", "dispositions.repair.tasks.mend.times[2]", "")
    assert of(case_of(proposed), "mend") == []


def test_it_follows_what_changes_from_where_its_clock_began() -> None:
    case = case_of(CALLED, amended(2, tier="gold"))
    assert (time_of(case)[0], of(case)[0].spec.due_at) == ("4wh", hour(5))
    case = case_of(CALLED, amended(1.2, tier="gold"), ranked("high", 1.5))
    assert (time_of(case)[0], of(case)[0].spec.due_at) == ("1h", hour(2))
    back = case_of(CALLED, amended(1.2, tier="gold"), ranked("high", 1.5), amended(1.7, tier=""))
    assert (time_of(back), of(back)[0].spec.due_at) == (("8h", "tasks.call.within", ""), hour(9))


def test_a_time_that_comes_late_runs_from_when_the_task_could_be_done() -> None:
    assert of(case_of(CALLED, rulebook=BARE)) == []
    case = case_of(CALLED, amended(2, tier="gold"), rulebook=BARE)
    assert (of(case)[0].spec.from_at, of(case)[0].spec.start) == (hour(1), "responded")
    gone = case_of(CALLED, amended(2, tier="gold"), amended(3, tier="silver"), rulebook=BARE)
    assert of(gone) == []
    again = case_of(CALLED, amended(2, tier="gold"), amended(3, tier="silver"), amended(4, tier="gold"), rulebook=BARE)
    assert [(each.spec.from_at, each.spec.due_at) for each in of(again)] == [(hour(1), hour(5))]


def test_one_that_was_missed_stays_missed_and_one_that_was_done_stays_done() -> None:
    late = case_of(ranked("high", 0.5), CALLED, amended(3, tier=""), tier="gold")
    assert (time_of(late)[0], of(late)[0].verdict(hour(3))) == ("1h", "missed")
    done = case_of(CALLED, Did(partial(tasks.task, name="call"), 2), amended(3, tier="gold"))
    assert (time_of(done)[0], of(done)[0].verdict(hour(99))) == ("8h", "met")


def test_what_waited_waits_as_long_under_another_time() -> None:
    case = case_of(CALLED, *paused(1.1, 3.1), amended(3.2, tier="gold"), ranked("high", 3.3))
    assert of(case)[0].spec.due_at == hour(4)


def test_what_changed_it_may_be_taken_back() -> None:
    case = told(CALLED, amended(2, tier="gold"), rulebook=BOOK)
    last = case.when(lambda case, moment: []).case.events[-1].seq
    back = case.when(partial(mending.retract, seq=last, reason="x"), at=hour(3), now=hour(3)).case
    assert (time_of(back), of(back)[0].spec.due_at) == (("8h", "tasks.call.within", ""), hour(9))
    bare = told(CALLED, amended(2, tier="gold"), rulebook=BARE)
    without = bare.when(partial(mending.retract, seq=last, reason="x"), at=hour(3), now=hour(3)).case
    assert of(without) == []


# --- a law ----------------------------------------------------------------------------------------------------------


class Line(NamedTuple):
    """One of the times of a task: of which priority and tier, "" for any, and how many hours."""

    priority: str
    tier: str
    hours: int

    def written(self) -> str:
        facts = {"priority": self.priority, "tier": self.tier}
        when = ", ".join(f"{name}: {value}" for name, value in facts.items() if value)
        return f"{{when: {{{when}}}, within: {self.hours}h}}"


def reached(lines: list[Line]) -> bool:
    """Tell whether no line is of a kind of which one above it is."""
    above = [(line, other) for number, line in enumerate(lines) for other in lines[:number]]
    return not any(o.priority in ("", line.priority) and o.tier in ("", line.tier) for line, o in above)


LINES = st.lists(
    st.builds(
        Line, st.sampled_from(["", "high", "low"]), st.sampled_from(["", "gold", "silver"]), st.integers(5, 50)
    ).filter(lambda line: bool(line.priority or line.tier)),
    min_size=1,
    max_size=4,
).filter(reached)
CHANGES = st.lists(st.sampled_from(["high", "low", "gold", "silver", ""]), max_size=4)


@given(LINES, st.just(0) | st.integers(5, 50), CHANGES, CHANGES)
@tried(max_examples=60)
def test_a_task_has_the_time_of_what_the_case_is_like_at_last(
    lines: list[Line], rest: int, before: list[str], after: list[str]
) -> None:
    times = "".join(f"      - {line.written()}\n" for line in lines)
    old = RULES[RULES.index("    within: 8h\n    times:") : RULES.index("demands")]
    rules = book(
        ("conditions: {hurry: {priority: high, tier: gold}}\n", ""),
        (old, f"{f'    within: {rest}h{chr(10)}' if rest else ''}    times:\n{times}"),
    )
    like, course = {"priority": "low", "tier": ""}, []
    for at, changes in ((0, before), (1, after)):
        course += [] if at == 0 else [CALLED]
        for change in changes:
            name = "priority" if change in ("high", "low") else "tier"
            like[name] = change
            course.append(ranked(change, at) if name == "priority" else amended(at, tier=change))
    fitting = (line for line in lines if line.priority in ("", like["priority"]) and line.tier in ("", like["tier"]))
    hours = next((line.hours for line in fitting), rest)
    owed = [each.spec.due_at for each in of(case_of(*course, rulebook=rules))]
    assert owed == ([hour(1) + timedelta(hours=hours)] if hours else [])


# --- what people see ------------------------------------------------------------------------------------------------


def test_check_names_a_case_in_which_a_task_has_no_time() -> None:
    assert [(gap.target, gap.place) for gap in untimed(BOOK)] == [("mend", "dispositions.repair.tasks.mend")]
    assert [gap.target for gap in untimed(BARE)] == ["call", "mend"]


@pytest.fixture
def shop(tmp_path: Path, once: Once, call: Runner) -> Path:
    """A folder with a desk that works by it."""

    def founded() -> None:
        (tmp_path / "shop.yaml").write_text(RULES, "utf-8")
        assert call("init", "--rules", "./shop.yaml").code == 0

    once(founded)
    return tmp_path


def test_it_is_told_wherever_times_are(shop: Path, call: Runner) -> None:
    noted = call("rules", "check", "shop.yaml").err.splitlines()[-1]
    assert noted.startswith(
        "note: shop.yaml:26: 'mend' has no time for some cases (disposition is Repair, Plan is Silver,"
    )
    shown = call("rules", "show", "--rules", "shop.yaml").out.splitlines()
    assert "    time 1: when: priority is High, Plan is Gold; within: 1 hour" in shown
    now = ("--now", "2026-10-12 09:00")
    assert call("register", "x", "--channel", "phone", "--field", "tier=gold", *now).code == 0
    assert call("respond", "001", "x", *now).code == 0
    assert "2026-10-12T05:00:00Z\trunning\t202610-001\ttask:call\t" in call("due", *now).out
    told = call("explain", "001", *now).out
    assert "\n  tasks.call.times[2] [rulebook " in told
    assert "\n    Plan is Gold\n" in told
    assert call("check").code == 0
    (shop / "new.yaml").write_text(RULES.replace("{when: hurry, within: 1h}", "{when: hurry, within: 2h}"), "utf-8")
    assert "    time 1 · within: 1 hour → 2 hours" in call("rules", "diff", "shop.yaml", "new.yaml").out.splitlines()
