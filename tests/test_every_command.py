"""What every command keeps to: `--json` is answered with JSON, `--at` is when it happened, what is said is kept."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer

import rulebooks
from afterservice_cli import cli
from afterservice_cli.cases.case import WORDS
from conftest import Result, Runner, clean_env, command, query

BEFORE, AT, NOW = "2026-10-12 09:30", "2026-10-12 11:00", "2026-10-12 12:00"
HAPPENED = "2026-10-12T03:00:00Z"  # as the history writes AT, in Shanghai
WHEN = ("--at", "--received-at")
SPOKEN = ("TEXT", "TITLE")  # what the help calls a text that is kept as it is said


class Line(NamedTuple):
    """A command line with a place for each of its texts, and the lines that make it possible."""

    words: str
    before: tuple[str, ...] = ()


RESOLVED = "resolve 001 mended"
REFUND = "propose 001 --disposition refund --give money=12 --as li"
EXCHANGE = "propose 001 --disposition exchange --as li"
OPENED = "problem open Rattling --by tech"
ADDED, DONE = "measure add Tighten --problem 1 --until 2030-01-01", "measure done 1"
LINES = (
    Line("init --db other.db --rules whole.yaml"),
    Line("check"),
    Line("backup kept"),
    Line("restore kept/afterservice-20261012T013000Z --yes", ("backup kept",)),
    Line("doctor --now 2026-10-12"),
    Line("archive"),
    Line("export out --subject 555", ("register rattles --channel phone --contact 555",)),
    Line("export --sqlite copy.db"),
    Line("export -o log.xes --where status=open --reveal"),
    Line("erase 001 --yes --now 2026-10-20", ("withdraw 001 --reason mistaken",)),
    Line("duty mailbox {text}"),
    Line("register {text} --channel phone"),
    Line("register {text} --channel phone --received-at 2026-10-01 --yes"),
    Line("import month.csv --profile profile.yaml"),
    Line("import month.csv --profile profile.yaml --rejects left.csv --encoding gb18030 --strict"),
    Line("import month.csv --profile profile.yaml --dry-run"),
    Line("import month.csv --dates iso --save-profile kept.yaml"),
    Line("import month.csv --draft-profile --sheet Sheet1"),
    Line("import --list", ("import month.csv --profile profile.yaml",)),
    Line("import --undo last --yes", ("import month.csv --profile profile.yaml",)),
    Line("attach 001 month.csv --note {note}"),
    Line("screen 001 --vague --reason {reason}"),
    Line("screen 001 --valid --reason {reason}"),
    Line("screen 001 --invalid advertising --reason {reason}"),
    Line("link 001 002 --reason {reason}"),
    Line("merge 001 002 --reason {reason}"),
    Line("merge 001 --undo --reason {reason}", ("merge 001 002 --reason twice",)),
    Line("acknowledge 001 {text}"),
    Line("assess 001 {text} --visit remote"),
    Line("classify 001 --category product --reason {reason}"),
    Line(
        "classify 001 --suggested 1 --reason {reason}",
        ("import lessons.csv --profile lessons.yaml", "rules learn"),
    ),
    Line("classify --where status=open --category product --reason {reason} --yes"),
    Line("assign 001 --to pay --reason {reason}"),
    Line("assign --where status=open --to pay --reason {reason} --yes"),
    Line("respond 001 {text}"),
    Line("note 001 {text}"),
    Line("note 001 {text} --from-customer"),
    Line("pause 001 --for parts --reason {reason}"),
    Line("resume 001 --reason {reason}", ("pause 001 --for parts",)),
    Line("investigate 001 {text}"),
    Line("appraise 001 {text} --cause bug"),
    Line("propose 001 {text} --disposition exchange --task {tasks}"),
    Line("approve 001 {text}", (REFUND,)),
    Line("decline 001 --reason {reason}", (REFUND,)),
    Line("agree 001 --yes --words {words}", (EXCHANGE,)),
    Line("agree 001 --no --words {words}", (EXCHANGE,)),
    Line("task 001 swap {text}", (EXCHANGE, "agree 001 --yes")),
    Line("delay 001 --to 2030-01-01 --reason {reason}"),
    Line("resolve 001 {resolution}"),
    Line("confirm 001 --yes --words {words}", (RESOLVED,)),
    Line("confirm 001 --no --words {words}", (RESOLVED,)),
    Line("rate 001 5 --comment {comment}", (RESOLVED,)),
    Line("close 001 --resolution {resolution} --confirmed --words {words} --rating 5"),
    Line("reopen 001 --reason {reason}", (RESOLVED,)),
    Line("withdraw 001 --reason {reason}"),
    Line("problems"),
    Line("problem open {title} --by tech --case 001"),
    Line("problem show 1", (OPENED,)),
    Line("problem add 1 001 002", (OPENED,)),
    Line("problem drop 1 001 --reason {reason}", (OPENED, "problem add 1 001")),
    Line("problem note 1 {text}", (OPENED,)),
    Line("problem close 1 {text}", (OPENED,)),
    Line("measures"),
    Line("measure add {text} --problem 1 --until 2030-01-01 --figure {figure}", (OPENED,)),
    Line("measure done 1 {text}", (OPENED, ADDED)),
    Line("measure judge 1 {text} --effective yes", (OPENED, ADDED, DONE)),
    Line("amend 001 --set product=X --reason {reason}"),
    Line("retract 001 2 --reason {reason}"),
    Line("list --all --columns case,due_at --customer {customer} --product {product} --find {find}"),
    Line("show 001"),
    Line("due"),
    Line("due --columns due_at,case,customer"),
    Line("tasks"),
    Line("tasks --columns task,case --labels"),
    Line("escalate"),
    Line("explain 001"),
    Line("report --month 2026-10 --customer {customer} --product {product} --find {find}"),
    Line("rules check whole.yaml"),
    Line("rules test whole.yaml"),
    Line("rules diff adopted whole.yaml"),
    Line("rules backtest whole.yaml --since 2026-10"),
    Line("rules audit --rules whole.yaml --columns phrase,led"),
    Line("rules suggest whole.yaml --only 1", ("import lessons.csv --profile lessons.yaml",)),
    Line("rules adopt --yes"),
    Line("rules learn", ("import lessons.csv --profile lessons.yaml",)),
    Line("rules show --labels"),
    Line("rules explain {text}"),
    Line("clock"),
    Line("rules schema"),
    Line("calendar due now 3d"),
    Line("calendar elapsed 2026-10-12 now"),
    Line("calendar show"),
)
KEPT_NOWHERE = {"list": "looks for it", "report": "looks for it", "rules explain": "records nothing"}
READS_ITSELF = {"register": "reads a whole case as JSON"}
PROFILE = "profile: p\ncolumns: {number: no, received_at: at, channel: by, description: text}\n"
LESSONS = PROFILE.replace("text}", "text, category: topic}").replace("profile: p", "profile: lessons")


def name_of(line: Line) -> str:
    """The command of a line, by its name in `cli.COMMANDS`."""
    words = line.words.split()
    names = [name for name, _, _ in cli.COMMANDS]
    return next(name for name in (" ".join(words[:2]), words[0]) if name in names)


def parameters(line: Line) -> Iterator[Any]:
    """What the command of a line takes, as Typer reads it."""
    found: Any = typer.main.get_command(cli.app(line.words.split()[:1]))
    for word in name_of(line).split():
        found = found.commands[word]
    yield from found.params


def texts(line: Line) -> list[str]:
    """The names of the parameters by which a command takes what somebody says."""
    spoken = [p.name for p in parameters(line) if p.name in WORDS or any(word in (p.metavar or "") for word in SPOKEN)]
    return [name for name in spoken if name != "was_ahead"]  # of the machine's own clock: see test_manners


@pytest.fixture(scope="module")
def two_cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a desk that has two cases, and a file to be imported; made once and copied."""
    folder = tmp_path_factory.mktemp("two_cases")
    (folder / "whole.yaml").write_text(rulebooks.text("whole"), "utf-8")
    (folder / "profile.yaml").write_text(PROFILE, "utf-8")
    (folder / "month.csv").write_text("no,at,by,text\n1,2026-10-01,phone,odd\n", "utf-8")
    (folder / "lessons.yaml").write_text(LESSONS, "utf-8")
    (folder / "lessons.csv").write_text(
        "no,at,by,text,topic\n" + "".join(f"{n},2026-09-01,phone,it rattles,product\n" for n in range(200)), "utf-8"
    )
    for line in ("init --rules whole.yaml", *["register rattles --channel phone"] * 2):
        words = command(*line.split(), now=BEFORE)
        subprocess.run(words, cwd=folder, env=clean_env(), check=True, capture_output=True, timeout=120)
    return folder


