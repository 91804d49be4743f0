"""The interview of `register` at a terminal: who is asked for what, what is pasted, the editor, and how one leaves."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import rulebooks
from conftest import Once, Runner
from terminals import DOWN, END, ENTER, LEAVE, PROMPT, UP, Answers, Shown, at_terminal

DOCS = Path(__file__).parents[1]

Strict = Callable[..., Shown]


@pytest.fixture
def strict(tmp_path: Path, once: Once, call: Runner) -> Strict:
    """Runs the program at a terminal, at a desk that requires channel, kind, tier, and a name or a contact."""

    def founded() -> None:
        desk_under(rulebooks.text("strict"), tmp_path, call)

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


def desk_under(rules: str, folder: Path, call: Runner) -> None:
    """Make a desk in a folder under a rulebook with this text."""
    (folder / "own.yaml").write_text(rules, "utf-8")
    assert call("init", "--rules", "./own.yaml", cwd=folder).code == 0


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
    requires = (kind, "complaint: {title: {zh: 投诉, en: Complaint}, require: [product]}")
    desk_under(rulebooks.text("strict", requires), tmp_path, call)
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
        ("en", "> ", "channel: ", "the rulebook requires", "write one of them, or its number; Ctrl-C leaves"),
        ("zh", "> ", "渠道：", "规则要求填写", "请写其中一项，或它的序号；按 Ctrl-C 退出"),
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


@pytest.mark.parametrize("mark", ["?", "？"])
def test_a_question_mark_alone_is_no_answer_to_a_short_question(mark: str, strict: Strict, call: Runner) -> None:
    way = ("write the answer; Ctrl-C leaves", "")
    again = [(f"{name} (Enter passes over): ", f"{mark}{ENTER}") for name in ("customer", "product")]
    answers = [*INTERVIEW[:5], again[0], way, *INTERVIEW[5:7], again[1], way, *INTERVIEW[7:]]
    done = strict("register", answers=answers)
    assert done.code == 0, done.out
    assert (the_case(call)["customer"], the_case(call)["product"]) == ("张伟", "L2")


def test_an_only_choice_is_taken_with_enter(tmp_path: Path, call: Runner) -> None:
    one = (", mail: {zh: 邮件, en: Mail}", "")
    only = ("require: [channel, kind, description, tier], customer: either", "require: [channel]")
    desk_under(rulebooks.text("strict", one, only), tmp_path, call)
    assert at_terminal(tmp_path, "register", "灯不亮", answers=[("channel [Enter: Phone]: ", ENTER)]).code == 0


def test_several_are_chosen_at_once(tmp_path: Path, call: Runner) -> None:
    several = ("tier: {title: {zh: 等级, en: Tier}, ", "tier: {title: 等级, many: true, ")
    desk_under(rulebooks.text("strict", several), tmp_path, call)
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
    desk_under(rulebooks.text("dated") + "intake: {require: [bought]}\n", tmp_path, call)
    answers = [(asks, f"1899-12-30{ENTER}"), ("1900-01-01", ""), (asks, f"{typed}{ENTER}")]
    env = {"AFTERSERVICE_LANG": language}
    done = at_terminal(tmp_path, "register", "x", "--channel", "phone", answers=answers, env=env)
    assert done.code == 0, done.out
    assert the_case(call)["fields"] == {"bought": "2026-10-01"}


def test_a_question_for_a_time_says_how_it_is_written(tmp_path: Path, call: Runner) -> None:
    desk_under(rulebooks.text("values", ("intake: {", "intake: {require: [hoped_for], ")), tmp_path, call)
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
