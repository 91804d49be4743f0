"""The options that many commands share."""

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from afterservice_cli.cases.values import SEVERAL
from afterservice_cli.errors import BadInput
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_text import pair_of
from afterservice_cli.language import tr

Result = TypeVar("Result")

CaseArg = Annotated[str, typer.Argument(metavar="CASE", help="Its number, the serial alone, or last.")]
AtOption = Annotated[str | None, typer.Option("--at", metavar="TIME", help="When it happened, if not now.")]
ReasonOption = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why; - reads stdin.")]
TextArg = Annotated[str | None, typer.Argument(metavar="[TEXT|-]", help="What was said or done; - reads stdin.")]
WordsOption = Annotated[str | None, typer.Option("--words", metavar="TEXT", help="What the customer said.")]
WarrantyOption = Annotated[str | None, typer.Option("--warranty", metavar="yes|no", help="Whether it is covered.")]
ViaOption = Annotated[
    str | None, typer.Option("--via", metavar="WAY", help="How the customer is told, if not the usual way.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
VerboseOption = Annotated[
    bool, typer.Option("--verbose", "-v", help="Print the whole case: what it was given and why, what is due when.")
]
WhereOption = Annotated[
    list[str] | None,
    typer.Option("--where", metavar="NAME=VALUE", help="Choose cases as an option of `list` does; may be repeated."),
]
FieldOption = Annotated[
    list[str] | None,
    typer.Option("--field", metavar="NAME=VALUE", help="A field of the rulebook, by id or label; may be repeated."),
]
RulebookArg = Annotated[
    Path | None, typer.Argument(metavar="[FILE]", help="A rulebook's file; the desk's own without one.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]


class Answer(Frozen):
    """How a command that changes cases answers: in JSON, with the whole case, or else in a line or two."""

    as_json: bool = False
    verbose: bool = False


BRIEF = Answer()


def answering(command: Callable[..., Result]) -> Callable[..., Result]:
    """Give a command that changes cases `--verbose` and `--json`; its keyword `answer` gets what they ask for."""
    options = (option_of("verbose", VerboseOption, False), option_of("as_json", JsonOption, False))
    return in_place_of("answer", options, lambda given: Answer(**given))(command)


def option_of(name: str, annotation: object, default: object = None) -> inspect.Parameter:
    """Return an option as the parameter of a command."""
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def in_place_of(
    keyword: str, options: Sequence[inspect.Parameter], made: Callable[[Mapping[str, Any]], object]
) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Return a decorator that gives a command options where it has a keyword, which gets what is made of their values.

    The command that Typer sees has its signature made of both, since Typer reads options off a signature.
    """

    def decorated(command: Callable[..., Result]) -> Callable[..., Result]:
        @wraps(command)
        def run(**given: Any) -> Result:
            asked = {option.name: given.pop(option.name) for option in options}
            return command(**{keyword: made(asked)}, **given)

        signature = inspect.signature(command)
        parameters: list[inspect.Parameter] = []
        for own in signature.parameters.values():
            parameters += options if own.name == keyword else [own]
        run.__dict__.update(__signature__=signature.replace(parameters=parameters))
        return run

    return decorated


def yes_or_no(text: str | None, option: str) -> bool | None:
    """Read `yes` or `no`; None if nothing is said, `BadInput` for any other word."""
    words = {"yes": True, "是": True, "no": False, "否": False, None: None}
    if text not in words:
        raise BadInput(tr("{option} is either yes or no", option=option))
    return words[text]


def fields_of(
    pairs: Iterable[str] | None,
    option: str = "--field",
    example: str = "customer_tier=vip",
    several: Collection[str] = (),
    named: Callable[[str], str] = str,
) -> dict[str, str]:
    """Read the values of `--field`, or another option of pairs, by name, with SEVERAL between those of one name.

    A name is what `named` makes of what stands there.
    `BadInput` if one is no pair, or if a name stands twice that is none of `several`.
    """
    found: dict[str, str] = {}
    for pair in pairs or ():
        name, equals, value = pair_of(pair)
        name = name.strip()
        if not equals or not name:
            raise BadInput(tr("{option} takes NAME=VALUE, such as {example}", option=option, example=example))
        name = named(name)
        if name in found and name not in several:
            raise BadInput(
                tr("{option}: '{name}' is given twice – leave one of them out", option=option, name=name[:40])
            )
        found[name] = SEVERAL.join((found[name], value)) if name in found else value
    return found
