"""Intake: a draft becomes a case with category, priority, owner and deadlines, and says why."""

from datetime import datetime
from functools import partial
from typing import Any

import pytest

from afterservice_cli.cases.case import Event
from afterservice_cli.cases.events.closing import CaseClosed
from afterservice_cli.cases.events.general import EventRetracted
from afterservice_cli.cases.events.intake import CaseRegistered, FileAttached
from afterservice_cli.cases.values import Customer, DeadlineSpec, Finding, Numbered, Source
from afterservice_cli.decisions import intake
from afterservice_cli.errors import BadInput, Refused
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.model import Rulebook
from given import LATER, SMALL, Outcome, came_in, decided, given, hour, rules

NUMBER = Numbered("202610-001", "202610-*", 1)


def registering(
    facts: dict[str, str | None],
    rulebook: Rulebook = SMALL.rulebook,
    *,
    at: datetime | None = None,
    now: datetime = LATER,
    customer_id: str | None = None,
    **draft: Any,
) -> Outcome:
    def register(moment: Moment) -> list[Event]:
        wanted = intake.Draft(facts, customer=Customer(customer_id), **draft)
        return [*intake.register(moment, draft=wanted, numbered=NUMBER)]

    return decided(register, Moment(now, at or now, "ann", rulebook))


def findings(event: Any) -> dict[str, tuple[str, str, str | None, tuple[str, ...]]]:
    return {finding.field: (finding.value, finding.by, finding.rule, finding.phrases) for finding in event.findings}


def test_one_event_carries_all_that_the_rules_gave() -> None:
    registering({"channel": "phone", "description": "Broken, and it LEAKS"}, at=hour(0)).then(
        CaseRegistered(
            at=hour(0),
            case="202610-001",
            series="202610-*",
            serial=1,
            channel="phone",
            kind=None,
            product=None,
            fields={},
            customer_id=None,
            findings=(
                Finding("category", "product.defect", "rule", "categories.product.defect.match", ("broken", "leaks")),
                Finding("priority", "P3", "default", "default.priority"),
                Finding("owner", "tech", "rule", "categories.product.owner"),
            ),
            collaborators=("quality",),
            deadlines=(
                DeadlineSpec(
                    *("respond", 1, hour(0), "8wh", hour(9), ("responded",), False, False),
                    "priorities.P3.targets.respond",
                ),
                DeadlineSpec(
                    *("resolve", 1, hour(0), "2wd", hour(57), ("resolved",), False, False),
                    "categories.product.targets.resolve",
                ),
            ),
            description="Broken, and it LEAKS",
        )
    )


def test_what_no_rule_knows_gets_the_defaults_and_counts_as_unclassified() -> None:
    outcome = registering({"channel": "phone", "description": "hm"})
    assert findings(outcome.events[0]) == {
        "category": ("other", "default", "default.category", ()),
        "priority": ("P3", "default", "default.priority", ()),
        "owner": ("service", "default", "default.owner", ()),
    }
    assert not outcome.case.classified
    assert outcome.case.stage == "triage"


def test_a_classified_case_is_ready_for_handling() -> None:
    assert given(came_in("broken")).when(lambda case, moment: []).case.stage == "handling"


def test_the_rules_see_fields_and_the_category_they_gave() -> None:
    event = registering({"channel": "phone", "description": "broken", "tier": "VIP"}).events[0]
    assert findings(event)["priority"] == ("P1", "rule", "priorities.P1.when[2]", ())


def test_what_a_person_or_an_import_gives_stands_and_the_rest_follows() -> None:
    event = registering({"channel": "phone", "description": "broken"}, category="billing", by="import").events[0]
    assert findings(event) == {
        "category": ("billing", "import", None, ()),
        "priority": ("P3", "default", "default.priority", ()),
        "owner": ("finance", "rule", "categories.billing.owner", ()),
    }
    event = registering({"channel": "phone", "description": "hm"}, priority="P1", owner="Quality").events[0]
    assert findings(event)["priority"] == ("P1", "person", None, ())
    assert findings(event)["owner"] == ("quality", "person", None, ())
    assert isinstance(event, CaseRegistered)
    assert [spec.duration for spec in event.deadlines] == ["1h", "24h"]


