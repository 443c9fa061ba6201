"""The best model over the API: asked for by a POST, waited for by the client."""

import io
import zipfile

import pytest

from app.db.models import Artifact, Worker
from app.queue import artifacts
from tests import factories

pytestmark = pytest.mark.each_database


@pytest.fixture
def experiment_id(database):
    """An experiment with one completed trial, which goes on."""
    with database.write() as session:
        made = factories.experiment(session)
        factories.completed_trial(session, made)
        return made.id


@pytest.fixture
def address(experiment_id):
    return f"/api/experiments/{experiment_id}/best-model"


@pytest.fixture
def worker(database):
    with database.write() as session:
        session.add(Worker(id="w", hostname="here", pid=1, slots=2))


def count_bundles(database) -> int:
    with database.read() as session:
        return session.query(Artifact).filter_by(kind="bundle").count()


def work(database, content: bytes = b"PK a zip") -> None:
    """What a worker does with a requested bundle."""
    with database.write() as session:
        claim = artifacts.claim_bundle(session)
        artifacts.complete_bundle(session, claim.token, content)


def test_a_get_asks_nobody_for_a_bundle_and_names_the_post_that_does(
    client, database, worker, address
):
    answer = client.get(address)

    assert answer.status_code == 409
    assert "POST" in answer.json()["detail"][0]["msg"]
    assert count_bundles(database) == 0


def test_it_is_asked_for_waited_for_and_fetched(client, database, worker, address):
    asked = client.post(address)
    meanwhile = client.get(address)
    work(database)
    ready = client.get(address)
    asked_again = client.post(address)

    assert (asked.status_code, asked.headers["Location"]) == (202, address)
    assert asked.json()["state"] == "requested"
    assert meanwhile.status_code == 202
    assert int(meanwhile.headers["Retry-After"]) > 0
    assert "in a few seconds" in meanwhile.json()["message"]
    assert (ready.status_code, ready.content) == (200, b"PK a zip")
    assert (asked_again.status_code, asked_again.json()["state"]) == (200, "ready")
    assert count_bundles(database) == 1


def test_a_bundle_is_a_zip(client, database, worker, address):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("predict.py", "")
    client.post(address)
    work(database, buffer.getvalue())

    answer = client.get(address)

    assert answer.headers["content-type"] == "application/zip"
    assert zipfile.ZipFile(io.BytesIO(answer.content)).namelist() == ["predict.py"]


def test_a_bundle_that_failed_its_check_is_not_handed_over_and_can_be_tried_again(
    client, database, worker, address
):
    client.post(address)
    with database.write() as session:
        claim = artifacts.claim_bundle(session)
        artifacts.fail_bundle(session, claim.token, "The predictions differ.")

    failed = client.get(address)
    again = client.post(address)

    assert failed.status_code == 409
    assert "differ" in failed.json()["detail"][0]["msg"]
    assert again.json()["state"] == "requested"


def test_without_a_worker_it_says_what_is_missing_and_the_request_stands(client, database, address):
    asked = client.post(address)
    answer = client.get(address)

    assert asked.status_code == 202
    assert "foretune worker" in asked.json()["message"]
    assert answer.status_code == 409
    assert "foretune worker" in answer.json()["detail"][0]["msg"]
    assert count_bundles(database) == 1


def test_an_experiment_without_an_evaluated_trial_has_none(client, database):
    with database.write() as session:
        factories.experiment(session)

    assert client.get("/api/experiments/1/best-model").status_code == 404
    assert client.post("/api/experiments/1/best-model").status_code == 404
    assert count_bundles(database) == 0
