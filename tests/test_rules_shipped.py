"""The rulebooks that come with the program: without fault, true to their procedures, and true to their own examples."""

import json
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from afterservice_cli.decisions import closing
from afterservice_cli.rulebook.comparing import normal
from afterservice_cli.rulebook.compiling import Compiled, Heading, compile_heading
from afterservice_cli.rulebook.document.yaml_nodes import Node, read_document
from afterservice_cli.rulebook.matching import find_category, find_owner, find_priority, owner_of
from afterservice_cli.rulebook.model import Allowance
from afterservice_cli.rulebook.vocabulary import OVERALL
from afterservice_cli.workflows.founding import compile_file, headings, whole_of
from conftest import Runner
from given import came_in, given, hour
from rulebooks import SHARED, SHIPPED

GUIDE = "customer-feedback"
HANDBOOK = "product-feedback"


@cache
def compiled(name: str) -> Compiled:
    return compile_file(SHIPPED[name], 2026)[0]


@cache
def named() -> list[Heading]:
    return [*headings()]


def test_the_program_finds_them_by_name() -> None:
    assert [heading.name for heading in named()] == [*SHIPPED]
    assert GUIDE in SHIPPED


def test_a_heading_is_read_without_what_follows_it() -> None:
    text = "rulebook: shop\ntitle: {zh: 小店}\nabout: 说明\ncategories: [\n"
    english = "title: Shop\nabout: Words\nowners: {nobody: Nobody\n"
    heading = compile_heading(text.encode(), "shop.yaml", (english.encode(), "shop.en.yaml"))
    assert (heading.name, heading.called, heading.about["en"]) == ("shop", {"zh": "小店", "en": "Shop"}, "Words")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_init_names_each_with_a_sentence(language: str, tmp_path: Path, run: Runner) -> None:
    told = run("init", "--list", env={"AFTERSERVICE_LANG": language})
    for heading in named():
        assert heading.about[language] and "".join(heading.about[language].split()) in "".join(told.out.split())
    assert not list(tmp_path.iterdir())
    assert "afterservice init --list" in run("init", "--rules", "custom").err


@pytest.mark.parametrize("name", [*SHIPPED])
def test_it_has_no_fault_and_its_own_examples_hold(name: str) -> None:
    found = compiled(name)
    assert found.failures == ()
    assert found.rulebook.name == name


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", [*SHIPPED])
def test_its_own_courses_hold_whichever_language_is_spoken(name: str, language: str, call: Runner) -> None:
    done = call("rules", "test", SHIPPED[name], env={"AFTERSERVICE_LANG": language})
    assert done.code == 0, done.both


# The least that a desk can work by has no examples.
@pytest.mark.parametrize("name", [name for name in SHIPPED if name != "minimal"])
def test_every_category_and_priority_has_an_example(name: str) -> None:
    rulebook, wanted = compiled(name).rulebook, [dict(_plain(entry)) for entry in _examples(name)]
    for field, ids in (("category", rulebook.leaves()), ("priority", list(rulebook.priorities))):
        assert set(ids) == {expect[field] for expect in wanted if field in expect}


@pytest.mark.parametrize("file", [*SHIPPED.values(), *SHARED.values()], ids=lambda file: file.stem)
def test_no_phrase_stands_twice_in_one_list(file: Path) -> None:
    lists = list(_phrase_lists(read_document(file.read_bytes(), file.name)))
    assert len(lists) > 2
    for node in lists:
        phrases = [normal(item.text.strip()) for item in node.items]
        twice = sorted({phrase for phrase in phrases if phrases.count(phrase) > 1})
        assert twice == [], f"line {node.line}"


@pytest.mark.parametrize("name", [*SHIPPED])
def test_no_phrase_of_a_category_is_ruled_out_by_the_category_itself(name: str) -> None:
    for category in compiled(name).rulebook.categories.values():
        dead = [phrase for phrase in category.match if any(other in phrase for other in category.unless)]
        assert dead == []


