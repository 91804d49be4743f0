"""The figures of what stands above single cases, problems, measures and duties, and of what was sold."""

from __future__ import annotations

from afterservice_cli.figures.counting import Cohort, Counting, Figure
from afterservice_cli.figures.tables import Cell
from afterservice_cli.language import sentence, sentence_in

_PROBLEMS, _MEASURES, _DUTIES = Cohort("problems"), Cohort("measures"), Cohort("duties")


class Above(Figure):
    """How many of what is of no single case; it lists the cases that these are about."""

    def result(self, facts: Counting) -> Cell:
        """Return how many there are; None in a report about some cases alone."""
        return facts.count(self.cohort) if facts.whole else None

    def cases(self, facts: Counting) -> list[str]:
        """Return the numbers of the cases that they are about; none in a report about some cases alone."""
        return facts.cases(self.cohort) if facts.whole else []


class DutyCount(Figure):
    """How many of the times by which a duty was due have these verdicts; of all duties if none is named."""

    target: str = ""
    verdicts: tuple[str, ...] = ()

    def result(self, facts: Counting) -> Cell:
        """Return how many there are; as a share of those that are over if it is one."""
        if facts.duties is None:
            return None
        found = [verdict for target, verdict in facts.duties if self.target in ("", target)]
        count = sum(verdict in self.verdicts for verdict in found)
        if self.kind != "share":
            return count
        judged = found.count("met") + found.count("missed")
        return count / judged if judged else None

    def cases(self, facts: Counting) -> list[str]:
        """Return no case: a duty is of none."""
        return []


class Sold(Figure):
    """How many units are known to be sold, or for how many of them a case came in (a share)."""

    def result(self, facts: Counting) -> Cell:
        """Return the number; None if nobody told what was sold."""
        units = sum(units.count for units in (facts.sold or {}).values())
        if facts.sold is None or self.kind != "share":
            return None if facts.sold is None else units
        return sum(count for _, _, count in facts.sold_and_told()) / units if units else None

    def cases(self, facts: Counting) -> list[str]:
        """Return the numbers of the cases about what is known to be sold."""
        names = [name for name, _, _ in facts.sold_and_told()]
        found = {number for name in names for number in facts.cases(self.cohort.but(only=(("product", name),)))}
        return [number for number in facts.cases(self.cohort) if number in found]


# How many of them there were.
COUNTS: tuple[Figure, ...] = (
    Above(
        "problems.opened",
        sentence_in("figure", "problems opened"),
        sentence("problems that were opened in the period; like all that stands above single cases, told of all cases"),
        _PROBLEMS.also("opened"),
    ),
    Above(
        "problems.closed",
        sentence_in("figure", "problems closed"),
        sentence("problems that were closed in the period"),
        _PROBLEMS.also("closed"),
    ),
    Above(
        "problems.open",
        sentence_in("figure", "problems open"),
        sentence("problems that were open at the end of the period"),
        _PROBLEMS.also("open"),
    ),
    Above(
        "measures.added",
        sentence_in("figure", "measures added"),
        sentence("measures that were added in the period"),
        _MEASURES.also("added"),
    ),
    Above(
        "measures.done",
        sentence_in("figure", "measures done"),
        sentence("measures that were done in the period"),
        _MEASURES.also("done"),
    ),
    Above(
        "measures.late",
        sentence_in("figure", "measures late"),
        sentence("measures that were due in the period and not done by then, done since or not"),
        _MEASURES.also("late"),
    ),
    Above(
        "measures.judged",
        sentence_in("figure", "measures judged"),
        sentence("measures whose effect was judged in the period"),
        _MEASURES.also("judged"),
    ),
    Above(
        "measures.effective",
        sentence_in("figure", "measures effective"),
        sentence("of the measures judged in the period, those that are effective, not only partly"),
        _MEASURES.also("effective"),
    ),
    DutyCount(
        "duties.met",
        sentence_in("figure", "duties met"),
        sentence("times by which duties of the desk were due in the period, or seen to earlier, that were met"),
        _DUTIES,
        "count",
        {},
        "",
        ("met",),
    ),
    DutyCount(
        "duties.missed",
        sentence_in("figure", "duties missed"),
        sentence("times by which duties of the desk were due in the period that were missed"),
        _DUTIES,
        "count",
        {},
        "",
        ("missed",),
    ),
    Sold(
        "sold",
        sentence_in("figure", "units sold"),
        sentence("units sold until the end of the period, as the file of `--sales` tells; none without it"),
        Cohort("registered"),
    ),
)
RATES: tuple[Figure, ...] = (
    DutyCount(
        "duties.attainment",
        sentence_in("figure", "duties: attainment"),
        sentence("of the times by which duties of the desk were met or missed in the period, those met"),
        _DUTIES,
        "share",
        {},
        "",
        ("met",),
    ),
    Sold(
        "fault_rate",
        sentence_in("figure", "fault rate"),
        sentence(
            "the cases received in the period about products of which units are known to be sold, for each of these "
            "units: see sold; which cases are faults, the filters of the report say, such as `--category`"
        ),
        Cohort("registered"),
        "share",
    ),
)


def figures_of_duty(target: str, title: str) -> list[Figure]:
    """Return the figures of one duty: what became of its times, and its attainment."""
    titles = {"target": title}
    words = {
        "met": sentence_in("figure", "{target}: met"),
        "missed": sentence_in("figure", "{target}: missed"),
        "running": sentence_in("figure", "{target}: running"),
        "attainment": sentence_in("figure", "{target}: attainment"),
    }
    means = {
        "met": sentence("times by which a duty was due in the period, or seen to earlier, that were met"),
        "missed": sentence("times by which a duty was due in the period that were missed"),
        "running": sentence("times by which a duty is due in the period that can still be met"),
        "attainment": sentence("of the times by which a duty was met or missed in the period, those met"),
    }
    return [
        DutyCount(
            f"{target}.{name}",
            words[name],
            means[name],
            _DUTIES,
            "share" if name == "attainment" else "count",
            titles,
            target,
            ("met",) if name == "attainment" else (name,),
        )
        for name in words
    ]
