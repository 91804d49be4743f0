"""Public holidays of a country for the years in reach, make-up workdays included."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

import holidays

from afterservice_cli.errors import nearest
from afterservice_cli.language import tr

MAKEUP = "make-up workday"  # in every snapshot, whatever is spoken when it is made


def check_place(place: str) -> str:
    """Return `place` if it is a country (`CN`) or country-subdivision (`DE-BY`) of the library; else ValueError."""
    countries = holidays.list_supported_countries()
    country, dash, subdivision = place.partition("-")
    if country not in countries:
        near = get_close_matches(country.upper()[:40], countries, n=1)
        instead = tr("'{word}'", word=near[0]) if near else tr("a code such as CN or DE-BY")
        raise ValueError(
            tr("'{place}' is no place the holidays library knows – write {instead}", place=place[:40], instead=instead)
        )
    if dash and subdivision not in countries[country]:
        instead = (
            nearest(subdivision, countries[country]) if countries[country] else tr("'{country}' alone", country=country)
        )
        raise ValueError(
            tr(
                "the holidays library knows no '{subdivision}' in {country} – write {instead}",
                subdivision=subdivision[:40],
                country=country,
                instead=instead,
            )
        )
    return place


def expand(place: str, years: Iterable[int], this_year: int) -> dict[str, Any]:
    """Return days off and make-up workdays of `place` (`CN`, `DE-BY`) by year, as a calendar's `holidays` wants them.

    A year from `this_year` on is not `final` if it lacks days off, or make-up workdays, although one of the three years
    before has some, or is not final itself: the library does not know them yet. China announces next year's
    make-up workdays in November; until then the library lists the statutory days alone. The place is one that
    `check_place` lets pass.
    """
    country, _, subdivision = place.partition("-")
    # In the country's own language: left to itself, the library follows the language of whoever adopts the rules.
    language = getattr(holidays, country).default_language
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of years before a country's first, which simply have no days
        days = holidays.country_holidays(country, subdiv=subdivision or None, years=years, language=language)
    expanded: dict[str, Any] = {str(year): {"off": {}, "work": {}, "final": True} for year in sorted(years)}
    for day, name in sorted(days.items()):
        if str(day.year) in expanded:
            expanded[str(day.year)]["off"][day.isoformat()] = name
    for day in sorted(days.weekend_workdays):
        if str(day.year) in expanded:
            expanded[str(day.year)]["work"][day.isoformat()] = MAKEUP
    for kind in ("off", "work"):
        for year in _unknown(expanded, kind, this_year):
            expanded[year]["final"] = False
    return expanded


def _unknown(years: Mapping[str, Mapping[str, Any]], kind: str, this_year: int) -> list[str]:
    """Return the years from `this_year` on that lack what one of the three years before has or will get."""
    found: list[str] = []
    for year, entry in years.items():
        before = [str(int(year) - back) for back in (1, 2, 3)]
        expected = any(earlier in found or (earlier in years and years[earlier][kind]) for earlier in before)
        if int(year) >= this_year and expected and not entry[kind]:
            found.append(year)
    return found
