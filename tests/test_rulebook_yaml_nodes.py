"""YAML to nodes: what is written is kept as written, and everything surprising is refused with its place."""

import re

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from afterservice_cli.errors import FaultyDocument
from afterservice_cli.language import speaking
from afterservice_cli.rulebook.document.yaml_nodes import DEEPEST, LARGEST, Node, read_document


def refused(data: bytes) -> list[str]:
    """The faults of a document, as `line:column: message`."""
    with pytest.raises(FaultyDocument) as caught:
        read_document(data, "rules.yaml")
    return [f"{fault.line}:{fault.column}: {fault.message}" for fault in caught.value.faults]


def scalars(text: str) -> dict[str, Node]:
    return {key.text: value for key, value in read_document(text.encode(), "rules.yaml").entries}


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("a: 1\nb: 2\na: 3\n", ["3:1: 'a' stands already in line 1 – keep one of them"]),
        ("- {x: 1, x: 2}\n", ["1:10: 'x' stands already in line 1 – keep one of them"]),
        ("a: &one 1\nb: *one\n", ["2:4: the alias '*one' is not read – write it out"]),
        ("a:\n  <<: {b: 1}\n", ["2:3: merge keys are not read – write the keys out"]),
        ("a: !!python/name:os.system x\n", ["1:4: the tag 'tag:yaml.org,2002:python/name:os.system' is not read"]),
        ("a: !mine {b: 1}\n", ["1:4: the tag '!mine' is not read – leave it out"]),
        ("? [a, b]\n: 1\n", ["1:3: a key must be a word – write `key: value`"]),
        ("a: 1\n---\nb: 2\n", ["2:1: a second document begins – keep one per file"]),
        ("", ["1:1: is empty – write a mapping of keys"]),
        ("# nothing but a word on it\n", ["1:1: is empty – write a mapping of keys"]),
        ("a: b: c\n", ["1:5: is not YAML: mapping values are not allowed here"]),
        ("a: [1, 2\n", ["2:1: is not YAML: while parsing a flow sequence"]),
        ("a:\n\tb: 1\n", ["2:1: a tab stands here – write blanks"]),
    ],
)
def test_refused_with_its_place(text: str, faults: list[str]) -> None:
    found = refused(text.encode())
    assert len(found) == len(faults)
    assert all(message.startswith(expected) for message, expected in zip(found, faults, strict=True))


def test_every_fault_is_listed_at_once_in_order() -> None:
    text = "a: *x\nb: !tag 1\na: 2\n<<: 3\n"
    assert [message.split(" ")[0] for message in refused(text.encode())] == ["1:4:", "2:4:", "3:1:", "4:1:"]


def test_a_key_given_three_times_is_faulty_twice() -> None:
    assert [message[:4] for message in refused(b"a: 1\na: 2\na: 3\n")] == ["2:1:", "3:1:"]


def test_two_aliases_for_keys_are_two_aliases_and_no_duplicate() -> None:
    assert len(refused(b"*a : 1\n*b : 2\n")) == 2


def test_a_merge_key_in_quotes_is_a_word() -> None:
    assert scalars('"<<": 1')["<<"].text == "1"


@pytest.mark.parametrize("opening", ["[", "- ", "{a: ", "? "])
def test_a_hundred_thousand_levels_are_one_fault(opening: str) -> None:
    column = DEEPEST * len(opening) + 1
    assert refused(opening.encode() * 100_000) == [f"1:{column}: nested more than {DEEPEST} deep – flatten it"]


def test_the_deepest_level_is_still_read() -> None:
    node = read_document(b"[" * DEEPEST + b"]" * DEEPEST, "rules.yaml")
    for _ in range(DEEPEST - 1):
        (node,) = node.items
    assert node.items == ()


def test_a_file_may_be_a_megabyte_and_no_more() -> None:
    filled = b"a: 1 # " + b"x" * (LARGEST - 7)
    assert read_document(filled, "rules.yaml").entries[0][1].text == "1"
    assert refused(filled + b"x") == ["1:1: larger than 4096 KB – split it"]


@pytest.mark.parametrize(
    ("data", "line"),
    [(b"a: 1\nb: \xff\n", 2), ("a: 客户\nb: 反馈\n".encode("gb18030"), 1), (b"\xef\xbb\xbfa: 1\n\xff: 2\n", 2)],
)
def test_not_utf_8(data: bytes, line: int) -> None:
    assert refused(data) == [f"{line}:1: is not UTF-8 – save the file as UTF-8"]


def test_a_byte_order_mark_is_passed_over() -> None:
    (key, value), *_ = read_document(b"\xef\xbb\xbfa: 1\n", "rules.yaml").entries
    assert (key.text, key.line, key.column, value.text) == ("a", 1, 1, "1")


@pytest.mark.parametrize(("data", "code"), [(b"a: 1\nb: x\x00\n", "0000"), (b"a: 1\nb: \x1b[31m\n", "001B")])
def test_control_characters(data: bytes, code: str) -> None:
    (fault,) = refused(data)
    assert fault.startswith("2:")
    assert f"has the control character U+{code} – take it out" in fault


@pytest.mark.parametrize(
    "data",
    [
        b'a: "\\UFFFFFFFF"\n',
        b'a: "\\U00110000"\n',
        b'a: "\\uD800"\n',
        b"%YAML 1." + b"1" * 5000 + b"\n--- a\n",
        b"%YAML 2.0\n--- a\n",
        b"a: !<tag:%ff> x\n",
    ],
    ids=["beyond int", "beyond Unicode", "half a character", "long version", "other version", "tag of bytes"],
)
def test_what_the_parser_itself_stumbles_over_is_a_fault(data: bytes) -> None:
    assert len(refused(data)) == 1


