"""The program's own source: every module as text and as a tree, and what it imports."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

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

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> Iterator[tuple[Function, str]]:
    """Every function in a tree, with its name."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node, node.name
