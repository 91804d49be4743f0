"""Tables of a report that a manager reads without the desk at hand: what a problem is about, who was asked what."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import rulebooks
from conftest import Runner
from test_problems import BOOK, DAY

LATER = "2026-11-06 18:00"


def told(call: Runner, *words: str) -> Any:
    done = call("report", "--month", "2026-10", *words, "--json", now=LATER)
    assert done.code == 0, done.err
    return json.loads(done.out)


@pytest.fixture
def shop(tmp_path: Path, call: Runner) -> Runner:
    """A desk with an alarm about three cases of one product and batch, a problem of a person's, and two measures."""
    (tmp_path / "small.yaml").write_text(BOOK, "utf-8")
    register = "register rattles --channel phone --product X-1 --field batch=A17"
    measure = "measure add check --until 2026-10-20 --figure rattles"
    for words, now in (
        ("init --rules small.yaml", "2026-10-12 09:00"),
        *((register, DAY.format(day)) for day in (13, 14, 15)),
        (f"{measure} --problem 1", DAY.format(16)),
        (f"{measure} --report 2026-09 --by desk --category Rattle", DAY.format(16)),
    ):
        done = call(*words.split(), now=now)
        assert done.code == 0, (words, done.err)
    return call


def test_a_problem_says_what_its_cases_have_in_common(shop: Runner) -> None:
    (row,) = told(shop)["tables"]["problems"]
    assert (row["problem"], row["about"], row["cases"]) == ("P2026-001", "X-1 · A17 · Rattle", 3)
    listed = json.loads(shop("problems", "--json", now=LATER).out)
    assert set(row["about"].split(" · ")) >= {"X-1", "A17"} and listed[0]["same"]["product"] == "X-1"


def test_a_problem_is_closed_and_no_case_of_it_archived(shop: Runner) -> None:
    chinese = {"AFTERSERVICE_LANG": "zh"}
    shown = shop("report", "--month", "2026-10", "--format", "md", now=LATER, env=chinese).out
    assert re.search(r"\n\| 问题 \| .* \| 建立 \| 关闭 \|\n", shown), shown


def test_a_measure_says_what_it_is_to_act_on(shop: Runner) -> None:
    rows = {row["measure"]: row["about"] for row in told(shop)["tables"]["measures"]}
    assert rows["M2026-001"] == "X-1 · Rattle"
    assert rows["M2026-002"] == "Rattle"


def test_what_is_personal_by_now_is_not_told(shop: Runner, tmp_path: Path) -> None:
    rules = tmp_path / "afterservice.rules.yaml"
    text = rules.read_text("utf-8").replace(
        "batch: {title: Batch, personal: false}", "batch: {title: Batch, type: text}"
    )
    rules.write_text(re.sub("(?m)^problems:\\n(  .*\\n)+", "", text).replace("field:batch", "product"), "utf-8")
    done = shop("rules", "adopt", "--yes", now="2026-10-17 09:00")
    assert done.code == 0, done.err
    (row,) = told(shop)["tables"]["problems"]
    assert row["about"] == "X-1 · Rattle"


ASKED = "closing: {survey: {questions: {speed: Speed, manner: Manner}}}"


def test_scores_for_no_question_of_the_rulebook_have_a_row(tmp_path: Path, call: Runner) -> None:
    rules = tmp_path / "f.yaml"
    rules.write_text(rulebooks.text("figures").replace(f"{ASKED}\n", "closing: {survey: {}}\n"), "utf-8")
    for words, now in (
        ("init --rules ./f.yaml", "2026-10-01 09:00"),
        ("register broken --channel phone", "2026-10-12 09:00"),
        ("resolve 001 mended", "2026-10-12 10:00"),
        ("rate 001 2", "2026-10-12 11:00"),
    ):
        done = call(*words.split(), now=now)
        assert done.code == 0, (words, done.err)
    before = told(call)
    assert [row["name"] for row in before["tables"]["satisfaction"]] == ["rating.mean", "rating.case_mean"]
    (tmp_path / "afterservice.rules.yaml").write_text(rulebooks.text("figures"), "utf-8")
    assert call("rules", "adopt", "--yes", now="2026-10-13 09:00").code == 0
    for words, now in (
        ("register broken --channel phone", "2026-10-13 09:00"),
        ("resolve 002 mended", "2026-10-13 10:00"),
        ("rate 002 speed=5", "2026-10-13 11:00"),
    ):
        assert call(*words.split(), now=now).code == 0, words
    after = told(call)
    rows = {row["name"]: (row["answers"], row["mean"]) for row in after["tables"]["satisfaction"]}
    assert rows == {
        "rating.speed.mean": (1, 5.0),
        "rating.manner.mean": (0, None),
        "rating.overall.mean": (1, 2.0),
        "rating.mean": (2, 3.5),
        "rating.case_mean": (None, 3.5),
    }
    (asked,) = told(call, "--cases", "rating.overall.count")
    assert asked["case"] == "202610-001"
    titles = {row["name"]: row["question"] for row in after["tables"]["satisfaction"]}
    assert titles["rating.overall.mean"] == "overall"
