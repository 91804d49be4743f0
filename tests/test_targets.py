"""What a target may say: from several events, by whom, of which cases, until which date, anew for another team."""

from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from afterservice_cli.cases.case import Case
from afterservice_cli.decisions import closing, escalation, handling, mending, planning, triage
from afterservice_cli.decisions.intake import Draft
from afterservice_cli.decisions.planning import Proposal
from afterservice_cli.errors import BadInput
from afterservice_cli.figures.counting import Cohort
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.store.counting.facts import Facts
from afterservice_cli.store.reading import queries
from afterservice_cli.store.reading.filters import ALL, Filter
from afterservice_cli.time.instants import to_text
from afterservice_cli.workflows import recording
from afterservice_cli.workflows.recording import writing
from courses import Did, due, last, verdicts
from given import hour, make_desk
from stories import compiled, story, told

PROMISE = "promise: {at: promised_at, until: resolved, warn: 1h, counts: false}"


def with_target(*targets: str, others: tuple[tuple[str, str], ...] = ()) -> Rulebook:
    """The rulebook of the stories with further targets."""
    return compiled(
        ("targets:\n  respond", "targets:\n" + "".join(f"  {t}\n" for t in targets) + "  respond"), *others
    ).rulebook


def ends_of(case: Case, target: str) -> list[tuple[datetime, datetime | None, str]]:
    """When each deadline of a target began and was answered, and its outcome."""
    return [(d.spec.from_at, d.ended_at, d.outcome) for d in case.deadlines if d.spec.target == target]


def given_to(owner: str, at: float, by: str = "sun") -> Did:
    return Did(partial(triage.assign, owner=owner, reason="x"), at, by)


RESPOND = handling.respond


# --- from several events --------------------------------------------------------------------------------------------


def test_a_clock_begins_with_the_first_of_several_events() -> None:
    book = with_target("plan: {from: [investigated, replied], until: proposed, within: 4wh}")
    case = story(Did(partial(handling.reply, text="x"), 1), Did(handling.investigate, 2), rulebook=book)
    spec = last(case, "plan").spec
    assert (spec.from_at, spec.start, due(case, "plan")) == (hour(1), "replied", hour(6))  # with an hour for lunch


def test_announcing_a_delay_is_news_to_the_customer_as_a_contact_is() -> None:
    book = with_target(
        "daily: {from: [assigned, responded, delayed], until: [responded, delayed], within: 8wh, repeats: true}"
    )
    delay = partial(handling.delay, to=hour(300), reason="no parts")
    case = story(Did(RESPOND, 1), Did(delay, 3), rulebook=book)
    assert ends_of(case, "daily") == [(hour(0), hour(1), ""), (hour(1), hour(3), ""), (hour(3), None, "")]
    assert [d.spec.start for d in case.deadlines if d.spec.target == "daily"] == ["assigned", "responded", "delayed"]
    done = story(Did(RESPOND, 1), Did(partial(closing.resolve, resolution="x"), 3), rulebook=book)
    assert last(done, "daily").outcome == "void"  # the work is done


# --- whose answer counts --------------------------------------------------------------------------------------------

CONTACT = "contact: {from: assigned, until: responded, within: 1h, by: owner}"


@pytest.mark.parametrize(("who", "answered"), [("lin", True), ("sun", True), ("li", False), ("a stranger", False)])
def test_only_the_owning_team_answers_what_it_owes(who: str, answered: bool) -> None:
    case = story(Did(RESPOND, 0.5, who), rulebook=with_target(CONTACT))
    assert (last(case, "contact").ended_at is not None) == answered
    assert last(case, "respond").ended_at == hour(0.5)  # anybody's answer is one to the customer


def test_whose_case_it_was_when_they_answered_counts() -> None:
    book = with_target(CONTACT)
    assert last(story(Did(RESPOND, 0.2, "li"), given_to("tech", 0.4), rulebook=book), "contact").ended_at is None
    again = story(given_to("tech", 0.4), Did(RESPOND, 0.5, "li"), rulebook=book)
    assert last(again, "contact").ended_at == hour(0.5)


@pytest.mark.parametrize(("person", "who", "answered"), [("lin", "lin", True), ("lin", "sun", False)])
def test_of_a_case_given_to_a_person_only_that_person_is_the_owner(person: str, who: str, answered: bool) -> None:
    given_over = Did(partial(triage.assign, owner=f"desk/{person}", reason="x"), 0.2, "sun")
    case = story(given_over, Did(RESPOND, 0.5, who), rulebook=with_target(CONTACT))
    assert (last(case, "contact").ended_at is not None) == answered


