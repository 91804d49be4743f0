"""Choosing cases: what `list` finds by its options, and what several cases at once are changed by."""

import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as forall
from hypothesis import strategies as st

import rulebooks
from afterservice_cli import recording
from afterservice_cli.cases.bodies import from_body, to_body
from afterservice_cli.cases.case import ENDED, Case
from afterservice_cli.cases.fold import fold
from afterservice_cli.cases.values import as_facts
from afterservice_cli.commands import filters, prompts
from afterservice_cli.decisions import closing, handling, problems, triage
from afterservice_cli.decisions.intake import Draft
from afterservice_cli.desk import Desk
from afterservice_cli.errors import NotFound
from afterservice_cli.instants import to_text
from afterservice_cli.recording import writing
from afterservice_cli.render.case import next_deadline
from afterservice_cli.reports.case import CaseView, case_view
from afterservice_cli.rulebook.model import normal
from afterservice_cli.rulebook.patterns import as_read
from afterservice_cli.session import Session
from afterservice_cli.store import history, queries
from afterservice_cli.store.contacts import contact_key
from afterservice_cli.store.filters import SORTS, FieldIs, Filter, found_by
from afterservice_cli.store.problems import load_problem
from afterservice_cli.store.projections import rows_of
from afterservice_cli.terminal import Terminal
from conftest import Once, Runner, query
from given import RECEIVED, came_in, make_desk
from given import history as recorded
from test_desk_laws import Act, amending, carry_out, coming_back, registering, retracting, taking

# --- what the tables answer is what going through every case by hand finds -----------------------------------------

WITH_PROBLEMS = rulebooks.compiled(
    "small",
    ("tech: Tech,", "tech: {title: Tech, members: [wang]},"),
    ("intake:", "problems: {odd: {title: Odd, by: tech}}\nintake:"),
)
TEXTS = ("broken 漏水", "客厅漏水", "Ｔｈｅ  Socket", "invoice\n发票", "today", "hm")
CONTACTS = ("138-0000 1111", "13800001111", "li@example.com", "")
NAMES = ("王小明", "小明", "Ann  Lee", "")
PRODUCTS = ("智能插座 J1", "插座j1", "J2", "")
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "description": st.sampled_from(TEXTS),
        "channel": st.sampled_from(("phone", "chat", "email")),
        "kind": st.sampled_from(("question", "complaint", "")),
        "customer": st.sampled_from(NAMES),
        "contact": st.sampled_from(CONTACTS),
        "product": st.sampled_from(PRODUCTS),
        "scene": st.sampled_from(TEXTS),
        "tier": st.sampled_from(("vip", "")),
    },
)


def belonging(desk: Desk, number: str) -> None:
    """A case belongs to the one problem that there is."""
    with writing(desk) as writer:
        try:
            problem = load_problem(writer.db, "1")
        except NotFound:
            place = writer.place("problems", desk.now)
            wanted = problems.Wanted("漏水", None, "tech")
            opened = problems.open_by_hand(writer.moment(), wanted=wanted, cases=(), place=place)
            problem = writer.record_problem(opened.problem, opened)
        writer.act(number, partial(problems.gather, problem=problem))


def leaving(desk: Desk, number: str) -> None:
    """A case is taken out of it again."""
    with writing(desk) as writer:
        writer.act(number, partial(problems.leave, problem=load_problem(writer.db, "1"), reason="x"))


