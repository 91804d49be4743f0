"""A desk that counts the earlier cases of its customers."""

from datetime import timedelta
from functools import partial
from typing import Any

import rulebooks
from afterservice_cli.cases.case import Case
from afterservice_cli.decisions import closing, handling, intake, mending, planning, tasks
from afterservice_cli.decisions.planning import Proposal
from afterservice_cli.workflows import recording
from afterservice_cli.workflows.recording import writing
from registers import Register

FILE = rulebooks.FOLDER / "repairs.yaml"


ANN, BOB = "139 0000 0101", "139 0000 0102"


COMPLAINT = {"channel": "phone", "kind": "complaint", "serial": "A1", "description": "broken", "contact": ANN}


class Desk:
    """A desk at which customers call, and things are repaired."""

    def __init__(self, register: Register) -> None:
        self.register, self.desk = register, register.desk
        self.desk.actor = "lin"

    def came(self, contact: str | None = ANN, text: str = "broken", ago: float = 0, **facts: str) -> Case:
        """Register a case that came in so many days ago."""
        with writing(self.desk) as writer:
            draft = intake.Draft({**COMPLAINT, "description": text, "contact": contact, **facts})
            return writer.register(draft, at=self.desk.now - timedelta(days=ago))

    def act(self, case: Case, decision: Any) -> Case:
        self.desk.now += timedelta(minutes=1)
        return recording.act(self.desk, case.number, decision).case

    def repaired(self, case: Case) -> Case:
        self.proposed(case)
        return self.act(case, partial(tasks.task, name="fix"))

    def proposed(self, case: Case, what: str = "repair") -> Case:
        return self.act(case, partial(planning.propose, proposal=Proposal(what)))

    def resolved(self, case: Case) -> Case:
        self.act(case, handling.respond)
        return self.act(case, partial(closing.resolve, resolution="done"))

    def amended(self, case: Case, **facts: str) -> Case:
        self.desk.now += timedelta(minutes=1)
        with writing(self.desk) as writer:
            customer = writer.customer_of(facts.get("contact"))
            return writer.act(case.number, partial(mending.amend, facts=facts, reason="x", customer=customer)).case

    def noted(self, case: Case) -> Case:
        return self.act(case, partial(handling.note, text="x"))


def counts(case: Case) -> dict[str, int]:
    return {name: len(cases) for name, cases in case.earlier.items()}
