"""The language spoken: which one it is, that its catalogue is whole, and that no English is left in Chinese."""

import ast
import gettext
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

import rulebooks
from afterservice_cli import cli, language
from afterservice_cli.cases.case import STAGES, STATUSES
from afterservice_cli.console.terminal import WRITERS
from afterservice_cli.decisions.screening import RELATIONS
from afterservice_cli.store.reading.filters import SORTS
from conftest import Runner, clean_env
from message_course import worked_at
from message_lives import lived_in
from own_words import OWN_WORDS, WORDS, catalogue, ids_of, left_in_english
from shown_messages import MESSAGES

__all__ = ["lived_in", "worked_at"]  # the desks at which the messages come

ZH = {"AFTERSERVICE_LANG": "zh"}


# --- the catalogue ----------------------------------------------------------------------------------------------


def test_the_catalogue_has_the_sentences_of_the_source_and_no_others() -> None:
    assert catalogue.PO.read_bytes() == catalogue.as_po(catalogue.merged()), "run python docs/catalogue.py"
    assert len(catalogue.kept()) > 1200


def test_the_compiled_catalogue_is_that_of_the_text() -> None:
    compiled = catalogue.as_mo(catalogue.kept())
    assert catalogue.PO.with_suffix(".mo").read_bytes() == compiled, "run python docs/catalogue.py"
    assert catalogue.PO.with_suffix(".mo") == language.CATALOGUE


def test_the_compiled_catalogue_gives_what_gettext_finds_in_it() -> None:
    """It is looked into, not loaded, which takes that its sentences lie sorted; other programs read it, too."""
    with language.CATALOGUE.open("rb") as file:
        whole = gettext.GNUTranslations(file)
    assert len(list(translated())) > 1200
    for message in translated():
        one, *many = english(message)
        if many:
            found = language._catalogue().find("\0".join(message.id))
            assert [found] * 3 == [whole.ngettext(one, many[0], count) for count in (0, 1, 2)] == [*message.string * 3]
        else:
            text = language.sentence_in(message.context, message.id) if message.context else message.id
            assert language.translated(text, "zh") == whole.gettext(text) == message.string


@cache
def sentences() -> set[object]:
    """Every sentence that the catalogue has."""
    return {message.id for message in catalogue.kept() if message.id}


@given(
    st.text(max_size=30)
    | st.sampled_from(["", "\x04", "\0", "label\x04", "label\x04ope", "label\x04opens", "\U0010ffff"])
)
def test_what_the_catalogue_has_not_is_said_as_it_is(text: str) -> None:
    if text not in sentences():
        assert language.translated(text, "zh") == language.translated(text, "en") == text.rpartition("\x04")[2]


def test_a_run_in_chinese_reads_few_sentences(run: Runner, desk: Path) -> None:
    """Loading all of them took 3 to 4 ms of every start."""
    assert run("register", "it leaks", "--channel", "phone").code == 0
    script = (
        "import sys; from afterservice_cli import cli, language; text = language.Catalogue._text; read = set(); "
        "language.Catalogue._text = lambda self, table, place: read.add(place) or text(self, table, place); "
        "cli.run(['list', '--format', 'table']); print(*sorted(read), file=sys.stderr)"
    )
    line = [sys.executable, "-c", script]
    done = subprocess.run(line, cwd=desk.parent, env=clean_env(ZH), capture_output=True, text=True, check=True)
    assert "处理中" in done.stdout
    assert 10 < len(done.stderr.split()) < 300


def test_every_sentence_has_its_chinese() -> None:
    assert by_file((files(message), message.id) for message in catalogue.missing(catalogue.kept())) == {}


# More values are given than either language says: what two days have in common stands with the first in Chinese and
# with the last in English; a count is of all, or of the rest. What the YAML parser met helps nobody to write it.
OTHERWISE = {
    *("{brief_first} – {last}", "{dated_first} – {last}", "{first_weekday} {first_day} – {last}"),
    "{phrases} and {more} more",
}
PARSER = "rulebook/document/yaml_troubles.py"


