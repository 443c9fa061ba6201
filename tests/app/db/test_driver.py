"""Which SQLite a process uses, and what is said about one that can damage a file."""

import ast
import sys
from pathlib import Path
from types import ModuleType

import pytest

from app.db import driver

ROOT = Path(__file__).parents[3]


def python_driver(*version: int) -> ModuleType:
    """What Python comes with, in this version of SQLite."""
    module = ModuleType("sqlite3")
    module.sqlite_version_info = version
    return module


@pytest.mark.parametrize(
    ("version", "has_bug"),
    [
        ((3, 6, 23), False),  # has no WAL mode
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 0), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 4), False),
    ],
)
def test_the_versions_with_the_wal_reset_bug_are_known(version, has_bug):
    assert driver.has_wal_reset_bug(version) is has_bug
    assert (driver.describe_wal_reset_bug(version) is not None) is has_bug


def test_a_python_with_a_fixed_sqlite_uses_its_own():
    fixed = python_driver(3, 51, 3)

    assert driver.choose_driver(fixed) is fixed


def test_the_package_takes_the_place_of_a_sqlite_with_the_bug():
    pytest.importorskip("pysqlite3")

    chosen = driver.choose_driver(python_driver(3, 40, 1))

    assert chosen.__name__ == "pysqlite3.dbapi2"
    assert not driver.has_wal_reset_bug(chosen.sqlite_version_info)


@pytest.mark.parametrize("packaged", [None, python_driver(3, 51, 2)])
def test_without_a_better_package_python_s_own_stays(monkeypatch, packaged):
    monkeypatch.setitem(sys.modules, "pysqlite3.dbapi2", packaged)
    own = python_driver(3, 40, 1)

    assert driver.choose_driver(own) is own


def test_the_warning_names_the_version_and_what_to_do():
    warning = driver.describe_wal_reset_bug((3, 40, 1))

    assert "SQLite 3.40.1" in warning
    assert "pysqlite3" in warning


def test_one_process_never_uses_two_copies_of_sqlite():
    """They would release each other's locks on a file: howtocorrupt.html of SQLite, 2.2.1."""
    users = []
    for folder in ("app", "worker", "tests", "migrations"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Import) and node.names[0].name == "sqlite3":
                    users.append(str(file.relative_to(ROOT)))

    assert set(users) == {"app/db/driver.py"}
