"""The figures of a report: each has a name, its words and its definition here, and nowhere else."""

from __future__ import annotations

from afterservice_cli.figures.counting import Cohort, Figure, Measured, Share, Time
from afterservice_cli.language import sentence, sentence_in

_REGISTERED, _RESOLVED, _CLOSED = Cohort("registered"), Cohort("resolved"), Cohort("closed")
_TAKEN_OUT, _BACKLOG, _DEADLINES = Cohort("taken_out"), Cohort("backlog"), Cohort("deadlines")
_RATINGS, _RATED, _VISITS = Cohort("ratings"), Cohort("rated"), Cohort("deadlines", ("visit",))

# How many of something there were.
NUMBERS: tuple[Figure, ...] = (
    Figure(
        "registered",
        sentence_in("figure", "registered"),
        sentence(
            "cases received in the period; what was screened invalid, merged or retracted is left out of this and of "
            "every other figure, unless it says so"
        ),
        _REGISTERED,
    ),
    Figure(
        "unclassified",
        sentence_in("figure", "unclassified"),
        sentence("of the cases received in the period, those with the default category, open or not"),
        _REGISTERED.also("unclassified"),
    ),
    Figure(
        "repeated",
        sentence_in("figure", "repeat complaints"),
        sentence(
            "of the cases received in the period, those of a customer who had another case of the same category "
            "received in the 30 days before"
        ),
        _REGISTERED.also("repeated"),
    ),
    Figure(
        "resolved",
        sentence_in("figure", "resolved"),
        sentence("resolutions in the period; a case that was reopened and resolved again counts twice"),
        _RESOLVED,
    ),
    Figure("closed", sentence_in("figure", "closed"), sentence("closings in the period, withdrawals apart"), _CLOSED),
    Figure(
        "closed.unconfirmed",
        sentence_in("figure", "closed unconfirmed"),
        sentence("of the closings in the period, those without a confirmation by the customer in that cycle"),
        _CLOSED.also("unconfirmed"),
    ),
    Figure(
        "withdrawn",
        sentence_in("figure", "withdrawn"),
        sentence("cases that the customer took back in the period"),
        Cohort("withdrawn"),
    ),
    Figure("reopened", sentence_in("figure", "reopened"), sentence("reopenings in the period"), Cohort("reopened")),
    Figure(
        "handed_over",
        sentence_in("figure", "handed over"),
        sentence("how often a case went to another team in the period, for whatever reason"),
        Cohort("handed_over"),
    ),
    Figure(
        "backlog",
        sentence_in("figure", "backlog"),
        sentence("cases received before the end of the period that were neither closed nor withdrawn by then"),
        _BACKLOG,
    ),
    Figure(
        "taken_out",
        sentence_in("figure", "taken out"),
        sentence("cases that were screened invalid, merged or retracted in the period"),
        _TAKEN_OUT,
    ),
    Figure(
        "invalid",
        sentence_in("figure", "screened invalid"),
        sentence("cases that were screened invalid in the period"),
        _TAKEN_OUT.also("invalid"),
    ),
    Figure(
        "merged",
        sentence_in("figure", "merged"),
        sentence("cases that were merged into another in the period"),
        _TAKEN_OUT.also("merged"),
    ),
    Figure(
        "retracted",
        sentence_in("figure", "retracted"),
        sentence("cases whose registration was taken back in the period"),
        _TAKEN_OUT.also("retracted"),
    ),
    Figure(
        "taken_out.missed",
        sentence_in("figure", "taken out after a missed deadline"),
        sentence("of the cases taken out in the period, those that had missed a deadline by then"),
        _TAKEN_OUT.also("missed"),
    ),
    Figure(
        "met",
        sentence_in("figure", "deadlines met"),
        sentence(
            "deadlines that fall into the period and were met; a deadline falls into the period in which it was due, "
            "or ended if that was earlier"
        ),
        _DEADLINES.also("met"),
    ),
    Figure(
        "missed",
        sentence_in("figure", "deadlines missed"),
        sentence(
            "deadlines that fall into the period and were missed, answered since or not: see met; what is still "
            "open when its case is closed is missed, as is a target's when it is reopened, in the period in which it "
            "was due"
        ),
        _DEADLINES.also("missed"),
    ),
    Figure(
        "told_late",
        sentence_in("figure", "met, but recorded late"),
        sentence("of the deadlines met in the period, those whose answer was recorded only after they were due"),
        _DEADLINES.also("told_late"),
    ),
    Figure(
        "visits.due",
        sentence_in("figure", "second visits due"),
        sentence(
            "second visits that were due in the period, or made in it before they were due: the tasks that a rating "
            "opens, whatever begins their time; one that is still owed when its case is reopened has its time anew"
        ),
        _VISITS,
    ),
    Figure(
        "visits.done",
        sentence_in("figure", "second visits made"),
        sentence("of the second visits due in the period, those that were made, in time or not"),
        _VISITS.also("done"),
    ),
    Figure(
        "low_rated",
        sentence_in("figure", "low scores"),
        sentence("scores of 1 or 2 that customers gave in the period"),
        _RATINGS.also("low"),
    ),
)

