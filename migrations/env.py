"""Run the migrations: on the connection of app.db.upgrade, or from Alembic's command line."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from app.config import Settings
from app.db.engine import Database
from app.db.models import Base
from app.db.types import UtcDateTime, Words


def render_item(kind: str, item: Any, _autogenerate: object) -> str | Literal[False]:
    """Write our column types as plain ones: a migration must not change when the models do."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Words):
        return "sa.Text()"
    return False


def migrate(connection: Connection) -> None:
    """Run what is asked for in the connection's transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,  # SQLite changes a table by copying it
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    """Use the connection given, else one of our own."""
    given = context.config.attributes.get("connection")
    if given is not None:
        migrate(given)
        return
    database = Database(Settings().url)
    with database.engine.begin() as connection:
        migrate(connection)


main()
