"""Large files are read in a process that is bounded in time and memory and ends with its server."""

import os
import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest

from app.domain.csv_reading.series import FileProblem, SeriesError
from app.errors import Busy
from app.services import file_reader
from app.services.file_reader import FileReader
from tests.app.services import reading_functions as functions

pytestmark = pytest.mark.slow

LARGE = b"x" * 2_000_000
PATIENCE_SECONDS = 30.0


@pytest.fixture
def reader():
    reader = FileReader()
    yield reader
    reader.close()


def wait_until(holds):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def message_of(reader, function):
    with pytest.raises(SeriesError) as caught:
        reader.read(function, LARGE)
    assert caught.value.problems[0].field == "file"
    return str(caught.value)


def test_a_small_file_is_read_in_the_server_itself(reader):
    assert reader.read(functions.tell_process, b"a,b\n1,2\n") == os.getpid()
    assert reader.pid is None


def test_large_files_are_read_in_one_process_that_stays(reader):
    first = reader.read(functions.tell_process, LARGE)
    second = reader.read(functions.tell_process, LARGE)

    assert first == second == reader.pid
    assert first != os.getpid()
    assert reader.read(functions.count_bytes, LARGE, 3) == 6_000_000


def test_an_error_comes_back_with_all_its_problems(reader):
    with pytest.raises(SeriesError) as caught:
        reader.read(functions.refuse, LARGE)

    assert caught.value.problems == [
        FileProblem("file", "It is bad."),
        FileProblem("target", "It is worse."),
    ]


def test_reading_that_takes_too_long_is_killed_and_the_next_file_is_read():
    reader = FileReader(seconds=0.5)
    message = message_of(reader, functions.never_end)

    assert "stopped after 0.5 seconds" in message
    assert "import-csv" in message
    assert reader.pid is None

    patient = FileReader()
    assert patient.read(functions.count_bytes, LARGE, 1) == len(LARGE)
    patient.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps to the limit")
def test_reading_that_takes_too_much_memory_is_ended_and_said(reader):
    message = message_of(reader, functions.take_all_memory)

    assert "more memory" in message
    assert reader.read(functions.count_bytes, LARGE, 1) == len(LARGE)


def test_a_process_that_dies_is_replaced(reader):
    message_of(reader, functions.die)

    assert reader.read(functions.count_bytes, LARGE, 1) == len(LARGE)


def has_ended(pid: int) -> bool:
    """Whether a process runs no longer, and may have been forgotten by the kernel."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_process_that_was_killed_while_idle_is_replaced(reader):
    reader.read(functions.tell_process, LARGE)
    os.kill(reader.pid, signal.SIGKILL)
    wait_until(lambda: has_ended(reader.pid))

    assert reader.read(functions.count_bytes, LARGE, 1) == len(LARGE)


def test_a_process_that_was_idle_for_long_is_not_used_again(reader, monkeypatch):
    first = reader.read(functions.tell_process, LARGE)
    monkeypatch.setattr(file_reader, "IDLE_SECONDS", 0.0)

    assert reader.read(functions.tell_process, LARGE) != first


def test_the_process_knows_no_setting_and_no_token(reader, monkeypatch):
    monkeypatch.setenv("FORETUNE_TOKEN", "secret-token")

    assert reader.read(functions.tell_settings, LARGE) == []


def test_more_files_than_can_wait_are_refused(monkeypatch):
    monkeypatch.setattr(file_reader, "MAX_WAITING", 1)
    reader = FileReader(seconds=PATIENCE_SECONDS)
    thread = threading.Thread(target=reader.read, args=(functions.compute_without_pause, LARGE))
    thread.start()
    wait_until(lambda: reader.pid is not None)

    with pytest.raises(Busy, match="Try again"):
        reader.read(functions.tell_process, LARGE)

    thread.join()
    reader.close()


def test_the_process_ends_when_its_server_is_killed():
    script = (
        "import time\n"
        "from app.services.file_reader import FileReader\n"
        "from tests.app.services import reading_functions as functions\n"
        "print(FileReader().read(functions.tell_process, b'x' * 2_000_000), flush=True)\n"
        "time.sleep(600)\n"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        pid = int(server.stdout.readline())
        server.kill()

    wait_until(lambda: not psutil.pid_exists(pid))


def test_other_threads_go_on_while_a_large_file_is_read(reader):
    """The server computes next to nothing meanwhile, so it holds no other request up."""
    reader.read(functions.tell_process, LARGE)
    reading = threading.Thread(target=reader.read, args=(functions.compute_without_pause, LARGE))

    cpu_before = time.process_time()
    reading.start()
    reading.join()
    cpu_seconds = time.process_time() - cpu_before

    assert cpu_seconds < 0.5  # of 1.5 that the other process computes
