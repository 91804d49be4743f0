"""What a decision may know beside the case, and what a decision is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.values import Deadline, EarlierCase
from afterservice_cli.frozen import Frozen
from afterservice_cli.rulebook.model import Rulebook


class Moment(Frozen):
    """All that a decision may know beside the case: the time, when it happened, who acts, the rules in force.

    `via` is the way in which the customer is told of it, if somebody names one. `came_before` are the customer's cases
    that came in before the one that is decided on; None if nobody counts them.
    """

    now: datetime
    at: datetime
    actor: str
    rulebook: Rulebook
    earlier: Callable[[str], Rulebook] | None = None  # rulebooks by the hash of their snapshot
    via: str | None = None
    came_before: tuple[EarlierCase, ...] | None = None

    def rulebook_of(self, deadline: Deadline) -> Rulebook:
        """Return the rulebook under which a deadline was set: no later edit moves what it promised."""
        return self.earlier(deadline.rulebook) if self.earlier else self.rulebook

    def same_person(self, actor: str) -> bool:
        """Tell whether whoever acts is also `actor`: by name, or by a login that is one person's own."""
        mine, theirs = (name.partition(" as ")[0] for name in (self.actor, actor))
        same_login = mine == theirs and self.rulebook.person_of(mine) in self.rulebook.people
        return self.person == self.rulebook.person_of(actor) or same_login

    @property
    def person(self) -> str:
        """Return who acts, by the rulebook's name for them."""
        return self.rulebook.person_of(self.actor)


# What may be done with a case; what else a decision needs to know is bound to it: `partial(resolve, resolution="…")`.
Decision = Callable[[Case, Moment], list[Event]]
