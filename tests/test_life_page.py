"""docs/life-of-a-case.md, in both languages, draws what decisions do, and events say truly which commands give them."""

import ast
import inspect
import re
from itertools import product
from pathlib import Path

import pytest

import rulebooks
from afterservice_cli import cli
from afterservice_cli.cases.case import STATUSES
from afterservice_cli.cases.events import KINDS
from afterservice_cli.cases.events.general import DeadlineMoved, MessageWritten
from afterservice_cli.decisions.allowed import allowed
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.document.schema import RULEBOOK
from afterservice_cli.rulebook.vocabulary import COMMANDS as KEPT
from afterservice_cli.workflows import founding
from conftest import Runner, query
from rulebooks import bare
from state_space import ACTORS, BOOK, Happening, happenings, plan_state

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "life-of-a-case.md").read_text("utf-8")
BY_WORD = {kind.WORD: kind for kind in KINDS.values()}
EDGE = re.compile(r"^    (\S+) --> (\S+): (.+)$", re.MULTILINE)
Edge = tuple[str, str, str]
# Kinds of events that are of no case: those of the desk itself, and of what stands above cases.
DESKS = ("RulebookAdopted", "ModelAdopted", "DutyDone", "ImportFinished", "ClockCorrected")
ABOVE = ("ProblemOpened", "ProblemNoted", "ProblemClosed", "MeasureAdded", "MeasureDone", "MeasureJudged")


