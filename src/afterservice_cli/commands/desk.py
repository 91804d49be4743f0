"""The desk itself: making one, and checking that it holds together."""

from typing import Annotated

import typer

from afterservice_cli.commands.options import session_of
from afterservice_cli.errors import IntegrityBroken


def init(
    context: typer.Context,
    rules: Annotated[
        str, typer.Option("--rules", metavar="NAME|FILE", help="A rulebook that comes with the program, or your own.")
    ] = "customer-feedback",
    group: Annotated[
        str | None, typer.Option("--group", metavar="GROUP", help="Let the members of a group work at it, too.")
    ] = None,
) -> None:
    """Make a desk: one SQLite file, and its rulebook beside it."""
    session = session_of(context)
    desk = session.found_desk(rules=rules, group=group)
    session.write(f"desk {desk.path}")
    session.write(f"rulebook {desk.rules_file} ({desk.rulebook.name}, {desk.rulebook.hash[:12]})")
    if group:
        session.say(f"{desk.path.resolve().parent} belongs to the group '{group}' now; its members may write there")
    session.say("next: afterservice register, or afterservice import FILE.csv --profile PROFILE.yaml")


def check(
    context: typer.Context,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make the tables anew from the history, if the history holds together.")
    ] = False,
) -> None:
    """Verify the history, that every table follows from it, and that every file is there; silent when all is well."""
    session = session_of(context)
    found = session.integrity_findings()
    rebuilt = rebuild and not found.history
    if rebuilt:
        session.rebuild_tables()
        found = session.integrity_findings()
    for finding in found.all():
        session.write(finding)
    if found.all():
        told = "the tables were rebuilt" if rebuilt else "nothing was changed"
        hint = "the history holds together – afterservice check --rebuild"
        if found.all() != found.tables:
            hint = "compare with a backup"
        raise IntegrityBroken(f"{len(found.all())} finding(s); {told}", hint=hint)
