"""What `check` finds: nothing on a desk that was only used, and every single thing that was changed behind its back."""

import contextlib
import re
import shutil
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from afterservice_cli.cases.events.general import ImportFinished, ModelAdopted
from afterservice_cli.cases.values import Source
from afterservice_cli.cli import run
from afterservice_cli.decisions import closing, duties, handling, measures, mending, problems, screening, triage
from afterservice_cli.decisions.intake import Draft
from afterservice_cli.decisions.suggesting import TrainingExample, learn
from afterservice_cli.rulebook.model import snapshot_hash
from afterservice_cli.store import history, learning
from afterservice_cli.store.integrity import examine
from afterservice_cli.store.schema import HISTORY, KEYS, PROJECTIONS, TRIGGERS
from afterservice_cli.workflows import recording
from afterservice_cli.workflows.desk import Desk
from afterservice_cli.workflows.recording import writing
from conftest import Runner
from given import RECEIVED, compiled, hour, make_desk

COLUMNS = history.COLUMNS.split(", ")
PRIVATE = ("Ann", "555", "666", "broken", "mended", "thanks", "mistyped", "cases.csv")
Tamper = Callable[..., list[str]]


def use(desk: Desk) -> None:
    """A little of everything; the last event is one about a case."""
    phone = {"channel": "phone", "description": "broken", "customer": "Ann", "contact": "555", "scene": "at home"}
    source = Source("p", "b", "i", "d")
    with writing(desk) as writer:
        for draft in (
            Draft({**phone, "kind": "question", "product": "X", "tier": "vip"}, source=source),
            Draft(phone),
            Draft({**phone, "contact": None}),
        ):
            writer.register(draft)
        writer.record_for_desk(ImportFinished(RECEIVED, "b", "p", {"new": 1}, "cases.csv"))
    desk.now = hour(1)
    with writing(desk) as writer:
        writer.record_for_desk(
            duties.done(writer.running_duties(), writer.moment(), name="mailbox", text="one of broken lamps")
        )
    with writing(desk) as writer:
        model = learn([TrainingExample("billing", str(customer), "broken") for customer in range(3)])
        writer.record_for_desk(ModelAdopted(desk.now, model.cases, snapshot_hash(model.text)))
        learning.put_in_force(writer.db, model)
    recording.act(desk, "001", handling.respond)
    recording.act(desk, "001", partial(triage.assign, owner="design", collaborators=("finance",), reason="mistyped"))
    recording.act(desk, "001", partial(closing.resolve, resolution="mended"))
    recording.act(desk, "001", partial(closing.confirm, satisfied=False))
    recording.act(
        desk, "001", partial(closing.close, resolution="mended", confirmed=True, words="thanks", scores={"overall": 4})
    )
    recording.act(desk, "002", partial(triage.classify, category="billing", reason="mistyped"))
    recording.act(desk, "002", partial(handling.note, text="thanks"))
    recording.act(desk, "003", partial(mending.retract, seq=4, reason="mistyped"))
    recording.act(desk, "001", partial(screening.link, other="202610-002", relation="related"))
    with writing(desk) as writer:
        at = writer.moment().at
        wanted = problems.NewProblem("broken lamps", "batch")
        opened = problems.open_by_hand(
            writer.moment(), wanted=wanted, cases=(), numbered=writer.numbered("problems", at)
        )
        problem = writer.record_problem(opened.problem, opened)
        writer.act("202610-001", partial(problems.gather, problem=problem))
        planned = measures.Planned("broken ones go", None, hour(9))
        origin, numbered = measures.MeasureSource(problem=problem), writer.numbered("measures", at)
        added = measures.add(writer.moment(), planned=planned, source=origin, numbered=numbered)
        measure = writer.record_measure(added.measure, added)
        measure = writer.record_measure(added.measure, measures.done(measure, writer.moment(), text="mended"))
        judged = measures.judge(measure, writer.moment(), effective="yes", text="thanks", counted=(3, 1))
        writer.record_measure(added.measure, judged)
        writer.record_problem(problem.number, problems.close(problem, writer.moment(), text="mended", unjudged=()))
    with writing(desk) as writer:
        facts, customer = {"contact": "666", "customer": ""}, writer.customer_of("666")
        writer.act("202610-002", partial(mending.amend, facts=facts, reason="mistyped", customer=customer))


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    visit = "tasks: {visit: {title: Visit, on: rated, when: {scores.any: {at_most: 5}}}}"
    role = "roles: {clerk: {title: Clerk, people: [ann]}}"
    duty = f"{role}\nduties: {{mailbox: {{title: Mailbox, by: clerk, every: 4wh, warn: 1wh}}}}"
    duty += "\nproblems: {batch: {title: Batch, by: clerk, task: {within: 5wd, warn: 1wd}}}\nmeasures: {by: clerk}"
    changed = compiled(("default:", f"{visit}\n{duty}\ndefault:"), ("tier: {", "tier: {of: customer, "))
    desk = make_desk(tmp_path_factory.mktemp("used") / "used.db", rules=changed)
    use(desk)
    desk.connection.close()
    return desk.path


