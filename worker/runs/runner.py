"""Runs one claim inside a slot: opens its training and stores what goes wrong with it."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from app.domain.custom.trust import TrustedPrograms
from app.domain.runs import Claim, Job, TrialOutcome
from app.domain.terms import TrialState
from app.errors import NotFound
from app.memory import MEGABYTE
from app.queue.recording import LeaseLost
from worker.custom.factory import create_training
from worker.custom.hang_guard import HangGuard
from worker.custom.windows import prepare_series
from worker.network import NetworkConfig
from worker.runs.epoch_loop import EpochLoop
from worker.runs.failures import Diverged, diverged_outcome, failed_outcome
from worker.runs.lease import Lease, database_at, retry_on
from worker.runs.progress import RunProgress
from worker.runs.retry import Retry
from worker.training import Training, TrainingProtocol
from worker.windows import PreparedData

HUNG_PROGRAM = (
    "Stopped; the program did not come to the end of its epoch, so its process was ended."
)


def run(url: str, claim: Claim, data: Path, output_limit_mb: int = 200) -> None:
    """Run a claim to its end.

    Whatever goes wrong with it is stored with its trials; a lost lease ends it silently.
    `data`: the folder that says which custom models may run. Raises ProgramNotTrusted before
    anything of one runs that may not.
    """
    database = database_at(url)
    lease = Lease(database, claim)
    retry = retry_on(database)
    try:
        retry(lease.begin_run)
        job = retry(lease.load_job)
        if job.custom_model is not None:
            model = job.custom_model
            TrustedPrograms(data).require(model.name, model.source, claim.experiment_id)
        max_bytes = output_limit_mb * MEGABYTE
        claimed_run = Run(lease, retry, job, max_bytes)
        claimed_run.execute()
    except (LeaseLost, NotFound):
        return


class Run:
    """One claim that is being trained. `max_bytes`: of a model and of a checkpoint."""

    def __init__(self, lease: Lease, retry: Retry, job: Job, max_bytes: int) -> None:
        self.lease = lease
        self.job = job
        self.max_bytes = max_bytes
        self.progress = RunProgress(lease, retry, job)

    def execute(self) -> None:
        """Copy the results that are known already, and train the rest."""
        try:
            self.progress.copy_known_results()
            if self.progress.pending:
                self._train()
        except Diverged:
            epoch = len(self.progress.values)
            self.progress.finish_pending(diverged_outcome(epoch))
        except (LeaseLost, NotFound):
            raise
        except Exception as error:  # whatever it is, it ends this run alone
            self.progress.finish_pending(failed_outcome(error))

    def _train(self) -> None:
        if self.job.custom_model is None:
            self._train_epochs(_ignore_epoch)
            return
        guard = HangGuard(self._is_unwanted, self._give_up)
        try:
            self._train_epochs(guard.alive)
        finally:
            guard.end()

    def _train_epochs(self, report_epoch: Callable[[], None]) -> None:
        series = self.job.series
        n_rows = len(series.values)
        prepared = prepare_series(
            series,
            self.job.parameters,
            self.job.split.parts(n_rows),
            self.job.custom_model,
            self.job.season_lengths,
            self.job.horizon,
        )
        training = self._open_training(prepared)
        try:
            loop = EpochLoop(self.progress, training, prepared, self.max_bytes)
            loop.run(report_epoch)
        finally:
            training.close()

    def _open_training(self, prepared: PreparedData) -> TrainingProtocol:
        job = self.job
        if job.custom_model is not None:
            return create_training(
                job.custom_model,
                job.parameters,
                prepared,
                job.seed,
            )
        config = NetworkConfig.from_parameters(job.parameters, job.horizon)
        return Training(config, prepared, job.seed)

    def _is_unwanted(self) -> bool:
        """Whether every trial of this run is to be stopped, or is no longer this run's."""
        try:
            decisions = self.lease.read_stop_decisions(len(self.progress.values))
        except LeaseLost:
            return True
        stopped = set()
        for trial_id, decision in decisions.items():
            if decision.state == TrialState.STOPPED:
                stopped.add(trial_id)
        return stopped.issuperset(self.progress.pending_ids)

    def _give_up(self) -> None:
        """End a program that hangs, together with its slot."""
        outcome = TrialOutcome(
            TrialState.STOPPED,
            epochs_trained=len(self.progress.values),
            error=HUNG_PROGRAM,
        )
        with suppress(LeaseLost, NotFound):  # then its trials are no longer this run's
            self.progress.finish_pending(outcome)
        os._exit(1)


def _ignore_epoch() -> None:
    """For the built-in network, which no guard watches."""
