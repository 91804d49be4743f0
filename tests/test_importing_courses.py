"""What a file says happened: by time, by a status without dates, by a row for each event; who and until when."""

from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rulebooks
from afterservice_cli.errors import FaultyDocument
from afterservice_cli.intake.reading.profile import read_profile
from afterservice_cli.time.instants import to_local_text
from conftest import Runner
from registers import one_row, register_in
from shops import LIFE, Shop, counted, rejects, shop_of_life

PROFILE = """
profile: course
columns: {number: no, received_at: taken, channel: via, customer: name, description: text, person: who}
dates: [iso]
empty: ["-"]
course:
  - {event: closed, at: done}
  - {event: rated, at: done, score: stars, means: {非常满意: 5}}
  - {event: resolved, at: solved}
  - {event: acknowledged, at: taken, promised: promise}
  - {event: responded, at: answered}
status:
  column: state
  means: {处理中: open, 已完成: [resolved, closed], Pending Customer Response: paused, 取消: withdrawn}
  at: changed
  undated: latest
  for: customer
"""
HEADINGS = "no,taken,via,name,text,who,promise,answered,solved,done,stars,state,changed"


shop = shop_of_life(PROFILE)


def line(**cells: str) -> str:
    return one_row(HEADINGS, **cells)


def course(shop: Shop) -> list[str]:
    """The words of what happened to the only case, with their local times."""
    zone = shop.register.desk.rulebook.zone
    return [f"{r.event.word} {to_local_text(r.event.at, zone)[5:]}" for r in shop.case().events]


def test_a_day_alone_is_on_that_day_and_not_before_the_receipt(shop: Shop) -> None:
    summary = shop.read_text(line(answered="2026-10-08"))
    assert (counted(summary), summary.flagged) == ({"new": 1}, 0)
    assert course(shop)[-1] == "responded 10-08 15:00"
    (respond,) = [deadline for deadline in shop.case().deadlines if deadline.spec.target == "respond"]
    assert not respond.unanswered


def test_the_day_before_is_pointed_out(shop: Shop) -> None:
    summary = shop.read_text(line(answered="2026-10-07"))
    assert rejects(summary)[0]["_reason"] == "answered: responded (2026-10-07) lies before it was received; left out"


def test_what_happened_is_judged_by_time_and_not_by_columns(shop: Shop) -> None:
    shop.read_text(line(answered="2026-10-08 16:00", solved="2026-10-09 10:00", done="2026-10-09", stars="非常满意"))
    assert course(shop)[1:] == [
        "acknowledged 10-08 15:00",
        "responded 10-08 16:00",
        "resolved 10-09 10:00",
        "rated 10-09 10:00",
        "closed 10-09 10:00",
    ]
    assert shop.case().status == "closed"


def test_an_answer_after_the_closing_is_pointed_out_whatever_the_order_of_the_columns(tmp_path: Path) -> None:
    head, tail = PROFILE.split("course:\n")
    steps, status = tail.split("status:\n")
    reasons = set()
    for number, order in enumerate(permutations(steps.splitlines())):
        if number % 20:
            continue
        folder = tmp_path / str(number)
        folder.mkdir()
        with register_in(folder, str(LIFE)) as register:
            shop = Shop(register, "\n".join([f"{head}course:", *order, f"status:\n{status}"]))
            summary = shop.read_text(
                line(answered="2026-10-12 10:00", solved="2026-10-09 10:00", done="2026-10-10 10:00")
            )
            reasons.add(rejects(summary)[0]["_reason"])
    assert reasons == {"answered: responded makes no sense there, the case is closed by then; left out"}


