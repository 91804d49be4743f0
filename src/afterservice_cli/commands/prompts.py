"""Questions to the person at the terminal; they stand on standard error, since standard output is data."""

import typer

from afterservice_cli.language import tr
from afterservice_cli.session import Session

ANSWERS = {"y": True, "yes": True, "是": True, "n": False, "no": False, "否": False, "": False}


def ask(session: Session, question: str) -> str:
    """Ask a question and return the answer, without the blanks around it."""
    session.terminal.edit_answers()
    return str(typer.prompt(question, err=True)).strip()


def agree(question: str) -> bool:
    """Ask whether to go on; return no if nothing is answered."""
    while True:
        answer = typer.prompt(f"{question} [y/N]", default="", show_default=False, err=True)
        agreed = ANSWERS.get(str(answer).strip().lower())
        if agreed is not None:
            return agreed
        typer.echo(tr("Error: invalid input"), err=True)
