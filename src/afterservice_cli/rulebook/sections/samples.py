"""What a rulebook says of sample texts: those like which a text may be, and those that it may be like instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from afterservice_cli.language import sentence
from afterservice_cli.rulebook.keys import key
from afterservice_cli.rulebook.sections.forms import Title, Titled

Texts = Annotated[Sequence[str], "texts"]


class Samples(Titled):
    """Texts of which a condition holds, and texts that are much like them and of which it does not.

    `weights` are what follows: of each feature of a text by how many hundredths of a bit it speaks for the first,
    written when a rulebook is compiled: the features that weigh the same stand side by side.
    """

    WHAT = sentence("a mapping with `like` and `unlike`")

    title: Title = key("what texts are that are like these; the key itself if missing", default={})
    like: Texts = key("texts of which it holds, one a line", least=1)
    unlike: Texts = key("texts of which it does not hold: everyday ones, and ones with the same words", least=1)
    weights: Mapping[str, str] = {}
