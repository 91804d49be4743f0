"""A case, and a deadline, as everybody outside sees them: the contract of `--json`."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from afterservice_cli.cases.case import Case, verdict
from afterservice_cli.cases.events import to_body
from afterservice_cli.instants import to_text

EXPLAINED = ("category", "priority", "owner")


def case_value(
    case: Mapping[str, Any], deadlines: tuple[Mapping[str, Any], ...], texts: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """One case, from its rows in the tables. Values are the rulebook's ids, times UTC, verdicts as of `now`."""
    given = json.loads(case["given"])
    return {
        "case": case["case_id"],
        "status": case["status"],
        "stage": case["stage"],
        "kind": case["kind"],
        "channel": case["channel"],
        "category": case["category"],
        "classified": bool(case["classified"]),
        "priority": case["priority"],
        "owner": case["owner"],
        "collaborators": json.loads(case["collaborators"]),
        "registered_at": case["registered_at"],
        "cycle": case["cycle"],
        "product": case["product"],
        "fields": {**json.loads(case["fields"]), **json.loads(texts["details"])},
        "customer": texts["customer"],
        "contact": texts["contact"],
        "description": texts["description"],
        "deadlines": [_deadline(row, to_text(now)) for row in deadlines],
        "explanation": [_explained(field, given[field]) for field in EXPLAINED],
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


def verdict_of(row: Mapping[str, Any], now: str) -> str:
    """What has become of a deadline's row as of `now`, UTC text."""
    return verdict(row["outcome"], row["ended_at"], row["due_at"], now)


def _deadline(row: Mapping[str, Any], now: str) -> dict[str, Any]:
    return {
        "target": row["target"],
        "due_at": row["due_at"],
        "verdict": verdict_of(row, now),
        "provisional": bool(row["provisional"]),
        "cycle": row["cycle"],
        "from_at": row["from_at"],
        "duration": row["duration"],
        "ended_at": row["ended_at"],
        "rule": row["rule"],
        "rulebook": row["rulebook"],
    }


def _explained(field: str, given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "field": field,
        "value": given["value"],
        "by": given["by"],
        "rule": given["rule"],
        "phrases": given["phrases"],
        "rulebook": given["rulebook"],
    }
