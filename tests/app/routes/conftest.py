"""What tests of several pages start from."""

from dataclasses import dataclass

import pytest

from app.db.engine import Database
from app.domain.terms import TrialState
from tests import factories


@dataclass(frozen=True)
class Searched:
    """Ids of an experiment, of its third trial, which is completed, and of its failed one."""

    experiment_id: int
    trial_id: int
    failed_trial_id: int


@pytest.fixture
def searched(database: Database) -> Searched:
    """An experiment with three completed trials and a failed one."""
    with database.write() as session:
        made = factories.experiment(session, name="Search one", max_trials=4)
        for number, objective in enumerate((3.0, 1.5, 2.0), start=1):
            trial = factories.completed_trial(session, made, number, objective, units_1=number + 1)
        failed = factories.trial(session, made, 4, units_1=9)
        failed.state = TrialState.FAILED
        failed.failure_cause = "diverged"
        failed.error = "diverged at epoch 2"
        failed.traceback = "Traceback: here"
        return Searched(made.id, trial.id, failed.id)
