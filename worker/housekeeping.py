"""What a worker does between trainings: it closes what is over and drops what nobody needs."""

from app.db.engine import Database
from app.domain.terms import Keep
from app.queue import lifecycle, storage


class Housekeeping:
    """Closes the experiments that are over, and drops checkpoints that nobody needs any more."""

    def __init__(self, database: Database, keep_checkpoints: Keep) -> None:
        self.database = database
        self.keep_checkpoints = keep_checkpoints
        self._untidy: set[int] | None = None  # experiments that were written to; None: all

    def note_change(self, experiment_id: int) -> None:
        """Remember that a run of an experiment has ended."""
        if self._untidy is not None:
            self._untidy.add(experiment_id)

    def run(self) -> None:
        """Do what is due."""
        is_tidy = self._untidy == set()
        with self.database.read() as session:
            if is_tidy and not lifecycle.is_due(session):
                return
        with self.database.write() as session:
            closed = lifecycle.close_finished(session)
            if self._untidy is not None:
                self._untidy.update(closed)
            if not is_tidy or closed:
                storage.tidy(
                    session,
                    self.keep_checkpoints,
                    self._untidy,
                )
        if self._untidy is None:
            self.database.shrink()  # the settings may ask for fewer checkpoints than before
        self._untidy = set()
