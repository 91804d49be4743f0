"""The map: every command, one line each, by the stage of a case's life; errors to exit codes."""

import inspect
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, wraps
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import typer

from afterservice_cli import __version__
from afterservice_cli.console.helping import Command, Group, complaint, help_of
from afterservice_cli.console.terminal import complain, drop_output, language_asked_for, unwritten
from afterservice_cli.errors import BadUsage, FaultyDocument, Problem, StorageFailed
from afterservice_cli.interruptions import Interruptions, exit_code
from afterservice_cli.language import sentence, speaking, spoken, tr, why
from afterservice_cli.session import Session
from afterservice_cli.store.reading.queries import LAST

# Every command by the heading under which help lists it, with the function in `commands/` that does it.
PANELS: Mapping[str, Mapping[str, str]] = {
    sentence("The desk"): {
        "init": "desk.init",
        "check": "desk.check",
        "clock": "desk.clock",
        "backup": "keeping.backup",
        "restore": "keeping.restore",
        "doctor": "doctoring.doctor",
        "archive": "keeping.archive",
        "export": "exporting.export",
        "erase": "keeping.erase",
        "duty": "duties.duty",
    },
    sentence("Intake"): {
        "register": "intake.register",
        "import": "importing.import_file",
        "attach": "attaching.attach",
        "screen": "screening.screen",
        "link": "screening.link",
        "merge": "screening.merge",
    },
    sentence("Triage"): {
        "acknowledge": "triage.acknowledge",
        "assess": "triage.assess",
        "classify": "triage.classify",
        "assign": "triage.assign",
    },
    sentence("Handling"): {
        "respond": "handling.respond",
        "note": "handling.note",
        "pause": "handling.pause",
        "resume": "handling.resume",
        "investigate": "handling.investigate",
        "appraise": "handling.appraise",
        "propose": "planning.propose",
        "approve": "planning.approve",
        "decline": "planning.decline",
        "agree": "planning.agree",
        "task": "tasks.task",
        "delay": "handling.delay",
    },
    sentence("Closing"): {
        "resolve": "closing.resolve",
        "confirm": "closing.confirm",
        "rate": "closing.rate",
        "close": "closing.close",
        "reopen": "closing.reopen",
        "withdraw": "closing.withdraw",
    },
    sentence("Problems and measures"): {
        "problems": "problems.problems",
        "problem open": "problems.open_problem",
        "problem show": "problems.show",
        "problem add": "problems.add",
        "problem drop": "problems.drop",
        "problem note": "problems.note",
        "problem close": "problems.close",
        "measures": "measures.measures",
        "measure add": "measures.add",
        "measure done": "measures.done",
        "measure judge": "measures.judge",
    },
    sentence("Mending"): {
        "amend": "mending.amend",
        "retract": "mending.retract",
    },
    sentence("Looking"): {
        "list": "listing.list_cases",
        "show": "showing.show",
        "due": "due.due",
        "tasks": "due.tasks",
        "escalate": "escalation.escalate",
        "explain": "explaining.explain",
        "report": "reporting.report",
    },
    sentence("The rules"): {
        "rules check": "rules.check",
        "rules test": "rules.test",
        "rules diff": "comparing.diff",
        "rules backtest": "comparing.backtest",
        "rules audit": "auditing.audit",
        "rules suggest": "phrasing.suggest",
        "rules adopt": "rules.adopt",
        "rules learn": "learning.learn",
        "rules show": "rules.show",
        "rules explain": "rules.explain",
        "rules schema": "rules.schema",
    },
    sentence("The calendar"): {
        "calendar due": "calendar.due",
        "calendar elapsed": "calendar.elapsed",
        "calendar show": "calendar.show",
    },
}
COMMANDS = tuple((name, panel, path) for panel, commands in PANELS.items() for name, path in commands.items())
NAMES = {name.split()[0] for name, _, _ in COMMANDS}
GROUPS = {
    "problem": sentence("Open a problem that several cases have in common, gather its cases, and close it."),
    "measure": sentence("Record what is to change a figure, that it was done, and whether it had its effect."),
    "rules": sentence("Try a rulebook's file, take it on, and see what it says and does."),
    "calendar": sentence("Count working time and working days, with or without a desk."),
}

INTERRUPTED = 130  # what Typer makes of Ctrl-C

# Root options may stand anywhere on the line; each takes one value.
ROOT_OPTIONS = ("--db", "--now", "--as", "--if-version", "--outbox")


