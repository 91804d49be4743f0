"""What a desk's file consists of: its tables, their indexes and the triggers that guard the history."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from afterservice_cli.store.views import VIEWS

Columns = dict[str, type]

# What happened. These are the register; everything else can be rebuilt from them.
HISTORY: dict[str, Columns] = {
    "events": {
        "seq": int,
        "case_id": str,
        "version": int,
        "kind": str,
        "occurred_at": str,
        "run": int,
        "shape": int,
        "body": str,
        "commitment": bytes,
        "hash": bytes,
    },
    # What all events have in common that are recorded at once.
    "runs": {"run": int, "recorded_at": str, "actor": str, "clock": str, "rulebook": str},
    # What the rules gave a case, as many events have it.
    "shapes": {"shape": int, "text": str},
    "personal": {"seq": int, "salt": bytes, "data": str},
    "erasures": {"seq": int, "erased_by": int},
    "snapshots": {"hash": str, "text": str},
    # What suggestions follow from: the one in force alone, since it was made of what customers wrote.
    "models": {"hash": str, "text": str},
    "desk": {"key": str, "value": str},
    # Outside the chain: who looked at whose contacts.
    "reveals": {"id": int, "at": str, "actor": str, "case_id": str},
}

# What follows from it: dropped and rebuilt at will. Whoever changes what they say raises PROJECTED.
PROJECTIONS: dict[str, Columns] = {
    # `first` is the event that registered the case: by it the tables below name the case where it fills them.
    "cases": {
        "first": int,
        "case_id": str,
        "series": str,
        "serial": int,
        "status": str,
        "ended": int,
        "stage": str,
        "kind": str,
        "channel": str,
        "product": str,
        "category": str,
        "classified": int,
        "priority": str,
        "owner": str,
        "person": str,
        "collaborators": str,
        "fields": str,
        "decided": int,
        "customer_id": str,
        "registered_at": str,
        "registered_by": str,
        "responded_at": str,
        "resolved_at": str,
        "closed_at": str,
        "promised_at": str,
        "pause": str,
        "void_by": str,
        "merged_into": str,
        "work": int,
        "cycle": int,
        "version": int,
        "source_identity": str,
        "source_digest": str,
        "source_batch": str,
    },
    # JSON that many cases have alike, kept once: what they were given, and what was found out and planned.
    "parts": {"part": int, "text": str},
    # What many deadlines have alike, kept once, and when each of them is due: its times are seconds since 1970.
    "terms": {
        "term": int,
        "target": str,
        "duration": str,
        "start": str,
        "until": str,
        "pauses": int,
        "rule": str,
        "rulebook": str,
        "team": str,
        "done_by": str,
        "counts": int,
        "calendar": str,
        "opened_with": str,
    },
    "due_times": {
        "first": int,
        "place": int,
        "cycle": int,
        "term": int,
        "occurrence": int,
        "from_at": int,
        "due_at": int,
        "warn_at": int,
        "provisional": int,
        "ended_at": int,
        "outcome": str,
        "paused_at": int,
    },
    "tasks": {
        "case_id": str,
        "cycle": int,
        "name": str,
        "number": int,
        "plan": int,
        "rule": str,
        "team": str,
        "waits_for": str,
        "outcomes": str,
        "state": str,
        "opened_at": str,
        "done_at": str,
        "done_by": str,
        "outcome": str,
    },
    # Which of a customer's fields were said in a case, and by which event last.
    "said_of_customers": {"customer_id": str, "field": str, "seq": int, "first": int},
    "duties": {
        "name": str,
        "seq": int,
        "team": str,
        "every": str,
        "from_at": str,
        "due_at": str,
        "warn_at": str,
        "calendar": str,
        "rulebook": str,
        "ended_at": str,
        "done_by": str,
        "outcome": str,
    },
    "problems": {
        "problem": str,
        "series": str,
        "serial": int,
        "seq": int,
        "pattern": str,
        "same": str,
        "team": str,
        "opened_at": str,
        "due_at": str,
        "warn_at": str,
        "duration": str,
        "rule": str,
        "version": int,
        "closed_at": str,
        "closed_by": str,
    },
    "problem_cases": {"seq": int, "case_id": str, "problem": str, "pattern": str},
    "measures": {
        "measure": str,
        "series": str,
        "serial": int,
        "seq": int,
        "team": str,
        "person": str,
        "due_at": str,
        "about": str,
        "problem": str,
        "of_case": str,
        "month": str,
        "added_at": str,
        "version": int,
        "done_at": str,
        "done_by": str,
        "judged_at": str,
        "judged_by": str,
        "effective": str,
        "before": int,
        "after": int,
    },
    # `owner` is the team to which the event handed the case over.
    "timeline": {"seq": int, "first": int, "cycle": int, "word": str, "at": str, "owner": str},
    "links": {"seq": int, "case_id": str, "other": str, "relation": str},
    "ratings": {"seq": int, "question": str, "case_id": str, "score": int, "at": str},
    # The only projections with personal data in them: erasing empties them too. What the registration says stands there
    # alone; a case of which other things are true by now has all of its `own`. The view `texts` puts both together.
    "written": {
        "first": int,
        "own": int,
        "customer": str,
        "contact": str,
        "description": str,
        "details": str,
        "source_number": str,
        "replies": str,  # what they added to it while the case was vague
        "source_spelling": str,  # the same in the form in which it is compared
        "sought_customer": str,
        "sought_product": str,
        "sought": str,
    },
    "customers": {"contact": str, "customer_id": str},
    # What reports tell of cases, each fact as a row that needs no other table: see told.py.
    "told": {
        "what": int,
        "at": int,
        "first": int,
        "place": int,
        "marks": int,
        "part": int,
        "since": int,
        "number": int,
        "alike": int,
    },
}

IN_PARTS = ("decided", "work")  # columns of cases that name a part


def part_columns(columns: Iterable[str]) -> str:
    """Return columns of cases as a query names them; what lies in `parts` is read from there."""
    return ", ".join(
        f"(SELECT text FROM parts WHERE part = cases.{name}) AS {name}" if name in IN_PARTS else f"cases.{name}"
        for name in columns
    )


# Tables that name a case by the event that registered it; the others have its number.
BY_FIRST = tuple(table for table, columns in PROJECTIONS.items() if "first" in columns)
# Tables whose rows lie in the order of their key, and have no other number.
BY_KEY = ("due_times", "said_of_customers", "customers", "ratings", "told")

KEYS: dict[str, str | tuple[str, ...]] = {
    "events": "seq",
    "runs": "run",
    "shapes": "shape",
    "personal": "seq",
    "erasures": "seq",
    "snapshots": "hash",
    "models": "hash",
    "desk": "key",
    "reveals": "id",
    "cases": "first",
    "parts": "part",
    "terms": "term",
    "due_times": ("first", "place"),
    "tasks": ("case_id", "cycle", "name", "number"),
    "said_of_customers": ("customer_id", "field", "seq"),
    "duties": ("name", "seq"),
    "problems": "problem",
    "problem_cases": "seq",
    "measures": "measure",
    "timeline": "seq",
    "links": "seq",
    "ratings": ("seq", "question"),
    "written": "first",
    "customers": "contact",
    "told": ("what", "at", "first", "place"),
}

OPTIONAL: dict[str, set[str]] = {
    "events": {"shape", "commitment"},
    "cases": {
        *("kind", "product", "customer_id", "source_identity", "source_digest", "source_batch"),
        *("person", "responded_at", "resolved_at", "closed_at", "promised_at", "pause", "merged_into"),
    },
    "terms": {"team"},
    "due_times": {"ended_at", "paused_at", "warn_at"},
    "tasks": {"team", "done_at", "done_by", "outcome"},
    "duties": {"warn_at", "ended_at", "done_by"},
    "problems": {"due_at", "warn_at", "closed_at", "closed_by"},
    "measures": {
        *("person", "problem", "of_case", "month", "done_at", "done_by", "judged_at", "judged_by"),
        *("effective", "before", "after"),
    },
    "timeline": {"owner"},
    "told": {"part", "since", "number", "alike"},
    "written": {"customer", "contact", "description", "details", "replies", "source_number", "source_spelling"},
}

# A table, the columns that are indexed, and whether two rows may share them.
Index = tuple[str, tuple[str, ...], bool]

HISTORY_INDEXES: tuple[Index, ...] = (
    ("events", ("case_id", "version"), True),
    ("shapes", ("text",), True),
)

PROJECTION_INDEXES: tuple[Index, ...] = (
    ("cases", ("case_id",), True),
    ("cases", ("series", "serial"), True),
    ("cases", ("registered_at",), False),
    ("cases", ("status", "registered_at"), False),
    ("cases", ("ended", "registered_at"), False),
    ("cases", ("source_identity",), True),
    ("cases", ("customer_id",), False),
    ("cases", ("product", "registered_at"), False),  # what a problem's cases share, and when they came in
    ("cases", ("category", "registered_at"), False),
    ("parts", ("text",), True),
    ("terms", ("rule",), False),
    ("due_times", ("outcome", "ended_at", "due_at", "paused_at"), False),  # those that wait: see PARTIAL
    ("due_times", ("due_at",), False),  # and those that do not
    ("due_times", ("ended_at",), False),
    ("tasks", ("state",), False),
    ("duties", ("ended_at",), False),  # those that run
    ("problems", ("pattern", "same"), False),
    ("problems", ("closed_at",), False),
    ("problem_cases", ("case_id",), False),
    ("problem_cases", ("problem",), False),
    ("measures", ("problem",), False),
    ("measures", ("judged_at",), False),
    ("timeline", ("word", "at"), False),
    ("timeline", ("first",), False),
    ("links", ("case_id",), False),
    ("links", ("other",), False),
    ("ratings", ("at",), False),
    ("ratings", ("case_id",), False),
    ("written", ("source_spelling",), False),
)

# A deadline that still waits for its event.
WAITING = "ended_at IS NULL AND outcome = ''"
# Every case has been registered, which it says itself: what is looked for among events is what came later.
LATER = "word <> 'registered'"
# Indexes that have some rows of their tables alone: those for which this is true.
PARTIAL: dict[tuple[str, tuple[str, ...]], str] = {
    ("due_times", ("outcome", "ended_at", "due_at", "paused_at")): WAITING,
    ("due_times", ("due_at",)): f"NOT ({WAITING})",
    ("due_times", ("ended_at",)): "ended_at IS NOT NULL",
    ("timeline", ("word", "at")): LATER,
}

# Raised when the same events come to stand in the projections otherwise, though their columns stay.
PROJECTED = 12

_NEVER = (
    *((table, "UPDATE", "changed") for table in ("events", "runs", "shapes", "erasures", "snapshots", "models")),
    *((table, "DELETE", "deleted") for table in ("events", "runs", "shapes", "erasures", "snapshots")),
)
TRIGGERS: dict[str, str] = {
    **{
        f"{table}_are_not_{done}": f"""BEFORE {act} ON {table} BEGIN
        SELECT RAISE(ABORT, '{table} are never {done}'); END"""
        for table, act, done in _NEVER
    },
    "events_follow_the_head": """BEFORE INSERT ON events
        WHEN NEW.seq IS NOT coalesce((SELECT max(seq) FROM events), 0) + 1
          OR NEW.run IS NOT (SELECT max(run) FROM runs)
          OR (NEW.shape IS NOT NULL AND NOT EXISTS (SELECT 1 FROM shapes WHERE shape = NEW.shape))
        BEGIN SELECT RAISE(ABORT, 'the event does not follow the head of the history'); END""",
    "runs_follow_the_head": """BEFORE INSERT ON runs
        WHEN NEW.run IS NOT coalesce((SELECT max(run) FROM runs), 0) + 1
          OR NEW.recorded_at < coalesce((SELECT recorded_at FROM runs ORDER BY run DESC LIMIT 1), '')
        BEGIN SELECT RAISE(ABORT, 'the run does not follow the head of the history'); END""",
    "personal_is_not_changed": """BEFORE UPDATE ON personal BEGIN
        SELECT RAISE(ABORT, 'personal data is erased, never changed'); END""",
    "personal_goes_by_erasure": """BEFORE DELETE ON personal
        WHEN NOT EXISTS (SELECT 1 FROM erasures WHERE seq = OLD.seq)
        BEGIN SELECT RAISE(ABORT, 'personal data is deleted by an erasure only'); END""",
    "erasures_name_their_event": """BEFORE INSERT ON erasures
        WHEN NOT EXISTS (SELECT 1 FROM events WHERE seq = NEW.erased_by AND kind = 'PersonalDataErased')
        BEGIN SELECT RAISE(ABORT, 'an erasure needs its event'); END""",
    "models_go_when_out_of_force": """BEFORE DELETE ON models
        WHEN OLD.hash IS (SELECT value FROM desk WHERE key = 'model')
        BEGIN SELECT RAISE(ABORT, 'the model in force stays'); END""",
    "genesis_is_not_changed": """BEFORE UPDATE ON desk WHEN OLD.key IN ('register', 'genesis', 'secret') BEGIN
        SELECT RAISE(ABORT, 'the desk keeps its identity'); END""",
    "genesis_is_not_deleted": """BEFORE DELETE ON desk WHEN OLD.key IN ('register', 'genesis', 'secret') BEGIN
        SELECT RAISE(ABORT, 'the desk keeps its identity'); END""",
}


def _fingerprint() -> str:
    """Return a checksum of what the projections are, and after it their names.

    A desk that bears another is rebuilt; the names say which tables it had, so that none stays behind.
    """
    columns = [(table, name, kind.__name__) for table, kinds in PROJECTIONS.items() for name, kind in kinds.items()]
    keys = [(table, KEYS[table], sorted(OPTIONAL.get(table, ()))) for table in PROJECTIONS]
    meant = repr((PROJECTED, columns, keys, PROJECTION_INDEXES, PARTIAL, VIEWS, BY_KEY))
    return " ".join((f"{zlib.crc32(meant.encode()):08x}", *PROJECTIONS, *VIEWS))


FINGERPRINT = _fingerprint()
