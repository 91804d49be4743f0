"""Sections of a rulebook's own report that are about some cases alone: their numbers, and the cases behind them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

import rulebooks
from conftest import Runner

LATER = "2026-11-06 18:00"
OWN = """
reports:
  boss:
    title: For the boss
    where: {category: product}
    sections:
      numbers: {title: Numbers, figures: [registered]}
      mail: {title: By mail, figures: [registered, respond.missed], where: {channel: mail}}
      teams: {title: Teams by phone, figures: [registered], by: owner, where: {channel: phone}}
      late: {title: Late by phone, table: targets, where: {channel: phone}}
      lamps: {title: Lamps by phone, by: product, where: {channel: phone}}
"""


@pytest.fixture
def desk(tmp_path: Path, call: Runner) -> Runner:
    """A desk of three defects in October, two of them by phone, and a case that is none."""
    (tmp_path / "f.yaml").write_text(rulebooks.text("figures") + OWN, "utf-8")
    for words, now in (
        ("init --rules ./f.yaml", "2026-10-01 09:00"),
        ("register broken --channel phone --product Lamp", "2026-10-12 09:00"),
        ("register broken --channel mail", "2026-10-12 09:00"),
        ("register odd --channel mail", "2026-10-12 09:00"),
        ("register broken --channel phone", "2026-10-12 09:00"),
        ("respond 202610-001 hello", "2026-10-12 10:00"),
    ):
        assert call(*words.split(), now=now).code == 0, words
    return call


@pytest.fixture
def boss(desk: Runner) -> Any:
    """Asks for the report of October."""

    def asked(*words: str, code: int = 0) -> str:
        done = desk("report", "--report", "boss", *words, now=LATER)
        assert done.code == code, done.err
        return done.out if code == 0 else done.err

    return asked


def sections(page: str) -> dict[str, str]:
    """The sections of a page by their titles."""
    parts = (part.partition("</section>")[0] for part in page.split("<section id=")[1:])
    return {re.findall("<h2>(.*?)</h2>", part)[0]: part for part in parts}


def lists(page: str) -> dict[str, tuple[str, list[str]]]:
    """The lists of cases of a page by their names: the title of each, and its cases."""
    found = {}
    for part in page.split('<div class="cases" id="')[1:]:
        title = re.findall("<h2><span>(.*?)</span>", part)[0]
        found[part.partition('"')[0]] = title, re.findall("<li>(.*?)</li>", part)
    return found


def opened(part: str) -> list[str]:
    """The lists that a section opens, in the order of its links."""
    return re.findall('<a href="#(.*?)">', part)


def test_a_section_about_some_cases_opens_the_lists_of_these(boss: Any) -> None:
    page = boss("--format", "html")
    parts, found = sections(page), lists(page)
    assert [found[name] for name in opened(parts["Numbers"])] == [
        ("registered (3 cases)", ["202610-001", "202610-002", "202610-004"])
    ]
    assert [found[name] for name in opened(parts["By mail"])] == [
        ("By mail: registered (1 case)", ["202610-002"]),
        ("By mail: respond: missed (1 case)", ["202610-002"]),
    ]
    assert [found[name] for name in opened(parts["Lamps by phone"])] == [
        ("Lamps by phone: registered (2 cases)", ["202610-001", "202610-004"])
    ]
    assert ("Late by phone: respond: missed (1 case)", ["202610-004"]) in [
        found[name] for name in opened(parts["Late by phone"])
    ]


def test_the_numbers_of_a_section_are_the_lengths_of_its_lists(boss: Any) -> None:
    page = boss("--format", "html")
    found = lists(page)
    links = re.findall('<td class="number"[^>]*><a href="#(.*?)">(.*?)</a>', page)
    counted = {name: int(number) for name, number in links if "%" not in number}
    assert len(counted) >= 5
    assert {name: len(found[name][1]) for name in counted} == counted


def test_a_figure_of_a_section_can_be_asked_for_its_cases_and_its_number(boss: Any) -> None:
    def cases(*words: str) -> list[str]:
        return [one["case"] for one in json.loads(boss(*words, "--json"))]

    assert cases("--cases", "registered") == ["202610-001", "202610-002", "202610-004"]
    assert cases("--cases", "registered", "--section", "mail") == ["202610-002"]
    assert cases("--cases", "registered", "--section", "By Mail") == ["202610-002"]
    assert cases("--cases", "respond.missed", "--section", "late") == ["202610-004"]
    rows = ("--by", "product", "--row", "Lamp")
    assert cases("--cases", "registered", "--section", "lamps", *rows) == ["202610-001"]
    assert boss("--metric", "registered", "--section", "mail") == "1\n"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--cases", "registered", "--section", "mial"), 3, "write 'mail'"),
        (("--section", "mail"), 2, "--section"),
        (("--define", "registered", "--section", "mail"), 2, "--section"),
    ],
)
def test_what_is_no_section_of_a_figure_is_refused(boss: Any, words: tuple[str, ...], code: int, said: str) -> None:
    assert said in boss(*words, code=code)


def test_a_section_needs_its_report(desk: Runner) -> None:
    refused = desk("report", "--cases", "registered", "--section", "mail", now=LATER)
    assert (refused.code, "--report" in refused.err) == (2, True)


def test_of_very_many_cases_the_page_says_how_to_ask_for_those_of_the_section(
    boss: Any, desk: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("afterservice_cli.render.reports.page.LISTED", 1)
    page = boss("--format", "html")
    commands = re.findall("and [0-9]+ more: afterservice (.*?)</p>", page)
    counts = [int(count) for count in re.findall("and ([0-9]+) more:", page)]
    assert any("--section" in command for command in commands)
    assert any("--section" not in command for command in commands)
    for command, left in zip(commands, counts, strict=True):
        done = desk(*command.split(), "--json", now=LATER)
        assert (done.code, len(json.loads(done.out))) == (0, left + 1), command


def test_a_report_says_which_cases_its_rulebook_has_it_be_about(boss: Any) -> None:
    assert json.loads(boss("--json"))["filters"] == {"category": "product"}
    assert "of these cases alone: category=Product" in boss()
    told = json.loads(boss("--json", "--where", "category=other", "--channel", "mail"))["filters"]
    assert told == {"category": "other", "channel": "mail"}


def test_a_workbook_is_the_same_whether_it_is_written_alone_or_with_all_others(boss: Any, tmp_path: Path) -> None:
    boss("-o", "alone.xlsx")
    (tmp_path / "all").mkdir()
    boss("-o", "all")
    assert (tmp_path / "alone.xlsx").read_bytes() == (tmp_path / "all" / "2026-10-boss.xlsx").read_bytes()
    book = CalamineWorkbook.from_path(tmp_path / "alone.xlsx")
    rows = book.get_sheet_by_name("Cases").to_python()
    assert ["registered", "202610-004"] in rows
    assert ["mail/registered", "202610-002"] in rows
    assert ["mail/registered", "202610-004"] not in rows


def test_a_list_is_called_as_chinese_writes_it(desk: Runner) -> None:
    done = desk("report", "--report", "boss", "--format", "html", now=LATER, env={"AFTERSERVICE_LANG": "zh"})
    titles = [title for title, _ in lists(done.out).values()]
    assert "By mail：登记（工单1件）" in titles
    assert [title for title in titles if ": " in title] == []
