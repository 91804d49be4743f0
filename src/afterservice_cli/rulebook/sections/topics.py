"""What a rulebook says of topics: what texts may be about, each told by sample texts."""

from __future__ import annotations

from collections.abc import Mapping

from afterservice_cli.language import sentence
from afterservice_cli.rulebook.keys import key
from afterservice_cli.rulebook.sections.forms import Title, Titled
from afterservice_cli.rulebook.sections.samples import Texts


class Topic(Titled):
    """What a text may be about, as its sample texts tell.

    `weights` and `cost` are what follows, in hundredths of a bit, written when a rulebook is compiled: by how much each
    feature of a text speaks for the topic, the features that weigh the same side by side, and what is taken away for
    each feature that any topic knows.
    """

    WHAT = sentence("a mapping with `texts`")

    title: Title = key("what it is called; the key itself if missing", default={})
    texts: Texts = key("texts that are about it, one a line", least=1)
    weights: Mapping[str, str] = {}
    cost: int = 0
