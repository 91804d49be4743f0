"""Start-up and the daily commands, as whole processes against `python -c pass` and `sqlite-utils rows`."""

import tempfile
from pathlib import Path

from bench import AFTERSERVICE, BIN, NOTHING, line, machine, make_desk, medians


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        db = make_desk(Path(folder), 1000)
        ours = [AFTERSERVICE, "--db", str(db)]
        commands = [
            NOTHING,
            [AFTERSERVICE, "--version"],
            [*ours, "list", "--limit", "20"],
            [*ours, "show", "202605-001"],
            [*ours, "register", "APP无法登录", "--channel", "phone"],
            [str(BIN / "sqlite-utils"), "rows", str(db), "cases", "--limit", "20"],
        ]
        nothing, version, listing, show, register, rows = medians(commands)
    print(machine())
    line("python -c pass", nothing, nothing, "")
    line("afterservice --version", version, nothing, "goal: at most 2×")
    line("afterservice list --limit 20, in a pipe", listing, nothing, "goal: at most 8×")
    line("afterservice show", show, nothing, "goal: at most 8×")
    line("afterservice register", register, nothing, "goal: at most 8×")
    line("sqlite-utils rows of the same rows", rows, nothing, "")
    print(f"list / sqlite-utils rows: {listing / rows:.2f} (goal: at most 0.6)")


if __name__ == "__main__":
    main()
