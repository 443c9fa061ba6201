"""A doubtful file, as a person meets it: see the doubt, choose the other reading, save."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import serious_findings
from tests.browser.chromium import VARIANTS
from tests.doubtful import doubtful_dates_csv
from tests.several import panel_csv

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE = 60_000
CASES = Path(__file__).parents[1] / "cases"


def upload(page: Page, path: Path) -> None:
    page.goto("/datasets")
    page.set_input_files("#file", path)
    expect(page.get_by_role("heading", name="Does it read right?")).to_be_visible()


def write(tmp_path: Path, name: str, content: bytes) -> Path:
    csv = tmp_path / name
    csv.write_bytes(content)
    return csv


def test_a_doubt_is_seen_and_the_other_reading_is_saved(page: Page, tmp_path: Path):
    upload(page, write(tmp_path, "doubtful.csv", doubtful_dates_csv()))

    expect(page.get_by_text("55 rows")).to_be_visible()
    expect(page.locator(".summary")).to_contain_text("2000-01-02 to 2004-11-12")
    taken = page.get_by_role("button", name="month before day")
    expect(taken).to_have_attribute("aria-pressed", "true")

    page.get_by_label("Name of the dataset").fill("American dates")
    page.get_by_role("button", name="day before month").click()

    expect(page.locator(".summary")).to_contain_text("2000-02-01 to 2004-12-11", timeout=PATIENCE)
    expect(page.get_by_text("your choice")).to_be_visible()
    expect(page.get_by_label("Name of the dataset")).to_have_value("American dates")

    page.get_by_role("button", name="Save as a dataset").click()

    expect(page.get_by_role("heading", name="American dates", exact=True)).to_be_visible()
    expect(page.get_by_text("55 rows, 2000-02-01 to 2004-12-11")).to_be_visible()

    upload(page, write(tmp_path, "next.csv", doubtful_dates_csv() + b"01/02/2005,5\n"))

    expect(page.get_by_text("Read as you corrected")).to_be_visible()
    expect(page.get_by_text("56 rows")).to_be_visible()

    page.get_by_role("link", name="Use what Foretune finds instead").click()

    expect(taken).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("Read as you corrected")).to_be_hidden()


def test_one_of_several_series_is_chosen_and_saved(page: Page, tmp_path: Path):
    upload(page, write(tmp_path, "panel.csv", panel_csv()))
    page.get_by_role("button", name="Save as a dataset").click()

    expect(page.locator("#problems")).to_contain_text("3 series")

    page.locator("#problems").get_by_role("link", name="Series").click()
    expect(page.get_by_label("Series", exact=True)).to_be_in_viewport()
    page.get_by_role("button", name="BBB (40 rows)").click()

    expect(page.get_by_text("40 rows, daily from 2020-01-01 to 2020-02-09")).to_be_visible(
        timeout=PATIENCE
    )
    expect(page.locator("#chart-series .main-svg").first).to_be_visible(timeout=PATIENCE)

    page.get_by_role("button", name="Save as a dataset").click()

    expect(page.get_by_text("40 rows, 2020-01-01 to 2020-02-09")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), VARIANTS)
def test_the_page_fits_the_screen_and_passes_axe(
    chromium: Browser, site: str, tmp_path: Path, width: int, scheme: str
):
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, base_url=site
    )
    page = context.new_page()
    files = [
        write(tmp_path, "doubtful.csv", doubtful_dates_csv()),
        write(tmp_path, "panel.csv", panel_csv()),
        write(tmp_path, "book.csv", b"PK\x03\x04 xl/workbook.xml"),
        CASES / "A11_worldbank_wide.csv",
        CASES / "A18_accounting_parentheses.csv",
    ]
    for path in files:
        upload(page, path)
        widest = page.evaluate("() => document.documentElement.scrollWidth")

        assert widest <= width, f"{path.name} is {widest} pixels wide"
        assert serious_findings(page) == [], path.name
    context.close()
