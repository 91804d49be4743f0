"""Cases for a person to read: what was decided and why, what is due, and the course of a case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from afterservice_cli.cases.values import PROMISED, DeadlineKey
from afterservice_cli.language import listed, translated
from afterservice_cli.output_text import aligned, mask_contact, safe_text
from afterservice_cli.render.days import written_text
from afterservice_cli.render.labels import label, with_id
from afterservice_cli.render.screen import Screen
from afterservice_cli.reports.cases.case import AFTER_CLOSING, CaseView, DeadlineView, DecidedView
from afterservice_cli.rulebook.phrases.samples import LIKE
from afterservice_cli.rulebook.values import value_text

# By which word an event that takes a case out is told on the screen.
OUT = {"retracted": "retracted", "screened": "invalid", "merged": "merged", "withdrawn": "withdrawn"}


NOBODY: Mapping[DeadlineKey, str] = {}
LONGEST_SAMPLE = 40  # signs of a sample that are shown


def masked(case: CaseView) -> CaseView:
    """Return the case with its contact made unusable but recognisable."""
    return case.but(contact=mask_contact(case.contact)) if case.contact else case


def whose(case: CaseView, screen: Screen) -> str:
    """Return the owner's title, with the person before the team if the case is somebody's in particular."""
    return screen.team_title(screen.title("owner", case.owner), case.person)


def unanswered(case: CaseView) -> list[str]:
    """Return the targets of the last cycle of a closed case that ended without what they waited for."""
    if case.status != "closed":
        return []
    last = [d for d in case.deadlines if d.cycle == case.cycle and d.ended_at is None]
    last = [d for d in last if d.start not in AFTER_CLOSING]
    return [d.target for d in last if d.verdict == "missed"]


def decision_lines(
    case: CaseView,
    screen: Screen,
    columns: int | None = None,
    late: Mapping[DeadlineKey, str] = NOBODY,
) -> Iterator[str]:
    """Yield what a case was given, with the reasons, and what is due when, for a terminal of so many columns.

    `late` has who recorded an answer late, by the key of the deadline.
    """
    yield f"{case.case}  {state(case, screen)} · {screen.state_label(case.stage)}"
    rows = []
    for entry in case.explanation:
        title = screen.title(entry.field, entry.value)
        if entry.field == "owner":
            title = whose(case, screen)
        shown = with_id(title, entry.value) or "–"
        if entry.field == "category" and not case.classified:
            shown = f"{shown} [{screen.label('unclassified')}]"
        rows.append((screen.field_title(entry.field), shown, why(entry, screen.language)))
    for deadline in case.deadlines:
        if deadline.cycle == case.cycle:
            title = screen.target_title(deadline.target, deadline.rule)
            basis = basis_of(deadline.duration, deadline.rule, screen.language)
            actor = late.get((deadline.target, deadline.cycle, deadline.occurrence))
            rows.append((title, _due(deadline, screen, actor), basis))
    yield from aligned(rows, columns=columns)


def basis_of(duration: str | None, rule: str, language: str) -> str:
    """Return by what a deadline is due: its duration, unless a date of the case sets it, and its rule."""
    said = label(rule, language) if rule == PROMISED else rule
    return f"{written_text(duration, language)} · {said}" if duration else said


def within_text(within: bool | None, lacks: str | None, screen: Screen) -> str:
    """Return whether a case lies within a limit, or which fact is missing to tell."""
    missing = f" ({screen.field_title(lacks)})" if lacks else ""
    return screen.label({True: "within", False: "over", None: "unknown"}[within]) + missing


def state(case: CaseView, screen: Screen) -> str:
    """Return the status of a case, with what it waits for or why it is out."""
    word = screen.state_label(case.status)
    if case.status == "waiting":
        return f"{word} ({screen.title('pause', case.waiting_for)})"
    if case.void_by:
        into = f" {case.merged_into}" if case.merged_into else ""
        return f"{word} ({screen.label(OUT[case.void_by])}{into})"
    return word


def why(entry: DecidedView, language: str) -> str:
    """Return who gave a value, and by what: a person, the imported file, or a rule with the phrases it found."""
    if entry.suggested:
        return translated("chosen by a person, suggested in place {place}", language, place=entry.suggested)
    if entry.by == "person":
        return translated("given by a person", language)
    if entry.by == "import":
        return translated("given by the imported file", language)
    rule = entry.rule or ""
    phrases = evidence(entry.phrases, language)
    if entry.by == "default" and phrases:
        return translated(
            "for what it is about there is no category: {phrases} ← {rule}", language, phrases=phrases, rule=rule
        )
    if entry.by == "default" and entry.rival:
        return translated("no rule surely fits ← {rule}", language, rule=rule)
    if entry.by == "default":
        return translated("no rule fits ← {rule}", language, rule=rule)
    return " ".join(part for part in (phrases, "←" if phrases else "", rule) if part)


def evidence(phrases: Iterable[str], language: str) -> str:
    """Return phrases in quotation marks, and what samples the text is like."""
    return listed((_evidence(phrase, language) for phrase in phrases), language)


def _evidence(phrase: str, language: str) -> str:
    sample = phrase.removeprefix(LIKE)
    if sample == phrase:
        return f"“{phrase}”"
    if len(sample) > LONGEST_SAMPLE:
        sample = f"{sample[: LONGEST_SAMPLE - 1].rstrip()}…"
    return translated("like “{sample}”", language, sample=sample)


def fact_lines(case: CaseView, screen: Screen) -> Iterator[str]:
    """Yield what is known of a case, but for what was decided about it."""
    told = {entry.field for entry in case.explanation}
    rows = [
        (screen.label("version"), str(case.version)),
        (screen.label("source_number"), case.source_number or ""),
        (screen.label("registered_at"), screen.minute(case.registered_at)),
        (screen.label("channel"), screen.title("channel", case.channel)),
        (screen.label("kind"), "" if "kind" in told else screen.title("kind", case.kind)),
        (screen.label("product"), case.product or ""),
        (screen.label("customer"), case.customer or screen.label("anonymous")),
        (screen.label("contact"), case.contact or ""),
    ]
    for name, value in case.fields.items():
        if name in told:
            continue
        said = value_text(screen.rulebook, name, value, screen.language)
        earlier = f" ({known_from(case.known_from[name], screen.language)})" if name in case.known_from else ""
        rows.append((screen.title("field", name), f"{said}{earlier}"))
    rows.append((screen.label("collaborators"), _owners(case.collaborators, screen)))
    # A fact is one line, whatever a customer has put into it.
    yield from aligned([(safe_text(head), safe_text(value)) for head, value in rows if value])
    yield ""
    yield case.description or f"({screen.label('erased')})"


def known_from(case: str, language: str) -> str:
    """Return that something is known from an earlier case of the customer."""
    return translated("from {case}", language, case=case)


def category_title(case: CaseView, screen: Screen) -> str:
    """Return the title of the category, with a note if no rule and no person gave it."""
    title = screen.title("category", case.category)
    return title if case.classified else f"{title} [{screen.label('unclassified')}]"


def recorded_late(actor: str | None, screen: Screen, at: str = "") -> str:
    """Return by whom, and when if that is given, an answer was recorded only after it was due."""
    person = screen.person_title(actor)
    if at:
        return screen.tr("recorded late, {at} by {person}", at=at, person=person)
    return screen.tr("recorded late by {person}", person=person)


def _due(deadline: DeadlineView, screen: Screen, late: str | None = None) -> str:
    notes = [screen.label(deadline.verdict)] if deadline.verdict != "running" else []
    notes += [recorded_late(late, screen)] if late else []
    notes += [screen.label("provisional")] if deadline.provisional else []
    notes += [] if deadline.counts else [screen.label("not_counted")]
    return screen.minute(deadline.due_at) + (f" ({screen.strung(notes)})" if notes else "")


def _owners(owners: Sequence[str], screen: Screen) -> str:
    return screen.joined(screen.title("owner", owner) for owner in owners)
