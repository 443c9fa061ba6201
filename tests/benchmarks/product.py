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
TERMINATION_SECONDS = 30


@contextmanager
def installation(**changes: Any) -> Iterator[tuple[Settings, Database]]:
    """An empty database in a temporary folder, and its settings with these changes."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), **changes)
        upgrade_database(settings)
        yield settings, Database(settings.url)


@contextmanager
def worker(settings: Settings) -> Iterator[psutil.Process]:
    """A worker process. It ends with the block, or when this process is killed."""
    environment = os.environ | settings_environment(settings) | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "worker"],
        env=environment,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=end_with_parent,
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(TERMINATION_SECONDS)
