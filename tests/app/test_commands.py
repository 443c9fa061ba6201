"""The command line, as real processes: they start, say what they do, and end together."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.db.models import Experiment, Trial
from tests import factories
from tests.ports import free_port
from tests.sessions import shared_between_sessions

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(sys.executable).with_name("foretune")  # what pip installs


def foretune(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "app", *arguments]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        foretune(*arguments), cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


def wait_until(condition, seconds: float = 60.0) -> None:
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


@pytest.fixture(params=["no python in PATH", "another python in PATH"])
def shell(request, tmp_path) -> dict[str, str]:
    """Environment variables of a shell in which the virtual environment is not activated."""
    folder = tmp_path / "bin"
    folder.mkdir()
    if request.param == "another python in PATH":
        for name in ("python", "python3"):
            (folder / name).symlink_to(sys._base_executable)
    inherited = {
        name: value for name, value in os.environ.items() if name not in ("PATH", "VIRTUAL_ENV")
    }
    return {
        **inherited,
        "PATH": f"{folder}:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "FORETUNE_SLOTS": "1",
    }


def test_help_names_every_command():
    said = run("--help").stdout
    assert all(
        command in said
        for command in (
            "serve",
            "worker",
            "up",
            "demo",
            "import-csv",
            "status",
            "backup",
            "restore",
        )
    )


def test_a_csv_is_imported_and_counted_by_status(tmp_path):
    csv = tmp_path / "walk.csv"
    csv.write_bytes(factories.csv_of())
    done = run("import-csv", str(csv), "--data", str(tmp_path / "data"))
    assert done.returncode == 0
    assert "120 rows, target Close" in done.stdout
    assert "1 datasets" in run("status", "--data", str(tmp_path / "data")).stdout.replace("\n", " ")


def test_a_csv_that_cannot_be_used_is_refused_in_words(tmp_path):
    csv = tmp_path / "bad.csv"
    csv.write_text("a,b\nx,y\n")
    done = run("import-csv", str(csv), "--data", str(tmp_path / "data"))
    assert done.returncode == 1
    assert "No column holds numbers" in done.stdout.replace("\n", " ")


def test_a_setting_that_cannot_be_is_said_in_words(tmp_path, monkeypatch):
    monkeypatch.setenv("FORETUNE_PORT", "99999")
    done = run("status", "--data", str(tmp_path))
    assert done.returncode == 2
    assert "FORETUNE_PORT: Input should be less than" in done.stdout


def test_a_database_of_a_newer_version_is_said_in_words(database, settings):
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    done = run("serve", "--data", str(settings.data))
    assert done.returncode == 1
    assert "made by a newer Foretune" in done.stdout


def test_a_taken_port_is_said_in_words(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("serve", "--data", str(tmp_path), "--port", str(port))
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stdout


@pytest.mark.parametrize("command", ["serve", "up", "demo"])
def test_a_server_behind_a_proxy_does_not_start_without_a_token(tmp_path, monkeypatch, command):
    monkeypatch.setenv("FORETUNE_ALLOWED_HOSTS", "models.example")

    done = run(command, "--data", str(tmp_path / "data"), "--port", str(free_port()))

    assert done.returncode == 1
    assert "FORETUNE_ALLOWED_HOSTS names models.example" in done.stdout
    assert "set FORETUNE_TOKEN" in done.stdout
    assert not (tmp_path / "data").exists()


def test_a_command_that_serves_nothing_needs_no_token_behind_a_proxy(tmp_path, monkeypatch):
    monkeypatch.setenv("FORETUNE_ALLOWED_HOSTS", "models.example")

    assert run("status", "--data", str(tmp_path)).returncode == 0


def test_commands_that_end_run_without_an_activated_environment(tmp_path, shell):
    csv = tmp_path / "walk.csv"
    csv.write_bytes(factories.csv_of())
    commands = [
        "--version",
        f"import-csv {csv}",
        "status",
        "backup copy.db",
        "restore --force copy.db",
    ]

    codes = {
        command: subprocess.run(
            [SCRIPT, *command.split()], cwd=tmp_path, env=shell, timeout=120
        ).returncode
        for command in commands
    }

    assert codes == dict.fromkeys(commands, 0)


@pytest.mark.slow
def test_a_worker_trains_without_an_activated_environment(tmp_path, settings, database, shell):
    with database.write() as session:
        experiment = factories.experiment(session, max_trials=1)
        factories.trial(session, experiment, 1)
        experiment_id = experiment.id
    shell["FORETUNE_DATA"] = str(settings.data)

    process = subprocess.Popen([SCRIPT, "worker"], cwd=tmp_path, env=shell)

    wait_until(lambda: process.poll() is not None or _completed(database, experiment_id) == 1)
    process.terminate()
    assert process.wait(timeout=30) == 0
    assert _completed(database, experiment_id) == 1


@pytest.mark.slow
@pytest.mark.parametrize(("command", "processes"), [("serve", 1), ("up", 4), ("demo", 4)])
def test_servers_start_without_an_activated_environment(tmp_path, shell, command, processes):
    port = free_port()

    process = subprocess.Popen([SCRIPT, command, "--port", str(port)], cwd=tmp_path, env=shell)

    wait_until(lambda: process.poll() is not None or answers(port))
    assert process.poll() is None
    wait_until(lambda: len(psutil.Process(process.pid).children(recursive=True)) + 1 >= processes)
    process.terminate()
    assert process.wait(timeout=30) in (0, -signal.SIGTERM)


@pytest.mark.slow
@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.7"])
@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_host_that_cannot_be_listened_on_is_not_called_a_taken_port(tmp_path, command, host):
    done = run(command, "--data", str(tmp_path), "--host", host, "--port", str(free_port()))
    assert done.returncode == 1
    assert f"Cannot listen on {host}" in done.stdout
    assert "taken" not in done.stdout


@pytest.mark.slow
def test_a_server_that_others_reach_says_the_url_that_opens_it(tmp_path):
    port, said = free_port(), tmp_path / "said.txt"
    command = foretune("serve", "--data", str(tmp_path), "--host", "0.0.0.0", "--port", str(port))
    with said.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
    wait_until(lambda: answers(port))
    entrance = re.search(rf"http://localhost:{port}/\?token=\S+", said.read_text())
    assert entrance is not None, said.read_text()
    assert "Others can reach this server" in said.read_text()
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"http://localhost:{port}/experiments")
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    assert "token=" not in browser.open(entrance[0]).geturl()
    process.terminate()
    process.wait(timeout=30)


@pytest.mark.slow
def test_the_access_token_reaches_the_server_and_no_one_who_trains(tmp_path, monkeypatch):
    monkeypatch.setenv("FORETUNE_TOKEN", "correct-horse")
    port = free_port()
    command = foretune("up", "--data", str(tmp_path), "--port", str(port), "--slots", "1")
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL)
    wait_until(lambda: answers(port))
    family = psutil.Process(process.pid).children()
    tokens = {
        name: child.environ()["FORETUNE_TOKEN"] for child in family for name in child.cmdline()[-1:]
    }
    process.terminate()
    process.wait(timeout=30)
    assert tokens == {"serve": "correct-horse", "worker": ""}


@pytest.mark.slow
@shared_between_sessions
def test_training_gives_way_to_pages_also_where_sessions_share_the_processors(tmp_path):
    port = free_port()
    command = foretune("up", "--data", str(tmp_path), "--port", str(port), "--slots", "1")
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL)
    wait_until(lambda: answers(port))
    wait_until(lambda: len(psutil.Process(process.pid).children(recursive=True)) >= 3)
    family = {child.cmdline()[-1]: child.pid for child in psutil.Process(process.pid).children()}
    groups = {
        name: Path(f"/proc/{pid}/autogroup").read_text().split()[-1] for name, pid in family.items()
    }
    process.terminate()
    process.wait(timeout=30)
    assert groups == {"serve": "0", "worker": "5"}


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_up_ends_every_process_it_started(tmp_path, number):
    port = free_port()
    process = subprocess.Popen(
        foretune("up", "--data", str(tmp_path), "--port", str(port), "--slots", "1"),
        cwd=ROOT,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(
            signal.SIGINT, signal.SIG_IGN
        ),  # as a shell does with `command &`
    )
    wait_until(lambda: answers(port))
    wait_until(lambda: len(psutil.Process(process.pid).children(recursive=True)) >= 3)
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(number)
    process.wait(timeout=30)
    wait_until(
        lambda: not any(child.is_running() and child.status() != "zombie" for child in family), 30
    )
    assert not answers(port)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["serve", "worker"])
def test_up_ends_whole_when_one_of_its_processes_dies(tmp_path, name):
    port = free_port()
    process = subprocess.Popen(
        foretune("up", "--data", str(tmp_path), "--port", str(port), "--slots", "1"),
        cwd=ROOT,
        start_new_session=True,
    )
    wait_until(lambda: answers(port))
    family = psutil.Process(process.pid).children(recursive=True)
    next(child for child in family if name in child.cmdline()).kill()
    assert process.wait(timeout=30) == 1
    wait_until(
        lambda: not any(child.is_running() and child.status() != "zombie" for child in family), 30
    )


@pytest.mark.slow
def test_the_demo_searches_on_the_next_free_port_and_serves_until_ctrl_c(tmp_path):
    said = tmp_path / "said.txt"
    with socket.socket() as taken, said.open("w") as output:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = foretune("demo", "--data", str(tmp_path), "--port", str(port))
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        wait_until(lambda: "Done." in said.read_text() or process.poll() is not None, 400)
    address = re.search(r"http://127\.0\.0\.1:(\d+)/experiments/1", said.read_text())
    assert address is not None, said.read_text()
    assert f"Port {port} is taken" in said.read_text()
    assert "12/12" in said.read_text()
    assert answers(int(address[1]))
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 0
    wait_until(
        lambda: not any(child.is_running() and child.status() != "zombie" for child in family), 30
    )


@pytest.mark.slow
def test_a_worker_that_is_asked_to_stop_puts_running_trials_back(tmp_path, settings, database):
    with database.write() as session:
        made = factories.experiment(session, max_trials=1)
        factories.trial(session, made, 1, epochs=10_000)
        experiment_id = made.id
    environment = {**os.environ, "FORETUNE_DATA": str(settings.data), "FORETUNE_SLOTS": "1"}
    process = subprocess.Popen([sys.executable, "-m", "worker"], cwd=ROOT, env=environment)
    trial = lambda: _trial(database, experiment_id)  # noqa: E731
    wait_until(lambda: trial().epochs_trained > 3)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0
    assert trial().state == "queued"
    assert trial().lease_token is None


def _trial(database: Database, experiment_id: int) -> Trial:
    with database.read() as session:
        experiment = session.get_one(Experiment, experiment_id)
        return session.query(Trial).filter_by(experiment_id=experiment.id).one()


@pytest.mark.slow
def test_a_backup_goes_back_under_a_running_worker_which_then_ends_the_search(
    tmp_path, settings, database
):
    with database.write() as session:
        space = {**factories.TINY, "units_1": {"choice": list(range(2, 14))}, "epochs": 40}
        experiment_id = factories.experiment(
            session, strategy="grid", max_trials=12, space=space
        ).id
    environment = {**os.environ, "FORETUNE_DATA": str(settings.data), "FORETUNE_SLOTS": "2"}
    process = subprocess.Popen([sys.executable, "-m", "worker"], cwd=ROOT, env=environment)
    wait_until(lambda: _completed(database, experiment_id) >= 2)
    assert run("backup", str(tmp_path / "copy.db"), "--data", str(settings.data)).returncode == 0
    wait_until(lambda: _completed(database, experiment_id) >= 5)
    refused = run("restore", str(tmp_path / "copy.db"), "--data", str(settings.data))
    assert (refused.returncode, "--force" in refused.stdout) == (1, True)
    done = run("restore", str(tmp_path / "copy.db"), "--force", "--data", str(settings.data))
    assert done.returncode == 0, done.stdout
    wait_until(lambda: _completed(database, experiment_id) == 12)
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM trials")) == 12
        epochs = "(SELECT count(*) FROM epochs WHERE training_id = trainings.id)"
        assert (
            session.scalar(text(f"SELECT count(*) FROM trainings WHERE epochs_trained != {epochs}"))
            == 0
        )
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"
    process.terminate()
    process.wait(timeout=30)


def _completed(database, experiment_id):
    with database.read() as session:
        count = "SELECT count(*) FROM trials WHERE state = 'completed' AND experiment_id = :id"
        return session.scalar(text(count), {"id": experiment_id})
