"""What a rulebook counts of a customer's earlier cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from afterservice_cli.language import sentence
from afterservice_cli.rulebook.keys import key
from afterservice_cli.rulebook.sections.forms import Condition, Named


class EarlierCases(Named):
    """Which of the customer's earlier cases count: conditions ask how many there are (`earlier.NAME`)."""

    WHAT, SHORT = sentence("a mapping"), ""

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
