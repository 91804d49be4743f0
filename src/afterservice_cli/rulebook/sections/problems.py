"""What a rulebook says of problems, the one thing above several cases, and of measures, which are to change figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from afterservice_cli.rulebook.keys import Section, key
from afterservice_cli.rulebook.sections.forms import Duration, FieldName, Role, SomeRoles, Titled


class ProblemTask(Section):
    """In what time a problem has to be closed."""

    within: Duration = key("in what time after it was opened")
    warn: Annotated[str, "lead"] | None = key(
        "how long before its time is up that it is warned of: `25%`, `2wh`", default=None
    )


class ProblemKind(Titled):
    """A kind of problem: what its cases share, from how many on it opens by itself, and whose it is."""

    same: Sequence[Annotated[str, "shared fact"]] = key(
        "what its cases share: `product`, `category`, `kind`, `channel`, `field:NAME`, of which product or category "
        "must be one; a further case that shares it joins an open problem",
        default=(),
    )
    count: Annotated[int, "2 to 1000"] | None = key(
        "how many such cases open a problem; without it a person opens each", default=None
    )
    within: Duration | None = key("within what time these cases came in", default=None)
    by: Role = key("the team or role whose the problem is")
    tell: SomeRoles = key("who gets a message when it opens by itself", default=())
    sets: Mapping[FieldName, Annotated[str, "value"]] = key(
        "values that its cases get, unless somebody gave another; the priority follows", default={}, written="set"
    )
    task: ProblemTask | None = key("in what time it has to be closed; it stands in `due` then", default=None)


class Effect(Section):
    """Which figure a measure is judged by: how many cases came in before it was done, and after."""

    shared: Sequence[Literal["category", "product"]] = key(
        "which cases are counted: those that share this", least=1, written="of"
    )
    before: Duration = key("how long before the measure was done")
    after: Duration = key("how long after it; before that is over nobody judges it")


class Measures(Section):
    """How measures are judged."""

    effect: Effect | None = key("the figure that stands beside the judgement", default=None)
    by: Role | None = key("who judges; `owner_head` is the head of the team that took the measure", default=None)
