"""What every request passes first."""

import pytest
from fastapi.testclient import TestClient

from app.config import Settings
from app.main import create_app


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "", "127.0.0.1.evil.example:80"]
)
def test_a_foreign_host_name_is_refused_with_the_setting_that_allows_it(client, host):
    answer = client.get("/experiments", headers={"Host": host})
    assert answer.status_code == 400
    assert "FORETUNE_ALLOWED_HOSTS" in answer.text


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000"])
def test_local_names_are_answered(client, host):
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


def test_a_configured_name_is_answered(settings, database):
    app = create_app(
        Settings(
            data=settings.data, allowed_hosts="models.example, other.example", token="correct-horse"
        )
    )
    with TestClient(app, base_url="http://models.example") as client:
        assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_a_write_from_another_site_is_refused(client, headers):
    assert client.post("/datasets/sample", headers=headers).status_code == 403
    assert client.get("/api/datasets").json()["total"] == 0


def test_a_write_from_our_own_pages_is_done(client):
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/datasets/sample", headers=headers).status_code == 200


def test_every_answer_carries_a_strict_policy(client):
    for path in ("/experiments", "/nothing", "/api/datasets", "/static/app.css"):
        policy = client.get(path).headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe-eval" not in policy
        assert "script-src" not in policy


def test_a_body_over_the_limit_is_refused_before_it_is_read(settings, database):
    app = create_app(Settings(data=settings.data, upload_limit_mb=1))
    with TestClient(app, base_url="http://localhost") as client:
        answer = client.post("/api/datasets", files={"file": ("big.csv", b"1\n" * 2_000_000)})
        assert answer.status_code == 413
        assert "1 MB" in answer.json()["detail"][0]["msg"]


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x"])
def test_a_body_without_a_length_is_measured_while_it_is_read(settings, database, kind):
    def endless():
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        for _ in range(90):
            yield b"x" * 100_000

    app = create_app(Settings(data=settings.data, upload_limit_mb=1))
    with TestClient(app, base_url="http://localhost") as client:
        path = "/api/datasets" if "multipart" in kind else "/api/experiments"
        assert (
            client.post(path, content=endless(), headers={"Content-Type": kind}).status_code == 413
        )


def test_names_with_markup_are_shown_as_text(client):
    name = "<script>alert(1)</script>"
    csv = b"Date,Close\n" + b"".join(b"2020-01-%02d,%d\n" % (day, day) for day in range(1, 32))
    client.post("/api/datasets", files={"file": ("x.csv", csv)}, data={"name": name})
    for path in ("/datasets", "/datasets/1", "/experiments/new"):
        page = client.get(path).text
        assert name not in page
        assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    "origin", ["http://[", "http://[::1", "localhost", "http://localhost.evil.example", "\u00b2"]
)
def test_an_origin_that_is_none_is_refused(client, origin):
    assert (
        client.post("/datasets/sample", headers={"Origin": origin.encode("latin-1")}).status_code
        == 403
    )


def test_a_body_that_is_no_file_has_a_limit_of_its_own(client):
    answer = client.post(
        "/api/experiments", content=b" " * 8_000_001, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413


@pytest.mark.parametrize("kind", ["multipart/form-data", "Multipart/Form-Data"])
def test_a_file_may_be_larger_than_other_bodies_however_its_kind_is_spelt(client, kind):
    content = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        + b"\x00" * 8_000_001
    )
    answer = client.post(
        "/api/datasets",
        content=content + b"\r\n--x--\r\n",
        headers={"Content-Type": f"{kind}; boundary=x"},
    )
    assert answer.status_code == 422  # read whole, and found to be no CSV


def test_a_mistake_of_ours_is_answered_in_words_under_the_same_policy(settings, database):
    app = create_app(settings)
    app.add_api_route("/api/mistake", lambda: 1 / 0)
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        answer = client.get("/api/mistake")
    assert answer.status_code == 500
    assert "mistake in Foretune" in answer.json()["detail"][0]["msg"]
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
