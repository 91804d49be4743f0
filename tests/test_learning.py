"""Learning from a desk's own cases: from which, what is suggested then, and that nothing of it outlives an erasure."""

import json
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

import lessons
from afterservice_cli.decisions.suggesting import Model, TrainingExample, learn
from conftest import Once, Runner, calling, query
from erased import leftovers

LATER = "2026-10-13 09:00"
LIGHT, BOX = "the light flickers, number 1", "no box came to me"
RARE = "龘靐"  # letters that are in no other text


@pytest.fixture
def taught(tmp_path: Path, once: Once, call: Runner) -> Path:
    """A desk that has learnt from 240 cases."""
    once(lambda: lessons.taught(tmp_path, call))
    return tmp_path / "afterservice.db"


@pytest.fixture
def bare(tmp_path: Path, once: Once, call: Runner) -> Path:
    """A desk without cases."""
    once(lambda: lessons.found_desk(tmp_path, call))
    return tmp_path / "afterservice.db"


def model_of(desk: Path) -> str:
    """The text of the model in force, "" if there is none."""
    found = query(desk, "SELECT text FROM models")
    return str(found[0][0]) if found else ""


def hash_of(desk: Path) -> str:
    return str(query(desk, "SELECT value FROM desk WHERE key = 'model'")[0][0])


def learnt_from(desk: Path, call: Runner) -> int:
    done = call("rules", "learn", "--json")
    assert done.code == 0, done.both
    return int(json.loads(done.out)["cases"])


# --- learning ---------------------------------------------------------------------------------------------------


def test_below_200_cases_it_says_how_many_more_it_needs(bare: Path, call: Runner) -> None:
    assert "0 cases have a category that people gave or left, and 200 more are needed" in call("rules", "learn").err
    lessons.read_in(bare.parent, call, lessons.rows(199))
    done = call("rules", "learn")
    assert (done.code, done.out) == (6, "")
    assert "199 cases have a category that people gave or left, and 1 more are needed" in done.err
    assert "model" not in call("rules", "show").out
    lessons.read_in(bare.parent, call, [("777", "where is my parcel", "parcel")], "more.csv")
    assert learnt_from(bare, call) == 200


def test_what_was_learnt_is_a_fact_under_its_hash(taught: Path, call: Runner) -> None:
    ((at, body, personal),) = query(
        taught, "SELECT occurred_at, body, data FROM events JOIN personal USING (seq) WHERE kind = 'ModelAdopted'"
    )
    assert (at, json.loads(str(body))) == ("2026-10-12T01:00:00Z", {"cases": 240})
    assert json.loads(str(personal)) == {"model": hash_of(taught)}
    shown = call("rules", "show").out
    assert "Suggestions, if no rule decides" in shown
    assert f"from 240 cases: 3 categories, {len(model_of(taught).splitlines()) - 6} pairs of letters" in shown
    assert hash_of(taught)[:12] in shown
    assert json.loads(call("rules", "show", "--json").out)["model"] == {
        "hash": hash_of(taught),
        "at": at,
        "actor": query(taught, "SELECT actor FROM runs ORDER BY run DESC LIMIT 1")[0][0],
        "cases": 240,
        "categories": 3,
        "pairs": len(model_of(taught).splitlines()) - 6,
    }
    assert call("check") == (0, "", "", "")


def test_learning_again_from_the_same_cases_records_nothing(taught: Path, call: Runner) -> None:
    before = query(taught, "SELECT max(seq) FROM events")
    done = call("rules", "learn", now=LATER)
    assert (done.code, "nothing has changed" in done.err) == (0, True)
    assert query(taught, "SELECT max(seq) FROM events") == before


def test_one_model_is_kept_and_the_last_one_counts(taught: Path, call: Runner) -> None:
    first = hash_of(taught)
    lessons.read_in(taught.parent, call, [("777", "where is my parcel", "parcel")], "more.csv")
    done = call("rules", "learn", now=LATER)
    assert done.out.startswith("learnt from 241 cases: 3 categories, ")
    assert [digest for (digest,) in query(taught, "SELECT hash FROM models")] == [hash_of(taught)] != [first]
    assert call("check") == (0, "", "", "")


