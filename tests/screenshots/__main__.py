"""Runs Foretune on an empty database, lets the sample search finish, and takes the pictures README shows."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Page

from app.config import Settings
from app.db.engine import Database
from app.db.upgrade import upgrade_database
from app.demo import start_search
from tests.browser.chromium import opened
from tests.ports import free_port

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PATIENCE = 300_000


def main() -> None:
    """Take every picture."""
    with tempfile.TemporaryDirectory() as data:
        settings = Settings(data=Path(data), port=free_port())
        upgrade_database(settings)
        start_search(Database(settings.url))
        command = [sys.executable, "-m", "app", "up", "--data", data, "--port", str(settings.port)]
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ, start_new_session=True)
        try:
            _wait(settings.address)
            with opened() as browser:
                _take_all(browser, settings.address)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def _take_all(browser: Browser, address: str) -> None:
    page = _page(browser, address, 1400, "light")
    page.goto("/experiments/1")
    page.get_by_role("link", name="Download the best model").wait_for(timeout=PATIENCE)
    _shoot(page, "experiment")
    best = page.locator("tr.best a").first.get_attribute("href")
    assert best
    for width, scheme, names in (
        (1400, "light", ("", "-light")),
        (1400, "dark", ("-dark",)),
        (420, "light", ("-narrow",)),
    ):
        page = _page(browser, address, width, scheme)
        paths = {"experiments": "/experiments", "experiment": "/experiments/1", "trial": best}
        paths |= {
            "form": "/experiments/new?preset=quick-look",
            "dataset": "/datasets/1",
            "datasets": "/datasets",
        }
        paths |= {
            "influence": "/experiments/1/importance",
            "comparison": "/experiments/1/comparison",
        }
        for name, path in paths.items():
            page.goto(path)
            _shoot(page, name + names[0])
    page = _page(browser, address, 1400, "light")
    page.goto("/datasets")
    page.set_input_files("#file", ROOT / "app" / "samples" / "ibm.csv")
    page.get_by_role("heading", name="Does it read right?").wait_for()
    _shoot(page, "upload")


def _page(browser: Browser, address: str, width: int, scheme: str) -> Page:
    screen = {"width": width, "height": 900}
    return browser.new_context(viewport=screen, color_scheme=scheme, base_url=address).new_page()  # type: ignore[arg-type]


def _shoot(page: Page, name: str) -> None:
    for chart in page.locator(".chart").all():
        chart.locator(".main-svg").first.wait_for()
    screen = page.viewport_size
    assert screen
    height = page.evaluate("document.documentElement.scrollHeight")
    whole = {**screen, "height": height}  # where what sticks to the screen's end covers nothing
    page.set_viewport_size(whole)  # type: ignore[arg-type]
    page.screenshot(path=HERE / f"{name}.png", full_page=True, animations="disabled")
    page.set_viewport_size(screen)
    print(f"{name}.png")


def _wait(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    sys.exit("The server did not start.")


if __name__ == "__main__":
    main()
