"""What every request passes first."""

import pytest
from fastapi.testclient import TestClient

from app.config import Settings
from app.main import create_app
from app.routes import experiment_downloads

UPLOAD_HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
UPLOAD_TAIL = b"\r\n--x--\r\n"


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
    with_names = Settings(
        data=settings.data, allowed_hosts="models.example, other.example", token="correct-horse"
    )

    with TestClient(create_app(with_names), base_url="http://models.example") as client:
        assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_a_write_from_another_site_is_refused(client, headers):
    assert client.post("/datasets/samples/ibm", headers=headers).status_code == 403
    assert client.get("/api/datasets").json()["total"] == 0


def test_a_write_from_our_own_pages_is_done(client):
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}

    assert client.post("/datasets/samples/ibm", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://[", "http://[::1", "localhost", "http://localhost.evil.example", "\u00b2"]
)
def test_a_malformed_origin_is_refused(client, origin):
    headers = {"Origin": origin.encode("latin-1")}

    assert client.post("/datasets/samples/ibm", headers=headers).status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("path", ["/experiments", "/api/datasets", "/experiments/1/best-model"])
@pytest.mark.parametrize("destination", ["image", "iframe", "empty"])
def test_nothing_is_sent_to_a_page_of_another_site(client, path, site, destination):
    headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Dest": destination}

    answer = client.get(path, headers=headers)

    assert answer.status_code == 403
    assert "another site" in answer.text


def test_a_link_on_another_site_leads_to_pages_and_to_no_download(client):
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}
    downloads = [
        route.path.replace("{experiment_id}", "1") for route in experiment_downloads.router.routes
    ]

    assert client.get("/experiments", headers=headers).status_code == 200
    assert len(downloads) == 3
    for path in [*downloads, "/api/datasets", "/api/experiments/1/best-model"]:
        assert client.get(path, headers=headers).status_code == 403, path


def test_own_pages_typed_addresses_and_programs_may_download(client):
    for site in ("same-origin", "none"):
        headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Dest": "empty"}
        assert client.get("/api/datasets", headers=headers).status_code == 200
    assert client.get("/api/datasets").status_code == 200


@pytest.mark.parametrize("path", ["/experiments", "/nothing", "/api/datasets", "/static/app.css"])
def test_every_answer_carries_a_strict_policy(client, path):
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


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/api/experiments", "application/json"),
        ("/api/datasets", "multipart/form-data; boundary=x"),
    ],
)
def test_a_body_without_a_length_is_measured_while_it_is_read(
    settings, database, path, content_type
):
    def stream():
        yield UPLOAD_HEAD
        for _ in range(90):
            yield b"x" * 100_000

    app = create_app(Settings(data=settings.data, upload_limit_mb=1))

    with TestClient(app, base_url="http://localhost") as client:
        answer = client.post(path, content=stream(), headers={"Content-Type": content_type})

    assert answer.status_code == 413


def test_a_body_without_a_file_has_a_lower_limit(client):
    answer = client.post(
        "/api/experiments", content=b" " * 8_000_001, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 413


@pytest.mark.parametrize("kind", ["multipart/form-data", "Multipart/Form-Data"])
def test_a_file_may_be_larger_than_other_bodies_however_its_kind_is_spelt(client, kind):
    answer = client.post(
        "/api/datasets",
        content=UPLOAD_HEAD + b"\x00" * 8_000_001 + UPLOAD_TAIL,
        headers={"Content-Type": f"{kind}; boundary=x"},
    )

    assert answer.status_code == 422  # it was read whole, and is no CSV


def test_names_with_markup_are_shown_as_text(client):
    name = "<script>alert(1)</script>"
    lines = ["Date,Close", *(f"2020-01-{day:02d},{day}" for day in range(1, 32))]
    csv = "\n".join(lines) + "\n"

    client.post("/api/datasets", files={"file": ("x.csv", csv)}, data={"name": name})

    for path in ("/datasets", "/datasets/1", "/experiments/new"):
        page = client.get(path).text
        assert name not in page
        assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("server", "status"),
    [
        (("127.0.0.1", 8000), 200),
        (("::1", 8000), 200),
        (("::ffff:127.0.0.1", 8000), 200),
        (("192.168.1.5", 8000), 403),
        (("::", 8000), 403),
        (("/run/foretune.sock", None), 403),
        (None, 403),
    ],
)
def test_without_a_token_only_connections_to_this_machine_itself_are_answered(
    client, server, status
):
    async def at_address(scope, receive, send):
        if scope["type"] == "http":
            scope["server"] = server
        await client.app(scope, receive, send)

    with TestClient(at_address, base_url="http://localhost") as moved:
        assert moved.get("/healthz").status_code == status