def test_the_same_cases_give_the_same_model_at_another_desk(
    taught: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    with calling(other) as there:
        lessons.found_desk(other, there)
        lessons.read_in(other, there, reversed(lessons.rows()))
        assert there("rules", "learn").code == 0
    assert model_of(other / taught.name) == model_of(taught)


def test_it_learns_what_people_gave_at_once_and_the_rest_once_the_case_was_done_with_it(
    taught: Path, call: Runner
) -> None:
    """By which case it knows more, after what was done with it."""

    def more(*lines: str) -> int:
        before = learnt_from(taught, call)
        for line in lines:
            done = call(*line.split())
            assert done.code == 0, done.both
        return learnt_from(taught, call) - before

    assert more("register odd --channel phone") == 0  # nothing decided
    assert more("close last --resolution done --confirmed") == 0  # and nobody did
    assert more("register courier --channel phone") == 0  # a rule's word alone
    assert more("resolve last done") == 0
    assert more("confirm last --yes") == 1  # it was left as it was
    assert more("reopen last --reason again") == -1
    assert more("classify last --category money --reason wrong") == 1  # a correction
    assert more("withdraw last --reason mine") == 0
    assert more("register box --channel phone") == 0
    assert more("classify last --suggested 1") == 0  # its own word
    assert more("close last --resolution done --confirmed") == 1
    assert more("register parcels --channel phone --category money") == 1
    assert more("screen last --invalid spam") == -1


def test_a_customer_with_many_cases_is_one_customer(taught: Path, call: Runner) -> None:
    lessons.read_in(taught.parent, call, [("777", RARE, "parcel")] * 5 + [("778", RARE, "parcel")], "more.csv")
    call("rules", "learn")
    assert RARE not in model_of(taught)
    lessons.read_in(taught.parent, call, [("779", RARE, "parcel")], "third.csv")
    call("rules", "learn")
    assert f"\n{RARE}\t1:7\n" in model_of(taught) or f"\n{RARE}\t2:7" in model_of(taught)


# --- suggesting -------------------------------------------------------------------------------------------------


def test_a_case_that_nothing_classified_is_answered_with_what_is_suggested(taught: Path, call: Runner) -> None:
    done = call("register", LIGHT, "--channel", "phone")
    assert done.out == "202610-241  open · Rest [unclassified] · High · Desk\n"
    head, *lines, choose = done.err.splitlines()[-5:]
    assert head == "no rule decides; suggested are:"
    assert lines[0].startswith("  1 Lamp (lamp) – like 202610-")
    assert [line.split()[0] for line in lines] == ["1", "2", "3"]
    assert choose == "choose one: afterservice classify 202610-241 --suggested 1"
    shown = call("show", "241").out
    assert "\n".join((head, *lines, choose)) in shown
    suggestions = json.loads(call("show", "241", "--json").out)["suggestions"]
    assert suggestions[0]["category"] == "lamp"
    for suggestion in suggestions:
        assert len(suggestion["like"]) == 3
        for number in suggestion["like"]:
            assert query(taught, f"SELECT category FROM cases WHERE case_id = '{number}'") == [
                (suggestion["category"],)
            ]
    again = json.loads(call("register", LIGHT, "--channel", "phone", "--json").out)
    assert again["suggestions"] == suggestions


def test_the_page_on_classification_shows_what_the_desk_says(taught: Path, call: Runner) -> None:
    page = (lessons.DOCS / "classification.md").read_text("utf-8")
    assert call("register", "the light flickers", "--channel", "phone", columns=100).both in page


def test_the_list_of_unclassified_cases_says_what_is_suggested(taught: Path, call: Runner) -> None:
    for text in (LIGHT, BOX, "courier"):
        call("register", text, "--channel", "phone")
    found = json.loads(call("list", "--unclassified", "--json").out)
    assert [case["suggested"][0] for case in found] == ["parcel", "lamp"]
    listed = call("list", "--unclassified", columns=140)
    assert "│ Lamp, " in listed.out or "Lamp, " in listed.out
    assert "choose one: afterservice classify CASE --suggested 1" in listed.both
    assert call("list", "--unclassified", "--columns", "case,suggested", "--format", "tsv").out.splitlines()[1] == (
        "202610-242\tparcel, money, lamp"
    )
    assert "suggested" not in json.loads(call("list", "--json").out)[0]


def test_what_the_customer_added_counts_in_every_place(taught: Path, call: Runner) -> None:
    for line in (
        "register odd --channel phone",
        "screen last --vague --reason what",
        "note last lights --from-customer",
    ):
        assert call(*line.split()).code == 0
    (listed,) = json.loads(call("list", "--unclassified", "--json").out)
    shown = json.loads(call("show", "last", "--json").out)["suggestions"]
    assert listed["suggested"] == [each["category"] for each in shown]
    assert listed["suggested"][0] == "lamp"


def test_what_the_customer_added_is_learnt_from(taught: Path, call: Runner) -> None:
    for customer in ("777", "778", "779"):
        call("register", "odd", "--channel", "phone", "--contact", customer, "--category", "parcel")
        assert call("screen", "last", "--vague", "--reason", "what").code == 0
        assert call("note", "last", RARE, "--from-customer").code == 0
    assert learnt_from(taught, call) == 243
    assert RARE in model_of(taught)


def test_what_a_case_has_if_nothing_decides_is_not_suggested(bare: Path, call: Runner) -> None:
    lessons.read_in(bare.parent, call, [(f"{n}", "the light flickers", ("rest", "money")[n % 2]) for n in range(200)])
    call("rules", "learn")
    suggestions = json.loads(call("register", "light", "--channel", "phone", "--json").out)["suggestions"]
    assert [each["category"] for each in suggestions] == ["money"]


def test_a_choice_is_a_person_s_and_says_that_it_was_suggested(taught: Path, call: Runner) -> None:
    call("register", LIGHT, "--channel", "phone")
    done = call("classify", "last", "--suggested", "1")
    assert done.out == "202610-241  open · Lamp · High · Desk\n"
    case = json.loads(call("show", "last", "--json").out)
    event, decided = case["events"][-1], case["explanation"][0]
    assert event["body"]["suggested"] == 1
    assert event["body"]["findings"][0]["by"] == "person"
    assert (decided["value"], decided["by"], decided["suggested"]) == ("lamp", "person", 1)
    assert case["suggestions"] == []
    assert "chosen by a person, suggested in place 1" in call("explain", "last").out
    assert json.loads(call("explain", "last", "--json").out)["decisions"][0]["suggested"] == 1
    assert call("check") == (0, "", "", "")
    call("classify", "last", "--category", "money", "--reason", "read again")
    assert json.loads(call("show", "last", "--json").out)["explanation"][0]["suggested"] is None
    assert "given by a person" in call("explain", "last").out


def test_nothing_is_suggested_for_what_has_its_category_or_is_over(taught: Path, call: Runner) -> None:
    assert "suggested" not in call("register", "the courier flickers", "--channel", "phone").both
    refused = call("classify", "last", "--suggested", "1")
    assert (refused.code, "202610-241 has its category" in refused.err) == (6, True)
    call("register", LIGHT, "--channel", "phone")
    call("withdraw", "last", "--reason", "mine")
    assert json.loads(call("show", "last", "--json").out)["suggestions"] == []
    assert json.loads(call("list", "--unclassified", "--all", "--json").out) == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("last", "--suggested", "4"), 2, "must be a whole number from 1 to 3"),
        (("last", "--suggested", "1", "--category", "lamp"), 2, "leave --category and --priority out"),
        (("--suggested", "1"), 3, "chosen case by case"),
        (("--where", "status=open", "--suggested", "1"), 3, "chosen case by case"),
    ],
)
def test_a_choice_that_means_nothing_is_refused(
    taught: Path, call: Runner, words: tuple[str, ...], code: int, said: str
) -> None:
    call("register", LIGHT, "--channel", "phone")
    done = call("classify", *words)
    assert (done.code, said in done.err) == (code, True), done.err
    assert query(taught, "SELECT classified FROM cases WHERE serial = 241") == [(0,)]


