"""The catalogue of events, a module for each stage of a case: whoever imports one of them has all of them."""

from collections.abc import Mapping

from afterservice_cli.cases.case import Event
from afterservice_cli.cases.events import closing, general, handling, intake, problems, triage
from afterservice_cli.cases.values import TASK
from afterservice_cli.language import spoken, tr

# Every kind by its name, in the order of a case's life; each declares itself.
KINDS: Mapping[str, type[Event]] = {
    kind.__name__: kind
    for module in (intake, triage, handling, closing, general, problems)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
}
# The words with which a target's clock may begin and end, and for which a message may be written.
EVENT_WORDS = tuple(kind.WORD for kind in KINDS.values() if kind.CLOCK and "deadlines" in kind.__fields__)
# What happened, by its word, as a message in Chinese names it; one in English has the word itself.
CALLED = {kind.WORD: kind.LABEL for kind in KINDS.values()}


def called(word: str) -> str:
    """Return what happened, by the word of its event, as a message in the language spoken names it."""
    if spoken() == "en":
        return word
    if word.startswith(TASK):
        return tr("task {task} done", task=word.removeprefix(TASK).removesuffix(".done"))
    label = CALLED.get(word.removesuffix("_in_part"))
    return tr(label) if label else word
