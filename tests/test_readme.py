"""What the README shows is what the program does."""

import re
import shlex
from pathlib import Path

import pytest

from conftest import Runner

TOP = Path(__file__).parents[1]
README = (TOP / "README.md").read_text("utf-8")
CLOCK = "2026-11-02 09:00"


def test_the_screen_in_the_readme_is_real(call: Runner) -> None:
    (screen,) = re.findall(r"^```console\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    for block in re.split(r"^\$ ", screen, flags=re.MULTILINE)[1:]:
        line, _, shown = block.partition("\n")
        program, *words = shlex.split(line)
        done = call(*words, now=CLOCK)
        assert (program, done.code) == ("afterservice", 0), line
        if shown.strip():
            assert _without_hashes(done.both) == _without_hashes(shown.rstrip("\n") + "\n"), line


@pytest.mark.parametrize("link", re.findall(r"\]\(([\w/.-]+)\)", README))
def test_links_lead_somewhere(link: str) -> None:
    assert (TOP / link).is_file()


def _without_hashes(text: str) -> str:
    return re.sub(r"\b[0-9a-f]{12}\b", "<hash>", text)
