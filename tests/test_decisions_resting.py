"""What a closing rests on: what was demanded on the way to it, and was there, is to be there still."""

from functools import partial

from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.values import Appraisal
from afterservice_cli.decisions import closing, handling, imported, mending, planning
from afterservice_cli.decisions.planning import Proposal
from afterservice_cli.errors import Refused
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.model import Rulebook
from courses import Did, gone, life, standing_at
from given import Given, hour

DEMANDS = "  - {before: resolve, what: [approval, agreement, tasks], when: {disposition: [repair, refund, exchange]}}"
INVESTIGATED = life((DEMANDS, "  - {before: resolve, what: investigation}"))
HEARD = life((DEMANDS, "  - {before: agree, what: response}"))
APPROVED = life((f"{DEMANDS}\n", ""))
FREE = life(
    (f"{DEMANDS}\n", ""),
    ("what: [resolution, confirmation, tasks]", "what: tasks"),
    ("  silence: {tries: 3, over: 5wd}\n", ""),
)
PROPOSED = Did(partial(planning.propose, proposal=Proposal("refund", gives={"money": "300"})), 1, "li")
RESOLVED = Did(partial(closing.resolve, resolution="mended"), 4, "li")
CONFIRMED = Did(partial(closing.confirm, satisfied=True), 6)
CLOSING = partial(closing.close)


def told_closed(case: Case, moment: Moment) -> list[Event]:
    """What a file does that says so of a case on which people work here."""
    imported.check_as_told(case, moment, word="closed", text=None)
    return imported.retell(case, moment, word="closed", text=None)


def seq_of(case: Given, word: str) -> int:
    found: Case = standing_at(case)
    return next(recorded.seq for recorded in reversed(found.events) if recorded.event.word == word)


def without(word: str, *course: Did, rulebook: Rulebook, by: str = "zhao") -> Given:
    """A case that went this course, of which one event was then taken back, and that the customer has confirmed."""
    seq = seq_of(gone(*course, rulebook=rulebook), word)
    return gone(*course, Did(partial(mending.retract, seq=seq, reason="x"), 5, by), CONFIRMED, rulebook=rulebook)


def test_nobody_closes_on_an_investigation_that_was_taken_back() -> None:
    investigated = Did(partial(handling.investigate, text="worn"), 2, "li")
    case = without("investigated", investigated, RESOLVED, rulebook=INVESTIGATED)
    case.when(CLOSING).refused(
        Refused, "(resolved) rests on investigation, which was taken back since", "retract 202610-001 5 --reason"
    )
    back = gone(
        *(investigated, RESOLVED, Did(partial(mending.retract, seq=2, reason="x"), 5, "li"), CONFIRMED),
        *(Did(partial(mending.retract, seq=seq, reason="x"), 7, "li") for seq in (5, 3)),
        *(Did(partial(handling.investigate, text="torn"), 8, "li"),),
        *(
            Did(partial(closing.resolve, resolution="mended"), 9, "li"),
            Did(partial(closing.confirm, satisfied=True), 9),
        ),
        rulebook=INVESTIGATED,
    )
    assert back.when(CLOSING, at=hour(10)).case.status == "closed"


def test_nobody_closes_on_an_approval_that_was_taken_back() -> None:
    case = without("approved", PROPOSED, Did(planning.approve, 2, "zhao"), RESOLVED, rulebook=APPROVED)
    case.when(CLOSING).refused(Refused, "(resolved) rests on approval, which was taken back since")
    case.when(told_closed).refused(Refused, "(resolved) rests on approval, which was taken back since")


def test_nobody_closes_on_a_response_that_was_taken_back_after_the_customer_had_agreed() -> None:
    approved, heard = Did(planning.approve, 2, "zhao"), Did(handling.respond, 2, "li")
    agreed = Did(partial(planning.agree, agreed=True), 3, "li")
    case = without("responded", PROPOSED, approved, heard, agreed, RESOLVED, rulebook=HEARD, by="li")
    case.when(CLOSING).refused(Refused, "(agreed) rests on response, which was taken back since")


def test_nobody_closes_on_an_agreement_to_a_plan_that_had_no_approval_without_what_was_taken_back() -> None:
    # Customers at fault need an approval; it is given once that is so again, and the agreement came before it.
    liable = life(
        (f"{DEMANDS}\n", ""),
        ("approvals:", "approvals:\n  - {by: supervisor, when: {liability: customer}}"),
    )
    found = [
        Did(partial(handling.appraise, found=Appraisal(liability=(who,))), 1, "li") for who in ("customer", "maker")
    ]
    proposed = Did(partial(planning.propose, proposal=Proposal("explain")), 1, "li")
    agreed = Did(partial(planning.agree, agreed=True), 2, "li")
    course = (*found, proposed, agreed)
    seq = [r.seq for r in standing_at(gone(*course, rulebook=liable)).events if r.event.word == "appraised"][-1]
    back = Did(partial(mending.retract, seq=seq, reason="x"), 3, "li")
    case = gone(*course, back, Did(planning.approve, 3, "zhao"), RESOLVED, CONFIRMED, rulebook=liable)
    case.when(CLOSING).refused(Refused, "(agreed) rests on approval, which was taken back since")


def test_what_was_taken_back_and_given_again_before_the_resolution_is_there() -> None:
    again = gone(
        *(PROPOSED, Did(planning.approve, 2, "zhao"), Did(partial(mending.retract, seq=3, reason="x"), 2, "zhao")),
        *(Did(planning.approve, 3, "qian"), RESOLVED, CONFIRMED),
        rulebook=APPROVED,
    )
    assert again.when(CLOSING).case.status == "closed"
    advised = gone(
        *(Did(partial(handling.investigate, text="worn"), 1, "li"),),
        *(Did(partial(mending.retract, seq=2, reason="x"), 2, "li"),),
        *(Did(partial(handling.investigate, text="torn"), 3, "li"), RESOLVED, CONFIRMED),
        rulebook=INVESTIGATED,
    )
    assert advised.when(CLOSING).case.status == "closed"


def test_nobody_resolves_past_a_plan_that_was_declined() -> None:
    declined = Did(partial(planning.decline, reason="too dear"), 2, "zhao")
    case = gone(PROPOSED, declined, rulebook=APPROVED)
    case.when(partial(closing.resolve, resolution="mended")).refused(
        Refused, "plan 1 of 202610-001 was declined", "propose 202610-001 --disposition … makes a new version"
    )


def test_nobody_closes_past_an_approval_if_no_resolution_is_demanded() -> None:
    gone(PROPOSED, rulebook=FREE).when(CLOSING).refused(Refused, "plan 1 of 202610-001 waits for the approval")