def root(
    context: typer.Context,
    db: Annotated[
        Path | None,
        typer.Option("--db", metavar="FILE", envvar="AFTERSERVICE_DB", help="The desk; else the nearest above."),
    ] = None,
    now: Annotated[str | None, typer.Option("--now", metavar="TIME", help="Take this for the time.")] = None,
    claim: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="NAME",
            envvar="AFTERSERVICE_AS",
            help="Who you say you are, recorded beside your user name.",
        ),
    ] = None,
    if_version: Annotated[
        int | None,
        typer.Option(
            "--if-version", metavar="N", help="Change a case only while it is at this version, as `show` gives it."
        ),
    ] = None,
    outbox: Annotated[
        Path | None,
        typer.Option(
            "--outbox",
            metavar="DIR",
            envvar="AFTERSERVICE_OUTBOX",
            help="Where messages go, a file each; else they are printed.",
        ),
    ] = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    install_completion: Annotated[
        bool, typer.Option("--install-completion", help="Have this shell (bash, zsh or fish) complete lines, and end.")
    ] = False,
    show_completion: Annotated[
        bool, typer.Option("--show-completion", help="Print what would be installed, and end.")
    ] = False,
) -> None:
    """A register for after-sales feedback and complaints: the rulebook decides, the file remembers."""
    if version:
        sys.stdout.write(f"afterservice {__version__}\n")
        raise typer.Exit
    if install_completion or show_completion:
        from afterservice_cli.console import shells

        if show_completion:
            sys.stdout.write(f"{shells.show()}\n")
            raise typer.Exit
        shell, path = shells.put_in_place()
        sys.stdout.write(f"{tr('{shell} completes lines from its next start on: {path}', shell=shell, path=path)}\n")
        raise typer.Exit
    context.obj = Session(db=db, now=now, claim=claim, expected=if_version, outbox=outbox, run=run)
    if context.invoked_subcommand is None:
        sys.stdout.write(context.get_help() + "\n")
        raise typer.Exit


class Asking(Command):
    """A command that asks the person at the terminal for words that were left out, if it knows what they are about."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line, with what is answered put to it."""
        try:
            return super().parse_args(ctx, [*args])
        except typer.TyperException as error:
            parameter, session = getattr(error, "param", None), ctx.obj
            if type(error).__name__ != "MissingParameter" or not session.terminal.interactive:
                raise
            from afterservice_cli.commands.prompts import ASKED, THINGS, TITLE, missing_words

            about = {thing: reference for thing in THINGS if isinstance(reference := ctx.params.get(thing), str)}
            if parameter is None or parameter.metavar not in ASKED:
                raise
            # What gets a title is new: there is nothing yet that the question is about.
            if not about and not ctx.params.get("report") and parameter.metavar != TITLE:
                raise
            words = missing_words(session, ctx.info_name or "", parameter, about)
        if parameter.param_type_name == "option":
            return self.parse_args(ctx, [f"{parameter.opts[0]}={words}", *args])
        return self.parse_args(ctx, [*args, *([] if "--" in args else ["--"]), words])


def group(context: typer.Context) -> None:
    """Say which commands a group has, if none of them is named."""
    if context.invoked_subcommand is None:
        sys.stdout.write(context.get_help() + "\n")


def app(words: Iterable[str] = ()) -> typer.Typer:
    """Return the program with the commands that `words` name; with all of them if they name none.

    One run calls one command: only its module is loaded and only it is built, which saves a tenth of the start.
    """
    wanted = NAMES.intersection(words) or NAMES
    help_too = {"help_option_names": ["-h", "--help"]}
    tree = typer.Typer(
        name="afterservice",
        cls=Group,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings=help_too,
    )
    tree.callback(invoke_without_command=True)(root)
    groups: dict[str, typer.Typer] = {}
    for name, panel, path in COMMANDS:
        first, _, rest = name.partition(" ")
        if first not in wanted:
            continue
        module, _, name_there = path.partition(".")
        function = with_session(getattr(import_module(f"afterservice_cli.commands.{module}"), name_there))
        if not rest:
            tree.command(name, cls=Asking, rich_help_panel=panel)(function)
            continue
        if first not in groups:
            groups[first] = typer.Typer(name=first, cls=Group, help=GROUPS[first])
            groups[first].callback(invoke_without_command=True)(group)
            tree.add_typer(groups[first], rich_help_panel=panel)
        groups[first].command(rest, cls=Asking)(function)
    return tree


