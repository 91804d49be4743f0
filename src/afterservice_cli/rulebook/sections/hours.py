"""What a rulebook says of working time: the desk's calendar, and others beside it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated

from afterservice_cli.errors import BadInput, nearest
from afterservice_cli.language import tr
from afterservice_cli.rulebook.keys import Section, key
from afterservice_cli.rulebook.sections.forms import Hours


class CalendarRules(Section):
    """When the desk works. `holidays` are those of the years in reach, written out when a rulebook is compiled."""

    timezone: Annotated[str, "time zone"] = key("the desk's zone, as in `Asia/Shanghai`")
    hours: Annotated[Mapping[str, Hours], "week"] = key("working hours by weekday")
    makeup: Hours | None = key("the hours of make-up workdays; Monday's if missing", default=None)
    public_holidays: Annotated[str, "place"] | None = key(
        "a country, or country-subdivision, of the holidays library: `CN`, `DE-BY`", default=None
    )
    closed: Sequence[Annotated[Sequence[str], "days"]] = key("further days off", default=())
    open: Annotated[Mapping[str, Hours], "single days"] = key("hours of single days, stronger than all", default={})
    holidays: Mapping[str, Mapping[str, object]] | None = None


class OtherCalendar(Section):
    """Other hours than the desk's, in its time zone; the days off are its own beside the public holidays."""

    hours: Annotated[Mapping[str, Hours], "week"] = key("hours by weekday")
    makeup: Hours | None = key("the hours of make-up workdays; Monday's if missing", default=None)
    public_holidays: Annotated[str, "place or none"] | None = key(
        "a country, or country-subdivision, or `none`; the desk's if missing, but none if it is always open",
        default=None,
    )
    closed: Sequence[Annotated[Sequence[str], "days"]] = key("further days off", default=())
    open: Annotated[Mapping[str, Hours], "single days"] = key("hours of single days, stronger than all", default={})
    holidays: Mapping[str, Mapping[str, object]] | None = None


def unknown_calendar(called: str, known: Collection[str]) -> BadInput:
    """Return the refusal of a calendar that a rulebook has not."""
    if not known:
        return BadInput(
            tr(
                "there is no calendar '{called}' – add it under `calendars:`, or leave --calendar away",
                called=called[:40],
            )
        )
    return BadInput(
        tr(
            "there is no calendar '{called}' – write {nearest}",
            called=called[:40],
            nearest=nearest(called, tuple(known)),
        )
    )
