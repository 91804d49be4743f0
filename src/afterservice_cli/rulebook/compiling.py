"""A YAML document to a snapshot: every cross reference checked, every phrase normalised, the holidays expanded."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from afterservice_cli.errors import FaultyDocument
from afterservice_cli.frozen import Frozen
from afterservice_cli.rulebook.check_durations import check_reach
from afterservice_cli.rulebook.check_references import check_references, tree
from afterservice_cli.rulebook.matching import find_category, find_owner, find_priority
from afterservice_cli.rulebook.model import Rulebook, normal, snapshot_hash
from afterservice_cli.rulebook.public_holidays import expand
from afterservice_cli.rulebook.schema import CALENDAR, RULEBOOK
from afterservice_cli.rulebook.schema_types import ANY, Key, Keys, Notes, read_shape
from afterservice_cli.rulebook.yaml_nodes import read_document
from afterservice_cli.worktime import WEEKDAYS, Calendar

FIRST_YEAR = 2000  # imports reach back; 27 years of China's holidays are 40 KB
YEARS_AHEAD = 2


class Failure(Frozen):
    """One of the rulebook's own examples that its rules decide otherwise."""

    line: int
    text: str
    field: str
    expected: str
    got: str


class Compiled(Frozen):
    """A rulebook without faults: its canonical text, what it means, and which of its examples fail."""

    text: str
    rulebook: Rulebook
    examples: int
    failures: tuple[Failure, ...]

    @property
    def failing(self) -> int:
        """How many examples fail, each counted once however many of its expectations do."""
        return len({(failure.line, failure.text) for failure in self.failures})


