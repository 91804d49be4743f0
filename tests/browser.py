"""A browser without a window, spoken to through a pipe: what a page looks like, what it asks for and complains of."""

import base64
import contextlib
import fcntl
import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PROGRAM = next((found for name in NAMES if (found := shutil.which(name))), None)
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-extensions")

MOVE = """import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])"""


class Browser:
    """One page of a browser, at any width, light or dark, on a screen or on paper."""

    def __init__(self, send: int, answers: int) -> None:
        self._send, self._answers, self._rest = send, answers, b""
        self._ids = itertools.count(1)
        self._session = ""
        self.heard: list[tuple[str, Any]] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **params: object) -> Any:
        """What the browser answers; what it tells beside goes to `heard`."""
        number = next(self._ids)
        asked = {"id": number, "method": method, "params": params}
        if self._session:
            asked["sessionId"] = self._session
        os.write(self._send, json.dumps(asked).encode() + b"\0")
        while (told := self._next()).get("id") != number:
            self.heard.append((told.get("method", ""), told.get("params")))
        assert "error" not in told, told
        return told["result"]

    def wait_for(self, method: str) -> None:
        """Until the browser has told something."""
        while method not in [name for name, _ in self.heard]:
            told = self._next()
            self.heard.append((told.get("method", ""), told.get("params")))

    def open(self, page: str, *, width: int, scheme: str = "light", height: int = 900) -> None:
        """Show a page at a width in CSS pixels, as a telephone does below 600."""
        self.heard.clear()
        self.ask("Page.navigate", url="about:blank")  # else it would stay at a page that it shows already
        self.wait_for("Page.loadEventFired")
        self.heard.clear()
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        self.ask("Emulation.setEmulatedMedia", media="", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.ask("Page.navigate", url=page)
        self.wait_for("Page.loadEventFired")

    def value(self, script: str) -> Any:
        """What a script comes to in the page."""
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def picture(self, file: Path, *, whole: bool = True) -> None:
        """Keep what is shown, or the whole page, as PNG."""
        shot = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(shot["data"]))

    def paper(self, file: Path) -> None:
        """Keep the page as it is printed, on what its style asks for."""
        made = self.ask("Page.printToPDF", preferCSSPageSize=True, printBackground=False)
        file.write_bytes(base64.b64decode(made["data"]))

    @property
    def complaints(self) -> list[str]:
        """What stands in the console since the page was opened."""
        told = [params["entry"]["text"] for name, params in self.heard if name == "Log.entryAdded"]
        names = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled")
        return told + [json.dumps(params) for name, params in self.heard if name in names]

    @property
    def requests(self) -> list[str]:
        """What was asked for since the page was opened."""
        asked = [params["request"]["url"] for name, params in self.heard if name == "Network.requestWillBeSent"]
        return [url for url in asked if not url.startswith("data:")]

    def _next(self) -> Any:
        while b"\0" not in self._rest:
            got = os.read(self._answers, 1 << 16)
            assert got, "the browser has gone"
            self._rest += got
        told, _, self._rest = self._rest.partition(b"\0")
        return json.loads(told)


@contextlib.contextmanager
def browsing(folder: Path) -> Iterator[Browser]:
    """A browser that keeps its own things in a folder, and goes when it is done with."""
    assert PROGRAM
    theirs, send = os.pipe()
    answers, ours = os.pipe()

    command = [PROGRAM, *QUIET, "--remote-debugging-pipe", f"--user-data-dir={folder}"]
    # It takes descriptors 3 and 4 for its pipe; until they are moved there, they stand where nothing can be in the way.
    moved = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (theirs, ours)]
    running = subprocess.Popen(
        [sys.executable, "-c", MOVE, *map(str, moved), *command],
        pass_fds=moved,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for end in (theirs, ours, *moved):
        os.close(end)
    try:
        yield Browser(send, answers)
    finally:
        running.terminate()
        running.wait(timeout=20)
        os.close(send)
        os.close(answers)
