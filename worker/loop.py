"""The worker's loop: keeps its leases, asks strategies, claims trainings, hands them to slots."""

import os
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from secrets import token_hex

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.config import Settings
from app.db.engine import Database
from app.domain.custom.trust import ProgramNotTrusted
from app.queue import claims, progress, proposals, recording, workers
from worker import errands
from worker.errands import Errand
from worker.faults import FaultyExperiments, GrowingPause, describe_bug
from worker.housekeeping import Housekeeping
from worker.leases import LeaseKeeper
from worker.runs import tasks
from worker.slots.errors import RunKilled, SlotDied
from worker.slots.pool import SlotPool
from worker.suggestions import Suggestions
from worker.trust import UntrustedExperiments
from worker.watchdog import Watchdog, failed_outcome

ROUND_SECONDS = 0.25
MAX_OUTAGE_SECONDS = 2.0  # until the next try, while the database cannot be used


@dataclass(frozen=True)
class Task:
    """What a slot works on under a lease: a training, or an errand (training_id None).

    experiment_id: the only experiment whose rows it writes; None: it writes no experiment's.
    """

    token: str
    future: "Future[None]"
    experiment_id: int | None
    training_id: int | None = None
    errand: Errand | None = None
    submitted_at: float = field(default_factory=time.monotonic)


