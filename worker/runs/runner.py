"""Runs one claim inside a slot: trains, writes epochs as they end, judges each trial where it stops reading."""

import errno
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cache
from tempfile import gettempdir
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from app.db.engine import Database
from app.domain.failure_causes import FailureCause
from app.domain.terms import Objective, TrialState
from app.errors import NotFound
from app.queue import artifacts, bundles, claims, jobs, recording
from app.queue.bundles import BundleSource
from app.queue.claims import Claim
from app.queue.jobs import Job, Rider
from app.queue.recording import Ending, EpochRecord, Judgement, LeaseLost, Orders
from worker import serialization
from worker.bundles import bundle
from worker.custom.factory import open_training
from worker.custom.hang_guard import Guard
from worker.custom.windows import prepare_series
from worker.memory import MEGABYTE
from worker.network import NetworkConfig
from worker.runs import early_stopping
from worker.runs.evaluation import judge
from worker.runs.failures import Diverged, failure, finite, within
from worker.runs.retry import Patience
from worker.serialization import BestEpoch
from worker.slots.child import report_waiting
from worker.training import EpochResult, Training, TrainingOver, TrainingProtocol
from worker.windows import PreparedData

CHECKPOINT_SECONDS = 10.0  # never is more than this, or one epoch, of a training lost
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
Answer = TypeVar("Answer")


@cache
def database_at(url: str) -> Database:
    """One engine for the life of the slot."""
    return Database(url)


def run(url: str, claim: Claim, output_limit_mb: int = 200) -> None:
    """Run a claim to its end. Whatever goes wrong with it is stored with its trials; a lost lease ends it silently."""
    database = database_at(url)
    try:
        patient(database)(lambda: _begin(database, claim))
        job = patient(database)(lambda: _load(database, claim))
        Run(database, claim, job, output_limit_mb * MEGABYTE).execute()
    except (LeaseLost, NotFound):
        return


def patient(database: Database) -> Patience:
    """Waits for this database as long as it takes, and lets the worker know why."""
    return Patience(database.describe_outage, report_waiting)


def _begin(database: Database, claim: Claim) -> None:
    with database.write() as session:
        claims.begin(session, claim.token)


def _load(database: Database, claim: Claim) -> Job:
    with database.read() as session:
        return jobs.load(session, claim)


def make_bundle(url: str, artifact_id: int, token: str) -> None:
    """Make the bundle somebody wished for, or store why it cannot be handed over."""
    database = database_at(url)
    made, problem = None, None
    try:
        found = patient(database)(lambda: _source(database, artifact_id))
        made = bundle.bundle_trial(found)
    except (bundle.BundleError, NotFound) as error:
        problem = str(error)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        problem = f"There is no room for temporary files in {gettempdir()}: free some there, then ask again."

    def fulfil() -> None:
        with database.write() as session:
            artifacts.fulfil(session, artifact_id, token, made, problem)

    patient(database)(fulfil)


def _source(database: Database, artifact_id: int) -> BundleSource:
    with database.read() as session:
        return bundles.source(session, artifact_id)


