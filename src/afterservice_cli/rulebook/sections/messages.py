"""What a rulebook says of messages: of what somebody is told, and how."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from afterservice_cli.rulebook.keys import Entry, Section, key
from afterservice_cli.rulebook.sections.forms import Condition, Title


class Message(Entry):
    """What somebody is told of an event."""

    title: Title = key("what the course of a case calls it; its id if missing", default={})
    on: Annotated[Sequence[str], "events"] = key(
        "the events it tells of; `assigned` stands for whatever else gives the case another owner, too"
    )
    to: Annotated[Sequence[str], "receivers"] = key(
        "who gets it: `task`, whoever has to do the tasks that the events open, or missed one; `told`, whom the "
        "consequence tells",
        default=("customer",),
    )
    when: Sequence[Condition] = key("in which cases; in all if missing", default=())
    text: Title = key(
        "what it says, by language; `{case}` and the like are filled in, a part in `[[…]]` is left out if they have "
        "nothing there"
    )


class Telling(Section):
    """How customers are told."""

    prefer: Annotated[str, "field name"] | None = key(
        "a field whose values are the ways in which customers may wish to be told; without one, and without the "
        "command's `--via`, it is the channel of the case",
        default=None,
    )
