"""Silence: when a case may be closed although the customer never answers."""

from __future__ import annotations

from afterservice_cli.cases.case import SOLVED, Case
from afterservice_cli.decisions.checks import check_used
from afterservice_cli.decisions.requirements import missing
from afterservice_cli.errors import Refused
from afterservice_cli.language import tr
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.vocabulary import OF_CUSTOMER
from afterservice_cli.time.durations import parse_duration
from afterservice_cli.time.instants import to_minute_text

ANSWERS = ("replied", "confirmed", "rated")  # the words of the events by which a customer is heard of


def check_silence(case: Case, moment: Moment) -> None:
    """Refuse to close a case on silence unless the customer owes an answer, and was asked as often as demanded.

    What counts are the contacts since the case was resolved, or since the customer was last heard of. Raises
    `Refused`, which names what is missing.
    """
    rulebook, rules, number = moment.rulebook, moment.rulebook.closing.silence, case.number
    check_used(rules, "closing.silence", "close --silent", rulebook)
    if rules is None:
        return
    if case.status not in SOLVED:
        raise Refused(
            tr("{case} is not resolved yet, so no answer to it is owed", case=number),
            hint=tr('afterservice resolve {case} "what was done"', case=number),
            rule="not-resolved",
        )
    if not set(OF_CUSTOMER) & set(missing(case, rulebook, "close")):
        raise Refused(
            tr("{case} waits for no answer of the customer", case=number),
            hint=f"afterservice close {number}",
            rule="heard",
        )
    since = max(case.times(("resolved", *ANSWERS)))
    tries = [at for at in case.times(("responded",)) if since < at <= moment.at]
    ends = rulebook.calendar.add(tries[0], parse_duration(rules.over)) if tries else None
    if len(tries) >= rules.tries and ends and ends <= moment.at:
        return

    enough = len(tries) >= rules.tries and ends
    values = {
        "case": number,
        "tries": len(tries),
        "least": rules.tries,
        "since": to_minute_text(since, rulebook.zone),
        "over": rules.over,
        "ends": to_minute_text(ends, rulebook.zone) if ends else "",
    }
    raise Refused(
        tr(
            "{case} cannot be closed on silence: {tries} of {least} tries since {since}; over {over} ends {ends} "
            "(closing.silence)",
            **values,
        )
        if ends
        else tr(
            "{case} cannot be closed on silence: {tries} of {least} tries since {since}; over {over} begins with the "
            "first (closing.silence)",
            **values,
        ),
        hint=tr("from then on: afterservice close {case} --silent", case=number)
        if enough
        else f'afterservice respond {number} "…"',
        rule="silence",
    )
