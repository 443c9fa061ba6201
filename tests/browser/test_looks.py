"""Every page in light and dark, wide and narrow: accessible, and no wider than the screen."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.accessibility import serious_findings
from tests.browser.chromium import VARIANTS

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGES = ["/experiments", "/datasets", "/datasets/1", "/experiments/new"]


@pytest.fixture(scope="module", autouse=True)
def sample(chromium: Browser, site: str) -> None:
    page = chromium.new_page(base_url=site)
    page.goto("/datasets")
    page.get_by_role("button", name="El Niño").click()
    expect(page.get_by_role("button", name="Start the default search")).to_be_visible()
    page.close()


@pytest.mark.parametrize(("width", "scheme"), VARIANTS)
def test_pages_fit_the_screen_and_pass_axe(chromium: Browser, site: str, width: int, scheme: str):
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, base_url=site
    )
    page = context.new_page()
    for path in PAGES:
        page.goto(path)
        expect(page.locator("h1").first).to_be_visible()
        widest = page.evaluate("() => document.documentElement.scrollWidth")
        assert widest <= width, f"{path} is {widest} pixels wide"
        assert serious_findings(page) == [], path
    context.close()


def test_no_chart_offers_to_send_the_series_to_strangers(chromium: Browser, site: str):
    page = chromium.new_page(base_url=site)
    page.goto("/datasets/1")
    chart = page.locator(".chart").first

    expect(chart.locator(".modebar-btn").first).to_be_attached()

    offered = chart.locator(".modebar-btn").evaluate_all(
        "all => all.map((one) => one.dataset.title)"
    )

    assert "Reset axes" in offered
    assert [title for title in offered if "hare" in title or "loud" in title] == []

    page.close()
