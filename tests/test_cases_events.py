"""Every kind of event survives the store, and no personal data ever enters the history."""

import json
import pkgutil
import re
from collections.abc import Mapping
from datetime import timedelta
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

import rulebooks
from afterservice_cli.cases import events
from afterservice_cli.cases.bodies import NESTED, restored, shape_of, stored, to_body
from afterservice_cli.cases.case import DECLARED, STAGES, WORDS, Event
from afterservice_cli.cases.events import KINDS
from afterservice_cli.cases.events.closing import CaseClosed
from afterservice_cli.cases.events.general import DeadlineMoved, EarlierCounted, MessageWritten
from afterservice_cli.cases.events.handling import CaseResponded, PlanApproved, TaskDone
from afterservice_cli.cases.events.intake import TwinCounted
from afterservice_cli.cases.values import DeadlineSpec
from afterservice_cli.cli import COMMANDS
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import LANGUAGES, translated
from afterservice_cli.render.cases.history import FORMATS, shown
from afterservice_cli.render.screen import Screen
from given import RECEIVED, SMALL

SECRET = "–secret–"
WRITTEN = st.just("words")
RECORDS: dict[tuple[type[Any], st.SearchStrategy[str]], st.SearchStrategy[Any]] = {}
TEXTS = st.sampled_from(["", "a", "中文", "2026-10-14T01:00:00Z", "null", "\x1b]0;x"])
INSTANTS = st.integers(0, 10**8).map(lambda seconds: RECEIVED + timedelta(seconds=seconds))


