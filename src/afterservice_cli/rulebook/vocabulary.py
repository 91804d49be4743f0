"""The words that rulebooks have for what the program knows, beside those of events (`cases.events.EVENT_WORDS`)."""

from __future__ import annotations

# What else a target's clock may begin with; a task may end it, too.
TASK_DONE = r"task:([A-Za-z][A-Za-z0-9_-]{0,39})\.done"
PROMISE = "promised_at"
FIELD = r"field:([A-Za-z][A-Za-z0-9_-]{0,39})"

# What may be demanded before a command, and the command that gives it; a fact that a case has is `field:NAME`, too.
DEMANDS = {
    "screening": "screen",
    "acknowledgement": "acknowledge",
    "assessment": "assess",
    "response": "respond",
    "investigation": "investigate",
    "appraisal": "appraise",
    "attachment": "attach",
    "plan": "propose",
    "promise": "propose",
    "approval": "approve",
    "agreement": "agree",
    "tasks": "task",
    "resolution": "resolve",
    "confirmation": "confirm",
    "words": "confirm",
    "survey": "rate",
    "text": "",  # the words of the command itself
}
OVERALL = "overall"  # the question of a survey that names none
# What a command takes in any rulebook.
TAKES = {
    **dict.fromkeys(("approve", "decline", "agree"), "plan"),
    **dict.fromkeys(("confirm", "rate"), "resolution"),
}

# What the cases of a problem may share, beside `field:NAME`; one of the first two bounds what has to be counted.
SHARED = ("product", "category", "kind", "channel")
ANCHORS = SHARED[:2]
ANY_PROBLEM = "any"  # of whatever kind, in a condition

# What of it only the customer can give.
OF_CUSTOMER = ("confirmation", "words", "survey")

