"""How a case came to what it has, in sentences for a person to read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo

from afterservice_cli.cases.values import PROMISED
from afterservice_cli.language import sentence, translated
from afterservice_cli.render.cases.case import OUT, basis_of, evidence, known_from, recorded_late, why, within_text
from afterservice_cli.render.cases.history import event_label, word_label
from afterservice_cli.render.conditions import Reader, condition_text, of_facts
from afterservice_cli.render.days import (
    counted_text,
    counting_line,
    day_text,
    days_told,
    moment_text,
    off_text,
    span_of_days,
)
from afterservice_cli.render.labels import with_id
from afterservice_cli.render.screen import Screen
from afterservice_cli.reports.cases.case import DecidedView, RivalView, UncountedView
from afterservice_cli.reports.cases.explained import (
    CountedView,
    DeadlineMove,
    Decision,
    ExplainedDeadline,
    ExplainedLimit,
    Explanation,
    TakenOut,
)
from afterservice_cli.rulebook.sections.forms import Condition
from afterservice_cli.rulebook.values import value_text
from afterservice_cli.rulebook.vocabulary import TIME
from afterservice_cli.time.durations import length_text, parse_period
from afterservice_cli.time.instants import from_text

CAUSES: Mapping[str, str] = {"calendar": sentence("the calendar of the adopted rulebook")}
PROMISE = sentence("the day that the customer was told")
WAITED = sentence("the time it waited since")
WHY: Mapping[str, str] = {
    "denied": sentence("{phrase} ({words}: denied)"),
    "calm": sentence("{phrase} ({words}: praise)"),
    "settled": sentence("{phrase} ({words}: settled since)"),
}
FEW = 4  # phrases of a list, of which those that were found stand above


def explained_lines(value: Explanation, screen: Screen) -> Iterator[str]:
    """Yield the case's number, each decision with its reason, then each deadline with how it came about."""
    yield value.case
    if value.taken_out:
        yield from _taken_out(value, value.taken_out, screen)
    for decision in value.decisions:
        shown = with_id(screen.title(decision.field, decision.value), decision.value)
        yield screen.said(screen.field_title(decision.field), shown or "–")
        yield f"  {_given(decision, screen)}"
        yield from condition_lines(decision, screen)
        yield from weighed_lines(decision, screen)
    yield from tied_lines(value.tied, screen)
    for known in value.known:
        event = f"{screen.label('event')} {known.seq}, {screen.minute(known.at)}"
        shown = value_text(screen.rulebook, known.field, known.value, screen.language)
        yield screen.said(screen.field_title(known.field), shown)
        yield f"  {known_from(known.case, screen.language)} [{event}]"
    for counted in value.earlier:
        yield from _counted(counted, screen)
    for deadline in value.deadlines:
        yield ""
        yield from _deadline(deadline, screen)
    for limit in value.limits:
        yield ""
        yield from _limit(limit, screen)


def _counted(counted: CountedView, screen: Screen) -> Iterator[str]:
    """Yield how many of the customer's earlier cases counted, then which, from which event on."""
    title = with_id(screen.title("earlier cases", counted.name), counted.name)
    yield screen.said(title, counted.count)
    cases = screen.joined(counted.cases) if counted.cases else "–"
    event = f"{screen.label('event')} {counted.seq}, {screen.minute(counted.at)}"
    yield f"  {cases} ← {counted.rule} [{event}; {_rules(counted.rulebook, screen)}]"


def condition_lines(decided: DecidedView, screen: Screen) -> Iterator[str]:
    """Yield what a rule of this rulebook asked beside the text to give a value, in words, if it asked anything."""
    condition = screen.rulebook.condition(decided.rule) if decided.rulebook == screen.rulebook.hash else None
    asked = of_facts(condition) if condition else None
    if asked:
        yield f"    {condition_text(asked, Reader(screen.rulebook, screen.language, FEW))}"


def weighed_lines(decided: DecidedView, screen: Screen) -> Iterator[str]:
    """Yield the next best category or kind, and what stands in the text and does not count, each in a line."""
    if decided.rival:
        title = screen.title(decided.field, decided.rival.value)
        best, said = with_id(title, decided.rival.value), evidence(decided.rival.phrases, screen.language)
        yield f"  {screen.tr('next best: {value} {phrases}', value=best, phrases=said)}".rstrip()
    if decided.uncounted:
        told = screen.joined([_uncounted(one, screen.language) for one in _shortest(decided.uncounted)])
        yield f"  {screen.tr('not counted: {phrases}', phrases=told)}"


def tied_lines(tied: Sequence[RivalView], screen: Screen) -> Iterator[str]:
    """Yield that there is no kind since as much speaks for several, each with its phrases; nothing if there is one."""
    if tied:
        yield screen.said(screen.field_title("kind"), "–")
        kinds = screen.joined(_rivals("kind", tied, screen))
        yield f"  {screen.tr('as much speaks for each of: {kinds}', kinds=kinds)}"


