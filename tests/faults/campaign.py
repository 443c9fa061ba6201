"""Kill workers, slots and the server at random moments of one search, and measure what is lost."""

import os
import random
import signal
import threading
import time
from dataclasses import dataclass, field
from math import inf

from sqlalchemy import select

from app.config import Settings
from app.db.engine import Database
from app.db.models import LogLine, Trial
from app.domain.terms import TrialState
from tests.faults.processes import Process, end_afterwards, registered_name, wait_until
from tests.faults.searches import SEARCH_SECONDS, Search, count_epochs, has_ended, prepare_search
from tests.faults.visitors import Visitors, Visits
from tests.faults.witness import WitnessedRun, read_runs
from tests.ports import free_port

SHORT_LEASE = {"slots": 1, "lease_seconds": 4.0, "heartbeat_seconds": 1.0}
# Slots are killed most often, both workers at once least.
KILL_CHOICES = ("slot", "slot", "slot", "server", "server", "worker", "both workers")
LAST_KILL_PROGRESS = 0.95
TAKEOVER_SECONDS = 30.0  # a lease that outlives its worker for so long has not ended


@dataclass
class Report:
    """What a campaign did and measured."""

    kills: dict[str, int] = field(default_factory=dict)
    cut_runs: int = 0  # trials that were running in what was killed
    takeover_seconds: list[float] = field(default_factory=list)  # from a kill to a lease's end
    resume_messages: list[str] = field(default_factory=list)
    runs: list[WitnessedRun] = field(default_factory=list)
    visits: Visits = field(default_factory=Visits)
    seconds: float = 0.0


