"""Questions to the person at the terminal; they stand on standard error, since standard output is data."""

import typer

from afterservice_cli.session import Session


def ask(session: Session, question: str) -> str:
    """Ask a question and return the answer, without the blanks around it."""
    session.terminal.edit_answers()
    return str(typer.prompt(question, err=True)).strip()


def agree(question: str) -> bool:
    """Ask whether to go on; return no if nothing is answered."""
    return bool(typer.confirm(question, err=True))
