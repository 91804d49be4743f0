"""A document to a snapshot: canonical, normalised, its holidays expanded, its own examples tried."""

import json
from datetime import datetime
from typing import Any

import pytest

import rulebooks
from afterservice_cli.reports.rules.differing import differences, places
from afterservice_cli.rulebook.compiling import Compiled, compile_rulebook
from afterservice_cli.rulebook.model import Rulebook, snapshot_hash
from afterservice_cli.time.durations import parse_duration

RULES = rulebooks.text("snapshot")


def compiled(text: str = RULES, *, year: int = 2026) -> Compiled:
    return compile_rulebook(text.encode(), "rules.yaml", year=year)


def snapshot(text: str = RULES, *, year: int = 2026) -> dict[str, Any]:
    return compiled(text, year=year).whole


def but(*pairs: tuple[str, str]) -> str:
    """The rules with some pieces replaced."""
    text = RULES
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def test_the_same_bytes_have_the_same_hash() -> None:
    one, two = compiled(), compiled()
    assert one.snapshot == two.snapshot
    assert one.rulebook.hash == two.rulebook.hash == snapshot_hash(one.snapshot[one.rulebook.hash])


def test_the_snapshot_is_canonical_json() -> None:
    texts = [*compiled().snapshot.items(), *rulebooks.compiled("samples").snapshot.items()]
    assert len(texts) == 3
    for digest, text in texts:
        assert json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":")) == text
        assert snapshot_hash(text) == digest


def test_sample_texts_stand_apart_and_are_the_same_whatever_else_a_rulebook_says() -> None:
    one, other = rulebooks.compiled("topics"), rulebooks.compiled("topics", ("title: {en: Rude", "title: {en: Ruder"))
    assert one.rulebook.hash != other.rulebook.hash
    (apart,) = one.snapshot.keys() & other.snapshot.keys()
    assert json.loads(one.snapshot[one.rulebook.hash])["texts"] == apart
    assert {*json.loads(one.snapshot[apart])} == {"topics", "weights"}
    taught = rulebooks.compiled("topics", ("      等了五天", "      等了六天\n      等了五天"))
    assert not taught.snapshot.keys() & one.snapshot.keys()
    assert taught.rulebook.topics["late"].texts[0] == "等了六天"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("rulebook: small\ntitle: {zh: 小, en: Small}", "title: {en: Small, zh: 小}\nrulebook: small"),
        ("{title: Tech, head: zhao}", "{head: zhao, title: Tech}"),
        ("{tier: vip, match: [ＡＰＰ]}", "{match: [ＡＰＰ], tier: vip}"),
        ('"09:00-12:00, 13:00-18:00", sat: "09:00-12:00"', '"13:00-18:00,9:00-12:00", sat: 9:00-12:00'),
        ("mon-fri:", '"mon,tue,wed,thu,fri":'),
        ("order: Order", "order: {title: {en: Order, zh: Order}, type: text, personal: true}"),
        ("tier: vip", "tier: [vip]"),
        ("{until: responded}", "{until: responded, from: registered, pauses: false, title: respond}"),
        ("# nothing", "# nothing"),
    ],
    ids=["sections", "keys", "condition", "spans", "weekdays", "short form", "single value", "defaults", "comment"],
)
def test_what_means_the_same_has_the_same_hash(old: str, new: str) -> None:
    text = but((old, new)) if old in RULES else f"{RULES}{new}\n"
    assert compiled(text).rulebook.hash == compiled().rulebook.hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "defect: {title: Defect, match: [ＡＰＰ崩溃, app崩溃, App Crash, 坏了], unless: [没坏]}\n"
            "      wish: {title: Wish, match: [wish]}",
            "wish: {title: Wish, match: [wish]}\n"
            "      defect: {title: Defect, match: [ＡＰＰ崩溃, app崩溃, App Crash, 坏了], unless: [没坏]}",
        ),
        (
            "P1: {title: High, when: [{tier: vip, match: [ＡＰＰ]}], targets: {respond: 1h}}\n  P2: Low",
            "P2: Low\n  P1: {title: High, when: [{tier: vip, match: [ＡＰＰ]}], targets: {respond: 1h}}",
        ),
        ("respond: 1h", "respond: 2h"),
        ("[wish]", "[wish, hope]"),
        ("until: responded", "until: resolved"),
    ],
    ids=["order of categories", "order of priorities", "duration", "phrase", "anchor"],
)
def test_what_means_something_else_has_another_hash_and_is_named(old: str, new: str) -> None:
    other = compiled(but((old, new)))
    assert other.rulebook.hash != compiled().rulebook.hash
    assert changes(compiled().rulebook, other.rulebook) != []


