"""Commands about what is stored."""

import os
import subprocess
import sys

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app.__main__ import main
from app.db.driver import sqlite3
from tests import factories
from tests.app.commands.processes import (
    ROOT,
    SCRIPT,
    count_completed,
    run,
    wait_until,
)


def test_status_needs_no_token_behind_a_proxy(tmp_path, monkeypatch):
    monkeypatch.setenv("FORETUNE_ALLOWED_HOSTS", "models.example")

    assert run("status", "--data", str(tmp_path)).returncode == 0


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 51, 3)])
def test_status_warns_of_a_sqlite_that_can_damage_the_database(tmp_path, monkeypatch, version):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)

    shown = CliRunner().invoke(main, ["status", "--data", str(tmp_path / "data")])

    assert shown.exit_code == 0
    assert ("SQLite 3.40.1 has a rare fault" in shown.output) is (version == (3, 40, 1))


@pytest.mark.slow
def test_commands_that_end_run_without_an_activated_environment(tmp_path, shell):
    csv = tmp_path / "walk.csv"
    csv.write_bytes(factories.random_walk_csv())
    commands = [
        "--version",
        f"import-csv {csv}",
        "status",
        "backup copy.db",
        "restore --force copy.db",
    ]

    exit_codes = {}
    for command in commands:
        arguments = [SCRIPT, *command.split()]
        process = subprocess.run(arguments, cwd=tmp_path, env=shell, timeout=120)
        exit_codes[command] = process.returncode

    assert exit_codes == dict.fromkeys(commands, 0)


@pytest.mark.slow
def test_a_backup_goes_back_under_a_running_worker_which_then_ends_the_search(
    tmp_path, settings, database
):
    copy, data = str(tmp_path / "copy.db"), str(settings.data)
    space = {**factories.TINY, "units_1": {"choice": list(range(2, 14))}, "epochs": 40}
    with database.write() as session:
        experiment = factories.experiment(session, strategy="grid", max_trials=12, space=space)
        experiment_id = experiment.id
    environment = {**os.environ, "FORETUNE_DATA": data, "FORETUNE_SLOTS": "2"}
    worker = subprocess.Popen([sys.executable, "-m", "worker"], cwd=ROOT, env=environment)

    wait_until(lambda: count_completed(database, experiment_id) >= 2)
    backup = run("backup", copy, "--data", data)
    wait_until(lambda: count_completed(database, experiment_id) >= 5)
    refused = run("restore", copy, "--data", data)
    restored = run("restore", copy, "--force", "--data", data)
    wait_until(lambda: count_completed(database, experiment_id) == 12)

    assert backup.returncode == 0
    assert (refused.returncode, "--force" in refused.stdout) == (1, True)
    assert restored.returncode == 0, restored.stdout
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM trials")) == 12
        epochs = "(SELECT count(*) FROM epochs WHERE training_id = trainings.id)"
        incomplete = f"SELECT count(*) FROM trainings WHERE epochs_trained != {epochs}"
        assert session.scalar(text(incomplete)) == 0
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"
    worker.terminate()
    worker.wait(timeout=30)
