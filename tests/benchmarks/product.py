"""An installation of its own for a benchmark, and a real worker process on it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from app.config import Settings
from app.db.engine import Database
from app.db.upgrade import upgrade_database
from app.processes import end_with_parent, settings_environment

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def installation(**given: Any) -> Iterator[tuple[Settings, Database]]:
    """An empty database in a folder that goes away again; `given` are settings."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), **given)
        upgrade_database(settings)
        yield settings, Database(settings.url)


@contextmanager
def worker(settings: Settings) -> Iterator[psutil.Process]:
    """A worker process that is ended on the way out, and when this process is killed."""
    environment = os.environ | settings_environment(settings) | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "worker"]
    process = subprocess.Popen(
        command,
        env=environment,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=end_with_parent,
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)
