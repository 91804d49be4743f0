"""The house: who may import whom, where SQL lives, how much may stand in one place, and what a bare start loads.

Each rule is one test over all modules; where it fails, it lists who offends.
"""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from afterservice_cli.language import LANGUAGES, translated
from afterservice_cli.render.labels import LABELS, ROLES

PACKAGE = "afterservice_cli"
SOURCE = Path(__file__).parents[1] / "src" / PACKAGE


def name_of(file: Path) -> str:
    parts = file.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {name_of(file): file.read_text("utf-8") for file in sorted(SOURCE.rglob("*.py"))}
TREES = {module: ast.parse(text) for module, text in FILES.items()}
LENGTHS = {module: text.count("\n") for module, text in FILES.items()}


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module that a tree imports, in full; ours without the package's name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level and node.module, "imports are absolute"
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            ours = [name.removeprefix(f"{PACKAGE}.") for name in whole]
            modules = [name for name in ours if node.module.startswith(PACKAGE) and name in TREES]
            yield from (f"{PACKAGE}.{name}" for name in modules)
            if len(modules) < len(whole):
                yield node.module


IMPORTS = {module: set(imported(tree)) for module, tree in TREES.items()}
OURS = {
    module: {name.partition(".")[2] for name in names if name.partition(".")[0] == PACKAGE}
    for module, names in IMPORTS.items()
}
STANDARD = {*sys.stdlib_module_names, "_sha2", "_sha256"}  # each Python has one of the last two
FOREIGN = {
    module: {root for name in names if (root := name.partition(".")[0]) != PACKAGE} - STANDARD
    for module, names in IMPORTS.items()
}