@pytest.mark.parametrize(
    ("cells", "last"),
    [
        ({"state": "已完成"}, ["acknowledged 10-08 15:00", "resolved 10-08 15:00", "closed 10-08 15:00"]),
        ({"state": "已完成", "answered": "2026-10-09 10:00"}, ["resolved 10-09 10:00", "closed 10-09 10:00"]),
        ({"state": "已完成", "changed": "2026-10-10 11:00"}, ["resolved 10-10 11:00", "closed 10-10 11:00"]),
        ({"state": "已完成", "solved": "2026-10-09 10:00", "done": "2026-10-09 11:00"}, ["closed 10-09 11:00"]),
        ({"state": "pending customer  response"}, ["acknowledged 10-08 15:00", "paused 10-08 15:00"]),
        ({"state": "取消"}, ["withdrawn 10-08 15:00"]),
        ({"state": "处理中"}, ["acknowledged 10-08 15:00"]),
        ({"state": "-"}, ["acknowledged 10-08 15:00"]),
    ],
)
def test_a_status_says_what_happened_with_the_date_it_has(shop: Shop, cells: dict[str, str], last: list[str]) -> None:
    summary = shop.read_text(line(**cells))
    assert (counted(summary), summary.flagged) == ({"new": 1}, 0)
    assert course(shop)[-len(last) :] == last
    assert counted(shop.read_text(line(**cells), "again.csv")) == {"unchanged": 1}


def test_a_status_that_nobody_declared_is_pointed_out(shop: Shop) -> None:
    summary = shop.read_text(line(state="挂起"))
    assert rejects(summary)[0]["_reason"].startswith("state: unknown status – add it to `status: means:`")


def test_a_status_without_any_date_is_pointed_out_if_the_profile_names_none(tmp_path: Path) -> None:
    with register_in(tmp_path, str(LIFE)) as register:
        summary = Shop(register, PROFILE.replace("  undated: latest\n", "")).read_text(line(state="已完成"))
        assert "`undated: latest`" in rejects(summary)[0]["_reason"]


def test_who_has_it_and_what_was_promised_are_taken(shop: Shop) -> None:
    shop.read_text(line(who="Li Ming", promise="2026-10-10"))
    case = shop.case()
    assert (case.person, case.value("owner")) == ("li", "tech")
    assert case.promised_at == datetime(2026, 10, 10, 16, tzinfo=UTC)  # a Saturday is over at midnight


def test_a_person_whom_the_rulebook_does_not_know_is_pointed_out(shop: Shop) -> None:
    summary = shop.read_text(line(who="Zhou"))
    assert (counted(summary), summary.flagged) == ({"new": 1}, 1)
    assert "`values: {person: {…: …}}`" in rejects(summary)[0]["_reason"]


@pytest.mark.parametrize("who", ["tech/li", "Li Ming", "Engineering"])
def test_an_owner_may_be_a_team_a_person_or_both(tmp_path: Path, who: str) -> None:
    with register_in(tmp_path, str(LIFE)) as register:
        shop = Shop(register, PROFILE.replace("person: who", "owner: who"))
        shop.read_text(line(who=who))
        assert shop.case().value("owner") == "tech"
        assert shop.case().person == (None if who == "Engineering" else "li")


def test_a_file_without_dates_gets_its_day_from_the_command_line(call: Runner, tmp_path: Path) -> None:
    assert call("init", "--rules", LIFE).code == 0
    (tmp_path / "p.yaml").write_text(
        "profile: p\ncolumns: {number: no, customer: name, description: text}\ndefaults: {channel: phone}\n"
    )
    (tmp_path / "f.csv").write_text("no,name,text\n1,Lin,it leaks\n")
    words = ("import", tmp_path / "f.csv", "--profile", tmp_path / "p.yaml")
    assert "--received-at 2026-10-01" in call(*words).err
    done = call(*words, "--received-at", "2026-10-08")
    assert (done.code, done.out) == (0, "1 read: 1 new, 0 unchanged, 0 changed, 0 conflicts, 0 rejected\n")
    assert "2026-10-08 00:00" in call("show", "001").out
    assert "1 unchanged" in call(*words, "--received-at", "2026-10-08").out


