"""How long a server takes for each answer, apart from whoever asks and from a busy machine."""

import time
from contextlib import suppress
from pathlib import Path

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_TRIES = 3
THREADS = Path("/proc/self/task")
NANOSECONDS = 1e9


class Stopwatch:
    """An application in this process whose answers are timed. `slow`: those that took too long.

    A slow answer counts only if the same request, sent again at once, is as slow each time. What
    the threads waited for a processor, because others had it, does not count.
    """

    def __init__(self, app: ASGIApp, max_seconds: float) -> None:
        self.app = app
        self.max_seconds = max_seconds
        self.slow: list[str] = []
        self.longest = 0.0
        self.repeated = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = await _read_body(receive)
        seconds = await self._time(scope, body, send)
        tries = 1
        while seconds > self.max_seconds and tries < MAX_TRIES:
            tries += 1
            self.repeated += 1
            seconds = min(seconds, await self._time(scope, body, _send_nowhere))
        self.longest = max(self.longest, seconds)
        if seconds > self.max_seconds:
            request = f"{scope['method']} {scope['path']}?{scope['query_string'].decode()}"
            self.slow.append(f"{seconds:.1f} s for {request} with {body[:2000]!r}")

    async def _time(self, scope: Scope, body: bytes, send: Send) -> float:
        """Let the application answer. Returns how many seconds it took, or waited, of its own."""
        is_sent = False

        async def receive() -> Message:
            nonlocal is_sent
            if is_sent:
                await anyio.sleep_forever()  # the client stays connected
            is_sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        waited_before = seconds_without_processor()
        started_at = time.perf_counter()
        await self.app(dict(scope), receive, send)
        seconds = time.perf_counter() - started_at
        waited = seconds_without_processor() - waited_before
        return max(0.0, seconds - max(0.0, waited))


def seconds_without_processor() -> float:
    """How long the threads of this process could have run and did not, as Linux counts it."""
    nanoseconds = 0
    for file in THREADS.glob("*/schedstat"):
        with suppress(OSError):  # a thread that has just ended
            _, waited, _ = file.read_text().split()
            nanoseconds += int(waited)
    return nanoseconds / NANOSECONDS


async def _read_body(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return body


async def _send_nowhere(_message: Message) -> None:
    """The answer of a repeated request is for nobody."""
