"""Telling: what is said to whom, in which language, and that it was."""

import errno
import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import rulebooks
from afterservice_cli.cases.case import Event
from afterservice_cli.cases.events.general import MessageWritten
from afterservice_cli.cases.events.intake import FileAttached
from afterservice_cli.cases.values import Appraisal
from afterservice_cli.decisions import closing, escalation, handling, messages, planning, triage
from afterservice_cli.decisions.messages import language_of
from afterservice_cli.decisions.planning import Proposal
from afterservice_cli.errors import BadInput
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.workflows.desk import Desk
from afterservice_cli.workflows.outbox import Outbox
from afterservice_cli.workflows.recording import writing
from conftest import Runner
from courses import LIFE, Did, came, gone, life, standing_at
from given import given, hour


def told(
    did: Did, *course: Did, rulebook: Rulebook = LIFE, via: str | None = None, **draft: Any
) -> list[MessageWritten]:
    """The messages that the last step of a course brings."""
    outcome = gone(*course, rulebook=rulebook, **draft).when(did.decision, at=did.at, now=did.at, actor=did.by)
    return messages.write(outcome.case, outcome.events, Moment(did.at, did.at, did.by, rulebook, via=via))


def saying(text: str, on: str = "noted", to: str = "customer") -> Rulebook:
    """The rulebook with one template more."""
    return life(("messages:\n", f"messages:\n  more: {{on: {on}, to: {to}, text: {text!r}}}\n"))


def test_the_customer_hears_that_it_came_in_by_the_channel_it_came_by() -> None:
    (message,) = told(Did(triage.acknowledge, 1))
    assert message == MessageWritten(
        *(hour(1), "come_in", "customer", (), "phone", "en"),
        "We have 202610-001, Zoe. You hear from us by 2026-10-21 18:00.",
    )


def test_whoever_acts_names_the_way_in_which_the_customer_is_told() -> None:
    solved = Did(partial(closing.resolve, resolution="mended"), 1)
    rulebook = saying("Done: {text}", on="resolved")
    assert [message.channel for message in told(solved, rulebook=rulebook)] == ["phone"]
    assert [message.channel for message in told(solved, rulebook=rulebook, via="E-mail")] == ["email"]
    with pytest.raises(BadInput, match="unknown channel 'pigeon'"):
        told(solved, rulebook=rulebook, via="pigeon")


def test_a_way_for_no_message_is_refused() -> None:
    for rulebook in (saying("Done", on="resolved", to="owner"), life()):
        with pytest.raises(BadInput, match="no message to the customer for this – leave --via out"):
            told(Did(partial(closing.resolve, resolution="mended"), 1), rulebook=rulebook, via="email")
    nothing = Did(lambda case, moment: [], 1)
    assert told(nothing, via="email") == []


def test_the_language_is_the_case_s() -> None:
    (message,) = told(Did(triage.acknowledge, 1), text="水管漏水")
    assert (message.language, message.text) == ("zh", "Zoe，202610-001 已受理，2026-10-21 18:00 前答复。")


@pytest.mark.parametrize(
    ("text", "rulebook", "language"),
    [
        ("漏水了", LIFE, "zh"),
        ("my 水管 leaks", LIFE, "zh"),
        ("ça fuit", LIFE, "en"),
        ("12345 ???", LIFE, "en"),
        ("12345 ???", life(("language: en", "language: zh")), "zh"),
    ],
)
def test_where_the_words_do_not_tell_the_language_the_rulebook_does(
    text: str, rulebook: Rulebook, language: str
) -> None:
    assert language_of(standing_at(gone(text=text, rulebook=rulebook)), rulebook) == language


def test_colleagues_are_told_in_the_desk_s_language_and_by_name() -> None:
    (message,) = told(Did(partial(triage.assign, owner="li", reason="your turn"), 1, "zhao"), text="水管漏水 leaks")
    assert (message.to, message.people, message.channel, message.language) == ("owner", ("li",), None, "en")
    assert message.text == "202610-001 is yours, zhao says: your turn"
    (team,) = told(Did(partial(triage.assign, owner="service", reason="theirs"), 1))
    assert team.people == ("sun",)


def test_the_head_hears_of_a_reopening() -> None:
    (message,) = told(
        Did(partial(closing.reopen, reason="leaks again"), 2), Did(partial(closing.resolve, resolution="x"), 1)
    )
    assert (message.template, message.to, message.people) == ("again", "owner_head", ("zhao",))
    assert message.text == "202610-001 was reopened: leaks again"