def _rivals(field: str, rivals: Sequence[RivalView], screen: Screen) -> list[str]:
    """Return the titles of what was not given, each with its phrases."""
    return [
        f"{with_id(screen.title(field, one.value), one.value)} {evidence(one.phrases, screen.language)}"
        for one in rivals
    ]


def _shortest(uncounted: Sequence[UncountedView]) -> list[UncountedView]:
    """Return what does not count without the longer phrases that say the same as a shorter one."""
    return [
        one
        for one in uncounted
        if not any(
            each.why == one.why and each.phrase != one.phrase and each.phrase in one.phrase for each in uncounted
        )
    ]


def _uncounted(one: UncountedView, language: str) -> str:
    return translated(WHY[one.why], language, phrase=one.phrase, words=one.words)


def date_line(due: datetime, language: str, year: int) -> str:
    """Return when a date of the case is over that is a deadline, in the desk's time."""
    return translated("due {due}", language, due=moment_text(due, language, year))


def time_lines(rule: str, screen: Screen) -> Iterator[str]:
    """Yield of which cases a time is that its target or task chose by a condition, in words; nothing of other rules."""
    times = screen.rulebook.times_at(rule)
    number = re.search(TIME, rule)
    if times and number and number[2]:
        when = times[int(number[2]) - 1].when
        asked = Condition(any=when) if len(when) > 1 else when[0]
        yield f"    {condition_text(asked, Reader(screen.rulebook, screen.language, FEW))}"


def end_of_clock(word: str, screen: Screen, rule: str = "") -> str:
    """Return the name of what a clock begins or ends with: an event, a task or a date of the case.

    `rule` is where the rulebook gives the clock its time.
    """
    kind, colon, name = word.partition(":")
    if colon:
        name = name.removesuffix(".done")
        if kind != "task":
            return screen.field_title(name)
        return screen.rulebook.title_beside(rule, name, screen.language)
    return word_label(word, screen.language)


def _taken_out(value: Explanation, out: TakenOut, screen: Screen) -> Iterator[str]:
    """Yield that the case is void or was withdrawn, by which event, and why."""
    into = f" {out.into}" if out.into else ""
    word = f"{screen.state_label(value.status)} ({screen.label(OUT[out.event])}{into})"
    ground = screen.title("ground", out.ground)
    reasons = "".join(f" – {reason}" for reason in (ground, out.reason) if reason)
    yield screen.said(screen.label("status"), word)
    yield f"  {_event(out, screen)}{reasons}"


def _given(decision: Decision, screen: Screen) -> str:
    reason = f" – {decision.reason}" if decision.reason else ""
    who = f"{screen.person_title(decision.actor)}, " if decision.by == "person" else ""
    event = f"{screen.label('event')} {decision.seq}, {who}{screen.minute(decision.at)}"
    missed = f" ({_missed(decision.missed, screen)})" if decision.missed else ""
    rules = _rules(decision.rulebook, screen)
    return f"{why(decision, screen.language)}{missed}{reason} [{event}; {rules}]"


def _missed(target: str, screen: Screen) -> str:
    return screen.tr("'{target}' was missed", target=screen.target_title(target))


def _deadline(deadline: ExplainedDeadline, screen: Screen) -> Iterator[str]:
    cycle = f" ({screen.label('cycle')} {deadline.cycle})" if deadline.cycle > 1 else ""
    verdict = screen.label(deadline.verdict)
    notes = f", {screen.label('provisional')}" if deadline.provisional else ""
    notes += "" if deadline.counts else f", {screen.label('not_counted')}"
    if deadline.ended_at:
        verdict = f"{verdict} {_answered(screen.minute(deadline.ended_at, deadline.due_at), deadline.told_in, screen)}"
    if deadline.recorded_late_at:
        at = screen.minute(deadline.recorded_late_at, deadline.due_at)
        notes += f", {recorded_late(deadline.recorded_late_by, screen, at)}"
    title = screen.target_title(deadline.target, deadline.rule)
    head = f"{title} ({_clock(deadline, screen)}){cycle}"
    yield screen.said(head, f"{verdict}{notes}")
    start, due = (from_text(at).astimezone(screen.rulebook.zone) for at in (deadline.from_at, deadline.due_at))
    year = from_text(deadline.moves[0].at).astimezone(screen.rulebook.zone).year
    if deadline.promised_at:
        yield f"  {_promise(deadline, deadline.promised_at, screen.rulebook.zone, screen.language, year)}"
    elif not deadline.duration:
        yield f"  {date_line(due, screen.language, year)}"
        yield f"  {deadline.rule} [{_rules(deadline.rulebook, screen)}]"
    else:
        yield f"  {counting_line(start, deadline.duration, due, deadline.days, screen.language, year)}"
        yield f"  {deadline.rule} [{_rules(deadline.rulebook, screen)}]"
        if deadline.rulebook == screen.rulebook.hash:
            yield from time_lines(deadline.rule, screen)
    for pause in deadline.pauses:
        begin, end = screen.minute(pause.from_at, pause.to_at), screen.minute(pause.to_at, pause.from_at)
        yield f"  {screen.label('paused')} {begin} – {end}"
    if deadline.paused_at:
        since = f"  {screen.label('paused_at')} {screen.minute(deadline.paused_at)}"
        yield screen.said(since, screen.tr("what is left runs on from `resume`"))
    for move in deadline.moves:
        if move.before:
            yield f"  {_move(move, move.before, screen)}"


