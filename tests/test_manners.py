"""Manners at the terminal and in a pipe: where the desk is, what is data and what is talk, and what does no harm."""

import contextlib
import csv
import grp
import io
import json
import os
import re
import sqlite3
import stat
import subprocess
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from afterservice_cli import session
from afterservice_cli.console.terminal import WRITERS
from conftest import NOW, Runner, clean_env, command, query
from terminals import at_terminal

COLUMNS = 10  # of `list`


def registered(call: Runner, *words: str, **facts: str) -> None:
    """One case with these facts, given privately."""
    done = call("register", "-", *words, stdin=json.dumps({"channel": "phone", "description": "坏了", **facts}))
    assert done.code == 0, done.err


# --- where the desk is, and when -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("--db", "{desk}", "list"),
        ("--db={desk}", "list"),
        ("list", "--db", "{desk}"),
        ("list", "--format", "tsv", "--db={desk}", "--limit", "1"),
    ],
    ids=" ".join,
)
def test_the_desk_is_named_anywhere_on_the_line(words: tuple[str, ...], desk: Path, call: Runner) -> None:
    registered(call)
    done = call(*(word.format(desk=desk) for word in words), cwd=Path("/"))
    assert (done.code, done.out.splitlines()[1][:10]) == (0, "202610-001")


def test_the_desk_by_environment_and_nearest_above(desk: Path, call: Runner, tmp_path: Path) -> None:
    registered(call)
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert "\n202610-001" in call("list", cwd=below).out
    assert "\n202610-001" in call("list", cwd=Path("/"), env={"AFTERSERVICE_DB": str(desk)}).out
    # A nearer desk wins over one above, the environment over both, the option over all.
    assert call("init", cwd=below).code == 0
    assert "202610" not in call("list", cwd=below).out
    assert "202610" in call("list", cwd=below, env={"AFTERSERVICE_DB": str(desk)}).out
    other = below / "afterservice.db"
    assert "202610" not in call("list", "--db", other, cwd=below, env={"AFTERSERVICE_DB": str(desk)}).out


@pytest.mark.parametrize("now", ["2026-10-12 09:00", "2026-10-12T01:00:00Z", "2026年10月12日 9:00"])
def test_the_clock_is_given_anywhere_on_the_line(now: str, desk: Path, call: Runner) -> None:
    assert call("register", "坏了", "--now", now, "--channel", "phone", now=None).code == 0
    assert call("register", "坏了", f"--now={now}", "--channel", "phone", now=None).code == 0
    assert query(desk, "SELECT DISTINCT registered_at FROM cases") == [("2026-10-12T01:00:00Z",)]
    assert query(desk, "SELECT DISTINCT clock FROM runs") == [("given",)]


def test_without_it_the_clock_is_the_system_s(tmp_path: Path, run: Runner) -> None:
    assert run("init", now=None).code == 0
    assert run("register", "坏了", "--channel", "phone", now=None).code == 0
    assert query(tmp_path / "afterservice.db", "SELECT DISTINCT clock FROM runs") == [("system",)]


def test_after_two_hyphens_all_is_text(desk: Path, call: Runner) -> None:
    registered(call)
    assert call("note", "001", "--", "--now").code == 0
    assert "--now" in call("show", "001").out


def test_when_it_happened_and_who_says_so(desk: Path, call: Runner) -> None:
    registered(call)
    assert call("screen", "001", "--valid").code == 0
    assert call("respond", "001", "--at", "2026-10-12 09:10", "--as", "lin", now="2026-10-12 12:00").code == 0
    at, recorded, actor = query(
        desk, "SELECT occurred_at, recorded_at, actor FROM events JOIN runs USING (run) ORDER BY seq DESC LIMIT 1"
    )[0]
    assert (at, recorded) == ("2026-10-12T01:10:00Z", "2026-10-12T04:00:00Z")
    assert str(actor).endswith(" as lin")


