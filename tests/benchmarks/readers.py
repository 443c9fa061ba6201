"""People with open pages, for a soak test.

Each opens a page, polls its live parts as static/live.js does, and after a while opens another one.
"""

import gzip
import html
import http.client
import json
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.processes import end_with_parent

ROOT = Path(__file__).parents[2]
VISIT_SECONDS = 30.0
POLL_SECONDS = 1.0
POLL_SECONDS_WHEN_DONE = 5.0
START_SECONDS = 60.0
REQUEST_SECONDS = 30
LIVE_URL = re.compile(r'data-live-url="([^"]+)"')
CHART_URL = re.compile(r'id="([^"]+)"[^>]*data-chart-url="([^"]+)"')
CHART_VERSION = re.compile(r'data-chart="([^"]+)" data-version="([^"]*)"')
DONE = 'data-live-done="true"'


class Readers:
    """So many pages, a few of them in a real Chromium, over one search after the other.

    `seconds` holds the seconds of each answer by kind: pages, charts and fragments.
    """

    def __init__(self, address: str, pages: int, tabs: int, search: Mapping[str, Any]) -> None:
        self.address = address
        self.search = dict(search)
        self.tabs = tabs
        self.seconds: defaultdict[str, list[float]] = defaultdict(list)
        self.problems: list[str] = []
        self.experiments: list[int] = []
        self.running_trial: int | None = None
        self.stopped = threading.Event()
        self.threads = []
        for number in range(pages - tabs):
            self.threads.append(threading.Thread(target=self._read_pages, args=(number,)))
        self.browser: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Wait for the server, begin a search, and open the pages."""
        self._wait_for_server()
        urllib.request.urlopen(f"{self.address}/datasets/samples/ibm", b"").close()
        self.keep_busy()
        for thread in self.threads:
            thread.start()
        if self.tabs:
            self.browser = self._start_browser()

    def stop(self) -> None:
        """Close all pages."""
        self.stopped.set()
        for thread in self.threads:
            if thread.ident is not None:
                thread.join(timeout=30)
        if self.browser is not None:
            self._close_browser(self.browser)
            self.browser = None

    def keep_busy(self) -> None:
        """Begin the next search when the last one has ended, and find the running trial."""
        try:
            if not self._is_searching():
                self._begin_search()
            self._find_running_trial()
        except OSError as error:
            self.problems.append(repr(error))

    def count_ended_trials(self) -> int:
        """Trials that have ended, of all searches."""
        return sum(
            self._request(f"/api/experiments/{experiment_id}")["finished"]
            for experiment_id in self.experiments
        )

    def next_path(self, number: int) -> str:
        """What a reader opens now: of five, one the list, two the search, two the running trial."""
        turn = number % 5
        if turn == 0:
            return "/experiments"
        if turn < 3 or self.running_trial is None:
            return f"/experiments/{self.experiments[-1]}"
        return f"/trials/{self.running_trial}"

    def _wait_for_server(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self._request("/healthz")
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def _start_browser(self) -> "subprocess.Popen[str]":
        # SIGKILL, as Playwright does not end by itself once its pipe is closed.
        end_child = partial(end_with_parent, signal.SIGKILL)
        return subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.tabs", self.address, str(self.tabs)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=end_child,
        )

    def _close_browser(self, browser: "subprocess.Popen[str]") -> None:
        if browser.poll() is not None:
            self.problems.append(f"Chromium ended by itself, with {browser.returncode}")
        browser.terminate()
        output, _ = browser.communicate(timeout=30)
        self.problems += output.splitlines()

    def _is_searching(self) -> bool:
        if not self.experiments:
            return False
        state = self._request(f"/api/experiments/{self.experiments[-1]}")["state"]
        return state in ("queued", "running")

    def _begin_search(self) -> None:
        name = f"Search {len(self.experiments) + 1}"
        body = {"name": name, "dataset_id": 1, **self.search}
        self.experiments.append(self._request("/api/experiments", body)["id"])

    def _find_running_trial(self) -> None:
        """Keep the last one if none is running."""
        path = f"/api/experiments/{self.experiments[-1]}/trials?state=running"
        running = self._request(path)["items"]
        if running:
            self.running_trial = running[0]["id"]

    def _request(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Get JSON, or post it."""
        content = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.address + path, content, headers)
        with urllib.request.urlopen(request, timeout=REQUEST_SECONDS) as answer:
            return json.load(answer)

    def _read_pages(self, number: int) -> None:
        """Open one page after the other. First visits differ in length, to spread the moments."""
        self.stopped.wait(number * 0.05)
        seconds = VISIT_SECONDS * (number + 1) / len(self.threads)
        while not self.stopped.is_set():
            try:
                Visit(self, self.next_path(number)).stay(seconds)
                seconds = VISIT_SECONDS
            except (OSError, http.client.HTTPException) as error:
                self.problems.append(repr(error))
                self.stopped.wait(POLL_SECONDS)


class Visit:
    """One page, open for some seconds."""

    def __init__(self, readers: Readers, path: str) -> None:
        self.readers = readers
        self.path = path
        self.charts: dict[str, str] = {}  # URLs by name
        self.versions: dict[str, str] = {}  # of charts by name
        self.etag = ""
        netloc = urlsplit(readers.address).netloc
        self.connection = http.client.HTTPConnection(netloc, timeout=REQUEST_SECONDS)

    def stay(self, seconds: float) -> None:
        """Load the page and its charts, then poll its live parts."""
        deadline = time.monotonic() + seconds
        try:
            page = self._load_page()
            live_url = LIVE_URL.search(page)
            if live_url:
                self._poll(html.unescape(live_url[1]), page, deadline)
        finally:
            self.connection.close()

    def _load_page(self) -> str:
        _, page = self._get("pages", self.path)
        for name, url in CHART_URL.findall(page):
            self.charts[name] = html.unescape(url)
        for url in self.charts.values():
            self._get("charts", url)
        return page

    def _poll(self, url: str, page: str, deadline: float) -> None:
        """Ask for the live parts every second, and for charts that have changed."""
        stopped = self.readers.stopped
        while time.monotonic() < deadline and not stopped.is_set():
            stopped.wait(POLL_SECONDS_WHEN_DONE if DONE in page else POLL_SECONDS)
            etag, fragment = self._get("fragments", url, self.etag)
            self.etag = etag or self.etag
            page = fragment or page
            self._reload_charts(fragment)

    def _reload_charts(self, fragment: str) -> None:
        for name, version in CHART_VERSION.findall(fragment):
            known_version = self.versions.setdefault(name, version)
            if version != known_version and name in self.charts:
                self.versions[name] = version
                self._get("charts", self.charts[name])

    def _get(self, kind: str, path: str, etag: str = "") -> tuple[str, str]:
        """The ETag and the text of an answer; no text if it has not changed."""
        headers = {"Accept-Encoding": "gzip"}
        if etag:
            headers["If-None-Match"] = etag
        started_at = time.perf_counter()
        self.connection.request("GET", path, headers=headers)
        answer = self.connection.getresponse()
        content = answer.read()
        self.readers.seconds[kind].append(time.perf_counter() - started_at)
        if answer.status not in (200, 304):
            self.readers.problems.append(f"{answer.status} {path}")
        if answer.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        return answer.headers.get("ETag", ""), content.decode()
