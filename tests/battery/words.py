"""What batteries write: headings, hostile words, what is personal, and another title of a rulebook."""

from random import Random

from rulebooks import bare

HEADINGS = ["编号", "登记时间", "客户", "联系方式", "渠道", "描述"]
NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏"
HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07",
    "\x9b31m",
    "a\u202eb\u2066c",
    "=cmd|' /C calc'!A0",
    "[bold red]x[/]",
    "x\r\ny\u2028z\u0085",
    "\ud83d".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "﷽" * 20 + "é" * 5 + "\u200b\ufeff",
    "'; DROP TABLE cases; --",
    "{0.__class__} %s $(id) `id`",
)


def personal_data(chance: Random, number: int) -> tuple[str, str, str]:
    """A name, a contact and a text that nobody else has."""
    name = "".join(chance.choice(NAMES) for _ in range(3)) + f"丨{number}"
    return (
        name,
        f"1{chance.randrange(10**9, 10**10)}",
        f"灯碎了，{name}第{number}次来电，" + "说了很久" * chance.randrange(60),
    )


def retitled(rules: str) -> str:
    """Another rulebook, without what it tries itself by."""
    return bare(rules).replace("title: {zh: 客户反馈", "title: {zh: 我们的客户反馈")