def test_both_languages_name_the_same_values() -> None:
    differing = [
        (files(message), (message.id, message.string))
        for message in translated()
        if message.id not in OTHERWISE
        and files(message) != PARSER
        and len({values(text) for text in (*english(message), *catalogue.forms(message))}) > 1
    ]
    assert by_file(differing) == {}


def test_chinese_has_its_own_punctuation() -> None:
    # A place (`file:line:column: `) and a command line are read by programs.
    among = r"[一-鿿][,;?!()]|[,;?!()][一-鿿]|[一-鿿]: |\.\.\.[一-鿿]"
    wrong = [
        (files(message), text)
        for message in translated()
        for text in catalogue.forms(message)
        if re.search(among, re.sub("`[^`]*`", "", text))
        or (text.endswith("。") and english(message)[0][-1] not in ".)…")
    ]
    assert by_file(wrong) == {}


def test_only_whole_texts_are_sentences() -> None:
    """A text that is put together on the way has no place in a catalogue, and would never be said in Chinese."""
    glued = [
        (path.name, ast.unparse(word))
        for path in sorted(catalogue.SOURCE.rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call)
        for word in said(call)
        if isinstance(word, ast.JoinedStr | ast.BinOp)
    ]
    assert glued == []


def said(call: ast.Call) -> Iterator[ast.expr]:
    """What a call says, or will say: the words that the catalogue looks for."""
    if count := catalogue.SAYING.get(getattr(call.func, "id", "")):
        yield from call.args[:count]
    yield from (keyword.value for keyword in call.keywords if keyword.arg in catalogue.HELP)


def translated() -> Iterator[Any]:
    return (message for message in catalogue.kept() if message.id and all(catalogue.forms(message)))


def english(message: Any) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def values(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\{([a-z_0-9]*)(?:![rsa])?(?::[^{}]*)?\}", text))


def files(message: Any) -> str:
    return ", ".join(sorted({name for name, _ in message.locations}))


def told_by(found: Mapping[str, list[str]]) -> str:
    return "\n".join(("", *(f"{name}:\n    " + "\n    ".join(lines) for name, lines in found.items())))


def by_file(found: Any) -> dict[str, list[Any]]:
    """Whatever was found, by the file that it is of, so that a failure says where to look."""
    grouped = defaultdict(list)
    for file, what in found:
        grouped[file].append(what)
    return dict(grouped)


# --- which language it is ---------------------------------------------------------------------------------------

NOWHERE = ("list", "--db", "nowhere.db")
IN_ENGLISH, IN_CHINESE = "there is no desk at nowhere.db", "nowhere.db 处没有台账"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"AFTERSERVICE_LANG": "zh", "LANG": "en_US.UTF-8"}, IN_CHINESE),
        ({"AFTERSERVICE_LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, IN_CHINESE),
        ({"AFTERSERVICE_LANG": "en", "LC_ALL": "zh_CN.UTF-8"}, IN_ENGLISH),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, IN_CHINESE),
        ({"LC_MESSAGES": "zh_CN", "LANG": "en_US.UTF-8"}, IN_CHINESE),
        ({"LANG": "zh_CN.GB18030"}, IN_CHINESE),
        ({"LANG": "en_GB.UTF-8"}, IN_ENGLISH),
        ({"LANG": "de_DE.UTF-8"}, IN_ENGLISH),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, IN_CHINESE),  # a locale that names no language
        ({"LANG": "C"}, IN_ENGLISH),  # no desk, and so no rulebook, to ask
    ],
    ids=lambda given: " ".join(f"{name}={value}" for name, value in given.items()) if isinstance(given, dict) else "",
)
def test_the_environment_says_which_language(call: Runner, given: Mapping[str, str], told: str) -> None:
    done = call(*NOWHERE, env={"AFTERSERVICE_LANG": "", "LANG": "", **given})
    assert done.code == 4
    assert told in done.err


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "POSIX", ""])
@pytest.mark.parametrize(("language", "told"), [("zh", "没有“999”这件工单"), ("en", "there is no case '999'")])
def test_without_a_locale_the_rulebook_says_which(
    tmp_path: Path, call: Runner, language: str, told: str, locale: str
) -> None:
    rules = re.sub(r"^language:.*\n", "", rulebooks.text("life"), flags=re.MULTILINE)
    (tmp_path / "life.yaml").write_text(f"language: {language}\n{rules}", "utf-8")
    assert call("init", "--rules", "life.yaml").code == 0

    cron = {"AFTERSERVICE_LANG": "", "LANG": locale}
    assert told in call("show", "999", env=cron).err
    other = {"AFTERSERVICE_LANG": "", "LANG": "en_US.UTF-8" if language == "zh" else "zh_CN.UTF-8"}
    assert told not in call("show", "999", env=other).err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("register", "-"), "标准输入不是"),
        (("import", "nowhere.csv"), "没有文件 nowhere.csv"),
        (("import",), "导入需要一个文件"),
        (("import", "rows.csv", "--encoding", "xx"), "编码"),
    ],
)
def test_what_is_wrong_is_said_in_the_language_of_the_desk_without_another(
    run: Runner, words: tuple[str, ...], told: str
) -> None:
    env = {"AFTERSERVICE_LANG": "", "LANG": "C"}
    assert run("init", "--rules", "customer-feedback", env=env).code == 0
    done = run(*words, stdin="{not json", env=env)
    first = done.err.splitlines()[0]
    assert told in first
    assert re.search("[一-鿿]{4}", first)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("note", "001", "-"), "标准输入不是UTF-8"),
        (("respond", "001", "-"), "标准输入不是UTF-8"),
        (("retract", "001", "1", "--reason", "-"), "标准输入不是UTF-8"),
        (("rules", "explain", "-"), "标准输入不是UTF-8"),
        (("note",), "缺少 '编号'"),
        (("delay", "001", "soon"), "缺少 '--to'"),
    ],
)
def test_so_is_what_is_wrong_before_the_desk_is_needed(call: Runner, words: tuple[str, ...], told: str) -> None:
    env = {"AFTERSERVICE_LANG": "", "LANG": "C"}
    assert call("init", "--rules", "customer-feedback", env=env).code == 0
    assert told in call(*words, stdin=b"\xff\xfe\xfa", env=env).err
    english = call(*words, stdin=b"\xff\xfe\xfa", env={**env, "LANG": "en_US.UTF-8"}).err
    assert not re.search("[一-鿿]", english)


