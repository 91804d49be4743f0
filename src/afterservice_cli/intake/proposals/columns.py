"""The headings of a file: whether it has any, and which are missing that no row can do without."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches

from afterservice_cli.decisions.intake import EITHER, WHO
from afterservice_cli.errors import BadInput
from afterservice_cli.intake.proposals.sampling import Sample, Sampled, is_contact, is_date
from afterservice_cli.intake.reading.profile import Profile, is_closed
from afterservice_cli.intake.tables.table import Table
from afterservice_cli.intake.words.meanings import meanings, plain
from afterservice_cli.language import listed, sentence, tr
from afterservice_cli.rulebook.model import Rulebook

_UNKNOWN_DELIMITER = re.compile("[，；、:：^~]")
_NO_YEAR = re.compile(r"\d{1,2}[./\-月]\d{1,2}日?(?:\s.*)?")
_HALF = 0.5
_LONG = 30  # characters; a heading is shorter


def demand_headings(sample: Sample) -> None:
    """Refuse, with `BadInput`, a file of which nobody knows the columns, and that has no headings with rows below."""
    if len(sample.columns) == 1 and (apart := _UNKNOWN_DELIMITER.search(sample.columns[0].heading)):
        raise BadInput(
            tr("the file has a single column: '{sign}' does not part cells", sign=apart[0]),
            hint=tr("save it with commas, semicolons or tabs between the cells"),
        )
    known = sum(bool(meanings(column.heading)) for column in sample.columns)
    cells = sum(map(_is_cell, sample.columns))
    if cells > known or (not known and any(len(column.heading) > _LONG for column in sample.columns)):
        raise BadInput(
            tr("the first line looks like a row, not like headings"),
            hint=tr("write a line of headings above it: what is the number, when it came in, what the customer says"),
        )
    if not sample.rows:
        raise BadInput(tr("nothing stands below the headings"))


def _is_cell(column: Sampled) -> bool:
    """Tell whether what stands as a heading is what stands below: a number, a date, a telephone."""
    heading = column.heading
    return heading.isdecimal() or is_contact(heading) or is_date(heading)


def few_dates(column: Sampled, called: str) -> str:
    """Return why the column called like the receipt is not taken for it: few of its cells are dates."""
    if column.share(_NO_YEAR.fullmatch) > _HALF:
        return tr("'{heading}' may say {field}, but its days have no year – write it into them", **_of(column, called))
    return tr(
        "'{heading}' may say {field}, but only {count} of its {filled} cells are dates that can be read – say how "
        "they are written, such as --dates '%y-%m-%d %H:%M'",
        **_of(column, called),
    )


def _of(column: Sampled, called: str) -> Mapping[str, object]:
    count = round(column.of_dates * column.filled)
    return {"heading": column.heading, "field": called, "count": count, "filled": column.filled}


def none_says(field: str, called: str, perhaps: Sequence[str], rulebook: Rulebook) -> str:
    """Ask which column says what every case must have, with those that may be meant and what else can be done."""
    question = tr("no column says {field}", field=called)
    if perhaps:
        question = tr(
            "no column is known to say {field} – perhaps {headings}", field=called, headings=quoted_headings(perhaps)
        )
    if field in WHO and rulebook.intake.customer == "both_or_none":
        return tr(
            "{question}; the rulebook takes name and contact both, or neither: leave both out, or give one under "
            "`defaults:`",
            question=question,
        )
    if is_closed(field, rulebook):
        said = sentence("{question}; if it is the same in every row, write it under `defaults:` instead: {field}: …")
        return tr(said, question=question, field=field)
    return question


def which_of(called: str, columns: Sequence[tuple[str, str, str]]) -> str:
    """Ask which column is meant of several with one heading, given by name, heading and letter."""
    names, headings, letters = zip(*columns, strict=True)
    return tr(
        "columns {letters} have the same heading '{heading}', and each may say {field} – write {choices}",
        letters=listed(letters),
        heading=headings[0][:40],
        field=called,
        choices=tr(" or ").join(names),
    )


def demand_columns(profile: Profile, table: Table, *, dated: bool) -> None:
    """Refuse, with `BadInput`, a file without a column that every row needs, and name the nearest of its headings.

    A row needs when it came in, and what tells it apart: its number, or all columns of the identity, unless these are
    rejects, which have what the file had that they come from. If all are `dated` alike, none says when it came in.
    """
    headings = table.headings
    wanted: list[tuple[str, Sequence[str]]] = []
    if "received_at" in profile.columns and "received_at" not in profile.defaults and not dated:
        wanted.append(("received_at", profile.columns["received_at"].headings))
    if profile.identity and not table.of_rejects:
        wanted += [("identity", [heading]) for heading in profile.identity]
    elif not profile.identity:
        wanted.append(("number", profile.columns["number"].headings))
    free = [heading for heading in headings if heading and heading not in profile.headings()]
    lacking = [_lacking(field, names, free) for field, names in wanted if not set(names) & set(headings)]
    if lacking:
        raise BadInput("\n".join(lacking), hint=tr("put the file's own heading into the profile"))


def needed(columns: Collection[str], rulebook: Rulebook) -> Sequence[str]:
    """Return the fields that every case has under a rulebook, if a file has columns for these."""
    rule, known = rulebook.intake.customer, [name for name in WHO if name in columns]
    who: Sequence[str] = (EITHER,) if rule == "either" and not known else ()
    if rule == "both" or (rule == "both_or_none" and len(known) == 1):
        who = WHO
    return list(dict.fromkeys(["description", *rulebook.intake.require, *who]))


def near(field: str, headings: Iterable[str], free: Iterable[str]) -> list[str]:
    """Return those of the `free` headings that may be meant: those that mean the same field, then those alike."""
    forms = {plain(heading): heading for heading in free}
    same = [heading for heading in forms.values() if any(field == meaning.field for meaning in meanings(heading))]
    close = [forms[form] for name in headings for form in get_close_matches(plain(name), forms, n=3, cutoff=0.4)]
    return list(dict.fromkeys([*same, *close]))[:3]


def quoted_headings(headings: Iterable[str]) -> str:
    """Return headings one after the other, each in quotes and no longer than a heading is."""
    return listed(tr("'{heading}'", heading=heading[:40]) for heading in headings)


def _lacking(field: str, names: Sequence[str], free: Sequence[str]) -> str:
    values = {"heading": names[0][:40], "field": field}
    if found := near(field, names, free) or free[:3]:
        return tr(
            "the file has no column '{heading}' ({field}) – perhaps {headings}",
            **values,
            headings=quoted_headings(found),
        )
    return tr("the file has no column '{heading}' ({field})", **values)
