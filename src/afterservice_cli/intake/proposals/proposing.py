"""A profile proposed from a file itself: what its headings mean, and whether its cells agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain

from afterservice_cli.decisions.intake import EITHER
from afterservice_cli.digests import sha256
from afterservice_cli.errors import nearest
from afterservice_cli.input_text import is_nobody
from afterservice_cli.intake.proposals.columns import (
    demand_headings,
    few_dates,
    near,
    needed,
    none_says,
    quoted_headings,
    which_of,
)
from afterservice_cli.intake.proposals.fitting import AS_TEXT, FEW, HALF, MOST, WORDS, Fitting
from afterservice_cli.intake.proposals.happened import ProposedStep, course_of, log_of
from afterservice_cli.intake.proposals.proposal import (
    BY_CELLS,
    BY_NAME,
    SCORE,
    UNDECIDED,
    ProposedProfile,
    Question,
    Strange,
    field_called,
)
from afterservice_cli.intake.proposals.sampling import Sample, Sampled, order_of, ways_of
from afterservice_cli.intake.proposals.states import says_how_far, states_of
from afterservice_cli.intake.reading.profile import BUILT_IN, DECIDED, is_closed
from afterservice_cli.intake.words.meanings import (
    TWO_NAMES,
    Meaning,
    happening,
    meanings,
    of_another_number,
    of_another_time,
    plain,
)
from afterservice_cli.intake.words.satisfaction import scale_of
from afterservice_cli.language import spoken, tr
from afterservice_cli.rulebook.model import Rulebook

_GRADES = 12  # different words, beyond which a column holds no grades
_LACKING = 400  # by how much a heading's rank falls if rows lack what it says
# The fields in the order in which a profile has them; the rulebook's own come after these.
_ORDER = ("number", "received_at", *BUILT_IN, *DECIDED)


def propose(
    sample: Sample,
    rulebook: Rulebook,
    dates: Sequence[str] = (),
    undated: str | None = None,
    *,
    dated: bool = False,
) -> ProposedProfile:
    """Return the profile that a file suggests under a rulebook.

    `dates` says how its dates are written, `undated` which time of a row counts for its status, if given. If its rows
    are `dated` elsewhere, it needs no column that says when they came in. `BadInput` if the file has no headings and
    rows.
    """
    demand_headings(sample)
    return _Proposing(sample, rulebook, dated=dated).proposal(dates, undated)


class _Proposing:
    """One file, of which more and more columns are known."""

    def __init__(self, sample: Sample, rulebook: Rulebook, *, dated: bool) -> None:
        self.sample, self.rulebook, self.dated = sample, rulebook, dated
        self.log = log_of(sample)
        self.columns: dict[str, list[str]] = {"number": [self.log.number]} if self.log else {}
        self.joined: list[str] = []
        self.why: dict[str, str] = {}
        self.values: dict[str, dict[str, str]] = {}
        self.defaults: dict[str, str] = {}
        self.questions: list[Question] = []
        self.fitting = Fitting(rulebook)

    def proposal(self, dates: Sequence[str], undated: str | None) -> ProposedProfile:
        """Return what is proposed, with what remains to be asked."""
        self._by_name(MOST)
        self._by_name(HALF)
        self._by_cells()
        if self.log and self.log.text and "description" not in self.columns:
            self._take("description", self.sample.by_heading[self.log.text], BY_CELLS)
        self._ask_about_doubled()
        self._put_names_together()
        self._put_contacts_together()
        self._put_description_together()
        self._put_time_beside_day()
        self._read_words()
        self._demand()
        free = [column.heading for column in self.sample.columns if self._is_free(column)]
        course = course_of(self.columns, free, self._scale())
        ways = tuple(dates) or self._dates(course)
        happenings = [heading for step in course for heading in step.headings()]
        order = [*_ORDER, *self.rulebook.fields]
        columns = {field: self.columns[field] for field in order if field in self.columns}
        used = {heading for found in columns.values() for heading in found} | {*happenings} | self._of_log
        ends = [*dict.fromkeys(step.at for step in course if step.event in ("resolved", "closed"))]
        states = None if self.log else states_of(self.sample, used, ends, self.rulebook, undated)
        used.update(states.headings() if states else ())
        unused = tuple(column.heading for column in self.sample.columns if column.heading not in used)
        return ProposedProfile(
            name=_name(columns),
            columns=columns,
            joined=self.joined,
            why=self.why,
            values=self.values,
            dates=ways,
            empty=self._empty(columns, course),
            defaults=self.defaults,
            course=course,
            log=self.log,
            identity=self._identity(columns),
            unused=unused,
            strange=[*self._strange(unused)],
            states=states,
            questions=tuple(self.questions),
        )

    # --- which column says what -----------------------------------------------------------------------------------

    def _by_name(self, dated: float) -> None:
        """Take the headings whose words are known, the surest first, if their cells do not speak against it.

        A column of dates holds such a share of them at least.
        """
        offers = [
            (meaning, place) for place, column in enumerate(self.sample.columns) for meaning in self.fitting.of(column)
        ]
        for meaning, place in sorted(offers, key=lambda offer: (self._rank(*offer), offer[1])):
            column = self.sample.columns[place]
            several = meaning.field == "contact"
            if self.log and (meaning.field == "received_at" or happening(meaning.field)):
                continue  # the rows tell it
            if not self._is_free(column) or (meaning.field in self.columns and not several):
                continue
            if self.fitting.fits(meaning, column, dated):
                self._take(meaning.field, column, BY_NAME)

    def _rank(self, meaning: Meaning, place: int) -> int:
        """Return how surely a column is meant; a receipt that rows lack goes behind one that each row has."""
        lacking = meaning.field == "received_at" and self.sample.columns[place].filled < MOST * self.sample.rows
        return meaning.rank + (_LACKING if lacking else 0)

    def _by_cells(self) -> None:
        """Take for what no heading names the only column that can be meant, by what stands in it."""
        tests: Mapping[str, Callable[[Sampled], bool]] = {
            "received_at": lambda column: column.of_dates >= MOST and not of_another_time(column.heading),
            "contact": lambda column: column.of_phones >= MOST and not of_another_number(column.heading),
            "channel": lambda column: self.fitting.speaks(column, "channel", MOST),
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
        taken = (*self.columns.values(), self._of_log - {self.log.text} if self.log else ())
        return not any(column.heading in headings for headings in taken)

    @cached_property
    def _of_log(self) -> set[str]:
        return {*self.log.headings()} if self.log else set()

    def _is_longest(self, column: Sampled) -> bool:
        """Tell whether a column holds free text, and more of it than any other that is left."""
        others = [other.length for other in self.sample.columns if self._is_free(other) and other is not column]
        if column.of_phones >= HALF or column.of_codes >= HALF:
            return False
        return column.is_text and column.length >= 8 and column.length > 1.5 * max(others, default=0)

    def _ask_about_doubled(self) -> None:
        """Ask which of several columns with one heading is meant, if another of them may be as well."""
        doubled = self.sample.doubled
        for field, (taken, *_) in self.columns.items():
            if field == "contact" or taken not in doubled:
                continue
            heading, _ = doubled[taken]
            others = [column for column in self.sample.columns if doubled.get(column.heading, ("",))[0] == heading]
            may = [c.heading for c in others if c.heading == taken or (c.filled and self.fitting.may_be(field, c))]
            if len(may) > 1:
                self._ask(field, which_of(self._called(field), [(each, *doubled[each]) for each in may]))

    def _put_names_together(self) -> None:
        """Take the customer's two names for one if they stand in two columns and no other has it."""
        free = {plain(column.heading): column for column in self.sample.columns if self._is_free(column)}
        names = [next((free[form] for form in forms if form in free), None) for forms in TWO_NAMES]
        found = sorted(filter(None, names), key=self.sample.columns.index)
        if "customer" not in self.columns and len(found) == len(TWO_NAMES):
            for column in found:
                self._take("customer", column, BY_NAME)
            self.joined.append("customer")

    def _put_contacts_together(self) -> None:
        """Put the telephones and addresses of several columns into one contact, so that none is lost."""
        if len(self.columns.get("contact", ())) > 1:
            self.joined.append("contact")

    def _put_description_together(self) -> None:
        """Put a headline and its detail before the description, which each row has of its own."""
        parts = [heading for field in (*AS_TEXT, "description") for heading in self.columns.pop(field, ())]
        if parts:
            self.columns["description"] = parts
            self.why.setdefault("description", BY_NAME)
            self.joined += ["description"] if len(parts) > 1 else []

    def _put_time_beside_day(self) -> None:
        """Put the time of day behind the day on which a case came in, if they stand in two columns."""
        day = [self.sample.by_heading[heading] for heading in self.columns.get("received_at", ())]
        if not day or day[0].of_days < MOST:
            return
        free = [column for column in self.sample.columns if self._is_free(column) and column.of_clocks >= HALF]
        times = [column for column in free if not of_another_time(column.heading)]
        named = [column for column in times if self._of_receipt(column)] or [c for c in times if c.of_clocks >= MOST]
        if len(named) == 1:
            self.columns["received_at"].append(named[0].heading)
            self.joined.append("received_at")

    # --- what its words mean --------------------------------------------------------------------------------------

    def _read_words(self) -> None:
        """Note what the file's words mean in fields that have only the rulebook's; ask about those nobody knows."""
        for field, (heading, *_) in list(self.columns.items()):
            if happening(field) or not is_closed(field, self.rulebook):
                continue
            column, words = self.sample.by_heading[heading], self.fitting.words(field)
            unknown = {word: count for word, count in column.cells.items() if not words(word)}
            said = {word: found for word in (*column.cells, *column.blanks) if (found := words(word)) and found != word}
            if sum(unknown.values()) > FEW * column.filled:
                said |= dict.fromkeys(sorted(unknown, key=unknown.__getitem__, reverse=True)[:WORDS], UNDECIDED)
                self._ask(field, self._unknown(field, heading, unknown, said))
            if said:
                self.values[field] = said

    def _unknown(self, field: str, heading: str, unknown: Mapping[str, int], said: Mapping[str, str]) -> str:
        """Say which words nobody knows; only how many if they are most, since the column may be another then."""
        titles = {name: title.get(spoken(), name) for name, title in self.rulebook.choices(field)}
        has = nearest("", tuple(titles), titles)
        values = {"heading": heading, "field": self._called(field), "count": len(unknown), "has": has}
        if len(unknown) > len(self.sample.by_heading[heading].cells) / 2 + 1:
            return tr("{heading}: the rulebook has no {field} for {count} of its words – write {has}", **values)
        words = quoted_headings([word for word, meaning in said.items() if meaning == UNDECIDED][:5])
        return tr("{heading}: the rulebook has no {field} for {words} – write {has}", words=words, **values)

    def _strange(self, unused: Iterable[str]) -> Iterable[Strange]:
        """Yield the columns that are called like a field which no other column says, and hold words nobody knows."""
        for column in (self.sample.by_heading[heading] for heading in unused):
            fields = (meaning.field for meaning in self.fitting.of(column))
            field = next((name for name in fields if is_closed(name, self.rulebook)), None)
            if self._is_unread_scale(column):
                yield Strange(column.heading, SCORE, tuple(column.cells))
            words = self.fitting.words(field) if field and column.filled and field not in self.columns else None
            if field and words and len(column.cells) <= WORDS:
                yield Strange(column.heading, field, tuple(word for word in column.cells if not words(word)))

    def _is_unread_scale(self, column: Sampled) -> bool:
        """Tell whether a column is called like a score, and has words in which nobody can read one."""
        called_so = any(meaning.field == SCORE for meaning in self.fitting.of(column))
        return called_so and SCORE not in self.columns and 0 < len(column.cells) <= _GRADES

    def _scale(self) -> Mapping[str, int]:
        """Return the scores of the words in the column of scores, if there is one."""
        rated = (self.sample.by_heading[heading].cells for heading in self.columns.get(SCORE, ()))
        return next(map(scale_of, rated), {})

    def _demand(self) -> None:
        """Ask for what every case has and no column says; a channel that the file lacks is taken to be one."""
        self._demand_events()
        if not ("received_at" in self.columns or self.dated or self.log):
            dated = [column.heading for column in self.sample.columns if column.of_dates >= MOST]
            self._miss("received_at", dated)
        if "channel" not in self.columns:
            self.defaults["channel"] = self.fitting.words("channel")("phone") or next(iter(self.rulebook.channels))
        for field in needed(self.columns, self.rulebook):
            if field not in self.columns and field not in self.defaults and field not in DECIDED:
                self._miss("contact" if field == EITHER else field, ())

    def _demand_events(self) -> None:
        """Ask which event each word tells that nobody knows, in a file of events."""
        if self.log is None:
            return
        if "registered" not in self.log.means.values():
            self._ask("events", tr("{heading}: no word is known to say that a case came in", heading=self.log.column))
        if unknown := [word for word, event in self.log.means.items() if event is None]:
            words = quoted_headings(unknown[:5])
            message = tr("{heading}: which events do {words} tell?", heading=self.log.column, words=words)
            self._ask("events", message)

    def _miss(self, field: str, dated: Sequence[str]) -> None:
        """Ask which column says what every case must have, and name those that may be meant."""
        called = self._called(field)
        columns = [
            column
            for column in self.sample.columns
            if column.filled and self._is_free(column) and not says_how_far(column) and _may_say(field, column)
        ]
        free = [column.heading for column in columns]
        likely = sorted(columns, key=lambda column: -column.length) if field == "description" else columns
        perhaps = list(dict.fromkeys([*dated, *near(field, [called], free)])) or [column.heading for column in likely]
        self.columns[field] = [UNDECIDED]
        message = none_says(field, called, perhaps[:3], self.rulebook)
        if field == "received_at":
            called_so = [column for column in self.sample.columns if self._is_free(column) and self._of_receipt(column)]
            if called_so:
                message = few_dates(called_so[0], self._called(field))
            message = tr("{question}; for all rows at once: --received-at 2026-10-01", question=message)
        self._ask(field, message)

    @staticmethod
    def _of_receipt(column: Sampled) -> bool:
        return any(meaning.field == "received_at" for meaning in meanings(column.heading))

    def _ask(self, field: str, message: str) -> None:
        self.questions.append(Question(field, message))

    def _called(self, field: str) -> str:
        title = field_called(field, self.rulebook)
        return field if title == field else tr("{title} ({field})", title=title, field=field)

    def _empty(self, columns: Mapping[str, Sequence[str]], course: Sequence[ProposedStep]) -> tuple[str, ...]:
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

    def _dates(self, course: Sequence[ProposedStep]) -> tuple[str, ...]:
        """Return how the dates of the columns are written; asks if some may have month or day first."""
        own = [name for name, field in self.rulebook.fields.items() if field.type in ("date", "time")]
        dated = [heading for field in ("received_at", *own) for heading in self.columns.get(field, ())]
        dated += [self.log.at] if self.log else []
        headings = dict.fromkeys((*dated, *(at for step in course for at in (step.at, step.promised) if at)))
        columns = [self.sample.by_heading[heading] for heading in headings if heading != UNDECIDED]
        ways = ways_of(columns)
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


def _may_say(field: str, column: Sampled) -> bool:
    """Tell whether a column may say a field by its cells: dates say when, codes and amounts what it is called."""
    if field in ("description", "customer", "contact", EITHER):
        return column.of_dates < HALF and (column.of_codes < HALF or column.of_phones >= HALF)
    return True


def _name(columns: Mapping[str, Sequence[str]]) -> str:
    """Return the name of the profile: the same for every file whose rows are told apart by the same headings."""
    of = [field for field in ("number", "received_at", "description") if field in columns]
    told = [plain(heading) for field in of for heading in columns[field]]
    return f"file-{sha256(chr(10).join(told).encode()).hexdigest()[:8]}"
