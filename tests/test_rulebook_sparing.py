"""What can be left out of a rulebook, and what only looks so."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from afterservice_cli.errors import Fault
from afterservice_cli.rulebook.compiling import noted
from afterservice_cli.rulebook.matching import find
from afterservice_cli.workflows.founding import compile_file, spared_by
from afterservice_cli.workflows.rulebook_files import files_of
from conftest import Runner
from rulebooks import SHIPPED

HEAD = """
rulebook: small
title: Small
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
owners: {desk: Desk}
channels: {phone: Phone}
default: {category: rest, priority: P2, owner: desk}
""".lstrip()


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ("words: {hot: [着火, 着火了, 大着火]}\nMATCH: [‹hot›]", ["着火了", "大着火"]),
        ("words: {hot: [着火, 着火了, 大着火]}\nMATCH: [插头…‹hot›]", ["着火了"]),
        ("words: {hot: [着火, 着火了, 大着火]}\nMATCH: [‹hot›…插头]", ["大着火"]),
        ("words: {hot: [着火, 着火了, 大着火]}\nMATCH: [‹hot›, 插头…‹hot›, ‹hot›…插头]", []),
        ("words: {hot: [着火, 着火了, 大着火]}\nMATCH: [‹hot›吗]", ["大着火"]),
        ("words: {hot: [响, 不响]}\nMATCH: [‹hot›]", []),  # what is denied within it does not count
        ("words: {hot: [fire, wildfires, wild fire]}\nMATCH: [‹hot›]", ["wild fire"]),  # a word is no piece of another
        ("words: {hot: [着火, smoke, 着火]}\nMATCH: [‹hot›, 插头…‹hot›…烫]", ["着火"]),
        ("MATCH: [漏电, 外壳漏电, 漏电…手]", ["外壳漏电"]),
        ("MATCH: [(漏|带)电, 外壳(带|漏)电, (有|带)电]", ["外壳(带|漏)电"]),
        ("MATCH: [(漏|带)电, (带|漏)电]", ["(带|漏)电"]),
        ("MATCH: [(漏|带)电, (漏|带|过)电]", ["(漏|带)电"]),
        ("MATCH: [漏电]\nUNLESS: [演习, 消防演习]", ["消防演习"]),
    ],
)
def test_what_is_found_only_where_another_is_can_be_left_out(tmp_path: Path, rest: str, said: list[str]) -> None:
    words, _, rule = rest.rpartition("MATCH: ")
    match, _, unless = rule.partition("\nUNLESS: ")
    condition = f"{{match: {match}, unless: {unless or '[练习]'}}}"
    (tmp_path / "small.yaml").write_text(
        f"{HEAD}{words}categories: {{rest: Rest}}\npriorities: {{P1: {{title: High, when: {condition}}}, P2: Low}}\n",
        "utf-8",
    )
    found = spared_by(tmp_path / "small.yaml")
    assert [one.message.split("'")[1] for one in found] == said
    text = (tmp_path / "small.yaml").read_text("utf-8").splitlines()
    assert [text[one.line - 1][one.column - 1 :].startswith(word) for one, word in zip(found, said, strict=True)] == [
        True for _ in said
    ]


def test_what_speaks_for_a_category_has_its_weight(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(
        f"{HEAD}words: {{bad: [坏, 坏了]}}\n"
        "categories: {broken: {title: Broken, match: [‹bad›, 摔坏, 坏]}, rest: Rest}\n"
        "priorities: {P1: {title: High, when: {match: [‹bad›]}}, P2: Low}\n",
        "utf-8",
    )
    assert spared_by(tmp_path / "small.yaml") == []


def test_a_check_names_it_and_is_content(tmp_path: Path, call: Runner) -> None:
    (tmp_path / "small.yaml").write_text(
        f"{HEAD}include: danger.yaml\ncategories: {{rest: Rest}}\n"
        "priorities: {P1: {title: High, when: [danger, {match: [漏电, 外壳漏电]}]}, P2: Low}\n",
        "utf-8",
    )
    (tmp_path / "danger.yaml").write_text(
        "words: {fire: [着火, 着火了]}\nconditions: {danger: [{match: [‹fire›]}]}\n", "utf-8"
    )
    done = call("rules", "check", "small.yaml")
    assert done.code == 0
    assert done.err.splitlines()[1:] == [
        "note: small.yaml:9:60: '外壳漏电' is found only where '漏电' is – this can be left out",
        "note: danger.yaml:1:20: '着火了' holds '着火', which ‹fire› has – this can be left out",
    ]


@cache
def spared_in(name: str) -> Sequence[Fault]:
    """What can be left out of a shipped rulebook, looked for once."""
    return spared_by(SHIPPED[name])


@pytest.mark.parametrize("name", [*SHIPPED])
def test_the_shipped_rulebooks_have_nothing_of_their_own_to_spare(name: str) -> None:
    assert [one for one in spared_in(name) if one.file == str(SHIPPED[name])] == []


def test_nothing_is_shared_that_all_can_spare() -> None:
    found = [{(one.file, one.line, one.column) for one in spared_in(name)} for name in SHIPPED if name != "minimal"]
    assert set.intersection(*found) == set()


def test_all_that_is_shared_some_rulebook_needs() -> None:
    needed, shared = set[tuple[str, str]](), set[tuple[str, str]]()
    for path in SHIPPED.values():
        files = files_of(path)
        notes = noted(files.data, str(path), files.included)
        for place, key in notes.keys.items():
            if place[0] in ("words", "samples", "conditions") and len(place) == 2 and key.file:
                shared.add((str(place[0]), str(place[1])))
                needed |= {(str(place[0]), str(place[1]))} & notes.needed
    assert len(shared) > 5
    assert shared - needed == set()


def test_without_it_texts_are_decided_as_before(tmp_path: Path) -> None:
    book = (
        f"{HEAD}words: {{hot: [着火, 着火了, 大着火]}}\ncategories: {{rest: Rest}}\n"
        "priorities: {P1: {title: High, when: {match: [‹hot›]}}, P2: Low}\n"
    )
    priorities = []
    for number, text in enumerate((book, book.replace(", 着火了, 大着火", ""))):
        (tmp_path / f"{number}.yaml").write_text(text, "utf-8")
        rules = compile_file(tmp_path / f"{number}.yaml", 2026)[0].rulebook
        said = ("着火了", "没着火", "没有着火了", "大着火！", "是不是着火了", "着火了，修好了", "平安", "没有大着火")
        priorities.append([find(rules, one, {}).priority.value for one in said])
    assert priorities[0] == priorities[1]
