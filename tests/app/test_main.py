"""The server as a whole: what it serves, and what it costs."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest
from plotly.offline import get_plotlyjs

from app.config import VERSION
from app.db.engine import POOL_OPTIONS

ROOT = Path(__file__).resolve().parents[2]
PREPARE_A_SERVER = """
import gc, sys
from app.config import Settings
from app.db.upgrade import upgrade_database
from app.main import create_app, prepare_server

settings = Settings(data=sys.argv[1])
upgrade_database(settings)
app = create_app(settings)
prepare_server(app)
print(gc.get_freeze_count())
print(len(app.state.templates.env.cache))
print(app.state.database.engine.pool.checkedin())
"""


def run_python(program: str, *arguments: str) -> str:
    process = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return process.stdout


def test_plotly_is_served_whole_from_the_installed_package(client):
    answer = client.get("/static/plotly.min.js", headers={"Accept-Encoding": "identity"})

    assert answer.text == get_plotlyjs()
    assert "immutable" in answer.headers["Cache-Control"]


def test_large_answers_are_compressed(client):
    assert client.get("/static/app.css").headers["Content-Encoding"] == "gzip"


def test_addresses_of_scripts_change_with_their_content(client):
    client.post("/datasets/samples/ibm")

    page = client.get("/datasets/1").text

    assert "/static/plotly.min.js?v=" in page
    assert "/static/app.css?v=" in page
    assert "/static/charts.js?v=" in page


@pytest.mark.parametrize(
    "path",
    [
        "/static/../pyproject.toml",
        "/static/%2e%2e/pyproject.toml",
        "/static//etc/passwd",
        "/static/%00",
    ],
)
def test_no_file_outside_of_static_is_served(client, path):
    assert client.get(path).status_code == 404


def test_a_database_that_cannot_be_read_is_said_in_words(client, settings):
    (settings.data / "foretune.db").write_bytes(b"no database at all" * 1000)

    for path in ("/healthz", "/api/experiments", "/experiments"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert "database" in answer.text


def test_the_version_is_the_packages(client):
    assert client.get("/healthz").json()["version"] == VERSION
    assert client.get("/openapi.json").json()["info"]["version"] == VERSION


@pytest.mark.slow
def test_the_server_starts_quickly_and_stays_small():
    seconds_before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime

    resident_bytes = int(
        run_python("import app.main, psutil; print(psutil.Process().memory_info().rss)")
    )

    seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - seconds_before
    assert seconds < 4.0  # 1.3 s when nothing else runs
    assert resident_bytes < 200e6  # 115 MB


def test_a_server_is_ready_before_the_first_page_is_asked_for(tmp_path):
    output = run_python(PREPARE_A_SERVER, str(tmp_path))

    frozen_objects, compiled_templates, connections = map(int, output.split())
    assert frozen_objects > 50_000
    assert compiled_templates > 30
    assert connections == POOL_OPTIONS["pool_size"]
