"""A proposed profile on the screen: which column says what, and what the first rows became."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events import called
from afterservice_cli.frozen import Frozen
from afterservice_cli.instants import to_text
from afterservice_cli.intake.happened import EventLog
from afterservice_cli.intake.proposal import BY_CELLS, ProposedProfile, field_called
from afterservice_cli.language import spoken, tr
from afterservice_cli.render.rows import Column
from afterservice_cli.render.telling import Teller
from afterservice_cli.render.text import aligned, safe_text
from afterservice_cli.rulebook.model import Rulebook


class Became(Frozen):
    """What a row became, as a list shows it."""

    registered_at: str
    channel: str
    customer: str | None
    category: str | None
    priority: str | None
    owner: str | None
    description: str | None


def proposal_lines(proposal: ProposedProfile, rulebook: Rulebook) -> Iterator[str]:
    """Yield which of our fields is which column, and what is taken for granted."""
    rows = [_column(field, headings, proposal, rulebook) for field, headings in proposal.columns.items()]
    for step in proposal.course:
        rows.append((called(step.event), _listed(step.headings())))
    if proposal.log:
        rows.append((tr("a row for each event"), _listed(proposal.log.headings()[1:])))
    for field, value in proposal.defaults.items():
        title = rulebook.title(field, value, spoken())
        rows.append((field_called(field, rulebook), tr("{value} – the file does not say", value=title)))
    rows.append((tr("dates"), tr(", ").join(proposal.dates)))
    if proposal.states:
        said = tr("{column} – not used: it does not say when; --draft-profile shows how", column=proposal.states.column)
        rows.append((tr("how far it is"), said))
    if proposal.empty:
        rows.append((tr("taken as empty"), tr(", ").join(proposal.empty)))
    yield from aligned([(safe_text(name), safe_text(said)) for name, said in rows])


def proposal_as_json(proposal: ProposedProfile) -> Mapping[str, object]:
    """Return how a file is read without a profile, as programs read it: what a profile says, under its keys."""
    return {
        "profile": proposal.name,
        "columns": proposal.columns,
        "joined": list(proposal.joined),
        "by": proposal.why,
        "identity": list(proposal.identity),
        "values": proposal.values,
        "dates": list(proposal.dates),
        "empty": list(proposal.empty),
        "defaults": proposal.defaults,
        "course": [
            {
                "event": step.event,
                "at": step.at,
                "text": step.text,
                "score": step.score,
                "promised": step.promised,
            }
            for step in proposal.course
        ],
        "events": _log_as_json(proposal.log) if proposal.log else None,
        "unused": list(proposal.unused),
        "states": {"column": proposal.states.column, "means": proposal.states.means} if proposal.states else None,
        "questions": [{"field": question.field, "question": question.message} for question in proposal.questions],
    }


def _log_as_json(log: EventLog) -> Mapping[str, object]:
    return {"column": log.column, "means": log.means, "at": log.at, "text": log.text}


def became(cases: Iterable[Case]) -> list[Became]:
    """Return what rows became."""
    return [
        Became(
            to_text(case.registered_at),
            case.channel,
            case.customer,
            case.value("category"),
            case.value("priority"),
            case.value("owner"),
            case.description,
        )
        for case in cases
    ]


def became_columns(tell: Teller) -> Sequence[Column[Became]]:
    """Return the columns in which it is shown what rows became."""
    return [
        tell.time("registered_at"),
        tell.named("channel").but(rank=50),
        tell.text("customer").but(rank=60, least=8),
        tell.named("category").but(rank=20),
        tell.named("priority").but(rank=10),
        tell.named("owner").but(rank=40, least=8),
        tell.text("description").but(least=16),
    ]


def _column(field: str, headings: Sequence[str], proposal: ProposedProfile, rulebook: Rulebook) -> tuple[str, str]:
    said = _listed(headings)
    if proposal.why.get(field) == BY_CELLS:
        said = tr("{columns} (by its cells)", columns=said)
    return field_called(field, rulebook), said


def _listed(headings: Iterable[str]) -> str:
    return tr(", ").join(headings)
