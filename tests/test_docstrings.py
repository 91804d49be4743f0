"""What the code says of itself: modules and functions in a sentence each, and names that are the same everywhere."""

import ast
import re
from pathlib import Path

from afterservice_cli.language import LANGUAGES, translated
from afterservice_cli.render.labels import LABELS, ROLES
from source import FILES, TREES, functions


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


SAME = ("sha256",)  # labels that are the same in both languages


def test_every_word_of_the_screen_has_a_label() -> None:
    words = {
        str(node.args[0].value)
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "label"
        if node.args and isinstance(node.args[0], ast.Constant)
    }
    assert len(words) > 30
    assert sorted(words - set(LABELS)) == []
    for word, text in (*LABELS.items(), *ROLES.items()):
        chinese, english = (translated(text, language) for language in LANGUAGES)
        assert re.search(r"[\u4e00-\u9fff]", chinese) or word in SAME, word
        assert english.replace("–", "-").isascii(), word
