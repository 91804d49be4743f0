"""What the phrases of a rulebook are good for, as rows of a list."""

from __future__ import annotations

from collections.abc import Mapping

from afterservice_cli.language import sentence_in, translated, words
from afterservice_cli.render.rows import Column
from afterservice_cli.render.screen import Screen
from afterservice_cli.render.telling import Teller
from afterservice_cli.reports.rules.audit import SCREENED, PhraseAudit

VERDICTS: Mapping[str, str] = words(
    "phrase",
    {
        "misleading": "misleading",
        "shadowed": "shadowed",
        "never_led": "never led",
        "loose": "loose",
        "never_fired": "never fired",
    },
)
TITLES: Mapping[str, str] = words(
    "phrase",
    {
        "phrase": "phrase",
        "speaks": "speaks for",
        "fired": "fired",
        "led": "led",
        "confirmed": "right",
        "corrected": "wrong",
        "verdict": "verdict",
        "by": "by",
        "place": "place in the file",
        "line": "line",
    },
)
AGAINST = sentence_in("phrase", "not {value}")


def audit_columns(tell: Teller) -> list[Column[PhraseAudit]]:
    """Return the columns of `rules audit`: the usual ones, then those that have to be asked for."""
    language = tell.language

    def titled(column: Column[PhraseAudit]) -> Column[PhraseAudit]:
        return column.but(title=translated(TITLES[column.id], language))

    def figure(name: str, rank: int) -> Column[PhraseAudit]:
        column: Column[PhraseAudit] = tell.value(name)
        return titled(column.but(align="right", rank=rank))

    speaks = Column[PhraseAudit](
        "speaks", "", lambda each: each.value, lambda each: _speaks(each, tell), least=12, rank=40
    )
    verdict: Column[PhraseAudit] = tell.value("verdict")
    place: Column[PhraseAudit] = tell.value("place")
    line: Column[PhraseAudit] = tell.value("line")
    phrase: Column[PhraseAudit] = tell.value("phrase")
    by: Column[PhraseAudit] = tell.value("by")
    return [
        titled(phrase.but(least=12)),
        titled(verdict.but(shown=lambda each: translated(VERDICTS[each.verdict], language) if each.verdict else "")),
        titled(by.but(shown=lambda each: _by(each, tell), rank=30, least=10)),
        figure("fired", 0),
        figure("led", 0),
        figure("confirmed", 10),
        figure("corrected", 10),
        titled(speaks),
        titled(place.but(usual=False)),
        titled(line.but(usual=False)),
    ]


def _speaks(each: PhraseAudit, screen: Screen) -> str:
    """Return for what a phrase speaks, or against what: a value by its title, of a field other than these by both."""
    value = _value(each.field, each.value, screen)
    if each.field not in ("category", "priority", "owner", SCREENED):
        value = f"{screen.field_title(each.field)} · {value}"
    return screen.tr(AGAINST, value=value) if each.place.endswith((".unless", ".unlike")) else value


def _by(each: PhraseAudit, screen: Screen) -> str:
    """Return what shadows a phrase: another phrase, or the title of what was found instead."""
    if each.by is None:
        return ""
    title = _value(each.field, each.by, screen)
    return title if title != each.by else f"“{each.by}”"


def _value(field: str, value: str, screen: Screen) -> str:
    if field == SCREENED:
        return screen.label("vague") if value == "vague" else screen.title("ground", value)
    return screen.title(field, value)