def found(path: Path) -> list[str]:
    db = sqlite3.connect(path)
    said = list(examine(db).all())
    db.close()
    return said


@pytest.fixture
def path(used: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(used, tmp_path / "afterservice.db"))


@pytest.fixture
def tamper(path: Path) -> Tamper:
    """Run statements with the guards away, put the guards back, and say what `check` finds."""

    def change(*statements: str, guards: bool = True) -> list[str]:
        db = sqlite3.connect(path)
        for name in TRIGGERS if guards else ():
            db.execute(f"DROP TRIGGER {name}")
        changed = 0
        for statement in statements:
            changed += db.execute(statement).rowcount
        assert changed or not guards, "nothing was changed"
        for name, body in TRIGGERS.items() if guards else ():
            db.execute(f"CREATE TRIGGER {name} {body}")
        db.commit()
        db.close()
        return found(path)

    return change


def named(what: str, said: list[str]) -> bool:
    return any(f"{what} " in f"{finding} " for finding in said)


def rows(path: Path, query: str) -> list[Any]:
    db = sqlite3.connect(path)
    answer = db.execute(query).fetchall()
    db.close()
    return answer


# --- nothing to find --------------------------------------------------------------------------------------------


def test_a_desk_that_was_only_used_holds_together(path: Path, tamper: Tamper) -> None:
    assert found(path) == []
    assert tamper("UPDATE desk SET value = value") == []
    assert {kind for (kind,) in rows(path, "SELECT DISTINCT kind FROM events")} >= {"CaseReopened", "EventRetracted"}


def test_every_table_has_something_to_change(path: Path) -> None:
    assert [table for table in PROJECTIONS if not rows(path, f"SELECT 1 FROM {table}")] == []


def test_a_new_desk_holds_together(tmp_path: Path) -> None:
    make_desk(tmp_path / "d.db").connection.close()
    assert found(tmp_path / "d.db") == []


# --- events -----------------------------------------------------------------------------------------------------


def test_a_history_that_lost_its_end_is_no_matter_of_the_tables(path: Path, tamper: Tamper, call: Runner) -> None:
    """Given a history whose latest cases went with all that only they had, and tables that still tell of them."""
    last = rows(path, "SELECT max(seq) FROM events WHERE kind = 'CaseRegistered'")[0][0]
    told = rows(path, "SELECT max(seq) FROM timeline")[0][0]
    said = tamper(
        f"DELETE FROM events WHERE seq >= {last}",
        f"DELETE FROM personal WHERE seq >= {last}",
        "DELETE FROM runs WHERE run NOT IN (SELECT run FROM events)",
        "DELETE FROM shapes WHERE shape NOT IN (SELECT shape FROM events WHERE shape IS NOT NULL)",
    )
    assert f"the history ends with event {last - 1}, and the table timeline tells of event {told}" in said
    before = rows(path, "SELECT * FROM timeline")
    for words in (("check",), ("check", "--rebuild")):
        done = call(*words, "--db", path)
        assert (done.code, "compare with a backup" in done.err) == (9, True)
    assert rows(path, "SELECT * FROM timeline") == before, "made anew, they would not tell of what is gone"


