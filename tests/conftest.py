"""What every test may ask for: settings, an upgraded database, and a client of the server."""

import gc
import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.routing import BaseRoute

from app.config import Settings
from app.db.engine import Database
from app.db.upgrade import upgrade_database
from app.main import create_app
from tests.postgresql import Server, programs, server

DATABASES = ("sqlite", "postgresql")
TESTS = Path(__file__).parent
APP = TESTS / "app"
# Files that take a minute or more, the longest first, then folders with many such files.
LONGEST_FIRST = (
    "worker/test_loop.py",
    "faults/test_disks.py",
    "app/commands/test_running.py",
    "faults/test_killing.py",
    "test_soak.py",
    "browser/test_live_pages.py",
    "faults/test_clocks.py",
    "faults/test_many_workers.py",
    "faults",
    "test_worst_cases.py",
    "browser",
    "worker/custom",
    "worker",
    "app/backup",
    "app/commands",
)
ON_EACH_DATABASE = (APP / "queue", APP / "services")


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long the test with many workers takes; the published figures are from a minute."""
    parser.addoption(
        "--seconds", type=float, default=4.0, help="of tests/faults/test_many_workers.py"
    )


@pytest.fixture(autouse=True)
def settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the FORETUNE_* of whoever runs the tests out of them."""
    for name in tuple(os.environ):
        if name.startswith("FORETUNE_"):
            monkeypatch.delenv(name)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no process waits for another at the end."""

    @cache
    def precedence(path: Path) -> int:
        for index, place in enumerate(LONGEST_FIRST):
            if path.is_relative_to(TESTS / place):
                return index
        return len(LONGEST_FIRST)

    items.sort(key=lambda test: precedence(test.path))


def pytest_collection(session: pytest.Session) -> None:
    """Import the test modules without looking for garbage, which takes a tenth of the time."""
    gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Leave modules and tests, which live to the end, out of every later search for garbage."""
    gc.freeze()
    gc.enable()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of queue and services, and those that are marked, on each database.

    Tests on PostgreSQL are slow ones.
    """
    if "settings" not in metafunc.fixturenames:
        return
    test = metafunc.definition
    mark = test.get_closest_marker("each_database")
    if mark is None and not any(test.path.is_relative_to(folder) for folder in ON_EACH_DATABASE):
        return
    names = DATABASES
    if mark is not None and mark.args:
        names = mark.args
    marks = {"postgresql": [pytest.mark.slow]}
    parameters = [pytest.param(name, marks=marks.get(name, [])) for name in names]
    metafunc.parametrize("settings", parameters, indirect=True)


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an empty installation, on SQLite unless the test is marked `each_database`."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield Settings(data=tmp_path / "data")
        return
    with request.getfixturevalue("postgresql").emptied() as url:
        yield Settings(data=tmp_path / "data", database_url=url)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that was upgraded once, to be copied."""
    settings = Settings(data=tmp_path_factory.mktemp("migrated"), database_url="")
    upgrade_database(settings)
    return settings.data / "foretune.db"


@pytest.fixture
def database(settings: Settings, migrated_file: Path) -> Iterator[Database]:
    """A real database with every table, all of them empty."""
    settings.data.mkdir(mode=0o700, parents=True)
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


@pytest.fixture(scope="session")
def examined_routes(tmp_path_factory: pytest.TempPathFactory) -> list[BaseRoute]:
    """The routes of a server, which FastAPI examines when the first request passes them."""
    return create_app(Settings(data=tmp_path_factory.mktemp("routes"), database_url="")).routes


@pytest.fixture
def client(
    settings: Settings, database: Database, examined_routes: list[BaseRoute]
) -> Iterator[TestClient]:
    """Sends requests to a server on the test's database.

    Its routes are those of all tests: to examine them anew takes longer than most requests.
    """
    app = create_app(settings)
    app.router.routes[:] = examined_routes
    with TestClient(app, base_url="http://localhost") as client:
        yield client
