"""What decisions check before they decide: the time, the state of the case, and values against the rulebook."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, time, tzinfo
from functools import partial
from typing import NamedTuple, NoReturn

from afterservice_cli.cases.case import SOLVED, Case
from afterservice_cli.cases.events import called
from afterservice_cli.cases.values import TASK
from afterservice_cli.decisions.requirements import NOTHING, CommandInput, check_demands, role_called
from afterservice_cli.errors import BadInput, Refused, nearest, typed
from afterservice_cli.input_text import NONE, check_text, narrow
from afterservice_cli.language import listed, sentence, tr
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.calling import state_called
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.values import read_value
from afterservice_cli.time.instants import LAST_YEAR, to_minute_text

OWN_FACTS = ("channel", "kind", "product")
OWN_PERSONAL = ("customer", "contact", "description")
ELSEWHERE = {
    "category": "classify",
    "priority": "classify",
    "owner": "assign",
    "received_at": sentence("retract, and register it anew"),
}
FIRST_CASE = 1970  # the year before which no case can have happened
# What other events come after, by their words.
_LEADING = (
    *("registered", "reopened", "paused", "proposed", "approved", "agreed"),
    *("resolved", "confirmed", "closed", "withdrawn"),
)


def check_time(moment: Moment, *, since: Case | None = None) -> None:
    """Refuse a time in the future, in a year that no case can have, or before the running cycle of `since` began."""
    if not FIRST_CASE <= moment.at.year <= LAST_YEAR:
        raise BadInput(
            tr(
                "the year {year} is no year for a case – write one from {first} to {last}",
                year=moment.at.year,
                first=FIRST_CASE,
                last=LAST_YEAR,
            )
        )
    if moment.at > moment.now:
        raise BadInput(
            tr("the given time lies in the future – write when it happened"), hint=tr("leave --at out for now")
        )
    if since is not None and moment.at < since.first_at["registered"]:
        begun = to_minute_text(since.first_at["registered"], moment.rulebook.zone, moment.at)
        raise BadInput(
            tr(
                "{case} was registered at {at}; nothing about it can have happened before",
                case=since.number,
                at=begun,
            )
            if since.cycle == 1
            else tr(
                "{case} was reopened at {at}; nothing about it can have happened before", case=since.number, at=begun
            ),
            hint=tr("the clock was ahead then: go on at that time, or register it anew and merge this one then")
            if since.first_at["registered"] > moment.now
            else "",
        )


def check_ahead(at: datetime | None, moment: Moment, what: str) -> None:
    """Refuse a time that is not later than `moment.at`, or beyond the years that a person can mean; None passes."""
    if at is None:
        return
    if at <= moment.at:
        raise BadInput(tr("{what} lies in the past – write when it will be", what=what))
    if at.year > LAST_YEAR:
        raise BadInput(
            tr(
                "{what} lies beyond the year {last} – write one that somebody will live to see",
                what=what,
                last=LAST_YEAR,
            )
        )


def on_its_day(case: Case, at: datetime, zone: tzinfo) -> datetime:
    """Return when something happened of which the day alone is known, its midnight: after what led to it that day."""
    local = at.astimezone(zone)
    if local.time() != time():
        return at
    led = (since for word in _LEADING for since in case.happened.get(word, ()))
    return max([at, *(since for since in led if since.astimezone(zone).date() == local.date())])


def check_order(case: Case, moment: Moment, *earlier: str) -> None:
    """Refuse what would have happened before one of the events that lead to it, such as `resolved`."""
    for word in earlier:
        at = max(case.happened.get(word, ()), default=None)
        if at is not None and moment.at < at:
            local = to_minute_text(at, moment.rulebook.zone, moment.at)
            raise BadInput(
                tr(
                    "{task} of {case} was done at {at}; this can have happened only after it",
                    task=word.removeprefix(TASK).removesuffix(".done"),
                    case=case.number,
                    at=local,
                )
                if word.startswith(TASK)
                else tr(
                    "{case} was {what} at {at}; this can have happened only after it",
                    case=case.number,
                    what=called(word),
                    at=local,
                )
            )


def check_changeable(case: Case, moment: Moment, *, closed: bool = False) -> None:
    """Refuse changes of a void case, of one that was erased, and of a closed one unless `closed` allows it."""
    check_unerased(case)
    if case.status == "void":
        _refuse_void(case)
    if case.status == "closed" and not closed:
        raise Refused(
            tr(
                "{case} is {state} and cannot be changed",
                case=case.number,
                state=state_called("closed", moment.rulebook),
            ),
            hint=tr("reopen it first: afterservice reopen {case} --reason …", case=case.number),
            rule="closed",
        )
    check_time(moment, since=case)


def check_unerased(case: Case) -> None:
    """Refuse changes of a case of which what was personal is erased."""
    if case.erased:
        raise Refused(
            tr("what was personal in {case} is erased; nothing is added to it", case=case.number),
            hint=tr("register it anew"),
            rule="erased",
        )


def _refuse_void(case: Case) -> NoReturn:
    """Say how a case was taken out of the register's running cases, and the way on from there."""
    number = case.number
    if case.merged_into:
        raise Refused(
            tr("{case} was merged into {into} and cannot be changed", case=number, into=case.merged_into),
            hint=tr("go on with {case}: afterservice show {case}", case=case.merged_into),
            rule="void",
        )
    if case.void_by == "screened":
        seq = next((r.seq for r in reversed(case.standing) if case.void_by == r.event.WORD), "…")
        raise Refused(
            tr("{case} was screened as invalid and cannot be changed", case=number),
            hint=tr("if that was a mistake: afterservice retract {case} {seq} --reason …", case=number, seq=seq),
            rule="void",
        )
    raise Refused(
        tr("{case} was taken back and cannot be changed", case=number), hint=tr("register it anew"), rule="void"
    )


