"""The courses that a rulebook tells under `cases:`, played on a desk of their own."""

from __future__ import annotations

import io
import json
import os
import shlex
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path

from afterservice_cli.accounts import played_by
from afterservice_cli.cases.events.closing import CaseReopened
from afterservice_cli.cases.events.general import MessageWritten
from afterservice_cli.cases.events.handling import CaseEscalated
from afterservice_cli.cases.values import TASK
from afterservice_cli.decisions.duties import adopted
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import listed, sentence, spoken, tr
from afterservice_cli.reports.cases.case import CaseView, case_view
from afterservice_cli.rulebook.calling import state_called, thing_called
from afterservice_cli.rulebook.compiling import Compiled, snapshot_of
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.sections.own_tests import Course
from afterservice_cli.store import founding, history
from afterservice_cli.store.history import Stamp
from afterservice_cli.store.reading import queries
from afterservice_cli.time.instants import parse_instant, to_minute_text
from afterservice_cli.workflows.desk import Desk

Run = Callable[[Sequence[str]], int]  # runs one command line in this process and returns its exit code

PLAYER = "trial"  # who plays, unless a line says `--as`: no person of the rulebook, whoever runs the program
BAD_INPUT, REFUSED = 3, 6
MEMORY = Path("/dev/shm")  # if it is there, a desk that nobody keeps need not touch a disk
# These name no case.
UNNUMBERED = (
    *("register", "import", "list", "due", "tasks", "escalate", "report", "duty"),
    *("problem", "problems", "measure", "measures"),
)
VALUED = ("--note", "--at", "--as", "--now")  # options of `attach` that a word follows
TELLING = "'MessageWritten', 'CaseEscalated', 'CaseReopened'"  # events that say who hears of something
LANGUAGE = "AFTERSERVICE_LANG"
VERDICTS = sentence("met"), sentence("missed"), sentence("running"), sentence("void")  # of a deadline
OURS = ("AFTERSERVICE_OUTBOX", "AFTERSERVICE_AS", "AFTERSERVICE_DB")  # a trial is not to reach what these name


class Trouble(Frozen):
    """What came otherwise than a course expects: where the course stands, its title, at which line, and what came."""

    line: int
    title: str
    step: str
    expected: str
    got: str


class CommandResult(Frozen):
    """What one command line gave: its exit code, and what it wrote."""

    code: int
    out: str
    err: str


def played(compiled: Compiled, run: Run) -> list[Trouble]:
    """Play every course of a rulebook, each on a desk of its own; return what came otherwise than it expects."""
    return [*troubles(compiled, run)]


def troubles(compiled: Compiled, run: Run) -> Generator[Trouble, None, None]:
    """Play the courses of a rulebook one after the other; yield what came otherwise as soon as it does."""
    if not compiled.courses:
        return
    with _apart(), tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        fresh = Path(folder) / "fresh.db"
        rulebook = _found(fresh, compiled)
        begun = _Begun(Path(folder), [course for _, course in compiled.courses])
        for number, (line, course) in enumerate(compiled.courses):
            db = Path(folder) / f"{number}.db"
            shutil.copyfile(fresh, db)
            db.chmod(0o600)
            yield from _Played(course, line, db, rulebook, run).troubles(begun)


def _found(path: Path, compiled: Compiled) -> Rulebook:
    """Make the desk from which each course starts; claims count at it, since one person plays all the others."""
    snapshot, rulebook = compiled.snapshot, compiled.rulebook
    if not rulebook.claims:
        snapshot, rulebook = snapshot_of({**compiled.whole, "claims": True})
    at = datetime(2000, 1, 1, tzinfo=UTC)
    founding.found(
        path,
        snapshot=snapshot,
        first=adopted(rulebook, at, (), {}),
        stamp=Stamp(at, PLAYER, "given", rulebook.hash),
        settings={"rules_file": path.name, "rules_checksum": ""},
        group=None,
    )
    return rulebook


@contextmanager
def _apart() -> Iterator[None]:
    """Take away for a while what the environment says of real desks."""
    kept = {name: os.environ.pop(name) for name in OURS if name in os.environ}
    try:
        with _asked_for(spoken()):
            yield
    finally:
        os.environ.update(kept)


@contextmanager
def _asked_for(language: str) -> Iterator[None]:
    """Make the environment ask for a language for a while."""
    before = os.environ.get(LANGUAGE)
    os.environ[LANGUAGE] = language
    try:
        yield
    finally:
        if before is None:
            del os.environ[LANGUAGE]
        else:
            os.environ[LANGUAGE] = before


class CourseState(Frozen):
    """Where a course stands: after how many lines, at what time, the number of its case, and all that was written."""

    lines: int
    now: str
    number: str
    written: str