@pytest.mark.parametrize("between", ["", ', with: " "'])
def test_a_day_and_its_time_may_stand_in_two_columns(tmp_path: Path, between: str) -> None:
    taken = "{join: [day, hour]" + between + "}"
    profile = PROFILE.replace("received_at: taken", f"received_at: {taken}").replace("at: taken", "at: answered")
    with register_in(tmp_path, str(LIFE)) as register:
        shop = Shop(register, profile)
        summary = shop.read_text(
            "no,day,hour,via,name,text,answered\n"
            "1,2026-10-08,15:05,phone,Wang,it is broken,\n2,2026-10-09,,phone,Li,it leaks,\n3,,9:00,phone,Wu,late,\n"
        )
        assert counted(summary) == {"new": 2, "rejected": 1}
        zone = register.desk.rulebook.zone
        assert [to_local_text(case.registered_at, zone) for case in register.cases()] == [
            "2026-10-08 15:05",
            "2026-10-09 00:00",
        ]
        assert "received_at (hour)" in rejects(summary)[0]["_field"]


def test_a_receipt_may_have_a_default(tmp_path: Path) -> None:
    with register_in(tmp_path, str(LIFE)) as register:
        shop = Shop(register, PROFILE.replace("received_at: taken, ", "") + "defaults: {received_at: 2026-10-07}\n")
        shop.read_text(line())
        assert shop.case().registered_at == datetime(2026, 10, 6, 16, tzinfo=UTC)


def test_columns_called_like_a_field_are_kept_without_declaring_them_twice(tmp_path: Path) -> None:
    with register_in(tmp_path, str(LIFE)) as register:
        shop = Shop(register, PROFILE + "fields: keep\n")
        text = line().replace(HEADINGS, HEADINGS + ",Serial number,bought_on,other")
        shop.read_text(text.rstrip("\n") + ",A-7,2026-09-01,x\n")
        assert shop.case().facts() | {"serial": "A-7", "bought_on": "2026-09-01"} == shop.case().facts()


@pytest.mark.parametrize(
    ("headings", "kept"),
    [
        ("ＳＥＲＩＡＬ number,Bought ON,other", ["serial", "bought_on"]),
        ("Serial　Number,BOUGHT_ON,other", ["serial", "bought_on"]),
        ("serial,name ,other", ["serial"]),
    ],
)
def test_columns_called_like_a_field_are_kept_in_any_width_case_and_blank(
    tmp_path: Path, headings: str, kept: list[str]
) -> None:
    with register_in(tmp_path, str(LIFE)) as register:
        shop = Shop(register, PROFILE.replace("customer: name", "customer: ' N A M E'") + "fields: keep\n")
        head = "no,taken,via,text," + ("name," if "name" not in headings else "") + headings
        row = "1,2026-10-08 15:00,phone,it leaks," + ("Lin," if "name" not in headings else "") + "A-7,2026-09-01,x"
        summary = shop.read_text(f"{head}\n{row}\n")
        values = {"serial": "A-7", "bought_on": "2026-09-01"}
        assert shop.case().facts() | {name: values[name] for name in kept} == shop.case().facts()
        assert summary.unused == ("other",)


def test_a_column_that_the_profile_uses_in_another_spelling_is_no_field_beside(tmp_path: Path) -> None:
    with register_in(tmp_path, str(LIFE)) as register:
        shop = Shop(register, PROFILE.replace("customer: name", "customer: SERIAL NUMBER") + "fields: keep\n")
        shop.read_text("no,taken,via,text,Serial number\n1,2026-10-08 15:00,phone,it leaks,Lin\n")
        assert (shop.case().customer, shop.case().facts().get("serial")) == ("Lin", None)


EVENTS = """
profile: log
columns: {number: no, channel: via, customer: name, description: text}
dates: [iso]
events:
  column: what
  means: {创建: registered, 回复: responded, 完成: resolved, 评价: rated, 关闭: closed, 浏览: nothing}
  at: when
  text: words
  score: stars
"""
LOG = (
    "1,2026-10-08 09:00,创建,phone,Lin,it leaks,,",
    "2,2026-10-08 09:30,创建,phone,Wang,it burns,,",
    "1,2026-10-08 10:00,回复,,,,we called,",
    "2,2026-10-08 10:30,浏览,,,,,",
    "1,2026-10-09 10:00,完成,,,,mended,",
    "1,2026-10-09 11:00,评价,,,,,5分",
    "1,2026-10-09 12:00,关闭,,,,,",
)
LOG_HEADINGS = "no,when,what,via,name,text,words,stars"


