"""A rulebook in force: what the snapshot says, with the questions that commands and decisions ask of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, Self, TypeVar
from zoneinfo import ZoneInfo

from afterservice_cli.digests import sha256
from afterservice_cli.errors import BadInput, nearest, typed
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_text import spelling
from afterservice_cli.language import sentence, spoken, tr
from afterservice_cli.rulebook.comparing import normal
from afterservice_cli.rulebook.keys import key, opened
from afterservice_cli.rulebook.sections.forms import Condition, Titled
from afterservice_cli.rulebook.sections.hours import CalendarRules, OtherCalendar
from afterservice_cli.rulebook.sections.rules import Aliased, Category, Kind, Priority
from afterservice_cli.rulebook.sections.targets import Target, TargetTime
from afterservice_cli.rulebook.sections.tasks import Part, TaskRules
from afterservice_cli.rulebook.sections.topics import Weights
from afterservice_cli.rulebook.staff import Staffed
from afterservice_cli.rulebook.vocabulary import TIME
from afterservice_cli.time.worktime import Calendar

Made = TypeVar("Made")
NO_HOLIDAYS = "none"  # the public holidays of a calendar without any
# What a case has, by the names of facts and fields.
Facts = Mapping[str, str | None]


# The facts by which rules give a target more or less time.
OF_ALLOWANCES = ("category", "channel", "kind", "priority", "disposition")


class Allowance(Frozen):
    """How long a target gives a case, which rule says so, and by which calendar it counts; "" for the desk's."""

    target: str
    duration: str
    rule: str
    calendar: str = ""


