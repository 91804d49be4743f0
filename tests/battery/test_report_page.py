"""A report's page as a browser shows it: on a telephone, on a desk, dark, and on paper. Skipped if there is no browser.

AFTERSERVICE_PICTURES names a folder in which the pictures stay.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from afterservice_cli.language import LANGUAGES
from afterservice_cli.render.reports.html import report_html
from browser import PROGRAM, Browser, browsing
from printed import printed

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium here: apt-get install chromium")

WIDTHS = (390, 1200)
SCHEMES = ("light", "dark")
# What stands outside the page, and what is cut off, by its words.
OUTSIDE = """[...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width && (box.left < -0.5 || box.right > document.documentElement.clientWidth + 0.5
    || (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== 'visible'));
}).map(e => e.tagName + ' ' + e.textContent.trim().slice(0, 40))"""
# Texts that lie upon one another: every run of words against every other, by the lines it takes.
OVERLAPS = """(() => {
  const found = [], boxes = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(walk.currentNode);
    if (walk.currentNode.data.trim() && walk.currentNode.parentElement.checkVisibility({visibilityProperty: true}))
      for (const box of range.getClientRects()) if (box.width) boxes.push([walk.currentNode.data.trim(), box]);
  }
  boxes.forEach(([one, a], i) => boxes.slice(i + 1).forEach(([other, b]) => {
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 1 && high > 4) found.push(one + ' / ' + other);
  }));
  return found;
})()"""
# How clearly words stand out from what is behind them, the least of all, as WCAG counts it.
CONTRAST = """(() => {
  const linear = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = text => {
    const [r, g, b] = text.match(/[\\d.]+/g).map(Number).map(linear);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const behind = e => {
    const colour = getComputedStyle(e).backgroundColor;
    return colour === 'rgba(0, 0, 0, 0)' ? behind(e.parentElement) : colour;
  };
  const words = [...document.querySelectorAll('h1, h2, p, dt, dd, th, td, a, summary, span, li')];
  return Math.min(...words.filter(e => e.offsetParent).map(e => {
    const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
    return (a + .05) / (b + .05);
  }));
})()"""
# Whether a sign is drawn as the box that stands for one the fonts have not.
MISSING = """(text => {
  const drawn = sign => {
    const canvas = document.createElement('canvas'), at = canvas.getContext('2d');
    at.font = '32px ' + getComputedStyle(document.body).fontFamily;
    at.fillText(sign, 4, 40);
    return canvas.toDataURL();
  };
  const box = drawn('\\u{10ffff}');
  return [...new Set(text)].filter(sign => drawn(sign) === box);
})(document.body.innerText.match(/[\\u4e00-\\u9fff]/g) || [])"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all pages."""
    with browsing(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month's report as a page in a language."""
    file = tmp_path_factory.mktemp("page") / f"{request.param}.html"
    file.write_text(report_html(printed(request.param), request.param), "utf-8")
    return file


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_page_fits_and_can_be_read(page: Path, width: int, scheme: str, browser: Browser, tmp_path: Path) -> None:
    browser.open(page.as_uri(), width=width, scheme=scheme)
    _keep(browser, tmp_path / f"{page.stem}-{width}-{scheme}.png")
    assert (browser.complaints, browser.requests) == ([], [page.as_uri()])
    assert browser.value("document.documentElement.scrollWidth") == width
    for _ in ("as it is opened", "with all that it holds"):
        assert browser.value(OUTSIDE) == []
        assert browser.value(OVERLAPS) == []
        browser.value("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert browser.value(CONTRAST) >= 4.5
    dark = browser.value("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", dark))) < 384) == (scheme == "dark")


def test_a_wide_table_is_told_row_by_row_on_a_telephone(page: Path, browser: Browser) -> None:
    browser.open(page.as_uri(), width=390)
    heads = "[...document.querySelectorAll('table.many thead')].filter(e => e.offsetHeight).length"
    beside = "[...document.querySelectorAll('table.many tbody th')].filter(e => e.offsetWidth < 300).length"
    labels = "[...document.querySelectorAll('table.many td')].map(e => getComputedStyle(e, '::before').content)"
    assert (browser.value(heads), browser.value(beside)) == (0, 0)
    assert '"attr' not in str(browser.value(labels)) and "none" not in browser.value(labels)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_rows_that_are_opened_stand_below_the_columns_of_the_others(
    language: str, width: int, browser: Browser, tmp_path: Path
) -> None:
    made = printed(language)
    longer = tuple(table.but(rows=table.rows * 13) for table in made.tables if table.name == "numbers")
    page = tmp_path / "page.html"
    page.write_text(report_html(made.but(tables=longer), language), "utf-8")
    browser.open(page.as_uri(), width=width)
    browser.value("document.querySelectorAll('details').forEach(e => e.open = true)")
    beside, gap = browser.value("""(further => {
      const ends = e => [...e.querySelector('tbody tr').children].map(cell => cell.getBoundingClientRect().right);
      const above = ends(further.previousElementSibling), below = ends(further);
      const [summary, body] = ['summary', 'tbody'].map(e => further.querySelector(e).getBoundingClientRect());
      return [Math.max(...above.map((end, place) => Math.abs(end - below[place]))), body.top - summary.bottom];
    })(document.querySelector('details.further'))""")
    assert (beside < 2, gap < 2) == (True, True)


