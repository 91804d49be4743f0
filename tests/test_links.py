"""The links between the pages: each leads to a file, and from a Chinese page to a Chinese one if there is one."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
PAGES = sorted([*TOP.glob("*.md"), *TOP.glob("docs/**/*.md"), *TOP.glob("examples/*.md")])
LINK = re.compile(r"\[([^\]\n]*)\]\(([^)#\s]+)[^)\s]*\)")
TO_ENGLISH = "English"


def links(page: Path) -> Iterator[tuple[str, Path]]:
    """Yield the words and the file of each link of a page that leads to a file."""
    for words, link in LINK.findall(page.read_text("utf-8")):
        if "://" not in link:
            yield words, (page.parent / link).resolve()


def in_chinese(page: Path) -> Path:
    """Return where a page stands in Chinese, if it does."""
    return page.with_suffix(".zh.md") if page.name == "README.md" else page.parent / "zh" / page.name


def is_chinese(page: Path) -> bool:
    """Say whether a page is a Chinese one."""
    return page.name.endswith(".zh.md") or page.parent.name == "zh"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_links_lead_to_a_file(page: Path) -> None:
    assert [words for words, file in links(page) if not file.exists()] == []


@pytest.mark.parametrize(
    "page", [page for page in PAGES if is_chinese(page)], ids=lambda page: str(page.relative_to(TOP))
)
def test_a_chinese_page_leads_to_chinese_ones(page: Path) -> None:
    away = [words for words, file in links(page) if words != TO_ENGLISH and in_chinese(file).is_file()]
    assert away == []


@pytest.mark.parametrize(
    "page", [page for page in PAGES if in_chinese(page).is_file()], ids=lambda page: str(page.relative_to(TOP))
)
def test_a_page_in_two_languages_begins_with_the_other_one(page: Path) -> None:
    for here, other in ((page, in_chinese(page)), (in_chinese(page), page)):
        first = next(links(here), ("", here))
        assert first == ("中文" if other == in_chinese(page) else "English", other.resolve())
