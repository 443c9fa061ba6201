"""Trials that leave the queue before they began have not ended, and come back unchanged."""

import pytest

from app.db.models import Experiment, Trial
from app.domain.metrics import Scores
from app.domain.runs import Evaluation, TrialOutcome
from app.domain.terms import ExperimentState, Part, TrialState
from app.queue import claims, lifecycle, recording, withdrawals
from app.services import experiment_control, overviews, summaries, trials
from tests import factories
from tests.app.queue.searches import train

WIDE = {**factories.TINY, "units_1": {"integer": [2, 99]}}
SCORES = dict.fromkeys((Part.VALIDATION, Part.TEST), Scores(2.0, 1.0, 0.02, 0.1))
EVALUATION = Evaluation(2.0, 1, SCORES, {}, b"weights")
BUDGET_IS_UP = "The time budget is used up: 2 of 500 trials have ended."


@pytest.fixture
def out_of_time(database) -> int:
    """A search of 500 that used up its time: two trials ended, ten were queued; its id."""
    with database.write() as session:
        experiment = factories.experiment(
            session, max_trials=500, time_budget_seconds=10, space=WIDE
        )
        for number in range(1, 13):
            factories.trial(session, experiment, number, units_1=number + 1)
    for _ in range(2):
        run_next(database, TrialOutcome(TrialState.COMPLETED, 1, EVALUATION))
    with database.write() as session:
        session.get_one(Experiment, experiment.id).seconds_used = 12
    with database.write() as session:
        lifecycle.close_finished(session)
    return experiment.id


def run_next(database, outcome):
    with database.write() as session:
        claim = claims.claim(session, "worker")
        claims.begin_run(session, claim.token)
    with database.write() as session:
        train(session, claim, outcome.epochs_trained)
        recording.finish_held(session, claim.token, outcome)


def rows(database):
    with database.read() as session:
        return session.query(Trial).order_by(Trial.number).all()


def states(database):
    return [trial.state for trial in rows(database)]


def test_what_a_used_up_budget_leaves_in_the_queue_is_withdrawn(database, out_of_time, client):
    withdrawn = rows(database)[2]
    page = client.get(f"/trials/{withdrawn.id}").text

    assert states(database) == [TrialState.COMPLETED] * 2 + [TrialState.WITHDRAWN] * 10
    assert (withdrawn.finished_at, withdrawn.started_at) == (None, None)
    assert withdrawn.error == "Withdrawn before it began, because the time budget is used up."
    assert "It never began" in page
    assert "Queue it again" in page


def test_every_number_counts_only_trials_that_began(database, out_of_time, client):
    described = client.get(f"/api/experiments/{out_of_time}").json()
    page = client.get(f"/experiments/{out_of_time}").text
    chart = client.get(f"/experiments/{out_of_time}/charts/objective").json()

    with database.read() as session:
        overview = overviews.build(session, session.get_one(Experiment, out_of_time))
        assert overview.seconds_per_trial == pytest.approx(6, abs=1)
        assert summaries.trend(session, overview) is None, "two trials have no second half"
    assert (described["finished"], described["planned"]) == (2, 500)
    assert described["trials"] == {"completed": 2, "withdrawn": 10}
    assert described["reason"] == BUDGET_IS_UP
    assert "<dd>2 <small>of 500</small></dd>" in page
    assert "withdrawn 10" in page
    assert max(max(trace["x"]) for trace in chart["data"]) == 2


def test_more_time_queues_withdrawn_trials_with_their_parameters(database, out_of_time):
    before = [trial.parameters for trial in rows(database)]

    with database.write() as session:
        experiment_control.add_time(session, session.get_one(Experiment, out_of_time), 60)

    assert states(database) == [TrialState.COMPLETED] * 2 + [TrialState.QUEUED] * 10
    assert [trial.parameters for trial in rows(database)] == before
    assert {trial.error for trial in rows(database)} == {None}