class Rulebook(Staffed):
    """The rules of a snapshot, under its hash."""

    hash: str = ""
    weights: Weights = key("what follows from the texts of its topics", default=Weights())

    @classmethod
    def of_snapshot(cls, plain: Mapping[str, Any], digest: str) -> Self:
        """Return the rulebook of a snapshot's plain values."""
        return opened(cls, plain, hash=digest)

    def plain(self) -> Mapping[str, object]:
        """Return the sections by name, those that nobody has asked for yet among them."""
        return {name: getattr(self, name) for name in self.__fields__}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rulebook) and self.plain() == other.plain()

    def __hash__(self) -> int:
        return hash(self.hash)

    @cached_property
    def zone(self) -> ZoneInfo:
        """Return the desk's time zone."""
        return ZoneInfo(self.calendar_rules.timezone)

    @cached_property
    def calendar(self) -> Calendar:
        """Return the working calendar, built when first asked for."""
        return Calendar(self.calendar_rules.__dict__)

    def calendar_called(self, name: str) -> Calendar:
        """Return one of the other calendars, built when first asked for; the desk's for "" and an unknown name."""
        if name not in self.calendars:
            return self.calendar
        built: dict[str, Calendar] = self.remembered.setdefault("calendars", {})
        if name not in built:
            built[name] = Calendar(merged_rules(self.calendar_rules, self.calendars[name]))
        return built[name]

    def holidays_of(self, name: str) -> Mapping[str, Mapping[str, object]] | None:
        """Return the public holidays that a calendar knows: those of the desk, unless it has its own or none."""
        own = self.calendars.get(name)
        return self.calendar_rules.holidays if own is None else _holidays(self.calendar_rules, own)

    def counted_by(self, target: str, facts: Facts) -> str:
        """Return by which of the calendars a target counts in a case with these facts; "" for the desk's."""
        channel = self.channels.get(facts.get("channel") or "")
        return self.targets[target].calendar or (channel.calendar if channel else None) or ""

    @cached_property
    def several(self) -> Collection[str]:
        """Return the fields of which a case may have several values."""
        return tuple(name for name, field in self.fields.items() if field.many)

    @cached_property
    def of_customer(self) -> Collection[str]:
        """Return the fields that are kept with the customer."""
        return tuple(name for name, field in self.fields.items() if field.whose == "customer")

    @cached_property
    def questions(self) -> Mapping[str, Titled]:
        """Return what the customer is asked, by id."""
        return self.closing.survey.questions if self.closing.survey else {}

    def task_rules(self, rule: str) -> Titled | None:
        """Return what stands at `dispositions.refund.tasks.pay` and the like; None if nothing does any more.

        What of it gives a time may stand behind: `tasks.visit.within`, `tasks.visit.times[1]`.
        """
        rule = re.sub(TIME, "", rule)
        section, _, rest = rule.partition(".")
        above, _, name = rest.rpartition(".")
        if section == "dispositions":
            disposition = self.dispositions.get(above.removesuffix(".tasks"))
            return disposition.tasks.get(name) if disposition else None
        if section == "categories":
            category = self.categories.get(above.removesuffix(".parts"))
            return category.parts.get(name) if category else None
        beside: Mapping[str, Mapping[str, Titled]] = {"duties": self.duties, "problems": self.problems}
        return beside.get(section, self.tasks).get(name)

    def times_at(self, rule: str) -> Sequence[TargetTime]:
        """Return the times of the target or task that has, or had, one at this place of the rulebook."""
        section, _, name = re.sub(TIME, "", rule).partition(".")
        entry = self.targets.get(name) if section == "targets" else self.task_rules(rule)
        return entry.times if isinstance(entry, Target | TaskRules | Part) else ()

    def task_title(self, rule: str, name: str, language: str) -> str:
        """Return the label of a task by where the rulebook has it; its name if it has none there."""
        entry = self.task_rules(rule) or self.every_task.get(name)
        return entry.title[language] if entry else name

    def title_beside(self, rule: str, name: str, language: str) -> str:
        """Return the label of a task that stands beside another, whose place in the rulebook is `rule`."""
        return self.task_title(f"{re.sub(TIME, '', rule).rpartition('.')[0]}.{name}", name, language)

    def titles_of(self, rule: str) -> Collection[str]:
        """Return the labels of a task in every language."""
        entry = self.task_rules(rule)
        return tuple(entry.title.values()) if entry else ()

    def outcomes_of(self, rule: str) -> Mapping[str, Titled]:
        """Return what a task may come to, by id."""
        entry = self.task_rules(rule)
        return entry.outcomes if isinstance(entry, TaskRules) else {}

    def outcomes_by_title(self, rule: str) -> Mapping[str, str]:
        """Return the ids of a task's outcomes by their labels."""
        return {title: name for name, entry in self.outcomes_of(rule).items() for title in entry.title.values()}

    def outcome_title(self, task: str, outcome: str, language: str) -> str:
        """Return the label of what a task came to; its id if no task of that name comes to it."""
        alike = (tasks.get(task) for tasks in (self.tasks, *(entry.tasks for entry in self.dispositions.values())))
        found = next((entry.outcomes[outcome] for entry in alike if entry and outcome in entry.outcomes), None)
        return found.title[language] if found else outcome

    @cached_property
    def every_task(self) -> Mapping[str, Titled]:
        """Return the tasks of cases, of plans and of teams that work along, by id; of several with one id the first."""
        planned = [disposition.tasks for disposition in self.dispositions.values()]
        parts = [category.parts for category in self.categories.values()]
        return {
            name: task for tasks in (*reversed(parts), *reversed(planned), self.tasks) for name, task in tasks.items()
        }

    def series(self, received_at: datetime) -> str:
        """Return the run of numbers that a case received then belongs to: its number, with `*` for the serial."""
        head, _, tail = self.numbering.partition("{serial")
        day = received_at.astimezone(self.zone)
        return _dated(f"{head}*{tail.partition('}')[2]}", day.year, day.month, day.day)

    def number(self, received_at: datetime, serial: int) -> str:
        """Return the number of the `serial`-th case of its series."""
        local = received_at.astimezone(self.zone)
        return self.numbering.format(year=local.year, month=local.month, day=local.day, serial=serial)

    def title(self, what: str, value: str | None, language: str) -> str:
        """Return the label of a channel, kind, category, priority, owner, target or field value; the id if none."""
        if value is None:
            return ""
        entry = self.categories.get(value) if what == "category" else self._named(what).get(value)
        return entry.title[language] if entry else value

    def message_title(self, name: str, language: str) -> str:
        """Return the label of a message, or of the kind of problem that tells of itself; the id if it has none."""
        section, _, kind = name.rpartition(".")
        entry = self.problems.get(kind) if section == "problems" else self.messages.get(name)
        return entry.title[language] if entry and entry.title else name

    def known(self, what: str, value: str, *, where: str = "") -> str:
        """Return the id of the `what` that `value` names, by id, label or alias; `BadInput` names the nearest.

        Width, case and blanks make no difference. With `where`, a place and what stands behind it, the value is not
        repeated.
        """
        named = self._named(what)
        if value in named:
            return value
        for identifier, entry in named.items():
            if value in entry.title.values():
                return identifier
        known = self.remembered.setdefault("spellings", {})
        spelled: Mapping[str, str | None] = known.get(what) or known.setdefault(what, spellings(named))
        if found := spelled.get(spelling(value)):
            return found
        noun = tr(what) if what in NAMED else what if spoken() == "en" else self.title("field", what, spoken())
        if not named:
            raise BadInput(
                tr("{where}the rulebook names no {what} – leave it out, or add some", where=where, what=noun)
            )
        titles = {identifier: entry.title.get(spoken(), identifier) for identifier, entry in named.items()}
        near = nearest(value, tuple(named), titles)
        if where:
            raise BadInput(tr("{where}unknown {what} – write {nearest}", where=where, what=noun, nearest=near))
        raise BadInput(tr("unknown {what} '{value}' – write {nearest}", what=noun, value=typed(value), nearest=near))

    def choices(self, field: str) -> list[tuple[str, Mapping[str, str]]]:
        """Return the values a field may take, with their labels; none if it is free."""
        return [(identifier, entry.title) for identifier, entry in self._named(field).items()]

    def choices_of(self, field: str | None) -> Mapping[str, Titled]:
        """Return the values of a declared field, with their labels; none without one."""
        return self.fields[field].values if field and field in self.fields else {}

    def leaves(self) -> list[str]:
        """Return the ids of the categories that a case may have: those with no children."""
        parents = {identifier.rpartition(".")[0] for identifier in self.categories}
        return [identifier for identifier in self.categories if identifier not in parents]

    def line_of(self, product: str | None) -> str | None:
        """Return the first product line with whose beginnings the name of a product begins; None if there is none."""
        if not product or not self.lines:
            return None
        name = normal(product)
        return next((line.id for line in self.lines.values() if name.startswith(tuple(line.match))), None)

    def is_personal(self, field: str) -> bool:
        """Tell whether a declared field belongs with the personal data."""
        return bool(self.fields[field].personal)

    def allowance(self, target: str, facts: Facts) -> Allowance | None:
        """Return how long `target` gives a case with these facts; None if nothing demands it.

        If several rules do, the disposition of the plan comes before the channel, the kind, the category (the nearest
        in the tree), the priority, and what the target itself says. Whether its `when` holds is another question.
        """
        asked = (target, *map(facts.get, OF_ALLOWANCES))
        if asked not in self._allowances:
            self._allowances[asked] = self._allowance(target, facts)
        return self._allowances[asked]

    @cached_property
    def _allowances(self) -> dict[tuple[str | None, ...], Allowance | None]:
        return {}

    def _allowance(self, target: str, facts: Facts) -> Allowance | None:
        # A case may have a category of an earlier rulebook that this one has not.
        category = facts["category"] or ""
        while category and not (category in self.categories and target in self.categories[category].targets):
            category = category.rpartition(".")[0]
        names = ("channel", "kind", "priority", "disposition")
        channel, kind, priority, disposition = (facts.get(name) or "" for name in names)
        for section, identifier, entry in (
            ("dispositions", disposition, self.dispositions.get(disposition)),
            ("channels", channel, self.channels.get(channel)),
            ("kinds", kind, self.kinds.get(kind)),
            ("categories", category, self.categories.get(category)),
            ("priorities", priority, self.priorities.get(priority)),
        ):
            if entry and target in entry.targets:
                rule = f"{section}.{identifier}.targets.{target}"
                return Allowance(target, entry.targets[target], rule, self.counted_by(target, facts))
        own = self.targets[target].within if target in self.targets else None
        return Allowance(target, own, f"targets.{target}.within", self.counted_by(target, facts)) if own else None

    def collaborators(self, category: str) -> tuple[str, ...]:
        """Return the teams that work along on cases of a category, those with a part of their own last."""
        entry = self.categories.get(category)
        return tuple(dict.fromkeys((*entry.collaborators, *entry.parts))) if entry else ()

    def allows_delays(self, target: str) -> bool:
        """Tell whether a delay that the customer was told of moves the deadlines of a target."""
        return target in self.targets and self.targets[target].delays

    def condition(self, rule: str | None) -> Condition | None:
        """Return the condition that a finding names as its rule, such as `priorities.P1.when[2]`; None for others."""
        section, _, rest = (rule or "").partition(".")
        if section.startswith("assignment["):
            entry = self.assignment[int(section[len("assignment[") : -1]) - 1]
            return Condition(any=entry.when) if len(entry.when) > 1 else next(iter(entry.when), None)
        name, _, number = rest.rpartition(".when[")
        placing: Mapping[str, Mapping[str, Priority | Category | Kind]]
        placing = {"priorities": self.priorities, "categories": self.categories, "kinds": self.kinds}
        entry_of = placing.get(section, {}).get(name)
        index = int(number.removesuffix("]")) if entry_of and number[:-1].isdecimal() else 0
        return entry_of.when[index - 1] if entry_of and 0 < index <= len(entry_of.when) else None

    def raised(self, priority: str, steps: int) -> str:
        """Return the priority `steps` above; the highest if there is none so far up."""
        ranks = list(self.priorities)
        return ranks[max(0, ranks.index(priority) - steps)] if priority in ranks else priority

    @cached_property
    def remembered(self) -> dict[str, Any]:
        """Return what was worked out from the rules, by its name."""
        return {}

    def once(self, name: str, work_out: Callable[[Self], Made]) -> Made:
        """Return what follows from the rules: worked out when it is first asked for, and kept with them by a name."""
        if name not in self.remembered:
            self.remembered[name] = work_out(self)
        made: Made = self.remembered[name]
        return made

    def _named(self, what: str) -> Mapping[str, Titled]:
        """Return everything that a word such as `channel`, `cause` or a field's name may stand for."""
        if what in NAMED:
            return NAMED[what](self)
        return self.choices_of(what)


