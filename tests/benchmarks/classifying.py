"""Classifying 1,500 texts of 60 signs in one process, with the shipped rules and with many patterns that never fire.

Tables of real texts that are named behind the rounds are classified as well: each row's longest cell, cut to 60 signs.
"""

import csv
import itertools
import sys
import time
from pathlib import Path

from bench import machine, rules_alone

from afterservice_cli.rulebook.compiling import compile_rulebook
from afterservice_cli.rulebook.matching import find
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.phrases.seen import reader_of

PIECES = (
    "收到货打开一看外壳有划痕",
    "联系客服一直没人回复",
    "物流很快包装也完好",
    "用了三天就不充电了",
    "等了一个星期还没有送到",
    "没有噪音声音很小",
    "颜色和图片上的一样",
    "给孩子买的他很喜欢",
    "说好的退款到现在没有到账",
    "安装师傅很耐心讲得清楚",
    "屏幕偶尔会闪一下不知道正常吗",
)
# Texts of 100,000 signs are each of one of these, again and again.
HOSTILE = (
    "等了没有划痕、",
    "没有划痕、",
    "没有",
    "划痕",
    "不",
    "等了没来",
    "等了等了等了等了。没来",
    "很快物流",
    "后来解决了",
    "划痕是不是",
    "等了9天就坏了",
    "没有人管没有用",
)
SIGNS = "乾坤寰宇巽艮"  # of which no text has one


def texts(count: int) -> list[str]:
    """Return as many texts of 60 signs, each its own."""
    joined = map("，".join, itertools.permutations(PIECES, 6))
    return [f"{text}{number:04}"[-60:] for number, text in zip(range(count), joined, strict=False)]


def real(file: Path, count: int = 1_500) -> list[str]:
    """Return the first so many texts of a file."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = [row for row in csv.reader(lines) if row]
    return [max(row, key=len)[:60] for row in rows[:count]]


def with_more(rules: str, patterns: int) -> str:
    """Return a rulebook with as many further patterns that no text has."""
    words = (f"{''.join(signs)}…坏{number}" for number, signs in enumerate(itertools.product(SIGNS, repeat=6)))
    more = ", ".join(itertools.islice(words, patterns))
    return rules.replace("children:\n", f"children:\n      more: {{title: More, match: [{more}]}}\n", 1)


def compiled(text: str) -> Rulebook:
    """Return the rulebook that a text is."""
    return compile_rulebook(text.encode(), "rules.yaml", year=2026).rulebook


def microseconds(rulebook: Rulebook, some: list[str]) -> float:
    """Return what finding a text's category, priority and owner takes of the processor."""
    rulebook.remembered.pop("found", None)
    begin = time.process_time()
    for text in some:
        find(rulebook, text, {})
    return (time.process_time() - begin) / len(some) * 1e6


def main(rounds: int = 7, *files: Path) -> None:
    """Print the figures."""
    print(machine())
    rules = rules_alone()
    some = texts(1_500)
    books = {
        "the shipped rules": compiled(rules),
        "with 5,000 patterns more that never fire": compiled(with_more(rules, 5_000)),
    }
    for book in books.values():
        find(book, "x", {})
    taken = {name: [microseconds(book, some) for book in [books[name]] for _ in range(rounds)] for name in books}
    for name, times in taken.items():
        print(f"{name}: {sorted(times)[rounds // 2]:.1f} µs a text, at its quickest {min(times):.1f} (goal: 80)")
    for file in files:
        some_real = real(file)
        times = [microseconds(books["the shipped rules"], some_real) for _ in range(rounds)]
        found = f"{sorted(times)[rounds // 2]:.1f} µs a text, at its quickest {min(times):.1f}"
        print(f"{len(some_real)} texts of {file.name}: {found}")
    book = compiled(rules)
    begin = time.process_time()
    reader_of(book).hits(some[0])
    print(f"the first text of a process: {(time.process_time() - begin) * 1000:.1f} ms")
    for text in some[:10]:
        find(book, text, {})
    taken_long = {}
    for piece in HOSTILE:
        hostile = (piece * 100_000)[:100_000]
        begin = time.process_time()
        find(book, hostile, {})
        taken_long[piece] = (time.process_time() - begin) * 1000
    worst = max(taken_long, key=taken_long.__getitem__)
    print(f"a text of 100,000 signs: {taken_long[HOSTILE[0]]:.0f} ms")
    print(f"the worst of {len(HOSTILE)} kinds of such texts: {taken_long[worst]:.0f} ms ({worst}; goal: 200)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7, *map(Path, sys.argv[2:]))