def test_a_template_may_be_for_some_cases_only() -> None:
    costly = Did(partial(planning.propose, proposal=Proposal("refund", gives={"money": "1200"})), 1, "li")
    (message,) = told(costly)
    assert (message.people, message.text) == (("han",), "202610-001 would cost money 1200 yuan: Refund")
    assert told(Did(partial(planning.propose, proposal=Proposal("refund", gives={"money": "900"})), 1, "li")) == []


def test_an_event_without_a_template_and_a_rulebook_without_templates_say_nothing() -> None:
    assert told(Did(handling.respond, 1)) == []
    silent = life((rulebooks.text("life").partition("\nmessages:\n")[2], ""), ("\nmessages:\n", "\n"))
    assert told(Did(triage.acknowledge, 1), rulebook=silent) == []


def test_an_answer_goes_the_way_the_contact_took() -> None:
    rulebook = saying("as we said", on="responded")
    assert [m.channel for m in told(Did(partial(handling.respond, channel="email"), 1), rulebook=rulebook)] == ["email"]
    assert [m.channel for m in told(Did(handling.respond, 1), rulebook=rulebook)] == ["phone"]


def test_all_that_a_template_may_say() -> None:
    words = (
        "{case}|{customer}|{description}|{product}|{category}|{priority}|{owner}|{person}|{registered_at}|{due_at}|"
        "{promised_at}|{text}|{disposition}|{gives}|{tasks}|{channel}|{actor}|{serial}|{quantity}"
    )
    (message,) = told(
        Did(partial(handling.note, text="so far"), 3, "zhao"),
        Did(partial(triage.assign, owner="li", reason="x"), 1),
        Did(
            partial(planning.propose, proposal=Proposal("repair", gives={"money": "70"}, promised_at=hour(30))),
            2,
            "li",
        ),
        rulebook=saying(words, to="quality"),
        facts={"product": "P-1", "serial": "AB-1"},
    )
    assert message.text == (
        "202610-001|Zoe|It leaks|P-1|Broken|Normal|Engineering|Li Ming|2026-10-14 09:00|2026-10-14 14:00|"
        "2026-10-15 15:00|so far|Repair|money 70 yuan|Fetch it, Mend it|Phone|zhao|AB-1|–"
    )


def test_what_is_not_known_is_a_dash() -> None:
    rulebook = saying("{person} {promised_at} {disposition} {gives} {tasks} {product} {serial}")
    (message,) = told(Did(partial(handling.note, text="x"), 1), rulebook=rulebook)
    assert message.text == "– – – – – – –"


def test_a_part_is_left_out_where_a_placeholder_of_it_has_nothing() -> None:
    rulebook = saying("{case}[[ for {gives}]][[, by {promised_at}: {plan}]][[ ({files})]]", on="proposed")
    cheap = Did(partial(planning.propose, proposal=Proposal("explain")), 1, "li")
    assert told(cheap, rulebook=rulebook)[0].text == "202610-001"
    costly = Did(
        partial(planning.propose, proposal=Proposal("explain", {"money": "70"}, hour(30)), text="[[we {case} ship]]"),
        1,
        "li",
    )
    (message,) = told(costly, rulebook=rulebook)
    assert message.text == "202610-001 for money 70 yuan, by 2026-10-15 15:00: [[we {case} ship]]"
    assert told(cheap, rulebook=saying("[[{gives}]]", on="proposed")) == []


@pytest.mark.parametrize(
    ("template", "words", "text"),
    [
        ("{text}。", "坏了。", "坏了。"),
        ("{text}。", "坏了", "坏了。"),
        ("{text}。请见谅", "能修吗？", "能修吗？请见谅"),
        ("{text}。", "等等……", "等等……"),
        ("[[{text}。]]{case}", "坏了。\n", "坏了。202610-001"),
        ("{text}，{case}", "坏了。", "坏了，202610-001"),
        ("{text}[[，{case}]]", "坏了。", "坏了，202610-001"),
        ("{text}.", "It leaks.", "It leaks."),
        ("{text}; {case}", "by Acme Inc.", "by Acme Inc.; 202610-001"),
        ("{text}。{text}", "坏了。", "坏了。坏了。"),
    ],
)
def test_what_somebody_said_and_a_template_do_not_end_one_sentence_twice(template: str, words: str, text: str) -> None:
    (message,) = told(Did(partial(handling.respond, text=words), 1, "li"), rulebook=saying(template, on="responded"))
    assert message.text == text