def test_a_name_in_the_environment_is_nobody(desk: Path, call: Runner) -> None:
    env = {"USER": "boss", "LOGNAME": "boss", "USERNAME": "boss"}
    assert call("register", "坏了", "--channel", "phone", env=env).code == 0
    assert not query(desk, "SELECT 1 FROM runs WHERE actor LIKE '%boss%'")


def test_case_numbers_may_be_short(desk: Path, call: Runner) -> None:
    for _ in range(11):
        registered(call)
    for short, number in (("202610-002", "-002"), ("10-002", "-002"), ("002", "-002"), ("2", "-002"), ("11", "-011")):
        assert call("show", short).out.startswith(f"202610{number}")
    assert call("show", "1").out.startswith("202610-001"), "not also -011"
    for pattern in ("%", "_", "%1", "202610-00_", ""):
        assert call("show", pattern).code == 4


# --- data and talk -------------------------------------------------------------------------------------------------


def test_data_and_talk_part(desk: Path, run: Runner, tmp_path: Path) -> None:
    with (tmp_path / "afterservice.rules.yaml").open("a", encoding="utf-8") as rules:
        rules.write("# a remark\n")
    desk.chmod(0o644)
    done = run("register", "坏了", "--channel", "phone", "--json")
    assert done.code == 0
    assert json.loads(done.out)["case"] == "202610-001"
    assert done.out.count("\n") == 1
    assert "can be read by everybody" in done.err
    assert "was edited since it was adopted" in done.err

    done = run("list")
    assert [len(line.split("\t")) for line in done.out.splitlines()] == [COLUMNS] * 2
    assert "note:" in done.err
    done = run("due")
    assert [len(line.split("\t")) for line in done.out.splitlines()] == [10] * 4
    assert "3 deadlines wait for an answer" in done.err
    assert run("check").out == ""


def test_help_and_version_are_data(run: Runner) -> None:
    for words in (("--help",), ("list", "--help"), ("rules", "--help"), ("--version",), ()):
        done = run(*words, now=None)
        assert (done.code, done.err) == (0, "")
        assert done.out.strip()


def test_of_a_long_course_the_last_events_are_shown_unless_all_are_asked_for(desk: Path, call: Runner) -> None:
    call("register", "灯坏了", "--channel", "phone")
    for number in range(52):
        call("note", "last", f"note {number}.")
    done = call("show", "last")
    assert [f"note {n}." in done.out for n in (0, 1, 2, 3, 51)] == [False, False, True, True, True]
    assert done.err == "3 earlier events: --all shows them\n"
    done = call("show", "last", "--all")
    assert ("note 0." in done.out, done.err) == (True, "")
    assert len(json.loads(call("show", "last", "--json").out)["events"]) == 53


def with_many_cases(folder: Path, call: Runner) -> None:
    """Import more than a pipe holds."""
    profile = "profile: p\ncolumns: {number: no, received_at: at, channel: by, description: words}\n"
    (folder / "p.yaml").write_text(profile, "utf-8")
    rows = "".join(f"{n},2026-10-01,phone,{'坏了' * 200}\n" for n in range(300))
    (folder / "many.csv").write_text(f"no,at,by,words\n{rows}", "utf-8")
    assert call("import", "many.csv", "--profile", "p.yaml").code == 0


