"""A search space that shrinks, in the browser: its options and its live page."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.sample import add_sample

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SPACE = {
    "units_1": {"choice": [2, 3]},
    "learning_rate": {"choice": [0.01, 0.003, 1e-7]},
    "batch_size": {"choice": [64, 128]},
    "time_steps": 3,
    "epochs": 2,
}


@pytest.fixture
def dataset_id(page: Page) -> int:
    page.goto("/datasets")
    return add_sample(page)


def test_the_options_are_shown_only_when_reduction_is_chosen(page: Page, dataset_id: int):
    page.goto(f"/experiments/new?dataset={dataset_id}")
    options = page.get_by_role("group", name="Reduction: when the space shrinks")

    expect(options).to_be_hidden()

    page.locator("#advanced > summary").click()
    page.locator("summary", has_text="Strategy").last.click()
    strategy = page.get_by_label("How the next parameters are chosen")
    strategy.select_option("reduction")

    expect(options).to_be_visible()
    expect(page.get_by_label("Points to try")).to_be_hidden()

    strategy.select_option("manual")

    expect(options).to_be_hidden()
    expect(page.get_by_label("Points to try")).to_be_visible()


def test_the_page_draws_how_the_space_shrinks(page: Page, dataset_id: int):
    body = {
        "name": "thinned",
        "dataset_id": dataset_id,
        "strategy": "reduction",
        "max_trials": 10,
        "space": SPACE,
    }
    body["reduction_threshold"] = 0.05
    made = page.request.post("/api/experiments", data=body).json()["id"]
    page.goto(f"/experiments/{made}?tab=shrinking")
    content = page.locator("#content-shrinking")

    expect(content).to_contain_text("of 12 combinations are left", timeout=60_000)
    expect(page.locator("#chart-shrinking")).to_contain_text("combinations left")
    expect(content.locator("li").first).to_contain_text("dropped. Spearman", timeout=60_000)