def _clock(deadline: ExplainedDeadline, screen: Screen) -> str:
    """Return what a deadline runs from and to, and who has to answer it, if that is somebody in particular."""
    begins, *ends = (end_of_clock(word, screen, deadline.rule) for word in (deadline.start, *deadline.until))
    clock = f"{begins} → {screen.either(ends)}"
    if not deadline.by:
        return clock
    return screen.tr("{clock} by {whose}", clock=clock, whose=screen.role_title(deadline.by))


def _answered(time: str, twin: str | None, screen: Screen) -> str:
    """Return when a deadline was answered, and in which case merged into this one, if it was there."""
    return screen.tr("{time} in {case}", time=time, case=twin) if twin else time


def _limit(limit: ExplainedLimit, screen: Screen) -> Iterator[str]:
    """Yield a limit and whether the case lies within, how it was counted, and what has to lie within."""
    begins, ends = (end_of_clock(word, screen) for word in (limit.start, limit.until))
    title = screen.title("limit", limit.limit)
    yield screen.said(f"{title} ({begins} → {ends})", within_text(limit.within, limit.lacks, screen))
    year = date.fromisoformat(limit.end or limit.begin or date.max.isoformat()).year
    yield f"  {_window(limit, begins, screen.language, year)}"
    if limit.end:
        end = day_text(date.fromisoformat(limit.end), screen.language, year)
        yield f"  {screen.tr('{event} {day}', event=ends, day=end)}"
    basis = screen.tr("{rule}, by the calendar of the desk", rule=limit.rule)
    yield f"  {basis} [{_rules(limit.rulebook, screen)}]"


def _window(limit: ExplainedLimit, begins: str, language: str, year: int) -> str:
    """Return how a limit was counted, as far as that is known: from when, its days, and the last of them."""
    first = day_text(date.fromisoformat(limit.begin), language, year) if limit.begin else begins
    if not limit.duration:
        return translated("from {start}", language, start=first)
    period = parse_period(limit.duration)
    way = [*days_told(limit.days, period.unit, language, year)]
    if limit.off:
        first_off, last_off = (date.fromisoformat(day.date) for day in (limit.off[0], limit.off[-1]))
        span, about = span_of_days(first_off, last_off, language, year), off_text(limit.off, language)
        way.append(translated("would end while off: {days} ({about})", language, days=span, about=about))
    length = counted_text(length_text(period, language), first, way, language)
    if not limit.last:
        return length
    last = day_text(date.fromisoformat(limit.last), language, year)
    return translated("{length} → last day {day}", language, length=length, day=last)


def _promise(deadline: ExplainedDeadline, promised_at: str, zone: tzinfo, language: str, year: int) -> str:
    """Return the day that the customer was told, and when it is due now if the case has waited since."""
    promised, due = (from_text(at).astimezone(zone) for at in (promised_at, deadline.due_at))
    told, moved = moment_text(promised, language, year), moment_text(due, language, year)
    if moved == told:
        return translated("put to the day that the customer was told: {told}", language, told=told)
    return translated(
        "put to the day that the customer was told: {told}; with the time it waited since: {due}",
        language,
        told=told,
        due=moved,
    )


def _move(move: DeadlineMove, before: str, screen: Screen) -> str:
    """Return what an event made of a deadline that was due at `before`: when it is due now, by which rule, and why."""
    was, now = screen.minute(before, move.due_at), screen.minute(move.due_at, before)
    where = f"{screen.label('moved')} {was} → {now}"
    if was == now:
        where = screen.tr("stays at {time}", time=now)
    basis = basis_of(move.duration, move.rule, screen.language)
    if move.rule == PROMISED:
        basis = screen.tr(PROMISE if move.kind == "DelayAnnounced" else WAITED)
    reason = move.reason or ""
    if move.kind == "DeadlineMoved" and reason in CAUSES:
        reason = screen.tr(CAUSES[reason])
    event = f"{screen.label('event')} {move.seq}, {event_label(move.kind, screen.language)}"
    return screen.said(where, f"{basis} [{event}]{f' – {reason}' if reason else ''}")


def _rules(digest: str, screen: Screen) -> str:
    """Return the rulebook that was in force, by the beginning of its hash."""
    return f"{screen.label('rulebook')} {digest[:12]}"


def _event(event: TakenOut, screen: Screen) -> str:
    """Return an event by its number, who recorded it, and when it happened."""
    person = screen.person_title(event.actor)
    return f"{screen.label('event')} {event.seq}, {person}, {screen.minute(event.at)}"
