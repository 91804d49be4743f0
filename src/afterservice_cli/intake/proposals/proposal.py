"""A profile as a file itself suggests it, and what it leaves open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from afterservice_cli.frozen import Frozen
from afterservice_cli.intake.proposals.happened import EventLog, ProposedStep
from afterservice_cli.intake.proposals.states import States
from afterservice_cli.language import sentence, spoken, tr
from afterservice_cli.render.screen import Screen
from afterservice_cli.rulebook.model import Rulebook

UNDECIDED = "?"
# What stands in a file beside the facts of a case.
_TITLES = {"number": sentence("its number there"), "received_at": sentence("when it came in")}
SCORE = "rated.score"
BY_NAME, BY_CELLS = "heading", "cells"  # by what a column is known


class Question(Frozen):
    """What the file does not say and nobody may guess: about which field, and in words."""

    field: str
    message: str


class Strange(Frozen):
    """A column that is called like a field, and is not used: nothing says what most of its words mean."""

    heading: str
    field: str
    words: tuple[str, ...]


class ProposedProfile(Frozen):
    """A profile as the file itself suggests it; `why` says of each field how its column was known.

    `columns` has the headings by field, `joined` the fields whose cells are put together, `empty` the cells that say
    there is nothing; `states` is the column that says how far cases are, `log` how
    a file tells events, a row each. With `questions` it is a draft:
    UNDECIDED stands for what a person has to write.
    """

    name: str
    columns: Mapping[str, Sequence[str]]
    joined: Sequence[str]
    why: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    dates: Sequence[str]
    empty: Sequence[str]
    defaults: Mapping[str, str]
    course: Sequence[ProposedStep]
    log: EventLog | None
    identity: Sequence[str]
    unused: Sequence[str]
    strange: Sequence[Strange]
    states: States | None
    questions: Sequence[Question]


def field_called(field: str, rulebook: Rulebook) -> str:
    """Return what a field of a profile is called in the language spoken."""
    return tr(_TITLES[field]) if field in _TITLES else Screen(rulebook, spoken()).field_title(field)
