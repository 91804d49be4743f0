"""For whom things are told: whose titles they see, and in which language."""

from __future__ import annotations

from datetime import datetime

from afterservice_cli.frozen import Frozen
from afterservice_cli.instants import to_minute_text
from afterservice_cli.render.case import target_title
from afterservice_cli.render.labels import label, said
from afterservice_cli.rulebook.model import Rulebook


class Screen(Frozen):
    """Whose titles a screen shows, in which language."""

    rulebook: Rulebook
    language: str

    def label(self, word: str | None) -> str:
        """Return the program's word for `word`; "" for None."""
        return label(word, self.language) if word else ""

    def title(self, what: str, value: str | None) -> str:
        """Return the rulebook's title of a value of one of its sections; "" for None."""
        return self.rulebook.title(what, value, self.language)

    def said(self, name: str, value: object) -> str:
        """Return a name and what is said of it."""
        return said(name, str(value), self.language)

    def target(self, name: str, rule: str = "") -> str:
        """Return the label of a target, a task or a duty; `rule` is where the rulebook gives it its time."""
        return target_title(name, self.rulebook, self.language, rule)

    def instant(self, at: datetime) -> str:
        """Return an instant in the desk's time."""
        return to_minute_text(at, self.rulebook.zone)
