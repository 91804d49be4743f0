"""Words and named conditions that several rulebooks share: what they come to, and what is said of them."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import rulebooks
from afterservice_cli.errors import FaultyDocument
from afterservice_cli.rulebook.document.yaml_nodes import LARGEST, first_values
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.workflows.founding import compile_file
from conftest import Once, Runner

SHARED = """
# what is dangerous, in any trade
words:
  fire: [着火, 起火, smoke]
  thing: [插头, 电池]
  unused: [无]
conditions:
  danger:
    - {match: [‹fire›], unless: [演习]}   # a drill is none
    - all: [{match: [‹thing›]}, {match: [发烫]}]
  gas: [{match: [煤气]}]
""".lstrip()
HEAD = """
rulebook: small
title: Small
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
owners: {desk: Desk}
channels: {phone: Phone}
kinds: {complaint: Complaint, wish: Wish}
categories: {broken: {title: Broken, match: [坏了]}, rest: Rest}
default: {category: rest, priority: P2, owner: desk}
""".lstrip()
INCLUDING = f"include: [shared/danger.yaml]\n{HEAD}"
BOOK = f"{INCLUDING}priorities: {{P1: {{title: High, when: [{{match: [今天]}}, danger]}}, P2: Low}}\n"
WHOLE = f"""
{HEAD}
words: {{fire: [着火, 起火, smoke], thing: [插头, 电池]}}
priorities:
  P1:
    title: High
    when:
      - match: [今天]
      - {{match: [‹fire›], unless: [演习]}}
      - all: [{{match: [‹thing›]}}, {{match: [发烫]}}]
  P2: Low
"""


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """Write a rulebook with what it includes, and return its file."""

    def write(text: str, shared: str | bytes | None = SHARED, name: str = "shared/danger.yaml") -> Path:
        file = tmp_path / "small.yaml"
        file.write_text(text, "utf-8")
        if shared is not None:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_bytes(shared if isinstance(shared, bytes) else shared.encode())
        return file

    return write


Book = Callable[..., Path]


def compiled(file: Path) -> Rulebook:
    return compile_file(file, 2026)[0].rulebook


def faults(file: Path) -> list[str]:
    """What is said of a rulebook's files, each with its place, from the folder of the first on."""
    with pytest.raises(FaultyDocument) as caught:
        compile_file(file, 2026)
    return [line.replace(f"{file.parent}/", "") for line in str(caught.value).splitlines()]


# --- what it comes to -----------------------------------------------------------------------------------------------


def test_what_is_included_and_named_means_what_it_would_if_it_stood_there(book: Book, tmp_path: Path) -> None:
    (tmp_path / "whole.yaml").write_text(WHOLE, "utf-8")
    assert compiled(book(BOOK)).hash == compiled(tmp_path / "whole.yaml").hash


@pytest.mark.parametrize(
    ("named", "written"),
    [
        ("when: gas", "when: {match: [煤气]}"),
        ("when: {is: gas}", "when: {match: [煤气]}"),
        ("when: [gas, danger, {kind: wish}]", "when: [{match: [煤气]}, DANGER, {kind: wish}]"),
        ("when: {is: gas, not: {kind: wish}}", "when: {match: [煤气], not: {kind: wish}}"),
        (
            "when: [{is: danger, kind: complaint}]",
            "when: [{match: [‹fire›], unless: [演习], kind: complaint}, {all: [THING, HOT], kind: complaint}]",
        ),
        ("when: {is: gas, match: [今天]}", "when: {match: [今天], all: [{match: [煤气]}]}"),
        ("when: {kind: wish, not: gas}", "when: {kind: wish, not: {any: [{match: [煤气]}]}}"),
        ("when: {not: danger}", "when: {not: {any: [DANGER]}}"),
        ("when: {all: [danger, {kind: wish}]}", "when: {all: [{any: [DANGER]}, {kind: wish}]}"),
        (
            "when: {kind: wish, any: [gas, {match: [今天]}]}",
            "when: {kind: wish, any: [{match: [煤气]}, {match: [今天]}]}",
        ),
    ],
)
def test_a_name_stands_wherever_a_condition_does(book: Book, tmp_path: Path, named: str, written: str) -> None:
    thing, hot = "{match: [‹thing›]}", "{match: [发烫]}"
    written = written.replace("DANGER", "{match: [‹fire›], unless: [演习]}, {all: [THING, HOT]}")
    written = written.replace("THING", thing).replace("HOT", hot)
    words = "words: {fire: [着火, 起火, smoke], thing: [插头, 电池]}\n" if "‹" in written else ""
    (tmp_path / "whole.yaml").write_text(
        f"{HEAD}{words}priorities: {{P1: {{title: High, {written}}}, P2: Low}}\n", "utf-8"
    )
    file = book(f"{INCLUDING}priorities: {{P1: {{title: High, {named}}}, P2: Low}}\n")
    assert compiled(file).hash == compiled(tmp_path / "whole.yaml").hash


