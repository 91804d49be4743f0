"""Cases for a person to read: what was decided and why, what is due, and the course of a case."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from afterservice_cli.instants import from_text, to_local_text
from afterservice_cli.render.labels import label
from afterservice_cli.render.rows import Column
from afterservice_cli.render.text import mask_contact, safe_text, width
from afterservice_cli.rulebook.model import Rulebook

Value = Mapping[str, Any]


def masked(case: Value) -> dict[str, Any]:
    """The case with its contact made unusable but recognisable."""
    return {**case, "contact": mask_contact(case["contact"]) if case["contact"] else case["contact"]}


def list_columns(language: str, width: int | None) -> list[Column]:
    """The columns of `list`: all of them in a pipe, what fits on a terminal of so many columns."""
    keys = ["case", "status", "priority", "category", "owner", "registered_at", "due_at", "customer", "contact"]
    left_out: tuple[str, ...] = ()
    if width is not None and width < 130:
        left_out = ("registered_at", "contact") if width >= 90 else ("registered_at", "contact", "owner")
    cut = ("category", "owner", "customer", "description")
    return [Column(key, label(key, language), wide=key in cut) for key in (*keys, "description") if key not in left_out]


def list_row(case: Value, rulebook: Rulebook, language: str) -> dict[str, Any]:
    """A case as a row of `list`."""
    due = next_deadline(case)
    return {
        **case,
        "status": label(case["status"], language),
        "category": _category(case, rulebook, language),
        "owner": rulebook.title("owner", case["owner"], language),
        "registered_at": local(case["registered_at"], rulebook)[:16],
        "due_at": "" if due is None else local(due["due_at"], rulebook)[:16],
    }


def next_deadline(case: Value) -> Value | None:
    """What has to be met next: the earliest deadline still without an answer."""
    waiting = [d for d in case["deadlines"] if d["verdict"] in ("running", "missed") and d["ended_at"] is None]
    if case["status"] in ("closed", "void"):
        return None
    return min((d for d in waiting if d["cycle"] == case["cycle"]), key=lambda d: str(d["due_at"]), default=None)


def unanswered(case: Value) -> list[str]:
    """The targets of the last cycle of a closed case that ended without what they waited for."""
    if case["status"] != "closed":
        return []
    last = [d for d in case["deadlines"] if d["cycle"] == case["cycle"] and d["ended_at"] is None]
    return [d["target"] for d in last if d["verdict"] == "missed"]


def decision_lines(case: Value, rulebook: Rulebook, language: str) -> Iterator[str]:
    """What a case was given, with the reasons, and what is due when."""
    yield f"{case['case']}  {label(case['status'], language)} · {label(case['stage'], language)}"
    rows = []
    for entry in case["explanation"]:
        title = rulebook.title(entry["field"], entry["value"], language)
        shown = title if title == entry["value"] else f"{title} ({entry['value']})"
        if entry["field"] == "category" and not case["classified"]:
            shown = f"{shown} [{label('unclassified', language)}]"
        rows.append((label(entry["field"], language), shown, why(entry, language)))
    for deadline in case["deadlines"]:
        if deadline["cycle"] == case["cycle"]:
            title = rulebook.title("target", deadline["target"], language)
            rows.append((title, _due(deadline, rulebook, language), f"{deadline['duration']} · {deadline['rule']}"))
    yield from aligned(rows)


def why(entry: Value, language: str) -> str:
    """Who gave a value, and by what."""
    if entry["by"] == "person":
        return "人工指定" if language == "zh" else "given by a person"
    if entry["by"] == "import":
        return "来自导入文件" if language == "zh" else "given by the imported file"
    phrases = "、".join(f"“{phrase}”" for phrase in entry["phrases"])
    return " ".join(part for part in (phrases, "←" if phrases else "", entry["rule"]) if part)


def fact_lines(case: Value, rulebook: Rulebook, language: str) -> Iterator[str]:
    """What is known of a case, but for what was decided about it."""
    rows = [
        (label("registered_at", language), local(case["registered_at"], rulebook), ""),
        (label("channel", language), rulebook.title("channel", case["channel"], language), ""),
        (label("kind", language), rulebook.title("kind", case["kind"], language), ""),
        (label("product", language), case["product"] or "", ""),
        (label("customer", language), case["customer"] or label("anonymous", language), ""),
        (label("contact", language), case["contact"] or "", ""),
    ]
    for name, value in case["fields"].items():
        rows.append((rulebook.title("field", name, language), rulebook.title(name, value, language), ""))
    rows.append((label("collaborators", language), _owners(case["collaborators"], rulebook, language), ""))
    # A fact is one line, whatever a customer has put into it.
    yield from aligned([(safe_text(head), safe_text(value), "") for head, value, _ in rows if value])
    yield ""
    yield case["description"] or f"({label('erased', language)})"


def course_rows(events: list[dict[str, Any]], rulebook: Rulebook, language: str) -> list[dict[str, Any]]:
    """The course of a case, a row an event: which, when, who, and what was done."""
    return [
        {
            "seq": event["seq"],
            "time": local(event["occurred_at"], rulebook),
            "event": label(event["kind"], language)
            + (f" [{label('retracted', language)}]" if event["retracted"] else ""),
            "person": event["actor"],
            "what": _done(event, rulebook, language),
        }
        for event in events
    ]


def course_columns(language: str) -> list[Column]:
    """The columns of a course."""
    keys = ("seq", "time", "event", "person")
    return [*(Column(key, label(key, language)) for key in keys), Column("what", label("what", language), wide=True)]


def due_columns(language: str) -> list[Column]:
    """The columns of `due`."""
    keys = ("due_at", "left", "case", "target", "priority", "category", "owner")
    return [Column(key, label(key, language), wide=key in ("category", "owner")) for key in keys]


def due_row(row: Value, now: datetime, rulebook: Rulebook, language: str) -> dict[str, Any]:
    """A deadline as a row of `due`."""
    return {
        "due_at": local(row["due_at"], rulebook)
        + (f" ({label('provisional', language)})" if row["provisional"] else ""),
        "left": left(from_text(row["due_at"]), now, language),
        "case": row["case"],
        "target": rulebook.title("target", row["target"], language),
        "priority": row["priority"],
        "category": rulebook.title("category", row["category"], language),
        "owner": rulebook.title("owner", row["owner"], language),
    }


def left(due: datetime, now: datetime, language: str) -> str:
    """How long until it is due, or since when it has been overdue, in the largest two units."""
    minutes = int(abs((due - now).total_seconds()) // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = (f"{days}d {hours}h") if days else f"{hours}h {rest:02}m" if hours else f"{rest}m"
    return f"{label('overdue', language)} {parts}" if now > due else parts


def local(instant: str, rulebook: Rulebook) -> str:
    """An instant of the contract in the desk's time."""
    return to_local_text(from_text(instant), rulebook.zone)


