"""The form for an experiment in a real browser: what starts a search, and what does not."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def open_form(page: Page, name: str) -> None:
    page.goto("/datasets")
    page.get_by_role("button", name="IBM").first.click()
    page.goto("/experiments/new?preset=from-scratch")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("spinbutton", name="Number of trials").fill("20")


def names_of_experiments(page: Page) -> list[str]:
    return [row["name"] for row in page.request.get("/api/experiments").json()["items"]]


def test_enter_updates_the_preview_and_only_ctrl_enter_starts(page: Page):
    open_form(page, "Enter")
    address = page.url

    page.locator("#fixed > summary").click()
    for label in ("Name", "Number of trials", "Dataset", "Learning rate"):
        with page.expect_response("**/experiments/preview"):
            page.get_by_label(label, exact=True).press("Enter")

    assert page.url == address
    assert "Enter" not in names_of_experiments(page)
    page.get_by_label("Units, layer 1").fill("4, 8, 16")
    expect(page.locator("#preview-trials")).to_contain_text("3 trials will run, not 20")
    page.get_by_label("Epochs", exact=True).fill("1")
    page.get_by_label("Epochs", exact=True).press("Control+Enter")
    expect(page.get_by_role("heading", name="Enter")).to_be_visible()


def test_the_bar_counts_all_problems_and_leads_to_the_first(page: Page):
    open_form(page, "Wrong")
    page.get_by_role("spinbutton", name="Number of trials").fill("0")
    page.locator("#advanced > summary").click()
    page.get_by_role("spinbutton", name="Seed").fill("-3")
    page.get_by_text("Start from results you have").click()
    page.get_by_label("Start from the trials of experiments").fill("many")
    page.get_by_text("Start from results you have").click()
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
    expect(page.get_by_label("Start from the trials of experiments")).to_be_focused()


def test_the_bar_never_covers_the_focused_field(page: Page):
    open_form(page, "Covered")
    page.set_viewport_size({"width": 420, "height": 700})

    page.get_by_label("Name", exact=True).focus()
    covered = []
    page.locator("#fixed > summary").click()
    page.locator("#advanced > summary").click()
    page.get_by_label("Name", exact=True).focus()
    for _ in range(60):
        page.keyboard.press("Tab")
        below = page.evaluate(
            """() => {
              const bar = document.getElementById("start-bar");
              const field = document.activeElement;
              if (field === document.body || bar.contains(field)) return "";
              const isOver = field.getBoundingClientRect().bottom > bar.getBoundingClientRect().top;
              return isOver ? field.name || field.textContent : "";
            }"""
        )
        covered += [below] if below else []

    assert covered == []
    box = page.locator("#start-bar").bounding_box()
    assert box is not None
    assert box["height"] <= 58
    assert round(box["y"] + box["height"]) == 700


def test_a_search_in_which_nothing_varies_is_asked_about_before_it_starts(page: Page):
    open_form(page, "Nothing varies")
    page.locator("#fixed > summary").click()
    page.get_by_label("Epochs", exact=True).fill("1")

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
    batch_sizes = page.get_by_label("Batch size", exact=True)
    before = batch_sizes.input_value()
    options = page.get_by_label("Dataset").locator("option").all_inner_texts()

    page.get_by_label("Dataset").select_option(label=next(o for o in options if "IBM" in o))

    expect(page.locator("#filled-in")).to_contain_text("derived anew for IBM")
    expect(page.locator("#filled-in")).to_contain_text("you edited them: number of trials.")
    expect(batch_sizes).not_to_have_value(before)
    page.locator("#advanced > summary").click()
    page.get_by_text("Examples: five searches").click()
    page.get_by_role("button", name="Talos space").click()
    expect(page.locator("#filled-in")).to_contain_text("Talos space")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Typed")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#filled-in")).to_contain_text("undone")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Typed")


def test_the_way_from_the_top_of_the_page_to_start_is_short(page: Page):
    page.goto("/datasets")
    page.get_by_role("button", name="IBM").first.click()
    page.goto("/experiments/new")
    expect(page.locator("html.scripted")).to_be_attached()

    stops = 0
    while page.evaluate("document.activeElement.id") != "start":
        page.keyboard.press("Tab")
        stops += 1

    assert stops < 25
    page.get_by_label("Add hyperparameter").select_option(label="Dropout after layer 1")
    expect(page.get_by_label("Dropout after layer 1", exact=True)).to_have_value("0..0.5")
    expect(page.get_by_label("Dropout after layer 1", exact=True)).to_be_focused()
