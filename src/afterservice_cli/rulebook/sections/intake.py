"""What a rulebook says of how cases come in: what registering demands, which are invalid, vague, likely the same.

And which of a customer's earlier cases count, of which conditions ask.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from afterservice_cli.rulebook.keys import Section, key
from afterservice_cli.rulebook.sections.forms import Condition, Duration, FieldName, Named, Phrases, Titled


class Ground(Named):
    """A ground on which a case is taken out."""

    match: Phrases = key("phrases that point to it", default=())


class Vague(Section):
    """Which cases say too little."""

    match: Phrases = key("phrases of texts that say too little", default=())
    at_most: Annotated[int, "1 to 1000"] = key("such a text has at most so many characters", default=12)
    pause: str = key("the pause in which a case waits for detail")


class Duplicates(Section):
    """Which cases are likely the same."""

    same: Sequence[FieldName] = key("fields that two cases share", least=1)
    within: Duration = key("how far apart they come in at most", default="7d")
    alike: Annotated[int, "percentage"] = key("how alike their texts are at least", default=50)


class Intake(Section):
    """What registering demands, and what screening looks for."""

    require: Sequence[FieldName] = key("what registering demands", default=("description",))
    customer: Literal["optional", "either", "both", "both_or_none"] = key(
        "whether a case must say who the customer is: name and contact are `optional`, `either` of them or `both` must "
        "be there, or `both_or_none`, which keeps out a name that nobody can reach",
        default="optional",
    )
    back: Duration | None = key(
        "how long ago a case may have come in that is registered by hand; of an older one it is asked whether it did",
        default=None,
    )
    invalid: Mapping[str, Ground] = key("the grounds on which `screen` takes a case out", default={})
    vague: Vague | None = key("which cases go back for detail", default=None)
    duplicates: Duplicates | None = key("which earlier cases are pointed out as likely the same", default=None)


class EarlierCases(Titled):
    """Which of the customer's earlier cases count: conditions ask how many there are (`earlier.NAME`)."""

    same: Sequence[Annotated[str, "fact in common"]] = key(
        "what they have in common with the case: `product`, `category`, `kind`, `channel`, `fault` or `field:NAME`, "
        "all of it; nothing but the customer if missing",
        default=(),
    )
    within: Annotated[str, "length"] | None = key(
        "how long before the case they came in at most, counted as limits are; however long if missing", default=None
    )
    when: Sequence[Condition] = key(
        "which of them, by what is known of them: `kind`, `status`, `disposition`, `carried_out`, `fault`, a field…; "
        "all if missing",
        default=(),
    )