def test_what_was_found_out_and_planned_has_its_words() -> None:
    rulebook = saying("{fault}|{cause}|{liability}|{plan}|{text}|{files}", on="approved", to="owner")
    file = FileAttached(hour(0), "ab" * 32, 3, "photo.jpg")
    course = (
        Did(lambda case, moment: [file, file.but(file="log.txt")], 0),
        Did(partial(handling.appraise, found=Appraisal("motor", "wear", ("maker", "customer"))), 1, "li"),
        Did(partial(planning.propose, proposal=Proposal("repair"), text="a new board in 3 days"), 2, "li"),
    )
    (message,) = told(Did(partial(planning.approve, text="fine by me"), 3, "zhao"), *course, rulebook=rulebook)
    found = "The motor|Worn out|The maker, The customer"
    assert message.text == f"{found}|a new board in 3 days|fine by me|photo.jpg, log.txt"


def test_the_running_deadline_of_a_target_can_be_named() -> None:
    rulebook = saying("{due:respond}|{due:resolve}|{due:answer}")
    (message,) = told(Did(partial(handling.note, text="x"), 1), rulebook=rulebook)
    assert message.text == "2026-10-14 14:00|2026-10-21 18:00|–"
    (later,) = told(Did(partial(handling.note, text="x"), 2), Did(handling.respond, 1), rulebook=rulebook)
    assert later.text == "–|2026-10-21 18:00|–"


def test_the_running_deadline_of_a_task_can_be_named() -> None:
    course = (
        Did(partial(planning.propose, proposal=Proposal("repair")), 1, "li"),
        Did(planning.approve, 2, "zhao"),
    )
    rulebook = saying("{due:fetch}|{due:mend}", on="agreed")
    (message,) = told(Did(partial(planning.agree, agreed=True), 3), *course, rulebook=rulebook)
    assert message.text == "2026-10-15 18:00|–"  # mending has to wait


def test_no_customer_is_promised_what_has_passed() -> None:
    """A day without a time, entered days later; colleagues are told when it was due."""
    words = "{case}[[, by {due_at}]][[, by {due:respond}]][[, by {promised_at}]]"
    both = life(("messages:\n", f"messages:\n  more: {{on: noted, to: [customer, owner], text: {words!r}}}\n"))
    case = gone(rulebook=both).when(partial(handling.note, text="x"), at=hour(1), now=hour(300)).case
    outside, inside = messages.write(case, [case.events[-1].event], Moment(hour(300), hour(1), "ann", both))
    assert outside.text == "202610-001"
    assert inside.text == "202610-001, by 2026-10-14 14:00, by 2026-10-14 14:00"


def test_one_template_serves_several_events_and_receivers() -> None:
    rulebook = saying("{case}: {text}", on="[noted, resolved]", to="[owner, owner_head, quality, 'head:service']")
    (lead, quality, service) = told(Did(partial(handling.note, text="so far"), 1), rulebook=rulebook)
    assert [(m.to, m.people) for m in (lead, quality, service)] == [
        ("owner", ("zhao",)),  # who heads the team, too
        ("quality", ("kim", "wang")),
        ("head:service", ("sun",)),
    ]
    assert len(told(Did(partial(closing.resolve, resolution="mended"), 1), rulebook=rulebook)) == 3


def test_the_heads_of_collaborating_teams_are_told() -> None:
    rulebook = saying("{case}", to="collaborators")
    beside = Did(partial(triage.assign, collaborators=("quality", "service"), reason="both"), 1)
    (message,) = told(Did(partial(handling.note, text="x"), 2), beside, rulebook=rulebook)
    assert (message.to, message.people) == ("collaborators", ("kim", "sun"))
    assert told(Did(partial(handling.note, text="x"), 2), rulebook=rulebook) == []


