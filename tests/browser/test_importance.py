"""What mattered, in the browser: live charts, the way to a trial, a wider search."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import serious_findings
from tests.browser.chromium import VARIANTS
from tests.browser.sample import add_sample

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SPACE = {
    "cell": {"choice": ["lstm", "gru"]},
    "units_1": {"integer": [2, 9]},
    "learning_rate": {"loguniform": [1e-6, 2e-4]},
    "time_steps": 3,
    "epochs": 4,
    "scaling": "minmax",
    "shuffle": False,
}


@pytest.fixture(scope="module")
def searched(chromium: Browser, site: str) -> int:
    """A search of 24 trials, begun."""
    page = chromium.new_page(base_url=site)
    page.goto("/datasets")
    dataset = add_sample(page)
    body = {
        "name": "what mattered?",
        "dataset_id": dataset,
        "strategy": "random",
        "max_trials": 24,
        "space": SPACE,
    }
    made = int(page.request.post("/api/experiments", data=body).json()["id"])
    page.close()
    return made


def test_charts_appear_while_the_search_goes_on_and_lead_to_its_trials(page: Page, searched: int):
    page.goto(f"/experiments/{searched}/importance")

    expect(page.locator("#importance")).to_contain_text("From 24 trials.", timeout=120_000)
    expect(page.locator("#effects .chart")).to_have_count(3)
    expect(page.locator("#importance")).to_contain_text("learning_rate accounts for")

    first = page.locator("#effect-1")

    expect(first.locator(".points path").first).to_be_visible()

    first.locator(".points path").first.click(force=True)

    expect(page.locator("h1")).to_contain_text("Trial")


def test_the_tabs_draw_a_contour_of_two_chosen_hyperparameters_and_when_trials_ran(
    page: Page, searched: int
):
    page.goto(f"/experiments/{searched}?tab=contour")
    choice = page.get_by_label("x axis")

    expect(page.locator("#chart-contour .points path").first).to_be_visible(timeout=120_000)

    before = choice.input_value()
    others = [name for name in choice.locator("option").all_inner_texts() if name != before]
    choice.focus()
    choice.select_option(others[-1])

    expect(page.locator("#chart-contour .xtitle")).to_have_text(others[-1])
    expect(choice).to_be_focused()
    expect(page).to_have_url(re.compile(f"x={others[-1]}"))

    page.get_by_role("link", name="Timeline by slot").click()

    expect(page.locator("#chart-timeline .ytick").first).to_contain_text("slot ")
    expect(page.locator("#chart-timeline .point path").first).to_be_visible()


def test_one_press_opens_the_form_with_a_wider_space(page: Page, searched: int):
    page.goto(f"/experiments/{searched}")
    page.locator("#more > summary").click()
    page.get_by_role("link", name="Parameter importance").click()
    page.get_by_role("link", name="Search further").click()

    expect(page.get_by_label("Name", exact=True)).to_have_value("what mattered?, wider")
    expect(page.locator("[name='space.learning_rate.text']")).not_to_have_value(
        re.compile(r"\.\.0\.0002")
    )
    expect(page.locator("#preview-problem")).to_be_empty()


@pytest.mark.parametrize(("width", "scheme"), VARIANTS)
def test_the_page_fits_the_screen_and_passes_axe(
    chromium: Browser, site: str, searched: int, width: int, scheme: str
):
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, base_url=site
    )
    page = context.new_page()
    page.goto(f"/experiments/{searched}/importance")

    expect(page.locator("#effect-3 .points path").last).to_be_visible(timeout=60_000)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width

    assert serious_findings(page) == []

    context.close()
