"""What one run needs: the clock, who acts, the desk, the screen. The only place that imports inside functions."""

import json
import os
import pwd
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from afterservice_cli.decisions.checks import check_text
from afterservice_cli.desk import Desk
from afterservice_cli.errors import BadInput, BadUsage, NotFound, Refused
from afterservice_cli.instants import parse_instant, to_text
from afterservice_cli.render.rows import FORMATS, Column, write_rows
from afterservice_cli.render.text import escaped, safe_text
from afterservice_cli.rulebook.model import Rulebook, file_digest
from afterservice_cli.store import files, queries
from afterservice_cli.store.schema import FINGERPRINT
from afterservice_cli.worktime import Calendar

if TYPE_CHECKING:
    from afterservice_cli.founding import Founded
    from afterservice_cli.intake.importing import Summary
    from afterservice_cli.rulebook.compiling import Compiled
    from afterservice_cli.store.integrity import Findings

DESK_FILE = "afterservice.db"


class Session:
    """One run of the program. Nothing is opened, read or imported before a command asks for it."""

    def __init__(
        self,
        *,
        db: Path | None = None,
        now: str | None = None,
        claim: str | None = None,
        expected: int | None = None,
        outbox: Path | None = None,
    ) -> None:
        self._db, self._given_now, self._claim, self._expected, self.outbox = db, now, claim, expected, outbox
        self._desk: Desk | None = None
        self._stdin_is_read = False

    # --- who and when -------------------------------------------------------------------------------------------

    @property
    def clock(self) -> str:
        """Where the time comes from: `system`, or `given` on the command line."""
        return "given" if self._given_now else "system"

    def now(self, zone: ZoneInfo | None = None) -> datetime:
        """The time of this run, UTC, whole seconds; `--now` without an offset is in the desk's zone."""
        actual = datetime.now(UTC).replace(microsecond=0)
        if not self._given_now:
            return actual
        return self.instant(self._given_now, "--now", zone=zone or ZoneInfo("UTC"), now=actual)

    def instant(
        self, text: str, option: str, *, zone: ZoneInfo, now: datetime | None = None, past: bool = False
    ) -> datetime:
        """Read a point in time from an option; `BadInput` names the option."""
        try:
            return parse_instant(text, now=now or self.now(zone), zone=zone, past=past)
        except ValueError as error:
            raise BadInput(f"{option}: {error}") from None

    def when(self, text: str | None, option: str = "--at") -> datetime | None:
        """Read when something happened; None for now."""
        return None if text is None else self.instant(text, option, zone=self.rulebook.zone, past=True)

    def until(self, text: str | None, option: str) -> datetime | None:
        """Read when something will be, None where nothing is said; a day without a time is its close of business."""
        if text is None:
            return None
        at = self.instant(text, option, zone=self.rulebook.zone)
        if re.search(r"[:点时]|\d[hm]$|^now$", unicodedata.normalize("NFKC", text).strip().casefold()):
            return at
        midnight = at.astimezone(self.rulebook.zone).replace(hour=0, minute=0, second=0)
        spans = self.rulebook.calendar.spans_of(midnight.date())
        return spans[-1][1] if spans else (midnight + timedelta(days=1)).astimezone(UTC)

    @property
    def actor(self) -> str:
        """The operating system's user by uid (`USER` can be set by anyone), with the claim of `--as` beside it.

        Under sudo it is whoever called it, believed only where the desk belongs to the account it runs under.
        """
        uid = os.getuid()
        caller = os.environ.get("SUDO_UID", "")
        path = self._db or _nearest_desk()
        if caller.isdigit() and path is not None and path.exists() and path.stat().st_uid == os.geteuid():
            uid = int(caller)
        name = _user(uid)
        return f"{name} as {check_text(self._claim, '--as')}" if self._claim else name

    # --- the desk -----------------------------------------------------------------------------------------------

    @property
    def db_path(self) -> Path:
        """The desk named by `--db` or AFTERSERVICE_DB, else the nearest upwards from here."""
        if self._db is not None:
            return self._db
        path = _nearest_desk()
        if path is None:
            raise NotFound("there is no desk here or above", hint="make one: afterservice init, or name one: --db FILE")
        _demand_own(path)
        return path

    @property
    def desk(self) -> Desk:
        """The desk, opened when first asked for."""
        return self._open()

    def _open(self, *, for_rules: bool = False) -> Desk:
        """The desk; who deals with the rulebook's file itself is told nothing of its state beforehand."""
        if self._desk is None:
            path = self.db_path
            desk = Desk(path, now=datetime.now(UTC), actor=self.actor, clock=self.clock)
            with desk.reading() as db:
                kept = queries.desk_values(db)
                rulebook = desk.rulebook(db, kept.rulebook)
                desk.now = self.now(rulebook.zone)
                desk.expected = self._expected
            if kept.projections != FINGERPRINT:
                self._rebuild(desk)
            if self.outbox is not None and not self.outbox.is_dir():
                raise NotFound(f"there is no folder {self.outbox}", hint=f"make it: mkdir -p {self.outbox}")
            self._desk = desk
            if not for_rules:
                self._warn_of_rules(path.resolve().parent / kept.rules_file, kept.rules_digest)
            self._warn(path)
        return self._desk

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook in force."""
        with self.desk.reading() as db:
            return self.desk.rulebook(db)

    @property
    def rules_file(self) -> Path:
        """The rulebook's file beside the desk."""
        with self._open(for_rules=True).reading() as db:
            return self.db_path.resolve().parent / queries.desk_value(db, "rules_file")

    def _warn(self, path: Path) -> None:
        mode = path.stat().st_mode
        if mode & 0o007:
            self.say(f"warning: {path} can be read by everybody on this machine – chmod o-rwx {path}")
        if self._given_now and self.now(self.rulebook.zone) > datetime.now(UTC) + timedelta(days=1):
            self.say("warning: --now lies ahead of the clock; what is recorded until then will bear this time, too")

    def _warn_of_rules(self, beside: Path, digest: str) -> None:
        try:
            edited = file_digest(beside.read_bytes()) != digest
        except OSError as error:
            self.say(f"note: {beside} cannot be read ({error.strerror}); the desk goes on by the rulebook it adopted")
            edited = False
        if edited:
            self.say(f"note: {beside.name} was edited since it was adopted – afterservice rules adopt")

    # --- what is loaded only where it is used -------------------------------------------------------------------

    def compile(self, path: Path) -> "Compiled":
        """Compile a rulebook's file as of now; `FaultyDocument` names its faults."""
        from afterservice_cli.founding import compile_file

        return compile_file(path, self.now().year)[0]

    def calendar(self, rules: Path | None) -> Calendar:
        """The calendar of a file, or of the desk; the former needs no desk."""
        if rules is None and self._db is None and _nearest_desk() is None:
            raise NotFound(
                "there is no desk here or above to take the calendar from",
                hint="name a rulebook, or a file with a calendar: alone: --rules FILE",
            )
        if rules is None:
            return self.rulebook.calendar
        from afterservice_cli.founding import calendar_of

        return calendar_of(rules, self.now().year)

    def found_desk(self, *, rules: str, group: str | None) -> "Founded":
        """Make a desk, and put its rulebook beside it."""
        from afterservice_cli.founding import found_desk, network_drive

        path = self._db or Path(DESK_FILE)
        founded = found_desk(path, rules, now_in=self.now, actor=self.actor, clock=self.clock, group=group)
        if kind := network_drive(path):
            self.say(f"warning: {path} lies on a network drive ({kind}); its locks cannot be relied on")
        return founded

    def adopt(self) -> tuple[list[str], int]:
        """Adopt the rulebook's file beside the desk; what changed, and how many deadlines moved."""
        from afterservice_cli.founding import adopt

        return adopt(self._open(for_rules=True), self.rules_file)

    def import_file(self, file: Path, profile: Path, rejects: Path | None, *, try_only: bool) -> "Summary":
        """Read a CSV file into the register."""
        from afterservice_cli.intake.importing import import_file

        return import_file(self.desk, file, profile, rejects, try_only=try_only)

    def integrity_findings(self) -> "Findings":
        """Return everything in the desk that does not hold together."""
        from afterservice_cli.store.integrity import examine

        desk = self._unopened()
        with desk.reading() as db:
            found, attached = examine(db), files.named(db)
        # Files may be many and large: nobody who writes waits for them to be read.
        return found.but(files=tuple(files.findings(desk.path, attached)))

    def rebuild_tables(self) -> None:
        """Make every table anew that follows from the history."""
        self._rebuild(self._unopened(), anyway=True)

    def _rebuild(self, desk: Desk, *, anyway: bool = False) -> None:
        from afterservice_cli.store.rebuilding import renew

        if renew(desk.connection, desk.path, anyway=anyway):
            self.say(f"the tables of {desk.path} were rebuilt from its history")

    def _unopened(self) -> Desk:
        """The desk as it lies there: one whose rulebook or whose tables are gone must be checked, too."""
        return Desk(self.db_path, now=datetime.now(UTC), actor=self.actor, clock=self.clock)

    def note_reveal(self, cases: Sequence[str]) -> None:
        """Note who saw the contacts of which cases; the one thing that looking writes."""
        with self.desk.writing() as writer:
            queries.note_reveal(writer.db, to_text(self.desk.now), self.actor, cases)

    def post(self, message: Mapping[str, Any]) -> Path:
        """Write a message into the outbox, as a file of its own that nobody else may read."""
        from afterservice_cli.render.messages import message_file

        assert self.outbox is not None
        stamp = to_text(self.desk.now).replace(":", "").replace("-", "")
        name = re.sub(r"[^\w.-]", "-", f"{stamp}-{message['case']}-{message['template']}")
        for number in range(1, 1000):
            path = self.outbox / f"{name}{'' if number == 1 else f'-{number}'}.txt"
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                continue
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(message_file(message, self.rulebook))
            return path
        raise BadInput(f"{self.outbox} is full of messages named {name} – clear it out")

    # --- the screen ---------------------------------------------------------------------------------------------

    @property
    def language(self) -> str:
        """`zh` or `en`, by AFTERSERVICE_LANG or the locale."""
        names = ("AFTERSERVICE_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
        chosen = next((value for name in names if (value := os.environ.get(name))), "")
        return "zh" if chosen.lower().startswith("zh") else "en"

    @property
    def interactive(self) -> bool:
        """Whether a person sits at the terminal."""
        return sys.stdin.isatty() and sys.stdout.isatty()

    def words(self, text: str | None) -> str | None:
        """The text itself; standard input for `-`, where words stay private, and which can be read once."""
        if text != "-":
            return text
        if self._stdin_is_read:
            raise BadUsage("standard input can be read once – give only one of them as -")
        self._stdin_is_read = True
        if sys.stdin.isatty():
            self.say("reading from the terminal; end with Ctrl-D on a line of its own")
        try:
            return sys.stdin.buffer.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise BadInput("standard input is not UTF-8") from None

    def edit_answers(self) -> None:
        """Let answers at the terminal be edited as on any command line, and pasted with line ends in them."""
        import readline

        # Python switches it off; without it the second line of a pasted text would run in the shell.
        readline.parse_and_bind("set enable-bracketed-paste on")

    def say(self, message: str) -> None:
        """Talk goes to standard error."""
        sys.stderr.write(f"{safe_text(message, lines=True)}\n")

    def write(self, text: str) -> None:
        """Data goes to standard output; what came from customers is made safe."""
        sys.stdout.write(f"{safe_text(text, lines=True)}\n")

    def write_json(self, value: Any) -> None:
        """One JSON object, lossless."""
        sys.stdout.write(escaped(json.dumps(value, ensure_ascii=False)) + "\n")

    def format_of(self, format: str | None) -> str:
        """The format asked for, or what suits where the output goes."""
        chosen = format or ("table" if sys.stdout.isatty() else "tsv")
        if chosen not in FORMATS:
            raise BadInput(f"there is no format '{chosen[:20]}' – write one of {', '.join(FORMATS)}")
        return chosen

    def width(self, format: str | None) -> int | None:
        """How many columns the terminal has, where a table goes to one; None for all other output."""
        return get_terminal_size().columns if self.format_of(format) == "table" else None

    def write_rows(
        self,
        rows: Sequence[Mapping[str, object]],
        columns: Sequence[Column],
        *,
        format: str | None,
        records: Callable[[], Iterable[Mapping[str, object]]] | None = None,
    ) -> None:
        """Rows in the format asked for: a table at a terminal, tab-separated in a pipe."""
        chosen = self.format_of(format)
        if chosen == "table":
            from afterservice_cli.render.table import print_table

            print_table(sys.stdout, rows, columns, width=self.width(chosen) or 80)
        elif chosen == "csv":
            from afterservice_cli.render.csv import write_csv

            write_csv(sys.stdout, rows, columns)
        else:
            whole = records() if records and chosen in ("json", "jsonl") else None
            write_rows(sys.stdout, rows, columns, format=chosen, records=whole)


def _nearest_desk() -> Path | None:
    try:
        here = Path.cwd()
    except FileNotFoundError:
        raise NotFound("the folder you are in was deleted", hint="cd to another") from None
    folders = [here, *here.parents]
    ceiling = os.environ.get("AFTERSERVICE_CEILING")
    if ceiling and (last := Path(ceiling).resolve()) in folders:
        del folders[folders.index(last) + 1 :]
    return next((path for folder in folders if (path := folder / DESK_FILE).exists()), None)


def _demand_own(path: Path) -> None:
    """Refuse a desk that was found, not named, and belongs neither to the user nor to a group of theirs.

    Under sudo one of whoever called it is theirs, too. Anybody may leave a desk in a folder such as /tmp.
    """
    owner, mine = path.stat(), {os.geteuid()}
    caller = os.environ.get("SUDO_UID", "")
    if os.geteuid() == 0 and caller.isdigit():
        mine.add(int(caller))
    if owner.st_uid not in mine and owner.st_gid not in {os.getegid(), *os.getgroups()}:
        raise Refused(
            f"{path} belongs to {_user(owner.st_uid)}, not to you",
            hint=f"name it if it is the one you mean: --db {path}",
        )


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"
