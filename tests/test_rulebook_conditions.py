"""Conditions: whether they hold of a case, and for want of what they do not."""

from collections.abc import Sequence

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

import rulebooks
from afterservice_cli.rulebook.conditions import failing, holds
from afterservice_cli.rulebook.document.notes import Notes
from afterservice_cli.rulebook.document.schema import FORMS
from afterservice_cli.rulebook.document.schema_types import ListOf, shape_of
from afterservice_cli.rulebook.document.yaml_nodes import read_document
from afterservice_cli.rulebook.phrases.looking import Looking
from afterservice_cli.rulebook.phrases.seen import Seen
from afterservice_cli.rulebook.sections.forms import Comparison, Condition
from afterservice_cli.rulebook.sections.reading import Reading

FACTS = {"tier": "vip", "kind": "complaint", "amount": "500", "scene": "kitchen", "category": "product.defect"}
FACTS |= {"bought_on": "2026-02-28", "hoped_for": "2026-10-16T10:00:00Z", "local hoped_for": "2026-10-16 18:00"}
FACTS |= {"late_at": "2026-10-16T10:00:30Z", "local late_at": "2026-10-16 18:00:30"}
SEEN = Seen("it leaks and smokes", lambda: Looking({}, Reading()))


def read(text: str) -> Sequence[Condition]:
    """The conditions that stand under `when:`."""
    document, notes = read_document(text.encode(), "when.yaml"), Notes()
    found: Sequence[Condition] = ListOf(shape_of(Condition, FORMS)).read(document, (), notes)
    assert not notes.faults
    return found


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("{tier: vip, kind: complaint}", ""),
        ("{tier: normal}", "tier is vip, not normal"),
        ("{tier: [normal, silver]}", "tier is vip, not normal or silver"),
        ("{category: product}", ""),
        ("{fault: pump}", "fault is unknown, not pump"),
        ("{amount: {over: 1000}}", "amount is 500, not over 1000"),
        ("{amount: {at_least: 600, under: 900.5}}", "amount is 500, not at least 600 and under 900.5"),
        ("{bought_on: {under: 2026-03-01}}", ""),
        ("{bought_on: {over: 2026-02-28}}", "bought_on is 2026-02-28, not after 2026-02-28"),
        ("{bought_on: {at_least: 2026-02-28, at_most: 2026-02-28}}", ""),
        ("{bought_on: {under: 2026-02-28}}", "bought_on is 2026-02-28, not before 2026-02-28"),
        ("{bought_on: {at_least: 2026-03-01}}", "bought_on is 2026-02-28, not on or after 2026-03-01"),
        ("{hoped_for: {at_most: 2026-10-16}}", ""),  # all of that day
        ("{hoped_for: {at_most: 2026-10-16 18:00, at_least: 2026-10-16 18:00}}", ""),
        ("{hoped_for: {under: 2026-10-16 18:00}}", "hoped_for is 2026-10-16 18:00, not before 2026-10-16 18:00"),
        ("{hoped_for: {over: 2026-10-16}}", "hoped_for is 2026-10-16 18:00, not after 2026-10-16"),
        ("{hoped_for: {over: 2026-10-16 9:30}}", ""),
        ("{late_at: {over: 2026-10-16 18:00}}", ""),
        ("{tier: {over: 2026-10-16}}", "tier is vip, not after 2026-10-16"),  # from when the field was a date
        ("{bought_on: {over: 7}}", "bought_on is 2026-02-28, not over 7"),
        ("{fault: {over: 2026-10-16}}", "fault is unknown, not after 2026-10-16"),
        ("{scene: bath}", "scene is not bath"),
        ("{match: leaks}", ""),
        ("{match: [fire, broken]}", "the text has none of “fire”, “broken”"),
        ("{match: [a1, b2, c3, d4]}", "the text has none of “a1”, “b2”, “c3”…"),
        ("{match: leaks, unless: smokes}", "the text has “smokes”"),
        ("{not: {tier: vip, match: smokes}}", "tier is vip and the text has “smokes”"),
        ("{not: {any: [{tier: normal}, {kind: complaint}, {tier: vip}]}}", "kind is complaint"),
        ("{not: {all: [{tier: vip}, {kind: complaint}]}}", "tier is vip and kind is complaint"),
        ("{not: {scene: kitchen}}", "what must not hold does"),
        ("{any: [{tier: normal}, {kind: question}]}", "tier is vip, not normal and kind is complaint, not question"),
        ("{any: [{tier: normal}, {kind: complaint}]}", ""),
        ("{all: [{tier: vip}, {kind: question}]}", "kind is complaint, not question"),
        ("[{tier: normal}, {tier: vip}]", ""),
        ("[{tier: normal}, {kind: question}]", "tier is vip, not normal; kind is complaint, not question"),
        ("[]", ""),
    ],
)
def test_the_part_that_fails_is_named(text: str, lacks: str) -> None:
    conditions = read(text)
    assert failing(conditions, SEEN, FACTS, {"scene"}) == lacks
    assert holds(conditions, SEEN, FACTS) == (not lacks)


WORDS = st.sampled_from(["vip", "normal", "leaks", "fire", "500"])
FIELDS = st.dictionaries(
    st.sampled_from(["tier", "scene", "amount", "fault"]),
    st.one_of(
        st.lists(WORDS, min_size=1, max_size=2).map(tuple), st.builds(Comparison, over=st.sampled_from([1.0, 900.0]))
    ),
    max_size=2,
)
PLAIN = st.builds(
    Condition,
    fields=FIELDS,
    match=st.lists(WORDS, max_size=2).map(tuple),
    unless=st.lists(WORDS, max_size=1).map(tuple),
)


def with_others(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, max_size=2).map(tuple)
    return st.builds(Condition, fields=FIELDS, any=several, all=several, none=st.none() | inner)


@forall(st.lists(st.recursive(PLAIN, with_others, max_leaves=6), max_size=2))
def test_something_is_named_if_and_only_if_nothing_holds(conditions: list[Condition]) -> None:
    said = failing(conditions, SEEN, FACTS, {"scene"})
    assert holds(conditions, SEEN, FACTS) == (not said)
    assert "kitchen" not in said


@pytest.mark.parametrize(
    ("rule", "there"),
    [
        ("priorities.P1.when[2]", True),
        *((rule, False) for rule in ("priorities.P1.when[9]", "priorities.P1.when[0]", "priorities.P9.when[1]")),
        *((rule, False) for rule in ("default.priority", "categories.product.owner", "", "priorities.P1.targets.ask")),
        (None, False),
    ],
)
def test_a_condition_is_found_by_the_rule_that_a_finding_names(rule: str | None, there: bool) -> None:
    condition = rulebooks.rulebook("play").condition(rule)
    assert (condition is not None) == there
    assert condition is None or [*condition.fields.items()] == [("tier", ["vip"])]
