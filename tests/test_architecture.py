"""The house: who may import whom, who reaches what is outside, and where SQL lives.

Each rule is one test over all modules; where it fails, it lists who offends.
"""

import ast
import re
from collections.abc import Iterator

from source import FOREIGN, IMPORTS, OURS, TREES

PACKAGES = ("rulebook", "reports", "render", "intake")  # each stands as high as the highest of its modules
# Each floor may use what stands above it in this list, and itself. "" is the package, which holds the version.
FLOORS = (
    ("", "accounts", "digests", "durable", "frozen", "interruptions", "language", "simplified"),
    ("instants", "durations", "openings"),
    ("errors", "worktime", "canonical"),
    ("schedules",),
    ("input_file", "input_text", "whole_file", "drives", "kept"),
    ("cases.values",),
    ("cases.case",),
    ("cases.effects",),
    (
        "cases.events.intake",
        "cases.events.triage",
        "cases.events.handling",
        "cases.events.closing",
        "cases.events.general",
        "cases.events.problems",
    ),
    ("cases.events",),
    ("cases.bodies",),
    ("cases", "cases.answers", "cases.fold", "cases.duties", "cases.problems"),
    ("reports.tables", "reports.periods", "reports.sold"),
    ("reports.counting",),
    ("reports.figures", "reports.named", "reports.above"),
    ("rulebook.vocabulary", "rulebook.keys", "rulebook.dates"),
    (
        "rulebook.forms",
        "rulebook.limits",
        "rulebook.reading",
        "rulebook.own_tests",
        "rulebook.target_rules",
        "rulebook.task_rules",
        "rulebook.problem_rules",
        "rulebook.earlier_rules",
        "rulebook.intake_rules",
    ),
    ("rulebook.hours", "rulebook.message_rules", "rulebook.view_rules"),
    ("rulebook.sections",),
    ("rulebook.staff", "rulebook.spellings", "rulebook.comparing"),
    ("rulebook.model",),
    ("rulebook.patterns", "rulebook.given"),
    ("rulebook.denying", "rulebook.index", "rulebook.pieces"),
    ("rulebook.weighing",),
    ("rulebook.seen",),
    ("rulebook.calling", "rulebook.conditions"),
    ("rulebook.deciding", "rulebook.earlier"),
    ("rulebook.matching", "rulebook.windows", "rulebook.values"),
    ("rulebook.document.yaml_troubles", "rulebook.document.yaml_nodes", "rulebook.document.including"),
    ("rulebook.public_holidays", "rulebook.document.notes"),
    ("rulebook.document", "rulebook.document.schema_types", "rulebook.document.scalars", "rulebook.document.whole"),
    ("rulebook.document.schema", "rulebook.document.json_schema"),
    ("rulebook.document.english", "rulebook.document.writing_out", "rulebook.document.inserting"),
    ("rulebook.checks.names", "rulebook.checks.implying"),
    (
        "rulebook.checks",
        "rulebook.checks.demands",
        "rulebook.checks.durations",
        "rulebook.checks.earlier",
        "rulebook.checks.messages",
        "rulebook.checks.patterns",
        "rulebook.checks.problems",
        "rulebook.checks.reach",
        "rulebook.checks.references",
        "rulebook.checks.sparing",
        "rulebook.checks.targets",
        "rulebook.checks.tasks",
        "rulebook.checks.untimed",
        "rulebook.checks.views",
    ),
    ("rulebook.compiling",),
    ("moment",),
    ("deadlines.specs",),
    ("deadlines.starting",),
    ("deadlines.moving",),
    ("deadlines", "deadlines.replaying"),
    ("decisions.facts", "decisions.likeness", "decisions.suggesting"),
    ("decisions.approvals", "decisions.consequences"),
    ("decisions.requirements",),
    ("decisions.checks", "decisions.messages"),
    ("decisions.silence",),
    ("decisions.triage", "decisions.intake", "decisions.opening"),
    ("decisions.handling", "decisions.erasing"),
    ("decisions.mending",),
    ("decisions.resting",),
    ("decisions.screening", "decisions.planning", "decisions.closing"),
    ("decisions.imported", "decisions.supposed", "decisions.escalation", "decisions.tasks"),
    ("decisions.duties",),
    ("decisions.problems",),
    ("decisions.measures",),
    ("decisions", "decisions.allowed", "decisions.twins"),
    ("reports.rows", "reports.days"),
    (
        "reports.problems",
        "reports.case",
        "reports.suggested",
        "reports.history",
        "reports.log",
        "reports.messages",
        "reports.due",
        "reports.tasks",
        "reports.obligations",
        "reports.duties",
        "reports.duty_times",
        "reports.escalation",
        "reports.keeping",
        "reports.explained",
        "reports.foreseen",
        "reports.rules",
        "reports.backtest",
    ),
    ("reports.differing", "reports.audit", "reports.candidates"),
    ("reports.gaining",),
    ("reports.proposals",),
    ("render.text", "render.labels", "render.rule_words"),
    ("render.screen",),
    ("render.days",),
    ("render.amounts",),
    ("render.printed",),
    ("render.charts",),
    ("render.report",),
    ("render.rows", "render.csv", "render.breaking", "render.table"),
    ("render.logs",),
    ("render.page",),
    ("render.html", "render.markdown", "render.xlsx"),
    ("render.case", "render.messages"),
    ("render.telling",),
    (
        *("render.coming", "render.listing", "render.history", "render.attachments", "render.due"),
        *("render.escalation", "render.conditions", "render.keeping"),
    ),
    ("render.explained", "render.plan", "render.tasks", "render.duties", "render.problems"),
    ("render.calendar", "render.foreseen", "render.rules", "render.naming", "render.backtest"),
    ("render.differing", "render.audit", "render.proposals"),
    ("store.views", "store.told"),
    (
        "store.troubles",
        "store.connection",
        "store.schema",
        "store.tables",
        "store.history",
        "store.contacts",
        "store.written",
        "store.projections",
        "store.above",
    ),
    ("store.stored", "store.suspects", "store.earlier"),
    ("store.filters", "store.described", "store.cubes", "store.lasting", "store.populations"),
    ("store.asking",),
    ("store.traces", "store.fetching"),
    ("store.copying",),
    ("store.queries", "store.settings", "store.facts", "store.beginnings", "store.problems", "store.batches"),
    ("store.folders",),
    ("store.files", "store.learning"),
    ("store.integrity", "store.founding"),
    ("store", "store.rebuilding", "store.erasing", "store.backups"),
    ("store.past",),
    ("reporting.telling",),
    ("reporting.sections",),
    ("reporting.above", "reporting.amounts", "reporting.frequent"),
    ("reporting.whole",),
    ("reporting", "reporting.own"),
    ("desk",),
    ("recording",),
    ("learning",),
    ("attaching", "keeping", "restoring", "exporting"),
    ("intake.source", "intake.cells"),
    ("intake.encodings", "intake.delimited", "intake.sheets", "intake.sums", "intake.pages"),
    (
        "intake.dates",
        "intake.headings",
        "intake.doubled",
        "intake.forms",
        "intake.table",
        "intake.profile",
        "intake.meanings",
    ),
    (
        "intake.sold",
        "intake.rows",
        "intake.sampling",
        "intake.satisfaction",
        "intake.texts",
        "intake.synonyms",
        "intake.columns",
    ),
    ("intake.states", "intake.happened", "intake.course", "intake.drafts", "intake.gathering"),
    ("intake.proposal",),
    ("intake.fitting",),
    ("intake.proposing",),
    ("intake.drafting", "render.proposed"),
    ("render.progress",),
    ("intake.receipts", "intake.waits"),
    ("intake.changes", "intake.identity", "intake.rejects", "intake.opening"),
    ("intake.following",),
    ("intake.planned",),
    ("render.planned",),
    ("intake.importing",),
    ("trial", "rulebook_files"),
    ("founding",),
    ("terminal", "outbox", "keyboard", "editor"),
    ("session", "helping", "health", "shells"),
    ("commands",),
    ("cli",),
    ("completing",),
    ("__main__",),
)
PURE = (
    *("frozen", "moment", "input_text", "instants", "errors", "durations", "worktime", "deadlines"),
    *("rulebook", "cases", "decisions", "reports", "render.text"),
)
# What is not of the standard library, and who alone may import it.
GUESTS = {
    "yaml": {"rulebook.document.yaml_nodes"},
    "holidays": {"rulebook.public_holidays"},
    "dateutil": {"intake.dates"},
    "rich": {"render.breaking", "render.progress", "render.table"},
    "python_calamine": {"intake.sheets"},
    "jinja2": {"render.html"},
    "xlsxwriter": {"render.xlsx"},
    "sqlite_utils": {"store.tables"},
    "shellingham": {"shells"},
    "typer": {"cli", "commands", "helping", "shells"},
}
# What of the standard library reaches outside, and who may import it beside the store.
OUTSIDE = {
    "sqlite3": {"desk", "health", "learning", "recording", "reporting.whole", "restoring"},
    "csv": {"intake.rejects", "intake.delimited", "intake.forms", "intake.pages", "intake.sheets", "render.csv"},
    "os": {
        "__main__",
        "accounts",
        "cli",
        "completing",
        "durable",
        "editor",
        "founding",
        "health",
        "intake.importing",
        "intake.rejects",
        "intake.source",
        "keyboard",
        "outbox",
        "session",
        "shells",
        "terminal",
        "trial",
        "whole_file",
    },
    "fcntl": set(),
    "time": {"render.progress"},
}


