"""What the names in a rulebook refer to: every reference is checked, whatever else could not be read."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from afterservice_cli.errors import nearest
from afterservice_cli.rulebook.scalars import BUILT_IN_FIELDS, day, number
from afterservice_cli.rulebook.schema_types import Notes, Path
from afterservice_cli.rulebook.vocabulary import FIELD, OWNER_ROLES, PLACEHOLDERS, STEP

Words = Sequence[str] | None
"""The names something may have; None where they could not be read, so that nobody can tell."""

CASE_FIELDS = ("channel", "kind", "product")
# What a condition on a plan, a demand or a message may ask for beside the case's own facts.
PLAN_FIELDS = (
    "category",
    "priority",
    "amount",
    "disposition",
    "fault",
    "cause",
    "liability",
    "warranty",
    "waiting_for",
)


def check_references(document: Mapping[str, Any], notes: Notes) -> None:
    """Note a fault at every name in a document that means nothing there.

    `document` is what the shapes made of it, None standing for what they could not read; their faults are in `notes`.
    Nothing is said of a name whose meaning is among what could not be read.
    """
    check = _Check(document, notes)
    check.fields()
    check.required((document["intake"] or {}).get("require"))
    check.categories(document["categories"], ("categories",))
    for section in ("channels", "kinds", "priorities"):
        for name, entry in entries(document[section]):
            check.durations((section, name), entry)
    for name, entry in entries(document["priorities"]):
        for index, condition in _items(entry["when"]):
            check.condition(("priorities", name, "when", index), condition)
    check.outcome(("default",), document["default"])
    check.intake(document["intake"] or {})
    check.people(document)
    check.course(document)
    check.closing(document["closing"] or {})
    for index, example in _items(document["examples"]):
        check.example(("examples", index), example)


def tree(categories: Mapping[str, Any] | None, above: str = "") -> list[tuple[str, Any]]:
    """Every category with its dotted path, each before its children."""
    found = []
    for name, entry in (categories or {}).items():
        found.append((above + name, entry))
        found += tree(entry and entry["children"], f"{above}{name}.")
    return found


def entries(section: Mapping[str, Any] | None) -> Iterator[tuple[str, Any]]:
    """The entries of a section that could be read, in order."""
    return ((name, entry) for name, entry in (section or {}).items() if entry is not None)


def everywhere(section: Mapping[str, Any] | None, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Those entries with their places, and after each its children's."""
    for name, entry in entries(section):
        yield (*path, name), entry
        yield from everywhere(entry.get("children"), (*path, name, "children"))


def _items(values: Sequence[Any] | None) -> Iterator[tuple[int, Any]]:
    return ((index, value) for index, value in enumerate(values or ()) if value is not None)


def _words(section: Mapping[str, Any] | None) -> Words:
    return None if section is None else list(section)


