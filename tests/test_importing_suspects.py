"""What an import brings in is looked at as `register` looks at a case: told before, vague, or no case at all."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import rulebooks
from afterservice_cli.cases.case import Case
from afterservice_cli.decisions import handling, mending, screening
from afterservice_cli.decisions.likeness import alike, suspicions
from afterservice_cli.intake import importing
from afterservice_cli.intake.identity import ToldRow
from afterservice_cli.intake.importing import ImportOrder, Summary, import_file
from afterservice_cli.store.reading import suspects
from afterservice_cli.store.reading.suspects import open_suspects
from afterservice_cli.time.durations import parse_duration
from afterservice_cli.workflows import recording
from afterservice_cli.workflows.desk import Desk
from afterservice_cli.workflows.recording import writing
from conftest import Runner
from registers import NOW, register_in
from shops import Cells, Shop, but, counted

LIFE = str(rulebooks.FOLDER / "life.yaml")
LEAKS = "the hose leaks badly"
ROW = {
    "no": "1",
    "received": "2026-10-12 09:30",
    "via": "Tel",
    "name": "Wang",
    "mobile": "139 0000 0001",
    "text": LEAKS,
}
AGAIN = {**ROW, "no": "2", "received": "2026-10-13 09:30", "mobile": "139-0000-0001", "text": f"{LEAKS}!"}
VAGUE = {**ROW, "no": "3", "mobile": "2", "text": "it is bad"}
ADVERT = {**ROW, "no": "4", "mobile": "3", "text": "CHEAP  flights to Rome"}
PLAIN = {**ROW, "no": "5", "mobile": "4"}


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Shop]:
    """A shop under the rulebook of a whole life: same contact or serial number, within three days, 60 % alike."""
    with register_in(tmp_path, LIFE) as register:
        yield Shop(register)


def listed(shop: Shop) -> list[str]:
    """What `list --suspect` has, in the order in which it came in."""
    with shop.desk.reading() as db:
        return [suspect.told.number for suspect in open_suspects(db, shop.desk.rulebook)]


def looks(summary: Summary) -> dict[str, list[object]]:
    """What the first few look like: earlier cases, grounds, None for vague."""
    return {
        one.told.number: [*(other for other, *_ in one.alike), *(doubt.ground for doubt in one.doubts)]
        for one in summary.suspects
    }


# --- what is pointed out --------------------------------------------------------------------------------------------


def test_what_comes_in_is_looked_at(life: Shop) -> None:
    summary = life.read(ROW, AGAIN, VAGUE, ADVERT, PLAIN)
    assert (summary.suspect, looks(summary)) == (
        3,
        {"202610-002": ["202610-001"], "202610-003": [None], "202610-004": ["advertising"]},
    )
    assert sorted(listed(life)) == sorted(looks(summary))
    # The register has them, and only what is new is pointed out.
    assert (life.read(ROW, AGAIN, VAGUE, ADVERT, PLAIN).suspect, len(listed(life))) == (0, 3)
    assert looks(life.read(but(AGAIN, no="6"))) == {"202610-006": ["202610-002", "202610-001"]}


def test_what_a_colleague_puts_right_while_it_is_read_is_looked_at_as_it_is_then(life: Shop) -> None:
    def put_right(done: int, of: int) -> None:
        colleague = Desk(life.desk.path, now=NOW, actor="colleague", clock="given")
        recording.act(colleague, "202610-001", partial(mending.amend, facts={"description": LEAKS}, reason="misheard"))

    life.read(ADVERT, VAGUE, try_only=True)  # the file is there
    summary = import_file(life.desk, life.file, life.profile, ImportOrder(progress=put_right))
    assert (counted(summary), looks(summary)) == ({"new": 2}, {"202610-002": [None]})


def test_of_many_that_look_like_something_all_are_found(life: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suspects, "KEPT", 1)
    some = [but(VAGUE, no=str(number), mobile=str(number)) for number in range(10, 14)]
    assert life.read(*some, PLAIN).suspect == 4


def test_the_later_one_looks_like_the_earlier_whatever_comes_first_in_the_file(life: Shop) -> None:
    assert looks(life.read(AGAIN, ROW)) == {"202610-001": ["202610-002"]}


def test_a_file_may_repeat_what_the_register_has(life: Shop) -> None:
    life.read(ROW)
    assert looks(life.read(AGAIN)) == {"202610-002": ["202610-001"]}
    # What came in before looks like nothing that came later.
    assert looks(life.read(but(ROW, no="7", received="2026-10-12 09:00"))) == {}
    assert listed(life) == ["202610-001", "202610-002"]


@pytest.mark.parametrize(
    "other",
    [
        but(AGAIN, mobile="5"),  # somebody else
        but(AGAIN, text="my invoice is wrong"),  # something else
        but(AGAIN, received="2026-10-20 09:30"),  # long after
        but(AGAIN, solved="2026-10-14 10:00", solution="mended"),  # settled in its row
    ],
)
def test_what_differs_is_not_pointed_out(life: Shop, other: Cells) -> None:
    summary = life.read(ROW, other)
    assert (counted(summary), summary.suspect, listed(life)) == ({"new": 2}, 0, [])


def test_a_case_that_was_changed_is_not_new(life: Shop) -> None:
    life.read(PLAIN)
    summary = life.read(but(PLAIN, text="cheap flights"), VAGUE)
    assert (counted(summary), looks(summary)) == ({"changed": 1, "new": 1}, {"202610-002": [None]})
    assert listed(life) == ["202610-001", "202610-002"]


def test_days_count_to_their_end(life: Shop) -> None:
    early, late = but(ROW, received="2026-10-12 05:00"), but(AGAIN, received="2026-10-15 23:30")
    assert looks(life.read(early, late)) == {"202610-002": ["202610-001"]}
    assert listed(life) == ["202610-002"]


def test_what_was_no_case_is_not_repeated(life: Shop) -> None:
    life.read(ROW)
    recording.act(life.desk, "001", partial(screening.screen, outcome="invalid", ground="duplicate"))
    assert looks(life.read(AGAIN)) == {}


def test_a_dry_run_points_out_lines_and_leaves_nothing(life: Shop) -> None:
    life.read(ROW)
    rows = (but(AGAIN, no="8"), VAGUE, but(AGAIN, no="9"))
    dry = life.read(*rows, try_only=True)
    assert looks(dry) == {
        "line 3": [None],
        "line 2": ["202610-001"],
        "line 4": ["line 2", "202610-001"],
    }
    assert (dry.suspect, dry.recorded, listed(life)) == (3, False, [])
    assert life.read(*rows).suspect == dry.suspect


def test_of_a_strict_import_that_is_not_recorded_lines_are_pointed_out(life: Shop) -> None:
    life.read(VAGUE, but(ROW, via="Fax"), try_only=True)
    summary = import_file(life.desk, life.file, life.profile, ImportOrder(life.folder / "r.csv", strict=True))
    assert (summary.recorded, looks(summary), listed(life)) == (False, {"line 2": [None]}, [])
    life.read(VAGUE, try_only=True)
    summary = import_file(life.desk, life.file, life.profile, ImportOrder(life.folder / "r.csv", strict=True))
    assert (summary.recorded, looks(summary)) == (True, {"202610-001": [None]})


def test_a_rulebook_that_looks_for_nothing_points_out_nothing(shop: Shop) -> None:
    assert (shop.read(ROW, AGAIN, VAGUE, ADVERT).suspect, listed(shop)) == (0, [])


@pytest.mark.parametrize("try_only", [False, True])
def test_of_an_import_that_was_stopped_what_was_kept_is_pointed_out(
    life: Shop, monkeypatch: pytest.MonkeyPatch, *, try_only: bool
) -> None:
    class Twos:
        """Turns of two rows each."""

        def __init__(self) -> None:
            self.rows = 0

        @property
        def over(self) -> bool:
            self.rows += 1
            return self.rows == 2

        def let_others(self) -> None:
            """Nobody waits."""

    monkeypatch.setattr(importing, "Turn", Twos)
    rows = (VAGUE, ADVERT, but(VAGUE, no="6"), but(VAGUE, no="7", text="bad and worse"))
    life.read(*rows, try_only=True)
    take = importing._Run.take

    def taking(run: importing._Run, told: ToldRow) -> None:
        take(run, told)
        if told.line.number == 5:
            raise KeyboardInterrupt

    monkeypatch.setattr(importing._Run, "take", taking)
    order = ImportOrder(life.folder / "r.csv", try_only=try_only)
    summary = import_file(life.desk, life.file, life.profile, order)
    assert (summary.stopped, summary.counts["new"], summary.suspect) == (True, 2, 2)
    named = ("line 2", "line 3") if try_only else ("202610-001", "202610-002")
    assert looks(summary) == dict(zip(named, ([None], ["advertising"]), strict=True))


FILE = """接收时间,渠道,客户,联系方式,描述
2026-10-10 09:00,电话,王小明,13800001111,客厅的净水器漏水，地板湿了
2026-10-10 10:00,电话,李娜,13900002222,不好用
2026-10-11 10:00,电话,王小明,138-0000-1111,净水器漏水了，客厅地板湿了
2026-10-11 11:00,邮件,周,13700003333,登不上，加微信
"""
SETTLES = (
    "looks vague (“不好用”, “不好”): afterservice screen 202610-002 --vague\n"
    "looks like 202610-001 (same contact, texts 73 % alike): afterservice merge 202610-003 202610-001 --reason …, "
    "or afterservice link 202610-003 202610-001\n"
    "looks invalid: Advertising (“加微信”): afterservice screen 202610-004 --invalid advertising\n"
)


def test_the_summary_says_how_many_and_how_to_settle_the_first_few(desk: Path, tmp_path: Path, call: Runner) -> None:
    (tmp_path / "a.csv").write_text(FILE)
    dry = call("import", "a.csv", "--dry-run").err
    assert dry.endswith(
        "3 look like a duplicate, vague or invalid\n"
        "  line 3 looks vague (“不好用”, “不好”)\n"
        "  line 4 looks like line 2 (same contact, texts 73 % alike)\n"
        "  line 5 looks invalid: Advertising (“加微信”)\n"
    )
    real = call("import", "a.csv")
    hint = "3 look like a duplicate, vague or invalid: afterservice list --suspect\n"
    assert (real.code, real.err.partition(hint)[2].replace("\n  ", "\n")) == (0, f"  {SETTLES}")
    assert json.loads(call("import", "a.csv", "--json").out)["suspect"] == 0
    # The list says the same of what it has, and each line works as it stands.
    listing = call("list", "--suspect", "--sort", "case", "--limit", "2")
    assert listing.out.count("202610-00") == 2
    assert listing.err.endswith("".join(SETTLES.splitlines(keepends=True)[:2]))
    for line in call("list", "--suspect").err.splitlines()[1:]:
        words = line.partition(": afterservice ")[2].partition(", or afterservice link")[0].replace("…", "same").split()
        assert call(*words).code == 0, line
    assert call("list", "--suspect", "--json").out == "[]\n"


def test_no_more_than_a_few_lines_are_said(desk: Path, tmp_path: Path, call: Runner) -> None:
    rows = "".join(f"2026-10-10 09:{minute},电话,李,1390000{minute},不好用\n" for minute in range(10, 20))
    (tmp_path / "a.csv").write_text(FILE.splitlines()[0] + "\n" + rows)
    assert call("import", "a.csv").err.count("looks vague") == 5
    assert call("list", "--suspect").err.count("looks vague") == 5


# --- what settles it ------------------------------------------------------------------------------------------------


def test_whatever_settles_it_takes_it_off_the_list(life: Shop) -> None:
    life.read(ROW, AGAIN, VAGUE, ADVERT, but(AGAIN, no="6", received="2026-10-13 10:00"))
    assert listed(life) == ["202610-003", "202610-004", "202610-002", "202610-005"]
    recording.act(life.desk, "003", partial(screening.screen, outcome="vague"))
    recording.act(life.desk, "004", partial(screening.screen, outcome="valid"))
    with writing(life.desk) as writer:
        into = writer.load("202610-001")
        writer.act("202610-002", partial(screening.merge, into=into, reason="the same"))
    assert listed(life) == ["202610-005"]
    linked = recording.act(life.desk, "005", partial(screening.link, other="202610-001", relation="related"))
    assert listed(life) == []
    # Taking it back brings it back.
    seq = linked.case.events[-1].seq
    recording.act(life.desk, "005", partial(mending.retract, seq=seq, reason="slip"))
    assert listed(life) == ["202610-005"]


def test_a_link_says_nothing_of_a_text_that_is_vague(life: Shop) -> None:
    life.read(ROW, VAGUE)
    recording.act(life.desk, "002", partial(screening.link, other="202610-001", relation="related"))
    assert listed(life) == ["202610-002"]


def test_a_link_counts_from_either_side(life: Shop) -> None:
    life.read(ROW, AGAIN)
    recording.act(life.desk, "001", partial(screening.link, other="202610-002", relation="related"))
    assert listed(life) == []


def test_what_is_merged_into_a_case_says_nothing_of_what_that_repeats(life: Shop) -> None:
    life.read(ROW, AGAIN, PLAIN)
    with writing(life.desk) as writer:
        into = writer.load("202610-002")
        writer.act("202610-003", partial(screening.merge, into=into, reason="the same"))
    assert listed(life) == ["202610-002"]


def test_a_question_answered_is_no_screening(life: Shop) -> None:
    life.read(VAGUE)
    recording.act(life.desk, "001", partial(handling.respond, text="what is?"))
    assert listed(life) == ["202610-001"]


# --- one pass -------------------------------------------------------------------------------------------------------


def statements(shop: Shop, *rows: Cells) -> int:
    """How many questions an import asks of the tables that texts lie in."""
    asked: list[str] = []
    shop.desk.connection.set_trace_callback(asked.append)
    try:
        assert shop.read(*rows).counts["new"] == len(rows)
    finally:
        shop.desk.connection.set_trace_callback(None)
    return sum(sql.startswith("SELECT") and "AS texts" in sql for sql in asked)


def test_an_import_asks_nothing_more_for_a_row_more(life: Shop) -> None:
    def some(count: int, start: int) -> list[Cells]:
        return [but(AGAIN, no=str(start + number), mobile=f"77{number % 5}") for number in range(count)]

    few = statements(life, *some(2, 1000))
    assert (few, statements(life, *some(60, 2000))) == (1, 1)


# --- the law --------------------------------------------------------------------------------------------------------

WITHIN = parse_duration("3d")
ROWS = st.lists(
    st.tuples(
        st.integers(0, 12 * 24),
        st.sampled_from(("139", "1-39", "88", "")),
        st.sampled_from((LEAKS, "the HOSE  leaks", "it is bad", "bad cheap flights", "an invoice")),
        st.booleans(),
    ),
    max_size=12,
)


def by_hand(shop: Shop, cases: Sequence[Case]) -> list[str]:
    """Those that look like something, found by comparing each with every other one."""
    rulebook = shop.desk.rulebook
    found = []
    for case in cases:
        earlier = [
            other
            for other in cases
            if (other.registered_at, other.series, other.serial) < (case.registered_at, case.series, case.serial)
            and case.contact
            and (other.contact or "").replace("-", "") == case.contact.replace("-", "")
            and rulebook.calendar.add(other.registered_at, WITHIN) >= case.registered_at
            and alike(case.text(), other.text()) >= 60
        ]
        doubts = suspicions(rulebook, case.text(), classified=case.classified)
        if case.status == "open" and (earlier or doubts):
            found.append(case.number)
    return sorted(found)


@example([(11, "139", "the hose leaks badly", True), (115, "139", "the hose leaks badly", False)], 0)
@settings(max_examples=40, deadline=None)
@given(ROWS, st.integers(0, 12))
def test_import_and_list_find_what_comparing_each_with_every_other_finds(
    rows: list[tuple[int, str, str, bool]], first: int
) -> None:
    with TemporaryDirectory() as folder, register_in(Path(folder), LIFE) as register:
        shop = Shop(register)
        file = [
            but(
                ROW,
                no=str(number),
                received=(NOW - timedelta(hours=300 - hours)).strftime("%Y-%m-%d %H:%M"),
                mobile=mobile,
                text=text,
                solved=NOW.strftime("%Y-%m-%d %H:%M") if solved else "",
            )
            for number, (hours, mobile, text, solved) in enumerate(rows)
        ]
        shop.read(*file[:first])
        before = {case.number for case in register.cases()}
        dry = shop.read(*file, try_only=True).suspect
        real = shop.read(*file).suspect
        every = by_hand(shop, register.cases())
        assert sorted(listed(shop)) == every
        assert dry == real == len(set(every) - before)
