"""Problems and measures for a person to read: as rows of lists, and one problem with its cases and its course."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from afterservice_cli.language import plural
from afterservice_cli.output_text import aligned, safe_text
from afterservice_cli.render.labels import cases_counted, effect
from afterservice_cli.render.rows import Column, Value
from afterservice_cli.render.screen import Screen
from afterservice_cli.render.telling import Teller
from afterservice_cli.reports.lists.problems import FiguresView, MeasureView, ProblemCaseView, ProblemView
from afterservice_cli.rulebook.values import same_text

CUSTOMERS = plural("{count} known customer", "{count} known customers")


def problem_columns(tell: Teller) -> list[Column[ProblemView]]:
    """Return the columns of `problems`: the usual ones, then those that have to be asked for."""
    usual: list[Column[ProblemView]] = [
        tell.value("problem"),
        tell.value("kind").but(shown=lambda problem: tell.kind_title(problem.kind), least=10),
        tell.text("title"),
        tell.value("same").but(
            said=_pairs, shown=lambda p: same_text(tell.rulebook, p.same, tell.language), rank=10, least=12
        ),
        _column(tell, "cases_counted", lambda problem: f"{problem.open_cases}/{problem.cases}", rank=5),
        _column(
            tell,
            "measures_counted",
            lambda problem: f"{problem.unjudged}/{problem.measures}" if problem.measures else "",
            rank=40,
        ),
        tell.role("by").but(rank=20, least=8),
        tell.time("opened_at").but(rank=60),
        tell.time("due_at").but(rank=50),
        tell.left(lambda problem: problem.due_at).but(rank=15),
        tell.time("closed_at", "ended_at").but(rank=55),
    ]
    others: list[Column[ProblemView]] = [tell.value(name) for name in ("open_cases", "cases", "unjudged", "measures")]
    return [*usual, *(column.but(usual=False) for column in others)]


def measure_columns(tell: Teller) -> list[Column[MeasureView]]:
    """Return the columns of `measures`."""
    return [
        tell.value("measure"),
        _column(tell, "from", lambda measure: measure.problem or measure.case or measure.month, rank=30),
        tell.text("text", "to_do"),
        tell.role("by").but(
            shown=lambda measure: tell.team_title(tell.role_title(measure.by), measure.person), rank=10, least=8
        ),
        tell.time("due_at").but(rank=50),
        tell.left(lambda measure: measure.due_at).but(rank=15),
        tell.time("done_at", "done").but(rank=40),
        tell.value("figure").but(rank=60, least=8),
        tell.value("before").but(rank=20, align="right"),
        tell.value("after").but(shown=lambda measure: _after(measure, tell), rank=20, align="right"),
        tell.value("effective").but(
            shown=lambda measure: measure.effective and effect(measure.effective, tell.language), rank=25
        ),
    ]


def case_columns(tell: Teller) -> list[Column[ProblemCaseView]]:
    """Return the columns of the cases of a problem."""
    return [
        tell.value("case"),
        tell.value("status").but(shown=lambda case: tell.state_label(case.status)),
        tell.priority(),
        tell.named("category").but(rank=10),
        tell.value("product").but(rank=20, least=8),
        tell.named("owner").but(rank=30),
        tell.time("registered_at").but(rank=5),
    ]


def _column(tell: Teller, word: str, said: Callable[[Value], object], *, rank: int = 0) -> Column[Value]:
    """Return a column that shows people what it says to programs."""
    return Column(word, tell.label(word), said, said, rank=rank)


def _pairs(problem: ProblemView) -> str:
    return ", ".join(f"{name}={value}" for name, value in problem.same.items())


def problem_lines(problem: ProblemView, figures: FiguresView, tell: Teller) -> Iterator[str]:
    """Yield what is known of a problem: what it is, what its cases share, whose it is, its times and its figures."""
    state = tell.label("closed" if problem.closed_at else "open")
    kind = tell.kind_title(problem.kind)
    what = tell.said(kind, problem.title) if problem.title else kind
    yield safe_text(f"{problem.problem}  {what} · {state}")
    due, left = tell.minute(problem.due_at), tell.time_left(problem.state, problem.due_at)
    rows = {
        "same": same_text(tell.rulebook, problem.same, tell.language),
        "by": tell.role_title(problem.by),
        "opened_at": tell.minute(problem.opened_at),
        "due_at": f"{due} ({left})" if left else due,
        "ended_at": tell.minute(problem.closed_at),
        "cases": _figures(figures, tell),
    }
    yield from aligned([(tell.label(word), safe_text(value)) for word, value in rows.items() if value])


def opened_line(problem: ProblemView, screen: Screen) -> str:
    """Return what is told of a problem that was just changed: what it is, and how many cases it has."""
    words = [screen.kind_title(problem.kind), problem.title, same_text(screen.rulebook, problem.same, screen.language)]
    count = cases_counted(problem.cases, screen.language)
    words.append(screen.label("closed") if problem.closed_at else "")
    return safe_text(f"{problem.problem}  {' · '.join(filter(None, (*words, count)))}")


def measure_line(measure: MeasureView, screen: Screen) -> str:
    """Return what is told of a measure that was just changed: what it is, whose, until when, and how it was judged."""
    words = [
        measure.text or f"({screen.label('erased')})",
        screen.team_title(screen.role_title(measure.by), measure.person),
        screen.said(screen.label("until"), screen.minute(measure.due_at)) if not measure.done_at else "",
        screen.said(screen.label("done"), screen.minute(measure.done_at)) if measure.done_at else "",
        screen.said(screen.label("effective"), effect(measure.effective, screen.language)) if measure.effective else "",
        figure_text(measure, screen),
    ]
    return safe_text(f"{measure.measure}  {' · '.join(filter(None, words))}")


def figure_text(measure: MeasureView, screen: Screen) -> str:
    """Return the figure before a measure and after it; "" if nothing is counted."""
    if measure.before is None:
        return ""
    before = screen.said(screen.label("before"), str(measure.before))
    return screen.clauses((before, screen.said(screen.label("after"), _after(measure, screen))))


def _figures(figures: FiguresView, screen: Screen) -> str:
    """Return how many cases there are, how many open, of how many customers, since when and until when."""
    count = cases_counted(figures.cases, screen.language)
    words = [
        count,
        screen.tr("{count} open", count=figures.open),
        screen.tr_many(*CUSTOMERS, figures.customers),
        *(f"{screen.title('priority', name)} {number}" for name, number in figures.by_priority.items()),
    ]
    if figures.first_at and figures.last_at:
        words.append(f"{screen.minute(figures.first_at)[:10]} – {screen.minute(figures.last_at)[:10]}")
    return " · ".join(words)


def _after(measure: MeasureView, screen: Screen) -> str:
    """Return the figure after a measure, with until when it is counted while that is not over."""
    if measure.after is None:
        return ""
    until = measure.counted_until
    if not until:
        return str(measure.after)
    return screen.tr("{number} so far, until {at}", number=measure.after, at=screen.minute(until)[:10])
