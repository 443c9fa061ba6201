"""What is around every page: theme, local times, help at headings, keyboard shortcuts."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.sample import add_sample

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ZONE = "America/New_York"
BACKGROUND = "() => getComputedStyle(document.documentElement).backgroundColor"
LIGHT = "rgb(244, 243, 238)"
DARK = "rgb(17, 23, 26)"


def chart_colour(page: Page) -> str:
    label = page.locator("#chart-series .xtick text").first
    return label.evaluate("label => getComputedStyle(label).fill")


def test_a_theme_is_chosen_help_is_opened_and_keys_lead_around(chromium: Browser, site: str):
    context = chromium.new_context(base_url=site, color_scheme="light", timezone_id=ZONE)
    page = context.new_page()
    dataset_id = add_sample(page)

    # the theme holds at once, in charts too, and on the next page; times are local
    page.goto(f"/datasets/{dataset_id}")
    expect(page.locator("#chart-series .xtick text").first).to_be_visible()
    light_chart = chart_colour(page)
    assert page.evaluate(BACKGROUND) == LIGHT
    page.get_by_label("Theme").select_option("dark")
    assert page.evaluate(BACKGROUND) == DARK
    assert chart_colour(page) != light_chart
    uploaded = page.locator("time[data-local]")
    stored_at = datetime.fromisoformat(uploaded.get_attribute("datetime") or "")
    local = stored_at.astimezone(ZoneInfo(ZONE))
    expect(uploaded).to_have_text(f"{local:%Y-%m-%d %H:%M:%S}")
    expect(uploaded).to_have_attribute("title", f"{stored_at:%Y-%m-%d %H:%M:%S} UTC")
    page.goto("/datasets", wait_until="commit")
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate(BACKGROUND) == DARK

    # help opens by keyboard
    page.get_by_role("button", name="About Rows").press("Enter")
    rows_help = page.get_by_text("How many rows, one for each point in time.")
    expect(rows_help).to_be_visible()
    page.keyboard.press("Escape")
    expect(rows_help).to_be_hidden()

    # keys lead around, unless they are switched off or somebody types
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    page.keyboard.press("j")
    expect(page.locator("tbody a:focus")).to_have_count(1)
    page.keyboard.press("?")
    expect(keys).to_be_visible()
    keys.get_by_label("Use these keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(keys).to_be_hidden()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    keys.get_by_label("Use these keys").check()
    keys.get_by_role("button", name="Close").click()
    page.keyboard.press("n")
    page.wait_for_url("**/experiments/new*")
    page.locator("#name").fill("")
    page.locator("#name").press_sequentially("n?/")
    expect(page.locator("#name")).to_have_value("n?/")
    expect(keys).to_be_hidden()
    context.close()