def after_a_line(words: Sequence[str], folder: Path) -> tuple[bytes, int]:
    """What a command says, and its exit code, if whoever reads it stops after a line."""
    with subprocess.Popen(
        command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env=clean_env()
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert len(process.stdout.readline()) > 1
        process.stdout.close()
        return process.stderr.read(), process.wait(60)


def test_a_reader_that_has_had_enough(desk: Path, call: Runner, tmp_path: Path) -> None:
    with_many_cases(tmp_path, call)
    for words in (("list",), ("list", "--json"), ("list", "--format", "csv")):
        assert after_a_line(words, tmp_path) == (b"", 0), words


def test_what_an_exit_code_tells_it_tells_whoever_stops_reading(desk: Path, call: Runner, tmp_path: Path) -> None:
    with_many_cases(tmp_path, call)
    with contextlib.closing(sqlite3.connect(desk)) as db, db:
        db.execute("UPDATE cases SET channel = 'store'")
    for words, code in ((("due", "--exit-code"), 21), (("due", "--exit-code", "--json"), 21), (("check",), 9)):
        assert after_a_line(words, tmp_path)[1] == code, words


@pytest.mark.parametrize("words", [("show", "001"), ("list",), ("report",), ("--help",)], ids=" ".join)
def test_a_reader_that_is_gone(words: tuple[str, ...], desk: Path, call: Runner) -> None:
    registered(call)
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        command(*words), stdout=write, stderr=subprocess.PIPE, cwd=desk.parent, env=clean_env(), check=False
    )
    os.close(write)
    assert (done.stderr, done.returncode) == (b"", 0)


# --- customers' words ----------------------------------------------------------------------------------------------

HOSTILE = {
    "markup": "[/x] [bold]b[/bold] [link=https://evil.example]here[/link] :smile:",
    "title": "\x1b]0;owned\x07 \x1b[2J\x1b[31mred",
    "formula": "=cmd|' /c calc'!A1",
    "plus": "+SUM(A1)",
    "directions": "\u202eevil\u2066\u200f",
    "c1": "\x9b2J\x90q\x85\x9c",
    "lines": "one\ttwo\nthree\r\nfour\u2028five",
    "table": "a | b ` <b> \\| *c*",
}
FACTS = ("customer", "contact", "product", "scene", "description")
HARMLESS = "\n\t"  # between cells and lines


@pytest.fixture
def hostile(desk: Path, call: Runner) -> Runner:
    """A desk with a case for each, in every field a customer has words in."""
    for text in HOSTILE.values():
        registered(call, **dict.fromkeys(FACTS, text))
    return call


def harm(text: str) -> list[str]:
    """The characters in it that a terminal obeys or an eye misses."""
    return [
        char
        for char in text
        if char not in HARMLESS
        and (unicodedata.category(char) in ("Cc", "Zl", "Zp") or char in "\u202e\u2066\u200f\u200b")
    ]


FORMS: list[tuple[str, ...]] = [(), *(("--format", form) for form in WRITERS if form != "table")]


@pytest.mark.parametrize(
    "words",
    [
        *(("list", "--reveal", *form) for form in FORMS),
        *(("due", *form) for form in FORMS),
        ("report", "--month", "2026-10"),
        ("report", "--month", "2026-10", "--json"),
    ],
    ids=" ".join,
)
def test_hostile_words_in_a_pipe(words: tuple[str, ...], hostile: Runner) -> None:
    done = hostile(*words)
    assert done.code == 0
    assert harm(done.out + done.err) == []


def test_hostile_words_in_rows(hostile: Runner) -> None:
    count = len(HOSTILE)
    lines = hostile("list", "--reveal").out.splitlines()
    assert [len(line.split("\t")) for line in lines] == [COLUMNS] * (count + 1)
    rows = list(csv.reader(io.StringIO(hostile("list", "--reveal", "--format", "csv").out)))
    assert [len(row) for row in rows] == [COLUMNS] * (count + 1)
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "@", "\t")]
    lines = hostile("list", "--reveal", "--format", "md").out.splitlines()
    assert [len(re.findall(r"(?<!\\)\|", line)) for line in lines] == [COLUMNS + 1] * (count + 2)
    assert "<b>" not in "".join(lines).replace("\\<b\\>", "")


