"""Lists: which cases are in them, which columns, for people and for programs, at a terminal and in files."""

import csv
import io
import json
import os
import shutil
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

import rulebooks
from afterservice_cli import cli
from afterservice_cli.files import whole_file
from afterservice_cli.render.rows import Column
from afterservice_cli.render.table import print_table
from conftest import Result, Runner, query

At = Callable[..., Result]  # runs one command line at a desk

ZH = {"AFTERSERVICE_LANG": "zh"}
MORNING, NOON, EVENING = "2026-10-12 09:00", "2026-10-12 12:00", "2026-10-12 17:00"


@pytest.fixture(scope="module")
def worked_at(tmp_path_factory: pytest.TempPathFactory, founded: Path) -> Path:
    """A folder with a desk of six cases: open, waiting, resolved, closed, closed and reopened, void."""
    folder = tmp_path_factory.mktemp("lists")
    for file in founded.iterdir():
        (shutil.copytree if file.is_dir() else shutil.copy2)(file, folder / file.name)
    return folder


@pytest.fixture
def desk(worked_at: Path, tmp_path: Path, call: Runner) -> At:
    """That desk, made by the first who asks."""
    if not query(worked_at / "afterservice.db", "SELECT 1 FROM cases"):
        for number in range(1, 7):
            facts = {
                "description": f"门锁坏了 {number}",
                "channel": "phone",
                "customer": "王小明",
                "contact": "13900000012",
            }
            fields = {"order_number": f"A-{number}", "customer_tier": "vip"}
            line = json.dumps({**facts, "fields": fields})
            assert call("register", "-", stdin=line, now=MORNING, cwd=worked_at).code == 0
        for words in (
            "screen 002 --vague",
            "resolve 003 换了",
            "close 004 --resolution 换了 --confirmed",
            "close 005 --resolution 换了 --confirmed",
            "merge 006 001 --reason 重复",
        ):
            done = call(*words.split(), now=NOON, cwd=worked_at)
            assert done.code == 0, done.err
        assert call("reopen", "005", "--reason", "又坏了", now=EVENING, cwd=worked_at).code == 0
    shutil.copytree(worked_at, tmp_path, dirs_exist_ok=True)

    def at(*words: str, **more: Any) -> Result:
        return call(*words, **{"now": EVENING, **more})

    return at


def serials(done: Result) -> str:
    """The serials that a list in a pipe names, in its order."""
    assert done.code == 0, done.err
    return " ".join(line.partition("\t")[0][-3:] for line in done.out.splitlines()[1:])


# --- which cases ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ((), "005 003 002 001"),
        (("--all",), "006 005 004 003 002 001"),
        (("--status", "closed"), "004"),
        (("--where", "status=void"), "006"),
        (("--stage", "done"), "006 004"),
        (("--status", "open"), "005 001"),
        (("--find", "门锁"), "005 003 002 001"),
        (("--find", "门锁", "--all"), "006 005 004 003 002 001"),
        (("--sort", "case", "--limit", "3"), "001 002 003"),
    ],
)
def test_what_is_over_is_listed_if_it_is_asked_for(desk: At, words: tuple[str, ...], found: str) -> None:
    assert serials(desk("list", *words)) == found


def test_what_is_overdue_is_listed_whatever_has_become_of_the_case(call: Runner, tmp_path: Path) -> None:
    (tmp_path / "stories.yaml").write_text(
        rulebooks.text("stories").replace("\ntargets:", "\ntargets:\n  visit: {from: closed, within: 1h, until: noted}")
    )
    assert call("init", "--rules", "stories.yaml").code == 0
    assert call("register", "it rattles", "--channel", "phone").code == 0
    done = call("close", "001", "--resolution", "oiled", "--confirmed")
    assert done.code == 0, done.err
    assert serials(call("list", now=EVENING)) == ""
    assert serials(call("list", "--overdue", now=EVENING)) == "001"


