"""The access token: who is let in, how, and what stays open."""

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from app.config import Settings, TokenRequired
from app.main import create_app

TOKEN = "correct-horse/1+2&3"


@pytest.fixture
def guarded(settings, database):
    """A browser at a server with a token; it keeps cookies and does not follow redirects."""
    app = create_app(Settings(data=settings.data, token=TOKEN))
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as client:
        yield client


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
    assert (
        guarded.get(
            "/experiments", params={"token": token.encode("utf-8", "surrogatepass")}
        ).status_code
        == 401
    )
    wrong = guarded.post(
        "/access", data={"token": token.encode("utf-8", "replace"), "address": "/datasets"}
    )
    assert wrong.status_code == 401
    assert "This is not the token." in wrong.text
    assert 'value="/datasets"' in wrong.text
    assert "set-cookie" not in wrong.headers


def test_the_token_typed_in_leads_to_the_page_that_was_wanted(guarded):
    answer = guarded.post("/access", data={"token": f" {TOKEN} ", "address": "/datasets?page=1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/datasets?page=1")
    assert guarded.get("/datasets").status_code == 200


@pytest.mark.parametrize(
    "address", ["https://evil.example", "//evil.example", "/\\evil.example", "/\r\nX: y", "", "x"]
)
def test_nobody_is_led_to_another_site(guarded, address):
    answer = guarded.post("/access", data={"token": TOKEN, "address": address})
    assert answer.headers["location"] == "/experiments"
    answer = guarded.get("http://localhost//evil.example/x", params={"token": TOKEN})
    assert answer.headers["location"] == "/experiments"


def test_a_program_sends_the_token_as_a_bearer(guarded):
    refused = guarded.post("/api/experiments", json={}, headers={"Authorization": "Bearer wrong"})
    assert refused.status_code == 401
    assert "Authorization: Bearer" in refused.json()["detail"][0]["msg"]
    for scheme in ("Bearer", "bearer"):
        assert (
            guarded.get("/api/datasets", headers={"Authorization": f"{scheme} {TOKEN}"}).status_code
            == 200
        )
    assert (
        guarded.get("/api/datasets", headers={"Authorization": f"Basic {TOKEN}"}).status_code == 401
    )
    assert (
        guarded.get("/api/datasets", headers={"Authorization": b"Bearer \xff"}).status_code == 401
    )


def test_another_sites_write_is_refused_with_the_cookie_too(guarded):
    guarded.get("/experiments", params={"token": TOKEN})
    assert (
        guarded.post("/datasets/sample", headers={"Origin": "http://evil.example"}).status_code
        == 403
    )
    assert guarded.get("/datasets", headers={"Host": "evil.example"}).status_code == 400


def test_a_new_token_ends_the_cookies_of_the_old_one(guarded, settings):
    guarded.get("/experiments", params={"token": TOKEN})
    app = create_app(Settings(data=settings.data, token="another-token"))
    with TestClient(app, base_url="http://localhost", cookies=dict(guarded.cookies)) as client:
        assert client.get("/experiments").status_code == 401


def test_without_a_token_nothing_is_asked(client):
    assert client.get("/access").url.path == "/experiments"
    assert client.post("/access", data={"address": "/datasets"}).url.path == "/datasets"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "models.example", ""])
def test_a_server_that_others_reach_gets_a_token_of_its_own(settings, host):
    open_to_others = Settings(data=settings.data, host=host)
    with pytest.raises(ValueError, match="FORETUNE_TOKEN"):
        create_app(open_to_others).build_middleware_stack()
    first, second = open_to_others.with_token(), open_to_others.with_token()
    assert len(first.token) >= 32
    assert first.token != second.token
    assert first.entrance("/x").endswith(f"/x?token={first.token}")
    assert Settings(host=host, token=TOKEN).with_token().token == TOKEN
    assert first.token not in repr(first)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_a_server_of_this_machine_alone_needs_none(host):
    assert Settings(host=host).with_token().entrance().count("token") == 0


@pytest.mark.parametrize(
    "names", ["models.example", "localhost, Models.example", "192.168.1.5", "localhost.example"]
)
def test_a_server_behind_a_proxy_is_refused_without_a_token(settings, names):
    behind_a_proxy = Settings(data=settings.data, allowed_hosts=names)

    with pytest.raises(TokenRequired, match=r"set FORETUNE_TOKEN"):
        behind_a_proxy.with_token()
    with pytest.raises(TokenRequired, match=r"set FORETUNE_TOKEN"):
        create_app(behind_a_proxy).build_middleware_stack()


@pytest.mark.parametrize("names", ["", "localhost", "LOCALHOST, 127.0.0.2, ::1"])
def test_names_of_this_machine_alone_need_no_token(settings, names):
    local = Settings(data=settings.data, allowed_hosts=names)

    create_app(local).build_middleware_stack()

    assert local.with_token() is local


def test_a_server_behind_a_proxy_asks_for_its_token(settings, database):
    app = create_app(Settings(data=settings.data, allowed_hosts="models.example", token=TOKEN))

    with TestClient(app, base_url="http://models.example") as client:
        statuses = [
            client.get("/api/datasets", headers=headers).status_code
            for headers in ({}, {"Authorization": f"Bearer {TOKEN}"})
        ]

    assert statuses == [401, 200]


def test_a_server_that_listens_to_others_behind_a_proxy_gets_a_token_of_its_own(settings):
    in_a_container = Settings(data=settings.data, host="0.0.0.0", allowed_hosts="models.example")

    assert len(in_a_container.with_token().token) >= 32


def test_a_token_survives_the_url_it_is_printed_in(guarded):
    entrance = (
        Settings(token=TOKEN)
        .entrance("/datasets")
        .replace(":8000", "")
        .replace("127.0.0.1", "localhost")
    )
    assert guarded.get(entrance).headers["location"] == "/datasets"


@pytest.mark.parametrize("token", ["short", "with a space", "é" * 9, "x" * 201, "12345678\n"])
def test_a_token_that_no_header_carries_is_refused_in_words(token):
    with pytest.raises(ValidationError, match="8 to 200 letters"):
        Settings(token=token)
