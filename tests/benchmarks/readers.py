"""People with open pages, for a soak: each opens a page, polls its live parts as static/live.js does, and moves on."""

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
PAUSE, PAUSE_WHEN_DONE = 1.0, 5.0
START_SECONDS = 60.0
LIVE = re.compile(r'data-live-url="([^"]+)"')
CHART = re.compile(r'id="([^"]+)"[^>]*data-chart-url="([^"]+)"')
VERSION = re.compile(r'data-chart="([^"]+)" data-version="([^"]*)"')


class Readers:
    """So many pages, a few of them in a real Chromium. `taken` holds the seconds of each answer by kind."""

    def __init__(self, address: str, pages: int, tabs: int, search: Mapping[str, Any]) -> None:
        self.address, self.search = address, dict(search)
        self.taken: defaultdict[str, list[float]] = defaultdict(list)
        self.problems: list[str] = []
        self.experiments: list[int] = []
        self.trial = 0
        self.stopped = threading.Event()
        self.threads = [
            threading.Thread(target=self._read, args=(number,)) for number in range(pages - tabs)
        ]
        self.tabs = tabs
        self.browser: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Wait for the server, begin a search, open the pages."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self._ask("/healthz")
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
        urllib.request.urlopen(
            urllib.request.Request(f"{self.address}/datasets/sample", b"")
        ).close()
        self.keep_busy()
        for thread in self.threads:
            thread.start()
        command = [sys.executable, "-m", "tests.benchmarks.tabs", self.address, str(self.tabs)]
        ending = partial(
            end_with_parent, signal.SIGKILL
        )  # Playwright does not end by itself once its pipe is gone
        self.browser = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=ending,
        )

    def stop(self) -> None:
        """Close all pages."""
        self.stopped.set()
        for thread in self.threads:
            if thread.ident is not None:
                thread.join(timeout=30)
        if self.browser is not None:
            self._close(self.browser)
            self.browser = None

    def _close(self, browser: "subprocess.Popen[str]") -> None:
        if browser.poll() is not None:
            self.problems.append(f"Chromium ended by itself, with {browser.returncode}")
        browser.terminate()
        self.problems += browser.communicate(timeout=30)[0].splitlines()

    def keep_busy(self) -> None:
        """Begin the next search when one has ended; know which trial trains."""
        try:
            self._keep_busy()
        except OSError as problem:
            self.problems.append(repr(problem))

    def _keep_busy(self) -> None:
        newest = (
            self._ask(f"/api/experiments/{self.experiments[-1]}")["state"]
            if self.experiments
            else "none"
        )
        if newest not in ("queued", "running"):
            body = {"name": f"Search {len(self.experiments) + 1}", "dataset_id": 1, **self.search}
            self.experiments.append(self._ask("/api/experiments", body)["id"])
        running = self._ask(f"/api/experiments/{self.experiments[-1]}/trials?state=running")[
            "items"
        ]
        self.trial = running[0]["id"] if running else self.trial

    def trials_ended(self) -> int:
        """Over all searches."""
        return sum(
            self._ask(f"/api/experiments/{number}")["finished"] for number in self.experiments
        )

    def path(self, number: int) -> str:
        """Where a reader goes now: the list, the newest search, or the trial that trains."""
        if number % 5 == 0:
            return "/experiments"
        return (
            f"/experiments/{self.experiments[-1]}"
            if number % 5 < 3 or not self.trial
            else f"/trials/{self.trial}"
        )

    def _ask(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        content = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(
            self.address + path, content, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def _read(self, number: int) -> None:
        self.stopped.wait(number * 0.05)
        seconds = (
            VISIT_SECONDS * (number + 1) / len(self.threads)
        )  # then each moves on at a moment of its own
        while not self.stopped.is_set():
            try:
                _Visit(self, self.path(number)).stay(seconds)
                seconds = VISIT_SECONDS
            except (OSError, http.client.HTTPException) as problem:
                self.problems.append(repr(problem))
                self.stopped.wait(PAUSE)


class _Visit:
    """One page, open for some seconds."""

    def __init__(self, readers: Readers, path: str) -> None:
        self.readers, self.path = readers, path
        self.connection = http.client.HTTPConnection(urlsplit(readers.address).netloc, timeout=30)

    def stay(self, seconds: float) -> None:
        """Load page and charts, then ask for the live parts every second, and for charts that changed."""
        try:
            page = self._get("pages", self.path)[1]
            charts = {name: html.unescape(url) for name, url in CHART.findall(page)}
            for url in charts.values():
                self._get("charts", url)
            live = LIVE.search(page)
            left, tag, versions = time.monotonic() + seconds, "", {}
            while live and time.monotonic() < left and not self.readers.stopped.is_set():
                done = 'data-live-done="true"' in page
                self.readers.stopped.wait(PAUSE_WHEN_DONE if done else PAUSE)
                given, text = self._get("fragments", html.unescape(live[1]), tag)
                tag, page = given or tag, text or page
                for name, version in VERSION.findall(text):
                    if versions.setdefault(name, version) != version and name in charts:
                        versions[name] = version
                        self._get("charts", charts[name])
        finally:
            self.connection.close()

    def _get(self, kind: str, path: str, tag: str = "") -> tuple[str, str]:
        headers = {"Accept-Encoding": "gzip", **({"If-None-Match": tag} if tag else {})}
        began = time.perf_counter()
        self.connection.request("GET", path, headers=headers)
        answer = self.connection.getresponse()
        content = answer.read()
        self.readers.taken[kind].append(time.perf_counter() - began)
        if answer.status not in (200, 304):
            self.readers.problems.append(f"{answer.status} {path}")
        return answer.headers.get("ETag", ""), _text(
            answer.headers.get("Content-Encoding", ""), content
        )


def _text(encoding: str, content: bytes) -> str:
    return (gzip.decompress(content) if encoding == "gzip" else content).decode()