def _phrase_lists(node: Node) -> Iterator[Node]:
    for key, value in node.entries:
        if key.text in ("match", "unless", "denials", "calm", "settled") and value.kind == "list":
            yield value
        if key.text == "words":
            yield from (group for _, group in value.entries)
        yield from _phrase_lists(value)
    for item in node.items:
        yield from _phrase_lists(item)


def _examples(name: str) -> tuple[Node, ...]:
    file = SHIPPED[name]
    root = read_document(file.read_bytes(), file.name)
    return next(value for key, value in root.entries if key.text == "examples").items


def _plain(example: Node) -> Iterator[tuple[str, str]]:
    expect = next(value for key, value in example.entries if key.text == "expect")
    return ((key.text, value.text) for key, value in expect.entries)


# --- returns: 客服投诉、退货处理制度 ---------------------------------------------------------------------------------

RETURNS = "complaints-returns"


@pytest.mark.parametrize(
    ("text", "category", "owner"),
    [
        ("衣服上有一块瑕疵，袖口有污渍", "quality.flaw", "生产部"),
        ("收到时外壳已经损坏", "quality.damage", "生产部"),
        ("用了两天就出现故障，功能用不了", "quality.malfunction", "生产部"),
        ("实物与描述不符", "quality.description", "生产部"),
        ("买到了过期的食品", "quality.food", "生产部"),
        ("客服态度很差", "service.attitude", "客服部"),
        ("问了三天，客服一直不回复", "service.slow", "客服部"),
        ("坏了没人管，根本没有售后", "service.aftersales", "客服部"),
        ("配送延迟了一周", "logistics.late", "物流部"),
        ("包裹丢失，至今没找到", "logistics.lost", "物流部"),
        ("物流信息好几天没有更新", "logistics.tracking", "物流部"),
        ("对价格有争议，标价和付款不一样", "other.price", "销售部"),
        ("促销规则写得不清楚", "other.promotion", "销售部"),
        ("不想要了，申请无理由退货", "other.no_reason", "客服部"),
    ],
)
def test_typical_complaints(text: str, category: str, owner: str) -> None:
    rulebook = compiled(RETURNS).rulebook
    found = find_category(rulebook, text, {})
    assert (found.value, rulebook.title("owner", owner_of(rulebook, found.value).value, "zh")) == (category, owner)


@pytest.mark.parametrize(
    ("text", "facts", "priority"),
    [
        ("吃了过期的食品，上吐下泻", {}, "urgent"),
        ("插头漏电，有安全隐患", {}, "urgent"),
        ("包装印错了", {"extent": "reputation"}, "urgent"),
        ("整批货报废", {"extent": "loss"}, "urgent"),
        ("主要功能出现故障", {}, "important"),
        ("门关不严", {"extent": "main"}, "important"),
        ("外观有轻微瑕疵", {}, "normal"),
        ("外观有轻微瑕疵", {"extent": "slight"}, "normal"),
    ],
)
def test_typical_urgencies_of_complaints(text: str, facts: dict[str, Any], priority: str) -> None:
    rulebook = compiled(RETURNS).rulebook
    category = find_category(rulebook, text, {}).value
    assert find_priority(rulebook, text, {**facts, "category": category}).value == priority


@pytest.mark.parametrize(
    ("facts", "target", "duration"),
    [
        ({"priority": "urgent"}, "handle", "4h"),
        ({"priority": "important"}, "handle", "24h"),
        ({"priority": "normal"}, "handle", "48h"),
        ({"priority": "normal", "channel": "online"}, "respond", "15m"),
        ({"priority": "normal", "channel": "private_message"}, "respond", "15m"),
        ({"priority": "normal", "channel": "mailbox"}, "acknowledge", "1h"),
    ],
)
def test_the_durations_of_complaints(facts: dict[str, Any], target: str, duration: str) -> None:
    found = compiled(RETURNS).rulebook.allowance(target, {"category": "quality.flaw", "channel": "hotline", **facts})
    assert found is not None and found.duration == duration