def test_json_loses_nothing(hostile: Runner) -> None:
    cases = json.loads(hostile("list", "--reveal", "--json").out)
    for case, text in zip(reversed(cases), HOSTILE.values(), strict=True):
        assert {case["customer"], case["contact"], case["product"], case["description"]} == {text.strip()}
        assert json.loads(hostile("show", case["case"], "--json").out)["fields"]["scene"] == text.strip()


def test_hostile_words_of_one_case(hostile: Runner) -> None:
    for serial in range(1, len(HOSTILE) + 1):
        for words in (("show",), ("classify",), ("note",)):
            done = hostile(*words, f"00{serial}", *(["=1"] if words == ("note",) else []))
            assert done.code == 0
            assert harm(done.out + done.err) == []
    assert "[/x] [bold]b[/bold]" in hostile("show", "001").out


def test_a_fact_draws_no_lines_of_its_own(desk: Path, call: Runner) -> None:
    registered(call, product="X\n  priority  Low (P4)", customer="张伟\n202610-009  closed · done", contact="1\n2")
    lines = call("show", "001").out.splitlines()
    assert [line for line in lines if line.startswith("202610-")] == ["202610-001  open · triage"]
    assert len([line for line in lines if line.startswith("  priority ")]) == 1


# --- at a terminal -------------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """The text without rich's bold, the only thing it may add."""
    return text.replace("\x1b[1m", "").replace("\x1b[0m", "")


def starts(line: str, words: list[str]) -> list[int]:
    """In which display column each of these words begins."""
    return [cell_len(line[: line.index(word)]) for word in words]


@pytest.mark.parametrize("columns", [80, 100, 140])
@pytest.mark.parametrize(
    ("language", "heads", "status", "long"),
    [
        ("en", ["case", "status", "priority", "due", "customer"], "open", "product.improvement"),
        ("zh", ["编号", "状态", "优先级", "截止", "客户"], "处理中", "product.improvement"),
    ],
)
def test_a_table_is_drawn_and_aligned(
    columns: int, language: str, heads: list[str], status: str, long: str, desk: Path, call: Runner
) -> None:
    registered(call, customer="欧阳小明", contact="13900000012", description="APP登不上" * 20)
    registered(call, customer="Ann", contact="ann@example.com", description="不好用", category=long)
    done = at_terminal(desk.parent, "list", columns=columns, env={"AFTERSERVICE_LANG": language})
    assert done.code == 0
    head, rule, *rows, count = lines = plain(done.out).rstrip("\n").splitlines()
    assert set(rule.strip()) == {"─"}
    assert len(rows) == 2
    assert "2" in count
    places = starts(head, heads)
    assert starts(rows[0], ["202610-002", status, "P3", "10-13 09:00", "Ann"]) == places
    assert starts(rows[1], ["202610-001", status, "P2", "10-12 11:00", "欧阳小明"]) == places
    assert [line for line in lines if cell_len(line) > columns] == []
    assert "13900000012" not in done.out


@pytest.mark.parametrize("columns", [80, 140])
def test_contacts_at_a_terminal(columns: int, desk: Path, call: Runner) -> None:
    registered(call, customer="张伟", contact="13900000012")
    assert "13900000012" not in at_terminal(desk.parent, "list", columns=columns).out
    assert query(desk, "SELECT count(*) FROM reveals") == [(0,)]
    assert "13900000012" in at_terminal(desk.parent, "list", "--reveal", columns=columns).out
    assert query(desk, "SELECT count(*) FROM reveals") == [(1,)]


def test_hostile_words_at_a_terminal(hostile: Runner, desk: Path) -> None:
    for words in (("list",), ("list", "--reveal"), ("due",), ("show", "002"), ("show", "001"), ("report",)):
        done = at_terminal(desk.parent, *words)
        assert done.code == 0
        assert harm(plain(done.out)) == [], words
    assert "[link=https://evil.example]here[/link] :smile:" in plain(at_terminal(desk.parent, "show", "001").out)
    rows = plain(at_terminal(desk.parent, "list").out).splitlines()[2:]
    assert len([row for row in rows if row.strip()]) == len(HOSTILE) + 1  # and how many there are


