"""The views of a desk's file: what lies in the tables, as people ask for it with SQL."""

from __future__ import annotations

from collections.abc import Iterable

# Deadlines with their terms, as they are read.
DEADLINES = (
    *("case_id", "place", "cycle", "target", "from_at", "duration", "due_at", "start", "until", "occurrence", "pauses"),
    *("provisional", "rule", "rulebook", "ended_at", "outcome", "paused_at", "warn_at", "team", "done_by", "counts"),
    *("calendar", "opened_with"),
)

# Those that cases have, too.
_OF_BOTH = {"case_id": "cases.case_id", "cycle": "due_times.cycle"}

# The times of deadlines are seconds in the tables, and texts in the view.
IN_SECONDS = ("from_at", "due_at", "warn_at", "ended_at", "paused_at")


def as_text(seconds: str) -> str:
    """Return the SQL that makes a text of the store of seconds since 1970."""
    return f"strftime('%Y-%m-%dT%H:%M:%SZ', {seconds}, 'unixepoch')"


def as_seconds(text: str) -> str:
    """Return the SQL that makes seconds since 1970 of a text of the store."""
    return f"CAST(strftime('%s', {text}) AS INTEGER)"


def deadline_columns(names: Iterable[str]) -> str:
    """Return columns of deadlines as a query of `due_times` and `terms` names them."""
    return ", ".join(f"{as_text(name)} AS {name}" if name in IN_SECONDS else _OF_BOTH.get(name, name) for name in names)


# What a registration says, of which the table `written` has what is otherwise by now.
SAID = ("customer", "contact", "description", "details", "source_number")


def _said(name: str) -> str:
    said = f"json_extract(personal.data, '$.{name}')"
    if name == "details":
        said = f"coalesce({said}, json_object())"
    return f"CASE WHEN written.own THEN written.{name} ELSE {said} END AS {name}"


_WORK = "FROM cases JOIN parts ON parts.part = cases.work"
_PLAN = "json_extract(parts.text, '$.plan.{}')".format
_FOUND = "json_extract(parts.text, '$.{}')".format
# Under what labels have the parts of a rulebook, and where it lists them.
_LISTED = {
    "category": "$.categories",
    "kind": "$.kinds",
    "channel": "$.channels",
    "priority": "$.priorities",
    "owner": "$.owners",
    "role": "$.roles",
    "target": "$.targets",
    "task": "$.tasks",
    "pause": "$.pauses",
    "ground": "$.intake.invalid",
    "visit": "$.assessment",
    "fault": "$.appraisal.faults",
    "cause": "$.appraisal.causes",
    "liability": "$.appraisal.liabilities",
    "disposition": "$.dispositions",
    "gives": "$.gives",
    "question": "$.closing.survey.questions",
    "duty": "$.duties",
    "problem": "$.problems",
    "field": "$.fields",
}
_PLACES = ", ".join(f"('{what}', '{path}')" for what, path in _LISTED.items())
_LABEL = ", ".join(
    f"json_extract(one.value, '$.{place}') AS {name}"
    for name, place in (("id", "id"), ("en", "title.en"), ("zh", "title.zh"))
)
_BOOK = "snapshots JOIN desk ON desk.key = 'rulebook' AND desk.value = snapshots.hash"

