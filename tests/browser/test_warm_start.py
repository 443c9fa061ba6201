"""A search that starts from what an earlier one and another program found, in the browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.sample import add_sample

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SPACE = {"units_1": {"choice": [2, 3, 4, 5]}, "batch_size": 128, "time_steps": 3, "epochs": 1}


def test_a_search_goes_on_from_the_trials_of_another_and_from_pasted_results(page: Page):
    page.goto("/datasets")
    dataset_id = add_sample(page)
    body = {
        "name": "first",
        "dataset_id": dataset_id,
        "strategy": "random",
        "max_trials": 2,
        "space": SPACE,
    }
    made = page.request.post("/api/experiments", data=body).json()["id"]
    page.goto(f"/experiments/{made}")

    expect(page.locator("#summary")).to_contain_text("All 2 trials have ended.", timeout=60_000)

    page.locator("#more > summary").click()
    page.get_by_role("link", name="Start from its trials").click()

    expect(page.locator("#preview-warm-start")).to_have_text(
        f"Starts from 2 trials of experiment {made}."
    )
    expect(page.locator("html.scripted")).to_be_attached()

    results = page.get_by_label("Results of other programs, as a table")
    results.fill("units_1,objective\n4,low\n")

    expect(page.locator("#pasted_results-error")).to_contain_text(
        'Line 2, column "objective": "low" is not a number.'
    )

    results.fill("units_1,objective\n8,2.5\n")

    expect(page.locator("#pasted_results-error")).to_contain_text("None of these lines counts")

    results.fill("units_1\tobjective\n4\t2.5\n4\t2.25\n")

    expect(page.locator("#preview-warm-start")).to_contain_text("and 2 pasted results.")

    page.get_by_role("button", name="Start the search").click()

    expect(page.locator("#summary")).to_contain_text(
        f"Started from 2 trials of experiment {made} and 2 pasted results."
    )
