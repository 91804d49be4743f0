"""What may happen at any time, or to the desk itself: messages, mending, another rulebook, an import."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import TypeVar

from afterservice_cli.cases.case import ERASED, Case, Event, shown, unchanged
from afterservice_cli.cases.effects import taken_over
from afterservice_cli.cases.values import DeadlineSpec, DutySpec, Settled, Source, TaskSpec, Value
from afterservice_cli.language import sentence, sentence_in

T = TypeVar("T")

# Recorded as the reason if a file is read again: the history is the same whichever language was spoken.
ROW_CHANGED = sentence("the imported row changed")


class MessageWritten(Event):
    """A message was produced from a template of the rulebook, for somebody to send."""

    template: str
    to: str
    people: tuple[str, ...]
    channel: str | None
    language: str
    text: str | None = None

    WORD = "message_written"
    STAGE = ""
    LABEL = sentence_in("event", "message")
    COMMANDS = ()
    PERSONAL = ("text",)
    SHOWN = shown(template="message")

    apply = unchanged


class CaseAmended(Event):
    """Facts about the case were put right. Names that are absent keep their value.

    `of_customer` is as in a registration.
    """

    facts: Mapping[str, Value | None]
    customer_id: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    dropped: tuple[str, ...] = ()
    source: Source | None = None
    private: Mapping[str, Value | None] | None = None
    reason: str | None = None
    tasks: tuple[TaskSpec, ...] = ()
    of_customer: Mapping[str, str] = {}

    WORD = "amended"
    STAGE = ""
    LABEL = sentence_in("event", "amended")
    COMMANDS = ("amend", "import")
    PERSONAL = ("private", "reason")
    SHOWN = shown(facts="names")
    CLOCK = False

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        private = self.private or {}
        own = {name: value for name, value in self.facts.items() if name in ("channel", "kind", "product")}
        fields = _merged(case.fields, {name: value for name, value in self.facts.items() if name not in own})
        people = {name: value for name, value in private.items() if name in ("customer", "contact", "description")}
        details = _merged(case.details, {name: value for name, value in private.items() if name not in people})
        if self.customer_id is not None or "contact" in people:
            own["customer_id"] = self.customer_id
        if self.source is not None:
            own["source_digest"] = self.source.digest
            own["source_batch"] = self.source.batch
        # A field may have become personal since, or ceased to be: it has one value all the same, the amended one.
        fields, details = _without(fields, private), _without(details, self.facts)
        named = {*self.facts, *private}
        known = {**_without(case.known_from, named), **taken_over(self.of_customer)}
        found = _without(case.decided, named)  # what phrases had found gives way to what somebody says
        return case.but(fields=fields, details=details, known_from=known, decided=found, **own, **people)


class EventRetracted(Event):
    """An event booked by mistake was taken back: it stays in the history, the case goes on without it.

    `settled` says how deadlines stand that would have come out otherwise without it; `batch` is the import that was
    undone by it.
    """

    seq: int
    reason: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    settled: tuple[Settled, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()
    batch: str | None = None

    WORD = "retracted"
    STAGE = ""
    LABEL = sentence_in("event", "retracted")
    COMMANDS = ("retract", "merge --undo", "problem drop", "import --undo")
    PERSONAL = ("reason",)
    SHOWN = shown(seq="event")
    CLOCK = False
    PROMISES = False

    apply = unchanged  # a case is folded without the event that it takes back

    @property
    def takes_back(self) -> int:
        """Return the number of the event that it takes back."""
        return self.seq


class PersonalDataErased(Event):
    """What was personal in a case was erased, and its files with it: `asked` for by somebody, or by `age`.

    Under the number of a problem or a measure it tells that its words were erased.
    """

    ground: str

    WORD = ERASED
    STAGE = ""
    LABEL = sentence_in("event", "personal data erased")
    COMMANDS = ("erase", "archive")
    SHOWN = shown(ground="label")
    CLOCK = False

    apply = unchanged


class DeadlineMoved(Event):
    """Provisional deadlines moved because the working calendar became known."""

    deadlines: tuple[DeadlineSpec, ...]
    cause: str

    WORD = "deadline_moved"
    STAGE = ""
    LABEL = sentence_in("event", "deadline moved")
    COMMANDS = ("rules adopt",)
    SHOWN = shown("deadlines")
    CLOCK = False

    apply = unchanged


class RulebookAdopted(Event):
    """The desk works by another snapshot from here on; its `duties` begin, those in `ended` are over."""

    name: str
    snapshot: str
    changes: tuple[str, ...]
    duties: tuple[DutySpec, ...] = ()
    ended: tuple[str, ...] = ()

    WORD = "adopted"
    STAGE = ""
    LABEL = sentence_in("event", "rulebook adopted")
    COMMANDS = ("init", "rules adopt")
    SHOWN = shown()

    apply = unchanged


class ModelAdopted(Event):
    """What suggestions follow from was learnt from so many `cases`; `model` is the hash of what was learnt.

    Whoever knows all cases but one could try by the hash what that one says, so it goes with an erasure.
    """

    cases: int
    model: str | None = None

    WORD = "model_adopted"
    STAGE = ""
    LABEL = sentence_in("event", "suggestions learnt")
    COMMANDS = ("rules learn", "erase", "archive", "restore")
    PERSONAL = ("model",)
    SHOWN = shown()

    apply = unchanged


class DutyDone(Event):
    """Somebody saw to a duty of the desk; `duties` has the time by which it is due next."""

    duty: str
    duties: tuple[DutySpec, ...]
    text: str | None = None

    WORD = "duty_done"
    STAGE = ""
    LABEL = sentence_in("event", "duty done")
    COMMANDS = ("duty",)
    PERSONAL = ("text",)
    SHOWN = shown()

    apply = unchanged


class EarlierCounted(Event):
    """The customer's earlier cases were counted anew: which of them count, by what the rulebook counts."""

    earlier: Mapping[str, tuple[str, ...]]
    deadlines: tuple[DeadlineSpec, ...] = ()
    dropped: tuple[str, ...] = ()

    WORD = "earlier_counted"
    STAGE = ""
    LABEL = sentence_in("event", "earlier cases counted anew")
    COMMANDS = ()
    SHOWN = shown(earlier="counts")
    CLOCK = False

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        return case.but(earlier={name: tuple(cases) for name, cases in self.earlier.items()})


class ImportFinished(Event):
    """A file was read into the register."""

    batch: str
    profile: str
    counts: Mapping[str, int]
    file: str | None = None

    WORD = "imported"
    STAGE = ""
    LABEL = sentence_in("event", "imported")
    COMMANDS = ("import",)
    PERSONAL = ("file",)
    SHOWN = shown()

    apply = unchanged


class ClockCorrected(Event):
    """The machine's clock had been ahead and was set right: what was recorded ahead of it holds nobody up."""

    reason: str | None = None

    WORD = "clock_corrected"
    STAGE = ""
    LABEL = sentence_in("event", "clock corrected")
    COMMANDS = ("clock",)
    PERSONAL = ("reason",)
    SHOWN = shown()

    apply = unchanged


def _merged(old: Mapping[str, Value], new: Mapping[str, Value | None]) -> dict[str, Value]:
    return {name: value for name, value in {**old, **new}.items() if value is not None}


def _without(values: Mapping[str, T], names: Container[str]) -> dict[str, T]:
    return {name: value for name, value in values.items() if name not in names}
