"""What plans give customers, and what customers pay, in words."""

from __future__ import annotations

from collections.abc import Mapping

from afterservice_cli.language import listed, speaking, tr, tr_many
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.time.durations import parse_period

CUSTOMER = "customer"


def given_text(rulebook: Rulebook, gives: Mapping[str, str], language: str) -> str:
    """Return what a plan gives and what the customer pays, in words: `代金券 200 元（有效期 3 个月）`."""
    marked = (_marked(rulebook, kind, number, language) for kind, number in gives.items())
    return listed(marked, language)


def paid_text(rulebook: Rulebook, gives: Mapping[str, str], language: str, *, by_customer: bool) -> str:
    """Return what the customer pays under a plan, in words, or else what the customer is given."""
    some = (kind for kind in gives if is_paid(rulebook, kind) == by_customer)
    return listed((_amount(rulebook, kind, gives[kind], language) for kind in some), language)


def is_paid(rulebook: Rulebook, kind: str) -> bool:
    """Tell whether a kind of what plans give is paid by the customer."""
    return kind in rulebook.gives and rulebook.gives[kind].paid_by == CUSTOMER


def _marked(rulebook: Rulebook, kind: str, number: str, language: str) -> str:
    said = _amount(rulebook, kind, number, language)
    if not is_paid(rulebook, kind):
        return said
    with speaking(language):
        return tr("{amount}, paid by the customer", amount=said)


def _amount(rulebook: Rulebook, kind: str, number: str, language: str) -> str:
    entry = rulebook.gives.get(kind)
    unit = f" {entry.unit[language]}" if entry else ""
    with speaking(language):
        valid = tr(" (valid for {length})", length=_length(entry.valid)) if entry and entry.valid else ""
    return f"{rulebook.title('kind given', kind, language)} {number}{unit}{valid}"


def _length(text: str) -> str:
    """Say how long a period is, in words."""
    period = parse_period(text)
    if period.unit == "d":
        return tr_many("{count} day", "{count} days", period.amount)
    if period.unit == "wd":
        return tr_many("{count} working day", "{count} working days", period.amount)
    if period.unit == "mo":
        return tr_many("{count} month", "{count} months", period.amount)
    return tr_many("{count} year", "{count} years", period.amount)
