"""A desk given to other programs: a copy without personal data, and the course of cases in the formats of others."""

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import rulebooks
from afterservice_cli.cases.events import EVENT_WORDS, KINDS
from afterservice_cli.language import translated
from afterservice_cli.render.lists.logs import Log, write_xes
from afterservice_cli.reports.lists.log import Trace
from afterservice_cli.store.copies import copying
from afterservice_cli.store.copies.described import COMMON, TABLES, columns_of, what
from afterservice_cli.store.copies.described import public as public_ones
from afterservice_cli.store.reading import traces
from afterservice_cli.store.reading.filters import ALL
from afterservice_cli.store.schema import HISTORY, PROJECTIONS
from afterservice_cli.store.views import VIEWS
from afterservice_cli.workflows import exporting
from afterservice_cli.workflows.desk import Desk
from conftest import Runner, query
from erased import bytes_of
from exported import every, standing
from rulebooks import bare
from tools import tool

__all__ = ["every"]  # the desk that has every event

PAGES = Path(__file__).parents[1] / "docs"
NAME, CONTACT, WORDS = "陈强丰", "137-0000-0045", "收到的花瓶灯碎了，要求退款"


def texts_in(value: object) -> Iterator[str]:
    """Every text in a value of JSON, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts_in(inner)


def personal_in(desk: Path) -> set[str]:
    """Every text that is personal at a desk and long enough not to be met by chance."""
    found = {text for (data,) in query(desk, "SELECT data FROM personal") for text in texts_in(json.loads(str(data)))}
    found |= {str(contact) for (contact,) in query(desk, "SELECT contact FROM customers")}
    found |= {str(text) for row in query(desk, "SELECT sought FROM texts") for text in str(row[0]).split("\n")}
    public = {str(text) for row in query(desk, "SELECT product, category, case_id FROM cases") for text in row}
    public |= {str(text) for row in query(desk, "SELECT en, zh FROM labels") for text in row}
    public |= {str(row[0]) for row in query(desk, "SELECT value FROM case_fields")}
    known = {text.lower() for text in public}
    said = " ".join((*KINDS, *EVENT_WORDS, *(what(name, one) for name, columns in public_ones() for one in columns)))
    return {text for text in found if len(text) >= 6 and text.lower() not in known and text.lower() not in said.lower()}


# --- the copy ---------------------------------------------------------------------------------------------------


def test_nothing_personal_can_be_read_anywhere_in_a_copy(every: Path, call: Runner) -> None:
    assert call("register", WORDS, "--db", every, "--channel", "phone", "--customer", NAME, "--contact", CONTACT)
    personal = personal_in(every)
    assert len(personal) > 60 and {NAME, CONTACT, WORDS} - personal == {NAME}

    assert call("export", "--db", every, "--sqlite", "copy.db").code == 0

    content = (every.parent / "copy.db").read_bytes()
    assert [text for text in (*personal, NAME) for form in bytes_of(text) if form in content] == []
    ((secret,),) = query(every, "SELECT value FROM desk WHERE key = 'secret'")
    keyed = query(every, "SELECT source_identity, source_digest FROM cases WHERE source_identity IS NOT NULL")
    assert keyed
    assert [key for key in (str(secret), *map(str, keyed[0])) if key.encode() in content] == []


def test_a_copy_says_what_the_desk_says_publicly(every: Path, call: Runner) -> None:
    call("export", "--db", every, "--sqlite", "copy.db")
    copy = every.parent / "copy.db"
    tables = {str(name) for (name,) in query(copy, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert tables == {name for name, _ in public_ones()} | {"about", "origin"}
    for name, columns in public_ones():
        asked = f"SELECT {', '.join(columns)} FROM {name}"
        assert sorted(query(copy, asked), key=repr) == sorted(query(every, asked), key=repr)
    assert query(copy, "PRAGMA integrity_check") == [("ok",)]
    assert query(copy, "PRAGMA foreign_key_check") == []
    with closing(sqlite3.connect(f"file:{copy}?mode=ro&immutable=1", uri=True)) as db:
        assert db.execute("SELECT count(*) FROM log").fetchone()[0] > 50
    origin = {str(key): str(value) for key, value in query(copy, "SELECT key, value FROM origin")}
    assert call("check", "--db", every, "--head", origin["head"]).code == 0
    assert origin["timezone"] == "Europe/Berlin"


def test_it_is_the_disk_of_the_copy_that_is_full(
    desk: Path, call: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorname = "SQLITE_FULL"
        raise error

    monkeypatch.setattr(copying, "_fill", full)
    done = call("export", "--sqlite", tmp_path / "copy.db")
    assert (done.code, f"the disk of {tmp_path / 'copy.db'} is full: no copy was made" in done.err) == (8, True)
    assert not list(tmp_path.glob("*copy.db*"))


def test_a_field_that_became_personal_is_not_in_a_copy(desk: Path, call: Runner) -> None:
    rules = desk.parent / "afterservice.rules.yaml"
    plain = bare(rules.read_text("utf-8")).replace("\nfields:", "\nfields:\n  shelf: {title: 货架, personal: false}", 1)
    rules.write_text(plain, "utf-8")
    assert call("rules", "adopt", "--yes").code == 0
    call("register", "坏了", "--channel", "phone", "--field", "shelf=张三丰的柜子")
    call("export", "--sqlite", "before.db")
    assert "张三丰的柜子".encode() in (desk.parent / "before.db").read_bytes()
    rules.write_text(plain.replace("personal: false", "personal: true"), "utf-8")
    assert call("rules", "adopt", "--yes").code == 0

    call("export", "--sqlite", "copy.db")

    assert "张三丰的柜子".encode() not in (desk.parent / "copy.db").read_bytes()
    for format in ("csv", "jsonl", "xes", "ocel"):
        assert "张三丰的柜子" not in call("export", "--format", format).out


def test_a_copy_takes_the_place_of_a_copy_and_of_nothing_else(desk: Path, call: Runner) -> None:
    call("register", "坏了", "--channel", "phone")
    assert call("export", "--sqlite", "copy.db").code == 0
    call("register", "又坏了", "--channel", "phone")
    told = json.loads(call("export", "--sqlite", "copy.db", "--json").out)
    assert (told["cases"], query(desk.parent / "copy.db", "SELECT count(*) FROM cases")) == (2, [(2,)])
    before = desk.read_bytes()
    for other in (desk.name, "afterservice.rules.yaml"):
        assert call("export", "--sqlite", other).code == 5
    assert desk.read_bytes() == before
    assert call("export", "--sqlite", "none/copy.db").code == 4
    assert call("list", "--db", "copy.db").code == 8, "a copy is no desk"
    assert [path.name for path in desk.parent.glob(".*.part")] == []


# --- what tables say --------------------------------------------------------------------------------------------


def test_every_table_and_column_is_described_in_both_languages(every: Path) -> None:
    assert {*TABLES} == {*HISTORY, *PROJECTIONS, *VIEWS}
    for name, table in TABLES.items():
        there = [column for _, column, *_ in query(every, f"PRAGMA table_info({name})")]
        assert there == [*columns_of(name)], name
        assert {*table.columns, *table.apart} <= {*there}, name
        for text in (table.says, *(what(name, str(column)) for column in there)):
            assert translated(text, "zh") != text
    asked = {column for name, table in TABLES.items() for column in columns_of(name) if column not in table.columns}
    assert {*COMMON} - asked <= {"actor"}


@pytest.mark.parametrize("name", ["database.md", "zh/database.md"])
def test_the_page_of_the_database_has_not_drifted(name: str) -> None:
    assert (PAGES / name).read_text("utf-8") == tool("generate_database").pages()[name], (
        "run: python docs/generate_database.py"
    )


@pytest.mark.parametrize("page", ["database.md", "zh/database.md"])
def test_the_examples_of_the_page_run_at_a_copy_and_at_a_desk(page: str, every: Path, call: Runner) -> None:
    call("export", "--db", every, "--sqlite", "copy.db")
    blocks = (PAGES / page).read_text("utf-8").split("```sql\n")[1:]
    assert len(blocks) == 5
    for block in blocks:
        asked = block.partition("```")[0]
        assert query(every.parent / "copy.db", asked) == query(every, asked) != []


@pytest.mark.parametrize("page", ["database.md", "zh/database.md"])
def test_the_examples_of_the_page_count_as_a_report_does(page: str, tmp_path: Path, call: Runner) -> None:
    (tmp_path / "f.yaml").write_text(rulebooks.text("figures"), "utf-8")
    lines = (
        ("init --rules ./f.yaml", "2026-10-12 09:00"),
        *(("register broken --channel phone", "2026-10-12 09:00") for _ in range(4)),
        ("pause 001 --for customer --reason asked", "2026-10-12 10:00"),
        ("respond 002 hello", "2026-10-12 10:00"),
        ("respond 003 hello", "2026-10-12 12:00"),  # late
        ("screen 003 --invalid advert", "2026-10-12 12:30"),
        ("propose 002 half --disposition refund --give money=30", "2026-10-12 13:00"),
        ("propose 004 all --disposition refund --give money=500", "2026-10-12 13:00"),  # and nothing came of it
        ("resolve 002 paid", "2026-10-12 14:00"),
        ("respond 001 hello", "2026-10-13 10:00"),  # it stood still before it was due
    )
    for words, now in lines:
        assert call(*words.split(), now=now).code == 0, words
    blocks = [block.partition("```")[0] for block in (PAGES / page).read_text("utf-8").split("```sql\n")[1:]]
    told = json.loads(call("report", "--month", "this", "--json", now="2026-10-13 10:30").out)
    figures = told["figures"]
    (deadlines,) = (query(tmp_path / "afterservice.db", block) for block in blocks if "FROM deadlines" in block)
    assert deadlines == [("resolve", 1, 0), ("respond", 2, 0)]
    assert [(name, figures[f"{name}.met"]) for name in ("resolve", "respond")] == [("resolve", 1), ("respond", 2)]
    (given,) = (query(tmp_path / "afterservice.db", block) for block in blocks if "FROM amounts" in block)
    assert given == [("refund", "money", 30.0)]
    assert figures["given.refund.money"] == 30


# --- the course of cases ----------------------------------------------------------------------------------------


def out_of(call: Runner, desk: Path, format: str, *more: str) -> str:
    done = call("export", "--db", desk, "--format", format, *more)
    assert done.code == 0, done.err
    return done.out


def test_every_format_has_each_event_that_counts_once_in_its_order(every: Path, call: Runner) -> None:
    wanted = standing(every)
    rows = list(csv.DictReader(io.StringIO(out_of(call, every, "csv"))))
    assert sorted((r["case"], int(r["seq"]), r["activity"], r["at"]) for r in rows) == sorted(wanted)
    lines = [json.loads(line) for line in out_of(call, every, "jsonl").splitlines()]
    told = [(one["case"], e["seq"], e["activity"], e["at"]) for one in lines for e in one["events"]]
    assert told == wanted
    ocel = json.loads(out_of(call, every, "ocel"))
    assert [(e["id"], e["type"], e["time"]) for e in ocel["events"]] == [
        (f"event:{s}", w, at) for _, s, w, at in wanted
    ]
    found = [
        (key(trace, "concept:name"), int(key(event, "seq")), key(event, "concept:name"), key(event, "time:timestamp"))
        for trace in ElementTree.fromstring(out_of(call, every, "xes")).iter(f"{XES}trace")
        for event in trace.iter(f"{XES}event")
    ]
    assert found == wanted


XES = "{http://www.xes-standard.org/}"
KINDS_OF_XES = {"string", "date", "int", "float", "boolean"}


def key(element: ElementTree.Element, name: str) -> str:
    (found,) = (child.attrib["value"] for child in element if child.attrib.get("key") == name)
    return found


def test_xes_is_built_as_the_standard_says(every: Path, call: Runner) -> None:
    log = ElementTree.fromstring(out_of(call, every, "xes"))
    assert (log.tag, log.attrib["xes.version"]) == (f"{XES}log", "1849.2016")
    order = [child.tag.removeprefix(XES) for child in log]
    ranks = {"extension": 0, "global": 1, "classifier": 2, **dict.fromkeys(KINDS_OF_XES, 3), "trace": 4}
    assert [ranks[tag] for tag in order] == sorted(ranks[tag] for tag in order)
    declared = {child.attrib["prefix"] for child in log.iter(f"{XES}extension")}
    (of_events,) = (one for one in log.iter(f"{XES}global") if one.attrib["scope"] == "event")
    everywhere = {child.attrib["key"] for child in of_events}
    for element in (*log.iter(f"{XES}trace"), *log.iter(f"{XES}event")):
        attributes = [child for child in element if child.tag != f"{XES}event"]
        keys = [child.attrib["key"] for child in attributes]
        assert len({*keys}) == len(keys)
        assert {child.tag.removeprefix(XES) for child in attributes} <= KINDS_OF_XES
        assert {key.split(":")[0] for key in keys if ":" in key} <= declared
        assert element.tag != f"{XES}event" or everywhere <= {*keys}
        for child in attributes:
            if child.tag == f"{XES}date":
                assert datetime.fromisoformat(child.attrib["value"]).tzinfo


@pytest.mark.parametrize(
    "text", ['a "quoted" <b> & c', "two\nlines\tand\r more", "\x00\x1b\ufffe\ud800", "]]>", "裂了"]
)
def test_xes_holds_any_text(text: str) -> None:
    out = io.StringIO()
    write_xes(out, Log([Trace("1", {"description": text}, (), ())], lambda _: "", (), {"desk": text}))
    (trace,) = ElementTree.fromstring(out.getvalue()).iter(f"{XES}trace")
    assert key(trace, "description") == ("\ufffd" * 4 if "\x00" in text else text)


def test_xes_on_a_screen_moves_nothing_there() -> None:
    text, out = "a\x7f\x85\x9b2Jb\u202e\u2066c", io.StringIO()
    write_xes(out, Log([Trace("1", {"description": text}, (), ())], lambda _: "", (), {}))
    assert "a&#127;&#133;&#155;2Jb&#8238;&#8294;c" in out.getvalue()
    (trace,) = ElementTree.fromstring(out.getvalue()).iter(f"{XES}trace")
    assert key(trace, "description") == text


def test_ocel_is_built_as_the_standard_says(every: Path, call: Runner) -> None:
    log: dict[str, Any] = json.loads(out_of(call, every, "ocel"))
    assert {*log} == {"events", "objects", "eventTypes", "objectTypes"}
    ids = [one["id"] for one in (*log["events"], *log["objects"])]
    assert len({*ids}) == len(ids)
    objects = {one["id"] for one in log["objects"]}
    of_events = {bond["objectId"] for event in log["events"] for bond in event["relationships"]}
    assert of_events <= objects
    kinds = {
        "string": str,
        "integer": int,
        "float": float,
        "time": datetime.fromisoformat,
        "boolean": ("true", "false").index,
    }
    for things, types in (("events", "eventTypes"), ("objects", "objectTypes")):
        known = {one["name"]: {a["name"]: a["type"] for a in one["attributes"]} for one in log[types]}
        for one in log[things]:
            for attribute in one["attributes"]:
                kinds[known[one["type"]][attribute["name"]]](attribute["value"])  # type: ignore[operator]
                assert isinstance(attribute["value"], str) and ("time" in attribute) == (things == "objects")
            assert {bond["objectId"] for bond in one["relationships"]} <= objects
    assert {one["type"] for one in log["objects"]} == {"case", "customer", "product", "person", "team", "problem"}


@pytest.mark.parametrize("format", ["csv", "jsonl", "xes", "ocel"])
def test_what_is_personal_is_told_only_if_it_is_asked_for_and_that_is_noted(
    format: str, every: Path, call: Runner
) -> None:
    personal = personal_in(every)
    told = out_of(call, every, format)
    assert [text for text in personal if text in told] == []
    assert query(every, "SELECT count(*) FROM reveals") == [(0,)]
    revealed = out_of(call, every, format, "--reveal", "--as", "sun")
    assert {"Bob", "I wish for more", "bob@example.com", "we look into it"} <= {
        text for text in ("Bob", "I wish for more", "bob@example.com", "we look into it") if text in revealed
    }
    ((count, actors),) = query(every, "SELECT count(DISTINCT case_id), count(DISTINCT actor) FROM reveals")
    assert (count, actors) == (12, 1)


def test_others_record_while_cases_are_read_and_what_they_record_is_not_in_it(
    desk: Path, call: Runner, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        call("register", f"坏了{number}", "--channel", "phone")
    monkeypatch.setattr(traces, "PART", 2)
    reading = exporting.traces_of(
        Desk(desk, now=datetime(2026, 10, 12, tzinfo=UTC), actor="x", clock="given"), ALL, reveal=False
    )
    found = [next(reading)]
    assert run("note", "005", "来过电话").code == 0
    assert run("register", "更晚的", "--channel", "phone").code == 0
    found += reading
    assert [trace.case for trace in found] == [f"202610-00{number}" for number in range(1, 6)]
    assert [step.word for step in found[-1].steps] == ["registered"]


def test_cases_are_recorded_while_a_copy_is_made_and_are_not_in_it(
    desk: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("register", "坏了", "--channel", "phone")
    last = query(desk, "SELECT max(seq) FROM events")[0][0]
    fill, recorded = copying._fill, list[int]()

    def filled(*words: Any) -> None:
        if not recorded:
            with closing(sqlite3.connect(desk, timeout=0)) as db:
                db.execute("BEGIN EXCLUSIVE")  # as who records something: nobody may be reading then
            recorded.append(call("register", "又坏了", "--channel", "phone").code)
        fill(*words)

    monkeypatch.setattr(copying, "_fill", filled)
    told = json.loads(call("export", "--sqlite", "copy.db", "--json").out)
    assert (recorded, told["cases"], told["events"]) == ([0], 1, last)
    assert query(desk.parent / "copy.db", "SELECT max(seq) FROM log") == [(last,)]
    assert call("check", "--head", told["head"]).code == 0


def test_what_is_asked_for_wrongly_is_refused(desk: Path, call: Runner) -> None:
    for words, code in (
        ((), 2),
        (("out",), 2),
        (("--format", "csv", "--sqlite", "copy.db"), 2),
        (("--sqlite", "copy.db", "--reveal"), 2),
        (("--format", "csv", "--json"), 2),
        (("--format", "parquet"), 3),
        (("-o", "log.txt"), 3),
        (("-o", "none/log.xes"), 4),
    ):
        assert call("export", *words).code == code, words


def test_a_head_is_found_in_its_history_and_no_other(desk: Path, call: Runner) -> None:
    head = json.loads(call("export", "--sqlite", "copy.db", "--json").out)["head"]
    call("register", "坏了", "--channel", "phone")
    done = call("check", "--head", head.upper())
    assert (done.code, done.out) == (0, "")
    assert done.err == "event 1 is in this history as it was; 1 event was recorded since\n"
    seq, _, digest = head.partition(":")
    done = call("check", "--head", f"{seq}:{digest[::-1]}")
    assert (done.code, "the history was rewritten, or the head is another desk's" in done.err) == (9, True)
    with closing(sqlite3.connect(desk)) as db:
        db.execute("DROP TRIGGER events_are_not_changed")
        db.execute("UPDATE events SET body = replace(body, '}', ' }') WHERE seq = 1")
        db.commit()
    assert call("check", "--head", head).code == 9, "the hash alone proves nothing"