@pytest.mark.parametrize("word", ["NO", "yes", "12:30:45", "0755", "1_000", "1e3", "2026-10-01", ".inf", "0x1F", "="])
def test_scalars_stay_what_was_written(word: str) -> None:
    node = scalars(f"a: {word}")["a"]
    assert (node.kind, node.text, node.quoted, node.empty) == ("scalar", word, False, False)


@pytest.mark.parametrize(("text", "empty"), [("", True), ("~", True), ("null", True), ("'~'", False), ('""', False)])
def test_nothing_is_nothing_only_without_quotes(text: str, empty: bool) -> None:
    assert scalars(f"a: {text}")["a"].empty is empty


def test_every_node_knows_where_it_begins() -> None:
    root = read_document("# 客户\na:\n  - {客: 1, b: [2]}\n".encode(), "rules.yaml")
    ((_, listed),) = root.entries
    (mapping,) = listed.items
    (first, _), (second, inner) = mapping.entries
    places = [(node.line, node.column) for node in (root, listed, mapping, first, second, inner, inner.items[0])]
    assert places == [(2, 1), (3, 3), (3, 5), (3, 6), (3, 12), (3, 15), (3, 16)]


@given(st.binary(max_size=200))
@example(b'"\\U80000000"')
@example(b"\xef\xbb\xbf")
@settings(max_examples=150)
def test_arbitrary_bytes_are_read_or_refused(data: bytes) -> None:
    read_or_refused(data)


SNIPPETS = ("a", "客", ": ", ":", "\n", "  ", "- ", "[", "]", "{", "}", ",", "&x ", "*x", "!t ", "!!str ", "<<")
MORE = (
    "---\n",
    "...\n",
    "# c",
    "'",
    '"',
    "|\n",
    ">-\n",
    "? ",
    "%",
    "@",
    "`",
    "\t",
    "\\u",
    "\\U",
    "D800",
    "\x85",
    "~",
    "\r\n",
)


@given(st.lists(st.sampled_from((*SNIPPETS, *MORE)), max_size=40).map("".join))
@settings(max_examples=200)
def test_arbitrary_yaml_is_read_or_refused(text: str) -> None:
    read_or_refused(text.encode())


def read_or_refused(data: bytes) -> None:
    """Whatever is read has its place and can be written out again; whatever is not is a positioned fault."""
    try:
        nodes = [read_document(data, "rules.yaml")]
    except FaultyDocument as problem:
        assert problem.faults
        assert all(fault.line >= 1 and fault.column >= 1 and fault.message for fault in problem.faults)
        return
    for node in nodes:
        assert node.line >= 1
        assert node.column >= 1
        assert node.text.encode() is not None
        nodes += [*node.items, *(inner for entry in node.entries for inner in entry)]


# --- in the language spoken -----------------------------------------------------------------------------------------

PIECES = [
    "a",
    "b: 1",
    ": ",
    "- ",
    "? ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "\n",
    "\n  ",
    "\t",
    "'",
    '"',
    "\\",
    "\\q",
    "\\x4",
    "|",
    ">",
]
PIECES += [
    "|0",
    ">x",
    "!",
    "!x!y",
    "!<a",
    "&",
    "*",
    "%",
    "%YAML 2.0\n",
    "%YAML a\n",
    "%TAG ! b\n",
    "---",
    "...",
    "@",
    "`",
    "#",
]
TANGLED = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


def troubles(text: str, language: str) -> str:
    """What is said of a text, in one line; nothing if it can be read."""
    try:
        with speaking(language):
            read_document(text.encode(), "rules.yaml")
    except FaultyDocument as refused:
        return " ".join(fault.message for fault in refused.faults)
    return ""


@settings(max_examples=300)
@given(TANGLED)
@example("!%aa")
def test_what_yaml_cannot_read_is_told_in_chinese_and_in_its_own_english(text: str) -> None:
    chinese, english = troubles(text, "zh"), troubles(text, "en")
    assert bool(chinese) == bool(english)
    assert re.search(r"[a-z]{2,} [a-z]{2,}", re.sub(r"“[^”]*”|'[^']*'|\"[^\"]*\"", "", chinese)) is None, chinese
    try:
        for _ in yaml.parse(text, Loader=yaml.SafeLoader):
            pass
    except yaml.MarkedYAMLError as error:
        told = " ".join(filter(None, (error.context, error.problem)))
        assert not english.startswith("is not YAML: ") or english.startswith(f"is not YAML: {told}")
    except (ValueError, yaml.YAMLError):
        pass


def test_what_is_read_again_is_the_same_and_its_faults_bear_the_name_asked() -> None:
    assert read_document(b"a: [1, 2]\n", "one.yaml") == read_document(b"a: [1, 2]\n", "two.yaml")
    said = []
    for name, language in (("one.yaml", "en"), ("two.yaml", "zh")):
        with speaking(language), pytest.raises(FaultyDocument) as caught:
            read_document(b"a: 1\na: 2\n", name)
        said.append(caught.value.message)
    assert said == [
        "one.yaml:2:1: 'a' stands already in line 1 – keep one of them",
        "two.yaml:2:1: “a”在第1行已经有了，请只留一个",
    ]
