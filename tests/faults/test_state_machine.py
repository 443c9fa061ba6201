"""Workers and people act in any order: states change only as app.domain.states allows."""

import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.orm import Session

from app.db.engine import Database
from app.db.models import Experiment, Training, Trial
from app.domain.runs import Claim, EpochRecord, TrialOutcome
from app.domain.states import (
    EXPERIMENT_TRANSITIONS,
    RESUME_EXPERIMENT,
    RETRY_TRIAL,
    RUN_ENDINGS,
    STOP_EXPERIMENT,
    TRIAL_TRANSITIONS,
)
from app.domain.terms import (
    FINISHED_TRIAL_STATES,
    OPEN_EXPERIMENT_STATES,
    ExperimentState,
    TrialState,
)
from app.errors import Conflict
from app.queue import claims, lifecycle, recording
from app.queue.claims import ObservedLease
from app.queue.recording import LeaseLost
from app.services import experiment_control, trials
from tests import factories

pytestmark = pytest.mark.slow
WORKERS = st.integers(0, 2)
TRIALS = st.integers(1, 5)
ALLOWED_TRIAL_CHANGES = {
    (source, transition.target) for transition in TRIAL_TRANSITIONS for source in transition.sources
}
ALLOWED_EXPERIMENT_CHANGES = {
    (source, transition.target)
    for transition in EXPERIMENT_TRANSITIONS
    for source in transition.sources
}
ENDED_EXPERIMENT_STATES = (
    frozenset(ExperimentState) - OPEN_EXPERIMENT_STATES - {ExperimentState.PAUSED}
)


