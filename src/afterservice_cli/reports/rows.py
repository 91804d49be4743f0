"""What the store gives the reports: the rows that its queries find, by column.

Times are UTC texts, truths 1 and 0, and what has parts is JSON. Tuples, since a list of all cases reads tens of
thousands of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from afterservice_cli.frozen import Frozen, Row


class CaseRow(Row):
    """A case: what its last event left it with."""

    case_id: str
    version: int
    status: str
    stage: str
    kind: str | None
    channel: str
    category: str
    classified: int
    priority: str
    owner: str
    person: str | None
    collaborators: str
    registered_at: str
    registered_by: str
    responded_at: str | None
    resolved_at: str | None
    closed_at: str | None
    cycle: int
    product: str | None
    fields: str
    decided: str
    promised_at: str | None
    pause: str | None
    void_by: str
    merged_into: str | None
    work: str


class DeadlineRow(Row):
    """A deadline of a case, answered or not."""

    case_id: str
    target: str
    due_at: str
    outcome: str
    provisional: int
    cycle: int
    occurrence: int
    start: str
    from_at: str
    duration: str
    until: str
    ended_at: str | None
    paused_at: str | None
    warn_at: str | None
    rule: str
    rulebook: str
    team: str | None
    done_by: str
    counts: int
    calendar: str


class TaskRow(Row):
    """A task of a case, done or not."""

    case_id: str
    cycle: int
    name: str
    number: int
    plan: int
    rule: str
    team: str | None
    waits_for: str
    outcomes: str
    state: str
    opened_at: str
    done_at: str | None
    done_by: str | None
    outcome: str | None


class TextRow(Row):
    """What is written about a case, and who it is about; None once it is erased."""

    case_id: str
    customer: str | None
    contact: str | None
    description: str | None
    details: str
    source_number: str | None
    replies: str | None


class AttachmentRow(Row):
    """A file that came with a case: its event's body, and the personal data beside it."""

    case_id: str
    seq: int
    at: str
    actor: str
    body: str
    data: str | None


class Listed(Frozen):
    """One case as the tables have it."""

    case: CaseRow
    deadlines: Sequence[DeadlineRow]
    tasks: Sequence[TaskRow]
    texts: TextRow
    attachments: Sequence[AttachmentRow]


class WaitingRow(Row):
    """A deadline that nobody has answered yet, with what is told of its case beside it."""

    case_id: str
    target: str
    occurrence: int
    due_at: str
    warn_at: str | None
    paused_at: str | None
    provisional: int
    rule: str
    duration: str
    team: str | None
    counts: int
    status: str
    priority: str
    category: str
    owner: str
    person: str | None
    customer: str | None
    description: str | None


class OpenTaskRow(Row):
    """A task that nobody has done yet, with its deadline and what is told of its case beside it."""

    case_id: str
    name: str
    rule: str
    team: str | None
    waits_for: str
    outcomes: str
    plan: int
    opened_at: str
    due_at: str | None
    warn_at: str | None
    paused_at: str | None
    status: str
    priority: str
    category: str
    owner: str
    person: str | None
    customer: str | None
    description: str | None


class DutyRow(Row):
    """A duty as it runs, with who saw to it last, when that was due and what was said; None if nobody did."""

    name: str
    team: str
    every: str
    from_at: str
    due_at: str
    warn_at: str | None
    last_by: str | None
    last_due_at: str | None
    data: str | None


class DutyTimeRow(Row):
    """A time by which a duty was due, and what became of it."""

    name: str
    every: str
    from_at: str
    due_at: str
    ended_at: str | None
    outcome: str
    calendar: str
    rulebook: str


class DueRow(Row):
    """A time by which something was due in a period, or ended in it before it was due."""

    target: str
    due_at: str
    ended_at: str | None
    outcome: str
    paused_at: str | None


class ProblemRow(Row):
    """A problem, with what is personal in the event that opened it, and how many cases and measures it has."""

    problem: str
    pattern: str
    same: str
    team: str
    opened_at: str
    due_at: str | None
    warn_at: str | None
    duration: str
    rule: str
    closed_at: str | None
    closed_by: str | None
    version: int
    data: str | None
    cases: int
    open_cases: int
    measures: int
    unjudged: int


class ProblemCaseRow(Row):
    """A case of a problem, with the event by which it belongs there."""

    case_id: str
    seq: int
    status: str
    priority: str
    category: str
    owner: str
    registered_at: str
    customer_id: str | None
    product: str | None


class MeasureRow(Row):
    """A measure, with what is personal in the event that added it."""

    measure: str
    team: str
    person: str | None
    due_at: str
    about: str
    problem: str | None
    of_case: str | None
    month: str | None
    added_at: str
    done_at: str | None
    done_by: str | None
    judged_at: str | None
    judged_by: str | None
    effective: str | None
    before: int | None
    after: int | None
    version: int
    data: str | None


class AboveRow(Row):
    """What is due above single cases: of `table`, a problem that has a time, or a measure that is not done."""

    table: str
    number: str
    pattern: str
    team: str
    person: str | None
    from_at: str
    due_at: str
    warn_at: str | None
    duration: str
    rule: str
    data: str | None
