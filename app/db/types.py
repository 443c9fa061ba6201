"""Types of columns that mean the same on every database."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Text, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.domain.texts import shorten

UNREADABLE_TIME = datetime.min.replace(tzinfo=UTC)  # stands for what is no time


@dataclass(frozen=True)
class UnreadableJson:
    """Stands in the place of a JSON document that is not valid JSON."""

    text: str


def read_json(text: str) -> Any:
    """The document; UnreadableJson where it is none, so that the rest of its row can be read."""
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return UnreadableJson(str(text))


class UtcDateTime(TypeDecorator[datetime]):
    """A time in UTC. SQLite drops the zone, so it is added when a time is read.

    What is no time is read as UNREADABLE_TIME, so that the rest of its row can be read.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """What reads a stored time."""
        read_time = super().result_processor(dialect, coltype)
        assert read_time is not None

        def read_any(stored: Any) -> datetime | None:
            try:
                time: datetime | None = read_time(stored)
            except (TypeError, ValueError, OverflowError):
                return UNREADABLE_TIME
            return time

        return read_any

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC."""
        if value is None:
            return None
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Add the zone again, or convert to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """A text from anywhere, such as the message of an error.

    What a database refuses to store is written as an escape sequence, such as \\x00. Of a long
    text the middle is left out, also when it is read: earlier versions stored every length.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Escape lone surrogates, which are no UTF-8, and NUL, which PostgreSQL does not store."""
        if value is None:
            return None
        without_nul = value.replace("\0", "\\x00")
        escaped = without_nul.encode(errors="backslashreplace")
        return shorten(escaped.decode())

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Leave out the middle of a long text."""
        if value is None:
            return None
        return shorten(value)


class DatabaseTime(FunctionElement[datetime]):
    """The time by the database's clock: the same for all servers and workers."""

    name = "database_time"
    type = UtcDateTime()
    inherit_cache = True


@compiles(DatabaseTime)
def _database_time(element: DatabaseTime, compiler: SQLCompiler, **options: Any) -> str:
    return "clock_timestamp()"


@compiles(DatabaseTime, "sqlite")
def _database_time_in_sqlite(element: DatabaseTime, compiler: SQLCompiler, **options: Any) -> str:
    """Milliseconds, written as SQLAlchemy writes a time, so that times compare as texts."""
    return "strftime('%Y-%m-%d %H:%M:%f000', 'now')"
