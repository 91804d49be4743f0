"""What a desk keeps of a rulebook: its rules as one text, its sample texts and what follows from them as another."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from afterservice_cli.errors import IntegrityBroken
from afterservice_cli.language import tr

WEIGHTS = "weights"  # what follows from the texts of topics, in a snapshot
TEXTS = ("samples", "topics", WEIGHTS)  # what a snapshot keeps apart
APART = "texts"  # the key of a snapshot that names them by their hash


class Whole(Mapping[str, Any]):
    """The plain values of a snapshot with its texts, which are read when one of them is first asked for.

    Sample texts are ten times as long as all rules together, seldom change, and most commands need none: a snapshot
    names them by their hash.
    """

    def __init__(self, plain: Mapping[str, Any], read: Callable[[str], str]) -> None:
        self._plain, self.read = plain, read

    def __getitem__(self, name: str) -> Any:
        return self._texts[name] if self._apart and name in TEXTS else self._plain[name]

    def __iter__(self) -> Iterator[str]:
        return iter([*(name for name in self._plain if name != APART), *(self._texts if self._apart else ())])

    def __len__(self) -> int:
        return len([*self])

    @property
    def _apart(self) -> bool:
        return APART in self._plain

    @cached_property
    def _texts(self) -> Mapping[str, Any]:
        try:
            found: Mapping[str, Any] = json.loads(self.read(self._plain[APART]))
        except ValueError:
            raise IntegrityBroken(tr("the desk's rulebook is gone or was changed"), hint="afterservice check") from None
        return found
