"""What a message says, of which event and to whom."""

from __future__ import annotations

import re
from collections.abc import Collection

from afterservice_cli.errors import nearest
from afterservice_cli.language import tr
from afterservice_cli.rulebook.checks.names import Names, items
from afterservice_cli.rulebook.document.notes import Path
from afterservice_cli.rulebook.sections.messages import Message
from afterservice_cli.rulebook.vocabulary import DUE, PART, PLACEHOLDER, PLACEHOLDERS, RECEIVERS, TELLING, TOLD


def check_message(names: Names, path: Path, message: Message) -> None:
    """Check who gets a message, its condition, and its text."""
    for index, receiver in items(message.to):
        _receiver(names, (*path, "to", index), receiver, message)
    for index, word in items(message.on):
        names.task_done((*path, "on", index), word)
    names.when(path, message.when)
    text = message.text or {}
    # A text in one language alone has its faults at the whole.
    written = [language for language in text if (*path, "text", language) in names.notes.places]
    for language in written or list(text)[:1]:
        where = (*path, "text", *([language] if written else []))
        _text(names, where, text[language])
        if "customer" in (message.to or ()) and "text" in re.findall(PLACEHOLDER, text[language]):
            _no_remark(names, where, message.on or ())


def _no_remark(names: Names, path: Path, words: Collection[str]) -> None:
    """Check that no customer is told of these events what colleagues remarked on a plan, or noted."""
    if not {"approved", "declined", "noted"}.isdisjoint(words):
        what = tr("'{text}' is the approver's remark, and not for the customer – write '{plan}', what is proposed")
        if {"approved", "declined"}.isdisjoint(words):
            what = tr("'{text}' is a colleague's note, and not for the customer – leave it out")
        names.notes.fault(path, what)


def _receiver(names: Names, path: Path, receiver: str, message: Message) -> None:
    """Check that there is such a receiver, and that somebody gets what is sent there."""
    if receiver not in RECEIVERS:
        names.role(path, receiver, held=True, others=RECEIVERS)
    others = [word for _, word in items(message.on) if word not in TELLING]
    if receiver == TOLD and others:
        what = tr("{event} tells nobody – write `on: escalated` or `reopened`, or name who gets it", event=others[0])
        names.notes.fault(path, what)


def _text(names: Names, path: Path, text: str) -> None:
    """Check the placeholders of a message, and the parts that are left out if these have nothing."""
    known = (*PLACEHOLDERS, *(names.declared or ()))
    for name in re.findall(PLACEHOLDER, text):
        if due := re.fullmatch(DUE, name):
            timed = None if names.targets is None else [*names.targets, *names.tasks]
            names.among(timed, "target or task", path, due[1])
        elif name not in known and names.declared is not None:
            what = tr(
                "unknown placeholder '{{{name}}}' – write {nearest}", name=name[:40], nearest=nearest(name, known)
            )
            names.notes.fault(path, what)
    if any(mark in re.sub(PART, "", text) for mark in ("[[", "]]")):
        names.notes.fault(path, tr("[[ and ]] stand in pairs, none within another – add the one that is missing"))
    for part in re.findall(PART, text):
        if not re.search(PLACEHOLDER, part):
            what = tr("'{part}' has no placeholder, so it is never left out – take [[ and ]] away", part=part[:40])
            names.notes.fault(path, what)