def test_what_no_case_is_like_has_no_suggestion(taught: Path, call: Runner) -> None:
    assert "suggested" not in call("register", "漏水", "--channel", "phone").both
    done = call("classify", "last", "--suggested", "1")
    assert (done.code, "nothing is suggested for 202610-241" in done.err) == (3, True)


def test_fewer_categories_than_three_are_told_as_they_are(bare: Path, call: Runner) -> None:
    lessons.read_in(bare.parent, call, [(f"{n}", "the light flickers", ("lamp", "money")[n % 2]) for n in range(200)])
    call("rules", "learn")
    call("register", "light", "--channel", "phone")
    done = call("classify", "last", "--suggested", "3")
    assert (done.code, "only 2 categories are suggested for 202610-201" in done.err) == (3, True)


def test_before_anything_was_learnt_nothing_is_suggested(bare: Path, call: Runner) -> None:
    done = call("register", LIGHT, "--channel", "phone", "--json")
    assert json.loads(done.out)["suggestions"] == []
    assert call("list", "--unclassified").out.splitlines()[0].split("\t").count("suggested") == 0
    done = call("classify", "last", "--suggested", "1")
    assert (done.code, "afterservice rules learn" in done.err) == (4, True)


def test_a_category_that_the_rulebook_has_no_longer_is_not_suggested(taught: Path, call: Runner) -> None:
    rules = taught.parent / "afterservice.rules.yaml"
    rules.write_text(rules.read_text("utf-8").replace("  lamp: {title: Lamp, match: [bulb]}\n", ""), "utf-8")
    assert call("rules", "adopt", "--yes").code == 0
    suggestions = json.loads(call("register", LIGHT, "--channel", "phone", "--json").out)["suggestions"]
    assert [each["category"] for each in suggestions].count("lamp") == 0
    assert len(suggestions) == 2


