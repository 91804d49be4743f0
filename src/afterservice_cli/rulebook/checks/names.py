"""What the names in a rulebook may refer to, and what conditions ask for."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TypeVar

from afterservice_cli.cases.case import STATUSES
from afterservice_cli.errors import nearest
from afterservice_cli.language import sentence, tr
from afterservice_cli.rulebook.dates import DATED
from afterservice_cli.rulebook.document.notes import Notes, Path
from afterservice_cli.rulebook.document.scalars import day, moment, number
from afterservice_cli.rulebook.model import NAMED
from afterservice_cli.rulebook.sections.forms import Comparison, Condition
from afterservice_cli.rulebook.sections.own_tests import Expected
from afterservice_cli.rulebook.sections.rules import Category, Default, Field, Rules
from afterservice_cli.rulebook.vocabulary import (
    ANY_PROBLEM,
    ANY_SCORE,
    CARRIED_OUT,
    CASE_FACTS,
    EARLIER,
    FIELD,
    GIVE,
    HEAD,
    OUTCOME,
    OWNER_ROLES,
    SCORES,
    TASK_DONE,
)

T = TypeVar("T")
Words = Sequence[str] | None
"""The names something may have; None if they could not be read, so that any name passes."""

CASE_FIELDS = ("channel", "kind", "product")
BEFORE_KIND = ("channel", "product", "line")  # what is known of a case before its kind is found
# The types of fields that can be compared, each with what is said if it is compared with something else.
COMPARABLE = {
    "number": sentence("'{field}' is a number – compare it with one such as 1000"),
    "date": sentence("'{field}' is a date – compare it with one such as 2026-12-31"),
    "time": sentence("'{field}' is a time – compare it with one such as 2026-12-31 18:00"),
}
# What else a name may be the name of, beside what rulebooks have names for.
NOUNS = (
    sentence("calendar"),
    sentence("column"),
    sentence("date field"),
    sentence("dimension"),
    sentence("field with values"),
    sentence("field that tells cases"),
    sentence("filter"),
    sentence("stage"),
    sentence("status"),
    sentence("table"),
    sentence("target or task"),
)


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
    """Yield the categories that could be read with their paths, after each its children."""
    for name, entry in entries(categories):
        yield (*path, name), entry
        yield from everywhere(entry.children, (*path, name, "children"))


def items(values: Sequence[T] | None) -> Iterator[tuple[int, T]]:
    """Yield the values of a list that could be read, each with its index."""
    return ((index, value) for index, value in enumerate(values or ()) if value is not None)


def people_in(document: Rules) -> list[str]:
    """Return everybody whom a document names, as far as it could be read."""
    teams = [team for _, team in entries(document.owners)]
    found: list[str | None] = [*(document.people or ())]
    found += [name for team in teams for name in (team.head, team.deputy)]
    found += [name for team in teams for name in team.members or ()]
    found += [name for _, role in entries(document.roles) for name in role.people or ()]
    return list(dict.fromkeys(filter(None, found)))


def _words(section: Mapping[str, object] | None) -> Words:
    return None if section is None else list(section)


class Names:
    """What the names in a document may refer to; each check notes a fault at a name that means nothing there."""

    def __init__(self, document: Rules, notes: Notes) -> None:
        self.notes, self.document = notes, document
        self.heads_needed = False
        self.declared: Mapping[str, Field] | None = document.fields
        self.limits = _words(document.limits)
        self.samples: Words = [str(path[1]) for path in notes.keys if path[:1] == ("samples",) and len(path) == 2]
        self.topics = _words(document.topics)
        self.owners, self.targets, self.pauses = map(_words, (document.owners, document.targets, document.pauses))
        self.calendars = _words(document.calendars)
        self.roles: Words = None
        if document.roles is not None and self.owners is not None:
            self.roles = [*OWNER_ROLES, *document.roles, *self.owners]
        self._find_categories()
        self._find_values()
        self._find_tasks()

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
        intake = document.intake
        looks = {"vague": bool(intake and intake.vague), "invalid": bool(intake and intake.invalid)}
        self.planned: Mapping[str, Words] = {
            "priority": _words(document.priorities),
            "owner": self.owners,
            "status": STATUSES,
            "known": ["yes", "no"],
            "problem": None if document.problems is None else [*document.problems, ANY_PROBLEM],
            "visit": _words(document.assessment),
            "disposition": _words(document.dispositions),
            CARRIED_OUT: _words(document.dispositions),
            "fault": _words(appraisal.faults) if appraisal else None,
            "cause": _words(appraisal.causes) if appraisal else None,
            "liability": _words(appraisal.liabilities) if appraisal else None,
            "warranty": ["yes", "no"],
            "waiting_for": self.pauses,
            "line": _words(document.lines),
            "looks": [word for word, can in looks.items() if can] if intake else None,
        }
        self.given = [f"{GIVE}{name}" for name in document.gives or ()]
        self.counts = [f"{EARLIER}{name}" for name in document.earlier or ()]

    def _find_tasks(self) -> None:
        document = self.document
        survey = document.closing.survey if document.closing else None
        self.scored = [f"{SCORES}{question}" for question in (*(survey.questions if survey else ()), ANY_SCORE)]
        every = [entry.tasks for _, entry in entries(document.dispositions)] + [document.tasks]
        outcomes = {name: list(task.outcomes) for tasks in every for name, task in entries(tasks) if task.outcomes}
        self.answered = [f"{OUTCOME}{name}" for name in outcomes]
        self.planned = {**self.planned, **{f"{OUTCOME}{name}": words for name, words in outcomes.items()}}
        parts = [team for _, entry in everywhere(document.categories, ()) for team in entry.parts or ()]
        self.tasks = list(dict.fromkeys((*(name for tasks in every for name in tasks or ()), *parts)))

    def among(self, words: Words, what: str, path: Path, value: str | None, *, key: bool = False) -> None:
        """Note a fault if `value` is written and is none of `words`."""
        if value is None or words is None or value in words:
            return
        if what == "category" and any(value == path or value.startswith(f"{path}.") for path in self.unread):
            return
        noun = tr(what) if what in (*NAMED, *NOUNS) else what
        if words:
            titled = [name for name in words if value in self._titles(what, name)]
            near = tr("'{word}'", word=titled[0]) if len(titled) == 1 else nearest(value, words)
            fault = tr("unknown {what} '{value}' – write {nearest}", what=noun, value=value[:40], nearest=near)
        else:
            fault = tr(
                "unknown {what} '{value}' – define this {what} first, or leave it out", what=noun, value=value[:40]
            )
        self.notes.fault(path, fault, key=key)

    def _titles(self, what: str, name: str) -> Collection[str]:
        """Return what an entry of the document is called, in each language."""
        document = self.document
        sections: Mapping[str, Mapping[str, object] | None] = {
            "category": dict(tree(document.categories)),
            "channel": document.channels,
            "disposition": document.dispositions,
            "field": document.fields,
            "kind": document.kinds,
            "limit": document.limits,
            "owner": document.owners,
            "pause": document.pauses,
            "priority": document.priorities,
            "role": {**(document.owners or {}), **(document.roles or {})},
            "target": document.targets,
        }
        entry, field = (sections.get(what) or {}).get(name), (self.declared or {}).get(what)
        if field is not None:
            entry = (field.values or {}).get(name)
        title = getattr(entry, "title", None)
        return title.values() if isinstance(title, Mapping) else ()

    def task_done(self, path: Path, word: str | None) -> None:
        """Check that the task of a word such as `task:ship.done` is one of the rulebook's."""
        if found := re.fullmatch(TASK_DONE, word or ""):
            self.among(self.tasks, "task", path, found[1])

    def role(self, path: Path, role: str | None, *, held: bool = False, others: Sequence[str] = ()) -> None:
        """Check that a role is one of `roles`, a team or its head, or whoever owns the case; if `held`, somebody's.

        `others` are words that may stand there beside roles.
        """
        if head := re.fullmatch(HEAD, role or ""):
            self._head(path, head[1])
            return
        self.among(None if self.roles is None else [*self.roles, *others], "role", path, role)
        if role == "owner_head":
            self.heads_needed = True
        if held:
            self._held(path, role)

    def _head(self, path: Path, name: str) -> None:
        """Check that somebody heads a team that is named."""
        self.among(self.owners, "owner", path, name)
        team = (self.document.owners or {}).get(name)
        if team and not (team.head or team.deputy) and self.notes.sound("owners", name):
            what = tr("nobody heads the team {name} – add `head:` under `owners.{name}`, or name the team", name=name)
            self.notes.fault(path, what)

    def _held(self, path: Path, role: str | None) -> None:
        """Check that somebody has a role that a case may wait for."""
        teams = {name: team for name, team in entries(self.document.owners) if self.notes.sound("owners", name)}
        empty = [name for name, team in teams.items() if not (team.head or team.deputy or team.members)]
        if role in empty or (role == "owner" and empty):
            name = role if role in empty else empty[0]
            self.notes.fault(
                path,
                tr("nobody is in the team {name} – add its people under `owners:`, or name another role", name=name),
            )

    def when(self, path: Path, conditions: Sequence[Condition] | None, built_in: Sequence[str] = CASE_FACTS) -> None:
        """Check conditions: on a plan, a demand or a message, unless `built_in` are the facts of another place."""
        for index, condition in items(conditions):
            facts = (*built_in, *self.answered, *self.scored, *self.given) if built_in is CASE_FACTS else built_in
            self.condition((*path, "when", index), condition, facts)

    def condition(self, path: Path, condition: Condition, built_in: Sequence[str] = ("category", "line")) -> None:
        """Check the fields and values that a condition asks for; `built_in` are those that no rulebook declares."""
        self._condition(path, condition, (*built_in, *CASE_FIELDS, *self.counts))

    def of_kind(self, path: Path, conditions: Sequence[Condition] | None) -> None:
        """Check conditions that decide the kind: before the category, and before earlier cases are counted."""
        for index, condition in items(conditions):
            self._condition((*path, "when", index), condition, BEFORE_KIND)

    def _condition(self, path: Path, condition: Condition, built_in: Sequence[str]) -> None:
        for place, one in condition.places(path):
            self._plain(place, one, built_in)

    def _plain(self, path: Path, condition: Condition, built_in: Sequence[str]) -> None:
        """Check what a condition asks for by itself, without those that stand in it."""
        if condition.otherwise and path[0] != "dispositions":
            what = tr("there are no others here – write `otherwise` under a disposition, or leave it out")
            self.notes.fault((*path, "otherwise"), what, key=True)
        for index, limit in items(condition.within):
            self.among(self.limits, "limit", (*path, "within", index), limit)
        for key, names in (("like", condition.like), ("unlike", condition.unlike)):
            for index, name in items(names):
                self.among(self.samples, "samples", (*path, key, index), name)
        for field, wanted in entries(condition.fields):
            inner_path = (*path, field)
            if not self.field(inner_path, field, built_in):
                continue
            if isinstance(wanted, Comparison):
                self._comparable(inner_path, field, wanted)
            elif self._type(field) == "time":
                what = tr(
                    "'{field}' is a time, of which none comes twice – compare it: {{at_least: 2026-12-31}}", field=field
                )
                self.notes.fault(inner_path, what, key=True)
            else:
                for index, word in items(wanted):
                    self.value((*inner_path, index), field, word)

    def outcome(self, path: Path, outcome: Default | Expected | None) -> None:
        """Check that a default, or what an example expects, is a category without children, a priority and an owner."""
        if outcome is not None:
            named = {"category": outcome.category, "priority": outcome.priority, "owner": outcome.owner}
            for what, words in self.decided.items():
                self.among(words, what, (*path, what), named[what])

    def field(self, path: Path, field: str, built_in: Sequence[str]) -> bool:
        """Tell whether `field` may stand here, and note a fault if not; any may if the fields could not be read."""
        known = None if self.declared is None else (*built_in, *self.declared)
        self.among(known, "field", path, field, key=True)
        return known is None or field in known

    def _type(self, field: str) -> str | None:
        """Return the type of a declared field; None for the others, and if it could not be read."""
        entry = (self.declared or {}).get(field)
        if entry is None or not self.notes.sound("fields", field, "type"):
            return None
        return entry.type or "text"

    def personal(self, field: str) -> bool:
        """Tell whether a declared field belongs with the personal data."""
        entry = (self.declared or {}).get(field)
        if entry is None:
            return False
        free = self._type(field) == "text" and not entry.values
        return free if entry.personal is None else entry.personal

    def personal_day(self, path: Path, field: str) -> bool:
        """Check that a field is a date, and tell whether it is personal."""
        days = {name: entry for name, entry in entries(self.declared) if entry.type in DATED}
        self.among(None if self.declared is None else list(days), "date field", path, field)
        return field in days and bool(days[field].personal)

    def shared(self, path: Path, fact: str) -> None:
        """Check a fact that cases have in common: if it is a field, one with a value that stays in the history."""
        found = re.fullmatch(FIELD, fact)
        if found and self.field(path, found[1], ()):
            entry = (self.declared or {}).get(found[1])
            if entry is not None and (entry.many or self.personal(found[1])):
                what = tr(
                    "'{field}' is personal, or has several values – name a field with one value that is not personal",
                    field=found[1],
                )
                self.notes.fault(path, what)

    def _comparable(self, path: Path, field: str, wanted: Comparison) -> None:
        """Check that a field can be compared, and with what stands there."""
        words = ("category", *CASE_FIELDS, *self.planned)
        if field in words or self._type(field) not in (None, *COMPARABLE):
            what = tr(
                "'{field}' is neither a number nor a date, so it cannot be compared – list its values", field=field
            )
            self.notes.fault(path, what, key=True)
            return
        bounds = {name: getattr(wanted, name) for name in Comparison.KEYS}
        kind = self._type(field) if field in (self.declared or {}) else "number"
        for name, bound in entries(bounds):
            fits = "number" if isinstance(bound, float) else "time" if " " in bound else "date"
            if kind and fits != kind and (fits, kind) != ("date", "time"):
                self.notes.fault((*path, name), tr(COMPARABLE[kind], field=field))

    def known(self, path: Path, field: str, value: str) -> None:
        """Check a value that an example knows of a field, or how many earlier cases count."""
        if field not in self.counts:
            self.value(path, field, value)
        elif not re.fullmatch(r"\d{1,4}", value, re.ASCII):
            self.notes.fault(path, tr("'{value}' is no count – write a whole number", value=value[:40]))

    def value(self, path: Path, field: str, value: str) -> None:
        """Check that a value is what its field takes: one of its choices, a number or a date."""
        if field in self.given:
            what = tr("what is given is compared with numbers – write {at_least: 1000}, over, under or at_most")
            self.notes.fault(path, what)
        if field in self.counts:
            what = tr("earlier cases are counted – write {at_least: 2}, over, under or at_most")
            self.notes.fault(path, what)
        noun = "disposition" if field == CARRIED_OUT else field
        self.among(self.choices.get(field, self.planned.get(field)), noun, path, value)
        forms: Mapping[str | None, Callable[[str], object]] = {"number": number, "date": day, "time": moment}
        parse = forms.get(self._type(field))
        try:
            if parse:
                parse(value)
        except ValueError as error:
            self.notes.fault(path, tr("{name}: {fault}", name=field, fault=error))
