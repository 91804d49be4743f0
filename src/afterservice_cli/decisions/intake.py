"""Intake: a case comes in, is classified, ranked, given an owner and its deadlines, all at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from afterservice_cli import deadlines
from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.events.intake import CaseRegistered, FileAttached
from afterservice_cli.cases.values import By, Customer, DeadlineSpec, Finding, Numbered, Source
from afterservice_cli.decisions.checks import check_changeable, check_time, split_facts
from afterservice_cli.errors import BadInput
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_text import check_text, optional_text
from afterservice_cli.language import listed, tr
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.calling import fact_called, thing_called
from afterservice_cli.rulebook.earlier import counter, earlier_facts
from afterservice_cli.rulebook.matching import Count, find, find_category, find_values
from afterservice_cli.rulebook.model import Facts, Rulebook
from afterservice_cli.rulebook.phrases.seen import read
from afterservice_cli.rulebook.values import kept_apart
from afterservice_cli.rulebook.windows import derived
from afterservice_cli.time.durations import parse_duration

T = TypeVar("T")
WHO = ("customer", "contact")  # what says who the customer is, and how to reach them
EITHER = "customer or contact"


class Draft(Frozen):
    """What is known of a case before it is one. `facts` holds channel, kind, customer… and the declared fields.

    Category, priority, owner and person are None if the rules shall decide; `by` says who gave the others. `customer`
    is None until somebody has looked whose it is. `earlier` are the customer's earlier cases that counted, if that is
    known already.
    """

    facts: Mapping[str, str | None]
    category: str | None = None
    priority: str | None = None
    owner: str | None = None
    by: By = "person"
    source: Source | None = None
    customer: Customer | None = None
    person: str | None = None
    source_number: str | None = None
    earlier: Mapping[str, tuple[str, ...]] = {}


class StoredFile(Frozen):
    """A file as the store has it: the SHA-256 of its content, its bytes, and what it was called."""

    digest: str
    size: int
    name: str


class Placing(Frozen):
    """What a new case is given: category, priority, owner, perhaps a person, who works along, its first deadlines.

    `earlier` are the customer's earlier cases that counted. After the first three, `findings` has the values that
    phrases give to fields.
    """

    findings: tuple[Finding, ...]
    person: str | None
    collaborators: tuple[str, ...]
    deadlines: tuple[DeadlineSpec, ...]
    earlier: Mapping[str, tuple[str, ...]]


class Checked(Frozen):
    """A draft that lacks nothing: its facts, public and personal apart."""

    draft: Draft
    public: Mapping[str, str]
    personal: Mapping[str, str]


def is_long_ago(rulebook: Rulebook, at: datetime, now: datetime) -> bool:
    """Tell whether a case that came in then is older than one that is registered by hand may be without a question."""
    back = rulebook.intake.back
    return back is not None and rulebook.calendar.add(at, parse_duration(back)) < now


def register(moment: Moment, *, draft: Draft | Checked, numbered: Numbered) -> list[CaseRegistered]:
    """Make a draft a case that was received at `moment.at`.

    Raises `BadInput` if the draft lacks what the rulebook requires, or says what the rulebook does not know.
    """
    rulebook = moment.rulebook
    check_time(moment)
    whole = draft if isinstance(draft, Checked) else complete(rulebook, draft, moment.now)
    draft, public, personal = whole.draft, {**whole.public}, {**whole.personal}
    placing = place(rulebook, draft, {**personal, **public}, moment.at)
    of_customer = {name: _known_from(draft, name) for name in rulebook.of_customer if name in {**public, **personal}}
    event = CaseRegistered(
        at=moment.at,
        case=numbered.number,
        series=numbered.series,
        serial=numbered.serial,
        channel=public.pop("channel"),
        kind=public.pop("kind", None),
        product=public.pop("product", None),
        fields=present(kept_apart(rulebook, public)),
        customer_id=draft.customer.id if draft.customer else None,
        findings=placing.findings,
        collaborators=placing.collaborators,
        deadlines=placing.deadlines,
        source=draft.source,
        source_number=draft.source_number,
        customer=personal.pop("customer", None),
        contact=personal.pop("contact", None),
        description=personal.pop("description", None),
        details=present(kept_apart(rulebook, personal)) or None,
        person=placing.person,
        of_customer=of_customer,
        earlier=placing.earlier,
    )
    return [event]


def read_ahead(rulebook: Rulebook, draft: Draft) -> None:
    """Read what stands in a draft's text, which takes longest, so that `register` need not while others wait for it."""
    if not draft.category:
        read(rulebook, _text(_said(draft))).deciding()


