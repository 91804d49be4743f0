"""Texts that YAML cuts at a comma, since what stands around them is of another width."""

from __future__ import annotations

from collections.abc import Sequence

from afterservice_cli.rulebook.document.yaml_nodes import Node

# What people write around a list or text.
_CLOSING = {"［": "］", "【": "】", "《": "》", "「": "」", "『": "』", "“": "”"}


def uncut(entries: Sequence[tuple[Node, Node]]) -> Sequence[tuple[Node, Node]]:
    """Return the entries of a mapping with what a comma has cut off a text in full-width brackets put back to it.

    YAML takes the second phrase of `{match: ［冒烟, 漏电］}` for a key.
    """
    found, closing = list[tuple[Node, Node]](), ""
    for key, value in entries:
        if closing and not value.text and value.kind == "scalar":
            before, text = found[-1]
            found[-1] = before, text.but(text=f"{text.text}, {key.text}")
            closing = "" if key.text.endswith(closing) else closing
            continue
        found.append((key, value))
        closing = _CLOSING.get(value.text[:1], "") if value.kind == "scalar" and not value.quoted else ""
        closing = "" if closing and value.text.endswith(closing) else closing
    return found
