"""`make soak`: server and worker under 20 open live pages for 30 minutes; memory, file handles and speed, measured."""

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
from tests.benchmarks.verdicts import Sample, judged, shown
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
FIGURES = Path(__file__).parent / "figures"
PAGES = 20
TABS = 2  # of the pages, in a real Chromium
TRIALS = 300  # of an experiment; when it ends the next one begins
SAMPLE_SECONDS = 5.0
SPACE = {
    "units_1": {"choice": [2, 3, 4]},
    "learning_rate": {"loguniform": [0.001, 0.05]},
    "time_steps": 5,
    "batch_size": 64,
    "epochs": {"choice": [2, 3, 5]},
}


class Product:
    """`foretune up` on a throw-away database, kept busy with small searches."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        command = [
            sys.executable,
            "-m",
            "app",
            "up",
            "--data",
            str(folder),
            "--port",
            str(self.port),
            "--slots",
            "2",
        ]
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("FORETUNE_")
        }
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            preexec_fn=end_with_parent,
        )
        self.address = f"http://127.0.0.1:{self.port}"

    def sample(self, began: float) -> Sample:
        """Memory in MB and file handles of the server, the worker and its slots; database; CPU time; load."""
        parts: dict[str, list[psutil.Process]] = {"server": [], "worker": [], "slots": []}
        for child in psutil.Process(self.process.pid).children():
            line = child.cmdline()
            parts["server" if "serve" in line else "worker"].append(child)
            if "worker" in line:
                parts["slots"] += child.children(recursive=True)
        memory = {name: sum(_memory(process) for process in found) for name, found in parts.items()}
        handles = {
            name: sum(_handles(process) for process in parts[name]) for name in ("server", "worker")
        }
        size = sum(path.stat().st_size for path in self.folder.glob("foretune.db*")) / 1e6
        seconds = sum(sum(process.cpu_times()[:2]) for process in parts["server"])
        return Sample(
            (time.monotonic() - began) / 60, memory, handles, size, seconds, os.getloadavg()[0]
        )

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)


def _memory(process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss) / 1e6
    except psutil.Error:  # a slot that was just replaced
        return 0.0


def _handles(process: psutil.Process) -> int:
    """Less the connections of clients, which are as many as browsers open."""
    try:
        return int(process.num_fds()) - len(process.net_connections("tcp"))
    except psutil.Error:
        return 0


def soak(minutes: float) -> dict[str, Any]:
    """Run for so long; every figure and whether it holds."""
    with tempfile.TemporaryDirectory() as folder:
        product = Product(Path(folder))
        readers = Readers(
            product.address,
            PAGES,
            TABS,
            {"strategy": "random", "max_trials": TRIALS, "space": SPACE},
        )
        samples: list[Sample] = []
        try:
            readers.start()
            began = time.monotonic()
            while time.monotonic() - began < 60 * minutes:
                time.sleep(SAMPLE_SECONDS)
                readers.keep_busy()
                samples.append(product.sample(began))
            readers.stop()
            trials = readers.trials_ended()
        finally:
            readers.stop()
            product.stop()
    figures = judged(samples, readers.taken, readers.problems)
    return {"minutes": minutes, "pages": PAGES, "chromium_tabs": TABS, "trials": trials, **figures}


def main() -> int:
    """Print the table, write the JSON; 1 where a bound does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--json", type=Path, default=FIGURES / "soak.json")
    options = parser.parse_args()
    figures = soak(options.minutes)
    options.json.parent.mkdir(exist_ok=True)
    options.json.write_text(json.dumps(figures, indent=1) + "\n")
    print(shown(figures))
    return 0 if all(row["holds"] for row in figures["bounds"].values()) else 1


if __name__ == "__main__":
    sys.exit(main())
