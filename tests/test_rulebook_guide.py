"""The guide to rulebooks: each step is a file that works, and both pages show what it really says.

Every part under a `## ` heading runs in a folder of its own, in which the example files lie that the part links. What
stands in a block ```` ```yaml ```` is in the step's file, and not yet in the file of the step before.
UPDATE_TRANSCRIPTS=1 writes what the commands say into the pages.
"""

import os
import re
import shutil
from pathlib import Path

import pytest

from afterservice_cli.rulebook.document.including import names_in
from conftest import Runner
from consoles import BLOCK, played

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "examples" / "rulebooks").glob("[0-9]*.yaml"), key=lambda file: int(file.name.partition("-")[0]))
PAGES = {"en": ROOT / "docs" / "rulebook-guide.md", "zh": ROOT / "docs" / "zh" / "rulebook-guide.md"}
LINK = re.compile(r"\](?:\(\.\./|\(\.\./\.\./)examples/rulebooks/([\w.-]+)\)")
EXCERPT = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PARTS = {
    (language, number): part
    for language, page in PAGES.items()
    for number, part in enumerate(re.split(r"^(?=## )", page.read_text("utf-8"), flags=re.MULTILINE))
}


@pytest.mark.parametrize(("language", "number"), PARTS, ids=lambda value: str(value))
def test_it_goes_as_it_is_told(language: str, number: int, tmp_path: Path, call: Runner) -> None:
    written = PARTS[language, number]
    folder = tmp_path / "step"
    folder.mkdir()
    for name in LINK.findall(written):
        file = ROOT / "examples" / "rulebooks" / name
        for beside in (name, *names_in(file.read_bytes())):
            shutil.copy(file.with_name(beside), folder)
    actual = played(written, call, folder, language, columns=100)
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        page = PAGES[language]
        page.write_text(page.read_text("utf-8").replace(written, actual), "utf-8")
    assert actual.splitlines() == written.splitlines()


@pytest.mark.parametrize("language", PAGES)
def test_every_file_is_a_step(language: str) -> None:
    linked = [name for (page, _), part in PARTS.items() if page == language for name in LINK.findall(part)]
    assert list(dict.fromkeys(linked)) == [file.name for file in FILES]


def test_a_rulebook_beside_the_steps_holds_and_its_list_and_report_are_there(tmp_path: Path, call: Runner) -> None:
    file = ROOT / "examples" / "rulebooks" / "software-support.yaml"
    done = call("rules", "check", file)
    assert (done.code, done.err) == (0, f"{file}: software-support has no faults; 8 examples and 9 cases hold\n")
    assert len(file.read_text("utf-8").splitlines()) <= 250
    call("init", "--rules", file, now="2026-10-12 08:00")
    call("register", "Nobody can log in", "--channel", "chat", "--contact", "a@beta.example", now="2026-10-13 09:00")
    assert "202610-001\ts1\topen\taccess" in call("list", "--view", "board", now="2026-10-13 09:01").out
    told = call("report", "--report", "review", now="2026-10-26 09:00").out.splitlines()
    row = " ".join(told[told.index("By severity") + 2].split())
    assert row == "S1 0 1 -1 0 0 ±0 1 1 ±0 0 3 -3"


@pytest.mark.parametrize(("language", "number"), PARTS, ids=lambda value: str(value))
def test_an_excerpt_is_what_a_step_adds(language: str, number: int) -> None:
    part = PARTS[language, number]
    for name in LINK.findall(part)[:1] if EXCERPT.search(part) else ():
        step = next(place for place, file in enumerate(FILES) if file.name == name)
        here, before = (_lines(FILES[place]) if place >= 0 else [] for place in (step, step - 1))
        for excerpt in EXCERPT.findall(part):
            lines = [line for line in excerpt.splitlines() if line.strip() not in {"", "…"}]
            assert [line for line in lines if line not in here] == []
            assert [line for line in lines if line not in before] != [], "nothing of it is new"


def test_both_pages_show_the_same() -> None:
    def shown(language: str) -> list[list[str]]:
        parts = [part for (page, _), part in PARTS.items() if page == language]
        return [EXCERPT.findall(part) + [text.count("\n$ ") for _, text in BLOCK.findall(part)] for part in parts]

    assert shown("en") == shown("zh")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_file_holds_what_it_says(file: Path, call: Runner) -> None:
    done = call("rules", "check", file)
    assert (done.code, "no faults" in done.both) == (0, True), done.both


def _lines(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines()
