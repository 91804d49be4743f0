"""What the README shows, in both languages, is what the program does."""

import re
import shlex
from pathlib import Path

import pytest

from conftest import Runner

TOP = Path(__file__).parents[1]
READMES = {"en": "README.md", "zh": "README.zh.md"}
TEXTS = {language: (TOP / name).read_text("utf-8") for language, name in READMES.items()}
CLOCK = "2026-11-02 09:00"
LINKS = [(language, link) for language, text in TEXTS.items() for link in re.findall(r"\]\(([\w/.-]+)\)", text)]


@pytest.mark.parametrize("language", READMES)
def test_the_screen_in_the_readme_is_real(language: str, call: Runner) -> None:
    (screen,) = re.findall(r"^```console\n(.*?)^```$", TEXTS[language], re.MULTILINE | re.DOTALL)
    for block in re.split(r"^\$ ", screen, flags=re.MULTILINE)[1:]:
        line, _, shown = block.partition("\n")
        program, *words = shlex.split(line)
        done = call(*words, now=CLOCK, env={"AFTERSERVICE_LANG": language})
        assert (program, done.code) == ("afterservice", 0), line
        if shown.strip():
            assert done.both == shown.rstrip("\n") + "\n", line


@pytest.mark.parametrize(("language", "link"), LINKS)
def test_links_lead_somewhere(language: str, link: str) -> None:
    assert (TOP / link).is_file()


def test_both_tell_the_same() -> None:
    """The same commands to type, the same pages, the same exit codes, and the way to each other at the top."""

    def told(language: str) -> list[list[str]]:
        text = TEXTS[language]
        typed = re.findall(r"^(?:python3 -m|afterservice) .*", text, re.MULTILINE)
        pages = re.findall(r"^\| \[([\w/.-]+)\]", text, re.MULTILINE)
        (codes,) = re.findall(r"^(?:Exit codes: |退出码：)(.*?)\n\n", text, re.MULTILINE | re.DOTALL)
        commands = [line.split("  #")[0].rstrip() for line in typed]
        return [commands, [page.replace("zh/", "").replace(".zh.", ".") for page in pages], re.findall(r"\d+", codes)]

    assert told("en") == told("zh")
    for language, other in (("en", "zh"), ("zh", "en")):
        assert f"]({READMES[other]})" in TEXTS[language].split("\n- ")[0]
