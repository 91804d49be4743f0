"""What is said to be out of reach is never reached, and what only looks like it passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterservice_cli.errors import FaultyDocument
from afterservice_cli.rulebook.checks.implying import Implying
from afterservice_cli.rulebook.compiling import compile_rulebook
from afterservice_cli.rulebook.conditions import evidence
from afterservice_cli.rulebook.matching import find_category
from afterservice_cli.rulebook.phrases.looking import Looking
from afterservice_cli.rulebook.phrases.seen import Seen
from afterservice_cli.rulebook.sections.forms import Condition
from afterservice_cli.rulebook.sections.reading import Reading

LOOKING = Looking({}, Reading())
PHRASES = st.lists(st.sampled_from(["a", "b", "ab", "ba", "aba"]), max_size=2, unique=True).map(tuple)
FIELDS = st.dictionaries(
    st.sampled_from(["channel", "category"]),
    st.lists(st.sampled_from(["x", "x.y", "z"]), min_size=1, max_size=2).map(tuple),
    max_size=2,
)
PLAIN = st.builds(lambda m, u, f: Condition(match=m, unless=u, fields=f), PHRASES, PHRASES, FIELDS)
CONDITIONS = st.builds(
    lambda plain, any_, all_, none: plain.but(any=any_, all=all_, none=none),
    PLAIN,
    st.lists(PLAIN, max_size=2).map(tuple),
    st.lists(PLAIN, max_size=2).map(tuple),
    st.none() | PLAIN,
)
TEXTS = st.text("ab ", max_size=5)
FACTS = st.fixed_dictionaries({"channel": st.sampled_from(["x", "z"]), "category": st.sampled_from(["x", "x.y", "z"])})


@given(CONDITIONS, CONDITIONS, TEXTS, FACTS)
def test_what_meets_a_condition_meets_those_that_it_implies(
    narrow: Condition, wide: Condition, text: str, facts: dict[str, str | None]
) -> None:
    seen = Seen(text, lambda: LOOKING)
    if Implying(LOOKING).implies(narrow, wide) and evidence(narrow, seen, facts) is not None:
        assert evidence(wide, seen, facts) is not None


WORDS = st.lists(st.sampled_from(["a", "b", "ab", "bb", "ba", "aba"]), min_size=1, max_size=3, unique=True)
RULED_OUT = st.lists(st.sampled_from(["c", "ca", "bc"]), max_size=1)


@given(WORDS, RULED_OUT, WORDS, RULED_OUT, st.text("abc ", max_size=8))
def test_a_category_that_is_said_never_to_win_never_does(
    first: list[str], without: list[str], second: list[str], nor: list[str], text: str
) -> None:
    def entry(match: list[str], unless: list[str]) -> str:
        return f"match: [{', '.join(match)}], unless: [{', '.join(unless)}]"

    categories = f"  one: {{title: One, {entry(first, without)}}}\n  two: {{title: Two, {entry(second, nor)}}}\n"
    written = SMALL.replace("  one: One\n", categories)
    try:
        compile_rulebook(written.encode(), "rules.yaml", year=2026)
    except FaultyDocument as faulty:
        assert ["never wins" in fault.message for fault in faulty.faults] == [True]
        passing = written.replace("two: {title: Two, match: [", "two: {title: Two, match: [zzz, ")
        rulebook = compile_rulebook(passing.encode(), "rules.yaml", year=2026).rulebook
        assert find_category(rulebook, text, {}).value != "two"


SMALL = """
rulebook: small
title: Small
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
owners: {desk: Desk}
channels: {phone: Phone}
fields: {bought: {title: Bought, type: date}}
categories:
  one: One
  rest: Rest
priorities: {P1: {title: High, targets: {respond: 4h, resolve: 1wd}}}
targets: {respond: {until: responded}, resolve: {until: resolved}}
default: {category: rest, priority: P1, owner: desk}
""".lstrip()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  one: One\n", "  one: {title: One, match: [a]}\n  two: {title: Two, match: [ab, ac]}\n"),
        ("  one: One\n", "  one: {title: One, match: [a], unless: [b]}\n  two: {title: Two, match: [ab]}\n"),
        ("resolve: {until: resolved}", 'resolve: {from: "field:bought", until: registered}'),
        ("default:", "consequences: [{on: missed, targets: respond, tell: desk}, {on: missed, tell: desk}]\ndefault:"),
        ("default:", "consequences: [{on: missed, tell: desk}, {on: reopened, tell: desk}]\ndefault:"),
        ("{P1: {", "{P0: {title: Highest, when: [{match: ab}]}, P1: {when: [{match: a}], "),
        ("  one: One\n", '  one: {title: One, match: ["a, b", "“a”", a/b]}\n'),
        ("rulebook: small", 'rulebook: small\nnumbering: "AS-{serial:03}"'),
    ],
    ids=[
        "two phrases that hold the same one",
        "a category that the other one's words rule out",
        "told while the warranty runs",
        "some deadlines before all",
        "one thing beside another",
        "a wider condition below a narrower one",
        "signs in quotation marks",
        "a hyphen in the middle",
    ],
)
def test_what_only_looks_out_of_reach_passes(old: str, new: str) -> None:
    assert old in SMALL
    compile_rulebook(SMALL.replace(old, new).encode(), "rules.yaml", year=2026)
