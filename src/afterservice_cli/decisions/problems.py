"""Problems: what cases have in common, how one opens by itself or by hand, gathers its cases, and is closed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NoReturn

from afterservice_cli import deadlines
from afterservice_cli.cases.case import ENDED, Case, Event
from afterservice_cli.cases.events.general import MessageWritten
from afterservice_cli.cases.events.problems import CaseGathered, ProblemClosed, ProblemNoted, ProblemOpened
from afterservice_cli.cases.fold import evolve_all
from afterservice_cli.cases.problems import ProblemState
from afterservice_cli.cases.values import Assessment, Finding, Numbered
from afterservice_cli.deadlines.specs import warned
from afterservice_cli.decisions.checks import (
    check_ahead,
    check_changeable,
    check_kept,
    check_kept_for,
    check_role_for,
    check_time,
    check_used,
)
from afterservice_cli.decisions.facts import counted_anew, placing_facts
from afterservice_cli.decisions.mending import retract
from afterservice_cli.decisions.triage import BY_HAND, assess, differs, ranked
from afterservice_cli.errors import BadInput, Conflict, NotFound, Refused
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_text import check_text, optional_text
from afterservice_cli.language import listed, sentence, tr, translated
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.sections.problems import ProblemKind
from afterservice_cli.rulebook.values import same_text
from afterservice_cli.rulebook.vocabulary import HEAD_OF
from afterservice_cli.time.durations import Duration, parse_duration
from afterservice_cli.time.instants import to_local_text

FIELD = "field:"  # so begins what cases share if it is a field of the rulebook
ALARM = sentence("{title} {problem}: {same}, {count} cases: {cases}")
Same = Mapping[str, str]


class NewProblem(Frozen):
    """What somebody wants of a problem that they open: what it is called and of which kind, whose it is, until when."""

    title: str | None = None
    pattern: str | None = None
    team: str | None = None
    due_at: datetime | None = None
    text: str | None = None


# --- what cases share -----------------------------------------------------------------------------------------------


def shared(case: Case, kind: ProblemKind) -> Same | None:
    """Return what a case shares with others of a kind of problem; None if it lacks some of it, or is void."""
    if case.status == "void" or case.erased or not kind.same:
        return None
    facts = case.facts()
    found = {fact: facts.get(fact.removeprefix(FIELD)) for fact in kind.same}
    same = {fact: value for fact, value in found.items() if value}
    return same if len(same) == len(found) else None


def bounds(rulebook: Rulebook, kind: ProblemKind, at: datetime) -> tuple[datetime, datetime]:
    """Return since when and until when cases came in that may count together with one that came in then."""
    within = parse_duration(kind.within or "")
    return rulebook.calendar.back(at, within), ahead(rulebook, at, within)


def ahead(rulebook: Rulebook, at: datetime, duration: Duration) -> datetime:
    """Return when so much time has gone by since then; days go on to the same time of day, unlike those of a deadline.

    So what is counted before something and after it is counted as long.
    """
    if duration.unit != "d":
        return rulebook.calendar.add(at, duration)
    return (at.astimezone(rulebook.zone) + timedelta(days=duration.amount)).astimezone(UTC)


def alarming(
    rulebook: Rulebook, kind: ProblemKind, came: Sequence[tuple[str, datetime]], case: Case
) -> tuple[tuple[str, datetime], ...]:
    """Return the cases that open a problem with this one: as many as the rulebook says came in within its time.

    With them are those that came in later. None if there are too few. `came` has the cases that share it, this one
    among them, in the order in which they came in.
    """
    within = parse_duration(kind.within or "")
    for last, (_, end) in enumerate(came, 1):
        since = rulebook.calendar.back(end, within)
        group = [one for one in came[:last] if one[1] >= since]
        if end >= case.registered_at >= since and len(group) >= (kind.count or 0):
            return (*group, *came[last:])
    return ()


# --- opening and gathering ------------------------------------------------------------------------------------------


def raised(moment: Moment, *, kind: ProblemKind, same: Same, numbered: Numbered) -> ProblemOpened:
    """Return the problem that opens by itself since enough cases share the same."""
    return _opened(moment, kind, same, numbered, NewProblem())


def open_by_hand(moment: Moment, *, wanted: NewProblem, cases: Sequence[Case], numbered: Numbered) -> ProblemOpened:
    """Return the problem that somebody opens, of these cases; what they share is what further cases join it by.

    Raises `BadInput` if it is nobody's, or if the cases do not share what its kind asks for.
    """
    rulebook = moment.rulebook
    check_used(rulebook.problems, "problems", "problem", rulebook)
    check_time(moment)
    check_ahead(wanted.due_at, moment, tr("the given time"))
    kind = rulebook.problems[rulebook.known("kind of problem", wanted.pattern)] if wanted.pattern else None
    team = rulebook.known("role", wanted.team) if wanted.team else kind.by if kind else None
    if team is None:
        raise BadInput(tr("nobody has this problem yet"), hint=tr("add {options}", options="--by …, --kind …"))
    check_kept_for(moment, "problem open", team)
    if not wanted.title or not wanted.title.strip():
        raise BadInput(tr("a problem needs a title – say in a few words what it is"))
    same = _in_common(kind, cases) if kind else {}
    said = wanted.but(
        team=team,
        title=check_text(wanted.title, tr("the title")),
        text=optional_text(wanted.text, tr("the text")),
    )
    return _opened(moment, kind, same, numbered, said)


def _in_common(kind: ProblemKind, cases: Sequence[Case]) -> Same:
    """Return what all of these cases share of what a kind asks for; nothing without cases."""
    found: Same = {}
    for case in cases:
        theirs = shared(case, kind) or {}
        differing = [
            fact for fact in kind.same if not theirs.get(fact) or theirs[fact] != found.get(fact, theirs[fact])
        ]
        if differing:
            raise BadInput(
                tr(
                    "{case} does not share {fact} with the others (problems.{kind}.same)",
                    case=case.number,
                    fact=differing[0],
                    kind=kind.id,
                ),
                hint=tr("open it of another kind, or leave the case out"),
            )
        found = theirs
    return found


def _opened(
    moment: Moment, kind: ProblemKind | None, same: Same, numbered: Numbered, wanted: NewProblem
) -> ProblemOpened:
    """Return the opening of a problem, due when somebody said so, else by the task of its kind."""
    rulebook, task = moment.rulebook, kind.task if kind else None
    due_at, warn_at, duration = wanted.due_at, None, ""
    if due_at is None and task is not None:
        calendar, duration = rulebook.calendar, task.within
        due_at = calendar.add(moment.at, parse_duration(duration))
        warn_at = warned(task.warn, calendar, duration, moment.at, due_at)
    return ProblemOpened(
        at=moment.at,
        problem=numbered.number,
        series=numbered.series,
        serial=numbered.serial,
        pattern=kind.id if kind else "",
        same=same,
        team=wanted.team or (kind.by if kind else ""),
        due_at=due_at,
        warn_at=warn_at,
        duration=duration,
        rule=f"problems.{kind.id}.task.within" if duration and kind else "",
        title=wanted.title,
        text=wanted.text,
    )


def refuse_second(other: str) -> NoReturn:
    """Refuse a second open problem for what the cases of another one share."""
    raise Conflict(
        tr("{problem} is open for the same", problem=other),
        hint=f"afterservice problem show {other}",
    )


def gather(case: Case, moment: Moment, *, problem: ProblemState) -> list[Event]:
    """Let a case belong to a problem; a closed one may, too."""
    check_kept(case, moment, "problem add")
    check_changeable(case, moment, closed=True)
    check_running(problem)
    if problem.number in case.problems:
        raise Refused(
            tr("{case} belongs to {problem} already", case=case.number, problem=problem.number),
            hint=f"afterservice problem show {problem.number}",
            rule="gathered",
        )
    return [gathering(case, moment, problem)]


def assess_known(
    case: Case, moment: Moment, *, found: Assessment, problem: ProblemState | None = None, text: str | None = None
) -> list[Event]:
    """Record the initial check of a case; it belongs to the known `problem` then, if one is named."""
    events = assess(case, moment, found=found, text=text)
    if problem is None or problem.number in case.problems:
        return events
    check_running(problem)
    after = evolve_all(case, events, moment.rulebook.hash, moment.actor)
    return [*events, gathering(after, moment, problem)]


def joining(case: Case, moment: Moment, *, problem: ProblemState) -> list[Event]:
    """Let a case belong to a problem since it shares what that one's cases do, whoever may add one by hand."""
    return [gathering(case, moment, problem)]