# --- erasing ----------------------------------------------------------------------------------------------------


@pytest.fixture
def three(tmp_path: Path, once: Once, call: Runner) -> Path:
    """A desk that has learnt from what three customers wrote, in letters that nobody else wrote; the last is over."""

    def teach() -> None:
        lessons.taught(tmp_path, call, [(f"777-{n}", f"{RARE} came", "parcel") for n in range(3)])
        for serial in (241, 242, 243):
            call("close", f"{serial}", "--resolution", "done", "--confirmed")

    once(teach)
    return tmp_path / "afterservice.db"


def test_an_erasure_takes_what_was_learnt_from_it_and_the_desk_learns_anew(three: Path, call: Runner) -> None:
    assert RARE in model_of(three)
    before = hash_of(three)
    done = call("erase", "243", "--yes", now=LATER)
    assert (done.code, done.out) == (0, "erased: 202610-243\n")
    assert "suggestions learnt anew from 242 cases" in done.err
    assert RARE not in model_of(three)
    assert leftovers(three.parent, before) == []
    assert query(three, "SELECT count(*) FROM events WHERE kind = 'ModelAdopted'") == [(2,)]
    assert call("check") == (0, "", "", "")
    for serial in (241, 242):
        assert call("erase", f"{serial}", "--yes", now=LATER).code == 0
    assert leftovers(three.parent, RARE, before) == []
    assert call("check") == (0, "", "", "")
    assert json.loads(call("register", LIGHT, "--channel", "phone", "--json", now=LATER).out)["suggestions"] != []


def test_of_what_others_wrote_too_an_erasure_leaves_that(three: Path, call: Runner) -> None:
    lessons.read_in(three.parent, call, [("778", f"{RARE} went", "parcel")], "more.csv")
    call("erase", "243", "--yes", now=LATER)
    assert f"\n{RARE}\t2:3\n" in f"{model_of(three)}\n"


