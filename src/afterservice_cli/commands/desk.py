"""The desk itself: making one, and checking that it holds together."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from afterservice_cli.cases.events.general import ClockCorrected
from afterservice_cli.decisions.checks import check_reason
from afterservice_cli.errors import BadInput, BadUsage, IntegrityBroken, Refused
from afterservice_cli.files.drives import network_drive
from afterservice_cli.language import tr, tr_many
from afterservice_cli.output_text import wrapped
from afterservice_cli.session import Session
from afterservice_cli.store import files, history
from afterservice_cli.time.instants import from_text, to_local_text, to_text
from afterservice_cli.workflows.desk import Desk
from afterservice_cli.workflows.recording import writing

if TYPE_CHECKING:
    from afterservice_cli.store.integrity import Findings

COLUMNS = 80


def init(
    session: Session,
    rules: Annotated[
        str, typer.Option("--rules", metavar="NAME|FILE", help="A rulebook that comes with the program, or your own.")
    ] = "customer-feedback",
    group: Annotated[
        str | None, typer.Option("--group", metavar="GROUP", help="Let the members of a group work at it, too.")
    ] = None,
    listed: Annotated[
        bool, typer.Option("--list", help="Name the rulebooks that come with the program, and make nothing.")
    ] = False,
) -> None:
    """Make a desk: one SQLite file, and its rulebook beside it."""
    from afterservice_cli.workflows.founding import Founder, found_desk, headings

    terminal = session.terminal
    if listed:
        for heading in headings():
            terminal.write(f"{heading.name}  {heading.called[terminal.language]}")
            for line in wrapped(f"  {heading.about.get(terminal.language, '')}", COLUMNS):
                terminal.write(line)
        return
    path = session.new_desk
    founder = Founder(session.now, session.actor, session.clock, session.runner)
    desk = found_desk(path, rules, founder=founder, group=group)
    if kind := network_drive(path):
        terminal.say(
            tr("warning: {path} lies on a network drive ({kind}); its locks cannot be relied on", path=path, kind=kind)
        )
    terminal.write(tr("desk {path}", path=desk.path))
    terminal.write(
        tr(
            "rulebook {file} ({rulebook}, {hash})",
            file=desk.rules_file,
            rulebook=desk.rulebook.name,
            hash=desk.rulebook.hash[:12],
        )
    )
    if group:
        terminal.say(
            tr(
                "{folder} belongs to the group '{group}' now; its members may write there, and nobody else looks in",
                folder=desk.path.resolve().parent,
                group=group,
            )
        )
    terminal.say(tr("next: afterservice register, or afterservice import FILE.csv"))


def clock(
    session: Session,
    was_ahead: Annotated[
        str | None,
        typer.Option(
            "--was-ahead", metavar="TEXT", help="Record that the clock had been ahead and is right now, and why."
        ),
    ] = None,
) -> None:
    """Compare this machine's clock with the latest entry, which a clock a day behind may not follow.

    Once a clock was ahead, that keeps the desk from recording anything when it is right again: then say so here.
    """
    if was_ahead is None:
        with session.desk.reading() as db:
            _, _, latest = history.head(db)
        zone = session.rulebook.zone
        session.terminal.write(f"{tr('clock')}  {to_local_text(session.desk.now, zone)}")
        session.terminal.write(f"{tr('latest entry')}  {to_local_text(from_text(latest), zone) if latest else '–'}")
        if to_text(session.desk.now) < latest:
            session.terminal.say(tr("what was recorded ahead of the clock keeps its time; its cases wait until then"))
        return
    if session.clock != "system":
        raise BadUsage(tr("--was-ahead is about this machine's clock – leave out --now"))
    reason = check_reason(session.terminal.words(was_ahead), tr("a corrected clock"), "--was-ahead")
    with writing(session.desk) as writer:
        _, _, latest = history.head(writer.db)
        if to_text(session.desk.now) >= latest:
            raise Refused(tr("nothing was recorded ahead of the clock"), rule="clock")
        writer.record_for_desk(ClockCorrected(session.desk.now, reason))
    session.terminal.say(tr("recorded; what was recorded ahead of the clock keeps its time"))


def check(
    session: Session,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make the tables anew from the history, if the history holds together.")
    ] = False,
    head: Annotated[
        str | None,
        typer.Option("--head", metavar="SEQ:HASH", help="Verify that the history still leads to this head, too."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Print the head, too, and what of the file the history says nothing of.")
    ] = False,
) -> None:
    """Verify the history, that every table follows from it, and that every file is there; silent when all is well.

    A history that was rewritten or shortened as a whole shows only against a head that was kept elsewhere: a backup
    and a report print theirs. Of a head that is still there it is said how much was recorded since.
    """
    desk = session.unread_desk()
    since = None if head is None else _since_head(desk, head)
    found = _findings(desk)
    rebuilt = rebuild and not found.history
    if rebuilt:
        session.rebuild_tables(desk, anyway=True)
        found = _findings(desk)
    with session.terminal.told_to_the_end():
        for line in (*found.all(), *(_beside(desk) if everything else ())):
            session.terminal.write(line)
    if found.all():
        count = len(found.all())
        told = tr_many("{count} finding; nothing was changed", "{count} findings; nothing was changed", count)
        if rebuilt:
            told = tr_many(
                "{count} finding; the tables were rebuilt", "{count} findings; the tables were rebuilt", count
            )
        hint = tr("the history holds together – afterservice check --rebuild")
        if found.all() != found.tables:
            hint = tr("compare with a backup")
        raise IntegrityBroken(told, hint=hint)
    if head is not None and since is not None:
        seq, _, _ = head.strip().partition(":")
        later = tr_many("{count} event was recorded since", "{count} events were recorded since", since)
        session.terminal.say(tr("event {seq} is in this history as it was; {later}", seq=seq, later=later))


def _beside(desk: Desk) -> list[str]:
    """Return the head in a line, and what of the file stands outside the chain."""
    from afterservice_cli.store.integrity import beyond

    with desk.reading() as db:
        seq, link, _ = history.head(db)
        return [f"{tr('head')}  {seq}:{link}", *(f"{tr('outside the history')}  {n}: {v}" for n, v in beyond(db))]


def _since_head(desk: Desk, text: str) -> int:
    """Return how many events were recorded after a head.

    `IntegrityBroken` unless the event of its number has its hash; `BadInput` for what is no head.
    """
    found = re.fullmatch(r"\s*([0-9]{1,18}):([0-9a-f]{12,64})\s*", text.lower())
    if not found:
        raise BadInput(tr("--head takes SEQ:HASH, as a backup or a report prints it"))
    with desk.reading() as db:
        there = history.hash_of(db, int(found[1]))
        last, _, _ = history.head(db)
    if there is None:
        raise IntegrityBroken(
            tr("the history has no event {seq}: it was shortened, or the head is another desk's", seq=found[1]),
            hint=tr("compare with a backup"),
        )
    if not there.startswith(found[2]):
        raise IntegrityBroken(
            tr(
                "event {seq} is not the one of this head: the history was rewritten, or the head is another desk's, "
                "or mistyped",
                seq=found[1],
            ),
            hint=tr("compare with a backup"),
        )
    return last - int(found[1])


def _findings(desk: Desk) -> "Findings":
    """Return everything at a desk that does not hold together."""
    from afterservice_cli.store.integrity import examine

    with desk.reading(much=True) as db:
        found, attached = examine(db), files.named(db)
    # Files may be many and large: nobody who writes waits for them to be read.
    return found.but(files=tuple(files.findings(desk.path, attached)))