def check_open(case: Case, moment: Moment, command: str, said: CommandInput = NOTHING) -> None:
    """Refuse a command of the time before the resolution if the case is resolved or vague, or by `check_may`."""
    check_changeable(case, moment)
    check_kept(case, moment, command)
    if case.status in SOLVED:
        raise Refused(
            tr(
                "{case} is {state}; {command} comes before that",
                case=case.number,
                state=state_called(case.status, moment.rulebook),
                command=command,
            ),
            hint=tr("afterservice confirm {case} --no, or afterservice reopen {case} --reason …", case=case.number),
            rule="resolved",
        )
    if case.screened == "vague":
        raise Refused(
            tr("{case} says too little and waits for detail (intake.vague)", case=case.number),
            hint=tr(
                'afterservice note {case} --from-customer "…", or afterservice screen {case} --valid', case=case.number
            ),
            rule="vague",
        )
    check_demands(case, moment.rulebook, command, said)


def check_used(used: object, section: str, command: str, rulebook: Rulebook) -> None:
    """Refuse a command if the rulebook has nothing for it: `used` is what its `section` holds."""
    if not used:
        raise Refused(
            tr("the rulebook {rulebook} does without {command}", rulebook=rulebook.name, command=command),
            hint=tr("`{section}:` in the rulebook would bring it; see docs/rulebook.md", section=section),
            rule="unused",
        )


def check_may(case: Case, moment: Moment, command: str, said: CommandInput = NOTHING) -> None:
    """Refuse a command that the rulebook keeps to others, or before which the case lacks what is demanded.

    Every decision asks this first of a case that can be changed, itself or by `check_open`.
    """
    check_kept(case, moment, command)
    check_demands(case, moment.rulebook, command, said)


def check_kept(case: Case, moment: Moment, command: str) -> None:
    """Refuse a command that the rulebook keeps to others, if any person has one of their roles."""
    check_kept_for(moment, command, case.value("owner"), case.person)


def check_kept_for(moment: Moment, command: str, owner: str, person: str | None = None) -> None:
    """Refuse what `check_kept` does, for what the team `owner` has, and perhaps one `person` of it."""
    roles = moment.rulebook.may.get(command)
    held = [who for role in roles or () for who in moment.rulebook.holders(role, owner, person)]
    people = list(dict.fromkeys(held))
    if roles is not None and people and moment.person not in people:
        raise Refused(
            tr(
                "{command} is kept to {roles} (may.{command}); {person} is none of them",
                command=command,
                roles=tr(" and ").join(role_called(role, moment.rulebook) for role in roles),
                person=moment.person,
            ),
            hint=tr("ask one of {people}", people=listed(people[:5])),
            rule="may",
        )


def check_role(case: Case, moment: Moment, role: str, doing: str, rule: str) -> None:
    """Refuse what is a role's in a case to whoever has it not, if any person has it.

    `rule` is where the rulebook says so.
    """
    check_role_for(moment, role, doing, rule, case.value("owner"), case.person)


def check_role_for(
    moment: Moment, role: str, doing: str, rule: str, owner: str = "", person: str | None = None
) -> None:
    """Refuse what `check_role` does, for what the team `owner` has, and perhaps one `person` of it."""
    people = moment.rulebook.holders(role, owner, person)
    if people and moment.person not in people:
        raise Refused(
            tr(
                "{doing} takes {role} ({rule}); {person} is not",
                doing=doing,
                role=role_called(role, moment.rulebook),
                rule=rule,
                person=moment.person,
            ),
            hint=tr("ask one of {people}", people=listed(people[:5])),
            rule="role",
        )


