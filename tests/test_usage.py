"""What is said of a line that cannot be read: the help to look at, and every value that may have been meant."""

import json
import re
from pathlib import Path

import pytest

from afterservice_cli.errors import nearest
from conftest import Runner


@pytest.mark.parametrize(
    ("line", "way"),
    [
        ("show", "afterservice show --help"),
        ("amend 001 product=K1", "afterservice amend --help"),
        ("list --text x", "afterservice list --help"),
        ("list --view", "afterservice list --help"),
        ("measure add x --problem 1", "afterservice measure add --help"),
        ("problem open --until", "afterservice problem open --help"),
        ("problem opne", "afterservice problem --help"),
        ("hand-over 001", "afterservice --help"),
    ],
)
def test_the_help_of_the_command_at_fault_is_named(desk: Path, call: Runner, line: str, way: str) -> None:
    done = call(*line.split())
    assert done.code == 2
    assert done.err.splitlines()[-1].strip() == way


@pytest.mark.parametrize(("word", "meant"), [("search", "list --find"), ("find", "list --find"), ("edit", "amend")])
def test_a_word_of_other_programs_leads_to_the_command_that_does_it(call: Runner, word: str, meant: str) -> None:
    done = call(word, "王芳")
    assert f"write '{meant}'" in done.err
    assert done.code == 2


def test_every_value_is_named_that_has_what_was_written_in_its_name() -> None:
    teams = {"service": "客服部-客服主管", "quality": "客服部-质检组", "tech": "技术部"}
    told = nearest("客服部", tuple(teams), teams)
    assert told == "one of service (客服部-客服主管), quality (客服部-质检组)"


def test_a_value_that_is_nearly_written_is_named_alone() -> None:
    assert nearest("tecch", ("service", "tech", "technics")) == "'tech'"


def test_a_question_mark_lists_the_columns_that_there_are(desk: Path, call: Runner) -> None:
    done = call("list", "--columns", "?")
    assert done.err.startswith("afterservice: --columns: write one of case, status, priority, ")
    assert done.code == 3


def test_an_option_is_named_whose_last_word_was_typed(call: Runner) -> None:
    done = call("register", "x", "--at", "9:00")
    assert done.err == "afterservice: there is no option --at – write --received-at\n  afterservice register --help\n"
    assert done.code == 2


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("register x -channel phone", "there is no option -channel – write --channel"),
        ("register x ——channel phone", "there is no option ——channel – write --channel"),
        ("register x —channel=phone", "there is no option —channel – write --channel"),
        ("list －find x", "there is no option －find – write --find"),
        ("respond 001 x —as lin", "there is no option —as – write --as"),
        ("list --contact 5", "there is no option --contact – write --customer"),
        ("list --search x", "there is no option --search – write --find"),
        ("list --stat open", "there is no option --stat – write --stage, --status"),
        ("show --contact 5", "there is no option --contact\n"),
    ],
)
def test_an_option_is_named_that_was_meant(desk: Path, call: Runner, line: str, said: str) -> None:
    done = call(*line.split())
    assert done.code == 2
    assert done.err.startswith(f"afterservice: {said}")


def test_what_only_looks_like_an_option_is_text_behind_two_hyphens(desk: Path, call: Runner) -> None:
    assert call("register", "--channel", "phone", "--", "-channel").code == 0
    assert call("register", "——channel 坏了", "--channel", "phone").code == 0


def test_a_command_that_is_like_none_is_not_answered_with_all_of_them(call: Runner) -> None:
    done = call("登记", "x")
    assert done.err == "afterservice: there is no command '…'\n  afterservice --help\n"
    assert done.code == 2


@pytest.mark.parametrize(
    ("number", "way"),
    [
        ("13800000021", "afterservice list --customer … finds cases by contact or name"),
        ("王芳", "afterservice list --customer … finds cases by contact or name"),
        ("777", "afterservice list shows the numbers"),
    ],
)
def test_whoever_shows_a_case_by_its_customer_is_told_how_to_find_it(
    desk: Path, call: Runner, number: str, way: str
) -> None:
    done = call("show", number)
    assert done.err.splitlines()[-1].strip() == way
    assert done.code == 4


@pytest.mark.parametrize("line", ["export", "erase", "shwo 1", "list --db", "measure add x --until 1"])
def test_a_line_that_cannot_be_read_is_told_in_the_language_of_the_desk(desk: Path, call: Runner, line: str) -> None:
    """Whoever asked for no language works at a Chinese desk, and the line is wrong before the desk is opened."""
    done = call(*line.split(), env={"AFTERSERVICE_LANG": "", "LANG": "C"})
    assert done.code == 2
    assert re.search(r"[\u4e00-\u9fff]{3}", done.err), done.err


def test_what_lies_ahead_may_be_said_in_working_time(desk: Path, call: Runner) -> None:
    """From a Monday morning three working days lead to the close of Thursday, as everywhere a duration stands."""
    assert call("register", "the door sticks", "--channel", "phone", "--kind", "complaint").code == 0
    done = call("acknowledge", "001", "--promise", "3wd")
    assert done.code == 0, done.err
    assert json.loads(call("show", "001", "--json").out)["promised_at"] == "2026-10-15T10:00:00Z"