@pytest.mark.parametrize(
    ("by", "who", "answered"), [("owner_head", "sun", True), ("owner_head", "lin", False), ("tech", "li", True)]
)
def test_a_head_or_a_team_can_be_the_one_who_counts(by: str, who: str, answered: bool) -> None:
    case = story(Did(RESPOND, 0.5, who), rulebook=with_target(CONTACT.replace("owner}", f"{by}}}")))
    assert (last(case, "contact").ended_at is not None) == answered


def test_what_anybody_solves_waits_for_no_contact_of_the_owner() -> None:
    book = with_target(CONTACT.replace("until: responded", "until: [responded, resolved]"))
    solved = Did(partial(closing.resolve, resolution="x"), 0.7, "li")
    case = story(Did(RESPOND, 0.5, "li"), solved, rulebook=book)
    assert last(case, "contact").ended_at == hour(0.7)
    alone = with_target(CONTACT.replace("until: responded", "until: resolved"))
    assert last(story(solved, rulebook=alone), "contact").ended_at is None  # nothing but the owner's own is asked for


def test_an_answer_before_it_was_demanded_counts_if_it_was_the_teams() -> None:
    book = with_target(CONTACT.replace("within: 1h", "when: {priority: P1}, within: 1h"))
    ranked = Did(partial(triage.classify, priority="P1", reason="x"), 0.8, "sun")
    assert last(story(Did(RESPOND, 0.5, "lin"), ranked, rulebook=book), "contact").ended_at == hour(0.5)
    assert last(story(Did(RESPOND, 0.5, "li"), ranked, rulebook=book), "contact").ended_at is None


# --- of which cases -------------------------------------------------------------------------------------------------


def test_a_target_is_demanded_of_the_cases_that_meet_its_condition() -> None:
    book = with_target("check: {until: investigated, within: 8wh, when: {priority: [P1, P2]}}")
    assert not ends_of(story(rulebook=book), "check")
    raise_it, lower = (
        Did(partial(triage.classify, priority=p, reason="x"), at, "sun") for p, at in (("P1", 1), ("P3", 2))
    )
    assert ends_of(story(raise_it, rulebook=book), "check") == [(hour(0), None, "")]
    assert ends_of(story(raise_it, lower, rulebook=book), "check") == [(hour(0), None, "void")]


LIMITS = (
    "fields: {",
    "limits: {warranty: {title: Warranty, from: field:sold_on, within: line}}\n"
    "lines: {x: {title: X, match: [X-], warranty: 24mo}}\n"
    "fields: {sold_on: {title: Sold on, type: date}, ",
)


@pytest.mark.parametrize("when", ["{warranty: yes}", "{within: warranty}", "{line: x}"])
def test_a_target_may_ask_for_what_follows_from_the_product_and_the_dates(when: str) -> None:
    book = with_target(f"hurry: {{until: investigated, within: 4wh, when: {when}}}", others=(LIMITS,))
    sold = {"product": "X-1", "sold_on": "2026-01-05"}
    assert ends_of(story(rulebook=book, facts=sold), "hurry") == [(hour(0), None, "")]
    assert not ends_of(story(rulebook=book, facts={**sold, "product": "Y-1"}), "hurry")
    found = Did(partial(mending.amend, facts=sold, reason="x"), 1)
    assert ends_of(story(found, rulebook=book), "hurry") == [(hour(0), None, "")]
    other = Did(partial(mending.amend, facts={"product": "Y-1"}, reason="x"), 2)
    assert ends_of(story(found, other, rulebook=book), "hurry") == [(hour(0), None, "void")]


def proposed(disposition: str, at: float, promise: float | None = None) -> Did:
    promised = None if promise is None else hour(promise)
    return Did(partial(planning.propose, proposal=Proposal(disposition, promised_at=promised)), at)


def test_the_disposition_of_a_plan_gives_a_target_its_time() -> None:
    more = "dispositions:\n  refund: {title: Refund, targets: {resolve: 10d}}\n"
    book = with_target(others=(("dispositions:\n", more),))
    assert last(story(rulebook=book), "resolve").spec.rule == "priorities.P3.targets.resolve"
    case = story(proposed("refund", 1), rulebook=book)
    assert (last(case, "resolve").spec.duration, last(case, "resolve").spec.rule) == (
        "10d",
        "dispositions.refund.targets.resolve",
    )
    assert last(story(proposed("refund", 1), proposed("repair", 2), rulebook=book), "resolve").spec.duration == "5wd"


