"""The best model over the API: asked for by a POST, waited for by the client."""

import io
import zipfile

import numpy as np
import pytest

from app.db.models import Artifact, Board, Worker
from app.domain.delivery import DeliveryOutcome, Member
from app.domain.metrics import Scores
from app.domain.states import COMPLETE_EXPERIMENT
from app.domain.terms import EVALUATED_PARTS, ExperimentState
from app.queue import artifacts, deliveries, lifecycle
from tests import factories

pytestmark = pytest.mark.each_database

SAME = ("at", "actual", "naive")  # of the points of any forecast


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


@pytest.fixture
def delivered(database, worker):
    """An experiment that has ended and hands over a mean; its address."""
    with database.write() as session:
        experiment = factories.experiment(session, requests_board=True, deliver="ensemble")
        experiment.state = ExperimentState.RUNNING
        trial = factories.completed_trial(session, experiment)
        lifecycle.close(session, experiment, COMPLETE_EXPERIMENT, "Done.")
        session.get_one(Board, experiment.board_id).finished_at = factories.now()
        rows = experiment.split.parts(experiment.dataset.rows)
        forecasts = {part: np.full(len(rows[part]), 7.0) for part in EVALUATED_PARTS}
        scores = Scores(rmse=2.0, mae=1.0, mape=0.1, skill=0.5)
        outcome = DeliveryOutcome(
            members=(Member("trial 1", 0.75, trial.id, 1, epochs=2), Member("ridge", 0.25)),
            reason="It is better.",
            is_retrained=True,
            seconds=1.0,
            scores=dict.fromkeys(EVALUATED_PARTS, scores),
            forecasts=forecasts,
            bundle=b"PK a mean",
        )
        return f"/api/experiments/{experiment.id}/best-model", outcome


def deliver(database, outcome: DeliveryOutcome) -> None:
    with database.write() as session:
        claim = deliveries.claim(session)
        deliveries.complete(session, claim.token, outcome)


def test_what_is_handed_over_is_waited_for_and_fetched(client, database, delivered):
    address, outcome = delivered

    meanwhile = client.get(address)
    no_metrics_yet = client.get(f"{address}/metrics")
    deliver(database, outcome)
    ready = client.get(address)

    assert (meanwhile.status_code, meanwhile.json()["state"]) == (202, "requested")
    assert "retrained" in meanwhile.json()["message"]
    assert no_metrics_yet.status_code == 409
    assert (ready.status_code, ready.content) == (200, b"PK a mean")
    assert ready.headers["content-disposition"].endswith('experiment-1.zip"')


def test_its_forecast_is_given_as_a_trial_s_is(client, database, delivered):
    address, outcome = delivered
    deliver(database, outcome)

    for part in ("validation", "test"):
        of_trial = client.get(f"/api/trials/1/forecast?part={part}").json()
        of_delivery = client.get(f"{address}/forecast?part={part}").json()

        assert of_delivery["total"] == of_trial["total"]
        assert {point["predicted"] for point in of_delivery["items"]} == {7.0}
        for mine, trial_s in zip(of_delivery["items"], of_trial["items"], strict=True):
            assert [mine[name] for name in SAME] == [trial_s[name] for name in SAME]
            assert (mine["upper_80"] is None) == (trial_s["upper_80"] is None)


def test_its_errors_by_step_stand_beside_those_of_the_trial(client, database, delivered):
    address, outcome = delivered
    too_early = client.get(f"{address}/steps")
    deliver(database, outcome)

    (step,) = client.get(f"{address}/steps").json()["items"]
    (of_trial,) = client.get("/api/trials/1/steps").json()["items"]

    assert too_early.status_code == 409
    assert (step["rmse"], step["skill"]) == (2.0, 0.5)
    assert step["naive_rmse"] == of_trial["naive_rmse"]
    chart = client.get("/trials/1/charts/steps").json()
    assert [trace["name"] for trace in chart["data"]][:2] == ["delivered model", "trial 1"]


def test_its_members_and_metrics_are_given(client, database, delivered):
    address, outcome = delivered
    deliver(database, outcome)

    body = client.get(f"{address}/metrics").json()

    assert [member["name"] for member in body["members"]] == ["trial 1", "ridge"]
    scores = {"rmse": 2.0, "mae": 1.0, "mape": 0.1, "skill": 0.5}
    assert body["metrics"]["test"] == body["metrics"]["test"] | scores
    assert body["metrics"]["test"]["mase"] > 0
    assert (body["is_retrained"], body["reason"]) == (True, "It is better.")


def test_the_page_says_what_is_handed_over(client, database, delivered):
    _, outcome = delivered
    page = "/experiments/1"

    meanwhile = client.get(page).text
    deliver(database, outcome)
    ready = client.get(page).text

    assert "The model is being chosen" in meanwhile
    assert "Delivered: the mean of trial 1 and ridge regression" in ready
    assert "It is better." in ready
    assert "75" in ready.partition("Weight")[2]


def test_an_experiment_that_hands_over_its_best_trial_gives_its_metrics(client, address):
    body = client.get(f"{address}/metrics").json()
    forecast = client.get(f"{address}/forecast").json()

    assert [member["name"] for member in body["members"]] == ["trial 1"]
    assert body["metrics"] == client.get("/api/trials/1").json()["metrics"]
    assert forecast == client.get("/api/trials/1/forecast").json()
