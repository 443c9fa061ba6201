"""The trials table as a queue: each training is claimed once, under a lease that can expire."""

from app.db.models import Experiment, Trial
from app.domain.failure_causes import FailureCause
from app.domain.runs import EpochRecord
from app.domain.terms import ExperimentState, TrialState
from app.queue import artifacts, claims, recording
from app.services import experiment_control
from tests import factories


def test_each_claim_takes_another_trial_until_none_is_left(database, queued):
    taken = []
    for _ in range(4):
        with database.write() as session:
            taken.append(claims.claim(session, "worker"))

    *first_three, last = taken
    assert last is None
    assert len({trial_id for claim in first_three for trial_id in claim.trial_ids}) == 3


def test_a_claim_starts_its_experiment(database, queued):
    with database.write() as session:
        claims.claim(session, "worker")

    with database.read() as session:
        experiment = session.get(Experiment, queued)
        assert experiment.state == ExperimentState.RUNNING
        assert experiment.started_at is not None


def test_trials_that_differ_only_in_epochs_and_patience_share_one_claim(database):
    with database.write() as session:
        experiment = factories.experiment(session)
        for number, (epochs, patience) in enumerate(((2, 0), (5, 0), (5, 2)), start=1):
            factories.trial(session, experiment, number, epochs=epochs, patience=patience)

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
        parameters = session.get(Trial, claim.trial_ids[0]).parameters
        (silent,) = claims.observe_leases(session)

    with database.write() as session:
        expired = claims.expire(session, silent)

    assert expired == claim.trial_ids
    with database.read() as session:
        trial = session.get(Trial, claim.trial_ids[0])
        assert (trial.state, trial.lease_token) == (TrialState.QUEUED, None)
        assert trial.parameters == parameters
        assert claims.observe_leases(session) == set()


def test_a_lease_renewed_since_it_was_observed_does_not_expire(database, queued):
    with database.write() as session:
        claim = claims.claim(session, "worker")
        (observed,) = claims.observe_leases(session)
        claims.renew(session, [claim.token])

        assert claims.expire(session, observed) == ()

        assert session.get(Trial, claim.trial_ids[0]).state == TrialState.RUNNING


def test_a_bundle_whose_maker_fell_silent_is_made_by_another(database, queued):
    with database.write() as session:
        artifacts.request_bundle(session, session.query(Trial).first())
        first = artifacts.claim_bundle(session).token
        assert artifacts.claim_bundle(session) is None
        (silent,) = claims.observe_leases(session)

        claims.expire(session, silent)

        second = artifacts.claim_bundle(session).token
    assert silent.token == first != second


def test_a_run_that_is_killed_again_and_again_without_a_new_epoch_fails(database, queued):
    with database.write() as session:
        claimed = []
        for _ in range(claims.MAX_INTERRUPTIONS):
            claim = claims.claim(session, "worker")
            claimed.append(claim.trial_ids)
            claims.begin_run(session, claim.token)
            claims.interrupt(session, claim.token, "The process was ended by SIGKILL")

        assert len(set(claimed)) == 1
        trial = session.get(Trial, claimed[0][0])
        assert (trial.state, trial.failure_cause) == (TrialState.FAILED, FailureCause.KILLED)
        assert trial.lease_token is None
        assert "SIGKILL. That was the 5th time in a row" in trial.error


def test_a_run_killed_before_its_slot_began_it_counts_for_nothing(database, queued):
    with database.write() as session:
        for _ in range(claims.MAX_INTERRUPTIONS + 1):
            claim = claims.claim(session, "worker")
            claims.interrupt(session, claim.token, "killed")

        assert {trial.state for trial in session.query(Trial)} == {TrialState.QUEUED}


def test_a_new_epoch_resets_the_count_of_interruptions_and_a_repeated_one_does_not(
    database, queued
):
    def interrupt_after(session, number: int) -> int:
        """Run up to an epoch, interrupt the run, and return the count of interruptions."""
        epoch = EpochRecord(number, train_loss=0.5, val_loss=0.6, objective=0.7, seconds=0.1)
        claim = claims.claim(session, "worker")
        claims.begin_run(session, claim.token)
        recording.record_epoch(session, claim.token, claim.training_id, epoch)
        claims.interrupt(session, claim.token, "killed")
        session.expire_all()
        return session.get(Trial, claim.trial_ids[0]).interruptions

    with database.write() as session:
        counts = [interrupt_after(session, number) for number in (1, 1, 1, 2, 1)]

    assert counts == [0, 1, 2, 0, 1]
