"""Who tries what, how it is refused, and what is recorded."""

from datetime import datetime
from typing import Any, NamedTuple

from oracle.rulebook import LAST, OWN_LOGINS

Made = list[tuple[str, dict[str, Any]]]


class No(Exception):
    """The rule that refuses; `bad` where what was given is no use at all."""


class By(NamedTuple):
    """Who acts, by which login, when that is recorded, when it happened, and whether the full rulebook is in force."""

    person: str
    login: str
    now: datetime
    at: datetime
    full: bool


class Entry:
    """One event as the model has it, recorded `now`.

    `put` and `dropped` are the deadlines that the program says it set and dropped.
    """

    def __init__(
        self,
        seq: int,
        word: str,
        at: datetime,
        data: dict[str, Any],
        now: datetime,
        put: frozenset[tuple[str, int, int]] = frozenset(),
        dropped: tuple[str, ...] = (),
    ) -> None:
        self.seq, self.word, self.at, self.data, self.now = seq, word, at, data, now
        self.put, self.dropped = put, dropped
        self.full = True  # whether the full rulebook was in force


def same_person(by: By, other: dict[str, Any]) -> bool:
    return by.person == other["by"] or (by.login == other["login"] and by.login in OWN_LOGINS)


def need(section: object) -> None:
    if not section:
        raise No("unused")


def given(useful: object) -> None:
    if not useful:
        raise No("bad")


def ahead(by: By, to: datetime | None) -> None:
    given(to is None or (to > by.at and to.year <= LAST))


def no(rule: str) -> Any:
    raise No(rule)


def bad() -> Any:
    raise No("bad")
