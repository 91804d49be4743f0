"""A YAML document to a snapshot: every cross reference checked, every phrase normalised, the holidays expanded."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from afterservice_cli.errors import FaultyDocument, nearest
from afterservice_cli.record import Record
from afterservice_cli.rulebook.matching import find_category, find_owner, find_priority
from afterservice_cli.rulebook.model import Rulebook, normal, snapshot_hash
from afterservice_cli.rulebook.public_holidays import expand
from afterservice_cli.rulebook.reading import read_document
from afterservice_cli.rulebook.schema import BUILT_IN_FIELDS, RULEBOOK
from afterservice_cli.rulebook.shapes import Notes, Path, read_shape
from afterservice_cli.worktime import Calendar, parse_weekdays

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIRST_YEAR = 2000  # imports reach back; 27 years of China's holidays are 40 KB
YEARS_AHEAD = 2


class Failure(Record):
    """One of the rulebook's own examples that its rules decide otherwise."""

    line: int
    text: str
    field: str
    expected: str
    got: str


class Compiled(Record):
    """A rulebook without faults: its canonical text, what it means, and which of its examples fail."""

    text: str
    rulebook: Rulebook
    examples: int
    failures: tuple[Failure, ...]


def compile_rulebook(data: bytes, name: str, *, year: int) -> Compiled:
    """Compile the YAML of a rulebook as of a year; `FaultyDocument` names every fault at once."""
    root = read_document(data, name)
    document, notes = read_shape(root, RULEBOOK)
    if not notes.faults:
        _check_references(document, notes)
    if notes.faults:
        raise FaultyDocument(name, notes.faults)
    snapshot = _snapshot(document)
    snapshot["calendar"] = _calendar(document["calendar"], notes, year)
    if notes.faults:
        raise FaultyDocument(name, notes.faults)
    text = json.dumps(snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    rulebook = Rulebook(json.loads(text), snapshot_hash(text))
    failures = [
        failure
        for index, example in enumerate(document["examples"])
        for failure in _try(rulebook, example, notes.places["examples", index].line)
    ]
    return Compiled(text, rulebook, len(document["examples"]), tuple(failures))


def changes(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[str]:
    """The places in which two snapshots differ, as dotted paths, the calendar's holidays in one word."""
    if old is None:
        return ["first adoption"]
    found: list[str] = []
    for key in sorted({*old, *new}):
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        if _listed(before) and _listed(after):
            earlier, later = ({entry["id"]: entry for entry in entries} for entries in (before or (), after or ()))
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
        "owners": _entries(document["owners"]),
        "channels": _entries(document["channels"]),
        "kinds": _entries(document["kinds"]),
        "fields": [_field(name, entry) for name, entry in document["fields"].items()],
        "intake": document["intake"],
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
            }
            for path, entry in _tree(document["categories"])
        ],
        "priorities": [
            {**entry, "when": [_condition(condition) for condition in entry["when"]]}
            for entry in _entries(document["priorities"])
        ],
        "default": document["default"],
        "closing": document["closing"],
    }


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


def _tree(categories: Mapping[str, Any], above: str = "") -> list[tuple[str, dict[str, Any]]]:
    found = []
    for name, entry in categories.items():
        found.append((above + name, entry))
        found += _tree(entry["children"], f"{above}{name}.")
    return found


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


def _calendar(calendar: Mapping[str, Any], notes: Notes, year: int) -> dict[str, Any]:
    hours: dict[str, Any] = {day: [] for day in WEEKDAYS}
    for days, spans in calendar["hours"].items():
        hours.update(dict.fromkeys(parse_weekdays(days), spans))
    spec: dict[str, Any] = {
        "timezone": calendar["timezone"],
        "hours": hours,
        "makeup": calendar["makeup"],
        "holidays": None,
        "closed": [[day[:10], day[-10:]] for day in calendar["closed"]],
        "open": calendar["open"],
    }
    try:
        ZoneInfo(calendar["timezone"])
    except (ZoneInfoNotFoundError, ValueError):
        what = f"'{calendar['timezone']}' is no time zone – write a name such as Asia/Shanghai"
        notes.fault(("calendar", "timezone"), what)
        return spec
    if calendar["public_holidays"]:
        try:
            years = range(FIRST_YEAR, year + YEARS_AHEAD + 1)
            spec["holidays"] = expand(calendar["public_holidays"], years, year)
        except ValueError as error:
            notes.fault(("calendar", "public_holidays"), str(error))
    try:
        Calendar(spec)
    except ValueError as error:
        notes.fault(("calendar", "hours"), f"{error} – give at least one day its hours")
    return spec