# How many of several: from 0 to 1.
SHARES: tuple[Figure, ...] = (
    Share(
        "attainment",
        sentence_in("figure", "attainment"),
        sentence(
            "of the deadlines that were met or missed in the period, those that were met; a deadline falls into the "
            "period in which it was due, or ended if that was earlier"
        ),
        _DEADLINES.also("met"),
        "share",
        {},
        _DEADLINES.also("judged"),
    ),
    Share(
        "first_contact_rate",
        sentence_in("figure", "resolved at first contact"),
        sentence(
            "of the cases resolved for the first time in the period, those with one response at most, never reopened "
            "since, and confirmed by the customer"
        ),
        _RESOLVED.also("first", "first_contact"),
        "share",
        {},
        _RESOLVED.also("first"),
    ),
    Share(
        "reopen_rate",
        sentence_in("figure", "reopen rate"),
        sentence("of the resolutions in the period, those that were followed by a reopening since"),
        _RESOLVED.also("reopened"),
        "share",
        {},
        _RESOLVED,
    ),
    Share(
        "repeat_rate",
        sentence_in("figure", "repeat rate"),
        sentence("of the cases received in the period, those that are repeat complaints: see repeated"),
        _REGISTERED.also("repeated"),
        "share",
        {},
        _REGISTERED,
    ),
    Share(
        "unclassified_rate",
        sentence_in("figure", "unclassified share"),
        sentence("of the cases received in the period, those with the default category, open or not"),
        _REGISTERED.also("unclassified"),
        "share",
        {},
        _REGISTERED,
    ),
    Share(
        "csat",
        sentence_in("figure", "satisfaction (scores 4–5)"),
        sentence("of the scores that customers gave in the period, to whatever question, those of 4 or 5"),
        _RATINGS.also("satisfied"),
        "share",
        {},
        _RATINGS,
    ),
    Share(
        "csat.cases",
        sentence_in("figure", "satisfied cases (mean 4–5)"),
        sentence("of the cases rated in the period, those whose scores in it have a mean of 4 or more"),
        _RATED.also("satisfied"),
        "share",
        {},
        _RATED,
    ),
    Share(
        "response_rate",
        sentence_in("figure", "rated by the customer"),
        sentence("of the closings in the period, those of cases that the customer has rated"),
        _CLOSED.also("rated"),
        "share",
        {},
        _CLOSED,
    ),
)


def _times(name: str, words: tuple[str, str, str], means: str, of: Cohort, measure: str) -> tuple[Time, ...]:
    """Return a time as it is measured on the clock, in working time, and while the case waited."""
    clocks = ("", ".working", ".waiting")
    return tuple(
        Time(f"{name}{clock}", said, means, of, f"{measure}{clock}") for clock, said in zip(clocks, words, strict=True)
    )


TIMES: tuple[Time, ...] = (
    *_times(
        "first_response",
        (
            sentence_in("figure", "first response"),
            sentence_in("figure", "first response, working time"),
            sentence_in("figure", "first response, waiting"),
        ),
        sentence(
            "from the receipt of a case to the first response before any reopening, for the cases received in the "
            "period, whenever the response came"
        ),
        _REGISTERED,
        "first_response",
    ),
    *_times(
        "next_response",
        (
            sentence_in("figure", "next response"),
            sentence_in("figure", "next response, working time"),
            sentence_in("figure", "next response, waiting"),
        ),
        sentence(
            "from what the customer said in the period to the response that followed; of several words without a "
            "response between them, the first counts"
        ),
        Cohort("replies"),
        "next_response",
    ),
    *_times(
        "first_resolution",
        (
            sentence_in("figure", "first resolution"),
            sentence_in("figure", "first resolution, working time"),
            sentence_in("figure", "first resolution, waiting"),
        ),
        sentence(
            "from the receipt of a case to its first resolution, for the cases resolved for the first time in the "
            "period"
        ),
        _RESOLVED.also("first"),
        "resolution",
    ),
    *_times(
        "full_resolution",
        (
            sentence_in("figure", "full resolution"),
            sentence_in("figure", "full resolution, working time"),
            sentence_in("figure", "full resolution, waiting"),
        ),
        sentence(
            "from the receipt of a case to the resolution after which it was not reopened, for the cases in which "
            "that lies in the period"
        ),
        _RESOLVED.also("final"),
        "resolution",
    ),
    Time(
        "backlog.age",
        sentence_in("figure", "age of the backlog"),
        sentence("from the receipt of a case of the backlog to the end of the period, or to the time of the report"),
        _BACKLOG,
        "age",
    ),
    Time(
        "late",
        sentence_in("figure", "by how much missed"),
        sentence("from when a deadline was due to its answer, for the deadlines missed in the period and answered"),
        _DEADLINES.also("missed"),
        "late",
    ),
)

SCORES: tuple[Figure, ...] = (
    Measured(
        "rating.mean",
        sentence_in("figure", "mean of all answers"),
        sentence(
            "the mean of the scores that customers gave in the period, to whatever question; of several in a cycle, "
            "the last one"
        ),
        _RATINGS,
        "score",
        {},
        "score",
        "mean",
    ),
    Figure(
        "rating.count",
        sentence_in("figure", "answers"),
        sentence("scores that customers gave in the period, to whatever question"),
        _RATINGS,
    ),
    Measured(
        "rating.case_mean",
        sentence_in("figure", "mean of all cases"),
        sentence("the mean over the cases rated in the period of the mean of their scores"),
        _RATED,
        "score",
        {},
        "score",
        "mean",
    ),
    Figure("rating.cases", sentence_in("figure", "cases rated"), sentence("cases rated in the period"), _RATED),
)

TIME_FIGURES: tuple[Figure, ...] = tuple(figure for time in TIMES for figure in time.figures())
FIGURES: tuple[Figure, ...] = (*NUMBERS, *SHARES, *TIME_FIGURES, *SCORES)
