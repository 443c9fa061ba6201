"""The worker's loop: keeps its leases, has strategies asked, claims trainings, and hands them to slots."""

import os
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from secrets import token_hex

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.config import Settings
from app.db.engine import Database
from app.queue import artifacts, claims, lifecycle, progress, proposals, recording, storage, workers
from worker.runs import tasks
from worker.slots.pool import RunEnded, SlotDied, SlotPool
from worker.staleness import Stillness
from worker.suggestions import Asking
from worker.watchdog import Oversight, failure

IDLE_SECONDS = 0.25
TROUBLE_SECONDS = 2.0


@dataclass(frozen=True)
class Errand:
    """What a slot is doing: a claim of trials, or a bundle to make."""

    token: str
    future: "Future[None]"
    claim: claims.Claim | None
    experiment_id: int | None


class Loop:
    """One worker process."""

    def __init__(
        self, settings: Settings, database: Database, pool: SlotPool, say: Callable[[str], None]
    ) -> None:
        self.settings, self.database, self.pool, self.say = settings, database, pool, say
        self.worker_id = f"{socket.gethostname()[:40]}-{os.getpid()}-{token_hex(3)}"
        self.errands: list[Errand] = []
        self._asking = Asking(database, say)
        self.stopping = threading.Event()
        self._beaten_at = -1e9
        self._untidy: set[int] | None = (
            None  # experiments that something was written for; None: all
        )
        self._trouble = ""  # why the database cannot be used, in words
        self._start_watching()

    def run(self) -> None:
        """Work until `stopping` is set, then put running trials back to queued."""
        try:
            while not self.stopping.is_set():
                self._tick_safely()
                self._rest()
        finally:
            self._leave()

    def _register(self, session: Session) -> None:
        workers.register(
            session,
            self.worker_id,
            hostname=socket.gethostname(),
            pid=os.getpid(),
            slots=self.settings.slot_count,
        )

    def _start_watching(self) -> None:
        """Nobody is silent or hangs who could not write: all that is measured begins now."""
        self._leases = Stillness()
        self._oversight = Oversight(self.settings.hung_seconds, self.settings.slot_memory_mb)

    def tick(self) -> None:
        """One round: beat, look after others' leases and the own runs, end what is over, fill idle slots."""
        self._beat()
        self._expire_silent()
        self._oversee()
        self._gather()
        self._settle()
        while len(self.errands) < self.settings.slot_count and not self.stopping.is_set():
            errand = self._next_errand()
            if errand is None:
                return
            self.errands.append(errand)

    def _settle(self) -> None:
        """Close what is over, and keep no more of it than is wanted."""
        with self.database.read() as session:
            if self._untidy == set() and not lifecycle.is_due(session):
                return
        with self.database.write() as session:
            closed = lifecycle.settle(session)
            if self._untidy is None or self._untidy or closed:
                touched = None if self._untidy is None else self._untidy | set(closed)
                storage.tidy(session, self.settings.keep_checkpoints, touched)
        if self._untidy is None:
            self.database.shrink()  # fewer checkpoints may be wanted than before
        self._untidy = set()

    def _tick_safely(self) -> None:
        try:
            self.tick()
            self._tell(
                next(
                    filter(None, (self.pool.waits_for(errand.future) for errand in self.errands)),
                    "",
                )
            )
        except SQLAlchemyError as error:
            self._tell(self.database.outage(error) or f"The database cannot be used now: {error}")
            self._start_watching()
            self.stopping.wait(TROUBLE_SECONDS)

    def _tell(self, trouble: str) -> None:
        """Say what this worker waits for when that changes, here and, with the next beat, on the pages."""
        if trouble != self._trouble:
            self.say(trouble or "The database can be used again: work goes on.")
            self._trouble, self._beaten_at = trouble, -1e9

    def _rest(self) -> None:
        futures = [errand.future for errand in self.errands]
        if futures:
            wait(futures, timeout=IDLE_SECONDS, return_when=FIRST_COMPLETED)
        else:
            self.stopping.wait(IDLE_SECONDS)

    def _beat(self) -> None:
        if time.monotonic() - self._beaten_at < self.settings.heartbeat_seconds:
            return
        with self.database.write() as session:
            if not workers.beat(session, self.worker_id, self._trouble):
                self._register(session)
            claims.renew(session, [errand.token for errand in self.errands])
        self._beaten_at = time.monotonic()

    def _expire_silent(self) -> None:
        """Take the leases that others have not renewed for too long, by this process's own clock."""
        with self.database.read() as session:
            held = {lease.token: lease for lease in claims.leases(session)}
        for errand in self.errands:
            held.pop(errand.token, None)
        self._leases.keep(held)
        still = {token: self._leases.seconds(token, lease.beats) for token, lease in held.items()}
        for token in [
            token for token, seconds in still.items() if seconds >= self.settings.silent_seconds
        ]:
            with self.database.write() as session:
                claims.expire(session, held[token])

    def _oversee(self) -> None:
        """End the runs that hang or hold too much memory."""
        tokens = [errand.token for errand in self.errands]
        self._oversight.keep(tokens)
        with self.database.read() as session:
            epochs = progress.epochs_by_token(session, tokens) if tokens else {}
            for errand in self.errands:
                if self.pool.waits_for(errand.future):
                    self._oversight.wait(errand.token)
                    continue
                verdict = self._oversight.too_large(self.pool.memory(errand.future)) or self._hung(
                    session, errand, epochs.get(errand.token, 0)
                )
                if verdict is not None and not errand.future.done():
                    self.say(f"A run is ended: {verdict}")
                    self.pool.end(errand.future, verdict)

    def _hung(self, session: Session, errand: Errand, epochs: int) -> RunEnded | None:
        if not self.pool.has_begun(errand.future) or not self._oversight.looks_hung(
            errand.token, epochs
        ):
            return None
        median = progress.median_epoch(session, errand.claim.training_id) if errand.claim else 0.0
        return self._oversight.hung(errand.token, epochs, median)

    def _gather(self) -> None:
        for errand in [errand for errand in self.errands if errand.future.done()]:
            error = errand.future.exception()
            if error is not None:
                self._report(errand, error)
            self.errands.remove(errand)
            if self._untidy is not None and errand.experiment_id is not None:
                self._untidy.add(errand.experiment_id)

    def _report(self, errand: Errand, error: BaseException) -> None:
        """A slot died, or a run raised what it could not store itself."""
        self.say(f"A run ended badly: {error}")
        with self.database.write() as session:
            if errand.claim is None:
                artifacts.fail_wish(session, errand.token, f"The bundle could not be made: {error}")
                return
            if isinstance(error, SlotDied) and error.was_killed:
                claims.interrupt(session, errand.token, str(error).removesuffix("."))
                return
            recording.fail_all(session, errand.token, failure(error))

    def _next_errand(self) -> Errand | None:
        wished = self._claim_wish()
        if wished is not None:
            return wished
        while True:
            with self.database.write() as session:
                proposals.promote(session)
                claim = claims.claim(session, self.worker_id)
            if claim is not None:
                future = self.pool.submit(
                    tasks.train, self.settings.url, claim, self.settings.output_limit_mb
                )
                return Errand(claim.token, future, claim, claim.experiment_id)
            if not self._asking.propose():
                return None

    def _claim_wish(self) -> Errand | None:
        with self.database.read() as session:
            if not artifacts.is_wished(session):
                return None
        with self.database.write() as session:
            wish = artifacts.claim_wish(session)
        if wish is None:
            return None
        future = self.pool.submit(
            tasks.make_bundle, self.settings.url, wish.artifact_id, wish.token
        )
        return Errand(wish.token, future, None, wish.experiment_id)

    def _leave(self) -> None:
        """Give everything back first, so that no slot can write any more, then end the slots."""
        try:
            with self.database.write() as session:
                tokens = [errand.token for errand in self.errands]
                claims.release(session, tokens, "The worker was stopped: back in the queue")
                for token in tokens:
                    artifacts.give_up(session, token)
                workers.leave(session, self.worker_id)
        except SQLAlchemyError:
            self.say(
                "The database could not be told that this worker stops; its leases will run out by themselves."
            )
        finally:
            self.pool.shutdown(wait=False, cancel_futures=True)
