"""Every command that a message names works as it is typed, or asks for what was left open with `…`.

Each message of `messages/` is brought about anew; then what it names is typed at that desk, one after the other if
it takes several, and each of those that it leaves a choice of. Who may not do it is told whom to ask.
"""

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import Runner
from message_course import worked_at
from message_lives import LIVES, lived_in
from shown_messages import MESSAGES

__all__ = ["lived_in", "worked_at"]  # the desks of those messages

Sequence = list[list[str]]
NAMED = re.compile(r"(?:(?P<who>\w+)(?:, \w+)*: )?afterservice (?P<words>.*)")
CASE = r"\d{6}-\d{3}"
# What is said of a command after it.
TAILS = re.compile(" (shows the numbers|lists them|makes a new version|by hand|to reopen|in its place)$")
ASK = re.compile(r"ask one of (\w+)")


def ways(line: str) -> Iterator[Sequence]:
    """The commands that a line of a message names, in turn; anew for each of the last that there is a choice of."""
    steps = [found for part in line.split("; ") if (found := NAMED.search(part))]
    if not steps:
        return
    before = [_typed(step["who"], step["words"]) for step in steps[:-1]]
    first, *others = re.split(", or (?:afterservice )?", steps[-1]["words"])
    words = _typed(steps[-1]["who"], first)
    yield [*before, words]
    for other in others:
        tail = _typed(None, other)
        if tail[0].startswith("--"):  # another option in place of the last
            yield [*before, [*words[: -len(tail)], *tail]]
        elif re.search(CASE, other):
            yield [*before, tail]


def _typed(who: str | None, text: str) -> list[str]:
    words = shlex.split(TAILS.sub("", text))
    return [*(("--as", who) if who and who != "next" else ()), *words]


SAID = (*LIVES, *sorted(MESSAGES.glob("*.txt")))
TRIED = [(path, way) for path in SAID for line in path.read_text("utf-8").splitlines()[2:] for way in ways(line)]


def test_the_ways_are_found() -> None:
    assert len(TRIED) > 40
    assert [*ways("  zhao, qian: afterservice approve 202610-004; afterservice agree 202610-004 --yes, or --no")] == [
        [["--as", "zhao", "approve", "202610-004"], ["agree", "202610-004", choice]] for choice in ("--yes", "--no")
    ]
    assert [*ways("  afterservice list shows the numbers")] == [[["list"]]]


@pytest.mark.parametrize(("path", "way"), TRIED, ids=[f"{path.stem}: {way[-1][0]}" for path, way in TRIED])
def test_it_works_as_typed(
    path: Path, way: Sequence, tmp_path: Path, call: Runner, request: pytest.FixtureRequest
) -> None:
    desk = "lived_in" if path in LIVES else "worked_at"
    shutil.copytree(request.getfixturevalue(desk), tmp_path, dirs_exist_ok=True)
    line = path.read_text("utf-8").partition("\n")[0]
    call(*shlex.split(line.removeprefix("$ afterservice ")))
    for words in way:
        done = call(*words)
        if asked := ASK.search(done.err):
            done = call("--as", asked[1], *words)
        faults_listed = words[:2] == ["rules", "check"] and done.out  # it ends with 6, since there are some
        too_few = words == ["rules", "learn"] and "200 more are needed" in done.err  # than this desk has
        left_open = "…" in words and re.search(r"…|\.\.\.", done.err)
        assert done.code == 0 or faults_listed or too_few or left_open, done.err


def test_a_low_score_is_among_what_is_to_be_typed(tmp_path: Path, call: Runner) -> None:
    call("init", "--rules", "customer-feedback")
    call("register", "门锁坏了", "--channel", "phone", "--customer", "张三", "--contact", "13900000202")
    refused = call("close", "001", "--resolution", "换新锁", "--confirmed", "--rating", "2")
    assert (refused.code, "afterservice rate 202610-001 2" in refused.err) == (6, True)


def test_without_a_plan_there_is_nothing_to_approve(tmp_path: Path, call: Runner) -> None:
    call("init", "--rules", "complaints-returns")
    facts = (
        "--kind",
        "complaint",
        "--product",
        "K-200",
        "--field",
        "order_number=A1",
        "--field",
        "purchased_on=2026-10-01",
    )
    call("register", "屏幕不亮了", "--channel", "hotline", "--customer", "张三", "--contact", "13900000202", *facts)
    refused = call("resolve", "001", "换新")
    assert "afterservice propose TS202610-001 --disposition …" in refused.err
    assert not re.search(r"afterservice (approve|agree) ", refused.err)
