"""What a person writes freely: every decision refuses what no text may be, whatever else it is told."""

import inspect
from collections.abc import Iterator, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, NamedTuple

import pytest

import rulebooks
from afterservice_cli import decisions
from afterservice_cli.cases.case import WORDS
from afterservice_cli.cases.problems import ProblemState
from afterservice_cli.cases.values import Appraisal, Assessment
from afterservice_cli.decisions import (
    closing,
    handling,
    imported,
    intake,
    mending,
    planning,
    problems,
)
from afterservice_cli.decisions.planning import Proposal
from afterservice_cli.errors import BadInput
from afterservice_cli.input_text import LONGEST
from afterservice_cli.rulebook.vocabulary import OVERALL
from conftest import Runner
from courses import Did, gone, standing_at
from given import came_in, hour

BOOK = rulebooks.rulebook("whole")
BROKEN = {"half a character": "\udcff", "a file by mistake": "x" * (LONGEST + 1)}
SAID = "as it was said"

# Words that name something the rulebook or the program knows, and are looked up there.
NAMES = (
    "batch",
    "category",
    "channel",
    "customer_id",
    "ground",
    "name",
    "other",
    "outcome",
    "owner",
    "priority",
    "relation",
    "word",
)
CHECKED_BEFORE = {
    "handling.resuming": "`resume` has checked the reason",
    "mending.taking_back": "`retract` has checked the reason, and `merge` its own",
    "triage.placing": "`classify` has checked the reason",
    "triage.handed": "the file's words are looked up, the reason is ours",
}


class Way(NamedTuple):
    """How a decision that takes free text becomes possible: the course before it, and what else it is told."""

    told: Mapping[str, Any]
    course: tuple[Did, ...] = ()
    by: str = "zhao"


RESOLVED = Did(partial(closing.resolve, resolution="mended"), 1)
LOW = Did(partial(closing.rate, scores={OVERALL: 1}), 2)
PAUSED = Did(partial(handling.pause, ground="parts"), 1)
REFUND = Did(partial(planning.propose, proposal=Proposal("refund", gives={"money": "12"})), 1, "li")
EXCHANGE = Did(partial(planning.propose, proposal=Proposal("exchange")), 1, "li")
AGREED = Did(partial(planning.agree, agreed=True), 2)
PROBLEM = ProblemState("P2026-001", "P2026", 1, 1, "batch", {}, "tech", hour(0), None, None, "", "")
OTHER = standing_at(gone(rulebook=BOOK)).but(number="202610-002")
WAYS = {
    "screening.screen": Way({"outcome": "valid"}),
    "screening.link": Way({"other": OTHER.number, "relation": "related"}),
    "screening.merge": Way({"into": OTHER}),
    "intake.attach": Way({"files": [intake.StoredFile("0" * 64, 1, "a.jpg")]}),
    "triage.acknowledge": Way({}),
    "triage.assess": Way({"found": Assessment(visit="remote")}),
    "triage.classify": Way({"category": "product"}),
    "triage.choose": Way({"category": "product", "suggested": 1}),
    "triage.assign": Way({"owner": "pay"}),
    "handling.respond": Way({}),
    "handling.responded": Way({}),
    "handling.note": Way({}),
    "handling.reply": Way({}),
    "handling.pause": Way({"ground": "parts"}),
    "handling.resume": Way({}, (PAUSED,)),
    "handling.investigate": Way({}),
    "handling.investigated": Way({}),
    "handling.appraise": Way({"found": Appraisal(cause="bug")}),
    "handling.delay": Way({"to": hour(90000)}),
    "planning.propose": Way({"proposal": Proposal("exchange")}),
    "planning.approve": Way({}, (REFUND,)),
    "planning.decline": Way({}, (REFUND,)),
    "planning.agree": Way({"agreed": True}, (EXCHANGE,)),
    "tasks.task": Way({"name": "swap"}, (EXCHANGE, AGREED)),
    "closing.resolve": Way({}),
    "closing.resolved": Way({}),
    "closing.confirm": Way({"satisfied": False}, (RESOLVED,)),
    "closing.confirmed": Way({"satisfied": True}, (RESOLVED,)),
    "closing.rate": Way({"scores": {OVERALL: 5}}, (RESOLVED,)),
    "closing.rated": Way({"scores": {OVERALL: 5}}, (RESOLVED,)),
    "closing.close": Way({"confirmed": True}),
    "closing.withdraw": Way({}),
    "closing.reopen": Way({}, (RESOLVED,)),
    "closing.reopened": Way({}, (RESOLVED,)),
    "mending.amend": Way({"facts": {"product": "X"}}),
    "mending.amended": Way({"facts": {"product": "X"}}),
    "mending.retract": Way({"seq": 1}),
    "problems.assess_known": Way({"found": Assessment(visit="remote")}),
    "problems.leave": Way({"problem": PROBLEM}, (Did(partial(problems.gather, problem=PROBLEM), 1),)),
    "imported.retell": Way({"word": "noted"}),
}


