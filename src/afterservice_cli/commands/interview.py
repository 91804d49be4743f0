"""The interview: what `register` asks the person at the terminal, in the order in which a caller tells it."""

from collections.abc import Mapping

from afterservice_cli.cases.values import SEVERAL
from afterservice_cli.commands.prompts import ONE_OF_THEM, Talk, chosen, is_blank, talking
from afterservice_cli.decisions.checks import check_value
from afterservice_cli.decisions.intake import EITHER, WHO, demand, missing_facts, with_found
from afterservice_cli.errors import BadInput
from afterservice_cli.language import sentence, tr
from afterservice_cli.rulebook.values import split_cell, typed_value
from afterservice_cli.session import Session
from afterservice_cli.workflows.recording import customer_of

ORDER = ("description", "channel", "kind", "customer", "contact", "product")
COMMAS = {
    ord(","): ";",
    ord("，"): ";",
}  # between several choices, of which none has a comma in its name, a comma will do


def interview(session: Session, given: dict[str, str | None], category: str | None, *, whole: bool) -> None:
    """Ask for what the rulebook still requires, and put it to what is `given`; the `whole` one asks for more.

    Nobody is asked if nothing is required, and nothing is asked twice that is given.
    """
    asking = _Interview(session, given, category)
    if whole or asking.missing():
        with talking(session, sentence("nothing was registered")) as talk:
            asking.run(talk, whole=whole)


class _Interview:
    """One interview, and what has come out in it."""

    def __init__(self, session: Session, given: dict[str, str | None], category: str | None) -> None:
        self.session, self.given, self.category = session, given, category
        self.rulebook, self.language = session.rulebook, session.terminal.language

    def missing(self) -> list[str]:
        """Return what the rulebook still requires: what a kind and a category do shows only when they are known."""
        return missing_facts(self.rulebook, self._known(), category=self.category)

    def run(self, talk: Talk, *, whole: bool) -> None:
        """Ask one question after the other."""
        asked: set[str] = set()
        for name in ORDER if whole else ():
            if not self.given.get(name) and (name != "kind" or self.rulebook.kinds):
                asked.add(name)
                self._ask(talk, name)
        while missing := self.missing():
            name = missing[0]
            if name in asked or name == EITHER:
                talk.say(self._why(name))
            for one in WHO if name == EITHER else [name]:
                if not any(self.given.get(who) for who in WHO) or name != EITHER:
                    asked.add(one)
                    self._ask(talk, one)

    def _ask(self, talk: Talk, name: str) -> None:
        """Ask for one fact until it is there, or passed over if the rulebook can do without it."""
        choices = self.rulebook.choices(name)
        talk.show_choices(choices)
        needed = name in self.missing()
        title = self._title(name)
        only = choices[0][1][self.language] if needed and len(choices) == 1 else ""
        found = self.rulebook.title(name, self._found_kind(), self.language) if name == "kind" else ""
        while True:
            if name == "description":
                answer = talk.text(tr("What does the customer say"))
            else:
                answer = talk.line(title, default=only, found=found, optional=not needed)
            if not answer and not needed:
                return
            if answer and name != "description" and is_blank(answer) and not choices:
                talk.say(tr("write the answer; Ctrl-C leaves"))
                continue
            try:
                self.given[name] = self._read(name, answer)
            except BadInput as problem:
                talk.say(problem.message)
            else:
                return

    def _found_kind(self) -> str | None:
        """Return the kind that the case has if nobody says which."""
        return with_found(self.rulebook, self._known()).get("kind")

    def _read(self, name: str, answer: str) -> str:
        """Return the value that an answer means; `BadInput` says what is wrong with it, or why there must be one."""
        if not answer:
            raise BadInput(self._why(name))
        choices = self.rulebook.choices(name)
        parts = [answer]
        if name in self.rulebook.several:
            parts = split_cell(answer.translate(COMMAS) if choices else answer)
        value, now = SEVERAL.join(chosen(part, choices) or part for part in parts), self.session.desk.now
        try:
            return check_value(self.rulebook, name, typed_value(self.rulebook, name, value, now), now)
        except BadInput:
            # They stand above by their numbers: naming them again would push the question off the screen.
            if choices:
                raise BadInput(tr(ONE_OF_THEM)) from None
            raise

    def _title(self, name: str) -> str:
        """Return what a fact is called, and how it is written if it is a date or a time."""
        title, field = self.session.screen.field_title(name), self.rulebook.fields.get(name)
        if field and field.type == "date":
            return tr("{title} (2026-10-01, yesterday…)", title=title)
        if field and field.type == "time":
            return tr("{title} (2026-10-01 18:00, tomorrow…)", title=title)
        return title

    def _why(self, name: str) -> str:
        return demand(self.rulebook, self._known(), [name], self.category).message

    def _known(self) -> Mapping[str, str]:
        """Return what is given, and what earlier cases say of the customer."""
        said = {name: value for name, value in self.given.items() if value}
        contact = self.given.get("contact")
        if not self.rulebook.of_customer or not contact:
            return said
        with self.session.desk.reading() as db:
            known = customer_of(db, self.rulebook, contact).known
        return {**{name: one.value for name, one in known.items()}, **said}