def test_a_target_until_the_decision_stands_beside_one_until_it_is_carried_out() -> None:
    more = "dispositions:\n  refund: {title: Refund, targets: {carry: 7d}}\n"
    book = with_target(
        "decide: {until: [proposed, resolved], within: 1d}",
        "carry: {from: proposed, until: resolved}",
        others=(("dispositions:\n", more),),
    )
    case = story(proposed("refund", 2), rulebook=book)
    assert (last(case, "decide").ended_at, last(case, "carry").spec.from_at) == (hour(2), hour(2))
    assert not ends_of(story(proposed("repair", 2), rulebook=book), "carry")


# --- another team ---------------------------------------------------------------------------------------------------

LOOK = (("look: {from: assigned, until: investigated}", "look: {from: assigned, until: investigated, restarts: true}"),)


def test_a_handover_gives_the_new_team_its_own_time() -> None:
    book = with_target(others=LOOK)
    case = story(given_to("tech", 1), rulebook=book)
    assert ends_of(case, "look") == [(hour(1), None, "")]
    assert last(case, "look").spec.start == "assigned"
    assert ends_of(story(given_to("tech", 1), rulebook=with_target()), "look") == [(hour(0), None, "")]


def test_what_the_old_team_missed_stays_missed_and_the_new_one_is_not_late() -> None:
    book = with_target(others=LOOK)
    case = story(given_to("tech", 60), rulebook=book)  # two working days were up on the Friday before
    assert ends_of(case, "look") == [(hour(0), None, "missed"), (hour(60), None, "")]
    seen = story(given_to("tech", 60), Did(handling.investigate, 61), rulebook=book)
    assert [d.verdict(hour(61)) for d in seen.deadlines if d.spec.target == "look"] == ["missed", "met"]


def test_classifying_and_escalating_hand_over_as_assigning_does() -> None:
    book = with_target(others=LOOK)
    moved = story(Did(partial(triage.classify, category="broken", reason="x"), 1), rulebook=book)
    assert (moved.value("owner"), ends_of(moved, "look")) == ("tech", [(hour(1), None, "")])
    handed = with_target(others=(*LOOK, ("raise_priority: 1, hand_to: owner_head", "hand_to: tech")))
    late = story(Did(escalation.escalate, 60), rulebook=handed)
    assert ends_of(late, "look") == [(hour(0), None, "missed"), (hour(60), None, "")]


def test_a_person_of_the_same_team_goes_on_with_its_time() -> None:
    case = story(given_to("lin", 1), rulebook=with_target(others=LOOK))
    assert ends_of(case, "look") == [(hour(0), None, "")]


def test_taking_a_handover_back_gives_the_first_team_its_time_again() -> None:
    course = (given_to("tech", 1), Did(partial(mending.retract, seq=2, reason="x"), 2))
    assert [found for found in ends_of(story(*course, rulebook=with_target(others=LOOK)), "look") if not found[2]] == [
        (hour(0), None, "")
    ]


def test_what_the_old_team_missed_shows_if_the_pause_that_hid_it_is_taken_back() -> None:
    hidden = (("investigated, restarts: true}", "investigated, restarts: true, pauses: true}"),)
    book = with_target(others=(*LOOK, *hidden))
    course = (Did(partial(handling.pause, ground="parts"), 1), given_to("tech", 60))
    assert ends_of(story(*course, rulebook=book), "look") == [(hour(60), None, "")]
    case = story(*course, Did(partial(mending.retract, seq=2, reason="x"), 61), rulebook=book)
    assert sorted(ends_of(case, "look")) == [(hour(0), None, "missed"), (hour(60), None, "")]


# --- dates of the case ----------------------------------------------------------------------------------------------


def acknowledged(at: float, promise: float) -> Did:
    return Did(partial(triage.acknowledge, promised_at=hour(promise)), at)


def delayed(at: float, to: float) -> Did:
    return Did(partial(handling.delay, to=hour(to), reason="no parts"), at)


