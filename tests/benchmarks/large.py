"""A desk of a million cases: a true one of 20,000 with their courses, imported, whose rows are multiplied by SQL.

What is multiplied: every table with cases in it, the history among them, each copy under numbers, customers and times
of its own. What is not: hashes, and times within JSON, so that `check` is for the true desk alone.
"""

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from bench import AFTERSERVICE
from imports import CHANNELS, DEMANDS, IMPACTS, KINDS, NAMES, PIECES, PRODUCTS, TIERS, timed, write_rulebook

from afterservice_cli.store.projections.told import FOREVER, NUMBERS
from afterservice_cli.store.schema import BY_KEY, KEYS

TRUE = 20_000  # cases of the true desk
DAYS = 28  # over which they come in: whole weeks, so that copies lie on the same weekdays
START = datetime(2024, 1, 8)
PERIODS = 25  # of so many days, each with two copies: a million cases up to 2025-12-08
NOW = "2025-12-10 09:00"
MONTH = "2025-11"  # the last whole month
COURSE = (
    *("replied", "responded", "paused", "resumed", "resolved", "confirmed", "rated", "closed"),
    *("reopened", "resolved again", "closed again", "withdrawn"),
)
HEADINGS = (
    *("number", "received", "channel", "kind", "customer", "contact", "product", "order", "tier", "impact", "demand"),
    *("text", *COURSE, "stars"),
)
PROFILE = """
profile: large
columns: {number: number, received_at: received, channel: channel, kind: kind, customer: customer, contact: contact,
  product: product, order_number: order, customer_tier: tier, impact: impact, demand: demand, description: text}
dates: ["%Y-%m-%d %H:%M"]
course:
  - {event: replied, at: replied}
  - {event: responded, at: responded}
  - {event: paused, at: paused, for: customer}
  - {event: resumed, at: resumed}
  - {event: resolved, at: resolved}
  - {event: confirmed, at: confirmed}
  - {event: rated, at: rated, score: stars}
  - {event: closed, at: closed}
  - {event: reopened, at: reopened}
  - {event: resolved, at: resolved again}
  - {event: closed, at: closed again}
  - {event: withdrawn, at: withdrawn}
"""
# Columns with times that a copy moves.
TIMES = (
    *("occurred_at", "registered_at", "responded_at", "resolved_at", "closed_at", "promised_at", "from_at", "due_at"),
    *("warn_at", "ended_at", "paused_at", "opened_at", "done_at", "at", "since"),
)
# Tables whose rows are of no case, and are taken as they are.
SHARED = ("runs", "shapes", "snapshots", "desk", "parts", "terms")
# The others: columns that count over all copies, and those that name a case or a customer.
COUNTED, CASES = ("seq", "first"), ("case_id", "other", "merged_into")


def make_true(folder: Path, cases: int = TRUE) -> tuple[Path, float]:
    """Import a true desk unless it is there already; return its file and what the import took of the processor."""
    desk = folder / f"true-{cases}" / "desk.db"
    took = desk.with_name("took")
    if not took.exists():
        desk.parent.mkdir(parents=True, exist_ok=True)
        write_rulebook(desk.with_name("rules.yaml"))
        desk.with_name("profile.yaml").write_text(PROFILE, "utf-8")
        with desk.with_name("rows.csv").open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow(HEADINGS)
            writer.writerows(_rows(cases))
        program = [AFTERSERVICE, "--db", str(desk), "--now", NOW]
        timed([*program, "init", "--rules", "rules.yaml"], desk.parent)
        seconds, _ = timed([*program, "import", "rows.csv", "--profile", "profile.yaml"], desk.parent)
        took.write_text(str(seconds))
    return desk, float(took.read_text())


