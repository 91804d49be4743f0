"""How a desk comes into being, and how it takes on another rulebook."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from afterservice_cli import deadlines
from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events.general import DeadlineMoved
from afterservice_cli.decisions import duties
from afterservice_cli.errors import BadInput, Conflict, Fault, FaultyDocument, Refused, nearest, no_folder, quoted
from afterservice_cli.files.durable import sync_names
from afterservice_cli.files.input_file import checksum, content_of
from afterservice_cli.files.whole_file import write_whole
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import tr, tr_many
from afterservice_cli.reports.rules.differing import Difference, differences, places
from afterservice_cli.rulebook.calling import fact_called, thing_called
from afterservice_cli.rulebook.compiling import (
    FIRST_YEAR,
    Compiled,
    Heading,
    compile_calendar,
    compile_heading,
    compile_rulebook,
    noted,
    spared,
)
from afterservice_cli.rulebook.document.whole import whole
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.store import founding
from afterservice_cli.store.history import Stamp
from afterservice_cli.store.reading import queries
from afterservice_cli.time.worktime import Calendar
from afterservice_cli.workflows.desk import Desk
from afterservice_cli.workflows.recording import Writer, writing
from afterservice_cli.workflows.rulebook_files import RulebookFiles, english_of, files_of
from afterservice_cli.workflows.trial import Run, played


class Founder(Frozen):
    """Who makes a desk, by which clock: `now_in` returns the time in a zone; `run` runs a command line."""

    now_in: Callable[[ZoneInfo], datetime]
    actor: str
    clock: str
    run: Run


class Founded(Frozen):
    """A new desk: its file, the rulebook's file beside it, and what that means."""

    path: Path
    rules_file: Path
    rulebook: Rulebook


def compile_file(path: Path, year: int) -> tuple[Compiled, RulebookFiles]:
    """Compile a rulebook's file as of a year, with the English titles beside it and what it includes.

    Returns what was read, too; `FaultyDocument` names the faults.
    """
    files = files_of(path)
    return _compiled(files, year), files


def compile_changed(path: Path, data: bytes, year: int) -> Rulebook:
    """Compile a rulebook's file as of a year, with other content than it has."""
    return _compiled(files_of(path, data), year).rulebook


def _compiled(files: RulebookFiles, year: int) -> Compiled:
    return compile_rulebook(files.data, str(files.path), year=year, english=files.english, included=files.included)


def whole_of(path: Path, data: bytes | None = None) -> bytes:
    """Return a rulebook's file, which may have other content, with what it includes put in; it has no faults.

    `Refused` if its layout does not let that in: what comes out must mean the same.
    """
    files = files_of(path, data)
    made = whole(files.data, str(path), files.included, noted(files.data, str(path), files.included).needed)
    said = [compile_rulebook(files.data, str(path), year=FIRST_YEAR, included=files.included).rulebook.hash]
    try:
        said.append(compile_rulebook(made, str(path), year=FIRST_YEAR).rulebook.hash)
    except FaultyDocument:
        said.append("")
    if said[0] != said[1]:
        raise Refused(tr("{path} is laid out in a way that nothing can be put into – do it by hand", path=path))
    return made


def spared_by(path: Path) -> Sequence[Fault]:
    """Return what can be left out of a rulebook's file, or of those that it includes, without deciding otherwise."""
    files = files_of(path)
    return [one.but(file=one.file or str(path)) for one in spared(files.data, str(path), files.included)]


def lines_of(path: Path) -> Callable[[str, str], str]:
    """Return what says in which file and line a phrase stands, by the place of its list and by itself."""
    files = files_of(path)
    notes = noted(files.data, path.name, [file._replace(path=file.name) for file in files.included])

    def line(place: str, phrase: str) -> str:
        found = notes.line_of(place, phrase)
        return f"{path.name}{found}" if found.startswith(":") else found

    return line


def calendar_of(path: Path, year: int, called: str | None = None) -> Calendar:
    """Return the calendar of a rulebook's file, or of one with nothing else in it, as of a year.

    It is the one of `calendars:` that is `called` so; `BadInput` if there is none.
    """
    return compile_calendar(content_of(path), str(path), year=year, called=called)


def found_desk(path: Path, rules: str, *, founder: Founder, group: str | None) -> Founded:
    """Make a desk that works by a rulebook, given by the name of a shipped one or as a file.

    The rulebook is copied beside the desk, for the team to edit; the desk works by what it adopted.
    """
    if not path.parent.is_dir():
        raise no_folder(path.parent)
    if path.exists():
        raise Conflict(
            tr("{file} exists already", file=path),
            hint=tr(
                "for other rules: change {rules}, then afterservice rules adopt; for another desk: --db FILE",
                rules=path.with_name(f"{path.stem}.rules.yaml"),
            ),
        )
    compiled, read = compile_file(_rulebook_file(rules), founder.now_in(ZoneInfo("UTC")).year)
    if rules not in shipped():  # those were tried before they were shipped
        _demand_examples(compiled, rules, founder.run)
    rules_file = path.with_name(f"{path.stem}.rules.yaml")
    files = read.contents_at(rules_file)
    included = [rules_file.parent / file.name for file in read.included]
    for file, data in files.items():
        if file.exists() and file.read_bytes() != data:
            if file in included:
                raise Conflict(
                    tr("{file} exists already and says something else", file=file),
                    hint=tr("make the desk in a folder of its own, or move that file away"),
                )
            raise Conflict(
                tr("{file} exists already and is another rulebook", file=file),
                hint=tr("move it away, or init --rules with it"),
            )
    rulebook = compiled.rulebook
    now = founder.now_in(rulebook.zone)
    founding.found(
        path,
        snapshot=compiled.snapshot,
        first=duties.adopted(rulebook, now, ("first adoption",), {}),
        stamp=Stamp(now, founder.actor, founder.clock, rulebook.hash),
        settings={"rules_file": rules_file.name, **_settings(read)},
        group=group,
    )
    for file, data in files.items():
        _put(file, data, path, shared=group is not None)
    return Founded(path, rules_file, rulebook)


