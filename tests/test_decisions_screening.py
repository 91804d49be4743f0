"""Screening: what is no case, what says too little, what was told before, and how cases belong together."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events.handling import CasePaused, CaseResumed, CustomerReplied
from afterservice_cli.cases.events.intake import CaseLinked, CaseMerged, CaseScreened
from afterservice_cli.cases.events.triage import CaseClassified
from afterservice_cli.decisions import closing, handling, likeness, mending, screening
from afterservice_cli.decisions.intake import Draft
from afterservice_cli.decisions.likeness import Suspicion, Told, alike, suspects, suspicions
from afterservice_cli.errors import BadInput, Refused
from afterservice_cli.rulebook.matching import find
from afterservice_cli.rulebook.phrases import looking
from afterservice_cli.rulebook.phrases.index import Index
from afterservice_cli.workflows.desk import Desk
from afterservice_cli.workflows.recording import writing
from courses import LIFE, Did, compiled, due, gone, life, standing_at, verdicts
from given import came_in, given, hour, make_desk, rules

VAGUE = Did(partial(screening.screen, outcome="vague"), 1)
PARTS = Did(partial(handling.pause, ground="parts"), 1)
SCREENING, CLASSIFYING = LIFE.but(), LIFE.but()  # what each remembers of texts is its own


# --- no case ------------------------------------------------------------------------------------------------------


def test_an_invalid_case_is_taken_out_with_its_ground_and_reason_and_what_it_owed_is_void() -> None:
    screened = gone().when(
        partial(screening.screen, outcome="invalid", ground="Told before", reason=" see 7 "), at=hour(1)
    )
    screened.then(CaseScreened(hour(1), "invalid", "duplicate", "see 7"))
    assert (screened.case.status, screened.case.stage, screened.case.void_by) == ("void", "done", "screened")
    assert set(verdicts(screened.case, 900).values()) == {"void"}


def test_what_was_answered_before_a_case_was_taken_out_stays_answered() -> None:
    answered = gone(Did(handling.respond, 1)).when(
        partial(screening.screen, outcome="invalid", ground="duplicate"), at=hour(2)
    )
    assert verdicts(answered.case, 900) == {"respond": "met", "resolve": "void", "look": "void"}


def test_an_invalid_case_is_not_changed_but_brought_back_by_taking_the_screening_back() -> None:
    out = gone(Did(partial(screening.screen, outcome="invalid", ground="advertising"), 1))
    out.when(handling.respond).refused(
        Refused, "was screened as invalid and cannot be changed", "afterservice retract 202610-001 2 --reason"
    )
    back = out.when(partial(mending.retract, seq=2, reason="a customer after all"), at=hour(2)).case
    assert (back.status, back.screened, verdicts(back, 2)["resolve"]) == ("open", "", "running")


def test_an_invalid_case_has_a_ground_of_the_rulebook() -> None:
    for ground in (None, "boring"):
        gone().when(partial(screening.screen, outcome="invalid", ground=ground)).refused(
            BadInput, "unknown ground", "duplicate (Told before), advertising"
        )


def test_a_rulebook_without_screening_says_so() -> None:
    given(came_in()).when(partial(screening.screen, outcome="valid")).refused(
        Refused, "does without screen", "intake.invalid"
    )
    only_vague = life(
        ("  invalid:\n    duplicate: Told before\n", ""),
        ("    advertising: {title: Advertising, match: [cheap flights]}\n", ""),
    )
    gone(rulebook=only_vague).when(partial(screening.screen, outcome="invalid", ground="x")).refused(
        Refused, "does without screen --invalid", "`intake.invalid:`"
    )
    only_invalid = life(("  vague: {match: [bad, problem], at_most: 20, pause: detail}\n", ""))
    gone(rulebook=only_invalid).when(partial(screening.screen, outcome="vague")).refused(
        Refused, "does without screen --vague", "`intake.vague:`"
    )


# --- says too little ----------------------------------------------------------------------------------------------


def test_a_vague_case_goes_back_for_detail_and_its_clocks_stand_still() -> None:
    vague = gone(text="bad").when(partial(screening.screen, outcome="vague", reason=" what is? "), at=hour(1))
    vague.then(CaseScreened(hour(1), "vague", None, "what is?"), CasePaused(hour(1), "detail"))
    assert (vague.case.status, vague.case.stage, vague.case.screened) == ("waiting", "intake", "vague")
    assert verdicts(vague.case, 900) == {"respond": "paused", "resolve": "paused", "look": "missed"}


def test_the_answer_ends_the_waiting_and_the_rules_read_the_case_anew_with_it() -> None:
    answered = gone(VAGUE, text="bad").when(partial(handling.reply, text="the hose leaks"), at=hour(2), now=hour(2))
    assert [type(event) for event in answered.events] == [CustomerReplied, CaseResumed, CaseClassified]
    case = answered.case
    assert (case.status, case.stage, case.screened) == ("open", "handling", "answered")
    assert (case.value("category"), case.value("owner")) == ("broken", "tech")
    assert case.text() == "bad\nthe hose leaks"
    assert due(case, "respond") == hour(6)


def test_the_answer_does_not_overwrite_what_a_person_said() -> None:
    placed = gone(VAGUE, text="bad", category="charged", facts={"serial": "1"})
    assert placed.when(partial(handling.reply, text="it leaks"), at=hour(2)).case.value("category") == "charged"


def test_the_words_of_a_case_that_said_enough_are_no_part_of_its_text() -> None:
    case = gone().when(partial(handling.reply, text="I was charged"), at=hour(2)).case
    assert (case.text(), case.value("category")) == ("It leaks", "broken")


def test_a_vague_case_may_be_taken_as_it_is() -> None:
    valid = gone(VAGUE, text="bad").when(partial(screening.screen, outcome="valid"), at=hour(2))
    assert [type(event) for event in valid.events] == [CaseScreened, CaseResumed]
    assert (valid.case.status, valid.case.screened, due(valid.case, "respond")) == ("open", "valid", hour(6))


def test_to_find_a_case_valid_ends_no_waiting_for_something_else() -> None:
    valid = gone(PARTS).when(partial(screening.screen, outcome="valid"), at=hour(2))
    valid.then(CaseScreened(hour(2), "valid", None))
    assert valid.case.status == "waiting"


def test_screening_twice_alike_says_nothing_new() -> None:
    gone(VAGUE).when(partial(screening.screen, outcome="vague"), at=hour(2)).then()
    gone(Did(partial(screening.screen, outcome="valid"), 1)).when(
        partial(screening.screen, outcome="valid"), at=hour(2)
    ).then()


def test_a_case_that_waits_or_is_resolved_is_not_sent_back() -> None:
    gone(PARTS).when(partial(screening.screen, outcome="vague")).refused(
        Refused, "202610-001 waits already", "afterservice resume 202610-001"
    )
    resolved = gone(Did(partial(closing.resolve, resolution="x"), 1))
    for outcome in ("valid", "vague", "invalid"):
        resolved.when(partial(screening.screen, outcome=outcome, ground="duplicate")).refused(
            Refused, "is resolved; screening comes before that", "afterservice confirm 202610-001 --no"
        )


# --- what a text looks like ---------------------------------------------------------------------------------------


def test_phrases_point_out_what_may_be_no_case() -> None:
    found = suspicions(LIFE, "CHEAP  flights to Rome!", classified=False)
    assert found == [Suspicion("invalid", "advertising", ("cheap flights",))]


@pytest.mark.parametrize(
    ("text", "classified", "vague"),
    [
        ("it is bad", False, True),
        ("it is bad", True, False),
        ("it is bad, and that is putting it mildly", False, False),
        ("it is", False, False),
    ],
)
def test_a_short_text_with_a_phrase_and_no_category_says_too_little(text: str, classified: bool, vague: bool) -> None:
    assert bool(suspicions(LIFE, text, classified=classified)) is vague


def test_a_rulebook_that_does_not_screen_suspects_nothing() -> None:
    assert suspicions(rules(), "bad cheap flights", classified=False) == []


@forall(st.lists(st.sampled_from(["bad", "not", "cheap flights", "no", "problem", "lamp", "?", ","])).map(" ".join))
def test_a_text_looks_the_same_whether_it_was_just_classified_or_is_only_screened(text: str) -> None:
    screened_alone = suspicions(SCREENING, text, classified=False)
    find(CLASSIFYING, text, {})
    assert suspicions(CLASSIFYING, text, classified=False) == screened_alone


def test_what_looks_for_the_phrases_of_screening_is_made_once_for_many_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    class Counted(Index):
        def __init__(self, *given: Any) -> None:
            made.append(given)
            super().__init__(*given)

    monkeypatch.setattr(looking, "Index", Counted)
    rulebook = LIFE.but()
    found = [suspicions(rulebook, f"it is bad {number}", classified=False) for number in range(40)]
    assert all(found)
    assert len(made) <= 9  # for the first eight texts what may stand in each, then all of it


def test_texts_are_as_alike_as_the_pairs_of_letters_they_share() -> None:
    assert alike("The hose leaks.", "the  HOSE leaks") == 100
    assert alike("abc", "abd") == 50
    assert alike("abc", "xyz") == 0
    assert (alike("?", "?"), alike("?", "!"), alike("", "abc")) == (100, 0, 0)


def told(number: int, **facts: str | None) -> Told:
    return Told(f"202610-{number:03}", hour(number), facts, "the hose leaks badly", classified=True)


def test_what_two_cases_share_is_compared_as_phrases_are() -> None:
    one = told(1, contact="139 0000-0001", serial="ab-1\x1fCD")
    two = told(2, contact="13900000001", serial="ＡＢ1")
    others = told(3, contact="2", serial=""), told(4, contact="-", serial=None), told(5, contact="-")
    found = [(s.told.number, s.alike) for s in suspects(LIFE, [one, two, *others])]
    assert found == [("202610-002", [("202610-001", ["contact", "serial"], 100)])]


def test_a_case_is_compared_with_the_newest_of_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "COMPARED", 2)
    many = [told(number, contact="139") for number in range(1, 6)]
    assert [[other for other, *_ in s.alike] for s in suspects(LIFE, many)] == [
        ["202610-001"],
        ["202610-002", "202610-001"],
        ["202610-003", "202610-002"],
        ["202610-004", "202610-003"],
    ]


def test_no_more_cases_are_kept_than_are_to_be_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "KEPT", 2)
    cases = [told(1, contact="1", serial="x"), told(2, contact="2"), told(3, contact="3"), told(4, contact="1")]
    again = [told(5, serial="x"), told(6, contact="1")]
    assert [(s.told.number, s.alike[0][0]) for s in suspects(LIFE, [*cases, *again])] == [("202610-006", "202610-004")]


# --- told before --------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk under the rulebook of a whole life: same contact or serial number, within three days, 60 % alike."""
    return make_desk(tmp_path / "life.db", now=hour(0), rules=compiled())


