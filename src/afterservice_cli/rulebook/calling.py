"""What a message calls the things of a rulebook: in Chinese by their titles, in English by their ids."""

from __future__ import annotations

from afterservice_cli.language import sentence_in, spoken, tr
from afterservice_cli.rulebook.model import Rulebook


def thing_called(what: str, name: str, rulebook: Rulebook) -> str:
    """Return a name that the rulebook has for a `what` as a message in the language spoken says it."""
    return name if spoken() == "en" else rulebook.title(what, name, spoken())


def fact_called(fact: str, rulebook: Rulebook) -> str:
    """Return a fact as a message in the language spoken names it."""
    if spoken() == "en":
        return fact
    return thing_called("field", fact, rulebook) if fact in rulebook.fields else tr(fact)


def state_called(state: str, rulebook: Rulebook) -> str:
    """Return a status as a message in the language spoken names it: in Chinese as lists do."""
    if spoken() == "en":
        return state
    own = rulebook.labels.get(state)
    return own[spoken()] if own else tr(sentence_in("label", state))


def task_called(name: str, rule: str, rulebook: Rulebook) -> str:
    """Return a task, which stands in the rulebook at `rule`, as a message in the language spoken names it."""
    return name if spoken() == "en" else rulebook.task_title(rule, name, spoken())
