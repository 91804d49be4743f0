"""Public data that is not part of the project: where it lies, and how it is read in."""

import csv
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from afterservice_cli.intake.importing import ImportOrder, Summary, import_file
from registers import CHECKOUT, Register, register_in

FOLDER = Path(os.environ.get("AFTERSERVICE_TEST_DATA") or CHECKOUT.parent / "shared" / "data")
PROFILES = CHECKOUT / "examples" / "profiles"


CFPB, CARS = "cfpb_complaints.csv", "car_complaints_bom.csv"


pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not (FOLDER / CFPB).exists(), reason=f"there is no public data in {FOLDER}"),
]


def rows_of(name: str) -> list[dict[str, str]]:
    """The file's rows, read by nothing but the csv module."""
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


MISALIGNED, NYC, TICKETS = "car_complaints_misaligned.csv", "nyc311.csv", "support_tickets.csv"


RECEIVED = {TICKETS: datetime(2023, 5, 31, tzinfo=UTC)}
ANY_DAY = datetime(2026, 10, 1, tzinfo=UTC)


@contextmanager
def imported(folder: Path, name: str, profile: str, file: Path | None = None) -> Iterator[tuple[Register, Summary]]:
    """A register with a table of the folder in it, under the guide."""
    with register_in(folder, "customer-feedback") as register:
        received = None if name in (MISALIGNED, NYC) else RECEIVED.get(name, ANY_DAY)
        rejects = folder / "rejects.csv"
        summary = import_file(
            register.desk, file or FOLDER / name, PROFILES / profile, ImportOrder(rejects, received=received)
        )
        yield register, summary


def rewritten(rows: list[dict[str, str]], file: Path, encoding: str, dates: Mapping[str, str]) -> Path:
    """The rows in another file: in an encoding, its dates in another form by heading."""
    with file.open("w", encoding=encoding, newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        for row in rows:
            told = {h: format(datetime.fromisoformat(row[h]), form) for h, form in dates.items() if row[h]}
            writer.writerow({**row, **told})
    return file


RESPONSE, RESOLUTION = "First Response Time", "Time to Resolution"
