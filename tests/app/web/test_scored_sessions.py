"""Read sessions that fill in more scores first."""

import pytest
from sqlalchemy.exc import OperationalError

from app.db.models import Trial
from app.services import more_scores
from tests import factories


@pytest.fixture
def trial_id(database) -> int:
    with database.write() as session:
        return factories.completed_trial(session, factories.experiment(session)).id


@pytest.mark.parametrize(
    "address",
    ["/experiments/1", "/api/trials/1", "/api/experiments/1/trials", "/experiments/1/trials.csv"],
)
def test_scores_are_filled_in_before_a_page_reads_them(client, database, trial_id, address):
    response = client.get(address)

    assert response.status_code == 200
    with database.read() as session:
        assert session.get_one(Trial, trial_id).more_scores is not None


def test_a_page_is_shown_without_them_where_they_cannot_be_written(client, trial_id, monkeypatch):
    def refuse(session, scored_rows):
        raise OperationalError("UPDATE", {}, Exception("database or disk is full"))

    monkeypatch.setattr(more_scores, "store", refuse)

    response = client.get(f"/api/trials/{trial_id}")

    assert response.status_code == 200
    assert response.json()["metrics"]["test"]["mase"] is None
