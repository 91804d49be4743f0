"""Where texts that nobody here wrote end up, and which are urgent: floors a little below what was measured."""

import csv
import os
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import rulebooks
from afterservice_cli.rulebook.matching import find_category, find_priority
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.workflows.founding import compile_file
from registers import CHECKOUT
from rulebooks import SHIPPED

FOLDER = Path(os.environ.get("AFTERSERVICE_TEST_DATA") or CHECKOUT.parent / "shared" / "data")
REVIEWS = [FOLDER / f"reviews_labelled_{number}.csv" for number in (1, 2)]
LENDERS = CHECKOUT / "examples" / "consumer-finance" / "rulebook.yaml"
CARS = FOLDER / "car_complaints_bom.csv"
QUALITY = re.compile(r"(?:^|,)[A-H]\d")  # codes of what is wrong with a car; I and later are of service and sale
URGENT = Path(__file__).parent / "data" / "urgent.csv"
COMPLAINTS = Path(__file__).parent / "data" / "complaints.csv"
TOPICS = Path(__file__).parent / "data" / "topics.csv"

FINANCE = FOLDER / "consumer_finance_labelled.csv"
LABELS = ("collection", "other", "contract", "pricing", "service", "marketing")

there = all(file.exists() for file in (*REVIEWS, CARS, FINANCE))
wanted = pytest.mark.skipif(not there, reason=f"no public data in {FOLDER}")


@cache
def shipped(name: str) -> Rulebook:
    return compile_file(SHIPPED[name], 2026)[0].rulebook


def guide() -> Rulebook:
    return shipped("customer-feedback")


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def title_of(text: str) -> str:
    """The category of a text as the guide calls it; "" if nothing decided."""
    found = find_category(guide(), text, {})
    return "" if found.by == "default" else guide().title("category", found.value, "zh")


def verdicts(half: int) -> Iterator[str]:
    for row in (row for file in REVIEWS for row in rows_of(file)[half::2]):
        found = title_of(row["text"])
        if not row["primary"]:
            yield "filed" if found else "left"
        elif not found:
            yield "none"
        else:
            yield "right" if found in row["accept"].split("|") else "wrong"


@pytest.mark.data
@wanted
@pytest.mark.parametrize(("half", "right", "wrong", "filed"), [(0, 0.82, 0.04, 0.22), (1, 0.70, 0.07, 0.09)])
def test_reviews_are_placed_as_people_placed_them(half: int, right: float, wrong: float, filed: float) -> None:
    found = Counter(verdicts(half))
    complaints = found["right"] + found["wrong"] + found["none"]
    assert found["right"] / complaints >= right
    assert found["wrong"] / complaints <= wrong
    assert found["filed"] / (found["filed"] + found["left"]) <= filed


@pytest.mark.data
@wanted
def test_cars_with_a_code_of_quality_are_defects() -> None:
    found = [find_category(guide(), row["desc"], {}).value for row in rows_of(CARS) if QUALITY.search(row["problem"])]
    assert len(found) == 550
    assert found.count("product.defect") / len(found) >= 0.94


@pytest.mark.data
@wanted
def test_texts_about_lenders_after_the_first_500() -> None:
    rulebook = compile_file(LENDERS, 2026)[0].rulebook
    with FINANCE.open(encoding="utf-8-sig", newline="") as lines:
        rows = [*csv.reader(lines)][500:]
    found = [(find_category(rulebook, text, {}), LABELS[int(label)]) for text, label in rows]
    assert sum(one.value == label for one, label in found) / len(rows) >= 0.57
    assert sum(one.by == "default" for one, _ in found) / len(rows) <= 0.05


def test_the_rulebook_for_lenders_holds_what_it_says() -> None:
    assert compile_file(LENDERS, 2026)[0].failures == ()


TOP = {
    "customer-feedback": "P1",
    "complaints-returns": "urgent",
    "defect-handling": "serious",
    "enterprise-service": "critical",
    "product-feedback": "urgent",
}


@pytest.mark.parametrize(("urgent", "least", "most"), [("yes", 0.9, 1), ("long", 0.85, 1), ("no", 0, 0.1)])
@pytest.mark.parametrize("name", TOP)
def test_danger_is_urgent_and_what_only_sounds_like_it_is_not(
    name: str, urgent: str, least: float, most: float
) -> None:
    """Texts that are none of the samples; `long` ones have the danger in one sentence of many."""
    texts = [row["text"] for row in rows_of(URGENT) if row["urgent"] == urgent]
    pressing = shipped(name).samples["pressing"]
    assert len(texts) >= 60
    assert not {*texts} & {*pressing.like, *pressing.unlike}
    share = sum(_priority(name, text) == TOP[name] for text in texts) / len(texts)
    assert least <= share <= most


def _priority(name: str, text: str) -> str:
    rulebook = shipped(name)
    return find_priority(rulebook, text, {"category": find_category(rulebook, text, {}).value}).value


def test_two_patterns_at_the_same_places_are_one_piece_of_evidence() -> None:
    rulebook = rulebooks.rulebook("matching", ("[refund, app, 扣款]", "[refund, (re|pay)fund, app, 扣款]"))
    assert find_category(rulebook, "refund, crash and 打不开", {}).value == "product.defect"
    assert len(find_category(rulebook, "refund", {}).phrases) == 1


def test_what_is_denied_at_the_end_of_a_pattern_does_not_count() -> None:
    assert title_of("收到以后里外看过，没有破损") == ""
    assert title_of("收到以后里外看过，有破损") == "商品破损"


def test_what_three_writers_wrote_who_did_not_know_the_rules() -> None:
    """Given 945 texts, each with the category that a plain label stands for, "" for what is no complaint."""
    complaints = right = wrong = others = filed = 0
    for row in rows_of(COMPLAINTS):
        found = find_category(guide(), row["text"], {})
        if row["category"]:
            complaints += 1
            right += found.value == row["category"]
            wrong += found.by != "default" and found.value != row["category"]
        else:
            others += 1
            filed += found.by != "default"
    assert (complaints, others) == (825, 120)
    assert right >= 0.57 * complaints
    assert wrong <= 0.22 * complaints
    assert filed <= 0.31 * others


@pytest.mark.parametrize("kind", ["message", "review"])
@pytest.mark.parametrize(
    ("name", "wrong", "filed"),
    [("customer-feedback", 0.08, 0.14), *((n, 0.08, 0.1) for n in TOP if n != "customer-feedback")],
)
def test_what_five_writers_wrote_about_topics(name: str, wrong: float, filed: float, kind: str) -> None:
    """Given 1,068 texts that are no samples: one is right in a category that has its topic, or nowhere if none has."""
    rulebook, found = shipped(name), Counter[str]()
    assert not {row["text"] for row in rows_of(TOPICS)} & {
        one for topic in rulebook.topics.values() for one in topic.texts
    }
    for row in (row for row in rows_of(TOPICS) if row["kind"] == kind):
        placed = find_category(rulebook, row["text"], {})
        having = {category.id for category in rulebook.categories.values() if row["topic"] in category.topics}
        if placed.by == "default":
            found["left to a person" if having else "left"] += 1
        else:
            found[("right" if placed.value in having else "wrong") if having else "filed"] += 1
    complaints = found["right"] + found["wrong"] + found["left to a person"]
    assert complaints + found["filed"] + found["left"] == {"message": 672, "review": 396}[kind]
    assert found["right"] >= 0.75 * complaints
    assert found["wrong"] <= wrong * complaints
    assert found["filed"] <= filed * (found["filed"] + found["left"])
