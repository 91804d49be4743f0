"""Triage: what the case is about, how urgent it is, and whose it is."""

from afterservice_cli import deadlines
from afterservice_cli.cases.case import Case, Moment
from afterservice_cli.cases.checks import check_changeable, check_reason
from afterservice_cli.cases.events import CaseAssigned, CaseClassified, Event
from afterservice_cli.errors import Refused
from afterservice_cli.rulebook.matching import Finding, find_category, find_owner, find_priority
from afterservice_cli.rulebook.model import Rulebook


def classify(
    case: Case, moment: Moment, *, category: str | None = None, priority: str | None = None, reason: str | None = None
) -> list[Event]:
    """Give the case another category or priority by hand, or run the rules over it again.

    By hand needs a reason. The rules touch only what a rule or a default gave: what a person or an import said
    stays. An owner given by rule follows the category. Returns no event where nothing changes.
    """
    check_changeable(case, moment)
    rulebook = moment.rulebook
    why = check_reason(reason, "a correction by hand") if category or priority else reason
    if case.description is None and not (category or priority):
        raise Refused(f"the words of {case.number} are erased; no rule can read them", hint="give --category by hand")
    if category:
        about = Finding("category", rulebook.known("category", category), "person")
    else:
        about = _standing(case, "category") or find_category(rulebook, case.text())
    facts = {**case.facts(), "category": about.value}
    if priority:
        rank = Finding("priority", rulebook.known("priority", priority), "person")
    else:
        rank = _standing(case, "priority") or _not_below_raised(
            case, rulebook, find_priority(rulebook, case.text(), facts)
        )
    owner = _by_hand(case, "owner") or find_owner(rulebook, about.value)
    findings = tuple(f for f in (about, rank, owner) if _differs(case, f))
    if not findings:
        return []
    settings, dropped = deadlines.moved(case, rulebook, {**facts, "priority": rank.value}, moment.now)
    moves_on = about.value != case.value("category")
    collaborators = rulebook.categories[about.value].collaborators if moves_on else None
    return [CaseClassified(moment.at, findings, collaborators, settings, dropped, why)]


def assign(
    case: Case,
    moment: Moment,
    *,
    owner: str | None = None,
    collaborators: tuple[str, ...] | None = None,
    reason: str | None = None,
) -> list[Event]:
    """Give the case to another owner by hand, with a reason, or to the one the rules name.

    Returns no event where nothing changes.
    """
    check_changeable(case, moment)
    rulebook = moment.rulebook
    by_hand = owner is not None or collaborators is not None
    why = check_reason(reason, "an assignment by hand") if by_hand else reason
    if owner:
        finding = Finding("owner", rulebook.known("owner", owner), "person")
    elif by_hand:
        finding = case.given["owner"].finding
    else:
        finding = _by_hand(case, "owner") or find_owner(rulebook, case.value("category"))
    beside = case.collaborators
    if collaborators is not None:
        beside = tuple(dict.fromkeys(rulebook.known("owner", name) for name in collaborators))
    if not _differs(case, finding) and beside == case.collaborators:
        return []
    findings = (finding,) if _differs(case, finding) else ()
    return [CaseAssigned(moment.at, findings, beside, (), why)]


def _standing(case: Case, field: str) -> Finding | None:
    """The finding about the words of a case that stands: given by hand, or by words that have been erased since."""
    return _by_hand(case, field) if case.description is not None else case.given[field].finding


def _by_hand(case: Case, field: str) -> Finding | None:
    """The finding that stands because no rule gave it; None where the rules may decide again."""
    finding = case.given[field].finding
    return None if finding.by == "rule" else finding


def _not_below_raised(case: Case, rulebook: Rulebook, found: Finding) -> Finding:
    """What reopening raised, no rule about the text lowers again."""
    given = case.given["priority"].finding
    ranks = list(rulebook.priorities)
    raised = (given.rule or "").startswith("closing.") and given.value in ranks
    return given if raised and ranks.index(given.value) <= ranks.index(found.value) else found


def _differs(case: Case, finding: Finding) -> bool:
    return finding != case.given[finding.field].finding
