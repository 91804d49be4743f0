"""Planning: plans, who approves them, what the customer says of them, and their steps."""

from afterservice_cli.cases import planning
from afterservice_cli.cases.events import PlanApproved
from afterservice_cli.errors import Refused
from given import came_in, given, hour, rules

PLANNED = rules(
    ("tech: Tech,", "tech: {title: Tech, head: zhao, deputy: qian, members: [li]},"),
    ("default:", "roles: {management: {title: Management, people: [han]}}\ndefault:"),
    (
        "closing:",
        "dispositions: {refund: Refund}\n"
        "approvals: [{by: tech}, {by: management, when: {amount: {over: 1000}}}]\nclosing:",
    ),
)


def test_nobody_approves_their_own_plan_but_the_deputy_may() -> None:
    proposed = given(came_in(owner="tech", rulebook=PLANNED), rulebook=PLANNED).when(
        planning.propose, at=hour(1), actor="zhao", disposition="refund", amount="1200"
    )
    before = (came_in(owner="tech", rulebook=PLANNED), *proposed.events)
    for actor, words in (("zhao", "nobody approves their own plan"), ("han", "takes tech")):
        alone = given(*before, rulebook=PLANNED).when(planning.approve, at=hour(2), actor=actor)
        if actor == "han":
            alone.refused(Refused, words)
    approved = given(*before, rulebook=PLANNED).when(planning.approve, at=hour(2), actor="qian")
    approved.then(PlanApproved(hour(2), 1, "tech", False))
    given(*before, *approved.events, rulebook=PLANNED).when(planning.approve, actor="qian").refused(
        Refused, "takes management", "approvals[2]"
    )
