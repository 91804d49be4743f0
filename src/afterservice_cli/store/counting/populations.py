"""What reports count: each population as SQL over the projections, and by what its facts may be told apart.

It answers whatever `told` keeps nothing of, such as a field of the rulebook; what that keeps is asked there (`asking`).
"""

from __future__ import annotations

from collections.abc import Mapping

from afterservice_cli.frozen import Frozen
from afterservice_cli.store.schema import LATER, WAITING
from afterservice_cli.store.views import as_seconds, as_text


class Population(Frozen):
    """What is counted: the `source` of its facts, when one happened (`at`), what may be asked and measured of it.

    `{cases}` stands for the cases that the report is about. Facts that are of no single case say in `whose`, of the
    facts as `{facts}`, which cases they are about.
    """

    source: str
    at: str
    conditions: Mapping[str, str] = {}
    measures: Mapping[str, str] = {}
    whose: str = ""


def _inside(column: str) -> str:
    return f"t.{column} >= :begin AND t.{column} < :end"


_ITS_CASES = "SELECT case_id FROM problem_cases WHERE problem IN (SELECT problem FROM ({facts}))"
# Beside the courses of cases: what was given, and what stands above single cases.
ABOVE: Mapping[str, Population] = {
    "given": Population(
        # What was paid under an earlier version of the plan was paid all the same.
        "timeline t JOIN {cases} cases ON cases.first = t.first JOIN parts p ON p.part = cases.work "
        "JOIN json_each(p.text, '$.amounts') v JOIN json_each(v.value, '$.gives') g WHERE cases.status <> 'void' "
        f"AND t.word = 'resolved' AND t.{LATER} AND {_inside('at')} AND t.cycle = cases.cycle "
        "AND NOT EXISTS (SELECT 1 FROM timeline f WHERE f.first = t.first AND +f.word = 'resolved' "
        "AND (f.at, f.seq) > (t.at, t.seq))",
        "t.at",
        {},
        {"amount": "CAST(g.value AS REAL)"},
    ),
    "problems": Population(
        "problems t WHERE t.opened_at < :end AND coalesce(t.closed_at >= :begin, 1)",
        "t.opened_at",
        {"opened": "t.opened_at >= :begin", "closed": "t.closed_at < :end", "open": "coalesce(t.closed_at >= :end, 1)"},
        {},
        _ITS_CASES,
    ),
    "measures": Population(
        f"measures t WHERE (({_inside('added_at')}) OR ({_inside('due_at')}) OR ({_inside('done_at')}) "
        f"OR ({_inside('judged_at')}))",
        "t.added_at",
        {
            "added": _inside("added_at"),
            "done": _inside("done_at"),
            "late": f"{_inside('due_at')} AND coalesce(t.done_at, :now) > t.due_at",
            "judged": _inside("judged_at"),
            "effective": f"{_inside('judged_at')} AND t.effective = 'yes'",
        },
        {},
        f"SELECT of_case FROM ({{facts}}) UNION {_ITS_CASES}",
    ),
}

_WORK = "(SELECT text FROM parts WHERE part = cases.work)"


def _minutes(begin: str, end: str) -> str:
    return f"(strftime('%s', {end}) - strftime('%s', {begin})) / 60.0"


def _lasting(name: str, begin: str, end: str) -> dict[str, str]:
    """Return what may be measured of a time: on the clock, in working time, and how long the case waited in it."""
    return {
        name: _minutes(begin, end),
        f"{name}.working": f"worked({as_seconds(begin)}, {as_seconds(end)})",
        f"{name}.waiting": f"CASE WHEN {end} IS NULL THEN NULL WHEN instr({_WORK}, '\"pauses\":[]') THEN 0.0 "
        f"ELSE waited({_WORK}, {begin}, {end}) END",
    }


def _events(word: str) -> str:
    return (
        "timeline t JOIN {cases} cases ON cases.first = t.first "
        f"WHERE cases.status <> 'void' AND t.word = '{word}' AND t.{LATER} AND {_inside('at')}"
    )


