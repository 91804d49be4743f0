"""A case that is worked at from its registration to its closing, with every message on the way."""

import contextlib
import shutil
import sqlite3
from pathlib import Path

import pytest

from afterservice_cli.store import connection
from conftest import calling
from shown_messages import MESSAGES

COURSE: tuple[tuple[str, ...], ...] = (
    ("register", "APP登不上", "--channel", "phone", "--customer", "张伟", "--contact", "13900000012"),
    ("register", "滤芯漏水", "--channel", "app", "--customer", "李娜", "--contact", "li.na@example.com"),
    ("register", "支付失败", "--channel", "phone"),
    ("close", "003", "--resolution", "恢复了", "--confirmed"),
    ("register", "打错了", "--channel", "phone"),
    ("retract", "004", "9", "--reason", "打错了"),
    ("register", "发票错了", "--channel", "phone"),
    ("resolve", "005", "重开了"),
    ("register", "没人接", "--channel", "phone"),
    ("resolve", "006", "回电了"),
    ("confirm", "006", "--no"),
    ("register", "前年的事", "--channel", "phone", "--received-at", "2026-09-30 10:00"),
)


@pytest.fixture(scope="session")
def worked_at(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a desk of a few cases, the files of the messages, and databases that are no desks."""
    folder = tmp_path_factory.mktemp("worked-at")
    shutil.copytree(MESSAGES / "files", folder, dirs_exist_ok=True)
    shutil.copytree(founded, folder, dirs_exist_ok=True)
    with calling(folder) as call:
        for words in COURSE:
            assert call(*words).code == 0, words
    with contextlib.closing(sqlite3.connect(folder / "foreign.db")) as db:
        db.execute("CREATE TABLE customers (name TEXT)")
    shutil.copy2(folder / "afterservice.db", folder / "newer.db")
    with contextlib.closing(sqlite3.connect(folder / "newer.db")) as db:
        db.execute(f"PRAGMA user_version = {connection.SCHEMA_VERSION + 1}")
    return folder