def test_a_change_of_several_chooses_among_all(desk: At) -> None:
    done = desk("assign", "--where", "find=门锁", "--to", "tech", "--reason", "x", "--yes", "--json")
    assert "202610-004" in done.err, "the closed case is among them, and refuses"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "4 open cases; 2 more with --all"),
        (("--customer", "王小明"), "4 open cases; 2 more with --all"),
        (("--find", "门锁坏了 4"), "0 open cases; 1 more with --all"),
        (("--find", "门锁坏了 1"), "1 open case"),
        (("--all",), "6 cases"),
        (("--status", "closed"), "1 case"),
        (("--limit", "1"), "1 of 4 open cases"),
        (("--limit", "4"), "4 open cases; 2 more with --all"),
        (("--all", "-n", "2", "--from", "today"), "2 of 6 cases"),
        (("--status", "open", "-n", "1"), "1 of 2 cases"),
        (("-n", "2", "--find", "门锁"), "the first 2 of the open cases that fit; there are more"),
        (("-n", "2", "--find", "门锁", "--all"), "the first 2 of the cases that fit; there are more"),
    ],
)
def test_it_says_how_many_of_what(desk: At, words: tuple[str, ...], said: str) -> None:
    done = desk("list", *words)
    assert done.err == f"{said}\n"
    assert desk("list", *words, env=ZH).err != done.err


def test_due_and_tasks_say_how_many_of_what(desk: At, call: Runner) -> None:
    assert desk("due").err == "9 deadlines wait for an answer: 3 overdue, 0 due soon, 2 paused\n"
    assert desk("tasks").err == "nothing is to be done\n"


# --- when ---------------------------------------------------------------------------------------------------------


def told(desk: At, number: str, now: str = EVENING) -> dict[str, Any]:
    (case,) = [case for case in json.loads(desk("list", "--all", "--json", now=now).out) if case["case"][-3:] == number]
    assert isinstance(case, dict)
    return case


def test_a_case_tells_flat_when_it_is_due_and_what_was_done_last(desk: At) -> None:
    first, closed, reopened, void = (told(desk, number) for number in ("001", "004", "005", "006"))
    assert first["due_at"] == min(deadline["due_at"] for deadline in first["deadlines"])
    assert (first["responded_at"], first["resolved_at"], first["closed_at"]) == (None, None, None)
    assert (closed["due_at"], closed["closed_at"]) == (None, "2026-10-12T04:00:00Z")
    assert closed["resolved_at"] == "2026-10-12T04:00:00Z"
    assert reopened["closed_at"] == "2026-10-12T04:00:00Z", "until it is closed again"
    assert reopened["due_at"] is not None
    assert (void["due_at"], void["closed_at"]) == (None, None)


def test_the_last_response_counts_and_none_that_was_taken_back(desk: At) -> None:
    for at, now in (("11:00", "13:00"), ("10:00", "14:00")):
        assert desk("respond", "001", "在查", "--at", f"2026-10-12 {at}", now=f"2026-10-12 {now}").code == 0
    assert told(desk, "001")["responded_at"] == "2026-10-12T03:00:00Z"
    events = json.loads(desk("show", "001", "--json").out)["events"]
    (event,) = [event for event in events if event["occurred_at"] == "2026-10-12T03:00:00Z"]
    assert desk("retract", "001", str(event["seq"]), "--reason", "x").code == 0
    assert told(desk, "001")["responded_at"] == "2026-10-12T02:00:00Z"


# --- which columns --------------------------------------------------------------------------------------------------

LISTS = (
    *("list", "due", "tasks", "duty", "escalate --dry-run", "attach 001", "archive", "problems", "measures"),
    "calendar show 2026-10",
)


@pytest.fixture
def whole(call: Runner, tmp_path: Path) -> At:
    """A desk whose rulebook has tasks and duties, with a case, overdue, that has a task and a file."""
    (tmp_path / "whole.yaml").write_text(rulebooks.text("whole").replace("900d", "9d"), "utf-8")
    (tmp_path / "photo.txt").write_text("x")
    for words in (
        "init --rules whole.yaml",
        "register rattles --channel phone",
        "attach 001 photo.txt",
        "propose 001 --disposition exchange --as li",
        "agree 001 --yes",
        "register squeaks --channel phone",
        "withdraw 002 --reason mine",
        "problem open screws --case 001 --by tech",
        "measure add tighten --until 2026-11-20 --problem 1",
    ):
        done = call(*words.split(), now=MORNING)
        assert done.code == 0, done.err

    def at(*words: str, **more: Any) -> Result:
        return call(*words, **{"now": "2026-11-12 17:00", **more})

    return at


def columns_of(done: Result) -> list[str]:
    """The ids that a refusal names."""
    assert done.code == 3
    told = done.err.splitlines()[0].partition("write one of ")[2]
    return [word.partition(" ")[0] for word in told.replace("(", " (").split(", ")]


