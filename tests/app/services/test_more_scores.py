"""More scores of stored forecasts: which lack them, what is computed, what is stored."""

import pytest

from app.db.models import Baseline, Delivery, Experiment, Forecast, Trial
from app.domain.terms import Part
from app.errors import NotFound
from app.services import more_scores
from tests import factories

pytestmark = pytest.mark.each_database


def fill_in(database, experiment_id: int) -> list[more_scores.ScoredRow]:
    with database.read() as session:
        scored_rows = more_scores.compute_missing(session, experiment_id)
    with database.write() as session:
        more_scores.store(session, scored_rows)
    return scored_rows


@pytest.fixture
def experiment_id(database) -> int:
    """An experiment of an earlier version: two trials, a running one, a board and a delivery."""
    with database.write() as session:
        made = factories.experiment(session)
        for number in (1, 2):
            trial = factories.completed_trial(session, made, number)
        factories.trial(session, made, 3)
        factories.board(session, made)
        forecasts = {
            f"{part}_forecast": session.get_one(Forecast, (trial.id, part)).predicted
            for part in ("validation", "test")
        }
        delivery = Delivery(experiment_id=made.id, members=[], validation_rmse=1.0, **forecasts)
        session.add(delivery)
        return made.id


def test_all_forecasts_of_an_experiment_are_scored_at_once(database, experiment_id):
    fill_in(database, experiment_id)

    with database.read() as session:
        rows = [
            session.get_one(Trial, 1),
            session.get_one(Trial, 2),
            session.get_one(Delivery, experiment_id),
        ]
        biases = [more_scores.score_of(row.more_scores, Part.TEST, "bias") for row in rows]
        baselines = session.query(Baseline).order_by(Baseline.id)
        mases = [baseline.more_scores["test"]["mase"] for baseline in baselines]
        assert not more_scores.is_missing(session, experiment_id)
    assert biases == pytest.approx([0.25] * 3)
    assert mases[0] == pytest.approx(2 * mases[1])  # the errors of naive are 1, those of ridge 0.5


def test_a_trial_without_a_forecast_is_not_scored_again_and_again(database, experiment_id):
    with database.write() as session:
        session.delete(session.get_one(Forecast, (1, "test")))
        session.get_one(Forecast, (2, "test")).predicted = b"too short"

    fill_in(database, experiment_id)

    with database.read() as session:
        assert not more_scores.is_missing(session, experiment_id)
        assert session.get_one(Trial, 1).more_scores == {}
        assert session.get_one(Trial, 2).more_scores == {}


def test_scores_of_a_forecast_that_was_replaced_meanwhile_are_not_stored(database, experiment_id):
    with database.read() as session:
        scored_rows = more_scores.compute_missing(session, experiment_id)
    with database.write() as session:
        session.get_one(Trial, 1).validation_rmse = 0.5

    with database.write() as session:
        more_scores.store(session, scored_rows)

    with database.read() as session:
        assert session.get_one(Trial, 1).more_scores is None
        assert session.get_one(Trial, 2).more_scores is not None


def test_the_scores_of_one_step_are_those_of_all_rows(database, experiment_id):
    fill_in(database, experiment_id)

    with database.read() as session:
        trial = session.get_one(Trial, 1)
        steps = more_scores.scores_by_step(trial, Part.TEST)

    assert steps == [
        {"step": 1, "rmse": 1, "mae": 0.5, "skill": 0.1, "coverage_80": 1, "coverage_95": 1}
    ]


def test_steps_are_read_as_they_are_stored(database, experiment_id):
    with database.write() as session:
        session.get_one(Experiment, experiment_id).horizon = 2
        trial = session.get_one(Trial, 1)
        names = ("rmse", "mae", "skill", "coverage_80", "coverage_95")
        trial.step_scores = {"test": {name: [1.0, 2.0] for name in names}}

        steps = more_scores.scores_by_step(trial, Part.TEST)

    assert [(step["step"], step["rmse"]) for step in steps] == [(1, 1.0), (2, 2.0)]


def test_a_trial_that_runs_has_no_steps(database, experiment_id):
    with database.read() as session, pytest.raises(NotFound, match="has no scores"):
        more_scores.scores_by_step(session.get_one(Trial, 3), Part.TEST)
