"""The access token: who is let in, how, and what stays open."""

import pytest
from fastapi.testclient import TestClient

from app.config import Settings
from app.main import create_app

TOKEN = "correct-horse/1+2&3"


@pytest.fixture
def guarded(settings, database):
    """A browser at a server with a token; it keeps cookies and does not follow redirects."""
    app = create_app(Settings(data=settings.data, token=TOKEN))
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as client:
        yield client


def status_with_authorization(client: TestClient, value: str | bytes) -> int:
    return client.get("/api/datasets", headers={"Authorization": value}).status_code


def test_a_page_without_the_token_asks_for_it_and_shows_nothing_else(guarded):
    answer = guarded.get("/experiments?page=2")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert 'name="address" value="/experiments?page=2"' in answer.text
    assert "worker" not in answer.text
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/healthz", "/static/app.css"])
def test_health_and_the_stylesheet_stay_open(guarded, path):
    assert guarded.get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/docs",
        "/openapi.json",
        "/api/datasets",
        "/experiments/1/live",
        "/static",
        "/healthz/",
        "/nothing",
        "//x",
    ],
)
def test_everything_else_is_closed(guarded, path):
    assert guarded.get(f"http://localhost{path}").status_code == 401


def test_the_token_in_the_url_becomes_a_cookie_and_leaves_the_url(guarded):
    answer = guarded.get("/experiments", params={"page": "1", "token": TOKEN, "search": "a b"})

    assert answer.status_code == 303
    assert answer.headers["location"] == "/experiments?page=1&search=a+b"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert TOKEN not in cookie
    assert guarded.get("/experiments").status_code == 200
    assert guarded.get("/api/datasets").status_code == 200
    assert guarded.post("/datasets/sample").status_code == 303


@pytest.mark.parametrize(
    "token", ["", "correct", TOKEN + "x", TOKEN.upper(), "\u00e9\u202e", "\ud800"]
)
def test_a_wrong_token_lets_nobody_in(guarded, token):
    in_url = token.encode("utf-8", "surrogatepass")
    in_form = token.encode("utf-8", "replace")

    by_url = guarded.get("/experiments", params={"token": in_url})
    by_form = guarded.post("/access", data={"token": in_form, "address": "/datasets"})

    assert by_url.status_code == 401
    assert by_form.status_code == 401
    assert "This is not the token." in by_form.text
    assert 'value="/datasets"' in by_form.text
    assert "set-cookie" not in by_form.headers


def test_the_token_typed_in_leads_to_the_page_that_was_wanted(guarded):
    answer = guarded.post("/access", data={"token": f" {TOKEN} ", "address": "/datasets?page=1"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/datasets?page=1")
    assert guarded.get("/datasets").status_code == 200


@pytest.mark.parametrize(
    "address", ["https://evil.example", "//evil.example", "/\\evil.example", "/\r\nX: y", "", "x"]
)
def test_nobody_is_led_to_another_site(guarded, address):
    by_form = guarded.post("/access", data={"token": TOKEN, "address": address})
    by_url = guarded.get("http://localhost//evil.example/x", params={"token": TOKEN})

    assert by_form.headers["location"] == "/experiments"
    assert by_url.headers["location"] == "/experiments"


def test_a_program_sends_the_token_as_a_bearer(guarded):
    refused = guarded.post("/api/experiments", json={}, headers={"Authorization": "Bearer wrong"})

    assert refused.status_code == 401
    assert "Authorization: Bearer" in refused.json()["detail"][0]["msg"]
    assert status_with_authorization(guarded, f"Bearer {TOKEN}") == 200
    assert status_with_authorization(guarded, f"bearer {TOKEN}") == 200
    assert status_with_authorization(guarded, f"Basic {TOKEN}") == 401
    assert status_with_authorization(guarded, b"Bearer \xff") == 401


def test_another_sites_write_is_refused_with_the_cookie_too(guarded):
    guarded.get("/experiments", params={"token": TOKEN})

    write = guarded.post("/datasets/sample", headers={"Origin": "http://evil.example"})
    read = guarded.get("/datasets", headers={"Host": "evil.example"})

    assert write.status_code == 403
    assert read.status_code == 400


def test_a_new_token_ends_the_cookies_of_the_old_one(guarded, settings):
    guarded.get("/experiments", params={"token": TOKEN})
    app = create_app(Settings(data=settings.data, token="another-token"))

    with TestClient(app, base_url="http://localhost", cookies=dict(guarded.cookies)) as client:
        assert client.get("/experiments").status_code == 401


def test_without_a_token_nothing_is_asked(client):
    assert client.get("/access").url.path == "/experiments"
    assert client.post("/access", data={"address": "/datasets"}).url.path == "/datasets"


def test_a_server_behind_a_proxy_asks_for_its_token(settings, database):
    app = create_app(Settings(data=settings.data, allowed_hosts="models.example", token=TOKEN))

    with TestClient(app, base_url="http://models.example") as client:
        without_token = client.get("/api/datasets").status_code
        with_token = status_with_authorization(client, f"Bearer {TOKEN}")

    assert (without_token, with_token) == (401, 200)


def test_a_token_survives_the_url_it_is_printed_in(guarded):
    printed = Settings(token=TOKEN).entry_url("/datasets")
    entry_url = printed.replace(":8000", "").replace("127.0.0.1", "localhost")

    assert guarded.get(entry_url).headers["location"] == "/datasets"