@pytest.mark.parametrize("words", LISTS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_column_of_every_list_can_be_asked_for(words: str, language: str, whole: At) -> None:
    ids = columns_of(whole(*words.split(), "--columns", "?"))
    assert len(set(ids)) == len(ids)
    some = ",".join(ids)
    env = {"AFTERSERVICE_LANG": language}
    objects = json.loads(whole(*words.split(), "--columns", some, "--json", env=env).out)
    assert objects and [list(row) for row in objects] == [ids] * len(objects)
    tsv = whole(*words.split(), "--columns", some, env=env).out.splitlines()
    assert tsv[0].split("\t") == ids
    rows = list(csv.DictReader(io.StringIO(whole(*words.split(), "--columns", some, "--format", "csv", env=env).out)))
    assert [list(row) for row in rows] == [ids] * len(objects)
    for row, value in zip(rows, objects, strict=True):
        same = {name: row[name] for name in ids if isinstance(value[name], str)}
        assert same == {name: value[name] for name in same}
    titles = whole(*words.split(), "--columns", some, "--labels", env=env).out.splitlines()[0].split("\t")
    assert len(titles) == len(ids)
    assert whole(*words.split(), "--columns", some, "--format", "table", env=env).code == 0
    for name, title in zip(ids, titles, strict=True):
        done = whole(*words.split(), "--columns", title, "--format", "jsonl", env=env)
        if title in ids:
            name = title  # an id goes before what another is called
        if done.code == 0:
            assert list(json.loads(done.out.splitlines()[0])) == [name]
        else:
            assert "is the label of several" in done.err or "有几列都叫" in done.err


@pytest.mark.parametrize("words", LISTS)
def test_a_list_is_the_same_for_programs_in_every_language(words: str, whole: At) -> None:
    for format in ("tsv", "csv", "json", "jsonl"):
        english, chinese = (whole(*words.split(), "--format", format, env=env) for env in ({}, ZH))
        assert english.out == chinese.out
    assert whole(*words.split(), "--labels").out != whole(*words.split(), "--labels", env=ZH).out


def test_fields_of_the_rulebook_are_columns(desk: At) -> None:
    wanted = ("list", "-n", "1", "--columns", "订单号，customer_tier、case", "--format")
    assert desk(*wanted, "csv").out == "order_number,customer_tier,case\nA-5,vip,202610-005\n"
    assert desk(*wanted, "jsonl").out == '{"order_number": "A-5", "customer_tier": "vip", "case": "202610-005"}\n'
    assert desk(*wanted, "csv", "--labels", env=ZH).out == "订单号,客户等级,编号\nA-5,VIP,202610-005\n"


def test_cells_are_ids_and_utc_unless_labels_are_asked_for(desk: At) -> None:
    wanted = ("list", "--columns", "status,category,owner,registered_at,classified", "--find", "门锁坏了 1")
    assert desk(*wanted, env=ZH).out.splitlines()[1].split("\t")[0::3] == ["open", "2026-10-12T01:00:00Z"]
    shown = desk(*wanted, "--labels", env=ZH).out.splitlines()[1].split("\t")
    assert shown[0] == "处理中" and shown[3] == "2026-10-12 09:00"
    assert desk(*wanted).out.splitlines()[1].split("\t")[2] in ("tech", "service")


def test_contacts_stay_masked(desk: At) -> None:
    for format in ("tsv", "csv", "json", "jsonl", "md", "table"):
        assert "13900000012" not in desk("list", "--columns", "case,contact", "--format", format).out
        assert "13900000012" in desk("list", "--columns", "case,contact", "--format", format, "--reveal").out


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ("case,statu", "there is no column 'statu' – write 'status'"),
        ("case,客户等级,customer_tier", "--columns names 'customer_tier' twice – leave one of them out"),
        (" ,", "--columns names no column – write one of case, status"),
    ],
)
def test_a_column_that_is_none_is_refused(desk: At, columns: str, said: str) -> None:
    done = desk("list", "--columns", columns)
    assert (done.code, done.out) == (3, "")
    assert said in done.err


def test_a_field_may_be_called_as_something_of_every_case(call: Runner, tmp_path: Path) -> None:
    text = rulebooks.text("whole")
    (tmp_path / "r.yaml").write_text(
        text.replace("\nfields:\n", "\nfields:\n  due: {title: Wished for, type: text}\n", 1)
    )
    assert call("init", "--rules", "r.yaml").code == 0
    done = call("register", "x", "--channel", "phone", "--field", "due=soon")
    assert done.code == 0, done.err
    (row,) = json.loads(call("list", "--columns", "due,Wished for", "--json").out)
    assert row["fields.due"] == "soon" and row["due"] != "soon"


