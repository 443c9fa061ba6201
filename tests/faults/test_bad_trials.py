"""A bad trial fails alone, with cause, message, traceback and advice. The search goes on."""

from html import unescape

import pytest

from app.db.models import Trial
from app.domain.failure_causes import ADVICE, FailureCause
from app.domain.terms import TrialState
from tests import factories
from tests.faults import broken
from tests.faults.processes import Process, end_afterwards, wait_until

pytestmark = pytest.mark.slow

GOOD_UNITS = {2, 3, 4}

# Units of a bad network: the cause, words of the message, words of the traceback.
BAD_TRIALS = {
    broken.RAISES: (FailureCause.ERROR, "ValueError: raised on purpose", "in raises"),
    broken.NOT_A_NUMBER: (FailureCause.DIVERGED, "diverged at epoch 2", None),
    broken.HUNGRY: (FailureCause.OUT_OF_MEMORY, "memory", "in hungry"),
    broken.CRASHES: (FailureCause.CRASHED, "SIGSEGV: it crashed in native code", "in crashes"),
    broken.HANGS: (FailureCause.HUNG, "no epoch ended for", "in hangs"),
    broken.TOO_LARGE: (
        FailureCause.TOO_LARGE,
        "The model takes 3.0 MB; up to 1 MB are stored",
        "OutputTooLarge",
    ),
}


def test_each_bad_trial_fails_with_its_cause_and_the_good_ones_are_completed(
    settings, database, client
):
    settings.slots = 2
    settings.hung_seconds = 8.0  # a busy machine takes seconds to fill its memory
    settings.slot_memory_mb = 900
    settings.output_limit_mb = 1
    points = [{"units_1": units} for units in (2, *BAD_TRIALS, 3, 4)]
    space = {name: value for name, value in factories.TINY.items() if name != "units_1"}
    with database.write() as session:
        experiment = factories.experiment(session, strategy="manual", points=points, space=space)
        experiment_id = experiment.id
    worker = Process("tests.faults.worker", settings)

    with end_afterwards([worker]):
        wait_until(lambda: have_ended(database, len(points)), "the end of every trial")

    with database.read() as session:
        trials = {trial.parameters["units_1"]: trial for trial in session.query(Trial)}
    completed = {units for units, trial in trials.items() if trial.state == TrialState.COMPLETED}
    assert completed == GOOD_UNITS, worker.read_log()
    for units, (cause, message, traceback) in BAD_TRIALS.items():
        trial = trials[units]
        assert (trial.state, trial.failure_cause) == (TrialState.FAILED, cause), trial.error
        assert message in trial.error
        assert traceback is None or traceback in trial.traceback
        page = unescape(client.get(f"/trials/{trial.id}").text)
        assert message in page
        assert ADVICE[cause] in page
    page = unescape(client.get(f"/experiments/{experiment_id}").text)
    assert all(f"1 × {cause}" in page for cause, _, _ in BAD_TRIALS.values())
    assert "Retry all failed" in page


def have_ended(database, count):
    """Whether there are `count` trials, and none is queued or running."""
    with database.read() as session:
        states = [trial.state for trial in session.query(Trial)]
    ongoing = {TrialState.QUEUED, TrialState.RUNNING}
    return len(states) == count and ongoing.isdisjoint(states)
