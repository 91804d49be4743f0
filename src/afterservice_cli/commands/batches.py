"""Imports as a whole: listed, and undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from afterservice_cli.commands.asking import agreed
from afterservice_cli.commands.rows import teller
from afterservice_cli.decisions import mending
from afterservice_cli.errors import NotFound, PartlyDone, Refused, typed
from afterservice_cli.language import sentence, tr, tr_many
from afterservice_cli.render.rows import Column
from afterservice_cli.render.telling import Teller
from afterservice_cli.session import Session
from afterservice_cli.store.connection import Turn
from afterservice_cli.store.reading.batches import Batch, batch_called, batches, brought_in, changed_by
from afterservice_cli.workflows.recording import Writer, writing

NAMED = 5  # cases in a message


def list_batches(session: Session, *, as_json: bool) -> None:
    """Print the imports that brought something in, the newest first."""
    with session.desk.reading() as db:
        found = batches(db)
    session.terminal.write_rows(found, _columns(teller(session)), format="json" if as_json else None)
    session.terminal.say(tr_many("{count} import", "{count} imports", len(found)))


def undo_batch(session: Session, named: str, *, yes: bool, as_json: bool) -> None:
    """Take back the cases that an import brought in, and what it changed in others.

    Those that somebody has worked on since stay as they are, and are named.
    """
    terminal = session.terminal
    with session.desk.reading() as db:
        batch = batch_called(db, named)
        if batch is None:
            raise NotFound(
                tr("there is no import {batch}", batch=typed(named)), hint=tr("afterservice import --list names them")
            )
        numbers, changed = brought_in(db, batch.batch), changed_by(db, batch.batch)
    if not (numbers or changed):
        raise Refused(tr("nothing that import {batch} brought in is left", batch=batch.batch), rule="undone")
    if not yes and not _agreed(session, batch, len(numbers), len(changed)):
        terminal.say(tr("nothing changed"))
        return
    stay = _each(session, numbers, lambda writer, number: _void(writer, number, batch.batch))
    kept = _each(session, changed, lambda writer, number: _restore(writer, number, batch.batch))
    gone, restored = len(numbers) - len(stay), len(changed) - len(kept)
    if as_json:
        told = {"batch": batch.batch, "taken_back": gone, "stay": [*stay, *kept], "changed": changed}
        terminal.write_json({**told, "restored": restored})
    else:
        if numbers:
            said = sentence("import {batch}: {count} of {all} cases taken back")
            terminal.write(tr(said, batch=batch.batch, count=gone, all=len(numbers)))
        if changed:
            said = sentence("import {batch}: {count} of {all} changed cases as before")
            terminal.write(tr(said, batch=batch.batch, count=restored, all=len(changed)))
    _tell_left([*stay.values(), *kept.values()], session)


def _tell_left(reasons: Sequence[str], session: Session) -> None:
    """Say which cases stay as they are and why, and raise that it was done in part; nothing if there are none."""
    for reason in reasons[:NAMED]:
        session.terminal.say(f"  {reason}")
    if len(reasons) > NAMED:
        session.terminal.say(tr("  … {number} more", number=len(reasons) - NAMED))
    if reasons:
        hint = tr("take them back one by one: afterservice retract CASE SEQ --reason …")
        raise PartlyDone(tr("cases that were worked on stay"), hint=hint)


def _void(writer: Writer, number: str, batch: str) -> None:
    """Take back a case that an import brought in."""
    writer.act(number, partial(mending.undo_import, batch=batch))


def _restore(writer: Writer, number: str, batch: str) -> None:
    """Take back what an import changed in a case, event by event."""
    for seq in mending.changed_by_import(writer.load(number), batch):
        writer.act(number, partial(mending.taking_back, seq=seq, batch=batch))


def _each(session: Session, numbers: list[str], act: Callable[[Writer, str], None]) -> Mapping[str, str]:
    """Take cases one by one, in transactions so short that nobody waits for long; return those that stay, and why."""
    stay: dict[str, str] = {}
    left = iter(numbers)
    number = next(left, None)
    while number:
        turn = Turn()
        with writing(session.desk) as writer:
            while number:
                try:
                    act(writer, number)
                except Refused as refused:
                    stay[number] = refused.message
                number = next(left, None)
                if turn.over:
                    break
        if number:
            turn.let_others()
    return stay


def _agreed(session: Session, batch: Batch, count: int, changed: int) -> bool:
    what = tr("import {batch} brought in {count} cases", batch=batch.batch, count=count)
    if changed:
        said = sentence("import {batch} brought in {count} cases and changed {changed} others")
        what = tr(said, batch=batch.batch, count=count, changed=changed)
    return agreed(session, what, tr("take them back?"))


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