@pytest.mark.parametrize(
    "words", [("list", "--json"), ("show", "001", "--json"), ("report", "--json"), ("due", "--json")]
)
def test_json_at_a_terminal_is_json(words: tuple[str, ...], desk: Path, call: Runner) -> None:
    registered(call, description="一\n二\x1b[2J")
    done = at_terminal(desk.parent, *words)
    assert harm(done.out) == []
    begin, end = re.search(r"[\[{]", done.out), max(done.out.rfind("]"), done.out.rfind("}"))
    assert begin is not None
    told = json.loads(done.out[begin.start() : end + 1])
    assert told == json.loads(call(*words).out)


def test_a_bulk_change_asks(desk: Path, call: Runner) -> None:
    registered(call, description="不好用")
    assign = ("assign", "--where", "unclassified", "--to", "tech", "--reason", "先看看")
    declined = at_terminal(desk.parent, *assign, answers=[("[y/N]", "n\r")])
    assert (declined.code, "1 of 1 cases would be changed – assign them?" in declined.out) == (0, True)
    assert "nothing changed" in declined.out
    assert "1 of 1 cases changed" in at_terminal(desk.parent, *assign, answers=[("[y/N]", "y\r")]).out


def test_standard_input_is_read_once_and_never_lost(desk: Path, call: Runner) -> None:
    registered(call, customer="李", contact="li@example.com")
    done = call("close", "001", "--resolution", "-", "--words", "-", stdin="part replaced")
    assert (done.code, "only one of them" in done.err) == (2, True)
    assert call("amend", "001", "--set", "customer=-", "--reason", "asked", stdin="李娜").code == 0
    assert "李娜" in call("show", "001").out


# --- who may see ---------------------------------------------------------------------------------------------------


def test_contacts_are_masked_and_a_look_is_noted(desk: Path, call: Runner) -> None:
    registered(call, customer="张伟", contact="13900000012")
    registered(call, customer="王芳", contact="wang@example.com")
    for form in [name for name in WRITERS if name != "table"]:
        out = call("list", "--format", form).out.replace("\\", "")
        assert "139****0012" in out
        assert "13900000012" not in out
        assert "wang@" not in out
    assert query(desk, "SELECT * FROM reveals") == []
    head = query(desk, "SELECT max(seq), hash FROM events")

    out = call("list", "--reveal", "--limit", "1", "--as", "lin", now="2026-10-12 10:00").out
    assert "wang@example.com" in out
    assert "13900000012" not in out
    ((at, actor, case),) = query(desk, "SELECT at, actor, case_id FROM reveals")
    assert (at, case) == ("2026-10-12T02:00:00Z", "202610-002")
    assert str(actor).endswith(" as lin")
    assert query(desk, "SELECT max(seq), hash FROM events") == head
    assert call("check").code == 0


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_desk_is_its_owner_s_alone(tmp_path: Path, run: Runner) -> None:
    old = os.umask(0)
    try:
        assert run("init").code == 0
    finally:
        os.umask(old)
    assert mode(tmp_path / "afterservice.db") == 0o600
    assert mode(tmp_path / "afterservice.db.lock") == 0o600
    # Who may write the rulebook decides what the desk adopts next.
    assert mode(tmp_path / "afterservice.rules.yaml") & 0o022 == 0


def test_a_desk_that_others_can_read_is_complained_about(desk: Path, call: Runner) -> None:
    assert "warning" not in call("list").err
    for others in (0o604, 0o644, 0o666):
        desk.chmod(others)
        assert "can be read by everybody" in call("list").err
    desk.chmod(0o660)
    assert "warning" not in call("list").err


