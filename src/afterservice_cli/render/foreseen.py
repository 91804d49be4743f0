"""What would become of a text, for a person to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from afterservice_cli.instants import from_text
from afterservice_cli.render.case import local, target_title, why
from afterservice_cli.render.explained import condition_lines, counting_line
from afterservice_cli.render.labels import field_title, label
from afterservice_cli.reports.case import DecidedView
from afterservice_cli.reports.foreseen import Foreseen, ForeseenDeadline
from afterservice_cli.rulebook.model import Rulebook


def foreseen_lines(value: Foreseen, rulebook: Rulebook, language: str) -> Iterator[str]:
    """Yield each decision with its reason, what the case would look like and still lack, then each deadline."""
    for decided in value.explanation:
        name = field_title(decided.field, rulebook, language)
        yield f"{name}{'：' if language == 'zh' else ': '}{_titled(decided, rulebook, language)}"
        yield f"  {why(decided, language)}"
        yield from condition_lines(decided, rulebook, language)
    if value.person:
        yield _line("person", rulebook.title("person", value.person, language), language)
    if value.collaborators:
        teams = [rulebook.title("owner", team, language) for team in value.collaborators]
        yield _line("collaborators", _joined(teams, language), language)
    for doubt in value.suspicions:
        ground = rulebook.title("ground", doubt.ground, language)
        looks = f"looks_{doubt.outcome}"
        yield _line(looks, ground, language) if ground else label(looks, language)
        rule = f"intake.invalid.{doubt.ground}.match" if doubt.ground else "intake.vague.match"
        yield f"  {'、'.join(f'“{phrase}”' for phrase in doubt.phrases)} ← {rule}"
    if value.missing:
        names = [_fact(name, rulebook, language) for name in value.missing]
        yield _line("still_demanded", _joined(names, language), language)
    for deadline in value.deadlines:
        yield ""
        yield from _deadline(deadline, rulebook, language)


def _line(word: str, said: str, language: str) -> str:
    return f"{label(word, language)}{'：' if language == 'zh' else ': '}{said}"


def _titled(decided: DecidedView, rulebook: Rulebook, language: str) -> str:
    title = rulebook.title(decided.field, decided.value, language)
    shown = title if title == decided.value else f"{title} ({decided.value})"
    unplaced = decided.field == "category" and decided.by == "default"
    return f"{shown} [{label('unclassified', language)}]" if unplaced else shown


def _fact(name: str, rulebook: Rulebook, language: str) -> str:
    """Return the label of a fact, or of several of which one is demanded: `customer or contact`."""
    either = "或" if language == "zh" else " or "
    return either.join(field_title(one, rulebook, language) for one in name.split(" or "))


def _joined(words: Sequence[str], language: str) -> str:
    return ("、" if language == "zh" else ", ").join(words)


def _deadline(deadline: ForeseenDeadline, rulebook: Rulebook, language: str) -> Iterator[str]:
    note = f" ({label('provisional', language)})" if deadline.provisional else ""
    due = f"{label('due_at', language)} {local(deadline.due_at, rulebook)}{note}"
    colon = "：" if language == "zh" else ": "
    yield f"{target_title(deadline.target, rulebook, language)}{colon}{due}"
    begins, ends = (from_text(at).astimezone(rulebook.zone) for at in (deadline.from_at, deadline.due_at))
    if deadline.duration:
        yield f"  {counting_line(begins, deadline.duration, ends, deadline.days, language)}"
    yield f"  {deadline.rule}"
