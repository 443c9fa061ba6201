"""The real product with a finished sample search, for pictures and for looks."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from app.config import Settings
from app.db.engine import Database
from app.db.upgrade import upgrade_database
from app.demo import start_search
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
SERVER_SECONDS = 60
SEARCH_MILLISECONDS = 600_000
HEIGHT = 900


@dataclass(frozen=True)
class Screen:
    """What a page is looked at on, and how the file of its picture ends."""

    width: int
    color_scheme: str
    suffix: str


@contextmanager
def started_product(search_seconds: float) -> Iterator[str]:
    """Server and worker on a database of their own with the sample search begun; its address."""
    with tempfile.TemporaryDirectory() as data:
        settings = Settings(data=Path(data), port=free_port())
        upgrade_database(settings)
        start_search(Database(settings.url), search_seconds)
        command = [sys.executable, "-m", "app", "up", "--data", data, "--port", str(settings.port)]
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ, start_new_session=True)
        try:
            _wait_for_server(settings.address)
            yield settings.address
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def open_page(browser: Browser, address: str, screen: Screen) -> Page:
    """A page of a browser that knows nothing of earlier ones."""
    context = browser.new_context(
        viewport={"width": screen.width, "height": HEIGHT},
        color_scheme=screen.color_scheme,  # type: ignore[arg-type]
        base_url=address,
        accept_downloads=True,
    )
    return context.new_page()


def wait_for_search(page: Page) -> None:
    """Wait until the model of the sample search can be downloaded."""
    page.goto("/experiments/1")
    download = page.get_by_role("link", name="Download the best model")
    download.wait_for(timeout=SEARCH_MILLISECONDS)


def find_best_trial(page: Page) -> str:
    """The address of the best trial's page."""
    return f"/trials/{list_trials(page)[0]['id']}"


def list_trials(page: Page) -> list[dict[str, int]]:
    """The evaluated trials of the sample search, the best first."""
    found = page.request.get("/api/experiments/1/trials?size=200").json()["items"]
    evaluated = [trial for trial in found if trial["objective"] is not None]
    return sorted(evaluated, key=lambda trial: (trial["objective"], trial["number"]))


def take_picture(page: Page, path: Path) -> None:
    """Picture the whole page, on a screen so high that sticky elements cover nothing."""
    for chart in page.locator(".chart:visible").all():
        chart.locator(".main-svg").first.wait_for()
    screen = page.viewport_size
    assert screen
    page_height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": screen["width"], "height": page_height})
    page.screenshot(path=path, full_page=True, animations="disabled")
    page.set_viewport_size(screen)


def _wait_for_server(address: str) -> None:
    """Wait until the server answers, or exit."""
    deadline = time.monotonic() + SERVER_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    sys.exit("The server did not start.")
