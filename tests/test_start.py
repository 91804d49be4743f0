"""What a start loads: nothing heavy, and of the commands the one that is called; and what may be imported late."""

import ast
import subprocess
import sys

import pytest

from source import PACKAGE, TREES, imported

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


# What is imported inside functions, since few runs need it, and by whom.
LATE = {
    "__main__": {"pathlib", PACKAGE, f"{PACKAGE}.cli", f"{PACKAGE}.completing", f"{PACKAGE}.console.terminal"},
    "files.kept": {"tempfile", "zlib"},
    "workflows.keeping": {f"{PACKAGE}.workflows.learning"},
    "rulebook.phrases.looking": {f"{PACKAGE}.rulebook.phrases.denying"},  # of words that stand in a text alone
    "session": {f"{PACKAGE}.{rare}" for rare in ("store.erasing", "store.projections.rebuilding", "workflows.outbox")},
    "store.queueing": {"threading"},
    "store.founding": {f"{PACKAGE}.store.tables"},  # by sqlite-utils
    "rulebook.document.scalars": {"shlex"},
    "intake.sheet_errors": {"xml.etree"},
    "intake.words.markup": {"html.parser"},
    "intake.tables.sheets": {"python_calamine"},
    "console.helping": {"typer", f"{PACKAGE}.render.breaking"},
    "cli": {f"{PACKAGE}.commands.prompts", f"{PACKAGE}.console.shells"},
    "render.progress": {"rich.console", "rich.progress"},
    "console.terminal": {f"{PACKAGE}.render.csv", f"{PACKAGE}.render.table"},
    "commands": {
        *(
            f"{PACKAGE}.{heavy}"
            for heavy in (
                "workflows.founding",
                "workflows.health",
                "intake.words.cells",
                "intake.tables.encodings",
                "intake.importing",
                "intake.reading.profile",
                "intake.sold",
                "intake.tables.source",
                "intake.tables.table",
                "intake.tables.texts",
                "render.rules.audit",
                "render.rules.backtest",
                "render.rules.differing",
                "workflows.learning",
                "render.rules.naming",
                "render.rules.proposals",
                "render.progress",
                "reports.rules.audit",
                "reports.rules.backtest",
                "reports.rules.differing",
                "reports.rules.proposals",
                "workflows.restoring",
                "store.integrity",
                "workflows.trial",
            )
        ),
        *(f"{PACKAGE}.rulebook.{heavy}" for heavy in ("document.inserting", "document.json_schema", "document.schema")),
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
                "console.editor",
            )
        ),
        # Most changes touch no plan and write no message, and a desk is made once.
        *(
            f"{PACKAGE}.{rare}"
            for rare in (
                "commands.delivery",
                "render.cases.plan",
                "intake.shown.planned",
                "render.cases.history",
                "reports.cases.history",
                "store.projections.past",
                "store.reading.problems",
                "store.reading.suspects",
                "files.whole_file",
            )
        ),
        *("tempfile", f"{PACKAGE}.render.lists.logs"),  # what writes CSV
        # A report is written in one format.
        *(f"{PACKAGE}.render.reports.{format}" for format in ("csv", "html", "markdown", "xlsx")),
        # A line that is completed asks for one kind of value.
        *(f"{PACKAGE}.{rare}" for rare in ("commands.fields", "commands.printing", "decisions.screening")),
        *(
            f"{PACKAGE}.{rare}"
            for rare in ("reporting.telling", "figures.above", "reports.lists.duties", "figures.cases", "figures.named")
        ),
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
