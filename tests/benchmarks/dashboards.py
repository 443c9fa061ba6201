"""How long a browser waits for the first trial of a large search: Foretune and optuna-dashboard.

    python -m tests.benchmarks.dashboards --peer FOLDER/bin/python [--trials 10000] [--epochs 100]

--peer: a Python of an environment with optuna-dashboard. Its study gets the trials of Foretune's
experiment: the same parameters, objectives and validation losses after each epoch. The two are
opened in turn in a fresh Chromium context each time, on the same machine.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser
from sqlalchemy import select

from app.db.driver import sqlite3
from app.db.engine import Database
from app.db.models import Epoch, Trial
from app.domain.terms import TrialState
from app.processes import end_with_parent
from tests.benchmarks.large import Times, prepared, request, served
from tests.benchmarks.large_database import SPACE
from tests.browser.chromium import opened
from tests.ports import free_port

PATIENCE_MS = 600_000
START_SECONDS = 60.0
CREATE_STUDY = "import sys, optuna; optuna.create_study(storage=sys.argv[1], study_name='large')"
PEER_STATES = {
    TrialState.COMPLETED: "COMPLETE",
    TrialState.PRUNED: "PRUNED",
    TrialState.FAILED: "FAIL",
}
BYTES_UNTIL_NOW = """() => performance.getEntries()
    .filter((entry) => ["navigation", "resource"].includes(entry.entryType))
    .reduce((sum, entry) => sum + entry.transferSize, 0)"""
INSERT_TRIAL = "INSERT INTO trials VALUES (?, ?, 1, ?, '2026-01-01', '2026-01-01')"
INSERT_VALUE = "INSERT INTO trial_values VALUES (NULL, ?, 0, ?, 'FINITE')"
INSERT_PARAMETER = "INSERT INTO trial_params VALUES (NULL, ?, ?, ?, ?)"
INSERT_LOSS = "INSERT INTO trial_intermediate_values VALUES (NULL, ?, ?, ?, 'FINITE')"


@dataclass(frozen=True)
class Visit:
    """A page, and the element that is there when the reader sees a first trial."""

    name: str
    path: str
    element: str


OURS = (
    Visit("Foretune, table of trials", "/experiments/1", "#trial-rows tbody.trials tr"),
    Visit("Foretune, chart of the history", "/experiments/1", ".chart .main-svg"),
)
THEIRS = (
    Visit("optuna-dashboard, list of trials", "/dashboard/studies/1/trials", "text=Trial 0"),
    Visit("optuna-dashboard, page with the history", "/dashboard/studies/1", ".main-svg"),
)


@dataclass
class Waits:
    """Seconds until the element was there, and the bytes that had come by then, of each visit."""

    seconds: list[float] = field(default_factory=list)
    n_bytes: list[float] = field(default_factory=list)


def copy_to_study(database: Database, study: Path) -> None:
    """Fill an empty study of optuna's with the trials of experiment 1."""
    with database.read() as session, sqlite3.connect(study) as target:
        for trial in session.scalars(select(Trial).where(Trial.experiment_id == 1)):
            target.execute(INSERT_TRIAL, (trial.id, trial.number - 1, PEER_STATES[trial.state]))
            if trial.objective is not None:
                target.execute(INSERT_VALUE, (trial.id, trial.objective))
            target.executemany(INSERT_PARAMETER, _peer_parameters(trial))
        losses = (
            select(Trial.id, Epoch.number, Epoch.val_loss)
            .join(Epoch, Epoch.training_id == Trial.training_id)
            .where(Trial.experiment_id == 1, Epoch.val_loss.is_not(None))
        )
        for row in session.execute(losses):
            target.execute(INSERT_LOSS, tuple(row))


def _peer_parameters(trial: Trial) -> list[tuple[int, str, float, str]]:
    rows = []
    for name, dimension in SPACE.items():
        if not isinstance(dimension, dict):
            continue
        (kind, limits), *_ = dimension.items()
        value = trial.parameters[name]
        if kind == "choice":
            distribution = {"name": "CategoricalDistribution", "attributes": {"choices": limits}}
            value = limits.index(value)
        else:
            low, high = limits
            attributes = {"low": low, "high": high, "log": kind == "loguniform"}
            attributes["step"] = 1 if kind == "integer" else None
            name_of_kind = "IntDistribution" if kind == "integer" else "FloatDistribution"
            distribution = {"name": name_of_kind, "attributes": attributes}
        rows.append((trial.id, name, float(value), json.dumps(distribution)))
    return rows


@contextmanager
def peer_served(python: Path, study: Path) -> Iterator[str]:
    """optuna-dashboard on a study: its host with the port."""
    port = free_port()
    process = subprocess.Popen(
        [python.parent / "optuna-dashboard", f"sqlite:///{study}", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=end_with_parent,
    )
    host = f"127.0.0.1:{port}"
    deadline = time.monotonic() + START_SECONDS
    try:
        while True:
            try:
                request(host, "/dashboard/", Times())
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
        yield host
    finally:
        process.terminate()
        process.wait(30)


def wait_for(browser: Browser, host: str, visit: Visit, waits: Waits) -> None:
    """Open a page with an empty cache, and note when its element is there."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    started_at = time.perf_counter()
    page.goto(f"http://{host}{visit.path}", wait_until="commit")
    page.locator(visit.element).first.wait_for(state="visible", timeout=PATIENCE_MS)
    waits.seconds.append(time.perf_counter() - started_at)
    waits.n_bytes.append(page.evaluate(BYTES_UNTIL_NOW))
    context.close()


def to_markdown(waits: dict[str, Waits]) -> str:
    """A table with a row for each visit."""
    lines = ["| page | seconds, median (range) | kB until then |", "|---|---:|---:|"]
    for name, one in waits.items():
        median = statistics.median(one.seconds)
        n_kilobytes = statistics.median(one.n_bytes) / 1000
        low, high = min(one.seconds), max(one.seconds)
        lines.append(f"| {name} | {median:.2f} ({low:.2f} to {high:.2f}) | {n_kilobytes:,.0f} |")
    return "\n".join(lines)


def main() -> None:
    """Open both products in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", type=Path, required=True)
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--data", type=Path, default=None)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        prepared(options.data, options.trials, options.epochs) as settings,
    ):
        study = Path(folder) / "study.db"
        subprocess.run([options.peer, "-c", CREATE_STUDY, f"sqlite:///{study}"], check=True)
        database = Database(settings.url)
        copy_to_study(database, study)
        database.close()
        waits = {visit.name: Waits() for visit in (*OURS, *THEIRS)}
        with (
            served(settings) as (host, _),
            peer_served(options.peer, study) as peer_host,
            opened() as browser,
        ):
            for _ in range(options.rounds):
                for visit in OURS:
                    wait_for(browser, host, visit, waits[visit.name])
                for visit in THEIRS:
                    wait_for(browser, peer_host, visit, waits[visit.name])
    print(to_markdown(waits))
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