class Loop:
    """One worker process."""

    def __init__(
        self, settings: Settings, database: Database, pool: SlotPool, say: Callable[[str], None]
    ) -> None:
        self.settings = settings
        self.database = database
        self.pool = pool
        self.say = say
        hostname = socket.gethostname()[:40]
        self.worker_id = f"{hostname}-{os.getpid()}-{token_hex(3)}"
        self.tasks: list[Task] = []
        self.stopping = threading.Event()
        self._suggestions = Suggestions(database, say)
        self._faulty = FaultyExperiments(database, say)
        self._untrusted = UntrustedExperiments(database, settings.data, self.worker_id, say)
        self._housekeeping = Housekeeping(database, settings.keep_checkpoints)
        self._pause = GrowingPause()
        self._leases = LeaseKeeper(settings, database, self.worker_id)
        self._outage_seconds = min(MAX_OUTAGE_SECONDS, settings.heartbeat_seconds)
        self._trouble = ""  # why work cannot go on, as told to people
        self._restart_timers()

    def run(self) -> None:
        """Work until `stopping` is set, then put running trials back to queued."""
        try:
            while not self.stopping.is_set():
                self._run_round_safely()
                self._rest()
        finally:
            self._leave()

    def run_round(self) -> None:
        """Keep leases, end what has to end, store what has ended, and fill idle slots."""
        self._send_heartbeat()
        self._leases.expire_silent(self._tokens())
        self._kill_failing_runs()
        self._cancel_waiting_runs()
        self._collect_ended_tasks()
        self._faulty.check_open()
        self._housekeeping.run()
        self._untrusted.refresh()
        while len(self.tasks) < self.pool.ready_count and not self.stopping.is_set():
            task = self._start_next_task()
            if task is None:
                return
            self.tasks.append(task)

    def _run_round_safely(self) -> None:
        try:
            self._faulty.end_those_at_fault(self.run_round)
            self._announce_trouble(self._waiting_reason())
        except SQLAlchemyError as error:
            reason = self.database.describe_outage(error)
            self._announce_trouble(reason or f"The database cannot be used now: {error}")
            self._restart_timers()
            self.stopping.wait(self._outage_seconds)
        except Exception as error:  # an error of one round must not end the worker
            self._announce_trouble(describe_bug(error))
            self._pause.wait(self.stopping, self._send_heartbeat)

    def _tokens(self) -> list[str]:
        """The leases that this worker holds."""
        return [task.token for task in self.tasks]

    def _send_heartbeat(self) -> None:
        self._leases.send_heartbeat(self._tokens(), self._trouble)

    def _rest(self) -> None:
        futures = [task.future for task in self.tasks]
        if futures:
            wait(futures, timeout=ROUND_SECONDS, return_when=FIRST_COMPLETED)
        else:
            self.stopping.wait(ROUND_SECONDS)

    def _restart_timers(self) -> None:
        """Start to measure anew: nobody who could not write counts as silent or hung."""
        self._leases.restart_timers()
        self._watchdog = Watchdog(
            self.settings.hung_seconds,
            self.settings.slot_memory_mb,
        )

    def _waiting_reason(self) -> str:
        """Why a run cannot go on, or none can begin; "" while all goes well."""
        for task in self.tasks:
            reason = self.pool.waiting_reason(task.future)
            if reason:
                return reason
        return self.pool.trouble

    def _announce_trouble(self, trouble: str) -> None:
        """Say why work cannot go on when that changes: here, and at once on the pages."""
        if trouble == self._trouble:
            return
        self.say(trouble or "The trouble is over: work goes on.")
        self._trouble = trouble
        self._leases.hurry_heartbeat()

    def _kill_failing_runs(self) -> None:
        """Kill the runs that hang or hold too much memory."""
        tokens = self._tokens()
        self._watchdog.keep_only(tokens)
        if not tokens:
            return
        with self.database.read() as session:
            epochs = progress.epochs_by_token(session, tokens)
            for task in self.tasks:
                last_epoch = epochs.get(task.token, 0)
                reason = self._reason_to_kill(session, task, last_epoch)
                if reason is None or task.future.done():
                    continue
                self.say(f"A run is ended: {reason}")
                self.pool.kill_run(task.future, reason)

    def _reason_to_kill(self, session: Session, task: Task, epochs: int) -> RunKilled | None:
        if self.pool.waiting_reason(task.future):
            self._watchdog.excuse(task.token)
            return None
        memory_bytes = self.pool.memory_bytes(task.future)
        too_large = self._watchdog.check_memory(memory_bytes)
        if too_large is not None:
            return too_large
        if not self.pool.has_begun(task.future):
            return None
        if not self._watchdog.looks_hung(task.token, epochs):
            return None
        median_epoch = 0.0
        if task.training_id is not None:
            median_epoch = progress.median_epoch_seconds(session, task.training_id)
        return self._watchdog.check_progress(
            task.token,
            epochs,
            median_epoch,
        )

    def _cancel_waiting_runs(self) -> None:
        """Cancel the runs that no slot has taken for long: another worker may have one."""
        latest = time.monotonic() - self.settings.hung_seconds
        for task in self.tasks:
            if task.submitted_at < latest and not self.pool.has_begun(task.future):
                task.future.cancel()

    def _collect_ended_tasks(self) -> None:
        ended = [task for task in self.tasks if task.future.done()]
        for task in ended:
            if task.future.cancelled():
                self._give_back(task)
            elif (error := task.future.exception()) is not None:
                self._store_failure(task, error)
            self.tasks.remove(task)
            if task.experiment_id is not None:
                self._housekeeping.note_change(task.experiment_id)

    def _give_back(self, task: Task) -> None:
        """Leave to another worker what no slot here has begun."""
        with self.database.write() as session:
            claims.interrupt(session, task.token, "No slot could be started for it")
            claims.release_errands(session, [task.token])

    def _store_failure(self, task: Task, error: BaseException) -> None:
        """A slot died, or a run raised what it could not store itself."""
        self.say(f"A run ended badly: {error}")
        token = task.token
        with self.database.write() as session:
            if task.errand is not None:
                task.errand.fail(session, token, f"{task.errand.failure}: {error}")
            elif isinstance(error, ProgramNotTrusted):
                claims.release(session, [token], str(error))
                self._untrusted.forget(error.experiment_id)
            elif isinstance(error, SlotDied) and error.was_killed_from_outside:
                reason = str(error).removesuffix(".")
                claims.interrupt(session, token, reason)
            else:
                outcome = failed_outcome(error)
                recording.finish_held(session, token, outcome)
        if task.experiment_id is not None:
            self._faulty.check(task.experiment_id)

    def _start_next_task(self) -> Task | None:
        """Hand a slot the next errand or training; None when there is nothing to do."""
        errand_task = self._start_errand()
        if errand_task is not None:
            return errand_task
        while True:
            training_task = self._start_training()
            if training_task is not None:
                return training_task
            has_proposed = self._suggestions.propose(self._untrusted.waiting)
            if not has_proposed:
                return None

    def _start_errand(self) -> Task | None:
        with self.database.read() as session:
            errand = errands.find_requested(session)
        if errand is None:
            return None
        with self.database.write() as session:
            claim = errand.claim(session)
        if claim is None:
            return None
        future = self.pool.submit(
            errand.run,
            self.settings.url,
            claim.row_id,
            claim.token,
            self.settings.data,
        )
        return Task(claim.token, future, claim.experiment_id, errand=errand)

    def _start_training(self) -> Task | None:
        with self.database.write() as session:
            proposals.promote(session)
            claim = claims.claim(session, self.worker_id, self._untrusted.waiting)
        if claim is None:
            return None
        future = self.pool.submit(
            tasks.train,
            self.settings.url,
            claim,
            self.settings.data,
            self.settings.output_limit_mb,
        )
        return Task(claim.token, future, claim.experiment_id, claim.training_id)

    def _leave(self) -> None:
        """Give everything back first, so that no slot can write any more, then end the slots."""
        try:
            with self.database.write() as session:
                tokens = self._tokens()
                claims.release(session, tokens, "The worker was stopped: back in the queue")
                claims.release_errands(session, tokens)
                workers.leave(session, self.worker_id)
        except SQLAlchemyError:
            self.say(
                "The database could not be told that this worker stops;"
                " its leases will expire by themselves."
            )
        finally:
            self.pool.shutdown(wait=False)
