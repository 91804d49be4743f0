"""What is left of one import after the next: old rejects that are in now go, others stay, and memory stays flat."""

import shlex
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from afterservice_cli.errors import StorageFailed
from afterservice_cli.intake.importing import ImportOrder, Summary, import_file
from afterservice_cli.intake.rejects import SHOWN
from afterservice_cli.store import connection
from conftest import Runner
from shops import COLUMNS, IDENTITY, Shop, counted, rejects

BROKEN = "no,received,text\n1,2026-10-12,broken\n2,,lost\n3,2026-10-12,torn\n"


def read(shop: Shop, text: str = BROKEN, order: ImportOrder | None = None) -> Summary:
    shop.file.write_text(text)
    return import_file(shop.desk, shop.file, shop.profile, order or ImportOrder(shop.folder / "left.csv"))


def names(shop: Shop) -> list[str]:
    return sorted(path.name for path in shop.folder.glob("*left*"))


def test_rejects_whose_rows_are_in_now_are_gone(shop: Shop) -> None:
    assert counted(read(shop)) == {"new": 2, "rejected": 1}
    assert names(shop) == ["left.csv"]
    shop.profile.write_text(COLUMNS.replace("{channel: phone}", "{channel: phone, received_at: 2026-10-01}"))
    done = read(shop)
    assert counted(done) == {"unchanged": 2, "new": 1}
    assert (done.cleared, done.older, names(shop)) == ((shop.folder / "left.csv",), (), [])


@pytest.mark.parametrize("mended", [True, False], ids=["rejects mended by hand", "file put right"])
def test_rejects_that_say_something_else_stay_and_are_named(shop: Shop, mended: bool) -> None:
    read(shop)
    left = shop.folder / "left.csv"
    if mended:
        left.write_text(left.read_text("utf-8-sig").replace("lost", "lost it"), "utf-8")
    before = left.read_bytes()
    done = read(shop, BROKEN if mended else BROKEN.replace("2,,", "2,2026-10-12,"))
    if mended:  # the row is left again, in a file of its own
        assert (done.rejects_file, names(shop)) == (shop.folder / "left-2.csv", ["left-2.csv", "left.csv"])
    else:
        assert (done.cleared, done.older, counted(done)) == ((), (left,), {"unchanged": 2, "new": 1})
    assert left.read_bytes() == before


def test_another_file_of_that_name_is_left_alone_and_not_named(shop: Shop) -> None:
    left = shop.folder / "left.csv"
    left.write_text("no,received,text\n1,2026-10-12,broken\n")
    done = read(shop, "no,received,text\n1,2026-10-12,broken\n")
    assert (done.cleared, done.older, left.exists()) == ((), (), True)


def test_a_dry_run_clears_nothing(shop: Shop) -> None:
    read(shop)
    right = BROKEN.replace("2,,lost\n", "")
    assert read(shop, right, ImportOrder(shop.folder / "left.csv", try_only=True)).cleared == ()
    assert names(shop) == ["left.csv"]


def test_rejects_of_which_all_are_left_still_are_replaced(shop: Shop) -> None:
    read(shop)
    done = read(shop, BROKEN.replace("3,2026-10-12,", "3,,"))
    assert (done.rejects_file, names(shop)) == (shop.folder / "left.csv", ["left.csv"])
    assert [row["no"] for row in rejects(done)] == ["2", "3"]


def stopping() -> Iterator[None]:
    yield
    yield
    yield
    raise KeyboardInterrupt


@pytest.mark.parametrize("profile", [COLUMNS, IDENTITY.replace("[received, name, mobile]", "[text]")])
def test_who_stops_it_finds_the_rows_left_so_far(shop: Shop, profile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "TURN", 0.0)
    shop.profile.write_text(profile)
    text = BROKEN.replace("2,,lost", "2,,lost\n7,,torn") + "4,,worn\n"
    stop = stopping()
    order = ImportOrder(shop.folder / "left.csv", progress=lambda done, total: next(stop))
    stopped = read(shop, text, order)
    assert (stopped.stopped, stopped.left_rows) == (True, {"rejected": 2})
    # Of two alike without a number it is not known yet which is which.
    assert [row["no"] for row in rejects(stopped)] == (["2", "7"] if profile == COLUMNS else ["2"])
    rest = read(shop, text)
    assert [row["no"] for row in rejects(rest)] == ["2", "7", "4"]
    assert names(shop) == ["left.csv"]


def rows(count: int) -> str:
    return "no,received,text\n" + "".join(f"{number},,{'lost ' * 20}{number}\n" for number in range(count))


def traced(shop: Shop, count: int) -> int:
    """The most bytes that Python held while so many rows were rejected."""
    shop.file.write_text(rows(count))
    tracemalloc.start()
    try:
        summary = import_file(shop.desk, shop.file, shop.profile, ImportOrder(shop.folder / f"left-of-{count}.csv"))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert summary.left_rows == {"rejected": count}
    assert len(summary.left) == SHOWN
    return most


def test_memory_does_not_grow_with_rejected_rows(shop: Shop) -> None:
    few, many = traced(shop, 2_000), traced(shop, 12_000)
    assert many < few + 1_000_000


def test_a_rejects_file_that_cannot_be_written_leaves_none(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(StorageFailed):
        read(shop, BROKEN, ImportOrder(tmp_path / "nowhere" / "left.csv"))
    assert shop.register.cases() == []


def test_what_a_pipe_leaves_is_read_as_the_pipe_was(call: Runner, run: Runner, tmp_path: Path) -> None:
    """Nobody can read a pipe twice: how it was read is kept beside the rows that it leaves, and edits of it stay."""
    call("init", "--rules", "minimal")
    piped = "编号,时间,内容\n7,20/8/2026,壶坏了\n8,21/8/2026,盖掉了\n9,,壶裂了\n".encode()
    done = run("import", "-", stdin=piped)
    assert done.code == 11, done.err
    command = "afterservice import stdin.rejects.csv --profile stdin.rejects.yaml"
    assert command in done.err
    left = tmp_path / "stdin.rejects.csv"
    left.write_text(left.read_text("utf-8-sig").replace("9,,", "9,2/9/2026,"), "utf-8")
    again = call(*shlex.split(command)[1:])
    assert (again.code, again.out) == (0, "1 read: 1 new, 0 unchanged, 0 changed, 0 conflicts, 0 rejected\n")
    assert '"registered_at":"2026-09-0' in call("show", "9", "--json").out.replace(" ", "")
    kept = tmp_path / "stdin.rejects.yaml"
    kept.write_text(kept.read_text("utf-8") + "# mine\n", "utf-8")
    left.unlink(missing_ok=True)
    assert "--profile stdin.rejects-2.yaml" in run("import", "-", stdin=piped).err
    assert kept.read_text("utf-8").endswith("# mine\n")