def gathering(case: Case, moment: Moment, problem: ProblemState) -> CaseGathered:
    """Return the event by which a case belongs to a problem, with what that gives it.

    What somebody said of the case stays; priority and owner follow by the rules. A closed case is given nothing.
    """
    event = CaseGathered(moment.at, problem.number, problem.pattern)
    kind = moment.rulebook.problems.get(problem.pattern)
    if case.status in ENDED or kind is None:
        return event
    given = [
        Finding(name, value, "problem", f"problems.{kind.id}.set.{name}")
        for name, value in kind.sets.items()
        if _free(case, name) and case.facts().get(name) != value
    ]
    if not given:
        return deadlines.following(case, event, moment)
    changed = case.but(fields={**case.fields, **{found.field: found.value for found in given}})
    facts = counted_anew(case, moment, placing_facts(changed, moment.rulebook))
    rank, owner, person = ranked(case, moment.rulebook, facts)
    findings = (*given, *(found for found in (rank, owner) if differs(case, found)))
    mine = person if person != case.person else None
    return deadlines.following(case, event.but(findings=findings, person=mine), moment)


def _free(case: Case, name: str) -> bool:
    """Tell whether nobody has said what a field is: it is empty, or a rule or another problem found its value."""
    decided = case.decided.get(name)
    return not case.facts().get(name) or (decided is not None and decided.finding.by not in BY_HAND)


