"""Other names by which a kind, a channel or a value may be given: by hand, in a file, in a filter."""

import json
from pathlib import Path

import pytest

import rulebooks
from conftest import Runner

PROFILE = """
profile: old
columns: {number: No, received_at: Date, description: Text, kind: Kind, tier: Tier}
defaults: {channel: phone}
dates: [iso]
"""


@pytest.fixture
def returns(tmp_path: Path, call: Runner) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(rulebooks.text("returns"), "utf-8")
    assert call("init", "--rules", path).code == 0
    return path


@pytest.mark.parametrize("name", ["fault", "Fault", "质量投诉", "quality COMPLAINT", "质量投诉 "])
def test_an_alias_is_taken_however_it_is_written(returns: Path, call: Runner, name: str) -> None:
    done = call("register", "hm", "--channel", "phone", "--kind", name, "--field", "tier=大客户", "--json")
    told = json.loads(done.out)
    assert (told["kind"], told["fields"]) == ("fault", {"tier": "vip"})


def test_a_filter_takes_an_alias(returns: Path, call: Runner) -> None:
    call("register", "hm", "--channel", "phone", "--kind", "fault")
    call("register", "hm", "--channel", "phone", "--kind", "idea")
    listed = json.loads(call("list", "--kind", "质量投诉", "--json").out)
    assert [case["kind"] for case in listed] == ["fault"]


def test_a_word_that_is_none_is_refused_with_the_ids(returns: Path, call: Runner) -> None:
    done = call("register", "hm", "--channel", "phone", "--kind", "质量")
    assert (done.code, "unknown kind '…' – write one of fault, idea" in done.err) == (3, True)


def test_a_file_may_use_an_alias(returns: Path, call: Runner) -> None:
    (returns.parent / "old.yaml").write_text(PROFILE, "utf-8")
    file = returns.parent / "old.csv"
    file.write_text("No,Date,Text,Kind,Tier\n1,2026-10-09 10:00,hm,质量投诉,大客户\n", "utf-8")
    assert call("import", file, "--profile", returns.parent / "old.yaml").code == 0
    told = json.loads(call("show", "001", "--json").out)
    assert (told["kind"], told["fields"]) == ("fault", {"tier": "vip"})
