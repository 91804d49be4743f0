"""The tables of a report, each made of figures or of what tells facts apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from afterservice_cli.figures.above import COUNTS, RATES
from afterservice_cli.figures.cases import NUMBERS, SCORES, SHARES, TIMES
from afterservice_cli.figures.counting import MADE, Cohort, Figure
from afterservice_cli.figures.named import VERDICTS, figures_of_question
from afterservice_cli.figures.tables import TITLES, Cell, ReportColumn, ReportTable
from afterservice_cli.language import sentence_in
from afterservice_cli.reporting.telling import AGES, DIMENSIONS, FOUND_OUT, About, age_of, told_apart
from afterservice_cli.rulebook.vocabulary import OVERALL
from afterservice_cli.store.counting.facts import Facts

FEW = 20  # values of a dimension of which there may be many
WAITING = ".waiting"

_WORDS: Mapping[str, str] = {
    "figure": sentence_in("column", "figure"),
    "value": sentence_in("column", "number"),
    "share": sentence_in("column", "share"),
    "rate": sentence_in("rate", "share"),
    "name": sentence_in("column", "name"),
    "id": sentence_in("column", "id"),
    "registered": sentence_in("column", "registered"),
    "resolved": sentence_in("column", "resolved"),
    "closed": sentence_in("column", "closed"),
    "period": sentence_in("column", "period"),
    "target": sentence_in("column", "target"),
    "met": sentence_in("column", "met"),
    "missed": sentence_in("column", "missed"),
    "running": sentence_in("column", "running"),
    "paused": sentence_in("column", "paused"),
    "attainment": sentence_in("column", "attainment"),
    "late": sentence_in("column", "late by (median)"),
    **MADE,
    "age": sentence_in("column", "age"),
    "backlog": sentence_in("column", "cases"),
    "csat": sentence_in("column", "scores 4–5"),
    "question": sentence_in("column", "question"),
    "answers": sentence_in("column", "answers"),
    "unit": sentence_in("column", "unit"),
    "sold": sentence_in("column", "units sold"),
    "fault_rate": sentence_in("column", "fault rate"),
    "recorder": sentence_in("column", "recorded by"),
    "told_late": sentence_in("column", "recorded late"),
    "disposition": sentence_in("dimension", "disposition"),
    "given": sentence_in("column", "given"),
    "charge": sentence_in("column", "charge"),
    "amount": sentence_in("column", "amount"),
    "cases": sentence_in("column", "cases"),
    "problem": sentence_in("column", "problem"),
    "combined": sentence_in("column", "product and category"),
    "category": sentence_in("dimension", "category"),
    "registered.before": sentence_in("column", "period before"),
    "registered.change": sentence_in("column", "change"),
    "kind": sentence_in("dimension", "kind"),
    "about": sentence_in("column", "about"),
    "team": sentence_in("dimension", "team"),
    "opened_at": sentence_in("column", "opened"),
    "closed_at": sentence_in("problem", "closed"),
    "measure": sentence_in("column", "measure"),
    "due_at": sentence_in("column", "due"),
    "done_at": sentence_in("column", "done"),
    "effective": sentence_in("column", "effective"),
    "cases.before": sentence_in("column", "cases before"),
    "cases.after": sentence_in("column", "cases after"),
    "before": sentence_in("column", "before"),
    "change": sentence_in("column", "change"),
}
_OVERALL = sentence_in("question", "overall")
Rows = list[tuple[Cell, ...]]


def columns_of(about: About, /, **kinds: str) -> tuple[ReportColumn, ...]:
    """Return columns by their names, each with its kind."""
    return tuple(ReportColumn(name, about.tr(_WORDS[name]), kind) for name, kind in kinds.items())


def beside(about: About, made: Callable[[Facts], ReportTable], compared: Sequence[str]) -> ReportTable:
    """Return a table, with the period compared with and the change beside each of these columns, if there is one.

    Rows go by their name or id, the last column of text; what only one of the periods has counts 0 in the other.
    """
    now = made(about.facts)
    if about.before is None:
        return now
    before = made(about.before)
    key = max(place for place, column in enumerate(now.columns) if column.kind == "text")
    known = {row[key]: row for row in before.rows}
    here = {row[key] for row in now.rows}
    gone = [row for row in before.rows if row[key] not in here]
    empty = [tuple(_none(column, cell) for column, cell in zip(now.columns, row, strict=True)) for row in gone]
    columns: list[ReportColumn] = []
    for column in now.columns:
        columns.append(column)
        if column.name in compared:
            for name in ("before", "change"):
                title = about.tr(_WORDS[name])
                columns.append(ReportColumn(f"{column.name}.{name}", title, column.kind))
    rows: Rows = []
    for row in (*now.rows, *empty):
        cells: list[Cell] = []
        for place, column in enumerate(now.columns):
            cells.append(row[place])
            if column.name in compared:
                was = known[row[key]][place] if row[key] in known else _none(column, None)
                cells += [was, _change(row[place], was)]
        rows.append(tuple(cells))
    return now.but(columns=tuple(columns), rows=tuple(rows))


def _none(column: ReportColumn, cell: Cell) -> Cell:
    """Return what a period without it has in a column: none counted or given, nothing measured."""
    return cell if column.kind == "text" else 0 if column.kind in ("count", "number") else None


def _change(now: Cell, before: Cell) -> Cell:
    if isinstance(now, int | float) and isinstance(before, int | float):
        return now - before
    return None


def numbers(about: About, figures: Sequence[Figure] = NUMBERS) -> ReportTable:
    """Return the table of how many of everything there were."""
    return _figures(about, "numbers", figures, "value", "count")


def every_number(about: About) -> ReportTable:
    """Return that table with what stands above single cases, if there is any of it."""
    return numbers(about, [*NUMBERS, *(figure for figure in COUNTS if figure.result(about.facts))])


def shares(about: About) -> ReportTable:
    """Return the table of shares."""
    figures = [*SHARES, *(figure for figure in RATES if figure.result(about.facts) is not None)]
    return _figures(about, "shares", figures, "share", "share")


def _figures(about: About, name: str, figures: Sequence[Figure], column: str, kind: str) -> ReportTable:
    kinds = {figure.name: figure.kind for figure in figures if figure.kind != kind}

    def made(facts: Facts) -> ReportTable:
        rows = tuple((figure.title(about.language), figure.result(facts), figure.name) for figure in figures)
        columns = columns_of(about, figure="text", **{column: kind}, name="text")
        if kinds or kind == "share":
            title = about.tr(sentence_in("column", "value") if kinds else _WORDS["rate"])
            columns = (columns[0], columns[1].but(title=title), columns[2])
        return ReportTable(name, titled(about, name), columns, rows, kinds=kinds)

    return beside(about, made, (column,))


def course(about: About, parts: Sequence[str]) -> ReportTable:
    """Return what came in, was resolved and closed in each part of the period."""
    names = ("registered", "resolved", "closed")
    counts = [{row[0]: int(row[1] or 0) for row in about.facts.counts(Cohort(name), ("bucket",))} for name in names]
    rows: Rows = [(part, *(found.get(place, 0) for found in counts)) for place, part in enumerate(parts)]
    columns = columns_of(about, period="text", **dict.fromkeys(names, "count"))
    return ReportTable("course", titled(about, "course"), columns, tuple(rows), "lines")


def by(about: About, dimension: str, *, every: bool = False) -> ReportTable:
    """Return how many of the cases that came in have each value of a dimension; of what was resolved if that tells it.

    Without `every` it stops after the first FEW.
    """
    name = "resolved" if dimension in FOUND_OUT else "registered"
    cohort = Cohort(name)

    def made(facts: Facts) -> ReportTable:
        found = told_apart(about, facts, cohort, dimension)
        if dimension == "priority":
            ranks = list(about.rulebook.priorities)
            found.sort(key=lambda pair: ranks.index(pair[0]) if pair[0] in ranks else len(ranks))
        whole = facts.count(cohort)
        rows = tuple((about.value_title(dimension, value), value, count, count / whole) for value, count in found)
        head = heads(about, dimension)
        columns = (*head, *columns_of(about, **{name: "count"}, share="share"))
        title = about.tr("By {dimension}", dimension=head[0].title)
        return ReportTable(f"by_{dimension}", title, columns, rows if every else rows[:FEW], "bars", name)

    return beside(about, made, (name,))


def heads(about: About, dimension: str) -> tuple[ReportColumn, ...]:
    """Return the columns that say of which value of a dimension a row is: its title and its id."""
    said = DIMENSIONS.get(dimension)
    title = about.tr(said) if said else about.value_title("field", dimension)
    called, id_ = columns_of(about, figure="text", id="text")
    return called.but(title=title), id_


def targets(about: About, titles: Mapping[str, str]) -> ReportTable:
    """Return what became of the deadlines of every target that counts, and of what was due beside."""

    def made(facts: Facts) -> ReportTable:
        return _judged(about, facts, "targets", titled(about, "targets"), "target", titles)

    return beside(about, made, ("attainment",))


def timeliness(about: About, dimension: str) -> ReportTable:
    """Return what became of the deadlines of the cases that have each value of a dimension."""

    def made(facts: Facts) -> ReportTable:
        title = about.tr(DIMENSIONS[dimension])
        title = about.tr("Deadlines by {dimension}", dimension=title)
        return _judged(about, facts, f"timeliness_by_{dimension}", title, dimension, {})

    return beside(about, made, ("attainment",))


def _judged(
    about: About, facts: Facts, name: str, title: str, dimension: str, titles: Mapping[str, str]
) -> ReportTable:
    counts: dict[str, dict[str, int]] = {value: {} for value in titles}
    cohort = Cohort("deadlines")
    for verdict in VERDICTS:
        for value, count in facts.counts(cohort.also(verdict), (dimension,)):
            counts.setdefault(str(value or ""), {})[verdict] = int(count or 0)
    late = facts.spreads(cohort.also("missed"), "late", dimension)
    rows: Rows = []
    for value, found in counts.items():
        told = [found.get(verdict, 0) for verdict in VERDICTS]
        judged = told[0] + told[1]
        share = told[0] / judged if judged else None
        called = titles.get(value) or about.value_title(dimension, value)
        rows.append((called, value, *told, share, late[value][1] if value in late else None))
    if not titles:
        rows.sort(key=lambda row: (-sum(int(cell or 0) for cell in row[2:6]), str(row[1])))
    kinds = {**dict.fromkeys(VERDICTS, "count"), "attainment": "share", "late": "minutes"}
    columns = columns_of(about, target="text", id="text", **kinds)
    if dimension != "target":
        columns = (columns[0].but(title=about.tr(DIMENSIONS[dimension])), *columns[1:])
    return ReportTable(name, title, columns, tuple(rows), "stacked", "missed")


def told_late(about: About) -> ReportTable:
    """Return who recorded answers only after they were due, though they had come in time."""
    counts = about.facts.counts(Cohort("deadlines", ("told_late",)), ("recorder",))
    rows: Rows = [(about.title("person", str(who)), who, count) for who, count in counts]
    rows.sort(key=lambda row: (-int(row[2] or 0), str(row[1])))
    columns = columns_of(about, recorder="text", id="text", told_late="count")
    return ReportTable("told_late", titled(about, "told_late"), columns, tuple(rows), "bars", "told_late")


def times(about: About) -> ReportTable:
    """Return how long things took: on the clock, in working time, and how long cases waited meanwhile."""

    def made(facts: Facts) -> ReportTable:
        rows: Rows = []
        for time in TIMES:
            if time.measure.endswith(WAITING) and not any(facts.measured(time.cohort, time.measure)):
                continue
            told = facts.spread(time.cohort, time.measure)
            rows.append((about.tr(time.words), *told, time.name))
        kinds = {"mean": "minutes", "median": "minutes", "p90": "minutes", "count": "count"}
        columns = columns_of(about, figure="text", **kinds, name="text")
        return ReportTable("times", titled(about, "times"), columns, tuple(rows))

    return beside(about, made, ("median",))


def backlog(about: About) -> ReportTable:
    """Return how old the cases of the backlog are."""
    ages = Counter[int]()
    for age, count in about.facts.measured(Cohort("backlog"), "age").items():
        ages[age_of(age)] += count
    rows: Rows = []
    for least, most in zip(AGES, (*AGES[1:], None), strict=True):
        if most is None:
            told = about.tr("{days} days and more", days=least)
        elif least:
            told = about.tr("{first} to {last} days", first=least, last=most)
        else:
            told = about.tr("under a day")
        rows.append((told, str(least), ages[least]))
    columns = columns_of(about, age="text", id="text", backlog="count")
    return ReportTable("backlog_by_age", titled(about, "backlog_by_age"), columns, tuple(rows), "bars", "backlog")


def questions_of(about: About) -> dict[str, str]:
    """Return the questions that customers are asked: the rulebook's, and if it has any those answered beside them."""
    found = {name: entry.title[about.language] for name, entry in about.rulebook.questions.items()}
    if found:
        answered = (str(name) for facts in about.spans for name, _ in facts.counts(Cohort("ratings"), ("question",)))
        for name in answered:
            found.setdefault(name, about.tr(_OVERALL) if name == OVERALL else name)
    return found