def compile_rulebook(data: bytes, name: str, *, year: int) -> Compiled:
    """Compile the YAML of a rulebook as of a year; `FaultyDocument` names every fault at once."""
    root = read_document(data, name)
    document, notes = read_shape(root, RULEBOOK)
    calendar = None
    if document is not None:
        check_references(document, notes)
        calendar = _calendar(document["calendar"], notes, year)
        if calendar and notes.sound("calendar"):
            check_reach(document, calendar, notes)
    if notes.faults:
        raise FaultyDocument(name, notes.faults)
    snapshot = {**_snapshot(document), "calendar": calendar}
    text = json.dumps(snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    rulebook = Rulebook(json.loads(text), snapshot_hash(text))
    failures = [
        failure
        for index, example in enumerate(document["examples"])
        for failure in _try(rulebook, example, notes.places["examples", index].line)
    ]
    return Compiled(text, rulebook, len(document["examples"]), tuple(failures))


def compile_calendar(data: bytes, name: str, *, year: int) -> Calendar:
    """The calendar of a document that may have nothing else; `FaultyDocument` names every fault in that."""
    root = read_document(data, name)
    document, notes = read_shape(
        root, Keys({"calendar": Key(CALENDAR, "the working calendar", required=True)}, others=ANY)
    )
    spec = _calendar(document["calendar"], notes, year) if document and document["calendar"] else None
    if notes.faults or spec is None:
        raise FaultyDocument(name, notes.faults)
    return Calendar(spec)


def changes(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[str]:
    """The places in which two snapshots differ, as dotted paths, the calendar's holidays in one word.

    A section that keeps its entries in an order is named itself where they changed places.
    """
    if old is None:
        return ["first adoption"]
    found: list[str] = []
    for key in sorted({*old, *new}):
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        if _listed(before) and _listed(after):
            earlier, later = ({entry["id"]: entry for entry in entries} for entries in (before or (), after or ()))
            if [i for i in earlier if i in later] != [i for i in later if i in earlier]:
                found.append(key)
            found += [f"{key}.{i}" for i in {**earlier, **later} if earlier.get(i) != later.get(i)]
        elif isinstance(before, Mapping) and isinstance(after, Mapping):
            found += [f"{key}.{i}" for i in sorted({*before, *after}) if before.get(i) != after.get(i)]
        else:
            found.append(key)
    return found


def _listed(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, Mapping) and "id" in entry for entry in value)


def _snapshot(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "rulebook": document["rulebook"],
        "title": _title(document["title"]),
        "numbering": document["numbering"],
        "series": re.sub(r"\{serial[^}]*\}", "*", document["numbering"]),
        "language": document["language"],
        "owners": _entries(document["owners"]),
        "people": _people(document),
        "roles": _entries(document["roles"]),
        "may": document["may"],
        "claims": document["claims"],
        "channels": _entries(document["channels"]),
        "kinds": _entries(document["kinds"]),
        "fields": [_field(name, entry) for name, entry in document["fields"].items()],
        "intake": _intake(document["intake"]),
        "targets": [
            {**entry, "id": name, "title": _title(entry["title"] or name)}
            for name, entry in document["targets"].items()
        ],
        "categories": [
            {
                "id": path,
                "title": _title(entry["title"]),
                "owner": entry["owner"],
                "with": entry["with"],
                "match": _phrases(entry["match"]),
                "unless": _phrases(entry["unless"]),
                "targets": entry["targets"],
                "require": entry["require"],
            }
            for path, entry in tree(document["categories"])
        ],
        "priorities": [
            {**entry, "when": [_condition(condition) for condition in entry["when"]]}
            for entry in _entries(document["priorities"])
        ],
        "default": document["default"],
        "pauses": _entries(document["pauses"]),
        "assessment": _titles(document["assessment"]),
        "appraisal": {name: _titles(titles) for name, titles in document["appraisal"].items()},
        "dispositions": [
            {**entry, "when": _maybe(entry["when"]), "steps": _entries(entry["steps"])}
            for entry in _entries(document["dispositions"])
        ],
        "approvals": [_when(entry) for entry in document["approvals"]],
        "resolving": {"require": [_when(entry) for entry in document["resolving"]["require"]]},
        "closing": _closing(document["closing"]),
        "escalation": [_when(entry) for entry in document["escalation"]],
        "messages": [
            {**_when(entry), "id": name, "text": _title(entry["text"])} for name, entry in document["messages"].items()
        ],
        "labels": {word: _title(title) for word, title in document["labels"].items()},
    }


def _people(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Everybody whom the rulebook names, with the names under which they may work."""
    found: dict[str, dict[str, Any]] = {
        name: {"id": name, "title": _title(entry["title"]), "users": entry["users"] or [name]}
        for name, entry in document["people"].items()
    }
    named = [name for owner in document["owners"].values() for name in (owner["head"], owner["deputy"])]
    named += [name for owner in document["owners"].values() for name in owner["members"]]
    named += [name for role in document["roles"].values() for name in role["people"]]
    for name in filter(None, named):
        found.setdefault(name, {"id": name, "title": _title(name), "users": [name]})
    return list(found.values())


def _intake(intake: Mapping[str, Any]) -> dict[str, Any]:
    vague = intake["vague"]
    return {
        **intake,
        "invalid": [{**entry, "match": _phrases(entry["match"])} for entry in _entries(intake["invalid"])],
        "vague": {**vague, "match": _phrases(vague["match"])} if vague else None,
    }


def _closing(closing: Mapping[str, Any]) -> dict[str, Any]:
    survey = closing["survey"]
    return {
        **closing,
        "require": [_when(entry) for entry in closing["require"]],
        "survey": {**survey, "questions": _titles(survey["questions"])} if survey else None,
    }


def _titles(titles: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"id": name, "title": _title(title)} for name, title in titles.items()]


def _when(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {**entry, "when": _maybe(entry["when"])}


def _maybe(condition: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if condition is None else _condition(condition)


def _title(title: Any) -> dict[str, str]:
    if isinstance(title, str):
        return {"en": title, "zh": title}
    some = title.get("zh") or title.get("en") or ""
    return {"en": title.get("en") or some, "zh": title.get("zh") or some}


def _entries(section: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{**entry, "id": name, "title": _title(entry["title"])} for name, entry in section.items()]


def _field(name: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    kind = entry["type"] or ("choice" if entry["values"] else "text")
    personal = kind == "text" if entry["personal"] is None else entry["personal"]
    values = [{"id": value, "title": _title(title)} for value, title in entry["values"].items()]
    return {"id": name, "title": _title(entry["title"]), "type": kind, "values": values, "personal": personal}


def _phrases(phrases: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(normal(phrase) for phrase in phrases))


def _condition(condition: Mapping[str, Any]) -> dict[str, Any]:
    compiled: dict[str, Any] = {}
    for key, value in condition.items():
        if value is None:
            continue
        if key in ("match", "unless"):
            compiled[key] = _phrases(value)
        elif key in ("any", "all"):
            compiled[key] = [_condition(inner) for inner in value]
        elif key == "not":
            compiled[key] = _condition(value)
        elif isinstance(value, Mapping):
            compiled[key] = {test: bound for test, bound in value.items() if bound is not None}
        else:
            compiled[key] = value
    return compiled


def _calendar(calendar: Mapping[str, Any], notes: Notes, year: int) -> dict[str, Any] | None:
    """The calendar with its holidays written out; None where what says when it opens could not be read."""
    if not all(notes.sound("calendar", key) for key in ("hours", "makeup", "public_holidays", "open")):
        return None
    hours: dict[str, Any] = {day: [] for day in WEEKDAYS}
    for days, spans in calendar["hours"].items():
        hours.update(dict.fromkeys(days, spans))
    years, place = range(FIRST_YEAR, year + YEARS_AHEAD + 1), calendar["public_holidays"]
    spec: dict[str, Any] = {
        "timezone": calendar["timezone"],
        "hours": hours,
        "makeup": calendar["makeup"],
        "holidays": expand(place, years, year) if place else None,
        "closed": calendar["closed"],
        "open": calendar["open"],
    }
    try:
        Calendar({**spec, "timezone": "UTC"})  # whether it ever opens is no matter of its zone
    except ValueError as error:
        notes.fault(("calendar", "hours"), str(error))
    return spec


def _try(rulebook: Rulebook, example: Mapping[str, Any], line: int) -> list[Failure]:
    facts = {field: value for field, value in example.items() if field not in ("text", "expect")}
    category = find_category(rulebook, example["text"]).value
    priority = find_priority(rulebook, example["text"], {**facts, "category": category}).value
    got = {"category": category, "priority": priority, "owner": find_owner(rulebook, category).value}
    return [
        Failure(line, example["text"], field, expected, got[field])
        for field, expected in example["expect"].items()
        if expected is not None and expected != got[field]
    ]
