"""What a rulebook says: one class a section, its keys with their types, defaults and explanations.

The schema, the reference page, the snapshot and `Rulebook` come from here. A type that is written in a form of its own
names it (`Annotated[…, "duration"]`); `schema` knows how each is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self

from afterservice_cli.language import sentence
from afterservice_cli.rulebook.keys import Section, key
from afterservice_cli.rulebook.sections.forms import (
    Condition,
    Durations,
    FieldName,
    Named,
    PersonName,
    Phrases,
    Role,
    SomeRoles,
    Steps,
    Title,
    Titled,
)
from afterservice_cli.rulebook.sections.hours import CalendarRules, OtherCalendar
from afterservice_cli.rulebook.sections.intake import EarlierCases, Intake
from afterservice_cli.rulebook.sections.limits import Archive, Closing, Limit, ProductLine
from afterservice_cli.rulebook.sections.messages import Message, Telling
from afterservice_cli.rulebook.sections.own_tests import Course, Example
from afterservice_cli.rulebook.sections.problems import Measures, ProblemKind
from afterservice_cli.rulebook.sections.reading import Reading
from afterservice_cli.rulebook.sections.samples import Samples
from afterservice_cli.rulebook.sections.targets import Target
from afterservice_cli.rulebook.sections.tasks import CaseTask, Duty, Part, TaskRules
from afterservice_cli.rulebook.sections.topics import Topic
from afterservice_cli.rulebook.sections.views import OwnReport, View

# --- who and when ---------------------------------------------------------------------------------------------------


class Person(Named):
    """Somebody who works at the desk."""

    title: Title = key("the name that others see")
    users: Sequence[PersonName] = key("their user names on this machine; the key itself if missing", default=())


class Owner(Named):
    """A team."""

    head: PersonName | None = key("the person who heads it", default=None)
    deputy: PersonName | None = key("who stands in for the head", default=None)
    members: Sequence[PersonName] = key("its people", default=())


class RoleHolders(Titled):
    """A role beside the teams, and who has it."""

    people: Sequence[PersonName] = key("who has it", least=1)


# --- what comes in --------------------------------------------------------------------------------------------------


class Aliased(Named):
    """Something that people, or other registers, call by several names."""

    aliases: Sequence[Annotated[str, "value"]] = key("other names by which it may be given", default=())


class Timed(Aliased):
    """Something that people call by several names, and that gives targets their time."""

    targets: Durations = key("durations that apply here", default={})


class Channel(Timed):
    """A way in which cases come in."""

    calendar: Annotated[str, "calendar"] | None = key(
        "by which of `calendars` its cases count; the desk's if missing", default=None
    )


class Kind(Timed):
    """A kind of feedback."""

    require: Sequence[FieldName] = key("what registering demands of such a case", default=())
    keep: Annotated[str, "length"] | None = key(
        "how long what is personal in such a case is kept, if not as `archive` says", default=None
    )
    when: Sequence[Condition] = key(
        "conditions of which one makes a case this kind, whatever phrases its text has, if nobody says which it is",
        default=(),
    )
    match: Phrases = key("phrases that speak for this kind, if nobody says which it is", default=())
    unless: Phrases = key("phrases that rule it out", default=())

    @property
    def found(self) -> bool:
        """Tell whether a case may be found to be of this kind."""
        return bool(self.when or self.match)


class FieldValue(Aliased):
    """A value that a field may take."""

    match: Phrases = key("phrases of which one in the text gives a case this value, if nobody says which", default=())
    unless: Phrases = key("phrases that rule it out", default=())


class Field(Named):
    """A further fact about a case; `type` and `personal` are there in every compiled rulebook."""

    type: Literal["choice", "text", "number", "date", "time"] | None = key(
        "`choice` if `values` stand, else `text`", default=None
    )
    values: Mapping[str, FieldValue] = key("the values it may take, with their labels", default={})
    whose: Literal["case", "customer"] = key(
        "whose it is: if it is kept with the `customer`, what was said last is known in their next case",
        default="case",
        written="of",
    )
    many: bool = key("whether a case may have several of its values, or several texts", default=False)
    personal: bool | None = key(
        "its values stay out of the history and can be erased, conditions may name it, no clock begins with it; "
        "true for text unless said otherwise",
        default=None,
    )


# --- what is decided ------------------------------------------------------------------------------------------------


class Category(Named):
    """One place of the category tree; compiled, its `id` is its dotted path, and `children` stand beside it."""

    WHAT = sentence("a category")

    owner: str | None = key("the team that gets the case; the parent's, then the default's, if missing", default=None)
    collaborators: Sequence[str] = key("teams that work along", default=(), written="with")
    when: Sequence[Condition] = key(
        "conditions of which one places a case here, whatever phrases its text has", default=()
    )
    parts: Mapping[str, Part] = key("teams that work along, each with what it has to do", default={})
    match: Phrases = key("phrases that speak for this category", default=())
    unless: Phrases = key("phrases that rule it out", default=())
    topics: Sequence[Annotated[str, "topic"]] = key(
        "names under `topics`: texts that are about one of them speak for this category", default=(), least=1
    )
    targets: Durations = key("durations that apply to this category", default={})
    require: Sequence[FieldName] = key("what registering demands of such a case, and of those below", default=())
    children: Mapping[str, Self] = key("the categories of the next level", default={})


class Priority(Named):
    """How much a case hurts."""

    when: Sequence[Condition] = key("conditions of which one must hold", default=())
    targets: Durations = key("durations that apply to this priority", default={})


class Assignment(Section):
    """Whose a case becomes, whatever its category says."""

    when: Sequence[Condition] = key("which cases; all if missing", default=())
    to: Annotated[str, "assignee"] = key("the team, or `TEAM/PERSON`")


class Default(Section):
    """What holds if no rule says otherwise."""

    category: str = key("the category if no phrase is found")
    priority: str = key("the priority if no condition holds")
    owner: str = key("the owner if the category names none")


class PauseGround(Named):
    """A ground on which a case may wait."""

    ends: Literal["replied"] | None = key("the event that ends it by itself", default=None)


# --- how a case ends ------------------------------------------------------------------------------------------------


class AppraisalRules(Section):
    """What an appraisal finds."""

    faults: Mapping[str, Named] = key("what can fail", default={})
    causes: Mapping[str, Named] = key("why", default={})
    liabilities: Mapping[str, Named] = key("who is liable; an appraisal may name several", default={})


class Given(Named):
    """A kind of what customers are given, such as a refund, a voucher, points, or of what they pay."""

    WHAT, SHORT = sentence("a unit, or a mapping"), "unit"

    title: Title = key("the label staff and customers see; its id if missing", default={})
    unit: Title = key("in what it is counted, as customers read it: `元`, `{zh: 积分, en: points}`")
    valid: Annotated[str, "length"] | None = key("how long it is valid", default=None)
    paid_by: Literal["firm", "customer"] = key(
        "who pays it: a price that the `customer` pays, as for a repair out of warranty, is nothing that is given",
        default="firm",
    )


class Disposition(Named):
    """How a case may end."""

    when: Sequence[Condition] = key("its grounds: conditions of which one must hold for it to be proposed", default=())
    gives: Sequence[Annotated[str, "given"]] = key("what has to be given with it: kinds under `gives`", default=())
    targets: Durations = key("durations that apply once it is proposed", default={})
    tasks: Mapping[str, TaskRules] = key("what carrying it out takes, in this order", default={})


class Approval(Section):
    """Who has to approve which plans."""

    by: Role = key("who has to say yes")
    when: Sequence[Condition] = key("to which plans; to all if missing", default=())


class Demand(Section):
    """What a case must have before a command."""

    before: Sequence[Annotated[str, "command to wait"]] = key("the command, or several", least=1)
    what: Sequence[Annotated[str, "demand"]] = key("what the case must have, or what must be said with it", least=1)
    when: Sequence[Condition] = key("which cases; all if missing", default=())


class Consequence(Section):
    """What is done if a deadline was missed, or if a case is opened again."""

    on: Literal["missed", "reopened"] = key(
        "what it follows: `missed` deadlines, as `escalate` finds them, or a case that is `reopened`"
    )
    targets: Sequence[Annotated[str, "target"]] = key(
        "which deadlines, if `on` is `missed`; all if neither these nor tasks stand here", default=()
    )
    tasks: Sequence[str] = key("the tasks whose deadlines, if `on` is `missed`", default=())
    when: Sequence[Condition] = key("of which cases, as they stand before it; of all if missing", default=())
    raise_priority: Steps = key("by how many steps", default=0)
    hand_to: Role | None = key("whose the case becomes: a team's, or the first person's of a role", default=None)
    tell: SomeRoles = key("who is told, of each role its first person", default=())


# --- the whole ------------------------------------------------------------------------------------------------------


class Rules(Section):
    """A rulebook: as a document, with None in place of what could not be read, or compiled and without a fault."""

    name: Annotated[str, "id"] = key("its name", written="rulebook")
    include: Sequence[Annotated[str, "included file"]] = key(
        "files beside it whose `words`, `samples`, `topics`, `conditions` and `reading` hold here, too: "
        "shared/danger.yaml",
        default=(),
        kept=False,
    )
    called: Title = key("what it is called", written="title")
    about: Title = key("for whom it is, in a sentence", default={})
    numbering: Annotated[str, "numbering"] = key(
        "how cases are numbered; the serial grows past its width", default="{year}{month:02}-{serial:03}"
    )
    calendar_rules: CalendarRules = key("the desk's zone, hours and days off", written="calendar")
    calendars: Mapping[str, OtherCalendar] = key(
        "other hours than the desk's, which channels and targets may count by", default={}
    )
    language: Literal["zh", "en"] = key("the language of cases whose text does not tell", default="zh")
    owners: Mapping[str, Owner] = key("the teams", least=1)
    people: Mapping[PersonName, Person] = key("persons whose name or user name is another than their key", default={})
    roles: Mapping[str, RoleHolders] = key("roles beside the teams: management, supervisor…", default={})
    may: Mapping[Annotated[str, "command"], SomeRoles] = key("commands that only these roles may use", default={})
    claims: bool = key("whether `--as NAME` counts for roles, as a shared account needs it", default=True)
    channels: Mapping[str, Channel] = key("the ways a case comes in", least=1)
    kinds: Mapping[str, Kind] = key("consultation, suggestion, complaint…", default={})
    fields: Mapping[Annotated[str, "field id"], Field] = key(
        "further facts about a case, beside the built-in ones", default={}
    )
    limits: Mapping[Annotated[str, "limit id"], Limit] = key(
        "windows of the customer's, such as a warranty: asked for in conditions, never due", default={}
    )
    lines: Mapping[str, ProductLine] = key(
        "product lines, by how the product's name begins; the first that fits", default={}
    )
    intake: Intake = key("what registering demands, and what screening looks for", default=Intake())
    words: Mapping[Annotated[str, "group"], Annotated[Sequence[str], "words"]] = key(
        "groups of words that patterns name: `bad: [坏了, 碎了]` for ‹bad›", default={}
    )
    samples: Mapping[str, Samples] = key(
        "sample texts that have a name: `when: {like: danger}` holds of a text that is like those under `danger`",
        default={},
    )
    topics: Mapping[str, Topic] = key(
        "what texts may be about, told by sample texts: `topics: [late, lost]` in a category holds of those about one "
        "of these",
        default={},
    )
    conditions: Mapping[str, Annotated[Sequence[Condition], "some conditions"]] = key(
        "conditions that have a name: `when: danger` holds if one of those under `danger` does",
        default={},
        kept=False,
    )
    reading: Reading = key(
        "which words make a phrase count for nothing: what denies, praises, settles", default=Reading()
    )
    earlier: Mapping[str, EarlierCases] = key(
        "what is counted of the customer's earlier cases; `earlier.NAME` in conditions", default={}
    )
    targets: Mapping[str, Target] = key("what is measured: each a clock between two events", default={})
    categories: Mapping[str, Category] = key("what a case can be about", least=1)
    priorities: Mapping[str, Priority] = key("how much it hurts; the highest first", least=1)
    assignment: Sequence[Assignment] = key(
        "whose a case becomes, before what its category says: the first entry that fits", default=()
    )
    default: Default = key("what holds if no rule says otherwise")
    pauses: Mapping[str, PauseGround] = key("the grounds on which a case may wait", default={})
    assessment: Mapping[str, Named] = key("the ways in which the initial check may go on: remote, on_site…", default={})
    appraisal: AppraisalRules = key("what an appraisal finds", default=AppraisalRules())
    gives: Mapping[str, Given] = key(
        "what customers may be given, or pay, each in its unit; `give.KIND` in conditions, so that points are never "
        "yuan",
        default={},
    )
    dispositions: Mapping[str, Disposition] = key("how a case may end: repair, exchange, refund…", default={})
    tasks: Mapping[str, CaseTask] = key("what somebody has to do once something has happened", default={})
    duties: Mapping[str, Duty] = key("what has to be seen to again and again, without a case", default={})
    problems: Mapping[str, ProblemKind] = key(
        "kinds of problems that several cases have in common: known ones, batch alarms, special analyses", default={}
    )
    measures: Measures | None = key("how measures are judged; without it there are none", default=None)
    approvals: Sequence[Approval] = key("who has to approve which plans, in this order", default=())
    demands: Sequence[Demand] = key(
        "what a case must have before which command; if the key is missing, a resolution before `close`",
        default=(Demand(before=("close",), what=("resolution",)),),
    )
    closing: Closing = key("what the customer is asked at the end", default=Closing())
    consequences: Sequence[Consequence] = key(
        "what a missed deadline, or a case opened again, leads to: the first entry that fits", default=()
    )
    archive: Archive | None = key("how long what is personal is kept", default=None)
    messages: Mapping[str, Message] = key("what customers and colleagues are told, and when", default={})
    telling: Telling = key("how customers are told", default=Telling())
    views: Mapping[str, View] = key(
        "lists that have a name (`list --view NAME`): which cases, which columns, in which order", default={}
    )
    reports: Mapping[str, OwnReport] = key(
        "reports that have a name (`report --report NAME`): which tables, of which cases", default={}
    )
    labels: Mapping[Annotated[str, "state"], Title] = key(
        "what staff see for a status or a stage: `open: 处理中`", default={}
    )
    examples: Sequence[Example] = key("texts, and what the rules must make of them", default=(), kept=False)
    cases: Sequence[Course] = key("short courses of cases, and what must come of them", default=(), kept=False)
