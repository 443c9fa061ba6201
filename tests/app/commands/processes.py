"""Runs `foretune` as real processes."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
from sqlalchemy import text

from app.db.engine import Database

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = Path(sys.executable).with_name("foretune")  # what pip installs


def foretune(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "app", *arguments]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        foretune(*arguments), cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


def run_words(*arguments: str) -> str:
    """The output of a command that succeeds, in one line."""
    process = run(*arguments)
    assert process.returncode == 0, process.stdout
    return process.stdout.replace("\n", " ")


def wait_until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


def descendants(process: subprocess.Popen) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def wait_until_all_ended(family: Sequence[psutil.Process]) -> None:
    def is_alive(child: psutil.Process) -> bool:
        return child.is_running() and child.status() != "zombie"

    wait_until(lambda: not any(is_alive(child) for child in family), 30)


def count_completed(database: Database, experiment_id: int) -> int:
    query = "SELECT count(*) FROM trials WHERE state = 'completed' AND experiment_id = :id"
    with database.read() as session:
        return session.scalar(text(query), {"id": experiment_id})