def test_a_finding_calls_an_event_as_the_screen_does(path: Path, tamper: Tamper, call: Runner) -> None:
    seq, case = rows(path, "SELECT seq, case_id FROM events WHERE kind = 'CaseRegistered'")[0]
    tamper(f"UPDATE events SET body = body || ' ' WHERE seq = {seq}")
    assert f"event {seq} ({case}, registered) was changed" in call("check", "--db", path).out
    assert f"事件{seq}（{case}，登记）" in call("check", "--db", path, env={"AFTERSERVICE_LANG": "zh"}).out


@pytest.mark.parametrize("which", ["first", "second", "middle", "last"])
@pytest.mark.parametrize("column", COLUMNS)
def test_any_change_of_an_event_is_found_and_named(path: Path, tamper: Tamper, column: str, which: str) -> None:
    last = rows(path, "SELECT max(seq) FROM events")[0][0]
    seq = {"first": 1, "second": 2, "middle": last // 2, "last": last}[which]
    to = f"coalesce({column}, 0) + 90" if HISTORY["events"][column] is int else f"{column} || ' '"
    to = "x'00'" if HISTORY["events"][column] is bytes else to
    said = tamper(f"UPDATE events SET {column} = {to} WHERE seq = {seq}")
    assert named(f"event {seq}", said) or (column == "seq" and named(f"event {seq + 90}", said)), said


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "CaseNoted"),
        ("kind", "Nonsense"),
        ("occurred_at", "2026-10-01T00:00:00Z"),
        ("occurred_at", "yesterday"),
        ("case_id", "202610-009"),
        ("body", "{}"),
        ("body", "nonsense"),
    ],
)
def test_a_plausible_change_of_an_event_is_found_and_named(tamper: Tamper, column: str, value: str) -> None:
    assert named("event 3", tamper(f"UPDATE events SET {column} = '{value}' WHERE seq = 3"))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("recorded_at", "2020-01-01T00:00:00Z"),
        ("recorded_at", "2030-01-01T00:00:00Z"),
        ("rulebook", "0" * 64),
        ("actor", "bob"),
        ("clock", "given"),
    ],
)
def test_a_change_of_what_events_have_in_common_is_found_and_they_are_named(
    tamper: Tamper, column: str, value: str
) -> None:
    run = "(SELECT run FROM events WHERE seq = 3)"
    assert named("event 3", tamper(f"UPDATE runs SET {column} = '{value}' WHERE run = {run}"))


@pytest.mark.parametrize("to", ["replace(text, 'respond', 'resolve')", "'{}'", "'nonsense'"])
def test_a_change_of_what_the_rules_gave_is_found_and_its_events_are_named(tamper: Tamper, to: str) -> None:
    shape = "(SELECT shape FROM events WHERE seq = 2)"
    assert named("event 2", tamper(f"UPDATE shapes SET text = {to} WHERE shape = {shape}"))


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("DELETE FROM runs WHERE run = (SELECT run FROM events WHERE seq = 3)", "event 3 "),
        ("DELETE FROM shapes WHERE shape = (SELECT shape FROM events WHERE seq = 2)", "event 2 "),
        (f"INSERT INTO runs (run, {history.RUN}) VALUES (99, '', '', '', '')", "the run 99 "),
        ("INSERT INTO shapes (shape, text) VALUES (99, '{}')", "the shape 99 "),
    ],
)
def test_runs_and_shapes_too_few_or_too_many_are_found(tamper: Tamper, statement: str, finding: str) -> None:
    assert finding in " | ".join(tamper(statement))


