"""What people call the facts of a case: by id, or by label in either language."""

from collections.abc import Iterable
from datetime import datetime

from afterservice_cli.commands.options import fields_of
from afterservice_cli.decisions.checks import ELSEWHERE, OWN_FACTS, OWN_PERSONAL
from afterservice_cli.errors import BadInput, nearest, typed
from afterservice_cli.language import LANGUAGES, listed, tr
from afterservice_cli.render.labels import words_for
from afterservice_cli.render.screen import Screen
from afterservice_cli.rulebook.comparing import normal
from afterservice_cli.rulebook.values import typed_value

# Under which word the screen labels what it calls otherwise than a case does.
SHOWN = {"received_at": "registered_at"}


def facts_of(
    pairs: Iterable[str] | None,
    screen: Screen,
    now: datetime,
    option: str = "--field",
    example: str = "customer_tier=vip",
) -> dict[str, str]:
    """Return the values that pairs of an option give, by the ids of the fields, whatever people call these and days.

    `BadInput` if one is no pair, names no field or several, or if a field of one value is given twice.
    """
    rulebook, names = screen.rulebook, FactNames(screen, option)
    given = fields_of(pairs, option, example, rulebook.several, names.named)
    return {name: typed_value(rulebook, name, value, now) for name, value in given.items()}


class FactNames:
    """The facts that a case may be given under a rulebook, for an option that takes their names."""

    def __init__(self, screen: Screen, option: str) -> None:
        self.ids = (*OWN_FACTS, *OWN_PERSONAL, *screen.rulebook.fields)
        self.screen, self.option = screen, option

    def named(self, name: str) -> str:
        """Return the id of the field with this id or label; `BadInput` if there is none, or several have the label."""
        found = self.meant(name)
        if found is None:
            titles = {field: self.screen.field_title(field) for field in self.ids}
            raise BadInput(
                tr("unknown field '{name}' – write {known}", name=typed(name), known=nearest(name, self.ids, titles))
            )
        return found

    def meant(self, name: str) -> str | None:
        """Return the id that a name means; None if it means nothing, `BadInput` if it is the label of several fields.

        What is no fact to set has its id, too, for others to say what to do instead.
        """
        if name in (*self.ids, *ELSEWHERE):
            return name
        found = self.called(name) or [word for word in ELSEWHERE if normal(name) in words_for(SHOWN.get(word, word))]
        if len(found) > 1:
            *others, last = found
            ids = tr("{others} or {last}", others=listed(others), last=last)
            raise BadInput(
                tr(
                    "{option}: '{name}' is the label of {ids} – write one of these ids",
                    option=self.option,
                    name=name[:40],
                    ids=ids,
                )
            )
        return found[0] if found else None

    def called(self, name: str) -> list[str]:
        """Return the ids of the fields that have this label in either language."""
        wanted = normal(name)
        return [
            field
            for field in self.ids
            if wanted in {normal(self.screen.but(language=language).field_title(field)) for language in LANGUAGES}
        ]
