"""The trials table as a queue: each training is claimed once, under a lease that can expire."""

from app.db.models import Experiment, Trial
from app.domain.failure_causes import FailureCause
from app.domain.runs import EpochRecord
from app.domain.terms import ExperimentState, TrialState
from app.queue import artifacts, claims, recording
from app.queue.clock import clock
from app.services import experiment_control
from tests import factories
from tests.app.queue.logs import messages_of


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


def test_an_experiment_that_is_being_stopped_gives_no_trials(database, queued):
    with database.write() as session:
        claims.claim(session, "worker")
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


def test_a_claimed_trial_starts_anew_under_its_worker(database, queued):
    with database.write() as session:
        first = session.query(Trial).filter_by(number=1).one()
        first.error = "It failed before."
        first.failure_cause = FailureCause.ERROR
        first.traceback = "Traceback"
        first.finished_at = clock(session)
        first.lease_beats = 7

    with database.write() as session:
        claim = claims.claim(session, "worker 7")

    with database.read() as session:
        trial = session.get(Trial, claim.trial_ids[0])
        assert trial.number == 1
        assert (trial.state, trial.worker_id) == (TrialState.RUNNING, "worker 7")
        assert (trial.lease_token, trial.lease_beats) == (claim.token, 0)
        assert (trial.error, trial.failure_cause, trial.traceback) == (None,) * 3
        assert (trial.finished_at, trial.attempts) == (None, 1)
        assert trial.started_at is not None
        assert messages_of(session, trial) == ["Taken by worker worker 7"]
        assert claim.training_id == trial.training_id


def test_a_claim_takes_the_trial_with_the_lowest_number(database, queued):
    numbers = []
    with database.write() as session:
        for _ in range(3):
            (trial_id,) = claims.claim(session, "worker").trial_ids
            numbers.append(session.get(Trial, trial_id).number)

    assert numbers == [1, 2, 3]


def test_an_experiment_that_runs_keeps_the_time_at_which_it_started(database, queued):
    with database.write() as session:
        claims.claim(session, "worker")
        started_at = session.get(Experiment, queued).started_at

        claims.claim(session, "worker")

        session.expire_all()
        assert session.get(Experiment, queued).started_at == started_at


def test_only_the_leases_that_are_named_are_renewed(database, queued):
    with database.write() as session:
        renewed = claims.claim(session, "worker")
        other = claims.claim(session, "another")
        artifacts.request_bundle(session, session.query(Trial).first())
        bundle = artifacts.claim_bundle(session)

        claims.renew(session, [renewed.token, bundle.token])

        beats = {lease.token: lease.beats for lease in claims.observe_leases(session)}
    assert beats == {renewed.token: 1, other.token: 0, bundle.token: 1}


def test_a_bundle_that_was_renewed_since_it_was_observed_keeps_its_maker(database, queued):
    with database.write() as session:
        artifacts.request_bundle(session, session.query(Trial).first())
        token = artifacts.claim_bundle(session).token
        (observed,) = claims.observe_leases(session)
        claims.renew(session, [token])

        claims.expire(session, observed)

        assert {lease.token for lease in claims.observe_leases(session)} == {token}


def test_an_expired_lease_ends_no_other_one(database, queued):
    with database.write() as session:
        silent = claims.claim(session, "worker")
        other = claims.claim(session, "another")
        artifacts.request_bundle(session, session.query(Trial).first())
        bundle = artifacts.claim_bundle(session)
        leases = {lease.token: lease for lease in claims.observe_leases(session)}

        claims.expire(session, leases[silent.token])

        held = {lease.token for lease in claims.observe_leases(session)}
        assert held == {other.token, bundle.token}


def test_a_released_trial_waits_again_with_its_count_of_interruptions_cleared(database, queued):
    with database.write() as session:
        released = claims.claim(session, "worker")
        kept = claims.claim(session, "another")
        claims.begin_run(session, released.token)

        trial_ids = claims.release(session, [released.token], "The worker was stopped")

        trial = session.get(Trial, released.trial_ids[0])
        assert trial_ids == released.trial_ids
        assert (trial.state, trial.worker_id) == (TrialState.QUEUED, None)
        assert (trial.lease_token, trial.interruptions) == (None, 0)
        assert messages_of(session, trial)[-1] == "The worker was stopped"
        assert session.get(Trial, kept.trial_ids[0]).state == TrialState.RUNNING


def test_a_run_that_begins_counts_for_its_own_trials_alone(database, queued):
    with database.write() as session:
        begun = claims.claim(session, "worker")
        other = claims.claim(session, "another")

        claims.begin_run(session, begun.token, slot=2)

        session.expire_all()
        trial = session.get(Trial, begun.trial_ids[0])
        untouched = session.get(Trial, other.trial_ids[0])
        assert (trial.interruptions, trial.slot) == (1, 2)
        assert (untouched.interruptions, untouched.slot) == (0, None)


def test_an_interruption_puts_a_trial_back_and_says_why(database, queued):
    with database.write() as session:
        claim = claims.claim(session, "worker")
        claims.begin_run(session, claim.token)

        trial_ids = claims.interrupt(session, claim.token, "The slot was killed")

        trial = session.get(Trial, claim.trial_ids[0])
        assert trial_ids == claim.trial_ids
        assert (trial.state, trial.interruptions) == (TrialState.QUEUED, 1)
        assert messages_of(session, trial)[-1] == "The slot was killed: back in the queue"


def test_a_trial_that_is_not_tried_again_has_ended_and_says_so(database, queued):
    with database.write() as session:
        claim = claims.claim(session, "worker")
        trial = session.get(Trial, claim.trial_ids[0])
        trial.interruptions = claims.MAX_INTERRUPTIONS
        session.flush()

        trial_ids = claims.interrupt(session, claim.token, "The slot was killed")

        session.expire_all()
        assert trial_ids == claim.trial_ids
        assert trial.state == TrialState.FAILED
        assert trial.finished_at is not None
        assert messages_of(session, trial)[-1] == trial.error