PACKAGES = ("rulebook", "reports", "render", "intake")  # each stands as high as the highest of its modules
# Each floor may use what stands above it in this list, and itself. "" is the package, which holds the version.
FLOORS = (
    ("", "accounts", "digests", "durable", "frozen", "interruptions", "language"),
    ("instants", "durations", "openings"),
    ("errors", "worktime", "canonical"),
    ("input_file", "input_text", "whole_file", "drives", "kept"),
    ("cases.values",),
    ("cases.case",),
    ("cases.effects",),
    (
        "cases.events.intake",
        "cases.events.triage",
        "cases.events.handling",
        "cases.events.closing",
        "cases.events.general",
        "cases.events.problems",
    ),
    ("cases.events",),
    ("cases.bodies",),
    ("cases", "cases.fold", "cases.duties", "cases.problems"),
    ("reports.tables", "reports.periods", "reports.sold"),
    ("reports.counting",),
    ("reports.figures", "reports.named", "reports.above"),
    ("rulebook.vocabulary", "rulebook.keys", "rulebook.dates"),
    (
        "rulebook.forms",
        "rulebook.limits",
        "rulebook.reading",
        "rulebook.own_tests",
        "rulebook.task_rules",
        "rulebook.problem_rules",
    ),
    ("rulebook.hours", "rulebook.told", "rulebook.view_rules"),
    ("rulebook.sections",),
    ("rulebook.staff", "rulebook.spellings"),
    ("rulebook.model",),
    ("rulebook.patterns",),
    ("rulebook.denying", "rulebook.index", "rulebook.pieces"),
    ("rulebook.seen",),
    ("rulebook.conditions",),
    ("rulebook.deciding",),
    ("rulebook.matching", "rulebook.windows", "rulebook.values"),
    (
        *("rulebook.yaml_troubles", "rulebook.yaml_nodes", "rulebook.schema_types", "rulebook.scalars"),
        *(
            "rulebook.public_holidays",
            "rulebook.schema",
            "rulebook.names",
            "rulebook.english",
            "rulebook.inserting",
            "rulebook.check_references",
            "rulebook.check_tasks",
            "rulebook.check_problems",
            "rulebook.check_views",
            "rulebook.check_patterns",
            "rulebook.implying",
            "rulebook.check_reach",
            "rulebook.check_demands",
            "rulebook.check_targets",
            "rulebook.check_durations",
            "rulebook.compiling",
            "rulebook.json_schema",
        ),
    ),
    ("moment",),
    ("deadlines.specs",),
    ("deadlines.starting",),
    ("deadlines.moving",),
    ("deadlines", "deadlines.replaying"),
    ("decisions.facts", "decisions.likeness", "decisions.suggesting"),
    ("decisions.approvals", "decisions.consequences"),
    ("decisions.requirements",),
    ("decisions.checks", "decisions.messages"),
    ("decisions.silence",),
    ("decisions.triage", "decisions.intake", "decisions.opening"),
    ("decisions.handling", "decisions.erasing"),
    ("decisions.mending",),
    ("decisions.resting",),
    ("decisions.screening", "decisions.planning", "decisions.closing"),
    ("decisions.imported", "decisions.supposed", "decisions.escalation", "decisions.tasks"),
    ("decisions.duties",),
    ("decisions.problems",),
    ("decisions.measures",),
    ("decisions", "decisions.allowed", "decisions.twins"),
    ("reports.rows", "reports.days"),
    (
        "reports.problems",
        "reports.case",
        "reports.suggested",
        "reports.history",
        "reports.log",
        "reports.messages",
        "reports.due",
        "reports.tasks",
        "reports.duties",
        "reports.duty_times",
        "reports.escalation",
        "reports.keeping",
        "reports.explained",
        "reports.foreseen",
        "reports.rules",
        "reports.backtest",
    ),
    ("reports.differing", "reports.audit", "reports.candidates"),
    ("reports.gaining",),
    ("reports.proposals",),
    ("render.text", "render.labels"),
    ("render.days",),
    ("render.amounts",),
    ("render.printed",),
    ("render.charts",),
    ("render.report",),
    ("render.rows", "render.csv", "render.breaking", "render.table"),
    ("render.logs",),
    ("render.page",),
    ("render.html", "render.markdown", "render.xlsx"),
    ("render.case", "render.messages"),
    ("render.telling",),
    (
        *("render.coming", "render.listing", "render.history", "render.attachments", "render.due"),
        *("render.escalation", "render.conditions", "render.keeping"),
    ),
    ("render.explained", "render.plan", "render.tasks", "render.duties", "render.problems"),
    ("render.calendar", "render.foreseen", "render.rules", "render.naming", "render.backtest"),
    ("render.differing", "render.audit", "render.proposals"),
    ("store.views", "store.told"),
    (
        "store.connection",
        "store.schema",
        "store.tables",
        "store.history",
        "store.contacts",
        "store.written",
        "store.projections",
        "store.above",
    ),
    ("store.stored",),
    ("store.filters", "store.described", "store.cubes", "store.lasting", "store.populations"),
    ("store.asking",),
    ("store.traces", "store.copying"),
    ("store.queries", "store.facts", "store.beginnings", "store.problems", "store.batches", "store.suspects"),
    ("store.folders",),
    ("store.files", "store.learning"),
    ("store.integrity", "store.founding"),
    ("store", "store.rebuilding", "store.erasing", "store.backups"),
    ("store.past",),
    ("reporting.telling",),
    ("reporting.sections",),
    ("reporting.further",),
    ("reporting.whole",),
    ("reporting", "reporting.own"),
    ("desk",),
    ("recording",),
    ("learning",),
    ("attaching", "keeping", "restoring", "exporting"),
    ("intake.source", "intake.cells"),
    ("intake.encodings", "intake.delimited", "intake.sheets", "intake.sums", "intake.pages"),
    (
        "intake.dates",
        "intake.headings",
        "intake.doubled",
        "intake.forms",
        "intake.table",
        "intake.profile",
        "intake.meanings",
    ),
    ("intake.sold", "intake.rows", "intake.sampling", "intake.texts", "intake.synonyms", "intake.columns"),
    ("intake.states", "intake.happened", "intake.course", "intake.drafts", "intake.gathering"),
    ("intake.proposal",),
    ("intake.proposing",),
    ("intake.drafting", "render.proposed"),
    ("render.progress",),
    ("intake.changes", "intake.identity", "intake.rejects", "intake.opening"),
    ("intake.following",),
    ("intake.planned",),
    ("render.planned",),
    ("intake.importing",),
    ("trial",),
    ("founding",),
    ("terminal", "outbox", "keyboard", "editor"),
    ("session", "helping", "health", "shells"),
    ("commands",),
    ("cli",),
    ("completing",),
    ("__main__",),
)
PURE = (
    *("frozen", "moment", "input_text", "instants", "errors", "durations", "worktime", "deadlines"),
    *("rulebook", "cases", "decisions", "reports", "render.text"),
)
# What is not of the standard library, and who alone may import it.
GUESTS = {
    "yaml": {"rulebook.yaml_nodes"},
    "holidays": {"rulebook.public_holidays"},
    "dateutil": {"intake.dates"},
    "rich": {"render.breaking", "render.progress", "render.table"},
    "python_calamine": {"intake.sheets"},
    "jinja2": {"render.html"},
    "xlsxwriter": {"render.xlsx"},
    "sqlite_utils": {"store.tables"},
    "shellingham": {"shells"},
    "typer": {"cli", "commands", "helping", "shells"},
}
# What of the standard library reaches outside, and who may import it beside the store.
OUTSIDE = {
    "sqlite3": {"desk", "health", "learning", "recording", "reporting.whole", "restoring"},
    "csv": {"intake.rejects", "intake.delimited", "intake.forms", "intake.pages", "intake.sheets", "render.csv"},
    "os": {
        "__main__",
        "accounts",
        "cli",
        "completing",
        "durable",
        "editor",
        "founding",
        "health",
        "intake.importing",
        "intake.rejects",
        "intake.source",
        "keyboard",
        "outbox",
        "restoring",
        "session",
        "shells",
        "terminal",
        "trial",
        "whole_file",
    },
    "fcntl": set(),
    "time": {"render.progress"},
}


