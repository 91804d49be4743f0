"""Handling: contacts with the customer, and what is worth writing down."""

from afterservice_cli.cases.case import Case, Moment
from afterservice_cli.cases.checks import check_changeable, check_text
from afterservice_cli.cases.events import CaseNoted, CaseResponded, Event
from afterservice_cli.errors import BadInput


def respond(case: Case, moment: Moment, *, channel: str | None = None, text: str | None = None) -> list[Event]:
    """Record a contact with the customer, through the channel the case came in by unless another is named."""
    check_changeable(case, moment)
    through = moment.rulebook.known("channel", channel) if channel else case.channel
    return [CaseResponded(moment.at, through, check_text(text, "the text") if text else None)]


def note(case: Case, moment: Moment, *, text: str) -> list[Event]:
    """Write something down about the case."""
    check_changeable(case, moment)
    if not text.strip():
        raise BadInput("the note is empty – write what there is to know")
    return [CaseNoted(moment.at, check_text(text, "the note"))]
