"""Patterns: a second, deliberately plain matcher finds the same; what is written wrongly is told where it stands."""

import itertools
import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afterservice_cli.rulebook.comparing import as_read
from afterservice_cli.rulebook.phrases.index import Index
from afterservice_cli.rulebook.phrases.patterns import spelled

GROUPS = {"bad": ("坏", "卡顿", "b"), "who": ("客服", "a b")}


# --- a plain matcher: every spelling of a pattern, tried at every place -----------------------------------------------

Piece = str | int  # a word, or how many signs may be left out; NUMBER stands for itself
NUMBER = "‹number›"
LEFT_OUT = {"~": 2, "…": 6, "……": 14}


def spellings(pattern: str) -> Iterator[tuple[Piece, ...]]:
    """Every way to write a pattern out, each a row of words and gaps."""
    choices: list[list[Piece]] = []
    for sign in re.findall(r"……|…|~|\([^)]*\)|‹[^›]*›|[^…~()|‹›]+", pattern):
        if sign in LEFT_OUT:
            choices.append([LEFT_OUT[sign]])
        elif sign == NUMBER:
            choices.append([NUMBER])
        elif sign[0] == "(":
            choices.append([word for option in sign[1:-1].split("|") for word in words_of(option)])
        else:
            choices.append([*words_of(sign)])
    for chosen in itertools.product(*choices):
        row: list[Piece] = []
        for piece in chosen:
            if row and isinstance(piece, str) and isinstance(row[-1], str) and NUMBER not in (piece, row[-1]):
                row[-1] += piece
            elif piece != "":
                row.append(piece)
        yield tuple(piece if isinstance(piece, int) else piece.strip() for piece in row)


def words_of(option: str) -> Iterator[str]:
    pieces = re.findall(r"‹[^›]*›|[^‹›]+", option)
    for some in itertools.product(*(GROUPS[p[1:-1]] if p[0] == "‹" else (p,) for p in pieces)):
        yield "".join(some)


def whole_word(text: str, start: int, end: int) -> bool:
    def kind(place: int) -> str:
        sign = text[place] if 0 <= place < len(text) else " "
        return "letter" if sign.isalpha() and sign < "⺀" else "digit" if sign.isdecimal() else ""

    begins = kind(start - 1) == kind(start) != ""
    ends = kind(end - 1) == kind(end) != ""
    return not begins and not ends


def ends_sentence(text: str, place: int) -> bool:
    def within(other: int) -> bool:
        return 0 <= other < len(text) and text[other] in "0123456789abcdefghijklmnopqrstuvwxyz"

    return text[place] in "。!?;" or (text[place] == "." and not (within(place - 1) and within(place + 1)))


def ends_of(row: tuple[Piece, ...], text: str, at: int) -> Iterator[int]:
    """Where a row can end that begins at a place."""
    if not row:
        yield at
        return
    piece, *others = row
    rest = tuple(others)
    if isinstance(piece, int):
        for more in range(piece + 1):
            if at + more <= len(text) and not any(ends_sentence(text, place) for place in range(at, at + more)):
                yield from ends_of(rest, text, at + more)
    elif piece == NUMBER:
        for end in numbers_at(text, at):
            yield from ends_of(rest, text, end)
    elif text.startswith(piece, at) and whole_word(text, at, at + len(piece)):
        yield from ends_of(rest, text, at + len(piece))


UNITS = "十百千万萬亿億"
NUMBERS = (
    rf"([0-9]{{1,3}}(,[0-9]{{3}})+(?![0-9])|[0-9]+)(\.[0-9]+)?[{UNITS}]*|[零〇一二两兩三四五六七八九几幾半{UNITS}]+"
)


def numbers_at(text: str, at: int) -> Iterator[int]:
    """Where a number can end that begins at a place: with all its units, or without the last of them (三百|万元)."""
    for number in re.finditer(NUMBERS, text):
        if number.start() == at:
            yield number.end()
            for end in range(number.end() - 1, at, -1):
                if text[end] not in UNITS:
                    break
                yield end


