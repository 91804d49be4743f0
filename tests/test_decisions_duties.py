"""Duties: what an adoption begins and ends, who sees to them, and that each time is kept or missed once."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from afterservice_cli.cases.duties import rounds_of
from afterservice_cli.cases.events.general import DutyDone
from afterservice_cli.cases.values import DutySpec, verdict
from afterservice_cli.decisions import duties
from afterservice_cli.errors import BadInput, Problem, Refused
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.time.instants import to_text
from duty_desks import BOOK, MAILBOX, PEOPLE, Own, adopted, became, recorded, with_duties
from given import RECEIVED, hour, rules


def spec(name: str = "mailbox", *, rulebook: Rulebook = BOOK, at: datetime = RECEIVED) -> DutySpec:
    return duties.spec_of(rulebook, name, at)


def done(at: datetime, *, actor: str = "li", name: str = "mailbox", rulebook: Rulebook = BOOK) -> DutyDone:
    running = {name: spec(name, rulebook=rulebook) for name in rulebook.duties}
    return duties.done(running, Moment(hour(200), at, actor, rulebook), name=name, text="three letters")


def refusal(kind: type[Problem], at: datetime = RECEIVED, **given: object) -> str:
    with pytest.raises(kind) as caught:
        done(at, **given)  # type: ignore[arg-type]
    return f"{caught.value.message} | {caught.value.hint}"


# --- adopting ---------------------------------------------------------------------------------------------------


def test_a_duty_begins_with_the_rulebook_that_has_it() -> None:
    (begun,) = adopted(BOOK).duties
    assert begun == DutySpec("mailbox", "tech", "4wh", RECEIVED, hour(5))  # an hour of lunch


def test_a_warning_comes_before_it() -> None:
    book = with_duties(MAILBOX.replace("4wh", "4wh, warn: 25%"))
    assert spec(rulebook=book).warn_at == hour(4)


def test_it_counts_by_its_own_calendar() -> None:
    late = rules(
        ("owners: {tech: Tech, ", f"calendars: {{late: {{hours: {{mon-fri: '12:00-20:00'}}}}}}\nowners: {PEOPLE}"),
        ("default:", f"duties: {{{MAILBOX.replace('4wh', '4wh, calendar: late')}}}\ndefault:"),
    )
    assert (spec(rulebook=late).due_at, spec(rulebook=late).calendar) == (hour(7), "late")


def test_what_is_the_same_keeps_its_time() -> None:
    renamed = with_duties(MAILBOX.replace("查看投诉邮箱", "投诉邮箱").replace("4wh", "4wh, warn: 1wh"))
    again = adopted(renamed, hour(3), mailbox=spec())
    assert (again.duties, again.ended) == ((), ())


@pytest.mark.parametrize("change", [("4wh", "8wh"), ("by: tech", "by: quality"), ("4wh", "4wh, calendar: late")])
def test_what_is_another_begins_anew(change: tuple[str, str]) -> None:
    written = f"duties: {{{MAILBOX.replace(*change)}}}\ndefault:"
    book = rules(
        ("quality: Quality", "quality: {title: Quality, head: wei}"),
        ("tech: Tech", "tech: {title: Tech, head: zhao}"),
        ("owners:", "calendars: {late: {hours: {mon-fri: '12:00-20:00'}}}\nowners:"),
        ("default:", written),
    )
    again = adopted(book, hour(3), mailbox=spec())
    assert [one.from_at for one in again.duties] == [hour(3)]
    assert again.ended == ()


@pytest.mark.parametrize(("after", "became"), [(3, "void"), (5, "void"), (6, "missed")])
def test_what_a_rulebook_has_no_more_is_over_and_missed_if_it_was_overdue(after: int, became: str) -> None:
    over = adopted(with_duties(), hour(after), mailbox=spec())
    assert (over.duties, over.ended) == ((), ("mailbox",))
    (last,) = rounds_of(recorded(adopted(BOOK), over))
    assert verdict(last.outcome, last.ended_at, last.spec.due_at, hour(200)) == became


# --- seeing to them ---------------------------------------------------------------------------------------------


def test_the_next_time_counts_from_when_it_was_seen_to() -> None:
    assert done(hour(2)) == DutyDone(hour(2), "mailbox", (spec(at=hour(2)),), "three letters")


@pytest.mark.parametrize(("after", "became"), [(2, "met"), (5, "met"), (6, "missed")])
def test_what_is_done_late_is_missed(after: int, became: str) -> None:
    first, last = rounds_of(recorded(adopted(BOOK), done(hour(after))))
    assert verdict(first.outcome, first.ended_at, first.spec.due_at, hour(200)) == became
    assert (first.done_by, last.ended_at, last.spec.from_at) == ("li", None, hour(after))


def test_a_title_names_it_too() -> None:
    for title in ("查看投诉邮箱", "See to the mailbox"):
        running = {"mailbox": spec()}
        assert duties.done(running, Moment(hour(2), hour(2), "li", BOOK), name=title).duty == "mailbox"


def test_it_is_its_teams() -> None:
    said = refusal(Refused, actor="ann")
    assert said == "mailbox takes tech (duties.mailbox.by); ann is not | ask one of zhao, li"


def test_a_head_and_a_role_see_to_theirs() -> None:
    book = with_duties("backup: {title: Backup, by: 'head:tech', every: 1wd}")
    assert done(hour(1), actor="zhao", name="backup", rulebook=book).duty == "backup"
    assert "ask one of zhao" in refusal(Refused, actor="li", name="backup", rulebook=book)


def test_it_cannot_be_seen_to_before_it_was_last() -> None:
    assert "mailbox was last seen to, or adopted, at 2026-10-14 09:00" in refusal(
        BadInput, RECEIVED - timedelta(hours=1)
    )


def test_nor_in_the_future_nor_if_there_is_none() -> None:
    assert "lies in the future" in refusal(BadInput, hour(201))
    with pytest.raises(BadInput, match="unknown duty 'mailbx' – write 'mailbox'"):
        duties.done({}, Moment(hour(1), hour(1), "li", BOOK), name="mailbx")
    with pytest.raises(Refused, match="does without duty"):
        duties.done({}, Moment(hour(1), hour(1), "li", with_duties()), name="mailbox")


def test_two_who_come_on_one_day_keep_one_time() -> None:
    book = with_duties(MAILBOX.replace("4wh", "1d"))
    events: list[Own] = [adopted(book), *(done(hour(at), rulebook=book) for at in (1, 5, 26))]
    entries = rounds_of(recorded(*events, rulebook=book))
    assert [entry.spec.due_at for entry in entries] == [hour(39)] * 3 + [hour(63)]
    assert became(entries, hour(26), book) == [(to_text(hour(39)), "met"), (to_text(hour(63)), "running")]
    assert became(rounds_of(recorded(*events[:3])), hour(40), book) == [(to_text(hour(39)), "missed")]


# --- what became of each time -----------------------------------------------------------------------------------


def test_whoever_comes_after_days_has_missed_more_than_one_time() -> None:
    # Wednesday 14:00 and 18:00, Thursday 13:00... of four working hours each, until Thursday 15:00.
    entries = rounds_of(recorded(adopted(BOOK), done(hour(30))))
    missed = [due for due, how in became(entries, hour(30)) if how == "missed"]
    assert missed == [to_text(hour(5)), to_text(hour(9)), to_text(hour(29))]
    assert [how for _, how in became(entries, hour(30))] == ["missed"] * 3 + ["running"]


def test_days_over_a_weekend_are_one_time() -> None:
    book = with_duties(MAILBOX.replace("4wh", "1d"))
    friday, tuesday = hour(48), hour(48 + 96)
    entries = rounds_of(recorded(adopted(book, friday)))
    days = [due[:10] for due, how in became(entries, tuesday, book) if how == "missed"]
    assert days == ["2026-10-19"], "Saturday, Sunday and Monday are over at the end of Monday"


EVERY = st.sampled_from(("30m", "5h", "1d", "3d", "90wm", "4wh", "1wd", "2wd"))
GAPS = st.lists(st.integers(0, 40 * 3600), max_size=8)


@settings(max_examples=150, deadline=None)
@forall(every=EVERY, gaps=GAPS, rest=st.integers(0, 40 * 3600))
def test_no_time_is_both_kept_and_missed_whenever_it_is_seen_to(every: str, gaps: list[int], rest: int) -> None:
    book = with_duties(MAILBOX.replace("4wh", every))
    at, events = RECEIVED, list[Own]([adopted(book)])
    for gap in gaps:
        at += timedelta(seconds=gap)
        running = {"mailbox": rounds_of(recorded(*events, rulebook=book))[-1].spec}
        events.append(duties.done(running, Moment(at, at, "li", book), name="mailbox"))
    now = at + timedelta(seconds=rest)
    entries = rounds_of(recorded(*events, rulebook=book))
    assert [entry.ended_at for entry in entries[:-1]] == [event.at for event in events[1:]]
    assert [entry.spec.from_at for entry in entries] == [event.at for event in events]
    found = became(entries, now, book)
    kept = {due for due, how in found if how == "met"}
    missed = [due for due, how in found if how == "missed"]
    assert missed == sorted(set(missed)), "each time is missed once, one after the other"
    assert len(kept) == [how for _, how in found].count("met"), "each time is kept once"
    assert kept.isdisjoint(missed)
    late = [entry for entry in entries if (entry.ended_at or now) > entry.spec.due_at]
    assert {to_text(entry.spec.due_at) for entry in late} <= set(missed)
    assert [due for due in missed if due > to_text(now)] == []