def test_a_rulebook_names_its_own_conditions_too(book: Book) -> None:
    named = f"{HEAD}conditions: {{late: {{match: [今天]}}}}\npriorities: {{P1: {{title: High, when: late}}, P2: Low}}\n"
    written = f"{HEAD}priorities: {{P1: {{title: High, when: {{match: [今天]}}}}, P2: Low}}\n"
    assert compiled(book(named, None)).hash == compiled(book(written, None)).hash


def test_patterns_of_the_rulebook_name_words_of_the_file(book: Book) -> None:
    text = INCLUDING.replace("[坏了]", "[‹thing›坏了]") + "priorities: {P2: Low}\n"
    assert compiled(book(text)).words == {"thing": ["插头", "电池"]}, "what nobody needs is not kept"


def test_the_files_included_are_found_without_reading_on() -> None:
    assert first_values(b"include: [a.yaml, b/c.yaml]\nrest: [", "include") == ["a.yaml", "b/c.yaml"]
    assert first_values(b"{about: {include: no}, include: a.yaml}", "include") == ["a.yaml"]
    assert first_values(b"about: [\n", "include") == []


def test_how_texts_are_read_is_shared_as_well(book: Book, tmp_path: Path) -> None:
    reading = "reading: {calm: [‹default›, 不碍事]}\n"
    (tmp_path / "whole.yaml").write_text(f"{HEAD}{reading}priorities: {{P2: Low}}\n", "utf-8")
    file = book(f"{INCLUDING}priorities: {{P2: Low}}\n", reading)
    assert compiled(file).hash == compiled(tmp_path / "whole.yaml").hash
    assert faults(book(f"{INCLUDING}priorities: {{P2: Low}}\n{reading}", reading)) == [
        "small.yaml:11:11: 'calm' stands in shared/danger.yaml:1 as well – leave it out here or there, or call one of "
        "them otherwise"
    ]
    (said,) = faults(book(f"{INCLUDING}priorities: {{P2: Low}}\n", "reading: {calm: [不~碍事]}\n"))
    assert said.startswith("shared/danger.yaml:1:18: '不~碍事': no gap and no number can stand here")


# --- faults ---------------------------------------------------------------------------------------------------------


def test_a_fault_in_an_included_file_names_that_file_and_its_line(book: Book) -> None:
    shared = SHARED.replace("[发烫]", "[发烫…]").replace("{match: [煤气]}", "{match: [煤气], wish: yes}")
    assert faults(book(BOOK, shared)) == [
        "shared/danger.yaml:9:42: '发烫…': a gap at the end fits anything – leave it out"
    ]
    shared = SHARED.replace("{match: [煤气]}", "{match: [煤气], whim: yes}")
    text = BOOK.replace("danger]}", "{match: [坏了]}, gas]}")
    (said,) = faults(book(text, shared))
    assert said.startswith("shared/danger.yaml:10:23: unknown field 'whim'")
    compiled(book(BOOK, shared))  # which does not ask for it


def test_a_fault_behind_a_name_stays_where_it_is_written(book: Book) -> None:
    text = BOOK.replace("danger]}", "danger, {whim: yes}]}")
    (said,) = faults(book(text))
    assert said.startswith("small.yaml:10:63: unknown field 'whim'"), said


