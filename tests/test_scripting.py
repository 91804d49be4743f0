"""The page on scripts: its commands in order, its crontab under cron's bare environment, the report's script.

UPDATE_TRANSCRIPTS=1 writes what the commands say into the pages.
"""

import contextlib
import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from afterservice_cli.errors import Problem
from afterservice_cli.store.schema import TRIGGERS
from conftest import Runner, query
from consoles import played

ROOT = Path(__file__).parents[1]
PAGES = {"en": ROOT / "docs" / "scripting.md", "zh": ROOT / "docs" / "zh" / "scripting.md"}
REPORT = ROOT / "examples" / "monthly-report.sh"
PROGRAM = Path(sys.executable).with_name("afterservice")
BARE = {"PATH": "/usr/bin:/bin"}


@pytest.mark.parametrize("language", PAGES)
def test_it_goes_as_it_is_told(language: str, tmp_path: Path, call: Runner) -> None:
    page = PAGES[language]
    written = page.read_text("utf-8")
    actual = played(written, call, tmp_path, language)
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        page.write_text(actual, "utf-8")
    assert actual.splitlines() == written.splitlines()


@pytest.mark.parametrize("language", PAGES)
def test_every_exit_code_is_listed(language: str) -> None:
    listed = [int(code) for code in re.findall(r"^\| (\d+) \|", PAGES[language].read_text("utf-8"), re.MULTILINE)]
    assert listed == [*range(12), 20, 21, 130]
    assert {kind.exit_code for kind in Problem.__subclasses__()} <= set(listed)


@pytest.mark.parametrize("language", PAGES)
def test_the_crontab_works(language: str, desk: Path, tmp_path: Path, call: Runner) -> None:
    (tmp_path / "photo.txt").write_text("x")
    for words in ("register 门铃坏了 --channel phone --received-at -30d", "attach last photo.txt"):
        assert call(*words.split(), now=None).code == 0
    for name in ("outbox", "reports", "in", "left"):
        (tmp_path / name).mkdir()
    (tmp_path / "shop.yaml").write_text("profile: shop\ncolumns: {number: no, received_at: at, description: words}\n")
    (tmp_path / "shop.csv").write_text("no,at,words\n1,2026-01-05 09:00,x\n")
    (tmp_path / "in" / "half.csv").write_text("no,at,words\n7,2026-01-05 09:00,y\n8,2026-0")
    (tmp_path / "in" / "none.csv").touch()
    settings, jobs = _crontab(PAGES[language], tmp_path)
    assert {name for name, _ in settings} == {
        "AFTERSERVICE",
        "AFTERSERVICE_DB",
        "AFTERSERVICE_LANG",
        "AFTERSERVICE_AS",
        "AFTERSERVICE_OUTBOX",
    }
    (imports, folder, escalation, due, backup, report) = [_bare(job, dict(settings), tmp_path) for job in jobs]
    assert imports[0] == 0
    assert "shop.rejects.csv" in imports[1]
    assert (tmp_path / "shop.rejects.csv").is_file()
    assert folder[0] == 0
    assert re.findall(r"^[a-z]+\.csv: ", folder[1], re.MULTILINE) == ["half.csv: ", "none.csv: "]
    assert [file.name for file in (tmp_path / "left").iterdir()] == ["half.csv"]
    assert (escalation, backup[0]) == ((0, ""), 0)
    assert re.fullmatch(r"backup/afterservice-\w+  \S+ \d+:[0-9a-f]{64}\n", backup[1])
    assert [file.read_text("utf-8") for file in (tmp_path / "outbox").iterdir()] != []
    assert due[0] == 0
    assert re.search(r" \d{6}-001 ", due[1])
    (copy,) = (tmp_path / "backup").rglob(desk.name)
    assert query(copy, "SELECT max(seq) FROM events") == query(desk, "SELECT max(seq) FROM events")
    assert [file.read_text() for file in copy.with_name("afterservice.files").rglob("*") if file.is_file()] == ["x"]
    (text,) = (tmp_path / "reports").glob("*.txt")
    assert report[0] == 0
    assert f"{text} " in report[1]
    assert text.read_text("utf-8").startswith({"en": "Monthly report", "zh": "月度报告"}[language])


def test_the_report_says_where_the_program_is_missed(desk: Path, tmp_path: Path) -> None:
    code, said = _bare(f"sh {REPORT} {desk} {tmp_path}", {}, tmp_path)
    assert (code, "AFTERSERVICE=" in said) == (127, True)
    assert list(tmp_path.glob("*.txt")) == []


@pytest.mark.parametrize("words", ["", "{desk}", '{desk} ""', '"" {folder}'])
def test_the_report_says_what_it_needs_and_writes_nowhere_else(words: str, desk: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    given = words.format(desk=desk, folder=tmp_path)
    code, said = _bare(f"sh {REPORT} {given}", {"AFTERSERVICE": str(tmp_path / "unused")}, tmp_path)
    assert (code, said) == (2, "monthly-report.sh: usage: monthly-report.sh DESK REPORTS [MONTH]\n")
    assert sorted(tmp_path.iterdir()) == before


def test_the_report_of_a_month(desk: Path, tmp_path: Path) -> None:
    code, said = _bare(f"sh {REPORT} {desk} {tmp_path} 2020-01", {"AFTERSERVICE": str(PROGRAM)}, tmp_path)
    assert code == 0
    assert f"{tmp_path}/2020-01.txt " in said
    assert json.loads((tmp_path / "2020-01.json").read_text())["period"] == "2020-01"


def test_no_report_from_a_history_that_was_altered(desk: Path, tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(desk)) as db, db:
        db.execute("DROP TRIGGER runs_are_not_changed")
        db.execute("UPDATE runs SET actor = 'nobody'")
        db.execute(f"CREATE TRIGGER runs_are_not_changed {TRIGGERS['runs_are_not_changed']}")
    code, _ = _bare(f"sh {REPORT} {desk} {tmp_path} 2020-01", {"AFTERSERVICE": str(PROGRAM)}, tmp_path)
    assert (code, list(tmp_path.glob("2020-01.*"))) == (9, [])


def _crontab(page: Path, folder: Path) -> tuple[list[tuple[str, str]], list[str]]:
    """The settings and the commands of the page's crontab, its places put into `folder`."""
    (text,) = re.findall(r"^```crontab\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    text = text.replace("/opt/afterservice/monthly-report.sh", f"sh {REPORT}").replace("/srv/desk", str(folder))
    lines = text.replace("/opt/afterservice/bin/afterservice", str(PROGRAM)).splitlines()
    lines = [line for line in lines if line and not line.startswith("#")]
    settings = [line.split("=", 1) for line in lines if re.match(r"\w+=", line)]
    jobs = [line.split(maxsplit=5)[5] for line in lines if not re.match(r"\w+=", line)]
    assert not re.search(r"(?<!\\)%", " ".join(jobs)), "cron takes % for the end of a line"
    return [(name, value) for name, value in settings], [job.replace("\\%", "%") for job in jobs]


def _bare(job: str, settings: dict[str, str], folder: Path) -> tuple[int, str]:
    """A job as cron runs it: the shell, hardly any environment, the streams together."""
    done = subprocess.run(
        ["/bin/sh", "-c", job],
        env=BARE | settings,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout.decode()
