"""Single questions at a terminal: what a command needs and the line left out, about cases, problems and measures."""

import json
from pathlib import Path

import pytest

from conftest import Once, Runner, query
from terminals import DOWN, ENTER, LEAVE, UP, Answers, at_terminal


def test_a_paste_between_the_marks_is_one_line_of_a_short_answer(desk: Path, call: Runner) -> None:
    words = ("register", "x", "--channel", "phone", "--customer", "")
    assert call(*words[:4]).code == 0
    answers = [("Why: ", f"{UP}换了\r\n新人{DOWN}{ENTER}")]
    assert at_terminal(desk.parent, "assign", "001", "--to", "tech", answers=answers).code == 0
    assert "换了 新人" in call("show", "001").out


# --- what a command needs, and what was left out --------------------------------------------------------------------

REASONS = {
    "reopen 001": ("What the customer is not satisfied with: ", "客户哪里不满意："),
    "withdraw 002": ("Why the customer takes it back: ", "客户为什么撤回："),
    "amend 002 --set product=L2": ("Why it was wrong: ", "："),
    "retract 001 2": ("Why it was booked by mistake: ", "："),
    "assign 002 --to tech": ("Why: ", "原因："),
    "classify 002 --category product.defect": ("Why: ", "原因："),
    "merge 002 003": ("Why: ", "原因："),
}


@pytest.fixture
def worked_at(desk: Path, once: Once, call: Runner) -> Path:
    """A desk with a case that is resolved, and two that are open."""

    def three_cases() -> None:
        for _ in range(3):
            assert call("register", "灯不亮", "--channel", "phone").code == 0
        assert call("resolve", "001", "换了").code == 0

    once(three_cases)
    return desk


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("line", REASONS)
def test_a_missing_reason_is_asked_for(line: str, language: str, worked_at: Path, call: Runner) -> None:
    question = REASONS[line][language == "zh"]
    needed = {"en": "an answer is needed", "zh": "必填"}[language]
    answers = [
        (question, f"  {ENTER}"),
        (needed, ""),
        (question, f"-{ENTER}"),
        (needed, ""),
        (question, f"--听错了{ENTER}"),
    ]
    done = at_terminal(worked_at.parent, *line.split(), answers=answers, env={"AFTERSERVICE_LANG": language})
    assert (done.code, done.left) == (0, b""), done.out
    assert query(worked_at, "SELECT count(*) FROM personal WHERE data LIKE '%\"--听错了\"%'") == [(1,)]


@pytest.mark.parametrize("line", REASONS)
def test_where_nobody_can_be_asked_a_missing_reason_is_refused(line: str, worked_at: Path, call: Runner) -> None:
    done = call(*line.split())
    assert (done.code in (2, 3), "--reason" in done.err) == (True, True)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("classify 002 --category nowhere", "unknown category 'nowhere'"),
        ("classify 002 --priority P9", "unknown priority 'P9'"),
        ("classify --where status=open --category nowhere", "unknown category 'nowhere'"),
        ("assign 002 --to nobody", "unknown owner 'nobody'"),
        ("assign 002 --with nobody", "unknown owner 'nobody'"),
        ("amend 002 --set channel=fone", "unknown channel 'fone'"),
        ("amend 002 --set nothing=1", "unknown field 'nothing'"),
        ("delay 002 --to soon", "--to: this is no date or time"),
        ("merge 002 009", "there is no case"),
        ("merge 002 002", "cannot be merged into itself"),
        ("merge 002 --undo", "is merged into no other case"),
    ],
)
def test_what_is_wrong_is_said_before_a_reason_is_asked_for(line: str, said: str, worked_at: Path) -> None:
    done = at_terminal(worked_at.parent, *line.split())
    assert (done.code in (3, 4), said in done.out) == (True, True), done.out


@pytest.mark.parametrize("language", ["en", "zh"])
def test_classify_that_changes_nothing_says_how_a_person_classifies(
    language: str, worked_at: Path, call: Runner
) -> None:
    done = call("classify", "002", env={"AFTERSERVICE_LANG": language})
    nothing = {"en": "nothing changed", "zh": "没有变化"}[language]
    assert (done.code, done.err.splitlines()[0]) == (0, nothing)
    assert "afterservice classify 202610-002 --category …" in done.err


def test_leaving_at_a_question_records_nothing(worked_at: Path, call: Runner) -> None:
    before = query(worked_at, "SELECT count(*) FROM events")
    done = at_terminal(worked_at.parent, "reopen", "001", answers=[("with: ", LEAVE)])
    assert (done.code, done.out.splitlines()[-1]) == (130, "afterservice: nothing was recorded")
    assert query(worked_at, "SELECT count(*) FROM events") == before


