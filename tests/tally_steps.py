"""Steps by which cases are played for reports: what happens, to which case, how much later."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from hypothesis import strategies as st

import rulebooks
from afterservice_cli.cases.case import Case
from afterservice_cli.cases.values import Appraisal
from afterservice_cli.decisions import closing, handling, mending, planning, screening, triage
from afterservice_cli.decisions import tasks as task_decisions
from afterservice_cli.decisions.intake import Draft
from afterservice_cli.errors import Problem
from afterservice_cli.workflows.desk import Desk
from afterservice_cli.workflows.recording import Writer, writing

BEGIN = datetime.fromisoformat("2026-09-21T01:00:00+00:00")  # a Monday, 9:00 in Shanghai
BOOK = rulebooks.compiled("figures")
TEXTS = ("broken", "broken, fire", "wish", "odd", "odd, fire")
CONTACTS = ("13900000001", "13900000002", None)


# What may happen to a case; what is refused does not happen.
WAYS: tuple[Callable[..., Any], ...] = (
    *(handling.respond,) * 4,
    partial(handling.reply, text="and again"),
    partial(handling.reply, text="hello?"),
    partial(handling.pause, ground="customer"),
    handling.resume,
    *(partial(closing.resolve, resolution="mended"),) * 4,
    partial(closing.confirm, satisfied=True),
    partial(closing.confirm, satisfied=True),
    partial(closing.confirm, satisfied=False),
    *(partial(closing.rate, scores=scores) for scores in ({"speed": 5}, {"speed": 1, "manner": 4}, {"manner": 3})),
    *(closing.close,) * 3,
    partial(closing.reopen, reason="broke again"),
    partial(closing.withdraw, reason="found it"),
    partial(triage.assign, owner="tech", reason="theirs"),
    partial(triage.assign, owner="service/lin", reason="ours"),
    partial(triage.classify, category="other", reason="no lamp"),
    partial(screening.screen, outcome="invalid", ground="advert", reason="an advertisement"),
    partial(handling.appraise, found=Appraisal(cause="wear")),
    partial(planning.propose, proposal=planning.Proposal(disposition="refund", gives={"money": "12.50"})),
    partial(task_decisions.task, name="visit", text="all is well"),
)


RETRACTED, MERGED = len(WAYS), len(WAYS) + 1


STEP = st.tuples(st.integers(0, 11), st.integers(0, MERGED), st.sampled_from([0, 1, 3, 8, 30]), st.sampled_from([0, 5]))


Step = tuple[int, int, int, int]


def play(desk: Desk, steps: list[Step], cases: int) -> None:
    """Let cases come in and have their courses; what the rules refuse is left out."""
    numbers: list[str] = []
    for place in range(cases):
        desk.now += timedelta(hours=7 * (place % 4))
        facts = {"channel": ("phone", "mail")[place % 2], "description": TEXTS[place % len(TEXTS)], "product": "Lamp 2"}
        if contact := CONTACTS[place % len(CONTACTS)]:
            facts |= {"customer": f"c{place % 3}", "contact": contact}
        if place % 4 == 1:
            facts["batch"] = ("b1", "b2")[place % 3 % 2]
        with writing(desk) as writer:
            numbers.append(writer.register(Draft(facts), at=desk.now - timedelta(hours=place % 3)).number)
    for which, way, hours, back in steps:
        desk.now += timedelta(hours=hours)
        number = numbers[which % len(numbers)]
        with suppress(Problem), writing(desk) as writer:
            at = max(desk.now - timedelta(hours=back), writer.load(number).registered_at)
            writer.act(number, decision_of(writer, writer.load(number), way, numbers), at=at if back else None)


def decision_of(writer: Writer, case: Case, way: int, numbers: list[str]) -> Any:
    if way == RETRACTED:
        return partial(mending.retract, seq=case.events[-1].seq, reason="by mistake")
    if way == MERGED:
        into = writer.load(numbers[(numbers.index(case.number) + 1) % len(numbers)])
        return partial(screening.merge, into=into, reason="told twice")
    return WAYS[way]
