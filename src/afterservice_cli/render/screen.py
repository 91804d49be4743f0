"""For whom things are told: whose titles they see, and in which language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from afterservice_cli.cases.values import DUTY, MEASURE, PROBLEM, TASK
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import listed, sentence_in, translated, translated_many
from afterservice_cli.render.labels import ROLES, clauses, either, label, said
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.vocabulary import HEAD_OF
from afterservice_cli.time.instants import from_text, to_minute_text

COMMA = sentence_in("between parts", ", ")


class Screen(Frozen):
    """Whose titles a screen shows, in which language."""

    rulebook: Rulebook
    language: str

    # --- the program's words ------------------------------------------------------------------------------------

    def tr(self, sentence: str, /, **values: object) -> str:
        """Return a sentence with these values in place of their names in braces; "" for none."""
        return translated(sentence, self.language, **values)

    def tr_many(self, one: str, many: str, count: int, /, **values: object) -> str:
        """Return the one sentence or the other by a count, which it may name as `{count}`."""
        return translated_many((one, many), count, self.language, **values)

    def label(self, word: str | None) -> str:
        """Return the program's word for `word`; "" for None."""
        return label(word, self.language) if word else ""

    def said(self, name: str, value: object) -> str:
        """Return a name and what is said of it."""
        return said(name, str(value), self.language)

    def joined(self, words: Iterable[str]) -> str:
        """Return words as a list."""
        return listed(words, self.language)

    def strung(self, parts: Iterable[str]) -> str:
        """Return the parts of one statement, each of which may be a list of words."""
        return self.tr(COMMA).join(parts)

    def either(self, words: Iterable[str]) -> str:
        """Return words of which one is enough."""
        return either(words, self.language)

    def clauses(self, words: Iterable[str]) -> str:
        """Return what is said, one thing after the other."""
        return clauses(words, self.language)

    # --- the rulebook's titles ----------------------------------------------------------------------------------

    def title(self, what: str, value: str | None) -> str:
        """Return the rulebook's title of a value of one of its sections; "" for None."""
        return self.rulebook.title(what, value, self.language)

    def field_title(self, field: str) -> str:
        """Return the label of a fact about a case: the rulebook's for its own fields, else the program's."""
        return self.title("field", field) if field in self.rulebook.fields else self.label(field)

    def person_title(self, actor: str | None) -> str:
        """Return what staff call whoever acted under a user's name; "" for None."""
        return self.title("person", self.rulebook.person_of(actor)) if actor else ""

    def team_title(self, team: str, person: str | None) -> str:
        """Return a team as it is called, before it the person if something is somebody's in particular."""
        return f"{self.title('person', person)} · {team}" if person else team

    def role_title(self, role: str | None) -> str:
        """Return the label of a role: the rulebook's for its own, else the program's; "" for none."""
        if role is None:
            return ""
        if role.startswith(HEAD_OF):
            return self.tr("head of {team}", team=self.title("owner", role.removeprefix(HEAD_OF)))
        if role in self.rulebook.roles or role in self.rulebook.owners:
            return self.title("role", role)
        return self.tr(ROLES[role]) if role in ROLES else self.label(role)

    def state_label(self, word: str) -> str:
        """Return a status or a stage as staff see it: the rulebook's word for it, else the program's."""
        own = self.rulebook.labels.get(word)
        return own[self.language] if own else self.label(word)

    def target_title(self, target: str, rule: str = "") -> str:
        """Return the label of a target, a task, a duty, a problem or a measure; `rule` is where it gets its time."""
        if target.startswith(TASK):
            name = target.removeprefix(TASK)
            return self.rulebook.task_title(rule, name, self.language)
        if target.startswith(DUTY):
            return self.title("duty", target.removeprefix(DUTY))
        if target.startswith(MEASURE):
            return f"{self.label('measure')} {target.removeprefix(MEASURE)}"
        if target.startswith(PROBLEM):
            _, _, kind = rule.removesuffix(".task.within").partition("problems.")
            return f"{self.kind_title(kind)} {target.removeprefix(PROBLEM)}"
        return self.title("target", target)

    def kind_title(self, kind: str | None) -> str:
        """Return what a problem of a kind is called; of none, a problem."""
        return self.title("kind of problem", kind) if kind else self.label("problem")

    # --- the desk's time ----------------------------------------------------------------------------------------

    def instant(self, at: datetime) -> str:
        """Return an instant in the desk's time."""
        return to_minute_text(at, self.rulebook.zone)

    def minute(self, instant: str | None, beside: str | None = None) -> str:
        """Return an instant, a UTC text, in the desk's time: to the minute, unless `beside` would read the same."""
        other = None if beside is None else from_text(beside)
        return to_minute_text(from_text(instant), self.rulebook.zone, other) if instant else ""
