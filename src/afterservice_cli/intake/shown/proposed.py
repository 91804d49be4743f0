"""A proposed profile on the screen: which column says what, and what the first rows became."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events import called
from afterservice_cli.frozen import Frozen
from afterservice_cli.intake.proposals.happened import EventLog
from afterservice_cli.intake.proposals.proposal import BY_CELLS, SCORE, ProposedProfile, field_called
from afterservice_cli.intake.proposals.states import States
from afterservice_cli.language import listed, sentence, spoken, tr
from afterservice_cli.output_text import aligned, safe_text
from afterservice_cli.render.rows import Column
from afterservice_cli.render.telling import Teller
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.time.instants import to_text

_NAMED = 3  # words that are named


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
        said = _listed(step.headings())
        if step.means:
            scores = (tr("{title} {number}", title=word, number=score) for word, score in step.means.items())
            said = tr("{columns}: {words}", columns=said, words=_listed(scores))
        rows.append((called(step.event), said))
    if proposal.log:
        rows.append((tr("a row for each event"), _listed(proposal.log.headings()[1:])))
    for field, value in proposal.defaults.items():
        title = rulebook.title(field, value, spoken())
        rows.append((field_called(field, rulebook), tr("{value} – the file does not say", value=title)))
    rows.append((tr("dates"), listed(proposal.dates)))
    if proposal.states:
        rows.append((tr("how far it is"), _states(proposal.states)))
    for one in proposal.strange:
        words = _listed([*one.words[:_NAMED], *(["…"] if len(one.words) > _NAMED else [])])
        if one.field == SCORE:
            said = tr(
                "{column} – not used: its words have no plain score ({words}); say it with `means:` in a profile",
                column=one.heading,
                words=words,
            )
            rows.append((called("rated"), said))
            continue
        said = tr("{column} – not used: the rulebook does not know {words}", column=one.heading, words=words)
        rows.append((field_called(one.field, rulebook), said))
    if proposal.empty:
        rows.append((tr("taken as empty"), listed(proposal.empty)))
    yield from aligned([(safe_text(name), safe_text(said)) for name, said in rows])


def _states(states: States) -> str:
    """Say how the column that says how far cases are is read, or why it is not."""
    if not states.counts:
        said = sentence(
            "{column} – not used: it does not say when; --undated latest takes the latest time of a row, "
            "--draft-profile shows how"
        )
        return tr(said, column=states.column)
    said = tr("{column}, at {times}", column=states.column, times=_listed(states.at)) if states.at else states.column
    if states.unknown:
        return tr("{column} – nobody knows {words}", column=said, words=_listed(states.unknown))
    return said


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
                "means": step.means,
            }
            for step in proposal.course
        ],
        "events": _log_as_json(proposal.log) if proposal.log else None,
        "unused": list(proposal.unused),
        "states": _states_as_json(proposal.states) if proposal.states else None,
        "strange": [{"column": one.heading, "field": one.field, "words": list(one.words)} for one in proposal.strange],
        "questions": [{"field": question.field, "question": question.message} for question in proposal.questions],
    }


def _states_as_json(states: States) -> Mapping[str, object]:
    return {
        "column": states.column,
        "means": states.means,
        "at": list(states.at),
        "undated": states.undated,
        "for": states.ground,
        "used": states.counts,
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
    return listed(headings)
