"""Learning from a desk's own cases, and what is suggested for those that nothing has classified."""

from __future__ import annotations

import sqlite3

from afterservice_cli.cases.events.general import ModelAdopted
from afterservice_cli.decisions.suggesting import ENOUGH, SUGGESTED, learn, most_alike
from afterservice_cli.errors import Problem, Refused
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import tr, tr_many
from afterservice_cli.reports.cases.suggested import ModelView, Suggestion
from afterservice_cli.rulebook.model import Rulebook, snapshot_hash
from afterservice_cli.rulebook.phrases.seen import read
from afterservice_cli.store import learning as store
from afterservice_cli.store.reading import queries
from afterservice_cli.time.instants import to_text
from afterservice_cli.workflows.desk import Desk
from afterservice_cli.workflows.recording import writing


class Learnt(Frozen):
    """What was learnt: the hash of the model, from how much it follows, and whether it is another one than before."""

    hash: str
    cases: int
    categories: int
    pairs: int
    changed: bool


def learn_anew(desk: Desk) -> Learnt:
    """Take from the cases as they are what to suggest, and adopt what follows; `Refused` if they are too few.

    Nobody waits while it learns: what it read is forgotten if a case was erased meanwhile.
    """
    while True:
        with desk.reading() as db:
            erased, examples = store.last_erasure(db), store.examples(db)
        model = learn(examples)
        if model.cases < ENOUGH:
            raise Refused(
                tr_many(
                    "too little is known to suggest anything: {count} case has a category that people gave or left, "
                    "and {more} more are needed",
                    "too little is known to suggest anything: {count} cases have a category that people gave or left, "
                    "and {more} more are needed",
                    model.cases,
                    more=ENOUGH - model.cases,
                ),
                hint="afterservice list --unclassified",
                rule="learning",
            )
        with writing(desk) as writer:
            if store.last_erasure(writer.db) != erased:
                continue
            digest = snapshot_hash(model.text)
            changed = queries.desk_value(writer.db, queries.MODEL) != digest
            if changed:
                writer.record_for_desk(ModelAdopted(desk.now, model.cases, digest))
                store.put_in_force(writer.db, model)
            return Learnt(digest, model.cases, len(model.categories), model.pairs, changed)


def learn_after_erasure(desk: Desk) -> str:
    """Take anew from the cases what an erasure has made a desk forget, and return what came of it in words."""
    try:
        learnt = learn_anew(desk)
    except Problem as problem:
        return tr("suggestions are forgotten with it: {why}", why=problem.message)
    return tr_many(
        "suggestions learnt anew from {count} case", "suggestions learnt anew from {count} cases", learnt.cases
    )


class Suggesting:
    """What is suggested to whoever works by a rulebook: by the model in force, or else by the rulebook's topics."""

    def __init__(self, db: sqlite3.Connection, rulebook: Rulebook) -> None:
        self._model, self._rulebook = store.model_in_force(db), rulebook
        self._among = {*rulebook.leaves()} - {rulebook.default.category}
        self.any = False  # whether anything was suggested so far

    def of(self, text: str) -> list[str]:
        """Return the categories that are suggested for a text, the likeliest first, at most SUGGESTED."""
        if self._model:
            found = self._model.likely(text, self._among)
        else:
            found = [name for name in read(self._rulebook, text).likely if name in self._among][:SUGGESTED]
        self.any = self.any or bool(found)
        return found

    def explained(self, db: sqlite3.Connection, number: str, text: str) -> list[Suggestion]:
        """Return what is suggested for a case that says this, each with the past cases that are most like it."""
        return [Suggestion(name, most_alike(text, store.like(db, name, number))) for name in self.of(text)]


def model_view(db: sqlite3.Connection) -> ModelView | None:
    """Return what suggestions follow from; None if nothing was learnt."""
    adopted, model = store.adopted(db), store.model_in_force(db)
    if adopted is None or model is None:
        return None
    at, actor = to_text(adopted.recorded.event.at), adopted.recorded.actor
    return ModelView(adopted.hash, at, actor, model.cases, len(model.categories), model.pairs)