def test_a_desk_for_a_group(tmp_path: Path, call: Runner) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    try:
        group = grp.getgrgid(os.getgid()).gr_name
    except KeyError:
        pytest.skip("the current group has no name")
    done = call("init", "--group", group, cwd=folder)
    if done.code == 8:
        pytest.skip("the folder cannot be given to the group")
    assert done.code == 0, done.err
    assert call("register", "坏了", "--channel", "phone", cwd=folder).code == 0
    assert {path.name: oct(mode(path)) for path in folder.iterdir()} == {
        "afterservice.db": "0o660",
        "afterservice.db.lock": "0o660",
        "afterservice.rules.yaml": "0o660",
        "shared": "0o2770",
    }
    shared = [*(folder / "shared").rglob("*")]
    assert {oct(mode(path)) for path in shared if path.is_file()} == {"0o660"}
    assert {oct(mode(path)) for path in shared if path.is_dir()} == {"0o2770"}
    assert folder.stat().st_mode & stat.S_ISGID
    assert mode(folder) & 0o070 == 0o070
    assert {path.stat().st_gid for path in (folder, *folder.iterdir())} == {os.getgid()}
    assert "warning" not in call("list", cwd=folder).err


# --- the rulebook's file -------------------------------------------------------------------------------------------


def test_a_half_saved_rulebook_stops_nobody(desk: Path, call: Runner) -> None:
    rules = desk.with_name("afterservice.rules.yaml")
    whole = rules.read_bytes()
    for half in (whole[: len(whole) // 2], b"", b"\xff\xfe\x00", b"rulebook: [\n"):
        rules.write_bytes(half)
        done = call("register", "APP登不上", "--channel", "phone")
        assert done.code == 0
        assert "202610-" in done.out
        assert "was edited since it was adopted – afterservice rules adopt" in done.err
        assert call("check").code == 0
        refused = call("rules", "adopt", "--yes")
        assert refused.code == 3
        assert re.search(r"afterservice\.rules\.yaml:\d+:\d+: ", refused.err)
    rules.unlink()
    done = call("list")
    assert done.code == 0
    assert "goes on by the rulebook it adopted" in done.err
    rules.write_bytes(whole)
    assert call("list").err == "4 open cases\n"


def test_a_clock_that_was_ahead_is_set_right_with_a_word(
    desk: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock: list[datetime] = []

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> Any:
            return clock[-1]

    monkeypatch.setattr(session, "datetime", Clock)
    clock.append(datetime(2026, 11, 20, 1, tzinfo=UTC))
    assert call("register", "灯坏了", "--channel", "phone", now=None).code == 0
    clock.append(datetime(2026, 10, 20, 1, tzinfo=UTC))
    refused = call("register", "灯又坏了", "--channel", "phone", now=None)
    assert refused.code == 6
    assert "the clock says 2026-10-20 09:00, a day or more before the latest entry (2026-11-20 09:00)" in refused.err
    assert 'afterservice clock --was-ahead "…"' in refused.err
    assert call("clock", now=None).out == "clock  2026-10-20 09:00\nlatest entry  2026-11-20 09:00\n"
    assert call("clock", "--was-ahead", "电池没电", now="2026-10-20 09:00").code == 2, "it is of the machine's clock"
    unsaid = call("clock", "--was-ahead", " ", now=None)
    assert (unsaid.code, "add --was-ahead …" in unsaid.err) == (3, True)
    assert call("clock", "--was-ahead", "电池没电", now=None).code == 0
    assert call("register", "灯又坏了", "--channel", "phone", now=None).code == 0
    clock.append(datetime(2026, 11, 21, 1, tzinfo=UTC))
    assert call("clock", "--was-ahead", "电池没电", now=None).code == 6, "it is not behind"
    assert call("check") == (0, "", "", "")


def test_a_clock_ahead_is_warned_about(desk: Path, call: Runner) -> None:
    done = call("list", now="2099-01-01")
    assert done.code == 0
    assert "--now lies ahead of the clock" in done.err
    assert NOW not in done.err
