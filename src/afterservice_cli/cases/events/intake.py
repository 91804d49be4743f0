"""How a case comes in: registered, screened, with its files, beside other cases."""

from __future__ import annotations

from collections.abc import Mapping

from afterservice_cli.cases.case import Case, Event, shown, unchanged
from afterservice_cli.cases.effects import BEGINNING, kind_found, taken_out, taken_over, with_found, with_tasks
from afterservice_cli.cases.values import TASK, Deadline, DeadlineSpec, Decided, Finding, Source, TaskSpec, Value
from afterservice_cli.language import sentence_in


class CaseRegistered(Event):
    """A case came in; everything the rules gave it is in here.

    `of_customer` names the fields that are kept with the customer, each with the earlier case from which its value is
    known; "" if it was said here. `earlier` are the customer's earlier cases that counted, by what the rulebook counts.
    """

    case: str
    series: str
    serial: int
    channel: str
    kind: str | None
    product: str | None
    fields: Mapping[str, Value]
    customer_id: str | None
    findings: tuple[Finding, ...]
    collaborators: tuple[str, ...]
    deadlines: tuple[DeadlineSpec, ...]
    source: Source | None = None
    customer: str | None = None
    contact: str | None = None
    description: str | None = None
    details: Mapping[str, Value] | None = None
    person: str | None = None
    tasks: tuple[TaskSpec, ...] = ()
    of_customer: Mapping[str, str] = {}
    source_number: str | None = None
    earlier: Mapping[str, tuple[str, ...]] = {}

    WORD = "registered"
    STAGE = "intake"
    LABEL = sentence_in("event", "registered")
    COMMANDS = ("register", "import")
    PERSONAL = ("customer", "contact", "description", "details", "source_number")
    SHOWN = shown("findings", "person", "channel")

    apply = unchanged  # it is the case's beginning, and nothing can come before it

    def begin(self, rulebook: str) -> Case:
        """Return the case that begins with this event, recorded under the snapshot `rulebook`."""
        case = Case(
            number=self.case,
            series=self.series,
            serial=self.serial,
            channel=self.channel,
            kind=kind_found(self.kind, self.findings),
            product=self.product,
            fields=with_found(self.fields, self.findings),
            customer_id=self.customer_id,
            customer=self.customer,
            contact=self.contact,
            description=self.description,
            details=self.details or {},
            decided={finding.field: Decided(finding, rulebook) for finding in self.findings},
            collaborators=self.collaborators,
            registered_at=self.at,
            person=self.person,
            status="open",
            cycle=1,
            happened=dict.fromkeys(BEGINNING, (self.at,)),
            deadlines=tuple(self._begun(spec, rulebook) for spec in self.deadlines),
            known_from=taken_over(self.of_customer),
            source_batch=self.source.batch if self.source else None,
            source_digest=self.source.digest if self.source else None,
            source_number=self.source_number,
            earlier={name: tuple(cases) for name, cases in self.earlier.items()},
        )
        return with_tasks(case, self, rulebook)

    def _begun(self, spec: DeadlineSpec, rulebook: str) -> Deadline:
        return Deadline(spec, rulebook, opened_with=self.word if spec.target.startswith(TASK) else "")


class CaseScreened(Event):
    """Whether it is a case at all: `valid`, `vague` (sent back for detail) or `invalid`, and on what ground."""

    outcome: str
    ground: str | None
    reason: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()

    WORD = "screened"
    STAGE = "intake"
    LABEL = sentence_in("event", "screened")
    COMMANDS = ("screen",)
    PERSONAL = ("reason",)
    SHOWN = shown(outcome="label", ground="ground")

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        screened = case.but(screened=self.outcome)
        return taken_out(screened, self) if self.outcome == "invalid" else screened


class FileAttached(Event):
    """A file came with the case; its content lies beside the desk, under `digest`, its SHA-256."""

    digest: str
    size: int
    file: str | None = None
    text: str | None = None

    WORD = "attached"
    STAGE = "intake"
    LABEL = sentence_in("event", "file attached")
    COMMANDS = ("attach",)
    PERSONAL = ("file", "text")
    SHOWN = shown(file="verbatim")

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        return case.but(attached=(*case.attached, self.digest))


class CaseLinked(Event):
    """The case has to do with another one."""

    other: str
    relation: str
    reason: str | None = None

    WORD = "linked"
    STAGE = "intake"
    LABEL = sentence_in("event", "linked")
    COMMANDS = ("link",)
    PERSONAL = ("reason",)
    SHOWN = shown(relation="link")

    apply = unchanged


class TwinCounted(Event):
    """What was said in a twin, a case that was merged into this one, counts here as of when it was: `counted` is the
    word of what it was, `twin` the case in which it was recorded.
    """

    counted: str
    twin: str
    deadlines: tuple[DeadlineSpec, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()

    WORD = "twin_counted"
    STAGE = "intake"
    LABEL = sentence_in("event", "counted from a twin")
    COMMANDS = ("merge",)
    SHOWN = shown(twin="twin")
    CLOCK = False  # its clocks are those of the word that it counts as

    apply = unchanged

    @property
    def word(self) -> str:
        """Return the word of what was said in the twin: `responded`."""
        return self.counted


class CaseMerged(Event):
    """The case repeats another one, and goes on as that one."""

    into: str
    reason: str | None = None

    WORD = "merged"
    STAGE = "intake"
    LABEL = sentence_in("event", "merged")
    COMMANDS = ("merge",)
    PERSONAL = ("reason",)
    SHOWN = shown(into="verbatim")

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        return taken_out(case, self).but(merged_into=self.into)
