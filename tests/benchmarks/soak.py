"""`make soak`: server and worker under 20 open live pages for 30 minutes.

It measures memory, file handles and the speed of answers, and checks their limits.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from app.processes import end_with_parent
from tests.benchmarks.readers import Readers
from tests.benchmarks.soak_report import Sample, summarise_soak, to_markdown
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
FIGURES = Path(__file__).parent / "figures"
PAGES = 20
CHROMIUM_TABS = 2  # of the pages
SAMPLE_SECONDS = 5.0
MEGABYTE = 1e6
SEARCH = {
    "strategy": "random",
    "max_trials": 300,
    "space": {
        "units_1": {"choice": [2, 3, 4]},
        "learning_rate": {"loguniform": [0.001, 0.05]},
        "time_steps": 5,
        "batch_size": 64,
        "epochs": {"choice": [2, 3, 5]},
    },
}


class Product:
    """`foretune up` on a temporary database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        arguments = ["up", "--data", str(folder), "--port", str(port), "--slots", "2"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", *arguments],
            cwd=ROOT,
            env=self._environment(),
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


def run_soak(minutes: float) -> dict[str, Any]:
    """Run for so long. Returns every figure and whether its limit holds."""
    with tempfile.TemporaryDirectory() as folder:
        product = Product(Path(folder))
        readers = Readers(product.address, PAGES, CHROMIUM_TABS, SEARCH)
        try:
            readers.start()
            samples = take_samples(product, readers, minutes)
            readers.stop()
            trials = readers.count_ended_trials()
        finally:
            readers.stop()
            product.stop()
    figures = summarise_soak(samples, readers.seconds, readers.problems)
    return {
        "minutes": minutes,
        "pages": PAGES,
        "chromium_tabs": CHROMIUM_TABS,
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
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--json", type=Path, default=FIGURES / "soak.json")
    options = parser.parse_args()
    figures = run_soak(options.minutes)
    options.json.parent.mkdir(exist_ok=True)
    options.json.write_text(json.dumps(figures, indent=1) + "\n")
    print(to_markdown(figures))
    return 0 if all(row["holds"] for row in figures["bounds"].values()) else 1


if __name__ == "__main__":
    sys.exit(main())