def test_an_event_that_is_gone_is_found_and_named(path: Path, tamper: Tamper) -> None:
    assert named("event 1", tamper("DELETE FROM events WHERE seq = 1"))
    assert named("event 9", tamper("DELETE FROM events WHERE seq = 9"))
    assert any("events 5 to 6 are missing" in finding for finding in tamper("DELETE FROM events WHERE seq IN (5, 6)"))


def test_the_last_event_of_a_case_cannot_go_quietly(path: Path, tamper: Tamper) -> None:
    (case,) = rows(path, "SELECT case_id FROM events ORDER BY seq DESC LIMIT 1")[0]
    last = "(SELECT max(seq) FROM events)"
    said = tamper(f"DELETE FROM personal WHERE seq = {last}", f"DELETE FROM events WHERE seq = {last}")
    assert any(case in finding for finding in said), said


def test_two_events_that_changed_places_are_found(tamper: Tamper) -> None:
    said = tamper(
        "UPDATE events SET seq = 99 WHERE seq = 3",
        "UPDATE events SET seq = 3 WHERE seq = 4",
        "UPDATE events SET seq = 4 WHERE seq = 99",
    )
    assert named("event 3", said) and named("event 4", said)


def test_an_event_with_a_right_hash_in_the_wrong_place_is_found(path: Path, tamper: Tamper) -> None:
    first, second, *_ = rewrite(path, 2, occurred_at="2026-10-01T00:00:00Z")
    assert named("event 3", tamper(first, second))


def rewrite(path: Path, seq: int, **changes: Any) -> list[str]:
    """Statements that change an event, or its run, and give it and all that follow their right hashes again."""
    statements: list[str] = []
    if set(changes) & set(history.RUN.split(", ")):  # and so all of its run
        (seq,) = rows(path, f"SELECT min(seq) FROM events WHERE run = (SELECT run FROM events WHERE seq = {seq})")[0]
    (prev,) = rows(path, f"SELECT hash FROM events WHERE seq = {seq - 1}")[0]
    own, common = ["seq", "case_id", "version", "kind", "occurred_at", "body", "commitment"], history.RUN.split(", ")
    query = f"SELECT {', '.join(own)}, run, coalesce(text, ''), {history.RUN} FROM events JOIN runs USING (run) "
    for row in rows(path, f"{query} LEFT JOIN shapes USING (shape) WHERE seq >= {seq} ORDER BY seq"):
        values, run, shape = dict(zip(own, row, strict=False)), row[7], row[8]
        shared = dict(zip(common, row[9:], strict=True))
        if not statements:
            changed_run = run if set(changes) & set(common) else 0
            for name in changes:
                table, key = ("runs", f"run = {run}") if name in common else ("events", f"seq = {seq}")
                value = changes[name]
                statements.append(f"UPDATE {table} SET {name} = {value!r} WHERE {key}")
            values |= {name: value for name, value in changes.items() if name in own}
        if run == changed_run:
            shared |= {name: value for name, value in changes.items() if name in common}
        prev = history.event_hash(
            prev, history.run_digest(*shared.values()), history.shape_digest(shape), tuple(values.values())
        )
        statements.append(f"UPDATE events SET hash = x'{prev.hex()}' WHERE seq = {row[0]}")
    return statements


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"version": 7}, "is version 7 of its case where 1 was due"),
        ({"recorded_at": "2026-10-13T00:00:00Z"}, "was recorded before the event before it"),
        ({"occurred_at": "2026-10-01T00:00:00Z"}, "the table cases does not say of 202610-002 what its events say"),
    ],
)
def test_a_history_rewritten_as_a_whole_must_still_make_sense(
    path: Path, tamper: Tamper, change: dict[str, Any], finding: str
) -> None:
    assert any(finding in said for said in tamper(*rewrite(path, 3, **change)))


