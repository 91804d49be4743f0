"""Triage: the customer is told that it came in, what it is about, how urgent it is, and whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from afterservice_cli import deadlines
from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.events.triage import CaseAcknowledged, CaseAssessed, CaseAssigned, CaseClassified
from afterservice_cli.cases.values import Assessment, By, Finding
from afterservice_cli.decisions.checks import (
    check_ahead,
    check_changeable,
    check_may,
    check_open,
    check_reason,
    check_used,
    team_and_person,
)
from afterservice_cli.decisions.facts import counted_anew, placing_facts
from afterservice_cli.decisions.messages import way_to
from afterservice_cli.decisions.requirements import CommandInput
from afterservice_cli.errors import BadInput, Refused
from afterservice_cli.input_text import optional_text
from afterservice_cli.language import tr
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.matching import find_category, find_owner, find_priority, find_values
from afterservice_cli.rulebook.model import Facts, Rulebook

BY_HAND = ("person", "import")  # what gave a value that no rule replaces
CONSEQUENCES = ("escalation", "reopening")  # what raised a priority that no rule lowers, or took a case from a team


def acknowledge(
    case: Case,
    moment: Moment,
    *,
    channel: str | None = None,
    promised_at: datetime | None = None,
    text: str | None = None,
) -> list[Event]:
    """Record that the customer knows the case has come in, and by when to expect an answer.

    Without `promised_at` it is the time promised before, else the next deadline by which the case is to be resolved.
    """
    check_changeable(case, moment)
    check_may(case, moment, "acknowledge", CommandInput(text))
    check_ahead(promised_at, moment, tr("the promised time"))
    due = [d.spec.due_at for d in case.deadlines if d.unanswered and d.spec.until == ("resolved",) and d.spec.counts]
    promise = promised_at or case.promised_at or min((at for at in due if at > moment.at), default=None)
    through = way_to(case, moment.rulebook, channel)
    return [CaseAcknowledged(moment.at, through, promise, optional_text(text, tr("the text")))]


def assess(
    case: Case,
    moment: Moment,
    *,
    found: Assessment,
    text: str | None = None,
) -> list[Event]:
    """Record the initial check, in which None keeps what there is; its `visit` is one that the rulebook names."""
    rulebook = moment.rulebook
    check_used(rulebook.assessment, "assessment", "assess", rulebook)
    check_open(case, moment, "assess", CommandInput(text))
    if found == Assessment():
        raise BadInput(tr("the assessment says nothing"), hint=tr("add --known yes|no, --visit … or --warranty yes|no"))
    if found.known_from == case.number:
        raise BadInput(tr("{case} cannot be known from itself – name another case", case=case.number))
    before = case.assessment or Assessment()
    is_known = True if found.known_from else before.known if found.known is None else found.known
    event = CaseAssessed(
        moment.at,
        is_known,
        found.known_from or (before.known_from if is_known else None),
        rulebook.known("visit", found.visit) if found.visit else before.visit,
        before.warranty if found.warranty is None else found.warranty,
        optional_text(text, tr("the text")),
    )
    return [deadlines.following(case, event, moment)]


def classify(
    case: Case, moment: Moment, *, category: str | None = None, priority: str | None = None, reason: str | None = None
) -> list[Event]:
    """Give the case another category or priority by hand, or run the rules over it again.

    By hand needs a reason. What a person or an import said stays. The rules lower no priority that an escalation or
    a reopening raised, and give no case back to a team from which one took it; otherwise an owner that no person
    gave follows the category. Returns no event if nothing changes.
    """
    check_changeable(case, moment)
    check_may(case, moment, "classify", CommandInput(reason))
    by_hand = bool(category or priority)
    why = check_reason(reason, tr("a correction by hand")) if by_hand else _checked(reason)
    return placing(case, moment, category=category, priority=priority, reason=why)


def choose(case: Case, moment: Moment, *, category: str, suggested: int, reason: str | None = None) -> list[Event]:
    """Give a case that nothing has classified the category that a person chose of those suggested.

    `suggested` is its place among them. Nothing is corrected, so it needs no reason.
    """
    check_changeable(case, moment)
    check_may(case, moment, "classify", CommandInput(reason))
    check_unplaced(case)
    chosen = placing(case, moment, category=category, reason=_checked(reason))
    return [event.but(suggested=suggested) for event in chosen]


def check_unplaced(case: Case) -> None:
    """Refuse a case that has its category already: nothing is suggested for it."""
    if case.classified:
        raise Refused(
            tr("{case} has its category; nothing is suggested for it", case=case.number),
            hint=tr('another by hand: afterservice classify {case} --category … --reason "…"', case=case.number),
            rule="classified",
        )


def placing(
    case: Case,
    moment: Moment,
    *,
    category: str | None = None,
    priority: str | None = None,
    reason: str | None = None,
    by: By = "person",
) -> list[Event]:
    """Return what the case is classified as, as `by` gives it or else the rules; no event if that changes nothing."""
    rulebook = moment.rulebook
    facts = placing_facts(case, rulebook)
    values = _values(case, rulebook)
    facts = counted_anew(case, moment, facts | {found.field: found.value or None for found in values})
    if category:
        about = Finding("category", rulebook.known("category", category), by)
    else:
        about = _fixed(case, "category") or find_category(rulebook, case.text(), facts)
    facts = counted_anew(case, moment, facts | {"category": about.value})
    given = Finding("priority", rulebook.known("priority", priority), by) if priority else None
    rank, owner, person = ranked(case, rulebook, facts, given)
    findings = tuple(f for f in (about, rank, owner, *values) if differs(case, f))
    if not findings:
        return []
    moves_on = about.value != case.value("category")
    collaborators = rulebook.collaborators(about.value) if moves_on else None
    mine = person if person != case.person else None  # who has it keeps it, but for another team
    event = CaseClassified(moment.at, findings, collaborators, reason=reason, person=mine)
    return [deadlines.following(case, event, moment)]


def ranked(
    case: Case, rulebook: Rulebook, facts: Facts, given: Finding | None = None
) -> tuple[Finding, Finding, str | None]:
    """Return the priority and the owner of the case, and its person, by the rules if these are its facts.

    What somebody gave by hand stays; `given` is the priority that somebody is about to give.
    """
    found = given or _fixed(case, "priority")
    rank = found or _not_below_raised(case, rulebook, find_priority(rulebook, case.text(), facts))
    owner, person = _owner(case, rulebook, {**facts, "priority": rank.value})
    return rank, owner, person


def assign(
    case: Case,
    moment: Moment,
    *,
    owner: str | None = None,
    collaborators: tuple[str, ...] | None = None,
    reason: str | None = None,
) -> list[Event]:
    """Give the case to a team, or to a person of one, by hand and with a reason; or to the team the rules name.

    Returns no event if nothing changes.
    """
    check_changeable(case, moment)
    check_may(case, moment, "assign", CommandInput(reason))
    rulebook = moment.rulebook
    by_hand = owner is not None or collaborators is not None
    why = check_reason(reason, tr("an assignment by hand")) if by_hand else _checked(reason)
    person = case.person
    if owner:
        team, person = team_and_person(rulebook, owner, case.value("owner"))
        finding = Finding("owner", team, "person")
    elif by_hand:
        finding = case.decided["owner"].finding
    else:
        finding, person = _owner(case, rulebook, placing_facts(case, rulebook))
    along = case.collaborators
    if collaborators is not None:
        along = tuple(dict.fromkeys(rulebook.known("owner", name) for name in collaborators))
    if not differs(case, finding) and (along, person) == (case.collaborators, case.person):
        return []
    findings = (finding,) if differs(case, finding) else ()
    return [deadlines.following(case, CaseAssigned(moment.at, findings, along, (), why, person), moment)]


def handed(case: Case, moment: Moment, *, owner: str | None, person: str | None, reason: str) -> list[Event]:
    """Return that an imported row now names another owner or person; no event if that changes nothing."""
    before = case.decided["owner"].finding
    finding = Finding("owner", moment.rulebook.known("owner", owner), "import") if owner else before
    moves = finding.value != before.value
    if not moves and person in (None, case.person):
        return []
    mine = person or (None if moves else case.person)
    event = CaseAssigned(moment.at, (finding,) if moves else (), case.collaborators, (), reason, mine)
    return [deadlines.following(case, event, moment)]


def _checked(reason: str | None) -> str | None:
    """Return the reason why the rules are run again, which need none."""
    return optional_text(reason, tr("the reason"))


def _values(case: Case, rulebook: Rulebook) -> list[Finding]:
    """Return what phrases say of the kind and the fields that nobody has given; "" if they say nothing any more."""
    if case.description is None:
        return []
    decided = [name for name, entry in case.decided.items() if entry.finding.by != "problem"]
    by_rule = [field for field in decided if field == "kind" or field in rulebook.fields]
    facts = {name: value for name, value in placing_facts(case, rulebook).items() if name not in by_rule}
    found = find_values(rulebook, case.text(), facts)
    gone = set(by_rule).difference(finding.field for finding in found)
    return [*found, *(Finding(name, "", "default", _place_of(name)) for name in sorted(gone))]


def _place_of(field: str) -> str:
    """Return where a rulebook says what may be found of a field that phrases decide."""
    return "kinds" if field == "kind" else f"fields.{field}"


def _fixed(case: Case, field: str) -> Finding | None:
    """Return the finding that the words of a case cannot change, since it was given by hand."""
    finding = case.decided[field].finding
    return finding if finding.by in BY_HAND else None


def _not_below_raised(case: Case, rulebook: Rulebook, found: Finding) -> Finding:
    """Return the priority that the rules found, or the one to which the case was raised if that is not lower."""
    ranks = list(rulebook.priorities)
    raised = next((finding for finding in _findings(case, "priority") if finding.by in CONSEQUENCES), None)
    if raised is None or raised.value not in ranks:
        return found
    return raised if ranks.index(raised.value) <= ranks.index(found.value) else found


def _owner(case: Case, rulebook: Rulebook, facts: Facts) -> tuple[Finding, str | None]:
    """Return the owner and the person of the case if these are its facts, by the rules unless they may not decide."""
    current = case.decided["owner"].finding
    moves = facts["category"] != case.value("category")
    if current.by in BY_HAND or (current.by in CONSEQUENCES and not moves):
        return current, case.person
    found, person = find_owner(rulebook, case.text(), facts)
    late = {before.value for after, before in pairwise(_findings(case, "owner")) if after.by in CONSEQUENCES}
    if found.value in late or found == current:
        return current, case.person
    return found, person or (case.person if found.value == current.value else None)


def _findings(case: Case, field: str) -> Iterator[Finding]:
    """Yield all findings of a field, the newest first."""
    for recorded in reversed(case.standing):
        yield from (finding for finding in recorded.event.findings if finding.field == field)


def differs(case: Case, finding: Finding) -> bool:
    """Tell whether a case has another finding there, or none."""
    before = case.decided.get(finding.field)
    return before is None or finding != before.finding
