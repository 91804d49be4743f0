"""Words that other people's files have for what a rulebook names: its channels, kinds, priorities and values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set

from afterservice_cli.errors import BadInput
from afterservice_cli.intake.words.meanings import forms_of, plain, unnumbered
from afterservice_cli.rulebook.model import Rulebook

# Words in one line mean the same; which of them the rulebook has is what the others become. By kind of field.
_ALIKE: Mapping[str, str] = {
    "channel": """
        phone telephone tel call hotline voice 电话 热线 来电 客服热线 售后热线 服务热线 客服电话 400电话
        phone hotline 电话 热线 热线电话 电话热线 服务电话 售后电话 咨询电话 投诉电话 电话投诉 电话咨询 电话报修
        email e-mail mail mailbox 邮件 邮箱 电邮 电子邮件 电子邮箱 投诉邮箱 售后邮箱
        app mobile-app 手机app app消息 官方app 企业app
        official-account wechat 微信 公众号 微信公众号
        website web internet online-portal portal 官网 网站 网页 网店
        online online-service live-chat chat web-chat 在线 在线客服 网上客服 在线平台
        form web-form online-form 在线表单 表单 网络表单
        social social-media facebook twitter weibo 社交媒体 微博
        private-message direct-message 私信 社交媒体私信
        store shop branch walk-in in-person 门店 店面 柜台 现场
        event 活动
    """,
    "priority": """
        critical urgent highest blocker emergency 特急 紧急 加急 非常紧急 最高
        high major important 高 重要 较急
        medium normal moderate standard 中 一般 普通 正常
        low minor trivial lowest 低 轻微 不急
    """,
    "kind": """
        complaint complaints 投诉 客诉 抱怨
        consultation question enquiry inquiry product-inquiry billing-inquiry 咨询 提问 询问
        suggestion idea feature-request 建议 意见建议
        fault incident defect malfunction technical-issue 故障报修 报修 故障
        return refund-request return-request 退换货 退货 退款
    """,
    "": """
        yes y true 1 是 有
        no n false 0 否 无
    """,
}

# Headings in one line mean the same field, whichever of them the rulebook has for one of its own.
_HEADINGS = """
    批次 批号 批次号 生产批次 生产批号 产品批次 产品批号 batch batch-no batch-number lot lot-no lot-number
"""


def fields_called(rulebook: Rulebook, heading: str) -> Sequence[str]:
    """Return the rulebook's own fields that a heading may mean: by ids and labels, else by a word for the same."""
    form = plain(unnumbered(heading))
    words = {name: {plain(word) for word in (name, *field.title.values())} for name, field in rulebook.fields.items()}
    if exact := [name for name, own in words.items() if form in own]:
        return exact
    forms = set(forms_of(heading))
    alike = [line for line in _groups(_HEADINGS) if not line.isdisjoint(forms)]
    found = [name for name, own in words.items() if any(not line.isdisjoint(own) for line in alike)]
    return found if len(found) == 1 else []


def _groups(lines: str) -> Sequence[Set[str]]:
    return [frozenset(map(plain, line.split())) for line in lines.strip().splitlines()]


def meant(rulebook: Rulebook, field: str) -> Callable[[str], str | None]:
    """Return what tells for a word of a file the id of the `field` that it means; None if the rulebook has none.

    The rulebook's own ids, labels and aliases come first, then a word that means the same as exactly one of them, then
    one that ends with exactly one label: 质量投诉 is a 投诉.
    """
    own: dict[str, set[str]] = {}
    for identifier, titles in rulebook.choices(field):
        for word in (identifier, *titles.values()):
            own.setdefault(plain(word), set()).add(identifier)
    alike: dict[str, set[str]] = {}
    for line in _ALIKE.get(field, _ALIKE[""]).strip().splitlines():
        group = {plain(word) for word in line.split()}
        ids = {found for word in group for found in own.get(word, _known(rulebook, field, word))}
        for word in group:
            alike.setdefault(word, set()).update(ids)

    def found(word: str) -> str | None:
        form = plain(word)
        if not form:
            return None
        exact = own.get(form) or _known(rulebook, field, word) or alike.get(form)
        return _only(exact or (name for label, ids in own.items() if _ends(form, label) for name in ids))

    return found


def _known(rulebook: Rulebook, field: str, word: str) -> set[str]:
    try:
        return {rulebook.known(field, word)}
    except BadInput:
        return set()


def _ends(form: str, label: str) -> bool:
    return len(label) > 1 and not label.isascii() and form.endswith(label)


def _only(names: Iterable[str]) -> str | None:
    different = set(names)
    return different.pop() if len(different) == 1 else None