# As `cases.values.verdict` has it.
VERDICT = (
    "CASE WHEN outcome <> '' THEN outcome "
    "WHEN ended_at <= due_at OR (ended_at IS NOT NULL AND coalesce(paused_at < due_at, 0)) THEN 'met' "
    "WHEN ended_at IS NOT NULL THEN 'missed' WHEN paused_at < due_at THEN 'paused' "
    f"WHEN {as_seconds(':now')} > due_at THEN 'missed' ELSE 'running' END"
)
_FIRST_RESPONSE = (
    "(SELECT min(f.at) FROM timeline f WHERE f.first = cases.first AND +f.word = 'responded' AND f.cycle = 1)"
)
_NEXT_RESPONSE = (
    "(SELECT min(f.at) FROM timeline f WHERE f.first = t.first AND +f.word = 'responded' "
    "AND (f.at, f.seq) > (t.at, t.seq))"
)
_BEFORE = "f.first = t.first AND (f.at, f.seq) < (t.at, t.seq)"
_ANSWER = (
    "FROM events e JOIN runs r ON r.run = e.run WHERE e.case_id = cases.case_id "
    f"AND e.occurred_at = {as_text('t.ended_at')} AND (cases.source_batch IS NULL "
    "OR e.run <> (SELECT f.run FROM events f WHERE f.seq = cases.first))"
)
# What ended it was recorded only after it was due, and not by the file that brought the case in; an answer in a twin
# was recorded there.
_TOLD_LATE = (
    f"t.verdict = 'met' AND t.paused_at IS NULL AND (SELECT min(r.recorded_at) {_ANSWER} AND e.kind <> 'TwinCounted') "
    f"> {as_text('t.due_at')}"
)
# Who recorded it first.
_RECORDER = f"(SELECT r.actor {_ANSWER} ORDER BY r.recorded_at, r.run LIMIT 1)"
# When a void case was taken out, by the event that did it.
_TAKEN_OUT = (
    "(SELECT v.*, (SELECT max(f.at) FROM timeline f WHERE f.first = v.first AND +f.word = v.void_by) AS out_at "
    "FROM {cases} v WHERE v.status = 'void') cases WHERE out_at >= :begin AND out_at < :end"
)
# A deadline falls into the period in which it was due, or ended if that was earlier.
_BEGIN, _END = as_seconds(":begin"), as_seconds(":end")
_FALLING = " UNION ALL ".join(
    f"SELECT * FROM due_times WHERE {which}"
    for which in (
        f"{WAITING} AND due_at >= {_BEGIN} AND due_at < {_END}",
        f"NOT ({WAITING}) AND due_at >= {_BEGIN} AND due_at < {_END} AND (ended_at IS NULL OR ended_at >= {_BEGIN})",
        f"outcome = '' AND ended_at >= {_BEGIN} AND ended_at < {_END} AND due_at >= {_END}",
    )
)

# Another case of the same customer and category came in within the 30 days before.
REPEATED = (
    "EXISTS (SELECT 1 FROM cases e WHERE e.customer_id = cases.customer_id "
    "AND +e.category = cases.category AND +e.status <> 'void' AND (+e.registered_at, e.series, e.serial) < "
    "(cases.registered_at, cases.series, cases.serial) AND +e.registered_at >= "
    "strftime('%Y-%m-%dT%H:%M:%SZ', cases.registered_at, '-30 days'))"
)

