"""Workers and people in any order: states change only as the tables in app.domain.states say."""

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
ALLOWED = {
    (source, transition.target) for transition in TRIAL_TRANSITIONS for source in transition.sources
}

ALLOWED_OF_EXPERIMENT = {
    (source, transition.target)
    for transition in EXPERIMENT_TRANSITIONS
    for source in transition.sources
}
ENDED_EXPERIMENT = frozenset(ExperimentState) - OPEN_EXPERIMENT_STATES - {ExperimentState.PAUSED}


class Workers(RuleBasedStateMachine):
    """Three workers on five trials, two of which share a training; each remembers claims it may have lost since."""

    file: Path

    @initialize()
    def make(self) -> None:
        folder = Path(mkdtemp(dir=self.file.parent))
        shutil.copy(self.file, folder / "foretune.db")
        self.database = Database(f"sqlite:///{folder / 'foretune.db'}")
        with self.database.write() as session:
            made = factories.experiment(session, max_trials=5)
            for number, parameters in enumerate(
                ({}, {"epochs": 4}, *({"units_1": 4 + n} for n in range(3))), start=1
            ):
                factories.trial(session, made, number, **parameters)
        self.claims: dict[int, Claim] = {}
        self.seen: set[ObservedLease] = set()
        self.states = dict.fromkeys(range(1, 6), TrialState.QUEUED)
        self.experiment_state = ExperimentState.QUEUED
        self.stop_requested = False

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()

    @rule(worker=WORKERS)
    def claim(self, worker: int) -> None:
        with self.database.write() as session:
            before = {token for (token,) in session.query(Trial.lease_token)}
            found = claims.claim(session, f"worker {worker}")
        if found is not None:
            assert found.token not in before
            assert all(self.states[trial] == TrialState.QUEUED for trial in found.trial_ids)
            self.claims[worker] = found

    @rule(worker=WORKERS)
    def beat(self, worker: int) -> None:
        if worker in self.claims:
            with self.database.write() as session:
                claims.renew(session, [self.claims[worker].token])

    @rule(worker=WORKERS, again=st.integers(0, 3))
    def end_an_epoch(self, worker: int, again: int) -> None:
        """The next one, or one that was there before: a run may begin anew, but leaves none out."""

        def record(session: Session, claim: Claim) -> object:
            training = session.get(Training, claim.training_id)
            number = max(1, training.epochs_trained + 1 - again) if training else 1
            values = {"train_loss": 1, "val_loss": 1, "objective": 1, "seconds": 1}
            epoch = EpochRecord(number=number, **values)
            return recording.record_epoch(session, claim.token, claim.training_id, epoch)

        self._write(worker, record)

    @rule(worker=WORKERS, state=st.sampled_from(sorted(RUN_ENDINGS)))
    def finish(self, worker: int, state: TrialState) -> None:
        self._write(
            worker,
            lambda session, claim: recording.finish(
                session, claim.token, claim.trial_ids[0], TrialOutcome(state)
            ),
            of_one=True,
        )

    @rule(worker=WORKERS)
    def save_a_checkpoint(self, worker: int) -> None:
        self._write(
            worker,
            lambda session, claim: recording.record_checkpoint(
                session, claim.token, claim.training_id, 1, b"state"
            ),
        )

    @rule(worker=WORKERS)
    def leave(self, worker: int) -> None:
        """The worker is told to stop, and forgets; a worker that is killed or frozen does none of its rules."""
        if worker in self.claims:
            with self.database.write() as session:
                claims.release(session, [self.claims[worker].token], "The worker was stopped")

    @rule(worker=WORKERS)
    def lose_a_slot(self, worker: int) -> None:
        if worker in self.claims:
            with self.database.write() as session:
                claims.interrupt(session, self.claims[worker].token, "The slot was killed")

    @rule()
    def look_at_the_leases(self) -> None:
        with self.database.read() as session:
            self.seen = claims.observe_leases(session)

    @rule()
    def expire_what_was_not_renewed_since(self) -> None:
        with self.database.write() as session:
            renewed = {
                lease.token for lease in claims.observe_leases(session) if lease not in self.seen
            }
            kept = session.query(Trial.id).where(Trial.lease_token.in_(renewed)).all()
            for lease in self.seen:
                claims.expire(session, lease)
            session.expire_all()
            assert all(session.get(Trial, trial).state == TrialState.RUNNING for (trial,) in kept)

    @rule(trial=TRIALS)
    def stop(self, trial: int) -> None:
        self._ask(trial, trials.stop, allowed=(TrialState.QUEUED, TrialState.RUNNING))

    @rule(trial=TRIALS)
    def retry(self, trial: int) -> None:
        self._ask(trial, trials.retry, allowed=(TrialState.FAILED, TrialState.STOPPED))

    @rule()
    def stop_the_search(self) -> None:
        self._ask_search(experiment_control.stop, allowed=STOP_EXPERIMENT.sources)

    @rule()
    def resume_the_search(self) -> None:
        is_stopping = self.experiment_state in STOP_EXPERIMENT.sources and self.stop_requested
        allowed = STOP_EXPERIMENT.sources if is_stopping else RESUME_EXPERIMENT.sources
        self._ask_search(experiment_control.resume, allowed)

    @rule()
    def close_what_is_over(self) -> None:
        with self.database.write() as session:
            lifecycle.close_finished(session)

    @invariant()
    def nothing_happens_that_the_table_does_not_know(self) -> None:
        if not hasattr(self, "database"):
            return
        with self.database.read() as session:
            rows = session.query(Trial).order_by(Trial.id).all()
            experiment = session.get_one(Experiment, 1)
        now = {trial.id: TrialState(trial.state) for trial in rows}
        assert now.keys() == self.states.keys()
        changed = {
            (self.states[trial], state)
            for trial, state in now.items()
            if state != self.states[trial]
        }
        assert changed <= ALLOWED
        state = ExperimentState(experiment.state)
        if state != self.experiment_state:
            assert (self.experiment_state, state) in ALLOWED_OF_EXPERIMENT
        assert (state in ENDED_EXPERIMENT) == (experiment.finished_at is not None)
        self.experiment_state = state
        self.stop_requested = experiment.stop_requested_at is not None
        assert all(
            (trial.state == TrialState.RUNNING) == (trial.lease_token is not None) for trial in rows
        )
        assert all(
            (trial.state in FINISHED_TRIAL_STATES) == (trial.finished_at is not None)
            for trial in rows
        )
        tokens = {(trial.training_id, trial.lease_token) for trial in rows if trial.lease_token}
        assert len(tokens) == len({training for training, _ in tokens})
        self.states = now

    def _write(
        self, worker: int, write: Callable[[Session, Claim], object], of_one: bool = False
    ) -> None:
        """A write succeeds exactly while the worker's own lease holds: on any trial of its claim, or on its first."""
        claim = self.claims.get(worker)
        if claim is None:
            return
        with self.database.read() as session:
            held = {
                trial for (trial,) in session.query(Trial.id).filter_by(lease_token=claim.token)
            }
        holds = claim.trial_ids[0] in held if of_one else bool(held)
        try:
            with self.database.write() as session:
                write(session, claim)
        except LeaseLost:
            assert not holds
        else:
            assert holds

    def _ask_search(
        self, ask: Callable[[Session, Experiment], None], allowed: frozenset[ExperimentState]
    ) -> None:
        try:
            with self.database.write() as session:
                ask(session, session.get_one(Experiment, 1))
        except Conflict:
            assert self.experiment_state not in allowed
        else:
            assert self.experiment_state in allowed

    def _ask(
        self, number: int, ask: Callable[[Session, Trial], None], allowed: tuple[TrialState, ...]
    ) -> None:
        try:
            with self.database.write() as session:
                ask(session, session.get_one(Trial, number))
        except Conflict:
            assert self.states[number] not in allowed
        else:
            assert self.states[number] in allowed


def test_workers_in_any_order_keep_to_the_table_of_states(migrated_file):
    Workers.file = migrated_file
    checks = list(HealthCheck)
    bounds = settings(
        max_examples=50,
        stateful_step_count=40,
        deadline=None,
        suppress_health_check=checks,
        database=None,
    )
    run_state_machine_as_test(Workers, settings=bounds)
