"""The main job, as a person does it: upload, describe, watch, compare, look, download, predict."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.space import open_chip

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE = 120_000


def upload(page: Page, tmp_path: Path, rows: int = 400) -> None:
    csv = tmp_path / "walk.csv"
    csv.write_bytes(factories.random_walk_csv(rows))
    page.goto("/datasets")
    page.set_input_files("#file", csv)
    expect(page.get_by_role("heading", name="Does it read right?")).to_be_visible()
    page.get_by_label("Name of the dataset").fill("A walk")
    page.get_by_role("button", name="Save as a dataset").click()
    expect(page.get_by_role("heading", name="A walk")).to_be_visible()


def start(page: Page, name: str, trials: int, epochs: str = "3") -> None:
    page.goto("/experiments/new?preset=quick-look")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Dataset").select_option(label="A walk (400 rows, target Close)")
    page.get_by_role("spinbutton", name="Number of trials").fill(str(trials))
    open_chip(page, "Epochs").fill(epochs)
    open_chip(page, "Patience").fill("0")
    page.locator("#advanced > summary").click()
    page.locator("summary", has_text="Hand over").last.click()
    page.get_by_label("Hand over").select_option("single")
    page.get_by_role("button", name="Start the search").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def test_from_a_csv_to_a_model_that_predicts_on_its_own(page: Page, tmp_path: Path):
    upload(page, tmp_path)
    start(page, "Browser search", 4)

    expect(page.locator("#summary .state.completed")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#trials tbody.trials tr")).to_have_count(4)
    expect(page.locator("#summary .verdict-line")).to_contain_text("aive (last value)")
    expect(page.locator("#chart-objective .main-svg").first).to_be_visible()

    expect(page.locator("#trials th[aria-sort=ascending]")).to_contain_text("objective")

    column = page.locator("#trials tbody.trials td:nth-child(3)").all_inner_texts()

    assert column == sorted(column, key=lambda text: float(text.split("±")[0].replace(",", "")))

    page.locator("#trials tbody.trials tr").first.click()
    page.get_by_role("link", name="Everything about this trial").click()

    expect(page.get_by_role("heading", name="Prediction against actual: test")).to_be_visible()

    for chart in ("losses", "validation", "test"):
        expect(page.locator(f"#chart-{chart} .main-svg").first).to_be_visible()
    page.get_by_role("button", name="log", exact=True).click()

    expect(page.get_by_role("button", name="log", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )

    page.get_by_role("link", name="Browser search").click()
    button = page.get_by_role("link", name="Download the best model")

    expect(button).to_be_visible(timeout=PATIENCE)

    with page.expect_download() as download:
        button.click()

    bundle = tmp_path / "bundle"
    with zipfile.ZipFile(download.value.path()) as archive:
        archive.extractall(bundle)

    names = {path.name for path in bundle.iterdir()}

    assert {
        "model.keras",
        "predict.py",
        "settings.json",
        "trial.json",
        "requirements.txt",
        "README.md",
    } <= names

    command = [sys.executable, "-I", str(bundle / "predict.py"), str(tmp_path / "walk.csv")]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "Next Close:" in done.stdout
    assert len((tmp_path / "predictions.csv").read_text().splitlines()) > 300


def test_a_running_trial_shows_new_epochs_by_itself_and_can_be_stopped(page: Page, tmp_path: Path):
    upload(page, tmp_path)
    start(page, "Long search", 2, epochs="10000")

    expect(page.locator("#running")).to_contain_text("Trial 1", timeout=PATIENCE)

    page.locator("#running").get_by_role("link", name="Trial 1").click()
    line = page.locator("#summary p.small").first

    expect(line).to_contain_text("Epoch", timeout=PATIENCE)

    before = line.inner_text()

    expect(line).not_to_have_text(before, timeout=5_000)

    page.get_by_role("button", name="Stop this trial").click()

    expect(page.locator("#summary h1 .state.stopped")).to_be_visible(timeout=PATIENCE)

    page.get_by_role("link", name="Long search").click()
    page.get_by_role("button", name="Stop", exact=True).click()

    expect(page.locator("#summary h1 .state.stopped")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Resume")).to_be_visible()


def test_the_space_editor_shows_rows_under_what_they_depend_on(page: Page, tmp_path: Path):
    upload(page, tmp_path)
    page.goto("/experiments/new?preset=from-scratch")
    row = page.locator('.space-row[data-name="units_2"]')

    expect(row).to_be_hidden()

    open_chip(page, "Recurrent layers").fill("2")

    expect(row).to_be_visible()

    units = open_chip(page, "Units, layer 1")
    units.fill("4, 8, 16")

    expect(page.locator("#preview-size")).to_have_text("3 combinations")

    units.fill("4, many")

    expect(page.locator('[id="space.units_1.kind-error"]')).to_contain_text("many")

    units.fill("4, 8")

    expect(page.locator('[id="space.units_1.kind-error"]')).to_be_hidden()


def test_a_bad_form_comes_back_filled_in_with_the_focus_on_what_is_wrong(
    page: Page, tmp_path: Path
):
    upload(page, tmp_path)
    page.goto("/experiments/new?preset=from-scratch")
    page.get_by_label("Name", exact=True).fill("Too long windows")
    open_chip(page, "Time steps").fill("390")
    page.get_by_role("button", name="Start the search").click()

    expect(page.locator('[id="space.time_steps.kind"]')).to_be_focused()
    expect(page.locator('[id="space.time_steps.kind-error"]')).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Too long windows")