def floor(module: str) -> int:
    for number, modules in enumerate(FLOORS):
        if module in modules or ("commands" in modules and module.startswith("commands.")):
            return number
    assert module in PACKAGES, f"{module} has no floor yet: give it one in FLOORS"
    return max(floor(inner) for inner in TREES if inner.startswith(f"{module}."))


def offenders(found: dict[str, set[str]]) -> dict[str, list[str]]:
    """Return those of whom something was found, for an assertion to show."""
    return {module: sorted(what) for module, what in found.items() if what}


def within(module: str, places: set[str] | tuple[str, ...]) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


def test_a_module_uses_what_is_below_it() -> None:
    upwards = {m: {used for used in OURS[m] if floor(used) > floor(m)} for m in TREES}
    assert offenders(upwards) == {}


def test_guests_are_met_by_their_hosts_alone() -> None:
    strange = {m: {guest for guest in FOREIGN[m] if not within(m, GUESTS.get(guest, set()))} for m in TREES}
    assert offenders(strange) == {}


def test_every_guest_and_exception_is_in_use() -> None:
    for guest, hosts in GUESTS.items():
        assert [host for host in hosts if not any(guest in FOREIGN[m] for m in TREES if within(m, {host}))] == []
    for name, hosts in OUTSIDE.items():
        assert [host for host in hosts if name not in IMPORTS[host]] == []


IMPURE = {*OUTSIDE, "pathlib", "socket", "subprocess", "sys", "io", "random", "secrets"}
CLOCKS_AND_FILES = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "open", "print", "input"}


def test_pure_modules_read_no_clock_no_file_and_no_database() -> None:
    pure = [module for module in TREES if within(module, PURE)]
    assert len(pure) > 40
    assert offenders({module: IMPORTS[module] & IMPURE for module in pure}) == {}
    assert offenders({module: calls(TREES[module]) & CLOCKS_AND_FILES for module in pure}) == {}


def calls(tree: ast.AST) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def test_what_reaches_outside_is_imported_by_few() -> None:
    others = [module for module in TREES if not within(module, {"store"})]
    reaching = {m: {name for name in OUTSIDE if name in IMPORTS[m] and not within(m, OUTSIDE[name])} for m in others}
    assert offenders(reaching) == {}


