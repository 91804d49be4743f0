"""A file without a profile: what its headings and cells say, what is asked instead of guessed, and what is kept."""

import csv
import io
import json
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import rulebooks
from afterservice_cli.intake.proposals.drafting import profile_text
from afterservice_cli.intake.proposals.proposal import ProposedProfile
from afterservice_cli.intake.proposals.proposing import propose
from afterservice_cli.intake.proposals.sampling import sampled
from afterservice_cli.intake.reading.profile import read_profile
from afterservice_cli.intake.tables.table import Line
from afterservice_cli.language import speaking
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.workflows.founding import compile_file
from conftest import Runner
from registers import CHECKOUT, register_in
from terminals import LEAVE, at_terminal

# The register form of the handbook (its row as the template has it: 质量投诉, a date without a time) and the service
# desk's with its two.
TWELVE = """\
反馈编号,客户姓名/单位,联系方式,产品型号,序列号,购买日期,反馈类型,问题描述,客户诉求,接收时间,处理状态,处理人
202405-001,沈女士,139-0000-0301,X-100,SN0001,2024-03-15,质量投诉,开机后屏幕闪烁,更换屏幕,2024-05-10,处理中,李工
"""
THIRTEEN = (CHECKOUT / "examples" / "enterprise-service" / "two-rows.csv").read_text("utf-8")


def proposed(text: str, rules: Rulebook, dates: tuple[str, ...] = ()) -> ProposedProfile:
    headings, *rows = csv.reader(io.StringIO(text))
    lines = [Line(n, tuple(row), dict(zip(headings, row, strict=True))) for n, row in enumerate(rows, 2)]
    return propose(sampled(headings, lines), rules, dates)


@pytest.fixture(scope="module")
def guide() -> Rulebook:
    return shipped("customer-feedback")


@cache
def shipped(name: str) -> Rulebook:
    return compile_file(rulebooks.SHIPPED[name], 2026)[0].rulebook


@pytest.fixture
def handbook(call: Runner) -> Runner:
    assert call("init", "--rules", "product-feedback").code == 0
    return call


# --- the two register forms -----------------------------------------------------------------------------------------


