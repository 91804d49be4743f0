"""Writes docs/rulebook.md, profiles.md and events.md from the code they describe: python docs/generate_reference.py."""

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from afterservice_cli.cases.bodies import NESTED
from afterservice_cli.cases.case import Event
from afterservice_cli.cases.events import EVENT_WORDS, KINDS
from afterservice_cli.frozen import Frozen
from afterservice_cli.intake import profile
from afterservice_cli.rulebook import schema
from afterservice_cli.rulebook.keys import Key, Section, to_plain
from afterservice_cli.rulebook.schema_types import Keys, MapOf, Shape

HERE = Path(__file__).parent
Sections = dict[type[Section], tuple[str, Keys[Any]]]

RULEBOOK = """# The rulebook: every key

A rulebook is one YAML file. It says what the desk's categories, priorities, owners, deadlines and working hours are,
and which words in a text lead to which; the program itself knows none of it. `rules/customer-feedback.yaml` is a
complete one, and the [guide](rulebook-guide.md) ([中文](zh/rulebook-guide.md)) writes one step by step. The desk works
by the snapshot it adopted last, so an edit counts from the next `afterservice rules adopt` on; `rules check` names
every fault of a file as `file:line:column`, and tries the file's own examples and cases.

**How a text is read.** Texts and phrases are compared after Unicode normalisation (full-width `ＡＰＰ` is `app`) and
without regard to case; `can’t` is `can't`, and a run of blanks or line ends is one blank. A phrase is a piece of
text, not a pattern; one with a comma or quotation marks of its own stands in YAML's: `"no, thanks"`. The category
with the most distinct phrases in a text wins, the earlier one in the file if two have as many; a phrase under
`unless` rules the category out. A condition under a category's `when` comes before all phrases: the first category
with one that holds gets the case, unless the text has a phrase of its `unless`. Of the priorities, the first counts
of which any one condition holds. What no rule places gets what `default` says, and is listed as unclassified.

**How a condition is read.** All its keys must hold. `match`, `unless`, `any`, `all` and `not` are those below; every
other key is a field of the case (`channel`, `kind`, `category`, `product`, or one under `fields`) with the value or
values it may have. A category stands for all below it. `within` names limits that must not be over;
`otherwise: true` asks, under a disposition, that none of the others is possible. Numbers, dates and times are compared:
`price: {at_least: 1000}`, `bought_on: {under: 2026-01-01}` is before that day, `hoped_for: {at_most: 2026-05-08}` by
the end of it, `{over: 2026-05-08 18:00}` after that time at the desk.
A field cannot be called what already means something in one of these places: another key of a condition or an example,
a fact of a plan, a word that messages fill in.

**What a field may hold.** A field goes by its id, or by its label in either language if no other field has that:
`--field 客户等级=VIP`. It holds one of its `values`, by id, label or alias; a text; a number; a date, `2026-05-08`; a
time, `2026-05-08 18:00` at the desk, for which a day alone is its close of business. Times are kept in UTC, as
`--json` prints them, and may stand wherever a date of a case may: a clock or a limit begins with one, `at:` makes one
a deadline. With `many: true` it holds several values or texts: `--field symptom=noise --field symptom=heat`, a list
in JSON, `;`, `；` or `、` between them in a file. A condition on it holds if any of them is wanted; an amendment
replaces them all.

**What phrases say of a field.** If nobody gives a field of one value, the first of its `values` that has a phrase under
`match` in the description gives it, before categories and priorities are asked for; `show` and `explain` name the
phrases. What a person or a file gives stays; else it is looked for again whenever the rules are run over a case anew.

**What is kept with the customer** (`of: customer`): a tier, a contract, the way they prefer. If a case says nothing of
it, what was said last in any other case of the same contact counts, as `show` and `explain` tell: "from 202610-001".
Said is what a registration, an import or an amendment gave, not what a case knew from an earlier one; a case that was
screened invalid, and what was taken back, says nothing. What a case has taken over stays, whatever is said later.

**Whose a case becomes.** The first entry of `assignment` that fits; else the team of the category, or of the nearest
above it that has one; else that of the product line; else the default's. It is asked again when a case is classified
anew or given back to the rules, not when it is amended or escalated; what a person said stays. `TEAM/PERSON` gives the
case to a person as well; under another rule for the same team, whoever has the case keeps it.

**Durations**: `30s`, `15m` and `24h` run on the clock, `90wm` and `8wh` in working time. `3d` ends with the third day,
`3wd` with the close of business of the third working day; the day it starts on is not counted.
Where several rules give one target a duration, the channel's counts before the kind's, the category's and the
priority's.

**Limits** are windows of the customer's, counted in days, working days, months or years (`7d`, `5wd`, `24mo`, `2y`)
from a date of the case. The day it starts on is not counted, a month without such a day ends with its last, and a
last day off is followed by the next working day. What lies within is the day on which the case was registered, or
another date. A product line may give a limit another length, and has to if it says `within: line`. `show` tells a
case's limits, `explain` how each was counted; nobody is late with one. A limit called `warranty` says whether a case
is under warranty, unless somebody has assessed or appraised that. Targets take no months.

**What YAML may not do here.** Aliases, merge keys, tags and keys that stand twice are refused, and every value is the
text as written: `NO` is a word, `12:30` is no number. A single value may stand for a list of one, and a title for an
entry that has nothing else.

**Two languages.** A title that is a plain text is the same in Chinese and English; `{zh: …, en: …}` gives both. English
titles and messages may also stand in a second file, `NAME.en.yaml` beside `NAME.yaml`: a tree of the same keys with
English texts, in which an entry's text is its title. `rules check`, `rules adopt` and `init` read it, and name what is
not in the rulebook.

```yaml
owners: {tech: Engineering}
categories: {product: {title: Product, children: {defect: Defect}}}
messages: {result: "Your case {case} is dealt with: {text}"}
```

**In an editor.** `afterservice rules schema > rulebook.schema.json` writes this page as JSON Schema. With
`# yaml-language-server: $schema=rulebook.schema.json` as its first line, a rulebook is completed and checked by most
editors while you type. What only the program can know, such as whether an owner exists, is left to `rules check`.
"""

