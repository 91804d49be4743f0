"""A rulebook in force: the compiled snapshot, with the questions that commands and decisions ask of it."""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from afterservice_cli.errors import BadInput, nearest
from afterservice_cli.record import Record
from afterservice_cli.worktime import Calendar

APOSTROPHES = dict.fromkeys(map(ord, "‘’‛ʼ"), "'")


class Category(Record):
    """One place of the category tree; `id` is its dotted path."""

    id: str
    title: Mapping[str, str]
    owner: str | None
    collaborators: tuple[str, ...]
    match: tuple[str, ...]
    unless: tuple[str, ...]
    targets: Mapping[str, str]


class Rulebook:
    """A snapshot under its hash. Everything in it is plain data and never changes."""

    def __init__(self, snapshot: Mapping[str, Any], digest: str) -> None:
        self.snapshot, self.hash = snapshot, digest
        self.name: str = snapshot["rulebook"]
        self.zone = ZoneInfo(snapshot["calendar"]["timezone"])
        self.owners: Mapping[str, Any] = _by_id(snapshot["owners"])
        self.channels: Mapping[str, Any] = _by_id(snapshot["channels"])
        self.kinds: Mapping[str, Any] = _by_id(snapshot["kinds"])
        self.fields: Mapping[str, Any] = _by_id(snapshot["fields"])
        self.targets: Mapping[str, Any] = _by_id(snapshot["targets"])
        self.priorities: Mapping[str, Any] = _by_id(snapshot["priorities"])
        self.categories = {entry["id"]: _category(entry) for entry in snapshot["categories"]}
        self.default: Mapping[str, str] = snapshot["default"]
        self.required: tuple[str, ...] = tuple(snapshot["intake"]["require"])
        self.anonymous: bool = snapshot["intake"]["anonymous"]
        self.closing: Mapping[str, Any] = snapshot["closing"]
        self._calendar: Calendar | None = None

    @property
    def calendar(self) -> Calendar:
        """The working calendar, built when first asked for."""
        if self._calendar is None:
            self._calendar = Calendar(self.snapshot["calendar"])
        return self._calendar

    def series(self, received_at: datetime) -> str:
        """The run of numbers that a case received then belongs to: its number, with `*` for the serial."""
        local = received_at.astimezone(self.zone)
        pattern: str = self.snapshot["series"]
        return pattern.format(year=local.year, month=local.month, day=local.day)

    def number(self, received_at: datetime, serial: int) -> str:
        """The number of the `serial`-th case of its series."""
        local = received_at.astimezone(self.zone)
        pattern: str = self.snapshot["numbering"]
        return pattern.format(year=local.year, month=local.month, day=local.day, serial=serial)

    def title(self, what: str, value: str | None, language: str) -> str:
        """The label of a channel, kind, category, priority, owner, target or field value; the id where none."""
        if value is None:
            return ""
        if what == "category":
            found: Any = self.categories.get(value)
            return str(found.title[language]) if found else value
        entry = self._ids(what).get(value)
        return str(entry["title"][language]) if entry else value

    def known(self, what: str, value: str, *, where: str = "") -> str:
        """Return `value` if the rulebook knows it as a `what`; `BadInput` with the nearest valid word if not."""
        ids = self._ids(what)
        if value in ids:
            return value
        for identifier, entry in ids.items():
            title = entry.title if isinstance(entry, Category) else entry["title"]
            if value in title.values():
                return identifier
        raise BadInput(
            f"{where}unknown {what} – write {nearest(value, tuple(ids))}"
            if where
            else f"unknown {what} '{value[:40]}' – write {nearest(value, tuple(ids))}"
        )

    def choices(self, field: str) -> list[tuple[str, Mapping[str, str]]]:
        """The values a field may take, with their labels; none where it is free."""
        return [(identifier, entry["title"]) for identifier, entry in self._ids(field).items()]

    def leaves(self) -> list[str]:
        """Category ids that a case may have: those with no children."""
        parents = {identifier.rpartition(".")[0] for identifier in self.categories}
        return [identifier for identifier in self.categories if identifier not in parents]

    def is_personal(self, field: str) -> bool:
        """Whether a declared field belongs with the personal data."""
        return bool(self.fields[field]["personal"])

    def duration(self, target: str, facts: Mapping[str, Any]) -> tuple[str, str] | None:
        """How long `target` gives a case, and which rule says so; None where nothing demands it.

        Where several do: channel over kind over category (the nearest in the tree) over priority.
        """
        # A case may have a category of an earlier rulebook that this one has not.
        category: str = facts["category"]
        while category and not (category in self.categories and target in self.categories[category].targets):
            category = category.rpartition(".")[0]
        sources = [
            ("channels", facts.get("channel"), self.channels.get(facts.get("channel") or "")),
            ("kinds", facts.get("kind"), self.kinds.get(facts.get("kind") or "")),
            ("categories", category, {"targets": self.categories[category].targets} if category else None),
            ("priorities", facts["priority"], self.priorities.get(facts["priority"])),
        ]
        for section, identifier, entry in sources:
            if entry and target in entry["targets"]:
                return entry["targets"][target], f"{section}.{identifier}.targets.{target}"
        return None

    def raised(self, priority: str, steps: int) -> str:
        """The priority `steps` above; the highest where there is none so far up."""
        ranks = list(self.priorities)
        return ranks[max(0, ranks.index(priority) - steps)] if priority in ranks else priority

    def _ids(self, what: str) -> Mapping[str, Any]:
        if what == "category":
            return {identifier: self.categories[identifier] for identifier in self.leaves()}
        sections = {
            "channel": self.channels,
            "kind": self.kinds,
            "priority": self.priorities,
            "owner": self.owners,
            "target": self.targets,
            "field": self.fields,
        }
        if what in sections:
            return sections[what]
        return _by_id(self.fields[what]["values"]) if what in self.fields else {}


def normal(text: str) -> str:
    """The form in which texts and phrases are compared.

    NFKC, case folded, with plain apostrophes, and one blank for every run of blanks and line ends; none at the ends.
    """
    return " ".join(unicodedata.normalize("NFKC", text.translate(APOSTROPHES)).casefold().split())


def snapshot_hash(text: str) -> str:
    """The hash under which a snapshot is kept: SHA-256 of its canonical text."""
    return hashlib.sha256(text.encode()).hexdigest()


def file_digest(data: bytes) -> str:
    """SHA-256 of a rulebook's file, by which an edit is noticed."""
    return hashlib.sha256(data).hexdigest()


def _by_id(entries: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {entry["id"]: entry for entry in entries}


def _category(entry: Mapping[str, Any]) -> Category:
    return Category(
        entry["id"],
        entry["title"],
        entry["owner"],
        tuple(entry["with"]),
        tuple(entry["match"]),
        tuple(entry["unless"]),
        entry["targets"],
    )
