"""The plan of `import --dry-run`: what would be new, changed and left, and that this is what comes."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import rulebooks
from afterservice_cli.intake.importing import ImportOrder, import_file
from afterservice_cli.intake.planned import SHOWN
from afterservice_cli.store import connection
from conftest import Result, Runner
from registers import register_in
from shops import COLUMNS, COURSE, HEADINGS, ROW, TWO, Cells, Shop, but, counted

OCCASION = "occasion: {title: Occasion, type: text, personal: true}"
BY_HAND = (
    "name: amended by hand in 202610-001 – if the row is right: "
    "afterservice amend 202610-001 --set customer=… --reason …"
)
LATER = "2026-11-02 09:00"
BOUGHT = "bought: {title: {zh: 购买日期, en: Bought}, type: date}"
FIELDS = f"fields:\n  {OCCASION}\n  {BOUGHT}\n"
PROFILE = COLUMNS.replace("  category: topic", "  category: topic\n  occasion: event\n  bought: day")


class Counter:
    """A desk with a rulebook of its own, to which the command brings a file."""

    def __init__(self, call: Runner, folder: Path) -> None:
        self.call, self.folder, self.env = call, folder, {"AFTERSERVICE_LANG": "en"}
        (folder / "rules.yaml").write_text(rulebooks.text("shop") + FIELDS, "utf-8")
        (folder / "shop.yaml").write_text(PROFILE)
        assert call("init", "--rules", "rules.yaml").code == 0

    def bring(self, *rows: Cells, words: tuple[str, ...] = ()) -> Result:
        write(self.folder / "cases.csv", rows)
        return self.read("cases.csv", *words)

    def read(self, file: str, *words: str) -> Result:
        return self.call("import", file, "--profile", "shop.yaml", *words, now=LATER, env=self.env)

    def plan(self, *rows: Cells) -> Any:
        told = json.loads(self.bring(*rows, words=("--dry-run", "--json")).out)
        assert {name: part["count"] for name, part in told["plan"].items()} == {
            name: told[name] for name in ("new", "changed", "unchanged", "conflicts", "rejected")
        }
        return told["plan"]


def write(file: Path, rows: tuple[Cells, ...]) -> None:
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, (*HEADINGS, *COURSE, "event", "day"))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def counter(call: Runner, tmp_path: Path) -> Counter:
    return Counter(call, tmp_path)


def changes(moved: Any) -> list[tuple[str, str | None, str | None]]:
    return [(change["field"], change["from"], change["to"]) for change in moved["changes"]]


# --- what would be new ----------------------------------------------------------------------------------------------


def test_new_cases_are_counted_by_category_and_priority(counter: Counter) -> None:
    rows = (ROW, TWO, but(ROW, no="3"), but(ROW, no="4", text="hm"))
    done = counter.bring(*rows, words=("--dry-run",))
    assert (done.code, done.out.splitlines()) == (
        0,
        [
            "4 read: 4 new, 0 unchanged, 0 changed, 0 conflicts, 0 rejected",
            "new by category: Defect 2, Wish 1, Rest 1",
            "new by priority: High 4",
        ],
    )
    assert counter.plan(*rows)["new"] == {
        "count": 4,
        "by_category": {"defect": 2, "wish": 1, "rest": 1},
        "by_priority": {"P1": 4},
    }
    assert json.loads(counter.call("list", "--all", "--json").out) == []


def test_the_plan_speaks_chinese(counter: Counter) -> None:
    counter.bring(ROW)
    counter.env["AFTERSERVICE_LANG"] = "zh"
    rows = (but(ROW, topic="wish", name="Li", solved="2026-10-13"), TWO, but(ROW, no="3", received=""))
    done = counter.bring(*rows, words=("--dry-run",))
    assert "新增按类别：建议 1" in done.out
    assert "类别：功能缺陷 → 建议" in done.out
    assert "客户（个人信息，不显示）" in done.out
    assert "第4行：" in done.out


def test_an_import_that_records_has_no_plan(counter: Counter) -> None:
    assert json.loads(counter.bring(ROW, words=("--json",)).out)["plan"] is None
    assert "by category" not in counter.bring(ROW, TWO).out


# --- what would change ----------------------------------------------------------------------------------------------


def test_each_changed_case_says_from_what_to_what(counter: Counter) -> None:
    counter.bring(but(ROW, day="2026-01-01", solved="2026-10-13", done="2026-10-20"), TWO)
    row = but(ROW, topic="wish", model="L5", day="2026-02-01", solved="2026-10-15", done="2026-10-20")
    plan = counter.plan(row, TWO)
    (moved,) = plan["changed"]["cases"]
    assert (moved["line"], moved["case"]) == (2, "202610-001")
    assert changes(moved) == [
        ("bought", "2026-01-01", "2026-02-01"),
        ("product", None, "L5"),
        ("category", "defect", "wish"),
        ("resolved", "2026-10-12T16:00:00Z", "2026-10-14T16:00:00Z"),  # and not the closing, which is as it was
    ]
    shown = counter.bring(row, TWO, words=("--dry-run",)).out.splitlines()
    assert shown[1:] == [
        "1 case would change:",
        "  202610-001 (line 2): Bought: 2026-01-01 → 2026-02-01; product: – → L5; category: Defect → Wish; "
        "resolved: 2026-10-13 00:00 → 2026-10-15 00:00",
    ]
    assert counter.bring(row, TWO).out.startswith("2 read: 0 new, 1 unchanged, 1 changed")


def test_personal_data_is_named_and_not_shown(counter: Counter) -> None:
    counter.bring(but(ROW, event="a wedding"))
    row = but(ROW, name="Zhao", mobile="13900000077", text="it is torn", event="a funeral")
    (moved,) = counter.plan(row)["changed"]["cases"]
    assert {change["field"]: change["what"] for change in moved["changes"]} == dict.fromkeys(
        ("customer", "contact", "description", "occasion"), "personal"
    )
    done = [counter.bring(row, words=("--dry-run", *words)) for words in ((), ("--json",))]
    told = "".join(one.out + one.err for one in done)
    assert "Occasion (personal, not shown)" in told
    secrets = ("Wang", "Zhao", "139", "torn", "broken", "wedding", "funeral")
    assert [word for word in secrets if word in told] == []


def test_no_more_than_so_many_changed_cases_are_shown(counter: Counter) -> None:
    rows = [but(ROW, no=str(number)) for number in range(SHOWN + 3)]
    counter.bring(*rows)
    later = [but(row, model="L5") for row in rows]
    done = counter.bring(*later, words=("--dry-run",))
    assert (done.out.count("product: – → L5"), done.out.splitlines()[-1]) == (SHOWN, "  … 3 more")
    assert len(counter.plan(*later)["changed"]["cases"]) == SHOWN


def test_what_is_said_in_other_words_of_the_same_time_is_told_without_another_time(counter: Counter) -> None:
    counter.bring(but(ROW, solved="2026-10-13", solution="mended"))
    done = counter.bring(but(ROW, solved="2026-10-13", solution="exchanged"), words=("--dry-run",))
    assert done.out.splitlines()[1:] == [
        "1 case would change:",
        "  202610-001 (line 2): resolved 2026-10-13 00:00 (said otherwise)",
    ]


# --- what would be left ---------------------------------------------------------------------------------------------


def test_conflicts_and_rejected_rows_say_why(counter: Counter) -> None:
    counter.bring(ROW)
    counter.call("amend", "202610-001", "--set", "customer=Sun", "--reason", "misheard", now=LATER)
    rows = (but(ROW, name="Zhao", model="L5"), but(TWO, received=""))
    plan = counter.plan(*rows)
    (moved,) = plan["conflicts"]["cases"]
    assert moved["conflicts"] == [{"field": "customer", "reason": BY_HAND}]
    assert changes(moved) == [("product", None, "L5")]
    (rejected,) = plan["rejected"]["rows"]
    assert (rejected["line"], rejected["field"]) == (3, "received_at (received)")
    done = counter.bring(*rows, words=("--dry-run",))
    assert done.code == 11
    assert done.out.splitlines()[1:] == [
        "1 row in conflict with its case:",
        f"  202610-001 (line 2): {BY_HAND}; would go in: product: – → L5",
        "1 row would be rejected:",
        f"  line 3: {rejected['reason']}",
    ]
    assert "amended by hand" not in done.err
    assert not (counter.folder / "cases.rejects.csv").exists()


def test_a_case_that_was_taken_out_takes_nothing_of_its_row(counter: Counter) -> None:
    counter.bring(ROW, TWO)
    assert counter.call("merge", "202610-001", "202610-002", "--reason", "the same", now=LATER).code == 0
    done = counter.bring(but(ROW, model="L5", topic="wish"), words=("--dry-run",))
    assert done.out.splitlines()[1:] == [
        "1 row in conflict with its case:",
        "  202610-001 (line 2): 202610-001 was taken out here",
    ]


def test_a_rejects_file_put_right_is_imported_again_and_goes_in(counter: Counter) -> None:
    assert counter.bring(but(ROW, via="Fax"), TWO).code == 11
    with (counter.folder / "cases.rejects.csv").open(encoding="utf-8-sig", newline="") as lines:
        (left,) = csv.DictReader(lines)
    assert (left["_status"], left["_field"]) == ("rejected", "via")
    with (counter.folder / "mended.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(left))
        writer.writeheader()
        writer.writerow(left | {left["_field"]: "Tel"})
    foreseen = counter.read("mended.csv", "--dry-run")
    done = counter.read("mended.csv")
    assert (foreseen.code, done.code) == (0, 0)
    assert done.out == "1 read: 1 new, 0 unchanged, 0 changed, 0 conflicts, 0 rejected\n"
    assert foreseen.out.startswith(done.out)
    assert "columns not used" not in done.err
    assert len(json.loads(counter.call("list", "--all", "--json").out)) == 2
    assert counter.bring(ROW, TWO).out.startswith("2 read: 0 new, 2 unchanged")


# --- the plan is what comes -----------------------------------------------------------------------------------------

some = st.fixed_dictionaries(
    {
        "no": st.sampled_from("1234"),
        "received": st.sampled_from(["2026-10-12", "2026-10-12", ""]),
        "topic": st.sampled_from(["", "wish", "defect"]),
        "model": st.sampled_from(["", "L5"]),
        "solved": st.sampled_from(["", "2026-10-13", "2026-10-14"]),
    }
)
files = st.lists(some.map(lambda cells: {**ROW, **cells}), max_size=6)


@given(files, files)
@settings(max_examples=25, phases=[Phase.explicit, Phase.generate])
def test_what_is_foreseen_is_what_comes(small: str, first: list[Cells], second: list[Cells]) -> None:
    with (
        pytest.MonkeyPatch.context() as patch,
        TemporaryDirectory() as folder,
        register_in(Path(folder), small) as desk,
    ):
        patch.setattr(connection, "TURN", 0.0)
        shop = Shop(desk)
        shop.read(*first)
        before = desk.tables()
        foreseen = shop.read(*second, try_only=True)
        assert desk.tables() == before
        known = {case.number for case in desk.cases()}
        done = shop.read(*second)
        assert foreseen.counts == done.counts
        assert foreseen.plan is not None
        assert {moved.case for moved in (*foreseen.plan.changed, *foreseen.plan.conflicts)} <= known
        new = [case for case in desk.cases() if case.number not in known]
        told = foreseen.plan.by_category
        assert {name: [case.value("category") for case in new].count(name) for name in told} == told
        assert sum(told.values()) == len(new)


def test_a_row_that_stands_twice_is_foreseen_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "TURN", 0.0)
    assert counted(shop.read(ROW, ROW, TWO, try_only=True)) == {"new": 2, "unchanged": 1}
    assert counted(shop.read(ROW, ROW, TWO)) == {"new": 2, "unchanged": 1}


def stopping() -> Iterator[None]:
    yield
    raise KeyboardInterrupt


def test_one_that_is_stopped_has_no_plan(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "TURN", 0.0)
    shop.read(ROW, TWO, try_only=True)
    stop = stopping()
    order = ImportOrder(try_only=True, progress=lambda done, total: next(stop))
    stopped = import_file(shop.desk, shop.file, shop.profile, order)
    assert (stopped.stopped, stopped.plan) == (True, None)
