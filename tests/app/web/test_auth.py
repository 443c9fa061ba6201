"""The access token: who is let in, how, and what stays open."""

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app.config import Settings
from app.main import create_app
from app.web import access_guard
from app.web.guesses import GuessLimiter
from tests import factories
from tests.app.web.test_guesses import Clock

TOKEN = "correct-horse/1+2&3"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def no_waiting(monkeypatch):
    """Turns that would begin in some seconds begin now."""

    async def go_on(_seconds: float) -> None:
        return

    monkeypatch.setattr(access_guard.asyncio, "sleep", go_on)


@pytest.fixture
def guarded(settings, database, clock):
    """A browser at a server with a token; it keeps cookies and does not follow redirects."""
    app = create_app(Settings(data=settings.data, token=TOKEN))
    app.state.guard._limiter = GuessLimiter(clock)
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
    assert guarded.post("/datasets/samples/ibm").status_code == 303


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

    write = guarded.post("/datasets/samples/ibm", headers={"Origin": "http://evil.example"})
    read = guarded.get("/datasets", headers={"Host": "evil.example"})

    assert write.status_code == 403
    assert read.status_code == 400


def test_a_new_token_ends_the_cookies_of_the_old_one(guarded, settings):
    guarded.get("/experiments", params={"token": TOKEN})
    app = create_app(Settings(data=settings.data, token="another-lucky-horse"))

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


def test_health_and_other_open_pages_neither_take_nor_keep_a_token(guarded):
    for path in ("/healthz", "/access", "/static/app.css"):
        by_program = guarded.get(path, params={"token": TOKEN})
        by_browser = guarded.get(path, params={"token": TOKEN}, headers={"Accept": "text/html"})

        assert by_program.status_code in (200, 401)
        assert (by_browser.status_code, by_browser.headers["location"]) == (303, path)
        for answer in (by_program, by_browser):
            assert "set-cookie" not in answer.headers
    assert guarded.get("/experiments").status_code == 401


def test_a_browser_logs_out_with_a_button_on_each_page(guarded):
    guarded.get("/experiments", params={"token": TOKEN})
    page = guarded.get("/experiments").text

    left = guarded.post("/access/leave")

    assert 'action="/access/leave"' in page
    assert (left.status_code, left.headers["location"]) == (303, "/access")
    assert dict(guarded.cookies) == {}
    without_cookie = guarded.get("/experiments")
    assert without_cookie.status_code == 401
    assert "/access/leave" not in without_cookie.text


def test_without_a_token_there_is_nothing_to_log_out_of(client):
    assert "/access/leave" not in client.get("/experiments").text


@pytest.mark.parametrize(
    "path",
    [
        "/experiments",
        "/experiments/1/live",
        "/experiments/1/charts/objective",
        "/experiments/1/trials.csv",
        "/api/experiments",
        "/openapi.json",
        "/nothing",
        "/healthz",
    ],
)
def test_nothing_private_is_kept_in_a_cache(guarded, database, path):
    with database.write() as session:
        factories.experiment(session)
    guarded.get("/experiments", params={"token": TOKEN})

    answer = guarded.get(path)

    assert answer.headers["Cache-Control"] == "no-store"


def test_a_live_part_that_has_not_changed_is_not_sent_again_with_a_token_either(guarded, database):
    with database.write() as session:
        factories.experiment(session)
    guarded.get("/experiments", params={"token": TOKEN})
    first = guarded.get("/experiments/1/live")

    again = guarded.get("/experiments/1/live", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert again.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/healthz", "/access", "/static/nothing", "/experiments"])
def test_a_missing_database_is_named_to_those_with_the_token_alone(
    guarded, settings, database, path
):
    (settings.data / "foretune.db").rename(settings.data / "elsewhere.db")

    without_token = guarded.get(path)
    guarded.get("/experiments", params={"token": TOKEN})
    with_token = guarded.get("/experiments")

    assert str(settings.data) not in without_token.text
    assert str(settings.data) in with_token.text


def guess(client: TestClient, kind: str, number: int) -> Response:
    """A wrong token, sent in one of the four ways."""
    wrong = f"guess-{kind}-{number}"
    if kind == "form":
        return client.post("/access", data={"token": wrong})
    if kind == "url":
        return client.get("/experiments", params={"token": wrong})
    headers = {"Authorization": f"Bearer {wrong}"}
    if kind == "cookie":
        headers = {"Cookie": f"foretune-8000={wrong}.x"}
    return client.get("/api/datasets", headers=headers)


@pytest.mark.parametrize("kind", ["form", "url", "bearer", "cookie"])
def test_guesses_are_refused_after_some_whichever_way_they_come(guarded, kind, no_waiting):
    answers = [guess(guarded, kind, number) for number in range(100)]

    statuses = [answer.status_code for answer in answers]
    assert statuses[:10] == [401] * 10
    assert statuses[-1] == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert "Too many wrong tokens" in answers[-1].text


def test_whoever_was_let_in_goes_on_while_others_guess(guarded, no_waiting):
    guarded.get("/experiments", params={"token": TOKEN})
    with TestClient(guarded.app, base_url="http://localhost") as stranger:
        for number in range(100):
            guess(stranger, "bearer", number)

    assert guarded.get("/experiments").status_code == 200


def test_the_right_token_works_from_the_address_that_guessed(guarded, clock, no_waiting):
    for number in range(100):
        guess(guarded, "bearer", number)

    clock.now += 1

    assert status_with_authorization(guarded, f"Bearer {TOKEN}") == 200


def test_the_same_wrong_token_again_is_no_new_guess(guarded, no_waiting):
    statuses = {guess(guarded, "cookie", 1).status_code for _ in range(300)}

    assert statuses == {401}
    assert status_with_authorization(guarded, f"Bearer {TOKEN}") == 200


def test_guesses_are_logged_without_the_guess(guarded, caplog):
    guess(guarded, "bearer", 1)

    assert "Wrong access token from" in caplog.text
    assert "guess-bearer" not in caplog.text


def test_a_cookie_of_an_earlier_run_is_renewed_and_then_never_slowed(guarded, settings):
    guarded.get("/experiments", params={"token": TOKEN})
    app = create_app(guarded.app.state.settings)

    with TestClient(app, base_url="http://localhost", cookies=dict(guarded.cookies)) as client:
        first = client.get("/experiments")
        second = client.get("/experiments")

    assert (first.status_code, second.status_code) == (200, 200)
    assert "HttpOnly" in first.headers["set-cookie"]
    assert "set-cookie" not in second.headers


def test_a_token_form_with_a_huge_body_is_refused(guarded):
    assert guarded.post("/access", data={"token": "x" * 30_000}).status_code == 413


@pytest.mark.parametrize(
    "headers", [{"X-Forwarded-For": "203.0.113.9"}, {"Forwarded": "for=203.0.113.9"}]
)
def test_without_a_token_nothing_is_answered_through_a_proxy(client, headers):
    answer = client.get("/experiments", headers=headers)

    assert answer.status_code == 403
    assert "set FORETUNE_TOKEN" in answer.text


def test_without_a_token_nothing_is_answered_at_an_address_that_others_reach(settings, database):
    app = create_app(settings)  # whose settings say that it listens to this machine alone

    with TestClient(app, base_url="http://192.168.1.5") as client:
        answer = client.get("/experiments", headers={"Host": "localhost"})

    assert answer.status_code == 403
    assert "set FORETUNE_TOKEN" in answer.text