def test_examples_and_comments_are_no_part_of_it() -> None:
    assert compiled(RULES.partition("examples:")[0] + "# done\n").rulebook.hash == compiled().rulebook.hash


def test_phrases_are_normalised_and_each_is_there_once() -> None:
    defect = next(entry for entry in snapshot()["categories"] if entry["id"] == "product.defect")
    assert defect["match"] == ["app崩溃", "app crash", "坏了"]
    assert snapshot()["priorities"][0]["when"][0]["match"] == ["app"]


def test_a_category_is_its_path() -> None:
    ids = [entry["id"] for entry in snapshot()["categories"]]
    assert ids == ["product", "product.defect", "product.wish", "rest"]
    assert compiled().rulebook.leaves() == ["product.defect", "product.wish", "rest"]


def test_a_title_in_one_language_serves_for_both() -> None:
    titles = {entry["id"]: entry["title"] for entry in snapshot()["channels"]}
    assert titles == {"phone": {"zh": "电话", "en": "Phone"}, "mail": {"zh": "Mail", "en": "Mail"}}
    assert snapshot(but(("{zh: 小, en: Small}", "{zh: 小}")))["title"] == {"zh": "小", "en": "小"}


def test_free_text_is_personal_unless_said_otherwise() -> None:
    fields = {entry["id"]: (entry["type"], entry["personal"]) for entry in snapshot()["fields"]}
    assert fields == {"tier": ("choice", False), "order": ("text", True), "price": ("number", False)}
    open_order = snapshot(but(("order: Order", "order: {title: Order, personal: false}")))
    assert [entry["personal"] for entry in open_order["fields"]] == [False, False, False]


def test_hours_are_minutes_by_weekday() -> None:
    hours = snapshot()["calendar"]["hours"]
    assert hours["mon"] == hours["fri"] == [[540, 720], [780, 1080]]
    assert (hours["sat"], hours["sun"]) == ([[540, 720]], [])


def test_ranges_of_days_off_are_pairs() -> None:
    text = but(('sat: "09:00-12:00"}', 'sat: "09:00-12:00"}, closed: [2026-12-31, 2027-02-01..2027-02-03]'))
    assert snapshot(text)["calendar"]["closed"] == [["2026-12-31", "2026-12-31"], ["2027-02-01", "2027-02-03"]]


WITH_HOLIDAYS = but(('sat: "09:00-12:00"}', 'sat: "09:00-12:00"}, public_holidays: CN'))


def test_public_holidays_are_written_out_with_the_make_up_workdays() -> None:
    years = snapshot(WITH_HOLIDAYS)["calendar"]["holidays"]
    assert (min(years), max(years)) == ("2000", "2028")
    assert years["2026"]["off"]["2026-10-01"] == "国庆节"
    # State Council notice on the holidays of 2026: 4 January, 14 and 28 February, 9 May, 20 September, 10 October.
    assert list(years["2026"]["work"]) == [
        "2026-01-04",
        "2026-02-14",
        "2026-02-28",
        "2026-05-09",
        "2026-09-20",
        "2026-10-10",
    ]


def test_a_year_whose_make_up_workdays_are_not_announced_is_not_final() -> None:
    years = snapshot(WITH_HOLIDAYS)["calendar"]["holidays"]
    # 2027 leaves this list with the release of the library that knows the State Council's notice.
    unknown = [year for year in ("2027", "2028") if not years[year]["work"]]
    assert "2028" in unknown
    assert [year for year, entry in years.items() if not entry["final"]] == unknown
    # A year that is over is final, announced or not; the one that runs is not, nor are those after it.
    far = snapshot(WITH_HOLIDAYS, year=2029)["calendar"]["holidays"]
    assert [year for year, entry in far.items() if not entry["final"]] == ["2029", "2030", "2031"]


def test_a_country_without_make_up_workdays_is_final_at_once() -> None:
    years = snapshot(WITH_HOLIDAYS.replace("holidays: CN", "holidays: DE-BY"))["calendar"]["holidays"]
    assert all(entry["final"] and not entry["work"] for entry in years.values())
    assert "2026-01-06" in years["2026"]["off"]  # Epiphany, in Bavaria


def test_the_language_of_whoever_adopts_the_rules_is_no_part_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for language in ("en_US", "th"):
        monkeypatch.setenv("LANGUAGE", language)
        found.append(compiled(WITH_HOLIDAYS.replace("holidays: CN", "holidays: DE")))
    assert found[0].rulebook.hash == found[1].rulebook.hash
    assert "Tag der Deutschen Einheit" in found[0].snapshot[found[0].rulebook.hash]


