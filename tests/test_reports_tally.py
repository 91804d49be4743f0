"""Every figure of a report, held against a plain count of all events, on desks that chance has made."""

import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import rulebooks
from afterservice_cli.cases.case import Case
from afterservice_cli.cli import run
from afterservice_cli.decisions.intake import Draft
from afterservice_cli.figures.cases import FIGURES, NUMBERS, SHARES, TIME_FIGURES
from afterservice_cli.figures.counting import Cohort, Measured
from afterservice_cli.figures.periods import Span, parse_span
from afterservice_cli.figures.tables import Printed
from afterservice_cli.reporting import whole
from afterservice_cli.reporting.telling import DIMENSIONS, RECORDED, cases_by_value, told_apart
from afterservice_cli.store.counting.asking import CONDITIONS, dimensions_of
from afterservice_cli.store.counting.facts import Facts
from afterservice_cli.store.counting.populations import POPULATIONS
from afterservice_cli.store.projections.past import as_of
from afterservice_cli.store.reading.filters import ALL, Filter
from afterservice_cli.time.instants import from_text, to_text
from afterservice_cli.workflows import founding
from afterservice_cli.workflows.desk import Desk
from afterservice_cli.workflows.recording import writing
from given import make_desk
from tally import Tally
from tally_steps import BEGIN, BOOK, STEP, Step, play

ONCE = ("registered", "backlog", "taken_out", "rated")  # of these a case has one at most


def told(desk: Desk, span: Span, about: Filter = ALL) -> Printed:
    with desk.reading() as db:
        source = whole.ReportSource(desk.rulebook, "en", db, partial(desk.rulebook_of, db), to_text(desk.now))
        return whole.report(source, whole.ReportScope(span, about, span.before()), with_cases=True)


def rows(printed: Printed, name: str) -> list[tuple[Any, ...]]:
    return next((list(table.rows) for table in printed.tables if table.name == name), [])


def counted(printed: Printed, dimension: str) -> dict[str, int]:
    return {str(row[1]): row[2] for row in rows(printed, f"by_{dimension}") if row[2]}


# The last case has been answered in another that is merged into it, which is told after the answer was due.
ANSWERED_IN_A_TWIN = [(0, 0, 1, 0), (6, 0, 0, 0), (0, 0, 1, 0), (0, 0, 1, 0), (6, 31, 8, 0)]


