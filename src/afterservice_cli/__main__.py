"""The way in: from `afterservice` and from `python -m afterservice_cli`."""

from __future__ import annotations

import gc
import io
import os
import sys
from contextlib import suppress

from afterservice_cli import interruptions

ASKED = "_AFTERSERVICE_COMPLETE"  # by which a shell asks how a line may go on
ZONES = "/usr/share/zoneinfo"  # where Linux and macOS have them; elsewhere Python looks for itself


def main() -> None:
    """Run the command line and end the process with its exit code.

    Four things here are for the start-up time alone: `--version` is answered before anything is imported, garbage
    is not collected while modules load, nor looked for in them later, `zoneinfo` is told where time zones lie, and the
    process ends without taking itself apart: all that matters is committed and flushed by then.
    """
    interruptions.listen()
    code = None
    try:
        code = _run(sys.argv[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:
        pass  # Ctrl-C while the modules were loading
    except BrokenPipeError:
        pass  # whoever read the output has had enough
    except OSError as error:  # of `--version` and of what completes a line: a command has written all it had
        from afterservice_cli.console.terminal import unwritten_as_asked

        code = unwritten_as_asked(error)
    os._exit(interruptions.exit_code() if code is None else code)


def _run(arguments: list[str]) -> int:
    if arguments == ["--version"]:
        from afterservice_cli import __version__

        _open_streams()
        sys.stdout.write(f"afterservice {__version__}\n")
        return 0
    _open_streams()
    gc.disable()
    # A terminal that cannot show a character gets its number instead of a crash.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    from pathlib import Path

    if Path(ZONES).is_dir():
        os.environ.setdefault("PYTHONTZPATH", ZONES)  # else it loads Python's build settings to find it
    if ASKED in os.environ:
        from afterservice_cli.completing import complete

        return complete(os.environ)
    from afterservice_cli.cli import run

    gc.freeze()
    gc.set_threshold(50_000)  # values that hold one another in no ring: a list of cases is no garbage
    gc.enable()
    return run(arguments)


def _open_streams() -> None:
    """Put streams in the place of those that were closed, so that no file of ours is taken for one of them.

    Nothing is read from them, and what is written to standard output is refused, which is said in the end.
    """
    if sys.stdin is None:
        sys.stdin = os.fdopen(os.open(os.devnull, os.O_RDONLY))
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    else:  # whose disk may be full: what was done is done all the same
        talk = io.BufferedWriter(_Talk(sys.stderr.fileno(), "w", closefd=False))
        sys.stderr = io.TextIOWrapper(talk, sys.stderr.encoding, "backslashreplace", line_buffering=True)


class _Talk(io.FileIO):
    """What a person is told beside the data: it is lost if it cannot be written."""

    def write(self, data: object) -> int:
        """Write what can be written; return how many bytes are done with."""
        view = memoryview(data)  # type: ignore[arg-type]
        written: int | None = None
        with suppress(OSError):
            written = super().write(view)
        return view.nbytes if written is None else written


if __name__ == "__main__":
    main()