POPULATIONS: Mapping[str, Population] = {
    "registered": Population(
        "{cases} cases WHERE cases.status <> 'void' AND cases.registered_at >= :begin AND cases.registered_at < :end",
        "cases.registered_at",
        {
            "unclassified": "cases.classified = 0",
            "repeated": REPEATED,
        },
        _lasting("first_response", "cases.registered_at", _FIRST_RESPONSE),
    ),
    "replies": Population(
        # Of several that follow each other unanswered, the first begins the time.
        _events("replied") + " AND coalesce((SELECT f.word FROM timeline f "
        f"WHERE {_BEFORE} AND +f.word IN ('replied', 'responded') ORDER BY f.at DESC, f.seq DESC LIMIT 1), '') "
        "<> 'replied'",
        "t.at",
        {},
        _lasting("next_response", "t.at", _NEXT_RESPONSE),
    ),
    "resolved": Population(
        _events("resolved"),
        "t.at",
        {
            "first": f"NOT EXISTS (SELECT 1 FROM timeline f WHERE {_BEFORE} AND +f.word = 'resolved')",
            "final": "t.cycle = cases.cycle AND NOT EXISTS (SELECT 1 FROM timeline f WHERE f.first = t.first "
            "AND +f.word = 'resolved' AND (f.at, f.seq) > (t.at, t.seq))",
            "reopened": "cases.cycle > t.cycle",
            "first_contact": "cases.cycle = 1 AND (SELECT count(*) FROM timeline f WHERE f.first = t.first "
            "AND +f.word = 'responded') <= 1 AND EXISTS (SELECT 1 FROM timeline f WHERE f.first = t.first "
            "AND +f.word = 'confirmed')",
        },
        _lasting("resolution", "cases.registered_at", "t.at"),
    ),
    "closed": Population(
        _events("closed"),
        "t.at",
        {
            "unconfirmed": "NOT EXISTS (SELECT 1 FROM timeline f WHERE f.first = t.first AND f.cycle = t.cycle "
            "AND +f.word = 'confirmed')",
            "rated": "EXISTS (SELECT 1 FROM ratings r WHERE r.case_id = cases.case_id)",
        },
    ),
    "reopened": Population(_events("reopened"), "t.at"),
    "withdrawn": Population(_events("withdrawn"), "t.at"),
    "handed_over": Population(
        "timeline t JOIN {cases} cases ON cases.first = t.first WHERE cases.status <> 'void' "
        "AND t.word IN ('assigned', 'classified', 'escalated', 'reopened', 'gathered') "
        f"AND t.{LATER} AND {_inside('at')} AND t.owner IS NOT NULL",
        "t.at",
    ),
    "taken_out": Population(
        _TAKEN_OUT,
        "cases.out_at",
        {
            "invalid": "cases.void_by = 'screened'",
            "merged": "cases.void_by = 'merged'",
            "retracted": "cases.void_by = 'retracted'",
            # Whatever was due before it went, and had not been answered by then.
            "missed": "EXISTS (SELECT 1 FROM deadlines d WHERE d.case_id = cases.case_id AND d.counts "
            "AND d.due_at < cases.out_at AND (d.ended_at IS NULL OR d.ended_at > d.due_at) "
            "AND coalesce(d.paused_at >= d.due_at, 1))",
        },
    ),
    "backlog": Population(
        "(SELECT * FROM {cases} WHERE status <> 'void' AND registered_at < :end AND (ended = 0 OR first IN "
        f"(SELECT first FROM timeline WHERE word IN ('closed', 'withdrawn') AND {LATER} AND at >= :end))) cases "
        "WHERE coalesce((SELECT t.word FROM timeline t WHERE t.first = cases.first AND +t.word IN "
        "('closed', 'withdrawn', 'reopened') AND t.at < :end ORDER BY t.at DESC, t.seq DESC LIMIT 1), 'reopened') "
        "= 'reopened'",
        "cases.registered_at",
        {"unclassified": "cases.classified = 0"},
        {"age": _minutes("cases.registered_at", "min(:end, :now)")},
    ),
    "deadlines": Population(
        f"(SELECT d.*, {VERDICT} AS verdict FROM ({_FALLING}) d) t JOIN terms ON terms.term = t.term "
        "JOIN {cases} cases ON cases.first = t.first WHERE terms.counts = 1 AND cases.status <> 'void' "
        "AND t.verdict <> 'void'",
        as_text("min(t.due_at, coalesce(t.ended_at, t.due_at))"),
        {
            **{word: f"t.verdict = '{word}'" for word in ("met", "missed", "running", "paused")},
            "judged": "t.verdict IN ('met', 'missed')",
            "told_late": _TOLD_LATE,
            "visit": "terms.opened_with = 'rated'",
            "done": "t.ended_at IS NOT NULL",
        },
        {"late": "CASE WHEN t.verdict = 'missed' THEN (t.ended_at - t.due_at) / 60.0 END"},
    ),
    "ratings": Population(
        f"ratings t JOIN {{cases}} cases ON cases.case_id = t.case_id WHERE cases.status <> 'void' AND {_inside('at')}",
        "t.at",
        {"satisfied": "t.score >= 4", "low": "t.score <= 2"},
        {"score": "t.score"},
    ),
    "rated": Population(
        "(SELECT case_id, avg(score) AS score, max(at) AS at FROM ratings WHERE at >= :begin AND at < :end "
        "GROUP BY case_id) t JOIN {cases} cases ON cases.case_id = t.case_id WHERE cases.status <> 'void'",
        "t.at",
        {"satisfied": "t.score >= 4"},
        {"score": "t.score"},
    ),
    **ABOVE,
}

# By what facts may be told apart, and the column that says it; those of JSON are read in Python (`IN_JSON`).
DIMENSIONS: Mapping[str, str] = {
    "category": "cases.category",
    "area": "substr(cases.category, 1, instr(cases.category || '.', '.') - 1)",
    "kind": "cases.kind",
    "priority": "cases.priority",
    "channel": "cases.channel",
    "owner": "cases.owner",
    "person": "cases.person",
    "product": "cases.product",
    "work": "cases.work",
    "fields": "cases.fields",
    "target": "terms.target",
    "rule": "terms.rule",
    "question": "t.question",
    "score": "t.score",
    "case": "cases.case_id",
    "recorder": _RECORDER,
    "given": "g.key",
    "disposition": "json_extract(v.value, '$.disposition')",
}
