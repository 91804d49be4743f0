"""Every sentence that people are told, and its Chinese: extracted anew from the source, merged, and compiled.

`python docs/catalogue.py` writes both files of the catalogue; sentences without Chinese are named and make it fail.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from afterservice_cli.cases.bodies import NESTED
from afterservice_cli.cases.events import KINDS
from afterservice_cli.cli import COMMANDS
from afterservice_cli.language import sentence_in

CHECKOUT = Path(__file__).resolve().parents[1]
SOURCE = CHECKOUT / "src" / "afterservice_cli"
PO = SOURCE / "locale" / "zh_CN" / "LC_MESSAGES" / "afterservice.po"
# Functions whose first words are sentences: said at once, said later, and what a key of a document is for.
SAYING = {"tr": 1, "tr_many": 2, "translated": 1, "sentence": 1, "plural": 2, "key": 1}
# Functions whose first word is the context of what follows: one sentence, or words by their names.
IN_CONTEXT = ("sentence_in", "words")
# What an option is for, and what its value is called, in the words of typer's.
HELP = ("help", "metavar")
# The functions whose docstring is their help.
HELPFUL = {
    ("cli.py", "root"),
    *(("commands/{}.py".format(path.split(".")[0]), path.split(".")[1]) for *_, path in COMMANDS),
}


# The kinds of event and the records that they hold, of which docs/events.md says what theirs says.
TOLD = {*KINDS, *(record.__name__ for record in NESTED.values())}


def first_sentences(docstring: str) -> str:
    """Return the first paragraph of a docstring on one line."""
    return " ".join(cleandoc(docstring).partition("\n\n")[0].split())


class _Undated(Catalog):
    """A catalogue that does not say when it was made: the same sentences make the same bytes."""

    mime_headers = [("Content-Type", "text/plain; charset=utf-8"), ("Plural-Forms", "nplurals=1; plural=0;")]  # noqa: RUF012


class Sentence(NamedTuple):
    """A sentence, or both forms of a plural; its context, None if it has the same Chinese everywhere."""

    texts: tuple[str, ...]
    context: str | None = None


def sentences() -> Iterator[tuple[str, int, Sentence]]:
    """Yield every sentence with its file, relative to the source, and its line."""
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield from ((name, node.lineno, said) for said in _said(node))
            if isinstance(node, ast.FunctionDef) and (name, node.name) in HELPFUL:
                yield name, node.lineno, Sentence((cleandoc(ast.get_docstring(node) or ""),))
            if isinstance(node, ast.ClassDef) and node.name in TOLD and name.startswith("cases/"):
                yield name, node.lineno, Sentence((first_sentences(ast.get_docstring(node) or ""),))


def _said(call: ast.Call) -> Iterator[Sentence]:
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if count := SAYING.get(called):
        texts = [node.value for node in call.args[:count] if isinstance(node, ast.Constant)]
        if len(texts) == count and all(isinstance(text, str) and text for text in texts):
            yield Sentence(tuple(map(str, texts)))
    if called in IN_CONTEXT and len(call.args) == 2:
        context, what = map(_literal, call.args)
        for text in what.values() if isinstance(what, dict) else [what]:
            if isinstance(context, str) and isinstance(text, str):
                yield Sentence((text,), context)
    for keyword in call.keywords:
        if keyword.arg in HELP and isinstance(keyword.value, ast.Constant) and keyword.value.value:
            yield Sentence((str(keyword.value.value),))


def _literal(node: ast.expr) -> object:
    """Return a text, or a mapping with the texts that are written there; None for all else."""
    if isinstance(node, ast.Dict):
        return {number: _literal(value) for number, value in enumerate(node.values)}
    return node.value if isinstance(node, ast.Constant) else None


def extracted() -> Catalog:
    """Return the catalogue of the source, each sentence with the files that say it."""
    catalog = Catalog(locale="zh_CN", project="afterservice", fuzzy=False)
    for name, _, (texts, context) in sentences():
        catalog.add(texts if len(texts) > 1 else texts[0], locations=[(name, 0)], context=context)
    return catalog


def kept() -> Catalog:
    """Return the catalogue as it lies there."""
    with PO.open("rb") as file:
        return read_po(file, locale="zh_CN")


def merged() -> Catalog:
    """Return the catalogue of the source with the Chinese that is there already."""
    there = kept()
    catalog = extracted()
    for message in catalog:
        known = there.get(message.id, message.context) if message.id else None
        if known is not None:
            message.string = known.string
    return catalog


def missing(catalog: Catalog) -> list[Message]:
    """Return the sentences that have no Chinese."""
    return [message for message in catalog if message.id and not all(forms(message))]


def forms(message: Message) -> tuple[str, ...]:
    """Return what a sentence is in Chinese: one text, or none, and as many as a plural has there, which is one."""
    return message.string if isinstance(message.string, tuple) else (message.string,)


def as_po(catalog: Catalog) -> bytes:
    """Return the catalogue as it is kept for people: sorted by the file that says it, without times and lines."""
    out = io.BytesIO()
    write_po(out, catalog, width=120, omit_header=True, include_lineno=False, sort_by_file=True)
    head = b'msgid ""\nmsgstr ""\n"Language: zh_CN\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    return head + b'"Plural-Forms: nplurals=1; plural=0;\\n"\n\n' + out.getvalue()


def as_mo(catalog: Catalog) -> bytes:
    """Return the catalogue as the program reads it: a context belongs to the sentence, so that all lie sorted."""
    out = io.BytesIO()
    told = _Undated(locale="zh_CN")
    for message in catalog:
        if message.id and all(forms(message)):
            told.add(sentence_in(message.context, message.id) if message.context else message.id, message.string)
    write_mo(out, told)
    return out.getvalue()


def main() -> int:
    """Write both files; return 1 if a sentence has no Chinese."""
    catalog = merged()
    PO.write_bytes(as_po(catalog))
    PO.with_suffix(".mo").write_bytes(as_mo(catalog))
    left = missing(catalog)
    for message in left:
        sys.stderr.write(f"{', '.join(name for name, _ in message.locations)}: {message.id!r} has no Chinese\n")
    return int(bool(left))


if __name__ == "__main__":
    sys.exit(main())