PRIORITIES = st.sampled_from((None, "P1", "P2", "P4"))
REGISTER = st.builds(registering, FACTS, st.sampled_from((0, 60, 3000)), priority=PRIORITIES)
ACTS: st.SearchStrategy[Act] = st.one_of(
    REGISTER,
    st.builds(amending, FACTS),
    st.builds(taking, st.just(handling.note), text=st.sampled_from(TEXTS)),
    st.builds(taking, st.just(handling.respond), text=st.sampled_from(TEXTS)),
    st.builds(taking, st.just(closing.resolve), resolution=st.sampled_from(TEXTS)),
    st.builds(taking, st.just(closing.close), resolution=st.sampled_from(TEXTS), confirmed=st.just(True)),
    st.builds(
        taking,
        st.just(triage.classify),
        category=st.sampled_from((None, "billing", "product.idea")),
        priority=PRIORITIES,
        reason=st.sampled_from(TEXTS),
    ),
    st.builds(taking, st.just(triage.assign), owner=st.sampled_from((None, "design")), reason=st.sampled_from(TEXTS)),
    st.just(coming_back),
    st.just(belonging),
    st.just(leaving),
    st.builds(retracting, st.integers(1, 3)),
)
STEPS = st.lists(st.tuples(ACTS, st.integers(0, 8), st.sampled_from((0, 1, 60, 1500, 20_000))), max_size=16)
INSTANTS = st.sampled_from([to_text(RECEIVED + timedelta(minutes=m)) for m in (-3000, -60, 0, 1, 60, 1500, 21_500)])
ASKED: Mapping[str, st.SearchStrategy[Any]] = {
    "status": st.sampled_from(("open", "resolved", "closed", "void")),
    "stage": st.sampled_from(("triage", "handling", "closing", "done")),
    "kind": st.sampled_from(("question", "complaint")),
    "channel": st.sampled_from(("phone", "chat")),
    "category": st.sampled_from(("product", "product.defect", "billing", "other")),
    "priority": st.sampled_from(("P1", "P3")),
    "owner": st.sampled_from(("design", "service", "tech")),
    "since": INSTANTS,
    "until": INSTANTS,
    "overdue": INSTANTS,
    "resolved_in": st.tuples(INSTANTS, INSTANTS),
    "closed_in": st.tuples(INSTANTS, INSTANTS),
    "missed": st.tuples(st.sampled_from(("respond", "resolve")), INSTANTS),
    "fields": st.tuples(
        st.sampled_from(
            (
                FieldIs("tier", "vip", "exact", False),
                FieldIs("tier", "VIP", "exact", False),
                FieldIs("scene", "客厅漏水", "text", True),
                FieldIs("scene", "ＴＨＥ socket", "text", True),
                FieldIs("scene", "socket", "text", True),
            )
        )
    ),
    "unclassified": st.just(True),
    "live": st.just(True),
    "problem": st.just("P2026-001"),
    "customer": st.sampled_from(("小明", "ann lee", "ＡＮＮ", "138 0000 1111", "1380000", "LI@example.com")),
    "product": st.sampled_from(("插座", "j1", "座 J1")),
    "find": st.sampled_from(
        (
            "漏水",
            "漏",
            "socket",
            "the socket",
            "发票",
            "插座",
            "小明",
            "138 0000 1111",
            "0000",
            "202610-00",
            "vip",
            "碎",
        )
    ),
}
CHOSEN = st.lists(st.sampled_from(sorted(ASKED)), max_size=2, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: ASKED[name] for name in names})
)
ORDERED = st.fixed_dictionaries(
    {"sort": st.sampled_from(SORTS), "reverse": st.booleans(), "limit": st.sampled_from((None, None, 1, 3))},
)
FILTERS = st.builds(
    lambda asked, order: Filter(**asked, **order, ranks=("P1", "P2", "P3", "P4")),
    CHOSEN,
    ORDERED,
)


