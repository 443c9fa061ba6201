"""Every action of a page has its twin in the API."""

import pytest

from app.main import ROUTERS
from tests import factories

NO_TWIN = ""  # for those that change nothing that programs see, with the reason beside them
TWINS = {  # what a page posts to, and the method and path that a program uses
    "/access": NO_TWIN,  # a program sends its token with each request
    "/access/leave": NO_TWIN,
    "/datasets": "post /api/datasets",
    "/datasets/samples/{name}": "post /api/datasets/samples/{name}",
    "/datasets/{dataset_id}/seasons": "patch /api/datasets/{dataset_id}",
    "/datasets/{dataset_id}/delete": "delete /api/datasets/{dataset_id}",
    "/datasets/{dataset_id}/undo-delete": "post /api/datasets/{dataset_id}/undo-delete",
    "/uploads/{upload_id}": "post /api/datasets",
    "/uploads/{upload_id}/delete": NO_TWIN,  # what a program sends is saved or refused at once
    "/experiments": "post /api/experiments",
    "/experiments/default": "post /api/experiments",
    "/experiments/sample": "post /api/experiments",  # after post /api/datasets/samples/{name}
    "/experiments/preview": NO_TWIN,  # of the form, which stores nothing
    "/experiments/archive": "patch /api/experiments/{experiment_id}",
    "/experiments/delete": "delete /api/experiments/{experiment_id}",
    "/experiments/{experiment_id}/undo-delete-all": (
        "post /api/experiments/{experiment_id}/undo-delete"
    ),
    "/experiments/{experiment_id}/annotations": "patch /api/experiments/{experiment_id}",
    "/experiments/{experiment_id}/star": "patch /api/experiments/{experiment_id}",
    "/experiments/{experiment_id}/rename": "patch /api/experiments/{experiment_id}",
    "/experiments/{experiment_id}/stop": "post /api/experiments/{experiment_id}/stop",
    "/experiments/{experiment_id}/resume": "post /api/experiments/{experiment_id}/resume",
    "/experiments/{experiment_id}/add-trials": "post /api/experiments/{experiment_id}/add-trials",
    "/experiments/{experiment_id}/add-time": "post /api/experiments/{experiment_id}/add-time",
    "/experiments/{experiment_id}/retry-failed": (
        "post /api/experiments/{experiment_id}/retry-failed"
    ),
    "/experiments/{experiment_id}/best-model": "post /api/experiments/{experiment_id}/best-model",
    "/experiments/{experiment_id}/delete": "delete /api/experiments/{experiment_id}",
    "/experiments/{experiment_id}/undo-delete": "post /api/experiments/{experiment_id}/undo-delete",
    "/experiments/{experiment_id}/baselines": "post /api/boards/{board_id}/baselines",
    "/experiments/{experiment_id}/baselines/{baseline_id}/delete": (
        "delete /api/boards/{board_id}/baselines/{baseline_id}"
    ),
    "/experiments/{experiment_id}/views": "post /api/experiments/{experiment_id}/views",
    "/experiments/{experiment_id}/views/{view_id}/delete": "delete /api/views/{view_id}",
    "/trials/{trial_id}/annotations": "patch /api/trials/{trial_id}",
    "/trials/{trial_id}/star": "patch /api/trials/{trial_id}",
    "/trials/{trial_id}/stop": "post /api/trials/{trial_id}/stop",
    "/trials/{trial_id}/retry": "post /api/trials/{trial_id}/retry",
    "/trials/{trial_id}/bundle": "post /api/trials/{trial_id}/bundle",
}


def list_page_actions() -> set[str]:
    """The paths that pages post to."""
    routes = [route for module in ROUTERS for route in module.router.routes]
    return {route.path for route in routes if "POST" in route.methods}


def test_every_action_of_a_page_names_its_twin_which_the_api_has(client):
    paths = client.get("/openapi.json").json()["paths"]
    offered = {f"{method} {path}" for path in paths for method in paths[path]}

    assert list_page_actions() == set(TWINS)
    assert {twin for twin in TWINS.values() if twin != NO_TWIN} <= offered


@pytest.fixture
def failed(database) -> tuple[int, int]:
    """The ids of an experiment and of its only trial, which failed."""
    with database.write() as session:
        experiment = factories.experiment(session)
        trial = factories.trial(session, experiment)
        trial.state = "failed"
        return experiment.id, trial.id


def test_failed_trials_are_queued_again(client, failed):
    experiment_id, trial_id = failed

    answer = client.post(f"/api/experiments/{experiment_id}/retry-failed")

    assert answer.json() == {"queued_trials": 1}
    assert client.get(f"/api/trials/{trial_id}").json()["state"] == "queued"
    assert client.post(f"/api/experiments/{experiment_id}/retry-failed").status_code == 409


def test_an_experiment_and_its_dataset_are_deleted_and_brought_back(client, failed):
    experiment_id, _ = failed
    address = f"/api/experiments/{experiment_id}"
    dataset = f"/api/datasets/{client.get(address).json()['dataset_id']}"

    assert client.delete(dataset).status_code == 409  # it is used
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404
    assert client.delete(dataset).status_code == 204
    assert client.get(dataset).status_code == 404
    assert client.post(f"{dataset}/undo-delete").json()["id"] == 1
    assert client.post(f"{address}/undo-delete").json()["id"] == experiment_id
    assert client.get(address).status_code == 200


def test_trials_are_compared_and_what_does_not_compare_is_named(client, database):
    with database.write() as session:
        first = factories.completed_trial(session, factories.experiment(session)).id
        other = factories.experiment(session)  # on a dataset of its own
        second = factories.completed_trial(session, other).id
        query = {"trials": [first, second], "experiments": [other.id, 99], "baseline": first}

    compared = client.get("/api/comparison", params=query).json()

    assert first in [trial["id"] for trial in compared["trials"]]
    assert compared["baseline_id"] == first
    assert "Experiment 99 not found." in compared["problem"]
    assert client.get("/api/comparison", params={"trials": "x"}).status_code == 422


def test_a_trials_model_is_requested_and_not_there_until_a_worker_made_it(client, database, failed):
    with database.write() as session:
        trial_id = factories.completed_trial(session, factories.experiment(session)).id

    requested = client.post(f"/api/trials/{trial_id}/bundle")

    assert requested.status_code == 202
    assert requested.json() == {"trial_id": trial_id, "is_ready": False, "problem": None}
    assert client.get(f"/api/trials/{trial_id}/bundle").status_code == 409
    assert client.post(f"/api/trials/{failed[1]}/bundle").status_code == 409


def test_a_sample_is_added_by_its_name(client):
    added = client.post("/api/datasets/samples/elnino")

    assert added.status_code == 201
    assert client.post("/api/datasets/samples/elnino").json()["id"] == added.json()["id"]
    assert client.post("/api/datasets/samples/none").status_code == 404
