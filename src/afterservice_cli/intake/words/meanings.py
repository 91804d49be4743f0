"""What the headings of other people's files mean, by their words alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from afterservice_cli.frozen import Frozen
from afterservice_cli.intake.words.simplified import simplified

# Our fields, and the parts of what happened (`resolved.at`, `resolved.text`), each with the headings that stand for it,
# the most certain first. Blanks, capitals, brackets and punctuation do not count.
_FACTS: Mapping[str, str] = {
    "number": """
        工单编号 工单号 反馈编号 投诉编号 不良编号 问题编号 案件编号 受理编号 登记编号 记录编号 售后编号 报修编号
        审批编号 事件编号 单据编号 单据号 编号 单号 售后单号 服务单号 受理单号 投诉单号 流水号 服务单编号 登记号 受理号
        case-number case-id case-no ticket-number ticket-id ticket-no complaint-number complaint-id request-number
        request-id incident-number unique-key issue-key reference-number reference ref number no id key record-id ticket
    """,
    "received_at": """
        接收时间 来电时间 进线时间 来访时间 来信时间 投诉时间 报修时间 反馈时间 提交时间 收到时间 发起时间 上报时间
        申请时间 接待时间 送修时间 进厂时间 到店时间 咨询时间 举报时间 报障时间
        提交答卷时间 填写时间 退款申请时间 受理时间 登记时间 录入时间
        结束答题时间 答题结束时间 开始答题时间 答题时间
        创建时间 建单时间 单据时间 建立时间 通报时间 回报时间 进件时间
        时间 日期 时间戳记 时间戳 评论时间 评价时间
        received-at date-received received-on received created-at created-date date-created created-on creation-date
        created opened-at date-opened opened-on opened open-date submitted-at date-submitted submitted-on submitted
        reported-at date-reported report-date reported-on registered-at registered complaint-date request-date
        create-time gmt-create add-time received-date date datetime timestamp time
        eingang eingangsdatum eingegangen-am erstellt-am datum date-de-réception date-de-création
        fecha-de-apertura fecha-de-creación fecha-de-recepción fecha
    """,
    "channel": """
        渠道 受理渠道 反馈渠道 投诉渠道 接收渠道 来电渠道 提交渠道 来源渠道 受理方式 反馈方式 投诉方式 报修方式
        来源 途径 投诉途径 反馈途径 投诉来源 反馈来源 信息来源 管道 来源管道 投诉管道 反馈管道
        channel submitted-via received-via via intake-channel contact-channel case-origin origin source
        open-data-channel-type
    """,
    "kind": """
        反馈类型 反馈类别 诉求类型 工单类型 投诉类型 问题类型 业务类型 类型 诉求类别 来电类型 服务类型
        kind feedback-type request-type case-type ticket-type issue-type type
    """,
    "category": """
        问题分类 投诉分类 反馈分类 问题类别 投诉类别 分类 类别
        category issue-category complaint-category complaint-type
    """,
    "priority": """
        优先级 紧急程度 优先等级 紧急度 严重程度 优先顺序
        priority urgency severity
    """,
    "owner": """
        责任部门 处理部门 负责部门 承办部门 受理部门 部门 负责人 处理人 承办单位 责任单位 经办人 承办人 跟进人 受理人
        处理人员 承办人员
        owner assigned-to assignee assigned-group team department
    """,
    "customer": """
        客户姓名 客户名称 客户 顾客姓名 顾客 用户姓名 用户名称 用户 投诉人 反馈人 报修人 会员姓名 姓名
        投诉客户 反馈客户 报修客户 来电客户 投诉用户 反馈用户 报修用户
        来电人 来访人 申请人 举报人 业主姓名 业主 住户姓名 住户 患者姓名 患者 买家姓名 买家会员名
        买家会员名称 会员名 买家昵称 买家 用户昵称 顾客昵称 客户昵称 会员昵称
        收件人姓名 收件人 往来单位 往来单位名称 称呼
        单位 公司名称 企业名称 买家公司名 联系人姓名 联系人 联络人 收货人姓名 收货人
        customer-name customer cust-name account-name client-name client
        requester-name requester caller-name caller complainant
        reported-by reporter contact-name full-name name user-name user
        buyer-name buyer buyer-username shopper
        kunde kundenname käufer client-nom nom-du-client acheteur cliente comprador
    """,
    "contact": """
        联系方式 联系电话 客户电话 用户电话 来电号码 手机号码 手机号 手机 电话号码 电话 固定电话 固话 座机号码 座机
        电子邮箱 邮箱 微信号 微信
        联系手机 客户手机 客户手机号 客户联系方式 客户联系电话 顾客电话 用户手机号 用户手机 业主电话 买家电话 买家手机
        联络电话 联络方式 联络手机 行动电话 手提电话 电子邮件 电邮
        主叫号码 收货人手机 收货人电话 备用电话 其他电话 第二联系电话
        收货人手机号 收件人手机号 收件人手机 收件人电话 收件人联系方式 用户联系方式
        contact contact-number contact-phone customer-phone phone-number phone telephone tel mobile-number mobile
        mobile-phone work-phone cust-mobile cust-phone user-mobile user-phone cell-phone customer-email
        requester-email contact-email email-address email e-mail
        telefon telefonnummer handy téléphone teléfono correo-electrónico
    """,
    "product": """
        产品型号 产品名称 产品或服务 产品 商品名称 商品 设备型号 设备名称 设备 机型 型号 车型
        投诉产品 反馈产品 不良产品 商品标题 宝贝标题 宝贝名称 货品名称 货品 存货名称 物料名称 品名 规格型号
        product-model product-name item-title lineitem-name line-item item-name product product-purchased model
        car-model device item
    """,
    "description": """
        问题描述 投诉内容 反馈内容 不良描述 故障描述 问题内容 问题详情 诉求内容 详细描述 情况描述 工单内容 具体内容
        买家留言 客户留言 顾客留言 用户留言 买家描述 客户描述 用户描述 遇到的问题
        描述 内容 详情 留言 反映情况 反映问题 买家退款说明
        评论内容 评价内容 评论 说明 问题 意见建议 反馈 诉求 意见 建议
        遇到了什么问题 遇到什么问题 摘要
        description consumer-complaint-narrative complaint-text complaint-description narrative details message
        comment comments review-text review feedback text body content desc problem-desc
        problem-description fault-desc customer-note customer-message first-message complaint problem
        customer-comments buyer-comments buyer-comment buyer-message buyer-note
        beschreibung nachricht commentaire descripción mensaje mensaje-del-comprador
    """,
    "headline": """
        标题 主题 诉求标题 投诉标题 问题标题 反馈标题
        买家退款原因 退款原因 退货原因 退换货原因 售后原因 维权原因 申请原因 投诉原因 报修原因 退单原因
        subject title summary headline issue complaint-type
        return-reason refund-reason reason-for-return complaint-about
        reason betreff grund objet motif motivo asunto
    """,
    "detail": "sub-issue descriptor",
}
_HAPPENINGS: Mapping[str, str] = {
    "acknowledged.at": "受理时间 acknowledged-at date-acknowledged",
    "acknowledged.promised": """
        承诺时间 承诺解决时间 承诺完成时间 承诺回复时间 预计解决时间 预计完成时间 promised-at promised-date
    """,
    "responded.at": """
        首次响应时间 首次联系时间 首次沟通时间 首次回复时间 响应时间 回复时间 答复时间
        first-response-time first-response-at first-responded-at first-reply-at responded-at response-date
        response-time
        date-responded initial-response-time
    """,
    "responded.text": "首次响应 响应内容 沟通内容 回复内容 答复内容 商家回复 first-response response reply",
    "investigated.at": "排查时间 核实时间 初步分析时间 investigated-at date-investigated",
    "investigated.text": "排查结果 核实结果 初步分析 investigation findings",
    "resolved.at": """
        解决时间 处理完成时间 处理时间
        resolved-at date-resolved resolved-on resolution-date resolution-time time-to-resolution resolved solved
    """,
    "resolved.text": """
        处理结果 解决结果 处理情况 办理结果 维修结果 处理措施 解决方案
        resolution resolution-description resolution-notes solution
    """,
    "reopened.at": "退回时间 重新打开时间 reopened-at date-reopened",
    "reopened.text": "退回原因 重开原因 reason-for-reopening reopening-reason",
    "again.at": "再次解决时间 再次处理时间 resolved-again-at",
    "again.text": "再次处理结果 second-resolution",
    "confirmed.at": "确认时间 客户确认时间 回访时间 confirmed-at date-confirmed",
    "confirmed.text": "客户意见 客户原话 确认内容 customer-comment",
    "rated.score": """
        满意度 评分 满意度评分 客户评分 星级 客户满意度 满意程度 满意度评价 评价等级 服务评价 客户评价 评价结果 评价
        customer-satisfaction-rating satisfaction-rating satisfaction csat rating score stars
        survey-results survey-result how-satisfied-are-you how-satisfied-were-you overall-satisfaction
    """,
    "closed.at": """
        关闭时间 归档时间 结案时间 完成时间 办结时间 结束时间 完结时间 完工时间
        closed-at closed-date date-closed closed-on closed completion-date completed-at
    """,
}
# What customers write of, and what the column is called that holds it: 报修内容, 故障现象.
_MATTERS = """
    问题 投诉 反馈 反映 故障 报修 来电 诉求 纠纷 缺陷 不良 异常 事件 客诉 申诉 咨询 申请 退款 退货 售后 举报
    留言 维权 评价
