"""The plan of an import that is tried only, and what stands in the register when one is stopped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from afterservice_cli.cases.case import Case
from afterservice_cli.errors import Problem
from afterservice_cli.frozen import Frozen
from afterservice_cli.intake.changes import RowChange, RowConflict
from afterservice_cli.intake.following import Followed
from afterservice_cli.intake.rejects import Left
from afterservice_cli.language import tr, tr_many

SHOWN = 20  # cases or rows of each kind; of the others there is the number alone


class Moved(Frozen):
    """What the row in a line of the file would change in a case, and in what it contradicts the case."""

    line: int
    case: str
    changes: tuple[RowChange, ...]
    conflicts: tuple[RowConflict, ...]


class ImportPlan(Frozen):
    """What an import would do: new cases by their category and priority ("" for none), the first SHOWN of the rest."""

    by_category: Mapping[str, int]
    by_priority: Mapping[str, int]
    changed: tuple[Moved, ...]
    conflicts: tuple[Moved, ...]
    rejected: tuple[Left, ...]


class Planning:
    """A plan in the making, row by row."""

    def __init__(self) -> None:
        self._categories, self._priorities = Counter[str](), Counter[str]()
        self._changed, self._conflicts = list[Moved](), list[Moved]()

    def add(self, case: Case) -> None:
        """Note a case that would be new."""
        self._categories[case.value("category") or ""] += 1
        self._priorities[case.value("priority") or ""] += 1

    def follow(self, line: int, followed: Followed) -> None:
        """Note what would become of a case whose row, in that line, says something else now."""
        moved = self._conflicts if followed.conflicts else self._changed
        if len(moved) < SHOWN and (followed.conflicts or followed.changes):
            moved.append(Moved(line, followed.case.number, followed.changes, followed.conflicts))

    def plan(self, left: Iterable[Left]) -> ImportPlan:
        """Return the plan; `left` are the rows that would be left."""
        rejected = [row for row in left if row.status == "rejected"]
        categories, priorities = dict(self._categories.most_common()), dict(self._priorities.most_common())
        return ImportPlan(categories, priorities, tuple(self._changed), tuple(self._conflicts), tuple(rejected[:SHOWN]))


def stopped_by(problem: Problem, stands: int) -> Problem:
    """Return what stopped an import, with how many rows stand in the register by then, if any."""
    if not stands:
        return problem
    said = tr_many(
        "{problem}; {count} row that was read before is in the register",
        "{problem}; {count} rows that were read before are in the register",
        stands,
        problem=problem.message,
    )
    return type(problem)(said, hint=problem.hint or tr("the same command reads the rest"))
