"""How far a long command has come, on a terminal's standard error: a bar with its rate and the time that is left."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from afterservice_cli.language import tr

PATIENCE = 1.0  # seconds after which there is something to look at


class RowProgress:
    """Shows how many rows of a file have been read; nothing if nobody looks, or it is soon over."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._bar: Bar | None = None
        self._shown = sys.stderr.isatty()

    def __enter__(self) -> RowProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        """Show that so many rows are read of all."""
        if self._bar is None:
            if not self._shown or time.monotonic() - self._begun < PATIENCE:
                return
            self._bar = Bar(total)
        self._bar.show(done)


class Bar:
    """A bar of rich's, which is loaded for it alone."""

    def __init__(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        rate = tr("{rate} rows/s", rate="{task.fields[rate]}")
        self._progress = Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn(rate, markup=False),
            TimeRemainingColumn(),
            console=Console(file=sys.stderr),
            transient=True,
        )
        self._begun = time.monotonic()
        self._first: int | None = None
        self._task = self._progress.add_task("", total=total, rate="–")
        self._progress.start()

    def show(self, done: int) -> None:
        """Show that so many rows are read."""
        self._first = done if self._first is None else self._first
        since = time.monotonic() - self._begun
        rate = f"{(done - self._first) / since:,.0f}" if since > 0 and done > self._first else "–"
        self._progress.update(self._task, completed=done, rate=rate)

    def stop(self) -> None:
        """Take the bar away."""
        self._progress.stop()
