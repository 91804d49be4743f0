"""How a change is answered: what a case is now in a line, and in another what comes next, for whom and by when."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from afterservice_cli.output_text import aligned, folded, width
from conftest import Runner

NINE, LATER = "2026-10-12 09:00", "2026-10-12 15:00"
LAMP = (
    *("register", "收到的花瓶灯碎了", "--channel", "phone", "--kind", "complaint"),
    *("--customer", "Zoe", "--contact", "13900000077"),
)
REFUND = "propose 001 --disposition refund --give refund=268 --as song"
NUMBER = "202610-001"
# The course of a refund, command by command, with what comes next after each.
COURSE = (
    (REFUND, "approval (head of the department: zheng) – afterservice approve 202610-001"),
    ("approve 001 --as zheng", "Respond, due 2026-10-13 09:00"),
    ("respond 001 --as song", "Investigate, due 2026-10-13 09:00"),
    ("investigate 001 --as song", "Resolve, due 2026-10-19 18:00 – afterservice agree 202610-001 --yes, or --no"),
    ("agree 001 --yes", "Payment (Finance – payments), due 2026-10-15 18:00 – afterservice task 202610-001 pay"),
    (
        "task 001 pay --as feng",
        "Customer told (Customer service – supervisors), due 2026-10-13 18:00 – afterservice task 202610-001 tell",
    ),
    ("task 001 tell --as lin", 'Resolve, due 2026-10-19 18:00 – afterservice resolve 202610-001 "what was done"'),
    ("resolve 001 paid", "afterservice confirm 202610-001 --yes, or --no"),
    ("confirm 001 --yes", "afterservice rate 202610-001 …, or afterservice close 202610-001"),
    ("rate 001 5", "afterservice close 202610-001"),
    ("close 001", ""),
)


def said_next(err: str) -> list[str]:
    return [line.removeprefix("next: ") for line in err.splitlines() if line.startswith("next: ")]


def test_what_comes_next_from_a_plan_to_the_archive(desk: Path, call: Runner) -> None:
    assert said_next(call(*LAMP).err) == ["Respond, due 2026-10-13 09:00"]
    for line, coming in COURSE:
        done = call(*line.split())
        assert (done.code, said_next(done.err)) == (0, [coming] if coming else []), line


def test_the_line_says_how_the_case_stands_and_whose_it_is(desk: Path, call: Runner) -> None:
    head = "202610-001  {} · Damaged goods · Medium · {}"
    warehouse = "Warehouse – after-sales"
    assert call(*LAMP).out == head.format("open", warehouse) + "\n"
    assert call(*["assign", "001", "--to", "song", "--reason", "known"]).out.splitlines()[0] == head.format(
        "open", f"song · {warehouse}"
    )
    assert call(*["pause", "001", "--for", "parts"]).out.splitlines()[0] == head.format(
        "waiting (Waiting for parts)", f"song · {warehouse}"
    )
    call(*LAMP)
    assert call(*["merge", "001", "002", "--reason", "twice"]).out.splitlines()[0] == head.format(
        "void (merged into 202610-002)", f"song · {warehouse}"
    )


def test_what_nothing_changes_answers_all_the_same(desk: Path, call: Runner) -> None:
    call(*LAMP)
    done = call("classify", "001")
    assert done.err == (
        "nothing changed\nnext: Respond, due 2026-10-13 09:00\n"
        'by hand: afterservice classify 202610-001 --category … --reason "…"\n'
    )
    assert done.out.startswith(f"{NUMBER}  open")


def test_it_says_what_is_overdue_and_what_is_paused(desk: Path, call: Runner) -> None:
    call(*LAMP)
    paused = call("pause", "001", "--for", "parts")
    assert said_next(paused.err) == ["Respond, due 2026-10-13 09:00, paused"]
    call("resume", "001")
    late = call("note", "001", "x", now="2026-10-14 09:00")
    assert said_next(late.err) == ["Respond, overdue since 2026-10-13 09:00"]


def test_an_approval_hides_nothing_that_is_overdue(desk: Path, call: Runner) -> None:
    call(*LAMP)
    (coming,) = said_next(call(*REFUND.split(), now="2026-10-14 09:00").err)
    assert coming == (
        "approval (head of the department: zheng) – afterservice approve 202610-001; "
        "Respond, overdue since 2026-10-13 09:00"
    )


def test_of_what_is_due_a_clock_that_runs_comes_before_one_that_stands(tmp_path: Path, call: Runner) -> None:
    (tmp_path / "rules.yaml").write_text(RULES, "utf-8")
    assert call("init", "--rules", "rules.yaml").code == 0
    call("register", "odd", "--channel", "phone")
    assert said_next(call("pause", "001", "--for", "parts").err) == ["Solve, due 2026-10-16 00:00"]


RULES = """
rulebook: plain
title: Plain
numbering: "{year}{month:02}-{serial:03}"
language: en
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
owners: {desk: {title: Desk}}
channels: {phone: Phone}
pauses: {parts: Parts}
targets: {look: {title: Look, until: investigated, pauses: true}, solve: {title: Solve, until: resolved}}
categories: {other: Other}
priorities: {normal: {title: Normal, targets: {look: 1d, solve: 3d}}}
default: {category: other, priority: normal, owner: desk}
intake: {require: [channel, description]}
"""


def test_no_confirmation_is_asked_for_if_the_rulebook_needs_none(tmp_path: Path, call: Runner) -> None:
    (tmp_path / "rules.yaml").write_text(RULES, "utf-8")
    assert call("init", "--rules", "rules.yaml").code == 0
    call("register", "odd", "--channel", "phone")
    assert said_next(call("resolve", "001", "done").err) == ["afterservice close 202610-001"]


def test_what_a_demand_demands_comes_first(tmp_path: Path, call: Runner) -> None:
    demands = "demands: [{before: close, what: survey}, {before: rate, what: confirmation}]\n"
    (tmp_path / "rules.yaml").write_text(RULES + demands + "closing: {survey: {questions: {}}}\n", "utf-8")
    assert call("init", "--rules", "rules.yaml").code == 0
    call("register", "odd", "--channel", "phone")
    assert said_next(call("resolve", "001", "done").err) == ["afterservice confirm 202610-001 --yes, or --no"]
    assert said_next(call("confirm", "001", "--yes").err) == ["afterservice rate 202610-001 5"]


def test_what_was_promised_is_said_by_the_change_that_promised_it(desk: Path, call: Runner) -> None:
    call(*LAMP)
    assert " · promised by 2026-10-14 12:00\n" in call("acknowledge", "001", "--promise", "2026-10-14 12:00").out
    assert "promised" not in call("note", "001", "x").out
    assert "  promised  2026-10-14 12:00\n" in call("note", "001", "x", "-v").out
    told = call(*REFUND.split(), "--task", "call\nback", "--promise", "2026-10-15").out.splitlines()
    assert told[1:] == [
        "  plan 1: Refund, amount 268 yuan, promised by 2026-10-15 18:00; Payment, Customer told, call⏎back"
    ]


def test_several_cases_are_told_whole_if_asked(desk: Path, call: Runner) -> None:
    call(*LAMP)
    call(*LAMP)
    words = ["assign", "--where", "status=open", "--reason", "x", "--yes", "--to"]
    assert call(*words, "quality").out.splitlines()[0] == "2 of 2 cases changed: 202610-001, 202610-002"
    told = call(*words, "tech", "-v").out
    assert told.count("\n  owner ") == 2


# --- times ------------------------------------------------------------------------------------------------------


def test_seconds_are_told_only_if_two_times_else_read_the_same(desk: Path, call: Runner) -> None:
    call(*LAMP, now="2026-10-12 09:00:20")
    call("pause", "001", "--for", "parts", now="2026-10-12 10:00:05")
    call("resume", "001", now="2026-10-12 10:00:35")
    assert "registered  2026-10-12 09:00\n" in call("show", "001", now=LATER).out
    told = call("explain", "001", now=LATER).out
    assert "24 hours on the clock from Mon 12 Oct 09:00 → due Tue 13 Oct 09:00\n" in told
    assert "paused 2026-10-12 10:00:05 – 2026-10-12 10:00:35" in told
    assert "moved 2026-10-13 09:00:20 → 2026-10-13 09:00:50" in told
    call("respond", "001", now="2026-10-13 09:00:55")
    assert "missed 2026-10-13 09:00:55" in call("explain", "001", now="2026-10-13 10:00").out


def test_a_refusal_tells_two_times_of_a_minute_apart(desk: Path, call: Runner) -> None:
    call(*LAMP, now="2026-10-12 09:00:20")
    early = call("respond", "001", "--at", "2026-10-12 09:00:10", now=LATER).err
    assert "202610-001 was registered at 2026-10-12 09:00:20; nothing" in early
    assert "registered at 2026-10-12 09:00; nothing" in call("respond", "001", "--at", "2026-10-11", now=LATER).err


# --- on a terminal ----------------------------------------------------------------------------------------------

CELLS = st.text(st.sampled_from("ab分 "), min_size=1, max_size=30).map(lambda text: text.strip() or "x")
PATHS = st.lists(st.sampled_from(["priorities", "P2", "targets", "investigate"]), min_size=1, max_size=6).map(".".join)


@example(rows=[("a", "aaa分分分分", "priorities"), ("aaaaaaaaaa分分分分分分", "a", "priorities")], columns=20)
@given(rows=st.lists(st.tuples(CELLS, CELLS, PATHS), min_size=1, max_size=5), columns=st.integers(20, 120))
def test_a_path_breaks_only_after_a_dot_and_only_if_it_fits_no_line(
    rows: list[tuple[str, str, str]], columns: int
) -> None:
    lines = list(aligned(rows, columns=columns))
    assert max(map(width, lines)) <= columns
    assert "".join("".join(lines).split()) == "".join("".join(cells).replace(" ", "") for cells in rows)
    for _, _, path in rows:
        if width(path) + 8 <= columns:
            assert any(path in line for line in lines)
        else:
            assert all(any(f"{name}." in line or line.endswith(name) for line in lines) for name in path.split("."))


def test_a_row_that_does_not_fit_has_its_reason_below() -> None:
    rows = [("Respond", "2026-11-13 11:00", "24h · priorities.P3.targets.respond"), ("owner", "Tech", "default.owner")]
    assert list(aligned(rows, columns=50)) == [
        "  Respond  2026-11-13 11:00",
        "    24h · priorities.P3.targets.respond",
        "  owner    Tech              default.owner",
    ]
    assert len(list(aligned(rows))) == 2


@pytest.mark.parametrize(
    ("message", "lines"),
    [
        ("it is short", ["it is short"]),
        (
            "it is too long (demands[5].what): afterservice close 1; afterservice rate 1 5",
            ["it is too long", "    (demands[5].what):", "  afterservice close 1;", "  afterservice rate 1 5"],
        ),
        (
            "looks like 1: afterservice merge 2 1, or afterservice link 2 1",
            ["looks like 1:", "  afterservice merge 2 1, or", "  afterservice link 2 1"],
        ),
        (
            "与 1 相似：afterservice merge 2 1，或 afterservice link 2 1",
            ["与 1 相似：", "  afterservice merge 2 1，或", "  afterservice link 2 1"],
        ),
        ("  afterservice resolve 1 words that are typed", ["  afterservice resolve 1 words that are typed"]),
    ],
)
def test_a_message_is_folded_and_a_command_in_it_is_not(message: str, lines: list[str]) -> None:
    assert folded(message, 26).split("\n") == lines
    assert folded(message, None) == message
