"""What a rulebook says of lists that have a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from afterservice_cli.language import sentence
from afterservice_cli.rulebook.forms import Named, Title
from afterservice_cli.rulebook.keys import key

Filters = Mapping[Annotated[str, "filter"], Annotated[str, "filter value"]]


class View(Named):
    """A list that has a name: `list --view NAME`."""

    WHAT, SHORT = sentence("a mapping"), ""

    columns: Sequence[Annotated[str, "column"]] = key(
        "its columns in their order, as `list --columns ?` names them, `due:TARGET` among them; the usual ones if "
        "missing",
        default=(),
    )
    headings: Mapping[Annotated[str, "column"], Title] = key(
        "what columns are called here, by the columns, if not as everywhere", default={}
    )
    course: bool = key(
        "whether a row is an event of these cases, as in a progress table, and no case; it has the columns of "
        "`list --course`",
        default=False,
    )
    where: Filters = key(
        "which cases, by the words of `list --where`: filters and fields, each with its value; `true` with those that "
        "take none",
        default={},
    )
    every: bool = key("whether closed and void cases are in it, too", default=False, written="all")
    sort: Literal["registered", "due", "priority", "owner", "case"] = key("its order", default="registered")
    reverse: bool = key("whether the order is the other way round", default=False)