def test_what_only_a_head_kept_elsewhere_shows(path: Path, tamper: Tamper) -> None:
    head = "SELECT hash FROM events ORDER BY seq DESC LIMIT 1"
    before = rows(path, head)
    assert tamper(*rewrite(path, 3, actor="bob"), "UPDATE cases SET registered_by = 'bob'") == []
    assert rows(path, head) != before


# --- personal data ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE personal SET data = replace(data, 'broken', 'fine') WHERE seq = 2",
        "UPDATE personal SET data = 'nonsense' WHERE seq = 2",
        "UPDATE personal SET data = '' WHERE seq = 2",
        "UPDATE personal SET data = CAST(x'ff28b5' || data AS TEXT) WHERE seq = 2",
        "UPDATE personal SET data = '{\"unheard_of\":1}' WHERE seq = 2",
        "UPDATE personal SET salt = x'' WHERE seq = 2",
        "DELETE FROM personal WHERE seq = 2",
    ],
)
def test_changed_personal_data_is_found_and_its_event_named(tamper: Tamper, statement: str) -> None:
    said = tamper(statement)
    assert named("event 2", said)
    assert [word for word in PRIVATE if word in " ".join(said)] == []


@pytest.mark.parametrize(
    ("table", "column"), [("events", "body"), ("events", "kind"), ("runs", "actor"), ("cases", "registered_by")]
)
def test_a_text_that_cannot_be_read_stops_no_check_and_is_repeated_nowhere(
    path: Path, tamper: Tamper, table: str, column: str
) -> None:
    said = tamper(f"UPDATE {table} SET {column} = CAST(x'ff28b5' || {column} AS TEXT)")
    assert said
    assert [word for word in PRIVATE if re.search(rf"\b{word}\b", " ".join(said))] == []


def test_a_text_that_cannot_be_read_is_named_by_the_command(path: Path, call: Runner) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE personal SET data = CAST(x'ff28b5' || data AS TEXT) WHERE seq = 2")
    done = call("check")
    assert (done.code, "event 2" in done.out) == (9, True)
    done = call("show", "1")
    assert done.code in (8, 9)
    assert [word for word in PRIVATE if word in done.both] == []


def test_personal_data_that_nobody_promised_is_found(path: Path, tamper: Tamper) -> None:
    (seq,) = rows(path, "SELECT min(seq) FROM events WHERE commitment IS NULL")[0]
    assert named(f"event {seq}", tamper(f"INSERT INTO personal (seq, salt, data) VALUES ({seq}, x'', '{{}}')"))


def test_personal_data_of_no_event_is_found(tamper: Tamper) -> None:
    assert named("event 99", tamper("INSERT INTO personal (seq, salt, data) VALUES (99, x'', '{}')"))


def test_a_deletion_is_no_erasure_because_a_row_says_so(tamper: Tamper) -> None:
    said = tamper("INSERT INTO erasures (seq, erased_by) VALUES (2, 1)", "DELETE FROM personal WHERE seq = 2")
    assert named("event 2", said), said


# --- rulebooks and the desk's own values ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE snapshots SET text = replace(text, '8wh', '9wh')", "was changed after it was adopted"),
        ("UPDATE snapshots SET text = 'nonsense'", "was changed after it was adopted"),
        ("UPDATE snapshots SET hash = 'x'", "snapshot x was changed"),
        ("DELETE FROM snapshots", "is gone"),
        ("UPDATE models SET text = replace(text, 'br', 'xy')", "was changed after it was adopted"),
        ("UPDATE models SET hash = 'x'", "model x was changed"),
        ("DELETE FROM models", "is gone"),
        ("INSERT INTO models (hash, text) VALUES ('y', '')", "model y was changed"),
        (
            "INSERT INTO models (hash, text) VALUES "
            "('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', '')",
            "model e3b0c44298fc is kept, and not in force",
        ),
        ("UPDATE desk SET value = '' WHERE key = 'model'", "the model in force is not the one adopted last"),
        ("DELETE FROM desk WHERE key = 'model'", "the model in force is not the one adopted last"),
        ("UPDATE desk SET value = 'x' WHERE key = 'rulebook'", "the rulebook in force is not the one adopted last"),
        ("DELETE FROM desk WHERE key = 'rulebook'", "the rulebook in force is not the one adopted last"),
        ("UPDATE desk SET value = 'x' WHERE key = 'register'", "event 1 "),
        ("DELETE FROM desk WHERE key = 'register'", "event 1 "),
        ("UPDATE desk SET value = 'x' WHERE key = 'genesis'", "genesis"),
        ("DELETE FROM desk WHERE key = 'genesis'", "genesis"),
        ("DELETE FROM desk WHERE key = 'secret'", "secret"),
    ],
)
def test_changed_rulebooks_and_identities_are_found(tamper: Tamper, statement: str, finding: str) -> None:
    assert finding in " | ".join(tamper(statement))


