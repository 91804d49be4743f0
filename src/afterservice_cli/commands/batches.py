"""Imports as a whole: listed, and undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from afterservice_cli.commands.importing import PartlyDone
from afterservice_cli.commands.rows import teller
from afterservice_cli.decisions import mending
from afterservice_cli.errors import BadInput, NotFound, Refused
from afterservice_cli.language import sentence, tr, tr_many
from afterservice_cli.recording import writing
from afterservice_cli.render.rows import Column
from afterservice_cli.render.telling import Teller
from afterservice_cli.session import Session
from afterservice_cli.store.batches import Batch, batch_called, batches, brought_in, changed_by
from afterservice_cli.store.connection import Turn

NAMED = 5  # cases in a message


def list_batches(session: Session, *, as_json: bool) -> None:
    """Print the imports that brought something in, the newest first."""
    with session.desk.reading() as db:
        found = batches(db)
    session.terminal.write_rows(found, _columns(teller(session)), format="json" if as_json else None)
    session.terminal.say(tr_many("{count} import", "{count} imports", len(found)))


def undo_batch(session: Session, named: str, *, yes: bool, as_json: bool) -> None:
    """Take back the cases that an import brought in; those that somebody has worked on since stay, and are named."""
    terminal = session.terminal
    with session.desk.reading() as db:
        batch = batch_called(db, named)
        if batch is None:
            raise NotFound(
                tr("there is no import {batch}", batch=named[:20]), hint=tr("afterservice import --list names them")
            )
        numbers, changed = brought_in(db, batch.batch), changed_by(db, batch.batch)
    if not numbers:
        said = sentence("nothing that import {batch} brought in is left")
        if batch.counts is not None and not batch.counts["new"]:
            said = sentence("import {batch} brought in no case")
        raise Refused(tr(said, batch=batch.batch), hint=_of_changed(changed), rule="undone")
    if not yes and not _agreed(session, batch, len(numbers)):
        terminal.say(tr("nothing changed"))
        return
    stay = _taken_back(session, batch, numbers)
    gone = len(numbers) - len(stay)
    if as_json:
        terminal.write_json({"batch": batch.batch, "taken_back": gone, "stay": list(stay), "changed": changed})
    else:
        terminal.write(
            tr("import {batch}: {count} of {all} cases taken back", batch=batch.batch, count=gone, all=len(numbers))
        )
    for reason in [*stay.values()][:NAMED]:
        terminal.say(f"  {reason}")
    if len(stay) > NAMED:
        terminal.say(tr("  … {number} more", number=len(stay) - NAMED))
    if changed and not stay:
        raise PartlyDone(tr("what it changed in other cases stays"), hint=_of_changed(changed))
    if stay:
        hint = tr("take them back one by one: afterservice retract CASE SEQ --reason …")
        raise PartlyDone(tr("cases that were worked on stay"), hint=hint)


def _of_changed(changed: Sequence[str]) -> str:
    """Say which cases an import changed and how a change is taken back; "" if it changed none."""
    if not changed:
        return ""
    shown = tr(", ").join([*changed[:NAMED], *(["…"] if len(changed) > NAMED else [])])
    return tr("it changed {cases}; a change is taken back by: afterservice retract CASE SEQ --reason …", cases=shown)


def _taken_back(session: Session, batch: Batch, numbers: list[str]) -> Mapping[str, str]:
    """Take cases back in transactions so short that nobody waits for long; return those that stay, each with why."""
    stay: dict[str, str] = {}
    left = iter(numbers)
    number = next(left, None)
    while number:
        turn = Turn()
        with writing(session.desk) as writer:
            while number:
                try:
                    writer.act(number, partial(mending.undo_import, batch=batch.batch))
                except Refused as refused:
                    stay[number] = refused.message
                number = next(left, None)
                if turn.over:
                    break
        if number:
            turn.let_others()
    return stay


def _agreed(session: Session, batch: Batch, count: int) -> bool:
    what = tr("import {batch} brought in {count} cases", batch=batch.batch, count=count)
    if not session.terminal.interactive:
        raise BadInput(what, hint=tr("add --yes"))
    from afterservice_cli.commands.prompts import agree

    return agree(session, tr("{what} – {question}", what=what, question=tr("take them back?")))


def _columns(tell: Teller) -> list[Column[Batch]]:
    def counted(name: str) -> Column[Batch]:
        def count(batch: Batch) -> object:
            return None if batch.counts is None else batch.counts.get(name, 0)

        return Column(name, tell.label("new_rows" if name == "new" else name), count, count, align="right", rank=20)

    def end(batch: Batch) -> str:
        return "stopped" if batch.counts is None else "finished"

    return [
        tell.value("batch"),
        tell.time("at").but(rank=30),
        tell.value("actor", "person").but(rank=50),
        tell.value("profile").but(rank=60),
        tell.text("file").but(rank=40),
        *(counted(name) for name in ("new", "changed", "unchanged", "conflicts", "rejected")),
        tell.value("cases").but(align="right"),
        Column("end", tell.label("end"), end, lambda batch: tell.label(end(batch)), rank=70),
    ]
