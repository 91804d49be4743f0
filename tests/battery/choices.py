"""What may be tried on a case, by whom and when: single commands, ways through a case, what is sought more often."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from random import Random
from typing import Any, NamedTuple

from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.values import Appraisal, Assessment
from afterservice_cli.decisions import (
    closing,
    erasing,
    escalation,
    handling,
    imported,
    intake,
    mending,
    planning,
    problems,
    screening,
    tasks,
    triage,
)
from afterservice_cli.moment import Moment
from oracle import AMOUNTS, PLANS

ACTORS = {
    "root as lili": "li",
    "lili": "li",
    "lili as han": "han",
    "li": "login li",
    "root as zhao": "zhao",
    "qian": "qian",
    "root as sun": "sun",
    "feng": "feng",
    "root as gao": "gao",
    "han": "han",
    "ann": "ann",
}
TEXTS = ("it rattles", "broken today", "invoice", "fire", "bad", "I wish")
AGES = 24 * 366 * 900  # hours, which end after the last year that a promise may name
LONG = 40  # events of a case that is old enough to be left alone


def assess(case: Case, moment: Moment, *, text: str | None = None, **found: Any) -> list[Event]:
    return triage.assess(case, moment, found=Assessment(**found), text=text)


def appraise(case: Case, moment: Moment, *, text: str | None = None, **found: Any) -> list[Event]:
    return handling.appraise(case, moment, found=Appraisal(**found), text=text)


def propose(case: Case, moment: Moment, *, text: str | None = None, **proposal: Any) -> list[Event]:
    amount = proposal.pop("amount", None)
    gives = {} if amount is None else {"money": amount}
    return planning.propose(case, moment, proposal=planning.Proposal(**proposal, gives=gives), text=text)


# The commands, by their names in the model, and the decisions that they are.
DECISIONS: Mapping[str, Callable[..., Any]] = {
    "attach": intake.attach,
    "screen": screening.screen,
    "link": screening.link,
    "merge": screening.merge,
    **{name: getattr(triage, name) for name in ("acknowledge", "classify", "assign")},
    "assess": assess,
    "appraise": appraise,
    "propose": propose,
    **{
        name: getattr(handling, name)
        for name in ("respond", "note", "reply", "pause", "resume", "investigate", "delay")
    },
    **{name: getattr(planning, name) for name in ("approve", "decline", "agree")},
    "task": tasks.task,
    **{name: getattr(closing, name) for name in ("resolve", "confirm", "rate", "close", "withdraw", "reopen")},
    "silent": closing.close_silently,
    "escalate": escalation.escalate,
    "erase": partial(erasing.erase, ground=erasing.ASKED),
    "amend": mending.amend,
    "retract": mending.retract,
    "undo": mending.undo_import,
    "retell": imported.retell,
    "gather": problems.gather,
    "leave": problems.leave,
}
Choice = tuple[str, dict[str, Any]]
# What may be tried. `back`, `other` and `hours` stand for what only the moment can say.
CHOICES: tuple[Choice, ...] = (
    *(("attach", {"files": files}) for files in (["a"], ["a", "b"], ["c"])),
    *(("screen", {"outcome": outcome}) for outcome in ("valid", "vague", "vague", "invalid")),
    *(("screen", {"outcome": "invalid", "ground": ground}) for ground in ("advert", "abuse")),
    *(("link", {"other": other, "relation": "related"}) for other in (0, 1, None)),
    ("link", {"other": 1, "relation": "cousin"}),
    *(("merge", {"other": other, "reason": "x"}) for other in (0, 1, 2, None)),
    *(("acknowledge", said) for said in ({}, {}, {"hours": 30}, {"hours": AGES})),
    *(("assess", said) for said in ({"known": True}, {"visit": "remote", "warranty": False}, {})),
    *(("classify", {"category": place, "reason": "x"}) for place in ("billing", "product.defect", "nowhere")),
    *(("classify", {"priority": rank, "reason": reason}) for rank, reason in (("P1", "x"), ("P3", "x"), ("P2", None))),
    ("classify", {}),
    *(
        ("assign", {"owner": owner, "reason": "x"})
        for owner in ("li", "tech/wang", "finance", "tech", "hall", "han", "ann")
    ),
    *(("assign", {"beside": beside, "reason": "x"}) for beside in ((), ("finance", "tech"), ("service",), ("nobody",))),
    ("assign", {}),
    ("respond", {}),
    *(("note", {"text": text}) for text in ("x", " ")),
    *(("reply", {"text": text}) for text in ("broken", "invoice", "hm", "")),
    *(("pause", {"ground": ground}) for ground in ("detail", "parts", "rain")),
    ("resume", {}),
    ("resume", {}),
    ("investigate", {}),
    ("appraise", {"liability": ("us",)}),
    ("appraise", {"liability": ("customer", "us", "customer"), "warranty": True}),
    ("appraise", {}),
    *(("delay", {"hours": hours, "reason": "x"}) for hours in (-1, 1, 150, 900, 2500, AGES)),
    *(("propose", {"disposition": way}) for way in (*PLANS, "refund", "gift")),
    *(("propose", {"disposition": way, "amount": "1200"}) for way in ("refund", "voucher")),
    *(("propose", {"disposition": "goodwill", "amount": amount}) for amount in (*AMOUNTS, "1,20", "many")),
    *(("propose", {"disposition": "advice", "tasks": more}) for more in (("call", "write"), ("call", ""))),
    *(("propose", {"disposition": "advice", "hours": hours}) for hours in (-1, 50, AGES)),
    ("approve", {}),
    ("approve", {}),
    ("decline", {"reason": "x"}),
    ("decline", {"reason": ""}),
    *(("agree", {"agreed": agreed}) for agreed in (True, True, False)),
    *(("task", {"name": name}) for name in ("check", "pay", "ship", "tell", "Issue", "+1", "write", "dance")),
    *(("task", {"name": name}) for name in ("look", "service", "Help", "Second visit")),
    *(("task", {"name": "check", "outcome": outcome}) for outcome in ("fits", "poor", "vain", "odd")),
    *(("task", {"name": "visit", "outcome": outcome}) for outcome in ("settled", "again")),
    *(("resolve", {"resolution": resolution}) for resolution in ("x", "")),
    *(("confirm", {"satisfied": satisfied}) for satisfied in (True, False)),
    *(("rate", {"scores": scores}) for scores in ({"speed": 1}, {"speed": 2, "manner": 5}, {"manner": 5}, {"x": 3})),
    *(("rate", {"scores": {"overall": score}}) for score in (0, 3)),
    *(("escalate", {}),) * 3,
    ("close", {}),
    ("close", {"resolution": "x", "confirmed": True}),
    ("close", {"resolution": "x", "confirmed": True, "scores": {"speed": 1}}),
    ("close", {"confirmed": True, "scores": {"speed": 4}}),
    ("silent", {}),
    *(("withdraw", {"reason": reason}) for reason in ("x", "")),
    *(("erase", {}),) * 5,
    *(("reopen", {"reason": reason}) for reason in ("x", "x", "")),
    *(("amend", {"facts": facts, "reason": "x"}) for facts in ({"tier": "vip"}, {"tier": ""})),
    *(("amend", {"facts": {"product": "X1"}, "reason": "x"}),) * 5,
    *(("amend", {"facts": {"scene": "x", "description": text}, "reason": "x"}) for text in ("fire", "it rattles", "")),
    *(("retract", {"back": back, "reason": "x"}) for back in (1, 2, 3, 4, 5, 6, 8)),
    *(("retell", {"word": word}) for word in ("resolved", "closed")),
)
PROPOSED: tuple[Choice, ...] = (("appraise", {"liability": ("us",)}), ("propose", {"disposition": "refund"}))
AGREED: tuple[Choice, ...] = (("approve", {}), ("agree", {"agreed": True}))
DONE: tuple[Choice, ...] = (("task", {"name": "check"}), ("task", {"name": "pay"}))
OVER: tuple[Choice, ...] = (("investigate", {}), ("resolve", {"resolution": "x"}), ("confirm", {"satisfied": True}))
LOW: tuple[Choice, ...] = (
    ("rate", {"scores": {"speed": 1}}),
    ("close", {}),
    ("task", {"name": "visit", "outcome": "settled"}),
)
SHIPPED: tuple[Choice, ...] = (
    ("propose", {"disposition": "exchange"}),
    *AGREED,
    ("investigate", {}),
    ("task", {"name": "ship"}),
)
TOLD: tuple[Choice, ...] = (("task", {"name": "tell"}),)
OWN = "approve, who proposed it"
# Ways through a case, each done by whoever may, a minute apart; `ago` says when it is told to have happened, `own` that
# whoever did what the rest of the way took does it, too.
SCRIPTS: tuple[tuple[Choice, ...], ...] = (
    (*PROPOSED, *AGREED, *DONE, *OVER, *LOW),
    (*PROPOSED, *AGREED, *DONE, *DONE[:1], ("approve", {})),
    (*PROPOSED, *AGREED, ("agree", {"agreed": False})),
    (*PROPOSED, (OWN, {})),
    (("propose", {"disposition": "exchange", "amount": "1200"}), *AGREED, ("approve", {})),
    (("propose", {"disposition": "voucher"}), ("agree", {"agreed": False}), ("task", {"name": "issue"})),
    (("propose", {"disposition": "exchange"}), ("decline", {"reason": "x"}), ("agree", {"agreed": True})),
    (("propose", {"disposition": "advice"}), ("agree", {"agreed": True}), ("agree", {"agreed": True})),
    (*SHIPPED, ("task", {"name": "check", "outcome": "poor"}), *TOLD, *TOLD, ("agree", {"agreed": True})),
    (*SHIPPED, ("task", {"name": "check", "outcome": "vain"}), *TOLD, *TOLD, *OVER, ("close", {})),
    (*SHIPPED, *(("task", {"name": "check", "outcome": outcome, "own": True}) for outcome in ("fits", "vain")), *TOLD),
    (*SHIPPED, ("propose", {"disposition": "visit"}), *TOLD, ("task", {"name": "look"})),
    (*OVER, *LOW),
    (*OVER, *LOW[:1], ("task", {"name": "visit", "outcome": "again"}), *PROPOSED, *AGREED, *DONE),
    (*OVER[:2], ("silent", {}), ("respond", {}), ("silent", {}), ("silent", {})),
    (*OVER, ("silent", {}), ("silent", {}), ("silent", {})),
    (*OVER, ("confirm", {"satisfied": True}), ("rate", {"scores": {"manner": 5}}), ("close", {})),
    (*OVER[:2], ("confirm", {"satisfied": False})),
    (("screen", {"outcome": "vague"}), ("investigate", {}), ("reply", {"text": "broken"})),
    (("pause", {"ground": "parts"}), ("pause", {"ground": "detail"}), ("resume", {})),
    (("pause", {"ground": "parts"}), ("resume", {}), ("screen", {"outcome": "vague", "ago": 2})),
    (("delay", {"hours": 900, "reason": "x"}), ("pause", {"ground": "parts"}), ("screen", {"outcome": "valid"})),
    (
        *(("propose", {"disposition": "voucher", "amount": "1,200"}), ("approve", {})),
        *(("appraise", {"liability": ("customer",)}), *AGREED[1:], ("approve", {}), *AGREED[1:]),
    ),
    (("delay", {"hours": 2500, "reason": "x"}), ("pause", {"ground": "parts"}), ("resume", {})),
    (("pause", {"ground": "parts"}), ("delay", {"hours": 900, "reason": "x"}), ("resume", {})),
    (
        *(("note", {"text": "x"}), ("retract", {"back": 1, "reason": "x"}), ("retract", {"back": 2, "reason": "x"})),
        *(("appraise", {"liability": ("customer",)}), ("propose", {"disposition": "visit"})),
        *(("retract", {"back": 2, "reason": "x"}),) * 2,
    ),
    (
        *(("pause", {"ground": "parts"}), ("resume", {}), ("pause", {"ground": "parts", "ago": 2})),
        *(("pause", {"ground": "detail"}), ("resume", {"ago": 2}), ("resume", {})),
    ),
    (
        *(("note", {"text": "x"}), ("propose", {"disposition": "exchange"}), ("agree", {"agreed": True, "ago": 2})),
        *(("approve", {"ago": 3}), ("approve", {}), ("agree", {"agreed": True, "ago": 2})),
        *(*AGREED[1:], *AGREED[1:], ("agree", {"agreed": True, "ago": 8})),
    ),
    (
        *(("note", {"text": "x"}), ("propose", {"disposition": "advice"}), ("agree", {"agreed": True, "ago": 2})),
        *(*OVER[:2], *AGREED[1:], ("close", {}), *AGREED[1:]),
    ),
)
# What needs luck to come up is sought more often.
SELDOM = (
    *("own-plan", "task-done", "retraction", "retracted", "role", "not-agreed", "declined", "not-approved"),
    *(
        "late",
        "approved",
        "paused",
        "answered",
        "waits",
        "not-by",
        "stopped",
        "revise",
        "heard",
        "carried",
        "retention",
    ),
)
SELDOM_MADE = ("declined", "refused", "delayed", "assessed", "acknowledged", "noted")


class Move(NamedTuple):
    """How the next thing to do is found: tried blindly, what may be done, or what came up least; who, where, when."""

    mode: str
    pick: int
    case: int
    actor: int
    minutes: int
    ago: int


def moves(seed: Random, count: int) -> Iterator[Move]:
    for _ in range(count):
        yield Move(
            seed.choices(["wild", "legal", "rare", "script"], [4, 2, 5, 2])[0],
            seed.randrange(10_000),
            seed.choice([0, 0, 1, 1, 2, 2, 3]),
            seed.randrange(len(ACTORS)),
            seed.choice([1, 7, 61, 61, 611, 2903]),
            seed.choice([0, 0, 0, 2, 67, 5003]),
        )