def test_a_run_leaves_the_language_as_it_was(call: Runner) -> None:
    assert IN_CHINESE in call(*NOWHERE, env=ZH).err
    assert IN_ENGLISH in call(*NOWHERE).err
    assert "选项" in call("list", "--help", env=ZH).out
    english = call("list", "--help").out
    assert "Options" in english
    assert not re.search("[一-鿿]", english)


# --- no English in Chinese --------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["", "life"])
def test_no_english_is_left_in_the_messages(folder: str, tmp_path: Path, request: Any, call: Runner) -> None:
    """Each is said again, in Chinese, at the desk of its test."""
    shutil.copytree(request.getfixturevalue("lived_in" if folder else "worked_at"), tmp_path, dirs_exist_ok=True)
    known = OWN_WORDS | ids_of(tmp_path)
    english: dict[str, list[str]] = {}
    for path in sorted((MESSAGES / folder).glob("*.txt")):
        line = path.read_text("utf-8").partition("\n")[0].removeprefix("$ afterservice ")
        words = shlex.split(line)
        stdin = (tmp_path / words.pop()).read_bytes() if words[-2:-1] == ["<"] else b""
        said = call(*(word for word in words if word != "<"), stdin=stdin, env=ZH).err.replace(str(tmp_path), "/f")
        typed = set(WORDS.findall(line + stdin.decode("utf-8", errors="replace")))
        for told in said.splitlines():
            told = told.removeprefix("afterservice: ")
            if found := left_in_english(told, known | typed):
                english[path.stem] = [*english.get(path.stem, ()), f"{told}   ← {' '.join(found)}"]
        if not re.search("[一-鿿]", said):
            english.setdefault(path.stem, []).append("nothing in Chinese")
    assert not english, told_by(english)


