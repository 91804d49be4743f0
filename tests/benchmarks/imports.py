"""An import of registrations against `sqlite-utils insert` of the same file: time, memory, the size of the desk.

Rows from the command line (20,000 without), repetitions with `--runs`; `--profile` prints where the time goes, and
`--courses` compares rows with the whole course of a case, six events each, with registrations alone.
"""

import argparse
import cProfile
import csv
import os
import pstats
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import yaml
from bench import AFTERSERVICE, BIN, RULES, machine

from afterservice_cli.workflows.founding import whole_of

PHRASES = 2  # of each list of the shipped rulebook, beside those that the texts have: about 60 in all
HEADINGS = ("单号", "时间", "渠道", "类型", "客户", "电话", "产品", "订单号", "客户等级", "影响范围", "诉求", "内容")
FIELDS = (
    *("number", "received_at", "channel", "kind", "customer", "contact", "product", "order_number"),
    *("customer_tier", "impact", "demand", "description"),
)
COURSE = ("responded", "investigated", "resolved", "confirmed", "closed")  # after the registration
CHANNELS, KINDS, TIERS, IMPACTS = ("电话", "官网", "门店"), ("投诉", "咨询", "建议"), ("普通", "VIP"), ("单个客户",)
PRODUCTS = ("云锁S3", "云锁S5", "空净A1", "热水壶K2", "路由器R6", "扫地机D9")
DEMANDS = ("退货", "换货", "维修", "尽快答复", "")
NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
PIECES = (
    *(
        "上周买的用了两天就",
        "无法登录",
        "客厅那台",
        "客服一直没有人回复",
        "包裹五天没有物流更新",
        "扣款了但没有订单",
        "想问一下",
    ),
    *("希望可以早点处理", "外箱压坏了", "说好昨天上门没有来", "噪音比以前大", "屏幕有时候不亮", "已经打过两次电话"),
    *("按说明书做了也没有用", "发票抬头写错了", "家里老人在用", "重启以后好了一会儿", "安装师傅态度很差"),
)


def write_rulebook(path: Path) -> None:
    """Write the shipped rulebook with a few phrases of each list; without what tests it, and without problems."""
    rules = yaml.load(whole_of(RULES), yaml.BaseLoader)  # as written: `on` is a key
    for section in ("cases", "examples", "problems"):
        rules.pop(section, None)

    def cut(node: object) -> None:
        if isinstance(node, dict):
            for name, value in node.items():
                if name in ("match", "unless") and isinstance(value, list):
                    found = [phrase for phrase in value if any(str(phrase) in piece for piece in PIECES)]
                    value[:] = dict.fromkeys([*found, *value[:PHRASES]])
                cut(value)
        elif isinstance(node, list):
            for value in node:
                cut(value)

    for ways in rules["conditions"].values():  # dangers are told in many ways, one of which is left
        ways = ways.get("any", []) if isinstance(ways, dict) else ways
        del ways[1:]
    cut(rules)
    groups = rules.pop("words")
    left = str(rules)
    rules["words"] = {name: words for name, words in groups.items() if f"‹{name}›" in left}  # those still named
    path.write_text(yaml.safe_dump(rules, allow_unicode=True, sort_keys=False), "utf-8")


def write_rows(path: Path, rows: int, course: Sequence[str] = ()) -> None:
    """Write registrations of two years: 12 columns of Chinese text, about 190 bytes a row; and what happened next."""
    chance, start = Random(1), datetime(2024, 10, 1, 8)
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow((*HEADINGS, *course))
        for number in range(rows):
            at = start + timedelta(seconds=int(number * 63_072_000 / rows) + chance.randrange(3600))
            name = "".join(chance.choices(NAMES, k=chance.choice((2, 3))))
            words = "，".join(chance.sample(PIECES, 3))
            writer.writerow(
                (
                    *(f"FB{number:08}", at.strftime("%Y-%m-%d %H:%M"), chance.choice(CHANNELS), chance.choice(KINDS)),
                    *(name, f"1{chance.randrange(3 * 10**9, 10**10)}", chance.choice(PRODUCTS)),
                    *(f"{chance.randrange(10**9):09}", chance.choice(TIERS), chance.choice(IMPACTS)),
                    *(chance.choice(DEMANDS), words),
                    *(
                        (at + timedelta(hours=5 * place)).strftime("%Y-%m-%d %H:%M")
                        for place, _ in enumerate(course, 1)
                    ),
                )
            )


def write_profile(path: Path, course: Sequence[str] = ()) -> None:
    """Write the profile by which the rows are read."""
    columns = ", ".join(f"{field}: {heading}" for field, heading in zip(FIELDS, HEADINGS, strict=True))
    told = "".join(f"  - {{event: {word}, at: {word}}}\n" for word in course)
    text = f'profile: bench\ncolumns: {{{columns}}}\ndates: ["%Y-%m-%d %H:%M"]\n'
    path.write_text(f"{text}course:\n{told}" if told else text, "utf-8")