def drawings() -> list[set[Edge]]:
    """The arrows of each drawing: from where, by which event, to where; `[*]` is ""."""
    found = re.findall(r"^```mermaid\nstateDiagram-v2\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    lines = [[line for line in text.splitlines() if not EDGE.fullmatch(line)] for text in found]
    assert lines == [[], [], []], "a line that is no arrow"
    return [
        {
            (before.replace("[*]", ""), word, after.replace("[*]", ""))
            for before, after, words in EDGE.findall(text)
            for word in words.split(", ")
        }
        for text in found
    ]


def rows(heading: str) -> list[list[str]]:
    """The rows of the table under a heading."""
    _, _, part = PAGE.partition(f"\n## {heading}\n")
    part = part.partition("\n## ")[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line[:1] == "|"]
    return cells[2:]


def words(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def given_by(happening: Happening) -> str:
    """The command of the event's kind that gave it: `confirm` for `confirm --no`."""
    kind = type(happening.event)
    if kind is MessageWritten:
        return ""
    fitting = [name for name in kind.COMMANDS if f"{happening.command} ".startswith(f"{name} ")]
    assert fitting, f"{happening.command} gives {kind.__name__}, which {kind.__name__}.COMMANDS does not say"
    return max(fitting, key=len)


def statuses() -> dict[Edge, set[str]]:
    """Every change of status that was found, with the commands that make it."""
    found: dict[Edge, set[str]] = {}
    for happening in happenings():
        edge = (happening.before.status, happening.event.WORD, happening.after.status)
        found.setdefault(edge, set()).add(given_by(happening))
    return found


def test_the_page_says_the_same_in_chinese() -> None:
    chinese = (DOCS / "zh" / "life-of-a-case.md").read_text("utf-8")
    drawing = re.compile(r"^```mermaid\n.*?^```$", re.MULTILINE | re.DOTALL)
    assert drawing.findall(chinese) == drawing.findall(PAGE)
    # A row that begins with an event or a state is told by its states, and by what is code in it.
    row = re.compile(rf"^\| (?:`[a-z_]+`|(?:{'|'.join(STATUSES)})\b).*$", re.MULTILINE)
    word = re.compile(rf"`[^`]+`|(?<![a-z])(?:{'|'.join(STATUSES)})(?![a-z])")
    told, english = ([word.findall(line) for line in row.findall(page)] for page in (chinese, PAGE))
    assert len(told) > 40
    assert told == english


def test_the_rulebook_of_the_search_uses_every_section() -> None:
    assert set(re.findall(r"^(\w+):", rulebooks.text("whole"), re.MULTILINE)) == set(RULEBOOK.shapes) - {"include"}
    assert BOOK.approvals and BOOK.messages and BOOK.intake.vague


def test_the_search_meets_every_status_and_every_kind_that_a_decision_gives() -> None:
    assert {happening.before.status for happening in happenings()} == set(STATUSES)
    decided = {type(happening.event).__name__ for happening in happenings()}
    assert set(KINDS) - decided == {"CaseRegistered", "EarlierCounted", "DeadlineMoved", *DESKS, *ABOVE}


def test_the_drawing_has_the_changes_of_status_and_no_others() -> None:
    drawn, back, _ = drawings()
    changes = {edge for edge in statuses() if edge[0] != edge[2]}
    assert drawn == {("", "registered", "open")} | {edge for edge in changes if edge[1] != "retracted"}
    assert back == {edge for edge in changes if edge[1] == "retracted"}


def test_the_drawing_of_the_plan_has_its_changes_and_no_others() -> None:
    changes = {
        (plan_state(happening.before), happening.event.WORD, plan_state(happening.after)) for happening in happenings()
    }
    changes = {(a, word, b) for a, word, b in changes if a != b and word != "retracted"}
    assert drawings()[2] == {(a.replace("none", ""), word, b.replace("none", "")) for a, word, b in changes}


def test_the_table_of_changes_is_the_drawing_with_the_commands_that_make_them() -> None:
    told = {(row[0], words(row[1])[0], row[2]): set(words(row[3])) for row in rows("What changes the status")}
    found = {edge: commands for edge, commands in statuses().items() if edge[0] != edge[2] and edge[1] != "retracted"}
    assert told == found


def test_the_table_of_what_changes_no_status_is_complete() -> None:
    told = {
        (status, words(row[0])[0], status): set(words(row[2])) or {""}
        for row in rows("What leaves it as it is")
        for status in row[1].split(", ")
    }
    found = {edge: commands for edge, commands in statuses().items() if edge[0] == edge[2] and edge[1] != "retracted"}
    assert set(told) == set(found)
    for word in {edge[1] for edge in found}:
        every = set().union(*(commands for edge, commands in found.items() if edge[1] == word))
        assert all(told[edge] == every for edge in told if edge[1] == word), word


def test_who_may_do_it_is_what_the_rulebook_can_keep() -> None:
    tables = [(row[3], row[4]) for row in rows("What changes the status")]
    tables += [(row[2], row[3]) for row in rows("What leaves it as it is")]
    for commands, who in tables:
        kept = {f"may.{name.partition(' --')[0]}" for name in words(commands)} & {f"may.{name}" for name in KEPT}
        assert {word for word in words(who) if word.startswith("may.")} == kept
        assert ("approvals" in words(who)) == bool({"approve", "decline"} & set(words(commands)))
        assert ("by" in words(who)) == ("task" in words(commands))


# Commands that record something and that `may:` cannot keep, with who or what keeps them instead.
FREE = {
    "init": "makes the desk",
    "rules adopt": "brings the rulebook that `may:` would stand in",
    "rules learn": "decides nothing: what it suggests a person chooses, who is kept by `may.classify`",
    "restore": "puts a desk in the place of another, whose `may:` it would be",
    "register": "a case that is not there yet has no roles",
    "import": "a case that is not there yet has no roles",
    "attach": "takes nothing away and decides nothing",
    "link": "takes nothing away and decides nothing",
    "note": "takes nothing away and decides nothing",
    "duty": "is kept by the `by` of each duty",
    "clock": "takes nothing away and decides nothing",
    "approve": "is kept by `approvals`",
    "decline": "is kept by `approvals`",
    "archive": "is kept by `may.erase`",
    "problem note": "takes nothing away and decides nothing",
}
# Commands that record something and that `show` does not name as a next step of the case.
NO_NEXT_STEP = {
    "init": "is about the desk",
    "rules adopt": "is about the desk",
    "rules learn": "is about the desk",
    "restore": "is about the desk",
    "duty": "is about the desk",
    "clock": "is about the desk",
    "register": "is about another case",
    "import": "is about many cases",
    "attach": "needs a file, and is always possible while the case is open",
    "escalate": "is about all cases whose deadlines were missed",
    "erase": "cannot be taken back, and is no step of the work",
    "archive": "is about all cases whose time is over",
    **dict.fromkeys(
        ("problem open", "problem add", "problem drop", "problem note", "problem close"), "is of a problem"
    ),
    **dict.fromkeys(("measure add", "measure done", "measure judge"), "is of a measure"),
}


def recording() -> set[str]:
    """Every command that records an event, without its options."""
    return {command.partition(" --")[0] for kind in KINDS.values() for command in kind.COMMANDS}


def test_every_command_that_records_can_be_kept_to_roles_or_says_why_not() -> None:
    assert set(KEPT) <= {name for name, _, _ in cli.COMMANDS}
    assert recording() - set(KEPT) == set(FREE)
    assert set(KEPT) <= recording()


def test_every_command_that_records_is_named_as_a_next_step_or_says_why_not() -> None:
    def named(command: str, happening: Happening) -> bool:
        at = max(recorded.recorded_at for recorded in happening.before.events)
        moments = [Moment(at, at, actor, BOOK) for actor in ("ann", *ACTORS)]
        return any(command in allowed(happening.before, moment) for moment in moments)

    tried = {command: [h for h in happenings() if h.command.partition(" --")[0] == command] for command in recording()}
    met = {command for command, found in tried.items() if any(named(command, happening) for happening in found[:5])}
    assert recording() - met == set(NO_NEXT_STEP)


@pytest.mark.parametrize("command", sorted(set(KEPT) - set(NO_NEXT_STEP)))
def test_a_command_that_can_be_kept_to_roles_is_kept(command: str) -> None:
    (role, *_) = BOOK.roles  # which ann has not
    kept, free = BOOK.but(may={command: (role,)}), BOOK.but(may={})
    met = 0
    for happening in [h for h in happenings() if h.command.partition(" --")[0] == command][:5]:
        at = max(recorded.recorded_at for recorded in happening.before.events)
        if command in allowed(happening.before, Moment(at, at, "ann", free)):
            met += 1
            assert command not in allowed(happening.before, Moment(at, at, "ann", kept))
    assert met


# --- which commands give which events ---------------------------------------------------------------------------


def test_an_event_is_given_by_the_commands_that_it_names() -> None:
    found = {(type(happening.event).__name__, given_by(happening)) for happening in happenings()}
    elsewhere = ("CaseRegistered", "EarlierCounted", "MessageWritten", "DeadlineMoved", "CaseGathered", *DESKS, *ABOVE)
    named = {pair for name, kind in KINDS.items() if name not in elsewhere for pair in product([name], kind.COMMANDS)}
    # A case in a problem stands no otherwise, so that none is followed; no case here came from a file.
    dropped = {("EventRetracted", "problem drop"), ("EventRetracted", "import --undo")}
    assert {pair for pair in found if pair[0] not in ("MessageWritten", "CaseGathered")} == named - dropped


def test_the_desk_s_own_events_and_registrations_are_given_by_the_commands_that_they_name(
    tmp_path: Path, call: Runner
) -> None:
    found: dict[str, set[str]] = {}
    (tmp_path / "shop.yaml").write_text(
        "profile: shop\ncolumns: {number: n, received_at: at, channel: c, description: d}\n"
        "dates: [iso]\ndefaults: {channel: phone}\n",
        "utf-8",
    )
    (tmp_path / "shop.csv").write_text("n,at,c,d\n1,2026-10-12 08:00,phone,漏水\n", "utf-8")
    desk = tmp_path / "afterservice.db"

    def after(name: str, *line: str) -> None:
        before = len(query(desk, "SELECT seq FROM events")) if desk.exists() else 0
        done = call(*line)
        assert done.code == 0, done.both
        for (kind,) in query(desk, f"SELECT kind FROM events WHERE seq > {before}"):
            found.setdefault(str(kind), set()).add(name)

    after("init", "init")
    after("register", "register", "漏水", "--channel", "phone")
    after("import", "import", "shop.csv", "--profile", "shop.yaml")
    rules = tmp_path / "afterservice.rules.yaml"
    duties = "duties: {mailbox: {title: {zh: 查看邮箱, en: Mailbox}, by: service, every: 4wh}}\n"
    rules.write_text(
        bare(rules.read_text("utf-8")).replace("{zh: 付款", "{zh: 支付").replace("en: Voucher", "en: Coupon") + duties
    )
    after("rules adopt", "rules", "adopt", "--yes")
    after("duty", "duty", "mailbox", "--as", "lin")
    assert found == {
        name: set(KINDS[name].COMMANDS) for name in ("CaseRegistered", "RulebookAdopted", "DutyDone", "ImportFinished")
    }


ALARMED = """\
rulebook: small
title: Small
language: en
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
owners: {desk: {title: Desk, members: [ann]}}
channels: {phone: Phone}
categories: {rattle: {title: Rattle, match: [rattles]}, rest: Rest}
priorities: {P1: High}
assessment: {remote: Remote}
intake: {vague: {match: [bad], pause: detail}, invalid: {spam: Spam}}
pauses: {detail: {title: Detail, ends: replied}}
default: {category: rest, priority: P1, owner: desk}
problems: {batch: {title: Batch, same: [product, category], count: 2, within: 7d, by: desk}}
measures: {by: owner}
"""
PROFILE = "profile: p\ncolumns: {number: no, received_at: at, channel: by, product: of, description: text}\n"


def test_what_stands_above_cases_is_given_by_the_commands_that_it_names(tmp_path: Path, call: Runner) -> None:
    found: dict[str, set[str]] = {}
    (tmp_path / "small.yaml").write_text(ALARMED, "utf-8")
    (tmp_path / "p.yaml").write_text(PROFILE, "utf-8")
    (tmp_path / "f.csv").write_text("no,at,by,of,text\n1,2026-10-12,phone,C,rattles\n2,2026-10-12,phone,C,rattles\n")
    desk = tmp_path / "afterservice.db"

    def after(name: str, *line: str) -> None:
        before = len(query(desk, "SELECT seq FROM events")) if desk.exists() else 0
        done = call(*line, "--as", "ann", now="2026-10-14 10:00")
        assert done.code == 0, done.both
        for (kind,) in query(desk, f"SELECT kind FROM events WHERE seq > {before}"):
            found.setdefault(str(kind), set()).add(name)

    def registered(product: str, text: str = "rattles") -> str:
        after("register", "register", text, "--channel", "phone", "--product", product)
        ((number,),) = query(desk, "SELECT max(case_id) FROM cases")
        return str(number)

    after("init", "init", "--rules", "small.yaml")
    registered("A")
    registered("A")
    after("import", "import", "f.csv", "--profile", "p.yaml")
    registered("B")
    registered("B", "something else")
    after("classify", "classify", "last", "--category", "rattle", "--reason", "it does")
    registered("D")
    registered("E")
    after("amend", "amend", "last", "--set", "product=D", "--reason", "misheard")
    registered("F")
    registered("F", "bad")
    after("screen", "screen", "last", "--vague")
    after("note --from-customer", "note", "last", "--from-customer", "it rattles")
    moved = registered("H")
    after("amend", "amend", moved, "--set", "product=H2", "--reason", "misheard")
    registered("H")
    ((seq,),) = query(desk, "SELECT max(seq) FROM events WHERE kind = 'CaseAmended'")
    after("retract", "retract", moved, str(seq), "--reason", "it was right")
    twin = registered("I")
    after("merge", "merge", twin, "001", "--reason", "told twice")
    registered("I")
    after("merge --undo", "merge", twin, "--undo", "--reason", "not so")
    after("problem open", "problem", "open", "Odd", "--by", "desk", "--case", "last")
    number = str(query(desk, "SELECT max(problem) FROM problems")[0][0])
    after("problem add", "problem", "add", number, "1")
    after("assess", "assess", "2", "--known", number)
    after("problem drop", "problem", "drop", number, "1", "--reason", "another")
    after("problem note", "problem", "note", number, "seen")
    after("measure add", "measure", "add", "Tighten", "--problem", number, "--until", "2026-10-20")
    after("measure done", "measure", "done", "1")
    after("measure judge", "measure", "judge", "1", "--effective", "yes")
    after("problem close", "problem", "close", number, "tightened")
    assert {kind: found[kind] for kind in ("CaseGathered", *ABOVE)} == {
        kind: set(KINDS[kind].COMMANDS) for kind in ("CaseGathered", *ABOVE)
    }
    assert "problem drop" in found["EventRetracted"]
    assert call("check").both == ""


def test_deadlines_move_where_a_rulebook_is_adopted() -> None:
    assert DeadlineMoved.COMMANDS == ("rules adopt",)
    functions = {
        node.name: {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
        for node in ast.parse(inspect.getsource(founding)).body
        if isinstance(node, ast.FunctionDef)
    }
    reached, waiting = set(), {"adopt"}
    while waiting:
        reached |= waiting
        waiting = {name for function in waiting for name in functions[function]} & functions.keys() - reached
    assert "DeadlineMoved" in set().union(*(functions[name] for name in reached))
