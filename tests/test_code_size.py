"""How much may stand in one place: lines, branches, parameters, and what has no type or no name."""

import ast
from collections import Counter
from collections.abc import Callable

from afterservice_cli import cli
from source import LENGTHS, TREES, Function, functions

LITERAL_SUBSCRIPTS = 8  # fewer than so many in 1,000 lines: what has names is a class
ANYS = 7  # fewer than so many in 1,000 lines
COMPLEXITY = 20
PARAMETERS = 6  # but for the options of a command, of which each is one
LINES = 400

BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.IfExp, ast.ExceptHandler, ast.Assert, ast.match_case)


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


COMMANDS = {("cli", "root"), *(tuple(f"commands.{path}".rsplit(".", 1)) for _, _, path in cli.COMMANDS)}


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
        if (module, name) not in COMMANDS  # whose parameters the command line gives
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