def test_a_trial_that_had_begun_is_stopped_with_its_result(database, out_of_time):
    with database.write() as session:
        experiment = session.get_one(Experiment, out_of_time)
        experiment_control.add_time(session, experiment, 60)
        first = trials.find(session, out_of_time, 3)
        first_id = first.id
    outcome = TrialOutcome(TrialState.STOPPED, 1, EVALUATION)
    run_next(database, outcome)
    with database.write() as session:
        trials.retry(session, session.get_one(Trial, first_id))
    with database.write() as session:
        session.get_one(Experiment, out_of_time).seconds_used = 100
    with database.write() as session:
        lifecycle.close_finished(session)

    with database.read() as session:
        stopped = session.get_one(Trial, first_id)
        experiment = session.get_one(Experiment, out_of_time)
        overview = overviews.build(session, experiment)
    assert (stopped.state, stopped.objective) == (TrialState.STOPPED, 2.0)
    assert stopped.finished_at is not None
    assert overview.finished == 3
    assert experiment.reason == "The time budget is used up: 3 of 500 trials have ended."


@pytest.fixture
def search(database) -> int:
    """A search with three queued trials, which are all it will have; its id."""
    with database.write() as session:
        experiment = factories.experiment(session)
        for number in (1, 2, 3):
            factories.trial(session, experiment, number, units_1=number + 1)
        return experiment.id


def test_a_search_ends_without_the_trials_that_a_person_withdrew(database, search):
    with database.write() as session:
        trials.stop(session, trials.find(session, search, 2))
    for _ in range(2):
        run_next(database, TrialOutcome(TrialState.COMPLETED, 1, EVALUATION))

    with database.write() as session:
        lifecycle.close_finished(session)

    with database.read() as session:
        experiment = session.get_one(Experiment, search)
    assert states(database) == ["completed", "withdrawn", "completed"]
    assert experiment.state == ExperimentState.COMPLETED
    assert experiment.reason == "2 of 3 trials have ended, and you withdrew 1."


def test_what_a_person_withdrew_comes_back_only_if_asked_for(database, search):
    with database.write() as session:
        second = trials.find(session, search, 2)
        trials.stop(session, second)
        experiment = session.get_one(Experiment, search)
        experiment_control.stop(session, experiment)
        experiment_control.resume(session, experiment)

        assert second.state == TrialState.WITHDRAWN

        trials.retry(session, second)

        assert (second.state, second.stop_requested_at) == (TrialState.QUEUED, None)


def test_a_stopped_search_keeps_its_queue_for_a_resume(database, search):
    with database.write() as session:
        experiment_control.stop(session, session.get_one(Experiment, search))

    assert states(database) == [TrialState.QUEUED] * 3


def test_a_search_that_fails_leaves_no_trial_in_the_queue_and_resumes_with_it(database, search):
    with database.write() as session:
        lifecycle.close_failed(session, search, "The strategy failed.")
    assert states(database) == [TrialState.WITHDRAWN] * 3

    with database.write() as session:
        experiment_control.add_trials(session, session.get_one(Experiment, search), 1)

    assert states(database) == [TrialState.QUEUED] * 3


@pytest.mark.parametrize(
    ("has_begun", "state"), [(False, TrialState.WITHDRAWN), (True, TrialState.STOPPED)]
)
def test_a_person_stops_a_trial_that_waits_to_go_on_and_withdraws_another(
    database, queued, has_begun, state
):
    if has_begun:
        with database.write() as session:
            claim = claims.claim(session, "worker")
            claims.begin_run(session, claim.token)
            claims.release(session, [claim.token], "The worker was stopped")

    with database.write() as session:
        trial = session.query(Trial).filter_by(experiment_id=queued, number=1).one()
        assert withdrawals.withdraw_for_person(session, trial)

    assert states(database) == [state, TrialState.QUEUED, TrialState.QUEUED]
