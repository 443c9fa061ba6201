"""Eight workers and eight readers on one database: nobody is locked out, and nothing is done twice.

`pytest tests/faults/test_many_workers.py --seconds 60 -s` makes the figures in README.
"""

from collections import Counter

import pytest
from sqlalchemy import select

from app.db.models import Epoch, Experiment, Training, Trial
from app.domain.terms import FINISHED_TRIAL_STATES, ExperimentState, TrialState
from tests.faults.crowd import WORKERS, Crowd, left_by, lines

pytestmark = [pytest.mark.slow, pytest.mark.each_database]


@pytest.fixture
def crowd(settings, request):
    made = Crowd(settings, request.config.getoption("--seconds"))
    yield made
    made.database.close()


def test_eight_workers_and_eight_readers_share_one_database(crowd, request):
    report = crowd.run()
    print(f"\n{request.node.name}: {report}")
    assert report.troubles == []
    assert set(report.answers) <= {200, 201}, report
    assert len(report.workers) == WORKERS, report
    assert report.trials > WORKERS, report
    taken_once_and_ended_once(crowd)
    one_run_at_a_time(crowd)


def taken_once_and_ended_once(crowd):
    """By what the database holds: nothing was lost on the way, nothing came twice."""
    with crowd.database.read() as session:
        trials = session.scalars(select(Trial).order_by(Trial.number)).all()
        searches = session.scalars(select(Experiment)).all()
        epochs = Counter(session.scalars(select(Epoch.training_id)))
        trained = dict(
            tuple(row) for row in session.execute(select(Training.id, Training.epochs_trained))
        )
    assert {search.state for search in searches} <= {
        ExperimentState.COMPLETED,
        ExperimentState.STOPPED,
    }
    numbers = {
        search.id: [trial.number for trial in trials if trial.experiment_id == search.id]
        for search in searches
    }
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())
    assert all(
        len(numbers[search.id]) == 60
        for search in searches
        if search.state == ExperimentState.COMPLETED
    )
    stopped = {search.id for search in searches if search.state == ExperimentState.STOPPED}
    waiting = {
        trial.id
        for trial in trials
        if trial.state == TrialState.QUEUED and trial.experiment_id in stopped
    }
    assert all(trial.state in FINISHED_TRIAL_STATES or trial.id in waiting for trial in trials)
    done = {trial.id: 1 for trial in trials if trial.state == TrialState.COMPLETED}
    begun = {trial.id: 1 for trial in trials if trial.started_at is not None}
    assert all(trial.attempts == (trial.started_at is not None) for trial in trials)
    assert lines(crowd.database, "Taken by worker%") == begun
    assert lines(crowd.database, "%Ended: completed%") == done
    forecasts, models = left_by(crowd.database)
    assert dict.fromkeys(done, 2) == {
        trial: count for trial, count in forecasts.items() if trial in done
    }
    assert models == forecasts & models
    assert set(done) <= set(models)
    assert {training: count for training, count in trained.items() if count} == epochs


def one_run_at_a_time(crowd):
    """By what the slots themselves noted: no training was at two slots at once, and no trial was run twice."""
    at_work, ran = {}, Counter()
    for _, what, training, trials, token in crowd.runs():
        if what == "begins":
            assert training not in at_work
            at_work[training] = token
            ran.update(trials.split(","))
        else:
            assert at_work.pop(training) == token
    assert at_work == {}
    assert set(ran.values()) == {1}
