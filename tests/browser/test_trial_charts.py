"""Parallel coordinates in the browser: a brush is the table's filter, and the filter is a brush."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.sample import add_sample

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SPACE = {
    "cell": {"choice": ["lstm", "gru"]},
    "units_1": {"integer": [2, 9]},
    "learning_rate": {"loguniform": [1e-4, 1e-2]},
    "time_steps": 3,
    "epochs": 2,
    "scaling": "minmax",
    "shuffle": False,
}
N_TRIALS = 8
ALL_TRIALS = f"{N_TRIALS} trials with an objective"


@pytest.fixture(scope="module")
def searched(chromium: Browser, site: str) -> Iterator[int]:
    """A search of a few trials, ended."""
    page = chromium.new_page(base_url=site)
    page.goto("/datasets")
    body = {
        "name": "parallel",
        "dataset_id": add_sample(page),
        "strategy": "random",
        "max_trials": N_TRIALS,
        "space": SPACE,
        "deliver": "single",
    }
    made = int(page.request.post("/api/experiments", data=body).json()["id"])
    page.goto(f"/experiments/{made}?tab=parallel")
    expect(page.locator("#parallel-count")).to_have_text(ALL_TRIALS, timeout=120_000)
    yield made
    page.close()


def search_of(page: Page) -> str:
    """The filter in the address."""
    return str(page.evaluate("new URLSearchParams(location.search).get('search') || ''"))


def drag_along(page: Page, area: Locator, start: float, end: float) -> None:
    """Press at a fraction of an axis' height, counted from above, and let go at another."""
    box = area.bounding_box()
    assert box is not None
    x = box["x"] + box["width"] / 2
    page.mouse.move(x, box["y"] + start * box["height"])
    page.mouse.down()
    page.mouse.move(x, box["y"] + end * box["height"])
    page.mouse.up()


def test_a_brush_is_the_filter_of_the_table_and_the_other_way_round(page: Page, searched: int):
    page.goto(f"/experiments/{searched}?tab=parallel")
    areas = page.locator(".axis .area")
    count = page.locator("#parallel-count")

    expect(count).to_have_text(ALL_TRIALS)
    drag_along(page, areas.nth(1), 0.3, 0.6)
    expect(page.locator("#search")).to_have_value("units_1 >= 5 and units_1 <= 7")
    expect(count).to_contain_text("the filter finds")
    assert page.locator(".line.faded").get_attribute("d")

    page.get_by_role("slider", name="cell, from").press("ArrowUp")
    expect(page.locator("#search")).to_have_value(
        "units_1 >= 5 and units_1 <= 7 and cell = gru", timeout=10_000
    )
    expect(page.get_by_role("slider", name="cell, from")).to_be_focused()
    page.keyboard.press("Delete")
    drag_along(page, areas.nth(1), 0.45, 0.45)
    expect(page.locator("#search")).to_have_value("")
    expect(count).to_have_text(ALL_TRIALS)
    assert search_of(page) == ""

    page.goto(f"/experiments/{searched}?tab=parallel&search=learning_rate>%3D0.001+cell!%3Dgru")
    expect(page.get_by_role("slider", name="learning_rate, from")).to_have_attribute(
        "aria-valuetext", "0.001"
    )
    expect(page.get_by_role("slider", name="cell, to")).to_have_attribute("aria-valuetext", "lstm")


def test_the_tabs_fit_narrow_screens_and_pass_axe(chromium: Browser, site: str, searched: int):
    context = chromium.new_context(viewport={"width": 420, "height": 900}, base_url=site)
    page = context.new_page()
    for tab in ("parallel", "pareto&x=parameters", "curves"):
        page.goto(f"/experiments/{searched}?tab={tab}")
        expect(page.locator("#tab svg").first).to_be_visible()
        if tab != "parallel":
            expect(page.locator(".tab-text p")).not_to_be_empty()

        violations = Axe().run(page, context="#tab").response["violations"]

        assert page.evaluate("document.documentElement.scrollWidth") <= 420
        serious = [rule for rule in violations if rule["impact"] in ("serious", "critical")]
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in serious] == []
    context.close()
