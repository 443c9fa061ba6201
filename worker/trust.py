"""Which experiments wait on this machine because nobody here has confirmed their program."""

import time
from collections.abc import Callable
from pathlib import Path

from app.db.engine import Database
from app.domain.custom.trust import TrustedPrograms, describe_waiting
from app.queue import programs, workers
from app.queue.programs import StoredProgram

SECONDS_BETWEEN_REPORTS = 30.0


class UntrustedExperiments:
    """The open experiments whose programs may not run here. `say` is told of each once.

    They are only skipped: slots look again at the text itself before they run it.
    """

    def __init__(
        self, database: Database, data: Path, worker_id: str, say: Callable[[str], None]
    ) -> None:
        self.database = database
        self.worker_id = worker_id
        self.say = say
        self.waiting: list[int] = []  # ids of these experiments
        self._trusted = TrustedPrograms(data)
        self._stored: dict[int, StoredProgram] = {}  # by experiment id
        self._announced: set[int] = set()
        self._reported: list[int] = []
        self._reported_at = 0.0

    def refresh(self) -> None:
        """Find out which experiments wait, and tell whoever watches and the pages."""
        with self.database.read() as session:
            self._stored = programs.open_programs(session, self._stored)
        waiting = []
        for experiment_id, program in self._stored.items():
            if not self._trusted.is_trusted_digest(program.digest):
                waiting.append(experiment_id)
                self._announce(experiment_id, program)
        self._report(waiting)
        self.waiting = waiting

    def forget(self, experiment_id: int) -> None:
        """Read the program of an experiment again: a slot has found another one."""
        self._stored.pop(experiment_id, None)

    def _announce(self, experiment_id: int, program: StoredProgram) -> None:
        if experiment_id not in self._announced:
            self._announced.add(experiment_id)
            reason = describe_waiting(program.name, experiment_id)
            self.say(f"Experiment {experiment_id} waits. {reason}")

    def _report(self, waiting: list[int]) -> None:
        """Tell the pages what waits when that changes, and now and then in case it is forgotten."""
        since_report = time.monotonic() - self._reported_at
        is_old = bool(waiting) and since_report > SECONDS_BETWEEN_REPORTS
        if waiting == self._reported and not is_old:
            return
        with self.database.write() as session:
            workers.report_untrusted(session, self.worker_id, waiting)
        self._reported = waiting
        self._reported_at = time.monotonic()
