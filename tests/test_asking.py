"""Questions at a terminal: who is asked for what, what is pasted, and how one leaves."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import rulebooks
from conftest import Once, Runner, query
from terminals import LEAVE, Answers, Shown, at_terminal

ENTER, END = "\r", "\x04"
PROMPT = "\x1b[?2004h> "  # as readline writes it when it is ready for the next line
UP, DOWN = "\x1b[200~", "\x1b[201~"  # what a terminal puts around a paste

DOCS = Path(__file__).parents[1]

Strict = Callable[..., Shown]


@pytest.fixture
def strict(tmp_path: Path, once: Once, call: Runner) -> Strict:
    """Runs the program at a terminal, at a desk that requires channel, kind, tier, and a name or a contact."""

    def founded() -> None:
        (tmp_path / "strict.yaml").write_text(rulebooks.text("strict"), "utf-8")
        assert call("init", "--rules", "./strict.yaml").code == 0

    once(founded)

    def run(*words: str, answers: Answers = (), language: str = "en", **env: str) -> Shown:
        given = {"AFTERSERVICE_LANG": language, "TMPDIR": str(temporary(tmp_path)), **env}
        return at_terminal(tmp_path, *words, answers=answers, env=given)

    return run


def temporary(folder: Path) -> Path:
    """A folder of its own for files that are to be gone afterwards."""
    place = folder / "temporary"
    place.mkdir(exist_ok=True)
    return place


def cases(call: Runner) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(call("list", "--json", "--reveal").out)
    return found


def the_case(call: Runner) -> dict[str, Any]:
    (case,) = cases(call)
    return case


# --- the interview --------------------------------------------------------------------------------------------------

INTERVIEW = (
    ("> ", f"灯不亮{ENTER}"),
    ("> ", f"换了也不亮{ENTER}"),
    ("> ", ENTER),
    ("channel: ", f"2{ENTER}"),
    ("kind: ", f"投诉{ENTER}"),
    ("customer (Enter passes over): ", f"张伟{ENTER}"),
    ("contact (Enter passes over): ", ENTER),
    ("product (Enter passes over): ", f"L2{ENTER}"),
    ("Tier: ", f"vip{ENTER}"),
)
IN_CHINESE = (
    ("> ", f"灯不亮{ENTER}"),
    ("> ", f"换了也不亮{ENTER}"),
    ("> ", ENTER),
    ("渠道：", f"Mail{ENTER}"),
    ("类型：", f"２{ENTER}"),
    ("客户（回车跳过）：", f"张伟{ENTER}"),
    ("联系方式（回车跳过）：", ENTER),
    ("产品（回车跳过）：", f"L2{ENTER}"),
    ("等级：", f"ＶＩＰ{ENTER}"),
)


@pytest.mark.parametrize(("language", "answers"), [("en", INTERVIEW), ("zh", IN_CHINESE)])
def test_register_asks_what_a_caller_tells_in_the_order_of_a_call(
    language: str, answers: Answers, strict: Strict, call: Runner
) -> None:
    done = strict("register", answers=answers, language=language)
    assert (done.code, done.left) == (0, b""), done.out
    case = the_case(call)
    assert case["description"] == "灯不亮\n换了也不亮"
    assert (case["channel"], case["kind"], case["customer"]) == ("mail", "complaint", "张伟")
    assert (case["contact"], case["product"], case["fields"]) == (None, "L2", {"tier": "vip"})


def test_what_the_line_gives_is_not_asked_and_mistakes_in_it_are_told_first(strict: Strict, call: Runner) -> None:
    answers = [*INTERVIEW[:3], *INTERVIEW[5:8]]
    given = ("--channel", "邮件", "--kind", "Complaint", "--field", "tier=普通")
    done = strict("register", *given, answers=answers)
    assert done.code == 0
    assert "channel: " not in done.out
    for wrong in (("--channel", "fone"), ("--category", "nowhere"), ("--field", "tier=gold")):
        refused = strict("register", *wrong)
        assert (refused.code, "unknown" in refused.out, "> " in refused.out) == (3, True, False)


def test_with_a_text_only_what_is_required_is_asked(strict: Strict, call: Runner) -> None:
    given = ("register", "灯不亮", "--channel", "phone", "--kind", "question")
    done = strict(*given, answers=[("Tier: ", f"1{ENTER}"), ("customer (", ENTER), ("contact (", f"5{ENTER}")])
    assert done.code == 0
    assert "product" not in done.out
    assert the_case(call)["contact"] == "5"
    nothing = strict(*given, "--field", "tier=vip", "--contact", "5")
    assert (nothing.code, nothing.out[:4]) == (0, "2026")


def test_what_a_kind_requires_is_asked_whatever_the_line_calls_the_kind(tmp_path: Path, call: Runner) -> None:
    kind = "complaint: {zh: 投诉, en: Complaint}"
    rules = rulebooks.text("strict").replace(kind, "complaint: {title: {zh: 投诉, en: Complaint}, require: [product]}")
    (tmp_path / "kind.yaml").write_text(rules, "utf-8")
    assert call("init", "--rules", "./kind.yaml").code == 0
    given = ("register", "x", "--channel", "phone", "--kind", "投诉", "--contact", "5", "--field", "tier=vip")
    answers = [("product: ", ENTER), ("of kind complaint", ""), ("product: ", f"L2{ENTER}")]
    assert at_terminal(tmp_path, *given, answers=answers).code == 0
    assert the_case(call)["product"] == "L2"


def test_who_must_not_be_anonymous_is_asked_again_with_the_reason(strict: Strict, call: Runner) -> None:
    again = [("customer (", ENTER), ("contact (", ENTER), ("no anonymous cases", ""), ("customer (", f"李娜{ENTER}")]
    done = strict(
        "register", answers=[*INTERVIEW[:5], *again[:2], ("product", ENTER), ("Tier: ", f"1{ENTER}"), *again[2:]]
    )
    assert done.code == 0, done.out
    assert the_case(call)["customer"] == "李娜"


@pytest.mark.parametrize(
    ("language", "text", "channel", "needs", "wrong"),
    [
        ("en", "> ", "channel: ", "the rulebook requires", "unknown channel"),
        ("zh", "> ", "渠道：", "规则要求填写", "渠道"),
    ],
)
def test_what_is_required_is_asked_again(
    language: str, text: str, channel: str, needs: str, wrong: str, strict: Strict, call: Runner
) -> None:
    answers = [
        (text, ENTER),
        (needs, ""),
        (text, f"灯不亮{ENTER}"),
        (text, ENTER),
        *((channel, ENTER), (needs, ""), (channel, f"99{ENTER}"), (wrong, ""), (channel, f"fone{ENTER}"), (wrong, "")),
        (channel, LEAVE),
    ]
    done = strict("register", answers=answers, language=language)
    assert done.code == 130
    assert cases(call) == []


def test_an_only_choice_is_taken_with_enter(desk: Path, tmp_path: Path, call: Runner) -> None:
    (tmp_path / "one").mkdir()
    rules = (
        rulebooks.text("strict").replace(", mail: {zh: 邮件, en: Mail}", "").replace("customer: either", "require: []")
    )
    rules = rules.replace("require: [channel, kind, description, tier], require: []", "require: [channel]")
    (tmp_path / "one" / "one.yaml").write_text(rules, "utf-8")
    assert call("init", "--rules", "./one.yaml", cwd=tmp_path / "one").code == 0
    done = at_terminal(tmp_path / "one", "register", "灯不亮", answers=[("channel [Enter: Phone]: ", ENTER)])
    assert done.code == 0


def test_several_are_chosen_at_once(tmp_path: Path, call: Runner) -> None:
    rules = rulebooks.text("strict").replace("tier: {title: {zh: 等级, en: Tier}, ", "tier: {title: 等级, many: true, ")
    (tmp_path / "many.yaml").write_text(rules, "utf-8")
    assert call("init", "--rules", "./many.yaml").code == 0
    given = ("register", "x", "--channel", "phone", "--kind", "question", "--contact", "5")
    assert at_terminal(tmp_path, *given, answers=[("等级: ", f"２，1{ENTER}")]).code == 0
    assert the_case(call)["fields"] == {"tier": ["vip", "normal"]}


@pytest.mark.parametrize(
    ("language", "asks", "typed"),
    [("en", "Bought (2026-10-01, yesterday…): ", "2026/10/1"), ("zh", "Bought（如 2026-10-01、昨天）：", "10月1日")],
)
def test_a_question_for_a_date_says_how_it_is_written_and_is_asked_again(
    tmp_path: Path, call: Runner, language: str, asks: str, typed: str
) -> None:
    rules = rulebooks.text("dated") + "intake: {require: [bought]}\n"
    (tmp_path / "dated.yaml").write_text(rules, "utf-8")
    assert call("init", "--rules", "./dated.yaml").code == 0
    answers = [(asks, f"1899-12-30{ENTER}"), ("1900-01-01", ""), (asks, f"{typed}{ENTER}")]
    env = {"AFTERSERVICE_LANG": language}
    done = at_terminal(tmp_path, "register", "x", "--channel", "phone", answers=answers, env=env)
    assert done.code == 0, done.out
    assert the_case(call)["fields"] == {"bought": "2026-10-01"}


def test_a_question_for_a_time_says_how_it_is_written(tmp_path: Path, call: Runner) -> None:
    rules = rulebooks.text("values").replace("intake: {", "intake: {require: [hoped_for], ")
    (tmp_path / "values.yaml").write_text(rules, "utf-8")
    assert call("init", "--rules", "./values.yaml").code == 0
    answers = [("Hoped for (2026-10-01 18:00, tomorrow…): ", f"2026-10-16 18:00{ENTER}")]
    assert at_terminal(tmp_path, "register", "x", "--channel", "phone", answers=answers).code == 0
    assert the_case(call)["fields"] == {"hoped_for": "2026-10-16T10:00:00Z"}


# --- what is pasted -------------------------------------------------------------------------------------------------

PASTED = [
    ("a\nb", "a\nb"),
    ("a\r\nb\r\n", "a\nb"),
    ("a\rb\r", "a\nb"),
    ("a\n\nb\n", "a\n\nb"),
    ("a\r\n\r\nb\r\n", "a\n\nb"),
    ("a\r\r\rb", "a\n\n\nb"),
    ("\ra\rb\r", "a\nb"),
    ("第一行漏水，\r\n第二行\r\nrm -rf /\r\n\r\n3\r\n", "第一行漏水，\n第二行\nrm -rf /\n\n3"),
    ("x" * 3000 + "\r" + "y" * 3000, "x" * 3000 + "\n" + "y" * 3000),
    (f"{'x' * 3000}\r\n" * 4, "\n".join(["x" * 3000] * 4)),  # more than a terminal keeps waiting at once
]


@pytest.mark.parametrize("marked", [True, False], ids=["marked", "as if typed"])
@pytest.mark.parametrize(("pasted", "kept"), PASTED, ids=lambda text: repr(text)[:20])
def test_a_paste_is_all_of_it_the_description(pasted: str, kept: str, marked: bool, desk: Path, call: Runner) -> None:
    keys = f"{UP}{pasted}{DOWN}{ENTER}" if marked else pasted
    further = 1 if marked or pasted.endswith(("\r", "\n")) else 2
    rest = [("channel: ", f"1{ENTER}"), *[("over): ", ENTER)] * 4]
    done = at_terminal(desk.parent, "register", answers=[(PROMPT, keys), *[(PROMPT, ENTER)] * further, *rest])
    assert (done.code, done.left) == (0, b""), done.out
    assert the_case(call)["description"] == kept


def test_a_paste_between_the_marks_is_one_line_of_a_short_answer(desk: Path, call: Runner) -> None:
    words = ("register", "x", "--channel", "phone", "--customer", "")
    assert call(*words[:4]).code == 0
    answers = [("Why: ", f"{UP}换了\r\n新人{DOWN}{ENTER}")]
    assert at_terminal(desk.parent, "assign", "001", "--to", "tech", answers=answers).code == 0
    assert "换了 新人" in call("show", "001").out


@pytest.mark.parametrize("language", ["en", "zh"])
def test_of_a_paste_that_looks_typed_a_short_answer_takes_the_first_line(
    language: str, desk: Path, call: Runner
) -> None:
    told = {
        "en": ("customer (", "the first line alone", "contact", "product"),
        "zh": ("客户（", "只取了第一行", "联系", "产品"),
    }
    customer, said, contact, product = told[language]
    given = ("--channel", "phone", "--kind", "complaint")
    answers = [
        ("> ", f"x{ENTER}"),
        ("> ", ENTER),
        (customer, "张伟\r\ntouch run\r\ntouch run"),
        (said, ""),
        (contact, f"5{ENTER}"),
        (product, "L2\rtouch run\rtouch run\r"),
    ]
    done = at_terminal(desk.parent, "register", *given, answers=answers, env={"AFTERSERVICE_LANG": language})
    assert (done.code, done.left) == (0, b""), done.out
    case = the_case(call)
    assert (case["customer"], case["product"]) == ("张伟", "L2")


# --- leaving --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [LEAVE, END], ids=["Ctrl-C", "Ctrl-D"])
@pytest.mark.parametrize("before", range(len(INTERVIEW)))
def test_leaving_at_any_question_registers_nothing(before: int, key: str, strict: Strict, call: Runner) -> None:
    done = strict("register", answers=[*INTERVIEW[:before], (INTERVIEW[before][0], key)])
    assert (done.code, done.left) == (130, b"")
    assert done.out.endswith("\nafterservice: nothing was registered\n")
    assert cases(call) == []


def test_leaving_in_the_middle_of_a_paste_leaves_none_of_it(strict: Strict, call: Runner) -> None:
    done = strict("register", answers=[("> ", f"a\rb\r{LEAVE}touch run\r")], language="zh")
    assert (done.code, done.left) == (130, b"")
    assert done.out.endswith("afterservice: 没有登记\n")
    assert cases(call) == []


# --- the editor -----------------------------------------------------------------------------------------------------


def an_editor(folder: Path, *lines: str) -> str:
    """A program that is run as an editor."""
    path = folder / "my editor"
    path.write_text("\n".join(("#!/bin/sh", *lines, "")), "utf-8")
    path.chmod(0o700)
    return f"'{path}' --wait"


@pytest.mark.parametrize("key", ["e", "Ｅ"])
@pytest.mark.parametrize("name", ["VISUAL", "EDITOR"])
def test_an_editor_writes_the_description_in_a_private_file(
    name: str, key: str, strict: Strict, tmp_path: Path, call: Runner
) -> None:
    seen = 'stat -c "%a %n" "$2" > seen; stat -c %a "$(dirname "$2")" >> seen'
    editor = an_editor(
        tmp_path, seen, 'printf \'第一行\\n# 2 次\\n\\n第二行\\n\' | cat - "$2" > more; cat more > "$2"; touch "$2~"'
    )
    others = {"EDITOR": "false"} if name == "VISUAL" else {}
    answers = [("> ", f"{key}{ENTER}"), *INTERVIEW[3:]]
    done = strict("register", answers=answers, **{**others, name: editor})
    assert done.code == 0, done.out
    assert the_case(call)["description"] == "第一行\n# 2 次\n\n第二行"
    file, folder = (tmp_path / "seen").read_text().splitlines()
    assert (file.split()[0], folder) == ("600", "700")
    assert list(temporary(tmp_path).iterdir()) == []


@pytest.mark.parametrize(
    ("line", "said"),
    [("exit 3", "ended with 3"), ("printf '\\377' > \"$2\"", "not UTF-8"), ("", "the rulebook requires")],
    ids=["fails", "writes no text", "writes nothing"],
)
def test_after_an_editor_that_gives_nothing_one_is_asked_again(
    line: str, said: str, strict: Strict, tmp_path: Path, call: Runner
) -> None:
    answers = [("> ", f"e{ENTER}"), (said, ""), ("> ", f"灯不亮{ENTER}"), ("> ", f"e{ENTER}"), *INTERVIEW[2:]]
    done = strict("register", answers=answers, VISUAL=an_editor(tmp_path, line))
    assert done.code == 0, done.out
    assert the_case(call)["description"] == "灯不亮\ne"
    assert list(temporary(tmp_path).iterdir()) == []


@pytest.mark.parametrize("editor", ["no-such-editor", "'vi"])
def test_an_editor_that_cannot_be_run_is_named(editor: str, strict: Strict, call: Runner) -> None:
    answers = [("> ", f"e{ENTER}"), (f"the editor {editor} cannot be run", ""), ("> ", LEAVE)]
    assert strict("register", answers=answers, EDITOR=editor).code == 130


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


# --- the pages ------------------------------------------------------------------------------------------------------

PAGES = {
    "docs/tutorial.md": ("en", "channel: ", "kind (", "customer (", "contact: ", "product ("),
    "docs/zh/tutorial.md": ("zh", "渠道：", "类型（", "客户（", "联系方式：", "产品（"),
}


@pytest.mark.parametrize("page", PAGES)
def test_the_tutorial_shows_the_interview_as_it_goes(page: str, desk: Path) -> None:
    language, *questions = PAGES[page]
    keys = (f"1{ENTER}", f"3{ENTER}", f"赵强{ENTER}", f"13600000058{ENTER}", ENTER)
    text = (("> ", f"智能门锁昨晚打不开{ENTER}"), ("> ", f"一家人在门外等了一个小时{ENTER}"), ("> ", ENTER))
    answers = [*text, *zip(questions, keys, strict=True)]
    shown = at_terminal(desk.parent, "register", answers=answers, env={"AFTERSERVICE_LANG": language}).out
    talk = re.sub(r" +\n", "\n", re.sub(r"\x1b\[\?2004[hl]\r?", "", shown)).partition("\n202610-001 ")[0]
    (block,) = re.findall(
        r"^```text\n\$ afterservice register\n(.*?)\n…\n```$", (DOCS / page).read_text("utf-8"), re.M | re.S
    )
    assert talk == block
