"""Triage: the customer is told that it came in, what it is about, how urgent it is, and whose it is."""

from datetime import datetime

from afterservice_cli import deadlines
from afterservice_cli.cases.case import Case, Event, Moment
from afterservice_cli.cases.events.triage import CaseAcknowledged, CaseAssessed, CaseAssigned, CaseClassified
from afterservice_cli.decisions.checks import (
    check_ahead,
    check_changeable,
    check_may,
    check_open,
    check_reason,
    check_text,
    check_used,
)
from afterservice_cli.errors import BadInput, Refused, nearest
from afterservice_cli.rulebook.matching import Finding, find_category, find_owner, find_priority
from afterservice_cli.rulebook.model import Rulebook

ESCALATED = "escalation["
RAISING = ("closing.", ESCALATED)  # rules that raise a priority for what happened, not for what the text says


def acknowledge(
    case: Case,
    moment: Moment,
    *,
    channel: str | None = None,
    promised_at: datetime | None = None,
    text: str | None = None,
) -> list[Event]:
    """Record that the customer knows the case has come in, and by when to expect an answer.

    Without a promise it is the one that the customer has, else the deadline by which the case is to be resolved.
    """
    check_changeable(case, moment)
    check_may(case, moment, "acknowledge")
    check_ahead(promised_at, moment, "the promised time")
    due = [d.spec.due_at for d in case.deadlines if d.unanswered and d.spec.until == "resolved"]
    promise = promised_at or case.promised_at or min((at for at in due if at > moment.at), default=None)
    through = moment.rulebook.known("channel", channel) if channel else case.channel
    return [CaseAcknowledged(moment.at, through, promise, check_text(text, "the text") if text else None)]


def assess(
    case: Case,
    moment: Moment,
    *,
    known: bool | None = None,
    known_from: str | None = None,
    visit: str | None = None,
    warranty: bool | None = None,
    text: str | None = None,
) -> list[Event]:
    """Record the initial check; `visit` is one of the rulebook's ways to go on. What is left out stays as it was."""
    rulebook = moment.rulebook
    check_used(rulebook.visits, "assessment", "assess", rulebook)
    check_open(case, moment, "assess")
    if known is None and known_from is None and visit is None and warranty is None:
        raise BadInput("the assessment says nothing", hint="add --known yes|no, --visit … or --warranty yes|no")
    if known_from == case.number:
        raise BadInput(f"{case.number} cannot be known from itself – name another case")
    before = case.assessment or dict.fromkeys(("known", "known_from", "visit", "warranty"))
    is_known = True if known_from else before["known"] if known is None else known
    return [
        CaseAssessed(
            moment.at,
            is_known,
            known_from or (before["known_from"] if is_known else None),
            rulebook.known("visit", visit) if visit else before["visit"],
            before["warranty"] if warranty is None else warranty,
            check_text(text, "the text") if text else None,
        )
    ]


def classify(
    case: Case, moment: Moment, *, category: str | None = None, priority: str | None = None, reason: str | None = None
) -> list[Event]:
    """Give the case another category or priority by hand, or run the rules over it again.

    By hand needs a reason. The rules touch only what a rule or a default gave: what a person or an import said
    stays. An owner given by rule follows the category. Returns no event where nothing changes.
    """
    check_changeable(case, moment)
    check_may(case, moment, "classify")
    why = check_reason(reason, "a correction by hand") if category or priority else reason
    if case.description is None and not (category or priority):
        raise Refused(
            f"the words of {case.number} are erased; no rule can read them",
            hint=f"afterservice classify {case.number} --category … --reason … by hand",
            rule="erased",
        )
    return placing(case, moment, category=category, priority=priority, reason=why)


def placing(
    case: Case, moment: Moment, *, category: str | None = None, priority: str | None = None, reason: str | None = None
) -> list[Event]:
    """The place that a case gets by hand, or by the rules, whoever lets them run; nothing where it has it already."""
    rulebook = moment.rulebook
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
    specs, dropped = deadlines.moved(case, rulebook, {**facts, "priority": rank.value}, moment.now)
    moves_on = about.value != case.value("category")
    collaborators = rulebook.categories[about.value].collaborators if moves_on else None
    return [CaseClassified(moment.at, findings, collaborators, specs, dropped, reason)]


def assign(
    case: Case,
    moment: Moment,
    *,
    owner: str | None = None,
    collaborators: tuple[str, ...] | None = None,
    reason: str | None = None,
) -> list[Event]:
    """Give the case to a team, or to a person of one, by hand and with a reason; or to the team the rules name.

    Returns no event where nothing changes.
    """
    check_changeable(case, moment)
    check_may(case, moment, "assign")
    rulebook = moment.rulebook
    by_hand = owner is not None or collaborators is not None
    why = check_reason(reason, "an assignment by hand") if by_hand else reason
    person = case.person
    if owner:
        team, person = _team_and_person(case, rulebook, owner)
        finding = Finding("owner", team, "person")
    elif by_hand:
        finding = case.decided["owner"].finding
    else:
        finding = _by_hand(case, "owner") or find_owner(rulebook, case.value("category"))
    if not owner and finding.value != case.value("owner"):
        person = None
    beside = case.collaborators
    if collaborators is not None:
        beside = tuple(dict.fromkeys(rulebook.known("owner", name) for name in collaborators))
    if not _differs(case, finding) and (beside, person) == (case.collaborators, case.person):
        return []
    findings = (finding,) if _differs(case, finding) else ()
    return [CaseAssigned(moment.at, findings, beside, (), why, person)]


def _team_and_person(case: Case, rulebook: Rulebook, owner: str) -> tuple[str, str | None]:
    """The team, and the person of it, that `TEAM`, `PERSON` or `TEAM/PERSON` names."""
    team, slash, name = owner.rpartition("/")
    titles = {title: person for person, entry in rulebook.people.items() for title in entry["title"].values()}
    person = name if name in rulebook.people else titles.get(name)
    if slash:
        team = rulebook.known("owner", team)
        people = rulebook.holders(team, team)
        if person not in people:
            raise BadInput(f"{team} has no such person – write {nearest(name, people)}")
        return team, person
    if person is None or owner in rulebook.owners:
        return rulebook.known("owner", owner), None
    teams = rulebook.teams_of(person)
    if case.value("owner") in teams:
        return case.value("owner"), person
    if len(teams) != 1:
        if not teams:
            raise BadInput(f"{person} belongs to no team – write {nearest(owner, tuple(rulebook.owners))}")
        raise BadInput(f"{person} is in {', '.join(teams)} – write TEAM/{person}")
    return teams[0], person


def _standing(case: Case, field: str) -> Finding | None:
    """The finding about the words of a case that stands: given by hand, or by words that have been erased since."""
    return _by_hand(case, field) if case.description is not None else case.decided[field].finding


def _by_hand(case: Case, field: str) -> Finding | None:
    """The finding that stands because no rule gave it; None where the rules may decide again."""
    finding = case.decided[field].finding
    handed_on = (finding.rule or "").startswith(ESCALATED)  # the team that was late does not get it back
    return None if finding.by == "rule" and not handed_on else finding


def _not_below_raised(case: Case, rulebook: Rulebook, found: Finding) -> Finding:
    """What reopening raised, no rule about the text lowers again."""
    given = case.decided["priority"].finding
    ranks = list(rulebook.priorities)
    raised = (given.rule or "").startswith(RAISING) and given.value in ranks
    return given if raised and ranks.index(given.value) <= ranks.index(found.value) else found


def _differs(case: Case, finding: Finding) -> bool:
    return finding != case.decided[finding.field].finding
