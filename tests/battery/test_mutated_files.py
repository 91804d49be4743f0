"""Mutated files and rulebooks: each is read or refused with a word; none is a bug, none acts on a terminal."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from random import Random

from figures import SEED, count, counted, smallest, told_well
from words import HEADINGS, HOSTILE

import rulebooks
from conftest import Runner

FAULTS = ('"', ",", "\n", "\r", "\t", ";", "\x00", "\x1b", "\ufeff", "'")  # of files
SIGNS = (
    "{",
    "}",
    "[",
    "]",
    ": ",
    "- ",
    "&a ",
    "*a",
    "!!python/object:os.system ",
    "…",
    "(",
    "|",
    "‹",
    "\t",
    "999d",
    "~",
)
OPTIONS = ((), ("--dry-run",), ("--strict",), ("--received-at", "2026-10-01"))
FILES, RULEBOOKS = count(30, 10_000), count(8, 1000)
CHECKED = 25  # files between two checks of the desk


def sample(chance: Random) -> list[str]:
    """The lines of a file as a spreadsheet may leave it."""
    values = [
        lambda n: [f"B{n}", "2026-10-01 09:00", "李雷", "13800138000", "电话", "收到的灯罩是碎的，要求换新"],
        lambda n: [f"B{n}", "2026/10/2", 'Ann, "the" cook', "010-12345678", "微信", "=1+1"],
        lambda n: ["", "45931.5", "", "1.38E+10", "", "多行\n描述"],
        lambda n: [f"B{n}", "", "无", "--", "门店", chance.choice(HOSTILE)],
    ]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADINGS)
    writer.writerows(chance.choice(values)(n) for n in range(chance.randrange(1, 8)))
    return out.getvalue().splitlines(keepends=True)


def mutated(chance: Random, lines: list[str]) -> bytes:
    """A file with a few faults in it, in one of several encodings."""
    text = "".join(lines)
    for _ in range(chance.randrange(4)):
        place = chance.randrange(len(text) + 1)
        text = chance.choice(
            [
                text[:place] + chance.choice(FAULTS) + text[place:],
                text[:place],
                text[:place] + text[place + chance.randrange(12) :],
                text.replace(",", chance.choice([";", "\t", "，", ",,"])),
                text + text[place:],
                text.replace("\n", "\r\n"),
            ]
        )
    data = text.encode(chance.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16", "big5"]), "replace")
    for _ in range(chance.choice([0, 0, 0, 1, 3])):
        place = chance.randrange(len(data) + 1)
        data = data[:place] + bytes([chance.randrange(256)]) + data[place + chance.randrange(2) :]
    return data


def test_a_mutated_file_is_read_or_refused_and_never_a_bug(desk: Path, call: Runner) -> None:
    chance, file = Random(SEED), desk.with_name("in.csv")

    def least(data: bytes, options: Sequence[str]) -> bytes:
        def wrong(part: Sequence[int]) -> bool:
            file.write_bytes(bytes(part))
            return not told_well(call("import", "in.csv", "--yes", *options))

        left: Sequence[int] = smallest(list(data), wrong)
        return bytes(left)

    with counted("mutated files") as figures:
        for number in range(FILES):
            data = mutated(chance, sample(chance))
            file.write_bytes(data)
            options = chance.choice(OPTIONS)
            done = call("import", "in.csv", "--yes", *options)
            if not told_well(done):
                shown = least(data, options) if figures.telling else data
                figures.fails(f"import {' '.join(options)} of {shown!r}: {done.code} {done.err!r}")
            else:
                figures.came(f"code {done.code}")
            if number % CHECKED == CHECKED - 1 or number == FILES - 1:
                assert call("check") == (0, "", "", "")
            for left in desk.parent.glob("*.rejects*.csv"):
                left.unlink()
    assert len(figures.outcomes) > 1


def changed(chance: Random, lines: Sequence[str]) -> list[str]:
    """The lines of a rulebook with a few faults in them."""
    found = [*lines]
    for _ in range(chance.randrange(1, 4)):
        place = chance.randrange(len(found))
        line, at = found[place], chance.randrange(len(found[place]) or 1)
        found[place] = chance.choice(
            [
                line[:at] + chance.choice(SIGNS) + line[at:],
                line[:at] + line[at + chance.randrange(6) :],
                "",
                line + chance.choice(found),
                f"  {line}",
                line.replace(":", ": {", 1),
            ]
        )
    return found


def test_a_mutated_rulebook_is_read_or_refused_and_never_a_bug(desk: Path, call: Runner) -> None:
    chance, file = Random(SEED), desk.with_name("mine.yaml")
    whole = rulebooks.text("whole").splitlines(keepends=True)

    def wrong(lines: Sequence[str]) -> bool:
        file.write_text("".join(lines), "utf-8")
        return not told_well(call("rules", "check", "mine.yaml"))

    with counted("mutated rulebooks") as figures:
        for _ in range(RULEBOOKS):
            lines = changed(chance, whole)
            file.write_text("".join(lines), "utf-8")
            done = call("rules", "check", "mine.yaml")
            if told_well(done):
                figures.came(f"code {done.code}")
            else:
                least = smallest(lines, wrong) if figures.telling else lines
                figures.fails(f"rules check: {done.code} {done.err!r}\n{''.join(least)}")