class Run:
    """One claim being worked off."""

    def __init__(self, database: Database, claim: Claim, job: Job, output_limit: int) -> None:
        self.database, self.claim, self.job, self.output_limit = database, claim, job, output_limit
        self.values: list[float | None] = list(job.values)
        self.pending: list[Rider] = list(job.riders)
        self.best: BestEpoch | None = None
        self.saved_at, self.saved_epoch = time.monotonic(), 0
        self.epoch_seconds = 0.0
        self.patience = patient(database)

    def execute(self) -> None:
        """Answer what is known already, train the rest."""
        try:
            self._read_off()
            if self.pending:
                self._train()
        except Diverged:
            why = f"diverged at epoch {len(self.values)}: the loss is no longer a number. Try a lower learning_rate."
            self._fail(
                Ending(
                    TrialState.FAILED,
                    len(self.values),
                    error=why,
                    failure_cause=FailureCause.DIVERGED,
                )
            )
        except (LeaseLost, NotFound):
            raise
        except Exception as error:  # whatever it is, it ends this run alone
            self._fail(failure(error))

    def _read_off(self) -> None:
        """Trials that end within epochs trained before, and whose best model another trial has left."""
        for rider in list(self.pending):
            end = early_stopping.end_epoch(self.values, rider.epochs, rider.patience)
            best = early_stopping.best_epoch(self.values[:end]) if end else None
            donor = self.job.donors.get(best) if best else None
            if end is None or donor is None:
                continue
            self._write(recording.copy, rider.trial_id, donor, end)
            self.pending.remove(rider)

    def _train(self) -> None:
        is_built_in = self.job.custom_model is None
        guard = None if is_built_in else Guard(self._is_unwanted, self._give_up)
        try:
            self._run_epochs(guard.alive if guard else lambda: None)
        finally:
            if guard:
                guard.end()

    def _run_epochs(self, alive: Callable[[], None]) -> None:
        parts = self.job.split.parts(len(self.job.series.values))
        prepared = prepare_series(
            self.job.series, self.job.parameters, parts, self.job.custom_model
        )
        training = self._open(prepared)
        try:
            self._write(
                recording.record_engine,
                self.job.training_id,
                training.engine,
                training.engine_reason,
            )
            epoch = self._start(training)
            self._end_at(training, prepared, epoch, {})
            while self.pending:
                epoch += 1
                try:
                    result = training.run_epoch()
                except TrainingOver as over:
                    self._end_all(training, prepared, epoch - 1, str(over))
                    return
                alive()
                self.epoch_seconds = result.seconds
                orders = self._record(epoch, result)
                self._look(training, epoch, result)
                self._end_at(training, prepared, epoch, orders)
        finally:
            training.close()

    def _is_unwanted(self) -> bool:
        """Whether every trial of this run is to be stopped, or is no longer this run's."""
        try:
            with self.database.read() as session:
                orders = recording.orders(
                    session, self.claim.token, self.job.training_id, len(self.values)
                )
        except LeaseLost:
            return True
        except SQLAlchemyError as error:
            if self.database.describe_outage(error) is None:
                raise
            return False  # nobody can say so now
        return all(
            orders.get(rider.trial_id, ("",))[0] == TrialState.STOPPED for rider in self.pending
        )

    def _give_up(self) -> None:
        """End a program that hangs together with its slot."""
        why = "Stopped; the program did not come to the end of its epoch, so its process was ended."
        with suppress(LeaseLost, NotFound):  # then they are nobody's trials any more
            self._fail(Ending(TrialState.STOPPED, len(self.values), error=why))
        os._exit(1)

    def _open(self, prepared: PreparedData) -> TrainingProtocol:
        if self.job.custom_model is not None:
            return open_training(
                self.job.custom_model, self.job.parameters, prepared, self.job.seed
            )
        config = NetworkConfig.from_parameters(self.job.parameters)
        return Training(config, prepared, self.job.seed)

    def _end_all(
        self, training: TrainingProtocol, prepared: PreparedData, epoch: int, why: str
    ) -> None:
        """Complete what is left of a training that ended by itself."""
        judgement = self._judge(training, prepared)
        for rider in list(self.pending):
            note = f"{why} after epoch {epoch}"
            self._finish(rider, Ending(TrialState.COMPLETED, epoch, judgement, log=(note,)))

    def _start(self, training: TrainingProtocol) -> int:
        """Go on from the checkpoint where every pending trial can; returns the epochs already behind."""
        epoch, state = self.job.checkpoint_epoch, self.job.checkpoint
        if epoch is None or state is None:
            return 0
        packed, best = serialization.unpack_checkpoint(state)
        if not self._can_go_on_from(epoch, best):
            return 0
        training.restore(packed)
        self.best, self.saved_epoch = best, epoch
        self._log(f"Resumed at epoch {epoch}")
        return epoch

    def _can_go_on_from(self, epoch: int, best: BestEpoch | None) -> bool:
        if best is None or best.monitor != self.job.objective:
            return False
        for rider in self.pending:
            end = (
                early_stopping.end_epoch(self.values[:epoch], rider.epochs, rider.patience) or epoch
            )
            if early_stopping.best_epoch(self.values[:end]) != best.epoch:
                return False
        return True

    def _record(self, number: int, result: EpochResult) -> Orders:
        epoch = EpochRecord(
            number=number,
            train_loss=finite(result.train_loss),
            val_loss=finite(result.val_loss),
            objective=finite(result.objective),
            seconds=result.seconds,
        )
        return self._write(recording.record_epoch, self.job.training_id, epoch)

    def _look(self, training: TrainingProtocol, epoch: int, result: EpochResult) -> None:
        """Note the monitored value and keep the weights of a new best epoch."""
        value = finite(
            result.objective if self.job.objective == Objective.RMSE else result.val_loss
        )
        self.values[epoch - 1 :] = [value]
        if value is None or finite(result.train_loss) is None:
            raise Diverged
        if self.best is None or early_stopping.best_epoch(self.values) == epoch:
            self.best = BestEpoch(str(self.job.objective), epoch, training.weights())

    def _end_at(
        self, training: TrainingProtocol, prepared: PreparedData, epoch: int, orders: Orders
    ) -> None:
        """End the trials that stop reading here; keep a checkpoint before the last of them gives up the lease."""
        endings = [
            (rider, ending)
            for rider in self.pending
            if (ending := self._ending(rider, epoch, orders))
        ]
        due = time.monotonic() - self.saved_at + self.epoch_seconds >= CHECKPOINT_SECONDS
        if epoch > self.saved_epoch and (due or len(endings) == len(self.pending)):
            self._save(training, epoch)
        judgement = self._judge(training, prepared) if endings else None
        for rider, ending in endings:
            self._finish(rider, replace(ending, judgement=judgement))

    def _ending(self, rider: Rider, epoch: int, orders: Orders) -> Ending | None:
        end = early_stopping.end_epoch(self.values[:epoch], rider.epochs, rider.patience)
        if end is not None:
            early = end < rider.epochs
            note = (
                f"Stopped early: no better epoch in {rider.patience}"
                if early
                else f"All {end} epochs done"
            )
            return Ending(TrialState.COMPLETED, end, log=(note,))
        if rider.trial_id in orders:
            state, why = orders[rider.trial_id]
            return Ending(state, epoch, error=why)
        return None

    def _finish(self, rider: Rider, ending: Ending) -> None:
        self._write(recording.finish, rider.trial_id, ending)
        self.pending.remove(rider)

    def _judge(self, training: TrainingProtocol, prepared: PreparedData) -> Judgement:
        assert self.best is not None
        return judge(
            self.job,
            training,
            prepared,
            self.best,
            self.values[self.best.epoch - 1],
            self.output_limit,
        )

    def _save(self, training: TrainingProtocol, epoch: int) -> None:
        state = training.checkpoint()
        if state is not None:
            packed = within(self.output_limit, serialization.pack_checkpoint(state, self.best))
            self._write(recording.record_checkpoint, self.job.training_id, epoch, packed)
        self.saved_at, self.saved_epoch = time.monotonic(), epoch

    def _write(self, record: Callable[..., Answer], *arguments: object) -> Answer:
        """One short transaction that carries the lease token, begun anew until the database takes it."""

        def write() -> Answer:
            with self.database.write() as session:
                return record(session, self.claim.token, *arguments)

        return self.patience(write)

    def _log(self, message: str) -> None:
        ids = [rider.trial_id for rider in self.pending]
        self._write(lambda session, _token: claims.log(session, ids, message))

    def _fail(self, ending: Ending) -> None:
        self._write(recording.fail, [rider.trial_id for rider in self.pending], ending)
