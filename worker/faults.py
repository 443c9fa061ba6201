"""What a worker does about errors that are not the database's: it goes on with everything else."""

import math
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Event

from app.db.engine import Database
from app.queue import unreadable
from app.queue.readability import find_damage
from app.queue.unreadable import ExperimentFault

FIRST_PAUSE_SECONDS = 1.0
MAX_PAUSE_SECONDS = 300.0
STEP_SECONDS = 0.25  # of a pause
SECONDS_BETWEEN_CHECKS = 60.0  # of one experiment
REST_PER_SECOND = 100.0  # a worker spends at most a hundredth of its time on checks of one


class FaultyExperiments:
    """Ends the experiments that cannot be read, or that raise errors. `say` is told of each."""

    def __init__(self, database: Database, say: Callable[[str], None]) -> None:
        self.database = database
        self.say = say
        self._next_check_at: dict[int, float] = {}  # by experiment id

    def check_open(self) -> None:
        """Read each open experiment before anything is done for it, and again now and then."""
        with self.database.read() as session:
            open_ids = unreadable.possibly_open(session)
        next_check_at = {}
        for experiment_id in open_ids:
            began_at = time.monotonic()
            due_at = self._next_check_at.get(experiment_id, began_at)
            if due_at <= began_at:
                self.check(experiment_id)
                now = time.monotonic()
                due_at = now + max(SECONDS_BETWEEN_CHECKS, REST_PER_SECOND * (now - began_at))
            next_check_at[experiment_id] = due_at
        self._next_check_at = next_check_at

    def check(self, experiment_id: int) -> None:
        """End an experiment if it cannot be read."""
        with self.database.read() as session:
            damage = find_damage(session, experiment_id)
        if damage is None:
            return
        with self.database.write() as session:
            reason = unreadable.fail_damaged(session, experiment_id)
        self._say_ended(experiment_id, reason)

    def end_those_at_fault(self, work: Callable[[], None]) -> None:
        """Do some work; an experiment that keeps it from being done is ended."""
        try:
            work()
        except ExperimentFault as fault:
            self._end(fault)

    def _end(self, fault: ExperimentFault) -> None:
        """End an experiment that raised an error. Raises the fault where that is not possible."""
        experiment_id = fault.experiment_id
        with self.database.write() as session:
            reason = unreadable.fail_at_fault(session, fault)
            is_left = experiment_id in unreadable.possibly_open(session)
        if is_left:
            raise fault
        self._say_ended(experiment_id, reason)

    def _say_ended(self, experiment_id: int, reason: str | None) -> None:
        if reason is not None:
            self.say(f"Experiment {experiment_id} has failed. {reason}")


class GrowingPause:
    """How long to wait after an error that is no experiment's: longer each time.

    After a while without such an error it begins again.
    """

    def __init__(self) -> None:
        self._seconds = FIRST_PAUSE_SECONDS
        self._last_error_at = -math.inf

    def wait(self, stopping: Event, send_heartbeat: Callable[[], None]) -> None:
        """Wait, and go on renewing the leases of the runs that go on meanwhile."""
        end = time.monotonic() + self._next_seconds()
        while time.monotonic() < end and not stopping.is_set():
            with suppress(Exception):  # the round after the pause meets it again
                send_heartbeat()
            stopping.wait(STEP_SECONDS)

    def _next_seconds(self) -> float:
        now = time.monotonic()
        if now - self._last_error_at > 2 * MAX_PAUSE_SECONDS:
            self._seconds = FIRST_PAUSE_SECONDS
        self._last_error_at = now
        seconds = self._seconds
        self._seconds = min(2 * seconds, MAX_PAUSE_SECONDS)
        return seconds


def describe_bug(error: Exception) -> str:
    """An error that nobody expected, for people who can only report it."""
    error_type = type(error).__name__
    return (
        f"The worker met an error and tries again after a pause ({error_type}: {error})."
        " If it stays, this is a mistake in Foretune: please report it."
    )
