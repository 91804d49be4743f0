"""Privacy: what was erased can be read in no file of the desk, and reports come out as before."""

from pathlib import Path
from random import Random

import pytest
from figures import SEED, count, counted, smallest
from words import personal_data

from conftest import Runner
from erased import kept_for, leftovers

LATER, REPORT = "2026-11-02 09:00", ("report", "--month", "2026-10", "--json")
CASES = count(20, 200)


@pytest.fixture
def busy(desk: Path, call: Runner, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[str, str, str]]]:
    """A desk with as many closed cases as are to be erased, some with files; what is personal in each."""
    chance, found = Random(SEED), []
    kept_for(desk, call)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    for number in range(1, CASES + 1):
        name, contact, words = personal_data(chance, number)
        call("register", words, "--channel", "phone", "--customer", name, "--contact", contact)
        photo = elsewhere / f"{name}.jpg"
        photo.write_text(f"{name} {number}" * chance.randrange(1, 400))
        if chance.random() < 0.4:
            call("attach", "last", photo)
        for _ in range(chance.randrange(3)):
            call("note", "last", f"{name}：{contact}")
        call("close", "last", "--resolution", f"给{name}办好了", "--confirmed", "--words", f"我是{name}")
        found.append((name, contact, words))
    return desk, found


def test_random_erasures_leave_nothing_and_change_no_report(
    busy: tuple[Path, list[tuple[str, str, str]]], call: Runner
) -> None:
    desk, people = busy
    chance, before = Random(SEED + 1), call(*REPORT, now=LATER).out
    order = [f"202610-{number:03}" for number in range(1, CASES + 1)]
    chance.shuffle(order)
    gone: list[str] = []
    with counted("erasures") as figures:
        while order:
            some = [order.pop() for _ in range(min(len(order), chance.choice([1, 1, 2, 5])))]
            assert call("erase", *some, "--yes", now="2026-11-03 09:00").code == 0
            gone += [text for case in some for text in people[int(case[-3:]) - 1]]
            if leftovers(desk.parent, *gone):
                least = smallest(gone, lambda texts: bool(leftovers(desk.parent, *texts)))
                figures.fails(f"erase {' '.join(some)}: {leftovers(desk.parent, *least)}")
            else:
                figures.came(f"of {len(some)} at once")
    assert call(*REPORT, "--as-of", LATER, now="2026-12-01 09:00").out == before
    assert call("check") == (0, "", "", "")
