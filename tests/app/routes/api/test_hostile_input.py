"""Whatever a client makes up, the server answers as it documents, and never with a mistake of its own."""

from urllib.parse import quote

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

from app.config import Settings
from app.database import Database
from app.main import create_app
from app.upgrade import bring_up_to_date
from tests import factories

pytestmark = pytest.mark.slow
CHECKED = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
READ = ["/experiments/1", "/experiments/1/live", "/experiments/1/trials.csv", "/experiments/new", "/datasets/1"]
READ += ["/api/experiments/1/trials", "/api/trials/1/forecast", "/trials/1/charts/losses", "/experiments", "/datasets"]
WRITTEN = ["/api/datasets", "/api/experiments", "/experiments", "/experiments/preview", "/datasets"]
WRITTEN += ["/experiments/1/add-trials", "/experiments/1/rename", "/datasets/1/rename", "/uploads/1", "/trials/1/stop"]
KINDS = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/csv", ""]
NAMES = st.sampled_from(["sort", "state", "search", "page", "size", "columns", "dataset", "trial", "part", "preset"])


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """A server that has one of everything."""
    settings = Settings(data=tmp_path_factory.mktemp("hostile"), allowed_hosts="testserver")
    bring_up_to_date(settings)
    database = Database(settings.url)
    with database.write() as session:
        factories.judged(session, factories.experiment(session))
    database.close()
    return create_app(settings)


@pytest.fixture(scope="module")
def operations(app):
    return [found.ok() for found in schemathesis.openapi.from_asgi("/openapi.json", app).get_all_operations()]


@given(data=st.data())
@settings(FEW, max_examples=500)
def test_every_operation_answers_as_documented(operations, data):
    operation = data.draw(st.sampled_from(operations))
    mode = data.draw(st.sampled_from(GenerationMode))
    there = {parameter.name: 1 for parameter in operation.path_parameters} if data.draw(st.booleans()) else None
    case = data.draw(operation.as_strategy(generation_mode=mode, path_parameters=there))
    case.call_and_validate(checks=CHECKS.get_by_names(CHECKED))


@pytest.mark.parametrize("path", READ)
@given(query=st.dictionaries(NAMES, st.text(max_size=40) | st.integers().map(str), max_size=4))
@FEW
def test_no_query_breaks_a_page(app, path, query):
    text = "&".join(f"{name}={quote(value.encode('utf-8', 'surrogatepass'))}" for name, value in query.items())
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=True) as client:
        assert client.get(f"{path}?{text}").status_code < 500


@pytest.mark.parametrize("path", WRITTEN)
@given(body=st.binary(max_size=200) | st.text(max_size=60).map(lambda text: f"name={text}".encode("utf-8", "replace")))
@FEW
def test_no_body_breaks_a_write(app, path, body):
    with TestClient(app, base_url="http://localhost") as client:
        for kind in KINDS:
            answer = client.post(path, content=body, headers={"Content-Type": kind}, follow_redirects=False)
            assert answer.status_code < 500
