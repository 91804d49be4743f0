"""Make the desk of the present file format anew, and what it tells: python tests/desks/make.py.

A later version must read `format-N.db` as the version that made it did. So it is made again only while no version with
that format has been given away.
"""

import json
import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from afterservice_cli.store.connection import SCHEMA_VERSION

HERE = Path(__file__).parent
NAME = f"format-{SCHEMA_VERSION}"
LATER = "2021-01-20 09:00"  # when the desk is looked at

# What was done at the desk: when, by whom, in which words. Every kind of event is in it.
FOUNDED = ("2018-12-03 09:00", "sun", f"init --db {NAME}.db --rules rulebook.yaml")
COURSE = (
    # A refund from the first word to the archive; the plan is declined once and refused once.
    ("2020-12-21 09:00", "lin", "register 'it is broken' --channel phone --kind complaint --customer Ann"
     " --contact 555-1 --product L-1 --field tier=vip --field pieces=3 --field bought_on=2020-11-02"
     " --field symptom=noise --field symptom=heat --field 'hoped_for=2020-12-30 12:00'"
     " --field 'scene=in the hall'"),
    ("2020-12-21 09:05", "lin", "screen 001 --valid --reason 'says enough'"),
    ("2020-12-21 09:10", "lin", "acknowledge 001 'we look into it'"),
    ("2020-12-21 09:15", "li", "assess 001 'seen before' --known no --visit remote --warranty yes"),
    ("2020-12-21 09:20", "lin", "duty mailbox 'three letters'"),
    ("2020-12-21 09:30", "li", "respond 001 'we are on it' --channel chat"),
    ("2020-12-21 10:00", "li", "investigate 001 'the lamp is dark'"),
    ("2020-12-21 10:30", "li", "appraise 001 'burnt' --fault lamp --cause wear --liability us --warranty yes"),
    ("2020-12-21 11:00", "li", "propose 001 'all of it' --disposition refund --give money=1200 --promise 2020-12-30"),
    ("2020-12-21 11:10", "zhao", "decline 001 --reason 'too much'"),
    ("2020-12-21 11:20", "li", "propose 001 'half' --disposition refund --give money=600"),
    ("2020-12-21 11:30", "zhao", "approve 001 'fine'"),
    ("2020-12-21 11:40", "lin", "agree 001 --no --words 'I want more'"),
    ("2020-12-21 13:00", "li", "propose 001 'all of it' --disposition refund --give money=1000 --task 'Send flowers'"),
    ("2020-12-21 13:05", "he", "duty mailbox"),
    ("2020-12-21 13:10", "zhao", "approve 001"),
    ("2020-12-21 13:20", "han", "approve 001 'since it is Ann'"),
    ("2020-12-21 13:30", "lin", "agree 001 --yes --words 'thanks'"),
    ("2020-12-21 14:00", "lin", "task 001 pay 'transferred'"),
    ("2020-12-21 14:10", "lin", "task 001 tell"),
    ("2020-12-21 14:20", "lin", "task 001 +1"),
    ("2020-12-21 15:00", "li", "resolve 001 'refunded'"),
    ("2020-12-21 15:10", "lin", "confirm 001 --yes --words 'it came'"),
    ("2020-12-21 15:20", "lin", "rate 001 speed=5 manner=4 --comment 'quick'"),
    ("2020-12-21 15:30", "lin", "close 001"),
    # A low score, a second visit, and a second cycle.
    ("2020-12-21 16:00", "lin", "register 'I wish for more' --channel chat --customer Bob --contact bob@example.com"),
    ("2020-12-21 16:10", "lin", "resolve 002 'noted it'"),
    ("2020-12-21 16:20", "lin", "confirm 002 --no --words 'no it is not'"),
    ("2020-12-21 16:30", "lin", "resolve 002 'explained'"),
    ("2020-12-21 16:40", "lin", "rate 002 speed=1 manner=2"),
    ("2020-12-21 17:00", "zhao", "task 002 visit 'called Bob'"),
    ("2020-12-21 17:10", "lin", "close 002 --confirmed --words 'well'"),
    ("2020-12-22 09:00", "lin", "reopen 002 --reason 'not happy'"),
    # Too vague, and clear at last.
    ("2020-12-22 09:10", "lin", "register 'bad' --channel phone --contact 555-3"),
    ("2020-12-22 09:20", "lin", "screen 003 --vague --reason 'of what?'"),
    ("2020-12-22 10:20", "lin", "note 003 'the lamp is broken' --from-customer"),
    ("2020-12-22 10:30", "lin", "note 003 'a friendly one'"),
    # Taken back, an advertisement, one case told twice, two that belong together.
    ("2020-12-22 10:40", "lin", "register 'it rattles' --channel phone --customer Cai"),
    ("2020-12-22 10:50", "lin", "withdraw 004 --reason 'it was the neighbour'"),
    ("2020-12-22 11:00", "lin", "register 'cheap flights' --channel chat"),
    ("2020-12-22 11:10", "lin", "screen 005 --invalid advertising"),
    ("2020-12-22 11:20", "lin", "register 'broken since Monday' --channel phone --field tier=normal --contact 555-6"),
    ("2020-12-22 11:30", "lin", "register 'broken on Monday' --channel chat --field tier=normal --contact '(555) 6'"),
    ("2020-12-22 11:35", "lin", "respond 007 'we call back'"),
    ("2020-12-22 11:40", "han", "merge 007 006 --reason 'the same caller'"),
    ("2020-12-22 11:50", "lin", "link 006 003 --relation follows --reason 'the same lamp'"),
    # Files, another place, another team, facts put right, a mistake taken back.
    ("2020-12-22 13:00", "lin", "register 'where is it' --channel phone --product L-2"),
    ("2020-12-22 13:05", "lin", "attach 008 profile.yaml --note 'as it came'"),
    ("2020-12-22 13:10", "lin", "classify 008 --category product.wish --priority high --reason 'on the phone'"),
    ("2020-12-22 13:20", "lin", "assign 008 --to li --with service --reason 'knows it'"),
    ("2020-12-22 13:30", "lin", "amend 008 --set product=L-3 --set contact=555-8 --reason misheard"),
    ("2020-12-22 13:40", "lin", "note 008 'meant another'"),
    ("2020-12-22 13:50", "lin", "retract 008 LAST --reason 'another case'"),
    # Waiting and late.
    ("2020-12-22 14:00", "lin", "register 'a part is missing' --channel phone"),
    ("2020-12-22 14:10", "lin", "pause 009 --for parts --reason 'on its way'"),
    ("2020-12-23 14:10", "lin", "resume 009 --reason 'it came'"),
    ("2020-12-23 14:20", "lin", "delay 009 --to 2021-01-15 --reason 'the wrong one'"),
    ("2020-12-23 14:30", "lin", "escalate"),
    # Rows of an older register, read twice.
    ("2020-12-23 15:00", "lin", "import first.csv --profile profile.yaml"),
    ("2020-12-23 16:00", "lin", "import second.csv --profile profile.yaml"),
    # What several have in common, and what is done about it.
    ("2020-12-23 16:10", "li", "problem open 'lamps go dark' --kind known --case 008"),
    ("2020-12-23 16:20", "li", "problem note 1 'a loose wire'"),
    ("2020-12-23 16:30", "li", "measure add 'solder it' --problem 1 --until 2020-12-30 --figure 'dark lamps'"),
    ("2020-12-23 17:00", "li", "measure done 1 'soldered'"),
    ("2020-12-28 11:00", "zhao", "measure judge 1 'none since' --effective yes"),
    ("2020-12-28 11:10", "zhao", "problem close 1 'a loose wire'"),
    ("2020-12-28 11:20", "li", "measure add 'train the fitters' --case 008 --by service --until 2021-01-15"),
    # What nobody has answered; the year that comes is not known to have holidays.
    ("2020-12-29 10:00", "lin", "register 'a lamp' --channel phone --kind question --customer Dan --contact 555-4"),
    ("2020-12-29 11:00", "sun", "rules adopt --yes"),
    # What nobody needs any longer.
    ("2020-12-30 10:00", "sun", "erase 005 --yes"),
)  # fmt: skip
HEADINGS = "no,received,via,name,mobile,text,tier,answered,answer,solved,solution,stars,done\n"
FIRST = (
    "1,2020-11-02 09:30,Tel,Eve,555-10,it is broken,vip,"
    "2020-11-02 10:00,soon,2020-11-03 10:00,mended,5,2020-11-04 10:00\n"
    "2,2020-11-03 09:30,,Fay,555-11,I wish for red,,,,,,,\n"
)
SECOND = FIRST.replace("Fay,555-11", "Fay,555-99")


