"""Ids and file names that try to lead elsewhere lead nowhere."""

import io
import re
import zipfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.main import API_ROUTERS, ROUTERS
from tests import factories
from tests.app.routes.api.fuzzing import server

pytestmark = pytest.mark.slow

TRICKS = [
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e%2f%2e%2e%2fapp%2fmain.py",
    "..%5c..%5cx",
    "1%00",
    "1%0d%0aX-Evil:%20y",
    "1;2",
]
TRICKS += [
    "1 OR 1=1",
    "-1",
    "0",
    "1e1",
    "0x1",
    "%ff%fe",
    "9" * 30,
    str(2**31),
    str(2**63),
    "x" * 3000,
    "NaN",
    "file:%2f%2f%2fetc%2fpasswd",
]
PATHS = [
    (method, prefix + route.path)
    for prefix, modules in (("", ROUTERS), ("/api", API_ROUTERS))
    for module in modules
    for route in module.router.routes
    if "{" in route.path
    for method in route.methods
]
MARKS = ("root:", "def create_app", "SQLite format", "[project]")


def test_there_are_paths_to_try():
    assert len(PATHS) > 30


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]
)
def full(tmp_path_factory, request):
    """A browser at a server that has one of everything."""
    with ExitStack() as stack:
        is_sqlite = request.param == "sqlite"
        url = (
            "" if is_sqlite else stack.enter_context(request.getfixturevalue("postgresql").fresh())
        )
        app = server(tmp_path_factory.mktemp("full"), url)
        yield stack.enter_context(TestClient(app, base_url="http://localhost"))


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_an_id_that_is_none_leads_nowhere(full, method, path):
    for trick in TRICKS:
        address = re.sub(r"\{[a-z_]+\}", lambda _, trick=trick: trick, path)
        answer = full.request(
            method,
            address,
            data={"name": "x", "count": "1"} if method == "POST" else None,
            follow_redirects=False,
        )
        assert answer.status_code in (307, 404, 405, 422), (address, answer.status_code)
        assert not any(mark in answer.text for mark in MARKS), address
        assert "x-evil" not in answer.headers


@pytest.mark.parametrize("folder", ["/static/", "/docs/", "/static//", "/"])
@pytest.mark.parametrize(
    "way",
    ["../app/main.py", "..%2fapp%2fmain.py", "%2e%2e/app/main.py", "....//app/main.py",
     "..\\app\\main.py", "..%5capp%5cmain.py",
     "/etc/passwd", "%2fetc%2fpasswd", "../../../../../../etc/passwd",
     "..%2f..%2f..%2f..%2fetc%2fpasswd",
     "%00", "app.css%00.png", "../data/foretune.db", ".", ".."],
)  # fmt: skip
def test_nothing_but_static_files_is_served(full, folder, way):
    answer = full.get("http://localhost" + folder + way)

    assert answer.status_code in (200, 404)
    assert not any(mark in answer.text for mark in MARKS)


NAMES = ["../../etc/cron.d/x.csv", "..\\..\\x.csv", "/etc/passwd", "C:\\x.csv", "a\x00b.csv",
         "x\r\nX-Evil: y.csv",
         "x" * 5000, ".", "..", "con",
         "\u202efdp.csv", "<svg onload=alert(1)>.csv", "%2e%2e%2fx.csv", '";x="y.csv']  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_file_is_a_text_and_no_place(client, settings, name):
    before = {
        path for path in Path(settings.data).rglob("*") if not path.name.startswith("foretune.db")
    }
    content = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="'
        + name.encode()
        + b'"\r\n\r\n'
    )
    content += factories.random_walk_csv() + b"\r\n--b--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    saved = client.post("/api/datasets", content=content, headers=headers)
    kept = client.post("/datasets", content=content, headers=headers, follow_redirects=False)

    assert saved.status_code in (201, 400, 422), saved.text
    assert kept.status_code in (303, 400, 422)
    assert {
        path for path in Path(settings.data).rglob("*") if not path.name.startswith("foretune.db")
    } == before

    for answer in (saved, kept):
        assert "x-evil" not in answer.headers
    if saved.status_code == 201:
        assert len(saved.json()["name"]) <= 200
        assert saved.json()["name"].isprintable()
    if kept.status_code == 303:
        assert re.fullmatch("/uploads/[0-9a-f]{32}", kept.headers["location"])
        shown = client.get(kept.headers["location"])
        assert shown.status_code == 200
        assert "<svg onload" not in shown.text


def model(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(
            "config.json",
            '{"module": "builtins", "class_name": "eval", "config": "__import__(\'os\')"}',
        )
        archive.writestr(name, b"x" * 100)
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["model.weights.h5", "../../evil.py"])
def test_a_model_that_is_sent_is_no_csv_and_is_never_opened(client, name):
    answer = client.post("/api/datasets", files={"file": ("model.keras", model(name))})

    assert answer.status_code == 422
    assert "a binary workbook or archive" in answer.json()["detail"][0]["msg"]
