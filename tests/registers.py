"""A register on a real file, to import into, and everything it holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from afterservice_cli.cases.case import Case, Recorded
from afterservice_cli.cases.fold import fold
from afterservice_cli.cli import run
from afterservice_cli.intake.importing import ImportOrder, Summary, import_file
from afterservice_cli.intake.proposals.opening import propose_profile
from afterservice_cli.intake.proposals.proposal import ProposedProfile
from afterservice_cli.intake.tables.source import opened
from afterservice_cli.store import history
from afterservice_cli.store.integrity import examine
from afterservice_cli.workflows.desk import Desk
from afterservice_cli.workflows.founding import Founder, found_desk

NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)  # a Monday, 9:00 in Shanghai
FOUNDED = datetime(2026, 1, 5, tzinfo=UTC)
CHECKOUT = Path(__file__).parents[1]


class Register:
    """A desk with the few things that tests of an import ask of it."""

    def __init__(self, folder: Path, desk: Desk) -> None:
        self.folder, self.desk = folder, desk

    def proposed(self, file: Path) -> ProposedProfile:
        """The profile that a file suggests, which leaves nothing open."""
        with opened(file) as source:
            proposal = propose_profile(self.desk, source)
        assert proposal.questions == ()
        return proposal

    def read(self, file: Path, profile: Path | ProposedProfile, *, try_only: bool = False) -> Summary:
        """Import a file, and see that the counts add up; rejects go into the register's folder."""
        rejects = self.folder / f"{file.stem}.rejects.csv"
        rejects.unlink(missing_ok=True)
        summary = import_file(self.desk, file, profile, ImportOrder(rejects, try_only=try_only))
        assert summary.read == sum(summary.counts.values())
        assert set(summary.counts) == {"new", "unchanged", "changed", "conflicts", "rejected"}
        return summary

    def events(self) -> list[Recorded]:
        """The whole history in its order."""
        with self.desk.reading() as db:
            cases = [recorded for _, events in history.by_case(db) for recorded in events]
        return sorted(cases, key=lambda recorded: recorded.seq)

    def cases(self) -> list[Case]:
        """Every case, in the order of registration."""
        with self.desk.reading() as db:
            query = "SELECT case_id FROM events WHERE kind = 'CaseRegistered' ORDER BY seq"
            return [fold(history.events_of(db, row[0])) for row in db.execute(query)]

    def tables(self) -> dict[str, list[Any]]:
        """Every row of every table."""
        with self.desk.reading() as db:
            names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: db.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in names}

    def findings(self) -> list[str]:
        """What `check` would say."""
        with self.desk.reading() as db:
            return list(examine(db).all())


@cache
def _founded(rules: str, at: datetime) -> bytes:
    """The file of a new desk, founded once in this process."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "founded.db")
        found_desk(path, rules, founder=Founder(lambda _: at, "test", "given", run), group=None)
        return path.read_bytes()


@contextmanager
def register_in(folder: Path, rules: str, *, now: datetime = NOW, founded: datetime = FOUNDED) -> Iterator[Register]:
    """A new register in a folder, by a shipped rulebook's name or a rulebook's file."""
    path = folder / "afterservice.db"
    path.write_bytes(_founded(rules, founded))
    path.chmod(0o600)  # as it is founded
    desk = Desk(path, now=now, actor="test", clock="given")
    try:
        yield Register(folder, desk)
    finally:
        desk.connection.close()


def one_row(headings: str, **cells: str) -> str:
    """A file of one row: a leak that was told by phone, with what else its cells say."""
    row = {"no": "1", "taken": "2026-10-08 15:00", "via": "phone", "name": "Lin", "text": "it leaks", **cells}
    return f"{headings}\n{','.join(row.get(heading, '') for heading in headings.split(','))}\n"
