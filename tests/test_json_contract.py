"""The JSON that others build on: fields are always there, may be added, are never removed; figures by hand."""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import rulebooks
from afterservice_cli.figures.cases import FIGURES, NUMBERS, SHARES
from afterservice_cli.figures.counting import MADE, Measured
from afterservice_cli.language import LANGUAGES, translated
from conftest import Runner

STATUSES = {"open", "waiting", "resolved", "closed", "void"}
STAGES = {"intake", "triage", "handling", "closing", "done"}
VERDICTS = {"running", "paused", "met", "missed", "void"}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
HASH = re.compile(r"[0-9a-f]{64}")

CASE: dict[str, tuple[type, ...]] = {
    "case": (str,),
    "status": (str,),
    "stage": (str,),
    "kind": (str, type(None)),
    "channel": (str,),
    "category": (str,),
    "classified": (bool,),
    "priority": (str,),
    "owner": (str,),
    "registered_at": (str,),
    "deadlines": (list,),
    "explanation": (list,),
    "attachments": (list,),
}
ATTACHMENT: dict[str, tuple[type, ...]] = {
    "seq": (int,),
    "name": (str, type(None)),
    "size": (int,),
    "sha256": (str,),
    "at": (str,),
    "actor": (str,),
    "note": (str, type(None)),
}
DEADLINE: dict[str, tuple[type, ...]] = {
    "target": (str,),
    "due_at": (str,),
    "verdict": (str,),
    "provisional": (bool,),
}
EXPLANATION: dict[str, tuple[type, ...]] = {
    "field": (str,),
    "value": (str,),
    "by": (str,),
    "rule": (str, type(None)),
    "phrases": (list,),
    "rulebook": (str,),
}
EVENT: dict[str, tuple[type, ...]] = {
    "seq": (int,),
    "kind": (str,),
    "occurred_at": (str,),
    "recorded_at": (str,),
    "actor": (str,),
    "body": (dict,),
    "hash": (str,),
}
IMPORT: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("read", "new", "unchanged", "changed", "conflicts", "rejected"), (int,)),
    "rejects_file": (str, type(None)),
    "batch": (str,),
}


def has(value: Mapping[str, Any], fields: Mapping[str, tuple[type, ...]]) -> None:
    """Every field is there, and of its type; True is no number here."""
    for name, types in fields.items():
        assert name in value, name
        assert type(value[name]) in types, (name, value[name])


MESSAGE = (*("case", "template", "to", "people", "customer", "contact", "channel", "language", "text", "file"),)


def is_a_case(case: Mapping[str, Any]) -> None:
    has(case, CASE)
    assert case["status"] in STATUSES
    assert case["stage"] in STAGES
    assert INSTANT.fullmatch(case["registered_at"])
    for deadline in case["deadlines"]:
        has(deadline, DEADLINE)
        assert deadline["verdict"] in VERDICTS
        assert INSTANT.fullmatch(deadline["due_at"])
    assert [entry["field"] for entry in case["explanation"]] == ["category", "priority", "owner"]
    for entry in case["explanation"]:
        has(entry, EXPLANATION)
        assert entry["by"] in {"rule", "default", "person", "import", "escalation", "reopening"}
        assert (entry["rule"] is None) == (entry["by"] in {"person", "import"})
        assert entry["value"] == case[entry["field"]]
        assert HASH.fullmatch(entry["rulebook"])
    for attachment in case["attachments"]:
        has(attachment, ATTACHMENT)
        assert INSTANT.fullmatch(attachment["at"])
        assert HASH.fullmatch(attachment["sha256"])


@pytest.fixture
def ask(desk: Path, call: Runner) -> Any:
    """One command with `--json`, its answer read; other exit codes than 0 by name."""

    def answer(*words: str, code: int = 0, **given: Any) -> Any:
        done = call(*words, "--json", **given)
        assert done.code == code, done.err
        return json.loads(done.out)

    return answer


