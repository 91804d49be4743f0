"""Completion: what may stand next on a line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import rulebooks
from afterservice_cli import cli
from afterservice_cli.cases.case import STAGES, STATUSES
from afterservice_cli.commands.values import VALUES
from afterservice_cli.store.reading.beginnings import MOST
from completions import CONTACT, Asked, asker, three_cases, words
from conftest import Once, Runner, query


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Asked:
    return asker(tmp_path, monkeypatch, capsys)


@pytest.fixture
def worked(desk: Path, once: Once, call: Runner) -> Path:
    return three_cases(desk, once, call)


TREE: Any = typer.main.get_command(cli.app())
# Of these nobody but who types knows the value.
TIMES = {
    "now",
    "since",
    "at",
    "received_at",
    "promise",
    "to",
    "from_",
    "resolved_in",
    "closed_in",
    "first",
    "last",
    "month",
    "quarter",
    "week",
    "year",
    "as_of",
    "start",
    "duration",
    "begin",
    "end",
    "within",
}
TEXTS = {
    "text",
    "note",
    "reason",
    "was_ahead",
    "description",
    "customer",
    "contact",
    "subject",
    "product",
    "words",
    "resolution",
    "comment",
}
OTHERS = {
    "undo",  # of imports, which have no name that a person knows
    "if_version",
    "group",
    "seq",
    "only",  # of the phrases that are proposed, by their places
    "limit",
    "find",
    "tasks",
    "pauses",
    "columns",
    "column",
    "keep",
    "head",
    "until",
    "title",
    "figure",
    "report",
    "sheet",
    "row",  # of a report, which may be anything that a dimension has
}


def parameters() -> Iterator[tuple[str, Any]]:
    """Every parameter that takes a value, under the name of its command."""
    commands = {name: command for name, command in TREE.commands.items() if name not in cli.GROUPS}
    for group in cli.GROUPS:
        commands |= {f"{group} {name}": command for name, command in TREE.commands[group].commands.items()}
    assert len(commands) > 45
    for path, command in {"": TREE, **commands}.items():
        for each in command.params:
            if not getattr(each, "is_flag", False):
                yield path, each


def test_every_value_can_be_completed_or_is_a_file_or_says_why_not() -> None:
    left = {
        (path, each.name)
        for path, each in parameters()
        if not {each.name, f"{path} {each.name}"} & VALUES.keys()
        and each.type.name != "path"
        and each.name not in TIMES | TEXTS | OTHERS
    }
    assert left == set()


def test_every_kind_of_value_is_of_some_parameter() -> None:
    there = {name for path, each in parameters() for name in (each.name, f"{path} {each.name}")}
    assert VALUES.keys() - there == set()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("regi", ["register\tTake in a case"]),
        ("rules ad", ["adopt\t"]),
        ("list --cat", ["--category\tOf this category"]),
        ("list --status ", list(STATUSES)),
        ("list --columns case,due_a", ["case,due_at\t"]),
        ("list --status re", ["resolved\tto be confirmed"]),
        ("list --stage ", list(STAGES)),
        ("list --owner=te", ["--owner=tech\t"]),
        ("list --sort pr", ["priority"]),
        ("list --format j", ["json", "jsonl"]),
        ("report --format x", ["xlsx"]),
        ("report --missed --format j", ["json", "jsonl"]),
        ("export --format x", ["xes"]),
        ("report --cases registered --columns case,due_a", ["case,due_at\t"]),
        ("report --report weekly --section ar", ["areas\tBy area"]),
        ("report --section ar", []),
        ("report --metric problems.op", ["problems.opened\t", "problems.open\t"]),
        ("list --category product", ["product\t", "product.defect\t"]),
        ("classify 1 --category product", ["product.defect\t"]),
        ("classify --where sta", ["status=\t", "stage=\t"]),
        ("classify --where status=w", ["status=waiting"]),
        ("classify --where statu", [f"status={word}" for word in STATUSES]),
        ("classify --where over", ["overdue\t"]),
        ("classify --where customer_t", ["customer_tier=normal", "customer_tier=vip", "customer_tier=key"]),
        ("classify --where missed=resp", ["missed=respond"]),
        ("register --field customer", ["customer_tier=normal", "customer_tier=vip\tVIP", "customer_tier=key"]),
        ("register --field customer_tier=v", ["customer_tier=vip\tVIP"]),
        ("register --field order", ["order_number=\t"]),
        ("register x --channel ph", ["phone\t"]),
        ("amend 1 --set chan", ["channel="]),
        ("assign 1 --to tech/l", ["tech/li"]),
        ("link 1 2 --relation d", ["duplicate"]),
        ("assess 1 --warranty ", ["yes", "no"]),
        ("rate 1 ", ["1", "2", "3", "4", "5"]),
        ("init --rules mini", ["minimal"]),
        ("--as zh", ["zhao"]),
        ("show 202610-00", ["202610-003\t", "202610-001\t", "202610-002\t"]),
        ("--now 2026-10-12 show la", ["last\t202610-003"]),
        ("link 1 20", ["20", "202610-003"][1:]),
        ("note 1 some", []),
        ("nonsense ", []),
        ("nonsense list ", []),
        ("list -- --own", []),
        ("import ", []),
    ],
)
def test_a_line_goes_on_with_what_may_stand_there(worked: Path, ask: Asked, line: str, told: list[str]) -> None:
    found = ask(line)
    assert len(found) >= len(told)
    assert [each[: len(begin)] for each, begin in zip(found, told, strict=False)] == told
    assert bool(found) == bool(told)


def test_titles_are_in_the_language_spoken_and_may_be_typed(worked: Path, ask: Asked) -> None:
    zh = {"AFTERSERVICE_LANG": "zh"}
    assert "resolved\t待确认" in ask("list --status ", **zh)
    assert "resolved\tto be confirmed" in ask("list --status ")
    assert ask("list --status 待", **zh) == ["待确认\tresolved"]
    assert "show\t查看工单" in "\n".join(ask("sh", **zh))
    # Without a locale, as a rulebook has it.
    assert "resolved\t待确认" in ask("list --status ", AFTERSERVICE_LANG="", LANG="C")


def test_an_option_that_stands_is_not_offered_again_unless_it_may_be(ask: Asked) -> None:
    assert "--category" in words(ask("list "))
    assert "--category" not in words(ask("list --category product --"))
    assert "--where" in words(ask("list --where status=open --"))
    assert "--db" in words(ask("list --"))
    assert words(ask("show --js")) == ["--json"]


def test_cases_come_open_first_then_newest_and_never_with_a_contact(worked: Path, ask: Asked) -> None:
    told = ask("show ")
    assert words(told) == ["last", "202610-003", "202610-001", "202610-002"]
    assert told[2] == "202610-001\topen  the door does not open"
    assert told[3] == "202610-002\tarchived  APP无法登录"
    assert CONTACT not in "".join(told)
    assert query(worked, "SELECT contact FROM texts WHERE case_id = '202610-001'") == [(CONTACT,)]


def test_a_serial_means_the_newest_case_that_has_it(desk: Path, call: Runner, ask: Asked) -> None:
    for month in ("10", "11"):
        for _ in range(3):
            call("register", f"in month {month}", "--channel", "phone", now=f"2026-{month}-13 10:00")
    assert ask("show 2")[0] == "2\t202611-002  open  in month 11"
    assert words(ask("show 2"))[1:] == [f"20{month}-00{n}" for month in ("2611", "2610") for n in (3, 2, 1)]
    assert words(ask("show 00")) == ["003", "002", "001"]


def test_many_cases_are_few_words(desk: Path, call: Runner, ask: Asked) -> None:
    rows = "".join(f"N{n},2026-10-{1 + n % 9:02},phone,text {n}\n" for n in range(200))
    Path("rows.csv").write_text(f"no,at,by,text\n{rows}", "utf-8")
    Path("p.yaml").write_text(
        'profile: p\ncolumns: {number: no, received_at: at, channel: by, description: text}\ndates: ["%Y-%m-%d"]\n'
    )
    assert call("import", "rows.csv", "--profile", "p.yaml", now="2026-10-12 10:00").code == 0
    assert len(ask("show ")) == len(["last"]) + MOST
    assert len(ask("show 2026")) == MOST
    assert sorted(words(ask("show 202610-19"))) == [f"202610-19{n}" for n in range(10)]
    assert sorted(words(ask("show 19"))) == ["19", *(f"19{n}" for n in range(10))]


def test_open_tasks_of_the_case_that_stands_there(tmp_path: Path, call: Runner, ask: Asked) -> None:
    (tmp_path / "whole.yaml").write_text(rulebooks.text("whole"), "utf-8")
    for line in (
        "init --rules whole.yaml",
        "register rattles --channel phone",
        "propose 001 --disposition exchange --as li",
        "agree 001 --yes",
    ):
        done = call(*line.split())
        assert done.code == 0, done.err
    assert "swap" in words(ask("task 001 "))
    assert call("task", "001", "swap").code == 0
    assert "swap" not in words(ask("task 001 "))
    assert ask("task 999 ") == []


@pytest.mark.parametrize("way", ["--db other.db show ", "show --db=other.db ", "show --db other.db "])
def test_another_desk_may_be_named_on_the_line(worked: Path, ask: Asked, way: str) -> None:
    worked.rename("other.db")
    assert ask("show ") == []
    assert "202610-002" in words(ask(way))
    assert "202610-002" in words(ask("show ", AFTERSERVICE_DB="other.db"))


def test_last_is_whose_the_line_says(worked: Path, call: Runner, ask: Asked) -> None:
    call("register", "by li", "--channel", "phone", "--as", "li", now="2026-10-12 13:00")
    assert ask("--as li show last")[0].startswith("last\t202610-004")
    assert ask("show last")[0].startswith("last\t202610-003")
    assert ask("show last", AFTERSERVICE_AS="li")[0].startswith("last\t202610-004")
