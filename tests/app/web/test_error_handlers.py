"""Errors are answered in sentences, on pages and by the API."""

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from app.db.write_probe import WriteProbe
from app.errors import Busy
from app.main import create_app
from tests import factories


@pytest.fixture
def file(settings, database):
    """The file of a database with one dataset in it."""
    with database.write() as session:
        factories.dataset(session)
    return settings.data / "foretune.db"


@pytest.mark.parametrize(
    "path", ["/experiments", "/experiments/1", "/experiments/live", "/datasets", "/nowhere"]
)
def test_pages_without_a_database_say_so_in_words(client, file, path):
    client.get("/experiments")
    file.unlink()

    answer = client.get(path)

    page = unescape(answer.text)
    assert answer.status_code == (404 if path == "/nowhere" else 503)
    assert "Nothing can be stored now." in page
    assert f"The database {file} is gone: put it back, or a backup in its place." in page
    assert "Traceback" not in page
    assert "No worker is running" not in page


@pytest.mark.parametrize("path", ["/api/experiments", "/healthz"])
def test_the_api_without_a_database_says_so_in_words(client, file, path):
    file.unlink()

    answer = client.get(path)

    assert answer.status_code == 503
    assert "is gone" in answer.json()["detail"][0]["msg"]


def test_a_database_that_cannot_be_written_has_a_banner_and_refuses_writes_in_words(client, file):
    database = client.app.state.database
    event.listen(database.engine, "checkout", make_read_only)

    page = unescape(client.get("/experiments").text)
    answer = client.post("/datasets/1/delete")

    assert "Nothing can be stored now." in page
    assert f"The database {file} is read-only" in page
    assert answer.status_code == 503
    assert "was not done: nothing was changed" in answer.text

    event.remove(database.engine, "checkout", make_read_only)
    database.close()
    client.app.state.write_probe = WriteProbe(database)

    assert "Nothing can be stored now." not in client.get("/experiments").text


def make_read_only(connection, _record, _proxy) -> None:
    connection.execute("PRAGMA query_only=ON")


def test_a_mistake_of_ours_is_answered_in_words_under_the_same_policy(settings, database):
    app = create_app(settings)
    app.add_api_route("/api/mistake", lambda: 1 / 0)

    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        answer = client.get("/api/mistake")

    assert answer.status_code == 500
    assert "mistake in Foretune" in answer.json()["detail"][0]["msg"]
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("row_id", ["abc", "1.5", "-", "1e3", "%00", "99999999999999999999"])
@pytest.mark.parametrize(
    "path", ["/experiments/{}", "/trials/{}", "/datasets/{}", "/uploads/{}", "/experiments/{}/live"]
)
def test_a_page_at_an_impossible_id_is_not_there(client, path, row_id):
    answer = client.get(path.format(row_id))

    assert answer.status_code == 404
    assert "<h1>Not found</h1>" in answer.text
    assert "whole number" not in answer.text


def test_each_address_with_an_id_in_it_is_404_at_an_impossible_one(client):
    document = client.get("/openapi.json").json()
    statuses = {}
    for path, operations in document["paths"].items():
        for method in operations:
            if "_id}" in path:
                address = re.sub(r"\{\w+_id\}", "abc", path)
                statuses[method, path] = client.request(method, address, json={}).status_code

    assert len(statuses) > 10
    assert set(statuses.values()) == {404}


def test_a_wrong_query_at_an_address_that_exists_is_422(client):
    assert client.get("/experiments?page=abc").status_code == 422


def test_a_busy_server_says_when_to_try_again(client, monkeypatch):
    def refuse(*_arguments: object) -> None:
        raise Busy("The server is reading other large files.")

    monkeypatch.setattr(client.app.state.file_reader, "read", refuse)
    files = {"file": ("walk.csv", factories.random_walk_csv())}

    answer = client.post("/api/datasets", files=files)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
