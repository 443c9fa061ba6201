"""Bring the database up to what this version of the code expects."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from app.config import VERSION, Settings, resource_folder
from app.db.engine import Database

MAX_RESTORE_SECONDS = 60.0  # that a process waits when it starts while a backup is restored


class UpgradeError(Exception):
    """The database cannot be used by this version, or not at all; the message says why."""


def upgrade_database(settings: Settings, name: str = "") -> str | None:
    """Run the migrations that are missing; what was done, None when there was nothing to do.

    name: what messages call the database; by default the place where it is.

    Several processes may do this at once: the first does the work, and the others wait for it.
    Raises UpgradeError when the database is newer than the code, or cannot be opened.
    """
    _require_driver(settings.url)
    location = name or describe_location(settings.url)
    try:
        database = Database(settings.url, create=True)
        database.wait_for_restore(MAX_RESTORE_SECONDS)
        with closing(database), _exclusive_transaction(database) as connection:
            return _run_migrations(connection, location)
    except (DBAPIError, OSError) as error:
        reason = getattr(error, "orig", None) or error
        message = f"The database {location} cannot be used: {reason}."
        raise UpgradeError(message) from error


def describe_location(url: str) -> str:
    """Where a database is: its file, or the URL without its password."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return parsed.database or "in memory"
    return parsed.render_as_string()


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, wherever the migrations are installed."""
    folder = str(resource_folder("migrations"))
    config = Config()
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def refuse_newer_revision(revision: str | None, location: str) -> None:
    """Raise UpgradeError when this version of the code does not know a database's revision."""
    script = ScriptDirectory.from_config(alembic_config())
    revisions = {step.revision for step in script.walk_revisions()}
    if revision is not None and revision not in revisions:
        raise UpgradeError(
            f"The database {location} was made by a newer Foretune (its version is {revision}, "
            f"this is Foretune {VERSION}): install the newer one, or point FORETUNE_DATA to "
            "another folder."
        )


def _require_driver(url: str) -> None:
    """Raise UpgradeError where a URL names no database, or the driver of one is missing."""
    try:
        make_url(url).get_dialect().import_dbapi()
    except (ArgumentError, ImportError) as error:
        message = f"FORETUNE_DATABASE_URL names no database that can be used here: {error}."
        if getattr(error, "name", "") == "psycopg":
            message += " Its driver comes with: pip install 'psycopg[binary]'."
        raise UpgradeError(message) from error


def _run_migrations(connection: Connection, location: str) -> str | None:
    config = alembic_config(connection)
    script = ScriptDirectory.from_config(config)
    context = MigrationContext.configure(connection)
    before = context.get_current_revision()
    refuse_newer_revision(before, location)
    newest = script.get_current_head()
    if before == newest or newest is None:
        return None
    command.upgrade(config, "head")
    if before is None:
        return f"Made a new database, {location}"
    steps = []
    for step in script.iterate_revisions(newest, before):  # the newest first
        steps.append(f"{step.revision}: {step.doc}")
    changes = "; ".join(reversed(steps))
    return f"Upgraded {location} from {before} to {newest} ({changes})"


@contextmanager
def _exclusive_transaction(database: Database) -> Iterator[Connection]:
    """A transaction that no other process can be in at the same time."""
    with database.write_engine.connect() as connection:
        if database.engine.dialect.name == "sqlite":
            # SQLite changes a table by dropping the old one, which would delete what refers to it.
            cursor = connection.connection.cursor()
            cursor.execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            yield connection