def test_facts_are_split_by_who_may_see_them_for_ever() -> None:
    source = Source("p", "b", "i", "d")
    event = registering(
        {
            "channel": "E-mail",
            "kind": "complaint",
            "product": "X-1",
            "tier": "vip",
            "price": "12.5",
            "bought_on": "2026-10-01",
            "scene": " at home ",
            "customer": "Ann",
            "contact": "555",
            "description": " hm ",
        },
        customer_id="c1",
        source=source,
    ).events[0]
    assert isinstance(event, CaseRegistered)
    assert (event.channel, event.kind, event.product) == ("email", "complaint", "X-1")
    assert event.fields == {"tier": "vip", "price": "12.5", "bought_on": "2026-10-01"}
    assert event.details == {"scene": "at home"}
    assert (event.customer, event.contact, event.description) == ("Ann", "555", "hm")
    assert (event.customer_id, event.source) == ("c1", source)


def test_what_is_required_and_missing_is_said_at_once_with_its_options() -> None:
    rulebook = rules(("[channel, description]", "[description, tier, product]"))
    facts: dict[str, str | None] = {"kind": "question", "description": "  ", "product": None}
    registering(facts, rulebook).refused(
        BadInput, "requires channel, description, tier, product", "--channel …", "--field tier=…"
    )


def test_an_anonymous_case_is_refused_where_the_rulebook_takes_none() -> None:
    rulebook = rules(("[channel, description]}", "[channel, description], customer: either}"))
    facts: dict[str, str | None] = {"channel": "phone", "description": "hm"}
    registering(facts, rulebook).refused(BadInput, "no anonymous cases", "--customer", "--contact")
    assert registering({**facts, "customer": "Ann"}, rulebook).events
    assert registering({**facts, "contact": "555"}, rulebook).events


def test_a_name_needs_its_contact_where_the_rulebook_wants_both_or_none() -> None:
    rulebook = rules(("[channel, description]}", "[channel, description], customer: both_or_none}"))
    facts: dict[str, str | None] = {"channel": "phone", "description": "hm"}
    assert registering(facts, rulebook).events
    assert registering({**facts, "customer": "Ann", "contact": "555"}, rulebook).events
    registering({**facts, "customer": "Ann"}, rulebook).refused(
        BadInput, "requires contact (intake.customer: both_or_none)", "add --contact …"
    )
    registering({**facts, "contact": "555"}, rulebook).refused(BadInput, "requires customer (intake.customer")


def test_both_name_and_contact_may_be_required() -> None:
    rulebook = rules(("[channel, description]}", "[channel, description], customer: both}"))
    facts: dict[str, str | None] = {"channel": "phone", "description": "hm"}
    registering(facts, rulebook).refused(BadInput, "requires customer (intake.customer: both), contact (intake")
    assert registering({**facts, "customer": "Ann", "contact": "555"}, rulebook).events


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"channel": "phon"}, "unknown channel 'phon' – write 'phone'"),
        ({"kind": "complain"}, "unknown kind 'complain' – write 'complaint'"),
        ({"tier": "gold"}, "unknown tier 'gold' – write one of normal, vip"),
        ({"teir": "vip"}, "unknown field 'teir' – write 'tier'"),
        ({"price": "a lot"}, "price must be a number"),
        ({"bought_on": "1 October"}, "bought_on must be a date"),
        ({"description": "x" * 100_001}, "more than 100,000 characters"),
        ({"customer": "\udcff"}, "customer holds bytes that are not UTF-8"),
        ({"customer": "A\ud83d"}, "customer holds U+D83D, half a character"),
        ({"customer": "A\ude00"}, "customer holds U+DE00, half a character"),
    ],
)
def test_facts_that_the_rulebook_does_not_know_are_refused(facts: dict[str, str | None], message: str) -> None:
    registering({"channel": "phone", "description": "hm", **facts}).refused(BadInput, message)


@pytest.mark.parametrize(
    ("by_hand", "message"),
    [
        ({"category": "product"}, "unknown category 'product'"),
        ({"category": "product.defects"}, "write 'product.defect'"),
        ({"priority": "P9"}, "unknown priority 'P9'"),
        ({"owner": "techs"}, "unknown owner 'techs' – write 'tech'"),
    ],
)
def test_a_category_priority_or_owner_that_is_not_there_is_refused(by_hand: dict[str, Any], message: str) -> None:
    registering({"channel": "phone", "description": "hm"}, **by_hand).refused(BadInput, message)


