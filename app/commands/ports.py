"""Whether a server can listen on a port, and the next one that is free."""

import errno
import socket
from typing import NoReturn

import typer

from app.commands.terminal import console, fail
from app.config import Settings

PORTS_TO_TRY = 50
LARGEST_PORT = 65535


def require_free_port(settings: Settings) -> None:
    """Exit and say why, unless the server can listen on its port."""
    error = find_listen_error(settings.host, settings.port)
    if error is not None:
        _exit_unable_to_listen(settings, error)


def with_free_port(settings: Settings) -> Settings:
    """Use the next free port where the chosen one is taken; exit where there is none."""
    first_port = settings.port
    end = min(first_port + PORTS_TO_TRY, LARGEST_PORT + 1)
    for port in range(first_port, end):
        error = find_listen_error(settings.host, port)
        if error is None:
            if port != first_port:
                console.print(f"Port {first_port} is taken, so this is port {port}.")
            options = settings.model_dump()
            options["port"] = port
            return Settings(**options)
        if error.errno != errno.EADDRINUSE:
            _exit_unable_to_listen(settings, error)
    console.print(f"[red]No port from {first_port} on is free.[/red]")
    raise typer.Exit(1)


def find_listen_error(host: str, port: int) -> OSError | None:
    """What keeps a server from listening there, None if nothing does."""
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = addresses[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error
    return None


def _exit_unable_to_listen(settings: Settings, error: OSError) -> NoReturn:
    if error.errno == errno.EADDRINUSE:
        taken = f"[red]Port {settings.port} is taken.[/red]"
        console.print(f"{taken} Choose another with --port or FORETUNE_PORT.")
        raise typer.Exit(1)
    fail(
        f"Cannot listen on {settings.host}, port {settings.port}: {error.strerror}. "
        "Choose another with --host or --port."
    )
