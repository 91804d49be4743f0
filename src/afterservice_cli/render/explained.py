"""How a case came to what it has, in sentences for a person to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo

from afterservice_cli.cases.values import PROMISED
from afterservice_cli.durations import parse_period
from afterservice_cli.instants import from_text
from afterservice_cli.language import listed, sentence, translated
from afterservice_cli.render.case import (
    OUT,
    basis_of,
    known_from,
    minute,
    quoted,
    recorded_late,
    state_label,
    target_title,
    why,
)
from afterservice_cli.render.conditions import Reader, condition_text, of_facts
from afterservice_cli.render.days import (
    counted_text,
    counting_line,
    day_text,
    days_told,
    length_text,
    moment_text,
    off_text,
    span_of_days,
)
from afterservice_cli.render.history import event_label, word_label
from afterservice_cli.render.labels import either, field_title, label, person_title, role_title, said, with_id
from afterservice_cli.reports.case import DecidedView, UncountedView
from afterservice_cli.reports.explained import (
    CountedView,
    Decision,
    ExplainedDeadline,
    ExplainedLimit,
    Explanation,
    Move,
    TakenOut,
)
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.values import value_text

CAUSES: Mapping[str, str] = {"calendar": sentence("the calendar of the adopted rulebook")}
PROMISE = sentence("the day that the customer was told")
WAITED = sentence("the time it waited since")
WHY: Mapping[str, str] = {
    "denied": sentence("{phrase} ({words}: denied)"),
    "calm": sentence("{phrase} ({words}: praise)"),
    "settled": sentence("{phrase} ({words}: settled since)"),
}
FEW = 4  # phrases of a list, of which those that were found stand above


def explained_lines(value: Explanation, rulebook: Rulebook, language: str) -> Iterator[str]:
    """Yield the case's number, each decision with its reason, then each deadline with how it came about."""
    yield value.case
    if value.taken_out:
        yield from _taken_out(value, value.taken_out, rulebook, language)
    for decision in value.decisions:
        shown = with_id(rulebook.title(decision.field, decision.value, language), decision.value)
        yield said(field_title(decision.field, rulebook, language), shown or "–", language)
        yield f"  {_given(decision, rulebook, language)}"
        yield from condition_lines(decision, rulebook, language)
        yield from weighed_lines(decision, rulebook, language)
    for known in value.known:
        event = f"{label('event', language)} {known.seq}, {minute(known.at, rulebook)}"
        shown = value_text(rulebook, known.field, known.value, language)
        yield said(field_title(known.field, rulebook, language), shown, language)
        yield f"  {known_from(known.case, language)} [{event}]"
    for counted in value.earlier:
        yield from _counted(counted, rulebook, language)
    for deadline in value.deadlines:
        yield ""
        yield from _deadline(deadline, rulebook, language)
    for limit in value.limits:
        yield ""
        yield from _limit(limit, rulebook, language)


def _counted(counted: CountedView, rulebook: Rulebook, language: str) -> Iterator[str]:
    """Yield how many of the customer's earlier cases counted, then which, from which event on."""
    title = with_id(rulebook.title("earlier cases", counted.name, language), counted.name)
    yield said(title, f"{counted.count}", language)
    cases = listed(counted.cases, language) if counted.cases else "–"
    event = f"{label('event', language)} {counted.seq}, {minute(counted.at, rulebook)}"
    yield f"  {cases} ← {counted.rule} [{event}; {label('rulebook', language)} {counted.rulebook[:12]}]"


def condition_lines(decided: DecidedView, rulebook: Rulebook, language: str) -> Iterator[str]:
    """Yield what a rule of this rulebook asked beside the text to give a value, in words, if it asked anything."""
    condition = rulebook.condition(decided.rule) if decided.rulebook == rulebook.hash else None
    asked = of_facts(condition) if condition else None
    if asked:
        yield f"    {condition_text(asked, Reader(rulebook, language, FEW))}"