# Commands that a rulebook may keep to some roles.
COMMANDS = (
    "screen",
    "merge",
    "acknowledge",
    "assess",
    "classify",
    "assign",
    "respond",
    "pause",
    "resume",
    "investigate",
    "appraise",
    "propose",
    "agree",
    "task",
    "delay",
    "escalate",
    "erase",
    "resolve",
    "confirm",
    "rate",
    "close",
    "reopen",
    "withdraw",
    "amend",
    "retract",
    "problem open",
    "problem add",
    "problem drop",
    "problem close",
    "measure add",
    "measure done",
    "measure judge",
)
# Commands that can be made to wait, and how each takes the words that go with it. What notes, adds or mends, and
# `escalate`, never wait.
WAITING = {
    **dict.fromkeys(("screen", "merge", "classify", "assign"), "--reason"),
    **dict.fromkeys(("acknowledge", "assess", "respond"), "TEXT"),
    **dict.fromkeys(("pause", "resume"), "--reason"),
    **dict.fromkeys(("investigate", "appraise", "propose", "approve"), "TEXT"),
    "decline": "--reason",
    "agree": "--words",
    "task": "TEXT",
    "delay": "--reason",
    "resolve": "TEXT",
    "confirm": "--words",
    "rate": "--comment",
    "close": "",
    **dict.fromkeys(("reopen", "withdraw"), "--reason"),
}
# Those of them that a resolved case refuses.
BEFORE_RESOLUTION = (
    *("screen", "assess", "pause", "investigate", "appraise", "propose", "approve", "decline", "agree"),
    *("delay", "resolve"),
)
# Roles that every rulebook has: whoever is in the owning team, or heads it.
OWNER_ROLES = ("owner", "owner_head")
# The role of whoever heads a team that is named, as in `head:finance`.
HEAD_OF = "head:"
HEAD = HEAD_OF + r"([A-Za-z][A-Za-z0-9_-]{0,39})"
# What a customer's window may end with, beside a date.
REGISTERED = "registered"
# What a limit says if each product line has a time of its own.
BY_LINE = "line"
# What a condition on a plan, a demand or a message may ask for beside the fields (see `decisions.facts`).
CASE_FACTS = (
    "category",
    "priority",
    "owner",
    "line",
    "status",
    "cycle",
    "known",
    "problem",
    "visit",
    "disposition",
    "fault",
    "cause",
    "liability",
    "warranty",
    "waiting_for",
    "looks",
)
# The beginnings of facts of which there is one for each question and each task: `scores.speed`, `outcome.inspect`.
SCORES, OUTCOME = "scores.", "outcome."
ANY_SCORE = "any"  # of the questions
# What a condition on a target may ask for beside the fields: what moves its deadlines when it changes.
TARGET_FACTS = tuple(name for name in CASE_FACTS if name not in ("status", "waiting_for", "looks"))
# Behind the place of a target or a task: what of it gives a time.
TIME = r"\.(within|times\[([0-9]+)\])$"
# Before a kind of what is given: how much of it the plan gives.
GIVE = "give."
# Before a name under `earlier`: how many of the customer's earlier cases count.
EARLIER = "earlier."
# What earlier cases may have in common with a case, beside `field:NAME` and SHARED; it is known late.
FOUND_OUT = ("fault",)
# The dispositions of a case that were carried out, in any of its cycles.
CARRIED_OUT = "carried_out"
# What may be asked of an earlier case, beside the fields and SHARED.
EARLIER_FACTS = (
    "category",
    "line",
    "priority",
    "owner",
    "status",
    "disposition",
    CARRIED_OUT,
    "fault",
    "cause",
    "liability",
)
# What stands beside the facts of a case in a file's columns, and in a case as JSON.
ONLY_COLUMNS = ("number", "received_at")
ONLY_JSON = ("received_at", "fields")
# What a message may say, in braces.
PLACEHOLDERS = (
    "case",
    "customer",
    "description",
    "product",
    "category",
    "priority",
    "owner",
    "person",
    "registered_at",
    "due_at",
    "promised_at",
    "text",
    "disposition",
    "gives",
    "pays",
    "plan",
    "tasks",
    "fault",
    "cause",
    "liability",
    "problem",
    "files",
    "channel",
    "actor",
)
# And the running deadline of a target or a task.
DUE = r"due:([A-Za-z][A-Za-z0-9_-]{0,39})"
# A placeholder in its braces, and a part that is left out if one of its placeholders has nothing.
PLACEHOLDER = r"\{([^{}]*)\}"
PART = r"\[\[((?:(?!\[\[|\]\])[\s\S])*)\]\]"
# Who else gets messages, beside those who have a role: the last, whom the consequences of these events tell.
TOLD = "told"
RECEIVERS = ("customer", "collaborators", "task", TOLD)
TELLING = ("escalated", "reopened")
# The ways to choose cases (`commands.filters.FILTERS`), each with what its value is; "" for those that take none.
FILTERS = {
    "status": "status",
    "stage": "stage",
    **{name: name for name in ("owner", "person")},
    "mine": "",
    **{name: name for name in ("category", "priority", "channel", "kind")},
    "month": "month",
    "from": "day",
    "to": "day",
    **dict.fromkeys(("resolved-in", "closed-in"), "period"),
    "missed": "target",
    **dict.fromkeys(("overdue", "unclassified", "suspect"), ""),
    **dict.fromkeys(("problem", "customer", "product", "find"), "text"),
}
# Before a field's name, where it is called as something else is.
FIELDS = "fields."
# The columns of `list` beside fields and deadlines (`render.lists.listing`), and those of its progress table.
COLUMNS = (
    *("case", "status", "priority", "category", "owner", "registered_at", "due_at", "customer", "contact"),
    *("description", "version", "stage", "kind", "channel", "person", "registered_by", "product", "source_number"),
    *("classified", "collaborators", "due", "responded_at", "resolved_at", "closed_at", "promised_at", "cycle"),
    *("waiting_for", "void_by", "merged_into", "satisfied", "scores", "fault", "cause", "liability", "disposition"),
    "attachments",
)
COURSE_COLUMNS = ("case", "seq", "stage", "occurred_at", "kind", "actor", "what")
# What tells cases apart in a report, beside fields that are not personal; and of it what figures can be told by.
DIMENSIONS = (
    *("area", "category", "kind", "priority", "channel", "owner", "person", "product"),
    *("line", "disposition", "cause", "fault", "liability"),
)
APART = ("area", "category", "kind", "priority", "channel", "owner", "person")
# Filters that a report has not: they are its period, or ask for what may be erased since.
NO_FILTERS = ("month", "from", "to")

# The tables that every report has. With FAULT_RATE begin those of units sold, told apart by what stands behind it.
TABLES = (
    "numbers",
    "shares",
    "course",
    "targets",
    "told_late",
    "times",
    "backlog_by_age",
    "satisfaction",
    "amounts",
    "charges",
    "frequent",
    "risen",
    "fault_rate_by_product",
    "fault_rate_by_line",
    "problems",
    "measures",
)
FAULT_RATE = "fault_rate_by_"