class Whole:
    """One case, by all that is known of it."""

    def __init__(self, desk: Desk, number: str) -> None:
        with desk.reading() as db:
            self.listed = queries.one_case(db, number)
            self.case: Case = fold(history.of_case(db, number))
        self.value = self.as_of(to_text(desk.now))

    def as_of(self, instant: str) -> CaseView:
        now = RECEIVED.fromisoformat(instant)
        return case_view(self.listed, now)

    def texts(self) -> Iterator[str]:
        """Everything that is written in it, but for what was taken back."""
        yield from (self.case.number, self.case.product or "", *as_facts(self.case.fields).values())
        for event in (self.case.events[0], *self.case.standing):
            yield from leaves(to_body(event.event)[1])

    def answers(self, wanted: Filter, contacts: Mapping[str, str]) -> bool:
        """Whether it is one of those wanted."""
        value, due = self.value, next_deadline(self.as_of(wanted.overdue)) if wanted.overdue else None
        names = ("status", "stage", "kind", "channel", "priority", "owner")
        known = contacts.get(contact_key(wanted.customer or ""))
        return all(
            (
                *(getattr(wanted, name) in (None, getattr(value, name)) for name in names),
                wanted.category is None or f"{value.category}.".startswith(f"{wanted.category}."),
                wanted.since is None or value.registered_at >= wanted.since,
                wanted.until is None or value.registered_at < wanted.until,
                wanted.overdue is None or (due is not None and due.verdict == "missed"),
                not wanted.unclassified or self.case.unplaced,
                wanted.resolved_in is None or self.happened("resolved", *wanted.resolved_in),
                wanted.closed_in is None or self.happened("closed", *wanted.closed_in),
                wanted.missed is None or self.missed(*wanted.missed),
                all(self.has(field) for field in wanted.fields),
                not wanted.live or value.status not in ENDED,
                wanted.problem is None or wanted.problem in self.case.problems,
                wanted.product is None or as_read(wanted.product)[0] in as_read(self.case.product or "")[0],
                wanted.find is None or any(holds(text, wanted.find) for text in self.texts()),
                wanted.customer is None
                or (self.case.customer_id == known if known else holds(self.case.customer or "", wanted.customer)),
            )
        )

    def happened(self, word: str, begin: str, end: str) -> bool:
        """Whether this was recorded of it in a period, and the case is one."""
        times = [to_text(recorded.event.at) for recorded in self.case.standing if recorded.event.word == word]
        return self.value.status != "void" and any(begin <= at < end for at in times)

    def missed(self, target: str, instant: str) -> bool:
        """Whether one of its deadlines was missed as of an instant."""
        verdicts = {deadline.verdict for deadline in self.as_of(instant).deadlines if deadline.target == target}
        return self.value.status != "void" and "missed" in verdicts

    def has(self, field: FieldIs) -> bool:
        """Whether a field of it has this value."""
        value = self.value.fields.get(field.name)
        values = [value] if isinstance(value, str) else value or []
        return any(
            one == field.value or (field.alike == "text" and normal(one) == normal(field.value)) for one in values
        )

    def place(self, wanted: Filter) -> tuple[Any, ...]:
        """What it is sorted by, before it may be turned round; the rest goes from old to new."""
        due = next_deadline(self.value)
        last = "" if wanted.reverse else "~"
        return {
            "due": (due.due_at if due else last,),
            "priority": (self.value.priority,),
            "owner": (self.value.owner,),
        }.get(wanted.sort, ())

    @property
    def age(self) -> tuple[Any, ...]:
        return self.value.registered_at, self.case.series, self.case.serial


def holds(text: str, words: str) -> bool:
    """Whether these words stand there, or the number that they are."""
    digits = contact_key(words)
    return as_read(words)[0] in as_read(text)[0] or (digits.isdigit() and digits in contact_key(text))


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from leaves(inner)


def by_hand(cases: list[Whole], wanted: Filter, contacts: Mapping[str, str]) -> list[str]:
    """The numbers that going through all cases finds, in order."""
    found = [whole for whole in cases if whole.answers(wanted, contacts)]
    if wanted.sort == "case":
        found.sort(key=lambda whole: (whole.case.series, whole.case.serial), reverse=wanted.reverse)
    else:
        found.sort(key=lambda whole: whole.age, reverse=not wanted.reverse)
        found.sort(key=lambda whole: whole.place(wanted), reverse=wanted.reverse)
    return [whole.case.number for whole in found][: wanted.limit]


