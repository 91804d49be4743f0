"""Which desk is found when none is named: the nearest above, no higher than the ceiling, and nobody else's."""

import os
import pwd
from pathlib import Path

import pytest

from afterservice_cli import accounts
from conftest import Runner

ME, OTHER, TEAM = 70001, 70002, 70003
NONE_HERE = "there is no desk here or above"


@pytest.fixture
def below(tmp_path: Path) -> Path:
    folder = tmp_path / "one" / "two"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def me(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests run as somebody who owns nothing and is in one group."""
    monkeypatch.setattr(os, "geteuid", lambda: ME)
    monkeypatch.setattr(os, "getegid", lambda: ME)
    monkeypatch.setattr(os, "getgroups", lambda: [TEAM])


def owned(monkeypatch: pytest.MonkeyPatch, desk: Path, uid: int, gid: int) -> None:
    """Let a file belong to somebody; what else is asked of it stays."""
    stat = Path.stat

    def told(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        found = stat(path, follow_symlinks=follow_symlinks)
        return os.stat_result((*found[:4], uid, gid, *found[6:])) if path == desk else found

    monkeypatch.setattr(Path, "stat", told)


# --- how far up -------------------------------------------------------------------------------------------------


def test_no_desk_is_looked_for_above_the_ceiling(desk: Path, below: Path, call: Runner) -> None:
    for ceiling, found in ((below, False), (below.parent, False), (desk.parent, True), (desk.parent.parent, True)):
        done = call("list", cwd=below, env={"AFTERSERVICE_CEILING": str(ceiling)})
        assert (NONE_HERE not in done.err) is found, ceiling


def test_a_ceiling_elsewhere_or_none_holds_nobody_back(desk: Path, below: Path, call: Runner) -> None:
    for ceiling in ("", "/nowhere", str(below / "three")):
        assert call("list", cwd=below, env={"AFTERSERVICE_CEILING": ceiling}).code == 0


def test_a_ceiling_by_another_name_of_its_folder(desk: Path, below: Path, call: Runner) -> None:
    link = desk.parent / "link"
    link.symlink_to(below.parent)
    assert NONE_HERE in call("list", cwd=below, env={"AFTERSERVICE_CEILING": str(link)}).err


def test_a_desk_beyond_the_ceiling_may_be_named(desk: Path, below: Path, call: Runner) -> None:
    assert call("list", "--db", str(desk), cwd=below, env={"AFTERSERVICE_CEILING": str(below)}).code == 0


# --- whose ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("uid", "gid"), [(ME, OTHER), (OTHER, TEAM), (OTHER, ME)], ids=["user", "group", "own group"])
def test_a_desk_of_the_user_or_of_a_group_of_theirs_is_used(
    desk: Path, below: Path, call: Runner, monkeypatch: pytest.MonkeyPatch, me: None, uid: int, gid: int
) -> None:
    owned(monkeypatch, desk, uid, gid)
    assert call("list", cwd=below).code == 0


@pytest.mark.parametrize("uid", [OTHER, 0], ids=["somebody", "root"])
def test_a_desk_of_somebody_else_is_named_and_refused(
    desk: Path, below: Path, call: Runner, monkeypatch: pytest.MonkeyPatch, me: None, uid: int
) -> None:
    owned(monkeypatch, desk, uid, OTHER)
    name = pwd.getpwuid(0).pw_name if uid == 0 else f"uid {OTHER}"
    for words in (("list",), ("check",), ("register", "x", "--channel", "phone"), ("calendar", "show", "2026-10")):
        done = call(*words, cwd=below)
        assert done.code == 6
        assert done.err == (
            f"afterservice: {desk} belongs to {name}, not to you\n  name it if it is the one you mean: --db {desk}\n"
        )


def test_a_desk_of_somebody_else_is_used_when_it_is_named(
    desk: Path, below: Path, call: Runner, monkeypatch: pytest.MonkeyPatch, me: None
) -> None:
    owned(monkeypatch, desk, OTHER, OTHER)
    assert call("list", "--db", str(desk), cwd=below).code == 0
    assert call("list", cwd=below, env={"AFTERSERVICE_DB": str(desk)}).code == 0


def test_a_desk_of_somebody_else_above_is_nothing_to_a_new_one(
    desk: Path, below: Path, call: Runner, monkeypatch: pytest.MonkeyPatch, me: None
) -> None:
    owned(monkeypatch, desk, OTHER, OTHER)
    assert call("init", cwd=below).code == 0
    assert call("calendar", "show", "2026-10", "--rules", "afterservice.rules.yaml", cwd=below).code == 0


def test_under_sudo_the_desk_of_the_caller_is_used(
    desk: Path, below: Path, call: Runner, monkeypatch: pytest.MonkeyPatch, me: None
) -> None:
    owned(monkeypatch, desk, OTHER, OTHER)
    caller = {"SUDO_UID": str(OTHER)}
    assert call("list", cwd=below, env=caller).code == 6, "anybody can set a variable"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert call("list", cwd=below, env=caller).code == 6, "no sudo stands above this process"
    above(monkeypatch, ("sh", 0, 0), ("sudo", OTHER, 0), ("sudo", OTHER, 0), ("bash", OTHER, OTHER), ("init", 0, 0))
    assert call("list", cwd=below, env=caller).code == 0
    assert call("list", cwd=below).code == 6


def test_what_would_replace_the_history_is_no_callers_of_a_service_account(
    desk: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a desk of the account under which the program runs, when somebody reaches it through sudo."""
    assert call("backup", "kept").code == 0
    (kept,) = (desk.parent / "kept").iterdir()
    account(monkeypatch, desk)
    asked = (("restore", kept, "--yes"), ("backup", "others", "--keep", "1"))
    for caller, code in ((OTHER, 6), (0, 0), (ME, 0)):
        above(monkeypatch, ("sudo", caller, 0))
        for words in asked:
            done = call(*words, env={"SUDO_UID": str(caller)}, now=None)
            assert done.code == code, done.err
            assert ("is for" in done.err) is (code == 6)
    above(monkeypatch, ("sudo", OTHER, 0))
    assert call("backup", "kept", env={"SUDO_UID": str(OTHER)}, now=None).code == 0


def test_a_service_account_s_clock_is_not_for_its_callers_to_set(
    desk: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else whoever may erase, or close on silence, need not wait for the time that the rulebook asks."""
    account(monkeypatch, desk)
    for caller, code in ((OTHER, 6), (0, 0), (ME, 0)):
        above(monkeypatch, ("sudo", caller, 0))
        done = call("register", "APP闪退", "--channel", "app", env={"SUDO_UID": str(caller)})
        assert (done.code, "--now is for" in done.err) == (code, code == 6)
    above(monkeypatch, ("sudo", OTHER, 0))
    spoken = call("list", env={"SUDO_UID": str(OTHER), "AFTERSERVICE_LANG": "", "LC_ALL": "C.UTF-8"})
    assert "--now 只能由台账所属的账号" in spoken.err, "sudo keeps no variable: the rulebook's language is spoken"


def test_whoever_sudo_lets_act_as_root_is_root(desk: Path, call: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    owned(monkeypatch, desk, 0, 0)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    above(monkeypatch, ("sudo", OTHER, 0))
    assert call("register", "APP闪退", "--channel", "app", env={"SUDO_UID": str(OTHER)}).code == 0


def account(monkeypatch: pytest.MonkeyPatch, desk: Path) -> None:
    """Let a desk belong to a service account, under which the tests run."""
    owned(monkeypatch, desk, ME, ME)
    monkeypatch.setattr(os, "geteuid", lambda: ME)


def above(monkeypatch: pytest.MonkeyPatch, *processes: tuple[str, int, int]) -> None:
    """Stand for the processes above this one, each with its name, the uid that began it and the uid that it acts as."""
    monkeypatch.setattr(accounts, "_above", lambda _: iter(processes))


@pytest.mark.parametrize(
    ("claimed", "processes", "caller"),
    [
        # as Debian's sudo shows itself: it acts as root, and its real uid stays that of whoever called it
        ("1001", [("sh", 7, 7), ("sudo", 1001, 0), ("bash", 1001, 1001), ("sshd", 0, 0)], 1001),
        ("1001", [("sudo", 1001, 0), ("sudo", 1001, 0), ("bash", 1001, 1001)], 1001),
        ("1001", [("sudo", 1001, 0), ("cron", 0, 0)], 1001),
        ("1001", [("sudo", 1001, 0), ("su", 0, 0), ("bash", 0, 0)], 1001),
        ("0", [("sudo", 0, 0), ("sudo", 1001, 0), ("bash", 1001, 1001)], 0),
        ("0", [("sudo", 0, 0), ("bash", 0, 0)], 0),
        # a variable that somebody set
        ("1002", [("sudo", 1001, 0), ("bash", 1001, 1001)], None),
        ("1002", [("sudo", 1001, 0), ("bash", 1002, 1002)], None),
        ("1001", [("sudo", 1001, 1001), ("bash", 1001, 1001)], None),
        ("1001", [("sudo", 0, 0), ("bash", 1001, 1001)], None),
        ("1001", [("bash", 7, 7), ("bash", 1001, 1001)], None),
        ("²", [("sudo", 1001, 0), ("bash", 1001, 1001)], None),
        ("-1", [("sudo", 1001, 0), ("bash", 1001, 1001)], None),
        ("", [("sudo", 1001, 0), ("bash", 1001, 1001)], None),
    ],
)
def test_who_called_sudo_is_told_by_the_processes_above(
    claimed: str, processes: list[tuple[str, int, int]], caller: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_UID", claimed)
    above(monkeypatch, *processes)
    assert accounts.caller_of_sudo() == caller


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system tells of no processes")
def test_the_processes_above_are_read_from_the_system() -> None:
    (name, began, acts), *further = accounts._above(os.getpid())
    assert (began, acts, bool(name)) == (os.getuid(), os.geteuid(), True)
    assert further, "the process that began this one is told of, too"
