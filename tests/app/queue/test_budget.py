"""Time used is time in which trials run; with none left no work is started in vain."""

from datetime import timedelta

import pytest
from sqlalchemy.orm.exc import DetachedInstanceError

from app.db.models import Experiment, Trial
from app.domain.runs import EpochRecord, TrialOutcome
from app.domain.states import PAUSE_EXPERIMENT
from app.domain.terms import ExperimentState, TrialState
from app.errors import Conflict
from app.queue import budget, claims, lifecycle, recording, workers
from app.queue.transitions import change_experiment
from app.schemas import MAX_BUDGET_SECONDS
from app.services import experiment_control, trials
from tests import factories
from tests.app.queue.searches import train
from tests.clock import now

OUT_OF_TIME = TrialOutcome(TrialState.STOPPED, 1, error="out of time")


def end_by_budget(session):
    """A search that its time budget ended: one trial in its training, one before it started."""
    experiment = factories.experiment(session, time_budget_seconds=10, max_trials=2)
    for number in (1, 2):
        factories.trial(session, experiment, number, units_1=number)
    claim = claims.claim(session, "worker")
    experiment.seconds_used = 12
    session.flush()
    train(session, claim, OUT_OF_TIME.epochs_trained)
    recording.finish(session, claim.token, claim.trial_ids[0], OUT_OF_TIME)
    lifecycle.close_finished(session)
    session.refresh(experiment)
    assert experiment.state == ExperimentState.COMPLETED
    assert trial_states(session) == [TrialState.STOPPED, TrialState.WITHDRAWN]
    return experiment


def trial_states(session):
    return [trial.state for trial in session.query(Trial).order_by(Trial.number)]


@pytest.mark.parametrize(
    "ask",
    [
        lambda session, experiment: trials.retry(session, session.query(Trial).first()),
        lambda session, experiment: experiment_control.add_trials(session, experiment, 3),
    ],
    ids=["retry", "more trials"],
)
def test_what_would_be_ended_at_once_is_not_started(database, ask):
    words = "time budget of this experiment is used up: give it more time first"
    with database.write() as session:
        experiment = end_by_budget(session)

        with pytest.raises(Conflict, match=words):
            ask(session, experiment)

        assert experiment.max_trials == 2
        assert trial_states(session) == [TrialState.STOPPED, TrialState.WITHDRAWN]


def test_a_search_is_not_resumed_without_more_time(database):
    with database.write() as session:
        experiment = end_by_budget(session)
        experiment.state = ExperimentState.STOPPED

        with pytest.raises(Conflict, match="more time"):
            experiment_control.resume(session, experiment)

        assert trial_states(session) == [TrialState.STOPPED, TrialState.WITHDRAWN]


def test_with_more_time_a_search_goes_on_with_what_its_budget_had_ended(database):
    with database.write() as session:
        experiment = end_by_budget(session)

        experiment_control.add_time(session, experiment, 60)

        assert experiment.time_budget_seconds == pytest.approx(72, abs=2), (
            "from what was used, not from what was allowed"
        )
        assert (experiment.state, experiment.reason) == (ExperimentState.QUEUED, None)
        assert experiment.finished_at is None
        assert trial_states(session) == [TrialState.QUEUED, TrialState.QUEUED]
        session.flush()
        assert claims.claim(session, "worker") is not None
        session.refresh(experiment)
        assert experiment.state == ExperimentState.RUNNING
        assert not budget.is_spent(experiment)
        lifecycle.close_finished(session)
        assert experiment.state == ExperimentState.RUNNING


def test_more_time_leaves_what_a_person_stopped(database):
    with database.write() as session:
        experiment = end_by_budget(session)
        session.query(Trial).filter_by(number=2).one().stop_requested_at = now()

        experiment_control.add_time(session, experiment, 60)

        assert trial_states(session) == [TrialState.QUEUED, TrialState.WITHDRAWN]


def test_more_time_leaves_a_search_that_a_person_stopped(database):
    with database.write() as session:
        experiment = end_by_budget(session)
        experiment.state = ExperimentState.STOPPED
        experiment.reason = "Stopped by you"

        experiment_control.add_time(session, experiment, 60)

        assert experiment.state == ExperimentState.STOPPED


def test_time_is_added_to_a_budget_only_and_within_bounds(database):
    with database.write() as session:
        experiment = factories.experiment(session)
        with pytest.raises(Conflict, match="has no time budget"):
            experiment_control.add_time(session, experiment, 60)

        experiment.time_budget_seconds = 100
        with pytest.raises(Conflict, match="at most 10,000,000 seconds"):
            experiment_control.add_time(session, experiment, MAX_BUDGET_SECONDS)

        experiment_control.add_time(session, experiment, 60)
        assert session.get(Experiment, experiment.id).time_budget_seconds == 160


@pytest.fixture
def begin(database, queued):
    """Claims the next trial of an experiment of three, and begins its run; the claim."""

    def begin_next():
        with database.write() as session:
            claim = claims.claim(session, "worker")
            claims.begin_run(session, claim.token)
        return claim

    return begin_next


@pytest.fixture
def let_pass(database, queued):
    """Lets so many seconds pass by the database's clock since its time was last counted."""

    def move_back(seconds):
        with database.write() as session:
            experiment = session.get_one(Experiment, queued)
            experiment.counted_until -= timedelta(seconds=seconds)

    return move_back


