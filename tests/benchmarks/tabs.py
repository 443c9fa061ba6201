"""Pages in a real Chromium, for a soak: `python -m tests.benchmarks.tabs http://127.0.0.1:8000 2`.

A process of its own with a low priority: other people's browsers do not compute on the server's processors, and a page
with charts keeps two of them busy for a second or two when it is opened. What went wrong on a page goes to the output.
"""

import json
import signal
import sys
import threading
import time
import urllib.request
from typing import Any

from app.processes import lower_priority
from tests.browser.chromium import opened

NICENESS = 10
VISIT_SECONDS = 30.0


def newest(address: str) -> list[str]:
    """The pages of the newest search, and of a trial of it that trains where there is one."""
    experiment = _ask(f"{address}/api/experiments?size=1")["items"][0]["id"]
    running = _ask(f"{address}/api/experiments/{experiment}/trials?state=running&size=1")["items"]
    page = f"/experiments/{experiment}"
    return [page, f"/trials/{running[0]['id']}" if running else page]


def browse(address: str, count: int, stopped: threading.Event) -> None:
    """Keep so many pages open, each on a new address every half minute."""
    with opened() as browser:
        pages = [browser.new_page(base_url=address) for _ in range(count)]
        for page in pages:
            page.on("pageerror", lambda error: print(error, flush=True))
        while not stopped.is_set():
            for page, path in zip(pages, newest(address) * count, strict=False):
                page.goto(path, wait_until="domcontentloaded")
            left = time.monotonic() + VISIT_SECONDS
            while time.monotonic() < left and not stopped.is_set():
                pages[0].wait_for_timeout(500)


def _ask(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)


def main() -> None:
    """Browse until told to stop."""
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    lower_priority(NICENESS)
    browse(sys.argv[1], int(sys.argv[2]), stopped)


if __name__ == "__main__":
    main()
