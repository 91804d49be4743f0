"""The figures of a report counted plainly: all events are read, and everything is counted in loops.

It asks no table and no query. Of the program it uses the fold of a case, of which the deadlines are taken, the working
calendar and nothing else.
"""

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from afterservice_cli.cases.case import Case, Recorded
from afterservice_cli.cases.fold import fold
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.store import history

MINUTE = timedelta(minutes=1)
SHOWN = ("met", "missed", "running", "paused")


class Happened(NamedTuple):
    """An event that was not taken back, in its case and cycle."""

    case: Case
    seq: int
    cycle: int
    word: str
    at: datetime
    recorded: Recorded


class Tally:
    """Every case of a desk that is one, and what happened in a period."""

    def __init__(self, db: Any, rulebook: Rulebook, begin: datetime, end: datetime, now: datetime) -> None:
        self.rulebook, self.begin, self.end, self.now = rulebook, begin, end, now
        self.recorded = {recorded.seq: recorded for _, events in history.by_case(db) for recorded in events}
        every = [fold(events) for case, events in history.by_case(db) if case[:1].isdigit()]
        self.void = [case for case in every if case.status == "void"]
        self.cases = sorted((c for c in every if c.status != "void"), key=lambda c: (c.registered_at, c.number))
        self.courses = {case.number: list(course_of(case)) for case in every}

    def inside(self, at: datetime | None) -> bool:
        return at is not None and self.begin <= at < self.end

    def happened(self, word: str) -> list[Happened]:
        events = (event for case in self.cases for event in self.courses[case.number])
        return [event for event in events if event.word == word and self.inside(event.at)]

    def registered(self) -> list[Case]:
        return [case for case in self.cases if self.inside(case.registered_at)]

    def earlier(self, event: Happened, word: str) -> list[Happened]:
        course = self.courses[event.case.number]
        return [e for e in course if e.word == word and (e.at, e.seq) < (event.at, event.seq)]

    def later(self, event: Happened, word: str) -> list[Happened]:
        course = self.courses[event.case.number]
        return [e for e in course if e.word == word and (e.at, e.seq) > (event.at, event.seq)]

    def first_responses(self) -> list[tuple[Case, datetime, datetime]]:
        found = []
        for case in self.registered():
            times = [e.at for e in self.courses[case.number] if e.word == "responded" and e.cycle == 1]
            if times:
                found.append((case, case.registered_at, min(times)))
        return found

    def next_responses(self) -> list[tuple[Case, datetime, datetime]]:
        found = []
        for event in self.happened("replied"):
            before = [*self.earlier(event, "replied"), *self.earlier(event, "responded")]
            last = max(before, key=lambda e: (e.at, e.seq), default=None)
            after = self.later(event, "responded")
            if after and (last is None or last.word == "responded"):
                found.append((event.case, event.at, min(e.at for e in after)))
        return found

    def first_resolutions(self) -> list[Happened]:
        return [event for event in self.happened("resolved") if not self.earlier(event, "resolved")]

    def final_resolutions(self) -> list[Happened]:
        resolved = self.happened("resolved")
        return [e for e in resolved if e.cycle == e.case.cycle and not self.later(e, "resolved")]

    def backlog(self) -> list[Case]:
        found = []
        for case in self.cases:
            if case.registered_at < self.end:
                words = ("closed", "withdrawn", "reopened")
                course = [e for e in self.courses[case.number] if e.word in words and e.at < self.end]
                last = max(course, key=lambda e: (e.at, e.seq), default=None)
                if last is None or last.word == "reopened":
                    found.append(case)
        return found

    def deadlines(self) -> list[tuple[Case, Any, str]]:
        """Those that fall into the period: when they were due, or ended if that was earlier."""
        found = []
        for case in self.cases:
            for deadline in case.deadlines:
                due = deadline.spec.due_at
                falls = min(due, deadline.ended_at or due)
                verdict = deadline.verdict(self.now)
                if deadline.spec.counts and verdict != "void" and self.inside(falls):
                    found.append((case, deadline, verdict))
        return found

    def is_visit(self, case: Case, deadline: Any) -> bool:
        """Whether a rating opened the task; one that was still owed a reopening opens anew."""
        opened = ""
        for event in self.courses[case.number]:
            if deadline.spec.target in _opened(event) and not (opened and event.word == "reopened"):
                opened = event.word
            if any(spec.key == deadline.spec.key for spec in event.recorded.event.deadlines):
                return opened == "rated"
        return False

    def scores(self) -> list[tuple[Case, str, int]]:
        """Of several for one question in a cycle, the last that was recorded."""
        found: dict[tuple[str, int, str], tuple[Case, str, int, datetime]] = {}
        for case in self.cases:
            for event in self.courses[case.number]:
                if event.word == "rated":
                    given: Mapping[str, int] = event.recorded.event.__dict__["scores"]
                    for question, score in given.items():
                        found[case.number, event.cycle, question] = (case, question, score, event.at)
        return [(case, question, score) for case, question, score, at in found.values() if self.inside(at)]

    def taken_out(self) -> list[tuple[Case, str, datetime]]:
        found = []
        for case in self.void:
            times = [e.at for e in self.courses[case.number] if e.word == case.void_by]
            if times and self.inside(max(times)):
                found.append((case, case.void_by, max(times)))
        return found

    def handed_over(self) -> int:
        count = 0
        for case in self.cases:
            owner = ""
            for event in self.courses[case.number]:
                for finding in event.recorded.event.findings:
                    if finding.field == "owner" and finding.value != owner:
                        count += bool(owner) and self.inside(event.at)
                        owner = finding.value
        return count

    def repeated(self) -> list[Case]:
        found = []
        for case in self.registered():
            for other in self.cases:
                same = other.customer_id == case.customer_id is not None
                same = same and other.value("category") == case.value("category")
                lately = other.registered_at >= case.registered_at - timedelta(days=30)
                before = (other.registered_at, other.series, other.serial)
                if same and lately and before < (case.registered_at, case.series, case.serial):
                    found.append(case)
                    break
        return found

    def told_late(self) -> int:
        count = 0
        for case, deadline, verdict in self.deadlines():
            if verdict == "met" and deadline.paused_at is None:
                answers = [e for e in case.events if e.event.at == deadline.ended_at]
                first = min(answers, key=lambda e: e.recorded_at)
                count += first.event.WORD != "twin_counted" and first.recorded_at > deadline.spec.due_at
        return count

    def figures(self) -> dict[str, Any]:
        """Every figure that all desks have, by its name."""
        resolved, closed = self.happened("resolved"), self.happened("closed")
        first, final = self.first_resolutions(), self.final_resolutions()
        deadlines, scores, out = self.deadlines(), self.scores(), self.taken_out()
        verdicts = [verdict for _, _, verdict in deadlines]
        visits = [deadline for case, deadline, _ in deadlines if self.is_visit(case, deadline)]
        registered, unclassified = len(self.registered()), sum(not c.classified for c in self.registered())
        low = sum(score <= 2 for _, _, score in scores)
        by_case: dict[str, list[int]] = {}
        for case, _, score in scores:
            by_case.setdefault(case.number, []).append(score)
        unconfirmed = [
            e
            for e in closed
            if not any(o.word == "confirmed" and o.cycle == e.cycle for o in self.courses[e.case.number])
        ]
        rated = [e for e in closed if any(o.word == "rated" for o in self.courses[e.case.number])]
        contact = [
            e
            for e in first
            if e.case.cycle == 1
            and self._responses(e.case) <= 1
            and any(o.word == "confirmed" for o in self.courses[e.case.number])
        ]
        repeated = len(self.repeated())
        numbers = {
            "registered": registered,
            "unclassified": unclassified,
            "repeated": repeated,
            "resolved": len(resolved),
            "closed": len(closed),
            "closed.unconfirmed": len(unconfirmed),
            "withdrawn": len(self.happened("withdrawn")),
            "reopened": len(self.happened("reopened")),
            "handed_over": self.handed_over(),
            "backlog": len(self.backlog()),
            "taken_out": len(out),
            "invalid": sum(word == "screened" for _, word, _ in out),
            "merged": sum(word == "merged" for _, word, _ in out),
            "retracted": sum(word == "retracted" for _, word, _ in out),
            "taken_out.missed": sum(any(_missed_by(d, at) for d in case.deadlines) for case, _, at in out),
            "met": verdicts.count("met"),
            "missed": verdicts.count("missed"),
            "told_late": self.told_late(),
            "visits.due": len(visits),
            "visits.done": sum(d.ended_at is not None for d in visits),
            "low_rated": low,
            "attainment": _share(verdicts.count("met"), verdicts.count("met") + verdicts.count("missed")),
            "first_contact_rate": _share(len(contact), len(first)),
            "reopen_rate": _share(sum(e.case.cycle > e.cycle for e in resolved), len(resolved)),
            "repeat_rate": _share(repeated, registered),
            "unclassified_rate": _share(unclassified, registered),
            "csat": _share(sum(score >= 4 for _, _, score in scores), len(scores)),
            "csat.cases": _share(sum(statistics.mean(some) >= 4 for some in by_case.values()), len(by_case)),
            "response_rate": _share(len(rated), len(closed)),
            "rating.mean": _mean([score for _, _, score in scores]),
            "rating.count": len(scores),
            "rating.case_mean": _mean([statistics.mean(some) for some in by_case.values()]),
            "rating.cases": len(by_case),
        }
        lengths = {
            "first_response": self.first_responses(),
            "next_response": self.next_responses(),
            "first_resolution": [(e.case, e.case.registered_at, e.at) for e in first],
            "full_resolution": [(e.case, e.case.registered_at, e.at) for e in final],
        }
        for name, spans in lengths.items():
            numbers |= _spread(name, [(until - begin) / MINUTE for _, begin, until in spans])
            worked = [self.rulebook.calendar.elapsed(begin, max(begin, until)) / 60 for _, begin, until in spans]
            numbers |= _spread(f"{name}.working", worked)
            numbers |= _spread(f"{name}.waiting", [_waited(*span) / MINUTE for span in spans])
        ages = [(min(self.end, self.now) - case.registered_at) / MINUTE for case in self.backlog()]
        late = [
            (d.ended_at - d.spec.due_at) / MINUTE
            for _, d, verdict in deadlines
            if verdict == "missed" and d.ended_at is not None
        ]
        return {**numbers, **_spread("backlog.age", ages), **_spread("late", late)}

    def by(self, value: Callable[[Case], Iterable[str]]) -> dict[str, int]:
        """How many of the cases that came in have each value."""
        counts: dict[str, int] = {}
        for case in self.registered():
            for one in value(case):
                counts[one] = counts.get(one, 0) + 1
        return counts

    def verdicts(self, value: Callable[[Case, Any], str]) -> dict[str, tuple[int, ...]]:
        """How many deadlines of each value were met, missed, run, and stand still."""
        counts: dict[str, list[int]] = {}
        for case, deadline, verdict in self.deadlines():
            counts.setdefault(value(case, deadline), [0, 0, 0, 0])[SHOWN.index(verdict)] += 1
        return {name: tuple(found) for name, found in counts.items()}

    def _responses(self, case: Case) -> int:
        return sum(event.word == "responded" for event in self.courses[case.number])


