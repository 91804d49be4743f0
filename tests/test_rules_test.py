"""A rulebook's own cases: short courses, played on desks that nobody keeps."""

import pwd
from pathlib import Path
from types import SimpleNamespace

import pytest

from conftest import Runner

BOOK = """\
rulebook: small
title: Small
language: en
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
claims: false
owners: {desk: {title: Desk, head: ann, members: [bob]}, pay: {title: Pay, head: cy}}
channels: {phone: Phone}
categories: {broken: {title: Broken, owner: desk, match: [broken]}, rest: {title: Rest, owner: desk}}
priorities: {P1: {title: High, targets: {respond: 4wh}}}
default: {category: rest, priority: P1, owner: desk}
targets: {respond: {title: Respond, until: responded}}
dispositions: {refund: {title: Refund, tasks: {back: {title: Back, by: desk}, pay: {title: Pay, by: pay, within: 1wd}}}}
messages: {thanks: {on: responded, text: "Thank you for {case}"}}
cases:
"""
HOLDS = """\
  - title: Money waits for the goods
    do: [register 'It is broken' --channel phone, propose --disposition refund --as bob]
    expect: {refused: task pay --as cy, because: waits for back, tasks: [back, pay], category: broken, owner: desk}
  - title: An answer in time
    do: ["register Hello --channel phone", 'respond "soon" --now "2026-10-12 11:00"']
    expect: {message: Thank you for 202610-001, met: [respond], due: {respond: "2026-10-12 13:00"}, status: open}
  - title: An answer too late
    now: 2026-10-15 17:00
    do: ["register Hello --channel phone", 'respond "soon" --now "2026-10-16 15:00"']
    expect: {missed: [respond]}
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return tmp_path / "small.yaml"


def test_the_courses_that_hold_are_counted(call: Runner, book: Path) -> None:
    book.write_text(BOOK + HOLDS)
    done = call("rules", "test", str(book))
    assert (done.code, done.err) == (0, f"{book}: 3 cases hold\n")
    assert "0 examples and 3 cases hold" in call("rules", "check", str(book)).err
    assert list(book.parent.iterdir()) == [book]


def test_of_one_course_one_is_said_to_hold(call: Runner, book: Path) -> None:
    book.write_text(BOOK + "".join(HOLDS.splitlines(keepends=True)[:3]))
    assert call("rules", "check", str(book)).err == f"{book}: small has no faults; 0 examples and 1 case hold\n"


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ("refused: task back --as bob", "task back --as bob: expected a refusal, got it was done"),
        (
            "refused: task pay --as cy, because: too dear",
            "task pay --as cy: expected a refusal with “too dear”, got pay of 202610-001 waits for back "
            "(dispositions.refund.tasks.pay)",
        ),
        ("message: Goodbye", "propose --disposition refund --as bob: expected a message with “Goodbye”, got none"),
        ("owner: pay", "expected owner pay, got desk"),
        ("person: bob", "expected person bob, got none"),
        ("tasks: []", "expected open tasks: none, got back, pay"),
        ('due: {respond: "2026-10-12 12:00"}', "expected respond due 2026-10-12 12:00, got 2026-10-12 13:00"),
        ('due: {pay: "2026-10-12 12:00"}', "expected pay due 2026-10-12 12:00, got no deadline"),
        ("met: [respond]", "expected respond met, got running"),
        ("missed: [answer]", "expected answer missed, got no deadline"),
    ],
)
def test_a_failing_one_names_the_step_what_was_expected_and_what_came(
    call: Runner, book: Path, expect: str, told: str
) -> None:
    first = HOLDS.splitlines(keepends=True)[:2]
    book.write_text(f"{BOOK}{''.join(first)}    expect: {{{expect}}}\n")
    for command in ("test", "check"):
        done = call("rules", command, str(book))
        assert done.code == 6
        assert done.out.startswith(f"{book}:15: case “Money waits for the goods”: ")
        assert told in done.out
        assert done.err == "afterservice: 1 of 1 cases fail\n"


@pytest.mark.parametrize(
    ("expect", "holds"),
    [
        ("refused: register x --channel phone --customer Ann, because: requires contact", True),
        ("refused: register x --channel phone --customer Ann", False),
        ("refused: register x --channel pigeon, because: requires contact", False),
        ("refused: regster x, because: regster", False),
    ],
)
def test_what_a_line_lacks_is_refused_and_a_slip_is_not(call: Runner, book: Path, expect: str, holds: bool) -> None:
    both = BOOK.replace("cases:\n", "intake: {require: [channel], customer: both_or_none}\ncases:\n")
    course = "  - {title: No way to reach her, do: [register y --channel phone], expect: {" + expect + "}}\n"
    book.write_text(both + course)
    assert call("rules", "test", str(book)).code == (0 if holds else 6)


@pytest.mark.parametrize(
    ("expected", "holds"), [("ann, bob", True), ("ann、bob", False), ("back、pay", True), ("back, pay", False)]
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_a_message_says_and_to_whom_is_sought_as_it_was_recorded(
    call: Runner, book: Path, expected: str, holds: bool, language: str
) -> None:
    told = "thanks: {on: responded, to: desk, text: back、pay}"
    course = f"""\
  - title: All of the team hear of it
    do: [register Hello --channel phone, respond soon]
    expect: {{message: "{expected}"}}