@pytest.fixture
def ask(two_cases: Path, tmp_path: Path, call: Runner) -> Any:
    """Runs a line at that desk, after what makes it possible; returns what it said, and the events it recorded."""
    shutil.copytree(two_cases, tmp_path, dirs_exist_ok=True)

    def asked(line: Line, *more: str, stdin: str = "", **said: str) -> tuple[Result, list[tuple[object, ...]]]:
        for before in line.before:
            assert call(*before.split(), *(() if "--as" in before else ("--as", "zhao")), now=BEFORE).code == 0, before
        desk = tmp_path / "afterservice.db"
        ((last,),) = query(desk, "SELECT max(seq) FROM events")
        said = {name: f"said in {name}" for name in texts(line)} | said
        done = call(*(word.format(**said) for word in line.words.split()), *more, "--as", "zhao", now=NOW, stdin=stdin)
        assert done.code == 0, done.err
        found = "SELECT kind, occurred_at, personal.data FROM events LEFT JOIN personal USING (seq)"
        return done, query(desk, f"{found} WHERE seq > {last} ORDER BY seq")

    return asked


def test_every_command_has_a_line() -> None:
    assert [name for name, _, _ in cli.COMMANDS if name not in map(name_of, LINES)] == [], "write one in LINES"


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.words)
def test_a_command_does_what_its_options_say(line: Line, ask: Any) -> None:
    options = {option for parameter in parameters(line) for option in parameter.opts}
    given = [*(["--json"] if "--json" in options else []), *(word for o in WHEN if o in options for word in (o, AT))]
    assert [name for name in texts(line) if f"{{{name}}}" not in line.words] == [], "give each text a place in its line"
    done, recorded = ask(line, *given)
    if "--json" in given:
        assert isinstance(json.loads(done.out), dict | list)
    if AT in given and not line.words.startswith("import "):  # its rows say when
        assert {at for _, at, _ in recorded} == {HAPPENED}, "all of it happened when it is said to have happened"
    kept = "\n".join(str(personal) for _, _, personal in recorded)
    lost = [name for name in texts(line) if f"said in {name}" not in kept]
    assert bool(lost) == (name_of(line) in KEPT_NOWHERE), f"what is said is kept, unlike {lost}"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (line, name)
        for line in LINES
        for name in texts(line)
        if name_of(line) not in {*KEPT_NOWHERE, *READS_ITSELF} and name != "tasks"  # titles are no private words
    ],
    ids=lambda value: value.words if isinstance(value, Line) else value,
)
def test_a_hyphen_reads_standard_input(line: Line, name: str, ask: Any) -> None:
    _, recorded = ask(line, stdin="said privately", **{name: "-"})
    assert "said privately" in "\n".join(str(personal) for _, _, personal in recorded)


