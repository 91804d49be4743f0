"""Whole lives of cases, with every message that the shipped rulebooks send."""

import shlex
import shutil
from pathlib import Path

import pytest

import rulebooks
from conftest import calling
from shown_messages import MESSAGES

LIVES = sorted((MESSAGES / "life").glob("*.txt"))
COURSE: tuple[str, ...] = (
    'register "The kettle leaks" --channel phone --customer Zoe --contact 13900000077',  # 001: open
    'register "bad" --channel phone --customer Zoe --contact zoe@example.com',  # 002: vague
    "screen 002 --vague",
    'register "The lamp is broken" --channel phone --customer Zoe',  # 003: waits
    "pause 003 --for parts",
    'register "The fan is broken" --channel phone --customer Zoe',  # 004: waits for the head
    "propose 004 --disposition refund --give money=2000 --as li",
    'register "The door is broken" --channel phone --customer Zoe',  # 005: the head's own
    "propose 005 --disposition repair --as zhao",
    'register "The tap leaks" --channel phone --customer Zoe',  # 006: waits for the customer's word
    "propose 006 --disposition repair --as li",
    "approve 006 --as zhao",
    'register "The pump leaks" --channel phone --customer Zoe',  # 007: one task done
    "propose 007 --disposition repair --as li",
    "approve 007 --as zhao",
    "agree 007 --yes",
    "task 007 fetch --as lin",
    'register "The sink leaks" --channel phone --customer Zoe',  # 008: declined
    "propose 008 --disposition repair --as li",
    'decline 008 --reason "too dear" --as zhao',
    'register "The bath leaks" --channel phone --customer Zoe',  # 009: not accepted
    "propose 009 --disposition repair --as li",
    "approve 009 --as zhao",
    "agree 009 --no",
    'register "Something else" --channel phone --customer Zoe',  # 010: confirmed
    "resolve 010 explained",
    "confirm 010 --yes",
    'register "And another thing" --channel phone --customer Zoe',  # 011: rated low
    "resolve 011 explained",
    "confirm 011 --yes",
    "rate 011 speed=1 result=5",
    'register "Yet another thing" --channel phone --customer Zoe',  # 012: closed
    "close 012 --resolution explained --confirmed",
    'register "It leaks, I said" --channel phone --customer Zoe',  # 013: merged
    'merge 013 202610-001 --reason "the same"',
    'register "cheap flights" --channel phone --customer Zoe',  # 014: invalid
    "screen 014 --invalid advertising",
    'register "Last month\'s" --channel phone --customer Zoe --received-at "2026-09-21 10:00"',  # 202609-001: overdue
    'register "Not wanted any more" --channel phone --customer Zoe',  # 015: withdrawn
    'withdraw 015 --reason "bought another"',
    'register "Taken back" --channel phone --customer Zoe',  # 016: one note taken back
    "note 016 x",
    "retract 016 47 --reason x",
    'register "Early" --channel phone --customer Zoe --received-at "2026-10-12 08:00"',  # 017: resolved an hour later
    "resolve 017 explained",
    'register "The gate is broken" --channel phone --customer Zoe',  # 018: with a promise
    "acknowledge 018 --promise 2026-12-01",
    'register "The kettle leaks" --channel phone --customer Zoe --product K1',  # 019: of an open problem
    'problem open "It leaks" --kind odd --case 001',  # P2026-001, with measures
    "problem open Over --kind odd",  # P2026-002: closed
    "problem close 2 nothing --as zhao",
    "problem open Kettles --kind batch --case 019",  # P2026-003, which the same would join
    "measure add Tighten --problem 1 --until 2026-12-01",  # M2026-001
    "measure add Train --case 001 --until 2026-12-01",  # M2026-002: done, with a figure to come
    "measure done 2 --as zhao",
    "measure add Check --problem 1 --until 2026-12-01",  # M2026-003: judged
    "measure done 3 --as zhao",
    "measure judge 3 --effective yes --as zhao",
    "measure add Ask --case 001 --by li --until 2026-12-01",  # M2026-004: one person's
)


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a desk whose cases have got to every point where something is refused."""
    folder = tmp_path_factory.mktemp("lived-in")
    shutil.copytree(MESSAGES / "files", folder, dirs_exist_ok=True)
    (folder / "life.yaml").write_text(rulebooks.text("life"))
    with calling(folder) as call:
        for line in ("init --rules life.yaml", *COURSE):
            assert call(*shlex.split(line)).code == 0, line
    return folder
