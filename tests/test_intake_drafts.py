"""A row to a draft: aliases, joins, values, defaults and dates, and what about it is impossible."""

from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import rulebooks
from afterservice_cli.errors import BadInput
from afterservice_cli.intake.reading.drafts import FaultyRow, RowDraft, RowReader
from afterservice_cli.intake.reading.profile import Profile, read_profile
from afterservice_cli.rulebook.model import Rulebook

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 10, 31, 1, tzinfo=UTC)  # 9:00 in Shanghai
PROFILE = """
profile: small
columns:
  number: id
  received_at: [received, taken]
  channel: via
  contact: [mobile, phone]
  description: {join: [subject, text, more], with: " / "}
  tier: tier
  priority: rank
values: {channel: {Tel: phone, E-Mail: mail}, tier: {Gold: vip}}
defaults: {channel: mail, tier: normal}
dates: ["%Y-%m-%d %H:%M", iso]
course:
  - {event: responded, at: [answered, called], text: answer}
  - {event: resolved, at: solved}
  - {event: rated, at: solved, score: stars, text: praise}
"""
Cells = dict[str, str]
ROW = {"id": "7", "received": "2026-10-01 09:00", "via": "Tel", "text": "broken"}


@cache
def rulebook() -> Rulebook:
    return rulebooks.rulebook("intake")


@cache
def profile() -> Profile:
    return read_profile(PROFILE.encode(), "profile.yaml", rulebook())


def draft(**cells: str) -> RowDraft:
    return read_row({**ROW, **cells}, profile())


def read_row(row: Cells, by: Profile, **given: Any) -> RowDraft:
    found = RowReader(by, rulebook(), row.keys(), NOW, **given).read(row)
    if found.faults:
        raise FaultyRow(found.faults)
    return found


def happened(found: RowDraft) -> list[tuple[str, str, str | None, int | None]]:
    return [(h.word, f"{h.at.astimezone(SHANGHAI):%m-%d %H:%M}", h.text, h.score) for h in found.happenings]


def test_a_column_that_the_file_has_not_says_nothing_and_an_empty_cell_that_there_is_nothing() -> None:
    assert "contact" not in draft().facts
    assert draft(mobile="").facts["contact"] is None


def test_a_plain_row() -> None:
    found = draft()
    assert found.facts == {"channel": "phone", "description": "broken", "tier": "normal"}
    assert (found.decided, found.happenings, found.doubts) == ({}, (), ())
    assert found.received_at == datetime(2026, 10, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cells", "contact"),
    [
        ({"mobile": "139", "phone": "010"}, "139"),
        ({"mobile": "  ", "phone": " 010 "}, "010"),
        ({"phone": "010"}, "010"),
        ({"mobile": ""}, None),
    ],
    ids=["the first", "the first that is filled", "the one that is there", "none"],
)
def test_of_aliases_the_first_that_is_filled_counts(cells: dict[str, str], contact: str | None) -> None:
    assert draft(**cells).facts["contact"] == contact


@pytest.mark.parametrize(
    ("cells", "description"),
    [
        ({"subject": "Lamp", "text": "broken", "more": "twice"}, "Lamp / broken / twice"),
        ({"subject": " Lamp ", "text": "", "more": "twice"}, "Lamp / twice"),
        ({"text": " "}, None),
    ],
)
def test_joined_columns_leave_out_what_is_empty(cells: dict[str, str], description: str | None) -> None:
    assert draft(**cells).facts["description"] == description


@pytest.mark.parametrize(
    ("via", "channel"),
    [("Tel", "phone"), (" tEL ", "phone"), ("ＴＥＬ", "phone"), ("T e l", "phone"), ("MAIL", "mail"), ("", "mail")],
)
def test_a_value_is_translated_kept_or_left_to_the_default(via: str, channel: str) -> None:
    assert draft(via=via).facts["channel"] == channel


