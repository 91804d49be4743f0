"""The values of a rulebook's own fields: how they are typed, kept, told and asked for."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import rulebooks
from afterservice_cli.cases.bodies import restored, to_body
from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events.general import CaseAmended
from afterservice_cli.cases.events.intake import CaseRegistered
from afterservice_cli.decisions import mending, triage
from afterservice_cli.errors import BadInput
from afterservice_cli.rulebook.conditions import failing
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.phrases.seen import NOTHING
from afterservice_cli.rulebook.sections.forms import Condition
from afterservice_cli.rulebook.windows import windows
from afterservice_cli.time.instants import from_text, to_text
from conftest import Runner
from courses import Did, standing_at
from given import came_in, given, hour
from registers import register_in
from shops import COLUMNS, ROW, Shop

BOOK = rulebooks.rulebook("values")
FILE = rulebooks.FOLDER / "values.yaml"


def case_of(*course: Did, rulebook: Rulebook = BOOK, text: str = "it rattles", **facts: str) -> Case:
    """A case that came in with these facts on a Wednesday at nine, and went this course."""
    case = given(came_in(text, rulebook=rulebook, facts=facts), rulebook=rulebook)
    for did in course:
        outcome = case.when(did.decision, at=did.at, now=did.told, actor=did.by)
        case = given(*outcome.recorded, rulebook=rulebook)
    return standing_at(case)


def amended(at: float = 1, /, **facts: str) -> Did:
    return Did(partial(mending.amend, facts=facts, reason="x"), at)


@pytest.fixture
def register(call: Runner) -> Any:
    """Register a case at a desk that works by this rulebook; return it as JSON."""
    assert call("init", "--rules", FILE).code == 0

    def registered(*words: str, text: str = "it rattles") -> Any:
        done = call("register", text, "--channel", "phone", *words, "--json", now="2026-10-14 09:00")
        assert done.code == 0, done.err
        return json.loads(done.out)

    return registered


# --- times ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        pytest.param("2026-10-16 18:00", "2026-10-16T10:00:00Z", id="in the desk's zone"),
        pytest.param("2026年10月16日 9点30分", "2026-10-16T01:30:00Z", id="in Chinese"),
        pytest.param("2026-10-16T18:00:00+09:00", "2026-10-16T09:00:00Z", id="in another zone"),
        pytest.param("tomorrow 9:00", "2026-10-15T01:00:00Z", id="from the day on which it is typed"),
        pytest.param("2026-10-16", "2026-10-16T10:00:00Z", id="a day alone is its close of business"),
        pytest.param("2026-10-17", "2026-10-17T16:00:00Z", id="a day off is over at midnight"),
        pytest.param("2h", "2026-10-14T03:00:00Z", id="from now"),
    ],
)
def test_a_time_is_typed_as_promises_are_and_kept_in_utc(register: Any, typed: str, kept: str) -> None:
    assert register("--field", f"hoped_for={typed}")["fields"] == {"hoped_for": kept}


@pytest.mark.parametrize("typed", ["soon", "2026-13", "1899-12-30 10:00", "18"])
def test_what_is_no_time_is_refused_with_what_to_write(typed: str) -> None:
    with pytest.raises(BadInput, match=r"^hoped_for: .* write ") as caught:
        case_of(hoped_for=typed)
    assert typed not in caught.value.message.partition("write")[0]


def test_a_time_is_told_in_the_desks_zone(register: Any, call: Runner) -> None:
    number = register("--field", "hoped_for=2026-10-16 18:00")["case"]
    shown = call("show", number).out
    assert "  Hoped for   2026-10-16 18:00\n" in shown
    assert "You hope for 2026-10-16 18:00." in shown


DAYS = [
    ("昨天", "2026-10-13"),
    ("2026/9/30", "2026-09-30"),
    ("9月30日", "2026-09-30"),
    ("2026年9月30号", "2026-09-30"),
    ("２０２６-０９-３０", "2026-09-30"),
    ("yesterday", "2026-10-13"),
    ("-3d", "2026-10-11"),
    ("mon", "2026-10-12"),
    ("2026-09-30", "2026-09-30"),
]


@pytest.mark.parametrize(("typed", "kept"), DAYS)
def test_a_date_is_typed_as_people_say_it(register: Any, typed: str, kept: str) -> None:
    assert register("--field", f"bought_on={typed}")["fields"] == {"bought_on": kept}


@pytest.mark.parametrize(("typed", "kept"), DAYS)
def test_a_date_is_put_right_as_people_say_it(register: Any, call: Runner, typed: str, kept: str) -> None:
    number = register("--field", "bought_on=2020-01-01")["case"]
    done = call(
        "amend", number, "--set", f"Bought on={typed}", "--reason", "misheard", "--json", now="2026-10-14 09:10"
    )
    assert (done.code, json.loads(done.out)["fields"]) == (0, {"bought_on": kept}), done.err


def test_a_case_is_found_by_a_date_as_people_say_it(register: Any, call: Runner) -> None:
    number = register("--field", "bought_on=2026-10-13")["case"]
    found = call("list", "--where", "bought_on=昨天", "--json", now="2026-10-14 09:10")
    assert [case["case"] for case in json.loads(found.out)] == [number]


@pytest.mark.parametrize("typed", ["soon", "2026-13-01", "yesterday 9:00", "1899-12-30"])
def test_what_is_no_day_is_refused_as_a_date(call: Runner, register: Any, typed: str) -> None:
    done = call("register", "x", "--channel", "phone", "--field", f"bought_on={typed}")
    assert (done.code, "bought_on must be a date" in done.err) == (3, True)


@pytest.mark.parametrize("value", ["昨天", "2026/9/30", "9月30日"])
def test_a_date_of_a_script_is_written_in_full(call: Runner, register: Any, value: str) -> None:
    given = json.dumps({"description": "x", "channel": "phone", "bought_on": value})
    done = call("register", "-", stdin=given)
    assert (done.code, "bought_on must be a date" in done.err) == (3, True)


def test_a_personal_time_stays_out_of_the_history() -> None:
    case = case_of(called_at="2026-10-13 10:00")
    event = case.events[0].event
    assert isinstance(event, CaseRegistered)
    assert (event.fields, event.details) == ({}, {"called_at": "2026-10-13T02:00:00Z"})


def test_a_target_is_due_at_a_time_of_the_case_and_moves_with_it() -> None:
    case = case_of(hoped_for="2026-10-16 11:15")
    assert [d.spec.due_at for d in case.deadlines if d.spec.target == "wish"] == [from_text("2026-10-16T03:15:00Z")]
    moved = case_of(amended(hoped_for="2026-10-19"), hoped_for="2026-10-16 11:15")
    assert [d.spec.due_at for d in moved.deadlines if d.spec.target == "wish"] == [from_text("2026-10-19T10:00:00Z")]


def test_a_clock_may_begin_with_a_time() -> None:
    book = rulebooks.rulebook(
        "values", ("targets:\n", 'targets:\n  call: {from: "field:hoped_for", until: responded, within: 2h}\n')
    )
    case = case_of(rulebook=book, hoped_for="2026-10-16 11:15")
    (call,) = (d.spec for d in case.deadlines if d.spec.target == "call")
    assert [to_text(at) for at in (call.from_at, call.due_at)] == ["2026-10-16T03:15:00Z", "2026-10-16T05:15:00Z"]


def test_a_limit_is_counted_from_the_day_of_a_time() -> None:
    (week,) = windows(BOOK, {"hoped_for": "2026-10-15T16:00:00Z"}, hour(0))  # the 16th in Shanghai
    assert (week.begin, week.last) == ("2026-10-16", "2026-10-23")
    assert windows(BOOK, {"hoped_for": "soon"}, hour(0))[0].begin is None  # from when the field was text


# --- comparisons ----------------------------------------------------------------------------------------------------

HURRY = (
    "high: High",
    "high: {title: High, when: [{hoped_for: {under: 2026-10-15 12:00}}, {bought_on: {over: 2026-10-01}}]}",
)


@pytest.mark.parametrize(
    ("facts", "priority"),
    [
        ({"hoped_for": "2026-10-15 11:59"}, "high"),
        ({"hoped_for": "2026-10-15T12:30:00+09:00"}, "high"),  # 11:30 at the desk
        ({"hoped_for": "2026-10-15 12:00"}, "low"),
        ({"bought_on": "2026-10-02"}, "high"),
        ({"bought_on": "2026-10-01"}, "low"),
        ({}, "low"),
    ],
)
def test_a_priority_may_ask_how_dates_and_times_compare(facts: dict[str, str], priority: str) -> None:
    book = rulebooks.rulebook("values", HURRY)
    assert case_of(rulebook=book, **facts).value("priority") == priority
    later = Did(partial(triage.classify), 2)
    assert case_of(amended(**facts), later, rulebook=book).value("priority") == priority if facts else True


def test_a_target_follows_what_its_condition_compares() -> None:
    quick = "targets:\n  quick: {until: resolved, within: 1h, when: {hoped_for: {under: 2026-10-15}}}\n"
    book = rulebooks.rulebook("values", ("targets:\n", quick))

    def outcomes(*course: Did, **facts: str) -> list[str]:
        return [d.outcome for d in case_of(*course, rulebook=book, **facts).deadlines if d.spec.target == "quick"]

    assert outcomes(hoped_for="2026-10-14 18:00") == [""]
    assert outcomes(hoped_for="2026-10-15 00:00") == []
    assert outcomes(amended(0.5, hoped_for="2026-10-15 9:00"), hoped_for="2026-10-14 18:00") == ["void"]


def test_an_example_may_give_a_time_and_be_compared() -> None:
    book = rulebooks.compiled("values", HURRY, ("{category: product}", "{priority: high}"))
    (failure,) = book.failures
    assert (failure.field, failure.expected, failure.got) == ("priority", "high", "low")
    sooner = ("hoped_for: 2026-12-31 18:00", "hoped_for: 2026-10-15 11:59")
    assert rulebooks.compiled("values", HURRY, ("{category: product}", "{priority: high}"), sooner).failures == ()


def test_a_comparison_is_told_in_signs(tmp_path: Path, call: Runner) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(rulebooks.text("values", HURRY))
    said = call("rules", "show", "--rules", file).out
    assert "Hoped for < 2026-10-15 12:00" in said
    assert "Bought on > 2026-10-01" in said


# --- several values -------------------------------------------------------------------------------------------------

BOTH = ("--field", "symptom=Noise", "--field", "symptom=heat", "--field", "symptom=noise")
SAFE = ("high: High", "high: {title: High, when: {symptom: [heat, smell]}}")


def test_a_field_may_have_several_values_each_by_id_or_label(register: Any, call: Runner) -> None:
    case = register(*BOTH, "--field", "spares=a hose", "--field", "relatives=Ann", "--field", "relatives=Bob")
    assert case["fields"] == {"symptom": ["noise", "heat"], "spares": ["a hose"], "relatives": ["Ann", "Bob"]}
    shown = call("show", case["case"]).out
    assert "  Symptom     Noise, Heat\n" in shown
    assert "Noise, Heat." in shown  # in the message
    assert "  异响、发热\n" in call("show", case["case"], env={"AFTERSERVICE_LANG": "zh"}).out
    assert call("list", "--find", "bob", "--json").out != "[]\n"
    assert json.loads(call("list", "--json").out)[0]["fields"] == case["fields"]


def test_several_values_are_a_list_in_the_history_personal_ones_apart() -> None:
    event = case_of(symptom="noise\x1fheat", relatives="Ann\x1fBob").events[0].event
    assert isinstance(event, CaseRegistered)
    assert (event.fields, event.details) == ({"symptom": ("noise", "heat")}, {"relatives": ("Ann", "Bob")})
    body, personal = json.loads(json.dumps(to_body(event)))
    assert restored("CaseRegistered", event.case, event.at, (body, None, personal)) == event


def test_of_several_values_one_is_enough_for_a_condition() -> None:
    book = rulebooks.rulebook("values", SAFE)
    assert case_of(rulebook=book, symptom="noise\x1fheat").value("priority") == "high"
    assert case_of(rulebook=book, symptom="noise").value("priority") == "low"
    wanted = [Condition(fields={"symptom": ("smell",)})]
    assert failing(wanted, NOTHING, case_of(symptom="noise\x1fheat").facts()) == "symptom is noise, heat, not smell"


def test_an_amendment_replaces_all_of_them(register: Any, call: Runner) -> None:
    number = register(*BOTH)["case"]

    def amend(*words: str) -> Any:
        done = call("amend", number, *words, "--reason", "x", "--json", now="2026-10-14 10:00")
        assert done.code == 0, done.err
        return json.loads(done.out)["fields"]

    assert amend("--set", "symptom=smell", "--set", "symptom=heat") == {"symptom": ["smell", "heat"]}
    assert amend("--set", "symptom=") == {}


def test_json_may_give_a_list(register: Any, call: Runner) -> None:
    def given_as_json(**values: object) -> Any:
        case = {"channel": "phone", "description": "it rattles", **values}
        return call("register", "-", "--json", stdin=json.dumps(case), now="2026-10-14 09:00")

    assert register(*BOTH)["fields"] == json.loads(given_as_json(symptom=["noise", "heat"]).out)["fields"]
    assert json.loads(given_as_json(fields={"symptom": "noise"}).out)["fields"] == {"symptom": ["noise"]}
    assert "price must be a text" in given_as_json(price=["1", "2"]).err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--field", "price=1", "--field", "price=2"), "--field: 'price' is given twice"),
        (("--field", "symptom=noise", "--field", "symptom=rust"), "unknown symptom 'rust'"),
        (("--field", "symptom=noise", "--field", "symptom="), ""),
    ],
)
def test_what_has_one_value_is_given_once(register: Any, call: Runner, words: tuple[str, ...], said: str) -> None:
    register()
    done = call("register", "x", "--channel", "phone", *words, now="2026-10-14 10:00")
    assert (done.code, said in done.err) == (3 if said else 0, True)


def test_a_case_with_one_of_its_values_may_be_the_same(register: Any, call: Runner) -> None:
    register(*BOTH)
    assert (
        "looks like 202610-001 (same Symptom"
        in call("register", "it rattles", "--channel", "phone", "--field", "symptom=heat", now="2026-10-14 10:00").err
    )


# --- from files -----------------------------------------------------------------------------------------------------

PROFILE = COLUMNS.replace("category: topic", "hoped_for: model").replace("  product: model\n", "")


@pytest.mark.parametrize(
    ("cell", "kept"),
    [("16.10.2026 18:00", "2026-10-16T10:00:00Z"), ("16.10.2026", "2026-10-16T10:00:00Z"), ("", None)],
)
def test_a_file_gives_times_as_its_profile_says(tmp_path: Path, cell: str, kept: str | None) -> None:
    dates = 'dates: [iso, "%d.%m.%Y %H:%M", "%d.%m.%Y"]\ncourse:'
    with register_in(tmp_path, str(FILE)) as desk:
        shop = Shop(desk, PROFILE.replace("course:", dates))
        assert shop.read({**ROW, "model": cell}).counts["new"] == 1
        assert shop.case().fields.get("hoped_for") == kept
        assert shop.read({**ROW, "model": cell, "text": "it is broken, too"}).counts["changed"] == 1
        assert shop.case().fields.get("hoped_for") == kept


@pytest.mark.parametrize("cell", ["noise;heat", "noise； 发热", "异响、heat、", "loud;heat;;noise", "noise\nheat"])
def test_a_cell_holds_several_values_with_semicolons_or_commas_between(tmp_path: Path, cell: str) -> None:
    values = PROFILE.replace("hoped_for", "symptom").replace("values: {", "values: {symptom: {Loud: noise}, ")
    with register_in(tmp_path, str(FILE)) as desk:
        shop = Shop(desk, values)
        assert shop.read({**ROW, "model": cell}).counts["new"] == 1
        assert sorted(shop.case().fields["symptom"]) == ["heat", "noise"]
        assert shop.read({**ROW, "model": f" {cell}", "text": "x"}).counts["changed"] == 1
        changed = shop.of_cases()[-1].event
        assert isinstance(changed, CaseAmended) and "symptom" not in changed.facts
        assert shop.read({**ROW, "model": " ; "}).counts["changed"] == 1
        assert shop.case().fields == {}
        (left,) = shop.read({**ROW, "no": "2", "model": "noise;rust"}).left
        assert left.reason == (
            "model: unknown symptom – write one of noise, heat, smell"
            " – or say what it means: `values: {symptom: {…: …}}` in the profile"
        )


def test_a_time_that_the_profile_does_not_declare_is_pointed_out(tmp_path: Path) -> None:
    with register_in(tmp_path, str(FILE)) as desk:
        left = Shop(desk, PROFILE).read({**ROW, "model": "16.10.2026 18:00"}).left
        assert [line.reason for line in left] == [
            "model: this is no date in the declared form – write it as 2026-10-31 09:00; "
            "`dates: [day-first]` in the profile reads it"
        ]
