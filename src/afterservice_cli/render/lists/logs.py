"""Traces out as programs for process mining read them: a row an event, a line a case, XES, OCEL."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Protocol, TextIO

from afterservice_cli.frozen import Frozen
from afterservice_cli.render.csv import write_csv
from afterservice_cli.render.rows import Column, json_text
from afterservice_cli.reports.lists.log import Bond, Fact, Trace, TraceStep
from afterservice_cli.time.instants import to_text


class Log(Frozen):
    """What is written of a desk: its traces, what each step is called for people, and where all of it comes from.

    `columns` are the facts of cases that have columns of their own where every row has the same.
    """

    traces: Iterable[Trace]
    called: Callable[[TraceStep], str]
    columns: tuple[str, ...]
    origin: Mapping[str, object]


class Things(Protocol):
    """What remembers what was met, by kind and id."""

    def meet(self, kind: str, id: str, *, told: bool = False) -> None: ...
    def kinds(self) -> list[str]: ...
    def untold(self) -> Iterator[tuple[str, str]]: ...


# --- a row an event, a line a case ------------------------------------------------------------------------------

Row = tuple[Trace, TraceStep]


def write_rows(out: TextIO, log: Log) -> None:
    """Write a CSV of one row for each step, the facts of its case beside it."""

    def column(name: str, said: Callable[[Row], object]) -> Column[Row]:
        return Column(name, name, said, said)

    def of_case(name: str) -> Column[Row]:
        return column(f"case.{name}", lambda row: _plain(row[0].facts.get(name)))

    columns = [
        column("case", lambda row: row[0].case),
        column("seq", lambda row: row[1].seq),
        column("activity", lambda row: row[1].word),
        column("label", lambda row: log.called(row[1])),
        column("stage", lambda row: row[1].stage),
        column("at", lambda row: to_text(row[1].at)),
        column("recorded_at", lambda row: to_text(row[1].recorded_at)),
        column("by", lambda row: row[1].by),
        column("team", lambda row: row[1].team),
        column("cycle", lambda row: row[1].cycle),
        column("facts", lambda row: json_text(_facts(row[1].facts)) if row[1].facts else ""),
        *map(of_case, log.columns),
    ]
    write_csv(out, ((trace, step) for trace in log.traces for step in trace.steps), columns)


def write_lines(out: TextIO, log: Log) -> None:
    """Write a JSON object a line for each case, with its steps."""
    for trace in log.traces:
        steps = [{**_head(step, log), "facts": _facts(step.facts)} for step in trace.steps]
        out.write(json_text({"case": trace.case, **_facts(trace.facts), "events": steps}) + "\n")


def _head(step: TraceStep, log: Log) -> Mapping[str, Fact | None]:
    """Return what every step says, by the names that it has outside of XES."""
    return {
        "seq": step.seq,
        "activity": step.word,
        "label": log.called(step),
        "stage": step.stage,
        "at": to_text(step.at),
        "recorded_at": to_text(step.recorded_at),
        "by": step.by,
        "team": step.team,
        "cycle": step.cycle,
    }


def _plain(fact: Fact | None) -> str | int | float | None:
    return to_text(fact) if isinstance(fact, datetime) else fact


def _facts(facts: Mapping[str, Fact]) -> Mapping[str, str | int | float | None]:
    return {name: _plain(fact) for name, fact in facts.items()}


# --- XES --------------------------------------------------------------------------------------------------------

_EXTENSIONS = (("Concept", "concept"), ("Time", "time"), ("Organizational", "org"), ("Lifecycle", "lifecycle"))
_GLOBAL = {
    "trace": '<string key="concept:name" value=""/>',
    "event": (
        '<string key="concept:name" value=""/><date key="time:timestamp" value="1970-01-01T00:00:00Z"/>'
        '<string key="lifecycle:transition" value="complete"/><string key="org:resource" value=""/>'
    ),
}
# What XML has no sign for, also half of a pair.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Told by its number: what XML would change, and what would move something on a screen.
_BY_NUMBER = re.compile("[\t\n\r\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f]")
_SPECIAL = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def write_xes(out: TextIO, log: Log) -> None:
    """Write XES (IEEE 1849-2016), a trace a case; what XML cannot hold is shown as a question mark in a diamond."""
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write('<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">\n')
    for name, prefix in _EXTENSIONS:
        uri = f"http://www.xes-standard.org/{prefix}.xesext"
        out.write(f' <extension name="{name}" prefix="{prefix}" uri="{uri}"/>\n')
    for scope, known in _GLOBAL.items():
        out.write(f' <global scope="{scope}">{known}</global>\n')
    out.write(' <classifier name="Activity" keys="concept:name"/>\n')
    out.write(' <string key="lifecycle:model" value="standard"/>\n')
    for name, value in log.origin.items():
        out.write(f" {_xes('concept:name' if name == 'desk' else name, str(value))}\n")
    for trace in log.traces:
        out.write(f" <trace>\n  {_xes('concept:name', trace.case)}\n")
        out.writelines(f"  {_xes(name, fact)}\n" for name, fact in trace.facts.items())
        for step in trace.steps:
            out.write(f"  <event>{''.join(_xes(name, fact) for name, fact in _xes_facts(step, log))}</event>\n")
        out.write(" </trace>\n")
    out.write("</log>\n")


def _xes_facts(step: TraceStep, log: Log) -> Iterator[tuple[str, Fact]]:
    yield "concept:name", step.word
    yield "time:timestamp", step.at
    yield "lifecycle:transition", "complete"
    yield "org:resource", step.by
    if step.team:
        yield "org:group", step.team
    yield from (("label", log.called(step)), ("seq", step.seq), ("cycle", step.cycle), ("stage", step.stage))
    yield "recorded_at", step.recorded_at
    for name, fact in step.facts.items():
        yield f"fact.{name}" if name in ("label", "seq", "cycle", "stage", "recorded_at") else name, fact


_XES_KINDS = ((bool, "boolean"), (int, "int"), (float, "float"), (datetime, "date"))


def _xes(key: str, fact: Fact) -> str:
    """Return an attribute: an element that is called as the kind of its value."""
    element = next((name for kind, name in _XES_KINDS if isinstance(fact, kind)), "string")
    return f'<{element} key="{_quoted(key)}" value="{_quoted(_text(fact))}"/>'


def _text(fact: Fact) -> str:
    if isinstance(fact, bool):
        return "true" if fact else "false"
    return str(_plain(fact))


def _quoted(text: str) -> str:
    return _BY_NUMBER.sub(lambda sign: f"&#{ord(sign[0])};", _NO_XML.sub("\ufffd", text).translate(_SPECIAL))


# --- OCEL -------------------------------------------------------------------------------------------------------

_OCEL_KINDS = ((bool, "boolean"), (int, "integer"), (float, "float"), (datetime, "time"))
_ALWAYS = "1970-01-01T00:00:00Z"  # from when on what is said of an object holds, if it holds throughout
Types = dict[str, dict[str, str]]  # by type of event or object, the type of each of its attributes


def write_ocel(out: TextIO, log: Log, things: Things, spool: TextIO) -> None:
    """Write OCEL 2.0 JSON: cases, customers, products, people, teams and problems as objects of the same events.

    The objects of cases wait in the spool until the events are written.
    """
    events: Types = {}
    objects: Types = {"case": {}}
    out.write('{"events": [')
    between = "\n"
    for trace in log.traces:
        spool.write(_ocel_case(trace, objects["case"]) + "\n")
        for bond in (Bond("case", trace.case, ""), *trace.bonds, *(bond for one in trace.steps for bond in one.bonds)):
            things.meet(bond.kind, bond.id, told=bond.kind == "case" and bond.id == trace.case)
        for step in trace.steps:
            out.write(between + _ocel_event(trace, step, log, events.setdefault(step.word, {})))
            between = ",\n"
    out.write('\n], "objects": [')
    between = "\n"
    spool.seek(0)
    for line in spool:
        out.write(between + line.rstrip("\n"))
        between = ",\n"
    for kind, id in things.untold():
        out.write(between + json_text({"id": _id(kind, id), "type": kind, "attributes": [], "relationships": []}))
        between = ",\n"
    objects |= {kind: {} for kind in things.kinds() if kind not in objects}
    out.write(f'\n], "eventTypes": {_ocel_types(events)},\n"objectTypes": {_ocel_types(objects)}}}\n')


def _ocel_case(trace: Trace, types: dict[str, str]) -> str:
    told = [{"name": name, "time": _ALWAYS, "value": value} for name, value in _ocel_values(trace.facts, types)]
    bonds = [{"objectId": _id(bond.kind, bond.id), "qualifier": bond.as_} for bond in trace.bonds]
    return json_text({"id": trace.case, "type": "case", "attributes": told, "relationships": bonds})


def _ocel_event(trace: Trace, step: TraceStep, log: Log, types: dict[str, str]) -> str:
    facts: dict[str, Fact] = {
        "label": log.called(step),
        "stage": step.stage,
        "cycle": step.cycle,
        "recorded_at": step.recorded_at,
    }
    told = [{"name": name, "value": value} for name, value in _ocel_values({**step.facts, **facts}, types)]
    # Programs leave out objects that no event has.
    throughout = [bond for bond in trace.bonds if bond.kind in ("customer", "product")]
    bonds = [Bond("case", trace.case, "of"), *throughout, *step.bonds]
    with_ = [{"objectId": _id(bond.kind, bond.id), "qualifier": bond.as_} for bond in bonds]
    event: dict[str, object] = {"id": f"event:{step.seq}", "type": step.word, "time": to_text(step.at)}
    return json_text({**event, "attributes": told, "relationships": with_})


def _ocel_values(facts: Mapping[str, Fact], types: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield facts as texts, which the standard has whatever their type, and note their types."""
    for name, fact in facts.items():
        types.setdefault(name, next((called for kind, called in _OCEL_KINDS if isinstance(fact, kind)), "string"))
        yield name, _text(fact)


def _ocel_types(types: Types) -> str:
    """Return the types of events or objects with their attributes, as JSON."""
    told = [
        {"name": name, "attributes": [{"name": one, "type": kind} for one, kind in attributes.items()]}
        for name, attributes in types.items()
    ]
    return json_text(told)


def _id(kind: str, id: str) -> str:
    """Return the id of an object: a case's and a problem's number as it is, others with their kind before them."""
    return id if kind in ("case", "problem") else f"{kind}:{id}"
