"""A case, and a deadline, as everybody outside sees them: the contract of `--json`."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from afterservice_cli.cases.bodies import to_body
from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events.general import MessageWritten
from afterservice_cli.cases.values import verdict
from afterservice_cli.instants import to_text

EXPLAINED = ("category", "priority", "owner")


def case_value(
    case: Mapping[str, Any],
    deadlines: tuple[Mapping[str, Any], ...],
    texts: Mapping[str, Any],
    attachments: tuple[Mapping[str, Any], ...],
    now: datetime,
) -> dict[str, Any]:
    """One case, from its rows in the tables. Values are the rulebook's ids, times UTC, verdicts as of `now`."""
    decided = json.loads(case["decided"])
    return {
        "case": case["case_id"],
        "version": case["version"],
        "status": case["status"],
        "stage": case["stage"],
        "kind": case["kind"],
        "channel": case["channel"],
        "category": case["category"],
        "classified": bool(case["classified"]),
        "priority": case["priority"],
        "owner": case["owner"],
        "person": case["person"],
        "collaborators": json.loads(case["collaborators"]),
        "registered_at": case["registered_at"],
        "cycle": case["cycle"],
        "product": case["product"],
        "fields": {**json.loads(case["fields"]), **json.loads(texts["details"])},
        "customer": texts["customer"],
        "contact": texts["contact"],
        "description": texts["description"],
        "deadlines": [_deadline(row, to_text(now)) for row in deadlines],
        "promised_at": case["promised_at"],
        "waiting_for": case["pause"],
        "follow_up": case["follow_up"],
        "void_by": case["void_by"] or None,
        "merged_into": case["merged_into"],
        **json.loads(case["work"]),
        "explanation": [_explained(field, decided[field]) for field in EXPLAINED],
        "attachments": [_attachment(row) for row in attachments],
    }


def events_value(case: Case) -> list[dict[str, Any]]:
    """The history of a case. `body` is what the hash covers; `personal` lies beside it, null once erased."""
    standing = {recorded.seq for recorded in case.standing}
    found = []
    for recorded in case.events:
        body, personal = to_body(recorded.event)
        found.append(
            {
                "seq": recorded.seq,
                "kind": type(recorded.event).__name__,
                "stage": recorded.event.STAGE or None,
                "occurred_at": to_text(recorded.event.at),
                "recorded_at": to_text(recorded.recorded_at),
                "actor": recorded.actor,
                "clock": recorded.clock,
                "rulebook": recorded.rulebook,
                "body": body,
                "personal": personal or None,
                "retracted": recorded.seq not in standing,
                "hash": recorded.hash,
            }
        )
    return found


def message_value(case: Case, message: MessageWritten) -> dict[str, Any]:
    """A message to be sent: to whom, by which channel, in which language, and what it says."""
    to_customer = message.to == "customer"
    return {
        "case": case.number,
        "template": message.template,
        "to": message.to,
        "people": list(message.people),
        "customer": case.customer if to_customer else None,
        "contact": case.contact if to_customer else None,
        "channel": message.channel,
        "language": message.language,
        "text": message.text,
        "file": None,
    }


def verdict_of(row: Mapping[str, Any], now: str) -> str:
    """What has become of a deadline's row as of `now`, UTC text."""
    return verdict(row["outcome"], row["ended_at"], row["due_at"], now, row["paused_at"])


def _deadline(row: Mapping[str, Any], now: str) -> dict[str, Any]:
    return {
        "target": row["target"],
        "due_at": row["due_at"],
        "verdict": verdict_of(row, now),
        "provisional": bool(row["provisional"]),
        "cycle": row["cycle"],
        "occurrence": row["occurrence"],
        "start": row["start"],
        "from_at": row["from_at"],
        "duration": row["duration"],
        "until": row["until"],
        "ended_at": row["ended_at"],
        "paused_at": row["paused_at"],
        "warn_at": row["warn_at"],
        "rule": row["rule"],
        "rulebook": row["rulebook"],
    }


def _attachment(row: Mapping[str, Any]) -> dict[str, Any]:
    body, personal = json.loads(row["body"]), json.loads(row["data"] or "{}")
    return {
        "seq": row["seq"],
        "name": personal.get("file"),
        "size": body["size"],
        "sha256": body["digest"],
        "at": row["at"],
        "actor": row["actor"],
        "note": personal.get("text"),
    }


def _explained(field: str, decided: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "field": field,
        "value": decided["value"],
        "by": decided["by"],
        "rule": decided["rule"],
        "phrases": decided["phrases"],
        "rulebook": decided["rulebook"],
    }
