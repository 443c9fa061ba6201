"""A worker's leases: it renews its own, and takes back those that others no longer renew."""

import math
import os
import socket
import time
from collections.abc import Collection

from sqlalchemy.orm import Session

from app.config import Settings
from app.db.engine import Database
from app.queue import claims, workers
from worker.staleness import StalenessTimer


class LeaseKeeper:
    """What one worker does so that each training is in the hands of a worker that lives."""

    def __init__(self, settings: Settings, database: Database, worker_id: str) -> None:
        self.settings = settings
        self.database = database
        self.worker_id = worker_id
        self._last_heartbeat = -math.inf
        self._timer = StalenessTimer()

    def send_heartbeat(self, tokens: Collection[str], trouble: str) -> None:
        """Where it is time for it: renew these leases, and show that the worker is alive."""
        since_heartbeat = time.monotonic() - self._last_heartbeat
        if since_heartbeat < self.settings.heartbeat_seconds:
            return
        with self.database.write() as session:
            is_registered = workers.beat(session, self.worker_id, trouble)
            if not is_registered:
                self._register(session)
            claims.renew(session, tokens)
        self._last_heartbeat = time.monotonic()

    def hurry_heartbeat(self) -> None:
        """Let the next heartbeat be due at once."""
        self._last_heartbeat = -math.inf

    def expire_silent(self, own_tokens: Collection[str]) -> None:
        """Take back what other workers hold and have not renewed, by this process's own clock."""
        with self.database.read() as session:
            leases = claims.observe_leases(session)
        leases_of_others = {lease.token: lease for lease in leases}
        for token in own_tokens:
            leases_of_others.pop(token, None)
        self._timer.keep_only(leases_of_others)
        for token, lease in leases_of_others.items():
            silent_seconds = self._timer.seconds_unchanged(token, lease.beats)
            if silent_seconds < self.settings.takeover_seconds:
                continue
            with self.database.write() as session:
                claims.expire(session, lease)

    def restart_timers(self) -> None:
        """Start to measure anew: nobody who could not write counts as silent."""
        self._timer = StalenessTimer()

    def _register(self, session: Session) -> None:
        workers.register(
            session,
            self.worker_id,
            hostname=socket.gethostname(),
            pid=os.getpid(),
            slots=self.settings.slot_count,
        )
