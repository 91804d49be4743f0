"""Several things in a cell or a line stand one after the other as the reader's language has it."""

import csv
import io
from pathlib import Path

import pytest

from afterservice_cli.output_text import width
from conftest import Runner

ZH = {"AFTERSERVICE_LANG": "zh"}
RULES = """
rulebook: several
title: 多
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "08:00-12:00, 13:30-18:00"}}
owners: {service: {title: 客服部, head: zhao}, tech: {title: 技术部, head: li}, stock: {title: 仓库, head: wang}}
channels: {phone: 电话}
fields: {symptom: {title: 现象, many: true, values: {noise: 异响, heat: 发热}}}
categories: {broken: {title: 故障, owner: service, parts: {tech: 1wd, stock: 1wd}}}
targets: {respond: {until: responded, within: 2wh, counts: false}}
priorities: {P1: {title: 一般}}
default: {category: broken, priority: P1, owner: service}
dispositions:
  repair:
    title: 维修
    tasks:
      look: {title: 检查, by: tech}
      fetch: {title: 取件, by: stock, after: []}
      mend: {title: 修理, by: tech, after: [look, fetch]}
views: {all: {title: 全部, columns: [case, collaborators, symptom]}}
"""


@pytest.fixture
def desk(tmp_path: Path, call: Runner) -> Runner:
    """A desk with a case on which two teams work along, planned, answered in time and recorded late."""
    (tmp_path / "several.yaml").write_text(RULES, "utf-8")
    for line in (
        "init --rules ./several.yaml, 2026-10-12 08:00",
        "register 坏了 --channel phone --field symptom=noise --field symptom=heat, 2026-10-12 09:00",
        "assign 001 --owner service --with tech --with stock --reason 忙, 2026-10-12 09:05",
        "respond 001 好 --at 2026-10-12T09:30, 2026-10-12 15:00",
        "propose 001 修好 --disposition repair, 2026-10-12 15:10",
    ):
        words, now = line.split(", ")
        done = call("--as", "zhao", *words.split(), now=now)
        assert done.code == 0, (words, done.err)
    return call


def test_a_chinese_screen_has_chinese_commas(desk: Runner) -> None:
    shown = desk("show", "001", env=ZH, now="2026-10-12 16:00").out
    assert "技术部、仓库" in shown
    assert "技术部，等待 检查、取件" in shown
    assert "(按时，zhao 补录，不计入达成率)" in shown
    assert ", " not in shown, [line for line in shown.splitlines() if ", " in line]
    listed = desk("list", "--view", "all", env=ZH, now="2026-10-12 16:00", columns=100).out
    assert "技术部、仓库" in listed and "异响、发热" in listed
    assert "08:00-12:00、13:30-18:00" in desk("calendar", "show", "2026-10", env=ZH, columns=100).out


def test_an_english_screen_and_a_program_have_theirs(desk: Runner) -> None:
    shown = desk("show", "001", now="2026-10-12 16:00").out
    assert "技术部, 仓库" in shown and "、" not in shown
    written = desk("list", "--view", "all", "--format", "csv", env=ZH, now="2026-10-12 16:00").out
    (row,) = csv.DictReader(io.StringIO(written))
    assert row["collaborators"] == "tech, stock" and row["symptom"] == "noise, heat"


def test_the_course_of_several_years_fits_a_narrow_window(desk: Runner) -> None:
    done = desk("--as", "zhao", "register", "still broken", "--channel", "phone", now="2027-01-11 09:00")
    assert done.code == 0, done.err
    lines = desk("list", "--course", "--all", now="2027-01-12 16:00", columns=60).out.splitlines()
    assert any("2026-10-12 09:00" in line for line in lines)
    assert max(map(width, lines)) <= 60, [line for line in lines if width(line) > 60]