@settings(
    max_examples=60,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@forall(st.lists(REGISTER, min_size=3, max_size=6), STEPS, st.lists(FILTERS, min_size=25, max_size=25))
def test_the_tables_answer_as_going_through_every_case_does(
    first: list[Act], steps: list[tuple[Act, int, int]], all_wanted: list[Filter]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = make_desk(Path(folder) / "d.db", rules=WITH_PROBLEMS)
        with writing(desk) as writer:
            writer.register(Draft({"channel": "phone", "description": "漏水"}))
        carry_out(desk, [(act, 0, 0) for act in first] + steps)
        with desk.reading() as db:
            numbers = [row[0] for row in db.execute("SELECT case_id FROM cases")]
            contacts = dict(db.execute("SELECT contact, customer_id FROM customers").fetchall())
        cases = [Whole(desk, number) for number in numbers]
        for wanted in all_wanted:
            with desk.reading() as db:
                found = [listed.case.case_id for listed in queries.list_cases(db, wanted)]
                assert list(queries.versions_of(db, wanted)) == found
                every = {whole.case.number for whole in cases if whole.answers(wanted.but(live=False), contacts)}
                over = {whole.case.number for whole in cases if whole.value.status in ENDED}
                assert queries.count_over(db, wanted) == len(every & over)
                wished = every - over if wanted.live else every
                assert queries.count_of(db, wanted) in (None, len(wished))
            assert found == by_hand(cases, wanted, contacts), wanted
        desk.connection.close()


# --- what a search looks through ------------------------------------------------------------------------------------


def test_once_personal_data_is_gone_nothing_of_it_can_be_found() -> None:
    facts = {"customer": "王小明", "contact": "138-0000 1111", "product": "智能插座 J1", "tier": "vip", "scene": "厨房"}
    whole = fold(recorded(came_in("客厅漏水", facts=facts)))
    first = whole.events[0]
    body, _ = to_body(first.event)
    erased = fold([first.but(event=from_body("CaseRegistered", first.event.at, body, None))])
    (found,), (left,) = rows_of(whole)["written"], rows_of(erased)["written"]
    public = ["202610-001", "vip", "智能插座j1"]
    personal = ["13800001111", "138-0000 1111", "厨房", "客厅漏水", "王小明"]
    assert sorted(found[-1].split("\n")) == sorted(public + personal)
    assert left[-3:-1] == ("", "智能插座j1")
    assert sorted(left[-1].split("\n")) == sorted(public)


# --- at a desk ------------------------------------------------------------------------------------------------------

CASES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("APP登不上", "--customer", "王小明", "--contact", "138-0000 1111", "--channel", "phone"), "2026-10-01 09:00"),
    (
        ("厨房漏水", "--customer", "李娜", "--contact", "1", "--product", "净水器 W2", "--channel", "email"),
        "2026-10-05 23:59",
    ),
    (("不好用", "--customer", "周杰", "--contact", "13800001111", "--channel", "app"), "2026-10-06 00:00"),
    (("支付失败", "--kind", "complaint", "--channel", "phone", "--product", "智能插座 J1"), "2026-10-12 08:59"),
)


@pytest.fixture
def busy(desk: Path, once: Once, call: Runner) -> Runner:
    """A desk with four cases: one noted, one resolved, one unclassified, one a complaint."""

    def worked() -> None:
        for words, at in CASES:
            assert call("register", *words, "--received-at", at).code == 0
        assert call("note", "001", "阀门已换").code == 0
        assert call("resolve", "002", "换了密封圈").code == 0
        assert call("assign", "001", "--to", "tech/wang", "--reason", "懂行").code == 0
        assert call("problem", "open", "漏水", "--case", "002", "--by", "tech").code == 0

    once(worked)
    return call


def numbers(listed: Any) -> list[str]:
    assert listed.code == 0, listed.err
    return [line.partition("\t")[0].removeprefix("202610-") for line in listed.out.splitlines()[1:]]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ((), "004 003 002 001"),
        (("--from", "2026-10-06"), "004 003"),
        (("--to", "2026-10-06"), "002 001"),
        (("--from", "2026年10月5日", "--to", "2026-10-06"), "002"),
        (("--from", "-6d"), "004 003"),
        (("--from", "mon", "--to", "tomorrow"), "004 003 002"),  # today is a Monday; the last one was the 5th
        (("--month", "2026-10", "--from", "today"), "004"),
        (("--month", "2026-09", "--to", "2026-10-06"), ""),
        (("--overdue",), "003 001"),  # 002 is resolved, which answers what waited for a response
        (("--customer", "小明"), "001"),
        (("--customer", "李娜"), "002"),
        (("--customer", "(138)00001111"), "003 001"),
        (("--customer", "1380000"), ""),
        (("--product", "Ｊ１"), "004"),
        (("--product", "净水器"), "002"),
        (("--find", "漏水"), "002"),
        (("--find", "水"), "002"),
        (("--find", "阀门"), "001"),
        (("--find", "密封"), "002"),
        (("--find", "app"), "001"),
        (("--find", "插座"), "004"),
        (("--find", "李娜"), "002"),
        (("--find", "138 0000 1111"), "003 001"),
        (("--find", "202610-00"), "004 003 002 001"),
        (("--find", "13912345678"), ""),
        (("--status", "待确认"), "002"),
        (("--category", "account"), "004"),
        (("--category", "账户与支付"), "004"),
        (("--category", "Account and payment"), "004"),
        (("--problem", "P2026-001"), "002"),
        (("--problem", "1", "--status", "open"), ""),
        (("--find", "水", "--status", "open"), ""),
        (("--sort", "registered", "--reverse"), "001 002 003 004"),
        (("--sort", "case"), "001 002 003 004"),
        (("--sort", "due"), "001 003 004 002"),  # nothing is due of 002 any more
        (("--sort", "due", "--reverse", "--limit", "2"), "004 003"),
        (("--sort", "priority"), "004 002 001 003"),
        (("--sort", "owner", "--limit", "1"), "004"),
    ],
)
def test_list_finds(busy: Runner, words: tuple[str, ...], found: str) -> None:
    assert numbers(busy("list", *words)) == found.split()