def place(rulebook: Rulebook, draft: Draft, facts: Mapping[str, str], at: datetime) -> Placing:
    """Return what a case with these checked facts is given if it comes in then: by the draft, or else by the rules."""
    values = (("category", draft.category), ("priority", draft.priority), ("owner", draft.owner))
    given = {field: _given(rulebook, draft, field, value) for field, value in values if value}
    return placed(rulebook, given, facts, at, draft)


def placed(
    rulebook: Rulebook, given: Mapping[str, Finding], facts: Mapping[str, str], at: datetime, draft: Draft
) -> Placing:
    """Return what a case with these facts is given if it comes in then: what is `given`, and the rest by the rules.

    Of the draft nothing counts but the person whom it names, and the customer's earlier cases.
    """
    known: dict[str, str | None] = {**facts, **derived(rulebook, facts, at)}
    count = _count(rulebook, draft, at)
    found = find(rulebook, _text(facts), known, given, count)
    category, priority = found.category, found.priority
    known |= {each.field: each.value for each in (*found.values, category, priority)}
    owner, person = given.get("owner"), draft.person
    if owner is None:
        owner, person = found.owner, person or found.person
        if draft.person and owner.value not in (teams := rulebook.teams_of(draft.person)) and len(teams) == 1:
            owner = Finding("owner", teams[0], draft.by)
    known["owner"] = owner.value
    earlier = count(known) if count else {}
    known |= earlier_facts(earlier)
    return Placing(
        (category, priority, owner, *found.values),
        person,
        rulebook.collaborators(category.value),
        tuple(deadlines.first_of(rulebook, at, known, 1)),
        earlier,
    )


def _count(rulebook: Rulebook, draft: Draft, at: datetime) -> Count | None:
    """Return what says which earlier cases count for one that comes in then; None if nothing is counted of nobody's."""
    if draft.earlier:
        return lambda _: {name: cases for name, cases in draft.earlier.items() if name in rulebook.earlier}
    if not rulebook.earlier or draft.customer is None or draft.customer.id is None:
        return None
    cases = draft.customer.cases
    return counter(rulebook, cases[: bisect_right(cases, at, key=lambda case: case.registered_at)], at)


def attach(case: Case, moment: Moment, *, files: Iterable[StoredFile], text: str | None = None) -> list[Event]:
    """Record files that came with a case; content that it has already is left out, whatever its name."""
    check_changeable(case, moment)
    words = optional_text(text, tr("the note"))
    known = set(case.attached)
    events: list[Event] = []
    for file in files:
        if file.digest not in known:
            known.add(file.digest)
            events.append(FileAttached(moment.at, file.digest, file.size, file.name, words))
    return events


def complete(rulebook: Rulebook, draft: Draft, now: datetime) -> Checked:
    """Return the draft with its facts, checked, public and personal apart; `BadInput` names those that are missing."""
    public, personal = checked(rulebook, draft, now)
    facts = {**public, **personal}
    category = _given(rulebook, draft, "category", draft.category).value if draft.category else None
    if missing := missing_facts(rulebook, facts, category=category):
        raise demand(rulebook, facts, missing, category)
    return Checked(draft, public, personal)


def checked(rulebook: Rulebook, draft: Draft, now: datetime) -> tuple[dict[str, str], dict[str, str]]:
    """Return the draft's facts, checked, public and personal apart, whatever is missing.

    What earlier cases say of the customer counts if the draft says nothing of it.
    """
    known = {name: known.value for name, known in draft.customer.known.items()} if draft.customer else {}
    filled = {**known, **_said(draft)}
    public, personal = split_facts(rulebook, filled, now)
    return present(public), present(personal)


def _said(draft: Draft) -> dict[str, str]:
    return {name: value for name, value in draft.facts.items() if value is not None and value.strip()}


def _known_from(draft: Draft, name: str) -> str:
    """Return the earlier case from which a field of the customer is known; "" if the draft says it."""
    return "" if name in _said(draft) or draft.customer is None else draft.customer.known[name].case


def missing_facts(rulebook: Rulebook, facts: Mapping[str, str | None], *, category: str | None = None) -> list[str]:
    """Return what the rulebook still requires of a case with these facts (ids), in the rulebook's order.

    A kind and a category may require more; without one it is what the rules find in the description. What phrases give
    a field its value is not missing.
    """
    required, by_category = _required(rulebook, facts.get("kind")), _categories_require(rulebook)
    by_kind = not facts.get("kind") and _found_kinds_require(rulebook)
    if by_category or by_kind or not all(map(facts.get, required)):
        facts = with_found(rulebook, facts)
        required = _required(rulebook, facts.get("kind"))
        if by_category:
            required = tuple(dict.fromkeys((*required, *_required_by(rulebook, category or _found(rulebook, facts)))))
    missing = [name for name in required if not facts.get(name)]
    return [*missing, *(name for name in missing_of_customer(rulebook, facts) if name not in missing)]


