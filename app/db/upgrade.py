"""Bring the database up to what this version of the code expects."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from app.config import VERSION, Settings, house
from app.db.engine import Database


class UpgradeError(Exception):
    """The database cannot be used by this version, or not at all; why, in words."""


def bring_up_to_date(settings: Settings) -> str | None:
    """Run the migrations that are missing. Says what it did, None when there was nothing to do.

    Several processes may do this at once: the first one does the work, the others wait for it.
    Raises UpgradeError when the database is newer than the code, or cannot be opened.
    """
    try:
        make_url(settings.url).get_dialect().import_dbapi()
    except (ArgumentError, ImportError) as problem:
        hint = (
            " Its driver comes with: pip install 'psycopg[binary]'."
            if getattr(problem, "name", "") == "psycopg"
            else ""
        )
        words = f"FORETUNE_DATABASE_URL names no database that can be used here: {problem}.{hint}"
        raise UpgradeError(words) from problem
    try:
        database = Database(settings.url, create=True)
        with closing(database), _locked(database) as connection:
            return _upgrade(connection, place(settings.url))
    except (DBAPIError, OSError) as problem:
        why = getattr(problem, "orig", None) or problem
        raise UpgradeError(
            f"The database {place(settings.url)} cannot be used: {why}."
        ) from problem


def place(url: str) -> str:
    """Where a database lies, for people: the file, or the URL without its password."""
    parsed = make_url(url)
    return (
        parsed.database or "in memory"
        if parsed.get_backend_name() == "sqlite"
        else parsed.render_as_string()
    )


def alembic_config(connection: Connection | None = None) -> Config:
    """What Alembic needs to know, wherever the migrations lie."""
    config = Config()
    config.set_main_option("script_location", str(house("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def refuse_newer(revision: str | None, where: str) -> None:
    """Raise UpgradeError when a database's revision is none that this version of the code knows."""
    known = {
        found.revision for found in ScriptDirectory.from_config(alembic_config()).walk_revisions()
    }
    if revision is not None and revision not in known:
        raise UpgradeError(
            f"The database {where} was made by a newer Foretune (its version is {revision}, this is Foretune "
            f"{VERSION}): install the newer one, or point FORETUNE_DATA to another folder."
        )


def _upgrade(connection: Connection, where: str) -> str | None:
    config = alembic_config(connection)
    script = ScriptDirectory.from_config(config)
    before = MigrationContext.configure(connection).get_current_revision()
    refuse_newer(before, where)
    after = script.get_current_head()
    if before == after or after is None:
        return None
    command.upgrade(config, "head")
    if before is None:
        return f"Made a new database, {where}"
    steps = [f"{step.revision}: {step.doc}" for step in script.iterate_revisions(after, before)]
    return f"Brought {where} up from {before} to {after} ({'; '.join(reversed(steps))})"


@contextmanager
def _locked(database: Database) -> Iterator[Connection]:
    """One transaction that nobody else can be in at the same time."""
    with database.writing.connect() as connection:
        if database.engine.dialect.name == "sqlite":
            # Changing a table there means dropping the old one, which would delete what refers to it.
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            yield connection
