"""A file that is read in several transactions: between two others come first, and whoever stops leaves whole cases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import rulebooks
from afterservice_cli.cli import run
from afterservice_cli.decisions.intake import Draft
from afterservice_cli.errors import Conflict
from afterservice_cli.intake import identity
from afterservice_cli.intake.importing import ImportOrder, Summary, import_file
from afterservice_cli.store import connection
from afterservice_cli.workflows import recording
from afterservice_cli.workflows.desk import Desk
from afterservice_cli.workflows.founding import adopt, prepare
from shops import COLUMNS, IDENTITY, ROW, Shop, but, counted

ROWS = [but(ROW, no=str(number), name=f"Wang {number}") for number in range(6)]


@pytest.fixture(autouse=True)
def _a_transaction_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "TURN", 0.0)


def read_while(shop: Shop, between: Iterator[None], *, try_only: bool = False) -> Summary:
    """Read the rows, and let something happen after each of them."""
    shop.file.write_text(
        "no,received,via,name,mobile,text,model\n" + "".join(f"{','.join(row.values())},\n" for row in ROWS)
    )

    def progress(done: int, total: int) -> None:
        assert total == len(ROWS)
        next(between, None)

    rejects = shop.folder / "cases.rejects.csv"
    return import_file(shop.desk, shop.file, shop.profile, ImportOrder(rejects, try_only=try_only, progress=progress))


def at_another_place(shop: Shop) -> Desk:
    return Desk(shop.desk.path, now=shop.desk.now, actor="li", clock="system")


def registering(desk: Desk) -> Iterator[None]:
    """Somebody registers two cases."""
    for _ in range(2):
        with recording.writing(desk) as writer:
            writer.register(Draft({"channel": "phone", "description": "I wish for more"}))
        yield


def test_others_come_first_between_two_transactions(shop: Shop) -> None:
    other = at_another_place(shop)
    summary = read_while(shop, registering(other))
    assert counted(summary) == {"new": 6}
    actors = [recorded.actor for recorded in shop.of_cases()]
    assert actors == ["test", "li", "test", "li", *["test"] * 4]
    assert shop.register.findings() == []


def stopping() -> Iterator[None]:
    yield
    yield
    raise KeyboardInterrupt


def test_who_stops_it_has_whole_cases_and_reads_the_rest_later(shop: Shop) -> None:
    stopped = read_while(shop, stopping())
    assert (counted(stopped), stopped.stopped, stopped.read) == ({"new": 3}, True, 3)
    assert len(shop.register.cases()) == 3
    assert "ImportFinished" not in [type(recorded.event).__name__ for recorded in shop.register.events()]
    rest = read_while(shop, iter(()))
    assert (counted(rest), rest.stopped) == ({"new": 3, "unchanged": 3}, False)
    assert len(shop.register.cases()) == 6
    assert shop.register.findings() == []


def reading(desk: Desk, shop: Shop) -> Iterator[None]:
    """Somebody reads the same file to its end."""
    yield
    assert counted(import_file(desk, shop.file, shop.profile)) == {"new": 4, "unchanged": 2}
    yield


ALIKE = IDENTITY.replace("[received, name, mobile]", "[received, mobile]")


@pytest.mark.parametrize("profile", [COLUMNS, ALIKE], ids=["numbered", "alike"])
def test_what_others_read_meanwhile_is_known(shop: Shop, profile: str) -> None:
    shop.profile.write_text(profile)
    assert counted(read_while(shop, reading(at_another_place(shop), shop))) == {"new": 2, "unchanged": 4}
    assert len(shop.register.cases()) == 6
    assert counted(read_while(shop, iter(()))) == {"unchanged": 6}
    assert shop.register.findings() == []


def test_a_dry_run_in_several_transactions_records_nothing(shop: Shop) -> None:
    before = shop.register.tables()
    assert counted(read_while(shop, iter(()), try_only=True)) == {"new": 6}
    assert shop.register.tables() == before


def adopting(desk: Desk, folder: Path) -> Iterator[None]:
    """Somebody adopts a rulebook by which what is broken is another team's."""
    rules = folder / "shop.rules.yaml"
    yield
    rules.write_text(rulebooks.text("shop", ("owner: tech", "owner: desk")))
    adopt(desk, prepare(desk, rules, run))
    yield


def test_a_rulebook_adopted_meanwhile_ends_it_and_decides_on_the_rows_that_follow(shop: Shop) -> None:
    said = "another rulebook was adopted meanwhile; 2 rows that were read before are in the register"
    with pytest.raises(Conflict, match=said):
        read_while(shop, adopting(at_another_place(shop), shop.folder))
    assert counted(read_while(shop, iter(()))) == {"new": 4, "unchanged": 2}
    owners = [case.value("owner") for case in shop.register.cases()]
    assert owners == ["tech", "tech", *["desk"] * 4]
    assert shop.register.findings() == []


def growing(file: Path) -> Iterator[None]:
    """Another program goes on writing the file."""
    yield
    with file.open("a") as out:
        out.write("7,2026-10-13 09:30,Tel,Zhao,139,it is broken,\n")
    yield


def test_a_file_that_grows_ends_it_and_what_is_in_the_register_is_said(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "_AT_ONCE", 1)
    said = "cases.csv was changed while it was read .*; 6 rows that were read before are in the register"
    with pytest.raises(Conflict, match=said) as refused:
        read_while(shop, growing(shop.file))
    assert refused.value.hint == "the same command reads the rest"
    assert len(shop.register.cases()) == 6
    with pytest.raises(Conflict, match=r"import it once it is written$"):  # tried only, nothing is in the register
        read_while(shop, growing(shop.file), try_only=True)
