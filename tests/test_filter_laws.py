"""The tables answer a filter as going through every case by hand does; and what a search looks through."""

import tempfile
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as forall
from hypothesis import strategies as st

import rulebooks
from afterservice_cli.cases.bodies import restored, to_body
from afterservice_cli.cases.case import ENDED, Case
from afterservice_cli.cases.fold import fold
from afterservice_cli.cases.values import as_facts
from afterservice_cli.decisions import closing, handling, problems, triage
from afterservice_cli.decisions.intake import Draft
from afterservice_cli.errors import NotFound
from afterservice_cli.reports.cases.case import CaseView, case_view, next_deadline
from afterservice_cli.rulebook.comparing import as_read, normal
from afterservice_cli.store import history
from afterservice_cli.store.contacts import contact_key
from afterservice_cli.store.projections.cases import rows_of
from afterservice_cli.store.reading import queries
from afterservice_cli.store.reading.filters import SORTS, FieldIs, Filter
from afterservice_cli.store.reading.problems import load_problem
from afterservice_cli.time.instants import to_text
from afterservice_cli.workflows.desk import Desk
from afterservice_cli.workflows.recording import writing
from desk_acts import Act, amending, carry_out, coming_back, registering, retracting, taking
from given import RECEIVED, came_in, make_desk
from given import history as recorded

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
            numbered = writer.numbered("problems", desk.now)
            wanted = problems.NewProblem("漏水", None, "tech")
            opened = problems.open_by_hand(writer.moment(), wanted=wanted, cases=(), numbered=numbered)
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
            self.case: Case = fold(history.events_of(db, number))
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


def test_once_personal_data_is_gone_nothing_of_it_can_be_found() -> None:
    facts = {"customer": "王小明", "contact": "138-0000 1111", "product": "智能插座 J1", "tier": "vip", "scene": "厨房"}
    whole = fold(recorded(came_in("客厅漏水", facts=facts)))
    first = whole.events[0]
    body, _ = to_body(first.event)
    erased = fold([first.but(event=restored("CaseRegistered", first.case_id, first.event.at, (body, None, None)))])
    (found,), (left,) = rows_of(whole)["written"], rows_of(erased)["written"]
    public = ["202610-001", "vip", "智能插座j1"]
    personal = ["13800001111", "138-0000 1111", "厨房", "客厅漏水", "王小明"]
    assert sorted(found[-1].split("\n")) == sorted(public + personal)
    assert left[-3:-1] == ("", "智能插座j1")
    assert sorted(left[-1].split("\n")) == sorted(public)
