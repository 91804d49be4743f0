"""How each section of a rulebook is read: the shapes that its keys' types and forms of writing ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from afterservice_cli.cases.case import STAGES, STATUSES
from afterservice_cli.cases.events import EVENT_WORDS
from afterservice_cli.language import sentence, tr
from afterservice_cli.rulebook.comparing import normal
from afterservice_cli.rulebook.document.including import INCLUDED, included_name
from afterservice_cli.rulebook.document.notes import Notes, Path
from afterservice_cli.rulebook.document.scalars import (
    assignee,
    bound,
    clock_start,
    command_line,
    date_field,
    date_of_case,
    day,
    days,
    demand,
    event_word,
    fact_in_common,
    field_id,
    hours,
    interval,
    lead,
    limit_end,
    limit_id,
    limit_length,
    numbering,
    percentage,
    person,
    phrase,
    shared_fact,
    time_zone,
    word,
)
from afterservice_cli.rulebook.document.schema_types import (
    ID,
    Either,
    Later,
    Lines,
    ListOf,
    MapOf,
    Shape,
    Text,
    either,
    identifier,
    matching,
    one_of,
    shape_of,
)
from afterservice_cli.rulebook.document.yaml_nodes import Node
from afterservice_cli.rulebook.keys import Section, key
from afterservice_cli.rulebook.model import NO_HOLIDAYS
from afterservice_cli.rulebook.phrases.patterns import spelled
from afterservice_cli.rulebook.public_holidays import check_place
from afterservice_cli.rulebook.sections.forms import Comparison, Condition
from afterservice_cli.rulebook.sections.rules import Rules
from afterservice_cli.rulebook.vocabulary import (
    BY_LINE,
    COMMANDS,
    DEMANDS,
    FAULT_RATE,
    FIELD,
    FOUND_OUT,
    PROMISE,
    REGISTERED,
    SHARED,
    TABLES,
    TASK_DONE,
    WAITING,
)
from afterservice_cli.time.durations import parse_duration, parse_period
from afterservice_cli.time.schedules import weekdays


class ByLanguage(Section):
    """A title in the languages of the screen."""

    WHAT = sentence("titles by language")
    EMPTY = sentence("a title without words – write zh, en or both")

    zh: str | None = key("the Chinese label", default=None)
    en: str | None = key("the English label", default=None)


class _Title(Either):
    """A title by language: given in one, it is the same in both."""

    def read(self, node: Node, path: Path, notes: Notes) -> dict[str, str] | None:
        found = super().read(node, path, notes)
        if isinstance(found, ByLanguage):
            words = found.zh or found.en
            return {"en": found.en or words, "zh": found.zh or words} if words else None
        return None if found is None else {"en": found, "zh": found}


class _Phrase(Text):
    """A phrase; what YAML's own quotation marks hold is one, whatever signs are in it."""

    def read(self, node: Node, path: Path, notes: Notes) -> Any:
        return _QUOTED.read(node, path, notes) if node.quoted else super().read(node, path, notes)


class _Pattern(Text):
    """A phrase, perhaps with the signs of patterns; where it stands is noted, to be looked into with its groups."""

    def read(self, node: Node, path: Path, notes: Notes) -> Any:
        found = spelled(node.text.strip()) if node.kind == "scalar" and node.quoted else super().read(node, path, notes)
        if found:
            notes.patterns[path] = found
        return found or None


_QUOTED = Text(normal, sentence("a phrase"))
_BEGINNING = _Phrase(lambda text: normal(phrase(text)), sentence("a phrase"))
_WORD = Text(word, sentence("a word"))
_PHRASE = _Pattern(lambda text: spelled(phrase(text)), sentence("a phrase"))
_LENGTH = r"[0-9]{1,12}w?[smhd]"
_NUMBER = r"-?[0-9]{1,15}(\.[0-9]{1,9})?"
_MOMENT = "[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{1,2}:[0-9]{2})?"
_AT = "([a-z0-9, -]+ )?[0-9]{1,2}:[0-9]{2}"
_PERIOD = r"[0-9]{1,6}(d|wd|mo|y)"
_DURATION = Text(
    lambda text: str(parse_duration(text)), sentence("a duration such as 30m, 24h, 8wh or 3wd"), matching(_LENGTH)
)
_HOURS = Text(hours, sentence('hours such as "09:00-12:00, 13:00-18:00"'))
_VALUES = ListOf(Text(what=sentence("a value")), least=1)
_ROLE = Text(what=sentence("a role, a team, `owner`, `owner_head` or `head:TEAM`"))


def _clock(*patterns: str) -> Mapping[str, object]:
    """Return how the word of an event looks, or a text of one of these patterns."""
    return {"anyOf": [{"enum": list(EVENT_WORDS)}, matching(*patterns)]}


_EVENT = Text(event_word, sentence("the word of an event (see events.md), or `task:NAME.done`"), _clock(TASK_DONE))
TITLE = _Title(Text(what=sentence("a title")), Later(sentence("titles by language"), lambda: shape_of(ByLanguage, {})))

