"""A report whose figures are worked out by hand, and its page."""

from pathlib import Path

from conftest import Runner, query
from worked import MONTH, Worked

REPORT = ("report", "--month", MONTH, "--sales", "sales.csv")


def founded(page: Worked, folder: Path, call: Runner) -> None:
    """Found the desk of a page, and let everything happen that stands there."""
    (folder / "worked.yaml").write_text(page.rules, "utf-8")
    (folder / "sales.csv").write_text(page.sales, "utf-8")
    assert call("init", "--rules", "./worked.yaml", now="2026-10-01 08:00").code == 0
    for done in page.courses:
        words = list(done.words)
        if "{first}" in words:
            sql = f"SELECT min(seq) FROM events WHERE case_id = '202610-{words[1]}'"
            ((seq,),) = query(folder / "afterservice.db", sql)
            words[words.index("{first}")] = str(seq)
        made = call("--as", "zhao", *words, now=done.now)
        assert made.code == 0, f"{done}: {made.err}"
