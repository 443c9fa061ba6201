"""Which trials of a run are answered by epochs that are known already, and how the others end."""

from types import SimpleNamespace

import pytest

from app.domain.runs import SharedTrial, TrialOutcome
from app.domain.terms import TrialState
from worker.runs.progress import RunProgress

STOPPED = TrialOutcome(TrialState.STOPPED, 2)


class NotedLease:
    """Notes what a run writes."""

    def __init__(self):
        self.copies = []
        self.finished = []

    def copy_result(self, trial_id, source_trial_id, epochs):
        self.copies.append((trial_id, source_trial_id, epochs))

    def finish(self, trial_id, outcome):
        self.finished.append((trial_id, outcome))

    def finish_trials(self, trial_ids, outcome):
        self.finished += [(trial_id, outcome) for trial_id in trial_ids]


@pytest.fixture
def lease():
    return NotedLease()


@pytest.fixture
def make_progress(lease):
    """Makes what is known of a run: the values of its epochs, and trials with models by epoch."""

    def make(*trials, values=(), source_trials=None):
        job = SimpleNamespace(trials=trials, values=values, source_trials=source_trials or {})
        return RunProgress(lease, lambda work: work(), job)

    return make


def trial(trial_id, epochs, patience=0):
    return SharedTrial(trial_id, number=trial_id, epochs=epochs, patience=patience)


def test_a_trial_within_known_epochs_is_copied_from_the_trial_with_its_best_epoch(
    make_progress, lease
):
    progress = make_progress(
        trial(1, epochs=5),
        trial(2, epochs=3),
        values=(3.0, 1.0, 2.0, 0.5),
        source_trials={2: 70, 4: 80},
    )

    progress.copy_known_results()

    assert lease.copies == [(2, 70, 3)]
    assert progress.pending_ids == [1]


def test_a_trial_that_patience_ends_within_known_epochs_is_copied_up_to_there(make_progress, lease):
    progress = make_progress(
        trial(1, epochs=9, patience=2), values=(1.0, 2.0, 3.0, 0.5), source_trials={1: 70}
    )

    progress.copy_known_results()

    assert lease.copies == [(1, 70, 3)]
    assert progress.pending_ids == []


@pytest.mark.parametrize(
    ("values", "source_trials"),
    [((3.0, 1.0), {1: 70}), ((None, None), {1: 70, 2: 70}), ((3.0,), {1: 70})],
    ids=["no model of the best epoch", "no number", "too few epochs"],
)
def test_a_trial_without_a_known_result_is_trained(make_progress, lease, values, source_trials):
    progress = make_progress(trial(1, epochs=2), values=values, source_trials=source_trials)

    progress.copy_known_results()

    assert lease.copies == []
    assert progress.pending_ids == [1]


def test_a_trial_that_has_ended_is_no_longer_pending(make_progress, lease):
    first = trial(1, epochs=2)
    progress = make_progress(first, trial(2, epochs=1))

    progress.finish(first, STOPPED)

    assert lease.finished == [(1, STOPPED)]
    assert progress.pending_ids == [2]


def test_all_that_is_pending_ends_with_one_outcome(make_progress, lease):
    progress = make_progress(trial(1, epochs=2), trial(2, epochs=1))

    progress.finish_pending(STOPPED)

    assert lease.finished == [(1, STOPPED), (2, STOPPED)]
