"""Which English words may stand in what the screen says in Chinese."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
import yaml

from afterservice_cli import cli
from afterservice_cli.cases.case import STAGES, STATUSES
from afterservice_cli.cases.events import KINDS
from afterservice_cli.commands.printing import FORMATS
from afterservice_cli.console.terminal import WRITERS
from afterservice_cli.decisions.screening import RELATIONS
from afterservice_cli.reports.cases.case import CaseView
from afterservice_cli.rulebook.document.json_schema import json_schema
from afterservice_cli.rulebook.document.schema import RULEBOOK
from afterservice_cli.rulebook.vocabulary import COLUMNS
from afterservice_cli.store.reading.filters import SORTS
from afterservice_cli.store.schema import HISTORY, PROJECTIONS
from tools import tool

catalogue: Any = tool("catalogue")


# What has the same name in every language: formats, programs, and what a computer calls things.
NAMES = {
    *("YAML", "JSON", "CSV", "UTF", "UTF-8", "GB18030", "SQLite", "Schema", "SHA", "MB", "ID", "VIP", "UTC", "BOM"),
    *("GB", "XML", "yaml", "utf", "gb18030", "big5", "shift-jis", "euc-jp", "euc-kr", "windows"),
    *("Ctrl-D", "YYYY", "YYYY-MM", "YYYY-MM-DD", "HH", "wd", "wh", "wm", "stdin"),
    *("yes", "no", "tue", "wed", "thu", "fri", "sat", "sun"),
    *("now", "today", "yesterday", "tomorrow", "mon", "this", "last"),  # times as they are typed
}


WORDS = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:['-][A-Za-z0-9_]+)*")
SHAPES = (
    r"`[^`]*`",
    r"afterservice [ -~…]*",  # a command as it is typed
    r"\b(?:chmod|mkdir|groupadd|cd) [ -~]*",
    r"(?a)(?<!\w)--?[a-zA-Z][\w-]*(?:=[\w.-]+)?",
    r"(?a)AFTERSERVICE_\w+",
    r"(?a)\$?[\w-]*[./][\w./\[\]-]+",  # a path, or a place in a rulebook
    r"https?://\S+",
    r"(?a)\b\d[\w:+-]*",
    r"(?a)\b\w+=\S+",  # an example of what to type
)


def left_in_english(text: str, known: set[str]) -> list[str]:
    """The words of a text in Latin letters that are none of those that are known, nor of what has no language."""
    for shape in SHAPES:
        text = re.sub(shape, " ", text)
    words = WORDS.findall(text)
    return [word for word in words if word not in known and word not in NAMES and len(word) > 1]


def ids_of(folder: Path) -> set[str]:
    """The keys, and the values of one word, of all rulebooks and profiles in a folder: people know them as they are."""
    found: set[str] = set()
    for path in (*folder.rglob("*.yaml"), *catalogue.CHECKOUT.glob("rules/customer-feedback.yaml")):
        try:
            found.update(_ids(yaml.safe_load(path.read_text("utf-8"))))
        except (yaml.YAMLError, ValueError):
            found.update(re.findall(r"([\w-]+):", path.read_text("utf-8", errors="replace")))
    return found


def _ids(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from (str(key), *(_ids(inner) if key not in ("title", "about", "en") else ()))
            if key == "title":  # one without languages is called so in either
                yield from WORDS.findall(inner if isinstance(inner, str) else str(inner.get("zh")))
            if key in ("causes", "invalid"):  # labels without more
                yield from (word for label in inner.values() if isinstance(label, str) for word in WORDS.findall(label))
    elif isinstance(value, list):
        for inner in value:
            yield from _ids(inner)
    elif isinstance(value, str) and re.fullmatch(r"[\w.-]+", value):
        yield from (value, *re.findall(r"\w+", value))


def _keys(schema: Any) -> Iterator[str]:
    """Every key that a rulebook may have, and every word that may stand in it."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        yield from (word for word in schema.get("enum", ()) if isinstance(word, str))
        for inner in schema.values():
            yield from _keys(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _keys(inner)


TREE: Any = typer.main.get_command(cli.app())
FILTERS = {name for parameter in TREE.commands["list"].params for name in (parameter.name, parameter.opts[0][2:])}
COMMAND_WORDS = {word for name, *_ in cli.COMMANDS for word in name.split()}
OWN_WORDS = {
    *("xes", "ocel", "yaml"),
    *COMMAND_WORDS,
    *FILTERS,
    *STAGES,
    *STATUSES,
    *SORTS,
    *WRITERS,
    *FORMATS,
    *RELATIONS,
    *KINDS,
    *HISTORY,
    *PROJECTIONS,
    *CaseView.__fields__,
    *COLUMNS,
    *_keys(json_schema(RULEBOOK, "")),
    *("P2026", "M2026", "partly"),  # numbers of problems and measures, and how those are judged
}