def test_the_words_of_the_procedure_for_complaints() -> None:
    rulebook = compiled(RETURNS).rulebook
    titles = {entry.id: entry.title["zh"] for entry in rulebook.categories.values()}
    above = [titles[name] for name in titles if "." not in name]
    assert above == ["产品质量问题", "服务质量问题", "物流配送问题", "其他问题"]
    assert [entry.title["zh"] for entry in rulebook.priorities.values()] == ["紧急", "重要", "一般"]
    assert [rulebook.title("wish", wish, "zh") for wish in rulebook.fields["wish"].values] == [
        "退款",
        "换货",
        "维修",
        "补偿",
    ]
    assert {name: limit.within for name, limit in rulebook.limits.items()} == {
        "no_reason": "7d",
        "sanbao_return": "7d",
        "sanbao_exchange": "15d",
    }


# --- the guide: 客户反馈信息分类与处理指引 --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "category", "owner"),
    [
        ("手机APP怎么都登录不上去，提示失败", "product.defect", "技术部-前端/后端开发组"),
        ("设备数据同步失败，两边数字不一样了", "product.defect", "技术部-前端/后端开发组"),
        ("点确认按钮没有任何反应，无响应", "product.defect", "技术部-前端/后端开发组"),
        ("希望能支持批量导出设备记录", "product.improvement", "产品部-产品经理"),
        ("添加设备的步骤太多，能不能简化操作", "product.improvement", "产品部-产品经理"),
        ("打客服热线等了三十分钟以上都没人接", "service.response", "客服部-客服主管"),
        ("在线客服的提问一直没人回复", "service.response", "客服部-客服主管"),
        ("客服说话语气生硬，很不耐烦", "service.attitude", "客服部-质检组"),
        ("几个部门互相推诿，没有人肯负责", "service.attitude", "客服部-质检组"),
        ("下单时承诺三天送达，五天过去还没收到货", "logistics.delay", "物流部-调度组"),
        ("收到时外包装已经破损", "logistics.damage", "仓储部-售后组"),
        ("拆开一看机身上有好几道划痕", "logistics.damage", "仓储部-售后组"),
        ("已经扣款，可是订单没有生成", "account.payment", "财务部-支付组"),
        ("用信用卡付款被拒绝了", "account.payment", "财务部-支付组"),
        ("找回密码的邮件收不到，没法重置密码", "account.access", "用户运营部-账户专员"),
        ("我的账户突然被冻结", "account.access", "用户运营部-账户专员"),
        ("你们的价格太高了", "voice.pricing", "市场部-定价组"),
        ("希望多搞一些促销活动", "voice.pricing", "市场部-定价组"),
        ("广告夸大其词，属于虚假宣传", "voice.compliance", "品质部-合规组"),
        ("收到的东西与描述不符", "voice.compliance", "品质部-合规组"),
    ],
)
def test_typical_descriptions_of_the_guide(text: str, category: str, owner: str) -> None:
    rulebook = compiled(GUIDE).rulebook
    found = find_category(rulebook, text, {})
    assert (found.value, rulebook.title("owner", owner_of(rulebook, found.value).value, "zh")) == (category, owner)


@pytest.mark.parametrize(
    ("text", "facts", "priority"),
    [
        ("下单时一直支付失败", {}, "P1"),
        ("整个系统崩溃了，谁都进不去", {}, "P1"),
        ("插上电就冒烟，差点起火", {}, "P1"),
        ("客服态度差", {"customer_tier": "vip", "kind": "complaint"}, "P1"),
        ("客服态度差", {"customer_tier": "key", "kind": "complaint"}, "P1"),
        ("搜索功能有问题，搜不到自己的设备", {}, "P2"),
        ("网页加载慢，打开很慢", {}, "P2"),
        ("好多人都遇到同样的情况", {}, "P2"),
        ("包裹晚到", {"impact": "many"}, "P2"),
        ("再不处理我就发微博曝光", {}, "P2"),
        ("首页布局可以再优化一下", {"kind": "suggestion"}, "P3"),
        ("请问怎么修改密码", {"kind": "consultation"}, "P3"),
        ("想了解一下门店的营业时间", {"kind": "consultation"}, "P4"),
        ("建议春节办个线下活动", {"kind": "suggestion"}, "P4"),
    ],
)
def test_typical_priorities_of_the_guide(text: str, facts: dict[str, Any], priority: str) -> None:
    rulebook = compiled(GUIDE).rulebook
    category = find_category(rulebook, text, {}).value
    assert find_priority(rulebook, text, {**facts, "category": category}).value == priority