def floor(module: str) -> int:
    for number, modules in enumerate(FLOORS):
        if module in modules or ("commands" in modules and module.startswith("commands.")):
            return number
    assert module in PACKAGES, f"{module} has no floor yet: give it one in FLOORS"
    return max(floor(inner) for inner in TREES if inner.startswith(f"{module}."))


def offenders(found: dict[str, set[str]]) -> dict[str, list[str]]:
    """Return those of whom something was found, for an assertion to show."""
    return {module: sorted(what) for module, what in found.items() if what}


def within(module: str, places: set[str] | tuple[str, ...]) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


def test_a_module_uses_what_is_below_it() -> None:
    upwards = {m: {used for used in OURS[m] if floor(used) > floor(m)} for m in TREES}
    assert offenders(upwards) == {}


def test_guests_are_met_by_their_hosts_alone() -> None:
    strange = {m: {guest for guest in FOREIGN[m] if not within(m, GUESTS.get(guest, set()))} for m in TREES}
    assert offenders(strange) == {}


def test_every_guest_and_exception_is_in_use() -> None:
    for guest, hosts in GUESTS.items():
        assert [host for host in hosts if not any(guest in FOREIGN[m] for m in TREES if within(m, {host}))] == []
    for name, hosts in OUTSIDE.items():
        assert [host for host in hosts if name not in IMPORTS[host]] == []