PROFILE = """# Import profiles: every key

A profile is a YAML file that says how a CSV file's columns become cases: `afterservice import FILE.csv --profile
PROFILE.yaml`. The profiles under `examples/profiles/` are complete ones. It is checked against the rulebook in force
before the first row is read, and every fault is named as `file:line:column`.

**Our fields**, on the left under `columns`: `number` (the source's own number), `received_at`, `channel`, `kind`,
`customer`, `contact`, `product`, `description`, those under `fields` in the rulebook, and `category`, `priority` and
`owner` where the file says what the rules would otherwise decide.

**What tells rows apart.** The source's number, or else all columns under `identity` together with how often the same
values have come before in the file: reading a file again adds nothing, in any order. The profile's name is part of it,
so it should stay as it is.

**The file** is a CSV with commas and a first line of headings, in UTF-8 (with or without a byte order mark), UTF-16 or
GB18030 as Excel writes it; which one was taken is said. A column that the file has not says nothing about its field, an
empty cell says that there is nothing. `received_at` must be mapped, and `number` or `identity`. The smallest profile:

```yaml
profile: shop
columns: {number: 单号, received_at: 时间, channel: 渠道, contact: 手机, description: 内容}
values: {channel: {热线: phone, 网店: website}}
dates: ["%Y-%m-%d %H:%M"]
```

**Rows that leave something behind** go to a rejects file with line, status and reason: `rejected` (no case), `conflict`
(the case was changed by hand since), `flagged` (a case, less what was impossible). Put right, it can be imported.

**Dates** are read in the forms under `dates` and in no other: `iso` (`2026-10-31 09:00`), `month-first`, `day-first`,
`year-first`, or a format such as `%Y年%m月%d日 %H:%M`. Without an offset they are in the desk's time zone.

**What happened** to a case stands under `course`, in the order in which things happen; an event is there where its `at`
cell is filled. One that is impossible, such as an answer before the question, is left out and reported; the row becomes
a case all the same.

**In an editor.** `afterservice rules schema --profile > profile.schema.json` writes this page as JSON Schema. Most
editors use it if the first line is `# yaml-language-server: $schema=profile.schema.json`.
"""

EVENTS = """# Events: everything that can be recorded

Written by `docs/generate_reference.py` from `cases/events/`; a test fails when it has drifted. What an event does to
the status of a case is drawn in [life-of-a-case.md](life-of-a-case.md).

- **word**: what a rulebook, a message template and the tables call it.
- **given by**: the commands that record it. `import` records what a file says happened before.
- **body**: its fields, beside the time at which it happened. *Those in italics* are personal: they lie beside the
  history, under a salt, and are empty after an erasure.
- **clock**: whether a target may begin (`from:`) or end (`until:`) with it. A message template may tell of the same
  events (`on:`), tasks excepted.
"""

STAGES = {
    "intake": "Intake",
    "triage": "Triage",
    "handling": "Handling",
    "closing": "Closing",
    "": "At any time, or about the desk itself",
}
# What a target calls an event that has no single word.
CLOCKS = {"task_done": "`task:NAME.done`", "approved": "yes, with the last approval"}
GIVEN_WITH_ANOTHER = "any command whose event a template of `messages:` tells of"


