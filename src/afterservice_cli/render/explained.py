"""How a case came to what it has, in sentences for a person to read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, tzinfo
from itertools import groupby

from afterservice_cli.cases.values import PROMISED
from afterservice_cli.durations import Duration, Period, parse_duration, parse_period
from afterservice_cli.instants import from_text
from afterservice_cli.language import sentence, tr
from afterservice_cli.render.case import OUT, basis_of, known_from, local, state_label, target_title, why
from afterservice_cli.render.conditions import Reader, condition_text
from afterservice_cli.render.history import event_label, word_label
from afterservice_cli.render.labels import field_title, label, role_title
from afterservice_cli.render.text import width
from afterservice_cli.reports.case import DecidedView
from afterservice_cli.reports.days import Day
from afterservice_cli.reports.explained import Decision, ExplainedDeadline, ExplainedLimit, Explanation, Move, TakenOut
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.values import value_text

WEEKDAYS = (("周一", "周二", "周三", "周四", "周五", "周六", "周日"), ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNITS = {
    "s": ("秒", sentence("seconds on the clock")),
    "m": ("分钟", sentence("minutes on the clock")),
    "h": ("小时", sentence("hours on the clock")),
    "ws": ("秒工作时间", sentence("working seconds")),
    "wm": ("分钟工作时间", sentence("working minutes")),
    "wh": ("小时工作时间", sentence("working hours")),
    "d": ("天", "days"),
    "wd": ("个工作日", sentence("working days")),
    "mo": ("个月", "months"),
    "y": ("年", "years"),
}
DAY_KINDS = {
    "weekend": ("周末", "weekend"),
    "holiday": ("节假日", sentence("public holiday")),
    "makeup": ("调休上班", sentence("make-up workday")),
    "closed": ("休息", "closed"),
    "free": ("不上班", sentence("no hours")),
    "special": ("特别安排", sentence("special hours")),
    "paused": ("暂停", "paused"),
    "start": ("起算日不计", sentence("the day it starts is not counted")),
}


CAUSES = {"calendar": ("新采用规则的日历", sentence("the calendar of the adopted rulebook"))}
PROMISE = ("告知客户的时间", sentence("the day that the customer was told"))
WAITED = ("加上此后暂停的时间", sentence("the time it waited since"))
# A long line is broken behind a sign that ends a clause, and before what it all comes to.
CLAUSES = sentence("(?<=[;:] )|(?<=[；：，])|(?= → (?:due|截止|last day|最后一天))")
WORDS = "(?<=[ 、])"
OR = "(?=或)"
FEW = 4  # phrases of a list, of which those that were found stand above


def explained_lines(value: Explanation, rulebook: Rulebook, language: str) -> Iterator[str]:
    """Yield the case's number, each decision with its reason, then each deadline with how it came about."""
    yield value.case
    if value.taken_out:
        yield from _taken_out(value, value.taken_out, rulebook, language)
    colon = _colon(language)
    for decision in value.decisions:
        title = rulebook.title(decision.field, decision.value, language)
        shown = title if title == decision.value else f"{title} ({decision.value})"
        yield f"{field_title(decision.field, rulebook, language)}{colon}{shown or '–'}"
        yield f"  {_given(decision, rulebook, language)}"
        yield from condition_lines(decision, rulebook, language)
    for known in value.known:
        event = f"{label('event', language)} {known.seq}, {local(known.at, rulebook)}"
        said = value_text(rulebook, known.field, known.value, language)
        yield f"{field_title(known.field, rulebook, language)}{colon}{said}"
        yield f"  {known_from(known.case, language)} [{event}]"
    for deadline in value.deadlines:
        yield ""
        yield from _deadline(deadline, rulebook, language)
    for limit in value.limits:
        yield ""
        yield from _limit(limit, rulebook, language)


def condition_lines(decided: DecidedView, rulebook: Rulebook, language: str) -> Iterator[str]:
    """Yield the condition by which a rule of this rulebook gave a value, in words; nothing if phrases alone count."""
    condition = rulebook.condition(decided.rule) if decided.rulebook == rulebook.hash else None
    if condition is None:
        return
    if condition.fields or condition.any or condition.all or condition.none or condition.within:
        yield f"    {condition_text(condition, Reader(rulebook, language, FEW))}"


def counting_line(
    start: datetime,
    duration: str,
    due: datetime,
    days: Sequence[Day],
    language: str,
    year: int | None = None,
) -> str:
    """Return how a duration was counted: its start, the days on its way, and when it is due, in the desk's time.

    The start is told with its year if that is not `year`, all else if it is not that of the start.
    """
    amount = parse_duration(duration)
    length = length_text(amount, language)
    begins, ends = _moment(start, language, year or start.year), _moment(due, language, start.year)
    way = ("；" if language == "zh" else "; ").join(_days(days, amount.unit, language, start.year))
    if language == "zh":
        return f"从{begins}起{length}{'：' if way else ''}{way} → 截止{ends}"
    return tr(
        "{length} from {begins}{rest}{way} → due {ends}",
        length=length,
        begins=begins,
        rest=": " if way else "",
        way=way,
        ends=ends,
    )


