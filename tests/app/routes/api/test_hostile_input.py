"""Whatever a client makes up, the server answers as documented, in time, and never with a 5xx."""

from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.app.routes.api.fuzzing import Fuzzer, find_worker_problems, server, working

pytestmark = pytest.mark.slow
SECONDS = 20.0
FEW = settings(
    max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
READ = [
    "/experiments/1",
    "/experiments/1/live",
    "/experiments/1/trials.csv",
    "/experiments/new",
    "/datasets/1",
]
READ += [
    "/api/experiments/1/trials",
    "/api/trials/1/forecast",
    "/trials/1/charts/losses",
    "/experiments",
    "/datasets",
]
WRITTEN = ["/api/datasets", "/api/experiments", "/experiments", "/experiments/preview", "/datasets"]
WRITTEN += ["/experiments/1/add-trials", "/experiments/1/add-time", "/api/experiments/1/add-time"]
WRITTEN += ["/experiments/1/rename", "/datasets/1/rename", "/uploads/1", "/trials/1/stop"]
KINDS = [
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/csv",
    "",
]
NAMES = st.sampled_from(
    ["sort", "state", "search", "page", "size", "columns", "dataset", "trial", "part", "preset"]
)


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    return server(tmp_path_factory.mktemp("hostile"))


def test_every_operation_and_form_answers_as_documented_and_in_time(app):
    fuzzer = Fuzzer(app)

    with working(app.state.settings) as worker:
        fuzzer.run(SECONDS)
        worker_problems = find_worker_problems(worker)

    assert worker_problems == []
    assert fuzzer.slow_answers == []
    assert fuzzer.chained > 0
    assert fuzzer.sent_forms > 0
    assert {200, 201, 404, 405, 409, 422} <= set(fuzzer.answers)


@pytest.mark.parametrize("path", READ)
@given(query=st.dictionaries(NAMES, st.text(max_size=40) | st.integers().map(str), max_size=4))
@FEW
def test_no_query_breaks_a_page(app, path, query):
    text = "&".join(
        f"{name}={quote(value.encode('utf-8', 'surrogatepass'))}" for name, value in query.items()
    )
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=True) as client:
        assert client.get(f"{path}?{text}").status_code < 500


@pytest.mark.parametrize("path", WRITTEN)
@given(
    body=st.binary(max_size=200)
    | st.text(max_size=60).map(lambda text: f"name={text}".encode("utf-8", "replace"))
)
@FEW
def test_no_body_breaks_a_write(app, path, body):
    with TestClient(app, base_url="http://localhost") as client:
        for kind in KINDS:
            answer = client.post(
                path, content=body, headers={"Content-Type": kind}, follow_redirects=False
            )
            assert answer.status_code < 500
