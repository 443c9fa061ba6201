"""What an epoch costs, by the trainings in a real database."""

import pytest

from app.db.models import Epoch
from app.services import cost_models
from tests import factories


def train_trials(session, experiment, count, epoch_seconds):
    """Trials of three epochs, each with its own training."""
    for number in range(1, count + 1):
        rate = 0.001 + number / 10_000
        trial = factories.trial(session, experiment, number, learning_rate=rate, epochs=3)
        trial.epochs_trained = 3
        for epoch in range(1, 4):
            row = Epoch(training_id=trial.training_id, number=epoch, seconds=epoch_seconds)
            session.add(row)
    session.flush()


def test_an_experiment_is_judged_by_its_own_trainings(database):
    with database.write() as session:
        fast = factories.experiment(session, seed=1, max_trials=5)
        slow = factories.experiment(session, seed=7, max_trials=5)
        train_trials(session, fast, 3, epoch_seconds=0.5)
        train_trials(session, slow, 5, epoch_seconds=2.0)

        fast_model = cost_models.fit_to_experiment(session, fast)
        slow_model = cost_models.fit_to_experiment(session, slow)

    assert slow_model.scales["lstm"] == pytest.approx(4 * fast_model.scales["lstm"])
