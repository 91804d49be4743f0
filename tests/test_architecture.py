"""The house: who may import whom, who reaches what is outside, and where SQL lives.

Each rule is one test over all modules; where it fails, it lists who offends.
"""

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter

from source import FOREIGN, IMPORTS, OURS, TREES

# Each stands as high as the highest of its modules.
PACKAGES = (
    *("time", "files", "console", "workflows", "figures", "rulebook", "rulebook.sections.rules", "rulebook.phrases"),
    *("store.projections.cases", "store.reading", "store.counting", "store.copies"),
    *("intake", "intake.words", "intake.tables", "intake.reading", "intake.proposals", "intake.shown"),
    *("render", "render.reports", "render.cases", "render.lists", "render.rules.rules"),
)
# Each floor may use what stands above it in this list, and itself. "" is the package, which holds the version.
FLOORS = (
    (
        "",
        "accounts",
        "digests",
        "files.durable",
        "frozen",
        "interruptions",
        "language",
        "intake.words.markup",
        "intake.words.months",
        "intake.words.simplified",
    ),
    ("time.instants", "time.durations", "time.openings"),
    ("errors", "time.worktime", "canonical"),
    ("time.schedules",),
    ("files.input_file", "input_text", "files.whole_file", "files.drives", "files.kept", "files.folders"),
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
    ("figures.tables", "figures.periods", "figures.sold"),
    ("figures.counting",),
    ("figures.cases", "figures.named", "figures.above"),
    ("rulebook.vocabulary", "rulebook.keys", "rulebook.dates"),
    (
        "rulebook.sections.forms",
        "rulebook.sections.limits",
        "rulebook.sections.reading",
        "rulebook.sections.own_tests",
        "rulebook.sections.targets",
        "rulebook.sections.tasks",
        "rulebook.sections.problems",
        "rulebook.sections.intake",
    ),
    ("rulebook.sections.hours", "rulebook.sections.messages", "rulebook.sections.views", "rulebook.sections.samples"),
    ("rulebook.sections.topics",),
    ("rulebook.sections.rules",),
    ("rulebook.staff", "rulebook.comparing"),
    ("rulebook.phrases.bayes", "rulebook.snapshots"),
    ("rulebook.phrases.features",),
    ("rulebook.model",),
    ("rulebook.phrases.patterns", "rulebook.given"),
    ("rulebook.phrases.denying", "rulebook.phrases.index", "rulebook.phrases.pieces"),
    ("rulebook.phrases.samples",),
    ("rulebook.phrases.weighing", "rulebook.phrases.topics"),
    ("rulebook.phrases.looking",),
    ("rulebook.phrases.seen",),
    ("rulebook.calling", "rulebook.conditions"),
    ("rulebook.earlier",),
    ("rulebook.matching", "rulebook.windows", "rulebook.values"),
    ("rulebook.document.yaml_troubles", "rulebook.document.yaml_nodes", "rulebook.document.including"),
    ("rulebook.public_holidays", "rulebook.document.notes", "rulebook.document.cutting"),
    ("rulebook.document", "rulebook.document.schema_types", "rulebook.document.scalars", "rulebook.document.whole"),
    ("rulebook.document.schema", "rulebook.document.json_schema", "rulebook.document.walking"),
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
    ("reports.cases.case", "reports.lists.due", "reports.rules.rules", "reports.rules.candidates"),
    ("reports.cases.suggested", "reports.cases.explained", "reports.cases.foreseen"),
    ("reports.cases", "reports.cases.history", "reports.cases.messages"),
    ("reports.lists.tasks",),
    ("reports.lists.obligations",),
    ("reports.lists.duties", "reports.lists.problems"),
    ("reports.lists.duty_times",),
    ("reports.lists", "reports.lists.escalation", "reports.lists.keeping", "reports.lists.log"),
    ("reports.rules.audit_samples",),
    ("reports.rules.differing", "reports.rules.audit", "reports.rules.gaining"),
    ("reports.rules", "reports.rules.backtest", "reports.rules.proposals"),
    ("reports",),
    ("output_text", "render.labels", "render.rules.words"),
    ("render.screen",),
    ("render.days",),
    ("render.reports.amounts",),
    ("render.reports.printed",),
    ("render.reports.charts",),
    ("render.reports.report",),
    ("render.rows", "render.csv", "render.breaking", "render.table"),
    ("render.lists.logs",),
    ("render.reports.page", "render.reports.csv"),
    ("render.reports.html", "render.reports.markdown", "render.reports.xlsx"),
    ("render.cases.case", "render.cases.messages"),
    ("render.telling",),
    (
        *(
            "render.cases.coming",
            "render.lists.listing",
            "render.cases.history",
            "render.cases.attachments",
            "render.lists.due",
        ),
        *("render.lists.escalation", "render.conditions", "render.lists.keeping"),
    ),
    (
        "render.cases.explained",
        "render.cases.plan",
        "render.lists.tasks",
        "render.lists.duties",
        "render.lists.problems",
    ),
    (
        "render.lists.calendar",
        "render.cases.foreseen",
        "render.rules.rules",
        "render.rules.naming",
        "render.rules.backtest",
    ),
    ("render.rules.differing", "render.rules.audit", "render.rules.proposals"),
    ("store.views", "store.projections.told"),
    (
        "store.troubles",
        "store.queueing",
        "store.connection",
        "store.schema",
        "store.tables",
        "store.history",
        "store.contacts",
        "store.projections.written",
        "store.projections.cases",
        "store.projections.above",
    ),
    ("store.projections.stored", "store.reading.suspects", "store.projections.earlier"),
    (
        "store.reading.filters",
        "store.copies.described",
        "store.counting.cubes",
        "store.counting.lasting",
        "store.counting.populations",
    ),
    ("store.counting.asking",),
    ("store.reading.traces", "store.copies.fetching"),
    ("store.copies.copying",),
    (
        "store.reading.queries",
        "store.settings",
        "store.counting.facts",
        "store.reading.beginnings",
        "store.reading.problems",
        "store.reading.batches",
    ),
    ("store.files", "store.learning"),
    ("store.integrity", "store.founding"),
    ("store", "store.projections.rebuilding", "store.erasing", "store.copies.backups"),
    ("store.projections.past",),
    ("reporting.telling",),
    ("reporting.sections",),
    ("reporting.above", "reporting.amounts", "reporting.frequent"),
    ("reporting.whole",),
    ("reporting", "reporting.own"),
    ("workflows.desk",),
    ("workflows.recording",),
    ("workflows.learning",),
    ("workflows.attaching", "workflows.keeping", "workflows.restoring", "workflows.exporting"),
    ("intake.tables.source", "intake.tables.compound", "intake.words.cells"),
    ("intake.sheet_errors",),
    (
        "intake.tables.encodings",
        "intake.tables.delimited",
        "intake.tables.sheets",
        "intake.tables.sums",
        "intake.tables.pages",
    ),
    (
        "intake.words.dates",
        "intake.tables.headings",
        "intake.tables.doubled",
        "intake.tables.second",
        "intake.tables.forms",
        "intake.tables.table",
        "intake.reading.profile",
        "intake.words.meanings",
    ),
    (
        "intake.sold",
        "intake.reading.rows",
        "intake.proposals.sampling",
        "intake.words.satisfaction",
        "intake.tables.texts",
        "intake.words.synonyms",
        "intake.proposals.columns",
    ),
    (
        "intake.proposals.states",
        "intake.proposals.happened",
        "intake.reading.course",
        "intake.reading.drafts",
        "intake.reading.gathering",
    ),
    ("intake.proposals.proposal",),
    ("intake.proposals.fitting",),
    ("intake.proposals.proposing",),
    ("intake.proposals.drafting", "intake.shown.proposed"),
    ("render.progress",),
    ("intake.reading.receipts", "intake.waits"),
    ("intake.changes", "intake.identity", "intake.rejects", "intake.proposals.opening"),
    ("intake.following",),
    ("intake.planned",),
    ("intake.shown.planned",),
    ("intake.importing",),
    ("workflows.trial", "workflows.rulebook_files"),
    ("workflows.founding",),
    ("console.terminal", "workflows.outbox", "console.keyboard", "console.editor"),
    ("session", "console.helping", "workflows.health", "console.shells"),
    ("commands",),
    ("cli",),
    ("completing",),
    ("__main__",),
)
PURE = (
    *("frozen", "moment", "input_text", "output_text", "errors", "time", "deadlines"),
    *("rulebook", "cases", "decisions", "figures", "reports"),
)
# What is not of the standard library, and who alone may import it.
GUESTS = {
    "yaml": {"rulebook.document.yaml_nodes"},
    "holidays": {"rulebook.public_holidays"},
    "dateutil": {"intake.words.dates"},
    "rich": {"render.breaking", "render.progress", "render.table"},
    "python_calamine": {"intake.tables.sheets"},
    "jinja2": {"render.reports.html"},
    "xlsxwriter": {"render.reports.xlsx"},
    "sqlite_utils": {"store.tables"},
    "shellingham": {"console.shells"},
    "typer": {"cli", "commands", "console.helping", "console.shells"},
}
# What of the standard library reaches outside, and who may import it beside the store.
OUTSIDE = {
    "sqlite3": {
        "workflows.desk",
        "workflows.health",
        "workflows.learning",
        "workflows.recording",
        "reporting.whole",
        "workflows.restoring",
    },
    "csv": {
        "intake.rejects",
        "intake.tables.delimited",
        "intake.tables.forms",
        "intake.tables.pages",
        "intake.tables.sheets",
        "render.csv",
        "render.reports.csv",
    },
    "os": {
        "__main__",
        "accounts",
        "cli",
        "completing",
        "files.durable",
        "files.folders",
        "console.editor",
        "workflows.founding",
        "workflows.health",
        "intake.importing",
        "intake.rejects",
        "intake.tables.source",
        "console.keyboard",
        "workflows.outbox",
        "session",
        "console.shells",
        "console.terminal",
        "workflows.trial",
        "files.whole_file",
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


def test_packages_beside_one_another_use_one_another_in_one_direction() -> None:
    for parent in {module.rpartition(".")[0] for module in TREES}:
        uses: dict[str, set[str]] = {}
        for module in TREES:
            if one := package_in(parent, module):
                used = {package_in(parent, other) for other in OURS[module]} - {None, one}
                uses.setdefault(one, set()).update(p for p in used if p)
        list(TopologicalSorter(uses).static_order())


def package_in(parent: str, module: str) -> str | None:
    """Return the package that stands in another and holds a module; None if the module is not so deep in it."""
    inner = module.removeprefix(f"{parent}.") if parent else module
    return inner.partition(".")[0] if within(module, {parent} if parent else {module}) and "." in inner else None


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
    assert spoken["store.reading.queries"] > 10
