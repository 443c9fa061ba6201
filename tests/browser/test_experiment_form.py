"""The form for an experiment in a real browser: what starts a search, and what does not."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def open_form(page: Page, name: str) -> None:
    page.goto("/datasets")
    page.get_by_role("button", name="IBM").first.click()
    page.goto("/experiments/new?preset=from-scratch")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("spinbutton", name="Number of trials").fill("20")


@pytest.mark.parametrize("label", ["Name", "Number of trials", "Seed", "Learning rate, value"])
def test_enter_in_a_field_checks_the_form_and_starts_nothing(page: Page, label: str):
    open_form(page, f"Enter in {label}")
    page.get_by_label("Units, layer 1, value").fill("7")

    with page.expect_navigation():
        page.get_by_label(label, exact=True).press("Enter")

    expect(page.get_by_role("heading", name="New experiment")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value(f"Enter in {label}")
    expect(page.get_by_label("Units, layer 1, value")).to_have_value("7")
    expect(page.locator("#preview-size")).to_have_text("1 combination")
    page.goto("/experiments")
    expect(page.get_by_text(f"Enter in {label}")).to_have_count(0)


def test_a_search_in_which_nothing_varies_is_asked_about_before_it_starts(page: Page):
    open_form(page, "Nothing varies")
    page.get_by_label("Epochs, value").fill("1")

    page.get_by_role("button", name="Start the search").click()

    expect(page.locator("#max_trials-error")).to_contain_text("this is one trial, not 20")
    expect(page.locator("#preview-trials")).to_contain_text("1 trial will run")
    expect(page.get_by_role("link", name="Vary a hyperparameter")).to_be_visible()
    page.get_by_role("button", name="Start one trial").click()
    expect(page.get_by_role("heading", name="Nothing varies")).to_be_visible()
    expect(page.locator("#progress")).to_contain_text("of 1")


def test_the_live_line_says_when_fewer_trials_will_run_than_asked_for(page: Page):
    open_form(page, "Small grid")

    page.locator('[name="space.units_1.kind"]').select_option("choice")
    page.get_by_label("Units, layer 1, choices").fill("4, 8, 16")

    expect(page.locator("#preview-trials")).to_contain_text("3 trials will run, not 20")
