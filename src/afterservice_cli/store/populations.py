"""What reports count beside the courses of cases: what was given, and what stands above single cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from afterservice_cli.frozen import Frozen
from afterservice_cli.reports.sold import Units


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


class Beside(Frozen):
    """What facts are told with beside the tables: the bounds of the period's parts, the desk's duties, what was sold.

    `duties` gives each time by which a duty was due in the period, as its target and its verdict.
    """

    bounds: Sequence[str] = ()
    duties: Callable[[], Sequence[tuple[str, str]]] = lambda: ()
    sold: Mapping[str, Units] | None = None  # by product, in the form of `normal`; None if nobody told


NOTHING_BESIDE = Beside()


def _inside(column: str) -> str:
    return f"t.{column} >= :begin AND t.{column} < :end"


_ITS_CASES = "SELECT case_id FROM problem_cases WHERE problem IN (SELECT problem FROM ({facts}))"
# The versions of a case's plan, each with what is given by it: those before the last stand in `given`.
_VERSIONS = (
    "CASE WHEN json_extract(p.text, '$.plan') IS NULL THEN json_extract(p.text, '$.given') ELSE "
    "json_set(json_extract(p.text, '$.given'), '$.\"' || json_extract(p.text, '$.plan.version') || '\"', "
    "json(json_extract(p.text, '$.plan.gives'))) END"
)

ABOVE: Mapping[str, Population] = {
    "given": Population(
        # What was paid under an earlier version of the plan was paid all the same.
        "timeline t JOIN {cases} cases ON cases.case_id = t.case_id JOIN parts p ON p.part = cases.work "
        f"JOIN json_each({_VERSIONS}) v JOIN json_each(v.value) g WHERE cases.status <> 'void' "
        "AND t.word = 'resolved' AND t.at >= :begin AND t.at < :end AND t.cycle = cases.cycle AND NOT EXISTS "
        "(SELECT 1 FROM timeline f WHERE f.case_id = t.case_id AND f.word = 'resolved' "
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