ASKED_EITHER_WAY: tuple[tuple[str, ...], ...] = (
    ("status", "open"),
    ("stage", "closing"),
    ("owner", "finance"),
    ("person", "wang"),
    ("mine",),
    ("category", "account"),
    ("priority", "P1"),
    ("channel", "电话"),
    ("kind", "complaint"),
    ("month", "this"),
    ("from", "2026-10-06"),
    ("to", "2026-10-06"),
    ("resolved-in", "2026年10月"),
    ("closed-in", "this"),
    ("missed", "respond"),
    ("overdue",),
    ("unclassified",),
    ("suspect",),
    ("problem", "1"),
    ("customer", "小明"),
    ("product", "j1"),
    ("find", "漏水"),
)


@pytest.mark.parametrize("asked", ASKED_EITHER_WAY, ids=" ".join)
def test_where_asks_what_the_option_asks(busy: Runner, asked: tuple[str, ...]) -> None:
    name, *value = asked
    assert name != "closed-in" or busy("close", "002", "--confirmed").code == 0
    found = numbers(busy("list", f"--{name}", *value, "--as", "wang"))
    assert found
    assert numbers(busy("list", "--where", "=".join(asked), "--as", "wang")) == found


def test_a_report_of_a_problem_counts_its_cases(busy: Runner) -> None:
    for problem, count in (((), "4"), (("--problem", "1"), "1"), (("--where", "problem=P2026-001"), "1")):
        asked = busy("report", "--month", "2026-10", "--metric", "registered", *problem)
        assert asked.out.strip() == count


def test_an_export_of_a_problem_has_its_cases(busy: Runner) -> None:
    log = busy("export", "--format", "jsonl", "--where", "problem=1")
    assert {json.loads(line)["case"] for line in log.out.splitlines()} == {"202610-002"}


def test_every_filter_is_an_option_of_list_and_stands_above(call: Runner) -> None:
    assert {asked[0] for asked in ASKED_EITHER_WAY} == set(filters.FILTERS)
    options = call("list", "--help", now=None, env={"COLUMNS": "200"}).out
    assert [name for name in filters.FILTERS if f"--{name} " not in options] == []


def asked_of(db: sqlite3.Connection, wanted: Filter) -> list[str]:
    """What SQLite is asked for these cases."""
    said: list[str] = []
    db.set_trace_callback(said.append)
    list(found_by(db, "case_id", wanted))
    db.set_trace_callback(None)
    return said


