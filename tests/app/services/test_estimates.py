"""How long a search still takes, from rows in a real database."""

from datetime import timedelta

import pytest

from app.db.models import Epoch, Worker
from app.domain.cost_model import TRIAL_SECONDS
from app.domain.terms import ExperimentState, TrialState
from app.queue import workers
from app.services import estimates, experiments
from tests import factories
from tests.clock import now

SECONDS = 0.5  # of every epoch here


def begin(session, trials=10, trained=3, epochs=20, **changes):
    """An open experiment of `trials` equal trials, the first few of them completed, one worker with two slots."""
    space = {**factories.TINY, "epochs": epochs, "learning_rate": {"loguniform": [0.001, 0.01]}}
    made = factories.experiment(session, space=space, max_trials=trials, **changes)
    made.state, made.started_at, made.resumed_at = ExperimentState.RUNNING, now(), now()
    session.add(Worker(id="here", hostname="here", pid=1, slots=2))
    for number in range(1, trained + 1):
        complete(session, made, number, epochs)
    session.flush()
    return made


def complete(session, made, number, epochs, asked=None, seconds=SECONDS):
    rate = 0.001 + number / 10_000
    trial = factories.trial(session, made, number, learning_rate=rate, epochs=asked or epochs)
    trial.state, trial.epochs_trained = TrialState.COMPLETED, epochs
    for epoch in range(1, epochs + 1):
        session.add(Epoch(training_id=trial.training_id, number=epoch, seconds=seconds))
    return trial


def left(session, experiment):
    return experiments.overview(session, experiment).eta_seconds


def test_nothing_is_said_before_a_few_trainings_have_been_seen(database):
    with database.write() as session:
        assert left(session, begin(session, trained=2)) is None


def test_trials_that_nobody_asked_for_yet_count_by_the_cost_of_their_epochs(database):
    with database.write() as session:
        made = begin(session, trials=13, trained=3, epochs=20)
        assert left(session, made) == pytest.approx(
            10 * (20 * SECONDS + TRIAL_SECONDS) / 2, rel=0.05
        )


def test_epochs_that_a_running_trial_has_behind_it_do_not_count(database):
    with database.write() as session:
        made = begin(session, trials=4, trained=3, epochs=20)
        trial = complete(session, made, 4, 15, asked=20)
        trial.state = TrialState.RUNNING
        session.flush()
        assert left(session, made) == pytest.approx(5 * SECONDS + TRIAL_SECONDS, rel=0.05)


def test_trials_on_one_training_count_once(database):
    with database.write() as session:
        made = begin(session, trials=6, trained=3, epochs=20)
        for number, epochs in ((4, 10), (5, 20), (6, 40)):
            factories.trial(session, made, number, learning_rate=0.005, epochs=epochs)
        session.flush()
        assert left(session, made) == pytest.approx(40 * SECONDS + TRIAL_SECONDS, rel=0.05)


def test_trials_that_stop_early_let_one_expect_that_of_others(database):
    with database.write() as session:
        made = begin(session, trials=60, trained=0, epochs=20)
        for number in range(1, 31):
            complete(session, made, number, 5, asked=20)
        session.flush()
        every = 30 * (20 * SECONDS + TRIAL_SECONDS) / 2
        assert every / 4 < left(session, made) < every / 3


def test_halving_lets_one_expect_few_epochs(database):
    with database.write() as session:
        made = begin(session, trials=40, epochs=54)
        expected = left(session, made)
        made.pruning = "asha"
        assert left(session, made) < expected / 4


def test_a_time_budget_ends_what_is_left(database):
    with database.write() as session:
        made = begin(session, trials=1000, time_budget_seconds=30)
        made.resumed_at = now() - timedelta(seconds=10)
        assert left(session, made) == pytest.approx(20, abs=1)


def test_without_a_worker_nothing_is_promised(database):
    with database.write() as session:
        made = begin(session)
        workers.leave(session, "here")
        assert left(session, made) is None


def test_an_experiment_is_judged_by_its_own_trainings(database):
    with database.write() as session:
        made = begin(session, epochs=20)
        other = factories.experiment(session, seed=7, max_trials=5)
        for number in range(1, 6):
            complete(session, other, number, 3, seconds=4 * SECONDS)
        session.flush()
        mine, theirs = (
            estimates.cost_model(session, one.id).scales["lstm"] for one in (made, other)
        )
        assert theirs == pytest.approx(4 * mine)