QUESTIONS = ("list --all", "duty", "report --month 2020-12", "problems --all", "problem show 1", "measures --all")


def main() -> None:
    """Keep a desk for some weeks in a folder of its own, and put it and what it tells beside this file."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for file in ("rulebook.yaml", "profile.yaml"):
            shutil.copy(HERE / file, folder / file)
        (folder / "first.csv").write_text(HEADINGS + FIRST)
        (folder / "second.csv").write_text(HEADINGS + SECOND)
        for now, who, line in (FOUNDED, *COURSE):
            run(folder, now, line.replace("LAST", last(folder)), "--as", who)
        answers = {line: json.loads(run(folder, LATER, line, "--json")) for line in questions(folder)}
        shutil.rmtree(HERE / f"{NAME}.files", ignore_errors=True)
        shutil.copytree(folder / f"{NAME}.files", HERE / f"{NAME}.files")
        for file in (f"{NAME}.db", f"{NAME}.rules.yaml"):
            shutil.copy(folder / file, HERE / file)
            (HERE / file).chmod(0o644)
    # An answer a line, so that one can see which of them changed.
    lines = ",\n".join(f"{plain(line)}: {plain(answer)}" for line, answer in answers.items())
    (HERE / f"{NAME}.json").write_text(f'{{"now": {plain(LATER)}, "answers": {{\n{lines}\n}}}}\n', "utf-8")


def plain(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def run(folder: Path, now: str, line: str, *more: str) -> str:
    """Run one command line at the desk and return what it prints; a failure ends the making."""
    words = [sys.executable, "-m", "afterservice_cli", "--now", now, *shlex.split(line), *more]
    kept = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
    environment = {**kept, "AFTERSERVICE_LANG": "en", "AFTERSERVICE_DB": f"{NAME}.db"}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"exit {done.returncode}: {line}\n{done.stderr}")
    return done.stdout


def questions(folder: Path) -> list[str]:
    """What is asked of the desk: everything about every case."""
    listed = json.loads(run(folder, LATER, "list --all --json"))
    return [*QUESTIONS, *sorted(f"show {case['case']}" for case in listed)]


def last(folder: Path) -> str:
    """The number of the newest event, "" where there is no desk yet."""
    path = folder / f"{NAME}.db"
    if not path.exists():
        return ""
    with closing(sqlite3.connect(path)) as db:
        return str(db.execute("SELECT max(seq) FROM events").fetchone()[0])


if __name__ == "__main__":
    main()
