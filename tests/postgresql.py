"""A PostgreSQL server of our own on loopback, for tests: made in a folder, started, and gone at the end."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from secrets import token_hex
from subprocess import DEVNULL, Popen

import psycopg

from app.config import Settings
from app.db.upgrade import bring_up_to_date
from app.processes import end_with_parent
from tests.ports import free_port

SERVER_USER = "postgres"
RUNS_AS = SERVER_USER if os.getuid() == 0 else None  # the server refuses to run as root
START_SECONDS = 60.0
MADE_WITH = ("-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
TEMPLATE = "brought_up_to_date"
# Nothing here outlives a test, so nothing is forced to disk.
SWIFT = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=400",
    "shared_buffers=64MB",
)


def programs() -> Path | None:
    """Where initdb and pg_ctl lie: on the path, or where Debian keeps them; None where they are not installed."""
    found = shutil.which("pg_ctl")
    folders = (
        [Path(found).parent]
        if found
        else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    )
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


class Server:
    """A server whose files lie in a folder of its own. It ends with this process, however that ends."""

    def __init__(self, folder: Path) -> None:
        found = programs()
        assert found is not None
        self.port, self._programs, self._folder = free_port(), found, folder
        self._data, self._process = folder / "data", Popen(["true"])
        command = [found / "initdb", "-D", self._data, "-U", SERVER_USER, *MADE_WITH]
        subprocess.run(command, user=RUNS_AS, cwd="/", check=True, stdout=DEVNULL)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        told = [
            *SWIFT,
            "listen_addresses=127.0.0.1",
            f"port={self.port}",
            "unix_socket_directories=",
        ]
        options = [word for option in told for word in ("-c", option)]
        command = [self._programs / "postgres", "-D", self._data, *options]
        self._process.wait()
        with (self._folder / "log").open("ab") as log:
            self._process = Popen(
                command,
                user=RUNS_AS,
                cwd="/",
                stdout=log,
                stderr=log,
                preexec_fn=partial(end_with_parent, signal.SIGQUIT),
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            said = (self._folder / "log").read_text()
            assert self._process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.05)

    def stop(self) -> None:
        """End it at once; whoever is connected is cut off."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()

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

    def _answers(self) -> bool:
        try:
            self.say("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def server() -> Iterator[Server]:
    """A server that runs, with a database to copy that is up to date and empty; all of it is gone at the end."""
    folder = Path(
        tempfile.mkdtemp(prefix="foretune-postgresql-")
    )  # pytest's own folders let no other user in
    try:
        if RUNS_AS:
            shutil.chown(folder, RUNS_AS)
        made = Server(folder)
        made.start()
        try:
            made.say(f"CREATE DATABASE {TEMPLATE}")
            bring_up_to_date(Settings(data=folder, database_url=made.url(TEMPLATE)))
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder)
