"""Problems of a small rulebook: its text, a case that belongs to one, and an alarm."""

from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.fold import fold
from afterservice_cli.cases.problems import ProblemState
from afterservice_cli.cases.values import Numbered
from afterservice_cli.rulebook.compiling import compile_rulebook
from afterservice_cli.rulebook.model import Rulebook
from given import RECEIVED, came_in, history, hour

TEXT = """\
rulebook: small
title: Small
language: en
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
owners: {desk: {title: Desk, head: ann, members: [bob]}, quality: {title: Quality, head: wei, members: [shen]}}
channels: {phone: Phone}
fields:
  batch: {title: Batch, personal: false}
  impact: {title: Impact, values: {one: One, many: {title: Many, match: [everybody]}}}
categories: {rattle: {title: Rattle, match: [rattles]}, rest: Rest}
priorities:
  P1: {title: High, when: {impact: many}, targets: {respond: 1wh}}
  P2: {title: Low, targets: {respond: 4wh}}
assignment: [{when: {priority: P1}, to: quality}]
default: {category: rest, priority: P2, owner: desk}
targets: {respond: {title: Respond, until: responded}}
assessment: {remote: Remote}
intake: {invalid: {spam: Spam}}
problems:
  batch:
    title: Batch problem
    same: [product, field:batch, category]
    count: 3
    within: 7d
    by: quality
    tell: [quality, head:desk]
    set: {impact: many}
    task: {within: 5wd, warn: 1wd}
  known: {title: Known problem, same: [category], by: desk}
  odd: {title: Odd, by: desk}
demands: [{before: close, what: [resolution, text]}]
"""
# What the rulebook says of measures, before its demands.
EFFECT = "measures: {effect: {of: [category, product], before: 30d, after: 30d}, by: owner_head}\ndemands:"


def book(*changes: tuple[str, str]) -> Rulebook:
    """The rulebook of these stories with pieces of its text replaced."""
    text = TEXT.replace("what: [resolution, text]", "what: [resolution]")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return compile_rulebook(text.encode(), "small.yaml", year=2026).rulebook


BOOK = book()
BATCH, KNOWN = BOOK.problems["batch"], BOOK.problems["known"]
SAME = {"product": "X-1", "field:batch": "A17", "category": "rattle"}
FACTS = {"product": "X-1", "batch": "A17"}
NUMBERED = Numbered("P2026-001", "P2026", 1)
ALARM = ProblemState(
    *("P2026-001", "P2026", 1, 1, "batch", SAME, "quality", RECEIVED, hour(105), None, "5wd"),
    "problems.batch.task.within",
)


def rattling(**facts: str) -> Event:
    return came_in("it rattles", rulebook=BOOK, facts={**FACTS, **facts})


def case(*events: Event, rulebook: Rulebook = BOOK) -> Case:
    return fold(history(*(events or (rattling(),)), rulebook=rulebook))
