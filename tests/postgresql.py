"""A PostgreSQL server of our own on loopback, for tests: made in a folder, started, and gone at the end."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

import psycopg

from app.config import Settings
from app.upgrade import bring_up_to_date
from tests.browser.conftest import free_port

SERVER_USER = "postgres"  # the server refuses to run as root
TEMPLATE = "brought_up_to_date"
# Nothing here outlives a test, so nothing is forced to disk.
SWIFT = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=400", "shared_buffers=64MB")


def programs() -> Path | None:
    """Where initdb and pg_ctl lie: on the path, or where Debian keeps them; None where they are not installed."""
    found = shutil.which("pg_ctl")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


class Server:
    """One running server; `fresh` makes a database that is up to date and empty."""

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://{SERVER_USER}@127.0.0.1:{self.port}/{name}"

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of a copy of the template, dropped at the end."""
        name = f"test_{token_hex(6)}"
        self.say(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        try:
            yield self.url(name)
        finally:
            self.say(f"DROP DATABASE {name} WITH (FORCE)")

    def say(self, statement: str) -> None:
        """One statement outside of any transaction."""
        where = f"host=127.0.0.1 port={self.port} user={SERVER_USER} dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    """A server whose files lie in a folder that does not exist yet."""
    place = programs()
    assert place is not None
    folder.mkdir()
    if os.getuid() == 0:
        shutil.chown(folder, SERVER_USER)
    data, port = folder / "data", free_port()
    _run(
        [place / "initdb", "-D", data, "-U", SERVER_USER, "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"]
    )
    options = " ".join(f"-c {option}" for option in (*SWIFT, "listen_addresses=127.0.0.1", f"port={port}"))
    control = [place / "pg_ctl", "-D", data, "-l", folder / "log", "-w"]
    _run([*control, "-o", f"{options} -c unix_socket_directories=''", "start"])
    try:
        made = Server(port)
        made.say(f"CREATE DATABASE {TEMPLATE}")
        bring_up_to_date(Settings(data=folder, database_url=made.url(TEMPLATE)))
        yield made
    finally:
        _run([*control, "-m", "immediate", "stop"])


def _run(command: Sequence[str | Path]) -> None:
    user = SERVER_USER if os.getuid() == 0 else None
    subprocess.run(list(map(str, command)), user=user, cwd="/", check=True, stdout=subprocess.DEVNULL)