def test_what_says_nothing_waits_for_a_person() -> None:
    for text in ("不好用", "有问题"):
        found = find_category(compiled(GUIDE).rulebook, text, {})
        assert (found.value, found.by) == ("unsorted", "default")


@pytest.mark.parametrize(
    ("priority", "respond", "investigate", "resolve"),
    [("P1", "1h", "2h", "24h"), ("P2", "4h", "2h", "3wd"), ("P3", "24h", "24h", "5wd"), ("P4", "3wd", "24h", "10wd")],
)
def test_the_durations_of_the_guide(priority: str, respond: str, investigate: str, resolve: str) -> None:
    rulebook = compiled(GUIDE).rulebook
    facts = {"category": "product.defect", "priority": priority, "channel": "phone"}
    wanted = {"respond": respond, "investigate": investigate, "resolve": resolve}
    found = {target: rulebook.allowance(target, facts) for target in wanted}
    assert found == {
        name: Allowance(name, length, f"priorities.{priority}.targets.{name}") for name, length in wanted.items()
    }


def test_the_clocks_of_the_guide() -> None:
    clocks = {
        name: (entry.starts, entry.until) for name, entry in compiled(GUIDE).rulebook.targets.items() if not entry.at
    }
    assert clocks == {
        "respond": (("registered",), ("responded", "resolved")),
        "investigate": (("assigned",), ("investigated", "resolved")),
        "reply": (("replied",), ("responded", "resolved")),
        "resolve": (("registered",), ("resolved",)),
    }


# Where others have to verify first, a course of the rulebook's own shows that a case solved at once misses nothing.
VERIFIED = ("defect-handling",)


@pytest.mark.parametrize("name", [name for name in SHIPPED if name not in VERIFIED])
def test_a_case_solved_at_once_misses_nothing(name: str) -> None:
    rulebook = compiled(name).rulebook
    kind = next((entry.id for entry in rulebook.kinds.values() if not entry.require), None)
    asked = dict.fromkeys(set(rulebook.intake.require) - {"channel", "description"}, "x")
    facts = {**asked, "customer": "Ann", "contact": "13800000001", "product": "X-1", **({"kind": kind} if kind else {})}
    case = given(came_in(rulebook=rulebook, facts=facts), rulebook=rulebook)
    scores = dict.fromkeys(rulebook.questions or [OVERALL], 5)
    closed = case.when(
        partial(closing.close, resolution="restarted", confirmed=True, words="it works", scores=scores),
        at=hour(0),
        now=hour(0),
    ).case
    assert closed.status == "closed"
    assert {deadline.verdict(hour(5000)) for deadline in closed.deadlines} == {"met"}


def test_the_categories_of_the_guide_stand_in_its_order() -> None:
    titles = {entry.id: entry.title["zh"] for entry in compiled(GUIDE).rulebook.categories.values()}
    leaves = compiled(GUIDE).rulebook.leaves()
    assert [titles[leaf] for leaf in leaves[:-1]] == [
        "功能缺陷",
        "功能优化建议",
        "客服响应",
        "服务态度",
        "配送延迟",
        "商品破损",
        "支付问题",
        "账户异常",
        "价格建议",
        "投诉举报",
    ]
    assert [titles[name] for name in titles if "." not in name] == [
        "产品功能",
        "服务质量",
        "物流配送",
        "账户与支付",
        "建议与投诉",
        "待分类",
    ]
    assert leaves[-1] == "unsorted"


