"""The API's page in a browser: searched, opened, accessible and no wider than a small phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1400, "dark")])
def test_endpoints_are_found_and_opened_and_all_of_the_page_passes_axe(
    chromium: Browser, site: str, width: int, scheme: str
):
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, base_url=site
    )
    page = context.new_page()
    page.goto("/docs")

    page.get_by_label("Search the endpoints").fill("retry-failed")
    expect(page.locator("#found")).to_contain_text("1 of ")
    page.get_by_text("/api/experiments/{experiment_id}/retry-failed").click()
    expect(page.get_by_text("/api/experiments/1/retry-failed")).to_be_visible()

    page.get_by_label("Search the endpoints").fill("")
    page.evaluate(
        "() => document.querySelectorAll('details').forEach((one) => { one.open = true })"
    )
    violations = Axe().run(page).response["violations"]

    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert [(one["id"], one["nodes"][0]["html"]) for one in violations] == []
    context.close()