def lookalikes(desk: Desk, text: str, after: float = 1, **facts: str) -> list[tuple[str, list[str], int]]:
    desk.now = hour(after)
    with writing(desk) as writer:
        case = writer.register(Draft({"channel": "phone", "customer": "Zoe", "description": text, **facts}))
        return writer.lookalikes(case)


def test_what_was_told_before_is_pointed_out_when_a_case_comes_in(desk: Desk) -> None:
    assert lookalikes(desk, "the hose leaks badly", 0, contact="139 0000 0001", serial="AB-1") == []
    assert lookalikes(desk, "The hose leaks very badly", contact="13900000001") == [("202610-001", ["contact"], 83)]
    assert lookalikes(desk, "the hose leaks badly", serial="AB-1") == [("202610-001", ["serial"], 100)]
    both = lookalikes(desk, "the hose leaks badly!", contact="13900000001", serial="AB-1")
    assert [(number, same) for number, same, _ in both] == [
        ("202610-003", ["serial"]),
        ("202610-001", ["contact", "serial"]),
        ("202610-002", ["contact"]),
    ]


@pytest.mark.parametrize(
    ("text", "after", "facts"),
    [
        ("the hose leaks badly", 1, {"contact": "13900000002"}),  # somebody else
        ("the hose leaks badly", 1, {}),  # nobody knows who
        ("my invoice is wrong", 1, {"contact": "13900000001"}),  # something else
        ("the hose leaks badly", 150, {"contact": "13900000001"}),  # long after
    ],
)
def test_what_differs_is_not_pointed_out(desk: Desk, text: str, after: float, facts: dict[str, str]) -> None:
    lookalikes(desk, "the hose leaks badly", 0, contact="13900000001")
    assert lookalikes(desk, text, after, **facts) == []