@pytest.fixture
def used(database, queued):
    """The seconds that the experiment has used."""

    def read():
        with database.read() as session:
            return pytest.approx(budget.seconds_used(session.get_one(Experiment, queued)), abs=2)

    return read


def finish(database, claim, state=TrialState.COMPLETED):
    with database.write() as session:
        recording.finish_held(session, claim.token, TrialOutcome(state))


def release(session, token):
    claims.release(session, [token], "The worker was stopped")


def renew(session, token):
    claims.renew(session, [token])


def expire(session, token):
    for lease in claims.observe_leases(session):
        claims.expire(session, lease)


def record_epoch(session, token):
    training_id = session.query(Trial.training_id).filter_by(lease_token=token).scalar()
    epoch = EpochRecord(number=1, train_loss=1, val_loss=1, objective=1, seconds=1)
    recording.record_epoch(session, token, training_id, epoch)


def test_time_is_used_while_a_trial_runs_and_not_while_none_does(database, begin, let_pass, used):
    claim = begin()
    let_pass(8)
    with database.write() as session:
        release(session, claim.token)
    assert used() == 8
    with database.write() as session:
        assert session.query(Experiment).one().counted_until is None

    claim = begin()
    let_pass(6)
    finish(database, claim)

    assert used() == 14


def test_a_search_uses_no_time_while_only_another_one_runs(database, begin, let_pass, used):
    claim = begin()
    with database.write() as session:
        other = factories.experiment(session)
        trial = factories.trial(session, other, 1, units_1=9)
        trial.state = TrialState.RUNNING
    let_pass(8)

    finish(database, claim)

    with database.read() as session:
        assert session.get_one(Experiment, trial.experiment_id).id != claim.experiment_id
        assert session.get_one(Experiment, claim.experiment_id).counted_until is None
    assert used() == 8


def test_the_time_used_is_not_told_of_what_its_session_has_let_go(database, begin, queued):
    begin()
    with database.read() as session:
        experiment = session.get_one(Experiment, queued)
        session.expunge(experiment)

    with pytest.raises(DetachedInstanceError):
        budget.seconds_used(experiment)


def test_a_trial_that_waits_for_its_slot_uses_no_time(database, queued, used):
    with database.write() as session:
        claim = claims.claim(session, "worker")
        renew(session, claim.token)

        assert session.get_one(Experiment, queued).counted_until is None

    finish(database, claim)
    assert used() == 0


@pytest.mark.parametrize("count", [renew, record_epoch, release, expire])
def test_every_sign_of_a_run_counts_the_time_since_the_last(database, begin, let_pass, used, count):
    claim = begin()
    let_pass(9)

    with database.write() as session:
        count(session, claim.token)
        stored = session.query(Experiment).one().seconds_used

    assert used() == 9
    assert stored == pytest.approx(9, abs=2)


@pytest.mark.parametrize(
    "count",
    [
        pytest.param(expire, id="the worker was killed"),
        pytest.param(renew, id="the machine was suspended"),
        pytest.param(release, id="a backup was restored"),
    ],
)
def test_a_long_silence_counts_as_two_heartbeats(database, begin, let_pass, used, count):
    claim = begin()
    let_pass(timedelta(days=3).total_seconds())
    assert used() == 10, "the page says what will be counted"

    with database.write() as session:
        count(session, claim.token)

    assert used() == 10


def test_trials_that_run_at_once_use_the_time_once(database, begin, let_pass, used):
    first = begin()
    second = begin()
    let_pass(7)
    with database.write() as session:
        claims.renew(session, [first.token, second.token])
    let_pass(7)
    finish(database, first)
    let_pass(7)
    finish(database, second)

    assert used() == 21


def test_a_clock_that_is_set_back_takes_no_time_away(database, begin, let_pass, used):
    claim = begin()
    let_pass(9)
    with database.write() as session:
        renew(session, claim.token)
    let_pass(-3600)

    with database.write() as session:
        renew(session, claim.token)

    assert used() == 9


def test_workers_with_a_slow_heartbeat_are_waited_for(database, begin, let_pass, used):
    with database.write() as session:
        workers.register(session, "worker", hostname="here", pid=1, slots=1, heartbeat_seconds=60)
    claim = begin()
    let_pass(90)

    with database.write() as session:
        renew(session, claim.token)

    assert used() == 90


def test_a_paused_search_uses_time_until_its_last_trial_has_ended(
    database, queued, begin, let_pass, used
):
    claim = begin()
    with database.write() as session:
        change_experiment(session, PAUSE_EXPERIMENT, queued)
    let_pass(9)

    finish(database, claim)

    assert used() == 9


def test_pages_show_the_time_used_while_it_passes(queued, begin, let_pass, client):
    begin()
    let_pass(9)

    described = client.get(f"/api/experiments/{queued}").json()

    assert described["seconds_used"] == pytest.approx(9, abs=2)


def test_a_budget_ends_a_run_by_the_time_that_it_ran(database, queued, begin, let_pass):
    claim = begin()
    with database.write() as session:
        session.get_one(Experiment, queued).time_budget_seconds = 15
    let_pass(3600)
    with database.write() as session:
        record_epoch(session, claim.token)
        assert recording.stop_decisions(session, claim.token, claim.training_id, 1) == {}
    let_pass(9)

    with database.read() as session:
        decisions = recording.stop_decisions(session, claim.token, claim.training_id, 1)

    assert decisions[claim.trial_ids[0]].state == TrialState.STOPPED
