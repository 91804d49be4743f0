"""Cases under the rulebook of the stories (`rulebooks/stories.yaml`), and the courses that they have gone."""

from functools import partial
from typing import Any

import rulebooks
from afterservice_cli.cases.case import Case
from afterservice_cli.decisions import handling, triage
from afterservice_cli.rulebook.compiling import Compiled
from afterservice_cli.rulebook.model import Rulebook
from courses import Did, gone, standing_at
from given import Given


def compiled(*changes: tuple[str, str], year: int = 2026) -> Compiled:
    """The rulebook of these stories with pieces of its text replaced."""
    return rulebooks.compiled("stories", *changes, year=year)


BOOK = compiled().rulebook


def story(*course: Did, rulebook: Rulebook = BOOK, **draft: Any) -> Case:
    return standing_at(told(*course, rulebook=rulebook, **draft))


def told(*course: Did, rulebook: Rulebook = BOOK, **draft: Any) -> Given:
    return gone(*course, text=draft.pop("text", "it rattles"), rulebook=rulebook, **draft)


def ranked(priority: str, at: float, reason: str = "x") -> Did:
    return Did(partial(triage.classify, priority=priority, reason=reason), at)


def paused(at: float, until: float | None = None) -> tuple[Did, ...]:
    resumed = () if until is None else (Did(handling.resume, until),)
    return (Did(partial(handling.pause, ground="parts"), at), *resumed)