def test_who_is_stopped_between_erasing_and_learning_has_learnt_nothing_any_more(
    three: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(_: object) -> str:
        raise RuntimeError

    monkeypatch.setattr("afterservice_cli.workflows.learning.learn_after_erasure", stopped)
    before = hash_of(three)
    assert call("erase", "241", "242", "243", "--yes", now=LATER).code == 1
    monkeypatch.undo()
    assert (model_of(three), hash_of(three)) == ("", "")
    assert leftovers(three.parent, RARE, before) == []
    assert call("check") == (0, "", "", "")
    assert call("rules", "learn", now=LATER).code == 0


def test_an_erasure_that_leaves_too_little_leaves_no_suggestions(bare: Path, call: Runner) -> None:
    lessons.read_in(bare.parent, call, lessons.rows(200))
    call("rules", "learn")
    call("close", "200", "--resolution", "done", "--confirmed")
    done = call("erase", "200", "--yes", now=LATER)
    assert (done.code, done.out) == (0, "erased: 202610-200\n")
    assert "suggestions are forgotten with it" in done.err and "1 more are needed" in done.err
    assert model_of(bare) == ""
    assert call("check") == (0, "", "", "")


def test_a_desk_that_has_learnt_nothing_learns_nothing_by_an_erasure(bare: Path, call: Runner) -> None:
    lessons.read_in(bare.parent, call, lessons.rows())
    call("close", "200", "--resolution", "done", "--confirmed")
    assert "suggestions" not in call("erase", "200", "--yes", now=LATER).both
    assert query(bare, "SELECT count(*) FROM events WHERE kind = 'ModelAdopted'") == [(0,)]


def test_a_case_that_is_erased_while_it_is_learnt_from_is_not_learnt(
    three: Path, call: Runner, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile = iter([True])

    def slow(examples: Iterable[TrainingExample]) -> Model:
        model = learn(examples)
        if next(meanwhile, False):
            assert run("erase", "241", "242", "243", "--yes", now=LATER).code == 0
        return model

    monkeypatch.setattr("afterservice_cli.workflows.learning.learn", slow)
    lessons.read_in(three.parent, call, [("779", "where is my parcel", "parcel")], "more.csv")
    assert call("rules", "learn", now=LATER).out.startswith("learnt from 241 cases")
    assert RARE not in model_of(three)
    assert leftovers(three.parent, RARE) == []


# --- keeping ----------------------------------------------------------------------------------------------------


def test_a_backup_has_what_was_learnt_and_what_was_erased_since_is_not_learnt_again(three: Path, call: Runner) -> None:
    assert call("backup", "kept").code == 0
    (folder,) = (three.parent / "kept").iterdir()
    assert RARE in model_of(folder / three.name)
    before = hash_of(three)
    for serial in (241, 242, 243):
        call("erase", f"{serial}", "--yes", now=LATER)
    done = call("restore", folder, "--yes", now=LATER)
    assert done.code == 0, done.both
    assert "erased again: 202610-241, 202610-242, 202610-243" in done.err
    shutil.rmtree(three.parent / "kept")
    assert leftovers(three.parent, RARE, before) == []
    assert model_of(three).startswith("afterservice model 1\n240\n")
    assert call("check") == (0, "", "", "")


def test_a_copy_for_other_programs_has_nothing_of_what_was_learnt(taught: Path, call: Runner) -> None:
    assert call("export", "--sqlite", "copy.db").code == 0
    copy = taught.parent / "copy.db"
    with closing(sqlite3.connect(copy)) as db:
        assert "models" not in {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
    assert hash_of(taught).encode() not in copy.read_bytes()
    assert b"afterservice model" not in copy.read_bytes()


def test_a_desk_that_has_learnt_is_rebuilt_and_looked_back_at_as_before(taught: Path, call: Runner) -> None:
    before = model_of(taught)
    assert call("check", "--rebuild").code == 0
    assert model_of(taught) == before
    assert call("report", "--month", "2026-10", "--as-of", "2026-10-12 08:00").code in (0, 4)
