"""What the names in a rulebook refer to: every reference is checked, whatever else could not be read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from afterservice_cli.language import sentence, tr
from afterservice_cli.rulebook.checks.earlier import check_earlier
from afterservice_cli.rulebook.checks.messages import check_message
from afterservice_cli.rulebook.checks.names import CASE_FIELDS, Names, entries, items
from afterservice_cli.rulebook.checks.problems import check_problems
from afterservice_cli.rulebook.checks.targets import check_target
from afterservice_cli.rulebook.checks.tasks import check_tasks
from afterservice_cli.rulebook.checks.views import check_reports, check_views
from afterservice_cli.rulebook.comparing import normal
from afterservice_cli.rulebook.document.notes import Notes, Path
from afterservice_cli.rulebook.document.scalars import BUILT_IN_FIELDS
from afterservice_cli.rulebook.sections.intake import Intake
from afterservice_cli.rulebook.sections.limits import Closing, Limit, ProductLine
from afterservice_cli.rulebook.sections.own_tests import Example
from afterservice_cli.rulebook.sections.rules import (
    Aliased,
    Assignment,
    Category,
    Disposition,
    Field,
    FieldValue,
    Kind,
    Rules,
)
from afterservice_cli.rulebook.vocabulary import (
    BY_LINE,
    FIELD,
    OF_CUSTOMER,
    OWNER_ROLES,
    RECEIVERS,
)

# What is said of a field of each type that cannot have several values.
ONE = {
    "number": sentence("of a number a case has one – leave `many` out, or make it a text"),
    "date": sentence("of a date a case has one – leave `many` out, or make it a text"),
    "time": sentence("of a time a case has one – leave `many` out, or make it a text"),
}


def check_references(document: Rules, notes: Notes) -> None:
    """Note a fault at every name in a document that refers to nothing.

    `document` is what the shapes made of it, with None for what they could not read; their faults are in `notes`. No
    fault is noted at a name that may refer to what could not be read.
    """
    check = _Check(document, notes)
    check.fields()
    check.intake(document.intake)
    check.categories(document.categories, ("categories",))
    for section, written in (("channels", document.channels), ("kinds", document.kinds)):
        for name, channel in entries(written):
            check.durations((section, name), channel.targets)
    for name, channel in entries(document.channels):
        check.names.among(check.names.calendars, "calendar", ("channels", name, "calendar"), channel.calendar)
    for name, kind in entries(document.kinds):
        check.required(("kinds", name), kind)
        check.names.of_kind(("kinds", name), kind.when)
    for name, priority in entries(document.priorities):
        check.durations(("priorities", name), priority.targets)
        for index, condition in items(priority.when):
            check.names.condition(("priorities", name, "when", index), condition)
    for index, entry in items(document.assignment):
        check.assignment(("assignment", index), entry)
    check.names.outcome(("default",), document.default)
    check.people()
    for name, target in entries(document.targets):
        check_target(check.names, ("targets", name), target)
    for path, named in (
        (("channels",), document.channels),
        (("kinds",), document.kinds),
        *((("fields", name, "values"), field.values) for name, field in entries(document.fields)),
    ):
        check.aliases(path, named)
    for name, limit in entries(document.limits):
        check.limit(("limits", name), limit)
    for name, line in entries(document.lines):
        check.line(("lines", name), line)
    for name, disposition in entries(document.dispositions):
        check.disposition(("dispositions", name), disposition)
    check_tasks(document, check.names)
    check_problems(document, check.names)
    check_earlier(document, check.names)
    check_views(document, check.names)
    check_reports(document, check.names)
    check.approvals()
    check.consequences()
    for name, message in entries(document.messages):
        check_message(check.names, ("messages", name), message)
    check.telling()
    check.closing(document.closing)
    check.heads()
    for index, example in items(document.examples):
        check.example(("examples", index), example)


class _Check:
    """The checks of names, one for each section of a document."""

    def __init__(self, document: Rules, notes: Notes) -> None:
        self.document, self.notes, self.names = document, notes, Names(document, notes)

    def fields(self) -> None:
        """Note a fault at a choice without values, and at values of any other field."""
        for name, entry in entries(self.names.declared):
            if entry.type == "choice" and entry.values == {}:
                self.notes.fault(("fields", name), tr("a choice without values – list them under `values`"), key=True)
            elif entry.type not in (None, "choice") and entry.values:
                what = tr(
                    "a field of type {type} has no values – leave them out, or write `type: choice`", type=entry.type
                )
                self.notes.fault(("fields", name, "values"), what, key=True)
            for value, rules in entries(entry.values):
                self._found(("fields", name, "values", value), entry, rules)
            if entry.many and entry.type not in (None, "choice", "text"):
                what = tr(ONE[entry.type])
                self.notes.fault(("fields", name, "many"), what, key=True)

    def _found(self, path: Path, field: Field, value: FieldValue) -> None:
        """Check that a value may be found by phrases: it is one, and may stay in the history."""
        if not value.match and not value.unless:
            return
        if field.many:
            what = tr("phrases find one value, and a case may have several here – leave the phrases out, or `many`")
            self.notes.fault((*path, "match"), what, key=True)
        if field.personal:
            what = tr("what phrases find stays in the history – take `personal` away, or leave the phrases out")
            self.notes.fault((*path, "match"), what, key=True)

    def aliases(self, path: Path, named: Mapping[str, Aliased] | None) -> None:
        """Check that no alias is the id, the title or an alias of another entry."""
        told: dict[str, str] = {}
        for name, entry in entries(named):
            told |= dict.fromkeys(map(normal, (name, *(entry.title or {}).values())), name)
        for name, entry in entries(named):
            for index, alias in items(entry.aliases):
                other = told.setdefault(normal(alias), name)
                if other != name:
                    what = tr(
                        "'{alias}' means {other} already – leave it out here, or there", alias=alias[:40], other=other
                    )
                    self.notes.fault((*path, name, "aliases", index), what)

    def required(self, path: Path, entry: Intake | Kind | Category) -> None:
        """Check that everything that registering demands is a field."""
        known = None if self.names.declared is None else (*BUILT_IN_FIELDS, *self.names.declared)
        for index, name in items(entry.require):
            self.names.among(known, "field", (*path, "require", index), name)

    def categories(self, categories: Mapping[str, Category] | None, path: Path) -> None:
        """Check the teams, targets and fields that categories name; phrases belong to those without children."""
        for name, entry in entries(categories):
            place = (*path, name)
            self.names.among(self.names.owners, "owner", (*place, "owner"), entry.owner)
            for index, owner in items(entry.collaborators):
                self.names.among(self.names.owners, "owner", (*place, "with", index), owner)
            for team in entry.parts or ():
                self.names.among(self.names.owners, "owner", (*place, "parts", team), team, key=True)
            self.durations(place, entry.targets)
            self.required(place, entry)
            self.names.when(place, entry.when, ("line",))
            for index, topic in items(entry.topics):
                self.names.among(self.names.topics, "topic", (*place, "topics", index), topic)
            for key in ("when", "match", "unless", "topics"):
                if entry.children and getattr(entry, key):
                    what = tr("a category with children has no phrases, topics nor conditions – give them to a child")
                    self.notes.fault((*place, key), what, key=True)
            self.categories(entry.children, (*place, "children"))

    def assignment(self, path: Path, entry: Assignment) -> None:
        """Check the condition of an entry of `assignment`, its team, and that its person is in that team."""
        self.names.when(path, entry.when, ("category", "line", "priority"))
        team, _, person = (entry.to or "").partition("/")
        self.names.among(self.names.owners, "owner", (*path, "to"), team or None)
        owner = (self.document.owners or {}).get(team)
        if person and owner and self.notes.sound("owners", team):
            people = [name for name in (owner.head, owner.deputy, *owner.members) if name]
            self.names.among(people, tr("person of {team}", team=team), (*path, "to"), person)

    def durations(self, path: Path, targets: Mapping[str, str] | None) -> None:
        """Check that durations are given for targets."""
        for target in targets or ():
            place = (*path, "targets", target)
            self.names.among(self.names.targets, "target", place, target, key=True)
            entry = (self.document.targets or {}).get(target)
            if entry is not None and entry.at:
                what = tr(
                    "'{target}' is due at a date of the case (`at`), so it has no duration – leave this out",
                    target=target,
                )
                self.notes.fault(place, what, key=True)

    def intake(self, intake: Intake | None) -> None:
        """Check the fields that registering demands, those that duplicates share, and the pause of a vague case."""
        if intake is None:
            return
        self.required(("intake",), intake)
        comparable = None if self.names.declared is None else ("contact", "customer", "product", *self.names.declared)
        for index, field in items(intake.duplicates.same if intake.duplicates else None):
            self.names.among(comparable, "field that tells cases", ("intake", "duplicates", "same", index), field)
        self.names.among(
            self.names.pauses, "pause", ("intake", "vague", "pause"), intake.vague.pause if intake.vague else None
        )

    def people(self) -> None:
        """Check that a role has a name of its own, and that commands are kept to roles."""
        for name in self.document.roles or ():
            if name in (*OWNER_ROLES, *RECEIVERS, *(self.names.owners or ())):
                self.notes.fault(
                    ("roles", name), tr("'{name}' means something already – choose another id", name=name), key=True
                )
        for command, roles in entries(self.document.may):
            for index, role in items(roles):
                self.names.role(("may", command, index), role, held=True)

    def limit(self, path: Path, limit: Limit) -> None:
        """Check that the dates of a limit may be named in a refusal, and that something gives its length."""
        for end, word in (("from", limit.start), ("until", limit.until)):
            dated = re.fullmatch(FIELD, word or "")
            if dated and self.names.personal_day((*path, end), dated[1]):
                what = tr(
                    "'{word}' is personal, and a refusal names the days of a limit – take `personal` away there, or "
                    "name another date",
                    word=word,
                )
                self.notes.fault((*path, end), what)
        name = str(path[-1])
        given = any(name in line.limits for _, line in entries(self.document.lines))
        if limit.within == BY_LINE and self.document.lines is not None and not given:
            never = tr(
                "no line says how long '{name}' is – write `{name}: 24mo` under a line, or a length here", name=name
            )
            self.notes.fault((*path, "within"), never)

    def line(self, path: Path, line: ProductLine) -> None:
        """Check the team of a product line, and that it gives lengths to limits."""
        self.names.among(self.names.owners, "owner", (*path, "owner"), line.owner)
        for limit in line.limits:
            self.names.among(self.names.limits, "limit", (*path, limit), limit, key=True)

    def disposition(self, path: Path, disposition: Disposition) -> None:
        """Check the condition of a disposition, what it gives, and the targets that it gives a duration."""
        free = [name for name, other in entries(self.document.dispositions) if not other.when and name != path[-1]]
        for index, condition in items(disposition.when):
            if free and condition.otherwise:
                what = tr(
                    "{other} is always possible, so this never holds – give that one its grounds, or leave this out",
                    other=free[0],
                )
                self.notes.fault((*path, "when", index), what)
        self.names.when(path, disposition.when)
        self.durations(path, disposition.targets)
        kinds = None if self.document.gives is None else list(self.document.gives)
        for index, kind in items(disposition.gives):
            self.names.among(kinds, "kind given", (*path, "gives", index), kind)

    def approvals(self) -> None:
        """Check that somebody can give each approval, and that there is something to approve."""
        for index, approval in items(self.document.approvals):
            self.names.role(("approvals", index, "by"), approval.by, held=True)
            if not self.document.dispositions and self.notes.sound("dispositions"):
                self.notes.fault(("approvals",), tr("there is nothing to approve – add `dispositions:`"), key=True)
            self.names.when(("approvals", index), approval.when)

    def consequences(self) -> None:
        """Check the targets and roles that entries of `consequences` name, and that each of them does something."""
        for index, entry in items(self.document.consequences):
            path = ("consequences", index)
            for place, target in items(entry.targets):
                self.names.among(self.names.targets, "target", (*path, "targets", place), target)
            for place, task in items(entry.tasks):
                self.names.among(self.names.tasks, "task", (*path, "tasks", place), task)
            self.names.role((*path, "hand_to"), entry.hand_to)
            for place, role in items(entry.tell):
                self.names.role((*path, "tell", place), role)
            self.names.when(path, entry.when)
            for key, named in (("targets", entry.targets), ("tasks", entry.tasks)):
                if entry.on == "reopened" and named:
                    what = tr(
                        "a case that is opened again is about no deadline – leave this out, or write `on: missed`"
                    )
                    self.notes.fault((*path, key), what, key=True)
            if self.notes.sound(*path) and not (entry.raise_priority or entry.hand_to or entry.tell):
                self.notes.fault(
                    path, tr("this does nothing – add `tell`, `hand_to` or `raise_priority`, or leave it out")
                )

    def telling(self) -> None:
        """Check that the ways which customers prefer are the values of a field."""
        telling, declared = self.document.telling, self.names.declared
        if telling is not None and declared is not None:
            choices = [name for name, entry in entries(declared) if entry.values]
            preferred = declared.get(telling.prefer or "")
            if preferred and preferred.many:
                what = tr(
                    "'{field}' may have several values, and a message goes one way – name another field, or take "
                    "`many` away there",
                    field=telling.prefer,
                )
                self.notes.fault(("telling", "prefer"), what)
            self.names.among(choices, "field with values", ("telling", "prefer"), telling.prefer)

    def closing(self, closing: Closing | None) -> None:
        """Check that a way without the customer's answers is needed."""
        if closing is None or closing.silence is None:
            return
        demands = [entry for _, entry in items(self.document.demands) if "close" in (entry.before or ())]
        awaited = {what for entry in demands for what in entry.what or ()} & {*OF_CUSTOMER}
        if self.notes.sound("demands") and not awaited:
            what = tr(
                "closing demands no answer of the customer, so it needs no way without one – leave this out, or demand "
                "confirmation before `close`"
            )
            self.notes.fault(("closing", "silence"), what, key=True)

    def heads(self) -> None:
        """Note every team without a head if the rulebook asks for one."""
        for name, owner in entries(self.document.owners) if self.names.heads_needed else ():
            if owner.head is None and self.notes.sound("owners", name):
                what = tr("this team has no head, and the rulebook asks for `owner_head` – add `head:`")
                self.notes.fault(("owners", name), what, key=True)

    def example(self, path: Path, example: Example) -> None:
        """Check that the fields and values of an example exist, and what it expects, too."""
        self.names.outcome((*path, "expect"), example.expect)
        for field, value in entries(example.expect.fields if example.expect else None):
            if self.names.field((*path, "expect", field), field, ("kind",) if self.document.kinds else ()):
                self.names.value((*path, "expect", field), field, value)
        for field, values in entries(example.fields):
            if not self.names.field((*path, field), field, (*CASE_FIELDS, *self.names.counts)):
                continue
            for index, value in items(values):
                self.names.known((*path, field, index), field, value)
            entry = (self.names.declared or {}).get(field)
            if len(values) > 1 and not (entry and entry.many):
                what = tr("'{field}' has one value – write one, or `many: true` under the field", field=field)
                self.notes.fault((*path, field), what, key=True)
