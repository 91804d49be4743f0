"""What is suggested for a case that nothing has classified, and what it was learnt from."""

from __future__ import annotations

from collections.abc import Sequence

from afterservice_cli.frozen import Frozen
from afterservice_cli.reports.cases.case import CaseView


class Suggestion(Frozen):
    """A category that a case may have, and the numbers of past cases with it that are most like it."""

    category: str
    like: Sequence[str]


class Unplaced(CaseView):
    """A case that nothing has classified, with the categories that are suggested for it, the likeliest first."""

    suggested: Sequence[str]


class ModelView(Frozen):
    """What suggestions follow from: its hash, when it was learnt by whom, and from how much."""

    hash: str
    at: str
    actor: str
    cases: int
    categories: int
    pairs: int
