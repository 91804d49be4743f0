"""A proposed profile as a file: YAML with comments for whoever goes on with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from afterservice_cli.intake.proposals.happened import EventLog, ProposedStep
from afterservice_cli.intake.proposals.proposal import BY_CELLS, UNDECIDED, ProposedProfile
from afterservice_cli.intake.proposals.states import OPEN, States
from afterservice_cli.language import listed, tr

# What may stand in YAML as it is, in a list or a mapping on one line, too.
_PLAIN = re.compile(r"[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff ./()（）-]*(?<! )")
_WORDS = re.compile(r"(?i)y|n|yes|no|on|off|true|false|null|none")
# The signs that YAML refuses, even within quotes: https://yaml.org/spec/1.1/#c-printable.
_REFUSED = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WIDTH = 100  # characters of a line, beyond which a list stands on several
_BETWEEN = {"contact": ', with: "、"', "customer": ', with: " "'}  # what stands between joined columns, if no dash


def profile_text(proposal: ProposedProfile) -> str:
    """Return a proposal as a profile that `import --profile` reads, with what is left to be decided in comments."""
    return "\n".join(_lines(proposal)) + "\n"


def _lines(proposal: ProposedProfile) -> Iterator[str]:
    yield tr("# Proposed by `afterservice import` from the headings and cells of the file.")
    for question in proposal.questions:
        yield tr("# TO DECIDE: {question}", question=question.message)
    kept = tr("part of each row's identity: keep it, and a repeated import adds nothing")
    yield f"profile: {proposal.name}   # {kept}"
    yield ""
    yield tr("columns:   # our field: the heading in the file, or several of which the first that is filled counts")
    for field, headings in proposal.columns.items():
        column = _text(headings[0]) if len(headings) == 1 else _list(headings)
        if field in proposal.joined:
            between = _BETWEEN.get(field, "")
            column = f"{{join: {_list(headings)}{between}}}"
        yield f"  {field}: {column}" + (f"   # {tr('by its cells')}" if proposal.why.get(field) == BY_CELLS else "")
    if proposal.unused:
        yield tr("  # not used: {headings}", headings=listed(map(_comment, proposal.unused)))
    if proposal.identity:
        yield ""
        yield tr("identity: {columns}   # tell rows apart that have no number", columns=_list(proposal.identity))
    if proposal.values:
        yield ""
        yield tr("values:   # what the file says: the rulebook's id")
        for field, meanings in proposal.values.items():
            yield from _mapping(field, meanings)
    yield ""
    yield f"dates: {_list(proposal.dates)}"
    if proposal.empty:
        yield tr("empty: {words}   # cells that say there is nothing", words=_list(proposal.empty))
    if proposal.defaults:
        yield tr("defaults: {defaults}   # where the file says nothing", defaults=_flow(proposal.defaults))
    if proposal.course:
        yield ""
        yield tr("course:   # what happened, in this order; an event is there if its `at` cell is filled")
        yield from (f"  - {_step(step)}" for step in proposal.course)
    if proposal.log:
        yield ""
        yield tr("events:   # what each row tells: the rows of one number are a case")
        yield from _events(proposal.log)
    if proposal.states:
        yield ""
        yield from _states(proposal.states) if proposal.states.counts else _states_to_decide(proposal.states)


def _states(states: States) -> Iterator[str]:
    """Yield the key by which a column of states is read."""
    yield tr("status:   # how far a case is, by a column without dates")
    yield f"  column: {_text(states.column)}"
    yield f"  means: {_means({word: meant for word, meant in states.means.items() if meant})}"
    if states.unknown:
        words = listed(map(_comment, states.unknown))
        yield tr("  # to be added, with `open` if nothing has happened: {words}", words=words)
    if states.at:
        yield f"  at: {_list(states.at)}"
    if states.undated:
        yield f"  undated: {states.undated}"
    if states.ground:
        yield f"  for: {states.ground}"


def _states_to_decide(states: States) -> Iterator[str]:
    """Yield the key by which a column of states would be read, if a person says so."""
    likely = states.but(means={word: meant or OPEN for word, meant in states.means.items()}, undated="latest")
    said = tr("How far a case is. Put the words right and take away the `# ` of these lines if it shall count:")
    yield from (f"# {line}" for line in (said, *_states(likely)))


def _means(words: Mapping[str, object]) -> str:
    return "{" + ", ".join(f"{_text(word)}: {meant}" for word, meant in words.items()) + "}"


def _events(log: EventLog) -> Iterator[str]:
    """Yield the keys by which each row tells an event."""
    yield f"  column: {_text(log.column)}"
    yield from _mapping("means", {word: event or UNDECIDED for word, event in log.means.items()})
    yield f"  at: {_text(log.at)}"
    if log.text:
        yield f"  text: {_text(log.text)}"


def _mapping(field: str, meanings: Mapping[str, str]) -> Iterator[str]:
    one = f"  {field}: {_flow(meanings)}"
    if len(one) <= _WIDTH:
        yield one
        return
    yield f"  {field}:"
    for said, meant in meanings.items():
        yield f"    {_text(said)}: {_text(meant)}"


def _step(step: ProposedStep) -> str:
    said = {"event": step.event, "at": step.at, "text": step.text, "score": step.score, "promised": step.promised}
    flow = _flow({name: value for name, value in said.items() if value})
    return f"{flow[:-1]}, means: {_means(step.means)}}}" if step.means else flow


def _flow(values: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{_text(name)}: {_text(value)}" for name, value in values.items()) + "}"


def _list(texts: Iterable[str]) -> str:
    return "[" + ", ".join(map(_text, texts)) + "]"


def _text(text: str) -> str:
    """Return a text as YAML reads it back, in quotes unless nothing in it could be taken for anything else."""
    plain = _PLAIN.fullmatch(text) and not _WORDS.fullmatch(text)
    quoted = json.dumps(text, ensure_ascii=False)
    return text if plain else _REFUSED.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def _comment(text: str) -> str:
    """Return a heading as a comment holds it, on one line, with a sign in place of those that YAML refuses."""
    return _REFUSED.sub("\ufffd", " ".join(text.split()))
