"""What plans give customers, and what customers pay, in words."""

from __future__ import annotations

from collections.abc import Mapping

from afterservice_cli.language import listed, translated
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.time.durations import length_text, parse_period

CUSTOMER = "customer"


def given_text(rulebook: Rulebook, gives: Mapping[str, str], language: str) -> str:
    """Return what a plan gives and what the customer pays, in words: `代金券 200 元（有效期 3 个月）`."""
    amounts = ((kind, _amount(rulebook, kind, number, language)) for kind, number in gives.items())
    return listed((marked(rulebook, kind, amount, language) for kind, amount in amounts), language)


def paid_text(rulebook: Rulebook, gives: Mapping[str, str], language: str, *, by_customer: bool) -> str:
    """Return what the customer pays under a plan, in words, or else what the customer is given."""
    some = (kind for kind in gives if is_paid(rulebook, kind) == by_customer)
    return listed((_amount(rulebook, kind, gives[kind], language) for kind in some), language)


def is_paid(rulebook: Rulebook, kind: str) -> bool:
    """Tell whether a kind of what plans give is paid by the customer."""
    return kind in rulebook.gives and rulebook.gives[kind].paid_by == CUSTOMER


def marked(rulebook: Rulebook, kind: str, said: str, language: str) -> str:
    """Return what is said of a kind of what plans give, and that the customer pays it, if so."""
    return translated("{amount}, paid by the customer", language, amount=said) if is_paid(rulebook, kind) else said


def _amount(rulebook: Rulebook, kind: str, number: str, language: str) -> str:
    entry = rulebook.gives.get(kind)
    unit = f" {entry.unit[language]}" if entry else ""
    length = length_text(parse_period(entry.valid), language) if entry and entry.valid else ""
    valid = translated(" (valid for {length})", language, length=length) if length else ""
    return f"{rulebook.title('kind given', kind, language)} {number}{unit}{valid}"
