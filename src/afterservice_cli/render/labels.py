"""The words on the screen; what the rulebook names, it titles itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from afterservice_cli.language import LANGUAGES, plural, spoken, translated, translated_many, words
from afterservice_cli.rulebook.comparing import normal

LABELS: dict[str, str] = words(
    "label",
    {
        "case": "case",
        "status": "status",
        "stage": "stage",
        "kind": "kind",
        "channel": "channel",
        "category": "category",
        "priority": "priority",
        "owner": "owner",
        "collaborators": "with",
        "customer": "customer",
        "contact": "contact",
        "product": "product",
        "description": "description",
        "registered_at": "registered",
        "registered_by": "registered by",
        "source_number": "number at its source",
        "due_at": "due",
        "responded_at": "responded at",
        "resolved_at": "resolved at",
        "closed_at": "closed at",
        "ended_at": "ended",
        "kept_until": "kept until",
        "classified": "classified",
        "suggested": "suggested",
        "void_by": "void by",
        "satisfied": "satisfied",
        "scores": "scores",
        "team": "team",
        "occurrence": "occurrence",
        "warn_at": "warned at",
        "paused_minutes": "minutes paused",
        "counts": "in attainment",
        "duration": "length",
        "rule": "rule",
        "outcomes": "may come to",
        "raised_from": "raised from",
        "target": "target",
        "verdict": "verdict",
        "left": "left",
        "why": "why",
        "time": "time",
        "person": "person",
        "event": "event",
        "what": "what was done",
        "seq": "seq",
        "attachments": "attachments",
        "name": "name",
        "size": "bytes",
        "sha256": "SHA-256",
        "note": "note",
        "file": "file",
        "batch": "import",
        "at": "at",
        "profile": "profile",
        "new_rows": "new",
        "changed": "changed",
        "unchanged": "unchanged",
        "conflicts": "in conflict",
        "rejected": "rejected",
        "end": "end",
        "stopped": "stopped",
        "finished": "finished",
        "open": "open",
        "waiting": "waiting",
        "resolved": "resolved",
        "confirmed": "confirmed",
        "closed": "closed",
        "void": "void",
        "intake": "intake",
        "triage": "triage",
        "handling": "handling",
        "closing": "closing",
        "done": "done",
        "running": "running",
        "paused": "paused",
        "paused_at": "paused since",
        "met": "met",
        "missed": "missed",
        "unclassified": "unclassified",
        "provisional": "provisional",
        "date": "date",
        "weekday": "day",
        "hours": "hours",
        "worked": "worked",
        "warning": "soon",
        "rulebook": "rulebook",
        "named": "what it is",
        "of_what": "of",
        "id": "id",
        "zh": "Chinese",
        "en": "English",
        "cycle": "cycle",
        "moved": "moved",
        "told": "told",
        "overdue": "overdue",
        "anonymous": "anonymous",
        "retracted": "retracted",
        "invalid": "invalid",
        "merged": "merged into",
        "merged_here": "merged into this one",
        "withdrawn": "withdrawn",
        "message": "message",
        "task": "task",
        "duty": "duty",
        "problem": "problem",
        "measure": "measure",
        "cases": "cases",
        "title": "title",
        "to_do": "to be done",
        "cases_counted": "cases (open/all)",
        "measures_counted": "measures (not judged/all)",
        "same": "in common",
        "effective": "effective",
        "before": "before",
        "after": "after",
        "figure": "figure",
        "until": "until",
        "from": "from",
        "belongs": "part of",
        "every": "every",
        "by": "by",
        "done_at": "last done",
        "waits_for": "waits for",
        "opened_at": "since",
        "not_counted": "outside attainment",
        "promised_at": "promised",
        "delayed": "delayed",
        "plan": "plan",
        "assessment": "assessment",
        "appraisal": "appraisal",
        "fault": "fault",
        "cause": "cause",
        "liability": "liability",
        "disposition": "disposition",
        "line": "product line",
        "within": "within",
        "unknown": "unknown",
        "over": "over",
        "links": "linked",
        "related": "related",
        "duplicate": "duplicate",
        "follows": "follows",
        "allowed": "allowed next",
        "warranty": "under warranty",
        "no_warranty": "not under warranty",
        "known": "known problem",
        "new": "new problem",
        "approved": "approved",
        "declined": "declined",
        "to_revise": "to be revised",
        "agreed": "accepted",
        "given": "given before:",
        "paid": "paid before:",
        "not_agreed": "not accepted",
        "version": "version",
        "valid": "valid",
        "vague": "vague",
        "asked": "asked for",
        "age": "its time is over",
        "looks_invalid": "looks invalid",
        "looks_vague": "looks vague",
        "still_demanded": "registering still demands",
        "erased": "erased",
        "yes": "yes",
        "no": "no",
        "silent": "the customer never answered",
    },
)
LABELS |= words("heading", {"day_kind": "note"})
EFFECTS: Mapping[str, str] = words("effect", {"yes": "yes", "partly": "partly", "no": "no"})
ROLES: Mapping[str, str] = words("role", {"owner": "owner", "owner_head": "head of the department"})


def with_id(title: str, identifier: str) -> str:
    """Return a title with the id that it stands for, if that is another."""
    return title if title == identifier else f"{title} ({identifier})"


@cache
def label(word: str, language: str) -> str:
    """Return the word as the screen shows it; the word itself if there is no label."""
    return translated(LABELS[word], language) if word in LABELS else word


def effect(word: str, language: str) -> str:
    """Return whether a measure had its effect, in words."""
    return translated(EFFECTS.get(word, word), language)


def said(name: str, value: str, language: str) -> str:
    """Return a name and what is said of it."""
    return translated("{name}: {value}", language, name=name, value=value)


def clauses(several: Iterable[str], language: str) -> str:
    """Return what is said, one thing after the other."""
    return translated("; ", language).join(several)


def either(several: Iterable[str], language: str) -> str:
    """Return words of which one is enough."""
    return translated(" or ", language).join(several)


def cases_counted(count: int, language: str | None = None) -> str:
    """Return so many cases in words: of the language spoken, if none is named."""
    return translated_many(plural("{count} case", "{count} cases"), count, language or spoken())


def words_for(word: str) -> set[str]:
    """Return the labels of a word in both languages, as they are compared; the word itself if it has none."""
    return {normal(label(word, language)) for language in LANGUAGES}
