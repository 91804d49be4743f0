"""A copy for other programs is of one instant, though it is fetched in parts and others write between them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from afterservice_cli.store.connection import Connection
from afterservice_cli.store.copies import fetching
from afterservice_cli.store.copies.described import public
from conftest import Runner, query
from filled_desks import FEW, MANY, filled
from rulebooks import bare

FILE = "number,received,description,channel\nA1,2026-10-10 09:00,坏了,phone\nA2,2026-10-10 10:00,裂了,phone\n"
PROFILE = """
profile: file
columns: {number: number, received_at: received, description: description, channel: channel}
"""
WORDS = "张三丰的门把手"
MEANWHILE: tuple[tuple[str, ...], ...] = (
    ("note", "001", "来过电话"),
    ("register", "又坏了", "--channel", "phone"),
    ("screen", "001", "--valid"),
    ("retract", "002", "8", "--reason", "错了"),
    ("link", "003", "004"),
    ("merge", "002", "001", "--reason", "同一件"),
    ("problem", "open", "开裂", "--case", "003", "--by", "tech", "--until", "2026-11-20"),
    ("problem", "note", "1", "在查"),
    ("rules", "adopt", "--yes"),
    ("import", "--undo", "last", "--yes"),
    ("import", "file.csv", "--profile", "file.yaml"),
    ("erase", "005", "--yes"),
    ("check", "--rebuild"),
    ("note", "004", "完了"),
)


@pytest.fixture
def worked(desk: Path, call: Runner) -> Path:
    """A desk with what may be taken back, erased and adopted."""
    folder = desk.parent
    (folder / "file.csv").write_text(FILE, "utf-8")
    (folder / "file.yaml").write_text(PROFILE, "utf-8")
    rules = folder / "afterservice.rules.yaml"
    plain = bare(rules.read_text("utf-8")).replace("\narchive: {keep: 3y}", "")
    plain = plain.replace("\nfields:", "\nfields:\n  shelf: {title: 货架, personal: false}", 1)
    rules.write_text(plain, "utf-8")
    assert call("rules", "adopt", "--yes").code == 0
    for number in range(1, 6):
        assert call("register", f"门坏了 {number}", "--channel", "phone", "--field", f"shelf={WORDS}").code == 0
    assert call("screen", "002", "--valid").code == 0  # event 8
    assert call("screen", "005", "--invalid", "advertising").code == 0
    assert call("import", "file.csv", "--profile", "file.yaml").code == 0
    rules.write_text(plain.replace("personal: false", "personal: true") + "\n# later\n", "utf-8")
    return desk


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Have something done before each part, the first excepted; a part is two rows."""

    def doing(what: Callable[[], object]) -> None:
        monkeypatch.setattr(fetching, "PART", 2)
        part, begun = fetching._part, list[int]()

        def after_others(db: Connection, rows: int) -> tuple[int, bool]:
            if begun:
                what()
            begun.append(rows)
            return part(db, rows)

        monkeypatch.setattr(fetching, "_part", after_others)

    return doing


def said_by(file: Path) -> dict[str, list[str]]:
    """The rows of each public table of a desk, or of a copy."""
    return {
        name: sorted(map(repr, query(file, f"SELECT {', '.join(columns)} FROM {name}"))) for name, columns in public()
    }


def test_what_others_do_between_the_parts_is_in_the_copy_whole(
    worked: Path, call: Runner, between: Callable[[Callable[[], object]], None]
) -> None:
    left = iter(MEANWHILE)
    done: list[tuple[object, ...]] = []

    def one_more() -> None:
        if words := next(left, None):
            result = call(*words)
            done.append((words, result.code, result.err if result.code else ""))

    between(one_more)
    told = json.loads(call("export", "--sqlite", "copy.db", "--json").out)
    assert done == [(words, 0, "") for words in MEANWHILE]

    copy = worked.parent / "copy.db"
    content = copy.read_bytes()
    assert WORDS.encode() not in content, "the field became personal while it was read"
    desk, hidden = said_by(worked), ("case_fields", "decisions", "cases")
    assert {name: rows for name, rows in said_by(copy).items() if name not in hidden} == {
        name: rows for name, rows in desk.items() if name not in hidden
    }
    origin = {str(key): value for key, value in query(copy, "SELECT key, value FROM origin")}
    assert origin["rulebook_hash"] == query(worked, "SELECT value FROM desk WHERE key = 'rulebook'")[0][0]
    assert call("check", "--head", told["head"]).code == 0
    call("export", "--sqlite", "after.db")
    assert content == (worked.parent / "after.db").read_bytes(), "as one that nobody wrote beside"


def test_a_copy_comes_to_its_end_though_the_tables_are_made_anew_all_the_time(
    worked: Path, call: Runner, between: Callable[[Callable[[], object]], None]
) -> None:
    call("export", "--sqlite", "before.db")
    rebuilt: list[int] = []
    between(lambda: rebuilt.append(call("check", "--rebuild").code))
    assert call("export", "--sqlite", "copy.db").code == 0
    assert rebuilt == [0, 0, 0, 0], "twice before the second part, and before all at one go"
    assert (worked.parent / "copy.db").read_bytes() == (worked.parent / "before.db").read_bytes()


def test_nobody_waits_for_more_than_a_part(tmp_path: Path, call: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "PART", 20)
    part, steps = fetching._part, list[int]()

    def counted(db: Connection, rows: int) -> tuple[int, bool]:
        steps.append(0)

        def step() -> None:
            steps[-1] += 1

        db.set_progress_handler(step, 10)
        try:
            return part(db, rows)
        finally:
            db.set_progress_handler(None, 0)

    monkeypatch.setattr(fetching, "_part", counted)
    most: dict[int, tuple[int, int]] = {}
    for cases in (FEW, MANY):
        filled(tmp_path / str(cases) / "d.db", cases)
        steps.clear()
        assert call("export", "--db", f"{cases}/d.db", "--sqlite", f"{cases}/copy.db").code == 0
        most[cases] = (len(steps), max(steps))
        ((copied,),) = query(tmp_path / str(cases) / "copy.db", "SELECT count(*) FROM cases")
        assert copied == cases
    (few, small), (many, large) = most[FEW], most[MANY]
    assert many > 5 * few
    assert large < 1.2 * small
