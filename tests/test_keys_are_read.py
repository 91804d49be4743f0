"""Whatever a rulebook or a profile may say is read somewhere: a key that nobody reads promises what does not happen."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import afterservice_cli.intake.reading.profile
import afterservice_cli.rulebook.document.schema  # noqa: F401 – with the profile's, all sections there are
from afterservice_cli.rulebook.keys import Section
from afterservice_cli.rulebook.sections.hours import CalendarRules, OtherCalendar

PACKAGE = "afterservice_cli"
SOURCE = Path(__file__).parents[1] / "src" / PACKAGE
SECTIONS = [section for section in Section.NESTED.values() if section.__module__.startswith(f"{PACKAGE}.")]
# The type checker knows of what class a thing is, so that `title` of one section is not taken for that of another.
TELLS_WHAT_IS_READ = """
from mypy.nodes import MemberExpr
from mypy.plugin import Plugin

class Reading(Plugin):
    def get_attribute_hook(self, name):
        def seen(context):
            if isinstance(context.context, MemberExpr):
                print("read", name, context.api.path)
            return context.default_attr_type
        return seen

def plugin(version):
    return Reading
"""


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every attribute that the program reads, with the class of which it is read; what is merely checked is not."""
    folder = tmp_path_factory.mktemp("reading")
    (folder / "reading.py").write_text(TELLS_WHAT_IS_READ)
    settings = ("[mypy]", f"plugins = {folder / 'reading.py'}", "follow_imports = silent")
    (folder / "mypy.ini").write_text("\n".join((*settings, "ignore_missing_imports = true", "")))
    words = ("--config-file", str(folder / "mypy.ini"), "--cache-dir", "/dev/null", str(SOURCE))
    done = subprocess.run([sys.executable, "-m", "mypy", *words], capture_output=True, text=True, check=True)
    told = [line.split(" ", 2)[1:] for line in done.stdout.splitlines() if line.startswith("read ")]
    return {name for name, path in told if not Path(path).name.startswith("check_")}


def test_every_key_is_read(read: set[str]) -> None:
    # The calendar takes its rules as plain values.
    plain = {
        node.value
        for node in ast.walk(ast.parse((SOURCE / "time" / "worktime.py").read_text("utf-8")))
        if isinstance(node, ast.Constant)
    }
    keys = [(section, field) for section in SECTIONS for field in section.KEYS]
    assert len(keys) > 100
    unread = [(section, field) for section, field in keys if not read & names_of(section, field)]
    assert [
        f"{s.__name__}.{field}" for s, field in unread if not (s in (CalendarRules, OtherCalendar) and field in plain)
    ] == []


def names_of(section: type[Section], field: str) -> set[str]:
    """What a key may be read as: of its section, of what that is a kind of, and of the kinds of it."""
    related = [other for other in SECTIONS if issubclass(section, other) or issubclass(other, section)]
    return {f"{other.__module__}.{other.__qualname__}.{field}" for other in related}
