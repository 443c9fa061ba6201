"""How far runs have come."""

import pytest

from app.db.models import Training
from app.domain.runs import EpochRecord
from app.queue import claims, progress, recording
from tests import factories

LOSSES = {"train_loss": 1.0, "val_loss": 1.0, "objective": 1.0}


def test_the_last_epoch_of_each_run_that_holds_its_lease_is_known(database, queued):
    with database.write() as session:
        first = claims.claim(session, "worker")
        second = claims.claim(session, "worker")
        lost = claims.claim(session, "worker")
        for number in (1, 2):
            epoch = EpochRecord(number, **LOSSES, seconds=1.0)
            recording.record_epoch(session, first.token, first.training_id, epoch)
        claims.release(session, [lost.token], "The worker was stopped")

        epochs = progress.epochs_by_token(session, [first.token, second.token, lost.token])

        assert epochs == {first.token: 2, second.token: 0}
        assert progress.epochs_by_token(session, [second.token]) == {second.token: 0}


@pytest.mark.parametrize(("seconds", "expected"), [([], 0.0), ([3.0], 3.0), ([1.0, 9.0, 2.0], 2.0)])
def test_an_epoch_takes_the_median_of_its_training_alone(database, seconds, expected):
    with database.write() as session:
        experiment = factories.experiment(session)
        trial = factories.trial(session, experiment, 1)
        other = factories.trial(session, experiment, 2, units_1=9)
        claim = claims.claim(session, "worker")
        for number, duration in enumerate(seconds, start=1):
            epoch = EpochRecord(number, **LOSSES, seconds=duration)
            recording.record_epoch(session, claim.token, claim.training_id, epoch)
        factories.add_epochs(session, other)
        session.flush()

        median = progress.median_epoch_seconds(session, trial.training_id)

        assert median == expected
        assert session.get(Training, trial.training_id).epochs_trained == len(seconds)