TABLES = [table for table in PROJECTIONS if table not in ("parts", "terms")]  # what nobody has any more may stay there


# --- projections ------------------------------------------------------------------------------------------------


def last_of(table: str) -> str:
    """The condition that the last row of a table meets."""
    keys = KEYS[table]
    key = keys if isinstance(keys, str) else ", ".join(keys)
    return f"({key}) = (SELECT {key} FROM {table} ORDER BY {key} DESC LIMIT 1)"


@pytest.mark.parametrize(("table", "column"), [(table, column) for table in TABLES for column in PROJECTIONS[table]])
def test_any_change_of_a_table_is_found_and_named(tamper: Tamper, table: str, column: str) -> None:
    to = f"coalesce({column}, 0) + 70" if PROJECTIONS[table][column] is int else f"coalesce({column}, '') || 'x'"
    said = tamper(f"UPDATE {table} SET {column} = {to} WHERE {last_of(table)}")
    assert named(f"the table {table}", said), said


@pytest.mark.parametrize(("table", "reads"), [("parts", "cases"), ("terms", "due_times")])
def test_a_change_of_what_rows_have_in_common_is_found_where_it_is_read(tamper: Tamper, table: str, reads: str) -> None:
    for column in list(PROJECTIONS[table])[1:]:
        to = f"coalesce({column}, 0) + 70" if PROJECTIONS[table][column] is int else f"coalesce({column}, '') || 'x'"
        assert named(f"the table {reads}", tamper(f"UPDATE {table} SET {column} = {to}"))


@pytest.mark.parametrize("table", TABLES)
def test_a_row_too_few_or_too_many_is_found_and_named(path: Path, tamper: Tamper, table: str) -> None:
    key, kept = next(iter(PROJECTIONS[table])), list(PROJECTIONS[table])[1:]
    other = "90" if PROJECTIONS[table][key] is int else "'stray'"
    stray = [f"{name} + 90" if name in ("serial", "cycle") else name for name in kept]
    stray = ["'stray'" if table == "cases" and name in ("case_id", "source_identity") else name for name in stray]
    copied = f"INSERT INTO {table} ({key}, {', '.join(kept)}) SELECT {other}, {', '.join(stray)} FROM {table} LIMIT 1"
    assert named(f"the table {table}", tamper(copied))
    tamper(f"DELETE FROM {table} WHERE {key} = {other}")
    assert found(path) == []
    assert named(f"the table {table}", tamper(f"DELETE FROM {table} WHERE {last_of(table)}"))


def test_a_case_that_no_event_made_is_found_on_an_empty_desk_too(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "d.db")
    desk.connection.execute("INSERT INTO ratings (seq, question, case_id, score, at) VALUES (9, 'q', '1', 5, '')")
    desk.connection.close()
    assert named("the table ratings", found(tmp_path / "d.db"))


# --- guards -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_a_guard_that_is_gone_is_named(tamper: Tamper, trigger: str) -> None:
    assert tamper(f"DROP TRIGGER {trigger}", guards=False) == [f"the trigger {trigger} is missing or was changed"]


