"""The connections of the server: how many there may be, and how long one may hold its place.

uvicorn's own `limit_concurrency` does not do this: it refuses requests, and a connection that
never completes one holds its place, a file descriptor, for ever.
"""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

STALL_SECONDS = 20.0  # for the head of a request, and for the least progress of a body
MIN_BYTES_IN_TIME = 20_000  # of a body, or of a response, in that time
MAX_CONNECTIONS = 1_000
DESCRIPTORS_FOR_OTHERS = 96  # the database's files, spooled uploads, the server's own
MIN_CONNECTIONS = 32
REQUEST_TIMEOUT = (
    b"HTTP/1.1 408 Request Timeout\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"Connection: close\r\n"
    b"\r\n"
    b"The request did not arrive in time: send it again.\n"
)
TOO_MANY_CONNECTIONS = (
    b"HTTP/1.1 503 Service Unavailable\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"Retry-After: 5\r\n"
    b"Connection: close\r\n"
    b"\r\n"
    b"This server has too many connections: try again in a few seconds.\n"
)


def choose_max_connections(max_descriptors: int) -> int:
    """How many connections leave enough of a process's file descriptors to everything else."""
    left_over = max_descriptors - DESCRIPTORS_FOR_OTHERS
    return max(MIN_CONNECTIONS, min(left_over, MAX_CONNECTIONS))


class BoundedProtocol(H11Protocol):
    """One connection, which has to get on.

    The head of a request must be complete after STALL_SECONDS. After that, so much time passes at
    most without MIN_BYTES_IN_TIME of a body coming in, or of a response going out. When there are
    too many connections, a new one takes the place of one that has sent no whole request.
    """

    max_connections = MAX_CONNECTIONS
    stall_seconds = STALL_SECONDS
    min_bytes_in_time = MIN_BYTES_IN_TIME

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.waiting_since = self.loop.time()
        self._stall_timer: asyncio.TimerHandle | None = None
        self._bytes_received = 0
        self._bytes_to_send = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a place among the connections, or refuse the connection."""
        if len(self.connections) >= self.max_connections and not self._free_a_place():
            transport.write(TOO_MANY_CONNECTIONS)
            transport.close()
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on. A connection that is being closed is read no further."""
        if self.transport.is_closing():
            return
        self._bytes_received += len(data)
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self.waiting_since = self.loop.time()
        super().on_response_complete()
        self._watch()

    def pause_writing(self) -> None:
        """The client reads more slowly than the server writes."""
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        """The client has read nearly everything."""
        super().resume_writing()
        self._watch()

    @property
    def is_waiting_for_request(self) -> bool:
        """Whether no request of this connection is complete enough to be worked on."""
        return self.cycle is None or self.cycle.response_complete

    @property
    def _is_waiting_for_client(self) -> bool:
        """Whether the client has to send something, or to read something, before it goes on."""
        if self.flow.write_paused:
            return True
        state = self.conn.their_state
        if state is h11.SEND_BODY:
            return not self.flow.read_paused
        is_kept_alive = self.timeout_keep_alive_task is not None  # uvicorn's own clock is running
        return state is h11.IDLE and not is_kept_alive

    def _watch(self) -> None:
        """Start the clock when the client's turn begins, and stop it when that ends."""
        if self.transport.is_closing() or not self._is_waiting_for_client:
            self._stop_timer()
        elif self._stall_timer is None:
            self._start_timer()

    def _start_timer(self) -> None:
        self._bytes_received = 0
        self._bytes_to_send = self.transport.get_write_buffer_size()
        self._stall_timer = self.loop.call_later(self.stall_seconds, self._end_if_stalled)

    def _stop_timer(self) -> None:
        if self._stall_timer is not None:
            self._stall_timer.cancel()
            self._stall_timer = None

    def _end_if_stalled(self) -> None:
        self._stall_timer = None
        if self._has_progressed():
            self._watch()
            return
        is_in_head = self.conn.their_state is h11.IDLE
        if is_in_head and not self.flow.write_paused:
            self.transport.write(REQUEST_TIMEOUT)
            self.transport.close()
        else:
            self.transport.abort()

    def _has_progressed(self) -> bool:
        """Whether enough of a body came in, or of a response went out. A head has no such grace."""
        if self.flow.write_paused:
            bytes_sent = self._bytes_to_send - self.transport.get_write_buffer_size()
            return bytes_sent >= self.min_bytes_in_time
        if self.conn.their_state is not h11.SEND_BODY or self.is_waiting_for_request:
            return False
        return self._bytes_received >= self.min_bytes_in_time

    def _free_a_place(self) -> bool:
        """End the connection that waits longest for its client. False where none does."""
        waiting = []
        for connection in self.connections:
            if isinstance(connection, BoundedProtocol) and connection.may_give_up_place:
                waiting.append(connection)
        if not waiting:
            return False
        longest = min(waiting, key=BoundedProtocol.rank)
        longest.give_up_place()
        return True

    @property
    def may_give_up_place(self) -> bool:
        """Whether the server is doing nothing for this connection now."""
        return self.is_waiting_for_request or self.conn.their_state is h11.SEND_BODY

    def rank(self) -> tuple[bool, float]:
        """Who gives up a place first: who has no request, then who has an unfinished one."""
        has_request = not self.is_waiting_for_request
        return (has_request, self.waiting_since)

    def give_up_place(self) -> None:
        """End this connection now, and count it no longer."""
        self.connections.discard(self)
        self._stop_timer()
        self.transport.abort()
