"""Public holidays of a country for the years in reach, make-up workdays included."""

from collections.abc import Iterable
from typing import Any

import holidays


def expand(place: str, years: Iterable[int], this_year: int) -> dict[str, Any]:
    """Days off and make-up workdays of `place` (`CN`, `DE-BY`) by year, as a calendar's `holidays` wants them.

    A year is not `final` where the make-up workdays are still to be announced: earlier years of the country
    have some, this one has none, and it is not over. China announces next year's in November; until then the
    library lists the statutory days alone. Raises ValueError for a place the library does not know.
    """
    country, _, subdivision = place.partition("-")
    try:
        # Chinese names of days off where the library has them; its own default elsewhere.
        days = holidays.country_holidays(
            country, subdiv=subdivision or None, years=years, language="zh_CN" if country == "CN" else None
        )
    except NotImplementedError:
        raise ValueError(
            f"'{place}' is no place the holidays library knows – write a code such as CN or DE-BY"
        ) from None
    expanded: dict[str, Any] = {str(year): {"off": {}, "work": {}, "final": True} for year in sorted(years)}
    for day, name in sorted(days.items()):
        if str(day.year) in expanded:
            expanded[str(day.year)]["off"][day.isoformat()] = name
    for day in sorted(days.weekend_workdays):
        if str(day.year) in expanded:
            expanded[str(day.year)]["work"][day.isoformat()] = "make-up workday"
    announced = False
    for year, entry in expanded.items():
        entry["final"] = bool(entry["work"]) or not announced or int(year) < this_year
        announced = announced or bool(entry["work"])
    return expanded
