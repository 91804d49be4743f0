"""Suggestions, measured on texts that nobody here wrote: whether the right category is among three."""

import csv
import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from afterservice_cli.decisions.suggesting import TrainingExample, learn
from afterservice_cli.reports.rules.candidates import PastCase
from afterservice_cli.reports.rules.proposals import Proposer, with_phrases
from afterservice_cli.rulebook.compiling import compile_rulebook
from afterservice_cli.rulebook.matching import find
from registers import CHECKOUT

FILE = (
    Path(os.environ.get("AFTERSERVICE_TEST_DATA") or CHECKOUT.parent / "shared" / "data")
    / "consumer_finance_labelled.csv"
)
LEARNT = 500  # rows; what is suggested is counted on all others

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not FILE.exists(), reason=f"there is no public data in {FILE.parent}"),
]


def shares(chosen: list[int], rows: list[tuple[str, str]]) -> list[float]:
    """How often the right label is the first suggestion, among two, among three, after learning from these rows."""
    model = learn([TrainingExample(rows[place][1], f"{place}", rows[place][0]) for place in sorted(chosen)])
    others = [row for place, row in enumerate(rows) if place not in set(chosen)]
    suggested = [(label, model.likely(text, model.categories)) for text, label in others]
    return [sum(label in found[:count] for label, found in suggested) / len(others) for count in (1, 2, 3)]


# Seven words for six categories, as a file has them that somebody has just begun.
YOUNG = """
rulebook: lenders
title: Lenders
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
channels: {website: Website}
owners: {desk: Desk}
categories:
  collection: {title: Collection, match: [催收, 骚扰]}
  pricing: {title: Pricing, match: [利息]}
  contract: {title: Contract, match: [合同]}
  service: {title: Service, match: [客服]}
  marketing: {title: Marketing, match: [推销]}
  other: {title: Other, match: [盗刷]}
  unsorted: Unsorted
priorities: {normal: Normal}
default: {category: unsorted, priority: normal, owner: desk}
"""


def test_accepting_all_phrases_that_500_corrections_propose_mends_a_young_file_on_other_rows() -> None:
    names = ("collection", "other", "contract", "pricing", "service", "marketing")
    book = compile_rulebook(YOUNG.encode(), "young.yaml", year=2026).rulebook
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = [(text, names[int(label)]) for text, label in csv.reader(lines)]
    proposer = Proposer(book)
    for number, (text, category) in enumerate(rows[:LEARNT]):
        at = datetime(2026, 10, 8, tzinfo=UTC) + timedelta(minutes=number)
        proposer.judge(PastCase(f"{number:04}", at, f"{number}", text, {}, category))
    found = proposer.result()
    changed = with_phrases(book, found.phrases)
    others = rows[LEARNT:]
    before, after = (
        sum(find(each, text, {}).category.value == category for text, category in others) / len(others)
        for each in (book, changed)
    )
    print(*(each.phrase for each in found.proposals), f"{before:.4f} -> {after:.4f}")
    assert len(found.proposals) >= 15
    assert after >= before + 0.05


def test_the_right_label_is_among_three_in_at_least_88_of_100_texts_after_learning_from_500() -> None:
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = [(text, label) for text, label in csv.reader(lines)]
    first = shares([*range(LEARNT)], rows)
    drawn = [shares(random.Random(seed).sample(range(len(rows)), LEARNT), rows) for seed in range(1, 6)]
    print("first rows:", *(f"{share:.3f}" for share in first))
    for found in drawn:
        print("drawn:", *(f"{share:.3f}" for share in found))
    assert min(first[2], *(found[2] for found in drawn)) >= 0.88
