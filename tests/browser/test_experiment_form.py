"""The form for an experiment in a real browser: one screen, what starts a search, what is kept."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.space import open_chip

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SCREEN = """() => {
  const bottom = document.getElementById("advanced").getBoundingClientRect().bottom;
  const bar = document.getElementById("start-bar").getBoundingClientRect();
  return {scrolled: scrollY, bottom, bar: bar.top, height: bar.height};
}"""
COVERED = """() => {
  const bar = document.getElementById("start-bar");
  const field = document.activeElement;
  if (field === document.body || bar.contains(field)) return "";
  const isOver = field.getBoundingClientRect().bottom > bar.getBoundingClientRect().top;
  return isOver ? field.name || field.textContent : "";
}"""


def open_form(page: Page, name: str) -> None:
    page.goto("/datasets")
    page.get_by_role("button", name="IBM").first.click()
    page.goto("/experiments/new?preset=from-scratch")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("spinbutton", name="Number of trials").fill("20")


def names_of_experiments(page: Page) -> list[str]:
    return [row["name"] for row in page.request.get("/api/experiments").json()["items"]]


def test_the_default_search_is_one_screen_and_its_chips_open_in_place(page: Page):
    page.goto("/datasets")
    page.get_by_role("button", name="IBM").first.click()
    page.goto("/experiments/new")
    expect(page.locator("html.scripted")).to_be_attached()

    screen = page.evaluate(SCREEN)
    stops = 0
    while page.evaluate("document.activeElement.id") != "start":
        page.keyboard.press("Tab")
        stops += 1

    assert screen["scrolled"] == 0
    assert screen["bottom"] <= screen["bar"] <= 900 - screen["height"]
    assert screen["height"] <= 58
    assert stops < 25
    expect(page.locator(".start-row p")).to_contain_text("· 0 problems")

    units = page.locator("#searched summary", has_text="Units, layer 1")
    expect(units).to_contain_text("8–64 log")
    units.press("Enter")
    box = page.get_by_label("Units, layer 1", exact=True)
    expect(box).to_be_focused()
    box.fill("8..32")
    box.press("Enter")
    expect(box).to_be_hidden()
    expect(units).to_be_focused()
    expect(units).to_contain_text("8–32")
    units.press("Enter")
    box.fill("many")
    box.press("Escape")
    expect(units).to_contain_text("8–32")
    units.press("Enter")
    box.fill("16")
    box.press("Enter")
    expect(page.locator("#searched")).not_to_contain_text("Units, layer 1")
    expect(page.locator("#fixed > summary")).to_be_focused()

    page.get_by_label("Add hyperparameter").select_option(label="Dropout after layer 1")
    added = page.get_by_label("Dropout after layer 1", exact=True)
    expect(added).to_have_value("0..0.5")
    expect(added).to_be_focused()

    page.locator("#advanced > summary").click()
    page.locator("summary", has_text="Strategy").last.click()
    page.get_by_label("How the next parameters are chosen").select_option("grid")
    shown = page.locator("#strategy-help small:visible")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("Every combination once")
    expect(page.locator("#part-strategy")).to_have_text("grid")


def test_enter_updates_the_preview_and_only_ctrl_enter_starts(page: Page):
    open_form(page, "Enter")
    address = page.url

    for label in ("Name", "Number of trials", "Dataset"):
        with page.expect_response("**/experiments/preview"):
            page.get_by_label(label, exact=True).press("Enter")

    assert page.url == address
    assert "Enter" not in names_of_experiments(page)
    open_chip(page, "Units, layer 1").fill("4, 8, 16")
    expect(page.locator("#preview-trials")).to_contain_text("3 trials will run, not 20")
    epochs = open_chip(page, "Epochs")
    epochs.fill("1")
    epochs.press("Control+Enter")
    expect(page.get_by_role("heading", name="Enter")).to_be_visible()


def test_the_bar_counts_all_problems_and_leads_to_the_first(page: Page):
    open_form(page, "Wrong")
    page.get_by_role("spinbutton", name="Number of trials").fill("0")
    page.locator("#advanced > summary").click()
    page.locator("summary", has_text="Seed").last.click()
    page.get_by_role("spinbutton", name="Seed").fill("-3")
    page.locator("summary", has_text="Warm start").last.click()
    page.get_by_label("Start from the trials of experiments").fill("many")
    page.locator("summary", has_text="Warm start").last.click()
    page.locator("#advanced > summary").click()

    expect(page.locator("#preview-problems")).to_have_text("3 problems, show")
    page.get_by_role("button", name="Start the search").click()

    trials = page.get_by_role("spinbutton", name="Number of trials")
    expect(trials).to_be_focused()
    expect(page.locator("#max_trials-error")).to_be_visible()
    expect(page.locator("#seed")).to_have_attribute("aria-invalid", "true")
    assert "Wrong" not in names_of_experiments(page)
    trials.fill("5")
    expect(page.locator("#preview-problems")).to_have_text("2 problems, show")
    page.locator("#preview-problems").click()
    expect(page.get_by_role("spinbutton", name="Seed")).to_be_focused()
    page.get_by_role("spinbutton", name="Seed").fill("3")
    expect(page.locator("#preview-problems")).to_have_text("1 problem, show")
    page.locator("#preview-problems").click()
    expect(page.get_by_label("Start from the trials of experiments")).to_be_focused()


@pytest.mark.parametrize("width", [320, 420])
def test_the_bar_of_a_phone_is_low_and_never_covers_the_focused_field(page: Page, width: int):
    open_form(page, "Covered")
    page.set_viewport_size({"width": width, "height": 700})
    page.evaluate(
        "document.querySelectorAll('#experiment-form details').forEach(d => { d.open = true; })"
    )

    page.get_by_label("Name", exact=True).focus()
    covered = []
    for _ in range(70):
        page.keyboard.press("Tab")
        covered.append(page.evaluate(COVERED))

    assert [name for name in covered if name] == []
    box = page.locator("#start-bar").bounding_box()
    assert box is not None
    assert box["height"] <= 58
    assert round(box["y"] + box["height"]) == 700
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_search_in_which_nothing_varies_is_asked_about_before_it_starts(page: Page):
    open_form(page, "Nothing varies")
    open_chip(page, "Epochs").fill("1")

    page.get_by_role("button", name="Start the search").click()

    expect(page.locator("#one-trial")).to_contain_text("one trial will be trained. Start it?")
    expect(page.get_by_role("link", name="Vary a hyperparameter")).to_be_visible()
    page.get_by_role("button", name="Start one trial").click()
    expect(page.get_by_role("heading", name="Nothing varies")).to_be_visible()
    expect(page.locator("#progress")).to_contain_text("of 1")


def test_a_preset_and_another_dataset_keep_what_was_typed(page: Page):
    page.goto("/datasets")
    page.get_by_role("button", name="IBM").first.click()
    page.goto("/datasets")
    page.get_by_role("button", name=re.compile("Ni")).first.click()
    page.goto("/experiments/new")
    page.get_by_label("Name", exact=True).fill("Typed")
    page.get_by_role("spinbutton", name="Number of trials").fill("33")
    batch_sizes = page.locator("#searched summary", has_text="Batch size")
    expect(batch_sizes).to_contain_text("16, 32")
    options = page.get_by_label("Dataset").locator("option").all_inner_texts()

    page.get_by_label("Dataset").select_option(label=next(o for o in options if "IBM" in o))

    expect(page.locator("#filled-in")).to_contain_text("derived anew for IBM")
    expect(page.locator("#filled-in")).to_contain_text("you edited them: number of trials.")
    expect(batch_sizes).to_contain_text("32, 64")
    page.locator("#advanced > summary").click()
    page.locator("summary", has_text="Examples").last.click()
    page.get_by_role("button", name="Talos space").click()
    expect(page.locator("#filled-in")).to_contain_text("Talos space")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Typed")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#filled-in")).to_contain_text("undone")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Typed")
