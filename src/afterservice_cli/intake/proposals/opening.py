"""A table opened by the profile that is given, or by the one that it suggests itself."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from afterservice_cli.files.input_file import content_of
from afterservice_cli.intake.proposals.columns import demand_columns
from afterservice_cli.intake.proposals.drafting import profile_text
from afterservice_cli.intake.proposals.proposal import ProposedProfile
from afterservice_cli.intake.proposals.proposing import propose
from afterservice_cli.intake.proposals.sampling import reader_of, sampled
from afterservice_cli.intake.reading.profile import Profile, read_profile
from afterservice_cli.intake.tables.source import SourceFile
from afterservice_cli.intake.tables.table import NOTHING, FileOptions, Table, table_of
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.workflows.desk import Desk


def propose_profile(
    desk: Desk,
    source: SourceFile,
    asked: FileOptions = NOTHING,
    dates: Sequence[str] = (),
    undated: str | None = None,
    *,
    dated: bool = False,
) -> ProposedProfile:
    """Return the profile that a table itself suggests under the rulebook in force; see `propose`."""
    reader = reader_of(dates)
    with table_of(source, set(), asked) as table:
        sample = sampled(table.headings, table.rows(), reader, table.doubled)
        return propose(sample, desk.rulebook, dates, undated, dated=dated)


def opened_by(
    source: SourceFile,
    by: Path | ProposedProfile,
    rulebook: Rulebook,
    asked: FileOptions,
    dated: bool,
    stack: ExitStack,
) -> tuple[Profile, Table]:
    """Return a profile and the table that is read by it, open until the stack ends.

    If its rows are `dated` elsewhere, it needs no column that says when they came in.
    """
    if isinstance(by, ProposedProfile):
        data, called = profile_text(by).encode(), by.name
    else:
        data, called = content_of(by), str(by)
    profile = read_profile(data, called, rulebook, dated=dated)
    wanted = FileOptions(asked.encoding or profile.encoding, asked.sheet or profile.sheet)
    table = stack.enter_context(table_of(source, profile.headings(), wanted))
    demand_columns(profile, table, dated=dated)
    if table.sheet is not None:
        profile = profile.but(dates=profile.dates.with_iso())  # as the cells of a sheet are written
    return profile, table
