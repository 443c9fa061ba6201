"""How fast every page and part answers beside one experiment of 10,000 trials of 100 epochs.

    python -m tests.benchmarks.large [--trials 10000] [--epochs 100] [--rounds 30] [--data FOLDER]

A real server answers over loopback. The addresses take turns, so that a moment in which the machine
is busy with something else falls on all of them, and nothing is shared between two requests for the
same one. With --data the database is kept there and used again.
"""

import argparse
import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from sqlalchemy import func, select

from app.config import Settings
from app.db.engine import Database
from app.db.models import Trial
from app.db.upgrade import upgrade_database
from app.processes import end_with_parent, settings_environment
from tests.benchmarks import large_database
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
MIN_SECONDS_BETWEEN = 0.6  # longer than a fragment is shared
EXPERIMENT = "/experiments/1"
PAGES = {
    "experiments": "/experiments",
    "experiments, live": "/experiments/live",
    "datasets": "/datasets",
    "dataset": "/datasets/1",
    "experiment": EXPERIMENT,
    "experiment, live": f"{EXPERIMENT}/live",
    "sorted by objective": f"{EXPERIMENT}?sort=objective",
    "sorted by duration": f"{EXPERIMENT}?sort=duration&descending=true",
    "sorted by a hyperparameter": f"{EXPERIMENT}?sort=parameters.learning_rate",
    "sorted by MASE": f"{EXPERIMENT}?sort=test_mase",
    "sorted by MASE, live": f"{EXPERIMENT}/live?sort=test_mase",
    "filtered": f"{EXPERIMENT}?search=units_1%3E%3D32+cell%3Dlstm",
    "filtered, best first": f"{EXPERIMENT}?search=units_1%3E%3D32&sort=objective",
    "pruned ones": f"{EXPERIMENT}?state=pruned",
    "last page": f"{EXPERIMENT}?page={{last}}",
    "200 rows": f"{EXPERIMENT}?size=200",
    "200 rows, best first": f"{EXPERIMENT}?size=200&sort=objective",
    "200 rows, live": f"{EXPERIMENT}/live?size=200",
    "chart of the search": f"{EXPERIMENT}/charts/objective",
    "comparison": f"{EXPERIMENT}/comparison",
    "comparison, live": f"{EXPERIMENT}/comparison/live",
    "chart of the comparison": f"{EXPERIMENT}/charts/comparison?trials=1&trials=2",
    "importance": f"{EXPERIMENT}/importance",
    "importance, live": f"{EXPERIMENT}/importance/live",
    "chart of importance": f"{EXPERIMENT}/charts/importance?parameter=learning_rate",
    "parallel coordinates": f"{EXPERIMENT}/charts/parallel",
    "lines that a filter finds": f"{EXPERIMENT}/charts/parallel/matching?search=units_1%3E%3D32",
    "curves of all trials": f"{EXPERIMENT}/charts/curves",
    "Pareto front, by seconds": f"{EXPERIMENT}/charts/pareto?x=seconds",
    "Pareto front, by weights": f"{EXPERIMENT}/charts/pareto?x=parameters",
    "simplest good trial": f"{EXPERIMENT}/pareto?x=parameters",
    "baselines": f"{EXPERIMENT}/baselines",
    "form": "/experiments/new?dataset=1",
    "form, cloned": "/experiments/new?experiment=1",
    "form, from its trials": "/experiments/new?experiment=1&start=1",
    "trial": "/trials/5002",
    "trial, live": "/trials/5002/live",
    "chart of losses": "/trials/5002/charts/losses",
    "chart of a forecast": "/trials/5002/charts/test",
    "API, experiment": "/api/experiments/1",
    "API, 50 trials": "/api/experiments/1/trials",
    "API, 200 trials, best first": "/api/experiments/1/trials?size=200&sort=objective",
    "API, epochs": "/api/trials/5002/epochs",
    "API, importance": "/api/experiments/1/importance",
}
CSV = f"{EXPERIMENT}/trials.csv"


@dataclass
class Times:
    """Milliseconds of each answer, of the server's processors, and the bytes of the last one."""

    wall: list[float] = field(default_factory=list)
    first_byte: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    n_bytes: int = 0


