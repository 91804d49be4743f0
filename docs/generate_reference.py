"""Writes docs/rulebook.md, profiles.md and events.md, in Chinese under zh/: python docs/generate_reference.py.

The tables come from the code that they describe, their Chinese from its catalogue; what stands above them is in
`reference/`, a module per page.
"""

from pathlib import Path

from reference import events, profiles, rulebook

HERE = Path(__file__).parent
FOLDERS = {"en": "", "zh": "zh/"}  # of the pages in each language


def pages() -> dict[str, str]:
    """Return the text of each page by its file's name."""
    modules = {"rulebook.md": rulebook, "profiles.md": profiles, "events.md": events}
    return {
        f"{folder}{name}": module.page(language)
        for name, module in modules.items()
        for language, folder in FOLDERS.items()
    }


if __name__ == "__main__":
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
