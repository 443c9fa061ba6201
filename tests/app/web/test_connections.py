"""What a client can hold of the server: places among the connections, and time."""

import asyncio
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest
import uvicorn

from app.web.connections import BoundedProtocol, choose_max_connections
from tests.ports import free_port

pytestmark = pytest.mark.slow

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
HALF_A_HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\nX: "
STALL_SECONDS = 0.4
LARGE = 30_000_000


class Application:
    """Answers with how long the body was; to /slow once it may, to /large with many bytes."""

    def __init__(self) -> None:
        self.may_answer = threading.Event()
        self.n_slow = 0

    async def __call__(self, scope, receive, send):
        n_bytes = 0
        while True:
            message = await receive()
            n_bytes += len(message.get("body", b""))
            if not message.get("more_body"):
                break
        if scope["path"] == "/slow":
            self.n_slow += 1
            while not self.may_answer.is_set():
                await asyncio.sleep(0.01)
        body = str(n_bytes).encode()
        if scope["path"] == "/large":
            body = b"x" * LARGE
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class ShortProtocol(BoundedProtocol):
    """With short times and few connections."""

    max_connections = 4
    stall_seconds = STALL_SECONDS
    min_bytes_in_time = 100


@contextmanager
def serve(application: Application, **limits: int) -> Iterator[int]:
    """The port of a server with these limits."""
    protocol = type("Protocol", (ShortProtocol,), limits)
    port = free_port()
    config = uvicorn.Config(
        application, port=port, http=protocol, ws="none", lifespan="off", log_level="critical"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started)
        yield port
    finally:
        application.may_answer.set()
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def application():
    return Application()


def wait_until(condition) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def connect(stack: ExitStack, port: int, content: bytes) -> socket.socket:
    """A connection on which these bytes were sent."""
    connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
    connection.sendall(content)
    return connection


def read_to_end(connection: socket.socket) -> bytes:
    content = b""
    while True:
        try:
            received = connection.recv(65536)
        except ConnectionResetError:
            return content
        if not received:
            return content
        content += received


def read_answer(connection: socket.socket) -> bytes:
    """A whole answer with a short body; empty where the connection was ended."""
    content = b""
    while True:
        try:
            received = connection.recv(65536)
        except ConnectionResetError:
            return b""
        content += received
        head, _, body = content.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        if not received or (length and len(body) >= int(length[1])):
            return content


def status_of(connection: socket.socket) -> bytes:
    return read_answer(connection)[9:12]


def test_unfinished_requests_keep_nobody_out(application):
    with serve(application, stall_seconds=60) as port, ExitStack() as stack:
        waiting = [connect(stack, port, HALF_A_HEAD) for _ in range(12)]

        newcomer = connect(stack, port, REQUEST)

        assert status_of(newcomer) == b"200"
        assert [read_to_end(connection) for connection in waiting[:9]] == [b""] * 9


def test_unfinished_bodies_keep_nobody_out(application):
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\n"

    with serve(application, stall_seconds=60) as port, ExitStack() as stack:
        for _ in range(12):
            connect(stack, port, head)

        newcomer = connect(stack, port, REQUEST)

        assert status_of(newcomer) == b"200"


def test_a_request_that_is_worked_on_keeps_its_place(application):
    slow = b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"

    with serve(application) as port, ExitStack() as stack:
        working = [connect(stack, port, slow) for _ in range(4)]
        wait_until(lambda: application.n_slow == 4)
        newcomer = connect(stack, port, REQUEST)
        refused = status_of(newcomer)
        application.may_answer.set()
        answers = [status_of(connection) for connection in working]

    assert refused in (b"503", b"")  # reset, where the request came in after the refusal
    assert answers == [b"200"] * 4


def test_twenty_open_pages_with_six_connections_each_are_served_again_and_again(application):
    n_connections = choose_max_connections(256)

    with serve(application, max_connections=n_connections) as port, ExitStack() as stack:
        pages = [connect(stack, port, REQUEST) for _ in range(20 * 6)]
        first = {status_of(connection) for connection in pages}
        for connection in pages:
            connection.sendall(REQUEST)
        second = {status_of(connection) for connection in pages}

    assert first == {b"200"}
    assert second == {b"200"}


@pytest.mark.parametrize("content", [b"", HALF_A_HEAD])
def test_a_head_that_is_not_complete_in_time_ends_the_connection(application, content):
    with serve(application) as port, ExitStack() as stack:
        connection = connect(stack, port, content)

        answer = read_to_end(connection)

    assert b"408 Request Timeout" in answer


def test_the_next_head_on_a_connection_must_be_complete_in_time_too(application):
    with serve(application) as port, ExitStack() as stack:
        connection = connect(stack, port, REQUEST)
        read_answer(connection)
        connection.sendall(HALF_A_HEAD)

        assert b"408 Request Timeout" in read_to_end(connection)


def test_a_head_that_dribbles_in_gets_no_more_time(application):
    with serve(application) as port, ExitStack() as stack:
        connection = connect(stack, port, HALF_A_HEAD)

        n_sent = 0
        with suppress(OSError):
            while n_sent < 200:
                connection.sendall(b"x" * 200)
                n_sent += 1
                time.sleep(STALL_SECONDS / 8)

    assert n_sent < 100


@pytest.mark.parametrize("length", [b"Content-Length: 9999", b"Transfer-Encoding: chunked"])
def test_a_body_that_stalls_ends_the_connection(application, length):
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\n" + length + b"\r\n\r\n"

    with serve(application) as port, ExitStack() as stack:
        connection = connect(stack, port, head)

        assert read_to_end(connection) == b""


def test_a_slow_body_that_gets_on_is_received_whole(application):
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1800\r\n\r\n"

    with serve(application) as port, ExitStack() as stack:
        connection = connect(stack, port, head)
        for _ in range(18):  # three times as long as a stall may last
            time.sleep(STALL_SECONDS / 6)
            connection.sendall(b"x" * 100)
        answer = read_answer(connection)

    assert answer.endswith(b"1800")


def test_a_client_that_reads_nothing_does_not_hold_the_answer_for_ever(application):
    request = b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"

    with serve(application) as port, ExitStack() as stack:
        connection = connect(stack, port, request)
        time.sleep(4 * STALL_SECONDS)

        assert len(read_to_end(connection)) < LARGE


def test_a_client_that_reads_slowly_gets_the_whole_answer(application):
    request = b"GET /large HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    n_received = 0

    with serve(application) as port, ExitStack() as stack:
        connection = connect(stack, port, request)
        for _ in range(12):
            time.sleep(STALL_SECONDS / 4)
            n_received += len(connection.recv(2_000_000))
        n_received += len(read_to_end(connection))

    assert n_received > LARGE


@pytest.mark.parametrize(("descriptors", "connections"), [(64, 32), (256, 160), (4096, 1000)])
def test_connections_leave_descriptors_to_the_database(descriptors, connections):
    assert choose_max_connections(descriptors) == connections
