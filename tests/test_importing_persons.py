"""Who has a case by its row: a later export is followed, unless it was given to somebody here since."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

import rulebooks
from afterservice_cli.cases.case import Event
from afterservice_cli.decisions import closing, escalation, handling, triage
from afterservice_cli.workflows import recording
from registers import one_row, register_in
from shops import Shop, counted, rejects, shop_of_life

PROFILE = """
profile: course
columns: {number: no, received_at: taken, channel: via, customer: name, description: text, owner: team, person: who}
course: [{event: resolved, at: solved}, {event: closed, at: done}]
"""
HEADINGS = "no,taken,via,name,text,team,who,solved,done"


shop = shop_of_life(PROFILE)


def line(**cells: str) -> str:
    return one_row(HEADINGS, **cells)


CASE = "202610-001"
LI, WANG, LIN = ({"team": team, "who": who} for team, who in (("tech", "li"), ("tech", "wang"), ("service", "lin")))


@pytest.mark.parametrize(
    ("first", "second", "whose"),
    [
        (LI, WANG, ("tech", "wang")),
        (LI, LIN, ("service", "lin")),
        ({"team": "tech"}, LI, ("tech", "li")),
        ({"team": "tech/li"}, {"team": "tech/wang"}, ("tech", "wang")),
        ({"team": "tech/li"}, {"team": "Customer service"}, ("service", None)),
        ({"who": "li"}, {"who": "wang"}, ("tech", "wang")),
        (LI, {"team": "tech"}, ("tech", "li")),  # an empty cell speaks against nobody
    ],
)
def test_who_has_a_case_follows_its_row(
    shop: Shop, first: dict[str, str], second: dict[str, str], whose: tuple[str, str | None]
) -> None:
    shop.read_text(line(**first))
    expected = {"unchanged": 1} if second == {"team": "tech"} else {"changed": 1}
    assert counted(shop.read_text(line(**second))) == expected
    case = shop.case()
    assert (case.value("owner"), case.person) == whose
    assert counted(shop.read_text(line(**second))) == {"unchanged": 1}
    assert shop.register.findings() == []


def test_a_case_goes_from_person_to_person_as_its_row_does(shop: Shop) -> None:
    shop.read_text(line(**LI))
    for cells, person in ((WANG, "wang"), (LIN, "lin"), (LI, "li")):
        assert counted(shop.read_text(line(**cells))) == {"changed": 1}
        assert shop.case().person == person


def test_who_had_a_case_that_is_over_follows_its_row_too(shop: Shop) -> None:
    over = {"solved": "2026-10-09", "done": "2026-10-10"}
    shop.read_text(line(**LI, **over))
    assert counted(shop.read_text(line(**WANG, **over))) == {"changed": 1}
    assert (shop.case().person, shop.case().status) == ("wang", "closed")


def test_whom_a_case_was_given_to_here_keeps_it(shop: Shop) -> None:
    shop.read_text(line(**LI))
    recording.act(shop.desk, CASE, partial(triage.assign, owner="zhao", reason="away"))
    assert counted(shop.read_text(line(**LI, solved="2026-10-09"))) == {"changed": 1}
    summary = shop.read_text(line(**WANG, solved="2026-10-09"))
    assert counted(summary) == {"conflicts": 1}
    assert (rejects(summary)[0]["_field"], rejects(summary)[0]["_reason"]) == (
        "who",
        "who: assigned by hand in 202610-001 – if the row is right: afterservice assign 202610-001 --to … --reason …",
    )
    assert shop.case().person == "zhao"


def test_the_team_that_a_case_was_given_to_here_keeps_it(shop: Shop) -> None:
    shop.read_text(line(team="tech"))
    recording.act(shop.desk, CASE, partial(triage.assign, owner="quality", reason="x"))
    summary = shop.read_text(line(team="service"))
    assert counted(summary) == {"conflicts": 1}
    assert rejects(summary)[0]["_reason"].startswith("team: assigned by hand in 202610-001 – if the row is right:")
    assert shop.case().value("owner") == "quality"


@pytest.mark.parametrize(
    "by_hand",
    [partial(triage.assign, owner="quality", reason="x"), partial(triage.classify, category="other", reason="x")],
)
def test_what_a_person_decided_is_held_against_what_the_row_said_of_the_same(
    tmp_path: Path, by_hand: Callable[..., list[Event]]
) -> None:
    with register_in(tmp_path, str(rulebooks.FOLDER / "life.yaml")) as register:
        shop = Shop(register, PROFILE.replace("owner: team", "owner: team, category: topic"))
        row = partial(one_row, f"{HEADINGS},topic", team="tech", topic="broken")
        summary = shop.read_text(row())
        assert counted(summary) == {"new": 1}, rejects(summary)
        recording.act(shop.desk, CASE, by_hand)
        decided = {name: shop.case().value(name) for name in ("owner", "category")}
        assert counted(shop.read_text(row(solved="2026-10-09"))) == {"changed": 1}
        assert {name: shop.case().value(name) for name in ("owner", "category")} == decided


def test_somebody_who_answers_is_not_in_the_way_of_another_person(shop: Shop) -> None:
    shop.read_text(line(**LI))
    recording.act(shop.desk, CASE, partial(handling.respond, text="we called"))
    assert counted(shop.read_text(line(**WANG))) == {"changed": 1}
    assert shop.case().person == "wang"
    assert shop.register.findings() == []


@pytest.mark.parametrize(
    ("cells", "raised"),
    [
        ({}, escalation.escalate),
        ({"solved": "2026-10-09", "done": "2026-10-10"}, partial(closing.reopen, reason="again")),
    ],
    ids=["missed", "reopened"],
)
def test_a_priority_that_was_raised_stays_while_the_row_says_what_it_said(
    tmp_path: Path, cells: dict[str, str], raised: Callable[..., list[Event]]
) -> None:
    ranks = ("consequences: [", "consequences: [{on: missed, targets: [resolve], raise_priority: 1}, ")
    (tmp_path / "raising.yaml").write_text(rulebooks.text("life", ranks), "utf-8")
    with register_in(tmp_path, str(tmp_path / "raising.yaml")) as register:
        shop = Shop(register, PROFILE.replace("owner: team", "owner: team, priority: rank"))
        row = partial(one_row, f"{HEADINGS},rank", rank="normal", **cells)
        assert counted(shop.read_text(row())) == {"new": 1}
        recording.act(shop.desk, CASE, raised)
        assert shop.case().value("priority") == "high"
        assert counted(shop.read_text(row(name="Lin Li"))) == {"changed": 1}
        assert shop.case().value("priority") == "high"
