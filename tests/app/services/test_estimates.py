"""How long a search still takes, from rows in a real database."""

import pytest

from app.db.models import Epoch, Worker
from app.domain.cost_model import TRIAL_SECONDS
from app.domain.terms import ExperimentState, TrialState
from app.queue import workers
from app.services import overviews
from tests import factories
from tests.clock import now

EPOCH_SECONDS = 0.5
N_SLOTS = 2


def begin_search(session, trials=10, trained=3, epochs=20, **changes):
    """An open experiment of equal trials, of which the first few are completed, and a worker."""
    space = {**factories.TINY, "epochs": epochs, "learning_rate": {"loguniform": [0.001, 0.01]}}
    experiment = factories.experiment(session, space=space, max_trials=trials, **changes)
    experiment.state = ExperimentState.RUNNING
    experiment.started_at = now()
    session.add(Worker(id="here", hostname="here", pid=1, slots=N_SLOTS))
    for number in range(1, trained + 1):
        complete_trial(session, experiment, number, epochs)
    session.flush()
    return experiment


def complete_trial(session, experiment, number, epochs, requested=None):
    """A trial that trained so many of the epochs it requested."""
    rate = 0.001 + number / 10_000
    trial = factories.trial(
        session, experiment, number, learning_rate=rate, epochs=requested or epochs
    )
    trial.state = TrialState.COMPLETED
    trial.epochs_trained = epochs
    for epoch in range(1, epochs + 1):
        row = Epoch(training_id=trial.training_id, number=epoch, seconds=EPOCH_SECONDS)
        session.add(row)
    return trial


def seconds_left(session, experiment):
    return overviews.build(session, experiment).eta_seconds


def training_seconds(epochs):
    return epochs * EPOCH_SECONDS + TRIAL_SECONDS


def test_nothing_is_said_before_a_few_trainings_have_been_measured(database):
    with database.write() as session:
        experiment = begin_search(session, trained=2)

        assert seconds_left(session, experiment) is None


def test_trials_that_nobody_suggested_yet_count_by_the_cost_of_their_epochs(database):
    with database.write() as session:
        experiment = begin_search(session, trials=13, trained=3, epochs=20)

        left = seconds_left(session, experiment)

    assert left == pytest.approx(10 * training_seconds(20) / N_SLOTS, rel=0.05)


def test_trials_that_a_person_withdrew_are_not_waited_for(database):
    with database.write() as session:
        experiment = begin_search(session, trials=13, trained=3, epochs=20)
        for number in range(4, 9):
            rate = 0.001 + number / 10_000
            trial = factories.trial(session, experiment, number, learning_rate=rate, epochs=20)
            trial.state = TrialState.WITHDRAWN
        session.flush()

        left = seconds_left(session, experiment)

    assert left == pytest.approx(5 * training_seconds(20) / N_SLOTS, rel=0.05)


def test_epochs_that_a_running_trial_has_done_do_not_count(database):
    with database.write() as session:
        experiment = begin_search(session, trials=4, trained=3, epochs=20)
        trial = complete_trial(session, experiment, 4, 15, requested=20)
        trial.state = TrialState.RUNNING
        session.flush()

        left = seconds_left(session, experiment)

    assert left == pytest.approx(training_seconds(5), rel=0.05)


def test_trials_that_share_a_training_count_once(database):
    with database.write() as session:
        experiment = begin_search(session, trials=6, trained=3, epochs=20)
        for number, epochs in ((4, 10), (5, 20), (6, 40)):
            factories.trial(session, experiment, number, learning_rate=0.005, epochs=epochs)
        session.flush()

        left = seconds_left(session, experiment)

    assert left == pytest.approx(training_seconds(40), rel=0.05)


def test_trials_that_stop_early_let_one_expect_that_of_others(database):
    with database.write() as session:
        experiment = begin_search(session, trials=60, trained=0, epochs=20)
        for number in range(1, 31):
            complete_trial(session, experiment, number, 5, requested=20)
        session.flush()

        left = seconds_left(session, experiment)

    without_early_stopping = 30 * training_seconds(20) / N_SLOTS
    assert without_early_stopping / 4 < left < without_early_stopping / 3


def test_halving_lets_one_expect_few_epochs(database):
    with database.write() as session:
        experiment = begin_search(session, trials=40, epochs=54)
        left_without_pruning = seconds_left(session, experiment)

        experiment.pruning = "asha"

        assert seconds_left(session, experiment) < left_without_pruning / 4


def test_a_time_budget_limits_what_is_left(database):
    with database.write() as session:
        experiment = begin_search(session, trials=1000, time_budget_seconds=30)
        experiment.seconds_used = 10

        left = seconds_left(session, experiment)

    assert left == pytest.approx(20, abs=1)


def test_without_a_worker_nothing_is_promised(database):
    with database.write() as session:
        experiment = begin_search(session)

        workers.leave(session, "here")

        assert seconds_left(session, experiment) is None
