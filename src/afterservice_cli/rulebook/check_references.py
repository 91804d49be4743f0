"""What the names in a rulebook refer to: every reference is checked, whatever else could not be read."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from afterservice_cli.errors import nearest
from afterservice_cli.rulebook.scalars import BUILT_IN_FIELDS, day, number
from afterservice_cli.rulebook.schema_types import Notes, Path
from afterservice_cli.rulebook.sections import (
    Category,
    Closing,
    Comparison,
    Condition,
    Default,
    Demand,
    Disposition,
    Example,
    Expected,
    Field,
    Intake,
    Kind,
    Message,
    Rules,
    Target,
)
from afterservice_cli.rulebook.vocabulary import FIELD, OWNER_ROLES, PLACEHOLDERS, STEP

T = TypeVar("T")
Words = Sequence[str] | None
"""The names something may have; None if they could not be read, so that nobody can tell."""

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


def check_references(document: Rules, notes: Notes) -> None:
    """Note a fault at every name in a document that means nothing there.

    `document` is what the shapes made of it, None standing for what they could not read; their faults are in `notes`.
    Nothing is said of a name whose meaning is among what could not be read.
    """
    check = _Check(document, notes)
    check.fields()
    check.intake(document.intake)
    check.categories(document.categories, ("categories",))
    for section, written in (("channels", document.channels), ("kinds", document.kinds)):
        for name, channel in entries(written):
            check.durations((section, name), channel.targets)
    for name, kind in entries(document.kinds):
        check.required(("kinds", name), kind)
    for name, priority in entries(document.priorities):
        check.durations(("priorities", name), priority.targets)
        for index, condition in items(priority.when):
            check.condition(("priorities", name, "when", index), condition)
    check.outcome(("default",), document.default)
    check.people()
    for name, target in entries(document.targets):
        check.target(("targets", name), target)
    check.demands(("resolving",), document.resolving.require if document.resolving else None)
    for name, disposition in entries(document.dispositions):
        check.disposition(("dispositions", name), disposition)
    check.approvals()
    check.escalation()
    for name, message in entries(document.messages):
        check.message(("messages", name), message)
    check.closing(document.closing)
    check.heads()
    for index, example in items(document.examples):
        check.example(("examples", index), example)


def tree(categories: Mapping[str, Category] | None, above: str = "") -> list[tuple[str, Category | None]]:
    """Return every category with its dotted path, each before its children; None for what could not be read."""
    found: list[tuple[str, Category | None]] = []
    for name, entry in (categories or {}).items():
        found.append((above + name, entry))
        found += tree(entry.children if entry else None, f"{above}{name}.")
    return found


def entries(section: Mapping[str, T] | None) -> Iterator[tuple[str, T]]:
    """Yield the entries of a section that could be read, in order."""
    return ((name, entry) for name, entry in (section or {}).items() if entry is not None)


def everywhere(categories: Mapping[str, Category] | None, path: Path) -> Iterator[tuple[Path, Category]]:
    """Yield the categories that could be read with their places, after each its children."""
    for name, entry in entries(categories):
        yield (*path, name), entry
        yield from everywhere(entry.children, (*path, name, "children"))


def items(values: Sequence[T] | None) -> Iterator[tuple[int, T]]:
    """Yield the values of a list that could be read, each with its index."""
    return ((index, value) for index, value in enumerate(values or ()) if value is not None)


def _words(section: Mapping[str, object] | None) -> Words:
    return None if section is None else list(section)


class _Check:
    """What the names in a document may refer to, and the checks of each kind of place where they stand."""

    def __init__(self, document: Rules, notes: Notes) -> None:
        self.notes, self.document = notes, document
        self.heads_needed = False
        self.declared: Mapping[str, Field] | None = document.fields
        self.owners, self.targets, self.pauses = map(_words, (document.owners, document.targets, document.pauses))
        self.roles: Words = None
        if document.roles is not None and self.owners is not None:
            self.roles = [*OWNER_ROLES, *document.roles, *self.owners]
        self._find_categories()
        self._find_values()

    def _find_categories(self) -> None:
        every = tree(self.document.categories)
        # Below these could be anything.
        self.unread = [path for path, entry in every if entry is None or entry.children is None]
        known = self.document.categories is not None
        leaves = [path for path, entry in every if path in self.unread or not (entry and entry.children)]
        self.paths: Words = [path for path, _ in every] if known else None
        self.decided: Mapping[str, Words] = {
            "category": leaves if known else None,
            "priority": _words(self.document.priorities),
            "owner": self.owners,
        }

    def _find_values(self) -> None:
        document, appraisal = self.document, self.document.appraisal
        self.choices: Mapping[str, Words] = {
            **{name: list(entry.values) for name, entry in entries(self.declared) if entry.values},
            "channel": _words(document.channels),
            "kind": _words(document.kinds),
            "category": self.paths,
        }
        self.planned: Mapping[str, Words] = {
            "priority": _words(document.priorities),
            "disposition": _words(document.dispositions),
            "fault": _words(appraisal.faults) if appraisal else None,
            "cause": _words(appraisal.causes) if appraisal else None,
            "liability": _words(appraisal.liabilities) if appraisal else None,
            "warranty": ["yes", "no"],
            "waiting_for": self.pauses,
        }
        self.steps = [step for _, entry in entries(document.dispositions) for step in entry.steps or ()]

    def among(self, words: Words, what: str, path: Path, value: str | None, *, key: bool = False) -> None:
        """Note a fault if `value` is written and is none of `words`."""
        if value is None or words is None or value in words:
            return
        if what == "category" and any(value == path or value.startswith(f"{path}.") for path in self.unread):
            return
        instead = f"write {nearest(value, words)}" if words else f"define this {what} first, or leave it out"
        self.notes.fault(path, f"unknown {what} '{value[:40]}' – {instead}", key=key)

    def fields(self) -> None:
        """Note a choice without values to choose from, and values of anything else."""
        for name, entry in entries(self.declared):
            if entry.type == "choice" and entry.values == {}:
                self.notes.fault(("fields", name), "a choice without values – list them under `values`", key=True)
            elif entry.type not in (None, "choice") and entry.values:
                what = f"a field of type {entry.type} has no values – leave them out, or write `type: choice`"
                self.notes.fault(("fields", name, "values"), what, key=True)

    def required(self, path: Path, entry: Intake | Kind | Category) -> None:
        """Check that what registering demands is a field."""
        known = None if self.declared is None else (*BUILT_IN_FIELDS, *self.declared)
        for index, name in items(entry.require):
            self.among(known, "field", (*path, "require", index), name)

    def categories(self, categories: Mapping[str, Category] | None, path: Path) -> None:
        """Check the teams, targets and fields that categories name; phrases belong to those without children."""
        for name, entry in entries(categories):
            place = (*path, name)
            self.among(self.owners, "owner", (*place, "owner"), entry.owner)
            for index, owner in items(entry.collaborators):
                self.among(self.owners, "owner", (*place, "with", index), owner)
            self.durations(place, entry.targets)
            self.required(place, entry)
            for key, phrases in (("match", entry.match), ("unless", entry.unless)):
                if entry.children and phrases:
                    what = "a category with children has no phrases – give them to a child"
                    self.notes.fault((*place, key), what, key=True)
            self.categories(entry.children, (*place, "children"))

    def durations(self, path: Path, targets: Mapping[str, str] | None) -> None:
        """Check that durations are given for targets."""
        for target in targets or ():
            self.among(self.targets, "target", (*path, "targets", target), target, key=True)

    def intake(self, intake: Intake | None) -> None:
        """Check that what registering demands and screening looks for are fields and pauses."""
        if intake is None:
            return
        self.required(("intake",), intake)
        telling = None if self.declared is None else ("contact", "customer", "product", *self.declared)
        for index, field in items(intake.duplicates.same if intake.duplicates else None):
            self.among(telling, "field that tells cases", ("intake", "duplicates", "same", index), field)
        self.among(self.pauses, "pause", ("intake", "vague", "pause"), intake.vague.pause if intake.vague else None)

    def people(self) -> None:
        """Check that a role has a name of its own, and that who may do what are roles."""
        for name in self.document.roles or ():
            if name in (*OWNER_ROLES, "customer", *(self.owners or ())):
                self.notes.fault(("roles", name), f"'{name}' means something already – choose another id", key=True)
        for command, roles in entries(self.document.may):
            for index, role in items(roles):
                self.role(("may", command, index), role, held=True)

    def role(self, path: Path, role: str | None, *, held: bool = False) -> None:
        """Check that a role is one of `roles`, a team, or whoever owns the case; if `held`, that it is somebody's."""
        self.among(self.roles, "role", path, role)
        if role == "owner_head":
            self.heads_needed = True
        if held:
            self._held(path, role)

    def _held(self, path: Path, role: str | None) -> None:
        """Check that a role on which a case may wait is somebody's."""
        teams = {name: team for name, team in entries(self.document.owners) if self.notes.sound("owners", name)}
        empty = [name for name, team in teams.items() if not (team.head or team.deputy or team.members)]
        if role in empty or (role == "owner" and empty):
            name = role if role in empty else empty[0]
            self.notes.fault(
                path, f"nobody is in the team {name} – add its people under `owners:`, or name another role"
            )

    def target(self, path: Path, target: Target) -> None:
        """Check the steps and dates that a target begins and ends with."""
        for end, word in (("from", target.start), ("until", target.until)):
            if found := re.fullmatch(STEP, word or ""):
                self.among(self.steps, "step", (*path, end), found[1])
        if (dated := re.fullmatch(FIELD, target.start or "")) and self.declared is not None:
            self._dated((*path, "from"), dated[1], self.declared)
        if target.start and target.start == target.until and not target.repeats:
            what = "a clock that ends with what begins it goes round – write `repeats: true`, or another event"
            self.notes.fault((*path, "until"), what)

    def _dated(self, path: Path, field: str, declared: Mapping[str, Field]) -> None:
        """Check that a clock begins with a date of the case that may stand in the history for good."""
        days = {name: entry for name, entry in entries(declared) if entry.type == "date"}
        self.among(list(days), "date field", path, field)
        if field in days and days[field].personal:
            what = f"'field:{field}' is personal, and a clock's beginning stays in the history"
            self.notes.fault(path, f"{what} – take `personal` away there, or begin with an event")

    def demands(self, path: Path, demands: Sequence[Demand] | None) -> None:
        """Check what resolving or closing demands."""
        for index, demand in items(demands):
            place = (*path, "require", index)
            self.when(place, demand.when)
            for inner, what in items(demand.what):
                self._possible((*place, "what", inner), str(path[0]), what)

    def _possible(self, path: Path, section: str, what: str) -> None:
        """Check that what is demanded can be had: its section is there, and it does not come later."""
        document = self.document
        if section == "resolving" and what in ("resolution", "confirmation", "rating"):
            self.notes.fault(path, f"{what} comes after resolving – move it to `closing:`")
        intake, appraisal = document.intake, document.appraisal
        plans = ("dispositions", bool(document.dispositions))
        found = bool(appraisal and (appraisal.faults or appraisal.causes or appraisal.liabilities))
        needs = {
            "screening": ("intake.invalid", bool(intake and (intake.invalid or intake.vague))),
            "assessment": ("assessment", bool(document.assessment)),
            "appraisal": ("appraisal", found),
            **dict.fromkeys(("plan", "agreement", "steps"), plans),
            "approval": ("approvals", bool(document.approvals) and plans[1]),
        }
        place, there = needs.get(what, ("", True))
        if not there and self.notes.sound(*place.split(".")):
            self.notes.fault(path, f"{what} is demanded without `{place}:` – add that, or leave this out")

    def disposition(self, path: Path, disposition: Disposition) -> None:
        """Check the grounds of a disposition, and the teams that its steps name."""
        self.when(path, disposition.when)
        for step, content in entries(disposition.steps):
            self.among(self.owners, "owner", (*path, "steps", step, "owner"), content.owner)

    def approvals(self) -> None:
        """Check that approvals are somebody's, and that there is something to approve."""
        for index, approval in items(self.document.approvals):
            self.role(("approvals", index, "by"), approval.by, held=True)
            if not self.document.dispositions and self.notes.sound("dispositions"):
                self.notes.fault(("approvals",), "there is nothing to approve – add `dispositions:`", key=True)
            self.when(("approvals", index), approval.when)

    def escalation(self) -> None:
        """Check the targets and roles that entries of `escalation` name."""
        for index, entry in items(self.document.escalation):
            path = ("escalation", index)
            for place, target in items(entry.targets):
                self.among(self.targets, "target", (*path, "targets", place), target)
            self.role((*path, "hand_to"), entry.hand_to)
            self.role((*path, "tell"), entry.tell)
            self.when(path, entry.when)

    def message(self, path: Path, message: Message) -> None:
        """Check who gets a message, when, and what stands in it in braces."""
        if message.to != "customer":
            self.role((*path, "to"), message.to)
        self.when(path, message.when)
        text = message.text or {}
        # What is written in one language is said of the whole.
        written = [language for language in text if (*path, "text", language) in self.notes.places]
        for language in written or list(text)[:1]:
            for name in re.findall(r"\{([^{}]*)\}", text[language]):
                known = (*PLACEHOLDERS, *(self.declared or ()))
                if name not in known and self.declared is not None:
                    what = f"unknown placeholder '{{{name[:40]}}}' – write {nearest(name, known)}"
                    self.notes.fault((*path, "text", *([language] if written else [])), what)

    def closing(self, closing: Closing | None) -> None:
        """Check what closing demands, who pays the second visit, and who hears of a reopened case."""
        if closing is None:
            return
        self.demands(("closing",), closing.require)
        if closing.survey and closing.survey.follow_up_at:
            self.role(("closing", "survey", "follow_up_by"), closing.survey.follow_up_by, held=True)
        if closing.dissatisfied:
            self.role(("closing", "dissatisfied", "tell"), closing.dissatisfied.tell)

    def heads(self) -> None:
        """Note every team without a head if the rulebook asks for one."""
        for name, owner in entries(self.document.owners) if self.heads_needed else ():
            if owner.head is None and self.notes.sound("owners", name):
                what = "this team has no head, and the rulebook asks for `owner_head` – add `head:`"
                self.notes.fault(("owners", name), what, key=True)

    def when(self, path: Path, condition: Condition | None) -> None:
        """Check a condition on a plan, a demand or a message."""
        if condition is not None:
            self.condition((*path, "when"), condition, PLAN_FIELDS)

    def condition(self, path: Path, condition: Condition, built_in: Sequence[str] = ("category",)) -> None:
        """Check the fields and values that a condition asks for; `built_in` are those that no rulebook declares."""
        for key, inner in (("any", condition.any), ("all", condition.all)):
            for index, below in items(inner):
                self.condition((*path, key, index), below, built_in)
        if condition.none is not None:
            self.condition((*path, "not"), condition.none, built_in)
        for field, wanted in entries(condition.fields):
            place = (*path, field)
            if not self._field(place, field, (*built_in, *CASE_FIELDS)):
                continue
            if isinstance(wanted, Comparison):
                self._comparable(place, field)
            else:
                for index, word in items(wanted):
                    self._value((*place, index), field, word)

    def outcome(self, path: Path, outcome: Default | Expected | None) -> None:
        """Check that a default, or what an example expects, is a category without children, a priority and an owner."""
        if outcome is not None:
            named = {"category": outcome.category, "priority": outcome.priority, "owner": outcome.owner}
            for what, words in self.decided.items():
                self.among(words, what, (*path, what), named[what])

    def example(self, path: Path, example: Example) -> None:
        """Check that an example gives fields values they can have, and expects what there is."""
        self.outcome((*path, "expect"), example.expect)
        for field, value in entries(example.fields):
            if self._field((*path, field), field, CASE_FIELDS):
                self._value((*path, field), field, value)

    def _field(self, path: Path, field: str, built_in: Sequence[str]) -> bool:
        """Tell whether `field` may stand here, as far as anybody can."""
        known = None if self.declared is None else (*built_in, *self.declared)
        self.among(known, "field", path, field, key=True)
        return known is None or field in known

    def _type(self, field: str) -> str | None:
        """Return the type of a declared field; None for the others, and if it could not be read."""
        entry = (self.declared or {}).get(field)
        if entry is None or not self.notes.sound("fields", field, "type"):
            return None
        return entry.type or "text"

    def _comparable(self, path: Path, field: str) -> None:
        words = ("category", *CASE_FIELDS, *self.planned)
        if field in words or self._type(field) not in (None, "number"):
            self.notes.fault(path, f"'{field}' is no number, so it cannot be compared – list its values", key=True)

    def _value(self, path: Path, field: str, value: str) -> None:
        """Check that a value is one of those to choose from, a number or a date, as its field wants it."""
        self.among(self.choices.get(field, self.planned.get(field)), field, path, value)
        forms: Mapping[str | None, Callable[[str], object]] = {"number": number, "date": day}
        parse = forms.get(self._type(field))
        try:
            if parse:
                parse(value)
        except ValueError as error:
            self.notes.fault(path, f"{field}: {error}")
