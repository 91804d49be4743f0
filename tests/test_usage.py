"""What is said of a line that cannot be read: the help to look at, and every value that may have been meant."""

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