def test_the_rest_of_the_guide() -> None:
    rulebook = compiled(GUIDE).rulebook
    assert list(rulebook.priorities) == ["P1", "P2", "P3", "P4"]
    assert [rulebook.title("priority", name, "zh") for name in rulebook.priorities] == ["紧急", "高", "中", "低"]
    channels = [rulebook.title("channel", name, "zh") for name in rulebook.channels]
    assert channels == ["电话", "APP消息", "公众号", "官网", "在线表单", "邮箱", "社交媒体", "门店", "活动"]
    assert rulebook.labels["confirmed"]["zh"] == "已解决"
    assert rulebook.intake.customer == "both_or_none"
    assert [entry.raise_priority for entry in rulebook.consequences if entry.on == "reopened"] == [1]


def test_the_next_case_of_a_vip_is_a_vips_and_who_gets_a_case_is_told(tmp_path: Path, call: Runner) -> None:
    complaint = ("register", "客服又挂我电话", "--kind", "complaint", "--customer", "林小雨")
    for now, *line in (
        ("09:00", "init", "--rules", GUIDE),
        ("09:01", *complaint, "--channel", "phone", "--contact", "13900000101", "--field", "customer_tier=vip"),
        ("09:02", *complaint, "--channel", "app", "--contact", "139-0000-0101"),
        ("09:03", *complaint, "--channel", "app", "--contact", "13900000102"),
    ):
        assert call(*line, now=f"2026-11-02 {now}").code == 0
    found = [json.loads(call("show", case, "--json", now="2026-11-02 09:04").out) for case in ("001", "002", "003")]
    assert [(case["priority"], case["fields"].get("customer_tier")) for case in found] == [
        *(("P1", "vip"), ("P1", "vip"), ("P3", None))
    ]
    assert [case["known_from"] for case in found] == [{}, {"customer_tier": "202611-001"}, {}]
    for case, command, owner in (
        ("002", ("assign", "--to", "tech"), "tech"),
        ("003", ("classify", "--category", "logistics.delay"), "dispatch"),
    ):
        name, *options = command
        moved = json.loads(call(name, case, *options, "--reason", "没发货", "--json", now="2026-11-02 10:30").out)
        assert moved["owner"] == owner
        assert [(message["template"], message["to"]) for message in moved["messages"]] == [("handover", "owner")]
        (investigate,) = [one["from_at"] for one in _deadlines(call, case) if one["target"] == "investigate"]
        assert investigate == "2026-11-02T02:30:00Z"


def _deadlines(call: Runner, case: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(call("explain", case, "--json", now="2026-11-02 11:00").out)["deadlines"]
    return found


# --- defects: 售后不良处理流程 -------------------------------------------------------------------------------------

DEFECTS = "defect-handling"


@pytest.mark.parametrize(
    ("text", "category", "owner"),
    [
        ("锅盖把手开裂，才用了一周", "质量不良", "技术支持团队"),
        ("热水器底部渗水，管子也生锈了", "质量不良", "技术支持团队"),
        ("材料有异味，质量太差", "质量不良", "技术支持团队"),
        ("扫地机充不进电，开关没反应", "功能不良", "技术支持团队"),
        ("体重秤不准，屏幕老是黑屏", "功能不良", "技术支持团队"),
        ("门锁一直误报，连不上手机", "功能不良", "技术支持团队"),
        ("机身掉漆，侧面还有凹痕", "外观不良", "技术支持团队"),
        ("新拆开就有划痕和污渍", "外观不良", "技术支持团队"),
        ("规格不对，跟我家的底座不匹配", "规格型号不合", "客服人员"),
        ("型号买错了，尺寸太大", "规格型号不合", "客服人员"),
        ("谢谢你们上次帮忙", "待分类", "客服人员"),
    ],
)
def test_defects_by_their_nature(text: str, category: str, owner: str) -> None:
    rulebook = compiled(DEFECTS).rulebook
    found = find_category(rulebook, text, {}).value
    owned = owner_of(rulebook, found).value
    assert (rulebook.title("category", found, "zh"), rulebook.title("owner", owned, "zh")) == (category, owner)


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("充电时起火，地板烧了一块", "serious"),
        ("没有漏电，但是冒烟了", "serious"),
        ("锅炸裂，手被割伤，没有人受伤住院", "serious"),
        ("卷尺卡顿，刻度不准", "normal"),
        ("接缝处开裂", "normal"),
        ("偶尔有异响", "slight"),
        ("面板色差", "slight"),
        ("颜色不喜欢", "slight"),
    ],
)
def test_defects_by_their_severity(text: str, priority: str) -> None:
    rulebook = compiled(DEFECTS).rulebook
    assert find_priority(rulebook, text, {"category": find_category(rulebook, text, {}).value}).value == priority