def date_line(due: datetime, language: str, year: int) -> str:
    """Return when a date of the case is over that is a deadline, in the desk's time."""
    return f"{'截止' if language == 'zh' else 'due '}{_moment(due, language, year)}"


def end_of_clock(word: str, rulebook: Rulebook, language: str) -> str:
    """Return the name of what a clock begins or ends with: an event, a task or a date of the case."""
    kind, colon, name = word.partition(":")
    if colon:
        name = name.removesuffix(".done")
        return rulebook.task_title("", name, language) if kind == "task" else field_title(name, rulebook, language)
    return word_label(word, language)


def length_text(length: Duration | Period, language: str) -> str:
    """Return a duration in words: `24 hours on the clock`, `3个工作日`."""
    unit = UNITS[length.unit][language != "zh"]
    if language == "zh":
        return f"{length.amount}{unit}"
    if length.amount == 1:
        unit = unit.replace("seconds", "second").replace("minutes", "minute").replace("hours", "hour")
        unit = unit.replace("days", "day").replace("months", "month").replace("years", "year")
    return f"{length.amount} {unit}"


def wrapped(line: str, columns: int | None) -> Iterator[str]:
    """Yield a line, in pieces of at most `columns` if any, broken between clauses, or words, or signs, if need be."""
    if columns is None:
        yield line
        return
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    clauses = re.split(CLAUSES, line)
    shown = ""
    for piece in (piece for clause in clauses for piece in _pieces(clause, columns - len(indent), WORDS, OR)):
        if shown.strip() and width(shown + piece.rstrip()) > columns:
            yield shown.rstrip()
            shown = indent + piece.lstrip()
        else:
            shown += piece
    yield shown


def _pieces(clause: str, room: int, *breaks: str) -> Iterator[str]:
    """Yield a clause in one piece, or in words or signs if it takes more columns than there is room for."""
    if width(clause) <= room:
        yield clause
    elif breaks:
        for part in re.split(breaks[0], clause):
            yield from _pieces(part, room, *breaks[1:])
    else:
        yield from clause


def worked(seconds: int) -> str:
    """Return seconds of working time in hours and minutes, with seconds if any; days would say too little."""
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}h {minutes:02}m{f' {rest:02}s' if rest else ''}"


def _taken_out(value: Explanation, out: TakenOut, rulebook: Rulebook, language: str) -> Iterator[str]:
    """Yield that the case is void or was withdrawn, by which event, and why."""
    into = f" {out.into}" if out.into else ""
    word = f"{state_label(value.status, rulebook, language)} ({label(OUT[out.event], language)}{into})"
    ground = rulebook.title("ground", out.ground, language)
    why = "".join(f" – {said}" for said in (ground, out.reason) if said)
    yield f"{label('status', language)}{_colon(language)}{word}"
    yield f"  {_event(out, rulebook, language)}{why}"


def _given(decision: Decision, rulebook: Rulebook, language: str) -> str:
    reason = f" – {decision.reason}" if decision.reason else ""
    person = rulebook.title("person", rulebook.person_of(decision.actor), language)
    who = f"{person}, " if decision.by == "person" else ""
    event = f"{label('event', language)} {decision.seq}, {who}{local(decision.at, rulebook)}"
    missed = f" ({_missed(decision.missed, rulebook, language)})" if decision.missed else ""
    rules = f"{label('rulebook', language)} {decision.rulebook[:12]}"
    return f"{why(decision, language)}{missed}{reason} [{event}; {rules}]"


def _missed(target: str, rulebook: Rulebook, language: str) -> str:
    title = target_title(target, rulebook, language)
    return f"“{title}”超时" if language == "zh" else tr("'{title}' was missed", title=title)


