"""What a report is asked to be about, in words: so that whoever reads it knows of which cases it is."""

from collections.abc import Mapping, Sequence

from afterservice_cli.commands.filters import FILTERS, PERSONAL, Criterion, filter_of
from afterservice_cli.language import translated, words
from afterservice_cli.render.case import state_label, target_title
from afterservice_cli.render.labels import label
from afterservice_cli.reports.tables import Only
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
    rulebook, language = session.rulebook, session.terminal.language
    field = name.removeprefix(FIELDS) if name not in FILTERS else ""
    if field:
        title = rulebook.title("field", field, language)
    else:
        title = translated(ASKED[name], language) if name in ASKED else label(name, language)
    named = filter_of(field) if field else name
    if not value:
        return Only(named, "", title, "")
    if rulebook.is_personal(field) if field else name in PERSONAL:
        return Only(named, "…", title, "…")
    if name in ("status", "stage"):
        return Only(named, value, title, state_label(value, rulebook, language))
    if name == "missed":
        return Only(named, value, title, target_title(value, rulebook, language))
    return Only(named, value, title, rulebook.title(field or name, value, language))