def test_whatever_a_filter_can_be_asked_an_option_asks_and_the_tables_answer(
    busy: Runner, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(db=desk, claim="wang")
    monkeypatch.setenv("AFTERSERVICE_LANG", "en")  # else the desk's own would be spoken from here on
    asked: dict[str, object] = {}
    for name, *value in ASKED_EITHER_WAY:
        asked |= filters.FILTERS[name].read(session, name, *value or [""])
    asked["fields"] = filters.wanted(session, {}, ["order_number=A-1"]).fields
    order = {"live", "sort", "reverse", "ranks", "limit", "owned", "among"}
    assert set(asked) == set(Filter.__fields__) - order
    with session.desk.reading() as db:
        everything = asked_of(db, Filter())
        ignored = [name for name in asked if asked_of(db, Filter().but(**{name: asked[name]})) == everything]
    assert ignored == []


# What each filter that takes a value refuses, beside what no text may be.
REFUSED: dict[str, tuple[str, ...]] = {
    "status": ("opened", "handling"),
    "stage": ("open", "end"),
    "owner": ("nobody", "wang"),
    "person": ("nobody", "tech"),
    "category": ("product.nothing", "prod", "P1"),
    "priority": ("P9", "1"),
    "channel": ("fax", "account"),
    "kind": ("praise", "P1"),
    **dict.fromkeys(("month", "resolved-in", "closed-in"), ("2026-13", "october", "2026-10-01", "99999-01")),
    "missed": ("nothing", "P1", "task:nothing"),
    "problem": ("P2026-009", "9", "202610-002"),
    "from": ("2026-02-30", "someday", "99999-01-01"),
    "to": ("2026-02-30", "someday", "0001-01-01"),
}
ANY_TEXT = ("customer", "product", "find")
BROKEN = {"empty": "", "blank": " ", "half a character": "\udcff", "a file by mistake": "x" * 100_001}
VALUED = [name for name, option in filters.FILTERS.items() if not option.flag]


def test_every_filter_says_what_it_refuses_or_takes_any_text() -> None:
    assert sorted((*REFUSED, *ANY_TEXT)) == sorted(VALUED)


@pytest.mark.parametrize("name", VALUED)
def test_a_filter_refuses_what_it_cannot_read(busy: Runner, name: str) -> None:
    for value in (*REFUSED.get(name, ()), *BROKEN.values()):
        for words in ((f"--{name}", value), ("--where", f"{name}={value}")):
            refused = busy("list", *words)
            assert (refused.code, refused.out) == (3, ""), (value[:20], refused.err)
            assert name in refused.err, "it says which filter"


def test_mine_is_what_was_given_to_me_and_what_is_nobodys_in_my_team(busy: Runner) -> None:
    assert numbers(busy("list", "--mine", "--as", "wang")) == ["002", "001"]
    assert numbers(busy("list", "--mine", "--as", "li")) == ["002"]
    refused = busy("list", "--mine", "--as", "nobody")
    assert (refused.code, "names no person 'nobody'" in refused.err) == (3, True)


def test_where_and_options_hold_together(busy: Runner) -> None:
    assert numbers(busy("list", "--channel", "phone", "--where", "priority=P1")) == ["004"]
    assert numbers(busy("list", "--where", "channel=phone", "--where", "find=阀门")) == ["001"]
    assert busy("list", "--channel", "phone", "--where", "channel=app").code == 3


def test_a_clock_that_goes_on_makes_cases_overdue(busy: Runner) -> None:
    assert numbers(busy("list", "--overdue", now="2026-10-12 09:59")) == ["003", "001"]
    assert numbers(busy("list", "--overdue", now="2026-10-12 10:00")) == ["004", "003", "001"]


def test_what_is_taken_back_is_not_found(busy: Runner, desk: Path) -> None:
    ((seq,),) = query(desk, "SELECT seq FROM events WHERE kind = 'CaseNoted'")
    assert busy("retract", "001", str(seq), "--reason", "记错了").code == 0
    assert numbers(busy("list", "--find", "阀门")) == []
    assert numbers(busy("list", "--find", "记错")) == ["001"]
    assert busy("check").out == ""


def test_a_case_that_is_void_can_still_be_found(busy: Runner, desk: Path) -> None:
    ((seq,),) = query(desk, "SELECT seq FROM events WHERE kind = 'CaseRegistered' AND case_id = '202610-003'")
    assert busy("retract", "003", str(seq), "--reason", "登记重复").code == 0
    assert numbers(busy("list", "--find", "不好用", "--status", "void")) == ["003"]
    assert busy("check").out == ""


# --- several at once ------------------------------------------------------------------------------------------------


def test_an_assignment_by_filter(busy: Runner, desk: Path) -> None:
    done = busy("assign", "--where", "channel=phone", "--to", "quality", "--reason", "先过质检", "--yes")
    first, *messages = done.out.splitlines(keepends=True)
    assert len([line for line in messages if line.startswith("message → zhou")]) == 2
    assert (done.code, first) == (0, "2 of 2 cases changed: 202610-001, 202610-004\n")
    assert numbers(busy("list", "--owner", "quality")) == ["004", "001"]
    again = busy("assign", "--where", "channel=phone", "--owner", "quality", "--reason", "先过质检", "--json")
    assert json.loads(again.out) == {
        "chosen": 2,
        "changed": [],
        "messages": [],
    }  # where nothing would change nobody is asked


def test_a_classification_by_filter(busy: Runner) -> None:
    given = ("--where", "find=漏水", "--category", "product.defect", "--reason", "漏水是质量问题", "--json")
    assert busy("classify", *given).err == "afterservice: 1 of 1 cases would be changed\n  add --yes\n"
    assert json.loads(busy("classify", *given, "--yes").out) == {"chosen": 1, "changed": ["202610-002"], "messages": []}
    assert busy("classify", "--where", "find=漏水", "--yes").out == "0 of 1 cases changed\n"


def test_closing_by_filter_is_for_all_or_for_none(busy: Runner, desk: Path) -> None:
    assert busy("confirm", "002", "--yes").code == 0
    before = query(desk, "SELECT count(*) FROM events")
    close = ("close", "--where", "stage=closing", "--where", "find=密封圈")
    refused = busy("close", "--where", "month=this", "--yes")
    assert (refused.code, "202610-001" in refused.err) == (6, True)
    assert busy(*close).err == "afterservice: 1 of 1 cases would be changed\n  add --yes\n"
    assert query(desk, "SELECT count(*) FROM events") == before
    assert busy(*close, "--yes").out == "1 of 1 cases changed: 202610-002\n"
    assert numbers(busy("list", "--status", "closed")) == ["002"]
    for number in ("001", "004"):
        assert busy("resolve", number, "已处理").code == 0
        assert busy("confirm", number, "--yes").code == 0
    everything = ("close", "--where", "status=confirmed", "--yes")
    done = busy(*everything, now="2026-10-13 09:00")
    assert done.out.startswith("2 of 2 cases changed: 202610-001, 202610-004\n")
    assert busy("check").out == ""


def test_what_refuses_one_case_is_said_before_anybody_is_asked(busy: Runner) -> None:
    done = busy("close", "--where", "channel=phone")
    assert (done.code, "202610-001" in done.err, "would be changed" in done.err) == (6, True, False)


def test_nothing_chosen_nothing_done(busy: Runner, desk: Path) -> None:
    before = query(desk, "SELECT count(*) FROM events")
    assert busy("close", "--where", "find=冰箱", "--resolution", "x").out == "0 of 0 cases changed\n"
    assert query(desk, "SELECT count(*) FROM events") == before


def asked(monkeypatch: pytest.MonkeyPatch, answer: Callable[[], bool]) -> list[str]:
    """Have questions answered as by a person at the terminal; what was asked."""
    questions: list[str] = []

    def answered(_: object, question: str) -> bool:
        questions.append(question)
        return answer()

    monkeypatch.setattr(Terminal, "interactive", True)
    monkeypatch.setattr(prompts, "agree", answered)
    return questions


ASSIGN = ("assign", "--where", "status=open", "--to", "quality", "--reason", "先过质检")


@pytest.mark.parametrize(("agrees", "changed"), [(True, 3), (False, 0)])
def test_a_person_is_asked(busy: Runner, monkeypatch: pytest.MonkeyPatch, *, agrees: bool, changed: int) -> None:
    questions = asked(monkeypatch, lambda: agrees)
    assert busy(*ASSIGN).code == 0
    assert questions == ["3 of 3 cases would be changed – assign them?"]
    assert len(numbers(busy("list", "--owner", "quality"))) == changed


def test_a_case_that_somebody_changed_since_is_a_conflict(
    busy: Runner, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile() -> bool:
        other = Desk(desk, now=RECEIVED, actor="bob", clock="given")
        recording.act(other, "202610-003", partial(handling.note, text="又来电话了"))
        other.connection.close()
        return True

    asked(monkeypatch, meanwhile)
    done = busy(*ASSIGN, now="2026-10-14 10:00")
    assert (done.code, done.out) == (5, "")
    assert "202610-003 is at version 2, not 1: since then noted by bob" in done.err
    assert numbers(busy("list", "--owner", "quality", now="2026-10-14 10:00")) == []
    assert query(desk, "SELECT kind FROM events ORDER BY seq DESC LIMIT 1") == [("CaseNoted",)]
