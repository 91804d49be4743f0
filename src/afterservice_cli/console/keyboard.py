"""The keyboard: what a person types or pastes at the terminal, with nothing of it left over for the shell."""

from __future__ import annotations

import os
import re
import readline
import select
import signal
import sys
import termios
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Self

from afterservice_cli.output_text import safe_text

KEYS = 0  # the file descriptor from which keys come
QUIET = 0.03  # seconds: no person hits two keys within them, and no paste pauses for so long
TO_EDITOR = "e"  # opens the editor if it is all that a text begins with
_PASTE_ENDS = b"\x1b[201~"
_INSERTING = ord("*")  # how readline calls a completer for `insert-completions`
# Keys that are no text: what an arrow sends, the marks of a paste, control characters but line ends and tabs.
_NO_TEXT = r"\x1b(?:\[[0-?]*[ -/]*[@-~]|.)?|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_BINDINGS = (
    "set enable-bracketed-paste on",  # Python switches it off
    "set bell-style none",
    '"\\t": self-insert',
    '"\\e[200~": insert-completions',  # a paste comes to the completer, which knows how lines end elsewhere
)


class Keyboard:
    """The keyboard for a few questions: one paste is one answer, and nothing is left behind, however they end."""

    def __init__(self) -> None:
        self._begun = ""  # what the next answer begins with: it was typed before the question stood there
        self._line_end = "\n"  # what a line end in a paste becomes
        self._interrupted = False
        self.dropped = False  # whether further lines of a paste were no part of the last answer

    def __enter__(self) -> Self:
        self._before = termios.tcgetattr(KEYS)
        readline.set_auto_history(False)
        readline.set_completer_delims("")
        readline.set_completer(self._take_paste)
        for line in _BINDINGS:
            readline.parse_and_bind(line)
        self._listen(echo=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(KeyboardInterrupt):
            self._waiting()
        readline.set_pre_input_hook(None)
        readline.set_completer(None)
        with suppress(termios.error):  # the terminal may be gone
            termios.tcsetattr(KEYS, termios.TCSAFLUSH, self._before)

    def show(self, text: str) -> None:
        """Write lines that belong to a question; readline writes its own to standard output, too."""
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    def line(self, prompt: str) -> str:
        """Return one line; line ends in a paste are blanks in it, unless the terminal tells no paste: then it ends."""
        answer = self._typed(prompt, line_end=" ")
        self.dropped = bool(self._rest().strip())
        return answer.strip()

    def lines(self, prompt: str, edit: Callable[[], str]) -> str:
        """Return several lines, up to an empty one behind which nothing waits; `edit` writes them elsewhere."""
        found: list[str] = []
        while True:
            typed = self._typed(prompt, line_end="\n")
            rest = self._rest()
            if not typed.strip() and not rest.strip():
                self.dropped = False
                return "\n".join(found)
            *more, last = rest.split("\n")
            self._begun = self._begun or last
            if not found and not rest and unicodedata.normalize("NFKC", typed).strip().lower() == TO_EDITOR:
                return edit()
            for line in more:
                self.show(prompt + safe_text(line))
            found += [typed, *more]

    def released(self, run: Callable[[], int]) -> int:
        """Run a program that has the terminal as it was before, with Ctrl-C for it alone; return what it returns."""
        termios.tcsetattr(KEYS, termios.TCSANOW, self._before)
        before = signal.signal(signal.SIGINT, lambda *_: None)
        try:
            return run()
        finally:
            signal.signal(signal.SIGINT, before)
            self._listen(echo=False)

    def _typed(self, prompt: str, *, line_end: str) -> str:
        """Return one line as readline lets a person edit it."""
        self._line_end = line_end
        begun, self._begun = self._begun, ""
        # Python forgets a Ctrl-C that comes while readline calls it: it is called only if there is something to do.
        readline.set_pre_input_hook(partial(_begin, begun) if begun else None)
        self._listen(echo=True)  # else readline would take it for a password
        try:
            answer = input(prompt)
        finally:
            self._listen(echo=False)
        if self._interrupted:
            raise KeyboardInterrupt
        return answer

    def _rest(self) -> str:
        """Return the rest of a paste of which a line was the first; a single key is the next answer's beginning."""
        rest = self._waiting()
        if len(rest) == 1 and rest != "\n":
            self._begun, rest = rest, ""
        return rest

    def _waiting(self) -> str:
        """Return what was sent behind a line at once, as no person types."""
        found = b""
        with suppress(OSError):  # the terminal is gone
            while select.select([KEYS], [], [], QUIET)[0] and (some := os.read(KEYS, 65536)):
                found += some
        text = found.decode(errors="surrogateescape")
        if text == "\n" or (text.startswith("\n") and "\r" in text):
            text = text[1:]  # CR LF: the CR has ended the line before
        return re.sub(_NO_TEXT, "", text.replace("\r\n", "\n").replace("\r", "\n"))

    def _take_paste(self, _: str, state: int) -> None:
        """Put into the line what is pasted between the terminal's marks; readline itself would double each CR LF."""
        if state or readline.get_completion_type() != _INSERTING:
            return
        try:
            self._insert_paste()
        except KeyboardInterrupt:  # readline's caller would forget it
            self._interrupted = True

    def _insert_paste(self) -> None:
        """Put the paste that has just begun into the line."""
        found = b""
        while not found.endswith(_PASTE_ENDS) and select.select([KEYS], [], [], 1)[0] and (key := os.read(KEYS, 1)):
            found += key
        text = found.removesuffix(_PASTE_ENDS).decode(errors="surrogateescape")
        text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
        readline.insert_text(re.sub(_NO_TEXT, "", text).replace("\n", self._line_end))

    def _listen(self, *, echo: bool) -> None:
        """Let keys come as they are: a CR stays one, and Ctrl-C still interrupts."""
        modes = termios.tcgetattr(KEYS)
        modes[0] &= ~(termios.ICRNL | termios.INLCR)
        modes[3] &= ~(termios.ICANON | termios.ECHO)
        if echo:
            modes[3] |= termios.ECHO
        with suppress(termios.error):
            termios.tcsetattr(KEYS, termios.TCSANOW, modes)


def _begin(text: str) -> None:
    """Put the beginning of an answer into the line that is about to be typed."""
    readline.insert_text(text.encode(errors="replace").decode())
    readline.redisplay()
