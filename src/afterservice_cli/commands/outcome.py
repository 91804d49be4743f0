"""What every command prints of the case it has just changed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any

from afterservice_cli.cases.case import AT_WORK
from afterservice_cli.cases.events.problems import CaseGathered
from afterservice_cli.commands.options import BRIEF, Answer, AtOption, CaseArg, ViaOption, answering
from afterservice_cli.language import listed, tr
from afterservice_cli.moment import Decision
from afterservice_cli.render.cases import case as render
from afterservice_cli.render.cases import coming
from afterservice_cli.reports.cases.case import CaseView, case_view
from afterservice_cli.session import Session
from afterservice_cli.store.reading import queries
from afterservice_cli.workflows import recording
from afterservice_cli.workflows.recording import Outcome

if TYPE_CHECKING:
    from afterservice_cli.reports.cases.messages import MessageView


def deciding(*, tells: bool = False) -> Callable[[Callable[..., Decision]], Callable[..., None]]:
    """Return a decorator that makes a command of a function that reads a decision off options.

    The command takes the decision on the case that it names, and has `--at`, `--verbose` and `--json` beside the
    function's own options, `--via` if it `tells` the customer. The function gets the session, and `case` if it asks
    for it.
    """

    def decorated(read: Callable[..., Decision]) -> Callable[..., None]:
        own = dict(inspect.signature(read).parameters)
        del own["session"]
        about_case = own.pop("case", None) is not None

        @wraps(read)
        def run(
            session: Session,
            case: str,
            at: str | None = None,
            via: str | None = None,
            answer: Answer = BRIEF,
            **given: Any,
        ) -> None:
            happened = session.when(at)
            decision = read(session, **({"case": case} if about_case else {}), **given)
            act(session, case, happened, decision, via=via, answer=answer)

        parameters = [_parameter("session", Session, ...), _parameter("case", CaseArg, ...), *own.values()]
        parameters += [_parameter("via", ViaOption)] if tells else []
        parameters += [_parameter("at", AtOption), _parameter("answer", Answer, BRIEF)]
        run.__annotations__ = {}  # Typer shall read the signature alone
        run.__dict__.update(__signature__=inspect.Signature(parameters))
        return answering(run)

    return decorated


def _parameter(name: str, annotation: object, default: object = None) -> inspect.Parameter:
    empty = inspect.Parameter.empty if default is ... else default
    return inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=empty, annotation=annotation)


def act(
    session: Session,
    reference: str,
    at: datetime | None,
    decision: Decision,
    *,
    via: str | None = None,
    answer: Answer,
) -> None:
    """Take a decision on a case and print the case as it is then; say so if nothing changed."""
    show_change(session, recording.act(session.desk, reference, decision, at=at, via=via), answer=answer)


def show_change(session: Session, outcome: Outcome, *, answer: Answer) -> None:
    """Print a case after a command that may have changed it."""
    if not outcome.events:
        session.terminal.say(tr("nothing changed"))
    show_decision(session, outcome, answer=answer)


def show_decision(session: Session, outcome: Outcome, *, answer: Answer, **more: object) -> None:
    """Print what a case is now, or all of it if that is asked for, the messages to be sent, and what comes next.

    `more` are further values of the command's JSON.
    """
    terminal = session.terminal
    case = _view(session, outcome)
    sent: Sequence[MessageView] = []
    if outcome.messages or any(one.messages for one in outcome.problems):
        from afterservice_cli.commands.delivery import post, print_messages

        sent = post(session, outcome)
    if answer.as_json:
        terminal.write_json({**case.plain(), **more, "messages": sent})
        return
    if answer.verbose:
        _write_card(session, outcome, case)
    else:
        _write_answer(session, outcome, case)
    if sent:
        print_messages(session, sent)
    screen = session.screen
    for target in render.unanswered(case):
        terminal.say(
            tr(
                "{target} never got its event and counts as missed",
                target=screen.target_title(target),
            )
        )
    gathered = {
        event.problem: event for one in outcome.problems for event in one.events if isinstance(event, CaseGathered)
    }
    for number, event in gathered.items():
        kind = screen.kind_title(event.pattern)
        terminal.say(tr("part of {kind} {problem}: afterservice problem show {problem}", kind=kind, problem=number))
    if line := coming.next_line(case, outcome.case, screen):
        terminal.say(line)


def write_card(session: Session, outcome: Outcome) -> None:
    """Print a case as it is now: what it was given and why, what is due when, and its plan."""
    _write_card(session, outcome, _view(session, outcome))


def deliver_of_problems(session: Session, outcomes: Sequence[Outcome], *, quiet: bool) -> None:
    """Say which problems a file of cases opened or met, and deliver the messages of that; `quiet` prints none."""
    from afterservice_cli.commands.delivery import deliver

    deliver(session, outcomes, quiet=quiet)
    if found := problems_in(outcomes):
        numbers = listed(found)
        session.terminal.say(tr("cases became part of problems: {problems}", problems=numbers))


def problems_in(outcomes: Sequence[Outcome]) -> list[str]:
    """Return the problems of which cases became a part, in order."""
    events = (event for outcome in outcomes for event in outcome.events)
    return list(dict.fromkeys(event.problem for event in events if isinstance(event, CaseGathered)))


def _view(session: Session, outcome: Outcome) -> CaseView:
    with session.desk.reading() as db:
        return case_view(queries.one_case(db, outcome.case.number), session.desk.now)


def _write_card(session: Session, outcome: Outcome, case: CaseView) -> None:
    terminal = session.terminal
    columns = terminal.width(None)
    terminal.write("\n".join(render.decision_lines(case, session.screen, columns)))
    if case.status in AT_WORK and (case.plan or case.promised_at):
        from afterservice_cli.render.cases.plan import plan_lines

        titles = coming.titles_of(outcome.case)
        terminal.write("\n".join(plan_lines(case, titles, session.screen)))


def _write_answer(session: Session, outcome: Outcome, case: CaseView) -> None:
    """Print what a case is now in a line, with what this change promised, and in another the plan it brought."""
    screen = session.screen
    lines = [coming.answer_line(case, screen)]
    words = {event.word for event in outcome.events}
    if case.plan and "proposed" in words:
        lines.append(f"  {coming.plan_line(case.plan, coming.titles_of(outcome.case), screen)}")
    elif case.promised_at and any(getattr(event, "promised_at", None) for event in outcome.events):
        lines[0] += f" · {coming.promise_text(case.promised_at, screen)}"
    session.terminal.write_lines(lines)
