"""A desk with four cases to choose from, and the numbers of those that were chosen."""

from typing import Any

from conftest import Once, Runner

CASES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("APP登不上", "--customer", "王小明", "--contact", "138-0000 1111", "--channel", "phone"), "2026-10-01 09:00"),
    (
        ("厨房漏水", "--customer", "李娜", "--contact", "1", "--product", "净水器 W2", "--channel", "email"),
        "2026-10-05 23:59",
    ),
    (("不好用", "--customer", "周杰", "--contact", "13800001111", "--channel", "app"), "2026-10-06 00:00"),
    (("支付失败", "--kind", "complaint", "--channel", "phone", "--product", "智能插座 J1"), "2026-10-12 08:59"),
)


def with_four_cases(once: Once, call: Runner) -> Runner:
    """A desk with four cases: one noted, one resolved, one unclassified, one a complaint."""

    def worked() -> None:
        for words, at in CASES:
            assert call("register", *words, "--received-at", at).code == 0
        assert call("note", "001", "阀门已换").code == 0
        assert call("resolve", "002", "换了密封圈").code == 0
        assert call("assign", "001", "--to", "tech/wang", "--reason", "懂行").code == 0
        assert call("problem", "open", "漏水", "--case", "002", "--by", "tech").code == 0

    once(worked)
    return call


def numbers(listed: Any) -> list[str]:
    assert listed.code == 0, listed.err
    return [line.partition("\t")[0].removeprefix("202610-") for line in listed.out.splitlines()[1:]]