def test_times_that_are_compared_leave_room_for_what_they_are_of(browser: Browser, tmp_path: Path) -> None:
    """Of each: the mean, the median, that of the period before, the change, P90, the count."""
    made = printed("zh")
    (times,) = (table for table in made.tables if table.name == "times")
    columns = [*times.columns[:3], *(times.columns[2].but(name=f"median.{name}") for name in ("before", "change"))]
    rows = tuple((*row[:3], 95.0, 30.0, *row[3:]) for row in times.rows)
    compared = times.but(columns=(*columns, *times.columns[3:]), rows=rows)
    page = tmp_path / "page.html"
    page.write_text(report_html(made.but(tables=(*made.tables[:2], compared)), "zh"), "utf-8")
    browser.open(page.as_uri(), width=1200)
    browser.value("document.querySelectorAll('details').forEach(e => e.open = true)")
    lines = """[...document.querySelectorAll('#table-times tbody th')].map(e => {
      const range = document.createRange();
      range.selectNodeContents(e);
      return range.getClientRects().length;
    })"""
    assert browser.value(lines) == [1] * len(rows)


def test_the_headings_of_columns_are_not_cut_into_single_signs(page: Path, browser: Browser) -> None:
    browser.open(page.as_uri(), width=1200)
    browser.value("document.querySelectorAll('details').forEach(e => e.open = true)")
    narrow = """[...document.querySelectorAll('thead th')].filter(e => e.offsetHeight).map(e => {
      const range = document.createRange();
      range.selectNodeContents(e);
      return [e.textContent, range.getClientRects().length];
    }).filter(([text, lines]) => lines > 2 || (lines > 1 && text.length < 4))"""
    assert browser.value(narrow) == []


def test_every_chinese_sign_is_there(page: Path, browser: Browser) -> None:
    browser.open(page.as_uri(), width=1200)
    assert browser.value(MISSING) == []
    assert bool(browser.value("/[\\u4e00-\\u9fff]{2}/.test(document.body.innerText)")) == (page.stem == "zh")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_number_opens_its_cases_and_they_can_be_closed(page: Path, width: int, browser: Browser) -> None:
    def shown() -> Any:
        return browser.value("[...document.querySelectorAll('.cases')].filter(e => e.offsetHeight).map(e => e.id)")

    browser.open(page.as_uri(), width=width)
    assert shown() == []
    browser.value("document.querySelector('a[href=\"#cases-missed\"]').click()")
    assert shown() == ["cases-missed"]
    inside = "(b => b.top >= 0 && b.bottom <= innerHeight)(document.querySelector(':target').getBoundingClientRect())"
    assert browser.value(inside)
    browser.value("document.querySelector(':target h2 a').click()")
    assert shown() == []


def test_the_lines_of_a_chart_run_where_their_numbers_are(page: Path, browser: Browser) -> None:
    """The topmost point of the first line stands as high beside the scale as its number is."""
    browser.open(page.as_uri(), width=1200)
    (table,) = (table for table in printed().tables if table.chart == "lines")
    numbers = [row[1] for row in table.rows if isinstance(row[1], int)]
    top = browser.value("document.querySelector('.plot .course.c0').getBoundingClientRect().top")
    places = browser.value(
        "[...document.querySelectorAll('.beside span')].map(e => "
        "[Number(e.textContent), (b => (b.top + b.bottom) / 2)(e.getBoundingClientRect())])"
    )
    (low, bottom), (high, ceiling) = places[0], places[-1]
    assert top == pytest.approx(bottom + (ceiling - bottom) * (max(numbers) - low) / (high - low), abs=2)


def test_it_is_printed_on_a4(page: Path, browser: Browser, tmp_path: Path) -> None:
    browser.open(f"{page.as_uri()}#cases-missed", width=1200, scheme="dark")
    file = Path(os.environ.get("AFTERSERVICE_PICTURES", tmp_path)) / f"{page.stem}.pdf"
    browser.paper(file)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", file.read_bytes())
    assert {(round(float(wide)), round(float(high))) for wide, high in boxes} == {(595, 842)}
    assert 1 <= len(boxes) <= 4
    if tool := shutil.which("pdftotext"):
        text = subprocess.run([tool, file, "-"], capture_output=True, text=True, check=True).stdout
        assert printed(page.stem).tables[-1].title in text
        assert "202610-015" not in text  # the lists stay on the screen


def _keep(browser: Browser, file: Path) -> None:
    folder = Path(os.environ.get("AFTERSERVICE_PICTURES", file.parent))
    browser.picture(folder / file.name)