class _References:
    """What the names in a document may refer to."""

    def __init__(self, document: Mapping[str, Any], notes: Notes) -> None:
        self.notes = notes
        tree = _tree(document["categories"])
        self.categories = [path for path, _ in tree]
        self.leaves = [path for path, entry in tree if not entry["children"]]
        self.owners, self.priorities = list(document["owners"]), list(document["priorities"])
        self.targets = list(document["targets"])
        self.fields: Mapping[str, Any] = document["fields"]
        self.words: dict[str, Sequence[str]] = {
            "channel": list(document["channels"]),
            "kind": list(document["kinds"]),
            "category": self.categories,
            "priority": self.priorities,
            **{name: list(entry["values"]) for name, entry in self.fields.items() if entry["values"]},
        }

    def among(self, words: Sequence[str], what: str, path: Path, value: str | None) -> None:
        if value is not None and value not in words:
            self.notes.fault(path, f"unknown {what} '{value}' – write {nearest(value, words)}")

    def durations(self, path: Path, entry: Mapping[str, Any]) -> None:
        for target in entry["targets"]:
            self.among(self.targets, "target", (*path, "targets", target), target)

    def condition(self, path: Path, condition: Mapping[str, Any], *, outside: str = "") -> None:
        if not any(value is not None for value in condition.values()):
            self.notes.fault(path, "an empty condition always holds – write what must be the case")
        for key, value in condition.items():
            inner = (*path, key)
            if value is None or key in ("match", "unless"):
                continue
            if key in ("any", "all"):
                for index, below in enumerate(value):
                    self.condition((*inner, index), below, outside=outside)
            elif key == "not":
                self.condition(inner, value, outside=outside)
            else:
                self.field_test(inner, key, value, outside)

    def field_test(self, path: Path, field: str, value: Any, outside: str) -> None:
        known = [name for name in ("channel", "kind", "category", "product", *self.fields) if name != outside]
        if field not in known:
            self.notes.fault(path, f"unknown field '{field}' – write {nearest(field, known)}")
        elif isinstance(value, Mapping):
            if self.fields.get(field, {}).get("type") != "number":
                self.notes.fault(path, f"'{field}' is no number, so it cannot be compared – list its values")
        elif field in self.words:
            for index, word in enumerate(value):
                self.among(self.words[field], field, (*path, index), word)


def _check_references(document: Mapping[str, Any], notes: Notes) -> None:
    names = _References(document, notes)
    for name, entry in document["fields"].items():
        if name in BUILT_IN_FIELDS or name in ("category", "priority", "owner"):
            notes.fault(("fields", name), f"'{name}' is built in – leave it out or choose another id")
        if (entry["type"] == "choice") != bool(entry["values"]) and entry["type"] is not None:
            notes.fault(("fields", name), "a choice has `values`, other types have none")
    for index, field in enumerate(document["intake"]["require"]):
        known = (*BUILT_IN_FIELDS, *document["fields"])
        names.among(known, "field", ("intake", "require", index), field)
    _check_categories(document["categories"], ("categories",), names)
    for section in ("channels", "kinds", "priorities"):
        for name, entry in document[section].items():
            names.durations((section, name), entry)
    for name, entry in document["priorities"].items():
        for index, condition in enumerate(entry["when"]):
            names.condition(("priorities", name, "when", index), condition, outside="priority")
    for what, words in (("category", names.leaves), ("priority", names.priorities), ("owner", names.owners)):
        names.among(words, what, ("default", what), document["default"][what])
    for index, example in enumerate(document["examples"]):
        _check_example(example, ("examples", index), names)


def _check_categories(categories: Mapping[str, Any], path: Path, names: _References) -> None:
    for name, entry in categories.items():
        place = (*path, name)
        names.among(names.owners, "owner", (*place, "owner"), entry["owner"])
        for index, owner in enumerate(entry["with"]):
            names.among(names.owners, "owner", (*place, "with", index), owner)
        names.durations(place, entry)
        if entry["children"] and (entry["match"] or entry["unless"]):
            names.notes.fault((*place, "match"), "a category with children has no phrases – give them to a child")
        _check_categories(entry["children"], (*place, "children"), names)


def _check_example(example: Mapping[str, Any], path: Path, names: _References) -> None:
    expect = example["expect"]
    names.among(names.leaves, "category", (*path, "expect", "category"), expect["category"])
    names.among(names.priorities, "priority", (*path, "expect", "priority"), expect["priority"])
    names.among(names.owners, "owner", (*path, "expect", "owner"), expect["owner"])
    if not any(expect.values()):
        names.notes.fault((*path, "expect"), "expects nothing – name a category, priority or owner")
    for field, value in example.items():
        if field not in ("text", "expect"):
            names.field_test((*path, field), field, [value], outside="category")


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