# Runs a command from a small process: what is beside it when it begins counts as its peak, too.
ASIDE = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=sys.stderr).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
sys.exit(code)
"""


def timed(command: Sequence[str], folder: Path) -> tuple[float, float]:
    """Run a command to its end; return its seconds of processor time and its peak memory in MiB."""
    with (folder / "said").open("wb") as said:
        done = subprocess.run([sys.executable, "-c", ASIDE, *command], cwd=folder, stdout=subprocess.PIPE, stderr=said)
    if done.returncode:
        raise SystemExit((folder / "said").read_text("utf-8"))
    seconds, peak = map(float, done.stdout.split())
    return seconds, peak / 1024


def main() -> None:
    """Measure, and print a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--courses", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_rulebook(folder / "rules.yaml")
        write_rows(folder / "rows.csv", chosen.rows)
        write_profile(folder / "profile.yaml")
        if chosen.profile:
            profile(folder)
            return
        if chosen.courses:
            courses(folder, chosen.rows, chosen.runs)
            return
        ours, theirs, again, check = [], [], [], []
        for turn in range(chosen.runs):
            desk, table = str(folder / f"desk{turn}.db"), str(folder / f"table{turn}.db")
            timed([AFTERSERVICE, "--db", desk, "init", "--rules", "rules.yaml"], folder)
            line = [AFTERSERVICE, "--db", desk, "import", "rows.csv", "--profile", "profile.yaml"]
            theirs.append(timed([str(BIN / "sqlite-utils"), "insert", table, "rows", "rows.csv", "--csv"], folder))
            ours.append(timed(line, folder))
            again.append(timed(line, folder))
            check.append(timed([AFTERSERVICE, "--db", desk, "check"], folder))
        csv_size, desk_size = (folder / "rows.csv").stat().st_size, (folder / "desk0.db").stat().st_size
        seconds = [statistics.median(took for took, _ in figures) for figures in (theirs, ours, again, check)]
        print(f"{machine()}; {chosen.rows:,} rows, {csv_size / 1e6:.1f} MB, medians of {chosen.runs}; processor time")
        for what, took, goal in zip(
            ("sqlite-utils insert --csv", "import", "the same import again", "check"),
            seconds,
            ("", "1.0×", "a quarter of the import", "half of the import"),
            strict=True,
        ):
            print(f"{what:<28}{took:8.2f} s {took / seconds[0]:6.2f}× {took / seconds[1]:6.2f} of the import   {goal}")
        print(f"peak memory of the import   {statistics.median(most for _, most in ours):8.0f} MiB   goal 96")
        print(f"the desk                    {desk_size / csv_size:8.1f} times the CSV   goal 8")


def courses(folder: Path, rows: int, runs: int) -> None:
    """Print what rows with the course of a case take, against registrations alone, in turn."""
    write_rows(folder / "told.csv", rows, COURSE)
    write_profile(folder / "told.yaml", COURSE)
    took: dict[str, list[float]] = {"rows": [], "told": []}
    for turn in range(runs):
        for name, profile in (("rows", "profile"), ("told", "told")):
            desk = str(folder / f"{name}{turn}.db")
            timed([AFTERSERVICE, "--db", desk, "init", "--rules", "rules.yaml"], folder)
            line = [AFTERSERVICE, "--db", desk, "import", f"{name}.csv", "--profile", f"{profile}.yaml"]
            took[name].append(timed(line, folder)[0])
    alone, told = (statistics.median(figures) for figures in took.values())
    print(f"{machine()}; {rows:,} rows, medians of {runs}; processor time")
    print(f"registrations alone {alone:8.2f} s")
    print(f"six events a row    {told:8.2f} s {told / alone:6.2f}×   goal 4×")


def profile(folder: Path) -> None:
    """Print where the time of one import goes, by the functions that take most themselves."""
    from afterservice_cli.__main__ import main as program

    os.chdir(folder)
    subprocess.run([AFTERSERVICE, "--db", "desk.db", "init", "--rules", "rules.yaml"], check=True, capture_output=True)
    sys.argv = ["afterservice", "--db", "desk.db", "import", "rows.csv", "--profile", "profile.yaml"]
    os._exit = sys.exit  # type: ignore[assignment]  # the program leaves its process at once
    profiler, begin = cProfile.Profile(), time.perf_counter()
    with suppress(SystemExit):
        profiler.runcall(program)
    print(f"{time.perf_counter() - begin:.1f} s")
    pstats.Stats(profiler).sort_stats(os.environ.get("SORT", "tottime")).print_stats(45)


if __name__ == "__main__":
    main()
