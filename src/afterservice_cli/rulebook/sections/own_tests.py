"""A rulebook's own tests: texts with what its rules must make of them, courses with what must come of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from afterservice_cli.language import sentence
from afterservice_cli.rulebook.keys import Section, key
from afterservice_cli.rulebook.sections.forms import Title


class Expected(Section):
    """What the rules must make of an example."""

    EMPTY = sentence("expects nothing – name a category, priority or owner, or the value of a field")
    OTHERS = "fields"

    category: str | None = key("the category it must get", default=None)
    priority: str | None = key("the priority it must get", default=None)
    owner: str | None = key("the owner it must get", default=None)
    fields: Mapping[str, Annotated[str, "value"]] = {}


class Example(Section):
    """A text, the fields of its case, and what the rules must make of it."""

    OTHERS = "fields"

    text: str = key("what a customer might write")
    expect: Expected = key("what the rules must make of it")
    fields: Mapping[str, Annotated[Sequence[str], "values"]] = {}


class CourseExpected(Section):
    """What must come of a course: how the case stands after its last line, and what is refused then."""

    EMPTY = sentence("expects nothing – write what must be refused, or how the case must stand")

    refused: Annotated[str, "line"] | None = key("a further line, which has to be refused", default=None)
    because: str | None = key("words of the refusal", default=None)
    message: str | None = key(
        "words of a message that was written on the way, those who are told of something (`wei, zhao`), or what a line "
        "with `--json` wrote",
        default=None,
    )
    due: Mapping[str, str] = key("when targets and tasks are due, in local time: `2026-10-13 18:00`", default={})
    missed: Sequence[str] = key("targets and tasks that are missed", default=())
    met: Sequence[str] = key("targets and tasks that are met", default=())
    tasks: Sequence[str] | None = key("the tasks that are open, all of them", default=None)
    problems: Sequence[str] | None = key(
        "the kinds of the problems to which the case belongs, all of them", default=None
    )
    status: str | None = key("the status", default=None)
    kind: str | None = key("the kind", default=None)
    category: str | None = key("the category", default=None)
    priority: str | None = key("the priority", default=None)
    owner: str | None = key("the team that has it", default=None)
    person: str | None = key("the person who has it", default=None)


class Course(Section):
    """A short course of one case: command lines as they are typed, without the case's number, and what must come."""

    title: Title = key("what it shows")
    now: str = key(
        "the time of the first line, unless that says so itself: `2026-10-12 09:00`", default="2026-10-12 09:00"
    )
    do: Sequence[Annotated[str, "line"]] = key(
        "the lines, of which the first registers the case; `--now` and `--as` as ever; a small file stands in for each "
        "that `attach` names",
        least=1,
    )
    expect: CourseExpected = key("what must come of it")
