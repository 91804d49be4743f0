"""What a file tells of the time to come, and what a later export says of it once it is past."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import rulebooks
from afterservice_cli.decisions import handling
from afterservice_cli.decisions.mending import changed_by_import, taking_back
from afterservice_cli.workflows import recording
from registers import NOW, register_in
from shops import COLUMNS, ROW, Cells, Shop, but, counted, rejects

STATUS = """
status:
  column: topic
  means: {resolved: resolved, closed: closed, both: [resolved, closed], waiting: paused, open: open}
  undated: latest
"""
WITH_STATUS = COLUMNS.replace("  category: topic\n", "") + STATUS
PAUSES = "pauses: {customer: {title: Customer, ends: replied}}\n"
ONE_PROBLEM = "problems: {model: {title: Model, same: [product], count: 2, within: 30d, by: tech}}\n"


def local(at: datetime) -> str:
    """An instant as Shanghai has it, without its year."""
    return f"{at + timedelta(hours=8):%m-%d %H:%M}"


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


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[Shop]:
    """A shop whose export has a column for the status, with a case that it says waits."""
    rules = Path(pausing(tmp_path))
    rules.write_text(
        f"{rules.read_text()}may: {{resume: [tech]}}\n".replace(
            "targets: {respond: {until: responded}}",
            "targets: {respond: {until: responded}, resolve: {until: resolved, pauses: true}}",
        ).replace("targets: {respond: 1wd}", "targets: {respond: 1wd, resolve: 30d}")
    )
    with register_in(tmp_path, str(rules)) as register:
        shop = Shop(register, WITH_STATUS.replace("  undated", "  at: done\n  undated"))
        shop.profile.write_text(shop.profile.read_text().replace("  - {event: closed, at: done}\n", ""))
        assert counted(shop.read(WAITS)) == {"new": 1}
        assert shop.case().status == "waiting"
        yield shop


WAITS = but(ROW, answered="2026-10-12 10:00", topic="waiting", done="2026-10-12 11:00")


@pytest.mark.parametrize(
    ("cells", "at"),
    [
        ({"done": "2026-10-14 11:00"}, "10-14 11:00"),
        ({"done": "", "answered": "2026-10-13 09:00"}, "10-13 09:00"),
        ({"done": ""}, "10-12 11:00"),
    ],
    ids=["by its cell", "the latest time of the row", "not before it began to wait"],
)
def test_a_case_that_its_export_let_wait_goes_on_once_it_says_so(waiting: Shop, cells: Cells, at: str) -> None:
    goes_on = but(WAITS, topic="open", **cells)
    assert counted(waiting.read(goes_on)) == {"changed": 1}
    case = waiting.case()
    assert (case.status, case.pause) == ("open", None)
    assert [local(recorded.event.at) for recorded in case.standing if recorded.event.word == "resumed"] == [at]
    before = waiting.of_cases()
    assert counted(waiting.read(goes_on)) == {"unchanged": 1}
    assert waiting.of_cases() == before
    assert waiting.register.findings() == []


def test_what_the_export_let_wait_goes_on_with_what_it_waited(waiting: Shop) -> None:
    def due() -> dict[str, datetime]:
        return {d.spec.target: d.spec.due_at for d in waiting.case().deadlines if d.spec.pauses}

    before = due()
    assert before
    waiting.read(but(WAITS, topic="open", done="2026-10-14 11:00"))
    assert all(due()[target] > at for target, at in before.items())


def test_a_case_waits_as_before_once_the_import_by_which_it_went_on_is_undone(waiting: Shop) -> None:
    def stands() -> tuple[object, ...]:
        case = waiting.case()
        return case.status, case.pause, [(d.spec.target, d.spec.due_at, d.paused_at) for d in case.deadlines]

    before = stands()
    goes_on = but(WAITS, topic="open", done="2026-10-14 11:00")
    batch = waiting.read(goes_on).batch
    assert stands()[0] == "open" and stands() != before

    with recording.writing(waiting.register.desk) as writer:
        number = waiting.case().number
        seqs = changed_by_import(writer.load(number), batch)
        for seq in seqs:
            writer.act(number, partial(taking_back, seq=seq, batch=batch))

    assert len(seqs) == 2, "that it went on, and which row says so"
    assert stands() == before
    assert waiting.register.findings() == []
    assert counted(waiting.read(WAITS)) == {"unchanged": 1}
    assert counted(waiting.read(goes_on)) == {"changed": 1}
    assert waiting.case().status == "open"


def test_a_case_waits_once_more_if_its_export_says_so(waiting: Shop) -> None:
    waiting.read(but(WAITS, topic="open", done="2026-10-14 11:00"))
    again = but(WAITS, done="2026-10-15 12:00")
    assert counted(waiting.read(again)) == {"changed": 1}
    case = waiting.case()
    course = [(r.event.word, local(r.event.at)) for r in case.standing if r.event.word in ("paused", "resumed")]
    assert course == [("paused", "10-12 11:00"), ("resumed", "10-14 11:00"), ("paused", "10-15 12:00")]
    assert case.status == "waiting"
    before = waiting.of_cases()
    assert counted(waiting.read(again)) == {"unchanged": 1}
    assert waiting.of_cases() == before
    assert counted(waiting.read(but(WAITS, topic="open", done="2026-10-16 12:00"))) == {"changed": 1}
    assert waiting.case().status == "open"
    assert waiting.register.findings() == []


def test_a_wait_that_no_cell_dates_any_more_has_been(waiting: Shop) -> None:
    steps = "course:\n  - {event: paused, at: solved, for: customer}\n  - {event: resumed, at: done}\n"
    waiting.profile.write_text(COLUMNS.partition("course:")[0] + steps)
    dated = but(ROW, no="2", solved="2026-10-13 10:00", done="2026-10-14 10:00")
    waiting.read(dated)
    assert counted(waiting.read(but(dated, solved="", done=""))) == {"unchanged": 1}
    case = waiting.register.cases()[-1]
    assert [recorded.event.word for recorded in case.standing][-2:] == ["paused", "resumed"]


def test_a_row_without_the_status_says_nothing_of_the_wait(waiting: Shop) -> None:
    assert counted(waiting.read(but(WAITS, topic="", done=""))) == {"unchanged": 1}
    assert waiting.case().status == "waiting"


def test_a_wait_by_hand_is_ended_by_no_export(waiting: Shop) -> None:
    waiting.desk.actor = "li"
    act = partial(recording.act, waiting.desk, waiting.case().number)
    act(partial(handling.resume))
    assert counted(waiting.read(but(WAITS, topic="open"))) == {"unchanged": 1}  # it does not wait, as the row says
    act(partial(handling.pause, ground="customer"))
    before = waiting.of_cases()
    for _ in range(2):
        summary = waiting.read(but(WAITS, topic="open"))
        assert counted(summary) == {"conflicts": 1}
        (left,) = rejects(summary)
        assert left["_field"] == "topic"
        assert "waits by hand – if the row is right: afterservice resume 202610-001" in left["_reason"]
        assert waiting.of_cases() == before
    act(partial(handling.resume))
    assert counted(waiting.read(but(WAITS, topic="open"))) == {"unchanged": 1}


def test_a_wait_by_hand_of_a_case_that_no_export_let_wait_is_no_conflict(tmp_path: Path) -> None:
    with register_in(tmp_path, pausing(tmp_path)) as register:
        shop = Shop(register, WITH_STATUS)
        shop.read(but(ROW, topic="open"))
        recording.act(shop.desk, shop.case().number, partial(handling.pause, ground="customer"))
        assert counted(shop.read(but(ROW, topic="open", model="L5"))) == {"changed": 1}
        assert shop.case().status == "waiting"


def test_an_export_lets_a_case_that_was_worked_on_go_on_if_whoever_imports_may(waiting: Shop) -> None:
    act = partial(recording.act, waiting.desk, waiting.case().number)
    act(partial(handling.note, text="x"))
    goes_on = but(WAITS, topic="open", done="2026-10-14 11:00")
    summary = waiting.read(goes_on)
    assert (counted(summary), waiting.case().status) == ({"conflicts": 1}, "waiting")
    assert "resume is kept to tech" in rejects(summary)[0]["_reason"]
    waiting.desk.actor = "li"
    assert counted(waiting.read(goes_on)) == {"changed": 1}
    assert waiting.case().status == "open"


def test_a_case_goes_on_at_no_time_that_nobody_named(waiting: Shop) -> None:
    whole = waiting.profile.read_text()
    waiting.profile.write_text(whole.replace("  undated: latest\n", ""))
    undated = but(WAITS, topic="open", done="")
    for _ in range(2):
        summary = waiting.read(undated)
        assert (counted(summary), summary.flagged, waiting.case().status) == ({"unchanged": 1}, 1, "waiting")
        assert "no cell says since when" in rejects(summary)[0]["_reason"]
    undated = but(undated, text="it is quite broken")
    for word in ("changed", "unchanged"):  # what else it says goes in, and it is pointed out as long as it says so
        summary = waiting.read(undated)
        assert (counted(summary), summary.flagged, waiting.case().status) == ({word: 1}, 1, "waiting")
    waiting.profile.write_text(whole)
    assert (counted(waiting.read(undated)), waiting.case().status) == ({"changed": 1}, "open")
