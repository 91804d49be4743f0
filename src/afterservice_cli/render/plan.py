"""What has been found out about a case, planned for it and is allowed next, for a person to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from afterservice_cli.cases.events.handling import CaseAppraised
from afterservice_cli.cases.events.triage import CaseAssessed
from afterservice_cli.render.case import local, step_title
from afterservice_cli.render.history import shown
from afterservice_cli.render.labels import field_title, label, role_title
from afterservice_cli.render.text import aligned, safe_text
from afterservice_cli.reports.case import CaseView, LinkView, PlanView
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.windows import Window


def work_lines(
    case: CaseView, links: Sequence[LinkView], titles: Mapping[str, str], rulebook: Rulebook, language: str
) -> Iterator[str]:
    """Yield assessment, appraisal, plan, promise, follow-up and links, if any; `titles` are of own steps."""
    rows = []
    if case.assessment:
        rows.append((label("assessment", language), shown(CaseAssessed, case.assessment, rulebook, language), ""))
    if case.appraisal:
        rows.append((label("appraisal", language), shown(CaseAppraised, case.appraisal, rulebook, language), ""))
    if case.plan:
        rows += _plan(case.plan, titles, rulebook, language)
    if case.promised_at:
        rows.append((label("promised_at", language), local(case.promised_at, rulebook), ""))
    if case.follow_up:
        rows.append((label("follow_up", language), role_title(case.follow_up, rulebook, language), ""))
    for link in links:
        relation = "merged_here" if link.relation == "merged" and not link.told else link.relation
        rows.append((label("links", language), link.case, label(relation, language)))
    yield from aligned([(head, safe_text(value), safe_text(rest)) for head, value, rest in rows])


def limit_lines(limits: Sequence[Window], rulebook: Rulebook, language: str) -> Iterator[str]:
    """Yield the last day of each limit and whether the case lies within, or what has to be known to tell."""
    rows = []
    for window in limits:
        title = rulebook.title("limit", window.limit, language)
        missing = [field_title(window.lacks, rulebook, language)] if window.lacks else []
        state = {True: "within", False: "over", None: "unknown"}[window.within]
        said = f"{label(state, language)}{f' ({missing[0]})' if missing else ''}"
        rows.append((title, window.last or "–", said, f"{window.duration or ''} · {window.rule}".lstrip(" ·")))
    yield from aligned(rows)


def plan_lines(plan: PlanView, titles: Mapping[str, str], rulebook: Rulebook, language: str) -> Iterator[str]:
    """Yield the newest version of the plan with its steps; `titles` are of those that no disposition brings along."""
    yield from aligned(
        [(head, safe_text(value), rest) for head, value, rest in _plan(plan, titles, rulebook, language)]
    )


def allowed_line(commands: Sequence[str], language: str) -> str:
    """Return which commands would do something now, as one line."""
    return f"{label('allowed', language)}: {', '.join(commands) or '–'}"


def _plan(
    plan: PlanView, titles: Mapping[str, str], rulebook: Rulebook, language: str
) -> Iterator[tuple[str, str, str]]:
    state = "approved" if plan.approved else "declined" if plan.declined else ""
    answer = {True: "agreed", False: "not_agreed", None: ""}[plan.agreed]
    parts = [rulebook.title("disposition", plan.disposition, language), plan.amount or ""]
    notes = [label(word, language) for word in (state, answer) if word]
    yield f"{label('plan', language)} {plan.version}", " ".join(filter(None, parts)), ", ".join(notes)
    for step in plan.steps:
        title = titles.get(step.name) or step_title(step.name, rulebook, language)
        done = "✓" if step.name in plan.done else "·"
        shown = title if title == step.name else f"{title} ({step.name})"
        yield "", f"{done} {shown}", rulebook.title("owner", step.owner, language)
