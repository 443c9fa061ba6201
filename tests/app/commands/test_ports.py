"""A server that cannot listen says why, and what to choose instead."""

import socket

import pytest

from tests.app.commands.processes import run
from tests.ports import free_port

pytestmark = pytest.mark.slow


def test_a_taken_port_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = run("serve", "--data", str(tmp_path), "--port", str(port))

    assert process.returncode == 1
    assert f"Port {port} is taken" in process.stdout


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.7"])
@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_host_that_cannot_be_listened_on_is_not_called_a_taken_port(tmp_path, command, host):
    process = run(command, "--data", str(tmp_path), "--host", host, "--port", str(free_port()))

    assert process.returncode == 1
    assert f"Cannot listen on {host}" in process.stdout
    assert "taken" not in process.stdout