@pytest.mark.parametrize("line", ["reopen 009", "note 009", "pause 009", "assign 009 --to tech", "screen 009"])
def test_nobody_is_asked_about_a_case_that_is_none(line: str, worked_at: Path) -> None:
    done = at_terminal(worked_at.parent, *line.split())
    assert (done.code, done.out.count("\n")) == (4, 2)


@pytest.mark.parametrize(("line", "said"), [("reopen 002", "is open already"), ("resolve 003", "cannot be changed")])
def test_nobody_writes_for_what_a_case_does_not_take(line: str, said: str, worked_at: Path, call: Runner) -> None:
    assert call("register", "屏幕碎了", "--channel", "phone", "--kind", "complaint").code == 0
    assert call("close", "003", "--resolution", "换屏", "--confirmed", "--rating", "5", "--at", "now").code == 0
    done = at_terminal(worked_at.parent, *line.split())
    assert (done.code, said in done.out) == (6, True), done.out


@pytest.mark.parametrize(
    ("line", "answers", "kept"),
    [
        (
            "note 002",
            [("What there is to know?", ""), ("> ", f"a{ENTER}"), ("> ", f"b{ENTER}"), ("> ", ENTER)],
            "a\\nb",
        ),
        ("note --from-customer 002 --", [("> ", f"{UP}-a\r\n\r\nb{DOWN}{ENTER}"), ("> ", ENTER)], "-a\\n\\nb"),
        ("resolve 002", [("> ", ENTER), ("is needed", ""), ("> ", f"换了{ENTER}"), ("> ", ENTER)], "换了"),
        (
            "pause 002 --reason 等件",
            [("parts", ""), ("wait for: ", f"9{ENTER}"), ("wait for: ", f"3{ENTER}")],
            "等件",
        ),
        (
            "delay 002",
            [
                ("done: ", f"soon{ENTER}"),
                ("--to: ", ""),
                ("done: ", f"2026-10-30{ENTER}"),
                ("longer: ", f"缺件{ENTER}"),
            ],
            "缺件",
        ),
        ("screen 002 --reason 广告", [("valid", ""), ("vague", ""), ("the case: ", f"1{ENTER}")], "广告"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_else_was_left_out_is_asked_for(line: str, answers: Answers, kept: str, worked_at: Path) -> None:
    done = at_terminal(worked_at.parent, *line.split(), answers=answers)
    assert done.code == 0, done.out
    ((data,),) = query(worked_at, "SELECT data FROM personal ORDER BY seq DESC LIMIT 1")
    assert kept in str(data)


@pytest.mark.parametrize("line", ["show", "retract 001", "amend 001 --reason x", "rate 001"])
def test_what_is_no_words_about_a_case_is_not_asked_for(line: str, worked_at: Path) -> None:
    done = at_terminal(worked_at.parent, *line.split())
    assert (done.code, "is missing" in done.out) == (2, True)


# --- problems and measures ------------------------------------------------------------------------------------------

MEASURED = """\
rulebook: measured
title: Measured
language: en
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
owners: {desk: {title: Desk, head: ann}}
channels: {phone: Phone}
categories: {rest: Rest}
priorities: {P1: High}
default: {category: rest, priority: P1, owner: desk}
problems: {odd: {title: Odd, by: desk}}
measures: {effect: {of: [product], before: 1d, after: 1d}}
"""


@pytest.fixture
def problem(tmp_path: Path, once: Once, call: Runner) -> Path:
    """A desk with a problem, and a measure of it that was taken."""

    def made() -> None:
        (tmp_path / "small.yaml").write_text(MEASURED, "utf-8")
        assert call("init", "--rules", "small.yaml").code == 0
        assert call("register", "it rattles", "--channel", "phone").code == 0
        assert call("problem", "open", "it rattles", "--case", "001", "--kind", "odd").code == 0
        assert call("measure", "add", "another belt", "--problem", "1", "--until", "2026-10-30").code == 0
        assert call("measure", "done", "1", "--as", "ann").code == 0

    once(made)
    return tmp_path / "afterservice.db"


TOLD_OF_PROBLEMS = [
    ("problem open --kind odd", [("What it is, in a few words: ", f"轴承松动{ENTER}")], "轴承松动"),
    ("problem note 1", [("What there is to say?", ""), ("> ", f"轴承{ENTER}"), ("> ", ENTER)], "轴承"),
    ("problem drop 1 001", [("does not belong there: ", f"另一种{ENTER}")], "另一种"),
    (
        "measure add --problem 1",
        [
            ("What is to be done?", ""),
            ("> ", f"换供应商{ENTER}"),
            ("> ", ENTER),
            ("By when: ", f"2026-10-31{ENTER}"),
        ],
        "换供应商",
    ),
]


@pytest.mark.parametrize(("line", "answers", "kept"), TOLD_OF_PROBLEMS, ids=lambda value: str(value)[:20])
def test_what_is_left_out_of_a_problem_or_a_measure_is_asked_for(
    line: str, answers: Answers, kept: str, problem: Path
) -> None:
    done = at_terminal(problem.parent, *line.split(), answers=answers)
    assert done.code == 0, done.out
    ((data,),) = query(problem, "SELECT data FROM personal ORDER BY seq DESC LIMIT 1")
    assert kept in str(data)


@pytest.mark.parametrize(
    ("language", "asked"), [("en", "Whether it had its effect: "), ("zh", "有没有效果：")], ids=["en", "zh"]
)
def test_whether_a_measure_had_its_effect_is_asked_and_then_what_came_of_the_problem(
    language: str, asked: str, problem: Path, call: Runner
) -> None:
    env = {"AFTERSERVICE_LANG": language, "AFTERSERVICE_AS": "ann"}
    done = at_terminal(problem.parent, "measure", "judge", "1", answers=[(asked, f"2{ENTER}")], env=env)
    assert done.code == 0, done.out
    assert query(problem, "SELECT effective FROM measures") == [("partly",)]
    text = [("> ", f"换了轴承{ENTER}"), ("> ", ENTER)]
    assert at_terminal(problem.parent, "problem", "close", "1", answers=text, env=env).code == 0
    assert query(problem, "SELECT count(*) FROM problems WHERE closed_at IS NOT NULL") == [(1,)]


@pytest.mark.parametrize("line", ["problem close 7", "problem note 7", "measure judge 7", "measure add --problem 7"])
def test_nobody_is_asked_about_a_problem_that_is_none(line: str, problem: Path) -> None:
    done = at_terminal(problem.parent, *line.split())
    assert (done.code, "there is no " in done.out, done.out.count("\n")) == (4, True, 2)


def test_without_a_terminal_what_is_left_out_is_named(problem: Path, call: Runner) -> None:
    judged = call("measure", "judge", "1")
    assert (judged.code, "--effective yes|partly|no" in judged.err) == (3, True)
    assert call("problem", "close", "1").code == 2


# --- several at once ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [("--confirmed",), ("--rating", "5"), ("--words", "谢谢"), ("--words", "")])
def test_nobody_says_for_several_customers_that_they_are_satisfied(
    said: tuple[str, ...], worked_at: Path, call: Runner
) -> None:
    done = call("close", "--where", "status=resolved", *said, "--yes")
    assert (done.code, "several customers at once" in done.err) == (2, True)
    assert "close … --confirmed" in done.err


@pytest.mark.parametrize(
    ("line", "answers"),
    [
        ("propose 001", [("How shall the case end: ", f"4{ENTER}"), ("amount (yuan): ", f"268{ENTER}")]),
        ("propose 001 --disposition refund", [("amount (yuan): ", f"268{ENTER}")]),
        (
            "propose 001 --disposition refund",
            [
                ("amount (yuan): ", ENTER),
                ("an answer is needed", ""),
                ("amount (yuan): ", f"much{ENTER}"),
                ("must be a number", ""),
                ("amount (yuan): ", f"２６８{ENTER}"),
            ],
        ),
    ],
)
def test_what_a_plan_gives_is_asked_for(line: str, answers: Answers, desk: Path, call: Runner) -> None:
    assert call("register", "花瓶碎了，要退款", "--channel", "phone").code == 0
    done = at_terminal(desk.parent, *line.split(), answers=answers)
    assert (done.code, done.left) == (0, b""), done.out
    assert json.loads(call("show", "001", "--json").out)["plan"]["gives"] == {"refund": "268"}


def test_what_a_plan_gives_is_not_asked_for_if_the_line_says_it(desk: Path, call: Runner) -> None:
    assert call("register", "花瓶碎了，要退款", "--channel", "phone").code == 0
    given = at_terminal(desk.parent, "propose", "001", "--disposition", "refund", "--give", "退款金额=268")
    assert given.code == 0, given.out
    refused = call("propose", "001", "--disposition", "refund")
    assert refused.code == 3
    assert "--give refund=…" in refused.err
