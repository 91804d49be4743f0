"""What a rulebook demands before a command: told with the entry that demands it and the commands that give it."""

from functools import partial

import pytest

from afterservice_cli.cases.case import Event
from afterservice_cli.cases.events.closing import CaseConfirmed, CaseRated, CaseResolved
from afterservice_cli.cases.events.intake import CaseScreened, FileAttached
from afterservice_cli.cases.values import Appraisal
from afterservice_cli.cli import COMMANDS as EVERY
from afterservice_cli.decisions import closing, handling, planning, triage
from afterservice_cli.decisions.allowed import allowed
from afterservice_cli.decisions.planning import Proposal
from afterservice_cli.errors import Refused
from afterservice_cli.moment import Decision, Moment
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.vocabulary import COMMANDS, WAITING
from given import Outcome, came_in, given, hour, rules

RESOLVED, CONFIRMED = CaseResolved(hour(1), "mended"), CaseConfirmed(hour(2), True)


def demanding(*entries: str) -> Rulebook:
    """The small rulebook with sections for every demand, and these entries."""
    return rules(
        ("description]}", "description], vague: {match: [hm], pause: detail}}\npauses: {detail: Detail}"),
        ("demands: [{before: close, what: [resolution, confirmation]}]", f"demands: [{', '.join(entries)}]"),
        ("consequences:", "closing: {survey: {questions: {speed: Speed, manner: Manner}}}\nconsequences:"),
        (
            "default:",
            "dispositions: {repair: Repair, declined: Declined}\n"
            "appraisal: {faults: {hose: Hose}, causes: {wear: Wear}}\ndefault:",
        ),
    )


def taking(rulebook: Rulebook, decision: Decision, *events: Event, text: str = "it rattles") -> Outcome:
    return given(came_in(text, rulebook=rulebook), *events, rulebook=rulebook).when(decision, at=hour(4))


def proposing(disposition: str, *, text: str | None = None, promised: bool = False) -> Decision:
    proposal = Proposal(disposition, promised_at=hour(300) if promised else None)
    return partial(planning.propose, proposal=proposal, text=text)


def test_the_commands_that_wait_are_those_that_roles_keep_but_for_what_mends_and_what_is_over() -> None:
    of_cases = {name for name in COMMANDS if not name.startswith(("problem ", "measure "))}
    assert of_cases - {"escalate", "amend", "retract", "erase"} | {"approve", "decline"} == set(WAITING)
    assert set(WAITING) <= {name for name, _, _ in EVERY}


def test_a_vague_text_is_not_answered_before_somebody_has_screened_it() -> None:
    book = demanding("{before: respond, what: screening, when: {looks: vague}}")
    taking(book, handling.respond, text="hm").refused(
        Refused, "lacks what the rulebook demands before respond: screening (demands[1])", "screen 202610-001 --valid"
    )
    assert taking(book, handling.respond).events
    assert taking(book, handling.respond, CaseScreened(hour(1), "vague", None), text="hm").events


def test_a_fact_and_a_file_are_demanded_before_a_plan() -> None:
    book = demanding('{before: propose, what: ["field:tier", attachment]}')
    taking(book, proposing("repair")).refused(
        Refused,
        "before propose: field:tier, attachment (demands[1])",
        "amend 202610-001 --set tier=… --reason …; afterservice attach 202610-001 FILE",
    )
    photo = FileAttached(hour(1), "d1" * 32, 3, "photo.jpg", None)
    case = given(came_in(facts={"tier": "vip"}, rulebook=book), photo, rulebook=book)
    assert case.when(proposing("repair"), at=hour(2)).events


def test_a_plan_that_is_proposed_is_asked_for_its_words_and_its_date() -> None:
    book = demanding(
        "{before: propose, what: text, when: {disposition: declined}}",
        "{before: propose, what: promise, when: {disposition: repair}}",
    )
    taking(book, proposing("declined")).refused(
        Refused, "the text of propose (demands[1])", 'propose 202610-001 --disposition … "…"'
    )
    taking(book, proposing("declined", text=" ")).refused(Refused, "the text of propose (demands[1])")
    assert taking(book, proposing("declined", text="not ours; ask the maker")).events
    taking(book, proposing("repair")).refused(Refused, "promise (demands[2])", "--promise …")
    assert taking(book, proposing("repair", promised=True)).events


def test_every_question_of_the_survey_has_its_answer() -> None:
    book = demanding("{before: close, what: survey}")
    half = CaseRated(hour(3), {"speed": 5})
    taking(book, closing.close, RESOLVED, half).refused(Refused, "survey (demands[1])", "rate 202610-001 manner=5")
    another = CaseRated(hour(3), {"overall": 3})  # asked by an earlier rulebook
    taking(book, closing.close, RESOLVED, half, another).refused(Refused, "rate 202610-001 manner=5")
    assert taking(book, closing.close, RESOLVED, half, CaseRated(hour(3), {"manner": 1})).events


def test_the_words_of_a_customer_who_said_yes_can_still_be_added() -> None:
    book = demanding("{before: close, what: words}")
    taking(book, closing.close, RESOLVED, CONFIRMED).refused(
        Refused, "words (demands[1])", 'confirm 202610-001 --yes --words "…"'
    )
    added = taking(book, partial(closing.confirm, satisfied=True, words="thanks"), RESOLVED, CONFIRMED)
    assert added.case.has_words
    again = partial(closing.confirm, satisfied=True, words="thanks")
    taking(book, again, RESOLVED, *added.events).refused(Refused, "is confirmed already")


def test_an_appraisal_is_whole_once_it_says_all_that_the_rulebook_has_words_for() -> None:
    book = demanding("{before: resolve, what: appraisal}")
    resolving = partial(closing.resolve, resolution="x")
    half = taking(book, partial(handling.appraise, found=Appraisal(fault="hose")))
    taking(book, resolving, *half.events).refused(Refused, "appraisal (demands[1])", "appraise 202610-001 --cause …")
    whole = taking(book, partial(handling.appraise, found=Appraisal(fault="hose", cause="wear")))
    assert taking(book, resolving, *whole.events).events


def test_the_parts_of_a_short_close_are_judged_each_for_itself() -> None:
    book = demanding("{before: confirm, what: text}", "{before: close, what: [resolution, confirmation]}")
    short = partial(closing.close, resolution="x", confirmed=True)
    taking(book, short).refused(Refused, "before confirm: what the customer said (demands[1])")
    assert taking(book, partial(short, words="fine")).events
    taking(book, partial(closing.close, resolution="x")).refused(
        Refused,
        "before close: confirmation (demands[2])",
        "afterservice resolve 202610-001",
        "confirm 202610-001 --yes",
    )


def test_what_is_demanded_is_not_allowed_next() -> None:
    book = demanding("{before: [respond, assign], what: attachment}", "{before: investigate, what: text}")
    case = taking(book, triage.acknowledge).case
    found = allowed(case, Moment(hour(5), hour(5), "ann", book))
    assert not {"respond", "assign"} & set(found)
    assert {"investigate", "resolve"} <= set(found)


@pytest.mark.parametrize("entries", [(), ("{before: respond, what: attachment}",)])
def test_a_list_replaces_what_is_demanded_otherwise(entries: tuple[str, ...]) -> None:
    assert taking(demanding(*entries), closing.close).events
