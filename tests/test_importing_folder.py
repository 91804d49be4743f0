"""What lies in a folder is read again and again, by a job: what is left over grows no further, and is not lost."""

import re
from pathlib import Path

import pytest

from conftest import Runner
from rulebooks import bare

PROFILE = """\
profile: shop
columns: {number: no, received_at: at, channel: by, description: words}
"""
GOOD, BROKEN = "S-1,2026-10-02 08:10,website,APP打不开\n", "S-2,2026-10-02 08:12,fax,没收到货\n"
CUT = "S-3,2026-10-0"


@pytest.fixture
def folder(desk: Path) -> Path:
    """A folder with two files, one of which has a row that is refused, and one that somebody is still writing."""
    desk.with_name("shop.yaml").write_text(PROFILE, "utf-8")
    folder = desk.parent / "in"
    folder.mkdir()
    head = "no,at,by,words\n"
    (folder / "a.csv").write_text(head + GOOD + BROKEN, "utf-8")
    (folder / "b.csv").write_text(head + GOOD.replace("S-1", "S-9") + CUT, "utf-8")
    return folder


def hour(folder: Path, call: Runner) -> None:
    """Read every file in the folder, as a job does that works in it."""
    for file in sorted(folder.glob("*.csv")):
        assert call("import", file.name, "--profile", "../shop.yaml", cwd=folder).code in (0, 11)


def content(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text("utf-8-sig") for file in sorted(folder.iterdir())}


def test_what_is_left_over_is_not_left_over_again_and_again(folder: Path, call: Runner) -> None:
    for _ in range(4):
        hour(folder, call)
    before = content(folder)
    assert {*before} == {f"{name}{of}.csv" for name in "ab" for of in ("", ".rejects", ".rejects-2", ".rejects-3")}
    hour(folder, call)
    assert content(folder) == before


def test_a_rejects_file_of_which_a_row_is_put_right_stays_as_it_is(folder: Path, call: Runner) -> None:
    (folder / "a.csv").write_text("no,at,by,words\n" + BROKEN + BROKEN.replace("S-2", "S-4"), "utf-8")
    read = ("import", "--profile", "../shop.yaml")
    call(*read, "a.csv", cwd=folder)
    left = folder / "a.rejects.csv"
    left.write_text(left.read_text("utf-8-sig").replace(",S-2,2026-10-02 08:12,fax", ",S-2,2026-10-02 08:12,phone"))
    right = left.read_bytes()
    some = call(*read, left.name, cwd=folder)
    assert (some.code, left.read_bytes()) == (11, right)
    assert "afterservice import a.rejects-2.csv --profile ../shop.yaml" in some.err
    rest = folder / "a.rejects-2.csv"
    assert (rest.read_text("utf-8-sig").count("S-2"), rest.read_text("utf-8-sig").count("S-4")) == (0, 1)
    rest.write_text(rest.read_text("utf-8-sig").replace("fax", "phone"))
    assert call(*read, rest.name, cwd=folder).code == 0
    assert left.read_bytes() == right


def test_a_row_of_an_erased_case_says_once_what_there_is_to_do(folder: Path, call: Runner) -> None:
    read = ("import", "a.csv", "--profile", "../shop.yaml")
    table = folder / "a.csv"
    table.write_text("no,at,by,words\n" + GOOD, "utf-8")
    call(*read, cwd=folder)
    kept = folder.parent / "afterservice.rules.yaml"
    kept.write_text(re.sub(r"^archive:.*(\n .*)*", "", bare(kept.read_text("utf-8")), flags=re.MULTILINE), "utf-8")
    assert call("rules", "adopt", "--yes").code == 0
    call("withdraw", "001", "--reason", "asked")
    assert call("erase", "001", "--yes").code == 0
    assert call(*read, cwd=folder).code == 0, "the same row brings nothing back"
    table.write_text("no,at,by,words\n" + GOOD.replace("APP", "The APP"), "utf-8")
    done = call(*read, cwd=folder)
    assert done.code == 11
    assert "line 2 conflict: 202610-001 was erased, and takes nothing more: take the row out" in done.err
    assert done.err.count("erased") == 1