def pages() -> dict[str, str]:
    """The text of each page by its file's name."""
    return {
        "rulebook.md": f"{RULEBOOK}\n{reference(schema.RULEBOOK)}",
        "profiles.md": f"{PROFILE}\n{reference(profile.PROFILE)}",
        "events.md": f"{EVENTS}\n{events()}",
    }


def events() -> str:
    """A table of the kinds of event for each stage, and one of the records that they hold."""
    lines = []
    for stage, title in STAGES.items():
        lines += [
            f"## {title}",
            "",
            "| event | word | what it says | given by | body | clock |",
            "|---|---|---|---|---|---|",
        ]
        lines += [_event(kind) for kind in KINDS.values() if stage == kind.STAGE]
        lines.append("")
    lines += ["## What events hold", "", "| in | record | what it is | fields |", "|---|---|---|---|"]
    lines += [f"| `{name}` | {held.__name__} | {_sentence(held)} | {_fields(held)} |" for name, held in NESTED.items()]
    return "\n".join([*lines, ""])


def _event(kind: type[Event]) -> str:
    clock = CLOCKS.get(kind.WORD, "yes" if kind.WORD in EVENT_WORDS else "")
    given = ", ".join(f"`{name}`" for name in kind.COMMANDS) or GIVEN_WITH_ANOTHER
    cells = (kind.__name__, f"`{kind.WORD}`", _sentence(kind), given, _fields(kind), clock)
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def _sentence(record: type[Frozen]) -> str:
    """The first paragraph of a docstring on one line."""
    return " ".join(inspect.cleandoc(record.__doc__ or "").partition("\n\n")[0].split())


def _fields(record: type[Frozen]) -> str:
    """The names of its fields, the personal ones in italics."""
    personal = getattr(record, "PERSONAL", ())
    names = [name for name in record.__fields__ if name != "at"]
    return ", ".join(f"*{name}*" if name in personal else f"`{name}`" for name in names)


def reference(root: Keys[Any]) -> str:
    """Return a table of keys for a section and for each inside it, in the order in which they are met."""
    sections = _sections(root)
    return "\n".join(_section(place, keys, sections) for place, keys in sections.values())


def _sections(root: Keys[Any]) -> Sections:
    """Return every section, each once, with the place where it is met first and its shape."""
    found: Sections = {}

    def visit(place: str, keys: Keys[Any]) -> None:
        if keys.section in found:
            return
        found[keys.section] = (place, keys)
        shapes = {**keys.shapes, "<field>": keys.others}
        for name, shape in shapes.items():
            for inner_place, inner in _within(shape, f"{place}.{name}".lstrip(".")) if shape else ():
                visit(inner_place, inner)

    visit("", root)
    return found


def _within(shape: Shape, place: str) -> Iterator[tuple[str, Keys[Any]]]:
    """The nearest mappings with known keys inside a shape."""
    if isinstance(shape, Keys):
        yield place, shape
    elif isinstance(shape, MapOf):
        yield from _within(shape.value, f"{place}.<id>")
    else:
        for inner in shape.children():
            yield from _within(inner, place)


def _section(place: str, keys: Keys[Any], sections: Sections) -> str:
    lines = [f"## {_heading(place)}", ""]
    if keys.section.SHORT:
        lines += [f"A single value, or a title by language, stands for `{keys.section.SHORT}` alone.", ""]
    lines += ["| key | what it is | default | what for |", "|---|---|---|---|"]
    lines += [_row(key, keys.shapes[key.written], sections) for key in keys.section.KEYS.values()]
    if keys.others:
        what = f"{keys.others.what}{_links(keys.others, sections)}"
        lines.append(f"| *a field* | {what} | | what the case has there |")
    return "\n".join([*lines, ""])


def _row(key: Key, shape: Shape, sections: Sections) -> str:
    cells = [f"`{key.written}`", f"{shape.what}{_links(shape, sections)}", _default(key), key.doc]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |".replace("|  |", "| |")


def _default(key: Key) -> str:
    """Return what holds if the key is not written; nothing for one that leaves things as they are."""
    if key.required:
        return "**required**"
    if isinstance(key.default, Section):
        return "`{}`"
    return "" if key.default in (None, (), {}) else f"`{_yaml(to_plain(key.default))}`"


def _links(shape: Shape, sections: Sections) -> str:
    places = dict.fromkeys(sections[inner.section][0] for _, inner in _within(shape, ""))
    return "".join(f" ([{_heading(place)}](#{_slug(place)}))" for place in places)


def _heading(place: str) -> str:
    return f"`{place}`" if place else "The document"


def _slug(place: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w -]", "", _heading(place).lower()).replace(" ", "-")


def _yaml(value: Any) -> str:
    return value if isinstance(value, str) else re.sub(r'"(\w+)"', r"\1", json.dumps(value, ensure_ascii=False))


if __name__ == "__main__":
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
