"""Hostile words: what customers write comes out harmless on every screen and in every format."""

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

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


class Text(NamedTuple):
    """What a customer wrote, in pieces, by which name, and how many came before."""

    words: tuple[str, ...]
    customer: str
    number: int


def test_hostile_words_come_out_harmless_everywhere(desk: Path, call: Runner) -> None:
    chance, fresh = Random(SEED), desk.read_bytes()
    unseen: list[Text] = []

    def register(text: Text) -> bool:
        contact = f"a{text.number}@example.com"
        words = ("".join(text.words), "--channel", "phone", "--customer", text.customer, "--contact", contact)
        done = call("register", *words)
        assert told_well(done), text
        return done.code == 0

    def least(line: Sequence[str]) -> list[Text]:
        """The fewest texts, and the last of them with the fewest words, that an output lets something out of."""

        def again(some: Sequence[Text]) -> bool:
            desk.write_bytes(fresh)
            return all(map(register, some)) and bool(wrong(call, line))

        there = desk.read_bytes()
        few = smallest(unseen, again)
        if few:
            *before, last = few
            words = smallest(last.words, lambda part: again([*before, last._replace(words=tuple(part))]))
            few = [*before, last._replace(words=tuple(words))]
        desk.write_bytes(there)
        return few

    with counted(f"hostile words in {len(SHOWING)} outputs") as figures:
        for number in range(TEXTS):
            word = HOSTILE[number % len(HOSTILE)]
            text = Text(tuple(chance.choice([word, "灯", " ", chance.choice(HOSTILE)]) for _ in range(4)), word, number)
            if not register(text):
                figures.came("refused")
                continue
            unseen.append(text)
            # What shows all cases is looked at for several at once.
            several = len(unseen) == OF_ALL or number == TEXTS - 1
            for line in SHOWING if several else SHOWING[5:8]:
                if found := wrong(call, line):
                    shown = least(line) if figures.telling else unseen[-1:]
                    figures.fails(f"{' '.join(line)} {found}: {[*map(tuple, shown)]}")
                    break
            else:
                figures.came("harmless")
            if several:
                unseen.clear()
    assert figures.outcomes["harmless"]
    assert call("check") == (0, "", "", "")
