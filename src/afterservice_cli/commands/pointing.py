"""What cases look like, said to a person, to whom it is left what to do about it."""

from collections.abc import Iterator, Sequence

from afterservice_cli.decisions.likeness import Like, Suspicion
from afterservice_cli.language import in_quotes, listed, sentence, tr
from afterservice_cli.session import Session

FEW_LINES = 5  # of several cases
MOST_ALIKE = 3  # earlier cases that are named


def ways_to_settle(session: Session, number: str, alike: Sequence[Like], doubts: Sequence[Suspicion]) -> Iterator[str]:
    """Yield a line for all that a case looks like, with the command that settles it."""
    for other, same, percent in alike[:MOST_ALIKE]:
        yield tr(
            "looks like {other} (same {fields}, texts {percent} % alike): afterservice merge "
            "{case} {other} --reason …, or afterservice link {case} {other}",
            other=other,
            fields=_titles(session, same),
            percent=percent,
            case=number,
        )
    for doubt in doubts:
        phrases, title = _phrases(doubt), _title(session, doubt)
        if doubt.ground:
            said = sentence("looks invalid: {title} ({phrases}): afterservice screen {case} --invalid {ground}")
            yield tr(said, title=title, phrases=phrases, case=number, ground=doubt.ground)
        else:
            yield tr("looks vague ({phrases}): afterservice screen {case} --vague", phrases=phrases, case=number)


def likenesses(session: Session, what: str, alike: Sequence[Like], doubts: Sequence[Suspicion]) -> Iterator[str]:
    """Yield a line for all that something looks like that is no case yet, such as a line of a file."""
    for other, same, percent in alike[:MOST_ALIKE]:
        yield tr(
            "{what} looks like {other} (same {fields}, texts {percent} % alike)",
            what=what,
            other=other,
            fields=_titles(session, same),
            percent=percent,
        )
    for doubt in doubts:
        phrases, title = _phrases(doubt), _title(session, doubt)
        if doubt.ground:
            yield tr("{what} looks invalid: {title} ({phrases})", what=what, title=title, phrases=phrases)
        else:
            yield tr("{what} looks vague ({phrases})", what=what, phrases=phrases)


def _titles(session: Session, names: Sequence[str]) -> str:
    return listed(session.screen.field_title(name) for name in names)


def _title(session: Session, doubt: Suspicion) -> str:
    return session.rulebook.title("ground", doubt.ground, session.terminal.language) if doubt.ground else ""


def _phrases(doubt: Suspicion) -> str:
    return in_quotes(doubt.phrases)