class _Check:
    """What the names in a document may refer to, and the checks of each kind of place where they stand."""

    def __init__(self, document: Mapping[str, Any], notes: Notes) -> None:
        self.notes, self.document = notes, document
        self.heads_needed = False
        self.declared: Mapping[str, Any] | None = document["fields"]
        self.owners, self.targets = _words(document["owners"]), _words(document["targets"])
        every = tree(document["categories"])
        # Below these could be anything.
        self.unread = [path for path, entry in every if entry is None or entry["children"] is None]
        known = document["categories"] is not None
        self.paths: Words = [path for path, _ in every] if known else None
        leaves = [path for path, entry in every if path in self.unread or not entry["children"]]
        self.decided: Mapping[str, Words] = {
            "category": leaves if known else None,
            "priority": _words(document["priorities"]),
            "owner": self.owners,
        }
        self.choices: Mapping[str, Words] = {
            **{name: list(entry["values"]) for name, entry in entries(self.declared) if entry["values"]},
            "channel": _words(document["channels"]),
            "kind": _words(document["kinds"]),
            "category": self.paths,
        }
        appraisal = document["appraisal"] or {}
        self.steps = [step for _, entry in entries(document["dispositions"]) for step in entry["steps"] or ()]
        self.planned: Mapping[str, Words] = {
            "priority": _words(document["priorities"]),
            "disposition": _words(document["dispositions"]),
            "fault": _words(appraisal.get("faults")),
            "cause": _words(appraisal.get("causes")),
            "liability": _words(appraisal.get("liabilities")),
            "warranty": ["yes", "no"],
            "waiting_for": _words(document["pauses"]),
        }
        self.pauses = _words(document["pauses"])
        self.roles: Words = None
        if document["roles"] is not None and self.owners is not None:
            self.roles = [*OWNER_ROLES, *document["roles"], *self.owners]

    def among(self, words: Words, what: str, path: Path, value: str | None, *, key: bool = False) -> None:
        """Note a fault where `value` is written and is none of `words`."""
        if value is None or words is None or value in words:
            return
        if what == "category" and any(value == path or value.startswith(f"{path}.") for path in self.unread):
            return
        instead = f"write {nearest(value, words)}" if words else f"define this {what} first, or leave it out"
        self.notes.fault(path, f"unknown {what} '{value[:40]}' – {instead}", key=key)

    def fields(self) -> None:
        """A choice has values to choose from, and nothing else has."""
        for name, entry in entries(self.declared):
            if entry["type"] == "choice" and entry["values"] == {}:
                self.notes.fault(("fields", name), "a choice without values – list them under `values`", key=True)
            elif entry["type"] not in (None, "choice") and entry["values"]:
                what = f"a field of type {entry['type']} has no values – leave them out, or write `type: choice`"
                self.notes.fault(("fields", name, "values"), what, key=True)

    def required(self, names: Sequence[Any] | None) -> None:
        """What registering demands is a field."""
        known = None if self.declared is None else (*BUILT_IN_FIELDS, *self.declared)
        for index, name in _items(names):
            self.among(known, "field", ("intake", "require", index), name)

    def categories(self, categories: Mapping[str, Any] | None, path: Path) -> None:
        """Categories name teams and targets; phrases belong to those without children."""
        for name, entry in entries(categories):
            place = (*path, name)
            self.among(self.owners, "owner", (*place, "owner"), entry["owner"])
            for index, owner in _items(entry["with"]):
                self.among(self.owners, "owner", (*place, "with", index), owner)
            self.durations(place, entry)
            for phrases in ("match", "unless"):
                if entry["children"] and entry[phrases]:
                    what = "a category with children has no phrases – give them to a child"
                    self.notes.fault((*place, phrases), what, key=True)
            self.categories(entry["children"], (*place, "children"))

    def durations(self, path: Path, entry: Mapping[str, Any]) -> None:
        """Durations are given for targets."""
        for target in entry["targets"] or ():
            self.among(self.targets, "target", (*path, "targets", target), target, key=True)

    def intake(self, intake: Mapping[str, Any]) -> None:
        """What screening looks for refers to fields and pauses."""
        for name in ("same",):
            for index, field in _items((intake.get("duplicates") or {}).get(name)):
                telling = None if self.declared is None else ("contact", "customer", "product", *self.declared)
                self.among(telling, "field that tells cases", ("intake", "duplicates", name, index), field)
        self.among(self.pauses, "pause", ("intake", "vague", "pause"), (intake.get("vague") or {}).get("pause"))

    def people(self, document: Mapping[str, Any]) -> None:
        """A role has a name of its own, and who may do what are roles."""
        for name in document["roles"] or ():
            if name in (*OWNER_ROLES, "customer", *(self.owners or ())):
                self.notes.fault(("roles", name), f"'{name}' means something already – choose another id", key=True)
        for command, roles in entries(document["may"]):
            for index, role in _items(roles):
                self.role(("may", command, index), role)
                self._held(("may", command, index), role, document)

    def role(self, path: Path, role: str | None) -> None:
        """A role is one of `roles`, a team, or whoever owns the case; `owner_head` needs every team to have a head."""
        self.among(self.roles, "role", path, role)
        if role == "owner_head":
            self.heads_needed = True

    def course(self, document: Mapping[str, Any]) -> None:
        """Targets, requirements, dispositions, approvals and messages refer to what there is."""
        for name, target in entries(document["targets"]):
            for end in ("from", "until"):
                found = re.fullmatch(STEP, target[end] or "")
                if found:
                    self.among(self.steps, "step", ("targets", name, end), found[1])
            dated = re.fullmatch(FIELD, target["from"] or "")
            if dated and self.declared is not None:
                self._dated(("targets", name, "from"), dated[1], self.declared)
            if target["from"] and target["from"] == target["until"] and not target["repeats"]:
                what = "a clock that ends with what begins it goes round – write `repeats: true`, or another event"
                self.notes.fault(("targets", name, "until"), what)
        for section in ("kinds", "categories"):
            for path, entry in everywhere(document[section], (section,)):
                for index, field in _items(entry["require"]):
                    self.among(self._facts(), "field", (*path, "require", index), field)
        for section in ("resolving", "closing"):
            for index, demand in _items((document[section] or {}).get("require")):
                self._when((section, "require", index), demand)
                for place, what in _items(demand["what"]):
                    self._possible((section, "require", index, "what", place), section, what, document)
        for name, entry in entries(document["dispositions"]):
            self._when(("dispositions", name), entry)
            for step, content in entries(entry["steps"]):
                self.among(self.owners, "owner", ("dispositions", name, "steps", step, "owner"), content["owner"])
        for index, approval in _items(document["approvals"]):
            self.role(("approvals", index, "by"), approval["by"])
            self._held(("approvals", index, "by"), approval["by"], document)
            if not document["dispositions"] and self.notes.sound("dispositions"):
                self.notes.fault(("approvals",), "there is nothing to approve – add `dispositions:`", key=True)
            self._when(("approvals", index), approval)
        for index, entry in _items(document["escalation"]):
            for place, target in _items(entry["targets"]):
                self.among(self.targets, "target", ("escalation", index, "targets", place), target)
            for key in ("hand_to", "tell"):
                self.role(("escalation", index, key), entry[key])
            self._when(("escalation", index), entry)
        for name, message in entries(document["messages"]):
            if message["to"] != "customer":
                self.role(("messages", name, "to"), message["to"])
            self._when(("messages", name), message)
            self._placeholders(("messages", name, "text"), message["text"])

    def _dated(self, path: Path, field: str, declared: Mapping[str, Any]) -> None:
        """A clock begins with a date of the case that may stand in the history for good."""
        days = {name: entry for name, entry in entries(declared) if entry["type"] == "date"}
        self.among(list(days), "date field", path, field)
        if field in days and days[field]["personal"]:
            what = f"'field:{field}' is personal, and a clock's beginning stays in the history"
            self.notes.fault(path, f"{what} – take `personal` away there, or begin with an event")

    def _possible(self, path: Path, section: str, what: str, document: Mapping[str, Any]) -> None:
        """What is demanded can be had: its section is there, and it does not come later."""
        if section == "resolving" and what in ("resolution", "confirmation", "rating"):
            self.notes.fault(path, f"{what} comes after resolving – move it to `closing:`")
        intake, appraisal = document["intake"] or {}, document["appraisal"] or {}
        plans = ("dispositions", bool(document["dispositions"]))
        needs = {
            "screening": ("intake.invalid", bool(intake.get("invalid") or intake.get("vague"))),
            "assessment": ("assessment", bool(document["assessment"])),
            "appraisal": ("appraisal", any(appraisal.values())),
            **dict.fromkeys(("plan", "agreement", "steps"), plans),
            "approval": ("approvals", bool(document["approvals"]) and plans[1]),
        }
        place, there = needs.get(what, ("", True))
        if not there and self.notes.sound(*place.split(".")):
            self.notes.fault(path, f"{what} is demanded without `{place}:` – add that, or leave this out")

    def _held(self, path: Path, role: str | None, document: Mapping[str, Any]) -> None:
        """A role on which a case may wait is somebody's."""
        teams = {name: team for name, team in entries(document["owners"]) if self.notes.sound("owners", name)}
        empty = [name for name, team in teams.items() if not (team["head"] or team["deputy"] or team["members"])]
        if role in empty or (role == "owner" and empty):
            name = role if role in empty else empty[0]
            self.notes.fault(
                path, f"nobody is in the team {name} – add its people under `owners:`, or name another role"
            )

    def closing(self, closing: Mapping[str, Any]) -> None:
        """Who pays the second visit, and who hears of a reopened case, are roles; then every head that is needed."""
        survey, dissatisfied = closing.get("survey") or {}, closing.get("dissatisfied") or {}
        if survey.get("follow_up_at"):
            self.role(("closing", "survey", "follow_up_by"), survey["follow_up_by"])
            self._held(("closing", "survey", "follow_up_by"), survey["follow_up_by"], self.document)
        self.role(("closing", "dissatisfied", "tell"), dissatisfied.get("tell"))
        for name, owner in entries(self.document["owners"]) if self.heads_needed else ():
            if owner["head"] is None and self.notes.sound("owners", name):
                what = "this team has no head, and the rulebook asks for `owner_head` – add `head:`"
                self.notes.fault(("owners", name), what, key=True)

    def _when(self, path: Path, entry: Mapping[str, Any]) -> None:
        if entry["when"] is not None:
            self.condition((*path, "when"), entry["when"], PLAN_FIELDS)

    def _placeholders(self, path: Path, text: str | Mapping[str, str | None] | None) -> None:
        texts = {"": text} if isinstance(text, str) else text or {}
        for language, words in texts.items():
            for name in re.findall(r"\{([^{}]*)\}", words or ""):
                known = (*PLACEHOLDERS, *(self.declared or ()))
                if name not in known and self.declared is not None:
                    what = f"unknown placeholder '{{{name[:40]}}}' – write {nearest(name, known)}"
                    self.notes.fault((*path, language) if language else path, what)

    def _facts(self) -> Words:
        return None if self.declared is None else (*BUILT_IN_FIELDS, *self.declared)

    def condition(self, path: Path, condition: Mapping[str, Any], built_in: Sequence[str] = ("category",)) -> None:
        """A condition asks for fields, and for values they can have; `built_in` are those that no rulebook declares."""
        for key, value in condition.items():
            inner = (*path, key)
            if value is None or key in ("match", "unless"):
                continue
            if key in ("any", "all"):
                for index, below in _items(value):
                    self.condition((*inner, index), below, built_in)
            elif key == "not":
                self.condition(inner, value, built_in)
            elif self._field(inner, key, (*built_in, *CASE_FIELDS)):
                if isinstance(value, Mapping):
                    self._comparable(inner, key)
                else:
                    for index, word in _items(value):
                        self._value((*inner, index), key, word)

    def outcome(self, path: Path, outcome: Mapping[str, Any] | None) -> None:
        """A default, or what an example expects, is a category without children, a priority and an owner."""
        for what, words in self.decided.items():
            self.among(words, what, (*path, what), (outcome or {}).get(what))

    def example(self, path: Path, example: Mapping[str, Any]) -> None:
        """An example gives fields values they can have, and expects what there is."""
        self.outcome((*path, "expect"), example["expect"])
        for field, value in entries(example):
            if field not in ("text", "expect") and self._field((*path, field), field, CASE_FIELDS):
                self._value((*path, field), field, value)

    def _field(self, path: Path, field: str, built_in: Sequence[str]) -> bool:
        """Whether `field` may stand here, as far as anybody can tell."""
        known = None if self.declared is None else (*built_in, *self.declared)
        self.among(known, "field", path, field, key=True)
        return known is None or field in known

    def _type(self, field: str) -> str | None:
        """The type of a declared field; None for the others, and where it could not be read."""
        entry = (self.declared or {}).get(field)
        if entry is None or not self.notes.sound("fields", field, "type"):
            return None
        return entry["type"] or "text"

    def _comparable(self, path: Path, field: str) -> None:
        words = ("category", *CASE_FIELDS, *self.planned)
        if field in words or self._type(field) not in (None, "number"):
            self.notes.fault(path, f"'{field}' is no number, so it cannot be compared – list its values", key=True)

    def _value(self, path: Path, field: str, value: str) -> None:
        """A value is one of those to choose from, a number or a date, as its field wants it."""
        self.among(self.choices.get(field, self.planned.get(field)), field, path, value)
        forms: Mapping[str | None, Callable[[str], object]] = {"number": number, "date": day}
        parse = forms.get(self._type(field))
        try:
            if parse:
                parse(value)
        except ValueError as error:
            self.notes.fault(path, f"{field}: {error}")
