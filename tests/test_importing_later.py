"""What a file tells of the time to come, and what a later export says of it once it is past."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import rulebooks
from registers import NOW, register_in
from shops import COLUMNS, ROW, Cells, Shop, but, counted

STATUS = """
status:
  column: topic
  means: {resolved: resolved, closed: closed, both: [resolved, closed], waiting: paused, open: open}
  undated: latest
"""
WITH_STATUS = COLUMNS.replace("  category: topic\n", "") + STATUS
PAUSES = "pauses: {customer: {title: Customer, ends: replied}}\n"
ONE_PROBLEM = "problems: {model: {title: Model, same: [product], count: 2, within: 30d, by: tech}}\n"

some_day = st.sampled_from(
    ["", "", "2026-10-12", "2026-10-13 10:00", "2026-10-31", "2026-11-04", "2026-11-05 09:00", "2026-11-05 10:00"]
)
some_course = st.fixed_dictionaries(
    {
        "answered": some_day,
        "answer": st.sampled_from(["", "we called"]),
        "solved": some_day,
        "stars": st.sampled_from(["", "5"]),
        "done": some_day,
        "topic": st.sampled_from(["", "resolved", "closed", "both", "waiting", "open"]),
    }
)


def pausing(folder: Path) -> str:
    """The file of a shop that can wait for a customer, and in which two cases of one model are a problem."""
    path = folder / "pausing.yaml"
    staffed = rulebooks.text("shop", ("tech: Tech", "tech: {title: Tech, head: li}"))
    path.write_text(staffed + PAUSES + ONE_PROBLEM)
    return str(path)


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> str:
    return pausing(tmp_path_factory.mktemp("rules"))


@given(some_course)
@settings(max_examples=25, phases=[Phase.explicit, Phase.generate])
def test_what_is_to_come_is_taken_once_it_is_past(rules: str, cells: Cells) -> None:
    """A file read early and read again comes to the same as one that is read late alone."""
    told = []
    for times in ([0, 1, 10], [10]):
        with TemporaryDirectory() as folder, register_in(Path(folder), rules) as register:
            shop = Shop(register, WITH_STATUS)
            for days in times:
                shop.desk.now = NOW + timedelta(days=days)
                shop.read(but(ROW, **cells))
            case = shop.case()
            deadlines = [(deadline.spec.target, deadline.ended_at, deadline.outcome) for deadline in case.deadlines]
            happened = [r.event for r in case.standing if r.event.word not in ("amended", "retracted")]
            course = sorted((event.word, event.at, str(event.said)) for event in happened)
            told.append((case.status, case.scores, course, deadlines))
            assert register.findings() == []
    assert told[0] == told[1]


def test_a_problem_that_a_case_belongs_to_is_no_word_of_a_person(tmp_path: Path) -> None:
    """What the import said of a waiting case follows its row although the case became part of a problem meanwhile."""
    with register_in(tmp_path, pausing(tmp_path)) as register:
        shop = Shop(register, WITH_STATUS)
        rows = [but(ROW, no=no, model="L5", answered="2026-11-05", topic="waiting") for no in "12"]
        assert counted(shop.read(*rows)) == {"new": 2}
        assert all(case.problems for case in register.cases())
        shop.desk.now += timedelta(days=10)
        assert counted(shop.read(*rows)) == {"changed": 2}
        assert [case.pause and case.pause.from_at for case in register.cases()] == [
            case.first_at["responded"] for case in register.cases()
        ]
        assert counted(shop.read(*rows)) == {"unchanged": 2}
        assert register.findings() == []
