"""Cases as rows of a list: every column there is, of which a list shows the usual ones or those it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from afterservice_cli.language import listed, translated
from afterservice_cli.render.cases.case import OUT, category_title, whose
from afterservice_cli.render.rows import Column
from afterservice_cli.render.telling import Teller
from afterservice_cli.reports.cases.case import CaseView, next_deadline
from afterservice_cli.reports.cases.suggested import Unplaced
from afterservice_cli.rulebook.values import value_text


def list_columns(tell: Teller, *, reveal: bool = False) -> list[Column[CaseView]]:
    """Return the columns of `list`: the usual ones, those that have to be asked for, and the rulebook's fields.

    With `reveal` a table always has the contacts.
    """
    usual: list[Column[CaseView]] = [
        tell.value("case"),
        _state("status", tell).but(rank=50, least=8),
        tell.priority().but(rank=40),
        tell.named("category").but(shown=lambda case: category_title(case, tell), rank=70),
        tell.named("owner").but(shown=lambda case: whose(case, tell), rank=30, least=8),
        tell.time("registered_at").but(rank=90),
        _due_at(tell).but(rank=20),
        tell.text("customer").but(rank=60, least=8),
        tell.value("contact").but(rank=0 if reveal else 80),
        tell.text("description").but(least=16),
    ]
    return [*usual, *(column.but(usual=False) for column in (*_others(tell), *_fields(tell), *_dues(tell)))]


def with_suggested(columns: Sequence[Column[CaseView]], tell: Teller) -> list[Column[CaseView]]:
    """Return the columns of cases that nothing has classified, after the category what is suggested for them."""

    def said(case: CaseView) -> Sequence[str]:
        return case.suggested if isinstance(case, Unplaced) else ()

    def shown(case: CaseView) -> str:
        titles = (tell.title("category", category) for category in said(case))
        return listed(titles, tell.language)

    place = [column.id for column in columns].index("category") + 1
    suggested = Column("suggested", tell.label("suggested"), said, shown, rank=10, least=16)
    return [*columns[:place], suggested, *columns[place:]]


def _others(tell: Teller) -> Iterator[Column[CaseView]]:
    """Yield what else is known of every case."""
    yield tell.value("version")
    yield _state("stage", tell)
    for name in ("kind", "channel", "person"):
        yield tell.named(name)
    yield tell.person("registered_by")
    yield tell.text("product")
    yield tell.text("source_number")
    yield tell.truth("classified")
    yield tell.value("collaborators").but(shown=lambda case: [tell.title("owner", name) for name in case.collaborators])
    yield tell.named("target").but(id="due", said=_due, shown=lambda case: tell.target_title(_due(case) or ""))
    for name in ("responded_at", "resolved_at", "closed_at", "promised_at"):
        yield tell.time(name)
    yield tell.value("cycle")
    yield tell.named("waiting_for", "pause", titled="waits_for")
    yield tell.value("void_by").but(shown=lambda case: tell.label(OUT.get(case.void_by or "")))
    yield tell.value("merged_into", "merged")
    yield tell.truth("satisfied")
    yield tell.value("scores")
    for name in ("fault", "cause", "liability"):
        yield _found(name, tell)
    yield tell.named("disposition").but(said=_disposition, shown=lambda c: tell.title("disposition", _disposition(c)))
    yield tell.value("attachments").but(said=_files, shown=_files, least=18)


def _fields(tell: Teller) -> Iterator[Column[CaseView]]:
    """Yield the fields of the rulebook; one that is called as something of every case is `fields.NAME`."""
    taken = {*CaseView.__fields__, "due"}
    for name in tell.rulebook.fields:
        yield _field(name, f"fields.{name}" if name in taken else name, tell)


def _dues(tell: Teller) -> Iterator[Column[CaseView]]:
    """Yield when each target of the running cycle is due, or was."""
    for target in tell.rulebook.targets:
        yield _due_of(target, tell)


def _due_of(target: str, tell: Teller) -> Column[CaseView]:
    def said(case: CaseView) -> str | None:
        return next((d.due_at for d in reversed(case.deadlines) if (d.target, d.cycle) == (target, case.cycle)), None)

    title = translated("{target} due", tell.language, target=tell.target_title(target))
    return Column(
        f"due:{target}",
        title,
        said,
        lambda case: tell.minute(said(case)),
        lambda case: tell.this_year(said(case)),
    )


def _found(name: str, tell: Teller) -> Column[CaseView]:
    """Return the column of what an appraisal found."""

    def said(case: CaseView) -> object:
        return (case.appraisal or {}).get(name)

    def shown(case: CaseView) -> str:
        value = said(case)
        values = value if isinstance(value, list | tuple) else [value]
        return listed((tell.title(name, str(one)) for one in values if one), tell.language)

    return Column(name, tell.label(name), said, shown, least=10)


def _disposition(case: CaseView) -> str | None:
    return case.plan.disposition if case.plan else None


def _files(case: CaseView) -> list[str]:
    return [attachment.name or f"{attachment.seq}" for attachment in case.attachments]


def _field(name: str, column: str, tell: Teller) -> Column[CaseView]:
    def said(case: CaseView) -> object:
        return case.fields.get(name)

    def shown(case: CaseView) -> str:
        return value_text(tell.rulebook, name, case.fields.get(name), tell.language)

    titles = frozenset(tell.rulebook.fields[name].title.values())
    return Column(column, tell.title("field", name), said, shown, least=18, names=titles)


def _state(name: str, tell: Teller) -> Column[CaseView]:
    """Return the column of a status or a stage, shown by the rulebook's word for it."""
    plain: Column[CaseView] = tell.value(name)

    def shown(case: CaseView) -> str:
        return tell.state_label(str(plain.said(case)))

    return plain.but(shown=shown)


def _due_at(tell: Teller) -> Column[CaseView]:
    """Return the column of when something is due next, which is shown to stand still if it does."""
    plain: Column[CaseView] = tell.time("due_at")

    def still(case: CaseView) -> str:
        due = next_deadline(case)
        return tell.label("paused") if due and due.verdict == "paused" else ""

    return plain.but(
        shown=lambda case: still(case) or tell.minute(case.due_at),
        short=lambda case: still(case) or tell.this_year(case.due_at),
    )


def _due(case: CaseView) -> str | None:
    due = next_deadline(case)
    return due.target if due else None
