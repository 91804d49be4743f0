"""A text is found as it was meant, whatever broke it: blanks, line ends, signs that nobody sees."""

import json

import pytest

from conftest import Runner

BROKEN = ("插座 起\r\n火 了", "插座起\u2060火", "插座起\u00ad火", "插座起\u3000\u3000火", "插座起\u200b火")


def found(call: Runner, *words: str) -> int:
    return len(json.loads(call("list", "--json", *words).out))


@pytest.fixture
def desk(call: Runner) -> Runner:
    assert call("init", "--rules", "minimal").code == 0
    return call


@pytest.mark.parametrize("text", BROKEN)
@pytest.mark.parametrize("find", ["起火", "插座起火", "座起"])
def test_a_broken_text_is_found_as_if_it_were_whole(desk: Runner, text: str, find: str) -> None:
    desk("register", "-", stdin=json.dumps({"description": text, "channel": "phone"}))
    assert found(desk, "--find", find) == 1


@pytest.mark.parametrize("find", ["起 火", "起\u3000火", "起\u200b火"])
def test_it_is_found_by_broken_words_as_well(desk: Runner, find: str) -> None:
    desk("register", "插座起火了", "--channel", "phone")
    assert found(desk, "--find", find) == 1


@pytest.mark.parametrize("text", ["插座起，火", "插座起。火", "插座起；火"])
def test_what_a_sign_parts_is_not_found(desk: Runner, text: str) -> None:
    desk("register", text, "--channel", "phone")
    assert found(desk, "--find", "起火") == 0


def test_english_words_stay_apart(desk: Runner) -> None:
    desk("register", "hot\u00a0\nplate broken", "--channel", "phone")
    assert (found(desk, "--find", "hot plate"), found(desk, "--find", "hotplate")) == (1, 0)


@pytest.mark.parametrize("name", ["王　强", "王 强", "王\u200b强"])
def test_a_name_that_a_form_has_spaced_is_found(desk: Runner, name: str) -> None:
    desk("register", "坏了", "--channel", "phone", "--customer", name, "--product", "净水器 A1")
    assert found(desk, "--customer", "王强") == 1
    assert found(desk, "--product", "净水器A1") == 1
