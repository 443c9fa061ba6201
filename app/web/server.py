"""Runs the application under uvicorn, with limits on what a client can hold."""

import resource
from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from app.config import Settings
from app.web.access_guard import LOGGER_NAME, WRONG_TOKEN
from app.web.connections import BoundedProtocol, choose_max_connections
from app.web.repeated_logs import limit_repeats

KEEP_ALIVE_SECONDS = 15  # open pages of finished searches ask every 5
SHUTDOWN_SECONDS = 2
BACKLOG = 64  # connections that asyncio accepts at once, before it looks at the first
MAX_DESCRIPTORS = 4_096  # more than the connections and the database ever need
ACCEPT_FAILED = "socket.accept() out of system resource"
REPEATED_BY_UVICORN = (
    "Invalid HTTP request",
    "Unsupported upgrade request",
    "No supported WebSocket library",
)


def run_server(app: FastAPI, settings: Settings) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    log_level = settings.log_level
    if log_level == "info":
        log_level = "warning"
    BoundedProtocol.max_connections = choose_max_connections(raise_descriptor_limit())
    limit_repeats("uvicorn.error", *REPEATED_BY_UVICORN)
    limit_repeats("asyncio", ACCEPT_FAILED)
    limit_repeats(LOGGER_NAME, WRONG_TOKEN)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        http=BoundedProtocol,
        ws="none",
        backlog=BACKLOG,
        log_level=log_level,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        access_log=not settings.token,  # it would hold the token of the first visit
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        server_header=False,
    )


def raise_descriptor_limit() -> int:
    """Ask for as many file descriptors as this process may have. Returns how many there are."""
    soft_limit, hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    n_descriptors = _at_most_needed(soft_limit)
    n_allowed = _at_most_needed(hard_limit)
    if n_descriptors == n_allowed:
        return n_descriptors
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (n_allowed, hard_limit))
        return n_allowed
    return n_descriptors


def _at_most_needed(limit: int) -> int:
    if limit == resource.RLIM_INFINITY:
        return MAX_DESCRIPTORS
    return min(limit, MAX_DESCRIPTORS)