class _Begun:
    """The lines with which several courses begin: they are played once, and the desk is kept as it is then."""

    def __init__(self, folder: Path, courses: Sequence[Course]) -> None:
        self.folder = folder
        self.kept: dict[tuple[str, ...], CourseState] = {}
        often = Counter(begun for course in courses for begun in _beginnings(course))
        self.shared = {begun: number for number, (begun, count) in enumerate(often.items()) if count > 1}

    def keep(self, course: Course, lines: int, db: Path, state: CourseState) -> None:
        """Keep a desk on which so many lines of a course were played, if others begin with them, too."""
        begun = (course.now, *course.do[:lines])
        if begun in self.shared and begun not in self.kept:
            shutil.copyfile(db, self._path(begun))
            self.kept[begun] = state

    def resume(self, course: Course, db: Path) -> CourseState | None:
        """Bring a desk to where the longest beginning of a course ends that was kept; None if there is none."""
        begun = next((begun for begun in reversed([*_beginnings(course)]) if begun in self.kept), None)
        if begun is None:
            return None
        shutil.copyfile(self._path(begun), db)
        return self.kept[begun]

    def _path(self, begun: tuple[str, ...]) -> Path:
        return self.folder / f"begun-{self.shared[begun]}.db"


def _beginnings(course: Course) -> Iterator[tuple[str, ...]]:
    """Yield the time and the first lines of a course, ever more, up to a file: those lie beside a desk."""
    for end, line in enumerate(course.do, 1):
        if "attach" in line.split():
            return
        yield (course.now, *course.do[:end])


