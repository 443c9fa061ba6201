"""The trials table as a queue: one claim, one lease, no write without it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.db.models import Epoch, Experiment, Training, Trial
from app.domain.failure_causes import FailureCause
from app.domain.terms import ExperimentState, TrialState
from app.queue import artifacts, claims, lifecycle, proposals, recording
from app.queue.recording import Ending, LeaseLost
from app.services import experiment_control, trials
from tests import factories
from tests.clock import now


@pytest.fixture
def queued(database):
    """An experiment with three queued trials of different trainings."""
    with database.write() as session:
        made = factories.experiment(session)
        for number, units in enumerate((2, 3, 4), start=1):
            factories.trial(session, made, number, units_1=units)
        return made.id


def epoch(number=1):
    return recording.EpochRecord(
        number=number,
        train_loss=0.5,
        val_loss=0.6,
        objective=0.7,
        seconds=0.1,
    )


def test_each_claim_takes_another_trial_until_none_is_left(database, queued):
    taken = []
    for _ in range(4):
        with database.write() as session:
            claim = claims.claim(session, "worker")
            taken.append(claim.trial_ids if claim else None)
    assert taken[-1] is None
    assert len({trial for ids in taken[:-1] for trial in ids}) == 3


def test_a_claim_starts_its_experiment(database, queued):
    with database.write() as session:
        claims.claim(session, "worker")
    with database.read() as session:
        made = session.get(Experiment, queued)
        assert made.state == ExperimentState.RUNNING
        assert made.started_at is not None


def test_trials_that_differ_only_in_epochs_and_patience_ride_one_claim(database):
    with database.write() as session:
        made = factories.experiment(session)
        for number, (epochs, patience) in enumerate(((2, 0), (5, 0), (5, 2)), start=1):
            factories.trial(session, made, number, epochs=epochs, patience=patience)
    with database.write() as session:
        claim = claims.claim(session, "worker")
        assert len(claim.trial_ids) == 3
        assert claims.claim(session, "another") is None


def test_a_training_in_use_by_one_experiment_is_not_claimed_for_another(database):
    with database.write() as session:
        for _ in range(2):
            factories.trial(session, factories.experiment(session), 1)
    with database.write() as session:
        assert claims.claim(session, "worker") is not None
        assert claims.claim(session, "worker") is None


def test_the_experiment_with_fewer_running_trials_comes_first(database, queued):
    with database.write() as session:
        other = factories.experiment(session)
        factories.trial(session, other, 1, units_1=9)
        first = claims.claim(session, "worker")
        second = claims.claim(session, "worker")
    assert (first.experiment_id, second.experiment_id) == (queued, other.id)


def test_a_stopped_experiment_gives_no_trials(database, queued):
    with database.write() as session:
        experiment_control.stop(session, session.get(Experiment, queued))
        assert claims.claim(session, "worker") is None


def test_an_expired_lease_puts_the_trial_back_with_its_parameters(database, queued):
    with database.write() as session:
        claim = claims.claim(session, "worker")
        before = session.get(Trial, claim.trial_ids[0]).parameters
        (silent,) = claims.leases(session)
    with database.write() as session:
        assert claims.expire(session, silent) == claim.trial_ids
    with database.read() as session:
        trial = session.get(Trial, claim.trial_ids[0])
        assert (trial.state, trial.lease_token, trial.parameters) == (
            TrialState.QUEUED,
            None,
            before,
        )
        assert claims.leases(session) == set()


def test_a_lease_renewed_since_it_was_seen_does_not_expire(database, queued):
    with database.write() as session:
        claim = claims.claim(session, "worker")
        (seen,) = claims.leases(session)
        claims.renew(session, [claim.token])
        assert claims.expire(session, seen) == ()
        assert session.get(Trial, claim.trial_ids[0]).state == TrialState.RUNNING


def test_a_bundle_whose_maker_fell_silent_is_made_by_another(database, queued):
    with database.write() as session:
        artifacts.wish(session, session.query(Trial).first())
        first = artifacts.claim_wish(session).token
        assert artifacts.claim_wish(session) is None
        (silent,) = claims.leases(session)
        claims.expire(session, silent)
        second = artifacts.claim_wish(session).token
    assert silent.token == first != second


def test_a_run_that_is_killed_again_and_again_without_a_new_epoch_fails(database, queued):
    with database.write() as session:
        first = None
        for _ in range(claims.MOST_INTERRUPTIONS):
            claim = claims.claim(session, "worker")
            first = first or claim.trial_ids
            assert claim.trial_ids == first
            claims.begin(session, claim.token)
            claims.interrupt(session, claim.token, "The process was ended by SIGKILL")
        trial = session.get(Trial, first[0])
        assert (trial.state, trial.failure_cause, trial.lease_token) == (
            TrialState.FAILED,
            FailureCause.KILLED,
            None,
        )
        assert "SIGKILL. That was the 5th time in a row" in trial.error


def test_a_run_killed_before_its_slot_began_it_counts_for_nothing(database, queued):
    with database.write() as session:
        for _ in range(claims.MOST_INTERRUPTIONS + 1):
            claims.interrupt(session, claims.claim(session, "worker").token, "killed")
        assert {trial.state for trial in session.query(Trial)} == {TrialState.QUEUED}


def test_a_new_epoch_forgives_the_interruptions_before_it_and_a_repeated_one_does_not(
    database, queued
):
    with database.write() as session:

        def run_one_epoch(number: int) -> int:
            claim = claims.claim(session, "worker")
            claims.begin(session, claim.token)
            recording.record_epoch(session, claim.token, claim.training_id, epoch(number))
            claims.interrupt(session, claim.token, "killed")
            session.expire_all()
            return session.get(Trial, claim.trial_ids[0]).interruptions

        assert [run_one_epoch(number) for number in (1, 1, 1, 2, 1)] == [0, 1, 2, 0, 1]


def test_a_worker_that_lost_its_lease_writes_nothing(database, queued):
    with database.write() as session:
        claim = claims.claim(session, "frozen")
        claims.release(session, [claim.token], "taken away")
    for write in (
        lambda session: recording.record_epoch(session, claim.token, claim.training_id, epoch()),
        lambda session: recording.record_checkpoint(
            session, claim.token, claim.training_id, 1, b"state"
        ),
        lambda session: recording.finish(
            session, claim.token, claim.trial_ids[0], Ending(TrialState.COMPLETED)
        ),
    ):
        with pytest.raises(LeaseLost), database.write() as session:
            write(session)
    with database.read() as session:
        assert session.scalars(select(Epoch)).all() == []
        assert session.get(Training, claim.training_id).checkpoint is None
        assert session.get(Trial, claim.trial_ids[0]).state == TrialState.QUEUED


def test_an_epoch_written_twice_is_one_epoch(database, queued):
    with database.write() as session:
        claim = claims.claim(session, "worker")
        for _ in range(2):
            assert recording.record_epoch(session, claim.token, claim.training_id, epoch()) == {}
    with database.read() as session:
        assert len(session.scalars(select(Epoch)).all()) == 1
        assert session.get(Trial, claim.trial_ids[0]).epochs_trained == 1


def test_an_epoch_tells_which_trials_should_stop(database, queued):
    with database.write() as session:
        claim = claims.claim(session, "worker")
        trials.stop(session, session.get(Trial, claim.trial_ids[0]))
        orders = recording.record_epoch(session, claim.token, claim.training_id, epoch())
    assert {trial for trial, (state, _) in orders.items() if state == TrialState.STOPPED} == set(
        claim.trial_ids
    )


def test_a_failed_trial_keeps_its_reason_and_can_be_tried_again(database, queued):
    with database.write() as session:
        claim = claims.claim(session, "worker")
        ending = Ending(
            TrialState.FAILED, error="diverged at epoch 3", failure_cause="diverged", traceback="…"
        )
        recording.finish(session, claim.token, claim.trial_ids[0], ending)
        trial = session.get(Trial, claim.trial_ids[0], populate_existing=True)
        assert (trial.state, trial.error, trial.failure_cause) == (
            TrialState.FAILED,
            "diverged at epoch 3",
            "diverged",
        )
        trials.retry(session, trial)
        session.flush()
        assert (trial.state, trial.error) == (TrialState.QUEUED, None)


def test_a_stopped_and_resumed_experiment_continues_what_its_stop_interrupted(database, queued):
    with database.write() as session:
        claim = claims.claim(session, "worker")
        experiment_control.stop(session, session.get(Experiment, queued))
        recording.finish(
            session, claim.token, claim.trial_ids[0], Ending(TrialState.STOPPED, error="Stopped")
        )
        lifecycle.settle(session)
    with database.read() as session:
        assert session.get(Experiment, queued).state == ExperimentState.STOPPED
    with database.write() as session:
        experiment_control.resume(session, session.get(Experiment, queued))
    with database.write() as session:
        assert session.get(Trial, claim.trial_ids[0]).state == TrialState.QUEUED
        assert claims.claim(session, "worker") is not None


def test_an_experiment_whose_trials_have_all_ended_is_completed(database, queued):
    for _ in range(3):
        with database.write() as session:
            claim = claims.claim(session, "worker")
            recording.finish(
                session, claim.token, claim.trial_ids[0], Ending(TrialState.STOPPED, error="no")
            )
    with database.write() as session:
        lifecycle.settle(session)
        made = session.get(Experiment, queued)
        assert (made.state, made.reason) == (ExperimentState.COMPLETED, "All 3 trials have ended.")


def test_a_spent_time_budget_ends_the_search_and_says_so(database):
    with database.write() as session:
        made = factories.experiment(session, time_budget_seconds=10)
        factories.trial(session, made, 1)
        claims.claim(session, "worker")
        made.resumed_at, made.state = now() - timedelta(seconds=11), ExperimentState.RUNNING
        session.flush()
        assert proposals.wanting(session) == []
        token = session.scalars(select(Trial.lease_token)).one()
        (order,) = recording.orders(session, token, 1, 1).values()
        assert order == (
            TrialState.STOPPED,
            "Stopped because the time budget is used up after epoch 1.",
        )


def test_a_number_that_is_taken_is_not_given_twice(database):
    with database.write() as session:
        made = factories.experiment(session)
        factories.trial(session, made, 1)
        assert proposals.propose(session, made, 1, factories.with_defaults(factories.TINY)) is None


def test_parameters_that_do_not_fit_the_data_fail_in_words_before_they_are_queued(database):
    with database.write() as session:
        made = factories.experiment(session)
        trial = factories.trial(session, made, 1, time_steps=500)
        assert trial.state == TrialState.FAILED
        assert "time_steps" in trial.error or "rows" in trial.error


def test_an_error_with_signs_that_no_database_holds_is_stored_all_the_same(database, queued):
    with database.write() as session:
        claim = claims.claim(session, "worker")
        odd = Ending(
            TrialState.FAILED,
            error="odd: \0 \udcff ü",
            failure_cause=FailureCause.ERROR,
            traceback="\0",
        )
        recording.fail(session, claim.token, claim.trial_ids, odd)
    with database.read() as session:
        trial = session.get(Trial, claim.trial_ids[0])
        assert (trial.error, trial.traceback) == (r"odd: \x00 \udcff ü", r"\x00")


def test_an_epoch_whose_forerunners_are_not_there_is_not_stored(database):
    with database.write() as session:
        factories.trial(session, factories.experiment(session))
    with database.write() as session:
        claim = claims.claim(session, "worker")
        recording.record_epoch(session, claim.token, claim.training_id, epoch(1))
    with pytest.raises(LeaseLost), database.write() as session:
        recording.record_epoch(session, claim.token, claim.training_id, epoch(3))
    with database.read() as session:
        assert session.query(Trial).one().epochs_trained == 1