class Campaign:
    """Two workers of one slot each and a server on one search, killed `kills` times in all.

    They are killed less often where the search ends before.
    """

    def __init__(
        self, settings: Settings, search: Search, kills: int, seed: int, mutant: str = ""
    ) -> None:
        self.settings = settings
        self.search = search
        self.kills = kills
        self.mutant = mutant
        self.random = random.Random(seed)
        self.deck: list[str] = []
        self.database: Database = prepare_search(settings, search)
        self.witness = settings.data / "witness.txt"
        self.report = Report(kills=dict.fromkeys(KILL_CHOICES, 0))
        self.port = free_port()
        self.visitors = Visitors(self.port)
        self.workers = [self._start_worker(), self._start_worker()]
        self.server = self._start_server()
        self.watchers: list[threading.Thread] = []

    def run(self) -> Report:
        """Kill, start again, and wait for the end of the search. Raises AssertionError."""
        started_at = time.monotonic()
        processes = [*self.workers, self.server]
        self.visitors.start()
        with end_afterwards(processes):
            try:
                wait_until(self._are_workers_registered, "both workers")
                wait_until(self.visitors.has_been_answered, "an answer of the server")
                for epochs in self._draw_kill_moments():
                    self._wait_for_epochs(epochs)
                    self._kill_something()
                    processes[:] = [*self.workers, self.server]
                self._wait_for_end()
            finally:
                self.visitors.stop()
        self.report.seconds = time.monotonic() - started_at
        self.report.visits = self.visitors.visits
        self.report.runs = read_runs(self.witness)
        self._read_log()
        return self.report

    def _start_worker(self) -> Process:
        return Process(
            "tests.faults.worker",
            self.settings,
            witness=self.witness,
            mutant=self.mutant,
            **SHORT_LEASE,
        )

    def _start_server(self) -> Process:
        return Process("tests.faults.server", self.settings, port=self.port, mutant=self.mutant)

    def _are_workers_registered(self) -> bool:
        return all(registered_name(self.database, worker) for worker in self.workers)

    def _is_a_worker_registered(self) -> bool:
        return any(registered_name(self.database, worker) for worker in self.workers)

    def _draw_kill_moments(self) -> list[float]:
        """How many epochs of the search are stored at each kill.

        Kills keep pace with epochs, so that they are spread over the search on any machine.
        """
        last = LAST_KILL_PROGRESS * self.search.epochs
        return sorted(self.random.uniform(0.0, last) for _ in range(self.kills))

    def _wait_for_epochs(self, epochs: float) -> None:
        def is_time() -> bool:
            self._check_takeovers()
            return count_epochs(self.database) >= epochs or has_ended(self.database)

        wait_until(is_time, "progress of the search", SEARCH_SECONDS)

    def _wait_for_end(self) -> None:
        def is_over() -> bool:
            self._check_takeovers()
            return has_ended(self.database)

        wait_until(is_over, "the end of the search", SEARCH_SECONDS)
        for watcher in self.watchers:
            watcher.join()
        self._check_takeovers()

    def _check_takeovers(self) -> None:
        assert inf not in self.report.takeover_seconds, "the lease of a dead worker does not end"

    def _kill_something(self) -> None:
        """Draw what to kill, until it is something that may be killed now or all is over."""
        while not has_ended(self.database):
            kind = self._draw_kind()
            if self._try_to_kill(kind):
                self.report.kills[kind] += 1
                return
            self.deck.insert(0, kind)  # its turn comes later
            time.sleep(0.1)

    def _draw_kind(self) -> str:
        """Draw one of the kinds, each in turn before any comes again, so that none is left out."""
        if not self.deck:
            self.deck = list(KILL_CHOICES)
            self.random.shuffle(self.deck)
        return self.deck.pop()

    def _try_to_kill(self, kind: str) -> bool:
        """Kill processes of this kind and start them again. False where they must not die now."""
        index = self.random.randrange(2)
        if kind == "server":
            return self._kill_server()
        if kind == "slot":
            return self._kill_slot(self.workers[index])
        if kind == "worker":
            return self._kill_worker(index)
        return self._kill_both_workers()

    def _kill_server(self) -> bool:
        """Kill a server only if it has answered since it was started."""
        if not self.visitors.has_been_answered():
            return False
        self.server.kill()
        self.visitors.forget_server()
        self.server = self._start_server()
        return True

    def _kill_slot(self, worker: Process) -> bool:
        """Kill the slot of a worker, which starts another one by itself."""
        slots = worker.slots()
        if not slots:
            return False
        self.report.cut_runs += len(self._lease_tokens(worker))
        os.kill(slots[0], signal.SIGKILL)
        return True

    def _kill_worker(self, index: int) -> bool:
        """Kill a worker only if the other one can take over and is not waiting for a lease."""
        worker = self.workers[index]
        other = self.workers[1 - index]
        if registered_name(self.database, other) is None or self._is_lease_watched():
            return False
        tokens = self._lease_tokens(worker)
        worker.kill()
        self._watch_leases(tokens)
        self.workers[index] = self._start_worker()
        return True

    def _kill_both_workers(self) -> bool:
        """Kill both workers at once only if one of them trains; nobody is left to notice."""
        tokens = [token for worker in self.workers for token in self._lease_tokens(worker)]
        if not tokens or self._is_lease_watched():
            return False
        for worker in self.workers:
            worker.kill()
        self.workers = [self._start_worker(), self._start_worker()]
        self._watch_leases(tokens)
        return True

    def _is_lease_watched(self) -> bool:
        return any(watcher.is_alive() for watcher in self.watchers)

    def _lease_tokens(self, worker: Process) -> list[str]:
        """The leases that a worker holds."""
        name = registered_name(self.database, worker)
        tokens = select(Trial.lease_token).where(
            Trial.worker_id == name, Trial.state == TrialState.RUNNING
        )
        with self.database.read() as session:
            return [token for token in session.scalars(tokens) if token]

    def _watch_leases(self, tokens: list[str]) -> None:
        """Measure, in a thread, how long leases outlive their worker while another one works."""
        self.report.cut_runs += len(tokens)

        def watch() -> None:
            wait_until(self._is_a_worker_registered, "a worker that could take over")
            seconds = self._seconds_until_free(tokens)
            self.report.takeover_seconds.extend([seconds] * len(tokens))

        watcher = threading.Thread(target=watch, daemon=True)
        self.watchers.append(watcher)
        watcher.start()

    def _seconds_until_free(self, tokens: list[str]) -> float:
        """Seconds from now on until none of these leases is held any more; infinity where never."""
        started_at = time.monotonic()
        held = select(Trial.lease_token).where(Trial.lease_token.in_(tokens))
        while time.monotonic() - started_at < TAKEOVER_SECONDS:
            with self.database.read() as session:
                if session.scalars(held).first() is None:
                    return time.monotonic() - started_at
            time.sleep(0.02)
        return inf

    def _read_log(self) -> None:
        is_resume = LogLine.message.like("Resumed at epoch%")
        with self.database.read() as session:
            messages = session.scalars(select(LogLine.message).where(is_resume))
            self.report.resume_messages = list(messages)
