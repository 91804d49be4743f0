"""Learning: what to suggest where no rule decides, from the desk's own cases."""

from afterservice_cli.commands.options import JsonOption
from afterservice_cli.language import tr, tr_many
from afterservice_cli.session import Session


def learn(session: Session, as_json: JsonOption = False) -> None:
    """Take from the desk's own cases what to suggest if no rule decides; nothing is ever filed by it.

    It learns from categories that people or a file gave, and from those that stood when a case was confirmed or closed.
    Below 200 such cases it refuses. What fewer than three customers wrote is not kept, nor is any digit.
    """
    from afterservice_cli.workflows.learning import learn_anew

    terminal = session.terminal
    learnt = learn_anew(session.desk)
    if as_json:
        terminal.write_json(learnt)
        return
    terminal.write(
        tr_many(
            "learnt from {count} case: {categories} categories, {pairs} pairs of letters; model {hash}",
            "learnt from {count} cases: {categories} categories, {pairs} pairs of letters; model {hash}",
            learnt.cases,
            categories=learnt.categories,
            pairs=learnt.pairs,
            hash=learnt.hash[:12],
        )
    )
    if not learnt.changed:
        terminal.say(tr("nothing has changed"))