CHANGES = [line for line in LINES if any("--verbose" in parameter.opts for parameter in parameters(line))]


def test_what_changes_a_case_answers_briefly_or_in_full() -> None:
    says_it_all = {"init", "check", "clock", "duty", "import", "escalate", "rules adopt"}  # of no one case
    says_it_all |= {"backup", "restore", "doctor", "archive", "export", "erase"}  # of the desk, or of what is gone
    says_it_all |= {name for name, *_ in cli.COMMANDS if name.startswith(("problem", "measure"))}  # of what is above
    looks = {name for name, panel, _ in cli.COMMANDS if panel in ("Looking", "The rules", "The calendar")}
    assert {name for name, _, _ in cli.COMMANDS} - looks - says_it_all == {name_of(line) for line in CHANGES}


@pytest.mark.parametrize("line", CHANGES, ids=lambda line: line.words)
@pytest.mark.parametrize("option", [(), ("-v",)])
def test_a_change_answers_in_a_line_or_two_and_at_length_if_asked(
    line: Line, option: tuple[str, ...], ask: Any
) -> None:
    done, _ = ask(line, *option)
    told, _, _ = done.out.partition("\n\n")  # messages are for whoever sends them
    answer = told.splitlines()
    several = "--where" in line.words
    card = [row for row in answer if row.startswith("  category")]
    assert bool(card) == bool(option)
    assert re.match(r"\d of 2 cases changed" if several else r"202610-00\d  \S", answer[0])
    assert option or len(answer) == (2 if name_of(line) == "propose" else 1)
    assert done.err.count("next: ") <= 1