LIFE: list[tuple[tuple[str, ...], str, str]] = [
    (("respond", "001", "收到"), "open", "handling"),
    (("note", "001", "安卓"), "open", "handling"),
    (("attach", "001", "p.yaml", "--note", "截图"), "open", "handling"),
    (("resolve", "001", "修好"), "resolved", "closing"),
    (("confirm", "001", "--no"), "open", "handling"),
    (("classify", "001", "--priority", "P2", "--reason", "不急"), "open", "handling"),
    (("assign", "001", "--owner", "quality", "--reason", "质检"), "open", "handling"),
    (("amend", "001", "--set", "product=X", "--reason", "补"), "open", "handling"),
    (("close", "001", "--resolution", "换新", "--confirmed"), "closed", "done"),
    (("rate", "001", "5"), "closed", "done"),
    (("reopen", "001", "--reason", "又坏了"), "open", "handling"),
]


def test_every_command_tells_a_case_alike(ask: Any, month_file: Path) -> None:
    words = ("--kind", "complaint", "--customer", "张伟", "--contact", "13900000012", "--field", "customer_tier=normal")
    told = ask("register", "APP登不上", "--channel", "phone", *words)
    is_a_case(told)
    expected = {"case": "202610-001", "status": "open", "stage": "handling", "kind": "complaint", "channel": "phone"}
    assert told.items() >= expected.items()
    assert (told["category"], told["classified"], told["priority"]) == ("product.defect", True, "P2")
    assert told["registered_at"] == "2026-10-12T01:00:00Z"
    assert told["explanation"][0]["phrases"] == ["登不上"]
    for command, status, stage in LIFE:
        told = ask(*command)
        is_a_case(told)
        assert (told["status"], told["stage"]) == (status, stage)
        shown = ask("show", "001")
        (listed,) = ask("list", "--all")
        events, links, allowed = (shown.pop(name) for name in ("events", "links", "allowed"))
        assert (links, shown.pop("limits"), shown.pop("suggestions")) == ([], [], [])
        assert set(allowed) >= {"amend", "link"}
        messages = told.pop("messages")
        assert [set(message) for message in messages] == [set(MESSAGE)] * len(messages)
        assert shown == {name: value for name, value in told.items() if name in shown}
        assert listed == {**shown, "contact": "139****0012"}
    written = [event for event in events if event["kind"] == "MessageWritten"]
    assert len(events) - len(written) == len(LIFE) + 4  # a registration, a reopening, resolved, confirmed
    assert [event["body"]["template"] for event in written] == ["result", "again", "handover", "result", "again"]


def test_events_of_a_case(ask: Any) -> None:
    ask("register", "APP登不上", "--channel", "phone", "--customer", "张伟", "--contact", "13900000012")
    ask("respond", "001", "收到", "--at", "2026-10-12 09:30", now="2026-10-12 10:00")
    events = ask("show", "001")["events"]
    for event in events:
        has(event, EVENT)
        assert INSTANT.fullmatch(event["occurred_at"])
        assert INSTANT.fullmatch(event["recorded_at"])
        assert HASH.fullmatch(event["hash"])
    assert [event["kind"] for event in events] == ["CaseRegistered", "CaseResponded"]
    assert (events[1]["occurred_at"], events[1]["recorded_at"]) == ("2026-10-12T01:30:00Z", "2026-10-12T02:00:00Z")
    bodies = json.dumps([event["body"] for event in events], ensure_ascii=False)
    assert not [word for word in ("APP登不上", "张伟", "13900000012", "收到") if word in bodies]