def test_no_english_is_left_in_the_help(call: Runner) -> None:
    # What may be typed as it stands.
    typed = {"voucher", "customer-feedback", "afterservice", "adopted", "latest", "received"}
    tree: Any = typer.main.get_command(cli.app())
    names = ["", *tree.commands, *(f"{group} {name}" for group in cli.GROUPS for name in tree.commands[group].commands)]
    assert len(names) > 50
    english: dict[str, list[str]] = {}
    for name in names:
        page = call(*name.split(), "--help", now=None, env=ZH).out
        assert "…  │" not in page.replace("]…", ""), f"cut off: {name}"
        for line in page.splitlines():
            if found := left_in_english(line, OWN_WORDS | typed):
                english[name] = [*english.get(name, ()), f"{line.strip('│ ')}   ← {' '.join(found)}"]
    assert not english, told_by(english)


@pytest.mark.parametrize(
    ("command", "option", "words"),
    [
        ("list", "status", STATUSES),
        ("list", "stage", STAGES),
        ("list", "sort", SORTS),
        ("list", "format", WRITERS),
        ("link", "relation", RELATIONS),
    ],
)
def test_help_names_every_word_that_an_option_takes(command: str, option: str, words: tuple[str, ...]) -> None:
    tree: Any = typer.main.get_command(cli.app())
    (told,) = (each.help for each in tree.commands[command].params if f"--{option}" in each.opts)
    *others, last = words
    assert told == f"{', '.join(others)} or {last}."
    chinese = language.translated(told, "zh")
    assert re.findall("[a-z]+", chinese) == list(words)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("regster", "没有“regster”这个命令"),
        ("list --stat open", "没有 --stat 这个选项，请写 --stage、--status"),
        ("list --status", "--status 后面要写值"),
        ("list --json=yes", "--json 后面不写值"),
        ("list --limit 0", "'--limit' / '-n' 要写成1到1000000000的整数"),
        ("show", "缺少 '编号'"),
        ("show 1 2", "多写了内容"),
        ("retract 1 x --reason y", "'序号' 要写成整数"),
        ("list --db", "--db 后面要写值"),
    ],
)
def test_what_is_wrong_on_the_line_is_said_in_chinese(call: Runner, words: str, told: str) -> None:
    done = call(*words.split(), now=None, env=ZH)
    assert done.code == 2
    assert told in done.err


def test_an_option_without_a_value_is_told_so(call: Runner) -> None:
    assert "--json takes no value" in call("list", "--json=yes").err


# --- the history ------------------------------------------------------------------------------------------------


def test_what_the_program_itself_records_is_the_same_in_either_language(tmp_path: Path, call: Runner) -> None:
    """A file that is read again gives its reason: kept in one language, shown in that of whoever looks."""
    (tmp_path / "p.yaml").write_text(
        "profile: p\ncolumns: {number: no, received_at: at, channel: by, description: text}\n"
        'dates: ["%Y-%m-%d"]\ndefaults: {channel: phone}\n'
    )
    kept = {}
    for spoken in ("en", "zh"):
        env = {"AFTERSERVICE_LANG": spoken}
        desk = ("--db", f"{spoken}.db")
        rules = catalogue.CHECKOUT / "rules" / "minimal.yaml"
        folder = tmp_path / spoken
        folder.mkdir()
        shutil.copy(tmp_path / "p.yaml", folder)
        assert call(*desk, "init", "--rules", rules, env=env, cwd=folder).code == 0
        for text in ("it leaks", "it leaks badly"):
            (folder / "rows.csv").write_text(f"no,at,by,text\n1,2026-10-01,phone,{text}\n")
            done = call(*desk, "import", "rows.csv", "--profile", "p.yaml", env=env, cwd=folder)
            assert done.code == 0, done.err
        events = json.loads(call(*desk, "show", "001", "--json", env=env, cwd=folder).out)["events"]
        kept[spoken] = [(event["kind"], event["body"].get("findings"), event["personal"]) for event in events]
        seen = call(*desk, "show", "001", env=env, cwd=folder).out
        assert ("导入的行有改动" in seen, "the imported row changed" in seen) == (spoken == "zh", spoken == "en")
    assert kept["zh"] == kept["en"]
