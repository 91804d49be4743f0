"""The words that rulebooks have for what the program knows, beside those of events (`cases.events.EVENT_WORDS`)."""

from __future__ import annotations

# What else a target's clock may begin with; a task may end it, too.
TASK_DONE = r"task:([A-Za-z][A-Za-z0-9_-]{0,39})\.done"
FIELD = r"field:([A-Za-z][A-Za-z0-9_-]{0,39})"

# What resolving and closing may demand.
DEMANDS = (
    "screening",
    "acknowledgement",
    "assessment",
    "response",
    "investigation",
    "appraisal",
    "plan",
    "approval",
    "agreement",
    "tasks",
    "resolution",
    "confirmation",
    "rating",
)

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
    "resolve",
    "confirm",
    "rate",
    "close",
    "reopen",
    "withdraw",
    "amend",
    "retract",
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
    "visit",
    "amount",
    "disposition",
    "fault",
    "cause",
    "liability",
    "warranty",
    "waiting_for",
)
# The beginnings of facts of which there is one for each question and each task: `scores.speed`, `outcome.inspect`.
SCORES, OUTCOME = "scores.", "outcome."
ANY_SCORE = "any"  # of the questions
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
    "amount",
    "plan",
    "tasks",
    "fault",
    "cause",
    "liability",
    "files",
    "channel",
    "actor",
)
# And the running deadline of a target.
DUE = r"due:([A-Za-z][A-Za-z0-9_-]{0,39})"
# A placeholder in its braces, and a part that is left out if one of its placeholders has nothing.
PLACEHOLDER = r"\{([^{}]*)\}"
PART = r"\[\[((?:(?!\[\[|\]\])[\s\S])*)\]\]"
# Who else gets messages, beside those who have a role.
RECEIVERS = ("customer", "collaborators", "task")
