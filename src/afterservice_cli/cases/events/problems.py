"""What stands above single cases: problems that several have in common, and measures that are to change figures.

A problem and a measure have events of their own, under their own numbers; a case has those by which problems gather it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from afterservice_cli.cases.case import Case, Event, shown, unchanged
from afterservice_cli.cases.effects import handed_on, without_parts
from afterservice_cli.cases.values import DeadlineSpec, Finding, TaskSpec
from afterservice_cli.language import sentence_in

# The commands after which a case may share something with others that it did not before.
SHARING = ("register", "import", "classify", "amend", "note --from-customer", "retract", "merge --undo")


class CaseGathered(Event):
    """The case belongs to a problem, of the rulebook's kind `pattern` ("": of none), and gets what that gives."""

    problem: str
    pattern: str
    findings: tuple[Finding, ...] = ()
    person: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    dropped: tuple[str, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()

    WORD = "gathered"
    STAGE = ""
    LABEL = sentence_in("event", "part of a problem")
    COMMANDS = ("problem open", "problem add", "assess", *SHARING)
    SHOWN = shown("findings", "person", problem="verbatim")

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        placed = handed_on(case, self.findings, self.person, rulebook)
        return without_parts(placed.but(problems={**case.problems, self.problem: self.pattern}), self.at)


class ProblemOpened(Event):
    """Several cases have something in common: by hand, or since there were as many as the rulebook says.

    `same` is what its cases share, by the names of facts; `team` is the team or role whose it is. It has to be closed
    by `due_at`, which the rulebook says at `rule`, or a person.
    """

    problem: str
    series: str
    serial: int
    pattern: str
    same: Mapping[str, str]
    team: str
    due_at: datetime | None = None
    warn_at: datetime | None = None
    duration: str = ""
    rule: str = ""
    title: str | None = None
    text: str | None = None

    WORD = "problem_opened"
    STAGE = ""
    LABEL = sentence_in("event", "problem opened")
    COMMANDS = ("problem open", *SHARING)
    PERSONAL = ("title", "text")
    SHOWN = shown(title="verbatim")

    apply = unchanged


class ProblemNoted(Event):
    """Somebody wrote something down about a problem."""

    text: str | None = None

    WORD = "problem_noted"
    STAGE = ""
    LABEL = sentence_in("event", "note")
    COMMANDS = ("problem note",)
    PERSONAL = ("text",)
    SHOWN = shown()

    apply = unchanged


class ProblemClosed(Event):
    """A problem is over; `text` is what came of it."""

    text: str | None = None

    WORD = "problem_closed"
    STAGE = ""
    LABEL = sentence_in("event", "problem closed")
    COMMANDS = ("problem close",)
    PERSONAL = ("text",)
    SHOWN = shown()

    apply = unchanged


class MeasureAdded(Event):
    """Something is to be done so that a figure changes: what, by which team or person, until when.

    It follows from a problem, a case or the report of a month; `about` are the facts of the cases by whose number it is
    judged.
    """

    measure: str
    series: str
    serial: int
    team: str
    person: str | None
    due_at: datetime
    about: Mapping[str, str]
    problem: str | None = None
    of_case: str | None = None
    month: str | None = None
    text: str | None = None
    figure: str | None = None

    WORD = "measure_added"
    STAGE = ""
    LABEL = sentence_in("event", "measure added")
    COMMANDS = ("measure add",)
    PERSONAL = ("text", "figure")
    SHOWN = shown(measure="verbatim", due_at="until")

    apply = unchanged


class MeasureDone(Event):
    """A measure was taken."""

    text: str | None = None

    WORD = "measure_done"
    STAGE = ""
    LABEL = sentence_in("event", "measure done")
    COMMANDS = ("measure done",)
    PERSONAL = ("text",)
    SHOWN = shown()

    apply = unchanged


class MeasureJudged(Event):
    """Somebody said whether a measure was `effective`: yes, partly or no.

    `before` and `after` count the cases that came in before it was done and after, None if nothing was counted.
    """

    effective: str
    before: int | None = None
    after: int | None = None
    text: str | None = None

    WORD = "measure_judged"
    STAGE = ""
    LABEL = sentence_in("event", "measure judged")
    COMMANDS = ("measure judge",)
    PERSONAL = ("text",)
    SHOWN = shown(effective="effect")

    apply = unchanged
