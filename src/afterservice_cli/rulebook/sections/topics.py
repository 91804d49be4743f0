"""What a rulebook says of topics: what texts may be about, each told by sample texts."""

from __future__ import annotations

from collections.abc import Sequence

from afterservice_cli.language import sentence
from afterservice_cli.rulebook.keys import Section, key
from afterservice_cli.rulebook.sections.forms import Title, Titled
from afterservice_cli.rulebook.sections.samples import Texts


class Topic(Titled):
    """What a text may be about, as its sample texts tell."""

    WHAT = sentence("a mapping with `texts`")

    title: Title = key("what it is called; the key itself if missing", default={})
    texts: Texts = key("texts that are about it, one a line", least=1)


class Weights(Section):
    """What follows from the texts of all topics, written when a rulebook is compiled.

    `features` are what texts are weighed by, each with how many texts of which topic have it, by the topic's place: in
    `冒烟 0:3,4:1` three of the first. `gains` are in hundredths of a bit by that number, `costs` by the topic's place:
    what it loses for each feature that any topic knows.
    """

    features: str = ""
    gains: Sequence[int] = ()
    costs: Sequence[int] = ()