def test_a_column_that_is_not_there_is_empty() -> None:
    row = {key: value for key, value in ROW.items() if key != "via"}
    assert read_row(row, profile()).facts["channel"] == "mail"


def test_what_the_rules_would_decide_can_be_given() -> None:
    found = draft(rank="P1")
    assert found.decided == {"priority": "P1"}
    assert "priority" not in found.facts


@pytest.mark.parametrize("text", ["", "  ", "yesterday", "10/01/2026", "2026-13-01"])
def test_without_a_time_of_receipt_there_is_no_case(text: str) -> None:
    with pytest.raises(BadInput, match=r"^received_at") as caught:
        draft(received=text)
    assert not text.strip() or text not in str(caught.value)


def test_nothing_is_received_in_the_future() -> None:
    assert draft(received="2026-10-31 09:00").received_at == NOW
    with pytest.raises(BadInput, match="lies in the future"):
        draft(received="2026-10-31 09:01")


def test_the_course_is_told_in_its_order() -> None:
    found = draft(answered="2026-10-02", answer=" sorry ", solved="2026-10-03 10:00", stars="4")
    assert happened(found) == [
        ("responded", "10-02 00:00", "sorry", None),
        ("resolved", "10-03 10:00", None, None),
        ("rated", "10-03 10:00", None, 4),
    ]
    assert found.doubts == ()


def test_a_rating_without_its_score_did_not_happen() -> None:
    assert [word for word, *_ in happened(draft(solved="2026-10-03 10:00", stars=" "))] == ["resolved"]


@pytest.mark.parametrize(("stars", "score"), [("1", 1), (" 5 ", 5), ("4.0", 4), ("４", 4)])
def test_a_score_is_a_number_however_a_spreadsheet_writes_it(stars: str, score: int) -> None:
    found = draft(solved="2026-10-03 10:00", stars=stars)
    assert [(h.word, h.score) for h in found.happenings] == [("resolved", None), ("rated", score)]


@pytest.mark.parametrize("stars", ["0", "6", "4.5", "five", "-1", "nan", "1e0", "²"])
def test_a_score_that_is_none_is_left_out_and_told(stars: str) -> None:
    found = draft(solved="2026-10-03 10:00", stars=stars)
    assert [h.word for h in found.happenings] == ["resolved"]
    (doubt,) = found.doubts
    assert doubt.told().startswith("stars: the score is none from 1 to 5 – or say what it means: `means: {…: …}`")


def test_something_may_happen_the_moment_it_is_received() -> None:
    assert happened(draft(answered="2026-10-01 09:00")) == [("responded", "10-01 09:00", None, None)]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"answered": "2026-10-01 08:59"}, "answered: responded (2026-10-01 08:59) lies before it was received"),
        ({"answered": "2026-10-31 09:01"}, "answered: responded (2026-10-31 09:01) lies in the future"),
        ({"answered": "soon"}, "answered: this is no date in the declared form"),
        ({"called": "2026-09-30"}, "called: responded (2026-09-30) lies before it was received"),
        ({"answered": " ", "called": "2026-09-30"}, "called: responded (2026-09-30) lies before it was received"),
        ({"answered": "2026-10-02", "solved": "2026-10-03", "stars": "6"}, "stars: the score is none from 1 to 5"),
    ],
    ids=["too early", "in the future", "no date", "an alias", "the alias that is filled", "score"],
)
def test_what_is_impossible_is_left_out_and_told(cells: dict[str, str], reason: str) -> None:
    found = draft(**cells)
    (doubt,) = found.doubts
    assert doubt.told().startswith(reason)
    assert [word for word, *_ in happened(found)] == (["responded", "resolved"] if "stars" in cells else [])


def test_a_doubt_says_nothing_of_a_cell_that_is_no_date() -> None:
    (doubt,) = draft(answered="called 13900000012 twice").doubts
    assert "13900000012" not in doubt.told()
