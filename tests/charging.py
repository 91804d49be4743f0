"""A shop that gives vouchers and repairs for a fee, with one case."""

from pathlib import Path
from typing import Any

from conftest import Once, Runner

SHOP = """\
rulebook: shop
title: Shop
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
owners: {repair: {title: Repair, head: zhao, members: [li]}, finance: {title: Finance, head: feng}}
channels: {phone: Phone}
categories: {broken: {title: Broken, match: [broken]}, other: Other}
priorities: {normal: Normal}
default: {category: other, priority: normal, owner: repair}
gives:
  voucher: {title: Voucher, unit: yuan}
  fee: {title: {zh: 维修费, en: Repair fee}, unit: {zh: 元, en: yuan}, paid_by: customer}
dispositions:
  repair:
    title: Repair
    gives: fee
    tasks: {collect: {title: Fee paid, by: finance, once: true}}
  sorry: {title: Sorry, gives: [voucher]}
approvals:
  - {by: head:finance, when: {give.fee: {over: 500}}}
  - {by: owner_head, when: {give.voucher: {over: 50}}}
demands:
  - {before: resolve, what: [approval, agreement, tasks], when: {disposition: repair}}
messages:
  quote: {on: proposed, text: "[[The repair costs {pays}.]][[ We give you {gives}.]]"}
"""
NOW = "2026-10-12 09:00"


def a_shop(tmp_path: Path, once: Once, call: Runner) -> Path:
    """The folder of a desk that works by the shop's rules."""

    def founded() -> None:
        (tmp_path / "shop.yaml").write_text(SHOP, "utf-8")
        assert call("init", "--rules", "./shop.yaml").code == 0
        assert call("register", "It is broken", "--channel", "phone", "--customer", "Wang", now=NOW).code == 0

    once(founded)
    return tmp_path


def done(call: Runner, *words: str) -> Any:
    found = call(*words, now=NOW)
    assert found.code == 0, found.err
    return found