def test_the_attachments_of_a_case(ask: Any, month_file: Path) -> None:
    """They stand in every case that is told, empty where there are none; a retracted one is none."""
    ask("register", "APP登不上", "--channel", "phone")
    assert ask("show", "001")["attachments"] == ask("attach", "001") == []
    told = ask("attach", "001", "p.yaml", "--note", "截图", "--at", "2026-10-12 09:30", now="2026-10-12 10:00")
    (attachment,) = told["attachments"]
    content = month_file.with_name("p.yaml").read_bytes()
    expected = {"seq": 3, "name": "p.yaml", "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    assert attachment.items() >= {**expected, "at": "2026-10-12T01:30:00Z", "note": "截图"}.items()
    assert ask("attach", "001") == ask("list")[0]["attachments"] == [attachment]
    told = ask("retract", "001", "3", "--reason", "误", now="2026-10-12 10:00")
    assert told["attachments"] == ask("attach", "001") == []


def test_an_unclassified_case(ask: Any) -> None:
    told = ask("register", "不好用", "--channel", "app")
    is_a_case(told)
    assert (told["classified"], told["stage"], told["kind"]) == (False, "triage", None)
    assert (told["explanation"][0]["by"], told["explanation"][0]["rule"]) == ("default", "default.category")


def test_verdicts_as_of_the_time_asked(ask: Any) -> None:
    ask("register", "不好用", "--channel", "app")
    ask("screen", "001", "--valid")

    def respond(now: str) -> str:
        return str(ask("show", "001", now=now)["deadlines"][0]["verdict"])

    assert respond("2026-10-13 09:00") == "running"  # due at this very minute
    assert respond("2026-10-13 09:01") == "missed"
    ask("respond", "001", "答复", "--at", "2026-10-13 09:00", now="2026-10-14 09:00")
    assert respond("2026-10-14 09:00") == "met"
    ask("retract", "001", "2", "--reason", "误", now="2026-10-14 09:00")
    assert respond("2026-10-14 09:00") == "void"


def test_lists(ask: Any, call: Runner) -> None:
    assert ask("list") == []
    assert call("list", "--format", "jsonl").out == ""
    ask("register", "不好用", "--channel", "app")
    ask("register", "APP登不上", "--channel", "app", now="2026-10-12 09:01")
    assert [case["case"] for case in ask("list")] == ["202610-002", "202610-001"]
    lines = call("list", "--format", "jsonl").out.splitlines()
    assert [json.loads(line) for line in lines] == ask("list")
    due = ask("due", now="2026-10-12 09:01")
    assert [(entry["case"], entry["target"]) for entry in due[:3]] == [
        ("202610-002", "investigate"),
        ("202610-002", "respond"),
        ("202610-001", "investigate"),
    ]
    assert due[1].items() >= {"due_at": "2026-10-12T05:01:00Z", "verdict": "running", "owner": "tech"}.items()


PROFILE = """
profile: small
columns: {number: no, received_at: at, channel: by, description: words}
course: [{event: responded, at: answered}]
"""
HEADINGS = "no,at,by,words,answered\n"


@pytest.fixture
def month_file(tmp_path: Path) -> Path:
    (tmp_path / "p.yaml").write_text(PROFILE, "utf-8")
    return tmp_path / "month.csv"


def test_an_import_adds_up(ask: Any, month_file: Path) -> None:
    row = "{},2026-10-0{} 09:00,phone,APP登不上,{}\n"
    first = "".join(row.format(n, n, "") for n in (1, 2, 3, 4))
    month_file.write_text(HEADINGS + first, "utf-8")
    told = ask("import", "month.csv", "--profile", "p.yaml")
    has(told, IMPORT)
    assert told["rejects_file"] is None
    assert (told["read"], told["new"], told["rejected"]) == (4, 4, 0)
    ask("classify", "002", "--priority", "P1", "--reason", "急")
    ask("amend", "003", "--set", "description=用不了", "--reason", "听错")

    changed = row.format(2, 2, "2026-10-02 10:00")
    conflict = row.format(3, 3, "").replace("APP登不上", "打不开")
    month_file.write_text(
        HEADINGS + row.format(1, 1, "") + changed + conflict + "5,,phone,坏了,\n6,2026-10-06,phone,坏了,\n", "utf-8"
    )
    for words, path in ((("--dry-run",), None), ((), "month.rejects.csv")):
        told = ask("import", "month.csv", "--profile", "p.yaml", *words, code=11)
        has(told, IMPORT)
        counts = {name: told[name] for name in ("new", "unchanged", "changed", "conflicts", "rejected")}
        assert counts == dict.fromkeys(counts, 1)
        assert told["read"] == 5
        assert told["rejects_file"] == path
        assert (told["plan"] is None) == (not words)
    assert len(ask("list")) == 5


# --- a month by hand ----------------------------------------------------------------------------------------------


# Local times of Shanghai: when it was received, what it is, when it was first answered; minutes beside it.
RECEIVED = {
    "S": ("2026-09-30 23:30", "broken", "2026-10-01 00:15"),  # 45, and due in October
    "A": ("2026-10-01 00:00", "broken", "2026-10-01 00:10"),  # 10; in UTC it is still September
    "B": ("2026-10-02 09:00", "broken", "2026-10-02 09:20"),  # 20
    "C": ("2026-10-03 09:00", "odd", "2026-10-03 09:30"),  # 30
    "D": ("2026-10-04 09:00", "odd", "2026-10-04 09:40"),  # 40
    "E": ("2026-10-05 09:00", "broken", "2026-10-05 09:50"),  # 50
    "F": ("2026-10-06 09:00", "broken", "2026-10-06 10:00"),  # 60
    "G": ("2026-10-07 09:00", "broken", "2026-10-07 10:10"),  # 70
    "H": ("2026-10-08 09:00", "odd", "2026-10-08 10:20"),  # 80
    "I": ("2026-10-09 09:00", "odd", "2026-10-09 10:30"),  # 90
    "J": ("2026-10-10 09:00", "odd", "2026-10-10 12:20"),  # 200: later than in two hours
    "K": ("2026-10-30 23:00", "odd", None),  # never: overdue and unanswered is missed
    "L": ("2026-10-31 23:59", "odd", "2026-11-01 00:04"),  # 5; due in November
    "N": ("2026-11-01 00:00", "broken", "2026-11-01 00:01"),  # 1; in UTC it is still October
    "V": ("2026-10-11 09:00", "broken", "2026-10-11 09:03"),  # taken back below
}
MAIL = {"C", "D"}
COURSE = [
    ("S", "resolve {} done", "2026-10-01 10:00"),  # 630 minutes, and due 23:30
    ("S", "confirm {} --yes", "2026-10-01 11:00"),
    ("S", "rate {} 3", "2026-10-01 11:00"),
    ("S", "close {}", "2026-10-02 09:00"),
    ("A", "resolve {} done", "2026-10-01 01:00"),  # 60
    ("A", "rate {} 5", "2026-10-01 02:00"),
    ("A", "close {}", "2026-10-31 23:59"),
    ("B", "resolve {} done", "2026-10-02 11:00"),  # 120
    ("B", "confirm {} --no", "2026-10-03 09:00"),  # a second cycle, due 11:00 and the next day 9:00
    ("B", "respond {} again", "2026-10-03 09:30"),
    ("B", "resolve {} again", "2026-10-04 08:00"),
    ("B", "rate {} 4", "2026-10-04 09:00"),
    ("C", "resolve {} done", "2026-10-03 12:00"),  # 180
    ("C", "close {}", "2026-10-05 09:00"),
    ("C", "reopen {} --reason no", "2026-10-06 09:00"),  # a second cycle that nobody answers
    ("D", "resolve {} done", "2026-10-04 13:00"),  # 240
    ("D", "rate {} 1", "2026-11-02 09:00"),
    ("D", "close {}", "2026-11-02 09:00"),
    ("V", "resolve {} done", "2026-10-11 10:00"),
    ("V", "rate {} 1", "2026-10-11 10:00"),
]
LATER = "2026-11-10 09:00"


@pytest.fixture
def by_hand(tmp_path: Path, call: Runner) -> Runner:
    (tmp_path / "hand.yaml").write_text(rulebooks.text("hand"), "utf-8")
    assert call("init", "--rules", "./hand.yaml").code == 0
    return call


@pytest.fixture
def october(by_hand: Runner) -> Runner:
    """A desk at which all that stands above has happened."""

    def do(*words: str) -> Any:
        done = by_hand(*words, "--json", now=LATER)
        assert done.code == 0, done.err
        return json.loads(done.out)

    numbers = {}
    for name, (at, text, answered) in RECEIVED.items():
        channel = "mail" if name in MAIL else "phone"
        numbers[name] = number = do("register", text, "--channel", channel, "--received-at", at)["case"]
        if answered:
            do("respond", number, "hello", "--at", answered)
    for name, line, at in COURSE:
        do(*line.format(numbers[name]).split(), "--at", at)
    do("retract", numbers["V"], str(do("show", numbers["V"])["events"][0]["seq"]), "--reason", "not a case")
    return by_hand


def report_of(call: Runner, month: str, now: str = LATER) -> Any:
    done = call("report", "--month", month, "--json", now=now)
    assert done.code == 0, done.err
    return json.loads(done.out)


def spread_of(report: Any, name: str) -> tuple[Any, ...]:
    return tuple(report["figures"][f"{name}.{how}"] for how in ("mean", "median", "p90", "count"))


def counted_by(report: Any, dimension: str) -> dict[str, int]:
    return {row["id"]: row["registered"] for row in report["tables"].get(f"by_{dimension}", ())}


def targets_of(report: Any) -> dict[str, tuple[Any, ...]]:
    names = ("met", "missed", "running", "paused", "attainment")
    return {row["id"]: tuple(row[name] for name in names) for row in report["tables"]["targets"]}


def test_october(october: Runner) -> None:
    report = report_of(october, "2026-10")
    figures = report["figures"]
    assert (report["period"], report["zone"]) == ("2026-10", "Asia/Shanghai")
    assert (report["from"], report["until"]) == ("2026-09-30T16:00:00Z", "2026-10-31T16:00:00Z")
    assert figures["registered"] == 12  # A to L
    assert figures["resolved"] == 6  # S, A, B twice, C, D
    assert figures["closed"] == 3  # S, A, C
    assert figures["reopened"] == 2  # B, C
    assert figures["backlog"] == 10 + 1  # B, C again, D until November, E to L
    assert (figures["taken_out"], figures["retracted"]) == (0, 0)  # V was taken back in November
    assert counted_by(report, "category") == {"other": 7, "defect": 5}
    assert counted_by(report, "priority") == {"low": 7, "high": 5}
    assert counted_by(report, "owner") == {"service": 7, "tech": 5}
    assert counted_by(report, "channel") == {"phone": 10, "mail": 2}
    # Respond: met by S, A to I and B again; missed by J, K and C again. L is due in November.
    # Resolve: met by S, A to D and B again; missed by E to K and C again.
    assert targets_of(report) == {"respond": (11, 3, 0, 0, 11 / 14), "resolve": (6, 8, 0, 0, 6 / 14)}
    assert (figures["met"], figures["missed"], figures["attainment"]) == (17, 11, 17 / 28)
    # Of A to L but K: 5, 10, 20 … 90, 200, together 655; the tenth of eleven is P90.
    assert spread_of(report, "first_response") == (655 / 11, 50, 90, 11)
    # 60, 120, 180, 240, 630: B's second resolution is none of the first; the fifth of five is P90.
    assert spread_of(report, "first_resolution") == (246, 180, 630, 5)
    assert (figures["rating.mean"], figures["csat"], figures["rating.count"]) == (4, 2 / 3, 3)  # 3, 5, 4
    assert figures["reopen_rate"] == 2 / 6  # B and C, of six resolutions


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_figure_is_in_json_and_on_the_page(october: Runner, language: str) -> None:
    names = list(report_of(october, "2026-10")["figures"])
    assert names[: len(FIGURES)] == [figure.name for figure in FIGURES]
    page = october("report", "--month", "2026-10", now=LATER, env={"AFTERSERVICE_LANG": language}).out
    unseen = ("csat", "rating.count", "rating.cases")  # columns there
    shown = [figure for figure in FIGURES if ".waiting." not in figure.name and figure.name not in unseen]
    # A time has a row, in which its mean, its median and its P90 have a column each.
    assert [figure.name for figure in shown if translated(figure.words, language) not in page] == []
    made = {MADE[figure.how] for figure in shown if isinstance(figure, Measured) and figure.kind != "score"}
    assert [how for how in made if translated(how, language) not in page] == []


def test_every_figure_has_words_in_both_languages() -> None:
    for figure in FIGURES:
        chinese, english = (figure.title(language) for language in LANGUAGES)
        assert re.search(r"[\u4e00-\u9fff]", chinese) and english.replace("–", "-").isascii() and english, figure.name


def test_the_months_beside_it(october: Runner) -> None:
    september, november = report_of(october, "2026-09"), report_of(october, "2026-11")
    assert [september["figures"][name] for name in ("registered", "resolved", "backlog")] == [1, 0, 1]
    assert september["figures"]["first_response.p90"] == 45
    assert targets_of(september)["respond"] == (0, 0, 0, 0, None)
    assert [november["figures"][name] for name in ("registered", "closed", "retracted")] == [1, 1, 1]
    assert [november["figures"][name] for name in ("rating.mean", "csat", "rating.count")] == [1, 0, 1]
    assert targets_of(november) == {"respond": (2, 0, 0, 0, 1), "resolve": (0, 2, 0, 0, 0)}  # L and N
    assert november["figures"]["backlog"] == 11  # October's without D, with N


def test_what_is_not_due_yet_runs(by_hand: Runner) -> None:
    by_hand("register", "odd", "--channel", "phone", now="2026-10-12 09:00")

    def verdicts(now: str) -> list[tuple[Any, ...]]:
        return list(targets_of(report_of(by_hand, "this", now)).values())

    assert verdicts("2026-10-12 10:00") == [(0, 0, 1, 0, None), (0, 0, 1, 0, None)]
    assert verdicts("2026-10-12 12:00") == [(0, 1, 0, 0, 0), (0, 0, 1, 0, None)]


def test_what_was_done_early_counts_in_the_month_in_which_it_was_done(by_hand: Runner) -> None:
    by_hand("register", "odd", "--channel", "phone", now="2026-10-30 17:00")  # `resolve` is due in November
    by_hand("resolve", "001", "mended", now="2026-10-30 17:30")

    def met(month: str) -> dict[str, int]:
        return {id_: told[0] for id_, told in targets_of(report_of(by_hand, month, "2026-12-01 09:00")).items()}

    assert (met("2026-10")["resolve"], met("2026-11")["resolve"]) == (1, 0)


def test_an_empty_month_divides_by_nothing(by_hand: Runner) -> None:
    report = report_of(by_hand, "2026-02")
    figures = report["figures"]
    assert {figure.name: figures[figure.name] for figure in NUMBERS} == {figure.name: 0 for figure in NUMBERS}
    assert {figure.name: figures[figure.name] for figure in SHARES} == {figure.name: None for figure in SHARES}
    assert spread_of(report, "first_response") == spread_of(report, "first_resolution") == (None, None, None, 0)
    assert (figures["rating.mean"], figures["rating.count"]) == (None, 0)
    assert [name for name in report["tables"] if name.startswith("by_")] == []
    assert [told[-1] for told in targets_of(report).values()] == [None, None]


def test_a_month_of_even_count(by_hand: Runner) -> None:
    for serial, answered in enumerate(("09:10", "09:20", "09:30", "10:00"), 1):
        by_hand("register", "odd", "--channel", "phone", "--received-at", "2026-10-12 09:00", now="2026-10-12 11:00")
        by_hand("respond", f"00{serial}", "x", "--at", f"2026-10-12 {answered}", now="2026-10-12 11:00")
    times = spread_of(report_of(by_hand, "2026-10"), "first_response")
    assert times == (30, 25, 60, 4)  # the middle of 20 and 30; the fourth of four
