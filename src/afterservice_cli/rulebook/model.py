"""A rulebook in force: the compiled snapshot, with the questions that commands and decisions ask of it."""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from afterservice_cli.errors import BadInput, nearest
from afterservice_cli.frozen import Frozen
from afterservice_cli.rulebook.vocabulary import OWNER_ROLES
from afterservice_cli.worktime import Calendar

APOSTROPHES = dict.fromkeys(map(ord, "‘’‛ʼ"), "'")


class Category(Frozen):
    """One place of the category tree; `id` is its dotted path."""

    id: str
    title: Mapping[str, str]
    owner: str | None
    collaborators: tuple[str, ...]
    match: tuple[str, ...]
    unless: tuple[str, ...]
    targets: Mapping[str, str]
    required: tuple[str, ...]


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
        self.categories_require = any(category.required for category in self.categories.values())
        self.default: Mapping[str, str] = snapshot["default"]
        self.required: tuple[str, ...] = tuple(snapshot["intake"]["require"])
        self.anonymous: bool = snapshot["intake"]["anonymous"]
        self.screening: Mapping[str, Any] = snapshot["intake"]
        self.invalid: Mapping[str, Any] = _by_id(snapshot["intake"]["invalid"])
        self.pauses: Mapping[str, Any] = _by_id(snapshot["pauses"])
        self.visits: Mapping[str, Any] = _by_id(snapshot["assessment"])
        self.appraisal = {name: _by_id(entries) for name, entries in snapshot["appraisal"].items()}
        self.dispositions: Mapping[str, Any] = _by_id(snapshot["dispositions"])
        self.approvals: tuple[Mapping[str, Any], ...] = tuple(snapshot["approvals"])
        self.resolving: tuple[Mapping[str, Any], ...] = tuple(snapshot["resolving"]["require"])
        self.closing: Mapping[str, Any] = snapshot["closing"]
        self.questions: Mapping[str, Any] = _by_id((snapshot["closing"]["survey"] or {}).get("questions", ()))
        self.escalation: tuple[Mapping[str, Any], ...] = tuple(snapshot["escalation"])
        self.messages: tuple[Mapping[str, Any], ...] = tuple(snapshot["messages"])
        self.labels: Mapping[str, Mapping[str, str]] = snapshot["labels"]
        self.language: str = snapshot["language"]
        self.people: Mapping[str, Any] = _by_id(snapshot["people"])
        self.roles: Mapping[str, Any] = _by_id(snapshot["roles"])
        self.may: Mapping[str, list[str]] = snapshot["may"]
        self.claims: bool = snapshot["claims"]
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
        if not ids:
            raise BadInput(f"{where}the rulebook names no {what} – leave it out, or add some")
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

    def person_of(self, actor: str) -> str:
        """Who `NAME`, or `NAME as CLAIM`, is: the person of the rulebook with that user name, else the name itself.

        A claim counts where the rulebook lets it: on a shared account there is no other way to tell people apart.
        """
        user, _, claim = actor.partition(" as ")
        if claim and self.claims:
            titles = {title: person for person, entry in self.people.items() for title in entry["title"].values()}
            known = claim if claim in self.people else titles.get(claim)
            return known or self._person_with(claim) or claim
        # A login that is only called like somebody is not them.
        return self._person_with(user) or (f"login {user}" if user in self.people else user)

    def _person_with(self, user: str) -> str | None:
        return next((person for person, entry in self.people.items() if user in entry["users"]), None)

    def holders(self, role: str, owner: str, person: str | None = None) -> tuple[str, ...]:
        """Whose role it is in a case of the team `owner`, given to `person` if to anybody; the first stands before
        the others, who stand in for them."""
        if role == "owner" and person:
            return (person,)
        if role in self.roles:
            return tuple(self.roles[role]["people"])
        team = self.owners.get(owner if role in OWNER_ROLES else role, {"head": None, "deputy": None, "members": []})
        heads = tuple(filter(None, (team["head"], team["deputy"])))
        return heads if role == "owner_head" else tuple(dict.fromkeys((*heads, *team["members"])))

    def teams_of(self, person: str) -> tuple[str, ...]:
        """The teams a person belongs to."""
        return tuple(team for team in self.owners if person in self.holders(team, team))

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
            "pause": self.pauses,
            "ground": self.invalid,
            "visit": self.visits,
            "fault": self.appraisal["faults"],
            "cause": self.appraisal["causes"],
            "liability": self.appraisal["liabilities"],
            "disposition": self.dispositions,
            "question": self.questions,
            "person": self.people,
            "role": {**self.owners, **self.roles},
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
        tuple(entry["require"]),
    )
