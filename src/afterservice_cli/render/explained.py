"""How a case came to what it has, in sentences for a person to read."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from afterservice_cli.cases.events import KINDS
from afterservice_cli.durations import parse_duration
from afterservice_cli.instants import from_text
from afterservice_cli.render.cases import local, step_title, target_title, why
from afterservice_cli.render.labels import field_title, label
from afterservice_cli.rulebook.model import Rulebook

Value = Mapping[str, Any]
WEEKDAYS = (("周一", "周二", "周三", "周四", "周五", "周六", "周日"), ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNITS = {
    "s": ("秒", "seconds on the clock"),
    "m": ("分钟", "minutes on the clock"),
    "h": ("小时", "hours on the clock"),
    "ws": ("秒工作时间", "working seconds"),
    "wm": ("分钟工作时间", "working minutes"),
    "wh": ("小时工作时间", "working hours"),
    "d": ("天", "days"),
    "wd": ("个工作日", "working days"),
}
DAY_KINDS = {
    "weekend": ("周末", "weekend"),
    "holiday": ("节假日", "public holiday"),
    "makeup": ("调休上班", "make-up workday"),
    "closed": ("休息", "closed"),
    "special": ("特别安排", "special hours"),
    "paused": ("暂停", "paused"),
    "start": ("起算日不计", "the day it starts is not counted"),
}


def explained_lines(value: Value, rulebook: Rulebook, language: str) -> Iterator[str]:
    """Each decision with its reason, then each deadline with how it came about."""
    yield value["case"]
    for decision in value["decisions"]:
        title = rulebook.title(decision["field"], decision["value"], language)
        yield f"{label(decision['field'], language)}: {title} ({decision['value']})"
        yield f"  {_given(decision, rulebook, language)}"
    for deadline in value["deadlines"]:
        yield ""
        yield from _deadline(deadline, rulebook, language)


def counting_line(
    start: datetime, duration: str, due: datetime, days: Sequence[Value], rulebook_zone: Any, language: str
) -> str:
    """How a duration was counted: what it starts from, the days on its way, and when it is due."""
    amount = parse_duration(duration)
    unit = UNITS[amount.unit][language != "zh"]
    if amount.amount == 1 and language != "zh":
        unit = unit.replace("seconds", "second").replace("minutes", "minute").replace("hours", "hour")
        unit = unit.replace("days", "day")
    begins, ends = (_moment(at.astimezone(rulebook_zone), language) for at in (start, due))
    way = "; ".join(_days(days, amount.unit, language))
    if language == "zh":
        return f"从{begins}起{amount.amount}{unit}{'：' if way else ''}{way} → 截止{ends}"
    return f"{amount.amount} {unit} from {begins}{': ' if way else ''}{way} → due {ends}"


def _given(decision: Value, rulebook: Rulebook, language: str) -> str:
    reason = f" – {decision['reason']}" if decision["reason"] else ""
    person = rulebook.title("person", rulebook.person_of(decision["actor"]), language)
    who = f"{person}, " if decision["by"] == "person" else ""
    event = f"{label('event', language)} {decision['seq']}, {who}{local(decision['at'], rulebook)}"
    missed = f" ({_missed(decision['missed'], rulebook, language)})" if decision["missed"] else ""
    rules = f"{label('rulebook', language)} {decision['rulebook'][:12]}"
    return f"{why(decision, language)}{missed}{reason} [{event}; {rules}]"


def _anchor(word: str, rulebook: Rulebook, language: str) -> str:
    """What a clock begins or ends with: an event, a step of the plan or a date of the case."""
    kind, colon, name = word.partition(":")
    if colon:
        name = name.removesuffix(".done")
        return step_title(name, rulebook, language) if kind == "step" else field_title(name, rulebook, language)
    return next((label(kind, language) for kind, event in KINDS.items() if word == event.WORD), word)


def _missed(target: str, rulebook: Rulebook, language: str) -> str:
    title = target_title(target, rulebook, language)
    return f"“{title}”超时" if language == "zh" else f"'{title}' was missed"


def _deadline(deadline: Value, rulebook: Rulebook, language: str) -> Iterator[str]:
    cycle = f" ({label('cycle', language)} {deadline['cycle']})" if deadline["cycle"] > 1 else ""
    verdict = label(deadline["verdict"], language)
    notes = f", {label('provisional', language)}" if deadline["provisional"] else ""
    ended = f" {local(deadline['ended_at'], rulebook)}" if deadline["ended_at"] else ""
    title = target_title(deadline["target"], rulebook, language)
    begins, ends = (_anchor(deadline[end], rulebook, language) for end in ("start", "until"))
    yield f"{title} ({begins} → {ends}){cycle}: {verdict}{ended}{notes}"
    start, due = from_text(deadline["from_at"]), from_text(deadline["due_at"])
    if deadline["rule"] == "delayed":
        promised = "按告知客户的时间" if language == "zh" else "put to the day that the customer was told"
        yield f"  {promised}: {_moment(due.astimezone(rulebook.zone), language)}"
    else:
        yield f"  {counting_line(start, deadline['duration'], due, deadline['days'], rulebook.zone, language)}"
        yield f"  {deadline['rule']} [{label('rulebook', language)} {deadline['rulebook'][:12]}]"
    for pause in deadline["pauses"]:
        yield f"  {label('paused', language)} {local(pause['from_at'], rulebook)} – {local(pause['to_at'], rulebook)}"
    if deadline["paused_at"]:
        waits = "恢复后继续计时" if language == "zh" else "what is left runs on from `resume`"
        yield f"  {label('paused_at', language)} {local(deadline['paused_at'], rulebook)}: {waits}"
    for move in deadline["moves"][1:]:
        was, now = local(move["before"], rulebook), local(move["due_at"], rulebook)
        reason = f" – {move['reason']}" if move["reason"] else ""
        event = f"{label('event', language)} {move['seq']}, {label(move['kind'], language)}"
        yield f"  {label('moved', language)} {was} → {now}: {move['duration']} · {move['rule']} [{event}]{reason}"


def _days(days: Sequence[Value], unit: str, language: str) -> Iterator[str]:
    """The days on the way; those next to each other that give the same, for the same kind of reason, together."""
    for (counts, kind), group in groupby(days, key=lambda day: (_count(day, unit, language), _reason(day))):
        alike = list(group)
        span = _span(date.fromisoformat(alike[0]["date"]), date.fromisoformat(alike[-1]["date"]), language)
        if len(alike) > 1 and alike[0]["counted"] and unit in ("ws", "wm", "wh"):
            counts = f"各{counts}" if language == "zh" else f"{counts} each"
        names = dict.fromkeys(day["name"] for day in alike if day["name"]) if kind == "off" else {}
        about = ", ".join(names) or DAY_KINDS.get("weekend" if kind == "off" else kind, ("", ""))[language != "zh"]
        yield " ".join(part for part in (span, counts, f"({about})" if about else "") if part)


def _reason(day: Value) -> str:
    """Weekends, holidays and closed days are all off; every other kind stands for itself."""
    return "off" if day["kind"] in ("weekend", "holiday", "closed") else str(day["kind"])


def _count(day: Value, unit: str, language: str) -> str:
    """What a day gives: hours of working time, or whether it counts."""
    if unit in ("ws", "wm", "wh") and (day["counted"] or _reason(day) != "off"):
        minutes = day["counted"] // 60
        return f"{minutes // 60}h {minutes % 60:02}m"
    if day["kind"] == "start" and unit in ("d", "wd"):
        return ""
    return ("不计", "计入")[bool(day["counted"])] if language == "zh" else ("off", "counts")[bool(day["counted"])]


def _span(first: date, last: date, language: str) -> str:
    return _day(first, language) if first == last else f"{_day(first, language)} – {_day(last, language)}"


def _day(day: date, language: str) -> str:
    weekday = WEEKDAYS[language != "zh"][day.weekday()]
    if language == "zh":
        return f"{day.month}月{day.day}日{weekday}"
    return f"{weekday} {day.day} {MONTHS[day.month - 1]}"


def _moment(at: datetime, language: str) -> str:
    return f"{_day(at.date(), language)} {at:%H:%M}"
