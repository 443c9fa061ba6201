"""Trials side by side, in the browser: ticks stay while the table is kept up to date."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import serious_findings
from tests.browser.sample import add_sample

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SPACE = {
    "units_1": {"integer": [2, 40]},
    "learning_rate": {"loguniform": [1e-5, 1e-2]},
    "time_steps": 3,
    "epochs": 25,
}


@pytest.fixture
def searched(page: Page) -> int:
    """A search of 12 trials that is under way."""
    dataset = add_sample(page)
    body = {
        "name": "compared",
        "dataset_id": dataset,
        "strategy": "random",
        "max_trials": 12,
        "space": SPACE,
    }
    return int(page.request.post("/api/experiments", data=body).json()["id"])


def test_ticks_stay_while_trials_end_and_lead_to_the_comparison(page: Page, searched: int):
    page.goto(f"/experiments/{searched}")
    for number in (2, 1):
        page.get_by_label(f"Compare trial {number}", exact=True).check(timeout=60_000)

    expect(page.locator("h1")).to_contain_text("completed", timeout=120_000)
    expect(page.locator("#trial-rows")).not_to_contain_text("running")
    expect(page.get_by_label("Compare trial 1", exact=True)).to_be_checked()
    expect(page.get_by_label("Compare trial 2", exact=True)).to_be_checked()

    page.get_by_role("button", name="Compare trials").click()

    expect(page.get_by_label("Trials")).to_have_value("1, 2")
    expect(page.locator("#chart-epochs")).to_contain_text("trial 2")
    expect(page.locator("#chart-test")).to_contain_text("trial 1")

    assert serious_findings(page) == []

    page.get_by_label("Trials").fill("1 2 3")
    page.get_by_role("button", name="Compare").click()

    expect(page.locator(".comparison thead")).to_contain_text("trial 3")

    page.set_viewport_size({"width": 420, "height": 900})
    page.reload()

    expect(page.locator("#chart-epochs")).to_contain_text("trial 2")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 420
