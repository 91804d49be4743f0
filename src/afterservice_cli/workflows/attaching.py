"""Attaching files: stored beside the desk and recorded with a case, all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path

from afterservice_cli.decisions import intake
from afterservice_cli.errors import Problem
from afterservice_cli.store import files
from afterservice_cli.workflows.desk import Desk
from afterservice_cli.workflows.recording import Outcome, writing


def attach(
    desk: Desk, reference: str, sources: Sequence[Path], *, at: datetime | None = None, text: str | None = None
) -> Outcome:
    """Store files beside the desk and record them with a case: all of them, or none."""
    incoming = files.Incoming(desk.path)
    try:
        with writing(desk) as writer:
            number = writer.find(reference)
            copied = incoming.copy(sources)
            outcome = writer.act(number, partial(intake.attach, files=copied, text=text), at=at)
            incoming.place()
    except BaseException:
        if incoming.begun:
            # The commit may have come through all the same: the history says so, read under a lock of its own.
            with suppress(Problem), writing(desk) as writer:
                incoming.withdraw(files.named(writer.db))
        raise
    finally:
        incoming.close()
    return outcome
