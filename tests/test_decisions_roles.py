"""Roles: who acts, whose role it is in a case, and what the rulebook keeps to whom."""

from functools import partial
from pathlib import Path

import pytest

import rulebooks
from afterservice_cli.cases.values import Appraisal, Assessment
from afterservice_cli.decisions import closing, handling, planning, triage
from afterservice_cli.decisions.planning import Proposal
from afterservice_cli.errors import Refused
from afterservice_cli.moment import Decision, Moment
from conftest import Runner
from courses import LIFE, Did, gone, life, standing_at
from given import hour

UNCLAIMED = life(("channels:", "claims: false\n\nchannels:"))


def test_an_account_that_is_only_called_like_somebody_is_not_them() -> None:
    rulebook = life(("users: [liming, li]", "users: [liming]"))
    assert rulebook.person_of("li") == "login li"
    assert rulebook.person_of("desk as li") == "li"


@pytest.mark.parametrize(
    ("actor", "person", "without_claims"),
    [
        ("liming", "li", "li"),
        ("li", "li", "li"),
        ("zhao", "zhao", "zhao"),
        ("desk as zhao", "zhao", "desk"),
        ("desk as liming", "li", "desk"),
        ("liming as zhao", "zhao", "li"),
        ("stranger", "stranger", "stranger"),
    ],
)
def test_who_acts_is_the_user_of_the_machine_or_whom_they_say_they_are(
    actor: str, person: str, without_claims: str
) -> None:
    assert Moment(hour(0), hour(0), actor, LIFE).person == person
    assert Moment(hour(0), hour(0), actor, UNCLAIMED).person == without_claims


def test_a_claim_gives_no_role_where_claims_do_not_count() -> None:
    proposed = gone(Did(partial(planning.propose, proposal=Proposal("repair")), 1, "li"), rulebook=UNCLAIMED)
    proposed.when(planning.approve, actor="desk as zhao").refused(Refused, "takes owner_head", "desk is not")
    assert proposed.when(planning.approve, actor="zhao as li").events
    claimed = gone(Did(partial(planning.propose, proposal=Proposal("repair")), 1, "li"))
    assert claimed.when(planning.approve, actor="desk as zhao").events
    claimed.when(planning.approve, actor="zhao as li").refused(Refused, "li is not")


@pytest.mark.parametrize(
    ("role", "people"),
    [
        ("owner_head", ("zhao", "qian")),
        ("owner", ("zhao", "qian", "li", "wang")),
        ("service", ("sun", "he", "lin")),
        ("quality", ("kim", "wang")),
        ("management", ("han",)),
        ("supervisor", ("ma", "zhao")),
    ],
)
def test_a_role_is_somebody_s_the_first_before_those_who_stand_in(role: str, people: tuple[str, ...]) -> None:
    assert LIFE.holders(role, "tech") == people


def test_whose_case_it_is_in_particular_is_its_owner_and_the_head_stays_the_head() -> None:
    case = standing_at(gone(Did(partial(triage.assign, owner="li", reason="x"), 1)))
    assert LIFE.holders("owner", "tech", case.person) == ("li",)
    assert LIFE.holders("owner_head", "tech", case.person) == ("zhao", "qian")


def test_a_command_is_kept_to_whom_the_rulebook_names() -> None:
    gone().when(handling.investigate, actor="sun").refused(
        Refused, "investigate is kept to tech (may.investigate); sun is none of them", "ask one of zhao, qian, li, wang"
    )
    for actor in ("zhao", "qian", "li", "desk as wang"):
        assert gone().when(handling.investigate, at=hour(1), actor=actor).events


@pytest.mark.parametrize(
    ("command", "course", "decision"),
    [
        ("respond", (), handling.respond),
        ("pause", (), partial(handling.pause, ground="parts")),
        ("resume", (Did(partial(handling.pause, ground="parts"), 1),), handling.resume),
        ("acknowledge", (), triage.acknowledge),
        ("assess", (), partial(triage.assess, found=Assessment(known=True))),
        ("classify", (), triage.classify),
        ("assign", (), triage.assign),
        ("appraise", (), partial(handling.appraise, found=Appraisal(fault="hose"))),
        ("propose", (), partial(planning.propose, proposal=Proposal("refund"))),
        ("delay", (), partial(handling.delay, to=hour(300), reason="x")),
        ("resolve", (), partial(closing.resolve, resolution="x")),
        ("confirm", (Did(partial(closing.resolve, resolution="x"), 1),), partial(closing.confirm, satisfied=True)),
        ("rate", (Did(partial(closing.resolve, resolution="x"), 1),), partial(closing.rate, scores={"speed": 5})),
        ("close", (), partial(closing.close, resolution="x", confirmed=True)),
        ("reopen", (Did(partial(closing.resolve, resolution="x"), 1),), partial(closing.reopen, reason="x")),
        ("withdraw", (), partial(closing.withdraw, reason="x")),
    ],
)
def test_any_command_may_be_kept_to_somebody(command: str, course: tuple[Did, ...], decision: Decision) -> None:
    kept = life(("investigate: [tech]", f"{command}: [owner_head, management]"))
    case = gone(*(Did(did.decision, 1, "zhao") for did in course), rulebook=kept)
    case.when(decision, at=hour(2), now=hour(2), actor="li").refused(
        Refused,
        f"{command} is kept to owner_head and management (may.{command}); li is none of them",
        "zhao, qian, han",
    )
    for actor in ("zhao", "han"):
        made = case.when(decision, at=hour(2), now=hour(2), actor=actor)
        assert isinstance(made.events, tuple)


# --- two people at once -------------------------------------------------------------------------------------------


def test_of_two_who_have_seen_the_same_version_the_second_is_told_and_loses_nothing(
    tmp_path: Path, call: Runner
) -> None:
    (tmp_path / "life.yaml").write_text(rulebooks.text("life"))
    call("init", "--rules", "life.yaml")
    call("register", "It leaks", "--channel", "phone", "--customer", "Zoe")
    seen = ("--if-version", "1")
    assert call("note", "001", "by one", *seen, "--as", "li").code == 0
    late = call("note", "001", "by another", *seen, "--as", "wang")
    assert (late.code, late.out) == (5, "")
    assert "202610-001 is at version 2, not 1: since then noted by" in late.err
    assert "as li" in late.err
    assert "afterservice show 202610-001" in late.err
    assert "by another" not in call("show", "001").out
    assert call("note", "001", "by another", "--if-version", "2", "--as", "wang").code == 0
    assert "by another" in call("show", "001").out
