"""What is learnt from cases, read from the tables and kept beside the rulebooks: a model, of which one is in force."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from afterservice_cli.cases.case import Recorded
from afterservice_cli.decisions.suggesting import Model, TrainingExample
from afterservice_cli.errors import IntegrityBroken
from afterservice_cli.files.kept import Kept
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import tr
from afterservice_cli.rulebook.model import snapshot_hash
from afterservice_cli.store import history
from afterservice_cli.store.reading import queries
from afterservice_cli.store.views import TEXTS

COMPARED = 100  # cases with a category in which the most alike are looked for, the newest
_SAID = "description || coalesce(char(10) || replies, '')"
_BY = "json_extract((SELECT text FROM parts WHERE part = cases.decided), '$.category.{}')"
# What people set counts at once; what a rule gave, or a person took from suggestions, once the case was done with it.
_LEARNT = (
    "description IS NOT NULL AND classified AND status <> 'void' AND (status IN ('confirmed', 'closed') "
    f"OR ({_BY.format('by')} IN ('person', 'import') AND {_BY.format('suggested')} IS NULL))"
)
_TEXTS = f"JOIN {TEXTS} ON texts.case_id = cases.case_id"


class Adopted(Frozen):
    """The model in force as its event tells it."""

    recorded: Recorded
    hash: str


def examples(db: sqlite3.Connection) -> Kept[TrainingExample]:
    """Return the cases to learn from, those of each customer one after the other; who is not known is nobody else."""
    query = (
        f"SELECT category, coalesce(customer_id, cases.case_id) AS customer, {_SAID} FROM cases {_TEXTS} "
        f"WHERE {_LEARNT} ORDER BY customer"
    )
    return Kept(db.execute(query), lambda row: TrainingExample(*row))


def like(db: sqlite3.Connection, category: str, but: str) -> Iterator[tuple[str, str]]:
    """Yield the newest cases to learn from that have a category, as number and text, all `but` one."""
    query = (
        f"SELECT cases.case_id, {_SAID} FROM cases {_TEXTS} WHERE category = ? AND cases.case_id <> ? AND {_LEARNT} "
        "ORDER BY registered_at DESC, cases.case_id DESC LIMIT ?"
    )
    yield from db.execute(query, (category, but, COMPARED))


def last_erasure(db: sqlite3.Connection) -> int:
    """Return the number of the last event that erased a case; 0 if nothing was erased."""
    return int(db.execute("SELECT coalesce(max(erased_by), 0) FROM erasures").fetchone()[0])


def model_in_force(db: sqlite3.Connection) -> Model | None:
    """Return the model that suggestions follow from; None if nothing was learnt, `IntegrityBroken` if it is gone."""
    digest = queries.desk_value(db, queries.MODEL)
    if not digest:
        return None
    found = db.execute("SELECT text FROM models WHERE hash = ?", (digest,)).fetchone()
    try:
        return Model(found[0])
    except (TypeError, ValueError):
        raise IntegrityBroken(tr("the desk's model is gone or was changed"), hint="afterservice check") from None


def adopted(db: sqlite3.Connection) -> Adopted | None:
    """Return how the model in force was adopted; None if there is none."""
    digest = queries.desk_value(db, queries.MODEL)
    if not digest:
        return None
    last = "WHERE events.kind = 'ModelAdopted' ORDER BY events.seq DESC LIMIT 1"
    return Adopted(next(history.read(db, last)), digest)


def put_in_force(db: sqlite3.Connection, model: Model) -> None:
    """Keep a model in place of the one there was; its event is recorded beside."""
    digest = snapshot_hash(model.text)
    db.execute("INSERT INTO models (hash, text) VALUES (?,?)", (digest, model.text))
    queries.set_value(db, queries.MODEL, digest)
    db.execute("DELETE FROM models WHERE hash <> ?", (digest,))


def forget(db: sqlite3.Connection, by: int) -> None:
    """Forget the model, if there is one, and the hashes of all that were, by the erasure that event `by` is."""
    if not queries.learnt(db):
        return
    queries.set_value(db, queries.MODEL, "")
    db.execute("DELETE FROM models")
    theirs = "SELECT personal.seq FROM personal JOIN events ON events.seq = personal.seq WHERE kind = 'ModelAdopted'"
    seqs = [seq for (seq,) in db.execute(theirs)]
    db.executemany("INSERT INTO erasures (seq, erased_by) VALUES (?,?)", [(seq, by) for seq in seqs])
    db.executemany("DELETE FROM personal WHERE seq = ?", [(seq,) for seq in seqs])
