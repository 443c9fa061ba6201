"""Commands that run until Ctrl-C: they start, say what they do, and end together."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from app.db.engine import Database
from app.db.models import Trial
from tests import factories
from tests.app.commands.processes import (
    ROOT,
    SCRIPT,
    answers,
    count_completed,
    descendants,
    foretune,
    run,
    wait_until,
    wait_until_all_ended,
)
from tests.ports import free_port
from tests.sessions import shared_between_sessions

pytestmark = pytest.mark.slow


def start_up(folder: Path, port: int, **options) -> subprocess.Popen:
    """Run `foretune up` with one slot, in a session of its own."""
    command = foretune("up", "--data", str(folder), "--port", str(port), "--slots", "1")
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True, **options)


@pytest.mark.parametrize("command", ["serve", "up", "demo"])
def test_a_server_behind_a_proxy_does_not_start_without_a_token(tmp_path, monkeypatch, command):
    monkeypatch.setenv("FORETUNE_ALLOWED_HOSTS", "models.example")

    process = run(command, "--data", str(tmp_path / "data"), "--port", str(free_port()))

    assert process.returncode == 1
    assert "FORETUNE_ALLOWED_HOSTS names models.example" in process.stdout
    assert "set FORETUNE_TOKEN" in process.stdout
    assert not (tmp_path / "data").exists()


def test_a_worker_trains_without_an_activated_environment(tmp_path, settings, database, shell):
    with database.write() as session:
        experiment = factories.experiment(session, max_trials=1)
        factories.trial(session, experiment, 1)
        experiment_id = experiment.id
    shell["FORETUNE_DATA"] = str(settings.data)

    process = subprocess.Popen([SCRIPT, "worker"], cwd=tmp_path, env=shell)

    wait_until(lambda: process.poll() is not None or count_completed(database, experiment_id) == 1)
    process.terminate()
    assert process.wait(timeout=30) == 0
    assert count_completed(database, experiment_id) == 1


@pytest.mark.parametrize(
    ("shell", "command", "processes"),
    [
        ("no python in PATH", "serve", 1),
        ("another python in PATH", "up", 4),
        ("no python in PATH", "demo", 4),
    ],
    indirect=["shell"],
)
def test_servers_start_without_an_activated_environment(tmp_path, shell, command, processes):
    port = free_port()

    process = subprocess.Popen([SCRIPT, command, "--port", str(port)], cwd=tmp_path, env=shell)

    wait_until(lambda: process.poll() is not None or answers(port))
    assert process.poll() is None
    wait_until(lambda: len(descendants(process)) + 1 >= processes)
    process.terminate()
    assert process.wait(timeout=30) in (0, -signal.SIGTERM)


def test_a_server_that_others_reach_prints_the_url_that_opens_it(tmp_path):
    port = free_port()
    log = tmp_path / "log.txt"
    command = foretune("serve", "--data", str(tmp_path), "--host", "0.0.0.0", "--port", str(port))

    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
    wait_until(lambda: answers(port))

    entry_url = re.search(rf"http://localhost:{port}/\?token=\S+", log.read_text())
    assert entry_url is not None, log.read_text()
    assert "Others can reach this server" in log.read_text()
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"http://localhost:{port}/experiments")
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    assert "token=" not in browser.open(entry_url[0]).geturl()
    process.terminate()
    process.wait(timeout=30)


def test_the_access_token_reaches_the_server_and_neither_worker_nor_slots(tmp_path, monkeypatch):
    monkeypatch.setenv("FORETUNE_TOKEN", "correct-horse")
    port = free_port()
    process = start_up(tmp_path, port, stdout=subprocess.DEVNULL)
    wait_until(lambda: answers(port))
    wait_until(lambda: len(find_slots(process)) == 1)

    children = {child.cmdline()[-1]: child for child in psutil.Process(process.pid).children()}
    server_token = children["serve"].environ()["FORETUNE_TOKEN"]
    knowing = [child for child in descendants(process) if knows_token(child)]

    process.terminate()
    process.wait(timeout=30)
    assert server_token == "correct-horse"
    assert knowing == [children["serve"]]


@pytest.mark.parametrize(
    ("module", "variable"),
    [(("app", "worker"), "foretune_token"), (("worker",), "FORETUNE_TOKEN")],
    ids=["app worker", "worker"],
)
def test_a_worker_started_alone_forgets_the_access_token(settings, database, module, variable):
    environment = {
        **os.environ,
        "FORETUNE_DATA": str(settings.data),
        "FORETUNE_SLOTS": "1",
        variable: "correct-horse",
    }
    command = [sys.executable, "-m", *module]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    wait_until(lambda: len(find_slots(process)) == 1)

    worker = psutil.Process(process.pid)
    family = [worker, *descendants(process)]
    knowing = [member for member in family if knows_token(member)]

    process.terminate()
    assert process.wait(timeout=30) == 0
    assert knowing == []


def test_a_worker_writes_no_endless_line_to_the_terminal():
    program = "from worker.__main__ import say; say('x' * 1_000_000)"

    process = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert "characters left out" in process.stderr
    assert len(process.stderr) < 21_000


def find_slots(process: subprocess.Popen) -> list[psutil.Process]:
    """The slots of a worker that is or was started by this process."""
    slots = []
    for child in descendants(process):
        if any("spawn_main" in argument for argument in child.cmdline()):
            slots.append(child)
    return slots


def knows_token(process: psutil.Process) -> bool:
    """Whether the token stands in what /proc shows of a process's environment."""
    environ = Path(f"/proc/{process.pid}/environ").read_bytes()
    return b"correct-horse" in environ or b"FORETUNE_TOKEN" in environ.upper()


