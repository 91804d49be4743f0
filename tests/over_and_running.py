"""A desk with a case that is over and another that runs, for what keeps desks safe."""

import errno
import shutil
from pathlib import Path

from conftest import Once, Runner
from erased import kept_for

LATER = "2026-10-13 09:00"
NAME, CONTACT, WORDS = "陈强丰", "137-0000-0045", "收到的花瓶灯碎了，要求退款，订单在我侄女名下"
PHOTO = b"a photograph of a broken lamp"


def closed_desk(tmp_path: Path, founded: Path, once: Once, call: Runner) -> Path:
    """A desk with a case that is over, a file of it, and a second case of somebody else that still runs."""
    desk = tmp_path / "afterservice.db"

    def made() -> None:
        shutil.copytree(founded, tmp_path, dirs_exist_ok=True)
        kept_for(desk, call)
        photo = tmp_path / "陈强丰的照片.jpg"
        photo.write_bytes(PHOTO)
        call("register", WORDS, "--channel", "phone", "--customer", NAME, "--contact", CONTACT)
        call("attach", "001", photo, "--note", f"{NAME} sent it")
        photo.unlink()
        call("note", "001", f"{NAME} is at home in the evening")
        call("close", "001", "--resolution", f"paid {NAME} back", "--confirmed", "--words", "钱收到了，多谢你们")
        call("register", "APP登不上", "--channel", "phone", "--customer", "张伟", "--contact", "13900000012")

    once(made)
    return desk


def full_disk(*_: object, **__: object) -> None:
    """A step that finds no room on its disk, as the system says it."""
    raise OSError(errno.ENOSPC, "No space left on device")