def _put(file: Path, data: bytes, desk: Path, *, shared: bool) -> None:
    """Write a file of a rulebook beside the desk, if it is not there; whoever may write the desk may write it."""
    folders = [folder for folder in file.parents if desk.parent in folder.parents]
    for folder in reversed(folders):
        folder.mkdir(exist_ok=True)
        sync_names(folder.parent)
    if not file.exists():
        write_whole(file, data)
        file.chmod(file.stat().st_mode & 0o644)
    if shared:
        for made in (*folders, file):
            os.chown(made, -1, desk.stat().st_gid)
            made.chmod(0o660 if made == file else 0o2770)


def _settings(files: RulebookFiles) -> dict[str, str]:
    """Return what a desk remembers of the files of its rulebook, to notice that they are edited."""
    return {
        "rules_included": "\n".join(file.name for file in files.included),
        "rules_checksum": checksum(files.contents),
    }


class Prepared(Frozen):
    """A rulebook's file that may be adopted: what it means, its bytes, and in what it differs from what is in force."""

    compiled: Compiled
    files: RulebookFiles
    differences: Sequence[Difference]


def prepare(desk: Desk, file: Path, run: Run) -> Prepared:
    """Read the rulebook's file as it is now, its holidays expanded anew; refuse faults and failing examples."""
    compiled, files = compile_file(file, desk.now.year)
    _demand_examples(compiled, file.name, run)
    return Prepared(compiled, files, differences(desk.rulebook, compiled.rulebook))


def adopt(desk: Desk, prepared: Prepared) -> tuple[list[str], int]:
    """Adopt a rulebook; return the places that changed, and how many deadlines moved.

    Deadlines keep the rulebook under which they were set; only provisional ones move, to when they are due by the new
    calendar.
    """
    compiled = prepared.compiled
    with writing(desk) as writer:
        old, new = writer.rulebook, compiled.rulebook
        for key, value in _settings(prepared.files).items():
            queries.set_value(writer.db, key, value)
        if old.hash == new.hash:
            return [], 0
        changed = places(differences(old, new))
        founding.store_snapshot(writer.db, compiled.snapshot)
        queries.set_value(writer.db, "rulebook", new.hash)
        writer.rulebook = new
        writer.record_for_desk(duties.adopted(new, desk.now, changed, writer.running_duties()))
        return changed, sum(_move(writer, case) for case in _with_provisional(writer))


def _move(writer: Writer, case: Case) -> int:
    settings = deadlines.recounted(case, writer.moment())
    if settings:
        writer.record(case, [DeadlineMoved(writer.desk.now, tuple(settings), "calendar")])
    return len(settings)


def _with_provisional(writer: Writer) -> Iterator[Case]:
    for number in queries.with_provisional_deadlines(writer.db):
        yield writer.load(number)


def _demand_examples(compiled: Compiled, name: str, run: Run) -> None:
    if compiled.failures:
        first = compiled.failures[0]
        raise Refused(
            tr_many(
                "{count} of the rulebook's own examples fails, the first in line {line}: {field} is {got}, "
                "not {expected}",
                "{count} of the rulebook's own examples fail, the first in line {line}: {field} is {got}, "
                "not {expected}",
                compiled.failing,
                line=first.line,
                field=fact_called(first.field, compiled.rulebook),
                got=thing_called(first.field, first.got, compiled.rulebook),
                expected=thing_called(first.field, first.expected, compiled.rulebook),
            ),
            hint=tr("afterservice rules check {file} lists them", file=quoted(name)),
        )
    if troubles := played(compiled, run):
        trouble = troubles[0]
        raise Refused(
            tr_many(
                "{count} of the rulebook's own cases fails, the first in line {line}: {step}: expected {expected}, "
                "got {got}",
                "{count} of the rulebook's own cases fail, the first in line {line}: {step}: expected {expected}, "
                "got {got}",
                len({trouble.line for trouble in troubles}),
                line=trouble.line,
                step=trouble.step,
                expected=trouble.expected,
                got=trouble.got,
            ),
            hint=tr("afterservice rules test {file} lists them", file=quoted(name)),
        )


def shipped_rulebooks() -> Path:
    """Return the folder of the rulebooks that come with the program."""
    package = Path(__file__).parents[1]
    installed = package / "rules"
    # An editable install runs from the checkout, where they lie at the top.
    return installed if installed.is_dir() else package.parents[1] / "rules"


def headings() -> Iterator[Heading]:
    """Yield how each rulebook that comes with the program is called, by name."""
    for path in shipped().values():
        yield compile_heading(content_of(path), str(path), english_of(path))


def shipped() -> Mapping[str, Path]:
    """Return the files of the rulebooks that come with the program, by name."""
    found = sorted(shipped_rulebooks().glob("*.yaml"))
    return {path.stem: path for path in found if path.suffixes == [".yaml"]}


def _rulebook_file(rules: str) -> Path:
    if "/" in rules or rules.endswith((".yaml", ".yml")):
        return Path(rules)
    known = shipped()
    if rules not in known:
        raise BadInput(
            tr(
                "there is no shipped rulebook '{rulebook}' – write {known}, or a file",
                rulebook=rules,
                known=nearest(rules, tuple(known)),
            ),
            hint="afterservice init --list",
        )
    return known[rules]