"""
    book.write_text(BOOK.replace('thanks: {on: responded, text: "Thank you for {case}"}', told) + course)
    done = call("rules", "test", str(book), env={"AFTERSERVICE_LANG": language})
    assert done.code == (0 if holds else 6), done


def test_options_may_stand_before_the_command(call: Runner, book: Path) -> None:
    book.write_text(
        BOOK + HOLDS.replace('\'respond "soon" --now "2026-10-16 15:00"\'', "'--now \"2026-10-16 15:00\" respond soon'")
    )
    assert call("rules", "test", str(book)).code == 0


def test_a_line_that_is_refused_on_the_way_ends_the_course(call: Runner, book: Path) -> None:
    book.write_text(BOOK + HOLDS.replace("propose --disposition refund", "propose --disposition exchange"))
    done = call("rules", "test", str(book))
    assert done.code == 6
    assert len(done.out.splitlines()) == 1
    assert "propose --disposition exchange --as bob: expected that it is done, got unknown disposition" in done.out


@pytest.mark.parametrize("line", ["list", '--now "2026-10-12 11:00"'])
def test_a_course_that_registers_no_case_fails(call: Runner, book: Path, line: str) -> None:
    book.write_text(f"{BOOK}  - {{title: Nobody called, do: ['{line}'], expect: {{status: open}}}}\n")
    done = call("rules", "test", str(book))
    assert done.code == 6
    assert done.out == f"{book}:15: case “Nobody called”: {line}: expected that a case is registered, got none\n"


def test_a_course_attaches_files_that_are_nowhere(call: Runner, book: Path) -> None:
    evidence = BOOK.replace("cases:", "demands: [{before: respond, what: attachment}]\ncases:")
    book.write_text(
        evidence
        + """\
  - title: No answer without evidence
    do: [register Hello --channel phone]
    expect: {refused: respond "soon", because: attachment}
  - title: With evidence
    do:
      - register Hello --channel phone
      - attach reports/one.pdf two.jpg --note "the goods" --as bob --at "2026-10-12 09:00"
      - respond "soon"
    expect: {met: [respond]}
