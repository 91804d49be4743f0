"""What another rulebook would have made of past cases, for a person to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from afterservice_cli.cases.values import SEVERAL
from afterservice_cli.language import plural, sentence
from afterservice_cli.output_text import aligned, wrapped
from afterservice_cli.render.screen import Screen
from afterservice_cli.reports.rules.backtest import NONE, VERDICTS, Backtest, Correction, FieldMoves, Move, TargetMoves
from afterservice_cli.rulebook.model import Rulebook

MOST = 20  # moves of a field that are told one by one
FEW = 3  # in short


class BacktestScreen(Screen):
    """How a trial is told: by the titles of the rulebook tried and of the old one, in how many columns if any.

    At `most` so many moves of a field or a target are told one by one, or all (None); each with its cases if they are
    `named`.
    """

    old: Rulebook
    columns: int | None
    most: int | None = MOST
    named: bool = False

    def value(self, field: str, value: str) -> str:
        """Return a value of a field by the title that either rulebook gives it; `none` for none."""
        if value == "":
            return self.tr("none")
        return self.joined(self._title(field, one) for one in value.split(SEVERAL))

    def _title(self, field: str, value: str) -> str:
        """Return the title of a value; that of an earlier rulebook if the new one knows it no more."""
        title = self.title(field, value)
        return title if title != value else self.old.title(field, value, self.language)


def backtest_lines(value: Backtest, telling: BacktestScreen) -> Iterator[str]:
    """Yield what a rulebook would have made of past cases: what moves, how deadlines go, what people had said."""
    yield _head(value, telling)
    if left := _left_out(value, telling):
        yield left
    for field in value.fields:
        yield from _field(field, telling)
    if value.deadlines:
        yield ""
        yield from _deadlines(value.deadlines, telling)
    if value.corrections:
        yield ""
        yield from _corrections(value, telling)


def _head(value: Backtest, telling: BacktestScreen) -> str:
    tried = telling.tr_many("{count} case tried", "{count} cases tried", value.tried)
    if value.since:
        tried = telling.tr("{cases} since {month}", cases=tried, month=value.since)
    moved = telling.tr_many(
        "{count} of them is decided otherwise", "{count} of them are decided otherwise", value.moved
    )
    return telling.tr("{cases}; {moved}", cases=tried, moved=moved)


def _left_out(value: Backtest, telling: BacktestScreen) -> str:
    """Say how many cases could not be tried, and why; "" if all were."""
    why = []
    if value.taken_out:
        why.append(telling.tr("{count} taken out", count=value.taken_out))
    if value.erased:
        why.append(telling.tr("{count} whose text is erased", count=value.erased))
    return telling.tr("not tried: {why}", why=telling.joined(why)) if why else ""


def _field(field: FieldMoves, telling: BacktestScreen) -> Iterator[str]:
    """Yield how many cases of those that the rules decided get another value, and which."""
    title = telling.field_title(field.field)
    if not field.moves:
        return
    yield ""
    share = telling.tr("{moved} of {decided}", moved=field.moved, decided=field.decided)
    yield telling.said(title, share)
    told = (
        (move, f"{telling.value(field.field, move.was)} → {telling.value(field.field, move.now)}")
        for move in field.moves
    )
    yield from _moves(list(told), telling)


def _moves(told: Sequence[tuple[Move | Correction, str]], telling: BacktestScreen) -> Iterator[str]:
    """Yield moves, how often each is made before it, and below it in which cases if they are to be named."""
    shown = told[: telling.most]
    if telling.named:
        digits = max((len(str(move.count)) for move, _ in shown), default=0)
        for move, text in shown:
            yield from wrapped(f"  {move.count:>{digits}}  {text}", telling.columns)
            yield from wrapped(" " * (digits + 4) + telling.joined(move.cases), telling.columns)
    else:
        yield from aligned([(str(move.count), text) for move, text in shown], (0,), telling.columns)
    if rest := told[len(shown) :]:
        count = sum(move.count for move, _ in rest)
        yield f"  {telling.tr(sentence('{count} more in {ways} further ways'), count=count, ways=len(rest))}"


def _deadlines(targets: Sequence[TargetMoves], telling: BacktestScreen) -> Iterator[str]:
    """Yield a row for each target, then and now, and below them what goes otherwise."""
    heads = (telling.tr("deadlines"), *(telling.label(word) for word in VERDICTS))
    rows = [(_target(each, telling), *(_turned(each, word) for word in VERDICTS)) for each in targets]
    yield from (line[2:] for line in aligned([heads, *rows], (1, 2, 3), telling.columns))
    for each in targets:
        if each.moves:
            yield _target(each, telling)
            told = [(move, f"{_verdict(move.was, telling)} → {_verdict(move.now, telling)}") for move in each.moves]
            yield from _moves(told, telling)


def _target(target: TargetMoves, telling: BacktestScreen) -> str:
    known = target.target in telling.rulebook.targets
    return (telling if known else telling.but(rulebook=telling.old)).target_title(target.target)


def _turned(target: TargetMoves, word: str) -> str:
    was, now = target.was[word], target.now[word]
    return str(now) if was == now else f"{was} → {now}"


def _verdict(word: str, telling: BacktestScreen) -> str:
    return telling.tr("not demanded") if word == NONE else telling.label(word)


def _corrections(value: Backtest, telling: BacktestScreen) -> Iterator[str]:
    """Yield what people said otherwise than the rules: what the rulebook says as they did, and what not."""
    confirmed = plural("{count} correction by people confirmed", "{count} corrections by people confirmed")
    contradicted = plural("{count} decision by people contradicted", "{count} decisions by people contradicted")
    for right, count, forms in ((True, value.confirmed, confirmed), (False, value.contradicted, contradicted)):
        its = [each for each in value.corrections if each.confirmed == right]
        if its:
            yield telling.tr_many(*forms, count)
            yield from _moves([(each, _correction(each, telling)) for each in its], telling)


def _correction(each: Correction, telling: BacktestScreen) -> str:
    """Say what the rules made of a field, what people did, and what the rulebook makes of it now."""
    was, people, now = (telling.value(each.field, value) for value in (each.was, each.said, each.now))
    if each.confirmed:
        words = telling.tr("{was} → {people}", was=was, people=people)
    elif each.was == each.now:
        words = telling.tr("{was}, people: {people}; as before", was=was, people=people)
    else:
        words = telling.tr("{was}, people: {people}; now {now}", was=was, people=people, now=now)
    return telling.said(telling.field_title(each.field), words)