def with_session(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return a command as Typer calls it: with a context, of which the command gets the session if it takes one."""
    signature = inspect.signature(command)
    if "session" not in signature.parameters:
        return command
    context = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    others = [own for own in signature.parameters.values() if own.name != "session"]

    @wraps(command)
    def run(context: typer.Context, **given: Any) -> Any:
        return command(session=context.obj, **given)

    run.__dict__.update(__signature__=signature.replace(parameters=[context, *others]))
    return run


@lru_cache(maxsize=64)
def built(words: frozenset[str], language: str) -> Any:
    """Return the program with these commands, and help in a language, kept for the courses of a rulebook."""
    return typer.main.get_command(app(words))


def run(arguments: Sequence[str]) -> int:
    """Run one command line, have its output written, and return its exit code."""
    with speaking(language_asked_for() or "en"):
        code = _run(arguments)
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            drop_output()  # whoever read it has had enough
        except OSError as error:  # the language is still that of the desk
            return unwritten(error)
        return code


def _run(arguments: Sequence[str]) -> int:
    before = Interruptions.records
    try:
        words = hoisted(arguments)
        wanted = () if words[:1] == ["--help"] else words
        program = built(frozenset(NAMES.intersection(wanted)), spoken())
        result: Any = program(words, standalone_mode=False, prog_name="afterservice")
        if result == INTERRUPTED:
            _complain(_interrupted(before))
            return exit_code()
        return int(result or 0)
    except FaultyDocument as faulty:
        # Each line begins with file:line:column, for editors to jump to.
        complain(faulty.message)
        return faulty.exit_code
    except Problem as problem:
        if isinstance(problem, BadUsage) and _speaks_otherwise(arguments):
            return _run(arguments)  # what was wrong was seen before the desk was opened, and nothing was done
        _complain(problem.message, problem.hint)
        return problem.exit_code
    except typer.Abort:
        _complain(_interrupted(before))
        return exit_code()
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        session = getattr(context, "obj", None)
        if isinstance(session, Session):
            session.speak_as_the_desk()
        _complain(complaint(error), help_of(context))
        return 2
    except SystemExit:
        # Typer's way to say that whoever read the output has had enough, as `head` does.
        drop_output()
        return 0
    except OSError as error:
        if error.filename is not None:
            _complain(f"{error.filename}: {why(error)}")
            return StorageFailed.exit_code
        return unwritten(error)
    except Exception as error:
        if os.environ.get("AFTERSERVICE_DEBUG"):
            raise
        # The error's own words may hold a customer's: only its kind and place are said.
        trace = error.__traceback__
        while trace and trace.tb_next:
            trace = trace.tb_next
        where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
        _complain(
            tr("a bug: {kind} at {place}", kind=type(error).__name__, place=where),
            tr("AFTERSERVICE_DEBUG=1 shows all of it; please report it"),
        )
        return 1


def _speaks_otherwise(arguments: Sequence[str]) -> bool:
    """Take the language of the desk that a command line is about, and tell whether it was another until now."""
    before, db = spoken(), os.environ.get("AFTERSERVICE_DB")
    for word, value in pairwise([*arguments, ""]):
        option, equals, said = word.partition("=")
        if option == "--db":
            db = said if equals else value
    Session(db=Path(db) if db else None).speak_as_the_desk()
    return spoken() != before


def _interrupted(before: int) -> str:
    """Say that a run was interrupted, and whether anything was recorded since there were so many records."""
    if Interruptions.records > before:
        return tr("interrupted after it was recorded; it stays")
    return tr("interrupted; nothing was recorded")


def hoisted(arguments: Sequence[str]) -> list[str]:
    """Put the root options first, wherever they stand, up to a `--`."""
    front: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in ROOT_OPTIONS:
            value = next(words, None)
            if value is None:
                raise BadUsage(tr("{option} needs its value after it", option=word))
            front += [word, value]
        elif word.startswith(tuple(f"{option}=" for option in ROOT_OPTIONS)):
            front.append(word)
        elif word == "-1":
            rest.append(LAST)  # which else were taken for an option
        else:
            rest.append(word)
    return front + rest


def _complain(message: str, hint: str = "") -> None:
    complain(f"afterservice: {message}")
    if hint:
        complain(f"  {hint}")
