"""What is suggested after a stored trial."""

import pytest

from app.db.models import Epoch, Forecast, Trial
from app.domain.next_steps import StepKind
from app.domain.terms import Part, TrialState
from app.services import next_steps, trials
from tests import factories


@pytest.fixture
def falling_trial_id(database) -> int:
    """A trial whose losses still fall at its fifth and last epoch."""
    with database.write() as session:
        experiment = factories.experiment(session)
        trial = factories.completed_trial(session, experiment)
        trial.epochs_trained = 5
        trial.best_epoch = 5
        for number in (4, 5):
            epoch = Epoch(
                training_id=trial.training_id,
                number=number,
                train_loss=0.1 / number,
                val_loss=0.1 / number,
                seconds=0.5,
            )
            session.add(epoch)
        return trial.id


def test_a_trial_that_ended_too_soon_is_told_to_train_longer(database, falling_trial_id):
    with database.read() as session:
        trial = trials.get(session, falling_trial_id)

        steps = next_steps.find_steps(session, trial)

    assert [step.kind for step in steps] == [StepKind.MORE_EPOCHS]


def test_a_running_trial_is_told_nothing(database, falling_trial_id):
    with database.write() as session:
        trial = session.get_one(Trial, falling_trial_id)
        trial.state = TrialState.RUNNING

        assert next_steps.find_steps(session, trial) == ()


def test_a_trial_without_its_forecast_is_told_nothing(database, falling_trial_id):
    with database.write() as session:
        trial = session.get_one(Trial, falling_trial_id)
        forecast_key = (trial.id, Part.VALIDATION.value)
        session.delete(session.get_one(Forecast, forecast_key))
        session.flush()

        assert next_steps.find_step(session, trial, StepKind.MORE_EPOCHS) is None
