"""The server as a whole: what it serves, and what it costs."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest
from plotly.offline import get_plotlyjs

from app.config import VERSION
from app.db.engine import POOL

ROOT = Path(__file__).resolve().parents[2]


def test_plotly_is_served_whole_from_the_installed_package(client):
    answer = client.get("/static/plotly.min.js", headers={"Accept-Encoding": "identity"})
    assert answer.text == get_plotlyjs()
    assert "immutable" in answer.headers["Cache-Control"]


def test_large_answers_are_compressed(client):
    assert client.get("/static/app.css").headers["Content-Encoding"] == "gzip"


def test_addresses_of_scripts_change_with_their_content(client):
    client.post("/datasets/sample")
    page = client.get("/datasets/1").text
    assert "/static/plotly.min.js?v=" in page
    assert "/static/app.css?v=" in page
    assert "/static/charts.js?v=" in page


def test_no_file_outside_of_static_is_served(client):
    for path in (
        "/static/../pyproject.toml",
        "/static/%2e%2e/pyproject.toml",
        "/static//etc/passwd",
        "/static/%00",
    ):
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
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    script = "import app.main, psutil; print(psutil.Process().memory_info().rss)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert (
        resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 4.0
    )  # 1.3 s when nothing else runs
    assert int(done.stdout) < 200e6  # bytes; 115 MB


READY = """
import gc, sys
from app.config import Settings
from app.main import create_app, make_ready
from app.db.upgrade import bring_up_to_date
settings = Settings(data=sys.argv[1])
bring_up_to_date(settings)
app = create_app(settings)
make_ready(app)
print(gc.get_freeze_count(), len(app.state.templates.env.cache), app.state.database.engine.pool.checkedin())
"""


def test_a_server_is_ready_before_the_first_page_is_asked_for(tmp_path):
    said = subprocess.run(
        [sys.executable, "-c", READY, str(tmp_path)], cwd=ROOT, capture_output=True, text=True
    )
    frozen, compiled, connections = map(int, said.stdout.split())
    assert frozen > 50_000
    assert compiled > 30
    assert connections == POOL["pool_size"]
