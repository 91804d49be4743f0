"""What decides of a case: two that have it alike are given the same, and it is found once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rulebooks
from afterservice_cli.cases.values import Finding
from afterservice_cli.rulebook import matching
from afterservice_cli.rulebook.conditions import LOCAL, WITHIN
from afterservice_cli.rulebook.matching import find_category
from afterservice_cli.rulebook.model import Facts, Rulebook

BOOK, ANEW = rulebooks.rulebook("deciding"), rulebooks.rulebook("deciding")
WORDS = (
    "hum",
    "rattle",
    "music",
    "loud",
    "calm",
    "late",
    "stuck",
    "later",
    "scarlet",
    "tiny",
    "not scarlet",
    "quiet",
    " ",
)
FACTS = {
    "order": st.sampled_from(["express", "plain"]),
    "amount": st.sampled_from(["99", "101"]),
    "colour": st.sampled_from(["red", "blue"]),
    "arrives": st.just("2026-10-01T20:00:00Z"),
    f"{LOCAL}arrives": st.sampled_from(["2026-10-02 04:00", "2026-10-01 23:00"]),
    "line": st.sampled_from(["locks", "pumps"]),
    f"{WITHIN}warranty": st.sampled_from(["yes", "ended"]),
    "size": st.sampled_from(["small", "large"]),
    "description": st.sampled_from(["what nobody asks", "for"]),
}
CASES = st.tuples(st.lists(st.sampled_from(WORDS)), st.fixed_dictionaries({}, optional=FACTS))


@settings(max_examples=150)
@given(CASES)
def test_what_is_remembered_is_what_would_be_found_anew(case: tuple[list[str], dict[str, str]]) -> None:
    words, facts = case
    fewer_words = [(words[:place] + words[place + 1 :], facts) for place in range(len(words))]
    fewer_facts = [(words, {name: facts[name] for name in facts if name != gone}) for gone in facts]
    for said, known in (case, *fewer_words, *fewer_facts):
        ANEW.remembered.clear()
        assert matching.find(BOOK, " ".join(said), known) == matching.find(ANEW, " ".join(said), known)


def test_what_decides_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    BOOK.remembered.clear()
    asked: list[str] = []

    def ask(rulebook: Rulebook, text: str, facts: Facts) -> Finding:
        asked.append(text)
        return find_category(rulebook, text, facts)

    monkeypatch.setattr(matching, "find_category", ask)
    found = [matching.find(BOOK, f"{number}: it does hum", {"order": "plain"}) for number in range(5)]
    assert (len(set(map(id, found))), len(asked)) == (1, 1)
    assert matching.find(BOOK, "it does not rattle", {"order": "plain"}) is not found[0]
