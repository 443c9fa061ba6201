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
from typing import Any

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
END_OTHER_CONNECTIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# Every column, so that a test of migrations leaves nothing behind.
SHAPE = """
SELECT relname, attname, atttypid::text, attnotnull
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = 'public'::regnamespace AND attnum > 0
ORDER BY relname, attnum
"""
VERSION = "SELECT version_num FROM alembic_version"
# Deleting is faster than TRUNCATE, which makes new files; tables that have no rows are passed over.
EMPTY_TABLES = """
DO $$
DECLARE
  name text;
  has_rows boolean;
BEGIN
  SET session_replication_role = replica;
  FOR name IN
    SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO has_rows;
    IF has_rows THEN
      EXECUTE format('DELETE FROM %I', name);
    END IF;
  END LOOP;
  FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value > 0
  LOOP
    EXECUTE format('ALTER SEQUENCE %I RESTART', name);
  END LOOP;
END $$
"""
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
        self._idle: list[str] = []  # databases that are empty and up to date
        self._shape: list[Any] = []
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

    @contextmanager
    def emptied(self) -> Iterator[str]:
        """The URL of a database that is up to date and empty. Tests take turns with it.

        A copy of the template takes five times as long to make as rows take to delete.
        """
        if not self._idle:
            name = f"test_{token_hex(6)}"
            self.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
            self._idle.append(name)
        name = self._idle.pop()
        try:
            yield self.url(name)
        finally:
            if self._empty(name):
                self._idle.append(name)
            else:
                self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Run one statement outside of any transaction."""
        with self._connect(database) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def _connect(self, database: str) -> psycopg.Connection[Any]:
        where = f"host=127.0.0.1 port={self.port} user={SERVER_USER} dbname={database}"
        return psycopg.connect(where, autocommit=True)

    def _empty(self, name: str) -> bool:
        """Delete all rows and start counting anew; whether its tables are as the template's."""
        with self._connect(name) as connection:
            connection.execute(END_OTHER_CONNECTIONS)
            if not self._shape:
                with self._connect(TEMPLATE) as template:
                    self._shape = _read_shape(template)
            if _read_shape(connection) != self._shape:
                return False
            connection.execute(EMPTY_TABLES)
        return True

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


def _read_shape(connection: psycopg.Connection[Any]) -> list[Any]:
    """The version of a database and the columns of its tables; nothing where it has no tables."""
    shape = connection.execute(SHAPE).fetchall()
    if not any(row[0] == "alembic_version" for row in shape):
        return []
    return [*connection.execute(VERSION).fetchall(), *shape]


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
