"""How transactions begin: one writer at a time, and a reader sees one moment."""

from sqlalchemy import Connection, Engine, event

WRITE_LOCK_ID = 0x466F7265  # any number, as long as every process uses the same one
FROZEN_WRITER_SECONDS = 15  # PostgreSQL then ends a writer that stopped in mid-transaction
TAKE_WRITE_LOCK = (
    "SELECT set_config("
    f"'idle_in_transaction_session_timeout', '{FROZEN_WRITER_SECONDS}s', true), "
    f"pg_advisory_xact_lock({WRITE_LOCK_ID})"
)
WRITE_OPTION = "foretune_write"


def serialize_writers(engine: Engine) -> None:
    """Let each writing transaction of an engine take the one write lock when it begins.

    SQLite's own lock is taken by BEGIN IMMEDIATE: a transaction that reads first and writes later
    would fail with "database is locked" as soon as another one wrote in between. On PostgreSQL an
    advisory lock does the same: two writers can neither decide on what the other is changing nor
    wait for each other in a circle.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)


def for_writing(engine: Engine) -> Engine:
    """Return the same engine, for transactions that write."""
    options = {WRITE_OPTION: True}
    return engine.execution_options(**options)


def for_reading(engine: Engine) -> Engine:
    """Return the same engine, for transactions that see the database as it was when they began."""
    if engine.dialect.name == "sqlite":  # whose transactions are all like that
        return engine.execution_options()
    return engine.execution_options(isolation_level="REPEATABLE READ")


def is_writing(connection: Connection) -> bool:
    """Whether a connection's transactions write."""
    options = connection.get_execution_options()
    return bool(options.get(WRITE_OPTION))


def _begin_sqlite(connection: Connection) -> None:
    if is_writing(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if is_writing(connection):
        connection.exec_driver_sql(TAKE_WRITE_LOCK)