def test_what_stands_in_both_is_a_fault_that_names_both(book: Book) -> None:
    text = f"{BOOK}words:\n  hot: [烫]\n  fire: [烧]\nconditions:\n  gas: [{{match: [‹hot›]}}]\n"
    assert faults(book(text)) == [
        "small.yaml:13:3: 'fire' stands in shared/danger.yaml:3 as well – leave it out here or there, or call one of "
        "them otherwise",
        "small.yaml:15:3: 'gas' stands in shared/danger.yaml:10 as well – leave it out here or there, or call one of "
        "them otherwise",
    ]


@pytest.mark.parametrize(
    ("shared", "said"),
    [
        (
            "words: {fire: [烧]}\nowners: {desk: Desk}\n",
            "shared/danger.yaml:2:1: 'owners' cannot stand in an included file, only `words`, `samples`, `topics`, "
            "`conditions` and `reading` – write it in the rulebook",
        ),
        (
            "include: more.yaml\nwords: {fire: [烧]}\n",
            "shared/danger.yaml:1:1: an included file includes no other – name that one in the rulebook",
        ),
        (
            "- fire\n",
            "shared/danger.yaml:1:1: is no mapping – write `words:`, `samples:`, `topics:`, `conditions:` or "
            "`reading:`",
        ),
        (
            "words: [fire]\n",
            "shared/danger.yaml:1:1: 'words' is no mapping – write names, and what each stands for",
        ),
        ("words: {fire: [\n", "shared/danger.yaml:2:1: is not YAML: "),
        ("", "shared/danger.yaml:1:1: is empty – write a mapping of keys"),
        (None, "small.yaml:1:11: there is no file shared/danger.yaml"),
        (b"words: {fire: [\xff]}\n", "shared/danger.yaml:1:1: is not UTF-8 – save the file as UTF-8"),
        (b"#" * (LARGEST + 1), "shared/danger.yaml:1:1: larger than 4096 KB – split it"),
    ],
)
def test_what_an_included_file_may_not_be_is_said_once(book: Book, shared: str | bytes | None, said: str) -> None:
    (found,) = faults(book(BOOK, shared))
    assert found.startswith(said)


def test_no_link_is_followed_and_nothing_is_included_from_elsewhere(book: Book, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.yaml"
    elsewhere.write_text(SHARED, "utf-8")
    file = book(BOOK, None)
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "danger.yaml").symlink_to(elsewhere)
    assert faults(file) == [
        "small.yaml:1:11: shared/danger.yaml is a link – put the file itself there",
    ]
    for name in ("../elsewhere.yaml", str(elsewhere), "shared/../../x.yaml", ".hidden.yaml", "danger.txt", "a\\b.yaml"):
        file = book(BOOK.replace("shared/danger.yaml", f"'{name}'"), None)
        (said,) = [line for line in faults(file) if "condition 'danger'" not in line]
        assert "cannot be included – write a file beside this one, such as danger.yaml" in said


def test_a_rulebook_does_not_include_itself_nor_a_file_twice(book: Book) -> None:
    assert faults(book(BOOK.replace("shared/danger.yaml", "small.yaml"), None)) == [
        "small.yaml:1:11: a rulebook cannot include itself – leave it out"
    ]
    assert faults(book(BOOK.replace("[shared/danger.yaml]", "[shared/danger.yaml, shared/danger.yaml]"))) == [
        "small.yaml:1:31: 'shared/danger.yaml' is included already"
    ]


def test_a_file_that_nothing_is_taken_from_is_a_fault(book: Book) -> None:
    assert faults(book(f"{INCLUDING}priorities: {{P2: Low}}\n")) == [
        "small.yaml:1:11: nothing of shared/danger.yaml is asked for – name one of its conditions, samples, topics or "
        "words, or leave it out"
    ]


# --- a desk under it ------------------------------------------------------------------------------------------------


@pytest.fixture
def shop(tmp_path: Path, once: Once, call: Runner) -> Path:
    """A desk whose rulebook includes a file, made from a folder that is gone."""

    def make() -> None:
        there = tmp_path / "there"
        (there / "shared").mkdir(parents=True)
        (there / "small.yaml").write_text(BOOK, "utf-8")
        (there / "shared" / "danger.yaml").write_text(SHARED, "utf-8")
        assert call("init", "--rules", "there/small.yaml").code == 0
        shutil.rmtree(there)

    once(make)
    return tmp_path


