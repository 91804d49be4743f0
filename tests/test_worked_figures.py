"""The figures that `docs/metrics.md` works out by hand, asked of a desk that is founded from the same page."""

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import Runner
from worked import NOW, PAGES, Worked, cases_of, value, worked
from worked_report import REPORT, founded


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest, tmp_path: Path, call: Runner) -> Worked:
    """A page whose desk stands in the folder of the test."""
    told = worked(request.param)
    assert len([done for done in told.courses if done.words[0] == "register"]) == 15
    founded(told, tmp_path, call)
    return told


def test_every_figure_is_what_the_page_works_out(page: Worked, call: Runner) -> None:
    told: dict[str, Any] = json.loads(call(*REPORT, "--json", now=NOW).out)["figures"]
    assert set(told) - set(page.figures) == set(), "the page works out every figure that the desk has"
    wanted = {name: value(text) for name, (text, _) in page.figures.items()}
    assert told == {name: number if number is None else pytest.approx(number) for name, number in wanted.items()}


def test_every_figure_lists_the_cases_that_the_page_names(page: Worked, call: Runner) -> None:
    wrong = {}
    for name, (_, cases) in page.figures.items():
        made = call(*REPORT, "--cases", name, "--json", now=NOW)
        found = [one["case"] for one in json.loads(made.out)]
        if found != (wanted := [f"202610-{number:03}" for number in cases_of(cases)]):
            wrong[name] = (found, wanted)
    assert wrong == {}


def test_one_figure_alone_is_the_same_number(page: Worked, call: Runner) -> None:
    for name in ("registered", "attainment", "first_resolution.p90", "rating.case_mean", "task:visit.late.mean"):
        told = call(*REPORT, "--metric", name, now=NOW).out.strip()
        number = value(page.figures[name][0])
        assert told == ("" if number is None else f"{number:.10g}")
