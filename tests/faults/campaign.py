"""Kill workers, slots and the server at random moments of one search, and measure what is lost."""

import os
import random
import signal
import threading
import time
from dataclasses import dataclass, field

from sqlalchemy import select

from app.config import Settings
from app.db.engine import Database
from app.db.models import Epoch, Experiment, Forecast, LogLine, Training, Trial
from app.db.upgrade import upgrade_database
from app.domain.terms import FINISHED_TRIAL_STATES, TrialState
from tests import factories
from tests.faults.processes import Process, end_afterwards, registered_name, wait_until

TRIALS = 40
EPOCHS = 250
SPACE = {
    **factories.TINY,
    "units_1": {"integer": [4, 10]},  # none of the sizes that tests.faults.broken breaks
    "learning_rate": {"loguniform": [0.001, 0.02]},
    "epochs": EPOCHS,
    "patience": 0,
}
SHORT_LEASE = {"slots": 1, "lease_seconds": 4.0, "heartbeat_seconds": 1.0}
KILL_CHOICES = ("worker", "slot", "slot", "server")  # slots are killed twice as often
LAST_KILL_PROGRESS = 0.95
SEARCH_SECONDS = 600.0


@dataclass(frozen=True)
class TrialResult:
    """How a trial ended, and the validation loss of each epoch of its training."""

    state: str
    objective: float | None
    losses: list[float | None]


@dataclass
class Report:
    """What a campaign did and measured."""

    kills: dict[str, int] = field(default_factory=dict)
    takeover_seconds: list[float] = field(default_factory=list)  # from a kill to a lease's end
    lost_seconds: list[float] = field(default_factory=list)  # trained since the last checkpoint
    longest_epoch_seconds: float = 0.0
    resume_messages: list[str] = field(default_factory=list)
    seconds: float = 0.0


def prepare_search(settings: Settings) -> Database:
    """A new database with the search in it."""
    settings.data.mkdir(parents=True, exist_ok=True)
    upgrade_database(settings)
    database = Database(settings.url)
    with database.write() as session:
        factories.dataset(session, rows=700)
        factories.experiment(session, max_trials=TRIALS, space=SPACE, seed=5)
    return database


def has_ended(database: Database) -> bool:
    """Whether the search has ended."""
    with database.read() as session:
        return session.query(Experiment).one().finished_at is not None


def read_progress(database: Database) -> float:
    """The fraction of its epochs that the search has trained.

    Kills keep pace with it, so that they are spread over the search on any machine.
    """
    with database.read() as session:
        trained = sum(session.scalars(select(Training.epochs_trained)))
    return trained / (TRIALS * EPOCHS)


def read_results(database: Database) -> dict[int, TrialResult]:
    """The result of every trial by its number."""
    results: dict[int, TrialResult] = {}
    with database.read() as session:
        for trial in session.query(Trial).order_by(Trial.number):
            assert trial.number not in results
            losses = session.scalars(
                select(Epoch.val_loss)
                .where(Epoch.training_id == trial.training_id)
                .order_by(Epoch.number)
            )
            results[trial.number] = TrialResult(trial.state, trial.objective, list(losses))
    return results


def count_endings(database: Database) -> dict[int, int]:
    """How often the log says that each trial ended. Asserts that each has two forecasts."""
    is_ending = LogLine.message.like("%epochs done%")
    is_finished = Trial.state.in_(FINISHED_TRIAL_STATES)
    with database.read() as session:
        ended = list(session.scalars(select(LogLine.trial_id).where(is_ending)))
        forecasts = session.scalars(select(Forecast.trial_id)).all()
        trials = session.scalars(select(Trial.id).where(is_finished)).all()
    assert sorted(forecasts) == sorted([*trials, *trials])
    return {trial: ended.count(trial) for trial in trials}


def run_undisturbed(settings: Settings) -> dict[int, TrialResult]:
    """The results of the same search without kills."""
    database = prepare_search(settings)
    worker = Process("tests.faults.worker", settings, slots=2)
    with end_afterwards([worker]):
        wait_until(lambda: has_ended(database), "the end of the undisturbed search", SEARCH_SECONDS)
    return read_results(database)