def test_the_words_of_the_procedure_for_defects() -> None:
    rulebook = compiled(DEFECTS).rulebook
    assert [entry.title["zh"] for entry in rulebook.priorities.values()] == ["严重", "一般", "轻微"]
    titles = [entry.title["zh"] for entry in rulebook.dispositions.values()]
    assert titles == ["退货", "换货", "维修", "补偿（优惠券）", "补偿（积分）", "说明未见不良"]
    channels = [entry.title["zh"] for entry in rulebook.channels.values()]
    assert channels == ["在线客服", "售后邮箱", "售后热线", "社交媒体", "问卷调查", "访谈", "数据挖掘", "竞品对比"]


# --- the handbook: 产品售后反馈与投诉处理手册 -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "category", "owner"),
    [
        ("主板坏了，换过电源还是不通电", "complaint", "quality.hardware", "售后技术部"),
        ("遥控器按了没反应，功能异常", "complaint", "quality.malfunction", "售后技术部"),
        ("外壳上有划痕", "complaint", "quality.appearance", "售后技术部"),
        ("打开箱子发现配件不全", "complaint", "quality.accessories", "售后技术部"),
        ("客服态度生硬", "complaint", "service.attitude", "客服管理部"),
        ("反映了一周没有下文，效率太低", "complaint", "service.efficiency", "客服管理部"),
        ("技术支持不专业，说不清楚原因", "complaint", "service.professionalism", "客服管理部"),
        ("处理结果不合理", "complaint", "service.outcome", "客服管理部"),
        ("希望能增加儿童锁", "suggestion", "suggestion.need", "产品部"),
        ("操作太复杂，步骤可以少一些", "suggestion", "suggestion.improvement", "产品部"),
        ("物流太慢，还没收到", "complaint", "other.logistics", "客服部"),
        ("包装破了", "complaint", "other.packaging", "客服部"),
        ("请问怎么使用", "consultation", "other.usage", "客服部"),
    ],
)
def test_typical_descriptions_of_the_handbook(text: str, kind: str, category: str, owner: str) -> None:
    rulebook = compiled(HANDBOOK).rulebook
    found = find_category(rulebook, text, {"kind": kind})
    assert (found.value, rulebook.title("owner", owner_of(rulebook, found.value).value, "zh")) == (category, owner)


@pytest.mark.parametrize(
    ("text", "facts", "priority"),
    [
        ("插座漏电", {"kind": "complaint"}, "urgent"),
        ("整机瘫痪", {"kind": "complaint"}, "urgent"),
        ("灯不亮", {"kind": "complaint", "function": "core"}, "urgent"),
        ("定时不准", {"kind": "complaint", "function": "secondary"}, "normal"),
        ("快递还没到", {"kind": "complaint"}, "normal"),
        ("请问怎么保养", {"kind": "consultation"}, "slight"),
        ("建议改个颜色", {"kind": "suggestion"}, "slight"),
        ("温度略有偏差", {"kind": "complaint", "function": "slight"}, "slight"),
    ],
)
def test_typical_priorities_of_the_handbook(text: str, facts: dict[str, Any], priority: str) -> None:
    rulebook = compiled(HANDBOOK).rulebook
    category = find_category(rulebook, text, facts).value
    assert find_priority(rulebook, text, {**facts, "category": category}).value == priority


