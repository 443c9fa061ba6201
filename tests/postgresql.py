"""A PostgreSQL server of our own on loopback, for tests: made in a folder, started, and gone at the end."""

import ctypes
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from subprocess import DEVNULL, Popen

import psycopg

from app.config import Settings
from app.upgrade import bring_up_to_date
from tests.ports import free_port

SERVER_USER = "postgres"
RUNS_AS = SERVER_USER if os.getuid() == 0 else None  # the server refuses to run as root
START_SECONDS = 60.0
PR_SET_PDEATHSIG = 1  # of prctl(2)
MADE_WITH = ("-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
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
    def fresh(self, template: str = TEMPLATE) -> Iterator[str]:
        """The URL of a copy of the template, dropped at the end; `template0` has no table."""
        name = f"test_{token_hex(6)}"
        self.say(f"CREATE DATABASE {name} TEMPLATE {template}")
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
    """A server whose files lie in a folder that does not exist yet. It ends with this process, however that ends."""
    place = programs()
    assert place is not None
    folder.mkdir()
    if RUNS_AS:
        shutil.chown(folder, RUNS_AS)
    data, made = folder / "data", Server(free_port())
    subprocess.run(
        [place / "initdb", "-D", data, "-U", SERVER_USER, *MADE_WITH], user=RUNS_AS, cwd="/", check=True, stdout=DEVNULL
    )
    told = [*SWIFT, "listen_addresses=127.0.0.1", f"port={made.port}", "unix_socket_directories="]
    options = [word for option in told for word in ("-c", option)]
    with (folder / "log").open("wb") as log:
        command = [place / "postgres", "-D", data, *options]
        process = Popen(command, user=RUNS_AS, cwd="/", stdout=log, stderr=log, preexec_fn=_end_with_this_process)
    try:
        _wait_for(made, process, folder / "log")
        made.say(f"CREATE DATABASE {TEMPLATE}")
        bring_up_to_date(Settings(data=folder, database_url=made.url(TEMPLATE)))
        yield made
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait()


def _end_with_this_process() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def _wait_for(made: Server, process: Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return made.say("SELECT 1")
        except psycopg.OperationalError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