# The forms of writing that types in `sections` name.
FORMS: dict[str, Shape] = {
    "assignee": Text(assignee, sentence("a team, or `TEAM/PERSON`")),
    "clock ends": ListOf(_EVENT, least=1, once=True),
    "clock starts": ListOf(
        Text(
            clock_start,
            sentence(
                "the word of an event (see events.md), `task:NAME.done`, or `field:NAME`, a date that is not personal"
            ),
            _clock(TASK_DONE, FIELD),
        ),
        least=1,
        once=True,
    ),
    "beginnings": ListOf(_BEGINNING, least=1, once=True),
    "bound": Text(
        bound,
        sentence("a number, a date, or a date with a time"),
        {"type": ["number", "string"], "pattern": f"^({_NUMBER}|{_MOMENT})$"},
    ),
    "calendar": Text(what=sentence("one of `calendars`")),
    "command": one_of(*COMMANDS),
    "condition": Text(what=sentence("a condition's name")),
    "column": Text(what=sentence("a column")),
    "dimension": Text(what=sentence("what tells cases apart")),
    "figure": Text(what=sentence("a figure")),
    "filter": Text(what=sentence("a filter, or a field")),
    "filter value": Text(what=sentence("a value, or true")),
    "date field": Text(date_field, sentence("`field:NAME`, a date that is not personal"), matching(FIELD)),
    "date of a case": Text(
        date_of_case,
        sentence("`promised_at`, or `field:NAME`, a date that is not personal"),
        {"anyOf": [{"enum": [PROMISE]}, matching(FIELD)]},
    ),
    "days": Text(days, sentence("a date or a range")),
    "command to wait": one_of(*WAITING),
    "demand": Text(
        demand,
        lambda: tr("{words} or `field:NAME`", words=either(tuple(DEMANDS))),
        {"anyOf": [{"enum": list(DEMANDS)}, matching(FIELD)]},
    ),
    "duration": _DURATION,
    "durations": MapOf(_DURATION, prefix=sentence("a target")),
    "end of a limit": Text(limit_end, sentence("`registered`, or `field:NAME`"), matching(REGISTERED, FIELD)),
    "events": ListOf(_EVENT, least=1, once=True),
    "event or task": _EVENT,
    "field id": Text(field_id, sentence("an id"), matching(ID)),
    "field name": Text(what=sentence("a field")),
    "given": Text(what=sentence("a kind under `gives`")),
    "field test": Later(
        sentence("a value, a list of values or a comparison"), lambda: Either(_VALUES, shape_of(Comparison, FORMS))
    ),
    "group": Text(word, sentence("a name")),
    "hours": _HOURS,
    "id": identifier(),
    "included file": Text(included_name, sentence("a file beside this one"), matching(INCLUDED)),
    "interval": Text(
        interval, sentence("a duration such as 4wh, or a time such as 17:00 or mon 10:00"), matching(_LENGTH, _AT)
    ),
    "lead": Text(lead, sentence("a duration, or a percentage"), matching(_LENGTH, r"[0-9]{1,2} *%")),
    "length": Text(
        lambda text: str(parse_period(text)), sentence("a length such as 7d, 5wd, 24mo or 2y"), matching(_PERIOD)
    ),
    "limit": Text(what=sentence("a limit")),
    "limit id": Text(limit_id, sentence("an id"), matching(ID)),
    "line": Text(command_line, sentence("a command line")),
    "numbering": Text(numbering, sentence("a pattern such as {year}{month:02}-{serial:03}")),
    "percentage": Text(
        percentage,
        sentence("a percentage"),
        {"type": ["integer", "string"], "minimum": 0, "maximum": 100, "pattern": "^[0-9]{1,3} *%$"},
    ),
    "period": Text(
        limit_length, sentence("a length such as 7d, 5wd, 24mo or 2y, or `line`"), matching(_PERIOD, BY_LINE)
    ),
    "person": Text(person, sentence("a person")),
    "phrases": ListOf(_PHRASE, once=True),
    "place": Text(check_place, sentence("a place")),
    "place or none": Text(
        lambda text: text if text == NO_HOLIDAYS else check_place(text), sentence("a place, or `none`")
    ),
    "receivers": ListOf(
        Text(
            what=sentence(
                "`customer`, `owner`, `owner_head`, `collaborators`, `task`, `told`, a role, a team, or `head:TEAM`"
            )
        ),
        least=1,
        once=True,
    ),
    "report table": Text(
        what=sentence("a table of a report"),
        written={"anyOf": [{"enum": list(TABLES)}, matching(f"{FAULT_RATE}{ID}")]},
    ),
    "role": _ROLE,
    "fact in common": Text(
        fact_in_common,
        sentence("`product`, `category`, `kind`, `channel`, `fault` or `field:NAME`"),
        {"anyOf": [{"enum": [*SHARED, *FOUND_OUT]}, matching(FIELD)]},
    ),
    "shared fact": Text(
        shared_fact,
        sentence("`product`, `category`, `kind`, `channel` or `field:NAME`"),
        {"anyOf": [{"enum": list(SHARED)}, matching(FIELD)]},
    ),
    "samples": Text(what=sentence("a name of samples")),
    "single days": MapOf(_HOURS, key=Text(day, sentence("a date"))),
    "some conditions": Later(sentence("a list of conditions"), lambda: ListOf(shape_of(Condition, FORMS), least=1)),
    "some phrases": ListOf(_PHRASE, least=1, once=True),
    "some roles": ListOf(_ROLE, least=1),
    "state": one_of(*STATUSES, *STAGES),
    "target": Text(what=sentence("a target")),
    "texts": Lines(),
    "time zone": Text(time_zone, sentence("a time zone")),
    "title": TITLE,
    "topic": Text(what=sentence("a topic")),
    "value": Text(what=sentence("a value")),
    "values": _VALUES,
    "words": ListOf(_WORD, least=1, once=True),
    "week": MapOf(_HOURS, key=Text(lambda text: tuple(weekdays(text)), sentence("weekdays such as mon-fri")), least=1),
}


RULEBOOK = shape_of(Rules, FORMS)
