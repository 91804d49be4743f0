"""What a rulebook demands before commands: whether a case can ever have it, and whether anything is said twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from afterservice_cli.language import tr
from afterservice_cli.rulebook.checks.implying import Implying
from afterservice_cli.rulebook.checks.names import Names, items
from afterservice_cli.rulebook.document.notes import Notes, Path
from afterservice_cli.rulebook.document.scalars import BUILT_IN_FIELDS
from afterservice_cli.rulebook.sections.rules import Demand, Rules
from afterservice_cli.rulebook.vocabulary import BEFORE_RESOLUTION, DEMANDS, FIELD, TAKES, WAITING


def check_demands(document: Rules, notes: Notes) -> None:
    """Note a fault at what is demanded and can never be given, or is demanded already."""
    names, demands = Names(document, notes), document.demands
    implying = Implying.of(document, notes)
    for index, demand in items(demands):
        names.when(("demands", index), demand.when)
        for inner, what in items(demand.what):
            place = ("demands", index, "what", inner)
            _known(place, what, document, names)
            for _, command in items(demand.before):
                fault = _impossible(command, what, demands or ()) or _said_already(
                    command, what, index, demands or (), implying
                )
                if fault:
                    notes.fault(place, fault)
                    break


def _known(path: Path, what: str, document: Rules, names: Names) -> None:
    """Check that a field that is demanded is declared, and that a word has the section it takes."""
    if found := re.fullmatch(FIELD, what):
        known = None if document.fields is None else (*BUILT_IN_FIELDS, *document.fields)
        names.among(known, "field", path, found[1])
        return
    intake, appraisal, closing = document.intake, document.appraisal, document.closing
    plans = bool(document.dispositions)
    found_out = bool(appraisal and (appraisal.faults or appraisal.causes or appraisal.liabilities))
    needs = {
        "screening": ("intake.invalid", bool(intake and (intake.invalid or intake.vague))),
        "assessment": ("assessment", bool(document.assessment)),
        "appraisal": ("appraisal", found_out),
        **dict.fromkeys(("plan", "promise", "agreement"), ("dispositions", plans)),
        "tasks": ("tasks", bool(names.tasks)),
        "approval": ("approvals", bool(document.approvals) and plans),
        "survey": ("closing.survey", bool(closing and closing.survey)),
    }
    needed, there = needs.get(what, ("", True))
    if not there and names.notes.sound(*needed.split(".")):
        names.notes.fault(
            path, tr("{what} is demanded without `{needed}:` – add that, or leave this out", what=what, needed=needed)
        )


def _impossible(command: str, what: str, demands: Sequence[Demand]) -> str:
    """Return why a case can never have `what` before `command`; "" if it can."""
    if what == "text":
        no_words = tr("{command} says nothing of its own – demand `text` before another command", command=command)
        return "" if WAITING[command] else no_words
    giving = DEMANDS.get(what, "")
    if giving == command:
        if what == "promise":
            return ""
        if what == "words":
            return tr(
                "{what} comes with {command} itself – write `text`, or demand it before a later command",
                what=what,
                command=command,
            )
        return tr("{what} comes with {command} itself – demand it before a later command", what=what, command=command)
    if TAKES.get(giving, what) == "resolution" and command in BEFORE_RESOLUTION:
        return tr(
            "{what} comes after the resolution, and {command} before it – demand it before `close`",
            what=what,
            command=command,
        )
    if giving and command in _on_the_way(giving, demands):
        return tr(
            "{what} takes {giving}, and that takes {command} first – demand it before a later command",
            what=what,
            giving=giving,
            command=command,
        )
    return ""


def _on_the_way(giving: str, demands: Sequence[Demand]) -> Iterator[str]:
    """Yield the commands that a case surely goes through before `giving`."""
    seen, ahead = {giving}, [giving]
    for command in ahead:
        words = [TAKES[command]] if command in TAKES else []
        always = [entry for _, entry in items(demands) if not entry.when and command in (entry.before or ())]
        words += [word for entry in always for _, word in items(entry.what)]
        for other in dict.fromkeys(DEMANDS.get(word, "") for word in words):
            if other and other not in seen:
                seen.add(other)
                ahead.append(other)
                yield other


def _said_already(command: str, what: str, index: int, demands: Sequence[Demand], implying: Implying) -> str:
    """Return which entry above demands the same of the same cases; "" if none does."""
    for place, entry in items(demands[:index]):
        same = command in (entry.before or ()) and what in (entry.what or ())
        if same and implying.all_implied(demands[index].when, entry.when):
            return tr(
                "demands[{place}] demands {what} before {command} of these cases already – leave it out",
                place=place + 1,
                what=what,
                command=command,
            )
    return ""
