"""A fee that the customer pays: quoted in a plan, approved and accepted, paid as a task, and kept apart in sums."""

import json
import re
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from afterservice_cli.decisions.closing import resolve
from afterservice_cli.decisions.intake import Draft
from afterservice_cli.decisions.planning import Proposal, propose
from afterservice_cli.decisions.tasks import task
from afterservice_cli.figures.periods import parse_span
from afterservice_cli.reporting import whole
from afterservice_cli.reporting.amounts import amounts
from afterservice_cli.rulebook.compiling import compile_rulebook
from afterservice_cli.time.instants import to_text
from afterservice_cli.workflows import recording
from afterservice_cli.workflows.recording import writing
from charging import NOW, SHOP, a_shop, done
from conftest import Once, Runner
from given import make_desk


@pytest.fixture
def shop(tmp_path: Path, once: Once, call: Runner) -> Path:
    return a_shop(tmp_path, once, call)


def test_it_is_quoted_accepted_and_paid_before_the_case_is_resolved(shop: Path, call: Runner) -> None:
    quoted = done(
        call, "propose", "001", "new compressor", "--disposition", "repair", "--give", "fee=280", "--as", "li"
    )
    assert "plan 1: Repair, Repair fee 280 yuan, paid by the customer" in quoted.out
    assert "agreement" in call("resolve", "001", "mended", "--as", "li", now=NOW).err
    done(call, "agree", "001", "--yes")
    assert "tasks" in call("resolve", "001", "mended", "--as", "li", now=NOW).err
    done(call, "task", "001", "collect", "--as", "feng")
    done(call, "resolve", "001", "mended", "--as", "li")


def test_what_was_paid_under_an_earlier_plan_is_told(shop: Path, call: Runner) -> None:
    give = ("--give", "fee=280", "--give", "voucher=20")
    done(call, "propose", "001", "x", "--disposition", "repair", *give, "--as", "li")
    done(call, "agree", "001", "--yes")
    done(call, "task", "001", "collect", "--as", "feng")
    shown = done(call, "propose", "001", "y", "--disposition", "repair", "--give", "fee=0", "--as", "li", "-v").out
    assert "given before: Voucher 20 yuan" in shown
    assert "paid before: Repair fee 280 yuan" in shown


def test_what_the_customer_pays_is_approved_by_its_own_sum(shop: Path, call: Runner) -> None:
    dear = done(call, "propose", "001", "new motor", "--disposition", "repair", "--give", "fee=580", "--as", "li")
    assert "next: approval (head of Finance: feng)" in dear.err
    small = done(call, "propose", "001", "new fuse", "--disposition", "repair", "--give", "fee=60", "--as", "li")
    assert "approval" not in small.err


def test_the_customer_is_told_the_price_and_not_that_it_is_given(shop: Path, call: Runner) -> None:
    give = ("--give", "fee=280")
    told = done(call, "propose", "001", "x", "--disposition", "repair", *give, "--as", "li", "--json").out
    assert "The repair costs Repair fee 280 yuan." in told
    assert "We give you" not in told
    both = done(
        call, "propose", "001", "x", "--disposition", "repair", *give, "--give", "voucher=20", "--as", "li", "--json"
    )
    assert "The repair costs Repair fee 280 yuan. We give you Voucher 20 yuan." in both.out


def test_a_chinese_screen_says_who_pays(shop: Path, call: Runner) -> None:
    done(call, "propose", "001", "x", "--disposition", "repair", "--give", "fee=280", "--as", "li")
    assert "维修费 280 元，由客户付" in call("show", "001", now=NOW, env={"AFTERSERVICE_LANG": "zh"}).out


def test_a_report_counts_what_is_given_and_what_customers_pay_apart(shop: Path, call: Runner) -> None:
    give = ("--give", "fee=280", "--give", "voucher=20")
    done(call, "propose", "001", "x", "--disposition", "repair", *give, "--as", "li")
    done(call, "agree", "001", "--yes")
    done(call, "task", "001", "collect", "--as", "feng")
    done(call, "resolve", "001", "mended", "--as", "li")
    done(call, "register", "It is broken, too", "--channel", "phone")
    done(call, "propose", "002", "x", "--disposition", "repair", "--give", "fee=99.5", "--as", "li")
    done(call, "agree", "002", "--yes")
    done(call, "task", "002", "collect", "--as", "feng")
    done(call, "resolve", "002", "mended", "--as", "li")
    tables = json.loads(call("report", "--month", "2026-10", "--json", now="2026-11-02 09:00").out)["tables"]
    sums = {name: [(row["id"], row["amount"], row["cases"]) for row in tables[name]] for name in ("amounts", "charges")}
    assert sums == {"amounts": [("given.repair.voucher", 20, 1)], "charges": [("given.repair.fee", 379.5, 2)]}
    assert "given" not in tables["charges"][0]
    assert tables["charges"][0]["charge"] == "Repair fee"
    chinese = {"AFTERSERVICE_LANG": "zh"}
    shown = call("report", "--month", "2026-10", "--format", "md", now="2026-11-02 09:00", env=chinese).out
    assert re.search(r"客户.*\n+\| 处理方式 \| 收费项目 \|", shown), shown
    told = call("report", "--define", "given.fee", now="2026-11-02 09:00").out
    assert "what customers pay" in told
    own = "reports: {money: {title: Money, sections: {in: {table: charges}}}}\n"
    (shop / "own.yaml").write_text(SHOP + own, "utf-8")
    assert call("rules", "check", "own.yaml").code == 0


