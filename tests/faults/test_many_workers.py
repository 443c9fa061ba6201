"""Eight workers and eight readers on one database: nobody is locked out, nothing is done twice.

`pytest tests/faults/test_many_workers.py --seconds 60 -s` makes the figures in README.md.
"""

from collections import Counter

import pytest
from sqlalchemy import select

from app.db.models import Epoch, Experiment, Training, Trial
from app.domain.terms import FINISHED_TRIAL_STATES, ExperimentState, TrialState
from tests.faults.crowd import (
    TRIALS_PER_SEARCH,
    WORKERS,
    Crowd,
    count_forecasts,
    count_log_lines,
    count_models,
)

pytestmark = [pytest.mark.slow, pytest.mark.each_database]


@pytest.fixture
def crowd(settings, request):
    crowd = Crowd(settings, request.config.getoption("--seconds"))
    yield crowd
    crowd.database.close()


def test_eight_workers_and_eight_readers_share_one_database(crowd, request):
    report = crowd.run()

    print(f"\n{request.node.name}: {report}")
    assert report.database_errors == []
    assert set(report.statuses) <= {200, 201}, report
    assert len(report.trials_by_worker) == WORKERS, report
    assert report.trials > WORKERS, report
    assert_searches_are_whole(crowd.database)
    assert_trials_were_claimed_and_ended_once(crowd.database)
    assert_each_epoch_is_stored_once(crowd.database)
    assert_trainings_ran_one_at_a_time(crowd)


def assert_searches_are_whole(database):
    """Trials are numbered without gaps, and only stopped searches have trials left."""
    with database.read() as session:
        trials = session.scalars(select(Trial).order_by(Trial.number)).all()
        searches = session.scalars(select(Experiment)).all()
    for search in searches:
        assert search.state in (ExperimentState.COMPLETED, ExperimentState.STOPPED)
        is_stopped = search.state == ExperimentState.STOPPED
        own_trials = [trial for trial in trials if trial.experiment_id == search.id]
        numbers = [trial.number for trial in own_trials]
        assert numbers == list(range(1, len(numbers) + 1))
        assert is_stopped or len(numbers) == TRIALS_PER_SEARCH
        for trial in own_trials:
            is_left = is_stopped and trial.state == TrialState.QUEUED
            assert is_left or trial.state in FINISHED_TRIAL_STATES


def assert_trials_were_claimed_and_ended_once(database):
    """Each completed trial has one claim, one end, three forecasts and one model."""
    with database.read() as session:
        trials = session.scalars(select(Trial)).all()
    begun = {trial.id for trial in trials if trial.started_at is not None}
    completed = {trial.id for trial in trials if trial.state == TrialState.COMPLETED}
    assert all(trial.attempts == (trial.started_at is not None) for trial in trials)
    assert count_log_lines(database, "Taken by worker%") == dict.fromkeys(begun, 1)
    assert count_log_lines(database, "%Finished: completed%") == dict.fromkeys(completed, 1)
    forecasts = count_forecasts(database)
    models = count_models(database)
    assert all(forecasts[trial] == 3 for trial in completed)
    assert models == forecasts & models
    assert completed <= set(models)


def assert_each_epoch_is_stored_once(database):
    with database.read() as session:
        epochs = Counter(session.scalars(select(Epoch.training_id)))
        trainings = session.scalars(select(Training)).all()
    trained = {training.id: training.epochs_trained for training in trainings}
    assert {training: count for training, count in trained.items() if count} == epochs


def assert_trainings_ran_one_at_a_time(crowd):
    """By the slots' own notes: no training was in two slots at once, and no trial ran twice."""
    token_of_running = {}
    runs = Counter()
    for event in crowd.run_events():
        if event.kind == "begins":
            assert event.training not in token_of_running
            token_of_running[event.training] = event.token
            runs.update(event.trials.split(","))
        else:
            assert token_of_running.pop(event.training) == event.token
    assert token_of_running == {}
    assert set(runs.values()) == {1}