def log(*rows: str) -> str:
    return "\n".join([LOG_HEADINGS, *rows]) + "\n"


@given(st.permutations(LOG))
def test_a_row_for_each_event_makes_one_case_in_any_order(rows: list[str]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder, register_in(Path(folder), str(LIFE)) as register:
        shop = Shop(register, EVENTS)
        assert counted(shop.read_text(log(*rows))) == {"new": 2}
        first, second = sorted(register.cases(), key=lambda case: case.registered_at)
        assert [r.event.word for r in first.events] == ["registered", "responded", "resolved", "rated", "closed"]
        assert (first.customer, second.customer, second.status) == ("Lin", "Wang", "open")
        assert (first.registered_at, first.status) == (datetime(2026, 10, 8, 1, tzinfo=UTC), "closed")


def test_a_longer_log_changes_the_cases_that_went_on(tmp_path: Path) -> None:
    with register_in(tmp_path, str(LIFE)) as register:
        shop = Shop(register, EVENTS)
        assert counted(shop.read_text(log(*LOG[:4]))) == {"new": 2}
        assert counted(shop.read_text(log(*LOG), "more.csv")) == {"unchanged": 1, "changed": 1}
        assert counted(shop.read_text(log(*LOG), "again.csv")) == {"unchanged": 2}


def test_an_event_that_nobody_declared_or_without_a_time_is_pointed_out_with_every_row_of_its_case(
    tmp_path: Path,
) -> None:
    with register_in(tmp_path, str(LIFE)) as register:
        shop = Shop(register, EVENTS)
        summary = shop.read_text(log(*LOG[:3], "2,2026-10-09,转派,,,,,", "2,,回复,,,,,"))
        assert (counted(summary), summary.flagged) == ({"new": 2}, 1)
        left = rejects(summary)
        assert [row["_line"] for row in left] == ["3", "5", "6"]
        assert "what in line 5: unknown event – add it to `events: means:`; left out" in left[0]["_reason"]
        assert "when in line 6: nothing says when it happened; left out" in left[0]["_reason"]


def test_a_rating_without_its_score_is_pointed_out_as_such(tmp_path: Path) -> None:
    with register_in(tmp_path, str(LIFE)) as register:
        left = rejects(Shop(register, EVENTS).read_text(log(*LOG[:3], "2,2026-10-09,评价,,,,,")))
        assert "stars in line 5: no score stands there; left out" in left[0]["_reason"]


def test_a_log_that_begins_in_the_middle_makes_no_case(tmp_path: Path) -> None:
    with register_in(tmp_path, str(LIFE)) as register:
        summary = Shop(register, EVENTS).read_text(log(LOG[2]))
        assert counted(summary) == {"rejected": 1}
        assert "no row says that the case was registered" in rejects(summary)[0]["_reason"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("  for: customer\n", ""), "a pause needs its ground – write `for:` with"),
        (("  for: customer\n", "  for: weather\n"), "unknown pause 'weather'"),
        (("  at: changed\n  undated: latest\n", ""), "nothing says when it happened"),
        (("取消: withdrawn", "取消: rated"), "'rated' is none of them"),
        (
            ("event: responded, at: answered", "event: responded, at: answered, promised: promise"),
            "may have `promised`",
        ),
        (("非常满意: 5", "非常满意: 6"), "write a whole number from 1 to 5"),
    ],
)
def test_faults_of_a_course_stand_in_the_profile(change: tuple[str, str], fault: str) -> None:
    assert change[0] in PROFILE
    with pytest.raises(FaultyDocument) as caught:
        read_profile(PROFILE.replace(*change).encode(), "p.yaml", rulebooks.rulebook("life"))
    assert fault in caught.value.message
