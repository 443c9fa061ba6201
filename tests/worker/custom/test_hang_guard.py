"""A program that hangs costs its process, and nothing else."""

import pytest
from sqlalchemy import update

from app.db.models import Trial
from app.domain.terms import TrialState
from app.queue import claims
from tests.clock import now
from tests.worker.custom import slot_functions
from worker.slots.errors import SlotDied
from worker.slots.pool import SlotPool

LOADED = """
def endless():
    while True:
        pass


WIDTH = endless()


def build(hp):
    return hp.Int("units", 1, 2) + WIDTH
"""
FITTED = """
def network(x_train, y_train, x_val, y_val, params):
    while params["units"]:
        pass


p = {"units": [2, 3]}
"""


@pytest.mark.slow
@pytest.mark.parametrize("source", [LOADED, FITTED])
def test_a_program_that_hangs_is_ended_with_its_slot_once_its_trial_is_stopped(
    settings, database, queue_trial, get_trial, source
):
    trial_id = queue_trial("mine", source)
    with database.write() as session:
        claim = claims.claim(session, "test")
        session.execute(update(Trial).where(Trial.id == trial_id).values(stop_requested_at=now()))
    pool = SlotPool(1, 25, slot_functions.do_nothing)

    try:
        run = pool.submit(slot_functions.run_with_little_grace, settings.url, claim, settings.data)
        with pytest.raises(SlotDied):
            run.result(timeout=90)

        trial = get_trial(trial_id)
        assert trial.state == TrialState.STOPPED
        assert "its process was ended" in trial.error
        assert pool.submit(slot_functions.do_nothing).result(timeout=60) is None
    finally:
        pool.shutdown()