def test_a_guard_that_was_weakened_or_added_is_named(tamper: Tamper) -> None:
    weaker = "CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events WHEN 0 BEGIN SELECT 1; END"
    said = tamper("DROP TRIGGER events_are_not_changed", weaker, guards=False)
    assert said == ["the trigger events_are_not_changed is missing or was changed"]
    said = tamper("CREATE TRIGGER stranger AFTER INSERT ON events BEGIN SELECT 1; END", guards=False)
    assert "the trigger stranger is none of ours" in said


def test_an_index_that_is_gone_is_found(path: Path, tamper: Tamper) -> None:
    (index,) = rows(path, "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL LIMIT 1")[0]
    (said,) = tamper(f'DROP INDEX "{index}"', guards=False)
    assert re.fullmatch(r"the index of \w+ on [\w, ]+ is missing or was changed", said)


def test_a_unique_index_that_became_a_plain_one_is_found(path: Path, tamper: Tamper) -> None:
    (index,) = rows(path, "SELECT name FROM pragma_index_list('events') WHERE \"unique\" = 1 AND origin = 'c'")[0]
    (said,) = tamper(f'DROP INDEX "{index}"', f'CREATE INDEX "{index}" ON events (case_id, version)', guards=False)
    assert said == "the index of events on case_id, version is missing or was changed"


def test_what_sqlite_itself_finds_is_passed_on(tamper: Tamper) -> None:
    said = tamper(
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = replace(sql, 'customer\" TEXT', 'customer\" TEXT NOT NULL') "
        "WHERE name = 'written'",
        guards=False,
    )
    assert set(said) == {"SQLite: NULL value in written.customer"}  # a row each


# --- the command ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE runs SET actor = 'bob'", "event 3 "),
        ("UPDATE personal SET data = 'nonsense' WHERE seq = 2", "event 2 "),
        ("DELETE FROM snapshots", "is gone"),
        ("UPDATE snapshots SET text = 'nonsense'", "was changed after it was adopted"),
        ("DELETE FROM desk WHERE key = 'rulebook'", "the rulebook in force"),
    ],
)
def test_the_command_says_what_it_finds_and_ends_with_9(
    path: Path, tamper: Tamper, statement: str, finding: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", "--db", str(path)]) == 0
    assert capfd.readouterr().out == ""
    tamper(statement)
    assert run(["check", "--db", str(path)]) == 9
    said = capfd.readouterr()
    assert finding in said.out + said.err


def test_a_chain_that_was_honestly_continued_holds(path: Path) -> None:
    desk = Desk(path, now=hour(2), actor="bob", clock="given")
    recording.act(desk, "002", partial(handling.note, text="thanks"))
    with writing(desk) as writer:
        writer.undo()
        history.Chain(writer.db, writer._stamp()).append("desk", 4, [ImportFinished(hour(2), "c", "p", {})])
    desk.connection.close()
    assert found(path) == []


def test_what_the_chain_says_nothing_of_is_listed_if_asked_for(path: Path, call: Runner) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE theirs (x)")
        db.execute("CREATE VIEW looks AS SELECT x FROM theirs")
        db.execute("CREATE INDEX of_theirs ON theirs (x)")  # of their own table, which is named
        db.execute("CREATE UNIQUE INDEX narrows ON cases (product)")
        ((seq, link),) = db.execute("SELECT seq, hex(hash) FROM events ORDER BY seq DESC LIMIT 1").fetchall()
    assert call("check") == (0, "", "", "")
    lines = call("check", "--all").out.splitlines()
    assert lines[0] == f"head  {seq}:{link.lower()}"
    assert [line.split("  ")[1].split(":")[0] for line in lines[1:]] == [
        "desk.rules_file",
        "desk.rules_checksum",
        "reveals",
        "looks",
        "theirs",
        "narrows",
    ]
    assert lines[-1] == "outside the history  narrows: an index of somebody else's on cases"
    assert call("check", "--head", lines[0].removeprefix("head  ")).code == 0
