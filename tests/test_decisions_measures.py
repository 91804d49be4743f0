"""Measures: what is to be done by whom, that it was done, and that it is judged by the figure before and after."""

from datetime import datetime, timedelta

import pytest

from afterservice_cli.cases.events.problems import MeasureDone, MeasureJudged
from afterservice_cli.cases.problems import MeasureState
from afterservice_cli.decisions import measures
from afterservice_cli.decisions.measures import MeasureSource, Planned
from afterservice_cli.errors import BadInput, Refused
from given import RECEIVED, hour, refusal
from measuring import ABOUT, BOOK, DAY, NUMBERED, added, moment, state
from recurring import ALARM, book, case

# --- adding -----------------------------------------------------------------------------------------------------


def test_a_measure_is_its_problem_s_team_s_and_about_what_its_cases_share() -> None:
    made = added(figure="rattles a month")
    assert (made.measure, made.problem, made.team, made.person) == ("M2026-001", "P2026-001", "quality", None)
    assert (made.about, made.due_at, made.text, made.figure) == (ABOUT, hour(50), "check A17", "rattles a month")


def test_of_a_case_it_is_the_owner_s_and_about_its_category_and_product() -> None:
    made = added(MeasureSource(case=case()))
    assert (made.of_case, made.team, made.about) == ("202610-001", "desk", ABOUT)


def test_of_a_report_it_says_whose_it_is_and_what_is_counted() -> None:
    made = added(MeasureSource(month="2026-10"), by="quality", about={"category": "rattle"})
    assert (made.month, made.team, made.about) == ("2026-10", "quality", {"category": "rattle"})
    refusal(BadInput, "a measure is somebody's", decide=lambda: added(MeasureSource(month="2026-10")))


@pytest.mark.parametrize(
    ("by", "team", "person"), [("desk", "desk", None), ("bob", "desk", "bob"), ("quality/shen", "quality", "shen")]
)
def test_a_team_or_a_person_does_it(by: str, team: str, person: str | None) -> None:
    made = added(by=by)
    assert (made.team, made.person) == (team, person)


def test_what_is_refused_when_it_is_added() -> None:
    refusal(BadInput, "unknown owner", decide=lambda: added(by="nobody"))
    refusal(Refused, "P2026-001 is closed", decide=lambda: added(MeasureSource(problem=ALARM.but(closed_at=hour(0)))))
    refusal(Refused, "does without measure", decide=lambda: added(rulebook=book()))
    kept = BOOK.but(may={"measure add": ("desk",)})
    refusal(Refused, "measure add is kept to desk", decide=lambda: added(rulebook=kept))
    late = Planned("x", None, hour(0.5))
    late_add = lambda: measures.add(moment(), planned=late, source=MeasureSource(problem=ALARM), numbered=NUMBERED)  # noqa: E731
    refusal(BadInput, "the given time lies in the past", decide=late_add)


# --- doing ------------------------------------------------------------------------------------------------------


def test_its_team_does_it_once() -> None:
    assert measures.done(state(), moment(hour(2)), text="all checked") == MeasureDone(hour(2), "all checked")
    refusal(Refused, "M2026-001 takes quality", decide=lambda: measures.done(state(), moment(hour(2), "ann")))
    over = state(MeasureDone(hour(2)))
    refusal(Refused, "M2026-001 is done already", decide=lambda: measures.done(over, moment(hour(3))))
    refusal(BadInput, "can have happened only after it", decide=lambda: measures.done(state(), moment(hour(0))))


def test_a_person_s_measure_is_theirs() -> None:
    bobs = state(by="bob")
    assert measures.done(bobs, moment(hour(2), "bob")) == MeasureDone(hour(2))
    refusal(Refused, "M2026-001 is bob's", decide=lambda: measures.done(bobs, moment(hour(2), "ann")))


# --- judging ----------------------------------------------------------------------------------------------------

DONE = state(MeasureDone(hour(2)))
WHOLE = hour(2) + 30 * DAY


def judge(at: datetime = WHOLE, actor: str = "wei", of: MeasureState = DONE, effective: str = "yes") -> MeasureJudged:
    return measures.judge(of, moment(at, actor), effective=effective, text="half as many", counted=(9, 4))


def test_it_is_judged_with_the_figure_before_and_after_once_that_is_whole() -> None:
    assert judge() == MeasureJudged(WHOLE, "yes", 9, 4, "half as many")
    refusal(
        Refused,
        "the effect of M2026-001 is counted until 2026-11-13 11:00 (measures.effect.after)",
        decide=lambda: judge(WHOLE - timedelta(seconds=1)),
    )
    assert judge(effective="部分").effective == "partly"


def test_both_figures_are_counted_as_long() -> None:
    spans = measures.windows(DONE.done_at, DONE.about, moment())
    assert spans == ((hour(2) - 30 * DAY, hour(2)), (hour(2), WHOLE))
    assert measures.counted_by({"product": "X-1", "batch": "A17"}, moment()) == {"product": "X-1"}


def test_without_anything_to_count_it_is_judged_at_once() -> None:
    plain = DONE.but(about={})
    assert measures.windows(plain.done_at, {}, moment()) is None
    assert judge(hour(3), of=plain).effective == "yes"
    no_effect = BOOK.but(measures=BOOK.measures and BOOK.measures.but(effect=None))
    assert measures.windows(DONE.done_at, ABOUT, moment(rulebook=no_effect)) is None


def test_what_is_refused_when_it_is_judged() -> None:
    refusal(Refused, "M2026-001 takes owner_head (measures.by); shen is not", decide=lambda: judge(actor="shen"))
    refusal(BadInput, "--effective is yes, partly or no", decide=lambda: judge(effective="perhaps"))
    refusal(Refused, "M2026-001 is not done yet", decide=lambda: judge(of=state()))
    judged = state(MeasureDone(hour(2)), MeasureJudged(WHOLE, "yes"))
    refusal(Refused, "M2026-001 is judged already", decide=lambda: judge(of=judged))
    refusal(BadInput, "can have happened only after it", decide=lambda: judge(hour(1)))
    assert judged.effective == "yes" and judged.version == 3 and judged.added_at > RECEIVED
