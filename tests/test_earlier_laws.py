"""Whatever happens at a desk: what counts of a customer's earlier cases is what a plain account of it says.

The account knows of each case what was done to it, in plain words, and counts anew from the beginning each time.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from afterservice_cli.cases.case import Case
from afterservice_cli.decisions import closing, mending, screening, triage
from afterservice_cli.errors import BadInput, Refused
from afterservice_cli.store import history
from afterservice_cli.store.projections.rebuilding import rebuild
from afterservice_cli.workflows.recording import writing
from earlier_desks import ANN, BOB, FILE, Desk
from registers import register_in

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass
class Told:
    """What somebody who was there would tell of a case."""

    number: str
    came: datetime
    contact: str | None
    kind: str
    serial: str
    category: str
    out: bool = False
    closed: bool = False
    plan: str = ""
    fixed: bool = False
    resolved: bool = False
    before: list[str] = field(default_factory=list)  # what was carried out before it began again

    def carried_out(self) -> list[str]:
        return self.before + ([self.plan] if self.plan and (self.fixed or self.resolved) else [])


def expected(mine: Told, every: list[Told]) -> dict[str, list[str]]:
    """The cases that count, by the three entries of `earlier` in the rulebook."""
    if mine.contact is None:
        return {}
    before = [one for one in every if one.contact == mine.contact and not one.out and one is not mine]
    before = [one for one in before if (one.came, one.number) < (mine.came, mine.number)]
    before.sort(key=lambda one: (one.came, one.number))
    today = mine.came.astimezone(SHANGHAI).date()
    found = {
        "complaints": [
            one.number
            for one in before
            if one.kind == "complaint" and (today - one.came.astimezone(SHANGHAI).date()).days <= 5
        ],
        "planned": [one.number for one in before if "repair" in (one.plan, *one.before) and not one.closed],
    }
    if mine.serial:
        same = [one for one in before if (one.serial, one.category) == (mine.serial, mine.category)]
        found["repairs"] = [one.number for one in same if "repair" in one.carried_out()]
    return found


class Game:
    """A desk, and the account that is kept of it."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.every = desk, list[Told]()

    def came(self, contact: str | None, kind: str, serial: str, text: str, ago: int) -> None:
        case = self.desk.came(contact, text, ago, kind=kind, serial=serial)
        self.every.append(Told(case.number, case.registered_at, contact, kind, serial, case.value("category")))
        self.compare(case, self.every[-1])

    def compare(self, case: Case, told: Told) -> None:
        assert {name: list(cases) for name, cases in case.earlier.items()} == expected(told, self.every)

    def does(self, place: int, what: str, value: str) -> None:
        """Do something with a case, unless it is refused, and see that what counts for it is what counts by then."""
        if not self.every:
            return
        told = self.every[place % len(self.every)]
        with self.desk.desk.reading() as db:
            case = history.load_case(db, told.number)
        try:
            after = self.acts(case, told, what, value)
        except (BadInput, Refused):
            return
        if not told.out and not told.closed and after.version > case.version:
            self.compare(after, told)

    def acts(self, case: Case, told: Told, what: str, value: str) -> Case:
        desk = self.desk
        if what == "plan":
            after = desk.proposed(case)
            told.plan = "repair"  # what was done under an earlier plan stays done
        elif what == "fix":
            after = desk.repaired(case)
            told.plan, told.fixed = "repair", True
        elif what == "resolve":
            after = desk.resolved(case)
            told.resolved = True
        elif what == "reopen":
            after = desk.act(case, partial(closing.reopen, reason="x"))
            told.before, told.plan = told.carried_out(), ""
            told.fixed = told.resolved = told.closed = told.out = False
        elif what == "close":
            after = desk.act(case, partial(closing.close))
            told.closed = True
        elif what == "withdraw":
            after = desk.act(case, partial(closing.withdraw, reason="x"))
            told.out = told.closed = True
        elif what == "invalid":
            after = desk.act(case, partial(screening.screen, outcome="invalid", ground="spam"))
            told.out = True
        elif what == "mistake":
            after = desk.act(case, partial(mending.retract, seq=case.first, reason="x"))
            told.out = True
        elif what == "merge":
            into = self.every[0]
            with desk.desk.reading() as db:
                other = history.load_case(db, into.number)
            after = desk.act(case, partial(screening.merge, into=other, reason="x"))
            told.out = True
        elif what == "contact":
            after = desk.amended(case, contact=value)
            told.contact = value or None
        elif what == "serial":
            after = desk.amended(case, serial=value)
            told.serial = value
        elif what == "classify":
            after = desk.act(case, partial(triage.classify, category=value, reason="x"))
            told.category = value
        else:
            after = desk.noted(case)
        return after


COMING = st.tuples(
    st.just("came"),
    st.tuples(
        st.sampled_from([ANN, ANN, ANN, BOB, None]),
        st.sampled_from(["complaint", "complaint", "question"]),
        st.sampled_from(["A1", "A1", "B2", ""]),
        st.sampled_from(["broken", "broken", "loud"]),
        st.integers(0, 7),
    ),
)
WHAT = st.sampled_from(
    [
        *("plan", "fix", "fix", "fix", "fix", "resolve", "resolve", "resolve", "reopen", "reopen", "reopen", "close"),
        *("withdraw", "invalid", "mistake", "merge", "note", "note", "contact", "serial", "classify"),
    ]
)
VALUES = {
    "contact": st.sampled_from([ANN, BOB, ""]),
    "serial": st.sampled_from(["A1", "B2", ""]),
    "classify": st.sampled_from(["broken", "loud"]),
}
DOING = st.tuples(
    st.integers(0, 3),
    WHAT.flatmap(lambda what: st.tuples(st.just(what), VALUES.get(what, st.just("")))),
)
STEPS = st.lists(st.booleans().flatmap(lambda comes: COMING if comes else DOING), min_size=8, max_size=30)


@settings(max_examples=60, deadline=None)
@forall(STEPS)
def test_what_counts_is_what_a_plain_account_says(steps: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder, register_in(Path(folder), str(FILE)) as register:
        game = Game(Desk(register))
        for what, values in steps:
            act: Callable[..., None] = game.came if what == "came" else partial(game.does, int(what))
            act(*values)
        assert register.findings() == []
        said = {case.number: case.earlier for case in register.cases()}
        with writing(register.desk) as writer:
            rebuild(writer.db)
        register.desk.now += timedelta(days=1)
        for told in game.every:
            game.does(game.every.index(told), "note", "")
        assert {case.number for case in register.cases()} == {*said}
