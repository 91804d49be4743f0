"""The JSON Schema of rulebooks and profiles: it takes what the program takes, and marks what it would refuse."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import rulebooks
from afterservice_cli.intake.reading.profile import PROFILE
from afterservice_cli.rulebook.document.json_schema import DRAFT, json_schema
from afterservice_cli.rulebook.document.schema import RULEBOOK
from afterservice_cli.rulebook.document.schema_types import Keys, Shape
from afterservice_cli.rulebook.document.yaml_nodes import Node, read_document
from conftest import Runner

TESTS = Path(__file__).parent
RULEBOOKS = [
    *rulebooks.SHIPPED.values(),
    *(TESTS / "rulebooks").glob("*.yaml"),
    *TESTS.glob("desks/*ru*.yaml"),
]
PROFILES = [*(TESTS.parent / "examples" / "profiles").glob("*.yaml"), TESTS / "desks" / "profile.yaml"]
RULES = json_schema(RULEBOOK, "A rulebook")
COLUMNS = json_schema(PROFILE, "An import profile")

# --- a checker of what such a schema says, and no more --------------------------------------------------------------

ANNOTATIONS = {"$schema", "$defs", "title", "description", "default"}
TYPES = {
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "null": type(None),
    "object": dict,
    "array": list,
}


def is_of(kind: str, value: Any) -> bool:
    return isinstance(value, TYPES[kind]) and not (isinstance(value, bool) and kind in ("number", "integer"))  # type: ignore[arg-type]


def faults(value: Any, schema: Any, root: dict[str, Any], path: str = "") -> Iterator[str]:
    """The places at which a value is not as a schema says."""
    for word, said in schema.items():
        match word:
            case "$ref":
                yield from faults(value, root["$defs"][said.removeprefix("#/$defs/")], root, path)
            case "type":
                if not any(is_of(kind, value) for kind in ([said] if isinstance(said, str) else said)):
                    yield f"{path}: {value!r} is no {said}"
            case "enum":
                if value not in said:
                    yield f"{path}: {value!r} is none of {said}"
            case "pattern":
                if isinstance(value, str) and not re.search(said, value):
                    yield f"{path}: {value!r} is not like {said}"
            case "minimum" | "maximum":
                if is_of("number", value) and (value < said if word == "minimum" else value > said):
                    yield f"{path}: {value!r} is beyond {said}"
            case "minItems" | "minProperties":
                if isinstance(value, list if word == "minItems" else dict) and len(value) < said:
                    yield f"{path}: fewer than {said}"
            case "anyOf":
                tried = [list(faults(value, one, root, path)) for one in said]
                if all(tried):
                    yield from (fault for found in tried for fault in found)
            case "items":
                for index, item in enumerate(value if isinstance(value, list) else ()):
                    yield from faults(item, said, root, f"{path}[{index}]")
            case "required":
                yield from (f"{path}: lacks {name}" for name in said if isinstance(value, dict) and name not in value)
            case "propertyNames":
                for name in value if isinstance(value, dict) else ():
                    yield from faults(name, said, root, f"{path}.{name}")
            case "properties":
                for name, inner in value.items() if isinstance(value, dict) else ():
                    yield from faults(inner, said.get(name, {}), root, f"{path}.{name}")
            case "additionalProperties":
                for name, inner in value.items() if isinstance(value, dict) else ():
                    if name not in schema.get("properties", {}):
                        yield from (
                            [f"{path}: unknown {name}"]
                            if said is False
                            else faults(inner, said, root, f"{path}.{name}")
                        )
            case _:
                assert word in ANNOTATIONS, f"the checker does not know {word}"


def plain(node: Node) -> Any:
    """A document as an editor reads it: with the truths and numbers of YAML 1.2."""
    if node.kind == "mapping":
        return {key.text: plain(value) for key, value in node.entries}
    if node.kind == "list":
        return [plain(item) for item in node.items]
    if node.quoted or not node.text:
        return node.text if node.quoted else None
    if node.text in ("true", "false", "null", "~"):
        return {"true": True, "false": False}.get(node.text)
    if re.fullmatch(r"-?\d+", node.text, re.ASCII):
        return int(node.text)
    return float(node.text) if re.fullmatch(r"-?\d+\.\d+", node.text, re.ASCII) else node.text


def document(path: Path, *changes: tuple[str, str]) -> Any:
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return plain(read_document(text.encode(), path.name))


# --- what it takes, and what it marks -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", RULEBOOKS, ids=lambda path: path.stem)
def test_a_rulebook_is_valid(path: Path) -> None:
    assert list(faults(document(path), RULES, RULES)) == []


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_a_profile_is_valid(path: Path) -> None:
    assert list(faults(document(path), COLUMNS, COLUMNS)) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("people:", "peopel:", ": unknown peopel"),
        ("head: kim", "haed: kim", ".owners.quality: unknown haed"),
        ("until: investigated", "untli: investigated", ".targets.look: unknown untli"),
        ("language: en\n", "language: de\n", ".language: 'de' is none of"),
        ("type: number", "type: money", ".fields.quantity.type: 'money' is none of"),
        ("ends: replied", "ends: answered", ".pauses.detail.ends: 'answered' is none of"),
        ("what: [resolution, confirmation, tasks]", "what: [resolution, thanks]", ".demands[1].what[1]: 'thanks'"),
        ("{before: close,", "{before: [close, archive],", ".demands[1].before[1]: 'archive' is none of"),
        ("on: assigned", "on: given_away", ".messages.yours.on: 'given_away' is none of"),
        ("raise_priority: 1", "raise_priority: 10", ".consequences[0].raise_priority: 10 is beyond 9"),
        ("customer: either", "customer: no", ".intake.customer: 'no' is none of"),
        ("investigate: [tech]", "investigat: [tech]", ".may.investigat: 'investigat' is none of"),
        ("until: investigated", "until: looked_at", ".targets.look.until: 'looked_at' is"),
        ("within: 3d", "within: three days", ".intake.duplicates.within: 'three days' is not like"),
        ("people: [han]", "people: []", ".roles.management.people: fewer than 1"),
        ("rulebook: life\n", "", ": lacks rulebook"),
    ],
)
def test_what_would_be_refused_is_marked(old: str, new: str, fault: str) -> None:
    life = next(path for path in RULEBOOKS if path.stem == "life")
    found = list(faults(document(life, (old, new)), RULES, RULES))
    assert found and any(one.startswith(fault) for one in found), found


def test_a_field_of_a_case_is_no_mistyped_key_of_a_condition() -> None:
    assert list(faults({"colour": "red"}, RULES["$defs"]["Condition"], RULES)) == []
    assert any("fewer than 1" in said for said in faults({}, RULES["$defs"]["Condition"], RULES))
    assert list(faults("danger", RULES["$defs"]["Condition"], RULES)) == []


@pytest.mark.parametrize(("shape", "schema"), [(RULEBOOK, RULES), (PROFILE, COLUMNS)], ids=["rulebook", "profile"])
def test_every_key_is_there_with_its_explanation_and_a_default_that_is_valid(
    shape: Shape, schema: dict[str, Any]
) -> None:
    met: dict[str, Keys[Any]] = {}
    todo = [shape]
    while todo:
        inner = todo.pop()
        if isinstance(inner, Keys) and met.setdefault(inner.section.__name__, inner) is not inner:
            continue
        todo += inner.children()
    assert met.keys() == schema["$defs"].keys()
    for name, keys in met.items():
        section = schema["$defs"][name]
        told = section if "properties" in section else section["anyOf"][1]
        assert told["properties"].keys() == {key.written for key in keys.section.KEYS.values()}
        assert (told["additionalProperties"] is False) == (not keys.section.OTHERS)
        for key in keys.section.KEYS.values():
            written = told["properties"][key.written]
            assert written["description"] == key.doc
            if "default" in written:
                assert list(faults(written["default"], written, schema)) == []
        assert told.get("required", []) == [key.written for key in keys.section.KEYS.values() if key.required]


def test_it_explains_keys_in_the_language_spoken_and_else_stays_the_same(call: Runner) -> None:
    for words, schema in (((), RULES), (("--profile",), COLUMNS)):
        chinese = json.loads(call("rules", "schema", *words, env={"AFTERSERVICE_LANG": "zh"}).out)
        told = list(descriptions(chinese))
        assert len(told) == len(list(descriptions(schema))) > 10
        assert [text for text in told if not re.search("[一-鿿]", text)] == []
        assert without_descriptions(chinese) == without_descriptions(schema)


def descriptions(schema: Any) -> Iterator[str]:
    """Every explanation in a schema."""
    if isinstance(schema, dict):
        if isinstance(schema.get("description"), str):
            yield schema["description"]
        schema = list(schema.values())
    for inner in schema if isinstance(schema, list) else ():
        yield from descriptions(inner)


def without_descriptions(schema: Any) -> Any:
    """A schema without its explanations and its title."""
    if isinstance(schema, dict):
        told = {name for name in ("description", "title") if isinstance(schema.get(name), str)}
        return {name: without_descriptions(inner) for name, inner in schema.items() if name not in told}
    return [without_descriptions(inner) for inner in schema] if isinstance(schema, list) else schema


def test_the_command_needs_no_desk(call: Runner) -> None:
    for words, schema in (((), RULES), (("--profile",), COLUMNS)):
        done = call("rules", "schema", *words)
        assert (done.code, done.err) == (0, "")
        assert json.loads(done.out) == schema
        assert schema["$schema"] == DRAFT
