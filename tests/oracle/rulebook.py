"""What `rulebooks/play.yaml` and `rulebooks/play-bare.yaml` say, by heart."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple

HOURS = {"P1": 24, "P2": 72, "P3": 200}
RANKS = tuple(HOURS)
TEAMS = {
    "tech": ["zhao", "qian", "li", "wang"],
    "finance": ["feng", "gao", "cao"],
    "service": ["sun", "he", "lin"],
    "hall": [],  # of the bare rulebook
}
ROLES = {"management": ["han"]}
MAY = {
    "classify": ["owner", "management"],
    "delay": ["owner", "owner_head"],
    "withdraw": ["owner_head", "management"],
    "retract": ["owner", "owner_head", "management"],
    "reopen": ["owner", "management"],
}
PLACES = {"broken": "product.defect", "wish": "product.idea", "invoice": "billing"}
OWNERS = {"product.defect": "tech", "product.idea": "tech", "billing": "finance", "other": "service"}


class Todo(NamedTuple):
    """A task as the rulebook has it: of a plan, of a team beside, or of the case."""

    name: str
    by: str = ""
    timed: bool = False
    after: tuple[str, ...] = ()
    outcomes: Mapping[str, str] = MappingProxyType({})
    once: bool = False
    not_by: str = ""
    of: str = "plan"


class Task(NamedTuple):
    """A task of a case: opened `at`, under a version of the plan or 0."""

    todo: Todo
    cycle: int
    plan: int
    at: datetime
    state: str = "open"
    outcome: str | None = None


DUTIES = {"full": {"mail": "service", "books": "tech"}, "bare": {"books": "finance"}}  # whose each is
NEW_YEAR = date(2027, 1, 1)  # of the calendar that knows the years
CHECKED = {"fits": "", "poor": "revise", "vain": "stop"}
PLANS: dict[str, list[Todo]] = {
    "refund": [Todo("check", "tech", timed=True), Todo("pay", "finance", timed=True, after=("check",), once=True)],
    "exchange": [
        Todo("ship", timed=True),
        Todo("check", timed=True, after=("ship",), outcomes=CHECKED, not_by="investigated"),
        Todo("tell", after=("check",)),
    ],
    "voucher": [Todo("issue", timed=True)],
    "advice": [],
    "goodwill": [],
    "visit": [Todo("look", timed=True), Todo("tell", timed=True)],
}
HELP = Todo("service", "service", timed=True, of="part")
VISIT = Todo("visit", "owner_head", timed=True, outcomes={"settled": "", "again": "reopen"}, of="case")
LABELS = {todo.name.title(): todo.name for todos in PLANS.values() for todo in todos}
LABELS |= {"Help": "service", "Second visit": "visit"}
AMOUNTS = {"1200": "1200", "1,200": "1200", "１２００": "1200", "0999.50": "999.50"}
OWN_LOGINS = ("lili",)
LAST = 2199  # the last year that a promise may name
ENDED = ("closed", "void")
KEPT = 1  # days after its end on which a case is not erased
PLANNING = {"proposed", "approved", "declined", "agreed", "refused", "task_done"}
DATED = {"screened", "paused", "resumed", "classified", "amended", "gathered", "deadline_moved"}
WAITING = ("screened", "paused", "resumed", "replied")
# What builds on an event and has to be taken back before it; a second cycle builds on all of the first.
BUILDS = {
    **{key: set() for key in ("registered", "linked", "noted", "message_written", "merged", "attached")},
    "resolved": {"resolved", "confirmed", "reopened", "closed", "rated"},
    "confirmed": {"resolved", "confirmed", "reopened", "closed"},
    "rated": {"rated", "reopened"},
    **{word: {*DATED, "delayed", "resolved", "reopened", "closed"} for word in WAITING},
    **{key: {*PLANNING, "reopened"} for key in ("proposed", "approved", "declined")},
    **{key: {"proposed", "task_done", "reopened"} for key in ("agreed", "refused", "task_done")},
}
INDIFFERENT = {"linked", "message_written", "retracted"}
CLOSED_TO_TASKS = {"attached", "linked", "merged", "message_written", "deadline_moved", "withdrawn"}
PLACING = {"registered", "classified", "assigned", "reopened"}
HEARD = ("acknowledged", "responded", "replied")  # what counts of a twin
MESSAGES = {"acknowledged", "resolved", "assigned", "reopened"}
