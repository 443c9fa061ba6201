"""What tests of backups do to a database file and read from it."""

from collections.abc import Callable
from contextlib import closing

import pytest
from sqlalchemy import make_url

from app.config import Settings
from app.db.driver import sqlite3
from app.db.engine import Database


def read_all_rows(url: str) -> dict[str, list[str]]:
    """The rows of every table, as texts in a fixed order."""
    with closing(sqlite3.connect(make_url(url).database)) as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'table'"
        tables = [name for (name,) in connection.execute(query)]
        rows = {}
        for table in tables:
            rows[table] = sorted(map(repr, connection.execute(f"SELECT * FROM {table}")))
    return rows


def with_corrupt_header(content: bytes) -> bytes:
    return b"\xff" * 100 + content[100:]


def with_corrupt_pages(content: bytes) -> bytes:
    corrupt = bytearray(content)
    for page in range(4096 * 3, len(content) - 4096, 4096):
        corrupt[page : page + 64] = b"\xff" * 64
    return bytes(corrupt)


def with_half_the_length(content: bytes) -> bytes:
    return content[: len(content) // 2]


def with_an_unknown_format(content: bytes) -> bytes:
    return content[:47] + b"\xff" + content[48:]


def with_a_header_that_says_read_only(content: bytes) -> bytes:
    return content[:18] + b"\xff" + content[19:]


def as_text(_content: bytes) -> bytes:
    return b"Date,Close\n2024-01-01,3\n" * 1000


def as_one_byte(_content: bytes) -> bytes:
    return b"S"


each_damage = pytest.mark.parametrize(
    "damage",
    [
        with_corrupt_header,
        with_corrupt_pages,
        with_half_the_length,
        with_an_unknown_format,
        as_text,
    ],
)


def damage_present_database(
    settings: Settings, filled: Database, damage: Callable[[bytes], bytes]
) -> bytes:
    """Damage the file of the database; returns what is in it then."""
    filled.close()  # which writes the log into the file
    file = settings.data / "foretune.db"
    file.write_bytes(damage(file.read_bytes()))
    return file.read_bytes()