class _Played:
    """One course on its desk."""

    def __init__(self, course: Course, line: int, db: Path, rulebook: Rulebook, run: Run) -> None:
        self.course, self.line, self.db, self.rulebook, self.run = course, line, db, rulebook, run
        self.now, self.number, self.written = course.now, "", ""

    def troubles(self, begun: _Begun) -> Iterator[Trouble]:
        """Yield what came otherwise; a line that is refused ends the course."""
        done = begun.resume(self.course, self.db)
        if done:
            self.now, self.number, self.written = done.now, done.number, done.written
        for lines, step in enumerate(self.course.do[done.lines if done else 0 :], (done.lines if done else 0) + 1):
            said = self.say(step)
            if said.code:
                got = _first(said.err) or tr("exit code {code}", code=said.code)
                yield self.trouble(step, tr("that it is done"), got)
                return
            begun.keep(self.course, lines, self.db, CourseState(lines, self.now, self.number, self.written))
        if not self.number:
            yield self.trouble(self.course.do[-1], tr("that a case is registered"), tr("none"))
            return
        expected = self.course.expect
        if expected.refused is not None:
            yield from self.refusal(expected.refused, expected.because)
        if expected.message is not None and not self.told(expected.message):
            wanted = tr("a message with “{words}”", words=expected.message)
            yield self.trouble(self.course.do[-1], wanted, tr("none"))
        yield from self.standing()

    def refusal(self, step: str, because: str | None) -> Iterator[Trouble]:
        """Yield how a line went that has to be refused, unless it was.

        What the rulebook has a line lack is a refusal, too, if its words are the expected ones; else it may be a slip.
        """
        codes = (REFUSED,) if because is None else (REFUSED, BAD_INPUT)
        said = self.say(step)
        # Its words may be in the other language than whoever tries it speaks.
        if said.code in codes and because is not None and because not in said.err:
            with _asked_for("en" if spoken() == "zh" else "zh"):
                if because in self.say(step).err:
                    return
        if said.code not in codes or (because is not None and because not in said.err):
            wanted = tr("a refusal with “{words}”", words=because) if because else tr("a refusal")
            yield self.trouble(step, wanted, _first(said.err) if said.code else tr("it was done"))

    def told(self, words: str) -> bool:
        """Tell whether words stand in a message, among those who were told, or in what a line with `--json` wrote.

        Messages are read as they were recorded, which is the same in whatever language the screens are.
        """
        desk, texts = self.desk(), [self.written]
        with desk.reading() as db:
            for recorded in history.read(db, f"WHERE kind IN ({TELLING}) ORDER BY events.seq"):
                event = recorded.event
                if isinstance(event, MessageWritten):
                    texts += [event.text or "", ", ".join(event.people) or event.to]
                elif isinstance(event, CaseEscalated | CaseReopened):
                    texts.append(", ".join(event.told))
        return any(words in text for text in texts)

    def standing(self) -> Iterator[Trouble]:
        """Yield every respect in which the case stands otherwise."""
        case = self.shown()
        expected, last = self.course.expect, self.course.do[-1]
        values = {
            "status": expected.status,
            "kind": expected.kind,
            "category": expected.category,
            "priority": expected.priority,
            "owner": expected.owner,
            "person": expected.person,
        }
        for name, wanted in values.items():
            got = getattr(case, name)
            if wanted is not None and got != wanted:
                said = tr("{name} {value}", name=tr(name), value=self.called(name, wanted))
                yield self.trouble(last, said, self.called(name, got) if got else tr("none"))
        open_tasks = [task.name for task in case.tasks if task.state == "open"]
        if expected.tasks is not None and sorted(expected.tasks) != sorted(open_tasks):
            named = tr("open tasks: {tasks}", tasks=self.listed("task", expected.tasks))
            yield self.trouble(last, named, self.listed("task", open_tasks))
        yield from self.belonging(case)
        yield from self.timed(case)

    def belonging(self, case: CaseView) -> Iterator[Trouble]:
        """Yield that the case belongs to other problems, if it does."""
        kinds, wanted = [kind for kind in case.problems.values() if kind], self.course.expect.problems
        if wanted is not None and sorted(wanted) != sorted(kinds):
            named = tr("problems: {problems}", problems=self.listed("kind of problem", wanted))
            yield self.trouble(self.course.do[-1], named, self.listed("kind of problem", kinds))

    def timed(self, case: CaseView) -> Iterator[Trouble]:
        """Yield every deadline of the case that is due, met or missed otherwise."""
        expected, last = self.course.expect, self.course.do[-1]
        deadlines = {deadline.target.removeprefix(TASK): deadline for deadline in case.deadlines}
        for name, at in expected.due.items():
            due = self.local(deadlines[name].due_at) if name in deadlines else tr("no deadline")
            if due != at:
                yield self.trouble(last, tr("{deadline} due {at}", deadline=self.deadline(name), at=at), due)
        for verdict, names in (("missed", expected.missed), ("met", expected.met)):
            for name in names:
                got = deadlines[name].verdict if name in deadlines else "no deadline"
                if got != verdict:
                    wanted = (
                        tr("{deadline} missed", deadline=self.deadline(name))
                        if verdict == "missed"
                        else tr("{deadline} met", deadline=self.deadline(name))
                    )
                    yield self.trouble(last, wanted, tr(got))

    def deadline(self, name: str) -> str:
        """Return what a target is called, or a task."""
        return self.called("target" if name in self.rulebook.targets else "task", name)

    def called(self, what: str, name: str) -> str:
        """Return what a status, or something that the rulebook names, is called."""
        if what == "status":
            return state_called(name, self.rulebook)
        return thing_called(what, name, self.rulebook)

    def listed(self, what: str, names: Sequence[str]) -> str:
        """Return what several things are called; that there are none, if there are none."""
        return listed(self.called(what, name) for name in names) or tr("none")

    def shown(self) -> CaseView:
        """Return the case as it stands at the time of the last line."""
        desk = self.desk()
        with desk.reading() as db:
            return case_view(queries.one_case(db, self.number), desk.now)

    def desk(self) -> Desk:
        """Return the desk at the time of the last line."""
        now = parse_instant(self.now, now=datetime.now(UTC), zone=self.rulebook.zone)
        return Desk(self.db, now=now, actor="trial", clock="given")

    def local(self, text: str) -> str:
        """Return a UTC text of the JSON as local time to the minute."""
        at = datetime.fromisoformat(text)
        return to_minute_text(at, self.rulebook.zone)

    def say(self, step: str) -> CommandResult:
        """Run one line of the course: at its time, on its desk, with the number of its case."""
        words = shlex.split(step)
        while len(words) > 2 and words[0].startswith("--"):  # options that stand before the command
            words = [*words[2:], *words[:2]]
        if "--now" in words[:-1]:
            self.now = words[words.index("--now") + 1]
        if words and words[0] not in UNNUMBERED and self.number:
            words.insert(1, self.number)
        if words[:1] == ["register"]:
            words.append("--json")
        if words[:1] == ["attach"]:
            words = self.with_files(words)
        out, err = io.StringIO(), io.StringIO()
        with played_by(PLAYER), redirect_stdout(out), redirect_stderr(err):
            code = self.run(["--db", str(self.db), "--now", self.now, *words])
        said = CommandResult(code, out.getvalue(), err.getvalue())
        if words[:1] == ["register"] and not code:
            told: Mapping[str, object] = json.loads(said.out)
            self.number = str(told["case"])
        if "--json" in words:
            self.written += said.out
        return said

    def with_files(self, words: Sequence[str]) -> list[str]:
        """Return a line that attaches files with small ones of their names in their place, since a trial has none."""
        files = [at for at in range(2, len(words)) if not words[at].startswith("-") and words[at - 1] not in VALUED]
        folder = self.db.with_suffix(".files")
        folder.mkdir(exist_ok=True)
        there = {at: folder / Path(words[at]).name for at in files}
        for path in there.values():
            path.write_text(path.name, "utf-8")
        return [str(there.get(at, word)) for at, word in enumerate(words)]

    def trouble(self, step: str, expected: str, got: str) -> Trouble:
        """Return what came otherwise at one line of the course."""
        title = next(iter(self.course.title.values()), "")
        return Trouble(self.line, self.course.title.get(self.rulebook.language, title), step, expected, got)


def _first(said: str) -> str:
    """Return the complaint among what was said, without the program's name."""
    lines = [line for line in said.splitlines() if line.startswith("afterservice: ")]
    return lines[-1].removeprefix("afterservice: ") if lines else said.strip()