SQL = r"\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE (TABLE|INDEX|TRIGGER)|PRAGMA|BEGIN|COMMIT|ROLLBACK)\b"


def texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_only_the_store_speaks_sql() -> None:
    spoken = {module: sum(bool(re.search(SQL, text)) for text in texts(tree)) for module, tree in TREES.items()}
    assert {m: count for m, count in spoken.items() if count and not within(m, {"store"})} == {}
    assert spoken["store.queries"] > 10


# What is imported inside functions, since few runs need it, and by whom.
LATE = {
    "__main__": {"pathlib", PACKAGE, f"{PACKAGE}.cli", f"{PACKAGE}.completing"},
    "kept": {"tempfile", "zlib"},
    "keeping": {f"{PACKAGE}.learning"},
    "session": {f"{PACKAGE}.store.erasing", f"{PACKAGE}.store.rebuilding"},
    "store.connection": {"threading"},
    "store.founding": {f"{PACKAGE}.store.tables"},  # by sqlite-utils
    "intake.sheets": {"python_calamine"},
    "helping": {"typer", f"{PACKAGE}.render.breaking"},
    "cli": {f"{PACKAGE}.commands.prompts", f"{PACKAGE}.shells"},
    "render.progress": {"rich.console", "rich.progress"},
    "terminal": {f"{PACKAGE}.render.csv", f"{PACKAGE}.render.table"},
    "commands": {
        *(
            f"{PACKAGE}.{heavy}"
            for heavy in (
                "founding",
                "health",
                "intake.encodings",
                "intake.importing",
                "intake.profile",
                "intake.sold",
                "intake.source",
                "intake.table",
                "intake.texts",
                "render.audit",
                "render.backtest",
                "render.differing",
                "learning",
                "render.naming",
                "render.proposals",
                "render.progress",
                "reports.audit",
                "reports.backtest",
                "reports.differing",
                "reports.periods",
                "reports.proposals",
                "restoring",
                "store.integrity",
                "trial",
            )
        ),
        *(f"{PACKAGE}.rulebook.{heavy}" for heavy in ("inserting", "json_schema", "schema")),
        # Most runs ask nobody anything, and most lists point out nothing.
        *(
            f"{PACKAGE}.{asking}"
            for asking in (
                "commands.batches",
                "commands.interview",
                "commands.pointing",
                "commands.prompts",
                "commands.proposing",
                "commands.suggested",
                "editor",
            )
        ),
        # Most changes touch no plan and write no message, and a desk is made once.
        *(
            f"{PACKAGE}.{rare}"
            for rare in (
                "commands.delivery",
                "render.plan",
                "render.planned",
                "store.past",
                "store.problems",
                "store.suspects",
                "whole_file",
            )
        ),
        *("tempfile", f"{PACKAGE}.render.logs"),  # what writes CSV
        # A report is written in one format.
        *(f"{PACKAGE}.render.{format}" for format in ("csv", "html", "markdown", "xlsx")),
        # A line that is completed asks for one kind of value.
        *(f"{PACKAGE}.{rare}" for rare in ("commands.fields", "decisions.screening")),
        *(f"{PACKAGE}.{rare}" for rare in ("reporting.telling", "reports.figures", "reports.named")),
    },
}