def test_whatever_gives_the_case_away_tells_the_new_owner() -> None:
    move = Did(partial(triage.classify, category="charged", reason="it is about money"), 1)
    (message,) = told(move)
    assert (message.template, message.people) == ("yours", ("sun",))
    assert told(Did(partial(triage.classify, priority="high", reason="urgent"), 1)) == []
    late = life(("consequences: [", "consequences: [{on: missed, targets: [respond], hand_to: quality}, "))
    (handed,) = told(Did(escalation.escalate, 30), rulebook=late)
    assert handed.people == ("kim",)
    again = life(("raise_priority: 1, tell: owner_head}", "hand_to: management}"))
    solved = Did(partial(closing.resolve, resolution="mended"), 2)
    handed, _ = told(Did(partial(closing.reopen, reason="x"), 3), solved, rulebook=again)
    assert (handed.template, handed.people) == ("yours", ("han",))


def test_several_deadlines_missed_in_one_run_make_one_message_for_each_receiver() -> None:
    late = life(
        ("consequences: [", "consequences: [{on: missed, tell: owner_head}, "),
        ("messages:\n", "messages:\n  late: {on: escalated, to: [owner_head, service], text: '{case}'}\n"),
    )
    outcome = gone(rulebook=late).when(escalation.escalate, at=hour(900), now=hour(900))
    assert len(outcome.events) == 3
    (head, service) = messages.write(outcome.case, outcome.events, Moment(hour(900), hour(900), "cron", late))
    assert [head.people, service.people] == [("zhao",), ("sun", "he", "lin")]


def test_whom_a_consequence_tells_gets_the_message_that_says_so() -> None:
    tells = "{on: missed, targets: respond, tell: [owner_head, management]}, {on: missed, raise_priority: 1}"
    late = life(
        ("consequences: [", f"consequences: [{tells}, "),
        ("messages:\n", "messages:\n  late: {on: [escalated, reopened], to: told, text: '{case}'}\n"),
    )
    outcome = gone(rulebook=late).when(escalation.escalate, at=hour(900), now=hour(900))
    moment = Moment(hour(900), hour(900), "cron", late)
    (message,) = messages.write(outcome.case, outcome.events, moment)
    assert (message.to, message.people) == ("told", ("zhao", "han"))
    assert messages.write(outcome.case, outcome.events[1:], moment) == []


def test_an_answer_goes_the_way_the_command_names_or_the_customer_prefers() -> None:
    (phone,) = told(Did(triage.acknowledge, 1))
    (email,) = told(Did(partial(triage.acknowledge, channel="email"), 1))
    assert (phone.channel, email.channel) == ("phone", "email")
    book = life(
        ("fields:\n", "fields:\n  way: {title: Preferred, values: {sms: Text message, phone: Call}}\n"),
        ("messages:\n", "telling: {prefer: way}\nmessages:\n  done: {on: resolved, text: '{text}'}\n"),
    )
    prefers: dict[str, Any] = {"facts": {"way": "sms"}}
    done = Did(partial(closing.resolve, resolution="mended"), 1)
    assert [m.channel for m in told(done, rulebook=book, **prefers)] == ["sms"]
    assert [m.channel for m in told(done, rulebook=book)] == ["phone"]
    assert [m.channel for m in told(Did(triage.acknowledge, 1), rulebook=book, **prefers)] == ["sms"]
    named = Did(partial(triage.acknowledge, channel="Text message"), 1)
    assert [m.channel for m in told(named, rulebook=book)] == ["sms"]


def test_what_a_customer_wrote_is_never_read_as_a_template() -> None:
    (message,) = told(
        Did(partial(handling.note, text="{customer}"), 1),
        text="{case} leaks",
        rulebook=saying("{description} {text}", to="quality"),
    )
    assert message.text == "{case} leaks {customer}"


def test_a_delay_gives_its_reason_and_its_new_day() -> None:
    (message,) = told(
        Did(partial(handling.delay, to=hour(300), reason="no parts"), 1),
        rulebook=saying("{text}: {promised_at}", on="delayed"),
    )
    assert message.text == "no parts: 2026-10-26 21:00"


def test_an_approval_in_part_is_none_yet() -> None:
    rulebook = saying("approved", on="approved")
    costly = Did(partial(planning.propose, proposal=Proposal("refund", gives={"money": "1200"})), 1, "li")
    assert told(Did(planning.approve, 2, "zhao"), costly, rulebook=rulebook) == []
    whole = told(Did(planning.approve, 3, "han"), costly, Did(planning.approve, 2, "zhao"), rulebook=rulebook)
    assert [message.text for message in whole] == ["approved"]


def test_a_message_changes_nothing_about_the_case() -> None:
    message: Event = MessageWritten(hour(1), "come_in", "customer", (), "phone", "en", "x")
    before, after = standing_at(gone()), standing_at(given(came(), message, rulebook=LIFE))
    assert after.but(events=(), happened={}) == before.but(events=(), happened={})


