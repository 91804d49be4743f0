"""The house: who may import whom, where SQL lives, and what a bare start loads."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = "afterservice_cli"
SOURCE = Path(__file__).parents[1] / "src" / PACKAGE


def name_of(file: Path) -> str:
    parts = file.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


TREES = {name_of(file): ast.parse(file.read_text()) for file in sorted(SOURCE.rglob("*.py"))}


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
FOREIGN = {
    module: {root for name in names if (root := name.partition(".")[0]) != PACKAGE} - sys.stdlib_module_names
    for module, names in IMPORTS.items()
}

PACKAGES = ("rulebook", "reports", "render", "intake")  # each stands as high as the highest of its modules
# Each floor may use what stands above it in this list, and itself. "" is the package, which holds the version.
FLOORS = (
    ("", "frozen", "instants", "durations"),
    ("errors", "worktime"),
    ("input_file",),
    ("rulebook.vocabulary", "rulebook.keys"),
    ("rulebook.sections",),
    ("rulebook.model", "rulebook.matching"),
    ("cases.values",),
    ("cases.case",),
    ("cases.effects",),
    (
        "cases.events.intake",
        "cases.events.triage",
        "cases.events.handling",
        "cases.events.closing",
        "cases.events.general",
    ),
    ("cases.events",),
    ("cases.bodies",),
    ("cases", "cases.fold"),
    # What a rulebook may say of events follows from the events; what was compiled is read without them.
    (
        *("rulebook.yaml_nodes", "rulebook.schema_types", "rulebook.scalars", "rulebook.public_holidays"),
        *("rulebook.schema", "rulebook.check_references", "rulebook.check_durations", "rulebook.compiling"),
    ),
    ("deadlines.specs",),
    ("deadlines.starting",),
    ("deadlines.moving",),
    ("deadlines", "deadlines.replaying"),
    ("decisions.checks", "decisions.approvals"),
    ("decisions.requirements", "decisions.messages"),
    ("decisions.triage", "decisions.intake"),
    ("decisions.handling",),
    ("decisions.screening", "decisions.planning", "decisions.closing"),
    ("decisions.mending", "decisions.imported", "decisions.escalation"),
    ("decisions", "decisions.allowed"),
    ("reports.case", "reports.period", "reports.explained"),
    ("render.text", "render.rows", "render.labels", "render.csv", "render.table"),
    ("render.case", "render.report", "render.messages"),
    ("render.history", "render.attachments", "render.due", "render.explained"),
    ("render.calendar",),
    ("render.plan",),
    ("store.schema", "store.connection", "store.history", "store.projections", "store.filters", "store.queries"),
    ("store.files",),
    ("store", "store.integrity", "store.founding"),
    ("desk",),
    ("intake.dates", "intake.table", "intake.profile", "intake.drafts"),
    ("intake.changes", "intake.identity", "intake.rejects"),
    ("intake.importing",),
    ("founding",),
    ("terminal", "outbox"),
    ("session",),
    ("commands",),
    ("cli",),
    ("__main__",),
)
PURE = (
    *("frozen", "instants", "errors", "durations", "worktime", "deadlines"),
    *("rulebook", "cases", "decisions", "reports", "render.text"),
)
# What is not of the standard library, and who alone may import it.
GUESTS = {
    "yaml": {"rulebook.yaml_nodes"},
    "holidays": {"rulebook.public_holidays"},
    "dateutil": {"intake.dates"},
    "rich": {"render.table"},
    "sqlite_utils": {"store.schema"},
    "typer": {"cli", "commands"},
}
# What of the standard library reaches outside, and who may import it beside the store.
OUTSIDE = {
    "sqlite3": {"desk"},
    "csv": {"intake.rejects", "intake.table", "render.csv"},
    "os": {"__main__", "cli", "founding", "intake.importing", "intake.rejects", "outbox", "session", "terminal"},
    "fcntl": set(),
    "time": set(),
}


def floor(module: str) -> int:
    for number, modules in enumerate(FLOORS):
        if module in modules or ("commands" in modules and module.startswith("commands.")):
            return number
    assert module in PACKAGES, f"{module} has no floor yet: give it one in FLOORS"
    return max(floor(inner) for inner in TREES if inner.startswith(f"{module}."))


def within(module: str, places: set[str] | tuple[str, ...]) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


@pytest.mark.parametrize("module", TREES)
def test_a_module_uses_what_is_below_it(module: str) -> None:
    mine = floor(module)
    assert {used for used in OURS[module] if floor(used) > mine} == set()


@pytest.mark.parametrize("module", TREES)
def test_guests_are_met_by_their_hosts_alone(module: str) -> None:
    assert {guest for guest in FOREIGN[module] if guest not in GUESTS} == set()
    assert {guest for guest in FOREIGN[module] if not within(module, GUESTS[guest])} == set()


def test_every_guest_and_exception_is_in_use() -> None:
    for guest, hosts in GUESTS.items():
        assert [host for host in hosts if not any(guest in FOREIGN[m] for m in TREES if within(m, {host}))] == []
    for name, hosts in OUTSIDE.items():
        assert [host for host in hosts if name not in IMPORTS[host]] == []


@pytest.mark.parametrize("module", [module for module in TREES if within(module, PURE)])
def test_pure_modules_read_no_clock_no_file_and_no_database(module: str) -> None:
    assert IMPORTS[module] & {*OUTSIDE, "pathlib", "socket", "subprocess", "sys", "io", "random", "secrets"} == set()
    calls = {ast.unparse(node.func) for node in ast.walk(TREES[module]) if isinstance(node, ast.Call)}
    assert (
        calls & {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "open", "print", "input"} == set()
    )


@pytest.mark.parametrize("module", TREES)
def test_what_reaches_outside_is_imported_by_few(module: str) -> None:
    if not within(module, {"store"}):
        assert {name for name in OUTSIDE if name in IMPORTS[module] and not within(module, OUTSIDE[name])} == set()


SQL = r"\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE (TABLE|INDEX|TRIGGER)|PRAGMA|BEGIN|COMMIT|ROLLBACK)\b"
# The desk's own events have no case to load: their version is counted where they are written.
SQL_OUTSIDE = {"desk": 3}


def texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_only_the_store_speaks_sql() -> None:
    spoken = {module: sum(bool(re.search(SQL, text)) for text in texts(tree)) for module, tree in TREES.items()}
    assert {m: count for m, count in spoken.items() if count and not within(m, {"store"})} == SQL_OUTSIDE
    assert spoken["store.queries"] > 10


# What is imported inside functions, since few runs need it, and by whom.
LATE = {
    "__main__": {PACKAGE, f"{PACKAGE}.cli"},
    "terminal": {"readline", f"{PACKAGE}.render.csv", f"{PACKAGE}.render.table"},
    "commands": {f"{PACKAGE}.{heavy}" for heavy in ("founding", "intake.importing", "store.integrity")},
}


def inside_functions(module: str) -> set[str]:
    functions = [node for node in ast.walk(TREES[module]) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {name for function in functions for name in imported(function)}


def test_what_is_heavy_and_nothing_else_is_imported_inside_functions() -> None:
    found: dict[str, set[str]] = {}
    for module in TREES:
        found.setdefault(module.removesuffix(module.partition("commands")[2]), set()).update(inside_functions(module))
    assert {module: names for module, names in found.items() if names} == LATE


@pytest.mark.parametrize("module", TREES)
def test_a_module_says_in_one_sentence_what_it_is(module: str) -> None:
    first = (ast.get_docstring(TREES[module]) or "").partition("\n")[0]
    assert first.endswith(".") and first[0].isupper(), first


def test_decisions_and_commands_share_their_names() -> None:
    decisions = {module.partition(".")[2] for module in TREES if module.startswith("decisions.")}
    commands = {module.partition(".")[2] for module in TREES if module.startswith("commands.")}
    assert {"intake", "triage", "handling", "closing", "mending"} <= decisions & commands
    here = Path(__file__).parent
    assert [name for name in decisions & commands if not (here / f"test_decisions_{name}.py").exists()] == []


HEAVY = ("sqlite_utils", "yaml", "dateutil", "rich", "holidays", "pydantic", "csv", "hypothesis")


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
    assert {name.rpartition(".")[2] for name in done.stdout.split()} == {"listing", "filters", "options"}
