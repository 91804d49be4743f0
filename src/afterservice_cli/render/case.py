"""Cases for a person to read: what was decided and why, what is due, and the course of a case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from afterservice_cli.cases.values import DUTY, MEASURE, PROBLEM, PROMISED, TASK, DeadlineKey
from afterservice_cli.instants import from_text, to_minute_text
from afterservice_cli.language import listed, translated
from afterservice_cli.render.days import written_text
from afterservice_cli.render.labels import field_title, label, person_title, with_id
from afterservice_cli.render.text import aligned, mask_contact, safe_text
from afterservice_cli.reports.case import AFTER_CLOSING, CaseView, DeadlineView, DecidedView
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.values import value_text

# By which word an event that takes a case out is told on the screen.
OUT = {"retracted": "retracted", "screened": "invalid", "merged": "merged", "withdrawn": "withdrawn"}


NOBODY: Mapping[DeadlineKey, str] = {}


def masked(case: CaseView) -> CaseView:
    """Return the case with its contact made unusable but recognisable."""
    return case.but(contact=mask_contact(case.contact)) if case.contact else case


def whose(case: CaseView, rulebook: Rulebook, language: str) -> str:
    """Return the owner's title, with the person before the team if the case is somebody's in particular."""
    team = rulebook.title("owner", case.owner, language)
    return f"{rulebook.title('person', case.person, language)} · {team}" if case.person else team


def unanswered(case: CaseView) -> list[str]:
    """Return the targets of the last cycle of a closed case that ended without what they waited for."""
    if case.status != "closed":
        return []
    last = [d for d in case.deadlines if d.cycle == case.cycle and d.ended_at is None]
    last = [d for d in last if d.start not in AFTER_CLOSING]
    return [d.target for d in last if d.verdict == "missed"]


def decision_lines(
    case: CaseView,
    rulebook: Rulebook,
    language: str,
    columns: int | None = None,
    late: Mapping[DeadlineKey, str] = NOBODY,
) -> Iterator[str]:
    """Yield what a case was given, with the reasons, and what is due when, for a terminal of so many columns.

    `late` has who recorded an answer late, by the key of the deadline.
    """
    yield f"{case.case}  {state(case, rulebook, language)} · {state_label(case.stage, rulebook, language)}"
    rows = []
    for entry in case.explanation:
        title = rulebook.title(entry.field, entry.value, language)
        if entry.field == "owner":
            title = whose(case, rulebook, language)
        shown = with_id(title, entry.value) or "–"
        if entry.field == "category" and not case.classified:
            shown = f"{shown} [{label('unclassified', language)}]"
        rows.append((field_title(entry.field, rulebook, language), shown, why(entry, language)))
    for deadline in case.deadlines:
        if deadline.cycle == case.cycle:
            title = target_title(deadline.target, rulebook, language, deadline.rule)
            basis = basis_of(deadline.duration, deadline.rule, language)
            actor = late.get((deadline.target, deadline.cycle, deadline.occurrence))
            rows.append((title, _due(deadline, rulebook, language, actor), basis))
    yield from aligned(rows, columns=columns)


def basis_of(duration: str | None, rule: str, language: str) -> str:
    """Return by what a deadline is due: its duration, unless a date of the case sets it, and its rule."""
    said = label(rule, language) if rule == PROMISED else rule
    return f"{written_text(duration, language)} · {said}" if duration else said


def state_label(word: str, rulebook: Rulebook, language: str) -> str:
    """Return a status or a stage as staff see it: the rulebook's word for it, else the program's."""
    return rulebook.labels[word][language] if word in rulebook.labels else label(word, language)


def state(case: CaseView, rulebook: Rulebook, language: str) -> str:
    """Return the status of a case, with what it waits for or why it is out."""
    word = state_label(case.status, rulebook, language)
    if case.status == "waiting":
        return f"{word} ({rulebook.title('pause', case.waiting_for, language)})"
    if case.void_by:
        into = f" {case.merged_into}" if case.merged_into else ""
        return f"{word} ({label(OUT[case.void_by], language)}{into})"
    return word


def target_title(target: str, rulebook: Rulebook, language: str, rule: str = "") -> str:
    """Return the label of a target, a task, a duty, a problem or a measure; `rule` is where it gets its time."""
    if target.startswith(TASK):
        return rulebook.task_title(rule.removesuffix(".within"), target.removeprefix(TASK), language)
    if target.startswith(DUTY):
        return rulebook.title("duty", target.removeprefix(DUTY), language)
    if target.startswith(MEASURE):
        return f"{label('measure', language)} {target.removeprefix(MEASURE)}"
    if target.startswith(PROBLEM):
        _, _, kind = rule.removesuffix(".task.within").partition("problems.")
        return f"{kind_title(kind, rulebook, language)} {target.removeprefix(PROBLEM)}"
    return rulebook.title("target", target, language)


def kind_title(kind: str | None, rulebook: Rulebook, language: str) -> str:
    """Return what a problem of a kind is called; of none, a problem."""
    return rulebook.title("kind of problem", kind, language) if kind else label("problem", language)


def why(entry: DecidedView, language: str) -> str:
    """Return who gave a value, and by what: a person, the imported file, or a rule with the phrases it found."""
    if entry.suggested:
        return translated("chosen by a person, suggested in place {place}", language, place=entry.suggested)
    if entry.by == "person":
        return translated("given by a person", language)
    if entry.by == "import":
        return translated("given by the imported file", language)
    rule = entry.rule or ""
    if entry.by == "default":
        return translated("no rule fits ← {rule}", language, rule=rule)
    phrases = quoted(entry.phrases, language)
    return " ".join(part for part in (phrases, "←" if phrases else "", rule) if part)


def quoted(phrases: Iterable[str], language: str) -> str:
    """Return phrases in quotation marks."""
    return listed((f"“{phrase}”" for phrase in phrases), language)


def fact_lines(case: CaseView, rulebook: Rulebook, language: str) -> Iterator[str]:
    """Yield what is known of a case, but for what was decided about it."""
    rows = [
        (label("version", language), str(case.version)),
        (label("source_number", language), case.source_number or ""),
        (label("registered_at", language), minute(case.registered_at, rulebook)),
        (label("channel", language), rulebook.title("channel", case.channel, language)),
        (label("kind", language), rulebook.title("kind", case.kind, language)),
        (label("product", language), case.product or ""),
        (label("customer", language), case.customer or label("anonymous", language)),
        (label("contact", language), case.contact or ""),
    ]
    told = {entry.field for entry in case.explanation}
    for name, value in case.fields.items():
        if name in told:
            continue
        said = value_text(rulebook, name, value, language)
        earlier = f" ({known_from(case.known_from[name], language)})" if name in case.known_from else ""
        rows.append((rulebook.title("field", name, language), f"{said}{earlier}"))
    rows.append((label("collaborators", language), _owners(case.collaborators, rulebook, language)))
    # A fact is one line, whatever a customer has put into it.
    yield from aligned([(safe_text(head), safe_text(value)) for head, value in rows if value])
    yield ""
    yield case.description or f"({label('erased', language)})"


def known_from(case: str, language: str) -> str:
    """Return that something is known from an earlier case of the customer."""
    return translated("from {case}", language, case=case)


def minute(instant: str, rulebook: Rulebook, beside: str | None = None) -> str:
    """Return an instant, a UTC text, in the desk's time: to the minute, unless `beside` would read the same."""
    other = None if beside is None else from_text(beside)
    return to_minute_text(from_text(instant), rulebook.zone, other)


def category_title(case: CaseView, rulebook: Rulebook, language: str) -> str:
    """Return the title of the category, with a note if no rule and no person gave it."""
    title = rulebook.title("category", case.category, language)
    return title if case.classified else f"{title} [{label('unclassified', language)}]"


def recorded_late(actor: str | None, rulebook: Rulebook, language: str, at: str = "") -> str:
    """Return by whom, and when if that is given, an answer was recorded only after it was due."""
    person = person_title(actor, rulebook, language)
    if at:
        return translated("recorded late, {at} by {person}", language, at=at, person=person)
    return translated("recorded late by {person}", language, person=person)


def _due(deadline: DeadlineView, rulebook: Rulebook, language: str, late: str | None = None) -> str:
    notes = [label(deadline.verdict, language)] if deadline.verdict != "running" else []
    notes += [recorded_late(late, rulebook, language)] if late else []
    notes += [label("provisional", language)] if deadline.provisional else []
    notes += [] if deadline.counts else [label("not_counted", language)]
    return minute(deadline.due_at, rulebook) + (f" ({', '.join(notes)})" if notes else "")


def _owners(owners: Sequence[str], rulebook: Rulebook, language: str) -> str:
    return ", ".join(rulebook.title("owner", owner, language) for owner in owners)
