"""kill -9 of workers, slots and the server at random moments of one search, and what was lost by it."""

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
from tests.faults.processes import Process, ended, until, worker_of

TRIALS = 40
SPACE = {
    **factories.TINY,
    "units_1": {"integer": [4, 10]},  # none of the sizes that tests.faults.broken breaks
    "learning_rate": {"loguniform": [0.001, 0.02]},
    "epochs": 250,
    "patience": 0,
}
QUICK = {"slots": 1, "lease_seconds": 4.0, "heartbeat_seconds": 1.0}
KINDS = ("worker", "slot", "slot", "server")
Result = dict[
    int, tuple[str, float | None, list[float | None]]
]  # number -> state, objective, losses


@dataclass
class Report:
    """What a campaign did and found; seconds."""

    kills: dict[str, int] = field(default_factory=dict)
    stuck: list[float] = field(
        default_factory=list
    )  # from the kill of a worker to the end of each lease it held
    lost: list[float] = field(
        default_factory=list
    )  # work since the last checkpoint, at each kill of a run
    longest_epoch: float = 0.0
    resumed: list[str] = field(default_factory=list)
    seconds: float = 0.0


def prepare(settings: Settings) -> Database:
    """An empty database with the search in it."""
    settings.data.mkdir(parents=True, exist_ok=True)
    upgrade_database(settings)
    database = Database(settings.url)
    with database.write() as session:
        factories.dataset(session, rows=700)
        factories.experiment(session, max_trials=TRIALS, space=SPACE, seed=5)
    return database


def is_over(database: Database) -> bool:
    """The search has ended."""
    with database.read() as session:
        return session.query(Experiment).one().finished_at is not None


def progress(database: Database) -> float:
    """The share of its epochs that a search has trained: kills keep pace with it on quick and slow machines alike."""
    with database.read() as session:
        return sum(session.scalars(select(Training.epochs_trained))) / (
            TRIALS * int(SPACE["epochs"])
        )


def result(database: Database) -> Result:
    """How every trial ended, and what its epochs were."""
    with database.read() as session:
        found: Result = {}
        for trial in session.query(Trial).order_by(Trial.number):
            losses = (
                select(Epoch.val_loss)
                .where(Epoch.training_id == trial.training_id)
                .order_by(Epoch.number)
            )
            assert trial.number not in found
            found[trial.number] = (trial.state, trial.objective, list(session.scalars(losses)))
        return found


def endings(database: Database) -> dict[int, int]:
    """How often the log says that each trial ended, and that it has its two forecasts."""
    with database.read() as session:
        done = session.scalars(
            select(LogLine.trial_id).where(LogLine.message.like("%epochs done%"))
        ).all()
        forecasts = session.scalars(select(Forecast.trial_id)).all()
        trials = session.scalars(
            select(Trial.id).where(Trial.state.in_(FINISHED_TRIAL_STATES))
        ).all()
        assert sorted(forecasts) == sorted([*trials, *trials])
        return {trial: list(done).count(trial) for trial in trials}


def undisturbed(settings: Settings) -> Result:
    """The same search, left alone."""
    database = prepare(settings)
    process = Process("tests.faults.worker", settings, slots=2)
    with ended([process]):
        until(lambda: is_over(database), "the end of the undisturbed search", 600)
    return result(database)


class Campaign:
    """Two workers of one slot each and a server, on one search, killed until they have been killed often enough."""

    def __init__(self, settings: Settings, kills: int, seed: int) -> None:
        self.settings, self.kills, self.random = settings, kills, random.Random(seed)
        self.database = prepare(settings)
        self.report = Report(kills=dict.fromkeys(KINDS, 0))
        self.workers = [self._worker(), self._worker()]
        self.server = Process("app serve --port 0", settings)
        self.watchers: list[threading.Thread] = []

    def run(self) -> Report:
        """Kill, start again, and wait for the end of the search."""
        began = time.monotonic()
        everything = [*self.workers, self.server]
        with ended(everything):
            until(
                lambda: all(worker_of(self.database, worker) for worker in self.workers),
                "both workers",
            )
            for share in sorted(self.random.uniform(0.0, 0.95) for _ in range(self.kills)):
                until(
                    lambda share=share: progress(self.database) >= share,
                    "progress of the search",
                    600,
                )
                while not self._kill(self.random.choice(KINDS)):
                    time.sleep(0.1)
                everything[:] = [*self.workers, self.server]
            until(lambda: is_over(self.database), "the end of the search", 600)
            for watcher in self.watchers:
                watcher.join()
        self.report.seconds = time.monotonic() - began
        with self.database.read() as session:
            resumed = LogLine.message.like("Resumed at epoch%")
            self.report.resumed = list(session.scalars(select(LogLine.message).where(resumed)))
            self.report.longest_epoch = max(session.scalars(select(Epoch.seconds)))
        return self.report

    def _worker(self) -> Process:
        return Process("tests.faults.worker", self.settings, **QUICK)

    def _kill(self, kind: str) -> bool:
        """Kill one of a kind and start it again; False where that must not be now."""
        place = self.random.randrange(2)
        worker = self.workers[place]
        if kind == "server":
            self.server.kill()
            self.server = Process("app serve --port 0", self.settings)
        elif kind == "slot":
            slots = worker.slots()
            if not slots:
                return False
            self._note_loss(worker)
            os.kill(slots[0], signal.SIGKILL)
        else:
            if worker_of(self.database, self.workers[1 - place]) is None:
                return False  # the other one is not there yet to take over
            if any(watcher.is_alive() for watcher in self.watchers):
                return False  # whoever is to take over would be killed while it waits for the lease to run out
            self._note_loss(worker)
            held = self._held_by(worker)
            worker.kill()
            self._watch(held)
            self.workers[place] = self._worker()
        self.report.kills[kind] += 1
        return True

    def _held_by(self, worker: Process) -> list[str]:
        name = worker_of(self.database, worker)
        with self.database.read() as session:
            held = select(Trial.lease_token).where(
                Trial.worker_id == name, Trial.state == TrialState.RUNNING
            )
            return [token for token in session.scalars(held) if token]

    def _note_loss(self, worker: Process) -> None:
        """Seconds of training that its running trial would have to repeat if it were killed now."""
        for token in self._held_by(worker):
            with self.database.read() as session:
                training = session.scalars(select(Trial).where(Trial.lease_token == token)).first()
                if training is None:
                    continue
                since = training.training.checkpoint_epoch or 0
                later = select(Epoch.seconds).where(
                    Epoch.training_id == training.training_id,
                    Epoch.number > since,
                    Epoch.number <= training.epochs_trained,
                )
                self.report.lost.append(sum(session.scalars(later)))

    def _watch(self, tokens: list[str]) -> None:
        """Measure how long the leases of a killed worker live on."""
        killed_at = time.monotonic()

        def watch() -> None:
            left = set(tokens)
            while left:
                with self.database.read() as session:
                    left &= set(
                        session.scalars(
                            select(Trial.lease_token).where(Trial.lease_token.in_(left))
                        )
                    )
                time.sleep(0.02)
            self.report.stuck.extend([time.monotonic() - killed_at] * len(tokens))

        self.watchers.append(threading.Thread(target=watch, daemon=True))
        self.watchers[-1].start()