@pytest.mark.parametrize(
    ("priority", "respond", "handle"),
    [("urgent", "10m", "24h"), ("normal", "30m", "48h"), ("slight", "30m", "72h")],
)
def test_the_durations_of_the_handbook(priority: str, respond: str, handle: str) -> None:
    rulebook = compiled(HANDBOOK).rulebook
    facts = {"category": "quality.hardware", "priority": priority, "channel": "phone"}
    found = {target: rulebook.allowance(target, facts) for target in ("respond", "handle")}
    assert {name: allowance and allowance.duration for name, allowance in found.items()} == {
        "respond": respond,
        "handle": handle,
    }
    assert {name for name, entry in rulebook.targets.items() if entry.counts} == {"respond", "handle"}


# --- the service desk: 企业客户售后服务管理工具 ---------------------------------------------------------------------

DESK = "enterprise-service"


@pytest.mark.parametrize(
    ("text", "kind", "category", "owner"),
    [
        ("设备不启动", "fault", "technical.hardware", "技术支持工程师"),
        ("屏幕显示错误代码E01", "fault", "technical.software", "技术支持工程师"),
        ("产品有划痕，要换货", "process", "process.returns", "售后专员"),
        ("请开一张增值税专用发票", "process", "process.invoice", "售后专员"),
        ("请问这个功能怎么用", "enquiry", "advice.usage", "客服专员"),
        ("界面还可以改进", "suggestion", "advice.improvement", "产品部"),
        ("我要投诉，一直没人处理", "enquiry", "complaint", "客服专员"),
        ("又坏了", "fault", "unsorted", "技术支持工程师"),
    ],
)
def test_typical_descriptions_of_the_service_desk(text: str, kind: str, category: str, owner: str) -> None:
    rulebook = compiled(DESK).rulebook
    facts: dict[str, str | None] = {"kind": kind}
    found = find_category(rulebook, text, facts).value
    facts |= {"category": found, "priority": find_priority(rulebook, text, {**facts, "category": found}).value}
    team = find_owner(rulebook, text, facts)[0].value
    assert (found, rulebook.title("owner", team, "zh")) == (category, owner)


def test_what_the_service_desk_asks_for_and_what_it_calls_things() -> None:
    rulebook = compiled(DESK).rulebook
    assert set(rulebook.intake.require) == {"channel", "kind", "customer", "contact_person", "contact", "description"}
    ways = [("channel", rulebook.channels), ("kind", rulebook.kinds), ("priority", rulebook.priorities)]
    assert [[rulebook.title(what, name, "zh") for name in names] for what, names in ways] == [
        ["电话", "邮件", "在线客服", "企业APP"],
        ["故障报修", "咨询投诉", "功能建议", "业务办理"],
        ["特急", "紧急", "一般"],
    ]
    assert [rulebook.labels[status]["zh"] for status in ("open", "confirmed", "closed")] == [
        "处理中",
        "已解决",
        "已完成",
    ]
    assert [rulebook.title("preferred", way, "zh") for way in ("phone", "sms", "system")] == [
        "电话",
        "短信",
        "系统消息",
    ]


def test_nobody_closes_a_case_of_the_service_desk_without_the_customer() -> None:
    rulebook = compiled(DESK).rulebook
    assert rulebook.closing.silence is None
    assert [set(entry.what) for entry in rulebook.demands if "close" in entry.before and not entry.when] == [
        {"resolution", "confirmation", "tasks"}
    ]


@pytest.mark.parametrize("words", [("电话", "热线", "来电", "phone"), ("邮件", "邮箱", "电子邮件", "email")])
@pytest.mark.parametrize("name", SHIPPED)
def test_a_channel_is_known_by_all_that_people_call_it(name: str, words: tuple[str, ...]) -> None:
    rulebook = compiled(name).rulebook
    assert len({rulebook.known("channel", word) for word in words}) == 1


@pytest.mark.parametrize("name", SHIPPED)
def test_it_can_be_written_as_one_file(name: str) -> None:
    """With all that it includes, of which there is more than of itself; `whole_of` sees that it means the same."""
    assert len(whole_of(SHIPPED[name])) >= len(SHIPPED[name].read_bytes())