def inside_functions(module: str) -> set[str]:
    functions = [node for node in ast.walk(TREES[module]) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {name for function in functions for name in imported(function)}


def test_what_is_heavy_and_nothing_else_is_imported_inside_functions() -> None:
    found: dict[str, set[str]] = {}
    for module in TREES:
        found.setdefault(module.removesuffix(module.partition("commands")[2]), set()).update(inside_functions(module))
    assert {module: names for module, names in found.items() if names} == LATE


def test_a_module_says_in_one_sentence_what_it_is() -> None:
    first = {module: (ast.get_docstring(tree) or "").partition("\n")[0] for module, tree in TREES.items()}
    assert {m: said for m, said in first.items() if not (said.endswith(".") and said[0].isupper())} == {}


# With one of these begins what a function says of itself.
VERBS = (
    r"(Add|Adopt|Append|Approve|Ask|Begin|Bring|Check|Close|Compare|Compile|Copy|Count|Create|Decide|Declare|Decline|Decode"
    r"|Delete|Do|Drop|Erase|Fill|Forget|Give|Have|Hold|Judge|Keep|Let|List|Look|Make|Name|Note|Open|Pack|Play|Print"
    r"|Propose|Put|Raise|Read|Rebuild|Record|Refuse|Remove|Return|Run|Say|Send|Show|Split|Store|Take|Tell|Turn"
    r"|Unpack|Verify|Write|Yield)\b"
)
HELP = {("cli", "root")}  # what the whole program says of itself


def test_a_function_says_with_a_verb_what_it_does() -> None:
    said = [
        (module, name, docstring.partition("\n")[0])
        for module, tree in TREES.items()
        for function, name in functions(tree)
        if (docstring := ast.get_docstring(function)) and (module, name) not in HELP
    ]
    assert len(said) > 680
    assert [place for place in said if not re.match(VERBS, place[2])] == []


def test_decisions_and_commands_share_their_names() -> None:
    decisions = {module.partition(".")[2] for module in TREES if module.startswith("decisions.")}
    commands = {module.partition(".")[2] for module in TREES if module.startswith("commands.")}
    assert {"intake", "triage", "handling", "closing", "mending"} <= decisions & commands
    here = Path(__file__).parent
    assert [name for name in decisions & commands if not (here / f"test_decisions_{name}.py").exists()] == []


def test_every_decision_has_a_story() -> None:
    told = "\n".join(file.read_text("utf-8") for file in Path(__file__).parent.glob("test_de*.py"))
    decisions = {
        f"{module.partition('.')[2]}.{name}"
        for module, tree in TREES.items()
        if module.startswith("decisions.")
        for function, name in functions(tree)
        if [arg.arg for arg in function.args.args][:2] == ["case", "moment"] and not name.startswith("_")
        if function.returns and ast.unparse(function.returns) == "list[Event]"
    }
    asked = "\n".join(text for module, text in FILES.items() if module.startswith("commands."))
    decisions = {name for name in decisions if re.search(rf"\b{re.escape(name)}\b", asked)}
    assert len(decisions) > 25
    assert sorted(name for name in decisions if not re.search(rf"\b{re.escape(name)}\b", told)) == []


SAME = ("sha256", "p90")  # labels that are the same in both languages


def test_every_word_of_the_screen_has_a_label() -> None:
    words = {
        str(node.args[0].value)
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "label" and isinstance(node.args[0], ast.Constant)
    }
    assert len(words) > 30
    assert sorted(words - set(LABELS)) == []
    for word, text in (*LABELS.items(), *ROLES.items()):
        chinese, english = (translated(text, language) for language in LANGUAGES)
        assert re.search(r"[\u4e00-\u9fff]", chinese) or word in SAME, word
        assert english.replace("–", "-").isascii(), word


# --- how much may stand in one place ----------------------------------------------------------------------------

LITERAL_SUBSCRIPTS = 8  # fewer than so many in 1,000 lines: what has names is a class
ANYS = 7  # fewer than so many in 1,000 lines
COMPLEXITY = 20
PARAMETERS = 6  # but for the options of a command, of which each is one
LINES = 400

Function = ast.FunctionDef | ast.AsyncFunctionDef
BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.IfExp, ast.ExceptHandler, ast.Assert, ast.match_case)