def test_a_case_at_the_end_of_the_window_is_still_near(desk: Desk) -> None:
    lookalikes(desk, "the hose leaks badly", 0, contact="13900000001")
    assert lookalikes(desk, "the hose leaks badly", 72, contact="13900000001") != []


# --- how cases belong together ------------------------------------------------------------------------------------


def test_cases_are_linked_once_for_each_relation() -> None:
    linked = gone().when(
        partial(screening.link, other="202610-007", relation="follows", reason=" same pump "), at=hour(1)
    )
    linked.then(CaseLinked(hour(1), "202610-007", "follows", "same pump"))
    again = gone(Did(partial(screening.link, other="202610-007", relation="follows"), 1))
    again.when(partial(screening.link, other="202610-007", relation="follows")).then()
    assert again.when(partial(screening.link, other="202610-007", relation="related")).events


def test_a_closed_case_may_be_linked() -> None:
    closed = gone(Did(partial(closing.close, resolution="x", confirmed=True), 1))
    assert closed.when(partial(screening.link, other="202610-007", relation="related")).case.status == "closed"


def test_what_cannot_be_linked_is_refused() -> None:
    gone().when(partial(screening.link, other="202610-001", relation="related")).refused(
        BadInput, "cannot be linked to itself"
    )
    gone().when(partial(screening.link, other="202610-007", relation="cousin")).refused(
        BadInput, "unknown relation 'cousin'", "related, duplicate, follows"
    )


