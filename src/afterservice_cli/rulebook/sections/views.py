"""What a rulebook says of lists and reports that have a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from afterservice_cli.rulebook.keys import Entry, key
from afterservice_cli.rulebook.sections.forms import Title, Titled

Filters = Mapping[Annotated[str, "filter"], Annotated[str, "filter value"]]


class View(Titled):
    """A list that has a name: `list --view NAME`."""

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


class ReportSection(Entry):
    """One table of a report."""

    title: Title = key("what stands above it; what it tells, if missing", default={})
    table: Annotated[str, "report table"] | None = key(
        "one of the tables that every report has; `fault_rate_by_FIELD` if the file of `--sales` tells a field of one "
        "value",
        default=None,
    )
    figures: Sequence[Annotated[str, "figure"]] = key(
        "figures by their names, as `report --define ?` has them", default=()
    )
    by: Annotated[str, "dimension"] | None = key(
        "by what they are told apart, a row a value: `category`, `owner`, a field…; without figures the cases that "
        "came in, or were resolved",
        default=None,
    )
    where: Filters = key("which cases it is about, beside what the report says", default={})


class OwnReport(Titled):
    """A report that has a name: `report --report NAME`."""

    period: Literal["week", "month", "quarter", "year"] = key(
        "what it is about unless the command names a period: the last one that is over", default="month"
    )
    compare: Literal["previous", "last-year"] | None = key(
        "with what its figures are compared unless the command says so", default=None
    )
    where: Filters = key("which cases it is about, as in `views`", default={})
    sections: Mapping[str, ReportSection] = key("its tables, in their order", least=1)
