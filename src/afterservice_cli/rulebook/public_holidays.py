"""Public holidays of a country for the years in reach, make-up workdays included."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

import holidays

from afterservice_cli.errors import nearest


def check_place(place: str) -> str:
    """Return `place` if it is a country (`CN`) or country-subdivision (`DE-BY`) of the library; else ValueError."""
    countries = holidays.list_supported_countries()
    country, dash, subdivision = place.partition("-")
    if country not in countries:
        near = get_close_matches(country.upper()[:40], countries, n=1)
        instead = f"'{near[0]}'" if near else "a code such as CN or DE-BY"
        raise ValueError(f"'{place[:40]}' is no place the holidays library knows – write {instead}")
    if dash and subdivision not in countries[country]:
        instead = nearest(subdivision, countries[country]) if countries[country] else f"'{country}' alone"
        raise ValueError(f"the holidays library knows no '{subdivision[:40]}' in {country} – write {instead}")
    return place


def expand(place: str, years: Iterable[int], this_year: int) -> dict[str, Any]:
    """Days off and make-up workdays of `place` (`CN`, `DE-BY`) by year, as a calendar's `holidays` wants them.

    A year is not `final` where the make-up workdays are still to be announced: earlier years of the country
    have some, this one has none, and it is not over. China announces next year's in November; until then the
    library lists the statutory days alone. The place is one that `check_place` lets pass.
    """
    country, _, subdivision = place.partition("-")
    # In the country's own language: left to itself, the library follows the language of whoever adopts the rules.
    language = getattr(holidays, country).default_language
    days = holidays.country_holidays(country, subdiv=subdivision or None, years=years, language=language)
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
