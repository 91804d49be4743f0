"""Start-up, the daily commands and `rules check`, as whole processes against their peers."""

import tempfile
from pathlib import Path

from bench import AFTERSERVICE, BIN, NOTHING, RULES, line, machine, make_desk, medians


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
            [*ours, "rules", "explain", "APP无法登录", "--channel", "phone"],
            [str(BIN / "sqlite-utils"), "rows", str(db), "cases", "--limit", "20"],
        ]
        nothing, version, listing, show, register, explain, rows = medians(commands)
    print(machine())
    line("python -c pass", nothing, nothing, "")
    line("afterservice --version", version, nothing, "goal: at most 2×")
    line("afterservice list --limit 20, in a pipe", listing, nothing, "goal: at most 8×")
    line("afterservice show", show, nothing, "goal: at most 8×")
    line("afterservice register", register, nothing, "goal: at most 8×")
    line("afterservice rules explain", explain, nothing, f"{explain / register:.2f} of register, goal: at most 1.5")
    line("sqlite-utils rows of the same rows", rows, nothing, "")
    print(f"list / sqlite-utils rows: {listing / rows:.2f} (goal: at most 0.6)")
    largest = max(RULES.parent.glob("*.yaml"), key=lambda path: path.stat().st_size)
    (checking,) = medians([[AFTERSERVICE, "rules", "check", str(largest)]], runs=5)
    line(f"rules check {largest.name}", checking, nothing, "goal: under 3 s")


if __name__ == "__main__":
    main()
