"""Problems: what cases share, when an alarm is raised, what a case gets by belonging to one, and how one is closed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.events.problems import CaseGathered, ProblemClosed, ProblemNoted, ProblemOpened
from afterservice_cli.cases.events.triage import CaseAssessed
from afterservice_cli.cases.problems import ProblemState
from afterservice_cli.cases.values import Assessment, Finding
from afterservice_cli.decisions import closing, mending, problems, screening, triage
from afterservice_cli.decisions.problems import NewProblem
from afterservice_cli.errors import BadInput, Conflict, NotFound, Refused
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.model import Rulebook
from given import RECEIVED, came_in, given, hour, refusal
from recurring import ALARM, BATCH, BOOK, FACTS, KNOWN, NUMBERED, SAME, book, case, rattling

HAND = ALARM.but(number="P2026-002", pattern="", same={}, team="desk")


LATER = hour(1)


def moment(at: datetime = LATER, actor: str = "ann", rulebook: Rulebook = BOOK) -> Moment:
    return Moment(min(at, hour(2000)), at, actor, rulebook)


# --- what cases share -------------------------------------------------------------------------------------------


def test_what_a_case_shares_is_what_the_kind_asks_for() -> None:
    assert problems.shared(case(), BATCH) == SAME
    assert problems.shared(case(), KNOWN) == {"category": "rattle"}
    assert problems.shared(case(), BOOK.problems["odd"]) is None, "a kind that gathers nothing by itself"


def test_a_case_that_lacks_some_of_it_or_is_void_shares_nothing() -> None:
    assert problems.shared(case(came_in("it rattles", rulebook=BOOK, facts={"product": "X-1"})), BATCH) is None
    invalid = given(rattling(), rulebook=BOOK).when(partial(screening.screen, outcome="invalid", ground="spam"))
    assert problems.shared(invalid.case, BATCH) is None


def came(*days: float) -> list[tuple[str, datetime]]:
    return [(f"c{number}", RECEIVED + timedelta(days=day)) for number, day in enumerate(days)]


@pytest.mark.parametrize(
    ("days", "mine", "found"),
    [
        ((0, 1, 2), 2, ["c0", "c1", "c2"]),
        ((0, 1), 1, []),
        ((0, 3, 7), 2, ["c0", "c1", "c2"]),  # a week to the minute
        ((0, 3, 7.01), 2, []),
        ((0, 6, 8, 9), 2, ["c1", "c2", "c3"]),  # one that comes late is counted with those after it, too
        ((0, 1, 2), 0, ["c0", "c1", "c2"]),
        ((0, 1, 2, 20), 3, []),  # those that were there before this one make no alarm of it
    ],
)
def test_an_alarm_takes_so_many_cases_within_the_time(days: tuple[float, ...], mine: int, found: list[str]) -> None:
    entries = came(*days)
    new = case().but(registered_at=entries[mine][1])
    assert [number for number, _ in problems.alarming(BOOK, BATCH, entries, new)] == found


@forall(st.lists(st.integers(0, 40), min_size=1, max_size=12), st.data())
def test_an_alarm_is_raised_exactly_if_a_week_around_the_case_has_enough(days: list[int], data: st.DataObject) -> None:
    entries = came(*sorted(days))
    at = entries[data.draw(st.integers(0, len(days) - 1))][1]
    week = timedelta(days=7)
    weeks = [[d for _, d in entries if begin <= d <= begin + week] for _, begin in entries]
    enough = any(len(theirs) >= 3 and theirs[0] <= at <= theirs[0] + week for theirs in weeks)
    group = problems.alarming(BOOK, BATCH, entries, case().but(registered_at=at))
    assert bool(group) == enough
    if group:
        times = [came_at for _, came_at in group]
        assert at in times and times[2] - times[0] <= week and at - times[0] <= week


# --- opening ----------------------------------------------------------------------------------------------------


def test_an_alarm_has_its_team_and_its_time() -> None:
    opened = problems.raised(moment(), kind=BATCH, same=SAME, numbered=NUMBERED)
    assert (opened.problem, opened.pattern, opened.same, opened.team) == ("P2026-001", "batch", SAME, "quality")
    assert (opened.due_at, opened.warn_at, opened.duration) == (hour(177), hour(153), "5wd")
    assert opened.title is None


def test_those_are_told_whom_the_rulebook_names_once_each() -> None:
    told = list(problems.alarm(moment(), BATCH, ALARM, ["202610-001", "202610-002", "202610-003"]))
    assert [(message.to, message.people) for message in told] == [("quality", ("wei", "shen")), ("head:desk", ("ann",))]
    assert told[0].text == ("Batch problem P2026-001: X-1 · A17 · Rattle, 3 cases: 202610-001, 202610-002, 202610-003")
    twice = book(("tell: [quality, head:desk]", "tell: [quality, head:quality]")).problems["batch"]
    assert [message.to for message in problems.alarm(moment(), twice, ALARM, [])] == ["quality"]


def by_hand(*cases: Case, actor: str = "ann", rulebook: Rulebook = BOOK, **wanted: object) -> ProblemOpened:
    asked = NewProblem("Rattling", **wanted)  # type: ignore[arg-type]
    return problems.open_by_hand(moment(actor=actor, rulebook=rulebook), wanted=asked, cases=cases, numbered=NUMBERED)


def test_a_person_opens_one_that_cases_join_by_what_they_share() -> None:
    opened = by_hand(case(), pattern="known")
    assert (opened.same, opened.team, opened.due_at, opened.title) == ({"category": "rattle"}, "desk", None, "Rattling")
    assert by_hand(pattern="known").same == {}, "without a case nothing joins it by itself"
    assert by_hand(case(), pattern="Known problem").pattern == "known", "a title names a kind, too"


def test_it_may_be_of_no_kind_with_a_team_and_a_time_of_its_own() -> None:
    opened = by_hand(team="quality", due_at=hour(50))
    assert (opened.pattern, opened.same, opened.team, opened.due_at) == ("", {}, "quality", hour(50))
    assert by_hand(pattern="batch", due_at=hour(50)).due_at == hour(50)


def test_what_a_person_opens_is_refused_if_it_is_nobody_s_or_the_cases_differ() -> None:
    refusal(BadInput, "nobody has this problem yet", "--by …", decide=by_hand)
    other = case(rattling(batch="B2"))
    refusal(
        BadInput,
        "202610-001 does not share field:batch with the others (problems.batch.same)",
        decide=lambda: by_hand(case(), other, pattern="batch"),
    )
    refusal(BadInput, "unknown kind of problem 'batsch'", decide=lambda: by_hand(pattern="batsch"))
    refusal(BadInput, "lies in the past", decide=lambda: by_hand(pattern="odd", due_at=hour(1)))
    refusal(
        BadInput,
        "a problem needs a title",
        decide=lambda: problems.open_by_hand(moment(), wanted=NewProblem(" ", "odd"), cases=(), numbered=NUMBERED),
    )
    plain = book().but(problems={})
    refusal(Refused, "does without problem", decide=lambda: by_hand(team="desk", rulebook=plain))
    kept = BOOK.but(may={"problem open": ("quality",)})
    refusal(Refused, "problem open is kept to quality", decide=lambda: by_hand(pattern="odd", rulebook=kept))
    assert by_hand(pattern="odd", rulebook=kept, actor="wei").team == "desk"
    refusal(Conflict, "P2026-009 is open for the same", decide=lambda: problems.refuse_second("P2026-009"))


# --- gathering --------------------------------------------------------------------------------------------------

GIVEN = Finding("impact", "many", "problem", "problems.batch.set.impact")
RANKED = Finding("priority", "P1", "rule", "priorities.P1.when[1]")
OWNED = Finding("owner", "quality", "rule", "assignment[1]")


def test_a_case_gets_what_the_problem_gives_and_priority_owner_and_deadlines_follow() -> None:
    (event,) = problems.gather(case(), moment(), problem=ALARM)
    assert isinstance(event, CaseGathered)
    assert event.findings == (GIVEN, RANKED, OWNED)
    assert [(spec.target, spec.duration) for spec in event.deadlines] == [("respond", "1wh")]
    after = given(rattling(), rulebook=BOOK).when(partial(problems.gather, problem=ALARM), at=hour(1)).case
    assert (after.problems, after.fields["impact"]) == ({"P2026-001": "batch"}, "many")
    assert (after.value("priority"), after.value("owner")) == ("P1", "quality")


def test_what_somebody_said_stays() -> None:
    (said,) = problems.gather(case(rattling(impact="one")), moment(), problem=ALARM)
    assert said.findings == ()
    ranked = given(rattling(), rulebook=BOOK).when(partial(triage.classify, priority="P2", reason="it is small"))
    (event,) = problems.gather(ranked.case, moment(), problem=ALARM)
    assert event.findings == (GIVEN,), "a priority that somebody gave is not raised"


def test_what_the_problem_gave_outlasts_another_look_by_the_rules() -> None:
    gathered = given(rattling(), rulebook=BOOK).when(partial(problems.gather, problem=ALARM), at=hour(1))
    assert triage.classify(gathered.case, moment(hour(2))) == []
    said = mending.amend(gathered.case, moment(hour(2)), facts={"impact": "one"}, reason="misheard")
    after = given(*gathered.recorded, *said, rulebook=BOOK).when(triage.classify, at=hour(3)).case
    assert (after.fields["impact"], after.value("priority")) == ("one", "P2"), "what a person says afterwards counts"


def test_the_person_who_has_the_case_keeps_it_only_as_long_as_it_is_given_to_them() -> None:
    assigned = given(rattling(), rulebook=BOOK).when(partial(triage.assign, owner="desk/bob", reason="his"), at=hour(1))
    inside = given(*assigned.recorded, rulebook=BOOK).when(partial(problems.gather, problem=HAND), at=hour(2))
    assert inside.case.person == "bob"
    back = partial(mending.retract, seq=2, reason="not his")
    assert given(*inside.recorded, rulebook=BOOK).when(back, at=hour(3)).case.person is None


def test_what_a_phrase_found_gives_way() -> None:
    found = came_in("it rattles for one", rulebook=BOOK, facts=FACTS)
    phrase = book(("one: One", "one: {title: One, match: [for one]}"))
    registered = came_in("it rattles for one", rulebook=phrase, facts=FACTS)
    assert found != registered
    (event,) = problems.gather(case(registered, rulebook=phrase), moment(rulebook=phrase), problem=ALARM)
    assert event.findings[0] == GIVEN


def test_a_kind_that_gives_nothing_changes_nothing() -> None:
    (event,) = problems.gather(case(), moment(), problem=HAND)
    assert event == CaseGathered(hour(1), "P2026-002", "")


def closed_case() -> Case:
    resolved = given(rattling(), rulebook=BOOK).when(partial(closing.close, resolution="mended"), at=hour(1))
    return resolved.case


def test_a_closed_case_belongs_to_it_and_stays_as_it_is() -> None:
    (event,) = problems.gather(closed_case(), moment(hour(2)), problem=ALARM)
    assert (event.findings, event.deadlines) == ((), ())


def test_a_case_belongs_to_a_problem_once_and_to_none_that_is_closed() -> None:
    inside = given(rattling(), rulebook=BOOK).when(partial(problems.gather, problem=ALARM), at=hour(1)).case
    refusal(
        Refused,
        "202610-001 belongs to P2026-001 already",
        decide=lambda: problems.gather(inside, moment(), problem=ALARM),
    )
    over = ALARM.but(closed_at=hour(1))
    refusal(Refused, "P2026-001 is closed", decide=lambda: problems.gather(case(), moment(), problem=over))
    kept = BOOK.but(may={"problem add": ("quality",)})
    refusal(Refused, "kept to", decide=lambda: problems.gather(case(), moment(rulebook=kept), problem=ALARM))


def test_leaving_takes_back_what_it_gave() -> None:
    inside = given(rattling(), rulebook=BOOK).when(partial(problems.gather, problem=ALARM), at=hour(1))
    leave = partial(problems.leave, problem=ALARM, reason="another screw")
    after = given(*inside.recorded, rulebook=BOOK).when(leave, at=hour(2)).case
    assert (after.problems, after.value("priority"), after.value("owner")) == ({}, "P2", "desk")
    assert "impact" not in after.fields
    assert [d.spec.duration for d in after.deadlines] == ["4wh"]
    refusal(NotFound, "does not belong to P2026-001", decide=lambda: leave(after, moment(hour(3))))
    over = partial(problems.leave, problem=ALARM.but(closed_at=hour(2)), reason="x")
    refusal(Refused, "P2026-001 is closed", decide=lambda: over(inside.case, moment(hour(3))))
    kept = BOOK.but(may={"problem drop": ("quality",)})
    refusal(Refused, "kept to", decide=lambda: leave(inside.case, moment(hour(2), rulebook=kept)))


# --- known problems ---------------------------------------------------------------------------------------------


def test_an_assessment_names_the_known_problem() -> None:
    known = partial(problems.assess_known, found=Assessment(known=True), problem=HAND)
    made = given(rattling(), rulebook=BOOK).when(known, at=hour(1))
    made.then(CaseAssessed(hour(1), True, None, None, None), CaseGathered(hour(1), "P2026-002", ""))
    (again,) = known(made.case, moment(hour(2)))
    assert isinstance(again, CaseAssessed)
    (alone,) = problems.assess_known(case(), moment(), found=Assessment(known=True))
    assert isinstance(alone, CaseAssessed)
    over = partial(problems.assess_known, found=Assessment(known=True), problem=HAND.but(closed_at=hour(1)))
    refusal(Refused, "P2026-002 is closed", decide=lambda: over(case(), moment()))


ASKING = "demands: [{before: close, what: [resolution]}, {before: respond, what: text, when: {problem: %s}}]"


@pytest.mark.parametrize(
    ("asked", "problem", "holds"),
    [
        ("batch", ALARM, True),
        ("known", ALARM, False),
        ("any", ALARM, True),
        ("any", HAND, True),
        ("batch", HAND, False),
    ],
)
def test_a_condition_asks_to_which_kind_of_problem_a_case_belongs(
    asked: str, problem: ProblemState, holds: bool
) -> None:
    from afterservice_cli.decisions.requirements import missing

    asking = book(("demands: [{before: close, what: [resolution]}]", ASKING % asked))
    assert missing(case(rulebook=asking), asking, "respond") == []
    inside = given(rattling(), rulebook=asking).when(partial(problems.gather, problem=problem), at=hour(1)).case
    assert missing(inside, asking, "respond") == (["text"] if holds else [])


def test_a_target_may_hang_on_it() -> None:
    text = "targets: {respond: {title: Respond, until: responded}"
    report = text + ", report: {title: Report, until: resolved, within: 2wd, when: {problem: batch}}"
    asking = book((text, report))
    made = given(rattling(), rulebook=asking).when(partial(problems.gather, problem=ALARM), at=hour(1)).case
    assert "report" in [deadline.spec.target for deadline in made.deadlines]


# --- its course -------------------------------------------------------------------------------------------------


def close(text: str | None = "a bad screw", actor: str = "wei", unjudged: Sequence[str] = (), **of: object) -> Event:
    state = ALARM.but(**of)
    return problems.close(state, moment(hour(3), actor), text=text, unjudged=unjudged)


def test_it_is_closed_by_its_team_with_its_result() -> None:
    assert close() == ProblemClosed(hour(3), "a bad screw")
    refusal(Refused, "P2026-001 takes quality (problems.batch.by); ann is not", decide=lambda: close(actor="ann"))
    refusal(BadInput, "closing a problem needs its result", decide=lambda: close(text=" "))
    refusal(Refused, "P2026-001 is closed", decide=lambda: close(closed_at=hour(2)))
    refusal(BadInput, "was opened at 2026-10-14 13:00", decide=lambda: close(opened_at=hour(4)))
    refusal(
        Refused,
        "measures of P2026-001 are not judged yet: M2026-001, M2026-002",
        "measure judge M2026-001 --effective",
        decide=lambda: close(unjudged=("M2026-001", "M2026-002")),
    )
    kept = moment(hour(3), "shen", BOOK.but(may={"problem close": ("head:quality",)}))
    refusal(Refused, "kept to", decide=lambda: problems.close(ALARM, kept, text="x", unjudged=()))


def test_a_note_may_come_at_any_time() -> None:
    for state in (ALARM, ALARM.but(closed_at=hour(1))):
        assert problems.note(state, moment(hour(2)), text=" seen ") == ProblemNoted(hour(2), "seen")
    refusal(BadInput, "was opened at", decide=lambda: problems.note(ALARM, moment(hour(-1)), text="x"))
    refusal(BadInput, "lies in the future", decide=lambda: problems.note(ALARM, moment(hour(3000)), text="x"))
