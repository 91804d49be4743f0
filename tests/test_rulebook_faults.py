"""One smallest rulebook for each thing that can be wrong: `faults/NAME.yaml` begins with what is said of it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from afterservice_cli import rulebook
from afterservice_cli.errors import Fault, FaultyDocument
from afterservice_cli.language import speaking
from afterservice_cli.rulebook.compiling import compile_rulebook
from sentence_patterns import escaped, is_said, pattern

FILES = sorted(Path(__file__).with_name("faults").glob("*.yaml"))
SOURCES = (
    "document/yaml_nodes",
    "document/schema_types",
    "document/scalars",
    "document/writing_out",
    "phrases/patterns",
    "public_holidays",
    "checks/names",
    "checks/patterns",
    "checks/references",
    "checks/reach",
    "checks/demands",
    "checks/targets",
    "checks/messages",
    "checks/tasks",
    "checks/problems",
    "checks/earlier",
    "checks/durations",
    "../time/schedules",
)
# What no small file can show by itself; test_rulebook_yaml_nodes and test_rulebook_including do.
ELSEWHERE = ("larger than", "is asked for")
SMALLEST = """
rulebook: small
title: Small
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
owners: {desk: Desk}
channels: {phone: Phone}
categories: {rest: Rest}
priorities: {P1: High}
default: {category: rest, priority: P1, owner: desk}
""".lstrip()


def expected(file: Path) -> list[str]:
    """The comments a file begins with: what is said of it, in order."""
    lines = file.read_bytes().decode(errors="replace").splitlines()
    return [line.removeprefix("# ") for line in lines if line.startswith("# ")]


def faults(data: bytes) -> tuple[Fault, ...]:
    with pytest.raises(FaultyDocument) as caught:
        compile_rulebook(data, "rules.yaml", year=2026)
    return caught.value.faults


def shown(fault: Fault) -> str:
    return f"{fault.line}:{fault.column}: {fault.message}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_shows_what_it_says_it_shows(file: Path) -> None:
    assert [shown(fault) for fault in faults(file.read_bytes())] == expected(file)


# What stays as it is in every language: what was written, in quotation marks, and the keys and words of YAML.
KEPT = r"“[^”]*”|`[^`]*`|\"[^\"]*\"|\[[^\]]*\]|\{[^}]*\}|[\w.\[\]-]+[.:][\w:.%+-]+"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_in_chinese_a_fault_has_the_same_place_and_no_english_words(file: Path) -> None:
    with speaking("zh"):
        said = [(f"{fault.line}:{fault.column}", fault.message) for fault in faults(file.read_bytes())]
    assert [place for place, _ in said] == [":".join(line.split(":")[:2]) for line in expected(file)]
    for _, message in said:
        assert re.search("[一-鿿]", re.sub(KEPT, "", message))
        assert re.search(r"[A-Za-z]{2,} +[A-Za-z]{2,}|–", re.sub(KEPT, "", message)) is None, message


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_fault_says_what_to_write_instead(file: Path) -> None:
    for message in expected(file):
        # What must stand there is what to write; where it is no YAML, only the writer knows what was meant.
        assert " – " in message or " must be " in message or "is not YAML: " in message


def test_in_chinese_an_event_is_found_by_what_it_is_called() -> None:
    text = SMALLEST + "targets: {respond: {until: 解决, within: 4h}}\n"
    with speaking("zh"):
        (fault,) = faults(text.encode())
    assert fault.message.endswith("“解决”不是事件，请写“resolved”（解决），或task:NAME.done")


def test_the_smallest_rulebook_has_no_faults() -> None:
    assert compile_rulebook(SMALLEST.encode(), "rules.yaml", year=2026).failures == ()


def test_faults_of_every_stage_are_listed_at_once_and_in_order() -> None:
    file = next(file for file in FILES if file.stem == "several-at-once")
    found = [(fault.line, fault.column) for fault in faults(file.read_bytes())]
    assert found == sorted(found)
    assert len(found) == len(expected(file)) == 5


def test_a_faulty_document_is_one_line_for_each_fault_with_the_file_before_it() -> None:
    with pytest.raises(FaultyDocument) as caught:
        compile_rulebook(b"title: 1\ntitle: 2\ntitle: 3\n", "some/rules.yaml", year=2026)
    lines = str(caught.value).splitlines()
    assert [line.split(" ")[0] for line in lines] == ["some/rules.yaml:2:1:", "some/rules.yaml:3:1:"]
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("source", SOURCES)
def test_every_message_has_its_file(source: str) -> None:
    said = [line.split(": ", 1)[1] for file in FILES for line in expected(file)]
    patterns = list(messages(Path(rulebook.__path__[0]) / f"{source}.py"))
    assert patterns
    missing = [pattern for pattern in patterns if not any(re.fullmatch(pattern, message) for message in said)]
    assert [pattern for pattern in missing if not any(escaped(words) in pattern for words in ELSEWHERE)] == []


def messages(source: Path) -> Iterator[str]:
    """What a module may say of a document, as patterns: the text of every fault and ValueError in it."""
    for function in ast.walk(ast.parse(source.read_text())):
        if not isinstance(function, ast.FunctionDef):
            continue
        named = {
            target.id: node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and _name(call.func) in ("fault", "Fault", "ValueError") and call.args:
                text = call.args[-1]
                yield from _pattern(named.get(text.id, text) if isinstance(text, ast.Name) else text)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _pattern(text: ast.expr) -> Iterator[str]:
    if isinstance(text, ast.Constant):
        yield f"(.*: )?{escaped(str(text.value))}"
    elif isinstance(text, ast.JoinedStr):
        parts = [escaped(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in text.values]
        yield f"(.*: )?{''.join(parts)}"
    elif is_said(text) and isinstance(text, ast.Call) and isinstance(text.args[0], ast.Constant):
        yield f"(.*: )?{pattern(text, whatever='.+')}"


def _with(old: str, new: str) -> bytes:
    assert old in SMALLEST
    return SMALLEST.replace(old, new).encode()


CHARGE = "fields: {charge: {title: Charge, type: number}}\n"
EARLIER = "earlier: {odd: {title: Odd, same: ['field:odd']}}\n"
OVER = "{P1: {title: High, when: [{charge: {over: 5}}]}}\n"


# What is refused before it does harm later. Where no more is said, any wording will do.
@pytest.mark.parametrize(
    ("data", "place"),
    [
        (_with("title: Small", 'title: "\\uD800"'), "2:8"),
        (_with("title: Small", "title: {}"), "2:1"),
        (_with("Asia/Shanghai", "Asia"), "3:22"),
        (_with("Asia/Shanghai", "x" * 300), "3:22"),
        (_with('"}}', '"}, closed: [2026-02-30]}'), "3:79"),
        (_with('"}}', '"}, closed: [2026-02-03..2026-02-01]}'), "3:79"),
        (_with('"}}', '"}, open: {2026-13-01: "09:00-12:00"}}'), "3:77"),
        (_with('"}}', '"}, open: {2026-10-01..2026-10-03: "09:00-12:00"}}'), "3:77"),
        (_with('"}}', '"}, public_holidays: utils}'), "3:87"),
        (_with('"}}', '"}, public_holidays: HolidayBase}'), "3:87"),
        (_with("title: Small", 'title: Small\nnumbering: "{year}-{serial:3}"'), "3:12"),
        (_with("title: Small", 'title: Small\nnumbering: "{month:2}-{serial:03}"'), "3:12"),
        (_with("title: Small", 'title: Small\nnumbering: "{serial:0999999999}"'), "3:12"),
        (_with("{P1: High}", "{P1: {title: High, when: [{charge: {over: nan}}]}}\n" + CHARGE), "7:55"),
        (_with("{P1: High}", "{P1: {title: High, when: [{charge: {}}]}}\n" + CHARGE), "7:40"),
        (_with("{P1: High}", "{P1: {title: High, when: [{unless: []}]}}"), "7:40"),
        (_with("{P1: High}", OVER + CHARGE + "examples: [{text: x, charge: abc, expect: {priority: P1}}]"), "9:30"),
        (_with("{P1: High}", "{P1: High}\nfields: {match: Match}"), "8:10"),
        (_with("{P1: High}", "{P1: High}\nfields: {number: Number}"), "8:10"),
        (_with("{P1: High}", "{P1: High}\n" + EARLIER), "8:36"),
        (_with("{P1: High}", "{P1: High}\nfields: [odd]\n" + EARLIER), "8:1"),
        (_with("{P1: High}", OVER.replace("5", "nan") + CHARGE + EARLIER.replace("odd", "charge")), "7:55"),
    ],
    ids=[
        "half a character",
        "a title without words",
        "a folder of zones",
        "an endless zone",
        "a day that is none",
        "a range backwards",
        "an opening on a day that is none",
        "an opening on a range",
        "a module of the library",
        "the library's base class",
        "blanks in the serial",
        "blanks in the month",
        "a serial of a billion digits",
        "not a number",
        "a comparison with nothing",
        "nothing ruled out",
        "an example's number",
        "a field named like a condition's key",
        "a field named like a profile's column",
        "earlier cases that share no field",
        "earlier cases that share one of fields that are none",
        "a condition that is none, beside earlier cases",
    ],
)
def test_also_refused_in_its_place(data: bytes, place: str) -> None:
    assert [f"{fault.line}:{fault.column}" for fault in faults(data)] == [place]
