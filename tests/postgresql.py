"""A PostgreSQL server for tests, on loopback: made in a folder, started, and removed at the end."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from secrets import token_hex
from subprocess import DEVNULL, Popen
from types import MappingProxyType

import psycopg

from app.config import Settings
from app.db.upgrade import upgrade_database
from app.processes import end_with_parent
from tests.ports import free_port

SERVER_USER = "postgres"
RUNS_AS = SERVER_USER if os.getuid() == 0 else None  # the server refuses to run as root
START_SECONDS = 60.0
INITDB_OPTIONS = ("-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
TEMPLATE = "brought_up_to_date"
NO_CHANGES: Mapping[str, str] = MappingProxyType({})
# Nothing here outlives a test, so nothing has to be forced to disk.
FAST_SETTINGS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=400",
    "shared_buffers=64MB",
)


def programs() -> Path | None:
    """The folder of initdb and pg_ctl: on the path, or Debian's; None where there is none."""
    pg_ctl = shutil.which("pg_ctl")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if pg_ctl:
        folders.insert(0, Path(pg_ctl).parent)
    for folder in folders:
        if (folder / "initdb").exists():
            return folder
    return None


class Server:
    """A server with its files in a folder. It ends with this process, however that ends.

    `environment`: variables that its process has beside those of this one.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        installed = programs()
        assert installed is not None
        self.port = free_port()
        self._programs = installed
        self._log = folder / "log"
        self._data = folder / "data"
        self._environment = {**os.environ, **environment}
        self._process = Popen(["true"])
        command = [installed / "initdb", "-D", self._data, "-U", SERVER_USER, *INITDB_OPTIONS]
        subprocess.run(command, user=RUNS_AS, cwd="/", check=True, stdout=DEVNULL)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process.wait()
        with self._log.open("ab") as log:
            self._process = Popen(
                self._command(),
                user=RUNS_AS,
                cwd="/",
                env=self._environment,
                stdout=log,
                stderr=log,
                preexec_fn=partial(end_with_parent, signal.SIGQUIT),
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            log_text = self._log.read_text()
            assert self._process.poll() is None, log_text
            assert time.monotonic() < deadline, log_text
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
        """The URL of a copy of the template, dropped at the end; `template0` has no tables."""
        name = f"test_{token_hex(6)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        """Run one statement outside of any transaction."""
        where = f"host=127.0.0.1 port={self.port} user={SERVER_USER} dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def _command(self) -> list[str | Path]:
        settings = [
            *FAST_SETTINGS,
            "listen_addresses=127.0.0.1",
            f"port={self.port}",
            "unix_socket_directories=",
        ]
        command: list[str | Path] = [self._programs / "postgres", "-D", self._data]
        for setting in settings:
            command += ["-c", setting]
        return command

    def _answers(self) -> bool:
        try:
            self.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def server(environment: Mapping[str, str] = NO_CHANGES) -> Iterator[Server]:
    """A server with an empty database that is up to date, to be copied; removed at the end."""
    # Not a folder of pytest's: those let no other user in.
    folder = Path(tempfile.mkdtemp(prefix="foretune-postgresql-"))
    try:
        if RUNS_AS:
            shutil.chown(folder, RUNS_AS)
        running = Server(folder, environment)
        running.start()
        try:
            running.execute(f"CREATE DATABASE {TEMPLATE}")
            url = running.url(TEMPLATE)
            upgrade_database(Settings(data=folder, database_url=url))
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(folder)
