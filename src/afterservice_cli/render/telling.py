"""How lists tell what ids and times stand for: by the rulebook's titles, in the desk's time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter

from afterservice_cli.render.days import brief_span_text, span_text
from afterservice_cli.render.rows import Column, Value
from afterservice_cli.render.screen import Screen
from afterservice_cli.time.instants import from_text


class Teller(Screen):
    """Whose titles a list shows, in which language, and as of when."""

    now: datetime

    def value(self, name: str, titled: str = "") -> Column[Value]:
        """Return a column of the values' attribute of that name, shown as it is; `titled` is the word for its title."""
        value = attrgetter(name)
        return Column(name, self.label(titled or name), value, value)

    def named(self, name: str, what: str = "", titled: str = "") -> Column[Value]:
        """Return a column of ids, shown by the titles that the rulebook has for `what`; for the name if left out."""
        value = attrgetter(name)

        def shown(row: Value) -> str:
            return self.title(what or name, value(row))

        return Column(name, self.label(titled or name), value, shown, least=10)

    def priority(self) -> Column[Value]:
        """Return the column of priorities, of which some rows may have none."""
        value = attrgetter("priority")
        return Column("priority", self.label("priority"), value, lambda row: self.rank(value(row)))

    def rank(self, priority: str | None) -> str:
        """Return what lists call a priority: a code such as P1, which everybody says, as it is, else its title."""
        coded = priority and any(letter.isdigit() for letter in priority)
        return priority if priority and coded else self.title("priority", priority)

    def role(self, name: str, titled: str = "") -> Column[Value]:
        """Return a column of teams and roles, shown by their titles."""
        value = attrgetter(name)

        def shown(row: Value) -> str:
            return self.role_title(value(row))

        return Column(name, self.label(titled or name), value, shown, least=10)

    def person(self, name: str, titled: str = "") -> Column[Value]:
        """Return a column of whoever acted under a user's name, shown as staff call them."""
        value = attrgetter(name)

        def shown(row: Value) -> str:
            return self.person_title(value(row))

        return Column(name, self.label(titled or name), value, shown)

    def time(self, name: str, titled: str = "") -> Column[Value]:
        """Return a column of instants, shown in the desk's time; briefly without the year if it is this one."""
        value = attrgetter(name)

        def shown(row: Value) -> str:
            return self.minute(value(row))

        def short(row: Value) -> str:
            return self.this_year(value(row))

        return Column(name, self.label(titled or name), value, shown, short)

    def truth(self, name: str) -> Column[Value]:
        """Return a column of what is so or not; None for what nobody has said."""
        value = attrgetter(name)

        def shown(row: Value) -> str:
            answer = value(row)
            return "" if answer is None else self.label("yes" if answer else "no")

        return Column(name, self.label(name), value, shown)

    def text(self, name: str, titled: str = "") -> Column[Value]:
        """Return a column of texts, which a table may cut."""
        column: Column[Value] = self.value(name, titled)
        return column.but(least=18)

    def left(self, since: Callable[[Value], str | None]) -> Column[Value]:
        """Return a column of states of deadlines, shown with how long it is until `since`, or has been from then on."""

        def state_of(row: Value) -> str | None:
            state: str | None = attrgetter("state")(row)
            return state

        def shown(row: Value) -> str:
            return self.time_left(state_of(row), since(row), span_text)

        def short(row: Value) -> str:
            return self.time_left(state_of(row), since(row), brief_span_text)

        return Column("state", self.label("left"), state_of, shown, short)

    def time_left(self, state: str | None, at: str | None, spelt: Callable[[float, str], str] = span_text) -> str:
        """Return how a deadline stands, and how long it is until an instant or has been since; "" without either."""
        if state is None or at is None:
            return ""
        span = spelt(abs((from_text(at) - self.now).total_seconds()), self.language)
        return span if state == "running" else f"{self.label(state)} {span}"

    def this_year(self, instant: str | None) -> str:
        """Return an instant as `minute` does, without the year if it is this one."""
        text = self.minute(instant)
        return text.removeprefix(f"{self.now.astimezone(self.rulebook.zone):%Y}-")
