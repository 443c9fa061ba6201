"""`make soak`: server and worker under 20 open live pages for 70 minutes.

It measures memory, file handles and the speed of answers, and checks their limits. With `--leak 5`
the server loses 5 MB a minute on purpose, and the limit of its memory must not hold.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from app.processes import end_with_parent
from tests.benchmarks.leaking import LEAK_VARIABLE
from tests.benchmarks.readers import Readers
from tests.benchmarks.soak_report import Sample, limit_for, summarise_soak, to_markdown
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
FIGURES = Path(__file__).parent / "figures"
SAMPLE_SECONDS = 5.0
MEGABYTE = 1e6
SEARCH = {
    "strategy": "random",
    "space": {
        "units_1": {"choice": [2, 3, 4]},
        "learning_rate": {"loguniform": [0.001, 0.05]},
        "time_steps": 5,
        "batch_size": 64,
        "epochs": {"choice": [2, 3, 5]},
    },
}


@dataclass(frozen=True)
class Load:
    """What is done to the product: open pages, so many of them in Chromium, and a search."""

    pages: int
    chromium_tabs: int
    max_trials: int


FULL_LOAD = Load(pages=20, chromium_tabs=2, max_trials=300)
LIGHT_LOAD = Load(pages=8, chromium_tabs=0, max_trials=20)  # several searches in a minute


class Product:
    """`foretune up` on a temporary database, whose server leaks so many MB a minute."""

    def __init__(self, folder: Path, leak: float = 0.0) -> None:
        self.folder = folder
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        module = "tests.benchmarks.leaking" if leak else "app"
        arguments = ["up", "--data", str(folder), "--port", str(port), "--slots", "2"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=self._environment() | {LEAK_VARIABLE: str(leak)},
            stdout=subprocess.DEVNULL,
            preexec_fn=end_with_parent,
        )

    @staticmethod
    def _environment() -> dict[str, str]:
        """This environment without settings of Foretune."""
        return {
            name: value for name, value in os.environ.items() if not name.startswith("FORETUNE_")
        }

    def take_sample(self, minute: float) -> Sample:
        """Measure server, worker and slots, and the database."""
        processes = self._processes()
        database_files = self.folder.glob("foretune.db*")
        return Sample(
            minute=minute,
            memory={name: sum(map(_megabytes, group)) for name, group in processes.items()},
            handles={name: sum(map(_handles, processes[name])) for name in ("server", "worker")},
            database=sum(file.stat().st_size for file in database_files) / MEGABYTE,
            server_seconds=sum(sum(server.cpu_times()[:2]) for server in processes["server"]),
            load=os.getloadavg()[0],
        )

    def _processes(self) -> dict[str, list[psutil.Process]]:
        groups: dict[str, list[psutil.Process]] = {"server": [], "worker": [], "slots": []}
        for child in psutil.Process(self.process.pid).children():
            command = child.cmdline()
            if "serve" in command:
                groups["server"].append(child)
            else:
                groups["worker"].append(child)
            if "worker" in command:
                groups["slots"] += child.children(recursive=True)
        return groups

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)


def _megabytes(process: psutil.Process) -> float:
    """Memory; 0 for a slot that has just been replaced."""
    try:
        return float(process.memory_info().rss) / MEGABYTE
    except psutil.Error:
        return 0.0


def _handles(process: psutil.Process) -> int:
    """Open files, without the connections of clients, which are as many as browsers open."""
    try:
        return int(process.num_fds()) - len(process.net_connections("tcp"))
    except psutil.Error:
        return 0


def run_soak(minutes: float, load: Load = FULL_LOAD, leak: float = 0.0) -> dict[str, Any]:
    """Run for so long. Returns every figure and whether its limit holds.

    All searches have the same size, so that pages and what is made for them do not grow for ever.
    """
    search = {**SEARCH, "max_trials": load.max_trials}
    with tempfile.TemporaryDirectory() as folder:
        product = Product(Path(folder), leak)
        readers = Readers(product.address, load.pages, load.chromium_tabs, search)
        try:
            readers.start()
            samples = take_samples(product, readers, minutes)
            readers.stop()
            trials = readers.count_ended_trials()
        finally:
            readers.stop()
            product.stop()
    figures = summarise_soak(samples, readers.seconds, readers.problems, limit_for(minutes))
    return {
        "minutes": minutes,
        "pages": load.pages,
        "chromium_tabs": load.chromium_tabs,
        "trials": trials,
        **figures,
    }


def take_samples(product: Product, readers: Readers, minutes: float) -> list[Sample]:
    """Take samples for so long, and keep the product busy."""
    started_at = time.monotonic()
    samples: list[Sample] = []
    while time.monotonic() - started_at < 60 * minutes:
        time.sleep(SAMPLE_SECONDS)
        readers.keep_busy()
        minute = (time.monotonic() - started_at) / 60
        samples.append(product.take_sample(minute))
    return samples


def main() -> int:
    """Print the table and write JSON; 1 if a limit does not hold."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=70.0)
    parser.add_argument("--light", action="store_true", help="the load of the test, not the full")
    parser.add_argument("--leak", type=float, default=0.0, help="MB a minute")
    parser.add_argument("--json", type=Path, default=FIGURES / "soak.json")
    options = parser.parse_args()
    load = LIGHT_LOAD if options.light else FULL_LOAD
    figures = run_soak(options.minutes, load, options.leak)
    options.json.parent.mkdir(exist_ok=True)
    options.json.write_text(json.dumps(figures, indent=1) + "\n")
    print(to_markdown(figures))
    return 0 if all(row["holds"] for row in figures["bounds"].values()) else 1


if __name__ == "__main__":
    sys.exit(main())
