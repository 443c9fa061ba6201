"""Baselines in the JSON API."""

import numpy as np
import pytest

from app.db.models import Experiment
from app.domain.terms import Part
from app.queue import boards
from tests import factories
from tests.app.queue.test_boards import naive_result


@pytest.fixture
def experiment_id(database) -> int:
    """An experiment with a board on which one baseline is stored."""
    with database.write() as session:
        experiment = factories.experiment(session)
        claim = boards.claim(session)
        job = boards.load_job(session, experiment.board_id)
        boards.record(session, claim.token, naive_result(job))
        return experiment.id


def csv_of_test_part(database, experiment_id) -> bytes:
    with database.read() as session:
        board_id = session.get_one(Experiment, experiment_id).board_id
        job = boards.load_job(session, board_id)
    lines = ["date,prediction"]
    for row in job.parts[Part.TEST]:
        lines.append(f"{np.datetime_as_string(job.series.dates[row], 'D')},{row}")
    return "\n".join(lines).encode()


def test_the_board_of_an_experiment_is_listed_with_scores(client, experiment_id):
    answer = client.get(f"/api/experiments/{experiment_id}/board").json()

    (baseline,) = answer["baselines"]
    assert answer["is_finished"] is False
    assert (baseline["name"], baseline["filename"], baseline["seconds"]) == ("naive", None, 0.5)
    assert baseline["metrics"]["test"]["skill"] == 0


def test_an_experiment_of_an_earlier_version_has_no_board(client, database, experiment_id):
    with database.write() as session:
        session.get_one(Experiment, experiment_id).board_id = None

    answer = client.get(f"/api/experiments/{experiment_id}/board")

    assert answer.status_code == 404


def test_forecasts_are_uploaded_once_and_deleted(client, database, experiment_id):
    content = csv_of_test_part(database, experiment_id)
    board_id = client.get(f"/api/experiments/{experiment_id}/board").json()["id"]
    url = f"/api/boards/{board_id}/baselines"
    sent = {
        "data": {"name": "Spreadsheet"},
        "files": {"file": ("mine.csv", content)},
        "headers": {"Idempotency-Key": "once"},
    }

    first = client.post(url, **sent)
    again = client.post(url, **sent)
    refused = client.post(url, data={"name": "naive"}, files={"file": ("mine.csv", b"a\n1")})
    deleted = client.delete(f"{url}/{first.json()['id']}")

    assert (first.status_code, again.json()) == (201, first.json())
    assert first.json()["filename"] == "mine.csv"
    assert first.json()["metrics"]["test"]["rmse"] > 0
    assert refused.status_code == 422
    fields = [problem["loc"][-1] for problem in refused.json()["detail"]]
    assert fields == ["name", "file"]
    assert deleted.status_code == 204
    assert len(client.get(f"/api/experiments/{experiment_id}/board").json()["baselines"]) == 1