@contextmanager
def served(settings: Settings) -> Iterator[tuple[str, psutil.Process]]:
    """A server on these settings: its host with the port, and its process."""
    port = free_port()
    environment = os.environ | settings_environment(settings) | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "serve", "--port", str(port)],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        preexec_fn=end_with_parent,
    )
    host = f"127.0.0.1:{port}"
    try:
        _wait_for(host)
        yield host, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(host: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            request(host, "/healthz", Times())
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def request(host: str, path: str, times: Times, server: psutil.Process | None = None) -> None:
    """Get one address as a browser does, and note how long that took."""
    connection = http.client.HTTPConnection(host, timeout=120)
    used_before = _processor_seconds(server)
    started_at = time.perf_counter()
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    first = answer.read(1)
    first_at = time.perf_counter()
    body = first + answer.read()
    ended_at = time.perf_counter()
    times.wall.append(1000 * (ended_at - started_at))
    times.first_byte.append(1000 * (first_at - started_at))
    times.processor.append(1000 * (_processor_seconds(server) - used_before))
    times.n_bytes = len(body)
    connection.close()
    assert answer.status == 200, (path, answer.status, body[:300])


def _processor_seconds(server: psutil.Process | None) -> float:
    if server is None:
        return 0.0
    used = server.cpu_times()
    return float(used.user + used.system)


def measure(
    host: str, server: psutil.Process, pages: dict[str, str], rounds: int
) -> dict[str, Times]:
    """Ask for all pages in turn, so often; a first round warms up and does not count."""
    times: defaultdict[str, Times] = defaultdict(Times)
    for path in pages.values():
        request(host, path, Times())
    for _ in range(rounds):
        started_at = time.monotonic()
        for name, path in pages.items():
            request(host, path, times[name], server)
        elapsed = time.monotonic() - started_at
        time.sleep(max(0.0, MIN_SECONDS_BETWEEN - elapsed))
    return dict(times)


def percentile(milliseconds: list[float], fraction: float) -> float:
    """The value that this fraction of the times do not exceed."""
    ordered = sorted(milliseconds)
    index = min(len(ordered) - 1, round(fraction * (len(ordered) - 1)))
    return ordered[index]


def to_markdown(times: dict[str, Times]) -> str:
    """A table with a row for each page."""
    lines = [
        "| page or part | median, ms | p95, ms | processor, ms | kB |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, one in times.items():
        lines.append(
            f"| {name} | {statistics.median(one.wall):.0f} | {percentile(one.wall, 0.95):.0f} "
            f"| {statistics.mean(one.processor):.0f} | {one.n_bytes / 1000:.0f} |"
        )
    return "\n".join(lines)


def describe_export(host: str, server: psutil.Process) -> str:
    """How the table leaves as CSV: the first byte, all of it, and the memory that it took."""
    before = server.memory_info().rss
    times = Times()
    for _ in range(3):
        request(host, CSV, times)
    grown = (server.memory_info().rss - before) / 1e6
    return (
        f"CSV: first byte after {statistics.median(times.first_byte):.0f} ms, all after "
        f"{statistics.median(times.wall):.0f} ms; the server grew by {grown:.0f} MB"
    )


@contextmanager
def prepared(folder: Path | None, n_trials: int, n_epochs: int) -> Iterator[Settings]:
    """The settings of an installation with the large experiment, made where it is missing."""
    with tempfile.TemporaryDirectory() as temporary:
        settings = Settings(data=folder or Path(temporary), slots=1)
        upgrade_database(settings)
        database = Database(settings.url)
        with database.read() as session:
            is_empty = session.scalar(select(func.count()).select_from(Trial)) == 0
        if is_empty:
            large_database.fill(database, n_trials, n_epochs)
        database.close()
        yield settings


def main() -> None:
    """Measure all pages and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--data", type=Path, default=None)
    parser.add_argument("--only", default="", help="pages whose names contain this")
    options = parser.parse_args()
    with prepared(options.data, options.trials, options.epochs) as settings:
        pages = {
            name: path.format(last=options.trials // 50)
            for name, path in PAGES.items()
            if options.only in name
        }
        with served(settings) as (host, server):
            print(to_markdown(measure(host, server, pages, options.rounds)))
            print(describe_export(host, server))
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