# --- at a terminal --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("words", LISTS)
@pytest.mark.parametrize("columns", [80, 100, 140])
def test_a_list_fits_its_terminal(words: str, language: str, columns: int, whole: At) -> None:
    done = whole(*words.split(), columns=columns, env={"AFTERSERVICE_LANG": language})
    assert done.code == 0
    assert [line for line in done.out.splitlines() if cell_len(line) > columns] == []


def headings(done: Result) -> set[str]:
    return set(done.out.splitlines()[0].split())


@pytest.mark.parametrize("columns", [80, 140])
def test_number_what_whose_and_when_are_there(desk: At, columns: int) -> None:
    shown = headings(desk("list", columns=columns, env=ZH))
    assert {"编号", "负责", "截止", "描述", "状态", "客户"} <= shown
    shown = headings(desk("due", columns=columns, env=ZH))
    assert {"编号", "剩余", "时限", "负责", "描述", "客户"} <= shown


def test_at_140_everything_is_there_but_what_is_empty(desk: At) -> None:
    shown = headings(desk("list", columns=140, env=ZH))
    assert shown == {"编号", "状态", "优先级", "类别", "负责", "接收时间", "截止", "客户", "联系方式", "描述"}
    shown = headings(desk("due", columns=140, env=ZH))
    assert shown == {"截止", "剩余", "编号", "时限", "优先级", "类别", "负责", "客户", "描述"}, "nobody's in particular"


def test_what_is_asked_for_by_name_is_there_whatever_the_width(desk: At) -> None:
    wanted = "case,version,stage,channel,contact,registered_at,closed_at,scores"
    shown = headings(desk("list", "--columns", wanted, columns=40, env=ZH))
    assert shown == {"编号", "版本", "环节", "渠道", "联系方式", "接收时间", "归档时间", "评分"}, "empty ones, too"


def test_contacts_that_are_revealed_are_shown_whatever_the_width(desk: At) -> None:
    assert "13900000012" in desk("list", "--reveal", columns=60).out


cells = st.text("无法ab ", max_size=30)


@given(
    st.lists(st.tuples(st.integers(0, 5), st.none() | st.integers(4, 20)), min_size=1, max_size=8),
    st.lists(st.lists(cells, min_size=8, max_size=8), min_size=1, max_size=4),
    st.integers(20, 200),
)
def test_a_table_takes_what_fits(kinds: list[tuple[int, int | None]], rows: list[list[str]], width: int) -> None:
    def cell(place: int) -> Callable[[Sequence[str]], str]:
        return lambda row: row[place].strip()

    columns = [
        Column(f"c{i}", f"c{i}", cell(i), cell(i), rank=rank if i else 0, least=least)
        for i, (rank, least) in enumerate(kinds)
    ]
    out = io.StringIO()
    print_table(out, rows, columns, width=width)
    lines = out.getvalue().splitlines()
    shown = lines[0].split()
    least = {
        column.id: min(natural, column.least or natural)
        for i, column in enumerate(columns)
        if (natural := max(2, *(cell_len(row[i].strip()) for row in rows), 0))
    }
    there = [column for i, column in enumerate(columns) if any(row[i].strip() for row in rows)]
    needed = [column for column in columns if not column.rank]
    assert {column.id for column in needed} <= set(shown) <= {column.id for column in (*needed, *there)}
    taken = sum(least[name] for name in shown) + 2 * (len(shown) - 1)
    assert max(map(cell_len, lines)) <= max(width, taken)
    left_out = [column for column in there if column.id not in shown]
    assert [column.id for column in left_out if taken + 2 + least[column.id] <= width] == [], "it would have fitted"


# --- in a file ------------------------------------------------------------------------------------------------------


def test_the_ending_of_a_file_says_its_format(desk: At, tmp_path: Path) -> None:
    for ending in ("csv", "tsv", "json", "jsonl", "md"):
        done = desk("list", "-o", f"open.{ending}")
        assert (done.code, done.out) == (0, "")
        assert done.err == f"open.{ending} written: 4 open cases; 2 more with --all\n"
        written = (tmp_path / f"open.{ending}").read_bytes()
        mark = b"\xef\xbb\xbf" if ending == "csv" else b""
        assert written == mark + desk("list", "--format", ending).out.encode()
    assert list(tmp_path.glob(".*.part")) == []