@settings(max_examples=16, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEP, min_size=20, max_size=120), st.integers(4, 12))
@example([*[(0, 0, 0, 0)] * 15, *ANSWERED_IN_A_TWIN], 8)
def test_a_plain_count_of_all_events_says_the_same(steps: list[Step], cases: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = make_desk(Path(folder) / "d.db", rules=BOOK, now=BEGIN)
        play(desk, steps, cases)
        today = desk.now.date()
        spans = [parse_span("month", "2026-09", today), parse_span("month", "2026-10", today)]
        spans += [parse_span("week", "2026-W40", today), Span("days", BEGIN.date(), today)]
        for span in spans:
            printed = told(desk, span)
            with desk.reading() as db:
                tally = Tally(db, BOOK.rulebook, from_text(printed.begin), from_text(printed.until), desk.now)
            wanted = tally.figures()
            assert set(wanted) == {figure.name for figure in FIGURES}
            found = {name: printed.figures[name] for name in wanted}
            assert found == pytest.approx(wanted)
            check_tables(printed, tally)
            # A figure counts no case that it does not list, and lists none that it does not count.
            for name, numbers in printed.cases.items():
                assert len(set(numbers)) == len(numbers)
                if printed.figures[name] == 0 or name in ("registered", "backlog", "taken_out", "invalid", "repeated"):
                    assert len(numbers) == printed.figures[name]
            assert list(printed.cases.get("registered", ())) == [case.number for case in tally.registered()]
        check_rows(desk, spans[-1])
        check_both_ways(desk, spans[-1])


def check_both_ways(desk: Desk, span: Span) -> None:
    """What is told of cases stands in a table of its own; told apart by case, it is asked of the others."""
    begin, end = span.bounds(desk.rulebook.zone)
    with desk.reading() as db:
        facts = Facts(db, ALL, (begin, end), to_text(desk.now), desk.rulebook.calendar)
        for name, conditions in CONDITIONS.items():
            population = POPULATIONS[name]
            for where in ((), *((condition,) for condition in conditions)):
                of = Cohort(name, where)
                for by in ((), *((dimension,) for dimension in dimensions_of(name) if dimension != "work")):
                    asked: Counter[tuple[Any, ...]] = Counter()
                    for row in facts.counts(of, (*by, "case")):
                        asked[row[: len(by)]] += int(row[-1] or 0)
                    found = {row[:-1]: row[-1] for row in facts.counts(of, by) if row[-1]}
                    assert dict(asked) == found, (of, by)
                for measure in population.measures:
                    by_case = facts.measured_by(of, measure, ("case",)).values()
                    asked_values = sorted(value for values in by_case for value in values.elements())
                    found_values = sorted(facts.measured(of, measure).elements())
                    assert found_values == pytest.approx(asked_values), (of, measure)


def check_tables(printed: Printed, tally: Tally) -> None:
    """Hold the tables of a report against a plain count."""
    ways: Mapping[str, Callable[[Case], list[str]]] = {
        "category": lambda case: [case.value("category")],
        "area": lambda case: [case.value("category").split(".")[0]],
        "priority": lambda case: [case.value("priority")],
        "owner": lambda case: [case.value("owner")],
        "channel": lambda case: [case.channel],
        "batch": lambda case: [str(case.fields.get("batch", ""))],
        "line": lambda case: ["lamps"],
    }
    for dimension, value in ways.items():
        if found := counted(printed, dimension):
            assert found == tally.by(value), dimension
    targets = {row[1]: row[2:6] for row in rows(printed, "targets")}
    wanted = tally.verdicts(lambda _, deadline: deadline.spec.target)
    assert {name: told for name, told in targets.items() if any(told)} == wanted
    teams = {row[1]: row[2:6] for row in rows(printed, "timeliness_by_owner") if any(row[2:6])}
    assert teams == tally.verdicts(lambda case, _: case.value("owner"))


def check_rows(desk: Desk, span: Span) -> None:
    """Hold the cases that every row lists against how many facts it counts."""
    with desk.reading() as db:
        source = whole.ReportSource(desk.rulebook, "en", db, partial(desk.rulebook_of, db), to_text(desk.now))
        about = whole.about_of(source, whole.ReportScope(span))
        for figure in (*NUMBERS, *SHARES, *TIME_FIGURES[::9]):
            of = figure.cohort
            each = {str(case): int(count or 0) for case, count in about.facts.counts(of, ("case",))}
            dimensions = [*DIMENSIONS, "batch", *(RECORDED if of.population == "deadlines" else ())]
            for dimension in dimensions:
                cases = cases_by_value(about, figure, dimension)
                assert set().union(*cases.values()) == set(figure.cases(about.facts))
                if isinstance(figure, Measured):
                    continue
                counts = dict(told_apart(about, about.facts, of, dimension))
                assert counts.keys() == cases.keys()
                for value, numbers in cases.items():
                    if dimension in RECORDED:  # a case has deadlines of several
                        assert 0 < len(numbers) <= counts[value]
                    else:
                        assert sum(each[number] for number in numbers) == counts[value]
                        assert of.population not in ONCE or len(numbers) == counts[value]


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEP, min_size=10, max_size=60), st.lists(STEP, min_size=5, max_size=40))
def test_a_report_as_of_then_is_what_it_was_then(before: list[Step], after: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = make_desk(Path(folder) / "d.db", rules=BOOK, now=BEGIN)
        play(desk, before, 6)
        then = desk.now
        span = Span("days", BEGIN.date(), then.date() + timedelta(days=1))
        first = told(desk, span)
        desk.now += timedelta(hours=1)
        play(desk, after, 3)
        with desk.reading() as db, as_of(db, to_text(then)) as (past, digest):
            book = desk.rulebook_of(db, digest)
            source = whole.ReportSource(book, "en", past, partial(desk.rulebook_of, db), to_text(then))
            again = whole.report(source, whole.ReportScope(span, ALL, span.before()), with_cases=True)
        assert again == first


def test_who_is_asked_for_is_who_is_counted(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "d.db", rules=BOOK, now=BEGIN)
    play(desk, [(n, n % 6, 3, 0) for n in range(40)], 12)
    span = Span("days", BEGIN.date(), desk.now.date() + timedelta(days=1))
    every = told(desk, span)
    owners = counted(every, "owner")
    for owner, count in owners.items():
        assert told(desk, span, Filter(owner=owner, owned=True)).figures["registered"] == count
    parts = [told(desk, span, Filter(channel=channel)).figures for channel in ("phone", "mail")]
    for name in ("registered", "resolved", "closed", "met", "missed", "backlog", "rating.count"):
        assert sum(int(part[name] or 0) for part in parts) == every.figures[name], name


@pytest.mark.parametrize(
    ("hours", "repeated"),
    [
        ((0, 720), [1]),  # thirty days to the second
        ((0, 720.001), []),
        ((0, 0, 0), [1, 2]),  # at once: the numbers say which was the first
        ((0, 24, 24), [1, 2]),
        ((720, 0, 0), [0, 2]),  # told later than what came in after it
    ],
)
def test_a_case_repeats_one_like_it_of_the_thirty_days_before(
    tmp_path: Path, hours: tuple[float, ...], repeated: list[int]
) -> None:
    desk = make_desk(tmp_path / "d.db", rules=BOOK, now=BEGIN)
    desk.now += timedelta(days=60)
    numbers = []
    with writing(desk) as writer:
        for after in hours:
            facts = {"channel": "phone", "description": "broken", "customer": "Zoe", "contact": "13900000001"}
            numbers.append(writer.register(Draft(facts), at=BEGIN + timedelta(hours=after)).number)
        writer.register(Draft({"channel": "phone", "description": "broken"}), at=BEGIN + timedelta(hours=1))
        other = {"channel": "phone", "description": "wish", "customer": "Zoe", "contact": "13900000001"}
        writer.register(Draft(other), at=BEGIN + timedelta(hours=1))
    wanted = [numbers[place] for place in repeated]
    whole_time = Span("days", BEGIN.date(), desk.now.date())
    assert sorted(told(desk, whole_time).cases.get("repeated", ())) == sorted(wanted)
    check_both_ways(desk, whole_time)
    # In a period of its own what came in before it is looked back to, and not counted.
    late = Span("days", BEGIN.date() + timedelta(days=30), desk.now.date())
    assert [*told(desk, late).cases.get("repeated", ())] == [
        n for n, h in zip(numbers, hours, strict=True) if h >= 720 and n in wanted
    ]


def test_of_cases_that_came_in_at_once_the_first_by_number_repeats_none(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "d.db", rules=BOOK, now=BEGIN)
    for numbering in ("{year}{month:02}-{serial:03}", "{year}-{serial:03}"):
        edited = rulebooks.text("figures", ("title: Figures\n", f'title: Figures\nnumbering: "{numbering}"\n'))
        (tmp_path / "d.rules.yaml").write_text(edited, "utf-8")
        founding.adopt(desk, founding.prepare(desk, tmp_path / "d.rules.yaml", run))
        with writing(desk) as writer:
            facts = {"channel": "phone", "description": "broken", "customer": "Zoe", "contact": "13900000001"}
            writer.register(Draft(facts), at=BEGIN)
    span = Span("days", BEGIN.date(), desk.now.date() + timedelta(days=1))
    assert told(desk, span).cases["registered"] == ("2026-001", "202609-001")
    assert told(desk, span).cases["repeated"] == ("202609-001",)
    check_both_ways(desk, span)
