"""What the rulebook demands before a command, and whether the case has it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping

from afterservice_cli.cases.case import AT_WORK, SOLVED, Case
from afterservice_cli.cases.values import Appraisal, Plan, TaskSpec
from afterservice_cli.decisions.approvals import missing_approvals, pending_approval
from afterservice_cli.decisions.facts import facts_of
from afterservice_cli.errors import Refused
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import listed, sentence, spoken, tr
from afterservice_cli.rulebook.calling import fact_called
from afterservice_cli.rulebook.conditions import holds
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.phrases.seen import read
from afterservice_cli.rulebook.sections.rules import Demand
from afterservice_cli.rulebook.vocabulary import HEAD_OF, OF_CUSTOMER, OVERALL, OWNER_ROLES, WAITING

# The command that gives what is demanded.
GIVES = {
    "screening": "screen {} --valid",
    "acknowledgement": "acknowledge {}",
    "assessment": "assess {} --visit …",
    "response": "respond {}",
    "investigation": "investigate {}",
    "appraisal": "appraise {} {}",
    "attachment": sentence("attach {} FILE"),
    "plan": "propose {} --disposition …",
    "promise": "propose {} --disposition … --promise …",
    "approval": "approve {}",
    "agreement": "agree {} --yes",
    "tasks": "task {} {}",
    "resolution": sentence('resolve {} "what was done"'),
    "confirmation": "confirm {} --yes",
    "words": 'confirm {} --yes --words "…"',
    "survey": "rate {} {}",
}


# What is demanded, the roles that every rulebook has and the facts of every case, as messages name them.
NAMED = (
    *(sentence("screening"), sentence("acknowledgement"), sentence("assessment"), sentence("response")),
    *(sentence("investigation"), sentence("appraisal"), sentence("attachment"), sentence("plan"), sentence("promise")),
    *(sentence("approval"), sentence("agreement"), sentence("tasks"), sentence("resolution"), sentence("confirmation")),
    *(sentence("words"), sentence("survey"), sentence("text"), sentence("owner"), sentence("owner_head")),
    *(sentence("channel"), sentence("kind"), sentence("product"), sentence("customer"), sentence("contact")),
    *(sentence("description"), sentence("customer or contact")),
)


class CommandInput(Frozen):
    """What is said with a command: its own words, the plan that it is about to propose, scores as they are typed."""

    words: str | None = None
    plan: Plan | None = None
    scores: str = ""


NOTHING = CommandInput()
# What the words of a command are, by how it takes them.
TEXTS = {
    "TEXT": sentence("the text of {command}"),
    "--reason": sentence("the reason"),
    "--words": sentence("what the customer said"),
    "--comment": sentence("the comment"),
}


def check_demands(
    case: Case,
    rulebook: Rulebook,
    command: str,
    said: CommandInput = NOTHING,
    *,
    recorded: Case | None = None,
    spared: Container[str] = (),
) -> None:
    """Refuse a command if anything demanded before it is missing; names all of it, and the commands that give it.

    `recorded` is the case without what the command itself brings: what it lacks is what somebody would have to type.
    What is `spared` may be missing. If only the customer can give the rest, a way without an answer is named as well.
    """
    still = [(what, rule) for what, rule in _missing(case, rulebook, command, said) if what not in spared]
    if still:
        lacks = still if recorded is None else _missing(recorded, rulebook, command, said)
        wanted = [what for what, _ in lacks if what not in spared and not (what == "survey" and said.scores)]
        ways = [way for what in wanted for way in _ways(recorded or case, rulebook, command, what)]
        if said.scores:
            ways += _ways_to_scores(case, rulebook, said.scores, [what for what, _ in still])
        hint = "; ".join(dict.fromkeys(ways))
        if rulebook.closing.silence and command == "close" and {what for what, _ in still} <= set(OF_CUSTOMER):
            silent = tr("if the customer never answers: afterservice close {case} --silent", case=case.number)
            hint = tr("{ways}; {way}", ways=hint, way=silent) if hint else silent
        raise Refused(
            tr(
                "{case} lacks what the rulebook demands before {command}: {demands}",
                case=case.number,
                command=command,
                demands=_named(still, rulebook, command),
            ),
            hint=hint,
            rule="demanded",
        )


def _named(still: Iterable[tuple[str, str]], rulebook: Rulebook, command: str) -> str:
    """Return what is still lacking, in words, by the entries that demand it."""
    by_rule: dict[str, list[str]] = {}
    for what, rule in still:
        by_rule.setdefault(rule, []).append(what)
    return tr("; ").join(
        tr("{demands} ({rule})", demands=demands_called(some, rulebook, command), rule=rule)
        for rule, some in by_rule.items()
    )


def check_approved(case: Case, rulebook: Rulebook) -> None:
    """Refuse if the plan of the case has yet to be approved, or was declined, whatever else is demanded."""
    plan = case.plan
    if plan is not None and plan.declined and case.status in AT_WORK:
        raise Refused(
            tr("plan {version} of {case} was declined", version=plan.version, case=case.number),
            hint=tr("afterservice propose {case} --disposition … makes a new version", case=case.number),
            rule="declined",
        )
    if plan is not None and pending_approval(case, rulebook):
        role, rule = missing_approvals(case, plan, rulebook)[0]
        raise Refused(
            tr(
                "plan {version} of {case} waits for the approval of {role} ({rule})",
                version=plan.version,
                case=case.number,
                role=role_called(role, rulebook),
                rule=rule,
            ),
            hint=tr(
                "{people}: afterservice approve {case}",
                people=listed(_others(case, plan, role, rulebook)) or role_called(role, rulebook),
                case=case.number,
            ),
            rule="not-approved",
        )


def role_called(role: str, rulebook: Rulebook) -> str:
    """Return a role as a message in the language spoken names it: by its title in Chinese, in English by its id."""
    if spoken() == "en":
        return role
    if role.startswith(HEAD_OF):
        return tr("head of {team}", team=rulebook.title("owner", role.removeprefix(HEAD_OF), spoken()))
    return tr(role) if role in OWNER_ROLES else rulebook.title("role", role, spoken())


def _called(what: str, rulebook: Rulebook, command: str) -> str:
    """Return what is demanded before a command as a message in the language spoken names it."""
    if what == "text":
        return tr(TEXTS[WAITING[command]], command=command)
    if what.startswith("field:") and spoken() != "en":
        return fact_called(what.removeprefix("field:"), rulebook)
    return tr(what)


def demanded(case: Case, rulebook: Rulebook, what: str) -> bool:
    """Tell whether some command of this case has to wait for `what`."""
    return any(what in entry.what for _, entry in _held(case, rulebook, NOTHING, *WAITING))


def missing(case: Case, rulebook: Rulebook, command: str, said: CommandInput = NOTHING) -> list[str]:
    """Return what the case lacks before a command."""
    return [what for what, _ in _missing(case, rulebook, command, said)]


def demands_called(some: Iterable[str], rulebook: Rulebook, command: str) -> str:
    """Return several things that are demanded before a command, as a message in the language spoken names them."""
    return listed(_called(what, rulebook, command) for what in some)


def first_step(case: Case, rulebook: Rulebook, command: str, tried: frozenset[str] = frozenset()) -> str:
    """Return what has to be done first before a command is taken, as it is typed; "" if nothing is lacking.

    What is lacking may lack something itself. Words are no step: they are said with the command.
    """
    for what in missing(case, rulebook, command):
        if what != "text":
            way = _way(case, rulebook, command, what)
            first = way.split()[0]
            return way if first in tried else first_step(case, rulebook, first, tried | {command, first}) or way
    return ""


def unanswered(case: Case, rulebook: Rulebook) -> list[str]:
    """Return the questions that the customer has yet to answer."""
    return [question for question in rulebook.questions or (OVERALL,) if question not in (case.scores or {})]


def _missing(case: Case, rulebook: Rulebook, command: str, said: CommandInput) -> Iterator[tuple[str, str]]:
    """Yield what the case lacks before a command, each once, with the entry that demands it."""
    named = set[str]()
    for rule, entry in _held(case, rulebook, said, command):
        for what in entry.what:
            if what not in named and not _has(case, rulebook, what, said):
                named.add(what)
                yield what, rule


def _held(case: Case, rulebook: Rulebook, said: CommandInput, *commands: str) -> Iterator[tuple[str, Demand]]:
    """Yield the entries that stand before some of these commands and concern the case, each with its place."""
    some = [(n, entry) for n, entry in enumerate(rulebook.demands, 1) if not set(commands).isdisjoint(entry.before)]
    facts = facts_of(case, rulebook, said.plan) if any(entry.when for _, entry in some) else {}
    for number, entry in some:
        if holds(entry.when, read(rulebook, case.text()), facts):
            yield f"demands[{number}]", entry


def _ways(case: Case, rulebook: Rulebook, command: str, what: str) -> Iterator[str]:
    """Yield the commands that give what is demanded, each as it is typed; of several approvals, whose each is."""
    way = f"afterservice {_way(case, rulebook, command, what)}"
    plan = case.plan
    if what != "approval" or plan is None or _turned_down(plan):
        yield way
        return
    for role, _ in missing_approvals(case, plan, rulebook):
        people = listed(_others(case, plan, role, rulebook))
        yield tr("{people}: afterservice approve {case}", people=people, case=case.number) if people else way


def _ways_to_scores(case: Case, rulebook: Rulebook, scores: str, still: Container[str]) -> Iterator[str]:
    """Yield the command that gives scores, and the one for the questions that they leave open if all are demanded."""
    yield f"afterservice rate {case.number} {scores}"
    if "survey" in still:
        yield from _ways(case, rulebook, "close", "survey")


def _others(case: Case, plan: Plan, role: str, rulebook: Rulebook) -> list[str]:
    """Return who holds a role, but for whoever proposed the plan: nobody approves their own."""
    own = rulebook.person_of(plan.proposed_by)
    return [person for person in rulebook.holders(role, case.value("owner"), case.person) if person != own]


def _turned_down(plan: Plan) -> bool:
    """Tell whether a plan was declined, or not accepted, or has to be revised."""
    return plan.declined or bool(plan.revised) or plan.agreed is False


def _way(case: Case, rulebook: Rulebook, command: str, what: str) -> str:
    """Return the command that gives what is demanded; a plan, if there is none or it was turned down."""
    number = case.number
    if what == "text":
        return _said_with(command, number)
    if what.startswith("field:"):
        return f"amend {number} --set {what[6:]}=… --reason …"
    if what in ("approval", "agreement", "tasks") and (_turned_down(case.plan) if case.plan else what != "tasks"):
        return GIVES["plan"].format(number)  # without a plan there is nothing yet to approve or to accept
    if what == "tasks" and not case.open_tasks and case.plan is not None and case.plan.agreed is None:
        return GIVES["agreement"].format(number)  # they begin with the customer's word
    left = {"appraisal": _not_found, "tasks": _not_done, "survey": _not_answered}
    return tr(GIVES[what]).format(number, left[what](case, rulebook) if what in left else "")


def _said_with(command: str, number: str) -> str:
    """Return a command with its words, as they are typed."""
    how, needs = WAITING[command], {"task": f" {tr('TASK')}", "propose": " --disposition …", "rate": " …"}
    words = '"…"' if how == "TEXT" else f'{how} "…"'
    return f"{command} {number}{needs.get(command, '')} {words}"


def _not_found(case: Case, rulebook: Rulebook) -> str:
    """Return the options for what an appraisal has yet to find."""
    return " ".join(f"--{name} …" for name in _sought(case, rulebook)) or "…"


def _sought(case: Case, rulebook: Rulebook) -> list[str]:
    """Return what an appraisal has yet to find, of what the rulebook has words for."""
    rules, found = rulebook.appraisal, case.appraisal or Appraisal()
    asked = (
        ("fault", rules.faults, found.fault),
        ("cause", rules.causes, found.cause),
        ("liability", rules.liabilities, found.liability),
    )
    return [name for name, some, has in asked if some and not has]


def _not_done(case: Case, rulebook: Rulebook) -> str:
    """Return the first task that can be done, with the outcomes that it may have."""
    left = next((task.spec for task in case.open_tasks if not case.waits_for(task.spec)), None)
    return "…" if left is None else task_typed(left)


def task_typed(task: TaskSpec) -> str:
    """Return a task as it is typed, with the outcomes that it may have."""
    return f"{task.name} --outcome {'|'.join(task.outcomes)}" if task.outcomes else task.name


def _not_answered(case: Case, rulebook: Rulebook) -> str:
    """Return the questions without an answer, as they are typed."""
    return " ".join(f"{question}=5" for question in unanswered(case, rulebook)) if rulebook.questions else "5"


def _has(case: Case, rulebook: Rulebook, what: str, said: CommandInput) -> bool:
    """Tell whether a case has `what`; findings last for all cycles, what was done is done anew in each."""
    if what == "text":
        return bool(said.words and said.words.strip())
    if what.startswith("field:"):
        return bool(case.every_fact().get(what[6:]))
    if what == "promise":
        plan = said.plan or case.plan
        return plan is not None and plan.promised_at is not None and not plan.declined and not plan.revised
    return HAS[what](case, rulebook)


def _approved(case: Case, rulebook: Rulebook) -> bool:
    return case.plan is not None and not missing_approvals(case, case.plan, rulebook)


def _carried_out(case: Case) -> bool:
    """Tell whether no task of the plan is left."""
    plan = case.plan
    return plan is None or plan.stopped or all(case.done_task(task.name) for task in plan.tasks)


HAS: Mapping[str, Callable[[Case, Rulebook], bool]] = {
    "screening": lambda case, _: case.screened in ("valid", "answered"),
    "acknowledgement": lambda case, _: case.cycle > 1 or "acknowledged" in case.happened,
    "assessment": lambda case, _: case.assessment is not None,
    "appraisal": lambda case, rulebook: case.appraisal is not None and not _sought(case, rulebook),
    "attachment": lambda case, _: bool(case.attached),
    "response": lambda case, _: "responded" in case.happened,
    "investigation": lambda case, _: "investigated" in case.happened,
    "plan": lambda case, _: case.plan is not None and not case.plan.declined and not case.plan.revised,
    "approval": _approved,
    "agreement": lambda case, _: case.plan is not None and case.plan.agreed is True,
    "tasks": lambda case, _: not case.open_tasks and _carried_out(case),
    "resolution": lambda case, _: case.status in SOLVED,
    "confirmation": lambda case, _: case.satisfied is True,
    "words": lambda case, _: case.satisfied is True and case.has_words,
    "survey": lambda case, rulebook: not unanswered(case, rulebook),
}
