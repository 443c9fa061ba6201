"""Forms in a browser: clicked twice, and sent again after going back."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def start_search(page: Page) -> None:
    page.goto("/datasets")
    page.get_by_role("button", name="IBM").click()
    page.goto("/experiments/new?preset=quick-look")
    page.get_by_label("Name", exact=True).fill("Clicked twice")
    page.get_by_role("button", name="Start the search").dblclick()
    page.wait_for_url(re.compile(r"/experiments/\d+$"))


def count_experiments(page: Page) -> int:
    return page.request.get("/api/experiments").json()["total"]


def max_trials(page: Page) -> int:
    return page.request.get(f"/api{page.url[page.url.index('/experiments') :]}").json()[
        "max_trials"
    ]


def test_a_double_click_counts_once_and_a_click_after_going_back_counts(page: Page):
    n_before = count_experiments(page)
    start_search(page)
    address = page.url
    before = max_trials(page)

    n_made = count_experiments(page) - n_before
    page.get_by_role("button", name="Add trials").dblclick()
    page.wait_for_load_state()
    expect(page.get_by_role("button", name="Add trials")).to_be_enabled()
    after_double_click = max_trials(page)
    page.goto("/datasets")
    page.go_back()
    page.get_by_role("button", name="Add trials").click()
    expect(page).to_have_url(address)
    page.wait_for_load_state()
    page.request.post(f"/api{address[address.index('/experiments') :]}/stop")

    assert n_made == 1
    assert after_double_click == before + 10
    assert max_trials(page) == before + 20