def texts_of() -> Iterator[tuple[str, Any, str]]:
    """Every text that a decision takes: its name, the decision, and the parameter."""
    for module in (import_module(f"{decisions.__name__}.{found.name}") for found in iter_modules(decisions.__path__)):
        for name, decision in inspect.getmembers(module, inspect.isfunction):
            parameters = inspect.signature(decision).parameters
            own = decision.__module__ == module.__name__ and not name.startswith("_")
            if own and [*parameters][:2] == ["case", "moment"] and "Event]" in str(decision.__annotations__["return"]):
                for parameter in parameters.values():
                    if parameter.annotation in ("str", "str | None") and parameter.name not in NAMES:
                        yield f"{module.__name__.rpartition('.')[2]}.{name}", decision, parameter.name


ALL = list(texts_of())
TEXTS = [text for text in ALL if text[0] not in CHECKED_BEFORE]


def test_every_text_that_a_decision_takes_is_known_and_tried() -> None:
    assert sorted({parameter for _, _, parameter in TEXTS}) == sorted(WORDS), "a text is called as an event calls it"
    assert sorted({name for name, _, _ in ALL}) == sorted((*WAYS, *CHECKED_BEFORE)), "say in WAYS how it comes about"


@pytest.mark.parametrize(
    ("name", "decision", "parameter"), TEXTS, ids=[f"{name} {parameter}" for name, _, parameter in TEXTS]
)
def test_a_decision_refuses_what_no_text_may_be(name: str, decision: Any, parameter: str) -> None:
    way = WAYS[name]
    case = gone(*way.course, rulebook=BOOK)
    texts = {other for named, _, other in TEXTS if named == name}
    whole = {**way.told, **dict.fromkeys(texts, SAID)}
    said = [event.said for event in case.when(partial(decision, **whole), at=hour(3), actor=way.by).events]
    assert SAID in said, "it keeps what is said"
    required = {
        known: whole[known]
        for known, given in inspect.signature(decision).parameters.items()
        if given.default is inspect.Parameter.empty and known in whole
    }
    for broken in BROKEN.values():
        for told in (whole, required):
            tried = partial(decision, **{**told, parameter: broken})
            case.when(tried, at=hour(3), actor=way.by).refused(BadInput)


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_facts_tasks_and_notes_are_texts_too(broken: str) -> None:
    case = gone(rulebook=BOOK)
    for fact in ("customer", "contact", "description", "product", "scene", "channel", "kind"):
        case.when(partial(mending.amend, facts={fact: broken}, reason="misheard")).refused(BadInput)
        with pytest.raises(BadInput):
            came_in(rulebook=BOOK, facts={fact: broken})
    for name in ("category", "priority", "owner"):
        decided: dict[str, Any] = {name: broken}
        with pytest.raises(BadInput):
            came_in(rulebook=BOOK, **decided)
    case.when(partial(planning.propose, proposal=Proposal("exchange", tasks=(broken,)))).refused(BadInput)
    for word in imported.WORDS:
        if word != "closed":  # which has no words
            course = (RESOLVED,) if word in ("confirmed", "rated", "reopened") else ()
            retold = partial(imported.retell, word=word, text=broken, score=4)
            gone(*course, rulebook=BOOK).when(retold).refused(BadInput)


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_contact_is_looked_up_only_if_it_is_a_text(broken: str, desk: Path, call: Runner) -> None:
    registered = ("register", "it rattles", "--channel", "phone")
    assert call(*registered).code == 0
    for words in ((*registered, "--contact", broken), ("amend", "001", "--set", f"contact={broken}", "--reason", "x")):
        refused = call(*words)
        assert (refused.code, "contact h" in refused.err) == (3, True), refused.err