def leave(case: Case, moment: Moment, *, problem: ProblemState, reason: str) -> list[Event]:
    """Take a case out of a problem: the event by which it belongs there is taken back, and what that gave it."""
    check_kept(case, moment, "problem drop")
    check_running(problem)
    mine = [r for r in case.standing if isinstance(r.event, CaseGathered) and r.event.problem == problem.number]
    if not mine:
        raise NotFound(
            tr("{case} does not belong to {problem}", case=case.number, problem=problem.number),
            hint=f"afterservice problem show {problem.number}",
        )
    return retract(case, moment, seq=mine[-1].seq, reason=reason)


def alarm(moment: Moment, kind: ProblemKind, problem: ProblemState, cases: Collection[str]) -> Iterator[MessageWritten]:
    """Yield what those are told whom the rulebook names, once for each role: who it is about, and where to look."""
    rulebook, told, language = moment.rulebook, set[str](), moment.rulebook.language
    text = translated(
        ALARM,
        language,
        title=kind.title[language],
        problem=problem.number,
        count=len(cases),
        same=same_text(rulebook, problem.same, language),
        cases=listed(cases, language),
    )
    for role in kind.tell:
        people = rulebook.holders(role, "")
        left = tuple(person for person in (people[:1] if role.startswith(HEAD_OF) else people) if person not in told)
        if left or not people:
            yield MessageWritten(moment.at, f"problems.{kind.id}", role, left, None, language, text)
        told.update(left)


# --- its course -----------------------------------------------------------------------------------------------------


def note(problem: ProblemState, moment: Moment, *, text: str) -> ProblemNoted:
    """Write something down about a problem, closed or not, unless its words were erased."""
    _check_since(problem, moment)
    if problem.erased:
        raise Refused(
            tr("what was personal in {case} is erased; nothing is added to it", case=problem.number),
            hint=tr("open another: afterservice problem open …"),
            rule="erased",
        )
    return ProblemNoted(moment.at, check_text(text, tr("the note")))


def close(problem: ProblemState, moment: Moment, *, text: str | None, unjudged: Sequence[str]) -> ProblemClosed:
    """Close a problem with what came of it; refused while measures of it, the `unjudged`, are not judged."""
    check_kept_for(moment, "problem close", problem.team)
    kind = problem.pattern
    check_role_for(moment, problem.team, problem.number, f"problems.{kind}.by" if kind else "--by")
    check_running(problem)
    _check_since(problem, moment)
    if unjudged:
        raise Refused(
            tr(
                "measures of {problem} are not judged yet: {measures}",
                problem=problem.number,
                measures=listed(unjudged),
            ),
            hint=f'afterservice measure judge {unjudged[0]} --effective … "…"',
            rule="unjudged",
        )
    if not text or not text.strip():
        raise BadInput(
            tr("closing a problem needs its result"), hint=f'afterservice problem close {problem.number} "…"'
        )
    return ProblemClosed(moment.at, check_text(text, tr("the result")))


def check_running(problem: ProblemState) -> None:
    """Refuse changes of a problem that is closed."""
    if problem.closed_at is not None:
        raise Refused(
            tr("{problem} is closed and cannot be changed", problem=problem.number),
            hint=tr("open another: afterservice problem open …"),
            rule="problem-closed",
        )


def _check_since(problem: ProblemState, moment: Moment) -> None:
    """Refuse a time in the future, or before the problem was opened."""
    check_time(moment)
    if moment.at < problem.opened_at:
        opened = to_local_text(problem.opened_at, moment.rulebook.zone)
        raise BadInput(
            tr(
                "{number} was opened at {at}; nothing about it can have happened before",
                number=problem.number,
                at=opened,
            )
        )
