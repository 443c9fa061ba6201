"""What every test may ask for: settings, a database brought up to date, and a client of the server."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.config import Settings
from app.db.engine import Database
from app.db.upgrade import bring_up_to_date
from app.main import create_app
from tests.postgresql import Server, programs, server

DATABASES = ("sqlite", "postgresql")
APP = Path(__file__).parent / "app"
ON_EACH_DATABASE = (APP / "queue", APP / "services")


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long the test with many workers goes on; README's figures are from a minute."""
    parser.addoption(
        "--seconds", type=float, default=10.0, help="of tests/faults/test_many_workers.py"
    )


@pytest.fixture(autouse=True)
def settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the FORETUNE_* of whoever runs the tests out of them."""
    for name in [name for name in os.environ if name.startswith("FORETUNE_")]:
        monkeypatch.delenv(name)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Services, and what is marked so, are tested on each database; PostgreSQL is among the slow tests."""
    mark = metafunc.definition.get_closest_marker("each_database")
    everywhere = any(metafunc.definition.path.is_relative_to(folder) for folder in ON_EACH_DATABASE)
    if "settings" not in metafunc.fixturenames or not (mark or everywhere):
        return
    names = mark.args if mark and mark.args else DATABASES
    marks = {"postgresql": [pytest.mark.slow]}
    each = [pytest.param(name, marks=marks.get(name, [])) for name in names]
    metafunc.parametrize("settings", each, indirect=True)


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an installation of its own, on SQLite unless the test is marked `each_database`."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield Settings(data=tmp_path / "data")
        return
    with request.getfixturevalue("postgresql").fresh() as url:
        yield Settings(data=tmp_path / "data", database_url=url)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that was brought up to date once, to be copied."""
    settings = Settings(data=tmp_path_factory.mktemp("migrated"), database_url="")
    bring_up_to_date(settings)
    return settings.data / "foretune.db"


@pytest.fixture
def database(settings: Settings, migrated_file: Path) -> Iterator[Database]:
    """A real database with every table, empty."""
    settings.data.mkdir(parents=True)
    if not settings.database_url:
        shutil.copy(migrated_file, settings.data / "foretune.db")
    database = Database(settings.url)
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server on loopback, for all tests that ask for one."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed here (Debian: apt-get install postgresql)")
    with server() as running:
        yield running


@pytest.fixture
def client(settings: Settings, database: Database) -> Iterator[TestClient]:
    """A browser, so to speak: requests to a server on the test's own database."""
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        yield client
