"""A case told plainly: a few attributes, and what each command does to them or is refused for.

It knows `rulebooks/play.yaml` and `rulebooks/play-bare.yaml` by heart and uses nothing of the program, so that play can
hold one against the other.
"""

from oracle.above import Duties, Step, Trouble
from oracle.learnt import Learnt
from oracle.life import Life, alarming, told
from oracle.rulebook import AMOUNTS, PLANS
from oracle.trying import By, Entry, Made, No

__all__ = [
    "AMOUNTS",
    "PLANS",
    "By",
    "Duties",
    "Entry",
    "Learnt",
    "Life",
    "Made",
    "No",
    "Step",
    "Trouble",
    "alarming",
    "told",
]
