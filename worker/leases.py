"""A worker's leases: it renews its own, and takes back those that others no longer renew."""

import math
import os
import socket
import time
from collections.abc import Callable, Collection

from sqlalchemy.orm import Session

from app.config import Settings
from app.db.engine import Database
from app.queue import claims, workers
from app.queue.claims import ObservedLease
from worker.staleness import StalenessTimer

MAX_GAP = 1 / 3  # of the time after which a silent lease is taken over


class LeaseKeeper:
    """What one worker does so that each training is in the hands of a worker that lives."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        worker_id: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self.database = database
        self.worker_id = worker_id
        self._clock = clock
        self._last_heartbeat = -math.inf
        self._max_gap = settings.takeover_seconds * MAX_GAP
        self.restart_timers()

    def send_heartbeat(self, tokens: Collection[str], trouble: str) -> None:
        """Where it is time for it: renew these leases, and show that the worker is alive."""
        since_heartbeat = self._clock() - self._last_heartbeat
        if since_heartbeat < self.settings.heartbeat_seconds:
            return
        with self.database.write() as session:
            is_registered = workers.beat(session, self.worker_id, trouble)
            if not is_registered:
                self._register(session)
            claims.renew(session, tokens)
        self._last_heartbeat = self._clock()

    def hurry_heartbeat(self) -> None:
        """Let the next heartbeat be due at once."""
        self._last_heartbeat = -math.inf

    def expire_silent(self, own_tokens: Collection[str]) -> None:
        """Take back what other workers hold and have not renewed, by this process's own clock.

        Time does not count in which nobody could renew a lease, because the database was locked:
        this worker then could not look either, see StalenessTimer.
        """
        with self.database.read() as session:
            leases = claims.observe_leases(session)
        leases_of_others = {lease.token: lease for lease in leases}
        for token in own_tokens:
            leases_of_others.pop(token, None)
        self._timer.keep_only(leases_of_others)
        for token, lease in leases_of_others.items():
            silent_seconds = self._timer.seconds_unchanged(token, lease.beats)
            if silent_seconds >= self.settings.takeover_seconds:
                self._expire(lease)

    def restart_timers(self) -> None:
        """Start to measure anew: nobody who could not write counts as silent."""
        self._timer = StalenessTimer(self._clock, self._max_gap)

    def _expire(self, lease: ObservedLease) -> None:
        """Take a lease back, unless its holder may wait for the database as this worker does."""
        asked_at = self._clock()
        with self.database.write() as session:
            session.connection()  # waits for the write lock
            waited = self._clock() - asked_at
            if waited <= self._max_gap:
                claims.expire(session, lease)

    def _register(self, session: Session) -> None:
        workers.register(
            session,
            self.worker_id,
            hostname=socket.gethostname(),
            pid=os.getpid(),
            slots=self.settings.slot_count,
            heartbeat_seconds=self.settings.heartbeat_seconds,
        )
