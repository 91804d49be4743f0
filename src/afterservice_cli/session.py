"""One run of the program: the clock, who acts, the desk, the terminal and the outbox."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, overload
from zoneinfo import ZoneInfo

from afterservice_cli.accounts import caller_of_sudo, player, user_name
from afterservice_cli.console.terminal import Terminal, language_asked_for
from afterservice_cli.errors import Busy, NotFound, Problem, Refused, StorageFailed, given_to, quoted
from afterservice_cli.files.input_file import checksum_of
from afterservice_cli.input_text import check_text
from afterservice_cli.language import speak, tr, why
from afterservice_cli.render.screen import Screen
from afterservice_cli.rulebook.dates import end_of_day, read_ahead
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.store import settings
from afterservice_cli.store.schema import FINGERPRINT
from afterservice_cli.time.instants import has_time, parse_instant
from afterservice_cli.workflows.desk import Desk

if TYPE_CHECKING:
    from afterservice_cli.workflows.outbox import Outbox

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
        run: Callable[[Sequence[str]], int] | None = None,
    ) -> None:
        self._run = run
        self._db, self._given_now, self._claim, self._expected = db, now, claim, expected
        self._desk: Desk | None = None
        self._outbox = outbox
        self.terminal = Terminal(self.speak_as_the_desk)

    @property
    def runner(self) -> Callable[[Sequence[str]], int]:
        """Return how a command line is run in this process, as a rulebook's own courses need it."""
        assert self._run is not None, "the program gives it to every session"
        return self._run

    @cached_property
    def outbox(self) -> Outbox | None:
        """Return the folder into which messages go; None if they are printed."""
        if self._outbox is None:
            return None
        from afterservice_cli.workflows.outbox import Outbox

        return Outbox(self._outbox)

    # --- who and when -------------------------------------------------------------------------------------------

    @property
    def clock(self) -> str:
        """Return where the time comes from: `system`, or `given` on the command line."""
        return "given" if self._given_now else "system"

    def now(self, zone: ZoneInfo | None = None) -> datetime:
        """Return the time of this run, UTC, whole seconds; `--now` without an offset is in the desk's zone."""
        actual = datetime.now(UTC).replace(microsecond=0)
        if not self._given_now:
            return actual
        return self.instant(self._given_now, "--now", zone=zone or ZoneInfo("UTC"), now=actual)

    def instant(
        self, text: str, option: str, *, zone: ZoneInfo, now: datetime | None = None, past: bool = False
    ) -> datetime:
        """Read a point in time from an option; `BadInput` names the option."""
        with given_to(option):
            return parse_instant(text, now=now or self.now(zone), zone=zone, past=past)

    def when(self, text: str | None, option: str = "--at") -> datetime | None:
        """Read when something happened; None for now."""
        return None if text is None else self.instant(text, option, zone=self.rulebook.zone, past=True)

    def received(self, text: str | None, option: str) -> datetime | None:
        """Read when a case came in; None for now, the close of business, or now if that is earlier, for a day alone."""
        at = self.when(text, option)
        if text is None or at is None or has_time(text) or text.strip().endswith("d"):
            return at
        return min(end_of_day(at.astimezone(self.rulebook.zone).date(), self.rulebook.calendar), self.desk.now)

    @overload
    def until(self, text: str, option: str) -> datetime: ...

    @overload
    def until(self, text: str | None, option: str) -> datetime | None: ...

    def until(self, text: str | None, option: str) -> datetime | None:
        """Read when something will be; None for no text, the close of business for a day without a time."""
        if text is None:
            return None
        with given_to(option):
            return read_ahead(text, self.rulebook.calendar, self.now(self.rulebook.zone))

    @cached_property
    def actor(self) -> str:
        """Return the operating system's user by uid (anybody can set `USER`), with the claim of `--as` beside it.

        Under sudo it is the user who called sudo, if the desk belongs to the account under which sudo runs.
        """
        caller = self._caller
        name = player() or user_name(os.getuid() if caller is None else caller)
        claim = check_text(self._claim or "", "--as")
        return f"{name} as {claim}" if claim else name

    @cached_property
    def _caller(self) -> int | None:
        """Return the uid of whoever reaches a service account's desk through sudo; None if it is nobody else's."""
        caller, path = caller_of_sudo(), self.existing_desk
        if caller is None or path is None or not path.exists():
            return None
        return caller if path.stat().st_uid == os.geteuid() else None

    def demand_own_account(self, what: str) -> None:
        """Refuse what only root and the account of a desk may do, if somebody else reaches it through sudo.

        Whoever sudo lets act as root is root.
        """
        if os.geteuid() and self._caller not in {None, 0, os.geteuid()}:
            self.speak_as_the_desk()
            user = user_name(os.geteuid())
            raise Refused(
                tr("{what} is for {user}, whose desk it is, and for root", what=what, user=user),
                hint=tr("ask root, who does it under that account: sudo -u {user} …", user=user),
            )

    # --- the desk -----------------------------------------------------------------------------------------------

    @property
    def new_desk(self) -> Path:
        """Return the file that `init` makes: the one named by `--db` or AFTERSERVICE_DB, else one in this folder."""
        return self._db or Path(DESK_FILE)

    @cached_property
    def existing_desk(self) -> Path | None:
        """Return the desk named by `--db` or AFTERSERVICE_DB, else the nearest from here upwards; None if none is."""
        return self._db or _nearest_desk()

    @property
    def screen(self) -> Screen:
        """Return whose titles the terminal shows, and in which language."""
        return Screen(self.rulebook, self.terminal.language)

    @property
    def db_path(self) -> Path:
        """Return the file of the desk; `NotFound` if none is named or found, `Refused` if it is somebody else's."""
        if self.existing_desk is None:
            raise NotFound(
                tr("there is no desk here or above"), hint=tr("make one: afterservice init, or name one: --db FILE")
            )
        if self._db is None:
            _demand_own(self.existing_desk)
        return self.existing_desk

    @property
    def desk(self) -> Desk:
        """Return the desk, opened when first asked for."""
        return self.open()

    def open(self, *, for_rules: bool = False) -> Desk:
        """Return the desk, opened when first asked for; `for_rules` leaves out the note on an edited rulebook."""
        if self._desk is None:
            desk = self.unread_desk()
            if self._given_now:
                self.demand_own_account("--now")
            kept, rulebook = desk.values(), desk.rulebook
            desk.now = self.now(rulebook.zone)
            desk.later = None if self._given_now else self.now
            if language_asked_for() is None:
                speak(rulebook.language)
            if kept.projections != FINGERPRINT:
                self.rebuild_tables(desk)
            if kept.leaving:
                self.finish_erasure(desk)
            if self.outbox is not None:
                self.outbox.check()
            self._desk = desk
            if not for_rules:
                self._warn_of_rules(desk.path.resolve().parent / kept.rules_file, kept)
            self._warn(desk)
        return self._desk

    def look(self) -> Desk | None:
        """Open the desk to be read alone, and say nothing of it; None for none of this version, or one in use."""
        try:
            now = datetime.now(UTC)
            desk = Desk(self.db_path, now=now, actor=self.actor, clock=self.clock, to_look=True)
            kept, rulebook = desk.values(), desk.rulebook
        except Problem:
            return None
        if language_asked_for() is None:
            speak(rulebook.language)
        self._desk = desk if kept.projections == FINGERPRINT else None
        return self._desk

    def speak_as_the_desk(self) -> None:
        """Take the desk's language from here on, if nobody asked for one and there is a desk that can be read."""
        if self._desk is None and language_asked_for() is None:
            self.look()
            self._desk = None  # it was opened to be read alone

    @property
    def rules_file(self) -> Path:
        """Return the rulebook's file beside the desk."""
        desk = self.open(for_rules=True)
        with desk.reading() as db:
            return desk.path.resolve().parent / settings.desk_values(db).rules_file

    @property
    def adopted_file(self) -> Path | None:
        """Return the rulebook's file beside the desk; None if it is not as it was adopted."""
        desk = self.open(for_rules=True)
        with desk.reading() as db:
            kept = settings.desk_values(db)
        file = desk.path.resolve().parent / kept.rules_file
        try:
            return file if checksum_of(file, kept.rules_included) == kept.rules_checksum else None
        except OSError:
            return None

    def unread_desk(self) -> Desk:
        """Return the desk without reading it: `check` accepts one whose rulebook is gone."""
        now = datetime.now(UTC)
        return Desk(self.db_path, now=now, actor=self.actor, clock=self.clock, expected=self._expected)

    def rebuild_tables(self, desk: Desk, *, anyway: bool = False) -> None:
        """Make every table anew that follows from the history, if they are another version's or `anyway`."""
        from afterservice_cli.store.projections.rebuilding import renew

        if renew(desk.connection, desk.path, anyway=anyway):
            self.terminal.say(tr("the tables of {path} were rebuilt from its history", path=desk.path))

    def finish_erasure(self, desk: Desk) -> None:
        """Remove what somebody who was interrupted while erasing left; who may only read leaves it to others."""
        from afterservice_cli.store.erasing import finish

        with suppress(Busy, StorageFailed):
            finish(desk.connection, desk.path)

    @property
    def rulebook(self) -> Rulebook:
        """Return the rulebook in force."""
        return self.desk.rulebook

    def _warn(self, desk: Desk) -> None:
        path = desk.path
        if path.stat().st_mode & 0o007:
            self.terminal.say(
                tr(
                    "warning: {path} can be read by everybody on this machine – chmod o-rwx {command_path}",
                    path=path,
                    command_path=quoted(path),
                )
            )
        if self._given_now and desk.now > datetime.now(UTC) + timedelta(days=1):
            self.terminal.say(
                tr("warning: --now lies ahead of the clock; what is recorded until then will bear this time, too")
            )

    def _warn_of_rules(self, beside: Path, kept: settings.DeskValues) -> None:
        try:
            edited = checksum_of(beside, kept.rules_included) != kept.rules_checksum
        except OSError as error:
            self.terminal.say(
                tr(
                    "note: {file} cannot be read ({why}); the desk goes on by the rulebook it adopted",
                    file=beside,
                    why=why(error),
                )
            )
            edited = False
        if edited and kept.rules_included:
            self.terminal.say(
                tr(
                    "note: {file}, or a file that it includes, was edited since it was adopted – afterservice rules "
                    "adopt",
                    file=beside.name,
                )
            )
        elif edited:
            self.terminal.say(
                tr("note: {file} was edited since it was adopted – afterservice rules adopt", file=beside.name)
            )


def _nearest_desk() -> Path | None:
    try:
        here = Path.cwd()
    except FileNotFoundError:
        raise NotFound(tr("the folder you are in was deleted"), hint=tr("cd to another")) from None
    folders = [here, *here.parents]
    ceiling = os.environ.get("AFTERSERVICE_CEILING")
    if ceiling and (last := Path(ceiling).resolve()) in folders:
        del folders[folders.index(last) + 1 :]
    return next((path for folder in folders if (path := folder / DESK_FILE).exists()), None)


def _demand_own(path: Path) -> None:
    """Refuse a desk that was found, not named, unless it belongs to the user or to a group of theirs.

    Under sudo, a desk of the user who called sudo is accepted, too. Anybody may leave a desk in a folder such as /tmp.
    """
    owner, mine = path.stat(), {os.geteuid()}
    caller = caller_of_sudo()
    if os.geteuid() == 0 and caller is not None:
        mine.add(caller)
    if owner.st_uid not in mine and owner.st_gid not in {os.getegid(), *os.getgroups()}:
        raise Refused(
            tr("{path} belongs to {user}, not to you", path=path, user=user_name(owner.st_uid)),
            hint=tr("name it if it is the one you mean: --db {path}", path=path),
        )