def _deadline(deadline: ExplainedDeadline, rulebook: Rulebook, language: str) -> Iterator[str]:
    colon = _colon(language)
    cycle = f" ({label('cycle', language)} {deadline.cycle})" if deadline.cycle > 1 else ""
    verdict = label(deadline.verdict, language)
    notes = f", {label('provisional', language)}" if deadline.provisional else ""
    notes += "" if deadline.counts else f", {label('not_counted', language)}"
    ended = f" {local(deadline.ended_at, rulebook)}" if deadline.ended_at else ""
    if deadline.told_in:
        ended += f"（{deadline.told_in}）" if language == "zh" else tr(" in {told_in}", told_in=deadline.told_in)
    title = target_title(deadline.target, rulebook, language)
    begins, *ends = (end_of_clock(word, rulebook, language) for word in (deadline.start, *deadline.until))
    clock = f"{begins} → {('或' if language == 'zh' else ' or ').join(ends)}"
    if deadline.by:
        whose = role_title(deadline.by, rulebook, language)
        clock = f"{clock}{f'，{whose}' if language == 'zh' else f' by {whose}'}"
    yield f"{title} ({clock}){cycle}{colon}{verdict}{ended}{notes}"
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
        yield f"  {label('paused', language)} {local(pause.from_at, rulebook)} – {local(pause.to_at, rulebook)}"
    if deadline.paused_at:
        waits = "恢复后继续计时" if language == "zh" else tr("what is left runs on from `resume`")
        yield f"  {label('paused_at', language)} {local(deadline.paused_at, rulebook)}{colon}{waits}"
    for move in deadline.moves:
        if move.before:
            yield f"  {_move(move, move.before, rulebook, language)}"


def _limit(limit: ExplainedLimit, rulebook: Rulebook, language: str) -> Iterator[str]:
    """Yield a limit and whether the case lies within, how it was counted, and what has to lie within."""
    begins, ends = (end_of_clock(word, rulebook, language) for word in (limit.start, limit.until))
    missing = f" ({field_title(limit.lacks, rulebook, language)})" if limit.lacks else ""
    state = label({True: "within", False: "over", None: "unknown"}[limit.within], language)
    title = rulebook.title("limit", limit.limit, language)
    yield f"{title} ({begins} → {ends}){_colon(language)}{state}{missing}"
    year = date.fromisoformat(limit.end or limit.begin or date.max.isoformat()).year
    yield f"  {_window(limit, begins, language, year)}"
    whose = "，按服务台的日历" if language == "zh" else tr(", by the calendar of the desk")
    if limit.end:
        yield f"  {ends}{'：' if language == 'zh' else ' '}{_day(date.fromisoformat(limit.end), language, year)}"
    yield f"  {limit.rule}{whose} [{label('rulebook', language)} {limit.rulebook[:12]}]"


def _window(limit: ExplainedLimit, begins: str, language: str, year: int) -> str:
    """Return how a limit was counted, as far as that is known: from when, its days, and the last of them."""
    zh = language == "zh"
    first = _day(date.fromisoformat(limit.begin), language, year) if limit.begin else begins
    if not limit.duration:
        return f"从{first}起" if zh else f"from {first}"
    period = parse_period(limit.duration)
    length = length_text(period, language)
    parts = [*_days(limit.days, period.unit, language, year)]
    if limit.off:
        first_off, last_off = (date.fromisoformat(day.date) for day in (limit.off[0], limit.off[-1]))
        span = _span(first_off, last_off, language, year)
        about = _off(limit.off, language)
        parts.append(
            f"末日遇休息日顺延：{span}（{about}）"
            if zh
            else tr("would end while off: {span} ({about})", span=span, about=about)
        )
    way = f"{_colon(language)}{('；' if zh else '; ').join(parts)}" if parts else ""
    counted = (
        f"从{first}起{length}{way}" if zh else tr("{length} from {first}{way}", length=length, first=first, way=way)
    )
    if not limit.last:
        return counted
    return f"{counted} → {'最后一天' if zh else 'last day '}{_day(date.fromisoformat(limit.last), language, year)}"


def _promise(deadline: ExplainedDeadline, promised_at: str, zone: tzinfo, language: str, year: int) -> str:
    """Return the day that the customer was told, and when it is due now if the case has waited since."""
    promised, due = (from_text(at).astimezone(zone) for at in (promised_at, deadline.due_at))
    told, moved = _moment(promised, language, year), _moment(due, language, year)
    since = (
        ""
        if moved == told
        else f"；{WAITED[0]}：{moved}"
        if language == "zh"
        else tr("; with {WAITED}: {moved}", WAITED=WAITED[1], moved=moved)
    )
    return (
        f"按{PROMISE[0]}：{told}{since}"
        if language == "zh"
        else tr("put to {PROMISE}: {told}{since}", PROMISE=PROMISE[1], told=told, since=since)
    )


def _move(move: Move, before: str, rulebook: Rulebook, language: str) -> str:
    """Return what an event made of a deadline that was due at `before`: when it is due now, by which rule, and why."""
    was, now = local(before, rulebook), local(move.due_at, rulebook)
    stays = "仍为" if language == "zh" else tr("stays at")
    where = f"{stays} {now}" if was == now else f"{label('moved', language)} {was} → {now}"
    basis = basis_of(move.duration, move.rule)
    if move.rule == PROMISED:
        basis = (PROMISE if move.kind == "DelayAnnounced" else WAITED)[language != "zh"]
    said = move.reason
    if move.kind == "DeadlineMoved" and said in CAUSES:
        said = CAUSES[said][language != "zh"]
    event = f"{label('event', language)} {move.seq}, {event_label(move.kind, language)}"
    return f"{where}{_colon(language)}{basis} [{event}]{f' – {said}' if said else ''}"


