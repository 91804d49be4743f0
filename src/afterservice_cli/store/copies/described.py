"""What each table, view and column of a desk's file says, and which of them other programs can rely on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from afterservice_cli.frozen import Frozen
from afterservice_cli.language import sentence
from afterservice_cli.store.projections.told import SAYS
from afterservice_cli.store.projections.written import SAYS as WRITTEN
from afterservice_cli.store.schema import HISTORY, PROJECTIONS, Columns
from afterservice_cli.store.views import DEADLINES, IN_SECONDS, VIEW_COLUMNS

# Whether other programs can rely on it, it is the program's own and may change, or it holds what is personal.
Standing = Literal["public", "own", "personal"]


class Described(Frozen):
    """A table or a view: what its rows are, on whom it can be relied, and what columns of it say that others say not.

    `apart` names columns of a public one that are none of the public.
    """

    says: str
    standing: Standing
    columns: Mapping[str, str] = {}
    apart: Mapping[str, Standing] = {}


TABLES: Mapping[str, Described] = {
    "cases": Described(
        sentence("The cases, each as its last event left it."),
        "public",
        {
            "status": sentence("open, waiting, resolved, confirmed, closed or void"),
            "ended": sentence("1 if it is closed or void"),
            "stage": sentence("intake, triage, handling, closing or done"),
            "product": sentence("the product, as it was written"),
            "category": sentence("the category, with those above it before it: product.defect"),
            "classified": sentence("1 if a rule, a person or a file gave the category, 0 if nothing did"),
            "owner": sentence("the team whose case it is"),
            "person": sentence("the person of that team who has it; empty for nobody in particular"),
            "collaborators": sentence("the teams that work along, as a JSON list; see collaborators"),
            "registered_by": sentence("who recorded that it came in"),
            "fields": sentence("the rulebook's fields that are not personal, as JSON; see case_fields"),
            "decided": sentence("what it was given and why, as a number of parts; see decisions"),
            "responded_at": sentence("when the customer was last answered"),
            "resolved_at": sentence("when it was last resolved"),
            "closed_at": sentence("when it was last closed"),
            "promised_at": sentence("the time that the customer was promised"),
            "pause": sentence("what it waits for; empty if it does not wait"),
            "void_by": sentence("what made it void: screened, merged, withdrawn or retracted"),
            "merged_into": sentence("the case that it goes on as"),
            "work": sentence("what was found out and planned, as a number of parts; see outcomes, pauses and amounts"),
            "cycle": sentence("how often it began: 1, and 1 more for each reopening"),
            "version": sentence("how many events it has"),
            "source_identity": sentence("a keyed digest by which its row is known again"),
            "source_digest": sentence("a keyed digest of what its row said last"),
            "source_batch": sentence("the import that brought it in"),
        },
        {"first": "own", "decided": "own", "work": "own", "source_identity": "personal", "source_digest": "personal"},
    ),
    "deadlines": Described(
        sentence("The deadlines of cases, answered or not."),
        "public",
        {
            "done_by": sentence("the role that has to answer it; empty for any"),
        },
    ),
    "tasks": Described(
        sentence("What somebody has to do in cases, done or not."),
        "public",
        {
            "name": sentence("the task, by its name in the rulebook; +1, +2… for one that a person added to a plan"),
            "number": sentence("which task of this name in its cycle"),
            "plan": sentence("the version of the plan that it belongs to; 0 for none"),
            "team": sentence("the team or role that does it; empty for the case's own team"),
            "waits_for": sentence("the tasks that have to be done before it, with commas between them"),
            "outcomes": sentence("what it may lead to, with commas between them"),
            "state": sentence("open, done or dropped"),
            "opened_at": sentence("when it was opened"),
            "outcome": sentence("what it led to"),
        },
    ),
    "log": Described(
        sentence("Everything that happened in cases, an event a row; those that were taken back are in it, too."),
        "public",
        {
            "kind": sentence("the kind of event, as events.md names it"),
            "word": sentence("what it counts as: registered, responded, task:NAME.done…; empty if it was taken back"),
            "cycle": sentence("the cycle of the case in which it was; empty if it was taken back"),
            "stands": sentence("0 if it was taken back, else 1"),
        },
    ),
    "case_fields": Described(
        sentence("The rulebook's fields of cases, a value a row; personal ones are not in it."),
        "public",
        {"value": sentence("one of its values, by id; times are UTC")},
    ),
    "decisions": Described(
        sentence("What cases were given by whom: category, priority, owner, and fields that phrases filled."),
        "public",
        {
            "value": sentence("what it was given"),
            "given_by": sentence("rule, default, person, import, escalation, reopening or problem"),
            "rule": sentence("where the rulebook says so; empty if a person or a file did"),
        },
    ),
    "collaborators": Described(
        sentence("The teams that work along in cases."), "public", {"team": sentence("a team that works along")}
    ),
    "outcomes": Described(
        sentence("What was found out about cases, and how they are to end; empty for what nobody has said."),
        "public",
        {
            "screened": sentence("valid, vague or invalid; answered if the customer has added to a vague one"),
            "known": sentence("1 if it is a known problem, 0 if not"),
            "known_from": sentence("the case from which it is known"),
            "visit": sentence("how it goes on: remote help, a visit…"),
            "warranty": sentence("1 if it is under warranty, 0 if not"),
            "fault": sentence("what failed"),
            "cause": sentence("why it failed"),
            "plan": sentence("the version of the newest plan of this cycle"),
            "disposition": sentence("how the case is to end, by the plan"),
            "proposed_by": sentence("who proposed the plan"),
            "approved": sentence("1 if the plan has every approval, else 0"),
            "agreed": sentence("1 if the customer accepts the plan, 0 if not"),
            "satisfied": sentence("1 if the customer says that it worked, 0 if not"),
        },
    ),
    "liabilities": Described(
        sentence("Who is liable for what failed, each of them a row."),
        "public",
        {"liability": sentence("one who is liable")},
    ),
    "pauses": Described(
        sentence("The times in which cases waited."),
        "public",
        {
            "ground": sentence("what for, as the rulebook names it"),
            "from_at": sentence("when it began to wait"),
            "to_at": sentence("when it went on; empty while it waits"),
        },
    ),
    "amounts": Described(
        sentence("What customers are given by plans that stand, and were given by earlier ones, a kind a row."),
        "public",
        {
            "plan": sentence("the version of the plan"),
            "disposition": sentence("how the case was to end by it, as the rulebook names it"),
            "gives": sentence("what is given, as the rulebook names it"),
            "amount": sentence("how much, in the unit that the rulebook names"),
            "given": sentence(
                "1 if it was given for good: by a task that is done but once, or before a reopening; else 0"
            ),
        },
    ),
    "ratings": Described(
        sentence("The scores that customers gave, the last of each cycle and question; 5 is best."),
        "public",
        {"question": sentence("what was asked, by its name in the rulebook"), "score": sentence("1 to 5")},
    ),
    "links": Described(
        sentence("Which case has to do with which other."),
        "public",
        {
            "other": sentence("the other case"),
            "relation": sentence("what it is to the other: related, duplicate, follows or merged"),
        },
    ),
    "problems": Described(
        sentence("The problems that several cases have in common."),
        "public",
        {
            "seq": sentence("the event that opened it"),
            "pattern": sentence("its kind, by its name in the rulebook; empty if it was opened by hand"),
            "same": sentence("what its cases share, as JSON"),
            "team": sentence("the team or role whose it is"),
            "opened_at": sentence("when it was opened"),
            "due_at": sentence("by when it has to be closed; empty if nothing says so"),
            "duration": sentence("how long that takes, as the rulebook writes it"),
            "closed_at": sentence("when it was closed"),
            "closed_by": sentence("who closed it"),
            "version": sentence("how many events it has"),
        },
    ),
    "problem_cases": Described(
        sentence("Which case belongs to which problem."),
        "public",
        {"pattern": sentence("the problem's kind, by its name in the rulebook; empty for none")},
    ),
    "measures": Described(
        sentence("What is to be done so that a figure changes."),
        "public",
        {
            "measure": sentence("the measure's number"),
            "seq": sentence("the event that added it"),
            "team": sentence("the team or role that does it"),
            "person": sentence("the person who does it; empty for nobody in particular"),
            "due_at": sentence("by when it has to be done"),
            "about": sentence("the facts of the cases by whose number it is judged, as JSON"),
            "problem": sentence("the problem that it follows from"),
            "of_case": sentence("the case that it follows from"),
            "month": sentence("the month whose report it follows from"),
            "added_at": sentence("when it was added"),
            "judged_at": sentence("when it was judged"),
            "judged_by": sentence("who judged it"),
            "effective": sentence("whether it had its effect: yes, partly or no"),
            "before": sentence("how many such cases came in before it was done"),
            "after": sentence("how many came in after it, in as long a time"),
            "version": sentence("how many events it has"),
        },
    ),
    "duties": Described(
        sentence("What the desk owes at fixed intervals, each time a row."),
        "public",
        {
            "name": sentence("the duty, by its name in the rulebook"),
            "seq": sentence("the event with which its time began"),
            "team": sentence("the team or role that sees to it"),
            "every": sentence("how often, as the rulebook writes it"),
            "ended_at": sentence("when somebody saw to it; empty if nobody did"),
            "outcome": sentence("void if it was demanded no longer; empty otherwise"),
        },
    ),
    "labels": Described(
        sentence("What ids stand for, by the rulebook in force; people are not in it."),
        "public",
        {
            "what": sentence("what it is an id of: category, owner, cause…, or field:NAME for the values of a field"),
            "id": sentence("the id"),
            "en": sentence("its title in English"),
            "zh": sentence("its title in Chinese"),
        },
    ),
    # --- the program's own --------------------------------------------------------------------------------------
    "events": Described(
        sentence("The history: every event in its form of keeping, chained by hashes. Read log instead."),
        "own",
        {
            "kind": sentence("the kind of event, as events.md names it"),
            "case_id": sentence("the case's number, a problem's or a measure's; desk for those of the desk itself"),
            "occurred_at": sentence("when it happened"),
            "run": sentence("what it has in common with those that were recorded at once, as a number of runs"),
            "shape": sentence("what the rules gave, as a number of shapes"),
            "body": sentence("the rest of it as JSON, without personal data"),
            "commitment": sentence("a salted hash of what is personal in it"),
            "hash": sentence("the SHA-256 of all that it is, and of the event before it"),
        },
    ),
    "runs": Described(
        sentence("What events that were recorded at once have in common."),
        "own",
        {"run": sentence("its number"), "clock": sentence("system, or given on the command line")},
    ),
    "shapes": Described(
        sentence("What the rules gave, kept once for all events that have it alike."),
        "own",
        {"shape": sentence("its number"), "text": sentence("JSON in which numbers stand for instants")},
    ),
    "personal": Described(
        sentence("What is personal in events: names, contacts, texts, personal fields and file names."),
        "personal",
        {
            "seq": sentence("the event's number"),
            "salt": sentence("what goes before it when it is hashed"),
            "data": sentence("what is personal, as JSON"),
        },
    ),
    "erasures": Described(
        sentence("Whose personal data was erased by which event."),
        "own",
        {"seq": sentence("the event whose personal data is gone"), "erased_by": sentence("the event by which it went")},
    ),
    "snapshots": Described(
        sentence("Every rulebook that was adopted."),
        "own",
        {"hash": sentence("its SHA-256"), "text": sentence("the rulebook as JSON")},
    ),
    "models": Described(
        sentence("What suggestions follow from, learnt from the cases: the one in force alone."),
        "personal",
        {"hash": sentence("its SHA-256"), "text": sentence("how many cases have which pairs of letters, by category")},
    ),
    "desk": Described(
        sentence("The desk itself: its identity, its secret, the rulebook in force."),
        "own",
        {"key": sentence("what is said"), "value": sentence("what it is")},
    ),
    "reveals": Described(
        sentence("Who looked at whose personal data, and when."),
        "personal",
        {"id": sentence("its number"), "actor": sentence("who looked"), "at": sentence("when they looked")},
    ),
    "parts": Described(
        sentence("JSON that many cases have alike, kept once."),
        "own",
        {"part": sentence("its number"), "text": sentence("what was given and why, or what was found out and planned")},
    ),
    "terms": Described(sentence("What many deadlines have alike, kept once. Read deadlines instead."), "own"),
    "due_times": Described(sentence("Deadlines, in seconds since 1970, without their terms; see deadlines."), "own"),
    "said_of_customers": Described(
        sentence("Which fields of customers were said in which case."),
        "own",
        {"seq": sentence("the event that said it last")},
    ),
    "timeline": Described(
        sentence("The events of cases that stand, by their words. Read log instead."),
        "own",
        {"owner": sentence("the team to which the event handed the case over")},
    ),
    "written": Described(
        sentence("What is written about cases, as far as it is no longer what was registered. Read texts instead."),
        "personal",
        {"own": sentence("0 if all of it stands with the event that registered the case, else 1"), **WRITTEN},
    ),
    "texts": Described(sentence("What is written about cases, and whom they are about."), "personal", WRITTEN),
    "customers": Described(
        sentence("Whose each contact is."), "personal", {"contact": sentence("the contact as it is compared")}
    ),
    "told": Described(sentence("What reports tell of cases, a row for each fact."), "own", SAYS),
}

# What columns of these names say if their table does not say otherwise.
COMMON: Mapping[str, str] = {
    "actor": sentence("who recorded it: the user, and whom they acted as"),
    "at": sentence("when it happened"),
    "calendar": sentence("the working calendar it counts by; empty for the desk's own"),
    "case_id": sentence("the case's number"),
    "channel": sentence("the channel by which it came in"),
    "counts": sentence("1 if it is part of attainment"),
    "customer_id": sentence("the customer, as a random id that says nothing about them"),
    "cycle": sentence("the cycle of the case that it belongs to"),
    "done_at": sentence("when it was done"),
    "done_by": sentence("who did it"),
    "due_at": sentence("when it is due"),
    "duration": sentence("how long it takes, as the rulebook writes it; empty if a date sets it"),
    "ended_at": sentence("when it was answered; empty if it was not"),
    "field": sentence("the field, by its name in the rulebook"),
    "first": sentence("the event that registered the case, by its number in the history"),
    "from_at": sentence("when its time began"),
    "kind": sentence("the kind of case"),
    "occurrence": sentence("which of those that repeat it is, from 1"),
    "outcome": sentence("missed or void if the case went on without an answer; empty otherwise"),
    "paused_at": sentence("since when it stands still, or stood still when it was answered"),
    "pauses": sentence("1 if it stands still while the case waits"),
    "place": sentence("its place among those of its case, from 0"),
    "priority": sentence("the priority"),
    "problem": sentence("the problem's number"),
    "provisional": sentence("1 if it may still move, since the calendar is not known that far"),
    "recorded_at": sentence("when it was recorded"),
    "registered_at": sentence("when it came in"),
    "rule": sentence("where the rulebook says so"),
    "rulebook": sentence("the rulebook in force then, by its SHA-256"),
    "seq": sentence("the event's number in the history"),
    "serial": sentence("its number within its series"),
    "series": sentence("the series of numbers that it was counted in"),
    "start": sentence("the event with which it began"),
    "opened_with": sentence("the event that opened its task; empty if it is of no task"),
    "target": sentence("the target, by its name in the rulebook; task:NAME for a task's"),
    "team": sentence("the team or role whose task it is; empty for the case's own team"),
    "term": sentence("what it has in common with others, as a number of terms"),
    "until": sentence("the events of which the first answers it, with commas between them"),
    "version": sentence("which event of its case it is, from 1"),
    "warn_at": sentence("from when on it is about to be missed"),
    "word": sentence("what it counts as: registered, responded, task:NAME.done…"),
}
_OTHERS = {**HISTORY, **PROJECTIONS, **VIEW_COLUMNS}


def columns_of(name: str) -> Columns:
    """Return the columns of a table or a view with their types, in their order."""
    if name == "deadlines":
        kinds = {**PROJECTIONS["terms"], **PROJECTIONS["due_times"], **dict.fromkeys(("case_id", *IN_SECONDS), str)}
        return {column: kinds[column] for column in DEADLINES}
    return _OTHERS[name]


def what(name: str, column: str) -> str:
    """Return the sentence for a column, in English; KeyError if it has none."""
    return TABLES[name].columns.get(column) or COMMON[column]


def standing_of(name: str, column: str) -> Standing:
    """Return whether other programs can rely on a column."""
    table = TABLES[name]
    return table.apart.get(column, table.standing)


def public() -> Iterator[tuple[str, Columns]]:
    """Yield the tables and views on which other programs can rely, with those of their columns."""
    for name, table in TABLES.items():
        if table.standing == "public":
            columns = columns_of(name)
            yield name, {column: columns[column] for column in columns if standing_of(name, column) == "public"}
