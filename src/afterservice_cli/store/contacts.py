"""Whose a contact is: how contacts are compared, and the ids of customers."""

from __future__ import annotations

import os
from functools import lru_cache

from afterservice_cli.input_text import contacts_in, national
from afterservice_cli.rulebook.comparing import normal


@lru_cache(64)
def contact_key(contact: str) -> str:
    """Return the form in which contacts are compared: NFKC, case folded, without blanks, hyphens and brackets.

    A number of this country loses the country's code, another's begins with a plus sign. An extension is part of it,
    what is said beside it is not.
    """
    return national(normal(contact))


@lru_cache(64)
def contact_keys(contact: str) -> tuple[str, ...]:
    """Return by what a customer is recognised who has this contact: each number in it as `contact_key` has it."""
    return contacts_in(normal(contact))


def new_customer_id() -> str:
    """Return a random id, 16 hex digits, that says nothing about whom it stands for."""
    return os.urandom(8).hex()
