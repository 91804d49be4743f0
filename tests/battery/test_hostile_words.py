"""Hostile words: what customers write comes out harmless on every screen and in every format."""

from collections.abc import Sequence
from pathlib import Path
from random import Random

from figures import SEED, count, counted, raw_signs, smallest, told_well, turning_signs
from words import HOSTILE

from conftest import Runner

SHOWING = (
    ("list",),
    ("list", "--format", "table"),
    ("list", "--format", "md"),
    ("list", "--format", "csv"),
    ("list", "--json"),
    ("show", "last"),
    ("show", "last", "--json"),
    ("explain", "last"),
    ("due",),
    ("tasks",),
    ("report", "--month", "2026-10"),
    ("report", "--month", "2026-10", "--format", "html"),
    ("report", "--month", "2026-10", "--format", "md"),
    ("export", "--format", "csv"),
    ("export", "--format", "xes"),
)
TEXTS = count(15, 600)
OF_ALL = 10  # cases between two looks at what shows all of them


def wrong(call: Runner, line: Sequence[str]) -> str:
    """Say what an output lets out; nothing if it is harmless."""
    done = call(*line)
    if "a bug" in done.err:
        return done.err
    found = raw_signs(done.out.replace("\r\n", "\n") + done.err)
    if "--json" not in line and line[0] != "export":  # which lose nothing
        found += turning_signs(done.out + done.err)
    return f"lets {found!r} out" if found else ""


def test_hostile_words_come_out_harmless_everywhere(desk: Path, call: Runner) -> None:
    chance = Random(SEED)

    def register(words: Sequence[str], customer: str, number: int) -> bool:
        contact = f"a{number}@example.com"
        done = call("register", "".join(words), "--channel", "phone", "--customer", customer, "--contact", contact)
        assert told_well(done), words
        return done.code == 0

    with counted(f"hostile words in {len(SHOWING)} outputs") as figures:
        for number in range(TEXTS):
            word = HOSTILE[number % len(HOSTILE)]
            words = [chance.choice([word, "灯", " ", chance.choice(HOSTILE)]) for _ in range(4)]
            if not register(words, word, number):
                figures.came("refused")
                continue
            # What shows all cases is looked at for several at once.
            lines = SHOWING if number % OF_ALL == OF_ALL - 1 or number < OF_ALL else SHOWING[5:8]
            for line in lines:
                if found := wrong(call, line):

                    def again(part: Sequence[str], line: Sequence[str] = line, number: int = number) -> bool:
                        return register(part, "x", number) and bool(wrong(call, line))

                    least = "".join(smallest("".join(words), again)) if figures.telling else "".join(words)
                    figures.fails(f"{' '.join(line)} {found}: the words {least!r}, or the customer {word!r}")
                    break
            else:
                figures.came("harmless")
    assert figures.outcomes["harmless"]
    assert call("check") == (0, "", "", "")