def functions(tree: ast.AST) -> Iterator[tuple[Function, str]]:
    """Every function in a tree, with its name."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node, node.name


def in_a_thousand(counted: Callable[[ast.AST], bool]) -> tuple[float, list[tuple[str, int]]]:
    """How many nodes of a kind stand in 1,000 lines, and the modules that have most of them."""
    found = Counter({module: sum(counted(node) for node in ast.walk(tree)) for module, tree in TREES.items()})
    return 1000 * found.total() / sum(LENGTHS.values()), found.most_common(8)


def complexity(function: Function) -> int:
    """The cyclomatic complexity of a function, with what it defines within: one, and one for each branch."""
    count = 1
    for node in ast.walk(function):
        if isinstance(node, BRANCHES):
            count += 1
        elif isinstance(node, ast.comprehension):
            count += 1 + len(node.ifs)
        elif isinstance(node, ast.BoolOp):
            count += len(node.values) - 1
    return count


def parameters(function: Function) -> list[ast.arg]:
    given = function.args
    extra = [arg for arg in (given.vararg, given.kwarg) if arg]
    named = [arg for arg in (*given.posonlyargs, *given.args, *given.kwonlyargs) if arg.arg not in ("self", "cls")]
    return [*named, *extra]


def is_command(module: str, function: Function) -> bool:
    """Whether the command line gives a function its parameters."""
    first = next((ast.unparse(arg.annotation) for arg in parameters(function) if arg.annotation), "")
    return first == "typer.Context" and (module.startswith("commands.") or (module, function.name) == ("cli", "root"))


def test_what_has_names_is_a_class_and_no_dict() -> None:
    def literal(node: ast.AST) -> bool:
        if not (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)):
            return False
        return isinstance(node.slice.value, str)

    many, where = in_a_thousand(literal)
    assert many < LITERAL_SUBSCRIPTS, where


def test_types_are_said() -> None:
    many, where = in_a_thousand(lambda node: isinstance(node, ast.Name) and node.id == "Any")
    assert many < ANYS, where


def test_no_function_branches_too_often() -> None:
    found = {(m, name): complexity(function) for m, tree in TREES.items() for function, name in functions(tree)}
    assert len(found) > 500
    assert {where: count for where, count in found.items() if count > COMPLEXITY} == {}


def test_no_function_takes_too_much() -> None:
    found = {
        (module, name): len(parameters(function))
        for module, tree in TREES.items()
        for function, name in functions(tree)
        if not is_command(module, function)
    }
    assert {where: count for where, count in found.items() if count > PARAMETERS} == {}


def test_no_module_is_too_long() -> None:
    assert {module: count for module, count in LENGTHS.items() if count > LINES} == {}


def test_complexity_counts_each_branch() -> None:
    (plain, _), (full, _) = functions(ast.parse(BRANCHING))
    assert (complexity(plain), complexity(full)) == (1, 9)


BRANCHING = """
def plain(): return 1

def full(a, b):
    if a and b or a:
        return [x for x in a if x]
    while a:
        b = 1 if a else 2
    match a:
        case 1:
            pass
"""


# --- the start --------------------------------------------------------------------------------------------------

HEAVY = (
    "sqlite_utils",
    "yaml",
    "dateutil",
    "rich",
    "holidays",
    "pydantic",
    "csv",
    "hypothesis",
    "jinja2",
    "xlsxwriter",
)


@pytest.mark.parametrize("then", ["", f"{PACKAGE}.cli.app()"], ids=["a bare import", "every command built"])
def test_a_start_loads_nothing_heavy(then: str) -> None:
    script = f"import {PACKAGE}.cli, sys; {then}; print(*sorted({{n.partition('.')[0] for n in sys.modules}}))"
    script = script.replace("; ;", ";")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert PACKAGE in loaded and "typer" in loaded
    assert [name for name in HEAVY if name in loaded] == []


def test_one_command_loads_its_own_module_alone() -> None:
    script = f"import {PACKAGE}.cli as c, sys; c.app(['list']); print(*(n for n in sys.modules if '.commands.' in n))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert {name.rpartition(".")[2] for name in done.stdout.split()} == {"listing", "filters", "options", "rows"}


@pytest.mark.parametrize("command", ["list", "register", "note"])
def test_a_daily_command_loads_no_openssl(command: str) -> None:
    script = f"import {PACKAGE}.cli as c, sys; c.app(['{command}']); print('hashlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
