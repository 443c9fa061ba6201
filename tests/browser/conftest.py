"""A real server with a real worker, and a real Chromium to look at it."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import opened
from tests.ports import free_port

START_SECONDS = 60.0


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `foretune up`: server and worker on a database of their own."""
    port = free_port()
    data = tmp_path_factory.mktemp("site")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("FORETUNE_")
    }
    command = [sys.executable, "-m", "app", "up", "--data", str(data), "--port", str(port)]
    process = subprocess.Popen(
        command, env=environment, cwd=Path(__file__).parents[2], start_new_session=True
    )
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=2).close()
            break
        except (urllib.error.URLError, OSError):
            assert process.poll() is None, "the server ended while it started"
            time.sleep(0.1)
    yield address
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with opened() as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser, site: str) -> Iterator[Page]:
    """A fresh page at 1400 pixels; anything the browser complains about fails the test."""
    context = chromium.new_context(
        viewport={"width": 1400, "height": 900}, base_url=site, accept_downloads=True
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    yield page
    context.close()
    assert [text for text in complaints if "422" not in text] == []
