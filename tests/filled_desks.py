"""Desks with few cases and with many."""

from datetime import timedelta
from pathlib import Path

from afterservice_cli.decisions.intake import Draft
from afterservice_cli.workflows.desk import Desk
from afterservice_cli.workflows.recording import writing
from courses import compiled
from given import RECEIVED, make_desk

FEW, MANY = 60, 420


def filled(path: Path, cases: int) -> Desk:
    """A desk with so many cases, one each two hours."""
    path.parent.mkdir(exist_ok=True)
    desk = make_desk(path, rules=compiled())
    desk.now = RECEIVED + timedelta(hours=2 * cases)
    with writing(desk) as writer:
        for number in range(cases):
            facts = {
                "channel": "phone",
                "customer": "Zoe",
                "description": f"the hose leaks {number}",
                "serial": f"AB-{number}",
            }
            writer.register(Draft(facts), at=RECEIVED + timedelta(hours=2 * number))
    return desk
