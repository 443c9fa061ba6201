"""Computes a requested board of baselines inside a slot."""

from functools import partial

from app.domain.baselines import BaselineResult
from app.errors import NotFound
from app.queue import boards
from app.queue.boards import BoardJob
from worker.baselines.board import compute_board
from worker.baselines.source import BoardSource
from worker.runs.lease import database_at, retry_on


def run_board(url: str, board_id: int, token: str) -> None:
    """Compute a board and store each baseline at once; ends early where the lease is lost."""
    lease = _BoardLease(url, board_id, token)
    retry = retry_on(lease.database)
    try:
        job = retry(lease.load_job)
    except NotFound:
        return
    source = BoardSource(
        values=job.series.target_values,
        dates=job.series.dates,
        parts=job.parts,
        season_lengths=job.season_lengths,
        horizon=job.horizon,
    )
    for result in compute_board(source):
        is_held = retry(partial(lease.record, result))
        if not is_held:
            return
    retry(lease.complete)


class _BoardLease:
    """The right to compute a requested board. Each method is one transaction."""

    def __init__(self, url: str, board_id: int, token: str) -> None:
        self.database = database_at(url)
        self.board_id = board_id
        self.token = token

    def load_job(self) -> BoardJob:
        with self.database.read() as session:
            return boards.load_job(session, self.board_id)

    def record(self, result: BaselineResult) -> bool:
        with self.database.write() as session:
            return boards.record(session, self.token, result)

    def complete(self) -> None:
        with self.database.write() as session:
            boards.complete(session, self.token)
