"""Debian's Chromium, opened for tests, pictures and benchmarks."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
# Each width and each scheme once; `python -m tests.looks` looks at all four.
VARIANTS = [(1400, "light"), (320, "dark")]


@contextmanager
def opened() -> Iterator[Browser]:
    """A browser that is closed on the way out."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "the browser tests need chromium (make test installs it where it may)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()
