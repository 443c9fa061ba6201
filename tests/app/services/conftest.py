"""Services are tested on both databases: SQLite always, PostgreSQL among the slow tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import Settings
from app.database import Database

POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.slow)


@pytest.fixture(params=["sqlite", POSTGRESQL])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an installation of its own, on each database."""
    if request.param == "sqlite":
        yield Settings(data=tmp_path / "data")
        return
    with request.getfixturevalue("postgresql").fresh() as url:
        yield Settings(data=tmp_path / "data", database_url=url)


@pytest.fixture
def database(settings: Settings, request: pytest.FixtureRequest) -> Iterator[Database]:
    """Every table, empty."""
    if not settings.database_url:
        yield request.getfixturevalue("sqlite_database")
        return
    database = Database(settings.url)
    yield database
    database.close()