class Workers(RuleBasedStateMachine):
    """Three workers on five trials, two of which share a training.

    A worker keeps its claim until it releases it, although it may have lost the lease since.
    """

    file: Path

    @initialize()
    def make(self) -> None:
        folder = Path(mkdtemp(dir=self.file.parent))
        shutil.copy(self.file, folder / "foretune.db")
        self.database = Database(f"sqlite:///{folder / 'foretune.db'}")
        with self.database.write() as session:
            experiment = factories.experiment(session, max_trials=5)
            factories.trial(session, experiment, 1)
            factories.trial(session, experiment, 2, epochs=4)
            for number in (3, 4, 5):
                factories.trial(session, experiment, number, units_1=number + 1)
        self.claims: dict[int, Claim] = {}
        self.seen_leases: set[ObservedLease] = set()
        self.states = dict.fromkeys(range(1, 6), TrialState.QUEUED)
        self.experiment_state = ExperimentState.QUEUED
        self.stop_requested = False

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()

    @rule(worker=WORKERS)
    def claim(self, worker: int) -> None:
        with self.database.write() as session:
            tokens_before = {token for (token,) in session.query(Trial.lease_token)}
            claim = claims.claim(session, f"worker {worker}")
        if claim is not None:
            assert claim.token not in tokens_before
            assert all(self.states[trial] == TrialState.QUEUED for trial in claim.trial_ids)
            self.claims[worker] = claim

    @rule(worker=WORKERS)
    def begin_the_run(self, worker: int) -> None:
        if worker in self.claims:
            with self.database.write() as session:
                claims.begin_run(session, self.claims[worker].token)

    @rule(worker=WORKERS)
    def renew_the_lease(self, worker: int) -> None:
        if worker in self.claims:
            with self.database.write() as session:
                claims.renew(session, [self.claims[worker].token])

    @rule(worker=WORKERS, repeated=st.integers(0, 3))
    def end_an_epoch(self, worker: int, repeated: int) -> None:
        """Record the next epoch, or an earlier one: a run may begin again, but skips none."""

        def record(session: Session, claim: Claim) -> object:
            training = session.get(Training, claim.training_id)
            epochs_trained = training.epochs_trained if training else 0
            number = max(1, epochs_trained + 1 - repeated)
            values = {"train_loss": 1, "val_loss": 1, "objective": 1, "seconds": 1}
            epoch = EpochRecord(number=number, **values)
            return recording.record_epoch(session, claim.token, claim.training_id, epoch)

        self._write(worker, record)

    @rule(worker=WORKERS, state=st.sampled_from(sorted(RUN_ENDINGS)))
    def finish(self, worker: int, state: TrialState) -> None:
        def record(session: Session, claim: Claim) -> object:
            return recording.finish(session, claim.token, claim.trial_ids[0], TrialOutcome(state))

        self._write(worker, record, to_first_trial=True)

    @rule(worker=WORKERS)
    def save_a_checkpoint(self, worker: int) -> None:
        def record(session: Session, claim: Claim) -> object:
            training = session.get(Training, claim.training_id)
            epoch = training.epochs_trained if training else 0
            return recording.record_checkpoint(
                session, claim.token, claim.training_id, epoch, b"state"
            )

        self._write(worker, record)

    @rule(worker=WORKERS)
    def release(self, worker: int) -> None:
        """Stop the worker. A worker that is killed or frozen just applies none of its rules."""
        if worker in self.claims:
            with self.database.write() as session:
                claims.release(session, [self.claims[worker].token], "The worker was stopped")

    @rule(worker=WORKERS)
    def lose_a_slot(self, worker: int) -> None:
        if worker in self.claims:
            with self.database.write() as session:
                claims.interrupt(session, self.claims[worker].token, "The slot was killed")

    @rule()
    def note_the_leases(self) -> None:
        with self.database.read() as session:
            self.seen_leases = claims.observe_leases(session)

    @rule()
    def expire_leases_not_renewed_since(self) -> None:
        with self.database.write() as session:
            current = claims.observe_leases(session)
            renewed = {lease.token for lease in current if lease not in self.seen_leases}
            kept = session.query(Trial.id).where(Trial.lease_token.in_(renewed)).all()
            for lease in self.seen_leases:
                claims.expire(session, lease)
            session.expire_all()
            assert all(session.get(Trial, trial).state == TrialState.RUNNING for (trial,) in kept)

    @rule(trial=TRIALS)
    def stop(self, trial: int) -> None:
        self._change_trial(trial, trials.stop, allowed=(TrialState.QUEUED, TrialState.RUNNING))

    @rule(trial=TRIALS)
    def retry(self, trial: int) -> None:
        self._change_trial(trial, trials.retry, allowed=tuple(RETRY_TRIAL.sources))

    @rule()
    def stop_the_search(self) -> None:
        self._change_search(experiment_control.stop, allowed=STOP_EXPERIMENT.sources)

    @rule()
    def resume_the_search(self) -> None:
        is_stopping = self.experiment_state in STOP_EXPERIMENT.sources and self.stop_requested
        allowed = STOP_EXPERIMENT.sources if is_stopping else RESUME_EXPERIMENT.sources
        self._change_search(experiment_control.resume, allowed)

    @rule()
    def close_finished_searches(self) -> None:
        with self.database.write() as session:
            lifecycle.close_finished(session)

    @invariant()
    def states_change_only_as_the_tables_allow(self) -> None:
        if not hasattr(self, "database"):
            return
        with self.database.read() as session:
            rows = session.query(Trial).order_by(Trial.id).all()
            experiment = session.get_one(Experiment, 1)
        self._check_changes_of_trials(rows)
        self._check_change_of_experiment(experiment)
        for trial in rows:
            assert (trial.state == TrialState.RUNNING) == (trial.lease_token is not None)
            assert (trial.state in FINISHED_TRIAL_STATES) == (trial.finished_at is not None)
            assert (trial.state != TrialState.WITHDRAWN) or (trial.started_at is None)
        if experiment.counted_until is not None:
            assert any(trial.state == TrialState.RUNNING for trial in rows)
        leases = {(trial.training_id, trial.lease_token) for trial in rows if trial.lease_token}
        assert len(leases) == len({training for training, _ in leases})

    def _check_changes_of_trials(self, trials: list[Trial]) -> None:
        states = {trial.id: TrialState(trial.state) for trial in trials}
        assert states.keys() == self.states.keys()
        changes = {
            (self.states[trial], state)
            for trial, state in states.items()
            if state != self.states[trial]
        }
        assert changes <= ALLOWED_TRIAL_CHANGES
        self.states = states

    def _check_change_of_experiment(self, experiment: Experiment) -> None:
        state = ExperimentState(experiment.state)
        if state != self.experiment_state:
            assert (self.experiment_state, state) in ALLOWED_EXPERIMENT_CHANGES
        assert (state in ENDED_EXPERIMENT_STATES) == (experiment.finished_at is not None)
        self.experiment_state = state
        self.stop_requested = experiment.stop_requested_at is not None

    def _write(
        self,
        worker: int,
        write: Callable[[Session, Claim], object],
        to_first_trial: bool = False,
    ) -> None:
        """Check that a write succeeds only while the worker's lease holds for what it writes to.

        That is the first trial of its claim, or any of them.
        """
        claim = self.claims.get(worker)
        if claim is None:
            return
        with self.database.read() as session:
            rows = session.query(Trial.id).filter_by(lease_token=claim.token)
            held_trials = {trial for (trial,) in rows}
        holds = claim.trial_ids[0] in held_trials if to_first_trial else bool(held_trials)
        try:
            with self.database.write() as session:
                write(session, claim)
        except LeaseLost:
            assert not holds
        else:
            assert holds

    def _change_search(
        self, change: Callable[[Session, Experiment], None], allowed: frozenset[ExperimentState]
    ) -> None:
        try:
            with self.database.write() as session:
                change(session, session.get_one(Experiment, 1))
        except Conflict:
            assert self.experiment_state not in allowed
        else:
            assert self.experiment_state in allowed

    def _change_trial(
        self, number: int, change: Callable[[Session, Trial], None], allowed: tuple[TrialState, ...]
    ) -> None:
        try:
            with self.database.write() as session:
                change(session, session.get_one(Trial, number))
        except Conflict:
            assert self.states[number] not in allowed
        else:
            assert self.states[number] in allowed


def test_workers_in_any_order_keep_to_the_table_of_states(migrated_file):
    Workers.file = migrated_file
    limits = settings(
        max_examples=50,
        stateful_step_count=40,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    run_state_machine_as_test(Workers, settings=limits)
