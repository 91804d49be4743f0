"""A profile proposed from a file itself: what its headings mean, and whether its cells agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import chain

from afterservice_cli.decisions.intake import EITHER, WHO
from afterservice_cli.digests import sha256
from afterservice_cli.errors import BadInput
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_text import is_nobody
from afterservice_cli.intake.columns import listed, near
from afterservice_cli.intake.meanings import Meaning, happening, meanings, of_another_time, plain
from afterservice_cli.intake.profile import BUILT_IN, DECIDED, is_closed
from afterservice_cli.intake.sampling import Sample, Sampled, is_contact, is_date, order_of
from afterservice_cli.intake.states import States, states_of
from afterservice_cli.intake.synonyms import meant
from afterservice_cli.language import sentence, spoken, tr
from afterservice_cli.render.labels import field_title
from afterservice_cli.rulebook.model import Rulebook

MOST = 0.9  # the share of cells that must be what a column is taken for
HALF = 0.5  # the share that must be dates in a column that is called so: rows that have none are told one by one
_FEW = 0.02  # the share of cells whose word nobody knows that is left to the rows
_WORDS = 60  # different words, beyond which a column holds no choices
_SURE = 8  # headings of a lower rank mean what they say, whatever their cells hold
_OWN = -1  # the rank of a heading that is called as one of the rulebook's own fields
# The fields in the order in which a profile has them; the rulebook's own come after these.
_ORDER = ("number", "received_at", *BUILT_IN, *DECIDED)
_AS_TEXT = ("headline", "detail")  # columns whose cells belong before the description
LONG_HEADING = 30  # characters; a heading is shorter
UNDECIDED = "?"
# What stands in a file beside the facts of a case.
_TITLES = {"number": sentence("its number there"), "received_at": sentence("when it came in")}
BY_NAME, BY_CELLS = "heading", "cells"  # by what a column is known


class Question(Frozen):
    """What the file does not say and nobody may guess: about which field, and in words."""

    field: str
    message: str


class Step(Frozen):
    """One thing that may have happened: the event, and the headings of when, in what words, with what score."""

    event: str
    at: str
    text: str | None = None
    score: str | None = None


class Proposal(Frozen):
    """A profile as the file itself suggests it; `why` says of each field how its column was known.

    `columns` has the headings by field, `joined` the fields whose cells are put together, `empty` the cells that say
    there is nothing; `states` is a column that is not used, since it does not say when. With `questions` it is a draft:
    UNDECIDED stands for what a person has to write.
    """

    name: str
    columns: Mapping[str, Sequence[str]]
    joined: Sequence[str]
    why: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    dates: Sequence[str]
    empty: Sequence[str]
    defaults: Mapping[str, str]
    course: Sequence[Step]
    identity: Sequence[str]
    unused: Sequence[str]
    states: States | None
    questions: Sequence[Question]


def propose(sample: Sample, rulebook: Rulebook, dates: Sequence[str] = (), *, dated: bool = False) -> Proposal:
    """Return the profile that a file suggests under a rulebook; `dates` says how its dates are written, if given.

    If its rows are `dated` elsewhere, it needs no column that says when they came in.
    `BadInput` if the first line of the file is no headings but a row.
    """
    if not any(meanings(column.heading) for column in sample.columns) and any(map(_is_cell, sample.columns)):
        raise BadInput(
            tr("the first line looks like a row, not like headings"),
            hint=tr("write a line of headings above it: what is the number, when it came in, what the customer says"),
        )
    return _Proposing(sample, rulebook, dated=dated).proposal(dates)


class _Proposing:
    """One file, of which more and more columns are known."""

    def __init__(self, sample: Sample, rulebook: Rulebook, *, dated: bool) -> None:
        self.sample, self.rulebook, self.dated = sample, rulebook, dated
        self.columns: dict[str, list[str]] = {}
        self.why: dict[str, str] = {}
        self.values: dict[str, dict[str, str]] = {}
        self.defaults: dict[str, str] = {}
        self.questions: list[Question] = []
        self.meant: Callable[[str], Callable[[str], str | None]] = cache(lambda field: meant(rulebook, field))

    def proposal(self, dates: Sequence[str]) -> Proposal:
        """Return what is proposed, with what remains to be asked."""
        self._by_name(MOST)
        self._by_name(HALF)
        self._by_cells()
        self._put_description_together()
        self._read_words()
        self._demand()
        course = self._course()
        ways = tuple(dates) or self._dates(course)
        happenings = [heading for step in course for heading in (step.at, step.text, step.score) if heading]
        order = [*_ORDER, *self.rulebook.fields]
        columns = {field: self.columns[field] for field in order if field in self.columns}
        used = {heading for found in columns.values() for heading in found} | {*happenings}
        unused = tuple(column.heading for column in self.sample.columns if column.heading not in used)
        ended = any(step.event in ("resolved", "closed") for step in course)
        return Proposal(
            name=_name(columns),
            columns=columns,
            joined=tuple(field for field in ("description",) if len(columns.get(field, ())) > 1),
            why=self.why,
            values=self.values,
            dates=ways,
            empty=self._empty(columns, course),
            defaults=self.defaults,
            course=course,
            identity=self._identity(columns),
            unused=unused,
            states=None if ended else states_of(self.sample, unused),
            questions=tuple(self.questions),
        )

    # --- which column says what -----------------------------------------------------------------------------------

    def _by_name(self, dated: float) -> None:
        """Take the headings whose words are known, the surest first, if their cells do not speak against it.

        A column of dates holds such a share of them at least.
        """
        offers = [(meaning, place) for place, column in enumerate(self.sample.columns) for meaning in self._of(column)]
        for meaning, place in sorted(offers, key=lambda offer: (offer[0].rank, offer[1])):
            column = self.sample.columns[place]
            several = meaning.field == "contact"
            if not self._is_free(column) or (meaning.field in self.columns and not several):
                continue
            if self._fits(meaning, column, dated):
                self._take(meaning.field, column, BY_NAME)

    def _of(self, column: Sampled) -> Iterable[Meaning]:
        """Yield what a column may be: one of the rulebook's fields by its title or id, or what its heading means."""
        form = plain(column.heading)
        for name, field in self.rulebook.fields.items():
            if form in map(plain, (name, *field.title.values())):
                yield Meaning(name, _OWN)
        yield from meanings(column.heading)

    def _by_cells(self) -> None:
        """Take for what no heading names the only column that can be meant, by what stands in it."""
        tests: Mapping[str, Callable[[Sampled], bool]] = {
            "received_at": lambda column: column.of_dates >= MOST and not of_another_time(column.heading),
            "contact": lambda column: column.of_phones >= MOST,
            "channel": lambda column: self._speaks(column, "channel", MOST),
            "description": self._is_longest,
        }
        for field, holds in tests.items():
            free = [column for column in self.sample.columns if self._is_free(column) and holds(column)]
            if field not in self.columns and len(free) == 1:
                self._take(field, free[0], BY_CELLS)

    def _take(self, field: str, column: Sampled, why: str) -> None:
        self.columns.setdefault(field, []).append(column.heading)
        self.why.setdefault(field, why)

    def _is_free(self, column: Sampled) -> bool:
        return not any(column.heading in headings for headings in self.columns.values())

    def _is_longest(self, column: Sampled) -> bool:
        """Tell whether a column holds free text, and more of it than any other that is left."""
        others = [other.length for other in self.sample.columns if self._is_free(other) and other is not column]
        return self._is_text(column) and column.length >= 8 and column.length > 1.5 * max(others, default=0)

    @staticmethod
    def _is_text(column: Sampled) -> bool:
        different = len(column.cells) / max(column.filled, 1)
        return column.of_dates < 0.5 and (different >= 0.2 or column.filled < 20 or column.length >= 12)

    def _fits(self, meaning: Meaning, column: Sampled, dated: float) -> bool:
        """Tell whether the cells of a column may be what its heading says, `dated` the least share of dates."""
        field = meaning.field
        if field in self.rulebook.fields:
            return self._fits_own(field, column)
        if field.endswith(".at") or field == "received_at":
            return column.of_dates + column.of_serials >= dated
        if is_closed(field, self.rulebook):
            return self._fits_closed(meaning, column)
        tests: Mapping[str, Callable[[], bool]] = {
            "rated.score": lambda: column.of_scores >= MOST,
            "number": lambda: column.tells_rows_apart,
            "description": lambda: self._is_text(column),
        }
        if field in tests:
            return tests[field]()
        return column.of_dates < MOST and (column.length <= 80 or "." in field or field in _AS_TEXT)

    def _fits_closed(self, meaning: Meaning, column: Sampled) -> bool:
        """Tell whether a column may be channel, kind, category, priority or owner: its words are known, or asked."""
        needed = meaning.field == "channel" or meaning.field in self.rulebook.intake.require
        least = 0.5 if meaning.field == "channel" else 1 - _FEW
        return (needed and meaning.rank < _SURE) or self._speaks(column, meaning.field, least)

    def _fits_own(self, field: str, column: Sampled) -> bool:
        """Tell whether the cells of a column are values of a field that the rulebook declares."""
        kind = self.rulebook.fields[field].type
        if kind in ("date", "time"):
            return column.of_dates + column.of_serials >= MOST
        if kind == "number":
            return column.of_numbers >= MOST
        required = field in self.rulebook.intake.require
        return kind != "choice" or required or self._speaks(column, field, 1 - _FEW)

    def _speaks(self, column: Sampled, field: str, least: float) -> bool:
        """Tell whether so large a share of a column are words that the rulebook has for a field."""
        return len(column.cells) <= _WORDS and column.share(self.meant(field)) >= least

    def _put_description_together(self) -> None:
        """Put a headline and its detail before the description, which each row has of its own."""
        parts = [heading for field in (*_AS_TEXT, "description") for heading in self.columns.pop(field, ())]
        if parts:
            self.columns["description"] = parts
            self.why.setdefault("description", BY_NAME)

    # --- what its words mean --------------------------------------------------------------------------------------

    def _read_words(self) -> None:
        """Note what the file's words mean in fields that have only the rulebook's; ask about those nobody knows."""
        for field, (heading, *_) in list(self.columns.items()):
            if happening(field) or not is_closed(field, self.rulebook):
                continue
            column, words = self.sample.by_heading[heading], self.meant(field)
            unknown = {word: count for word, count in column.cells.items() if not words(word)}
            said = {word: found for word in (*column.cells, *column.blanks) if (found := words(word)) and found != word}
            if sum(unknown.values()) > _FEW * column.filled:
                said |= dict.fromkeys(sorted(unknown, key=unknown.__getitem__, reverse=True)[:_WORDS], UNDECIDED)
                self._ask(field, self._unknown(field, heading, unknown, said))
            if said:
                self.values[field] = said

    def _unknown(self, field: str, heading: str, unknown: Mapping[str, int], said: Mapping[str, str]) -> str:
        """Say which words nobody knows; only how many if they are most, since the column may be another then."""
        values = {"heading": heading, "field": self._called(field), "count": len(unknown)}
        if len(unknown) > len(self.sample.by_heading[heading].cells) / 2 + 1:
            return tr("{heading}: {count} words mean no {field} that the rulebook has", **values)
        words = listed([word for word, meaning in said.items() if meaning == UNDECIDED][:5])
        return tr("{heading}: {words} mean no {field} that the rulebook has", words=words, **values)

    def _demand(self) -> None:
        """Ask for what every case has and no column says; a channel that the file lacks is taken to be one."""
        if "received_at" not in self.columns and not self.dated:
            dated = [column.heading for column in self.sample.columns if column.of_dates >= MOST]
            self._miss("received_at", dated)
        if "channel" not in self.columns:
            self.defaults["channel"] = self.meant("channel")("phone") or next(iter(self.rulebook.channels))
        required = ["description", *self.rulebook.intake.require]
        rule = self.rulebook.intake.customer
        if rule == "both" or (rule == "either" and not any(name in self.columns for name in WHO)):
            required += WHO if rule == "both" else (EITHER,)
        for field in dict.fromkeys(required):
            if field not in self.columns and field not in self.defaults and field not in DECIDED:
                self._miss("contact" if field == EITHER else field, ())

    def _miss(self, field: str, dated: Sequence[str]) -> None:
        """Ask which column says what every case must have, and name those that may be meant."""
        called = self._called(field)
        free = [column.heading for column in self.sample.columns if self._is_free(column)]
        perhaps = list(dict.fromkeys([*dated, *near(field, [called], free)]))[:3] or free[:3]
        self.columns[field] = [UNDECIDED]
        message = tr("no column says {field}", field=called)
        if perhaps:
            known = listed(perhaps)
            message = tr("no column is known to say {field} – perhaps {headings}", field=called, headings=known)
        if field == "received_at":
            called_so = [column for column in self.sample.columns if self._is_free(column) and self._of_receipt(column)]
            if called_so:
                message = self._few_dates(called_so[0])
            message = tr("{question}; for all rows at once: --received-at 2026-10-01", question=message)
        self._ask(field, message)

    @staticmethod
    def _of_receipt(column: Sampled) -> bool:
        return any(meaning.field == "received_at" for meaning in meanings(column.heading))

    def _few_dates(self, column: Sampled) -> str:
        """Say of a column that is called as the receipt how few of its cells are dates."""
        return tr(
            "'{heading}' may say {field}, but only {count} of its {filled} cells are dates that can be read",
            heading=column.heading,
            field=self._called("received_at"),
            count=round(column.of_dates * column.filled),
            filled=column.filled,
        )

    def _ask(self, field: str, message: str) -> None:
        self.questions.append(Question(field, message))

    def _called(self, field: str) -> str:
        return tr("{title} ({field})", title=field_called(field, self.rulebook), field=field)

    def _empty(self, columns: Mapping[str, Sequence[str]], course: Sequence[Step]) -> tuple[str, ...]:
        """Return what says in texts that there is nothing, unless it is a value, a name or an answer that is needed."""
        rules = self.rulebook
        own = [name for name, field in rules.fields.items() if field.type == "text"]
        texts = [heading for field in ("product", "customer", *own) for heading in columns.get(field, ())]
        needed = [*rules.intake.require, *chain(*(kind.require for kind in rules.kinds.values()))]
        needed += ["description", *chain(*(entry.require for entry in rules.categories.values()))]
        kept = {*chain(*self.values.values()), *chain(*(self._blanks(field) for field in needed))}
        names = {plain(word) for word in self._blanks("customer") if not is_nobody(word)}
        words = [word for heading in (*texts, *(step.text for step in course)) for word in self._said_empty(heading)]
        return tuple(word for word in dict.fromkeys(words) if word not in kept and plain(word) not in names)

    def _blanks(self, field: str) -> Iterable[str]:
        return chain(*(self._said_empty(heading) for heading in self.columns.get(field, ())))

    def _said_empty(self, heading: str | None) -> Iterable[str]:
        column = self.sample.by_heading.get(heading or "")
        return column.blanks if column else ()

    # --- when it was ----------------------------------------------------------------------------------------------

    def _course(self) -> list[Step]:
        """Return what happened, in the order in which things happen; what has no date is left out."""
        found = {field: headings[0] for field, headings in self.columns.items() if happening(field)}
        ends = [
            found[f"{event}.at"] for event in ("confirmed", "closed", "again", "resolved") if f"{event}.at" in found
        ]
        if "closed.at" in found and "resolved.text" in found:
            found.setdefault("resolved.at", found["closed.at"])
        if ends and "rated.score" in found:
            found["rated.at"] = ends[0]
        course = []
        for event in ("responded", "investigated", "resolved", "reopened", "again", "confirmed", "rated", "closed"):
            at = found.get(f"{event}.at")
            if at and (event != "rated" or "rated.score" in found):
                word = "resolved" if event == "again" else event
                course.append(Step(word, at, found.get(f"{event}.text"), found.get(f"{event}.score")))
        return course

    def _dates(self, course: Sequence[Step]) -> tuple[str, ...]:
        """Return how the dates of the columns are written; asks if some may have month or day first."""
        own = [name for name, field in self.rulebook.fields.items() if field.type in ("date", "time")]
        dated = [heading for field in ("received_at", *own) for heading in self.columns.get(field, ())]
        headings = dict.fromkeys((*dated, *(step.at for step in course)))
        columns = [self.sample.by_heading[heading] for heading in headings if heading != UNDECIDED]
        ways = list(dict.fromkeys(way for column in columns for way in column.ways))
        if doubtful := [text for column in columns for text in column.ordered]:
            order, shown = order_of(doubtful)
            ways.append(order or UNDECIDED)
            if order is None:
                self._ask(
                    "dates",
                    tr(
                        "{date} may have the month first or the day – say --dates month-first, or day-first", date=shown
                    ),
                )
        return tuple(ways) or ("iso",)

    def _identity(self, columns: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
        """Return the columns that tell rows apart if there is no number, or not in every row."""
        number = [self.sample.by_heading[heading] for heading in columns.get("number", ())]
        if number and number[0].filled == self.sample.rows:
            return ()
        names = ("received_at", "customer", "contact", "product", "description")
        return tuple(
            dict.fromkeys(heading for name in names for heading in columns.get(name, ()) if heading != UNDECIDED)
        )


def field_called(field: str, rulebook: Rulebook) -> str:
    """Return what a field of a profile is called in the language spoken."""
    return tr(_TITLES[field]) if field in _TITLES else field_title(field, rulebook, spoken())


def _is_cell(column: Sampled) -> bool:
    """Tell whether what stands as a heading is what stands below: a number, a date, a telephone, a long text."""
    heading = column.heading
    return len(heading) > LONG_HEADING or heading.isdecimal() or is_contact(heading) or is_date(heading)


def _name(columns: Mapping[str, Sequence[str]]) -> str:
    """Return the name of the profile: the same for every file whose rows are told apart by the same headings."""
    of = [field for field in ("number", "received_at", "description") if field in columns]
    told = [plain(heading) for field in of for heading in columns[field]]
    return f"file-{sha256(chr(10).join(told).encode()).hexdigest()[:8]}"
