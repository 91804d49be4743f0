"""Phrases that past cases propose, and the cases of one of them, as rows of a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from afterservice_cli.language import translated, words
from afterservice_cli.render.rows import Column
from afterservice_cli.render.telling import Teller
from afterservice_cli.reports.rules.proposals import PhraseProposal, Stood

TITLES: Mapping[str, str] = words(
    "proposal",
    {
        "number": "no.",
        "phrase": "phrase",
        "category": "speaks for",
        "cases": "cases",
        "placed": "put there",
        "fixed": "fixes",
        "broken": "breaks",
        "moved": "moves",
        "found": "found in",
        "case": "case",
        "half": "half",
        "effect": "effect",
        "people": "people said",
        "before": "rules said",
        "after": "and now",
        "text": "text",
    },
)
WORDS: Mapping[str, str] = words(
    "proposal", {"earlier": "earlier", "later": "later", "fixed": "fixed", "broken": "broken"}
)

Numbered = tuple[int, PhraseProposal]  # a proposal with the number by which it may be named


def proposal_columns(tell: Teller) -> list[Column[Numbered]]:
    """Return the columns of `rules suggest`: what a phrase is, and what it does, in the half in which it was found and
    in the other."""

    def figure(name: str, value: Callable[[PhraseProposal], object], rank: int = 0) -> Column[Numbered]:
        def said(each: Numbered) -> object:
            return value(each[1])

        return Column(name, translated(TITLES[name], tell.language), said, said, align="right", rank=rank)

    def both(counts: Iterable[int]) -> str:
        return " + ".join(map(str, counts))

    def number(each: Numbered) -> int:
        return each[0]

    def phrase(each: Numbered) -> str:
        return each[1].phrase

    return [
        Column("number", translated(TITLES["number"], tell.language), number, number, align="right"),
        Column("phrase", translated(TITLES["phrase"], tell.language), phrase, phrase, least=8),
        Column(
            "category",
            translated(TITLES["category"], tell.language),
            lambda each: each[1].category,
            lambda each: tell.title("category", each[1].category),
            least=8,
        ),
        figure("cases", lambda each: each.cases),
        figure("placed", lambda each: each.placed),
        figure("fixed", lambda each: both(len(half.fixed) for half in each.halves)),
        figure("broken", lambda each: both(len(half.broken) for half in each.halves)),
        figure("moved", lambda each: len(each.moved), 10),
        Column(
            "found",
            translated(TITLES["found"], tell.language),
            lambda each: each[1].found,
            lambda each: translated(WORDS[each[1].found], tell.language),
            rank=20,
        ),
    ]


def stood_columns(tell: Teller) -> Sequence[Column[Stood]]:
    """Return the columns by which the cases of a proposed phrase are shown."""

    def titled(column: Column[Stood]) -> Column[Stood]:
        return column.but(title=translated(TITLES[column.id], tell.language))

    def word(name: str) -> Column[Stood]:
        column: Column[Stood] = tell.value(name)
        said = column.said
        return titled(
            column.but(shown=lambda each: translated(WORDS[f"{said(each)}"], tell.language) if said(each) else "")
        )

    named: list[Column[Stood]] = [tell.named(name, "category").but(least=8) for name in ("people", "before", "after")]
    text: Column[Stood] = tell.text("text")
    case: Column[Stood] = tell.value("case")
    return [titled(case), word("half").but(rank=10), word("effect"), *map(titled, named), titled(text)]
