"""Play on a real desk: several cases, each beside its model, and what both say of every command."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from alike import as_it_is, as_it_should_be, entry
from choices import ACTORS, CHOICES, DECISIONS, LONG, OWN, SCRIPTS, SELDOM, SELDOM_MADE, TEXTS, Move, moves

import rulebooks
from afterservice_cli import deadlines
from afterservice_cli.cases.case import Case, Event, Recorded
from afterservice_cli.cases.events.general import ClockCorrected
from afterservice_cli.cases.events.intake import CaseMerged, TwinCounted
from afterservice_cli.cases.events.problems import CaseGathered
from afterservice_cli.cases.values import PROMISED, Deadline
from afterservice_cli.cli import run
from afterservice_cli.decisions import duties, intake, measures, problems, suggesting
from afterservice_cli.decisions.allowed import allowed
from afterservice_cli.decisions.intake import Draft
from afterservice_cli.errors import BadInput, NotFound, Refused
from afterservice_cli.intake.importing import ImportOrder, import_file
from afterservice_cli.rulebook.compiling import Compiled, snapshot_of
from afterservice_cli.store import erasing as store_erasing
from afterservice_cli.store import history
from afterservice_cli.store.reading import problems as above
from afterservice_cli.workflows import founding, learning
from afterservice_cli.workflows.recording import Writer, writing
from afterservice_cli.workflows.rulebook_files import files_of
from given import RECEIVED, make_desk
from oracle import PLANS, By, Duties, Learnt, Life, Made, No, Step, Trouble, alarming, told

PROFILE = (
    "profile: play\ncolumns: {received_at: at, description: text}\ndefaults: {channel: phone}\nidentity: [at, text]\n"
)


def compiled(name: str, **holidays: Mapping[str, Any]) -> Compiled:
    """A rulebook under a calendar that knows these years (`y2027`)."""
    plain = rulebooks.compiled(name).whole
    years = {year[1:]: {"off": days, "work": {}, "final": True} for year, days in holidays.items()}
    plain["calendar"]["holidays"] = years
    return Compiled(*snapshot_of(plain))


@cache
def book(name: str) -> Compiled:
    if name == "known":
        return compiled("play", y2026={}, y2027={"2027-01-01": "New Year"}, y2028={})
    return compiled("play-bare" if name == "bare" else "play", y2026={})


class Play:
    """Several cases at one desk, each beside its model; `kinds` and `rules` count what was met."""

    def __init__(self, folder: Path, kinds: Counter[str], rules: Counter[str]) -> None:
        self.folder, self.kinds, self.rules = folder, kinds, rules
        self.desk = make_desk(folder / "d.db", now=RECEIVED, rules=book("full"))
        self.full = True
        self.folder.joinpath("play.yaml").write_text(PROFILE)
        self.lives: list[Life] = []
        self.read: dict[str, Life] = {}  # by the batch of the import that brought it in
        self.troubles: list[Trouble] = []
        self.duties = Duties(RECEIVED)
        self.learnt = Learnt()
        self.met = Counter({**{f"no {rule}": -2 for rule in SELDOM}, **dict.fromkeys(SELDOM_MADE, -1)})
        self.met["no task-done"] = -4
        self.profile = folder / "play.yaml"

    # --- the desk ------------------------------------------------------------------------------------------------

    def register(self, pick: int) -> None:
        text, tier = TEXTS[pick % len(TEXTS)], "vip" if pick % 7 == 0 else None
        facts = {"channel": "phone" if pick % 2 else "chat", "description": text, "tier": tier}
        with writing(self.desk) as writer:
            self.came_in(writer.register(Draft(facts)), text, tier)

    def read_in(self, pick: int) -> None:
        """Import a file of one row."""
        text, file = f"{TEXTS[pick % len(TEXTS)]} {len(self.lives)}", self.folder / "rows.csv"
        local = (self.desk.now + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M")
        file.write_text(f"at,text\n{local},{text}\n")
        summary = import_file(self.desk, file, self.profile, ImportOrder(self.folder / "rejects.csv"))
        assert summary.counts["new"] == 1
        known = {life.number for life in self.lives}
        (fresh,) = [case for case in self.cases() if case.number not in known]
        self.kinds["ImportFinished"] += 1
        self.came_in(fresh, text, None)
        self.read[summary.batch] = self.lives[-1]

    def came_in(self, case: Case, text: str, tier: str | None) -> None:
        (first,) = case.events
        self.kinds["CaseRegistered"] += 1
        self.lives.append(Life(case.number, first.seq, first.event.at, text, tier=tier, full=self.full))
        self.compare(self.lives[-1], case)

    def undo(self) -> None:
        """Undo every import, once a last one has brought in a case of which only the calendar has moved deadlines."""
        self.read_in(len(self.lives))
        self.adopt("known")
        for batch, life in self.read.items():
            self.take(life, "root as sun", "undo", {"batch": batch})

    def adopt(self, name: str) -> None:
        """Take on another rulebook: only the calendar's word on provisional deadlines reaches the cases."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(founding, "compile_file", lambda *_: (book(name), files_of(self.folder / "life.yaml", b"")))
            founding.adopt(self.desk, founding.prepare(self.desk, self.folder / "life.yaml", run))
        self.full = name != "bare"
        self.duties.adopt(name, self.desk.now)
        self.kinds["RulebookAdopted"] += 1
        for life, case in zip(self.lives, self.cases(), strict=True):
            new = case.events[len(life.log) :]
            assert {type(recorded.event).__name__ for recorded in new} <= {"DeadlineMoved"}
            life.happen([entry(recorded, {}) for recorded in new], self.full)
            self.kinds["DeadlineMoved"] += len(new)
            self.compare(life, case)

    def learn(self) -> None:
        """Learn anew what to suggest, from a single case if there are no more, and see that the model does, too."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(learning, "ENOUGH", 1)
            patch.setattr(suggesting, "WRITTEN_BY", 1)
            try:
                changed = self.learnt.learn(self.lives)
            except No:
                with pytest.raises(Refused) as refused:
                    learning.learn_anew(self.desk)
                self.count_refusal(refused.value.rule)
            else:
                assert learning.learn_anew(self.desk).changed == changed
                self.kinds["ModelAdopted"] += changed
        with self.desk.reading() as db:
            found = learning.model_view(db)
        assert (found and (found.cases, found.categories, found.pairs)) == self.learnt.told

    def set_right(self, chance: Random) -> None:
        """Work by a clock that is days ahead; then set it right, which has to be said before anything is recorded."""
        right = self.desk.now
        self.desk.now += timedelta(days=chance.choice([2, 9, 40]))
        self.register(0)
        for move in moves(chance, 2):
            self.move(move)
        self.desk.now = right
        before = self.head()
        with pytest.raises(Refused, match="a day or more before the latest entry"):
            self.register(0)
        assert self.head() == before
        with writing(self.desk) as writer:
            writer.record_for_desk(ClockCorrected(right, "x"))
        self.kinds["ClockCorrected"] += 1

    def cases(self) -> list[Case]:
        """As they are loaded for a decision, in the order in which they came in."""
        with writing(self.desk) as writer:
            query = "SELECT case_id FROM cases"
            found = [writer.load(number) for (number,) in writer.db.execute(query).fetchall()]
        return sorted(found, key=lambda case: case.events[0].seq)

    def counted_anew(self, case: Case) -> tuple[Deadline, ...]:
        """The deadlines of a case as its events set them when they are counted again from the first."""
        with self.desk.reading() as db:
            return deadlines.replayed(case.events, partial(self.desk.rulebook_of, db)).deadlines

    # --- a step --------------------------------------------------------------------------------------------------

    def move(self, move: Move) -> None:
        self.desk.now += timedelta(minutes=move.minutes)
        short = [life for life in self.lives if len(life.log) < LONG]
        over = [life for life in short if life.status in ("closed", "void")]
        for more in range(3 - len(short) + len(over)):
            self.register(move.pick + more)
            short.append(self.lives[-1])
        near = [*[life for life in short if life not in over][-3:], *over[-1:]]
        life = near[move.case % len(near)]
        actor = list(ACTORS)[move.actor]
        if move.mode == "script":
            if move.pick % 2:
                heads = life.holders("owner_head")
                actor = next((name for name, person in ACTORS.items() if person in heads), actor)
            for name, given in SCRIPTS[move.pick // 2 % len(SCRIPTS)]:
                self.desk.now += timedelta(minutes=1)
                told = {key: value for key, value in given.items() if key not in ("ago", "own")}
                own = (self.proposer(life), "approve", told)
                who = own if name == OWN else self.whoever_may(life, actor, name, told)
                who = (actor, name, told) if given.get("own") else who
                self.take(life, *who, ago=given.get("ago", 0))
        elif move.mode == "wild":
            self.take(life, actor, *CHOICES[move.pick % len(CHOICES)], ago=move.ago)
        else:
            self.take(life, *self.found(life, actor, move))
        if move.pick % 3 > 0:
            self.above(life, actor, move)
        if move.pick % 6 == 0:
            self.see_to(actor, move)
        if move.pick % 15 == 0:
            self.ask(life, actor)

    def whoever_may(self, life: Life, actor: str, name: str, given: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
        for other in (actor, *ACTORS):
            if self.foreseen(life, other, name, given)[0] not in ("may", "role", "own-plan", "not-by"):
                return other, name, given
        return actor, name, given

    def found(self, life: Life, actor: str, move: Move) -> tuple[str, str, dict[str, Any]]:
        """What the model allows; or, of all that may come of it, what has come up least."""
        turn = move.pick % len(CHOICES)
        some = [
            (who, *choice)
            for choice in (*CHOICES[turn:], *CHOICES[:turn])
            for who in dict.fromkeys((actor, "han", self.proposer(life)))
        ]
        if move.mode == "legal":
            return next((choice for choice in some if self.foreseen(life, *choice)[1]), some[0])
        outcomes = [self.foreseen(life, *choice) for choice in some]
        words = [[f"no {rule}"] if rule else made for rule, made in outcomes]
        rarity = [min((self.met[word] for word in found), default=999) for found in words]
        return some[rarity.index(min(rarity))]

    def proposer(self, life: Life) -> str:
        """Whose plan it is, or the head of a team."""
        return next(
            (name for name, person in ACTORS.items() if life.plan and life.plan["by"] == person), "root as zhao"
        )

    def foreseen(self, life: Life, actor: str, name: str, given: dict[str, Any]) -> tuple[str, list[str]]:
        """The rule by which the model refuses, or what it says happens."""
        by = self.by(actor)
        try:
            return "", [word for word, _ in getattr(life, name)(by, **self.settled(life, name, given)[0])]
        except No as no:
            return ("", []) if str(no) == "bad" else (str(no), [])

    def by(self, actor: str, ago: int = 0) -> By:
        now, login = self.desk.now, actor.partition(" as ")[0]
        at = now - timedelta(minutes=ago)
        if ago and at.astimezone(self.desk.rulebook.zone).time() == time():
            at -= timedelta(minutes=1)  # midnight is the day alone, which comes after what led to it
        return By(ACTORS[actor], login, now, at, self.full)

    def settled(self, life: Life, name: str, given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the model and what the decision are given."""
        mine, theirs = dict(given), dict(given)
        if "back" in given:
            seq = life.log[-min(mine.pop("back"), len(life.log))].seq
            del theirs["back"]
            return {**mine, "seq": seq}, {**theirs, "seq": seq}
        if "hours" in given:
            to = self.desk.now + timedelta(hours=mine.pop("hours"))
            del theirs["hours"]
            return {**mine, "to": to}, {**theirs, "to" if name == "delay" else "promised_at": to}
        if "other" in given:
            which = mine.pop("other")
            other = life if which is None else self.lives[which % len(self.lives)]
            del theirs["other"]
            key = "into" if name == "merge" else "other"
            return {**mine, key: other if name == "merge" else other.number}, {**theirs, key: other.number}
        if name == "attach":
            theirs["files"] = [intake.StoredFile(file * 64, 3, file) for file in given["files"]]
        if name == "assign" and "beside" in given:
            theirs["collaborators"] = theirs.pop("beside")
        if name == "retell":
            theirs["text"] = "x"
        return mine, theirs

    # --- above the cases -----------------------------------------------------------------------------------------

    def above(self, life: Life, actor: str, move: Move) -> None:
        """Do something with a problem or a measure, as often for the first time as again."""
        turn = move.pick // 7
        some = [trouble for trouble in self.troubles[-3:] if not trouble.closed or turn % 5 == 0] or self.troubles[-1:]
        trouble = some[turn % len(some)] if some else None
        every = [step for one in self.troubles for step in one.steps]
        step = next((step for step in reversed(every) if step.judged == (turn % 4 == 0)), None)
        actor = "root as zhao" if turn % 3 else actor  # who heads the team
        what = turn % 13
        if trouble is None or what == 0:
            self.opened_by_hand(actor, move.ago)
        elif what in (1, 2):
            self.take(life, actor, "gather", {"problem": trouble}, ago=move.ago)
        elif what == 3:
            self.take(life, actor, "leave", {"problem": trouble, "reason": "x"}, ago=move.ago)
        elif what == 4:
            note = partial(problems.note, text="x")
            self.told_above(trouble, actor, partial(trouble.note), note, ago=move.ago)
        elif what in (5, 6):
            left = [step.number for step in trouble.steps if not step.judged]
            text = "x" if turn % 4 else ""
            self.told_above(
                trouble, actor, partial(trouble.close, text=text), partial(problems.close, text=text, unjudged=left)
            )
        elif step is None or what == 7:
            self.add_measure(trouble, actor, move.ago, {"product": "X1"} if turn % 2 else {})
        elif what in (8, 9, 10):
            self.told_above(step, actor, step.do, measures.done, ago=move.ago)
        else:
            judge = partial(measures.judge, effective="yes", text=None, counted=(2, 1))
            self.told_above(step, actor, step.judge, judge)

    def opened_by_hand(self, actor: str, ago: int) -> None:
        self.desk.actor, at = actor, self.desk.now - timedelta(minutes=ago)
        with writing(self.desk) as writer:
            numbered, wanted = writer.numbered("problems", at), problems.NewProblem("x", team="tech")
            try:
                event = problems.open_by_hand(writer.moment(at), wanted=wanted, cases=(), numbered=numbered)
            except Refused as problem:
                assert problem.rule == "unused" and not self.full
                self.count_refusal(problem.rule)
                return
            assert self.full
            writer.record_problem(event.problem, event)
        self.kinds["ProblemOpened"] += 1
        self.troubles.append(Trouble(event.problem, at))

    def add_measure(self, trouble: Trouble, actor: str, ago: int, about: dict[str, str]) -> None:
        by = self.by(actor, ago)
        self.desk.actor = actor
        with writing(self.desk) as writer:
            state = above.load_problem(writer.db, trouble.number)
            numbered = writer.numbered("measures", by.at)
            planned = measures.Planned("x", None, by.now + timedelta(hours=1), about=about)
            add = partial(
                measures.add, planned=planned, source=measures.MeasureSource(problem=state), numbered=numbered
            )
            if self.agree_that(
                partial(trouble.add, by, numbered.number, bool(about)), partial(add, writer.moment(by.at))
            ):
                writer.record_measure(numbered.number, add(writer.moment(by.at)))
                self.kinds["MeasureAdded"] += 1

    def see_to(self, actor: str, move: Move) -> None:
        """See to a duty, and see that the model says the same of it."""
        name = "mail" if move.pick // 6 % 3 else "books"
        if move.pick // 18 % 4:
            actor = {"service": "root as sun", "tech": "qian", "finance": "feng"}[self.duties.owners.get(name, "tech")]
        by = self.by(actor, move.ago)
        self.desk.actor = actor
        with writing(self.desk) as writer:
            done = partial(duties.done, writer.running_duties(), writer.moment(by.at), name=name)
            if self.agree_that(partial(self.duties.see_to, by, name), done, sought=False):
                writer.record_for_desk(done())
                self.kinds["DutyDone"] += 1
            running = {spec.name: (spec.from_at, spec.due_at) for spec in writer.running_duties().values()}
        assert running == {name: (one.since, one.due) for name, one in self.duties.running.items()}

    def told_above(
        self, of: Trouble | Step, actor: str, mine: Callable[[By], None], theirs: Callable[..., Event], ago: int = 0
    ) -> None:
        """Take a decision on a problem or a measure, and see that the model says the same of it."""
        by = self.by(actor, ago)
        self.desk.actor = actor
        with writing(self.desk) as writer:
            load = above.load_problem if isinstance(of, Trouble) else above.load_measure
            state = load(writer.db, of.number)
            decision = partial(theirs, state, writer.moment(by.at))
            if self.agree_that(partial(mine, by), decision):
                event = decision()
                record = writer.record_problem if isinstance(of, Trouble) else writer.record_measure
                record(of.number, event)
                self.kinds[type(event).__name__] += 1

    def agree_that(self, mine: Callable[[], None], theirs: Callable[[], Event], *, sought: bool = True) -> bool:
        """Tell whether it can be done, once the model and the program say the same.

        What is not `sought` does not count among what came up, so that it changes nothing of what is tried next.
        """
        refused = ""
        try:
            mine()
        except No as no:
            refused = str(no)
        try:
            theirs()
        except Refused as problem:
            assert problem.rule == refused, f"refused as {problem.rule}, not {refused}: {theirs}"
            if sought:
                self.count_refusal(problem.rule)
        except BadInput as problem:
            assert refused == "bad", f"{problem}, not {refused}: {theirs}"
        else:
            assert not refused, f"not refused as {refused}: {theirs}"
        return not refused

    def gathered(self, life: Life, before: tuple[str, str] | None, new: Sequence[str], what: str) -> None:
        """See to which problems a case belongs since it shares something else, and with which others."""
        same, mine = life.shared, [trouble for trouble in self.troubles if not trouble.closed]
        found: list[str] = []
        if self.full and same is not None and same != before:
            joined = next((trouble for trouble in mine if trouble.same == same), None)
            group = [] if joined else alarming(life, self.lives, self.troubles)
            if group:
                self.alarmed(life, group, what)
                joined = self.troubles[-1]
            found = [joined.number] if joined and joined.number not in life.problems else []
        assert list(new) == found, f"belongs to {new}, not {found}: {what}"

    def alarmed(self, life: Life, group: Sequence[Life], what: str) -> None:
        """Take in the problem that these cases opened, and see that all of them belong to it."""
        with writing(self.desk) as writer:
            ((number,),) = writer.db.execute("SELECT problem FROM problems ORDER BY seq DESC LIMIT 1").fetchall()
            state = above.load_problem(writer.db, str(number))
            cases = {other.number: writer.load(other.number) for other in group}
        assert (state.same["product"], state.same["category"]) == life.shared, what
        self.kinds["ProblemOpened"] += 1
        self.troubles.append(Trouble(state.number, state.opened_at, life.shared))
        for other in group:
            if other is not life:
                case = cases[other.number]
                (recorded,) = case.events[len(other.log) :]
                assert recorded.event.WORD == "gathered", what
                other.happen([entry(recorded, {"problem": state.number})], self.full)
                self.kinds["CaseGathered"] += 1
                self.compare(other, case, what)

    # --- a step --------------------------------------------------------------------------------------------------

    def take(self, life: Life, actor: str, name: str, given: dict[str, Any], ago: int = 0) -> None:
        """Do it at the desk and in the model, and see that both say the same."""
        by = self.by(actor, 0 if name == "escalate" else ago)
        mine = self.settled(life, name, given)[0]
        try:
            made: Made = getattr(life, name)(by, **mine)
            expected, refused = told(made, by), ""
        except No as no:
            made, expected, refused = [], [], str(no)
        self.desk.actor = actor
        before = self.head()
        what = f"{name} {given} by {actor} {ago} min ago, of {[entry.word for entry in life.log]}"
        try:
            case = self.act(life, name, by.at, given)
        except Refused as problem:
            assert problem.rule == refused, f"refused as {problem.rule}, not {refused or expected}: {what}"
            self.count_refusal(problem.rule)
        except (BadInput, NotFound) as problem:
            assert refused == "bad", f"{problem}, not {refused or expected}: {what}"
        else:
            assert not refused, f"not refused as {refused}: {what}"
            self.happened(life, case, made, expected, what)
            return
        assert self.head() == before, f"refused, and something was recorded: {what}"

    def act(self, life: Life, name: str, at: datetime, given: dict[str, Any]) -> Case:
        with writing(self.desk) as writer:
            theirs = self.loaded(writer, life, name, given)
            if name == "amend":
                theirs["customer"] = writer.customer_of(theirs["facts"].get("contact"))
            case = writer.act(life.number, partial(DECISIONS[name], **theirs), at=at).case
            return self.emptied(writer, case) if name == "erase" else case

    def emptied(self, writer: Writer, case: Case) -> Case:
        """The case without what was personal in it, as `keeping.erase` leaves it."""
        store_erasing.erase_case(writer.db, case.number)
        self.learnt.forget()
        writer.project(writer.load(case.number))
        store_erasing.forget_customers(writer.db)
        return writer.load(case.number)

    def head(self) -> Any:
        with self.desk.reading() as db:
            return history.head(db)

    def count_refusal(self, rule: str) -> None:
        self.rules[rule] += 1
        self.met[f"no {rule}"] += 1

    def happened(self, life: Life, case: Case, made: Made, expected: list[str], what: str) -> None:
        every: tuple[Recorded, ...] = case.events[len(life.log) :]
        own = len(made)
        later = [recorded for recorded in every[own:] if isinstance(recorded.event, CaseGathered)]
        new = [recorded for recorded in every if recorded not in later]
        words = [recorded.event.WORD for recorded in new]
        assert words == expected, f"{words}, not {expected}: {what}"
        before, data = life.shared, [*(data for _, data in made), *({} for _ in range(len(new) - len(made)))]
        told = [entry(recorded, given) for recorded, given in zip(new, data, strict=True)]
        life.happen(told[:own], self.full)
        joined = [recorded.event.problem for recorded in later if isinstance(recorded.event, CaseGathered)]
        self.gathered(life, before, joined, what)
        life.happen([entry(r, {"problem": number}) for r, number in zip(later, joined, strict=True)], self.full)
        life.happen(told[own:], self.full)
        self.kinds.update(type(recorded.event).__name__ for recorded in every)
        self.met.update(words)
        self.compare(life, case, what)
        for recorded, (word, given) in zip(new, made, strict=False):
            if word == "merged":
                self.follow(self.life(given["into"]), life, recorded.event, what)
            taken = next((entry for entry in life.log if entry.seq == given.get("seq")), None)
            if taken and taken.word == "merged":
                into = taken.data["into"]
                while into:
                    self.follow(self.life(into), life, recorded.event, what)
                    into = self.life(into).into

    def follow(self, other: Life, twin: Life, event: Event, what: str) -> None:
        """See what a merger, or its retraction, has changed in the case as which this one goes on."""
        with writing(self.desk) as writer:
            case = writer.load(other.number)
        new = case.events[len(other.log) :]
        if isinstance(event, CaseMerged):
            found = [recorded.event for recorded in new if isinstance(recorded.event, TwinCounted)]
            assert [(told.counted, told.at, told.twin) for told in found] == other.counting(twin, self.full), what
            data: list[dict[str, Any]] = [{"counted": told.counted, "twin": told.twin} for told in found]
        else:
            data = [{"seq": seq} for seq in other.counted_of(twin)]
            assert [recorded.event.takes_back for recorded in new] == [told["seq"] for told in data], what
        for recorded, said in zip(new, data, strict=True):
            other.happen([entry(recorded, said)], self.full)
        self.kinds.update(type(recorded.event).__name__ for recorded in new)
        self.compare(other, case, what)

    def life(self, number: str) -> Life:
        return next(life for life in self.lives if life.number == number)

    # --- what must be so -----------------------------------------------------------------------------------------

    def compare(self, life: Life, case: Case, what: str = "") -> None:
        assert as_it_is(case, life) == as_it_should_be(life), what
        waits = case.pause is not None
        assert waits == (case.status == "waiting") or case.void_by == "retracted", what
        for deadline in case.deadlines:
            verdict = deadline.verdict(self.desk.now)
            assert deadline.spec.rule != PROMISED or not deadline.spec.provisional, what
            assert verdict in ("met", "missed", "void", "paused", "running"), what
            assert deadline.outcome != "void" or deadline.ended_at is None or case.void_by == "retracted", what
            assert case.status != "void" or verdict not in ("running", "paused"), f"{deadline.spec.target}: {what}"

    def ask(self, life: Life, actor: str) -> None:
        """What `show` says can be done next is what the model does not refuse, and can be done."""
        self.desk.actor = actor
        by = self.by(actor)
        with writing(self.desk) as writer:
            case = writer.load(life.number)
            named = allowed(case, writer.moment())
        trials = [*self.trials(life, case)]
        takes = {command: (name, given) for command, name, given in trials if not self.refuses(life, by, name, given)}
        assert set(named) == set(takes), f"{actor}: {[entry.word for entry in life.log]}"
        with writing(self.desk) as writer:
            for command, name, given in trials:
                if command not in named:
                    with pytest.raises((Refused, BadInput)):
                        DECISIONS[name](case, writer.moment(), **self.loaded(writer, life, name, given))
            for name, given in takes.values():
                given = self.loaded(writer, life, name, given)
                writer.act(life.number, partial(DECISIONS[name], **given), at=by.at)
                writer.undo()

    def loaded(self, writer: Writer, life: Life, name: str, given: dict[str, Any]) -> dict[str, Any]:
        """What a decision is given, another case where it wants one."""
        theirs = self.settled(life, name, given)[1]
        if "problem" in theirs:
            return {**theirs, "problem": above.load_problem(writer.db, theirs["problem"].number)}
        return {**theirs, "into": writer.load(theirs["into"])} if name == "merge" else theirs

    def refuses(self, life: Life, by: By, name: str, given: dict[str, Any]) -> bool:
        try:
            getattr(life, name)(by, **self.settled(life, name, given)[0])
        except No:
            return True
        return False

    def trials(self, life: Life, case: Case) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every command with the least that it takes."""
        if life.screened not in ("valid", "answered"):
            yield "screen", "screen", {"outcome": "valid"}
        if "acknowledged" not in life.times:
            yield "acknowledge", "acknowledge", {}
        for name in ("respond", "resume", "investigate", "approve", "close"):
            yield name, name, {}
        yield "assess", "assess", {"known": True}
        yield "classify", "classify", {"priority": "P1", "reason": "x"}
        yield "assign", "assign", {"beside": (), "reason": "x"}
        yield "note", "note", {"text": "x"}
        yield "pause", "pause", {"ground": "detail"}
        yield "appraise", "appraise", {"warranty": True}
        yield from (("propose", "propose", {"disposition": way, "amount": "1200"}) for way in PLANS)
        yield "decline", "decline", {"reason": "x"}
        yield "agree", "agree", {"agreed": True}
        for todo in (task.todo for task in life.open_tasks):
            yield from (("task", "task", {"name": todo.name, "outcome": way}) for way in todo.outcomes or (None,))
        last = max(deadline.spec.due_at for deadline in case.deadlines)
        hours = max((last - self.desk.now) // timedelta(hours=1), 0) + 25
        yield "delay", "delay", {"hours": hours, "reason": "x"}
        yield "resolve", "resolve", {"resolution": "x"}
        yield "confirm", "confirm", {"satisfied": life.status != "confirmed"}
        yield "rate", "rate", {"scores": {"speed" if self.full else "overall": 5}}
        yield "close --silent", "silent", {}
        yield "reopen", "reopen", {"reason": "x"}
        yield "withdraw", "withdraw", {"reason": "x"}
        others = [
            n for n, other in enumerate(self.lives) if other is not life and other.status not in ("closed", "void")
        ]
        yield "link", "link", {"other": self.lives.index(life) - 1, "relation": "follows"}
        if others:
            yield "merge", "merge", {"other": others[0], "reason": "x"}
        yield "amend", "amend", {"facts": {"product": "X9"}, "reason": "x"}
        yield from (
            ("retract", "retract", {"back": len(life.log) - index, "reason": "x"})
            for index, entry in enumerate(life.log)
            if entry in life.standing
        )