def aligned(rows: list[tuple[str, str, str]]) -> Iterator[str]:
    """Three columns side by side, the first two as wide as their widest cell."""
    first = max((width(row[0]) for row in rows), default=0)
    second = max((width(row[1]) for row in rows if row[2]), default=0)
    for head, value, rest in rows:
        line = f"  {head}{' ' * (first - width(head))}  {value}"
        yield f"{line}{' ' * (second - width(value))}  {rest}".rstrip() if rest else line


def _category(case: Value, rulebook: Rulebook, language: str) -> str:
    title = rulebook.title("category", case["category"], language)
    return title if case["classified"] else f"{title} [{label('unclassified', language)}]"


def _due(deadline: Value, rulebook: Rulebook, language: str) -> str:
    notes = [label(deadline["verdict"], language)] if deadline["verdict"] != "running" else []
    notes += [label("provisional", language)] if deadline["provisional"] else []
    return local(deadline["due_at"], rulebook) + (f" ({', '.join(notes)})" if notes else "")


def _owners(owners: list[str], rulebook: Rulebook, language: str) -> str:
    return ", ".join(rulebook.title("owner", owner, language) for owner in owners)


def _done(event: Mapping[str, Any], rulebook: Rulebook, language: str) -> str:
    """One line on what an event says."""
    body, personal = event["body"], event["personal"] or {}
    said = next(
        (personal[name] for name in ("text", "resolution", "words", "reason", "comment") if personal.get(name)), ""
    )
    values = [
        f"{label(finding['field'], language)}: {rulebook.title(finding['field'], finding['value'], language)}"
        for finding in body.get("findings", ())
    ]
    if event["kind"] == "CaseConfirmed":
        values.append(label("yes" if body["satisfied"] else "no", language))
    elif event["kind"] == "CaseRated":
        values += [str(score) for score in body["scores"].values()]
    elif event["kind"] == "CaseAmended":
        values.append(", ".join((*body["facts"], *personal.get("private", ()))))
    elif event["kind"] == "EventRetracted":
        values.append(f"event {body['seq']}")
    elif event["kind"] == "DeadlineMoved":
        values += [f"{setting['target']}: {setting['due_at']}" for setting in body["deadlines"]]
    return " – ".join(part for part in ("; ".join(values), said) if part)
