"""The outbox: a folder into which messages go, a file each, for somebody to send."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from pathlib import Path

from afterservice_cli.errors import BadInput, no_folder
from afterservice_cli.files.durable import sync_names
from afterservice_cli.files.folders import follow
from afterservice_cli.files.whole_file import numbered
from afterservice_cli.language import tr
from afterservice_cli.time.instants import to_text


class Outbox:
    """A folder for messages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def check(self) -> None:
        """Raise `NotFound` if there is no such folder."""
        if not self.folder.is_dir():
            raise no_folder(self.folder)

    def post(self, name: str, text: str, at: datetime, desk: Path) -> Path:
        """Write a message into a file of its own for whoever may use the desk, named by the time and by `name`.

        Returns the file; raises `BadInput` if a thousand have the name, `OSError` if it cannot be written.
        """
        stamp = to_text(at).replace(":", "").replace("-", "")
        stem = re.sub(r"[^\w.-]", "-", f"{stamp}-{name}")
        for path in islice(numbered(self.folder / f"{stem}.txt"), 999):
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                continue
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    follow(file.fileno(), desk, owner=0o600)
                    os.fsync(file.fileno())
            except BaseException:  # whoever sends what lies here would send a piece
                path.unlink(missing_ok=True)
                raise
            sync_names(self.folder)
            return path
        raise BadInput(tr("{folder} is full of messages named {name} – clear it out", folder=self.folder, name=stem))

    def clear(self, numbers: Iterable[str]) -> None:
        """Remove the messages about these cases that still lie there."""
        for number in numbers:
            named = re.sub(r"[^\w.-]", "-", number)
            for path in self.folder.glob(f"*Z-{named}-*.txt"):
                path.unlink(missing_ok=True)