"""
    )
    done = call("rules", "test", str(book))
    assert (done.out, done.code) == ("", 0)
    assert list(book.parent.iterdir()) == [book]


def test_a_rulebook_whose_cases_fail_is_neither_founded_on_nor_adopted(
    call: Runner, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = BOOK + HOLDS.replace("owner: desk}\n  - title", "owner: pay}\n  - title")
    book.write_text(wrong)
    desk = tmp_path / "afterservice.db"
    refused = call("--db", str(desk), "init", "--rules", str(book))
    assert refused.code == 6
    assert "1 of the rulebook's own cases fails, the first in line 15" in refused.err
    assert not desk.exists()
    book.write_text(BOOK + HOLDS)
    assert call("--db", str(desk), "init", "--rules", str(book)).code == 0
    (tmp_path / "afterservice.rules.yaml").write_text(wrong)
    adopted = call("--db", str(desk), "rules", "adopt", "--yes")
    assert adopted.code == 6
    assert "expected owner pay, got desk" in adopted.err


def test_a_trial_reaches_no_real_outbox(
    call: Runner, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = tmp_path / "out"
    outbox.mkdir()
    monkeypatch.setenv("AFTERSERVICE_OUTBOX", str(outbox))
    book.write_text(BOOK + HOLDS)
    assert call("rules", "test", str(book)).code == 0
    assert list(outbox.iterdir()) == []


def test_a_shipped_rulebook_is_not_tried_again(call: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def played(*_: object) -> list[object]:
        raise AssertionError("its cases are played")

    monkeypatch.setattr("afterservice_cli.workflows.founding.played", played)
    assert call("--db", str(tmp_path / "desk.db"), "init", "--rules", "customer-feedback").code == 0


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ('due: {respond: "2026-10-12 12:00"}', "应为 首次响应 截止于 2026-10-12 12:00，实为 2026-10-12 13:00"),
        ('due: {pay: "2026-10-12 12:00"}', "应为 付款 截止于 2026-10-12 12:00，实为 没有这个时限"),
        ("met: [respond]", "应为 首次响应 按时，实为 "),
        ("tasks: [pay]", "应为 待办任务：付款，实为 收货、付款"),
        ("owner: pay", "应为 负责部门 财务，实为 前台"),
        ("category: rest", "应为 类别 其他，实为 坏了"),
        ("status: closed", "应为 状态 已结案，实为 处理中"),
    ],
)
def test_in_chinese_what_came_goes_by_its_title(call: Runner, book: Path, expect: str, told: str) -> None:
    text = BOOK.replace("claims:", "labels: {closed: 已结案}\nclaims:")
    for title, chinese in {
        "Respond": "首次响应",
        "Back": "收货",
        "title: Pay, by": "title: 付款, by",
        "title: Pay, head": "title: 财务, head",
        "title: Desk": "title: 前台",
        "title: Broken": "title: 坏了",
        "title: Rest": "title: 其他",
    }.items():
        assert title in text
        text = text.replace(title, chinese)
    first = HOLDS.splitlines(keepends=True)[:2]
    book.write_text(f"{text}{''.join(first)}    expect: {{{expect}}}\n", "utf-8")
    done = call("rules", "test", str(book), env={"AFTERSERVICE_LANG": "zh"})
    assert done.code == 6
    assert told in done.out


APPROVED = """\
  - title: Two say yes
    do: [register 'It is broken' --channel phone, propose --disposition refund --as bob, approve --as ann]
    expect: {refused: close, because: "may.close"}
"""


@pytest.mark.parametrize("user", ["nobody", "ann-at-work", "bob-at-work", "root"])
def test_who_plays_a_course_is_nobody_whom_the_rulebook_knows(
    call: Runner, book: Path, monkeypatch: pytest.MonkeyPatch, user: str
) -> None:
    known = "people: {ann: {title: Ann, users: [ann-at-work, root]}, bob: {title: Bob, users: [bob-at-work]}}\n"
    book.write_text(
        BOOK.replace("cases:\n", f"{known}approvals: [{{by: owner_head}}]\nmay: {{close: [owner]}}\ncases:\n")
        + APPROVED
    )
    monkeypatch.setattr(pwd, "getpwuid", lambda uid: SimpleNamespace(pw_name=user))
    done = call("rules", "test", str(book))
    assert (done.code, done.err) == (0, f"{book}: 1 case holds\n")