def satisfaction(about: About) -> ReportTable:
    """Return what customers said: of every question, then of all."""
    questions = questions_of(about)
    kinds = {"mean": "score", "csat": "share", "answers": "count", "cases": "count"}
    columns = columns_of(about, question="text", **kinds, name="text")

    def made(facts: Facts) -> ReportTable:
        rows: Rows = []
        mean, answers, case_mean, cases = (figure.result(facts) for figure in SCORES)
        if not answers:
            return ReportTable("satisfaction", titled(about, "satisfaction"), columns, ())
        for question, title in questions.items():
            told = [figure.result(facts) for figure in figures_of_question(question, title)]
            rows.append((title, *told, f"rating.{question}.mean"))
        shares = [figure.result(facts) for figure in SHARES if figure.name in ("csat", "csat.cases")]
        rows.append((SCORES[0].title(about.language), mean, shares[0], answers, cases, SCORES[0].name))
        rows.append((SCORES[2].title(about.language), case_mean, shares[1], None, cases, SCORES[2].name))
        return ReportTable("satisfaction", titled(about, "satisfaction"), columns, tuple(rows), "bars", "low_rated")

    return beside(about, made, ("mean",))


def titled(about: About, name: str) -> str:
    """Return what a table is called."""
    return about.tr(TITLES[name])
