"""Headings that stand over several columns of a file: when these are one, and what they are called if they are not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from afterservice_cli.errors import BadInput
from afterservice_cli.input_text import says_nothing
from afterservice_cli.intake.tables.headings import Columns, places_of_doubled, plain_heading
from afterservice_cli.language import listed, tr


def counting(written: Sequence[str], known: Collection[str], rows: Iterable[Sequence[str]]) -> Mapping[str, int]:
    """Return the place of the column that counts for each heading of several columns that are one.

    They are one if all but one say nothing in any row, or if all say the same in every row; those that a profile
    chooses from (`电话#2`) are not.
    """
    chosen = {plain_heading(heading) for heading in known}
    doubled = {
        heading: places
        for heading, places in places_of_doubled(written).items()
        if not any(plain_heading(f"{heading}#{nth}") in chosen for nth in range(1, len(places) + 1))
    }
    different, filled = set[str](), {heading: set[int]() for heading in doubled}
    for cells in rows if doubled else ():
        for heading, places in doubled.items():
            texts = {place: cells[place].strip() for place in places}
            filled[heading] |= {place for place, text in texts.items() if text and not says_nothing(text)}
            if len(set(texts.values())) > 1:
                different.add(heading)
        if all(heading in different and len(filled[heading]) > 1 for heading in doubled):
            break
    return {
        heading: min(filled[heading], default=places[0])
        for heading, places in doubled.items()
        if heading not in different or len(filled[heading]) < 2
    }


def demand_choice(columns: Columns, known: Collection[str], name: str) -> None:
    """Refuse, with `BadInput`, a file with several columns for a heading of which a profile names none by its place."""
    for heading, places in places_of_doubled(columns.written).items():
        named = [columns.headings[place] for place in places]
        wanted = plain_heading(heading) in {plain_heading(each) for each in known}
        if wanted and all(named) and not set(named) & set(known):
            raise BadInput(
                tr(
                    "{count} columns of {file} are called '{heading}' and say different things: {letters}",
                    count=len(places),
                    file=name,
                    heading=heading,
                    letters=listed(map(letter, places)),
                ),
                hint=tr("write {choices} in the profile", choices=tr(" or ").join(named)),
            )


def letter(place: int) -> str:
    """Return what a spreadsheet calls a column: A to Z, then AA."""
    before, last = divmod(place, 26)
    return (letter(before - 1) if before else "") + chr(ord("A") + last)