@pytest.mark.parametrize(
    ("valid", "told"),
    [
        *(("30d", "30 days"), ("1d", "1 day"), ("20wd", "20 working days"), ("3mo", "3 months"), ("1mo", "1 month")),
        *(("2y", "2 years"), ("1y", "1 year")),
    ],
)
def test_it_is_told_how_long_a_voucher_is_valid(tmp_path: Path, call: Runner, valid: str, told: str) -> None:
    voucher = "voucher: {title: Voucher, unit: yuan"
    (tmp_path / "shop.yaml").write_text(SHOP.replace(voucher, f"{voucher}, valid: {valid}"), "utf-8")
    assert call("init", "--rules", "./shop.yaml").code == 0
    assert call("register", "It is broken", "--channel", "phone", "--customer", "Wang", now=NOW).code == 0
    shown = done(call, "propose", "001", "x", "--disposition", "sorry", "--give", "voucher=20", "--as", "li", "-v").out
    assert f"We give you Voucher 20 yuan (valid for {told})." in shown


def test_what_another_rulebook_no_longer_gives_is_told_by_its_id(shop: Path, call: Runner) -> None:
    give = ("--give", "fee=280", "--give", "voucher=20")
    done(call, "propose", "001", "x", "--disposition", "repair", *give, "--as", "li")
    done(call, "agree", "001", "--yes")
    done(call, "task", "001", "collect", "--as", "feng")
    done(call, "resolve", "001", "mended", "--as", "li")
    gone = ("  voucher: {title: Voucher, unit: yuan}\n", "  sorry: {title: Sorry, gives: [voucher]}\n")
    rules = SHOP.replace("  - {by: owner_head, when: {give.voucher: {over: 50}}}\n", "")
    for piece in gone:
        rules = rules.replace(piece, "")
    (shop / "afterservice.rules.yaml").write_text(rules, "utf-8")
    done(call, "rules", "adopt", "--yes")
    assert "Repair fee 280 yuan, paid by the customer, voucher 20" in done(call, "show", "001").out
    told = json.loads(call("report", "--month", "2026-10", "--json", now="2026-11-02 09:00").out)["tables"]["amounts"]
    assert [(row["id"], row["given"], row["unit"]) for row in told] == [("given.repair.voucher", "voucher", "voucher")]


# --- a law ----------------------------------------------------------------------------------------------------------

PLAIN = re.sub(r"(?ms)^(approvals|demands|messages):.*?(?=^\w|\Z)", "", SHOP).replace("by: finance, ", "")
BARE = compile_rulebook(f"{PLAIN}demands: []\n".encode(), "bare.yaml", year=2026)
SUMS = st.dictionaries(st.sampled_from(("fee", "voucher")), st.integers(0, 500_000), min_size=1)
PLANS = st.lists(SUMS, min_size=1, max_size=3)  # the versions of a plan
SETTLED = st.booleans()  # whether the fee of the first version was paid before the next one


@given(st.lists(st.tuples(PLANS, SETTLED), min_size=1, max_size=3))
@tried(max_examples=12, deadline=None)
def test_sums_are_those_of_each_plan_in_force_and_of_what_was_settled_before(
    cases: list[tuple[list[dict[str, int]], bool]],
) -> None:
    expected: dict[tuple[str, str], list[int]] = {}
    with TemporaryDirectory() as folder:
        desk = make_desk(Path(folder) / "d.db", rules=BARE)
        for plans, settled in cases:
            with writing(desk) as writer:
                number = writer.register(Draft({"channel": "phone", "description": "broken"})).number
            for version, plan in enumerate(plans, 1):
                written = {kind: f"{cents / 100:.2f}" for kind, cents in {"fee": 0, **plan}.items()}
                recording.act(desk, number, partial(propose, proposal=Proposal("repair", gives=written)), at=desk.now)
                if version == 1 and settled:
                    recording.act(desk, number, partial(task, name="collect"), at=desk.now)
                counts = version == len(plans) or (version == 1 and settled)
                for kind, cents in {"fee": 0, **plan}.items() if counts else ():
                    expected.setdefault(("charges" if kind == "fee" else "amounts", kind), []).append(cents)
            recording.act(desk, number, partial(resolve, resolution="x"), at=desk.now)
        with desk.reading() as db:
            later = desk.now + timedelta(days=60)
            source = whole.ReportSource(desk.rulebook, "en", db, partial(desk.rulebook_of, db), to_text(later))
            about = whole.about_of(source, whole.ReportScope(parse_span("month", "2026-10", later.date())))
            found = {
                (name, str(row[-1]).rpartition(".")[2]): row[2]
                for name in ("amounts", "charges")
                for row in amounts(about, name).rows
            }
    assert found == {key: pytest.approx(sum(cents) / 100) for key, cents in expected.items()}


def test_the_rules_say_of_a_disposition_that_the_customer_pays(shop: Path, call: Runner) -> None:
    shown = done(call, "rules", "show").out
    assert "gives: Repair fee, paid by the customer" in shown
    assert "gives: Voucher\n" in shown