@shared_between_sessions
def test_training_gives_way_to_pages_also_where_sessions_share_the_processors(tmp_path):
    port = free_port()
    process = start_up(tmp_path, port, stdout=subprocess.DEVNULL)
    wait_until(lambda: answers(port))
    wait_until(lambda: len(descendants(process)) >= 3)

    niceness = {}
    for child in psutil.Process(process.pid).children():
        autogroup = Path(f"/proc/{child.pid}/autogroup").read_text()
        niceness[child.cmdline()[-1]] = autogroup.split()[-1]

    process.terminate()
    process.wait(timeout=30)
    assert niceness == {"serve": "0", "worker": "5"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_up_ends_every_process_it_started(tmp_path, number):
    def ignore_interrupts() -> None:  # as a shell does with `command &`
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    port = free_port()
    process = start_up(tmp_path, port, preexec_fn=ignore_interrupts)
    wait_until(lambda: answers(port))
    wait_until(lambda: len(descendants(process)) >= 3)
    family = descendants(process)

    process.send_signal(number)
    process.wait(timeout=30)

    wait_until_all_ended(family)
    assert not answers(port)


def test_up_starts_a_worker_that_died_again_and_ends_with_its_server(tmp_path):
    def find_child(name: str) -> psutil.Process | None:
        children = psutil.Process(process.pid).children()
        return next((child for child in children if name in child.cmdline()), None)

    port = free_port()
    log = tmp_path / "log.txt"
    with log.open("w") as output:
        process = start_up(tmp_path, port, stdout=output)
    wait_until(lambda: answers(port))
    wait_until(lambda: len(descendants(process)) >= 3)
    first = find_child("worker")
    address = f"http://127.0.0.1:{port}/experiments"

    first.kill()
    wait_until(lambda: b"was ended by SIGKILL" in urllib.request.urlopen(address).read())
    wait_until(lambda: b"1 slot" in urllib.request.urlopen(address).read())

    assert "The worker was ended by SIGKILL. It is started again after 1 s." in log.read_text()
    family = descendants(process)
    find_child("serve").kill()
    assert process.wait(timeout=30) == 1
    wait_until_all_ended(family)


def test_the_demo_searches_on_the_next_free_port_and_serves_until_ctrl_c(tmp_path):
    log = tmp_path / "log.txt"
    with socket.socket() as taken, log.open("w") as output:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = foretune("demo", "--data", str(tmp_path), "--port", str(port), "--seconds", "8")
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        wait_until(lambda: "Done." in log.read_text() or process.poll() is not None, 400)

    address = re.search(r"http://127\.0\.0\.1:(\d+)/experiments/1", log.read_text())
    assert address is not None, log.read_text()
    assert f"Port {port} is taken" in log.read_text()
    assert "best RMSE" in log.read_text()
    assert answers(int(address[1]))
    family = descendants(process)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 0
    wait_until_all_ended(family)


def test_a_worker_that_is_asked_to_stop_puts_running_trials_back(tmp_path, settings, database):
    with database.write() as session:
        experiment = factories.experiment(session, max_trials=1)
        factories.trial(session, experiment, 1, epochs=10_000)
        experiment_id = experiment.id
    environment = {**os.environ, "FORETUNE_DATA": str(settings.data), "FORETUNE_SLOTS": "1"}
    process = subprocess.Popen([sys.executable, "-m", "worker"], cwd=ROOT, env=environment)
    wait_until(lambda: read_only_trial(database, experiment_id).epochs_trained > 3)

    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=30) == 0
    trial = read_only_trial(database, experiment_id)
    assert trial.state == "queued"
    assert trial.lease_token is None


def read_only_trial(database: Database, experiment_id: int) -> Trial:
    with database.read() as session:
        return session.query(Trial).filter_by(experiment_id=experiment_id).one()
