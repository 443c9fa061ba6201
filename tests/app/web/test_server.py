"""The server as a process: it goes on under many unfinished connections."""

import resource
import socket
import subprocess
from contextlib import ExitStack

import pytest

from app.web.server import raise_descriptor_limit
from tests.app.commands.processes import ROOT, answers, foretune, wait_until
from tests.ports import free_port

FEW_DESCRIPTORS = 256


@pytest.mark.slow
def test_300_unfinished_requests_neither_end_the_service_nor_fill_the_log(tmp_path):
    def allow_few_descriptors() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (FEW_DESCRIPTORS, FEW_DESCRIPTORS))

    port = free_port()
    log = tmp_path / "log.txt"
    command = foretune("serve", "--data", str(tmp_path / "data"), "--port", str(port))
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=allow_few_descriptors,
        )
    wait_until(lambda: answers(port))

    with ExitStack() as stack:
        for _ in range(300):
            connection = socket.create_connection(("127.0.0.1", port), timeout=10)
            stack.enter_context(connection).sendall(b"GET / HTTP/1.1\r\nX: ")
        answered = [answers(port) for _ in range(3)]

    process.terminate()
    process.wait(timeout=30)
    assert answered == [True] * 3
    assert log.stat().st_size < 5_000


def test_the_server_asks_for_all_descriptors_it_may_have_up_to_a_bound():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(before[0], 200), before[1]))

        n_descriptors = raise_descriptor_limit()

        assert min(before[1], 4096) == n_descriptors
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == n_descriptors
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