# --- on the screen, and in the outbox -----------------------------------------------------------------------------


@pytest.fixture
def life_desk(tmp_path: Path, call: Runner) -> Path:
    (tmp_path / "life.yaml").write_text(rulebooks.text("life"))
    call("init", "--rules", "life.yaml")
    call("register", "It leaks", "--channel", "email", "--customer", "Zoe", "--contact", "zoe@example.com")
    return tmp_path


def test_the_text_that_was_produced_is_kept_with_the_case(life_desk: Path, call: Runner) -> None:
    call("acknowledge", "001")
    with writing(Desk(life_desk / "afterservice.db", now=hour(0), actor="x", clock="system")) as writer:
        (message,) = [r.event for r in writer.load("202610-001").events if isinstance(r.event, MessageWritten)]
    assert message.text == "We have 202610-001, Zoe. You hear from us by 2026-10-19 18:00."


def test_the_course_calls_a_message_by_its_title_and_whoever_gets_it_by_theirs(tmp_path: Path, call: Runner) -> None:
    book = rulebooks.text("life").replace("come_in:\n", "come_in:\n    title: {en: Receipt, zh: 受理通知}\n")
    book = book.replace("yours: {on: assigned, to: owner,", "yours: {on: assigned, to: head:quality,")
    (tmp_path / "life.yaml").write_text(book, "utf-8")
    call("init", "--rules", "life.yaml")
    call("register", "It leaks", "--channel", "email", "--customer", "Zoe", "--contact", "zoe@example.com")
    call("acknowledge", "001")
    call("assign", "001", "--owner", "service", "--reason", "theirs")
    in_english, in_chinese = (
        call("show", "001", "--all", columns=200, env={"AFTERSERVICE_LANG": language}).out for language in ("en", "zh")
    )
    assert "Receipt → customer" in in_english and "受理通知 → 客户" in in_chinese
    assert "yours → kim" in in_english, "one without a title goes by its id"


def test_an_outbox_gets_a_file_for_each_message_that_nobody_else_may_read(life_desk: Path, call: Runner) -> None:
    outbox = life_desk / "out"
    outbox.mkdir()
    for _ in range(2):
        done = call("acknowledge", "001", "--outbox", "out")
    assert "You hear from us" not in done.out
    first, second = sorted(outbox.iterdir(), key=lambda file: (len(file.name), file.name))
    assert (first.name, second.name) == (
        "20261012T010000Z-202610-001-come_in.txt",
        "20261012T010000Z-202610-001-come_in-2.txt",
    )
    assert first.stat().st_mode & 0o777 == 0o600
    assert first.read_text("utf-8") == (
        "To: Zoe (E-mail) <zoe@example.com>\nCase: 202610-001\nMessage: come_in\n\n"
        "We have 202610-001, Zoe. You hear from us by 2026-10-19 18:00.\n"
    )


def test_a_message_that_the_disk_has_no_room_for_leaves_no_piece_to_be_sent(
    life_desk: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    (life_desk / "out").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            Outbox(life_desk / "out").post("001-come_in", "words", hour(0), life_desk / "afterservice.db")
    assert list((life_desk / "out").iterdir()) == []


def test_a_customer_s_name_makes_no_heading_of_its_own(life_desk: Path, call: Runner) -> None:
    (life_desk / "out").mkdir()
    call("register", "It leaks", "--channel", "email", "--customer", "Zoe\nBcc: all@example.com")
    call("acknowledge", "002", "--outbox", "out")
    (file,) = (life_desk / "out").iterdir()
    heads = file.read_text("utf-8").partition("\n\n")[0].splitlines()
    assert heads == ["To: Zoe Bcc: all@example.com (E-mail)", "Case: 202610-002", "Message: come_in"]


def test_what_was_refused_leaves_no_message(life_desk: Path, call: Runner) -> None:
    (life_desk / "out").mkdir()
    assert call("acknowledge", "001", "--promise", "2026-10-01", "--outbox", "out").code == 3
    assert list((life_desk / "out").iterdir()) == []


def test_json_has_the_messages(life_desk: Path, call: Runner) -> None:
    done = call("acknowledge", "001", "--json")
    assert '"template": "come_in"' in done.out
    assert "You hear from us by 2026-10-19 18:00." in done.out