def course_of(case: Case) -> Iterable[Happened]:
    """What happened in a case and was not taken back, with the cycle that it belongs to."""
    cycle = 1
    for recorded in case.standing:
        cycle += recorded.event.word == "reopened"
        yield Happened(case, recorded.seq, cycle, recorded.event.word, recorded.event.at, recorded)


def _opened(event: Happened) -> list[str]:
    """The targets of the tasks that an event opened."""
    return [task.target for task in getattr(event.recorded.event, "tasks", ())]


def _missed_by(deadline: Any, at: datetime) -> bool:
    due, ended = deadline.spec.due_at, deadline.ended_at
    stood = deadline.paused_at is not None and deadline.paused_at < due
    return deadline.spec.counts and due < at and (ended is None or ended > due) and not stood


def _waited(case: Case, begin: datetime, until: datetime) -> timedelta:
    total = timedelta()
    for pause in case.pauses:
        first, last = max(pause.from_at, begin), min(pause.to_at or until, until)
        total += max(last - first, timedelta())
    return total


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean(numbers: Sequence[float]) -> float | None:
    return statistics.mean(numbers) if numbers else None


def _spread(name: str, minutes: Sequence[float]) -> dict[str, Any]:
    """Mean, median, the least number that nine in ten do not exceed, and how many there are."""
    nine = sorted(minutes)[-(-9 * len(minutes) // 10) - 1] if minutes else None
    middle = statistics.median(minutes) if minutes else None
    told = (_mean(minutes), middle, nine, len(minutes))
    return {f"{name}.{how}": number for how, number in zip(("mean", "median", "p90", "count"), told, strict=True)}