def test_the_register_form_of_twelve_columns_needs_no_profile(handbook: Runner, tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text(TWELVE, "utf-8")
    done = handbook("import", "register.csv")
    assert (done.code, done.out) == (0, "1 read: 1 new, 0 unchanged, 0 changed, 0 conflicts, 0 rejected\n")
    case = json.loads(handbook("show", "last", "--json").out)
    assert (case["kind"], case["customer"], case["product"]) == ("complaint", "沈女士", "X-100")
    fields = {"serial_number": "SN0001", "purchased_on": "2024-03-15", "demand": "更换屏幕"}
    assert fields.items() <= case["fields"].items()
    assert case["registered_at"].startswith(("2024-05-09", "2024-05-10"))
    assert case["description"] == "开机后屏幕闪烁"


def test_the_register_form_of_thirteen_columns_needs_no_profile(call: Runner, tmp_path: Path) -> None:
    call("init", "--rules", "enterprise-service")
    (tmp_path / "register.csv").write_text(THIRTEEN, "utf-8")
    assert call("import", "register.csv").out.startswith("2 read: 2 new,")
    first, second = sorted(json.loads(call("list", "--all", "--json").out), key=lambda case: case["registered_at"])
    assert (first["kind"], first["priority"], first["owner"]) == ("fault", "urgent", "support")
    assert (second["kind"], second["priority"], second["owner"]) == ("process", "normal", "aftersales")
    assert first["fields"]["contact_person"] == "秦女士"
    assert first["registered_at"] == "2023-10-01T01:00:00Z"


@pytest.mark.parametrize("rules", ["customer-feedback", "complaints-returns", "product-feedback"])
def test_a_quality_complaint_is_a_complaint_whatever_the_rulebook(rules: str) -> None:
    file = "编号,时间,姓名,电话,产品,客户诉求,类型,内容\n1,2026-10-01,沈女士,13900000301,X,换,质量投诉,屏幕闪烁\n"
    proposal = proposed(file, shipped(rules))
    assert proposal.questions == ()
    assert proposal.values["kind"] == {"质量投诉": "complaint"}


@pytest.mark.parametrize("rules", ["customer-feedback", "complaints-returns", "product-feedback", "minimal"])
def test_a_telephone_is_a_telephone_whatever_the_rulebook_calls_it(rules: str) -> None:
    words = ["电话", "热线电话", "投诉电话", "电话咨询"]
    rows = "".join(f"{n},2026-10-0{n},{word},漏水了\n" for n, word in enumerate(words, 1))
    proposal = proposed("编号,时间,渠道,内容\n" + rows, shipped(rules))
    assert "channel" not in [question.field for question in proposal.questions]


@pytest.mark.parametrize(
    "name", ["complaints-returns", "customer-feedback", "defect-handling", "enterprise-service", "product-feedback"]
)
def test_the_months_of_the_examples_read_as_their_profiles_read_them(name: str, tmp_path: Path) -> None:
    """Each example's register has a profile written by hand; without it the same cases come out."""
    folder = CHECKOUT / "examples" / name
    told = []
    for part, profile in (("by-hand", folder / "month.profile.yaml"), ("proposed", None)):
        (tmp_path / part).mkdir()
        with register_in(tmp_path / part, name) as register:
            register.read(folder / "month.csv", profile or register.proposed(folder / "month.csv"))
            told.append(
                [
                    (case.channel, case.customer, case.contact, case.product, case.description, case.status)
                    for case in register.cases()
                ]
            )
    assert told[0] == told[1]


# --- what is asked, and not guessed ---------------------------------------------------------------------------------

AMBIGUOUS = "number,received at,text\n1,03/04/2026,the kettle leaks\n2,05/04/2026,the kettle is broken\n"


def test_month_or_day_first_is_asked_and_said_on_the_command_line(desk: Path, call: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(AMBIGUOUS)
    asked = call("import", "rows.csv")
    assert asked.code == 3
    assert "03/04/2026" in asked.err
    assert json.loads(call("list", "--all", "--json").out) == []
    assert call("import", "rows.csv", "--dates", "day-first").code == 0
    days = sorted(case["registered_at"] for case in json.loads(call("list", "--all", "--json").out))
    assert [day[:10] for day in days] == ["2026-04-02", "2026-04-04"]  # midnight in Shanghai


@pytest.mark.parametrize(
    ("dates", "way"),
    [
        (["10/31/2026", "11/01/2026"], "month-first"),
        (["31/10/2026", "01/11/2026"], "day-first"),
        (["05/05/2026"], "month-first"),
        (["2026/10/31", "2026/1/2"], "year-first"),
        (["2026-10-31 09:00"], "iso"),
        (["2026年10月31日 下午 3:05"], "year-first"),
        (["10/31/2026", "31/10/2026"], "?"),
    ],
)
def test_one_date_that_can_be_read_one_way_settles_the_others(dates: list[str], way: str, guide: Rulebook) -> None:
    text = "number,received at,text\n" + "".join(f"{n},{day},it is late\n" for n, day in enumerate(dates))
    proposal = proposed(text, guide)
    assert list(proposal.dates) == [way]
    assert [question.field for question in proposal.questions] == (["dates"] if way == "?" else [])


SMALL = rulebooks.rulebook("shop")


@given(st.lists(st.dates(date(2020, 1, 1), date(2030, 12, 31)), min_size=1, max_size=20))
def test_the_order_is_never_the_wrong_one(days: list[date]) -> None:
    text = "number,received at,text\n" + "".join(f"{n},{day:%m/%d/%Y},late\n" for n, day in enumerate(days))
    assert proposed(text, SMALL).dates[-1] in ("month-first", "?")


def test_a_date_of_purchase_is_no_receipt(guide: Rulebook) -> None:
    text = "id,Date of Purchase,text\n1,2026-10-01,it is late\n2,2026-10-02,it is broken\n"
    assert [question.field for question in proposed(text, guide).questions] == ["received_at"]


def test_words_that_the_rulebook_lacks_are_named(guide: Rulebook) -> None:
    text = "id,received,channel,text\n1,2026-10-01,Phone,late\n2,2026-10-02,Fax,broken\n3,2026-10-02,E-Mail,broken\n"
    (question,) = proposed(text, guide).questions
    assert "'Fax'" in question.message
    assert proposed(text, guide).values["channel"] == {"E-Mail": "email", "Phone": "phone", "Fax": "?"}


def test_what_is_missing_is_asked_with_the_nearest_headings(desk: Path, call: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("Ticket ID,Opened when,Words\n1,soon,leaks\n2,late,leaks too\n")
    asked = call("import", "rows.csv")
    assert asked.code == 3
    assert "when it came in (received_at) – perhaps 'Opened when'" in asked.err
    hint = asked.err.strip().splitlines()[-1]
    draft = call(*hint.partition("afterservice ")[2].partition(" >")[0].split())
    assert draft.code == 0
    assert 'received_at: "?"' in draft.out
    (tmp_path / "profile.yaml").write_text(draft.out)
    undecided = call("import", "rows.csv", "--profile", "profile.yaml")
    assert undecided.code == 3
    assert "perhaps 'Opened when'" in undecided.err


def test_a_row_is_not_taken_for_headings(desk: Path, call: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("13900000301,2026-10-01,it leaks\n13900000302,2026-10-02,it is broken\n")
    asked = call("import", "rows.csv")
    assert (asked.code, "13900000301" in asked.err) == (3, False)
    assert "the first line looks like a row" in asked.err


def test_a_profile_whose_heading_is_gone_is_refused_with_the_nearest(desk: Path, call: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("单号,受理时间,内容\n1,2026-10-01,漏水\n", "utf-8")
    (tmp_path / "p.yaml").write_text(
        "profile: p\ncolumns: {number: 单号, received_at: 接收时间, description: 内容}\n", "utf-8"
    )
    done = call("import", "rows.csv", "--profile", "p.yaml")
    assert done.code == 3
    assert "no column '接收时间' (received_at) – perhaps '受理时间'" in done.err


# --- by cells -------------------------------------------------------------------------------------------------------


def test_cells_speak_if_headings_are_silent(guide: Rulebook) -> None:
    row = "2026-10-{day:02},1390000{day:04},{channel},水壶用了{day}天就漏水了\n"
    rows = [row.format(day=day, channel="电话" if day % 2 else "门店") for day in range(1, 29)]
    text = "A,B,C,D\n" + "".join(rows)
    proposal = proposed(text, guide)
    known = {"received_at": ["A"], "channel": ["C"], "contact": ["B"], "description": ["D"]}
    assert proposal.columns == {**known, "customer": ["?"]}
    assert proposal.identity == ("A", "B", "D")
    # Its rulebook takes name and contact both or neither: each row would be rejected.
    assert [question.field for question in proposal.questions] == ["customer"]


def test_cells_speak_against_a_heading(guide: Rulebook) -> None:
    text = "id,id_,problem,desc,datetime\n" + "".join(
        f",{n},信息审核,发动机第{n}次漏油,2020-08-{n:02}\n" for n in range(1, 29)
    )
    columns = proposed(text, guide).columns
    assert (columns["number"], columns["description"]) == (["id_"], ["desc"])


def test_a_number_that_two_rows_have_is_no_number(guide: Rulebook) -> None:
    text = "编号,时间,内容\n1,2026-10-01,漏水\n1,2026-10-02,开裂\n"
    proposal = proposed(text, guide)
    assert "number" not in proposal.columns
    assert proposal.identity == ("时间", "内容")


def test_a_column_twice_is_neither(guide: Rulebook) -> None:
    proposal = proposed("编号,时间,内容,备注,备注\n1,2026-10-01,漏水,x,y\n", guide)
    assert proposal.questions == ()


# --- the same source again, kept, shown ------------------------------------------------------------------------------


def test_the_same_source_is_known_again_in_another_spelling(handbook: Runner, tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text(TWELVE, "utf-8")
    assert handbook("import", "one.csv", "--save-profile", "kept.yaml").code == 0
    wide = TWELVE.replace("联系方式", "联系 方式").encode("gb18030")
    (tmp_path / "two.csv").write_bytes(wide)
    assert handbook("import", "two.csv").out.startswith("1 read: 0 new,")
    assert handbook("import", "one.csv", "--profile", "kept.yaml").out.startswith("1 read: 0 new,")


def test_a_kept_profile_is_never_written_over(desk: Path, call: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("id,received,text\n1,2026-10-01,it is late\n")
    (tmp_path / "mine.yaml").write_text("mine")
    done = call("import", "rows.csv", "--save-profile", "mine.yaml")
    assert (done.code, (tmp_path / "mine.yaml").read_text()) == (5, "mine")
    assert json.loads(call("list", "--all", "--json").out) == []


def test_a_profile_of_ones_own_is_not_proposed(desk: Path, call: Runner, tmp_path: Path) -> None:
    for option in (("--draft-profile",), ("--save-profile", "x.yaml"), ("--dates", "iso")):
        assert call("import", "rows.csv", "--profile", "p.yaml", *option).code == 2


def test_what_is_proposed_and_what_rows_become_is_shown(desk: Path, call: Runner, tmp_path: Path) -> None:
    rows = "".join(f"{n},2026-10-0{n},phone,the kettle leaks,x\n" for n in range(1, 8))
    (tmp_path / "rows.csv").write_text("id,received,channel,text,colour\n" + rows)
    done = call("import", "rows.csv", "--dry-run")
    assert "columns not used: colour" in done.err
    assert "the first rows as cases:" in done.err
    assert done.err.count("the kettle leaks") == 5
    assert json.loads(call("list", "--all", "--json").out) == []
    assert "kettle" not in call("import", "rows.csv", "--json").err


def test_a_person_is_asked_before_anything_is_recorded(desk: Path, call: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("id,received,text\n1,2026-10-01,it is late\n")
    for answer, cases in (("n", 0), ("y", 1)):
        shown = at_terminal(tmp_path, "import", "rows.csv", answers=[("import 1 row? [y/N]", f"{answer}\r")])
        assert shown.code == 0, shown.out
        assert len(json.loads(call("list", "--all", "--json").out)) == cases


def test_a_person_who_is_asked_sees_what_would_come_of_every_row(desk: Path, call: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("id,received,text\n1,2026-10-01,it is late\n2,2026-10-02,it is torn\n")
    assert call("import", "rows.csv").code == 0
    rows = "1,2026-10-01,it is very late\n2,2026-10-02,it is torn\n3,2026-10-03,it is worn\n4,2999-01-01,it is odd\n"
    (tmp_path / "rows.csv").write_text(f"id,received,text\n{rows}")
    shown = at_terminal(tmp_path, "import", "rows.csv", answers=[("import 4 rows? [y/N]", "n\r")])
    asked = shown.out.split("import 4 rows?")[0]
    for said in (
        "4 rows would come to: 1 new, 1 unchanged, 1 changed, 1 rejected",
        "new by category:",
        "new by priority:",
        "1 case would change:",
        "description (personal, not shown)",
        "1 row would be rejected:",
    ):
        assert said in asked
    assert len(json.loads(call("list", "--all", "--json").out)) == 2


def test_what_was_seen_of_the_rows_that_are_left_is_not_told_again(desk: Path, call: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "id,received,text,colour\n1,2026-10-01,it is late,red\n2,2999-01-01,it is odd,blue\n"
    )
    shown = at_terminal(tmp_path, "import", "rows.csv", answers=[("import 2 rows? [y/N]", "y\r")])
    before, after = shown.out.split("import 2 rows?")
    assert (shown.code, "  line 3: " in before, "line 3" in after) == (11, True, False), shown.out
    assert (before.count(" read: "), after.count("2 read: 1 new")) == (0, 1), shown.out
    assert ("not used: colour" in before, "colour" in after) == (True, False), shown.out
    assert "each with its reason in rows.rejects.csv" in after
    again = call("import", "rows.csv")
    assert "  line 3 rejected: " in again.err, "nobody has seen it there"


def test_whoever_agrees_beforehand_is_not_asked(desk: Path, call: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("id,received,text\n1,2026-10-01,it is late\n")
    shown = at_terminal(tmp_path, "import", "rows.csv", "--yes")
    assert (shown.code, "[y/N]" in shown.out) == (0, False)
    assert "the first rows as cases:" in shown.out
    assert len(json.loads(call("list", "--all", "--json").out)) == 1


def test_whoever_leaves_while_it_is_tried_is_asked_nothing(desk: Path, call: Runner, tmp_path: Path) -> None:
    rows = "".join(f"{n},2026-10-01,it is late for the {n}th time\n" for n in range(100_000))
    (tmp_path / "rows.csv").write_text(f"id,received,text\n{rows}")
    shown = at_terminal(tmp_path, "import", "rows.csv", answers=[("rows/s", LEAVE)])
    assert (shown.code, "[y/N]" in shown.out) == (130, False)
    assert "stopped: nothing is recorded" in shown.out
    assert json.loads(call("list", "--all", "--json").out) == []


def test_how_a_file_is_read_without_a_profile_is_told_as_json(desk: Path, call: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("id,received,closed at,text,colour\n1,2026-10-01,2026-10-02,it is late,red\n")
    for words in (("--dry-run",), ()):
        told = json.loads(call("import", "rows.csv", "--json", *words).out)["proposal"]
        assert told["columns"] == {"number": ["id"], "received_at": ["received"], "description": ["text"]}
        (step,) = told["course"]
        assert step == dict.fromkeys(step) | {"event": "closed", "at": "closed at", "means": {}}
        assert (told["dates"], told["defaults"], told["unused"]) == (["iso"], {"channel": "phone"}, ["colour"])
    assert call("import", "rows.csv", "--save-profile", "kept.yaml").code == 0
    kept = call("import", "rows.csv", "--profile", "kept.yaml", "--json")
    assert json.loads(kept.out)["proposal"] is None


def test_what_is_closed_and_rated_was_resolved_by_then(desk: Path, call: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "id,received,text,closed at,rating\n1,2026-10-01,late,2026-10-02,4\n2,2026-10-01,torn,2026-10-03,5\n"
        "3,2026-10-01,lost,,\n"
    )
    done = call("import", "rows.csv", "--yes", "--json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["flagged"] == 0
    cases = {one["source_number"]: one for one in json.loads(call("list", "--all", "--json").out)}
    assert [cases[number]["scores"] for number in "123"] == [{"overall": 4}, {"overall": 5}, None]
    assert [cases[number]["resolved_at"] is None for number in "123"] == [False, False, True]


# --- the draft as a file ----------------------------------------------------------------------------------------------

HEADING = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).map(str.strip)


@given(st.lists(HEADING.filter(bool), min_size=1, max_size=6, unique=True), st.sampled_from(["en", "zh"]))
@example(["What happened?", "- x", "a: b", "c #d"], "en")
@example(["\ufffe", "tele\uffffphone"], "zh")
def test_a_draft_reads_back_whatever_the_headings(headings: list[str], language: str) -> None:
    told = ["received at", "number", "text", "channel"]
    names = [*told, *(heading for heading in headings if heading not in told)]
    out = io.StringIO(newline="")
    csv.writer(out).writerows([names, ["2026-10-01", "1", "late", "phone", *["x"] * (len(names) - 4)]])
    with speaking(language):
        proposal = proposed(out.getvalue(), SMALL)
        read = read_profile(profile_text(proposal).encode(), "draft.yaml", SMALL)
    assert {field: list(source.headings) for field, source in read.columns.items()} == proposal.columns
    assert read.name == proposal.name