def plainly(pattern: str, text: str) -> dict[int, int]:
    """Where a pattern stands in a text: each end, with the last beginning."""
    found: dict[int, int] = {}
    for row in spellings(pattern):
        for start in range(len(text)):
            for end in ends_of(row, text, start):
                found[end] = max(start, found.get(end, 0))
    return found


WORD = st.sampled_from(["卡", "坏", "退款", "不", "a", "ab", "b a", "3天", "天", "等", "万"])
INSIDE = st.one_of(WORD, st.sampled_from(["‹bad›", "‹who›"]))
BRACKETS = st.lists(st.lists(INSIDE, min_size=1, max_size=2).map("".join), min_size=1, max_size=3)
OPTIONS = st.tuples(BRACKETS, st.booleans()).map(lambda made: f"({'|'.join(made[0])}{'|' if made[1] else ''})")
ELEMENT = st.one_of(INSIDE, OPTIONS, st.just(NUMBER))
FIXED = st.lists(ELEMENT, min_size=1, max_size=3).map("".join)
PATTERN = st.lists(FIXED, min_size=1, max_size=3).flatmap(
    lambda made: st.lists(st.sampled_from([*LEFT_OUT]), min_size=len(made) - 1, max_size=len(made) - 1).map(
        lambda gaps: "".join(itertools.chain(*itertools.zip_longest(made, gaps, fillvalue="")))
    )
)
TEXT = st.lists(
    st.one_of(
        WORD, st.sampled_from(["客服", "卡顿", "。", ",", ".", " ", "x", "两", "5.2", "!", "1,200", "万", "三", "百"])
    )
).map("".join)


@settings(max_examples=400)
@given(st.lists(PATTERN, min_size=1, max_size=3, unique=True), TEXT)
def test_the_index_finds_what_a_plain_matcher_does(patterns: list[str], text: str) -> None:
    told = [spelled(pattern) for pattern in patterns]
    seen, _ = as_read(text)
    try:
        index = Index(told, GROUPS)
    except ValueError:
        return  # such as a gap beside a word that may be missing
    found: dict[int, dict[int, int]] = {number: {} for number in range(len(told))}
    for number, start, end, _ in index.hits(seen):
        found[number][end] = max(start, found[number].get(end, 0))
    assert found == {number: plainly(pattern, seen) for number, pattern in enumerate(told)}
    assert sorted(Index(told, GROUPS, seen).hits(seen)) == sorted(index.hits(seen))  # made ready for this text alone


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("赔‹number›元", ["赔1,200元", "赔１，２００．５０元", "赔1.5万元", "赔3千元", "赔三亿元", "赔兩萬元"]),
        ("赔‹number›万元", ["赔3万元", "赔三百万元", "赔1,200万元"]),
        ("买于‹number›年", ["买于二〇二六年", "买于2026年"]),
        ("paid ‹number› dollars", ["paid 12 dollars", "Paid  1,299.00\u00a0dollars"]),
        ("in ‹number› ‹number› out", ["in 3 4 out"]),
        ("took ‹number› (days|weeks)", ["took 3 weeks"]),
        ("after… ‹number› …days", ["after all 3 long days"]),
    ],
)
def test_a_number_may_be_written_as_people_write_it(pattern: str, texts: list[str]) -> None:
    index = Index([spelled(pattern)], GROUPS)
    assert [bool(index.hits(as_read(text)[0])) for text in texts] == [True] * len(texts)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("赔‹number›元", "赔元"), ("paid ‹number› dollars", "paid12dollars"), ("赔‹number›元", "赔1,20元")],
)
def test_what_is_no_such_number_is_not_found(pattern: str, text: str) -> None:
    assert Index([spelled(pattern)], GROUPS).hits(as_read(text)[0]) == []
