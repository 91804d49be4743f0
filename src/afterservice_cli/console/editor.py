"""The editor in which a person writes a text: their own, on a private file that is gone afterwards."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from afterservice_cli.errors import BadInput
from afterservice_cli.language import tr, why

USUAL = "vi"  # if neither variable names one
NOTES = "# "  # begins the lines that say what to do


def written(released: Callable[[Callable[[], int]], int]) -> str:
    """Return what a person writes in `$VISUAL`, else `$EDITOR`, else vi, without the notes that stand there.

    `released` runs a program that has the terminal to itself. `BadInput` if the editor cannot be run, fails, or leaves
    no text in UTF-8. The file is its owner's alone, as is its folder, which takes what an editor leaves beside it.
    """
    notes = [
        NOTES + tr("Write the text here, save the file and leave the editor."),
        NOTES + tr("These two lines are left out."),
    ]
    with TemporaryDirectory(prefix="afterservice-text-") as folder:
        file = Path(folder) / "text.txt"
        file.touch(0o600)
        file.write_text("\n" + "\n".join(notes) + "\n", "utf-8")
        command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or USUAL
        try:
            words = [*shlex.split(command), str(file)]
            code = released(lambda: subprocess.run(words, check=False).returncode)
            text = file.read_text("utf-8-sig")
        except UnicodeDecodeError:
            raise BadInput(tr("what was written is not UTF-8")) from None
        except ValueError:
            raise BadInput(
                tr("the editor {editor} cannot be run: {why}", editor=command, why=tr("an open quote"))
            ) from None
        except OSError as error:
            raise BadInput(tr("the editor {editor} cannot be run: {why}", editor=command, why=why(error))) from None
    if code:
        raise BadInput(tr("the editor {editor} ended with {code}", editor=command, code=code))
    return "\n".join(line for line in text.splitlines() if line not in notes).strip()
