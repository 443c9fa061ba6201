"""A restore under a running server: whatever was acknowledged is in one of the two files."""

import http.client
import json
import os
import subprocess
import threading
from contextlib import closing
from pathlib import Path
from typing import Self

import pytest

from app.backup.copying import backup
from app.db.driver import sqlite3
from app.db.models import Training
from tests import factories
from tests.app.commands.processes import ROOT, answers, foretune, run, wait_until
from tests.ports import free_port

pytestmark = pytest.mark.slow
MEGABYTES = 30


class Client:
    """Creates experiments one after the other, as fast as the server allows."""

    def __init__(self, port: int, dataset_id: int) -> None:
        self.acknowledged: list[str] = []
        self.refusals: list[tuple[int, str | None, str]] = []
        self.is_over = threading.Event()
        self._port = port
        self._body = {
            "dataset_id": dataset_id,
            "strategy": "random",
            "max_trials": 1,
            "space": {"units_1": {"choice": [2, 3, 4]}},
        }
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.is_over.set()
        self._thread.join(60)

    def _run(self) -> None:
        number = 0
        while not self.is_over.is_set():
            number += 1
            self._create(f"experiment {number}")

    def _create(self, name: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        with closing(connection):
            body = json.dumps({**self._body, "name": name})
            headers = {"Content-Type": "application/json"}
            connection.request("POST", "/api/experiments", body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        if response.status == 201:
            self.acknowledged.append(name)
        else:
            self.refusals.append((response.status, response.headers["Retry-After"], text))


def test_no_acknowledged_experiment_is_lost(settings, database, tmp_path):
    with database.write() as session:
        dataset_id = factories.dataset(session).id
        for number in range(MEGABYTES):
            checkpoint = os.urandom(1_000_000)
            session.add(Training(fingerprint=str(number), checkpoint=checkpoint))
    backup(settings, tmp_path / "copy.db")
    port = free_port()
    data = str(settings.data)
    server = subprocess.Popen(foretune("serve", "--data", data, "--port", str(port)), cwd=ROOT)
    try:
        wait_until(lambda: answers(port))
        with Client(port, dataset_id) as client:
            wait_until(lambda: len(client.acknowledged) >= 3)

            restored = run("restore", str(tmp_path / "copy.db"), "--force", "--data", data)

            n_before = len(client.acknowledged)
            wait_until(lambda: len(client.acknowledged) > n_before)
    finally:
        server.terminate()
        server.wait(timeout=30)

    assert restored.returncode == 0, restored.stdout
    [kept] = settings.data.glob("foretune-before-*.db")
    stored = read_names(kept) | read_names(settings.data / "foretune.db")
    assert set(client.acknowledged) - stored == set()
    for status, retry_after, message in client.refusals:
        assert (status, retry_after) == (503, "5")
        assert "A backup is being restored: try again in a moment." in message


def read_names(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM experiments")}
