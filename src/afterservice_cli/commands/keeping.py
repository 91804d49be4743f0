"""Safe keeping: backups and the way back, what may go by its age, and what is erased because somebody asks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from afterservice_cli.commands.asking import agreed
from afterservice_cli.commands.options import JsonOption, YesOption
from afterservice_cli.commands.rows import Layout, Rows, teller, with_layout
from afterservice_cli.decisions.erasing import AGE, ASKED
from afterservice_cli.errors import BadUsage, PartlyDone, Refused
from afterservice_cli.language import listed, tr, tr_many
from afterservice_cli.render.lists.keeping import aged_columns
from afterservice_cli.session import Session
from afterservice_cli.store.copies import backups
from afterservice_cli.store.copies.backups import Manifest
from afterservice_cli.time.instants import from_text, to_local_text, to_text
from afterservice_cli.workflows import keeping


def backup(
    session: Session,
    to: Annotated[
        Path, typer.Argument(metavar="DIR|FILE.tar.gz", help="A folder of backups, or one file: .tar, .tar.gz, .tgz.")
    ],
    keep: Annotated[
        int | None,
        typer.Option("--keep", metavar="N", min=1, max=10_000, help="Remove older backups in the folder beyond N."),
    ] = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Keep the copy even if its check finds something, and remove none.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Copy the desk with its files while others work at it, check the copy, and say its head."""
    if keep is not None:
        session.demand_own_account("backup --keep")
    desk = session.unread_desk() if anyway else session.desk
    at = to_text(session.now() if anyway else desk.now)
    made = backups.make(desk.connection, desk.path, to, at=at, keep=keep, anyway=anyway)
    terminal = session.terminal
    if as_json:
        gone = [str(path) for path in made.gone]
        findings = made.findings.all()
        terminal.write_json({"path": str(made.path), **made.manifest.plain(), "findings": findings, "gone": gone})
        return
    terminal.write(tr("{path}  head {head}", path=made.path, head=made.manifest.point))
    if made.gone:
        terminal.say(tr_many("{count} older backup removed", "{count} older backups removed", len(made.gone)))
    for finding in made.findings.all():
        terminal.say(finding)


def restore(
    session: Session,
    backup: Annotated[Path, typer.Argument(metavar="BACKUP", help="The folder of one backup, or its file.")],
    yes: YesOption = False,
) -> None:
    """Put a backup in the place of the desk; the desk that is there is kept aside.

    Every file of the backup is checked first. What was erased since it was made is erased again.
    """
    from afterservice_cli.workflows.restoring import Who
    from afterservice_cli.workflows.restoring import restore as put_back

    session.demand_own_account("restore")
    target = session.existing_desk or session.new_desk

    def who(zone: ZoneInfo) -> Who:
        return Who(session.now(zone), session.actor, session.clock)

    def may_replace(manifest: Manifest, head: int | None) -> bool:
        return yes or head is None or agreed(session, _replacing(session, manifest, head), tr("replace it?"))

    done = put_back(backup, target, who, agreed=may_replace)
    terminal = session.terminal
    if done is None:
        terminal.say(tr("nothing changed"))
        return
    terminal.write(tr("{path}  head {head}", path=target, head=done.head))
    if done.aside is not None:
        terminal.say(tr("the desk that was there is kept as {path}", path=done.aside))
    if done.lost:
        terminal.say(
            tr_many(
                "{count} event recorded after the backup is in that one only",
                "{count} events recorded after the backup are in that one only",
                done.lost,
            )
        )
    if done.erased:
        terminal.say(tr("erased again: {cases}", cases=listed(done.erased)))
    if done.unread:
        terminal.say(
            tr(
                "the desk that was there could not be read: what was erased in it after {time} is there again",
                time=to_local_text(from_text(done.manifest.made_at), session.rulebook.zone),
            )
        )


def erase(
    session: Session,
    cases: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CASE]…", help="Cases, problems (P2026-001) and measures that are over."),
    ] = None,
    customer: Annotated[
        str | None,
        typer.Option("--customer", metavar="CONTACT", help="All cases of whoever has this contact; - reads stdin."),
    ] = None,
    yes: YesOption = False,
) -> None:
    """Erase what is personal in cases that are over: names, contacts, words, files. It cannot be taken back.

    Of a problem that is closed, and of a measure that is judged, all words go. The history still holds together, and
    reports come out as before. What the rulebook keeps (`archive`) stays until its time is over. Ends with 11 if some
    of a customer's cases stay.
    """
    if bool(cases) == bool(customer):
        raise BadUsage(tr("what is to be erased? – name cases, or --customer CONTACT"))
    kept: Sequence[Refused] = ()
    wanted = cases or []
    if customer:
        of_customer = keeping.of_customer(session.desk, session.terminal.words(customer))
        refused = keeping.refusals(session.desk, keeping.named(session.desk, of_customer))
        wanted, kept = [number for number in of_customer if number not in refused], [*refused.values()]
    if wanted:
        _erase(session, wanted, ASKED, yes=yes)
    for one in kept:
        session.terminal.say(one.message)
    if kept and not wanted:
        raise Refused(tr("none of these cases can be erased now"), hint=kept[0].hint)
    if kept:
        raise PartlyDone(tr_many("{count} case stays", "{count} cases stay", len(kept)), hint=kept[0].hint)


@with_layout
def archive(session: Session, yes: YesOption = False, *, layout: Layout) -> None:
    """List the cases that the rulebook keeps no longer (`archive.keep`); with --yes, erase what is personal in them."""
    terminal, aged = session.terminal, keeping.over_age(session.desk)
    if yes:
        if aged:
            _erase(session, [one.case for one in aged], AGE, yes=True)
        else:
            terminal.say(tr("no case is over its time"))
        return
    rows = Rows(session, layout, aged_columns(teller(session)))
    rows.write(aged, tr_many("{count} case is over its time", "{count} cases are over their time", len(aged)))
    if aged:
        terminal.say(tr("erase what is personal in them: afterservice archive --yes"))


def _erase(session: Session, wanted: Sequence[str], ground: str, *, yes: bool) -> None:
    """Erase what is personal of those named, once it is agreed to; their messages in the outbox go with it."""
    if not yes:
        found = keeping.named(session.desk, wanted)
        for refused in keeping.refusals(session.desk, found).values():
            raise refused  # before it is asked
        what = tr_many(
            "what is personal in {count} case would be erased for good",
            "what is personal in {count} cases would be erased for good",
            len(found.cases),
        )
        if found.problems or found.measures:
            numbers = listed(found.every)
            what = tr("what is personal in {numbers} would be erased for good", numbers=numbers)
        if not agreed(session, what, tr("erase it?")):
            session.terminal.say(tr("nothing changed"))
            return
    done = keeping.erase(session.desk, wanted, ground=ground)
    if session.outbox is not None:
        session.outbox.clear(done.numbers)
    session.terminal.write(tr("erased: {cases}", cases=listed(done.numbers)))
    if done.learnt:
        session.terminal.say(done.learnt)
    session.terminal.say(
        tr(
            "backups, exports and desks put aside that were made before still have it, as have the files that were "
            "imported or attached: remove them, too"
        )
    )


def _replacing(session: Session, manifest: Manifest, head: int) -> str:
    there = session.look()
    made_at = manifest.made_at if there is None else to_local_text(from_text(manifest.made_at), there.rulebook.zone)
    return tr(
        "the desk, which has {there} events, would be replaced by one of {made_at} with {count}",
        there=head,
        made_at=made_at,
        count=manifest.seq,
    )