def test_without_public_holidays_there_are_none() -> None:
    assert snapshot()["calendar"]["holidays"] is None


def test_another_year_reaches_further() -> None:
    assert max(snapshot(WITH_HOLIDAYS, year=2027)["calendar"]["holidays"]) == "2029"


def test_numbering_gives_the_series() -> None:
    received_at = datetime.fromisoformat("2026-10-31T23:00+08:00")
    assert compiled().rulebook.series(received_at) == "202610-*"
    numbered = compiled(but(("title: {zh", 'numbering: "KF-{serial:04}/{year}"\ntitle: {zh'))).rulebook
    assert numbered.series(received_at) == "KF-*/2026"


def changes(old: Rulebook, new: Rulebook) -> list[str]:
    return places(differences(old, new))


def test_changes_names_what_differs() -> None:
    new = but(
        ("respond: 1h", "respond: 2h"),
        ("[wish]", "[wish, hope]"),
        ("rest: Rest", "rest: Rest\n  more: More"),
        ("timezone: Asia/Shanghai", "timezone: Asia/Tokyo"),
        ("{zh: 小, en: Small}", "{zh: 小, en: Tiny}"),
        ("category: rest,", "category: more,"),
    )
    assert changes(compiled().rulebook, compiled(new).rulebook) == [
        "calendar.timezone",
        "categories.product.wish",
        "categories.more",
        "default.category",
        "priorities.P1",
        "title.en",
    ]


def test_changes_names_a_section_whose_entries_only_changed_places() -> None:
    high, low = "P1: {title: High, when: [{tier: vip, match: [ＡＰＰ]}], targets: {respond: 1h}}", "P2: Low"
    turned = but((f"{high}\n  {low}", f"{low}\n  {high}"))
    assert changes(compiled().rulebook, compiled(turned).rulebook) == ["priorities"]
    more = but(("  rest: Rest", "  more: More\n  rest: Rest"))
    assert changes(compiled().rulebook, compiled(more).rulebook) == ["categories.more"]


def test_changes_names_what_is_gone() -> None:
    new = but(("      wish: {title: Wish, match: [wish]}\n", ""), ("  order: Order\n", ""))
    assert changes(compiled().rulebook, compiled(new).rulebook) == ["categories.product.wish", "fields.order"]


def test_the_same_again_is_no_change() -> None:
    assert changes(compiled().rulebook, compiled().rulebook) == []


def test_examples_that_hold_are_counted() -> None:
    assert (compiled().examples, compiled().failures) == (1, ())


def test_an_example_that_fails_is_listed_with_its_line_and_what_came_instead() -> None:
    text = (
        f"{RULES}  - {{text: nothing, expect: {{category: product.wish, priority: P2, owner: tech}}}}\n"
        "  # the next one holds\n"
        "  - {text: APP 坏了, tier: vip, expect: {priority: P1}}\n"
        "  - text: 没坏, app crash\n"
        "    expect: {category: product.defect}\n"
    )
    found = [(f.line, f.field, f.expected, f.got) for f in compiled(text).failures]
    first = RULES.count("\n") + 1
    assert found == [
        (first, "category", "product.wish", "rest"),
        (first, "owner", "tech", "desk"),
        (first + 3, "category", "product.defect", "rest"),
    ]
    assert compiled(text).examples == 4


def test_an_example_may_give_a_number() -> None:
    condition = but(("{tier: vip, match: [ＡＰＰ]}", "{price: {over: 1000}}"))
    text = condition + "  - {text: x, price: 1000.5, expect: {priority: P1}}\n  - {text: x, expect: {priority: P2}}\n"
    assert compiled(text).failures == ()


@pytest.mark.parametrize("duration", ["23000wd", "180000wh", "36525d", "876600h", "8wh", "1wd"])
def test_what_compiles_is_counted_to_its_end_from_any_day_that_may_be_given(duration: str) -> None:
    holidays = WITH_HOLIDAYS.replace("CN}", "CN, closed: [2030-01-01..2031-12-31], open: {2035-01-01: closed}}")
    made = compiled(holidays.replace("8wh", duration))
    assert duration in made.snapshot[made.rulebook.hash]
    rulebook = made.rulebook
    for day in ("1900-01-01", "1999-12-31", "2000-01-01", "2026-10-12", "2030-01-01", "2031-12-31", "2199-12-31"):
        start = datetime.fromisoformat(f"{day}T00:00+08:00")
        due = rulebook.calendar.add(start, parse_duration(duration))
        assert rulebook.calendar.back(due, parse_duration(duration)) <= due
        assert rulebook.calendar.provisional(start, due) in (True, False)