def test_a_desk_gets_the_files_beside_it(shop: Path, call: Runner) -> None:
    assert (shop / "afterservice.rules.yaml").read_text("utf-8") == BOOK
    assert (shop / "shared" / "danger.yaml").read_text("utf-8") == SHARED
    assert call("rules", "check").code == 0
    assert call("rules", "adopt", "--yes").err.endswith("nothing has changed\n")


def test_another_desk_in_the_folder_shares_them_if_they_say_the_same(shop: Path, call: Runner, tmp_path: Path) -> None:
    shutil.copy(shop / "afterservice.rules.yaml", shop / "small.yaml")
    assert call("--db", "second.db", "init", "--rules", "small.yaml").code == 0
    (shop / "third").mkdir()
    shutil.copy(shop / "small.yaml", shop / "third" / "small.yaml")
    (shop / "third" / "shared").mkdir()
    (shop / "third" / "shared" / "danger.yaml").write_text(SHARED.replace("煤气", "燃气"), "utf-8")
    done = call("--db", "third.db", "init", "--rules", "third/small.yaml")
    assert (done.code, "shared/danger.yaml exists already" in done.err) == (5, True)
    assert not (shop / "third.db").exists()


def test_what_it_adopted_holds_all_of_it(shop: Path, call: Runner) -> None:
    assert call("register", "电池发烫", "--channel", "phone").code == 0
    shutil.rmtree(shop / "shared")
    (shop / "afterservice.rules.yaml").unlink()
    (row,) = json.loads(call("list", "--json").out)
    assert row["priority"] == "P1"
    told = json.loads(call("rules", "explain", "插头发烫", "--json").out)
    assert told["priority"] == "P1"
    assert "发烫" in call("rules", "show", "--all").out
    assert call("check", "--rebuild").code == 0
    assert call("rules", "audit", "--json").code == 0


def test_an_edit_of_an_included_file_is_noticed_and_adopted(shop: Path, call: Runner) -> None:
    assert "was edited" not in call("list").err
    file = shop / "shared" / "danger.yaml"
    file.write_text(SHARED.replace("smoke]", "smoke, 火苗]"), "utf-8")
    said = "afterservice.rules.yaml, or a file that it includes, was edited since"
    assert f"note: {said} it was adopted" in call("list").err
    assert f"rulebook: {said}: afterservice rules adopt" in call("doctor").err
    call("register", "蹿出火苗", "--channel", "phone")
    assert "Low → High" in call("rules", "backtest").out
    told = call("rules", "diff", "adopted", "afterservice.rules.yaml")
    assert "火苗" in told.out
    assert call("rules", "adopt", "--yes").code == 0
    assert "was edited" not in call("list").err
    file.unlink()
    assert "cannot be read" in call("list").err
    done = call("rules", "adopt", "--yes")
    assert (done.code, "afterservice.rules.yaml:1:11: there is no file " in done.err) == (3, True)