class Campaign:
    """Two workers of one slot each and a server on one search, killed `kills` times in all."""

    def __init__(self, settings: Settings, kills: int, seed: int) -> None:
        self.settings = settings
        self.kills = kills
        self.random = random.Random(seed)
        self.database = prepare_search(settings)
        self.report = Report(kills=dict.fromkeys(KILL_CHOICES, 0))
        self.workers = [self._start_worker(), self._start_worker()]
        self.server = self._start_server()
        self.watchers: list[threading.Thread] = []

    def run(self) -> Report:
        """Kill, start again, and wait for the end of the search."""
        started_at = time.monotonic()
        processes = [*self.workers, self.server]
        with end_afterwards(processes):
            wait_until(self._are_workers_registered, "both workers")
            for progress in self._draw_kill_moments():
                self._wait_for_progress(progress)
                self._kill_something()
                processes[:] = [*self.workers, self.server]
            wait_until(lambda: has_ended(self.database), "the end of the search", SEARCH_SECONDS)
            for watcher in self.watchers:
                watcher.join()
        self.report.seconds = time.monotonic() - started_at
        self._read_log_and_epochs()
        return self.report

    def _start_worker(self) -> Process:
        return Process("tests.faults.worker", self.settings, **SHORT_LEASE)

    def _start_server(self) -> Process:
        return Process("app serve --port 0", self.settings)

    def _are_workers_registered(self) -> bool:
        return all(registered_name(self.database, worker) for worker in self.workers)

    def _draw_kill_moments(self) -> list[float]:
        """The progress of the search at each kill."""
        return sorted(self.random.uniform(0.0, LAST_KILL_PROGRESS) for _ in range(self.kills))

    def _wait_for_progress(self, progress: float) -> None:
        wait_until(
            lambda: read_progress(self.database) >= progress,
            "progress of the search",
            SEARCH_SECONDS,
        )

    def _kill_something(self) -> None:
        """Draw what to kill, until it is something that may be killed now."""
        while not self._try_to_kill(self.random.choice(KILL_CHOICES)):
            time.sleep(0.1)

    def _try_to_kill(self, kind: str) -> bool:
        """Kill a process of this kind and start it again. False where it must not be killed now."""
        index = self.random.randrange(2)
        if kind == "server":
            self._kill_server()
            is_killed = True
        elif kind == "slot":
            is_killed = self._kill_slot(self.workers[index])
        else:
            is_killed = self._kill_worker(index)
        if is_killed:
            self.report.kills[kind] += 1
        return is_killed

    def _kill_server(self) -> None:
        self.server.kill()
        self.server = self._start_server()

    def _kill_slot(self, worker: Process) -> bool:
        """Kill the slot of a worker, which starts another one by itself."""
        slots = worker.slots()
        if not slots:
            return False
        self._note_loss(worker)
        os.kill(slots[0], signal.SIGKILL)
        return True

    def _kill_worker(self, index: int) -> bool:
        """Kill a worker only if the other one can take over and is not waiting for a lease."""
        other = self.workers[1 - index]
        if registered_name(self.database, other) is None:
            return False
        if any(watcher.is_alive() for watcher in self.watchers):
            return False
        worker = self.workers[index]
        self._note_loss(worker)
        tokens = self._lease_tokens(worker)
        worker.kill()
        self._watch_leases(tokens)
        self.workers[index] = self._start_worker()
        return True

    def _lease_tokens(self, worker: Process) -> list[str]:
        """The leases that a worker holds."""
        name = registered_name(self.database, worker)
        tokens = select(Trial.lease_token).where(
            Trial.worker_id == name, Trial.state == TrialState.RUNNING
        )
        with self.database.read() as session:
            return [token for token in session.scalars(tokens) if token]

    def _note_loss(self, worker: Process) -> None:
        """Note how much training the worker's trial would have to repeat if killed now."""
        for token in self._lease_tokens(worker):
            with self.database.read() as session:
                trial = session.scalars(select(Trial).where(Trial.lease_token == token)).first()
                if trial is None:
                    continue
                checkpoint_epoch = trial.training.checkpoint_epoch or 0
                later_seconds = select(Epoch.seconds).where(
                    Epoch.training_id == trial.training_id,
                    Epoch.number > checkpoint_epoch,
                    Epoch.number <= trial.epochs_trained,
                )
                self.report.lost_seconds.append(sum(session.scalars(later_seconds)))

    def _watch_leases(self, tokens: list[str]) -> None:
        """Measure, in a thread, how long the leases of a worker outlive it."""
        killed_at = time.monotonic()

        def watch() -> None:
            remaining = set(tokens)
            while remaining:
                held = select(Trial.lease_token).where(Trial.lease_token.in_(remaining))
                with self.database.read() as session:
                    remaining &= set(session.scalars(held))
                time.sleep(0.02)
            seconds = time.monotonic() - killed_at
            self.report.takeover_seconds.extend([seconds] * len(tokens))

        watcher = threading.Thread(target=watch, daemon=True)
        self.watchers.append(watcher)
        watcher.start()

    def _read_log_and_epochs(self) -> None:
        is_resume = LogLine.message.like("Resumed at epoch%")
        with self.database.read() as session:
            messages = session.scalars(select(LogLine.message).where(is_resume))
            self.report.resume_messages = list(messages)
            self.report.longest_epoch_seconds = max(session.scalars(select(Epoch.seconds)))
