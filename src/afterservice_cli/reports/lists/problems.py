"""Problems and measures, as everybody outside sees them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from afterservice_cli.cases.values import MEASURE, PROBLEM, verdict
from afterservice_cli.frozen import Frozen
from afterservice_cli.reports.lists.due import state_of
from afterservice_cli.reports.lists.obligations import Obligation
from afterservice_cli.reports.rows import AboveRow, MeasureRow, ProblemCaseRow, ProblemRow
from afterservice_cli.time.instants import to_text


class ProblemView(Frozen):
    """A problem: what its cases share, whose it is, how many cases and measures it has, and how far it has come.

    `state` is that of its time, None without one or once it is closed; `kind` is None for one of no kind.
    """

    problem: str
    kind: str | None
    title: str | None
    same: Mapping[str, str]
    by: str
    opened_at: str
    due_at: str | None
    warn_at: str | None
    state: str | None
    closed_at: str | None
    closed_by: str | None
    cases: int
    open_cases: int
    measures: int
    unjudged: int
    version: int


class ProblemCaseView(Frozen):
    """A case of a problem."""

    case: str
    status: str
    priority: str
    category: str
    product: str | None
    owner: str
    registered_at: str


class FiguresView(Frozen):
    """What the cases of a problem come to: void ones do not count, and customers are those that are known."""

    cases: int
    open: int
    closed: int
    customers: int
    first_at: str | None
    last_at: str | None
    by_priority: Mapping[str, int]


class MeasureView(Frozen):
    """A measure; `before` and `after` count the cases by which it is judged, so far if it is not judged yet.

    `state` is that of its time, None once it is done; `counted_until` is when the figure after it is whole.
    """

    measure: str
    problem: str | None
    case: str | None
    month: str | None
    text: str | None
    figure: str | None
    by: str
    person: str | None
    added_at: str
    due_at: str
    state: str | None
    done_at: str | None
    done_by: str | None
    verdict: str
    about: Mapping[str, str]
    before: int | None
    after: int | None
    counted_until: str | None
    effective: str | None
    judged_at: str | None
    judged_by: str | None
    version: int


class Counted(Frozen):
    """The figure of a measure that is not judged yet: how many cases before, how many after so far, and until when."""

    before: int
    after: int
    until: str


def problem_views(rows: Sequence[ProblemRow], now: datetime) -> list[ProblemView]:
    """Return problems as of `now`, in the order given."""
    return [_problem(row, to_text(now)) for row in rows]


def _problem(row: ProblemRow, now: str) -> ProblemView:
    runs = row.closed_at is None and row.due_at is not None
    return row.into(
        ProblemView,
        kind=row.pattern or None,
        title=_personal(row.data).get("title"),
        same=json.loads(row.same),
        by=row.team,
        state=state_of(row.due_at, row.warn_at, None, now) if runs and row.due_at else None,
    )


def problem_cases(rows: Sequence[ProblemCaseRow]) -> list[ProblemCaseView]:
    """Return the cases of a problem, in the order given."""
    return [row.into(ProblemCaseView, case=row.case_id) for row in rows]


def figures_of(rows: Sequence[ProblemCaseRow]) -> FiguresView:
    """Return what the cases of a problem come to."""
    live = [row for row in rows if row.status != "void"]
    priorities = sorted({row.priority for row in live})
    closed = sum(row.status == "closed" for row in live)
    return FiguresView(
        cases=len(live),
        open=len(live) - closed,
        closed=closed,
        customers=len({row.customer_id for row in live if row.customer_id}),
        first_at=live[0].registered_at if live else None,
        last_at=live[-1].registered_at if live else None,
        by_priority={name: sum(row.priority == name for row in live) for name in priorities},
    )


def measure_views(
    rows: Sequence[MeasureRow], counted: Mapping[str, Counted | None], now: datetime
) -> list[MeasureView]:
    """Return measures as of `now`, in the order given; `counted` has the figures of those that are not judged."""
    return [_measure(row, counted.get(row.measure), to_text(now)) for row in rows]


def _measure(row: MeasureRow, counted: Counted | None, now: str) -> MeasureView:
    said = _personal(row.data)
    return row.into(
        MeasureView,
        case=row.of_case,
        text=said.get("text"),
        figure=said.get("figure"),
        by=row.team,
        state=None if row.done_at else state_of(row.due_at, None, None, now),
        verdict=verdict("", row.done_at, row.due_at, now),
        about=json.loads(row.about),
        before=counted.before if counted else row.before,
        after=counted.after if counted else row.after,
        counted_until=counted.until if counted else None,
    )


# --- among what is due ----------------------------------------------------------------------------------------------


def obligations_above(rows: Sequence[AboveRow]) -> list[Obligation]:
    """Return problems and measures as what is due and to be done of no case."""
    return [_obligation(row) for row in rows]


def _obligation(row: AboveRow) -> Obligation:
    name = f"{PROBLEM if row.table == 'problems' else MEASURE}{row.number}"
    rule = row.rule or (f"problems.{row.pattern}" if row.pattern else "")
    said = _personal(row.data)
    return row.into(
        Obligation,
        target=name,
        task=name,
        due_rule=rule,
        task_rule=rule,
        counts=False,
        text=said.get("title") or (said.get("text") if row.table == "measures" else None),
    )


def _personal(data: str | None) -> dict[str, str]:
    """Return what is personal in an event, by name; nothing once it is gone."""
    found: dict[str, str] = json.loads(data) if data else {}
    return found