def merged_rules(desk: CalendarRules, other: OtherCalendar) -> Mapping[str, object]:
    """Return what another calendar says, with the desk's zone, and the desk's holidays if it names none."""
    return {**other.__dict__, "timezone": desk.timezone, "holidays": _holidays(desk, other)}


def _holidays(desk: CalendarRules, other: OtherCalendar) -> Mapping[str, Mapping[str, object]] | None:
    return desk.holidays if other.public_holidays is None else other.holidays


# What a rulebook has names for, by the words for it in a sentence; so no field can be called.
NAMED: Mapping[str, Callable[[Rulebook], Mapping[str, Titled]]] = {
    sentence("category"): lambda rules: {identifier: rules.categories[identifier] for identifier in rules.leaves()},
    sentence("role"): lambda rules: {**rules.owners, **rules.roles},
    sentence("question"): lambda rules: rules.questions,
    sentence("channel"): lambda rules: rules.channels,
    sentence("kind"): lambda rules: rules.kinds,
    sentence("priority"): lambda rules: rules.priorities,
    sentence("owner"): lambda rules: rules.owners,
    sentence("target"): lambda rules: rules.targets,
    sentence("field"): lambda rules: rules.fields,
    sentence("line"): lambda rules: rules.lines,
    sentence("limit"): lambda rules: rules.limits,
    sentence("samples"): lambda rules: rules.samples,
    sentence("topic"): lambda rules: rules.topics,
    sentence("earlier cases"): lambda rules: rules.earlier,
    sentence("pause"): lambda rules: rules.pauses,
    sentence("ground"): lambda rules: rules.intake.invalid,
    sentence("visit"): lambda rules: rules.assessment,
    sentence("fault"): lambda rules: rules.appraisal.faults,
    sentence("cause"): lambda rules: rules.appraisal.causes,
    sentence("liability"): lambda rules: rules.appraisal.liabilities,
    sentence("disposition"): lambda rules: rules.dispositions,
    sentence("task"): lambda rules: rules.every_task,
    sentence("duty"): lambda rules: rules.duties,
    sentence("kind of problem"): lambda rules: rules.problems,
    sentence("kind given"): lambda rules: rules.gives,
    sentence("person"): lambda rules: rules.people,
    sentence("view"): lambda rules: rules.views,
    sentence("report"): lambda rules: rules.reports,
    sentence("way of telling"): lambda rules: {**rules.choices_of(rules.telling.prefer), **rules.channels},
}


@lru_cache(1024)
def _dated(pattern: str, year: int, month: int, day: int) -> str:
    return pattern.format(year=year, month=month, day=day)


def snapshot_hash(text: str) -> str:
    """Return the hash under which a snapshot is kept: SHA-256 of its canonical text."""
    return sha256(text.encode()).hexdigest()


def spellings(named: Mapping[str, Titled]) -> Mapping[str, str | None]:
    """Return the ids by the spellings of ids, labels and aliases, in any width; None if two are spelled alike."""
    ids, labels, aliases = (dict[str, str | None]() for _ in range(3))
    for identifier, entry in named.items():
        others = entry.aliases if isinstance(entry, Aliased) else ()
        for level, words in ((ids, [identifier]), (labels, entry.title.values()), (aliases, others)):
            for word in map(spelling, words):
                level[word] = identifier if level.get(word, identifier) == identifier else None
    return {**aliases, **labels, **ids}
