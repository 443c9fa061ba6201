"""Pages in a real Chromium, for a soak test.

    python -m tests.benchmarks.tabs http://127.0.0.1:8000 2

It is a process of its own with a low priority: people's browsers do not run on the server's
processors, and a page with charts keeps two of them busy for a second or two when it is opened. It
prints the errors of the pages.
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
POLL_MILLISECONDS = 500


def newest_paths(address: str) -> list[str]:
    """The pages of the newest search and of its running trial; the search twice if none runs."""
    experiment_id = _get_json(f"{address}/api/experiments?size=1")["items"][0]["id"]
    search_path = f"/experiments/{experiment_id}"
    url = f"{address}/api/experiments/{experiment_id}/trials?state=running&size=1"
    running = _get_json(url)["items"]
    trial_path = f"/trials/{running[0]['id']}" if running else search_path
    return [search_path, trial_path]


def browse(address: str, count: int, stopped: threading.Event) -> None:
    """Keep `count` pages open, each on a new address every half minute."""
    with opened() as browser:
        pages = [browser.new_page(base_url=address) for _ in range(count)]
        for page in pages:
            page.on("pageerror", lambda error: print(error, flush=True))
        while not stopped.is_set():
            for page, path in zip(pages, newest_paths(address) * count, strict=False):
                page.goto(path, wait_until="domcontentloaded")
            deadline = time.monotonic() + VISIT_SECONDS
            while time.monotonic() < deadline and not stopped.is_set():
                pages[0].wait_for_timeout(POLL_MILLISECONDS)


def _get_json(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)


def main() -> None:
    """Browse until SIGTERM."""
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    lower_priority(NICENESS)
    browse(sys.argv[1], int(sys.argv[2]), stopped)


if __name__ == "__main__":
    main()
