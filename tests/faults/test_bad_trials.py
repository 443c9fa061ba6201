"""One bad trial is one bad trial: it fails with a cause, words, where it was and what to do; the search goes on."""

from html import unescape

import pytest

from app.db.models import Trial
from app.domain.failure_causes import ADVICE, FailureCause
from app.domain.terms import TrialState
from tests import factories
from tests.faults import broken
from tests.faults.processes import Process, ended, until

pytestmark = pytest.mark.slow
BAD = {
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
    settings.slots, settings.hung_seconds, settings.slot_memory_mb, settings.output_limit_mb = (
        2,
        3.0,
        900,
        1,
    )
    points = [{"units_1": units} for units in (2, *BAD, 3, 4)]
    space = {name: value for name, value in factories.TINY.items() if name != "units_1"}
    with database.write() as session:
        made = factories.experiment(session, strategy="manual", points=points, space=space).id
    process = Process("tests.faults.worker", settings)
    with ended([process]):

        def is_over() -> bool:
            with database.read() as session:
                ongoing = (TrialState.QUEUED, TrialState.RUNNING)
                return session.query(Trial).count() == len(points) and not any(
                    trial.state in ongoing for trial in session.query(Trial)
                )

        until(is_over, "the end of every trial")
    with database.read() as session:
        trials = {trial.parameters["units_1"]: trial for trial in session.query(Trial)}
    good = {units for units, trial in trials.items() if trial.state == TrialState.COMPLETED}
    assert good == {2, 3, 4}, process.log.read_text()
    for units, (cause, words, where) in BAD.items():
        trial = trials[units]
        assert (trial.state, trial.failure_cause) == (TrialState.FAILED, cause), trial.error
        assert words in trial.error
        assert where is None or where in trial.traceback
        page = unescape(client.get(f"/trials/{trial.id}").text)
        assert words in page
        assert ADVICE[cause] in page
    page = unescape(client.get(f"/experiments/{made}").text)
    assert all(f"1 × {cause}" in page for cause, _, _ in BAD.values())
    assert "Retry all failed" in page
