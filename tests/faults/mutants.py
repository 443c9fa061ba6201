"""Faults of the product itself, made on purpose: a campaign that passes with one proves nothing.

`python -m tests.faults --mutant NAME` runs a campaign on one of them, which must fail.
"""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db.engine import Database
from app.db.models import Trial
from app.domain.terms import TrialState
from app.queue import claims, recording

KEPT_CHECKPOINTS = 0.2
LOST_WRITES = 0.05


def throw_away_checkpoints() -> None:
    """Four of five checkpoints are not stored, and nobody is told."""
    store = recording.record_checkpoint

    def record_checkpoint(*arguments) -> None:
        if random.random() < KEPT_CHECKPOINTS:
            store(*arguments)

    recording.record_checkpoint = record_checkpoint


def forget_checkpoints() -> None:
    """Every run begins with the first epoch."""
    from worker.runs import epoch_loop

    epoch_loop.EpochLoop._restore_checkpoint = lambda _loop: 0


def renew_for_the_dead() -> None:
    """Whoever renews leases renews those of all workers, also of dead ones."""
    renew = claims.renew

    def renew_all(session: Session, _tokens: object) -> None:
        is_running = Trial.state == TrialState.RUNNING
        tokens = session.scalars(select(Trial.lease_token).where(is_running)).all()
        renew(session, tokens)

    claims.renew = renew_all


def finish_twice() -> None:
    """A trial that has ended is taken back and ended once more."""
    finish = recording.finish

    def finish_again(session: Session, token: str, trial_id: int, outcome) -> None:
        finish(session, token, trial_id, outcome)
        reopened = update(Trial).where(Trial.id == trial_id)
        session.execute(reopened.values(state=TrialState.RUNNING, lease_token=token))
        finish(session, token, trial_id, outcome)

    recording.finish = finish_again


def lose_writes() -> None:
    """The server acknowledges every write, and undoes a few of them."""
    real_write = Database.write

    @contextmanager
    def write(self: Database) -> Iterator[Session]:
        with real_write(self) as session:
            yield session
            if random.random() < LOST_WRITES:
                session.flush()
                session.rollback()

    Database.write = write


MUTANTS_IN_SLOTS: dict[str, Callable[[], None]] = {
    "throw-away-checkpoints": throw_away_checkpoints,
    "forget-checkpoints": forget_checkpoints,
    "finish-twice": finish_twice,
}
MUTANTS_IN_WORKERS: dict[str, Callable[[], None]] = {"renew-for-the-dead": renew_for_the_dead}
MUTANTS_IN_SERVERS: dict[str, Callable[[], None]] = {"lose-writes": lose_writes}
MUTANTS = (*MUTANTS_IN_SLOTS, *MUTANTS_IN_WORKERS, *MUTANTS_IN_SERVERS)


def mutate(mutants: dict[str, Callable[[], None]]) -> None:
    """Apply the mutant that FORETUNE_MUTANT names, if it belongs to these."""
    apply = mutants.get(os.environ.get("FORETUNE_MUTANT", ""))
    if apply is not None:
        apply()
