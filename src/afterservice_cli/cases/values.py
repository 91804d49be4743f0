"""The values that events and cases are made of: deadlines and what became of them, pauses, plans, what was decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Literal, TypeVar

from afterservice_cli.frozen import Frozen

PROMISED = "delayed"  # the rule of a deadline that was put to the day promised to the customer
TASK = "task:"  # so begin the targets of tasks, and the words with which they are done
PROBLEM, MEASURE = "problem:", "measure:"  # so begins what stands for a target if one of them is due
DUTY = "duty:"  # so begins what stands for a target if a duty of the desk is due
PLACED = ("category", "priority", "owner")  # what every case is given; findings of others give fields their values
PERSON = "person:"  # so begins the role that somebody has by being who they are
ANYBODY = "*"  # has every role: whoever did what a file tells of
RESOLVED = "resolved"  # the word of the event with which the work is done
HANDED_OVER = "handed_over"  # under this word `Case.happened` has when another team got the case

# What gave a value: a rule that matched, the rulebook's default because none did, a person, an imported file, the
# escalation of a missed deadline, the reopening of the case, or a problem to which it belongs.
By = Literal["rule", "default", "person", "import", "escalation", "reopening", "problem"]

Instant = TypeVar("Instant", datetime, str)
DeadlineKey = tuple[str, int, int]  # target, cycle and occurrence, by which a case knows a deadline
Value = str | tuple[str, ...]  # of a field: one, or several
SEVERAL = "\x1f"  # stands between the values of a fact that has several


def as_fact(value: Value) -> str:
    """Return the value of a field as one text, in which SEVERAL stands between several."""
    return value if isinstance(value, str) else SEVERAL.join(value)


def as_facts(values: Mapping[str, Value]) -> dict[str, str]:
    """Return the values of fields by name, each as one text."""
    return {name: as_fact(value) for name, value in values.items()}


class Numbered(Frozen):
    """The number that a new case, problem or measure gets, and its place in the series of numbers."""

    number: str
    series: str
    serial: int


class Known(Frozen):
    """What a customer's earlier case says of them: the value, as one text, and the case's number."""

    value: str
    case: str


class EarlierCase(Frozen):
    """A case that a customer had: its number, the event that registered it, when it came in, and its facts by name."""

    number: str
    first: int
    registered_at: datetime
    facts: Mapping[str, str | None]

    @cached_property
    def judged(self) -> dict[tuple[str, str], bool]:
        """Return whether it is one of those that count, as far as anybody asked: by rulebook and name in it."""
        return {}


class Customer(Frozen):
    """Whose a case is: the customer's id, None if nobody can tell, and what earlier cases say of them, by field.

    `cases` are all that they have had, if the rulebook counts some of them; who is `new` has had none.
    """

    id: str | None = None
    known: Mapping[str, Known] = {}
    cases: tuple[EarlierCase, ...] = ()
    new: bool = False


class Finding(Frozen):
    """What one field of a case was given, by what and why.

    `by` is `rule`, `default` (no rule matched), `person`, `import`, `escalation`, `reopening` or `problem`; `rule` is
    where the rulebook says so, None if a person or a file gave the value; `phrases` are the rulebook's own phrases in
    the text. `rival` is the next best category or kind with its phrases, `uncounted` are phrases that stand in the text
    and do not count, each with the words of the rulebook by which it does not, and why: `denied`, `calm` or `settled`.
    """

    field: str
    value: str
    by: By
    rule: str | None = None
    phrases: tuple[str, ...] = ()
    rival: tuple[str, ...] = ()
    uncounted: tuple[tuple[str, ...], ...] = ()


class DeadlineSpec(Frozen):
    """A deadline as an event sets it: one target of one cycle, from when, how long, and so due when.

    Events that change what is demanded carry specs for the deadlines that begin or move, and name the targets
    that nobody demands any more (`dropped`): what was promised is part of the history. `start` is the word of the event
    that begins it, `until` are the words of those of which the first ends it, if who did it has the role `by`;
    `occurrence` counts the deadlines of a target that repeats; from `warn_at` on it is about to be missed. One that a
    date of the case sets has no `duration`. `calendar` is the one it counts by, "" for the desk's; `rounds` says
    whether what ends it begins the next, `counts` whether it is part of attainment.
    """

    target: str
    cycle: int
    from_at: datetime
    duration: str
    due_at: datetime
    until: tuple[str, ...]
    pauses: bool
    provisional: bool
    rule: str
    start: str = "registered"
    occurrence: int = 1
    warn_at: datetime | None = None
    team: str | None = None  # the team or role whose task it is; None: the team of the case
    by: str = ""
    counts: bool = True
    calendar: str = ""
    rounds: bool = False

    @property
    def key(self) -> DeadlineKey:
        """Return what tells it from the other deadlines of its case."""
        return self.target, self.cycle, self.occurrence

    @property
    def ends(self) -> tuple[str, ...]:
        """Return the words under which `Case.happened` has what ends it."""
        return done_by(self.until, self.by)


def done_by(words: Iterable[str], role: str) -> tuple[str, ...]:
    """Return the words under which `Case.happened` has these events, if only those of one role count.

    Whoever resolves a case makes needless what else is waited for.
    """
    some = tuple(words)
    if not role:
        return some
    anybody = {RESOLVED} & set(some) if len(some) > 1 else set()
    return (*anybody, *(f"{word}@{who}" for word in some if word not in anybody for who in (role, ANYBODY)))


class Source(Frozen):
    """Where an imported case came from. `identity` and `digest` are keyed hashes: the row cannot be read off them.

    So many of the events that follow, `told`, are what the row says happened.
    """

    profile: str
    batch: str
    identity: str
    digest: str
    told: int = 0


class TaskSpec(Frozen):
    """One thing that somebody has to do on a case, as an event opens it.

    `name` is its own within the case, `rule` where the rulebook has it ("" if a person added it to a plan), `by` the
    team or role that does it (None: the team of the case), `within` its time, which begins with the event `start` ("":
    as soon as it can be done). It waits for the tasks `after`. `outcomes` are what it may lead to, each with what
    follows: "", `revise`, `stop` or `reopen`. What is done `once` is done in no later plan again; whoever recorded the
    last of the events `not_by` may not do it. Its time stands still while the case waits, unless it has no `pauses`.
    """

    name: str
    rule: str = ""
    by: str | None = None
    within: str | None = None
    start: str = ""
    after: tuple[str, ...] = ()
    outcomes: Mapping[str, str] = {}
    once: bool = False
    not_by: tuple[str, ...] = ()
    pauses: bool = True

    @property
    def target(self) -> str:
        """Return the target of its deadline."""
        return f"{TASK}{self.name}"

    @property
    def done(self) -> str:
        """Return the word of the event that it is done."""
        return f"{TASK}{self.name}.done"

    @property
    def planned(self) -> bool:
        """Tell whether a plan wants it: by its disposition, or because a person added it."""
        return not self.rule or self.rule.startswith("dispositions.")

    @property
    def part(self) -> bool:
        """Tell whether it is the part of a team that works along."""
        return self.rule.startswith("categories.")


class Task(Frozen):
    """A task of a case and what became of it: `state` is `open`, `done`, or `dropped` if nobody wants it any more.

    `number` counts the tasks of this name in their cycle, `plan` is the version of the plan that it belongs to, 0 if to
    none; `rulebook` is the snapshot under which it was opened, `opened_with` the word of the event that opened it.
    """

    spec: TaskSpec
    cycle: int
    number: int
    plan: int
    rulebook: str
    opened_at: datetime
    opened_with: str
    state: str = "open"
    done_at: datetime | None = None
    done_by: str | None = None
    outcome: str | None = None

    @property
    def open(self) -> bool:
        """Tell whether it is still to be done."""
        return self.state == "open"


class DutySpec(Frozen):
    """A time by which a duty of the desk is due, as an event sets it: `every` so often, counted from `from_at`.

    `by` is the team or role that has to see to it. From `warn_at` on it is about to be missed. `calendar` is the one it
    counts by, "" for the desk's.
    """

    name: str
    by: str
    every: str
    from_at: datetime
    due_at: datetime
    warn_at: datetime | None = None
    calendar: str = ""


class Decided(Frozen):
    """The finding that a field has, with the snapshot under which it was given.

    `suggested` is the place that the value had among those suggested to the person who chose it, 0 if it had none.
    """

    finding: Finding
    rulebook: str
    suggested: int = 0


class Deadline(Frozen):
    """A spec and what became of it: when it was answered, or why it no longer can be.

    `paused_at` is when its clock was stopped; a deadline that is answered while it is stopped keeps it. One of a task
    has in `opened_with` the word of the event that opened the task.
    """

    spec: DeadlineSpec
    rulebook: str
    ended_at: datetime | None = None
    outcome: str = ""  # "" while it can still be met, "missed" or "void" if a stage ended without it
    paused_at: datetime | None = None
    opened_with: str = ""

    @property
    def unanswered(self) -> bool:
        """Tell whether the deadline is still open: nobody has answered it, and it has no outcome."""
        return self.ended_at is None and not self.outcome

    def verdict(self, now: datetime) -> str:
        """Return what has become of the deadline as of `now`: see `verdict` below."""
        return verdict(self.outcome, self.ended_at, self.spec.due_at, now, self.paused_at)


class Settled(Frozen):
    """How a deadline stands, found by its key, if that does not follow from its spec and what happened since."""

    target: str
    cycle: int
    occurrence: int
    ended_at: datetime | None = None
    outcome: str = ""
    paused_at: datetime | None = None

    @property
    def key(self) -> DeadlineKey:
        """Return the key of the deadline."""
        return self.target, self.cycle, self.occurrence


def verdict(
    outcome: str, ended_at: Instant | None, due_at: Instant, now: Instant, paused_at: Instant | None = None
) -> str:
    """Return what has become of a deadline as of `now`: `met`, `missed`, `void`, `paused` or `running`.

    An open deadline is missed once it is overdue, unless its clock was stopped before that. The instants are all
    datetimes, or all UTC texts of the store, which compare alike.
    """
    if outcome:
        return outcome
    in_time = paused_at is not None and paused_at < due_at
    if ended_at is not None:
        return "met" if ended_at <= due_at or in_time else "missed"
    if in_time:
        return "paused"
    return "missed" if now > due_at else "running"


class Pause(Frozen):
    """A time in which the case waited, on a ground that the rulebook names; `to_at` is None while it does."""

    ground: str
    from_at: datetime
    to_at: datetime | None = None


class Assessment(Frozen):
    """What the initial check says: a known problem, how it goes on, under warranty; None for what is not known."""

    known: bool | None = None
    known_from: str | None = None
    visit: str | None = None
    warranty: bool | None = None


class Appraisal(Frozen):
    """What failed, why, who is liable, each of them, and whether it is under warranty; None for what is not known."""

    fault: str | None = None
    cause: str | None = None
    liability: tuple[str, ...] = ()
    warranty: bool | None = None


def summed(numbers: Iterable[str]) -> str:
    """Return the sum of numbers with at most two decimals, without needless zeros."""
    hundredths = 0
    for number in numbers:
        whole, _, part = number.partition(".")
        hundredths += int(whole) * 100 + int(f"{part:0<2}")
    wholes, rest = divmod(hundredths, 100)
    return f"{wholes}.{rest:02}" if rest else f"{wholes}"


class Given(Frozen):
    """What a plan gives, in numbers by kind, and the disposition with which it does."""

    disposition: str
    gives: Mapping[str, str]


class Plan(Frozen):
    """The newest version of the plan: what was proposed by whom, who approved it, what the customer says.

    `agreed` is None until the customer has said yes or no; `stopped` tells that the outcome of a task made the others
    needless, `revised` names the task whose outcome asks for another plan.
    """

    version: int
    disposition: str | None
    gives: Mapping[str, str]  # numbers by kind
    promised_at: datetime | None
    tasks: tuple[TaskSpec, ...]
    proposed_by: str
    titles: Mapping[str, str] | None = None  # of the tasks that no disposition brings along; personal
    text: str | None = None  # personal
    approvals: tuple[str, ...] = ()
    approved: bool = False
    declined: bool = False
    agreed: bool | None = None
    stopped: bool = False
    revised: str = ""

    @property
    def stands(self) -> bool:
        """Tell whether the plan is not given up: nobody declined or refused it, and no outcome of a task ended it."""
        return not (self.declined or self.revised or self.stopped or self.agreed is False)

    @property
    def given(self) -> dict[str, Given]:
        """Return what it gives, by its version; nothing if it gives nothing."""
        return {str(self.version): Given(self.disposition or "", self.gives)} if self.gives else {}