def split_facts(
    rulebook: Rulebook, values: Mapping[str, str | None], now: datetime
) -> tuple[dict[str, str | None], dict[str, str | None]]:
    """Check facts by name against the rulebook; return those for the history and the personal ones.

    Labels are accepted for ids; `now` is what `tomorrow 9:00` is read by. `BadInput` for an unknown field or value; the
    value of a personal field is never repeated.
    """
    known = rulebook.once("facts", _known_facts)
    public: dict[str, str | None] = {}
    personal: dict[str, str | None] = {}
    for name, value in values.items():
        fact = known.get(name)
        if fact is None:
            raise _no_fact(rulebook, name)
        kept = None
        if value is not None and not (fact.none and fact.none(value)):
            kept = check_text(value, name)
            if fact.read:
                kept = fact.read(kept, now)
        (personal if fact.personal else public)[name] = kept
    return public, personal


class _Known(NamedTuple):
    """A fact that can be set: whether it is personal, which values of it are none, and how a text is read as it."""

    personal: bool
    none: Callable[[str], bool] | None
    read: Callable[[str, datetime], str] | None


def _known_facts(rulebook: Rulebook) -> dict[str, _Known]:
    """Return the facts that can be set, by name."""
    personal = dict.fromkeys(OWN_FACTS, False) | {name: rulebook.is_personal(name) for name in rulebook.fields}
    personal |= dict.fromkeys(OWN_PERSONAL, True)
    return {
        name: _Known(is_private, NONE.get(name), _reading(rulebook, name))
        for name, is_private in personal.items()
        if name not in ELSEWHERE
    }


def _no_fact(rulebook: Rulebook, name: str) -> BadInput:
    if name in ELSEWHERE:
        return BadInput(tr("{field} is no fact to set – use {way}", field=name, way=tr(ELSEWHERE[name])))
    near = nearest(name, (*OWN_FACTS, *OWN_PERSONAL, *rulebook.fields))
    return BadInput(tr("unknown field '{field}' – write {known}", field=typed(name), known=near))


def check_value(rulebook: Rulebook, name: str, value: str, now: datetime) -> str:
    """Return the value as the register keeps it: the rulebook's id, an ISO date, a time in UTC, a trimmed text."""
    text, read = check_text(value, name), _reading(rulebook, name)
    return read(text, now) if read else text


def _reading(rulebook: Rulebook, name: str) -> Callable[[str, datetime], str] | None:
    """Return how a text is read as a fact; None if it is kept as it is."""
    field = rulebook.fields.get(name)
    if name in ("channel", "kind") or (field and field.type == "choice" and not (field.many or field.personal)):
        return lambda text, _: rulebook.known(name, text)
    if field is None or (field.type == "text" and not field.many):
        return None
    return partial(read_value, rulebook, name)


def others_called(case: Case, moment: Moment, role: str) -> str:
    """Return who holds a role in the case beside whoever acts, as a message names them."""
    holders = moment.rulebook.holders(role, case.value("owner"), case.person)
    others = listed(person for person in holders if person != moment.person)
    return others or tr("the rulebook names nobody else")


def check_number(text: str, name: str) -> str:
    """Return a number of at most 15 digits, two decimals and no sign, without needless zeros."""
    plain = narrow(text)
    if not re.fullmatch(r"(\d{1,15}|\d{1,3}(,\d{3}){1,4})(\.\d{1,2})?", plain, re.ASCII):
        raise BadInput(tr("{what} must be a number, such as 200, 99.50 or 1,200", what=name))
    whole, dot, part = plain.replace(",", "").partition(".")
    return f"{whole.lstrip('0') or '0'}{dot}{part}"


def check_reason(reason: str | None, what: str, option: str = "--reason") -> str:
    """Return the reason for `what`; `BadInput` if there is none."""
    if not reason or not reason.strip():
        raise BadInput(tr("{what} needs its reason", what=what), hint=tr("add {options}", options=f"{option} …"))
    return check_text(reason, tr("the reason"))


def team_and_person(rulebook: Rulebook, owner: str, likely: str = "") -> tuple[str, str | None]:
    """Return the team that `TEAM`, `PERSON` or `TEAM/PERSON` names, and the person; `BadInput` if it names none.

    Of a person in several teams it is the `likely` one.
    """
    team, slash, name = owner.rpartition("/")
    person = rulebook.person_called(name)
    if slash:
        team = rulebook.known("owner", team)
        people = rulebook.holders(team, team)
        if person not in people:
            raise BadInput(tr("{team} has no such person – write {known}", team=team, known=nearest(name, people)))
        return team, person
    if person is None or owner in rulebook.owners:
        return rulebook.known("owner", owner), None
    teams = rulebook.teams_of(person)
    if likely in teams:
        return likely, person
    if len(teams) != 1:
        if not teams:
            raise BadInput(
                tr(
                    "{person} belongs to no team – write {known}",
                    person=person,
                    known=nearest(owner, tuple(rulebook.owners)),
                )
            )
        raise BadInput(tr("{person} is in {teams} – write TEAM/{person}", person=person, teams=listed(teams)))
    return teams[0], person
