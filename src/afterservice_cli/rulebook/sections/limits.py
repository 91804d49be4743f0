"""What a rulebook says of the customer's windows, of product lines that give them a length, and of a case's end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from afterservice_cli.language import sentence
from afterservice_cli.rulebook.keys import Section, key
from afterservice_cli.rulebook.sections.forms import Duration, Named, Titled


class Limit(Titled):
    """A window of the customer's, from one day to another: shown and asked for in conditions, never due."""

    start: Annotated[str, "date field"] = key("the date with which it begins, as in `field:bought_on`", written="from")
    until: Annotated[str, "end of a limit"] = key(
        "what has to lie within: the day on which the case was registered, or a date of it", default="registered"
    )
    within: Annotated[str, "period"] = key("how long it is, if no product line says; `line` if each line has to")


class ProductLine(Titled):
    """Products that belong together, by how their names begin."""

    WHAT, OTHERS = sentence("a mapping, with the limits that the line sets itself"), "limits"

    match: Annotated[Sequence[str], "beginnings"] = key("what the names of its products begin with")
    owner: str | None = key("the team that gets its cases if neither category nor assignment names one", default=None)
    limits: Mapping[str, Annotated[str, "length"]] = {}


class Archive(Section):
    """How long what is personal in a case is kept once the case is over."""

    keep: Annotated[str, "length"] = key(
        "how long it is kept, unless the kind of the case says otherwise: it is not erased before, and may be after"
    )


class Silence(Section):
    """When a case may be closed although the customer never answers."""

    tries: Annotated[int, "1 to 9"] = key("how often the customer was contacted since the resolution (`respond`)")
    over: Duration = key("how long ago the first of these contacts was at least")


class Survey(Section):
    """What the customer is asked."""

    questions: Mapping[str, Named] = key("what the customer is asked, each answered 1 to 5", default={})


class Closing(Section):
    """What the customer is asked at the end."""

    survey: Survey | None = key("what the customer is asked", default=None)
    silence: Silence | None = key("when `close --silent` does without the customer's answers", default=None)
