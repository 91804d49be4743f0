"""All or nothing: `--strict`."""

from afterservice_cli.intake.importing import ImportOrder, import_file
from shops import ROW, TWO, Shop, but, counted, rejects


def test_with_strict_nothing_goes_in_beside_a_row_that_does_not(shop: Shop) -> None:
    shop.read(ROW)
    tables = shop.register.tables()
    shop.read(but(ROW, model="L5"), TWO, but(TWO, no="3", received=""), try_only=True)
    summary = import_file(shop.desk, shop.file, shop.profile, ImportOrder(shop.folder / "left.csv", strict=True))
    assert counted(summary) == {"changed": 1, "new": 1, "rejected": 1}
    assert shop.register.tables() == tables
    assert [(left["_line"], left["_field"]) for left in rejects(summary)] == [("4", "received_at (received)")]


def test_with_strict_a_file_without_faults_goes_in(shop: Shop) -> None:
    shop.read(ROW, TWO, try_only=True)
    assert counted(import_file(shop.desk, shop.file, shop.profile, ImportOrder(strict=True))) == {"new": 2}
    assert len(shop.register.cases()) == 2
