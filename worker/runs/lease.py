"""The database as a run sees it: what it holds under its lease, and every write it may do."""

from collections.abc import Collection
from functools import cache

from app.db.engine import Database
from app.domain.runs import Claim, EpochRecord, Job, StopDecisions, TrialOutcome
from app.queue import artifacts, bundles, claims, jobs, recording
from app.queue.bundles import BundleSource
from app.queue.logs import write_log
from worker.runs.retry import Retry
from worker.slots.child import report_waiting, slot_number


@cache
def database_at(url: str) -> Database:
    """One database for the life of the slot."""
    return Database(url)


def retry_on(database: Database) -> Retry:
    """Waits for this database as long as it takes, and tells the worker why."""
    return Retry(database.describe_outage, report_waiting)


class Lease:
    """The right to write the results of a claimed training. Each method is one transaction.

    The writes raise LeaseLost once another worker has taken the trials.
    """

    def __init__(self, database: Database, claim: Claim) -> None:
        self.database = database
        self.claim = claim
        self.token = claim.token
        self.training_id = claim.training_id

    def begin_run(self) -> None:
        """Count the run, so that one that kills its slot is not tried for ever."""
        with self.database.write() as session:
            claims.begin_run(session, self.token, slot_number())

    def load_job(self) -> Job:
        """What there is to train. Raises NotFound when the trials are gone."""
        with self.database.read() as session:
            return jobs.load(session, self.claim)

    def read_stop_decisions(self, epoch: int) -> StopDecisions:
        """Which trials are to end after this epoch. Raises LeaseLost."""
        with self.database.read() as session:
            return recording.stop_decisions(
                session,
                self.token,
                self.training_id,
                epoch,
            )

    def record_engine(self, engine: str, reason: str) -> None:
        with self.database.write() as session:
            recording.record_engine(
                session,
                self.token,
                self.training_id,
                engine,
                reason,
            )

    def record_epoch(self, epoch: EpochRecord) -> StopDecisions:
        """Store an epoch. Returns which trials end with it."""
        with self.database.write() as session:
            return recording.record_epoch(
                session,
                self.token,
                self.training_id,
                epoch,
            )

    def record_checkpoint(self, epoch: int, checkpoint: bytes) -> None:
        with self.database.write() as session:
            recording.record_checkpoint(
                session,
                self.token,
                self.training_id,
                epoch,
                checkpoint,
            )

    def finish(self, trial_id: int, outcome: TrialOutcome) -> None:
        """End one trial."""
        with self.database.write() as session:
            recording.finish(
                session,
                self.token,
                trial_id,
                outcome,
            )

    def finish_trials(self, trial_ids: Collection[int], outcome: TrialOutcome) -> None:
        """End all these trials with the same outcome."""
        with self.database.write() as session:
            recording.finish_trials(
                session,
                self.token,
                trial_ids,
                outcome,
            )

    def copy_result(self, trial_id: int, source_trial_id: int, epochs: int) -> None:
        """Complete a trial, after so many epochs, with the result of another of its training."""
        with self.database.write() as session:
            recording.copy_result(
                session,
                self.token,
                trial_id,
                source_trial_id,
                epochs,
            )

    def write_log(self, trial_ids: Collection[int], message: str) -> None:
        with self.database.write() as session:
            write_log(session, trial_ids, message)


class BundleLease:
    """The right to make a requested bundle. Each method is one transaction."""

    def __init__(self, database: Database, artifact_id: int, token: str) -> None:
        self.database = database
        self.artifact_id = artifact_id
        self.token = token

    def load_source(self) -> BundleSource:
        """What the bundle is made of. Raises NotFound where it cannot be made."""
        with self.database.read() as session:
            return bundles.load_source(session, self.artifact_id)

    def complete(self, content: bytes) -> None:
        """Store the bundle."""
        with self.database.write() as session:
            artifacts.complete_bundle(session, self.token, content)

    def fail(self, problem: str) -> None:
        """Store why there is no bundle."""
        with self.database.write() as session:
            artifacts.fail_bundle(session, self.token, problem)
