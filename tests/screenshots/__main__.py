"""Run Foretune on an empty database, let the sample search finish, and take README's pictures."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from app.config import Settings
from app.db.engine import Database
from app.db.upgrade import upgrade_database
from app.demo import start_search
from tests.browser.chromium import opened
from tests.ports import free_port

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
SEARCH_SECONDS = 60.0  # of training
SEARCH_MILLISECONDS = 600_000
SERVER_SECONDS = 60
HEIGHT = 900


@dataclass(frozen=True)
class Screen:
    """What a picture is taken on, and how its file's name ends."""

    width: int
    color_scheme: str
    suffix: str


DESKTOP = Screen(1400, "light", "")
SCREENS = (DESKTOP, Screen(1400, "dark", "-dark"), Screen(420, "light", "-narrow"))


def main() -> None:
    """Take every picture."""
    with tempfile.TemporaryDirectory() as data:
        settings = Settings(data=Path(data), port=free_port())
        upgrade_database(settings)
        start_search(Database(settings.url), SEARCH_SECONDS)
        command = [sys.executable, "-m", "app", "up", "--data", data, "--port", str(settings.port)]
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ, start_new_session=True)
        try:
            wait_for_server(settings.address)
            with opened() as browser:
                take_pictures(browser, settings.address)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def take_pictures(browser: Browser, address: str) -> None:
    """Wait for the end of the search, then picture each page on each screen."""
    page = open_page(browser, address, DESKTOP)
    page.goto("/experiments/1")
    download = page.get_by_role("link", name="Download the best model")
    download.wait_for(timeout=SEARCH_MILLISECONDS)
    page.goto("/experiments/1?sort=objective")
    best_trial = page.locator("tr.best a").first.get_attribute("href")
    assert best_trial
    paths = {
        "experiments": "/experiments",
        "experiment": "/experiments/1",
        "trial": best_trial,
        "form": "/experiments/new?preset=quick-look",
        "dataset": "/datasets/1",
        "datasets": "/datasets",
        "importance": "/experiments/1/importance",
        "comparison": "/experiments/1/comparison",
    }
    for screen in SCREENS:
        page = open_page(browser, address, screen)
        for name, path in paths.items():
            page.goto(path)
            take_picture(page, name + screen.suffix)
    take_upload_picture(open_page(browser, address, DESKTOP))


def take_upload_picture(page: Page) -> None:
    """Picture the page that asks whether an upload was read right."""
    page.goto("/datasets")
    page.set_input_files("#file", ROOT / "app" / "samples" / "ibm.csv")
    page.get_by_role("heading", name="Does it read right?").wait_for()
    take_picture(page, "upload")


def open_page(browser: Browser, address: str, screen: Screen) -> Page:
    context = browser.new_context(
        viewport={"width": screen.width, "height": HEIGHT},
        color_scheme=screen.color_scheme,  # type: ignore[arg-type]
        base_url=address,
    )
    return context.new_page()


def take_picture(page: Page, name: str) -> None:
    """Picture the whole page, on a screen so high that sticky elements cover nothing."""
    for chart in page.locator(".chart").all():
        chart.locator(".main-svg").first.wait_for()
    screen = page.viewport_size
    assert screen
    page_height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": screen["width"], "height": page_height})
    page.screenshot(path=FOLDER / f"{name}.png", full_page=True, animations="disabled")
    page.set_viewport_size(screen)
    print(f"{name}.png")


def wait_for_server(address: str) -> None:
    """Wait until the server answers, or exit."""
    deadline = time.monotonic() + SERVER_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    sys.exit("The server did not start.")


if __name__ == "__main__":
    main()