LAYOUTS = {
    "no section of its own": BOOK,
    "sections in lines": BOOK.replace("[坏了]", "[‹late›坏了]")
    + "words:\n    # what comes late\n    late: [晚,\n           迟]\nconditions:\n    own:\n      - match: [明天]\n"
    + "assignment: [{when: own, to: desk}]\n",
    "sections in brackets": BOOK.replace("[坏了]", "[‹late›坏了]")
    + "words: {late: [晚,\n 迟], early: [早]}\nconditions: {own: [{match: [‹early›]}]}\n"
    + "assignment: [{when: own, to: desk}]\n",
    "in the middle": BOOK.replace("include: [shared/danger.yaml]\n", "").replace(
        "owners:", "include:   # words and dangers\n  - shared/danger.yaml\nowners:"
    ),
    "with another line end": BOOK.replace("\n", "\r\n"),
}
SHAPES = {
    "as it is": SHARED,
    "in brackets": "{words: {fire: [着火, 起火, smoke], thing: [插头, 电池]}, conditions: {danger: [{match: [‹fire›], "
    "unless: [演习]}, {all: [{match: [‹thing›]}, {match: [发烫]}]}]}}",
    "words alone in brackets": "words: {fire: [着火, 起火,\n smoke], thing: [插头, 电池]}\n"
    + SHARED[SHARED.index("conditions:") :],
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_rulebook_is_written_as_one_file_that_means_the_same(
    book: Book, tmp_path: Path, call: Runner, layout: str, shape: str
) -> None:
    file = book(LAYOUTS[layout], SHAPES[shape])
    done = call("rules", "show", "--rules", file, "--format", "yaml")
    assert done.code == 0, done.err
    (tmp_path / "alone").mkdir()
    alone = tmp_path / "alone" / "small.yaml"
    alone.write_text(done.out, "utf-8")
    assert "include" not in done.out
    assert compiled(alone).hash == compiled(file).hash
    assert ("# a drill is none" in done.out) == ("# a drill is none" in SHAPES[shape])
    assert ("# what comes late" in done.out) == ("# what comes late" in LAYOUTS[layout])


def test_the_file_of_a_desk_is_written_as_it_was_adopted(shop: Path, call: Runner) -> None:
    done = call("rules", "show", "--format", "yaml")
    (shop / "alone.yaml").write_text(done.out, "utf-8")
    assert call("rules", "diff", "adopted", "alone.yaml").err == "they say the same\n"
    (shop / "shared" / "danger.yaml").write_text(SHARED.replace("发烫", "滚烫"), "utf-8")
    refused = call("rules", "show", "--format", "yaml")
    assert (refused.code, "is not as it was adopted" in refused.err) == (6, True)
    assert "滚烫" in call("rules", "show", "--format", "yaml", "--rules", "afterservice.rules.yaml").out


def test_an_audit_names_the_file_and_the_line_of_each_phrase(shop: Path, call: Runner) -> None:
    (shop / "lines.txt").write_text("电池发烫\n今天就要\n", "utf-8")
    rows = json.loads(call("rules", "audit", "--texts", "lines.txt", "--json").out)
    lines = {row["phrase"]: row["line"] for row in rows}
    assert lines == {
        "坏了": "afterservice.rules.yaml:8",
        "今天": "afterservice.rules.yaml:10",
        "‹fire›": "shared/danger.yaml:8",
        "演习": "shared/danger.yaml:8",
        "‹thing›": "shared/danger.yaml:9",
        "发烫": "shared/danger.yaml:9",
    }
    shown = call("rules", "audit", "--texts", "lines.txt", "--all", "--columns", "phrase,line", "--format", "tsv").out
    assert "发烫\tshared/danger.yaml:9\n" in shown
    (shop / "shared" / "danger.yaml").write_text(f"# a note\n{SHARED}", "utf-8")
    rows = json.loads(call("rules", "audit", "--texts", "lines.txt", "--json").out)
    assert {row["line"] for row in rows} == {None}, "the file is not as it was adopted"
    rows = json.loads(
        call("rules", "audit", "--texts", "lines.txt", "--rules", "afterservice.rules.yaml", "--json").out
    )
    assert "shared/danger.yaml:10" in {row["line"] for row in rows}


def test_a_backup_has_what_is_included(shop: Path, call: Runner) -> None:
    (shop / "kept").mkdir()
    (shop / "elsewhere").mkdir()
    assert call("backup", "kept").code == 0
    (kept,) = (shop / "kept").iterdir()
    assert (kept / "shared" / "danger.yaml").read_text("utf-8") == SHARED
    assert call("--db", "elsewhere/afterservice.db", "restore", kept, "--yes").code == 0
    assert (shop / "elsewhere" / "shared" / "danger.yaml").read_text("utf-8") == SHARED
    assert "was edited" not in call("list", cwd=shop / "elsewhere").err


def test_a_shipped_rulebook_brings_its_file_along(tmp_path: Path, call: Runner) -> None:
    assert call("init", "--rules", "complaints-returns").code == 0
    shipped = rulebooks.SHARED["danger"].read_bytes()
    assert (tmp_path / "shared" / "danger.yaml").read_bytes() == shipped
    told = json.loads(call("rules", "explain", "插头冒烟", "--json").out)
    assert told["priority"] == "urgent"
