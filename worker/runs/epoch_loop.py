"""The epochs of a run: each is trained and stored, and ends the trials that stop there."""

import time
from collections.abc import Callable
from dataclasses import replace

from app.domain.runs import EpochRecord, Evaluation, SharedTrial, StopDecisions, TrialOutcome
from app.domain.terms import TrialState
from worker import serialization
from worker.runs import early_stopping
from worker.runs.evaluation import evaluate
from worker.runs.failures import Diverged, check_size, finite_or_none
from worker.runs.progress import RunProgress
from worker.serialization import BestEpoch
from worker.training import EpochResult, TrainingOver, TrainingProtocol
from worker.windows import PreparedData

CHECKPOINT_SECONDS = 10.0  # a crash loses at most this much of a training, or one epoch


class EpochLoop:
    """Trains one network until every trial of the run has ended.

    `max_bytes`: of a model and of a checkpoint.
    """

    def __init__(
        self,
        progress: RunProgress,
        training: TrainingProtocol,
        prepared: PreparedData,
        max_bytes: int,
    ) -> None:
        self.progress = progress
        self.lease = progress.lease
        self.retry = progress.retry
        self.job = progress.job
        self.training = training
        self.prepared = prepared
        self.max_bytes = max_bytes
        self.best: BestEpoch | None = None
        self.epoch_seconds = 0.0
        self.saved_epoch = 0
        self.saved_at = time.monotonic()

    def run(self, report_epoch: Callable[[], None]) -> None:
        """Train from the checkpoint on; `report_epoch` is called after each epoch.

        Raises Diverged, OutputTooLarge, LeaseLost and what the training raises.
        """
        engine = self.training.engine
        reason = self.training.engine_reason
        self.retry(lambda: self.lease.record_engine(engine, reason))
        epoch = self._restore_checkpoint()
        self._end_trials(epoch, {})
        while self.progress.pending:
            epoch += 1
            try:
                result = self.training.run_epoch()
            except TrainingOver as over:
                self._complete_pending(epoch - 1, str(over))
                return
            report_epoch()
            self.epoch_seconds = result.seconds
            decisions = self._record_epoch(epoch, result)
            self._monitor(epoch, result)
            self._end_trials(epoch, decisions)

    def _restore_checkpoint(self) -> int:
        """Go on from the checkpoint where every trial can; the number of epochs it has."""
        epoch = self.job.checkpoint_epoch
        checkpoint = self.job.checkpoint
        if epoch is None or checkpoint is None:
            return 0
        training_state, best = serialization.unpack_checkpoint(checkpoint)
        if best is None or not self._is_best_of_all_trials(best, epoch):
            return 0
        self.training.restore(training_state)
        self.best = best
        self.saved_epoch = epoch
        trial_ids = self.progress.pending_ids
        message = f"Resumed at epoch {epoch}"
        self.retry(lambda: self.lease.write_log(trial_ids, message))
        return epoch

    def _is_best_of_all_trials(self, best: BestEpoch, checkpoint_epoch: int) -> bool:
        """Whether a checkpoint holds the best weights of every trial, even if one ends earlier."""
        if best.monitor != self.job.objective:
            return False
        values = self.progress.values[:checkpoint_epoch]
        for trial in self.progress.pending:
            end = early_stopping.end_epoch(
                values,
                trial.epochs,
                trial.patience,
            )
            values_of_trial = values[: end or checkpoint_epoch]
            best_of_trial = early_stopping.best_epoch(values_of_trial)
            if best_of_trial != best.epoch:
                return False
        return True

    def _record_epoch(self, number: int, result: EpochResult) -> StopDecisions:
        epoch = EpochRecord(
            number=number,
            train_loss=finite_or_none(result.train_loss),
            val_loss=finite_or_none(result.val_loss),
            objective=finite_or_none(result.objective),
            mae=finite_or_none(result.mae),
            seconds=result.seconds,
        )
        return self.retry(lambda: self.lease.record_epoch(epoch))

    def _monitor(self, epoch: int, result: EpochResult) -> None:
        """Note the monitored value, and keep the weights of a new best epoch. Raises Diverged."""
        monitored = self.job.yardstick.monitored(result)
        assert monitored is not None
        value = finite_or_none(monitored)
        values = self.progress.values
        values[epoch - 1 :] = [value]
        train_loss = finite_or_none(result.train_loss)
        if value is None or train_loss is None:
            raise Diverged
        best_epoch = early_stopping.best_epoch(values)
        if self.best is None or best_epoch == epoch:
            self.best = BestEpoch(
                monitor=str(self.job.objective),
                epoch=epoch,
                weights=self.training.weights(),
            )

    def _end_trials(self, epoch: int, decisions: StopDecisions) -> None:
        """End the trials that stop at this epoch.

        The last of them gives up the lease, so a checkpoint is stored before.
        """
        outcomes = self._outcomes_at(epoch, decisions)
        is_last_epoch = len(outcomes) == len(self.progress.pending)
        is_unsaved = epoch > self.saved_epoch
        if is_unsaved and (is_last_epoch or self._is_checkpoint_due()):
            self._save_checkpoint(epoch)
        if not outcomes:
            return
        evaluation = self._evaluate()
        for trial, outcome in outcomes:
            evaluated = replace(outcome, evaluation=evaluation)
            self.progress.finish(trial, evaluated)

    def _outcomes_at(
        self, epoch: int, decisions: StopDecisions
    ) -> list[tuple[SharedTrial, TrialOutcome]]:
        """The trials that stop at this epoch, each with its outcome."""
        outcomes = []
        for trial in self.progress.pending:
            outcome = self._outcome_at(trial, epoch, decisions)
            if outcome is not None:
                outcomes.append((trial, outcome))
        return outcomes

    def _outcome_at(
        self, trial: SharedTrial, epoch: int, decisions: StopDecisions
    ) -> TrialOutcome | None:
        end = early_stopping.end_epoch(
            self.progress.values[:epoch],
            trial.epochs,
            trial.patience,
        )
        if end is not None:
            note = f"All {end} epochs done"
            if end < trial.epochs:
                note = f"Stopped early: no better epoch in {trial.patience}"
            return TrialOutcome(TrialState.COMPLETED, end, notes=(note,))
        decision = decisions.get(trial.trial_id)
        if decision is None:
            return None
        return TrialOutcome(
            decision.state,
            epoch,
            error=decision.reason,
        )

    def _complete_pending(self, epoch: int, reason: str) -> None:
        """Complete the trials of a training that ended by itself."""
        note = f"{reason} after epoch {epoch}"
        evaluation = self._evaluate()
        outcome = TrialOutcome(
            TrialState.COMPLETED,
            epoch,
            evaluation,
            notes=(note,),
        )
        pending = list(self.progress.pending)
        for trial in pending:
            self.progress.finish(trial, outcome)

    def _evaluate(self) -> Evaluation:
        assert self.best is not None
        best_index = self.best.epoch - 1
        return evaluate(
            self.job,
            self.training,
            self.prepared,
            self.best,
            self.progress.values[best_index],
            self.max_bytes,
        )

    def _is_checkpoint_due(self) -> bool:
        """Whether the next epoch could end too late for a checkpoint."""
        now = time.monotonic()
        next_epoch_ends_at = now + self.epoch_seconds
        seconds_unsaved = next_epoch_ends_at - self.saved_at
        return seconds_unsaved >= CHECKPOINT_SECONDS

    def _save_checkpoint(self, epoch: int) -> None:
        training_state = self.training.checkpoint()
        if training_state is not None:
            self._store_checkpoint(epoch, training_state)
        self.saved_at = time.monotonic()
        self.saved_epoch = epoch

    def _store_checkpoint(self, epoch: int, training_state: bytes) -> None:
        """Store a state with the best epoch so far. Raises OutputTooLarge."""
        packed = serialization.pack_checkpoint(training_state, self.best)
        checkpoint = check_size(packed, self.max_bytes)
        self.retry(
            lambda: self.lease.record_checkpoint(
                epoch,
                checkpoint,
            )
        )
