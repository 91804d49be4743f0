"""Closing: resolution, confirmation, rating, the archive, and the way back."""

import re
import unicodedata
from functools import partial
from typing import Annotated

import typer

from afterservice_cli.commands.bulk import BulkChange, act_on_several, check_choice
from afterservice_cli.commands.filters import wanted
from afterservice_cli.commands.options import BRIEF, Answer, AtOption, WhereOption, WordsOption, YesOption, answering
from afterservice_cli.commands.outcome import act, deciding
from afterservice_cli.decisions import closing
from afterservice_cli.errors import BadInput, BadUsage, typed
from afterservice_cli.language import sentence, tr
from afterservice_cli.moment import Decision
from afterservice_cli.rulebook.vocabulary import OVERALL
from afterservice_cli.session import Session


@deciding(tells=True)
def resolve(
    session: Session,
    resolution: Annotated[str, typer.Argument(metavar="TEXT|-", help="What was done; - reads stdin.")],
) -> Decision:
    """Say that it is done; the customer has yet to confirm."""
    return partial(closing.resolve, resolution=session.terminal.words(resolution))


@deciding(tells=True)
def confirm(
    session: Session,
    yes: Annotated[bool, typer.Option("--yes", help="It worked.")] = False,
    no: Annotated[bool, typer.Option("--no", help="It did not; the case is opened again.")] = False,
    words: WordsOption = None,
) -> Decision:
    """Record what the customer says of the resolution."""
    if yes == no:
        raise BadUsage(tr("does the customer say that it worked? – add --yes or --no"))
    return partial(closing.confirm, satisfied=yes, words=session.terminal.words(words))


@deciding()
def rate(
    session: Session,
    scores: Annotated[
        list[str],
        typer.Argument(metavar="SCORE…", help="1 to 5, 5 being best; QUESTION=SCORE each, if the rulebook asks."),
    ],
    comment: Annotated[str | None, typer.Option("--comment", metavar="TEXT", help="What the customer said.")] = None,
) -> Decision:
    """Record the customer's scores; a low one may ask for a second visit."""
    return partial(closing.rate, scores=_scores(session, scores), comment=session.terminal.words(comment))


@answering
def close(
    session: Session,
    case: Annotated[str | None, typer.Argument(metavar="[CASE]", help="A case, or --where to choose several.")] = None,
    resolution: Annotated[str | None, typer.Option("--resolution", metavar="TEXT", help="What was done.")] = None,
    confirmed: Annotated[bool, typer.Option("--confirmed", help="The customer says it worked.")] = False,
    words: WordsOption = None,
    rating: Annotated[
        list[str] | None, typer.Option("--rating", metavar="SCORE", help="As for `rate`; repeatable.")
    ] = None,
    silent: Annotated[
        bool, typer.Option("--silent", help="The customer never answered; see `closing.silence`.")
    ] = False,
    where: WhereOption = None,
    at: AtOption = None,
    yes: YesOption = False,
    answer: Answer = BRIEF,
) -> None:
    """Send a case to the archive, once it has what the rulebook requires.

    The options record resolution, confirmation and rating on the way: the same events, in order. With --where all cases
    are closed or none; what a customer says of one case is no word of the others.
    """
    check_choice(case, where)
    happened = session.when(at)
    if where and (confirmed or words is not None or rating):
        raise BadUsage(
            tr("nobody asks several customers at once – leave out --confirmed, --words and --rating"),
            hint=tr("one by one: afterservice close … --confirmed, or afterservice close --where … --silent"),
        )
    if silent and (confirmed or resolution or words or rating):
        raise BadUsage(tr("who never answers neither confirms nor rates – leave --silent out, or the other options"))
    full = partial(
        closing.close,
        resolution=session.terminal.words(resolution),
        confirmed=confirmed,
        words=session.terminal.words(words),
        scores=_scores(session, rating) if rating else None,
    )
    decision: Decision = closing.close_silently if silent else full
    if case is not None:
        act(session, case, happened, decision, answer=answer)
    elif where:
        chosen = wanted(session, {}, where)
        act_on_several(session, BulkChange(decision, sentence("close them?"), happened, yes, answer), chosen)
    else:
        raise BadUsage(tr("which case is to be closed? – name it, or choose several with --where"))


@deciding()
def reopen(
    session: Session,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="What the customer is not satisfied with.")],
) -> Decision:
    """Begin a case again: a new cycle with its own deadlines, the priority raised as the rulebook says."""
    return partial(closing.reopen, reason=session.terminal.words(reason))


@deciding()
def withdraw(
    session: Session,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why the customer takes it back.")],
) -> Decision:
    """Record that the customer takes the case back; what was still due is void."""
    return partial(closing.withdraw, reason=session.terminal.words(reason))


def _scores(session: Session, given: list[str]) -> dict[str, int]:
    """Read scores: `5` if the rulebook asks at most one question, else `QUESTION=5` each, by id or label."""
    questions = session.rulebook.questions
    names = {title: name for name, entry in questions.items() for title in (name, *entry.title.values())}
    found: dict[str, int] = {}
    for text in (unicodedata.normalize("NFKC", words) for words in given):
        name, equals, score = text.rpartition("=")
        if not equals and len(questions) > 1:
            shown = text if text.isdecimal() and len(text) == 1 else "5"
            raise BadInput(
                tr(
                    "to which question? – write {answers}",
                    answers=" ".join(f"{question}={shown}" for question in questions),
                )
            )
        given_score = _score(score)
        question = names.get(name.strip(), name.strip()) if equals else next(iter(questions), OVERALL)
        if question in found:
            raise BadInput(tr("{question} is answered twice – give one score", question=typed(question)))
        found[question] = given_score
    return found


def _score(text: str) -> int:
    """Read one score as files are read, too: `5`, `5分`, `五星`, `★★★★★`; the rulebook says which numbers there are."""
    from afterservice_cli.intake.words.cells import score_of

    if re.fullmatch(r"[0-9]{1,9}", text):
        return int(text)
    try:
        return score_of(text)
    except BadInput:
        raise BadInput(tr("a score is a number from 1 to 5")) from None