def weighed_lines(decided: DecidedView, rulebook: Rulebook, language: str) -> Iterator[str]:
    """Yield the next best category, and what stands in the text and does not count, each in a line."""
    if decided.rival:
        title, phrases = rulebook.title("category", decided.rival.category, language), decided.rival.phrases
        best, said = with_id(title, decided.rival.category), quoted(phrases, language)
        yield f"  {translated('next best: {category} {phrases}', language, category=best, phrases=said)}"
    if decided.uncounted:
        told = listed([_uncounted(one, language) for one in _shortest(decided.uncounted)], language)
        yield f"  {translated('not counted: {phrases}', language, phrases=told)}"


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


def end_of_clock(word: str, rulebook: Rulebook, language: str, rule: str = "") -> str:
    """Return the name of what a clock begins or ends with: an event, a task or a date of the case.

    `rule` is where the rulebook gives the clock its time.
    """
    kind, colon, name = word.partition(":")
    if colon:
        name = name.removesuffix(".done")
        if kind != "task":
            return field_title(name, rulebook, language)
        return rulebook.title_beside(rule.removesuffix(".within"), name, language)
    return word_label(word, language)


def _taken_out(value: Explanation, out: TakenOut, rulebook: Rulebook, language: str) -> Iterator[str]:
    """Yield that the case is void or was withdrawn, by which event, and why."""
    into = f" {out.into}" if out.into else ""
    word = f"{state_label(value.status, rulebook, language)} ({label(OUT[out.event], language)}{into})"
    ground = rulebook.title("ground", out.ground, language)
    reasons = "".join(f" – {reason}" for reason in (ground, out.reason) if reason)
    yield said(label("status", language), word, language)
    yield f"  {_event(out, rulebook, language)}{reasons}"


def _given(decision: Decision, rulebook: Rulebook, language: str) -> str:
    reason = f" – {decision.reason}" if decision.reason else ""
    who = f"{person_title(decision.actor, rulebook, language)}, " if decision.by == "person" else ""
    event = f"{label('event', language)} {decision.seq}, {who}{minute(decision.at, rulebook)}"
    missed = f" ({_missed(decision.missed, rulebook, language)})" if decision.missed else ""
    rules = f"{label('rulebook', language)} {decision.rulebook[:12]}"
    return f"{why(decision, language)}{missed}{reason} [{event}; {rules}]"


def _missed(target: str, rulebook: Rulebook, language: str) -> str:
    return translated("'{target}' was missed", language, target=target_title(target, rulebook, language))


def _deadline(deadline: ExplainedDeadline, rulebook: Rulebook, language: str) -> Iterator[str]:
    cycle = f" ({label('cycle', language)} {deadline.cycle})" if deadline.cycle > 1 else ""
    verdict = label(deadline.verdict, language)
    notes = f", {label('provisional', language)}" if deadline.provisional else ""
    notes += "" if deadline.counts else f", {label('not_counted', language)}"
    if deadline.ended_at:
        verdict = (
            f"{verdict} {_answered(minute(deadline.ended_at, rulebook, deadline.due_at), deadline.told_in, language)}"
        )
    if deadline.recorded_late_at:
        at = minute(deadline.recorded_late_at, rulebook, deadline.due_at)
        notes += f", {recorded_late(deadline.recorded_late_by, rulebook, language, at)}"
    title = target_title(deadline.target, rulebook, language, deadline.rule)
    head = f"{title} ({_clock(deadline, rulebook, language)}){cycle}"
    yield said(head, f"{verdict}{notes}", language)
    start, due = (from_text(at).astimezone(rulebook.zone) for at in (deadline.from_at, deadline.due_at))
    year = from_text(deadline.moves[0].at).astimezone(rulebook.zone).year
    if deadline.promised_at:
        yield f"  {_promise(deadline, deadline.promised_at, rulebook.zone, language, year)}"
    elif not deadline.duration:
        yield f"  {date_line(due, language, year)}"
        yield f"  {deadline.rule} [{label('rulebook', language)} {deadline.rulebook[:12]}]"
    else:
        yield f"  {counting_line(start, deadline.duration, due, deadline.days, language, year)}"
        yield f"  {deadline.rule} [{label('rulebook', language)} {deadline.rulebook[:12]}]"
    for pause in deadline.pauses:
        begin, end = minute(pause.from_at, rulebook, pause.to_at), minute(pause.to_at, rulebook, pause.from_at)
        yield f"  {label('paused', language)} {begin} – {end}"
    if deadline.paused_at:
        since = f"  {label('paused_at', language)} {minute(deadline.paused_at, rulebook)}"
        yield said(since, translated("what is left runs on from `resume`", language), language)
    for move in deadline.moves:
        if move.before:
            yield f"  {_move(move, move.before, rulebook, language)}"