VIEWS: dict[str, str] = {
    "deadlines": (
        f"SELECT {deadline_columns(DEADLINES)} FROM due_times JOIN cases USING (first) LEFT JOIN terms USING (term)"
    ),
    # What is personal in a registration, unless something else is true by now.
    "texts": (
        f"SELECT cases.case_id, {', '.join(map(_said, SAID))}, written.replies, written.source_spelling, "
        "written.sought_customer, written.sought_product, written.sought FROM written JOIN cases USING (first) "
        "LEFT JOIN personal ON personal.seq = written.first AND NOT written.own"
    ),
    # Every event of a case, with who recorded it when; what was taken back has no word and does not stand.
    "log": (
        "SELECT events.seq, events.case_id, events.version, events.kind, timeline.word, timeline.cycle, "
        "events.occurred_at AS at, runs.recorded_at, runs.actor, runs.rulebook, timeline.seq IS NOT NULL AS stands "
        "FROM events JOIN cases ON cases.case_id = events.case_id JOIN runs ON runs.run = events.run "
        "LEFT JOIN timeline ON timeline.seq = events.seq"
    ),
    "case_fields": (
        "SELECT cases.case_id, field.key AS field, one.value AS value "
        "FROM cases, json_each(cases.fields) AS field, json_each(cases.fields, field.fullkey) AS one"
    ),
    "decisions": (
        "SELECT cases.case_id, one.key AS field, json_extract(one.value, '$.value') AS value, "
        "json_extract(one.value, '$.by') AS given_by, json_extract(one.value, '$.rule') AS rule, "
        "json_extract(one.value, '$.rulebook') AS rulebook "
        "FROM cases JOIN parts ON parts.part = cases.decided, json_each(parts.text) AS one"
    ),
    "collaborators": "SELECT cases.case_id, one.value AS team FROM cases, json_each(cases.collaborators) AS one",
    "outcomes": (
        f"SELECT cases.case_id, {_FOUND('screened')} AS screened, {_FOUND('assessment.known')} AS known, "
        f"{_FOUND('assessment.known_from')} AS known_from, {_FOUND('assessment.visit')} AS visit, "
        f"coalesce({_FOUND('appraisal.warranty')}, {_FOUND('assessment.warranty')}) AS warranty, "
        f"{_FOUND('appraisal.fault')} AS fault, {_FOUND('appraisal.cause')} AS cause, "
        f"{_PLAN('version')} AS plan, {_PLAN('disposition')} AS disposition, {_PLAN('proposed_by')} AS proposed_by, "
        f"{_PLAN('approved')} AS approved, {_PLAN('agreed')} AS agreed, {_FOUND('satisfied')} AS satisfied {_WORK}"
    ),
    "liabilities": (
        "SELECT cases.case_id, one.value AS liability FROM cases JOIN parts ON parts.part = cases.work, "
        "json_each(parts.text, '$.appraisal.liability') AS one"
    ),
    "pauses": (
        "SELECT cases.case_id, json_extract(one.value, '$.ground') AS ground, "
        "json_extract(one.value, '$.from_at') AS from_at, json_extract(one.value, '$.to_at') AS to_at "
        "FROM cases JOIN parts ON parts.part = cases.work, json_each(parts.text, '$.pauses') AS one"
    ),
    # What plans give: of the one that stands, and what was given for good under earlier ones.
    "amounts": (
        "SELECT cases.case_id, CAST(made.key AS INTEGER) AS plan, "
        "json_extract(made.value, '$.disposition') AS disposition, one.key AS gives, "
        "CAST(one.value AS REAL) AS amount, "
        "EXISTS (SELECT 1 FROM json_each(parts.text, '$.given') AS done WHERE done.key = made.key) AS given "
        "FROM cases JOIN parts ON parts.part = cases.work, json_each(parts.text, '$.amounts') AS made, "
        "json_each(made.value, '$.gives') AS one"
    ),
    "labels": (
        f"SELECT part.column1 AS what, {_LABEL} FROM {_BOOK}, "
        f"(VALUES {_PLACES}) AS part, "
        "json_each(snapshots.text, part.column2) AS one"
        f" UNION ALL SELECT 'field:' || json_extract(field.value, '$.id'), {_LABEL} FROM {_BOOK}, "
        "json_each(snapshots.text, '$.fields') AS field, json_each(field.value, '$.values') AS one"
        f" UNION ALL SELECT 'task', {_LABEL} FROM {_BOOK}, json_each(snapshots.text, '$.dispositions') AS way, "
        "json_each(way.value, '$.tasks') AS one"
    ),
}

# The view as a query of the program names it, which trusts no functions in a view of the file.
TEXTS = f"({VIEWS['texts']}) AS texts"

# What each view has, in its order; those of `deadlines` are the columns of its tables.
VIEW_COLUMNS: dict[str, dict[str, type]] = {
    "texts": dict.fromkeys(
        ("case_id", *SAID, "replies", "source_spelling", "sought_customer", "sought_product", "sought"), str
    ),
    "log": {
        **dict.fromkeys(("seq", "case_id", "version", "kind", "word", "cycle"), str),
        **dict.fromkeys(("at", "recorded_at", "actor", "rulebook"), str),
        **dict.fromkeys(("seq", "version", "cycle", "stands"), int),
    },
    "case_fields": {"case_id": str, "field": str, "value": str},
    "decisions": dict.fromkeys(("case_id", "field", "value", "given_by", "rule", "rulebook"), str),
    "collaborators": {"case_id": str, "team": str},
    "outcomes": {
        **dict.fromkeys(("case_id", "screened", "known", "known_from", "visit", "warranty", "fault", "cause"), str),
        **dict.fromkeys(("plan", "disposition", "proposed_by", "approved", "agreed", "satisfied"), str),
        **dict.fromkeys(("known", "warranty", "plan", "approved", "agreed", "satisfied"), int),
    },
    "liabilities": {"case_id": str, "liability": str},
    "pauses": dict.fromkeys(("case_id", "ground", "from_at", "to_at"), str),
    "amounts": {"case_id": str, "plan": int, "disposition": str, "gives": str, "amount": float, "given": int},
    "labels": dict.fromkeys(("what", "id", "en", "zh"), str),
}
