"""What a report is asked to be about, in words: so that whoever reads it knows of which cases it is."""

from collections.abc import Mapping, Sequence

from afterservice_cli.commands.filters import FILTERS, PERSONAL, Asked, filter_of, pairs, reader
from afterservice_cli.instants import parse_day
from afterservice_cli.language import translated, words
from afterservice_cli.render.case import state_label
from afterservice_cli.render.labels import label
from afterservice_cli.reports.periods import any_span
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
NOTHING: Mapping[str, str | bool] = {}
PERIODS, DAYS = ("month", "resolved-in", "closed-in"), ("from", "to")  # filters by a period, and by a day


def told(
    session: Session, given: Asked, where: Sequence[str] | None, usual: Mapping[str, str | bool] = NOTHING
) -> tuple[Only, ...]:
    """Return in words what options of `list` and words of `--where` ask for; of what is personal, no value.

    `usual` holds if neither asks for anything else of the same name.
    """
    asked: dict[str, str | bool] = {n: value for n, value in given.items() if value is not None and value is not False}
    asked |= dict(pairs(session, where or ()))
    return tuple(_told(session, name, value) for name, value in {**usual, **asked}.items())


def _told(session: Session, name: str, value: str | bool) -> Only:
    rulebook, language = session.rulebook, session.terminal.language
    field = name.removeprefix(FIELDS) if name not in FILTERS else ""
    if field:
        title = rulebook.title("field", field, language)
    else:
        title = translated(ASKED[name], language) if name in ASKED else label(name, language)
    named = filter_of(field) if field else name
    if value is True:
        return Only(named, "", title, "")
    if rulebook.is_personal(field) if field else name in PERSONAL:
        return Only(named, "…", title, "…")
    text = _value(session, name, str(value), field)
    if name in ("status", "stage"):
        return Only(named, text, title, state_label(text, rulebook, language))
    return Only(named, text, title, rulebook.title(field or name, text, language))


def _value(session: Session, name: str, value: str, field: str) -> str:
    """Return what is asked for, as it means the same at any time: an id, and no `last` month."""
    now = session.desk.now.astimezone(session.rulebook.zone)
    if name in PERIODS:
        return any_span(value, now.date()).name
    if name in DAYS:
        return str(parse_day(value, now=now, zone=session.rulebook.zone).astimezone(session.rulebook.zone).date())
    read = reader(name)(session, name, value)
    one = read["fields"][0].value if field else read.get(name)
    return one if isinstance(one, str) else value.strip()
