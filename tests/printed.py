"""A report as the formats get it, made by hand: every kind of cell, every chart, words that could break something."""

from afterservice_cli.figures.tables import Cell, Ending, Printed, ReportColumn, ReportTable

EN = {
    "title": "Monthly report – Customer feedback",
    "numbers": "Numbers",
    "shares": "Shares",
    "course": "The course of the month",
    "category": "By category",
    "targets": "Deadlines met",
    "times": "Times",
    "age": "Backlog by age",
    "scores": "Satisfaction",
    "missed": "Missed",
    "by_line": "Fault rate by product line and batch, with the units that were sold until the end of the period",
}
ZH = {
    "title": "月度报告 客户反馈处理指引",
    "numbers": "总数",
    "shares": "比率",
    "course": "本月走势",
    "category": "按类别",
    "targets": "时限达成",
    "times": "用时",
    "age": "未结工单已有多久",
    "scores": "满意度",
    "missed": "超时的工单",
    "by_line": "各产品线、批次的故障率（按截至期末的销量计算）",
}
SAID = {
    "figure": "指标",
    "value": "数量",
    "value.before": "上期",
    "value.change": "增减",
    "share.before": "上期",
    "share.change": "增减",
    "name": "名称",
    "id": "标识",
    "registered": "登记",
    "resolved": "解决",
    "backlog": "期末未结",
    "day": "日期",
    "category": "类别",
    "count": "数量",
    "share": "占比",
    "target": "时限",
    "met": "达成",
    "missed": "超时",
    "running": "进行中",
    "paused": "暂停",
    "attainment": "达成率",
    "late": "超出（中位数）",
    "by": "超出",
    "mean": "平均",
    "median": "中位数",
    "p90": "P90",
    "age": "时间",
    "high": "高",
    "normal": "中",
    "low": "低",
    "question": "问题",
    "case": "工单",
    "due_at": "截止时间",
    "bought": "购买日期",
    "line": "产品线",
    "batch": "批次",
    "sold": "销量",
    "faults": "故障数",
    "rate": "故障率",
    "rate.before": "上期",
    "rate.change": "增减",
    "weight": "权重",
}


def column(name: str, kind: str, language: str) -> ReportColumn:
    """A column that is called what it is, in words."""
    return ReportColumn(name, SAID[name] if language == "zh" else name.rpartition(".")[2].replace("_", " "), kind)


def columns(language: str, *pairs: str) -> tuple[ReportColumn, ...]:
    """Columns by pairs of a name and a kind, with a blank between them."""
    return tuple(column(name, kind, language) for name, kind in map(str.split, pairs))


def printed(language: str = "en", cases: bool = True) -> Printed:
    """A month's report in a language."""
    words = ZH if language == "zh" else EN

    def table(
        name: str, pairs: str, *rows: tuple[Cell, ...], chart: str | None = None, drill: str | None = None
    ) -> ReportTable:
        return ReportTable(name, words[name], columns(language, *pairs.split("; ")), rows, chart, drill)

    def said(english: str, chinese: str) -> str:
        return chinese if language == "zh" else english

    tables = (
        table(
            "numbers",
            "figure text; value count; value.before count; value.change count; name text",
            (said("registered", "登记"), 1234, 1200, 34, "registered"),
            (said("resolved", "解决"), 1198, 1230, -32, "resolved"),
            (said("backlog", "期末未结"), 310, 310, 0, "backlog"),
            (said("screened invalid", "无效"), 0, None, None, "invalid"),
        ),
        table(
            "shares",
            "figure text; share share; share.before share; share.change share; name text",
            (said("attainment", "处理及时率"), 0.9421, 0.95, -0.0079, "attainment"),
            (said("satisfaction (scores 4–5)", "满意率（4–5 分）"), 0.875, None, None, "csat"),
        ),
        table(
            "course",
            "day day; registered count; resolved count; backlog count",
            *((f"2026-10-{day:02}", 30 + day * 7 % 23, 20 + day * 11 % 31, 290 + day * 5 % 37) for day in range(1, 32)),
            chart="lines",
        ),
        table(
            "category",
            "category text; count count; share share",
            (said("Quality: does not switch on", "质量问题：无法开机"), 512, 0.41491),
            (said("Delivery", "物流配送"), 301, 0.24392),
            ("Service|*Attitude*", 200, 0.16207),
            ("<script>alert(1)</script>", 120, 0.09724),
            ('=HYPERLINK("http://example.com")', 101, 0.08185),
            (said("Invoice", "发票"), 0, 0.0),
            chart="bars",
            drill="registered",
        ),
        table(
            "targets",
            "target text; id text; met count; missed count; running count; paused count; attainment share; "
            "late minutes",
            (said("Respond", "响应"), "respond", 1180, 20, 4, 0, 1180 / 1200, 312.0),
            (said("Resolve", "解决"), "resolve", 1100, 90, 14, 3, 1100 / 1190, 26115.5),
            (said("Second visit", "再次回访"), "task:visit", 0, 0, 3, 0, None, None),
            chart="stacked",
            drill="missed",
        ),
        table(
            "times",
            "figure text; mean minutes; median minutes; p90 minutes; count count; name text",
            (said("first response", "首次响应"), 44.5, 30.0, 119.6, 1200, "first_response"),
            (
                said("first response, working time", "首次响应（工作时间）"),
                4000.0,
                95.0,
                None,
                12,
                "first_response.working",
            ),
            (said("first resolution", "首次解决"), 4321.0, 1074999.0, 1490.0, 1198, "first_resolution"),
        ),
        table(
            "age",
            "age text; high count; normal count; low count",
            (said("up to 3 days", "3 天以内"), 10, 90, 20),
            (said("4 to 7 days", "4–7 天"), 6, 70, 24),
            (said("over 7 days", "7 天以上"), 1, 59, 30),
            chart="stacked",
        ),
        table(
            "scores",
            "question text; mean score; count count; share share",
            (said("How we dealt with it", "处理结果满意吗"), 4.25, 310, 0.8806),
            (said("How fast we were", "处理速度满意吗"), 3.9, 305, 0.7213),
            chart="bars",
        ),
        table(
            "by_line",
            "line text; batch text; sold count; faults count; rate share; rate.before share; rate.change share; "
            "weight number",
            (said("Rice cookers", "电饭煲"), "B2404", 12000, 96, 0.008, 0.004, 0.004, 1.25),
            (said("Air conditioners, split", "分体式空调"), "B2405", 3000, None, None, None, -0.001, 2.0),
        ),
        table(
            "missed",
            "case text; category text; due_at instant; bought day; by minutes",
            ("202610-004", said("Delivery", "物流配送"), "2026-10-12T09:30:00Z", "2026-01-31", -61.0),
            ("202610-017", "-", "2026-10-20T16:00:00Z", None, 12.0),
        ),
    )
    numbers = tuple(f"202610-{i:03}" for i in range(1, 91))
    return Printed(
        title=words["title"],
        period="2026-10",
        begin="2026-09-30T16:00:00Z",
        until="2026-10-31T16:00:00Z",
        zone="Asia/Shanghai",
        tables=tables,
        ending=Ending("shop", "2026-11-01T00:00:00Z", 12345, f"12345:{'0a' * 32}", "customer-feedback@4f2a91c0", "0.9"),
        cases={"registered": numbers * 13, "missed": numbers[:20], "first_resolution.median": numbers} if cases else {},
    )