"""
_WRITTEN = "内容 描述 详情 说明 现象 情况 事由 经过 概况"
_RECORDED = "编号 单号 ID"
# What a trade calls its customers, and what their columns are called: 学生姓名, 家长电话.
_PEOPLE = "送修人 车主 学生 家长 患者家属 病人 就诊人 乘客 旅客 游客 住客 租客 租户 居民 市民 消费者 送检人"
_NUMBERS = "联系电话 联系方式 电话 手机 手机号 手机号码"
# The English verbs of times, and what may stand beside them: `Closed time`, `Date/Time Opened`.
_VERBS: Mapping[str, str] = {
    "received_at": "received created submitted opened reported registered logged raised",
    "resolved.at": "resolved solved",
    "closed.at": "closed completed",
    "reopened.at": "reopened",
}
_TIMES = "{}time {}date {}at {}on date{} time{} datetime{}"
# What stands before a word in some files and changes nothing: `Ticket Priority`, 工单状态.
_PREFIXES = ("ticket", "case", "complaint", "request", "incident", "conversation", "return", "工单", "案件")
# The forms of the two headings under which a customer's name may stand in two parts.
TWO_NAMES = (("firstname", "givenname"), ("lastname", "surname", "familyname"))
# What a form asks with: 2、您的手机号, `Your name`.
_ASKED = re.compile(
    r"^\s*(?:[(（]?\d{1,3}[)）、.．:：]\s*)?(?:请(?:填写|输入|选择|描述|留下))?(?:[您你](?:对\w{1,8}?)?的?)?"
    r"(?:(?:please )?(?:enter |describe |give )?(?:your |the ))?(?:what (?:is|was) (?:your |the )?)?"
    r"|(?:是什么|有哪些|是)?[?？]?\s*$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"[#＃]\d{1,3}$")
_BRACKETED = re.compile(r"[(（\[【].*?[)）\]】]")
# Dates of something else than when a customer came: what was bought, what is expected.
_ANOTHER_TIME = re.compile(
    r"purchas|bought|order|birth|due|expect|promis|expir|warrant|deliver|ship|sent|update|modif|resol|clos|respon"
    r"|订单|付款|支付|审核|派单|派工|上门|预约|安装|购|买|生日|出生|到期|截止|预计|期望|承诺|保修|签收|发货|下单|更新|修改|解决|关闭|完成|归档|响应|回复|出现|生产"
)
_LAST = 500  # the rank of what a heading means only if all else is known
_ANOTHER_NUMBER = re.compile(r"(?:[编单账帐卡号件]号|编码|代码|条码|序列号|订单|number|no|id|code|sn)$")
_PARTS = re.compile(r"[/、|&]|或|及|和")
WIDEST = 200  # characters of a heading that are looked at


class Meaning(Frozen):
    """What a heading may stand for: one of our fields or a part of what happened; the lower its rank, the surer."""

    field: str
    rank: int


def plain(heading: str) -> str:
    """Return the form in which headings are compared: letters and digits alone, of one width, in small letters.

    Chinese signs are simplified ones.
    """
    folded = simplified(unicodedata.normalize("NFKC", heading[:WIDEST]).casefold())
    return "".join(c for c in folded if c.isalnum())


def unnumbered(heading: str) -> str:
    """Return the heading of several columns of which one is named by its number: 电话 of `电话#2`."""
    return _NUMBERED.sub("", heading)


def forms_of(heading: str) -> Sequence[str]:
    """Return the plain forms in which a heading may be meant, the whole of it first.

    A part in brackets may be left out, what a form asks with (`Your name`), one of the sides of `A/B`, one of two
    languages, and a word such as `Ticket` before it.
    """
    heading = unnumbered(heading)
    bare = _BRACKETED.sub("", heading)
    asked = _ASKED.sub("", simplified(bare))
    forms = [plain(text) for text in (heading, bare, asked, *_PARTS.split(bare), *_PARTS.split(asked))]
    forms += _in_both_languages(forms[1])
    forms += [form.removeprefix(prefix) for form in forms for prefix in _PREFIXES if form.startswith(prefix)]
    return [*dict.fromkeys(forms)]


def meanings(heading: str) -> Sequence[Meaning]:
    """Return what a heading may stand for, the surest first; nothing if none of its words is known."""
    found: dict[str, int] = {}
    for place, form in enumerate(forms_of(heading)):
        for field, rank in _vocabulary().get(form, ()):
            found.setdefault(field, 1000 * place + rank)
    return sorted((Meaning(field, rank) for field, rank in found.items()), key=lambda meaning: meaning.rank)


def _in_both_languages(form: str) -> list[str]:
    """Return the Chinese of a heading that says the same in English before or behind it: `Customer 客户`."""
    english, chinese = ("".join(c for c in form if c.isascii() == wanted) for wanted in (True, False))
    known = [{field for field, _ in _vocabulary().get(part, ())} for part in (english, chinese)]
    return [chinese] if known[0] & known[1] else []


def of_another_time(heading: str) -> bool:
    """Tell whether a heading says that its dates are of something else than of a case coming in."""
    return bool(_ANOTHER_TIME.search(plain(heading)))


def of_another_number(heading: str) -> bool:
    """Tell whether a heading says that its numbers are those of something else than of a telephone."""
    return bool(_ANOTHER_NUMBER.search(plain(heading))) and not any(m.field == "contact" for m in meanings(heading))


def happening(field: str) -> tuple[str, str] | None:
    """Return event and part of what a heading stands for (`resolved`, `at`); None for one of our fields."""
    event, dot, part = field.partition(".")
    return (event, part) if dot else None


@cache
def _vocabulary() -> Mapping[str, Sequence[tuple[str, int]]]:
    """Return what each heading stands for, with its place among those that stand for the same."""
    known: dict[str, list[tuple[str, int]]] = {}
    for field, words in {**_FACTS, **_HAPPENINGS}.items():
        first = _LAST if field == "acknowledged.at" else 0  # 受理时间 is when it came in, unless another column says so
        every = [*_with_days(words.split()), *_made(field)]
        for rank, word in enumerate(dict.fromkeys(map(plain, every)), first):
            known.setdefault(word, []).append((field, rank))
    return known


def _with_days(words: Sequence[str]) -> Sequence[str]:
    """Return headings, with 投诉日期 for 投诉时间 behind those that say more than 时间."""
    days = [f"{word.removesuffix('时间')}日期" for word in words if word.endswith("时间") and word != "时间"]
    place = words.index("时间") if "时间" in words else len(words)
    return [*words[:place], *days, *words[place:]]


def _made(field: str) -> Iterator[str]:
    """Yield the headings of a field that are put together of two words."""
    endings = {"description": _WRITTEN, "number": _RECORDED}.get(field, "")
    yield from (matter + ending for matter in _MATTERS.split() for ending in endings.split())
    if field == "customer":
        yield from (person + ending for person in _PEOPLE.split() for ending in ("姓名", ""))
    if field == "contact":
        yield from (person + ending for person in _PEOPLE.split() for ending in _NUMBERS.split())
    for verb in _VERBS.get(field, "").split():
        yield from (form.format(verb) for form in _TIMES.split())
