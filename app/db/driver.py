"""Which SQLite this process uses: one without the WAL-reset bug, where there is one.

SQLite 3.7.0 to 3.51.2 can damage a file in WAL mode when one connection commits while another one
begins a second checkpoint (https://sqlite.org/wal.html#walresetbug). Most Pythons come with such a
version, so the package pysqlite3 brings a fixed one along.

All of a process must take `sqlite3` from here. Two copies of SQLite in one process release each
other's locks on a file.
"""

import sqlite3 as python_sqlite3
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

Version = tuple[int, ...]

FIRST_VERSION_WITH_WAL: Version = (3, 7, 0)
FIRST_FIXED_VERSION: Version = (3, 51, 3)
FIXED_BRANCHES: tuple[Version, ...] = ((3, 44, 6), (3, 50, 7))


def has_wal_reset_bug(version: Version) -> bool:
    """Whether this version of SQLite can damage a file that several processes write."""
    if version < FIRST_VERSION_WITH_WAL or version >= FIRST_FIXED_VERSION:
        return False
    for fixed in FIXED_BRANCHES:
        same_branch = version[:2] == fixed[:2]
        if same_branch and version >= fixed:
            return False
    return True


def choose_driver(python_driver: ModuleType) -> ModuleType:
    """Python's own driver, or pysqlite3 where only that one has a fixed SQLite."""
    if not has_wal_reset_bug(python_driver.sqlite_version_info):
        return python_driver
    try:
        packaged = import_module("pysqlite3.dbapi2")
    except ImportError:  # there is no wheel for this machine
        return python_driver
    if has_wal_reset_bug(packaged.sqlite_version_info):
        return python_driver
    return packaged


def describe_wal_reset_bug(version: Version) -> str | None:
    """A warning about a version of SQLite; None where there is nothing to warn of."""
    if not has_wal_reset_bug(version):
        return None
    name = ".".join(str(number) for number in version)
    return (
        f"SQLite {name} has a rare fault that can damage a database which several processes "
        "write (sqlite.org/wal.html#walresetbug). Make backups, and use a Python with SQLite "
        "3.51.3 or newer, the package pysqlite3, or PostgreSQL."
    )


if TYPE_CHECKING:
    import sqlite3 as sqlite3
else:
    sqlite3 = choose_driver(python_sqlite3)
