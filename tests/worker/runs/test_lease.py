"""What a run reads and writes under its lease reaches the database, and nothing without it."""

import pytest

from app.db.models import Training, Trial
from app.errors import NotFound
from app.queue import claims
from app.queue.recording import LeaseLost
from tests import factories
from tests.app.queue.logs import messages_of
from worker.runs.lease import Lease


@pytest.fixture
def lease(database):
    """The lease of a trial that a worker has just claimed."""
    with database.write() as session:
        factories.trial(session, factories.experiment(session))
        claim = claims.claim(session, "worker")
    return Lease(database, claim)


def release(database, lease):
    with database.write() as session:
        claims.release(session, [lease.token], "The worker was stopped")


def test_the_engine_of_a_training_is_stored_with_its_reason(database, lease):
    lease.record_engine("native", "it is the quickest")

    with database.read() as session:
        training = session.get_one(Training, lease.training_id)
        assert (training.engine, training.engine_reason) == ("native", "it is the quickest")


def test_a_run_is_counted_and_its_log_is_written(database, lease):
    (trial_id,) = lease.claim.trial_ids

    lease.begin_run()
    lease.write_log([trial_id], "Resumed at epoch 3")

    with database.read() as session:
        trial = session.get_one(Trial, trial_id)
        assert trial.interruptions == 1
        assert messages_of(session, trial)[-1] == "Resumed at epoch 3"


def test_a_lease_that_is_lost_reads_and_decides_nothing(database, lease):
    assert lease.load_job().training_id == lease.training_id
    assert lease.read_stop_decisions(0) == {}

    release(database, lease)

    with pytest.raises(NotFound):
        lease.load_job()
    with pytest.raises(LeaseLost):
        lease.read_stop_decisions(0)
    with pytest.raises(LeaseLost):
        lease.record_engine("native", "it is the quickest")