IMPURE = {*OUTSIDE, "pathlib", "socket", "subprocess", "sys", "io", "random", "secrets"}
CLOCKS_AND_FILES = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "open", "print", "input"}


def test_pure_modules_read_no_clock_no_file_and_no_database() -> None:
    pure = [module for module in TREES if within(module, PURE)]
    assert len(pure) > 40
    assert offenders({module: IMPORTS[module] & IMPURE for module in pure}) == {}
    assert offenders({module: calls(TREES[module]) & CLOCKS_AND_FILES for module in pure}) == {}


def calls(tree: ast.AST) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def test_what_reaches_outside_is_imported_by_few() -> None:
    others = [module for module in TREES if not within(module, {"store"})]
    reaching = {m: {name for name in OUTSIDE if name in IMPORTS[m] and not within(m, OUTSIDE[name])} for m in others}
    assert offenders(reaching) == {}


SQL = r"\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE (TABLE|INDEX|TRIGGER)|PRAGMA|BEGIN|COMMIT|ROLLBACK)\b"


def texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_only_the_store_speaks_sql() -> None:
    spoken = {module: sum(bool(re.search(SQL, text)) for text in texts(tree)) for module, tree in TREES.items()}
    assert {m: count for m, count in spoken.items() if count and not within(m, {"store"})} == {}
    assert spoken["store.queries"] > 10