def other(*course: Did) -> Case:
    """Case 202610-009 after a course."""
    return standing_at(gone(*course)).but(number="202610-009")


def test_a_merged_case_goes_on_as_the_other_and_what_it_owed_is_void() -> None:
    merged = gone(Did(handling.respond, 0.5)).when(
        partial(screening.merge, into=other(), reason=" the same "), at=hour(1)
    )
    merged.then(CaseMerged(hour(1), "202610-009", "the same"))
    assert (merged.case.status, merged.case.void_by, merged.case.merged_into) == ("void", "merged", "202610-009")
    assert verdicts(merged.case, 900) == {"respond": "met", "resolve": "void", "look": "void"}
    gone(Did(partial(screening.merge, into=other(), reason="x"), 1)).when(handling.respond).refused(
        Refused, "202610-001 was merged into 202610-009 and cannot be changed", "go on with 202610-009"
    )


def test_a_merger_can_be_undone_and_done_again() -> None:
    merged = gone(Did(partial(screening.merge, into=other(), reason="x"), 1))
    undone = merged.when(partial(mending.retract, seq=2, reason="two after all"), at=hour(2))
    assert (undone.case.status, undone.case.merged_into) == ("open", None)
    assert verdicts(undone.case, 2) == dict.fromkeys(("respond", "resolve", "look"), "running")
    again = given(*undone.recorded, rulebook=LIFE).when(
        partial(screening.merge, into=other(), reason="still"), at=hour(3)
    )
    assert again.case.status == "void"


def test_undoing_a_merger_brings_back_a_pause_that_the_case_was_in() -> None:
    merged = gone(PARTS, Did(partial(screening.merge, into=other(), reason="x"), 2))
    undone = merged.when(partial(mending.retract, seq=3, reason="two after all"), at=hour(3)).case
    assert (undone.status, verdicts(undone, 900)["resolve"]) == ("waiting", "paused")


def test_what_cannot_be_merged_is_refused() -> None:
    gone().when(partial(screening.merge, into=other(), reason=" ")).refused(BadInput, "a merger needs its reason")
    myself = standing_at(gone())
    gone().when(partial(screening.merge, into=myself, reason="x")).refused(BadInput, "cannot be merged into itself")
    closed = other(Did(partial(closing.close, resolution="x", confirmed=True), 1))
    gone().when(partial(screening.merge, into=closed, reason="x")).refused(
        Refused, "202610-009 is closed; nothing can be merged into it", "afterservice reopen 202610-009 --reason"
    )
    void = other(Did(partial(screening.screen, outcome="invalid", ground="duplicate"), 1))
    gone().when(partial(screening.merge, into=void, reason="x")).refused(
        Refused, "202610-009 is void; nothing can be merged into it", "name the case that goes on"
    )


def test_what_was_merged_itself_names_the_case_that_it_became_part_of() -> None:
    elsewhere = other().but(status="void", void_by="merged", merged_into="202610-007")
    gone().when(partial(screening.merge, into=elsewhere, reason="x")).refused(
        Refused, "202610-009 was merged into 202610-007 itself", "afterservice merge 202610-001 202610-007"
    )
    mine = elsewhere.but(merged_into="202610-001")
    gone().when(partial(screening.merge, into=mine, reason="x")).refused(
        Refused, "202610-009 was merged into 202610-001 itself", "go on with 202610-001"
    )
