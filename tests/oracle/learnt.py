"""What a desk has learnt from its cases, counted plainly."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from oracle.life import Life
from oracle.trying import No


class Learnt:
    """How many cases have each category, and each pair of letters by category; nothing before it was learnt."""

    def __init__(self) -> None:
        self.table: Counter[tuple[str, ...]] | None = None

    def learn(self, lives: Sequence[Life]) -> bool:
        """Count anew, and tell whether anything is other than before."""
        taught = [(life.category[0], pairs(life)) for life in lives if teaches(life)]
        if not taught:
            raise No("learning")
        before, self.table = self.table, Counter((category,) for category, _ in taught)
        self.table.update((category, pair) for category, theirs in taught for pair in theirs)
        return self.table != before

    def forget(self) -> None:
        """An erasure leaves nothing of it."""
        self.table = None

    @property
    def told(self) -> tuple[int, int, int] | None:
        """From how many cases it follows, of how many categories, and how many pairs of letters they have."""
        if self.table is None:
            return None
        categories = [key for key in self.table if len(key) == 1]
        found = {pair for _, *pairs in self.table for pair in pairs}
        return sum(self.table[key] for key in categories), len(categories), len(found)


def teaches(life: Life) -> bool:
    """What a person said of a case counts at once, what a rule said once the customer or its end has confirmed it."""
    if life.erased or life.status == "void" or life.category == ("other", "rule", ""):
        return False
    return life.status in ("confirmed", "closed") or life.category[1] == "person"


def pairs(life: Life) -> set[str]:
    """The letters that stand side by side in what the customer said."""
    words = re.sub("[^a-z]+", " ", " ".join(life.text).lower()).strip()
    return {first + second for first, second in pairwise(f" {words} ")}