def with_found(rulebook: Rulebook, facts: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return facts with what phrases say of the kind and the fields that nobody has given, as of no time yet."""
    said = {name: value for name, value in facts.items() if value}
    found = find_values(rulebook, said.get("description") or "", {**derived(rulebook, said, None), **said})
    return {**facts, **{finding.field: finding.value for finding in found}}


def missing_of_customer(rulebook: Rulebook, facts: Mapping[str, str | None]) -> list[str]:
    """Return what `intake.customer` still asks for: name, contact, or `EITHER` of them."""
    rule, missing = rulebook.intake.customer, [name for name in WHO if not facts.get(name)]
    if rule == "either":
        return [EITHER] if missing == [*WHO] else []
    return missing if rule == "both" or (rule == "both_or_none" and len(missing) == 1) else []


def _required(rulebook: Rulebook, kind: str | None) -> tuple[str, ...]:
    """Return what is required of every case of a kind, whatever its category."""
    known: dict[str | None, tuple[str, ...]] = rulebook.remembered.setdefault("required", {})
    entry = rulebook.kinds.get(kind or "")
    if entry is None:
        kind = None
    if kind not in known:
        # Without a channel nobody could answer, without a description nothing could be decided.
        required = ("channel", "description", *rulebook.intake.require, *(entry.require if entry else ()))
        known[kind] = tuple(dict.fromkeys(required))
    return known[kind]


def _categories_require(rulebook: Rulebook) -> bool:
    """Tell whether any category requires facts."""
    return rulebook.once("categories require", lambda rules: any(entry.require for entry in rules.categories.values()))


def _found_kinds_require(rulebook: Rulebook) -> bool:
    """Tell whether a kind that a case may be found to be requires facts."""
    return rulebook.once(
        "found kinds require", lambda rules: any(entry.found and entry.require for entry in rules.kinds.values())
    )


def _required_by(rulebook: Rulebook, category: str) -> Iterator[str]:
    """Yield what a category requires, and those above it."""
    while category:
        yield from rulebook.categories[category].require if category in rulebook.categories else ()
        category = category.rpartition(".")[0]


def _found(rulebook: Rulebook, facts: Facts) -> str:
    """Return the category that the rules find for these facts, as of a time that nobody knows yet."""
    return find_category(rulebook, facts.get("description") or "", {**derived(rulebook, facts, None), **facts}).value


def demand(
    rulebook: Rulebook, facts: Mapping[str, str | None], missing: Sequence[str], category: str | None
) -> BadInput:
    """Return the refusal of a case that lacks what is `missing`, with the kind or category that requires each."""
    named = [name for name in missing if name != EITHER]
    if not named:
        return BadInput(
            tr("the rulebook takes no anonymous cases (intake.customer)"),
            hint=tr("add --customer … or --contact …, whichever is known"),
        )
    options = " ".join(f"--{name} …" if name not in rulebook.fields else f"--field {name}=…" for name in named)
    return BadInput(
        tr("the rulebook requires {facts}", facts=_demanding(rulebook, facts, named, category)),
        hint=tr("add {options}", options=options),
    )


def _demanding(rulebook: Rulebook, facts: Mapping[str, str | None], named: list[str], category: str | None) -> str:
    """Name what is missing, each with the kind or category that requires it, if not all cases do."""
    facts, whole = with_found(rulebook, facts), {"channel", "description", *rulebook.intake.require}
    kind = facts.get("kind") or ""
    of_kind = rulebook.kinds[kind].require if kind in rulebook.kinds else ()
    about = category or _found(rulebook, facts)
    asked = missing_of_customer(rulebook, facts)

    def asking(name: str) -> str:
        fact = fact_called(name, rulebook)
        if name in whole:
            return fact
        if name in of_kind:
            return tr("{fact} of kind {kind}", fact=fact, kind=thing_called("kind", kind, rulebook))
        if name in asked:
            return tr("{fact} (intake.customer: {rule})", fact=fact, rule=rulebook.intake.customer)
        return tr("{fact} of category {category}", fact=fact, category=thing_called("category", about, rulebook))

    return listed(map(asking, named))


def present(values: Mapping[str, T | None]) -> dict[str, T]:
    """Return the facts that are known."""
    return {name: value for name, value in values.items() if value is not None}


def _given(rulebook: Rulebook, draft: Draft, field: str, value: str) -> Finding:
    return Finding(field, rulebook.known(field, check_text(value, field)), draft.by)


def _text(facts: Mapping[str, str]) -> str:
    return facts.get("description") or ""