def test_a_promise_is_a_deadline_and_a_delay_moves_it() -> None:
    book = with_target(PROMISE)
    assert not ends_of(story(rulebook=book), "promise")
    case = story(acknowledged(1, 20), rulebook=book)
    assert (due(case, "promise"), last(case, "promise").spec.warn_at) == (hour(20), hour(19))
    assert (last(case, "promise").spec.duration, last(case, "promise").spec.rule) == ("", "targets.promise.at")
    case = story(acknowledged(1, 20), delayed(2, 30), Did(partial(closing.resolve, resolution="x"), 25), rulebook=book)
    assert verdicts(case, 40)["promise"] == "met"
    assert due(story(proposed("repair", 1, 50), rulebook=book), "promise") == hour(50)


def test_a_promise_that_was_broken_stays_broken_and_the_next_one_is_another() -> None:
    case = story(acknowledged(1, 20), delayed(21, 30), rulebook=with_target(PROMISE))
    assert ends_of(case, "promise") == [(hour(1), None, "missed"), (hour(21), None, "")]
    assert due(case, "promise") == hour(30)


def test_a_delay_between_the_promise_and_the_deadline_is_announced() -> None:
    for book in (with_target(PROMISE), with_target()):
        case = story(acknowledged(1, 20), delayed(2, 30), rulebook=book)  # due to be resolved in a week
        assert case.promised_at == hour(30)
        assert last(case, "resolve").spec.rule == "priorities.P3.targets.resolve"
        told(acknowledged(1, 20), rulebook=book).when(
            partial(handling.delay, to=hour(19), reason="x"), at=hour(2)
        ).refused(BadInput, "no later than the one promised")


HOPED = ("fields: {", "fields: {hoped_for: {title: Hoped for, type: date}, ")


def hoping(day: str, *course: Did) -> Case:
    book = with_target('hoped: {at: "field:hoped_for", until: resolved, counts: false}', others=(HOPED,))
    return story(*course, rulebook=book, facts={"hoped_for": day})


def test_a_date_of_the_case_is_a_deadline_at_the_close_of_its_day() -> None:
    assert due(hoping("2026-10-16"), "hoped") == hour(57)  # Friday 18:00
    assert due(hoping("2026-10-17"), "hoped") == hour(87)  # Saturday, until it is over
    assert not ends_of(hoping("2026-10-13"), "hoped")  # over before the case came in


def test_an_amended_date_was_wrong_from_the_beginning() -> None:
    to = [Did(partial(mending.amend, facts={"hoped_for": day}, reason="x"), 70) for day in ("2026-10-20", "")]
    assert (due(hoping("2026-10-16", to[0]), "hoped"), ends_of(hoping("2026-10-16", to[0]), "hoped")) == (
        hour(153),
        [(hour(0), None, "")],
    )
    assert ends_of(hoping("2026-10-16", to[1]), "hoped") == [(hour(0), None, "void")]


def test_taking_a_delay_back_puts_the_promise_back() -> None:
    case = story(
        acknowledged(1, 20),
        delayed(2, 30),
        Did(partial(mending.retract, seq=3, reason="x"), 3),
        rulebook=with_target(PROMISE),
    )
    assert (due(case, "promise"), case.promised_at) == (hour(20), hour(20))


def test_a_case_that_begins_again_has_its_dates_again_if_they_lie_ahead() -> None:
    again = (Did(partial(closing.resolve, resolution="x"), 1), Did(partial(closing.reopen, reason="x"), 2))
    case = hoping("2026-10-16", *again)
    assert [(d.spec.cycle, d.spec.from_at) for d in case.deadlines if d.spec.target == "hoped"] == [
        (1, hour(0)),
        (2, hour(2)),
    ]


# --- on a desk ------------------------------------------------------------------------------------------------------


def test_what_does_not_count_is_due_and_warned_of_but_in_no_attainment(tmp_path: Path) -> None:
    rules = compiled(("targets:\n  respond", f"targets:\n  {PROMISE}\n  respond"))
    desk = make_desk(tmp_path / "d.db", rules=rules)
    with writing(desk) as writer:
        number = writer.register(Draft({"channel": "phone", "description": "it rattles"})).number
    recording.act(desk, number, partial(triage.acknowledge, promised_at=hour(2)))
    desk.now = hour(3)
    with desk.reading() as db:
        waiting = {row.target: row.counts for row in queries.running_deadlines(db, Filter(), until=None)}
        period = (to_text(hour(-1)), to_text(hour(1000)))
        facts = Facts(db, ALL, period, to_text(desk.now), desk.rulebook.calendar)
        counted = {row[0] for row in facts.counts(Cohort("deadlines"), ("target",))}
    assert (waiting["promise"], waiting["respond"]) == (0, 1)
    assert "promise" not in counted
    assert "respond" in counted
