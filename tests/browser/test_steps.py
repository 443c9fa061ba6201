"""A trial of several rows ahead: the slider, the forecast of one origin, and no JavaScript."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import factories
from tests.browser.accessibility import serious_findings
from tests.browser.test_live_pages import look, search  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def address(search) -> str:  # noqa: F811
    with search.database.write() as session:
        experiment = factories.experiment(session, name="Three days ahead", horizon=3)
        return f"/trials/{factories.completed_trial(session, experiment).id}"


def names_drawn(page: Page, chart: str) -> list[str]:
    names = page.evaluate(f"() => document.getElementById('{chart}').data.map((one) => one.name)")
    return list(names)


def test_a_slider_chooses_the_step_and_a_link_the_forecast_that_are_drawn(
    look: Page,  # noqa: F811
    address: str,
    chromium: Browser,
):
    look.goto(f"{address}?step=2")
    slider = look.get_by_role("slider", name="Rows ahead")
    expect(slider).to_have_attribute("aria-valuetext", "step 2 of 3 = 2 days ahead")
    expect(look.locator("#chart-test .legendtext", has_text="2 rows ahead")).to_be_visible()

    slider.press("ArrowRight")

    expect(look.locator("#chart-test .legendtext", has_text="3 rows ahead")).to_be_visible()
    expect(look.locator("output")).to_have_text("step 3 of 3 = 3 days ahead")
    assert "step=3" in look.url

    assert names_drawn(look, "chart-fans").count("forecasts of 3 rows") == 6
    worst = look.locator("#fans tbody a").first
    worst.click()
    expect(worst).to_have_attribute("aria-current", "true")
    expect(look.locator("#chart-fans .scatterlayer .points path")).to_have_count(1)
    assert names_drawn(look, "chart-fans").count("forecasts of 3 rows") == 1

    look.reload()
    expect(look.get_by_role("slider", name="Rows ahead")).to_have_value("3")
    expect(look.locator("#fans tbody a").first).to_have_attribute("aria-current", "true")
    look.set_viewport_size({"width": 420, "height": 900})
    look.wait_for_function("() => document.documentElement.scrollWidth <= 420")  # charts follow
    assert serious_findings(look) == []

    plain = chromium.new_context(base_url=look.url.split("/trials")[0], java_script_enabled=False)
    page = plain.new_page()
    page.goto(address)
    page.get_by_role("spinbutton", name="Rows ahead").fill("3")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("output")).to_have_text("step 3 of 3 = 3 days ahead")
    plain.close()
