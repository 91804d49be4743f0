"""What is written about a case, as far as its registration does not say it, and what a search looks through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from afterservice_cli.canonical import canonical
from afterservice_cli.cases.case import Case, Event, Recorded
from afterservice_cli.cases.events.general import MessageWritten
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_text import number_spelling
from afterservice_cli.language import sentence
from afterservice_cli.rulebook.comparing import as_read
from afterservice_cli.store.contacts import contact_keys
from afterservice_cli.store.views import SAID

SAYS = {
    "customer": sentence("the customer's name"),
    "contact": sentence("how to reach them"),
    "description": sentence("what they said"),
    "replies": sentence("what they added to it while the case was vague"),
    "details": sentence("the rulebook's fields that are personal, as JSON"),
    "source_number": sentence("the number that the case had where it came from"),
    "source_spelling": sentence("that number in the form in which it is compared"),
    "sought_customer": sentence("the name in the form in which it is looked for"),
    "sought_product": sentence("the product in the form in which it is looked for"),
    "sought": sentence("all that is written about the case, in the form in which it is looked for"),
}

_AS_SAID = (0, *(None for _ in SAID))


def written_of(case: Case, standing: Sequence[Recorded]) -> tuple[Any, ...]:
    """Return the row of a case, of which these events stand."""
    number = case.source_number
    own = _own(case, case.events[0].event)
    return (
        case.first,
        *own,
        "\n".join(case.replies) or None,
        number_spelling(number) if number else None,
        *_sought(case, standing),
    )


def _own(case: Case, first: Event) -> tuple[Any, ...]:
    """Return whether a case has texts of its own, and them: none as long as it says what its registration says."""
    own, said = case.__dict__, first.__dict__
    if [own[name] or None for name in SAID] == [said.get(name) or None for name in SAID]:
        return _AS_SAID
    return (1, *(canonical(case.details) if name == "details" else own[name] for name in SAID))


def _sought(case: Case, standing: Sequence[Recorded]) -> tuple[str, str, str]:
    """Return what a search looks through, in the form of `as_read`: customer, product, and all there is.

    That is everything written about the case and not taken back, a line each, with contacts also as `contact_keys`
    gives them. The registration counts even if it was taken back: the case still shows what it says.
    """
    first = case.events[0]
    found = {_plain(case.number), _plain(case.product or "")}
    _take_texts("fields", case.fields, found)
    for recorded in standing if standing and standing[0] is first else (first, *standing):
        event = recorded.event
        if isinstance(event, MessageWritten):
            continue  # the rulebook's words, the same in every case
        for name in event.PERSONAL:
            if value := getattr(event, name):
                _take_texts(name, value, found)
    found.discard("")
    return _plain(case.customer or ""), _plain(case.product or ""), "\n".join(sorted(found))


def _plain(text: str) -> str:
    return as_read(text)[0]


def _take_texts(name: str, value: Any, found: set[str]) -> None:
    """Add every text in the value of that name, in the form of `as_read`; a contact also as `contact_keys` gives it."""
    if isinstance(value, str):
        found.add(_plain(value))
        if name == "contact":
            found.update(map(_plain, contact_keys(value)))
    elif isinstance(value, Mapping):
        for inner, entry in value.items():
            _take_texts(inner, entry, found)
    elif isinstance(value, Frozen):
        _take_texts(name, value.__dict__, found)
    elif isinstance(value, tuple):
        for entry in value:
            _take_texts(name, entry, found)