def _clock(deadline: ExplainedDeadline, rulebook: Rulebook, language: str) -> str:
    """Return what a deadline runs from and to, and who has to answer it, if that is somebody in particular."""
    begins, *ends = (
        end_of_clock(word, rulebook, language, deadline.rule) for word in (deadline.start, *deadline.until)
    )
    clock = f"{begins} → {either(ends, language)}"
    if not deadline.by:
        return clock
    return translated("{clock} by {whose}", language, clock=clock, whose=role_title(deadline.by, rulebook, language))


def _answered(time: str, twin: str | None, language: str) -> str:
    """Return when a deadline was answered, and in which case merged into this one, if it was there."""
    return translated("{time} in {case}", language, time=time, case=twin) if twin else time


def _limit(limit: ExplainedLimit, rulebook: Rulebook, language: str) -> Iterator[str]:
    """Yield a limit and whether the case lies within, how it was counted, and what has to lie within."""
    begins, ends = (end_of_clock(word, rulebook, language) for word in (limit.start, limit.until))
    missing = f" ({field_title(limit.lacks, rulebook, language)})" if limit.lacks else ""
    state = label({True: "within", False: "over", None: "unknown"}[limit.within], language)
    title = rulebook.title("limit", limit.limit, language)
    yield said(f"{title} ({begins} → {ends})", f"{state}{missing}", language)
    year = date.fromisoformat(limit.end or limit.begin or date.max.isoformat()).year
    yield f"  {_window(limit, begins, language, year)}"
    if limit.end:
        end = day_text(date.fromisoformat(limit.end), language, year)
        yield f"  {translated('{event} {day}', language, event=ends, day=end)}"
    basis = translated("{rule}, by the calendar of the desk", language, rule=limit.rule)
    yield f"  {basis} [{label('rulebook', language)} {limit.rulebook[:12]}]"


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


def _move(move: Move, before: str, rulebook: Rulebook, language: str) -> str:
    """Return what an event made of a deadline that was due at `before`: when it is due now, by which rule, and why."""
    was, now = minute(before, rulebook, move.due_at), minute(move.due_at, rulebook, before)
    where = f"{label('moved', language)} {was} → {now}"
    if was == now:
        where = translated("stays at {time}", language, time=now)
    basis = basis_of(move.duration, move.rule, language)
    if move.rule == PROMISED:
        basis = translated(PROMISE if move.kind == "DelayAnnounced" else WAITED, language)
    reason = move.reason or ""
    if move.kind == "DeadlineMoved" and reason in CAUSES:
        reason = translated(CAUSES[reason], language)
    event = f"{label('event', language)} {move.seq}, {event_label(move.kind, language)}"
    return said(where, f"{basis} [{event}]{f' – {reason}' if reason else ''}", language)


def _event(event: TakenOut, rulebook: Rulebook, language: str) -> str:
    """Return an event by its number, who recorded it, and when it happened."""
    person = person_title(event.actor, rulebook, language)
    return f"{label('event', language)} {event.seq}, {person}, {minute(event.at, rulebook)}"