def values_of(kind: Any, words: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Whatever a field of this type may hold."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return st.one_of([values_of(one, words) for one in inner])
    if kind is NoneType:
        return st.none()
    if origin is Literal:
        return st.sampled_from(inner)
    if kind is str:
        return words
    if origin is tuple:
        return st.lists(values_of(inner[0], words), max_size=3).map(tuple)
    if origin is not None and issubclass(origin, Mapping):
        return st.dictionaries(words, values_of(inner[1], words), min_size=words is not TEXTS, max_size=3)
    if isinstance(kind, type) and issubclass(kind, Frozen):
        return records_of(kind, words)
    if kind in (int, bool):
        return st.integers(0, 10**6) if kind is int else st.booleans()
    return INSTANTS


def records_of(kind: type[Any], words: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Records of a class; what its fields may hold is looked up once, not for each example."""
    if (kind, words) not in RECORDS:
        hints = get_type_hints(kind)
        personal = getattr(kind, "PERSONAL", ())
        fields = {name: values_of(hints[name], words) for name in kind.__fields__ if name not in personal}
        fields |= {name: values_of(hints[name], st.just(SECRET) if words is TEXTS else words) for name in personal}
        RECORDS[kind, words] = st.builds(kind, **fields)
    return RECORDS[kind, words]


def through_json(value: Any) -> Any:
    return json.loads(json.dumps(value, ensure_ascii=False))


def kinds_below(kind: type[Event]) -> set[type[Event]]:
    return {kind, *(one for below in kind.__subclasses__() for one in kinds_below(below))}


def test_every_kind_of_event_is_in_the_catalogue_by_its_name() -> None:
    declared = {kind for kind in kinds_below(Event) - {Event} if kind.__module__.startswith(events.__name__)}
    assert {kind.__name__: kind for kind in declared} == KINDS
    stages = {f"{events.__name__}.{found.name}" for found in pkgutil.iter_modules(events.__path__)}
    assert stages == {kind.__module__ for kind in declared}, "a module that the catalogue does not read"


@pytest.mark.parametrize("missing", DECLARED)
def test_a_kind_that_leaves_something_undeclared_cannot_be_made(missing: str) -> None:
    whole = {name: vars(CaseClosed)[name] for name in DECLARED}
    assert issubclass(type("CaseBurnt", (Event,), whole), Event)
    with pytest.raises(TypeError, match=f"CaseBurnt does not declare {missing}$"):
        type("CaseBurnt", (Event,), {name: value for name, value in whole.items() if name != missing})


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
def test_a_kind_declares_what_exists(kind: type[Event]) -> None:
    chinese, english = (translated(kind.LABEL, language) for language in LANGUAGES)
    assert re.search(r"[\u4e00-\u9fff]", chinese) and re.fullmatch(r"[a-z -]+", english)
    assert [other for other in KINDS.values() if other.WORD == kind.WORD] == [kind]
    assert kind.STAGE in (*STAGES, "")
    goes_with_others = (MessageWritten, EarlierCounted)
    assert bool(kind.COMMANDS) == (kind not in goes_with_others), "only these go with the event of another command"
    assert {*kind.PERSONAL, *kind.SHOWN} <= kind.__fields__.keys()
    assert set(kind.SHOWN.values()) <= FORMATS.keys()


# Kinds that belong to a stage, though their command stands under another heading, with the reason.
ELSEWHERE = {"CaseEscalated": "looks for what is missed, in all cases"}


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
def test_a_kind_stands_where_its_module_and_its_command_do(kind: type[Event]) -> None:
    module = kind.__module__.rpartition(".")[2]
    assert ("" if module in ("general", "problems") else module) == kind.STAGE
    headings = {name: heading for name, heading, _ in COMMANDS}
    if kind.STAGE:
        own = headings[kind.COMMANDS[0].partition(" --")[0]]
        assert (own == kind.STAGE.title()) == (kind.__name__ not in ELSEWHERE), f"{kind.COMMANDS[0]} is of {own}"


# Kinds that a rulebook's targets and messages cannot name, with the reason.
NO_CLOCK = {
    "FileAttached": "takes no part in the work",
    "CaseLinked": "takes no part in the work",
    "CaseMerged": "owes nothing any more",
    "CaseWithdrawn": "owes nothing any more",
    "MessageWritten": "goes with another event",
    "RulebookAdopted": "is about the desk",
    "DutyDone": "is about the desk",
    "ModelAdopted": "is about the desk",
    "ImportFinished": "is about the desk",
    "ClockCorrected": "is about the desk",
    **dict.fromkeys(("ProblemOpened", "ProblemNoted", "ProblemClosed"), "is about a problem"),
    **dict.fromkeys(("MeasureAdded", "MeasureDone", "MeasureJudged"), "is about a measure"),
}


def test_a_kind_that_starts_no_clock_says_why() -> None:
    without = {name for name, kind in KINDS.items() if kind.CLOCK and "deadlines" not in kind.__fields__}
    assert without == set(NO_CLOCK), "give it `deadlines: tuple[DeadlineSpec, ...] = ()`, or a reason here"


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
@settings(max_examples=25, deadline=None)
@forall(data=st.data())
def test_the_progress_table_has_a_line_for_it_erased_or_not(kind: type[Event], data: st.DataObject) -> None:
    event = data.draw(records_of(kind, WRITTEN))
    for known in (event, event.but(**dict.fromkeys(kind.PERSONAL))):
        for language in ("zh", "en"):
            assert isinstance(shown(kind, vars(known), Screen(SMALL.rulebook, language)), str)
    assert event.said == ("words" if any(getattr(event, name, None) for name in WORDS) else "")


@pytest.mark.parametrize(("outcome", "said"), [("again", "Second visit; Again"), ("gone", "Second visit; gone")])
def test_what_a_task_came_to_is_told_in_the_words_of_the_rulebook(outcome: str, said: str) -> None:
    done = TaskDone(RECEIVED, "visit", outcome)
    assert shown(TaskDone, vars(done), Screen(rulebooks.rulebook("play"), "en")) == said


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
@settings(max_examples=25)
@forall(data=st.data())
def test_a_kind_survives_the_store(kind: type[Event], data: st.DataObject) -> None:
    event = data.draw(records_of(kind, TEXTS))
    kept = stored(event, "202610-001")
    shape = shape_of(kept.shape) if kept.shape else None
    parts = (json.loads(kept.body), shape, json.loads(kept.personal) if kept.personal else None)
    assert restored(kind.__name__, "202610-001", event.at, parts) == event


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
@settings(max_examples=25)
@forall(data=st.data())
def test_no_personal_field_is_in_the_body_and_an_erased_one_is_none(kind: type[Event], data: st.DataObject) -> None:
    event = data.draw(records_of(kind, TEXTS))
    body, personal = through_json(to_body(event))
    assert not set(kind.PERSONAL) & set(body)
    assert SECRET not in json.dumps(body, ensure_ascii=False)
    assert set(personal) == {name for name in kind.PERSONAL if getattr(event, name) is not None}
    erased = restored(kind.__name__, "", event.at, (body, None, None))
    assert erased == event.but(**dict.fromkeys(kind.PERSONAL))


FREE_TEXT = (
    *("customer", "contact", "description", "details", "text", "reason", "words", "comment", "resolution"),
    *("title", "figure", "source_number"),
)


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
def test_whatever_a_person_writes_freely_is_personal(kind: type[Event]) -> None:
    free = (*FREE_TEXT, "private", "file", "titles", "model")
    assert set(kind.PERSONAL) == {name for name in kind.__fields__ if name in free}


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
def test_what_an_erasure_takes_away_may_be_missing(kind: type[Event]) -> None:
    assert [name for name in kind.PERSONAL if kind.__fields__[name] is not None] == []


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
def test_every_record_inside_an_event_is_named_as_nested(kind: type[Event]) -> None:
    hints = get_type_hints(kind)

    def inside(hint: Any) -> set[Any]:
        if isinstance(hint, type) and get_origin(hint) is None and issubclass(hint, Frozen):
            return {hint}
        return {found for inner in get_args(hint) for found in inside(inner)}

    nested = {name: found.pop() for name in kind.__fields__ if (found := inside(hints[name]))}
    assert nested.items() <= NESTED.items()


def test_instants_inside_are_written_as_everywhere() -> None:
    spec = DeadlineSpec("t", 1, RECEIVED, "1h", RECEIVED, ("responded",), False, False, "r")
    body, _ = to_body(DeadlineMoved(RECEIVED, (spec,), "calendar"))
    assert body["deadlines"][0]["due_at"] == "2026-10-14T01:00:00Z"
    assert "at" not in body


def test_a_target_names_an_event_by_its_word() -> None:
    assert CaseResponded(RECEIVED, None).word == "responded"
    assert DeadlineMoved(RECEIVED, (), "calendar").word == "deadline_moved"
    assert TaskDone(RECEIVED, "ship").word == "task:ship.done"
    assert TwinCounted(RECEIVED, "responded", "202610-002").word == "responded"
    assert [PlanApproved(RECEIVED, 1, "head", done).word for done in (False, True)] == ["approved_in_part", "approved"]


def test_a_task_is_shown_with_what_it_came_to_as_the_rulebook_calls_it() -> None:
    rulebook = rulebooks.rulebook("play", ("fits: Fits", "fits: {zh: 合用, en: Fits}"))
    done = TaskDone(RECEIVED, "check", "fits")
    for language, label in (("zh", "；合用"), ("en", "; Fits")):
        assert shown(TaskDone, vars(done), Screen(rulebook, language)).endswith(label)
    assert shown(TaskDone, vars(done.but(outcome="gone")), Screen(rulebook, "en")).endswith("; gone")
