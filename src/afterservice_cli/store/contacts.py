"""Whose a contact is: how contacts are compared, and the ids of customers."""

from __future__ import annotations

import os
import re

from afterservice_cli.rulebook.model import normal

# Between the digits of a number stands what somebody likes to see there.
_BETWEEN = " -()\t‐‑–—\u200b\u200c\u200d\u2060\ufeff"
# A mobile number with 86 before it; any number with +86 or 0086; one of another country.
_ABROAD = r"(?a)(?:\+|00)?86(1[3-9]\d{9})|(?:\+|00)86(\d{7,12})|00([1-9]\d{7,13})"
_WHOLE = r"0|400|800"  # beginnings of what takes no zero before it: an area code has one


def contact_key(contact: str) -> str:
    """Return the form in which contacts are compared: NFKC, case folded, without blanks, hyphens and brackets.

    A number of this country loses the country's code, another's begins with a plus sign.
    """
    plain = "".join(letter for letter in normal(contact) if letter not in _BETWEEN)
    found = re.fullmatch(_ABROAD, plain)
    if found is None:
        return plain
    mobile, number, other = found.groups()
    if number:
        return number if re.match(_WHOLE, number) else f"0{number}"
    return mobile or f"+{other}"


def new_customer_id() -> str:
    """Return a random id, 16 hex digits, that says nothing about whom it stands for."""
    return os.urandom(8).hex()