@pytest.mark.parametrize("words", LISTS)
def test_every_list_can_be_written(words: str, whole: At, tmp_path: Path) -> None:
    done = whole(*words.split(), "--output", "rows.CSV", "--labels", "--as", "zhao")
    assert done.code == 0, done.err
    assert done.err.startswith("rows.CSV written: ")
    assert len((tmp_path / "rows.CSV").read_text("utf-8-sig").splitlines()) > 1


def test_a_file_has_the_rights_that_are_usual_and_takes_the_place_of_another(desk: At, tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("what was there, and longer than what comes" * 99)
    (tmp_path / "open.csv").symlink_to("real.csv")
    before = os.umask(0o027)
    try:
        assert desk("list", "-o", "open.csv").code == 0
    finally:
        os.umask(before)
    assert (tmp_path / "open.csv").is_symlink()
    assert "what was there" not in (tmp_path / "real.csv").read_text("utf-8-sig")
    assert stat.S_IMODE((tmp_path / "real.csv").stat().st_mode) == 0o640


def test_a_file_is_there_as_a_whole_or_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "open.csv"
    file.write_text("before")
    with pytest.raises(KeyboardInterrupt), whole_file.written_whole(file) as out:
        out.write("half")
        out.flush()
        assert file.read_text() == "before"
        raise KeyboardInterrupt
    assert [path.name for path in tmp_path.iterdir()] == ["open.csv"]
    assert file.read_text() == "before"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("-o", "open.xlsx"), 3, "--output takes a file that ends with one of .csv, .tsv, .json, .jsonl, .md"),
        (("-o", "open"), 3, "--output takes a file that ends with"),
        (("-o", "open.csv", "--json"), 2, "leave --format and --json out"),
        (("-o", "nowhere/open.csv"), 4, "there is no folder nowhere"),
        (("-o", "folder.csv"), 3, "folder.csv is no file – name another"),
    ],
)
def test_what_cannot_be_written_is_refused(
    desk: At, tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / "folder.csv").mkdir()
    done = desk("list", "--reveal", *words)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert query(tmp_path / "afterservice.db", "SELECT * FROM reveals") == [], "nobody has seen anything"


def test_what_cannot_be_written_is_refused_before_anything_is_done(whole: At, tmp_path: Path) -> None:
    before = query(tmp_path / "afterservice.db", "SELECT count(*) FROM events")
    for words in (("-o", "done.xlsx"), ("--columns", "cas")):
        assert whole("escalate", *words).code == 3
    assert query(tmp_path / "afterservice.db", "SELECT count(*) FROM events") == before
    assert whole("escalate").err.endswith("2 missed deadlines escalated\n")


def test_what_the_disk_refuses_is_told_with_the_name_of_the_file(desk: At, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = os.open

    def refused(path: str | Path, flags: int, *more: Any) -> int:
        if flags & os.O_CREAT and Path(path).suffix == ".part":
            raise OSError(28, "No space left on device", ".open.csv.1.part")
        return opened(path, flags, *more)

    monkeypatch.setattr(os, "open", refused)
    done = desk("list", "-o", "open.csv")
    assert (done.code, done.err) == (8, "afterservice: open.csv: No space left on device\n  the file is as it was\n")


def test_a_command_that_acts_takes_no_word_on_how_a_list_looks(whole: At) -> None:
    for words in ("duty mailbox --labels", "duty mailbox -o x.csv", "attach 001 photo.txt --columns seq"):
        done = whole(*words.split(), "--as", "zhao")
        assert done.code == 2
        assert "how the list looks" in done.err


def test_every_list_has_the_same_options() -> None:
    import typer

    tree: Any = typer.main.get_command(cli.app())
    commands = {name: tree.commands[name] for name, *_ in cli.COMMANDS if " " not in name}
    commands["calendar show"] = tree.commands["calendar"].commands["show"]
    options = {name: {o for p in command.params for o in p.opts} for name, command in commands.items()}
    of_their_own = {"report", "export"}  # formats
    lists = {name for name, some in options.items() if "--format" in some} - of_their_own
    assert lists == {words.split(" 0")[0].split(" --")[0].removesuffix(" 2026-10") for words in LISTS}
    assert [name for name in lists if not {"--columns", "--labels", "--output", "-o", "--json"} <= options[name]] == []
