"""What a run knows while it goes on, and how its trials end."""

from app.domain.runs import Job, SharedTrial, TrialOutcome
from app.queue.recording import SourceGone
from worker.runs import early_stopping
from worker.runs.lease import Lease
from worker.runs.retry import Retry


class RunProgress:
    """A job, the monitored value of each of its epochs so far, and the trials that go on.

    `retry` repeats a write of `lease` until the database takes it.
    """

    def __init__(self, lease: Lease, retry: Retry, job: Job) -> None:
        self.lease = lease
        self.retry = retry
        self.job = job
        self.values = list(job.values)
        self.pending = list(job.trials)

    @property
    def pending_ids(self) -> list[int]:
        """Ids of the trials that go on."""
        return [trial.trial_id for trial in self.pending]

    def finish(self, trial: SharedTrial, outcome: TrialOutcome) -> None:
        """End one trial."""
        self.retry(
            lambda: self.lease.finish(
                trial.trial_id,
                outcome,
            )
        )
        self.pending.remove(trial)

    def finish_pending(self, outcome: TrialOutcome) -> None:
        """End the run: all its trials get the same outcome."""
        trial_ids = self.pending_ids
        self.retry(lambda: self.lease.finish_trials(trial_ids, outcome))

    def copy_known_results(self) -> None:
        """Complete the trials that end within known epochs, with a model another trial has left."""
        for trial in list(self.pending):
            end = early_stopping.end_epoch(
                self.values,
                trial.epochs,
                trial.patience,
            )
            if end is None:
                continue
            source_id = self._find_source_trial(end)
            if source_id is not None:
                self._copy_result(trial, source_id, end)

    def _find_source_trial(self, end: int) -> int | None:
        """A completed trial whose model is that of the best of the first `end` epochs."""
        values = self.values[:end]
        best = early_stopping.best_epoch(values)
        if best is None:
            return None
        return self.job.source_trials.get(best)

    def _copy_result(self, trial: SharedTrial, source_id: int, end: int) -> None:
        """Complete a trial with a known result; where that was deleted, the trial is trained."""
        try:
            self.retry(
                lambda: self.lease.copy_result(
                    trial.trial_id,
                    source_id,
                    end,
                )
            )
        except SourceGone:
            return
        self.pending.remove(trial)
