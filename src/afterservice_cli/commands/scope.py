"""What a report is asked to be about, in words: so that whoever reads it knows of which cases it is."""

from collections.abc import Mapping, Sequence

from afterservice_cli.commands.filters import FILTERS, PERSONAL, Criterion, filter_of
from afterservice_cli.figures.tables import Only
from afterservice_cli.language import words
from afterservice_cli.rulebook.vocabulary import FIELDS
from afterservice_cli.session import Session

# What a report calls filters that are no facts of a case.
ASKED: Mapping[str, str] = words(
    "filter",
    {
        "mine": "mine",
        "suspect": "suspect",
        "month": "received in",
        "from": "received from",
        "to": "received before",
        "resolved-in": "resolved in",
        "closed-in": "closed in",
        "find": "with the words",
    },
)


def told(session: Session, asked: Sequence[Criterion]) -> tuple[Only, ...]:
    """Return in words what is asked for; of what is personal, no value."""
    return tuple(_told(session, criterion.name, criterion.read.value) for criterion in asked)


def _told(session: Session, name: str, value: str) -> Only:
    """Return one filter in words: what it is called, and which value is asked for."""
    screen = session.screen
    field = name.removeprefix(FIELDS) if name not in FILTERS else ""
    word = screen.tr(ASKED[name]) if name in ASKED else screen.label(name)
    title = screen.title("field", field) if field else word
    named = filter_of(field) if field else name
    if not value:
        return Only(named, "", title, "")
    if screen.rulebook.is_personal(field) if field else name in PERSONAL:
        return Only(named, "…", title, "…")
    if name in ("status", "stage"):
        return Only(named, value, title, screen.state_label(value))
    if name == "missed":
        return Only(named, value, title, screen.target_title(value))
    return Only(named, value, title, screen.title(field or name, value))
