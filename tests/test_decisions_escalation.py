"""Escalating: what a missed deadline does to a case, once for each, in the order in which they were missed."""

from functools import partial

from afterservice_cli.cases.events.handling import CaseEscalated
from afterservice_cli.decisions import closing, escalation, handling, mending
from courses import Did, due, last, standing_at
from given import Given, hour
from stories import compiled, paused, story, told


def escalated(case: Given, at: float, actor: str = "ann") -> tuple[CaseEscalated, ...]:
    events = case.when(escalation.escalate, at=hour(at), now=hour(at), actor=actor).events
    assert all(isinstance(event, CaseEscalated) for event in events)
    return events  # type: ignore[return-value]


def test_a_missed_deadline_raises_the_priority_once_and_hands_the_case_to_the_head() -> None:
    (event,) = escalated(told(), 10)
    assert (event.target, event.told, event.person) == ("respond", ("sun",), "sun")
    assert [(finding.field, finding.value) for finding in event.findings] == [("priority", "P2")]
    case = story(Did(escalation.escalate, 10))
    assert (case.value("priority"), case.value("owner"), case.person) == ("P2", "desk", "sun")
    for later in (10, 11, 30):
        assert escalated(told(Did(escalation.escalate, 10)), later) == ()


def test_the_deadlines_after_an_escalation_are_those_of_the_new_priority() -> None:
    case = story(Did(escalation.escalate, 10))
    assert (due(case, "respond"), due(case, "resolve"), due(case, "look")) == (hour(9), hour(129), hour(33))
    assert last(case, "resolve").spec.rule == "priorities.P2.targets.resolve"


def test_each_deadline_missed_is_escalated_for_itself() -> None:
    once = told(Did(escalation.escalate, 10))
    event, _ = escalated(once, 34)
    assert (event.target, event.findings[0].value) == ("look", "P1")
    case = standing_at(told(Did(escalation.escalate, 10), Did(escalation.escalate, 34)))
    assert case.value("priority") == "P1"


def test_what_a_raise_puts_into_the_past_is_escalated_in_the_same_run() -> None:
    events = escalated(told(), 34)  # as P3 `look` has until hour 57, as P2 until 33; as P1 `resolve` has until 33
    raised = [
        (event.target, [found.value for found in event.findings if found.field == "priority"]) for event in events
    ]
    assert raised == [("respond", ["P2"]), ("look", ["P1"]), ("resolve", [])]
    assert escalated(told(Did(escalation.escalate, 34)), 34) == ()


def test_what_was_missed_first_is_escalated_first() -> None:
    later = compiled(("P3: {title: Normal, targets: {respond: 8wh,", "P3: {title: Normal, targets: {respond: 9wd,"))
    events = escalated(told(rulebook=later.rulebook), 400)
    assert [event.target for event in events] == ["look", "resolve", "respond"]


def test_a_second_cycle_escalates_anew() -> None:
    again = told(
        Did(escalation.escalate, 10),
        Did(partial(closing.resolve, resolution="x"), 12),
        Did(partial(closing.reopen, reason="x"), 14),
    )
    assert [(event.target, event.cycle) for event in escalated(again, 500)] == [
        ("respond", 2),
        ("look", 2),
        ("resolve", 2),
    ]
    course = (Did(partial(closing.resolve, resolution="x"), 12), Did(partial(closing.reopen, reason="x"), 14))
    assert escalated(told(*course, Did(escalation.escalate, 500)), 501) == ()


def test_what_waits_was_answered_or_is_over_is_not_escalated() -> None:
    answered = (Did(handling.respond, 20), Did(handling.investigate, 20))
    assert escalated(told(*answered), 30) == ()
    assert [event.target for event in escalated(told(*paused(2)), 100)] == ["look"]  # which stands still for nobody
    assert escalated(told(Did(partial(closing.close, resolution="x", confirmed=True), 20)), 100) == ()
    assert escalated(told(Did(partial(closing.withdraw, reason="x"), 3)), 100) == ()


def test_an_escalation_taken_back_may_come_again() -> None:
    once = told(Did(escalation.escalate, 10))
    seq = standing_at(once).events[-1].seq
    back = told(Did(escalation.escalate, 10), Did(partial(mending.retract, seq=seq, reason="x"), 11))
    assert standing_at(back).value("priority") == "P3"
    assert [event.target for event in escalated(back, 12)] == ["respond"]


def test_those_who_hear_of_it_are_of_the_team_that_was_late_and_of_every_role_the_first() -> None:
    book = compiled(
        ("hand_to: owner_head, tell: owner_head", "hand_to: tech, tell: [owner_head, owner, head:tech]")
    ).rulebook
    (event,) = escalated(told(rulebook=book), 10)
    assert (event.told, event.person) == (("sun", "zhao"), None)
    assert standing_at(told(Did(escalation.escalate, 10), rulebook=book)).value("owner") == "tech"


def test_what_follows_a_reopening_does_not_follow_a_missed_deadline() -> None:
    book = compiled(
        ("  - {on: reopened, raise_priority: 1}\n", ""),
        ("consequences:\n", "consequences:\n  - {on: reopened, tell: head:tech}\n"),
    ).rulebook
    (event,) = escalated(told(rulebook=book), 10)
    assert (event.rule, event.told) == ("consequences[2]", ("sun",))
