"""What every test may ask for: settings, a database brought up to date, and a client of the server."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.config import Settings
from app.database import Database
from app.main import create_app
from app.upgrade import bring_up_to_date
from tests.postgresql import Server, programs, server


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long the test with many workers goes on; README's figures are from a minute."""
    parser.addoption("--seconds", type=float, default=15.0, help="of tests/faults/test_many_workers.py")


@pytest.fixture(autouse=True)
def settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the FORETUNE_* of whoever runs the tests out of them."""
    for name in [name for name in os.environ if name.startswith("FORETUNE_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an installation of its own."""
    return Settings(data=tmp_path / "data")


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that was brought up to date once, to be copied."""
    settings = Settings(data=tmp_path_factory.mktemp("migrated"), database_url="")
    bring_up_to_date(settings)
    return settings.data / "foretune.db"


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """A database with every table, empty."""
    return sqlite_database


@pytest.fixture
def sqlite_database(settings: Settings, migrated_file: Path) -> Iterator[Database]:
    """A real SQLite file with every table, empty."""
    settings.data.mkdir(parents=True)
    shutil.copy(migrated_file, settings.data / "foretune.db")
    database = Database(settings.url)
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server on loopback, for all tests that ask for one."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed here (Debian: apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="foretune-postgresql-"))  # pytest's own folders let no other user in
    folder.chmod(0o755)
    try:
        with server(folder / "server") as running:
            yield running
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def client(settings: Settings, database: Database) -> Iterator[TestClient]:
    """A browser, so to speak: requests to a server on the test's own database."""
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        yield client