def _days(days: Sequence[Day], unit: str, language: str, year: int) -> Iterator[str]:
    """Yield the days on the way; those next to each other that give the same for a like reason come together."""

    def alike_by(day: Day) -> tuple[str, str]:
        # A calendar day that counts needs no reason.
        return _count(day, unit, language), "" if unit == "d" and day.counted else _reason(day)

    for (counts, kind), group in groupby(days, key=alike_by):
        alike = list(group)
        first, last = (date.fromisoformat(day.date) for day in (alike[0], alike[-1]))
        if len(alike) > 1 and alike[0].counted:
            if unit in ("ws", "wm", "wh"):
                counts = f"各{counts}" if language == "zh" else f"{counts} each"
            elif language != "zh":
                counts = "count"
        about = _off(alike, language) if kind == "off" else DAY_KINDS.get(kind, ("", ""))[language != "zh"]
        told = _span(first, last, language, year)
        if language == "zh":
            yield f"{told}{' ' if counts[:1].isdigit() else ''}{counts}{f'（{about}）' if about else ''}"
        else:
            yield " ".join(part for part in (told, counts, f"({about})" if about else "") if part)


def _reason(day: Day) -> str:
    """Return `off` for weekends, free days, holidays and closed days, and every other kind as it is."""
    return "off" if day.kind in ("weekend", "free", "holiday", "closed") else str(day.kind)


def _off(days: Sequence[Day], language: str) -> str:
    """Return why days next to each other are off; the weekend is named only if there is no other reason."""
    names = dict.fromkeys(day.name or DAY_KINDS["holiday"][language != "zh"] for day in days if _free(day) == "holiday")
    kinds = {_free(day) for day in days}
    others = [
        kind for kind in ("closed", "free", "weekend") if kind in kinds and (kind != "weekend" or len(kinds) == 1)
    ]
    told = (*names, *(DAY_KINDS[kind][language != "zh"] for kind in others))
    return ("、" if language == "zh" else ", ").join(told)


def _free(day: Day) -> str:
    """Return the kind of a day off; one without hours is `weekend` on a Saturday or Sunday, else `free`."""
    if day.kind not in ("weekend", "free"):
        return str(day.kind)
    return "weekend" if date.fromisoformat(day.date).weekday() > 4 else "free"


def _count(day: Day, unit: str, language: str) -> str:
    """Return what a day gives: its working time, or whether it counts; "" for the day that days are counted from."""
    if unit in ("ws", "wm", "wh") and (day.counted or _reason(day) not in ("off", "paused")):
        return worked(day.counted)
    if day.kind == "start" and unit in ("d", "wd"):
        return ""
    return ("不计", "计入")[bool(day.counted)] if language == "zh" else ("off", "counts")[bool(day.counted)]


def _span(first: date, last: date, language: str, year: int) -> str:
    """Return a day, or the first and the last of several; what both have in common is told once."""
    if first == last:
        return _day(first, language, year)
    same_month = (first.year, first.month) == (last.year, last.month)
    if language == "zh":
        ends = f"{last.day}日{WEEKDAYS[0][last.weekday()]}" if same_month else _day(last, language, first.year)
        return f"{_day(first, language, year)}至{ends}"
    if first.year != last.year:
        return f"{_day(first, language, 0)} – {_day(last, language, 0)}"
    begins = f"{WEEKDAYS[1][first.weekday()]} {first.day}" if same_month else _day(first, language, first.year)
    return f"{begins} – {_day(last, language, year)}"


def _day(day: date, language: str, year: int) -> str:
    """Return a day, with its year if that is another one than `year`, which is told already."""
    weekday = WEEKDAYS[language != "zh"][day.weekday()]
    if language == "zh":
        return f"{f'{day.year}年' if day.year != year else ''}{day.month}月{day.day}日{weekday}"
    return f"{weekday} {day.day} {MONTHS[day.month - 1]}{f' {day.year}' if day.year != year else ''}"


def _moment(at: datetime, language: str, year: int) -> str:
    return f"{_day(at.date(), language, year)} {at:%H:%M}{f':{at:%S}' if at.second else ''}"


def _colon(language: str) -> str:
    return "：" if language == "zh" else ": "


def _event(event: TakenOut, rulebook: Rulebook, language: str) -> str:
    """Return an event by its number, who recorded it, and when it happened."""
    person = rulebook.title("person", rulebook.person_of(event.actor), language)
    return f"{label('event', language)} {event.seq}, {person}, {local(event.at, rulebook)}"