def test_the_value_of_a_personal_fact_is_never_repeated() -> None:
    rulebook = rules(("price: {title: Price, type: number}", "price: {title: A, type: number, personal: true}"))
    outcome = registering({"channel": "phone", "description": "hm", "price": "secret"}, rulebook)
    with pytest.raises(BadInput) as refusal:
        _ = outcome.events
    assert "secret" not in f"{refusal.value.message}{refusal.value.hint}"


def test_a_case_cannot_be_received_in_the_future() -> None:
    facts: dict[str, str | None] = {"channel": "phone", "description": "hm"}
    registering(facts, at=hour(2), now=hour(1)).refused(BadInput, "lies in the future")
    assert registering(facts, at=hour(1), now=hour(1)).events[0].at == hour(1)


def test_the_best_supported_category_wins_then_the_earlier_and_one_that_is_ruled_out_never() -> None:
    two_against_one = registering({"channel": "phone", "description": "refund the invoice, it is broken"}).events[0]
    assert findings(two_against_one)["category"][0] == "billing"
    one_each = registering({"channel": "phone", "description": "refund, it is broken"}).events[0]
    assert findings(one_each)["category"][0] == "product.defect"
    ruled_out = registering({"channel": "phone", "description": "I wish it were not broken"}).events[0]
    assert findings(ruled_out)["category"][0] == "product.defect"


def test_missing_facts_come_in_the_order_of_the_rulebook() -> None:
    rulebook = rules(("[channel, description]}", "[tier, description], customer: either}"))
    assert intake.missing_facts(rulebook, {}) == ["channel", "description", "tier", "customer or contact"]
    assert intake.missing_facts(rulebook, {"contact": "5", "tier": "vip"}) == ["channel", "description"]


# --- files ------------------------------------------------------------------------------------------------------

PHOTO, LETTER = intake.StoredFile("d1" * 32, 3, "photo.jpg"), intake.StoredFile("d2" * 32, 5, "letter.pdf")
ATTACHED = FileAttached(hour(1), PHOTO.digest, 3, "photo.jpg", "of the door")


def test_every_file_is_an_event_of_its_own() -> None:
    given(came_in()).when(partial(intake.attach, files=[PHOTO, LETTER], text=" of the door "), at=hour(1)).then(
        ATTACHED, FileAttached(hour(1), LETTER.digest, 5, "letter.pdf", "of the door")
    )


def test_content_that_a_case_has_is_no_news_whatever_it_is_called() -> None:
    given(came_in(), ATTACHED).when(partial(intake.attach, files=[PHOTO.but(name="other.jpg")])).then()
    again = [LETTER, PHOTO, LETTER.but(name="other.pdf")]
    given(came_in(), ATTACHED).when(partial(intake.attach, files=again), at=hour(2)).then(
        FileAttached(hour(2), LETTER.digest, 5, "letter.pdf")
    )


def test_a_file_taken_back_may_come_again() -> None:
    before = given(came_in(), ATTACHED, EventRetracted(hour(2), 2))
    assert before.when(partial(intake.attach, files=[LETTER])).case.attached == (LETTER.digest,)
    before.when(partial(intake.attach, files=[PHOTO])).then(FileAttached(LATER, PHOTO.digest, 3, "photo.jpg"))


def test_a_closed_or_void_case_takes_no_file() -> None:
    given(came_in(), CaseClosed(hour(1))).when(partial(intake.attach, files=[PHOTO])).refused(
        Refused, "is closed", "reopen"
    )
    given(came_in(), EventRetracted(hour(1), 1)).when(partial(intake.attach, files=[PHOTO])).refused(
        Refused, "was taken back"
    )


def test_a_file_comes_neither_before_its_case_nor_in_the_future() -> None:
    given(came_in()).when(partial(intake.attach, files=[PHOTO]), at=hour(-1)).refused(BadInput, "was registered at")
    given(came_in()).when(partial(intake.attach, files=[PHOTO]), at=hour(2), now=hour(1)).refused(BadInput, "future")


def test_a_refusal_has_the_exit_code_of_its_kind() -> None:
    assert (BadInput.exit_code, Refused.exit_code) == (3, 6)
