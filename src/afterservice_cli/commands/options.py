"""The options that many commands share."""

from collections.abc import Callable, Collection, Iterable
from typing import Annotated, Any

import typer

from afterservice_cli.cases.values import SEVERAL
from afterservice_cli.errors import BadInput
from afterservice_cli.language import tr
from afterservice_cli.session import Session

CaseArg = Annotated[str, typer.Argument(metavar="CASE", help="Its number, the serial alone, or last.")]
AtOption = Annotated[str | None, typer.Option("--at", metavar="TIME", help="When it happened, if not now.")]
ReasonOption = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why; - reads stdin.")]
TextArg = Annotated[str | None, typer.Argument(metavar="[TEXT|-]", help="What was said or done; - reads stdin.")]
WordsOption = Annotated[str | None, typer.Option("--words", metavar="TEXT", help="What the customer said.")]
WarrantyOption = Annotated[str | None, typer.Option("--warranty", metavar="yes|no", help="Whether it is covered.")]
FormatOption = Annotated[
    str | None, typer.Option("--format", metavar="FORMAT", help="table, tsv, csv, json, jsonl or md.")
]
ViaOption = Annotated[
    str | None, typer.Option("--via", metavar="WAY", help="How the customer is told, if not the usual way.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
WhereOption = Annotated[
    list[str] | None,
    typer.Option("--where", metavar="NAME=VALUE", help="Choose cases as an option of `list` does; may be repeated."),
]
FieldOption = Annotated[
    list[str] | None,
    typer.Option("--field", metavar="NAME=VALUE", help="A field of the rulebook, by id or label; may be repeated."),
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]


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
        name, equals, value = pair.partition("=")
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


def session_of(context: typer.Context) -> Session:
    """Return the session of this run."""
    session: Any = context.obj
    assert isinstance(session, Session)
    return session


def format_of(format: str | None, as_json: bool) -> str | None:
    """Return the format asked for; `--json` is short for `--format json`."""
    return "json" if as_json else format