def _rows(cases: int) -> Iterator[list[str]]:
    """Yield rows with their courses: about five events each, one case in a hundred never ends."""
    chance = Random(1)
    for number in range(cases):
        day = START + timedelta(days=number * DAYS // cases)
        at = day + timedelta(hours=8, minutes=chance.randrange(720))
        name = "".join(chance.choices(NAMES, k=chance.choice((2, 3))))
        told = [
            *(f"L{number:08}", _text(at), chance.choice(CHANNELS), chance.choice(KINDS), name),
            *(f"1{3 * 10**9 + chance.randrange(cases):010}", chance.choice(PRODUCTS), f"{chance.randrange(10**9):09}"),
            *(
                chance.choice(TIERS),
                chance.choice(IMPACTS),
                chance.choice(DEMANDS),
                "，".join(chance.sample(PIECES, 2)),
            ),
        ]
        course = _course(chance, at)
        stars = str(min(5, 1 + int(5 * chance.random() ** 0.6))) if "rated" in course else ""
        yield [*told, *(_text(course[word]) if word in course else "" for word in COURSE), stars]


def _course(chance: Random, at: datetime) -> dict[str, datetime]:
    """Return when what happened to a case."""
    course: dict[str, datetime] = {}

    def then(word: str, hours: float) -> None:
        nonlocal at
        at += timedelta(minutes=1 + int(60 * hours * chance.expovariate(1)))
        course[word] = at

    if chance.random() < 0.01:
        then("withdrawn", 10)
        return course
    if chance.random() < 0.1:
        then("replied", 3)
    then("responded", 5)
    if chance.random() < 0.01:
        return course
    if chance.random() < 0.04:
        then("paused", 5)
        then("resumed", 30)
    then("resolved", 40)
    if chance.random() < 0.7:
        then("confirmed", 10)
        if chance.random() < 0.6:
            then("rated", 2)
    then("closed", 20)
    if chance.random() < 0.04:
        for word, hours in (("reopened", 60), ("resolved again", 30), ("closed again", 20)):
            then(word, hours)
    return course


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")


def multiply(true: Path, to: Path, copies: int) -> None:
    """Make a desk of so many copies of a true one, two in each period of four weeks, up to the last one."""
    timed([AFTERSERVICE, "--db", str(to), "init", "--rules", str(true.with_name("rules.yaml"))], to.parent)
    with closing(sqlite3.connect(to, isolation_level=None)) as db:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000", "foreign_keys=OFF"):
            db.execute(f"PRAGMA {pragma}")
        db.execute("ATTACH ? AS base", (str(true),))
        made = db.execute(
            "SELECT type, name, sql FROM main.sqlite_master WHERE type IN ('index', 'trigger') AND sql <> ''"
        ).fetchall()
        for kind, name, _ in made:
            db.execute(f'DROP {kind} "{name}"')
        tables = [name for (name,) in db.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
        db.execute("BEGIN")
        for name in tables:
            db.execute(f"DELETE FROM {name}")
            if name in SHARED:
                db.execute(f"INSERT INTO {name} SELECT * FROM base.{name}")
        db.execute("CREATE TEMP TABLE renamed (old TEXT PRIMARY KEY, new TEXT, series TEXT, serial INT) WITHOUT ROWID")
        cases = db.execute("SELECT case_id, registered_at FROM base.cases ORDER BY registered_at, serial").fetchall()
        db.execute("INSERT INTO events SELECT * FROM base.events WHERE case_id = 'desk'")
        serials: dict[str, int] = {}
        for copy in range(copies):
            days = DAYS * (PERIODS - 1 - (copies - 1 - copy) // 2)
            moved = timedelta(days=days, seconds=copy % 2 * 611)
            db.execute("DELETE FROM renamed")
            db.executemany("INSERT INTO renamed VALUES (?,?,?,?)", _renamed(cases, moved, serials))
            for name in tables:
                if name not in SHARED:
                    _copy(db, name, copy, moved)
        db.execute("COMMIT")
        for _, _, sql in sorted(made):
            db.execute(sql)
        db.execute("DETACH base")


def _renamed(
    cases: list[tuple[str, str]], moved: timedelta, serials: dict[str, int]
) -> Iterator[tuple[str, str, str, int]]:
    """Yield the number that each case has in a copy."""
    for case, at in cases:
        local = datetime.fromisoformat(at) + moved + timedelta(hours=8)
        month = f"{local:%Y%m}"
        serials[month] = serials.get(month, 0) + 1
        yield case, f"{month}-{serials[month]:03}", f"{month}-*", serials[month]


def _copy(db: sqlite3.Connection, name: str, copy: int, moved: timedelta) -> None:
    """Copy the rows of cases of a table, each under its own number, customer and time."""
    kinds = {row[1]: row[2] for row in db.execute(f"PRAGMA main.table_info({name})")}
    columns = list(kinds)
    seconds = int(moved.total_seconds())
    told = []
    for column in columns:
        if column in CASES:
            told.append("n.new" if column == "case_id" else f"(SELECT new FROM renamed WHERE old = b.{column})")
        elif column in ("series", "serial"):
            told.append(f"n.{column}")
        elif column in COUNTED:
            told.append(f"b.{column} + {copy} * 10000000")
        elif column == "customer_id" or (name, column) in (("customers", "contact"), ("cases", "source_identity")):
            told.append(f"b.{column} || '-{copy}'")
        elif column in TIMES and kinds[column] == "INTEGER":
            told.append(f"iif(b.{column} = {FOREVER}, b.{column}, b.{column} + {seconds})")
        elif (name, column) == ("told", "number"):
            told.append(f"iif(b.what = {NUMBERS['backlog']}, b.number + {seconds}, b.number)")
        elif column == "alike":  # customers of different copies are different ones
            told.append(f"b.alike - {copy}")
        elif column in TIMES:
            told.append(f"strftime('%Y-%m-%dT%H:%M:%SZ', b.{column}, '+{seconds} seconds')")
        else:
            told.append(f"b.{column}")
    source = f"base.{name} b"
    if "case_id" in columns:
        source += " JOIN renamed n ON n.old = b.case_id ORDER BY b.rowid"
        if name in BY_KEY:
            source = source.replace("ORDER BY b.rowid", "ORDER BY " + ", ".join(f"b.{key}" for key in KEYS[name]))
    elif name == "personal":
        source += " WHERE b.seq IN (SELECT seq FROM base.events JOIN renamed ON old = case_id)"
    elif name != "customers" and "first" not in columns:
        return
    db.execute(f"INSERT INTO {name} ({', '.join(columns)}) SELECT {', '.join(told)} FROM {source}")
